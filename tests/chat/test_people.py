"""Organisations at the desk: their people, and the walls between them.

1. A link lets nobody in: whoever took it is let in by one who may manage, once, with the number they say.
2. A link works once, for one chat, in time; one that was taken back works no more.
3. An organisation keeps an owner, whoever taps what.
4. Of another organisation nobody sees, changes or hears anything, whatever their buttons carry; nor of a programme
   outside their districts.
5. A second person is one of the same organisation.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.acts import Shelf
from bot.chat.codec import LIMIT, decode, encode
from bot.chat.desk import Desk
from bot.chat.inbound import Words
from bot.chat.said import Said
from bot.chat.words import text
from bot.core import roles
from bot.core.cadence import Cadence
from bot.core.events import Asked
from bot.core.screen import Code, Say, Screen
from bot.files.phrases import Phrases, latin
from bot.store import Programme, Store, StoreTrouble, Terms
from bot.store.leaving import delete_organisation
from tests.store.sample import START, TRUST, begin, kept, open_wave, rows, send_many, tick_at

OWN, OTHER = "Roshan Kor", "Sahar Network"
OWNER, SECOND, GUEST, STRANGER = 41, 42, 43, 44
WORDS = Phrases.load()


class Room:
    """A desk over a store, with two organisations."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, START
        self.desk = Desk(
            lambda: WORDS,
            lambda: Shelf({"trust": (TRUST, {"survey": "trust"})}),
            lambda wave: f"https://t.me/a_bot?start={wave}",
            Terms(k=5, leave_behind=1),
            ZoneInfo("Asia/Karachi"),
        )
        with store.transaction() as tx:
            for name in (OWN, OTHER):
                tx.organisations.ensure(name, START)
            tx.desk.admit(OWNER, roles.OWNER, "en", START, OWN)

    def tap(self, chat: int, what: str, *values: str) -> Said:
        """One tap."""
        with self.store.transaction() as tx:
            return self.desk.take(tx, chat, Asked(what, values), "en", self.now)

    def press(self, chat: int, said: Said, what: str, number: int = 0) -> Said:
        """Tap the button of a screen that asks for this."""
        asked = [one for one in buttons(said.screen) if one.what == what][number]
        return self.tap(chat, asked.what, *asked.values)

    def reply(self, chat: int, asked: Said, words: str) -> Said | None:
        """Type words in reply to a screen."""
        with self.store.transaction() as tx:
            return self.desk.typed_to(tx, chat, Words(words, tuple(buttons(asked.screen))), self.now)

    def link(self, role: str) -> str:
        """The code of a new invitation for a colleague."""
        said = self.tap(OWNER, "letlink", role, "0")
        assert said.screen is not None
        (line,) = [line for line in said.screen.lines if isinstance(line, Say) and line.id == "people-link"]
        link = line.values["link"]
        assert isinstance(link, Code)
        return link.letters.rpartition("desk-")[2]

    def take(self, chat: int, code: str) -> Said:
        """Open the link, and take it."""
        with self.store.transaction() as tx:
            arrived = self.desk.arrive(tx, chat, code, "en")
        return self.press(chat, arrived, "accept")

    def news(self) -> list[tuple[int, Screen]]:
        """What is told of colleagues now; each hears it once."""
        with self.store.transaction() as tx:
            untold = self.desk.unheard(tx, self.now)
            for one, chat, _screen in untold:
                tx.colleagues.note_told(one, chat)
            return [(chat, screen) for _one, chat, screen in untold]

    def role(self, chat: int) -> tuple[str, str] | None:
        """Role and organisation of a chat."""
        with self.store.transaction() as tx:
            who = tx.desk.coordinator(chat)
            return None if who is None else (who.role, who.organisation)

    def log(self) -> list[str]:
        """The acts in the log."""
        return [act for (act,) in rows(self.store, "SELECT act FROM audit ORDER BY no")]


def buttons(screen: Screen | None) -> list[Asked]:
    """What the buttons of a screen ask for."""
    assert screen is not None
    return [button.does for row in screen.rows for button in row if isinstance(button.does, Asked)]


def ids(said: Said) -> set[str]:
    """The phrases on a screen."""
    assert said.screen is not None
    return {line.id for line in said.screen.lines if isinstance(line, Say)}


def number(said: Said) -> str:
    """The number that whoever took an invitation is shown."""
    assert said.screen is not None
    (found,) = [line.values["number"] for line in said.screen.lines if isinstance(line, Say)]
    assert isinstance(found, Code)
    return found.letters


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with kept(tmp_path) as store:
        yield Room(store)


# -- letting colleagues in ----------------------------------------------------------------------------------


def test_a_colleague_is_let_in_by_a_link_a_number_and_a_confirmation(room: Room) -> None:
    taken = room.take(GUEST, room.link(roles.COORDINATOR))
    assert taken.tell
    assert room.role(GUEST) is None, "taking the link makes nobody anything"
    ((who, asked),) = room.news()
    assert who == OWNER
    assert number(taken) in text(WORDS, asked)
    assert room.news() == [], "each hears it once"
    room.press(OWNER, Said(asked), "letin")
    assert room.role(GUEST) == (roles.COORDINATOR, OWN)
    ((who, welcome),) = room.news()
    assert (who, "/desk" in text(WORDS, welcome)) == (GUEST, True)
    assert rows(room.store, "SELECT id FROM colleague") == [], "nothing of the invitation is left"
    assert room.log() == ["let in", "confirm"]


def test_a_link_works_once_and_for_one_chat(room: Room) -> None:
    code = room.link(roles.VIEWER)
    assert number(room.take(GUEST, code)) == number(room.take(GUEST, code)), "a second tap shows the same"
    assert ids(room.take(STRANGER, code)) == {"people-link-over"}


def test_a_hundred_racing_for_a_link_make_one_colleague(room: Room) -> None:
    code = room.link(roles.OWNER)

    def race(chat: int) -> bool:
        return "people-accepted" in ids(room.take(1_000 + chat, code))

    with ThreadPoolExecutor(8) as racers:
        assert sum(racers.map(race, range(100))) == 1


def test_a_link_is_over_after_three_days_and_when_it_was_taken_back(room: Room) -> None:
    code = room.link(roles.VIEWER)
    room.now = START + timedelta(days=3)
    assert ids(room.take(GUEST, code)) == {"people-link-over"}
    code = room.link(roles.VIEWER)
    taken = room.take(GUEST, code)
    assert ids(taken) == {"people-accepted"}
    people = room.tap(OWNER, "staff")
    room.press(OWNER, room.press(OWNER, people, "guest"), "letout")
    assert room.role(GUEST) is None
    assert ids(room.take(GUEST, code)) == {"people-link-over"}


def test_nobody_is_let_in_before_they_took_the_link(room: Room) -> None:
    room.link(roles.OWNER)
    guest = room.press(OWNER, room.tap(OWNER, "staff"), "guest")
    assert not [one for one in buttons(guest.screen) if one.what == "letin"]
    (id,) = [one.values[0] for one in buttons(guest.screen) if one.what == "letout"]
    room.tap(OWNER, "letin", id)
    assert len(rows(room.store, "SELECT chat FROM coordinator")) == 1


def test_whoever_is_at_a_desk_already_takes_no_other_role_by_a_link(room: Room) -> None:
    with room.store.transaction() as tx:
        tx.desk.admit(GUEST, roles.VIEWER, "en", START, OTHER)
    code = room.link(roles.OWNER)
    with room.store.transaction() as tx:
        assert ids(room.desk.arrive(tx, GUEST, code, "en")) == {"people-already"}
    assert ids(room.tap(GUEST, "accept", code)) == {"people-already"}
    assert room.role(GUEST) == (roles.VIEWER, OTHER)


# -- changing and letting go --------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([OWNER, SECOND, GUEST]),
            st.sampled_from(["rolesure", "leavesure"]),
            st.sampled_from([OWNER, SECOND, GUEST]),
            st.sampled_from(roles.ROLES),
        ),
        max_size=12,
    )
)
def test_an_organisation_keeps_an_owner_whoever_taps_what(taps: list[tuple[int, str, int, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder, kept(Path(folder)) as store:
        room = Room(store)
        with store.transaction() as tx:
            tx.desk.admit(SECOND, roles.OWNER, "en", START, OWN)
            tx.desk.admit(GUEST, roles.COORDINATOR, "en", START, OWN)
            handles = {who.chat: who.handle for who in tx.desk.colleagues(OWN)}
        for who, what, whom, role in taps:
            before = room.role(whom)
            may = (room.role(who) or ("", ""))[0] == roles.OWNER
            room.tap(who, what, handles[whom], *([role] if what == "rolesure" else []))
            assert may or room.role(whom) == before, "only an owner changes anything"
            with store.transaction() as tx:
                assert tx.desk.count_owners(OWN) >= 1


def test_a_removed_colleague_gets_nothing_and_old_buttons_do_nothing(room: Room) -> None:
    wave = open_wave(room.store, organisation=OWN)
    with room.store.transaction() as tx:
        tx.desk.admit(GUEST, roles.COORDINATOR, "en", START, OWN)
        tx.desk.subscribe(GUEST, wave, Cadence("weekly", 0, 9), START)
        tx.desk.lead_into(-7, wave, GUEST, Cadence("weekly", 0, 9), START)
    close = room.tap(GUEST, "close", wave)
    person = room.press(OWNER, room.tap(OWNER, "staff"), "person", 1)
    room.press(OWNER, room.press(OWNER, person, "leave"), "leavesure")
    with room.store.transaction() as tx:
        assert tx.desk.subscriptions() == [], "neither to them nor into their groups"
    assert ids(room.press(GUEST, close, "closesure")) == {"only-coordinators"}
    assert rows(room.store, "SELECT state FROM wave") == [("open",)]


def test_a_lost_phone_is_replaced_with_role_and_summaries(room: Room) -> None:
    wave = open_wave(room.store, organisation=OWN)
    with room.store.transaction() as tx:
        tx.desk.subscribe(OWNER, wave, Cadence("weekly", 0, 9), START)
        assert tx.desk.replace(OWNER, GUEST)
        assert [one.chat for one in tx.desk.subscriptions()] == [GUEST]
        assert not tx.desk.replace(OWNER, STRANGER), "the lost phone is nobody any more"
    assert (room.role(OWNER), room.role(GUEST)) == (None, (roles.OWNER, OWN))


# -- walls --------------------------------------------------------------------------------------------------


def values(what: str, wave: str, handle: str, act: str, invitation: str) -> tuple[str, ...]:
    """What a button could carry that is about something of the other organisation."""
    about = {
        **dict.fromkeys(("person", "leave", "leavesure", "name"), (handle,)),
        "progset": ("1", "focus"),
        **dict.fromkeys(("role", "rolesure"), (handle, roles.VIEWER)),
        **dict.fromkeys(("act", "yes", "no", "code", "recplay"), (act,)),
        **dict.fromkeys(("guest", "letin", "letout"), (invitation,)),
        "closesure": (wave, "abcdefgh"),
        "paper": (wave, "-", "-", "all", "a4"),
        "grpdays": (wave, "10"),
        "invite": (wave, "10", "30", "1"),
        "every": (wave, "weekly"),
        "day": (wave, "weekly", "4"),
        "hour": (wave, "weekly", "4", "9"),
        "prog": ("1",),
    }
    return about.get(what, (wave,))


@pytest.mark.parametrize("role", roles.ROLES)
def test_of_another_organisation_nothing_is_seen_changed_or_heard(room: Room, role: str) -> None:
    """Every act of the desk, with all that names something of the other organisation."""
    with room.store.transaction() as tx:
        tx.organisations.add_programme(Programme(OTHER, 0, "Hidden programme", districts=("swat",)))
        tx.desk.admit(STRANGER, roles.OWNER, "en", START, OTHER)
        tx.desk.admit(SECOND, roles.OWNER, "en", START, OTHER)
        tx.desk.admit(GUEST, role, "en", START, OWN)
        tx.colleagues.make(OTHER, roles.OWNER, (), str(STRANGER), START)
        handle = tx.desk.colleagues(OTHER)[0].handle
        (invitation,) = tx.colleagues.of(OTHER, START)
    wave = open_wave(room.store, organisation=OTHER, programme="Hidden programme", invited=True)
    close = room.tap(STRANGER, "close", wave)
    waiting = room.press(STRANGER, close, "closesure")
    (act,) = {one.values[0] for one in buttons(waiting.screen) if one.what == "no"}
    before = everything(room.store)
    for what in room.desk.table():
        said = room.tap(GUEST, what, *values(what, wave, handle, act, invitation.id))
        seen = "" if said.screen is None else text(WORDS, said.screen)
        carried = {value for one in buttons(said.screen) for value in one.values} if said.screen else set()
        assert not {wave, handle, act, invitation.id} & carried, what
        assert wave not in seen, what
        assert "Hidden programme" not in seen, what
        assert (said.digest_of, said.picture, said.file, said.draw, said.voice) == (None, None, None, None, ""), (
            what
        )
    assert everything(room.store) == before
    with room.store.transaction() as tx:
        assert {who.chat for _one, who, _screen in room.desk.untold(tx, START)} == {SECOND}


def everything(store: Store) -> list[object]:
    """All that belongs to the other organisation."""
    return [
        rows(store, "SELECT wave, state FROM wave"),
        rows(store, "SELECT chat, role FROM coordinator WHERE organisation = 'Sahar Network' ORDER BY chat"),
        rows(store, "SELECT id, state FROM proposal ORDER BY id"),
        rows(store, "SELECT id, state FROM colleague WHERE organisation = 'Sahar Network'"),
        rows(store, "SELECT chat, wave FROM subscription"),
        rows(store, "SELECT wave, cohort FROM invite"),
    ]


def test_the_log_shows_the_own_acts_and_those_of_the_whole_installation(room: Room) -> None:
    wave = open_wave(room.store, organisation=OTHER)
    with room.store.transaction() as tx:
        tx.desk.note("console", "close", f"wave {wave}, alone", START)
        tx.desk.note("console", "restore", "backup of a day", START)
        assert [act.act for act in tx.desk.acts(organisation=OWN)] == ["restore"]
        assert [act.act for act in tx.desk.acts(organisation=OTHER)] == ["restore", "close"]
        assert tx.desk.broken() is None
        tx.connection.exec_driver_sql("UPDATE audit SET organisation = 'Roshan Kor' WHERE act = 'close'")
        assert tx.desk.broken() == 1, "whose a line is cannot be changed without a trace"


def test_whoever_has_districts_sees_programmes_there_and_opens_waves_of_no_other(room: Room) -> None:
    with room.store.transaction() as tx:
        tx.organisations.add_programme(Programme(OWN, 0, "Water", districts=("swat", "dir")))
        tx.organisations.add_programme(Programme(OWN, 0, "Schools", districts=("hangu",)))
        tx.desk.admit(GUEST, roles.COORDINATOR, "en", START, OWN, ("dir",))
    waves = {name: open_wave(room.store, organisation=OWN, programme=name) for name in ("Water", "Schools", "")}
    offered = {one.values for one in buttons(room.tap(GUEST, "home").screen) if one.what == "wave"}
    assert offered == {(waves["Water"],)}
    choose = room.tap(GUEST, "review", "trust", "1000", "w5")
    assert ids(choose) == {"desk-for-which-programme"}
    assert [one.values[2] for one in buttons(choose.screen) if one.what == "review"] == ["w5p1"]
    for options in ("w5", "w5p2"):
        room.tap(GUEST, "go", "trust", "1000", options, "abcdefgh")
    assert len(rows(room.store, "SELECT wave FROM wave")) == len(waves), "none of another programme is opened"
    review = room.press(GUEST, choose, "review")
    assert "desk-programme" in ids(review)
    room.press(GUEST, review, "go")
    ((asked, screen),) = told(room)
    assert asked == OWNER, "the owner is the second"
    room.press(OWNER, Said(screen), "yes")
    opened = dict(rows(room.store, "SELECT wave, programme FROM wave WHERE organisation = 'Roshan Kor'"))
    made = {wave: programme for wave, programme in opened.items() if wave not in waves.values()}
    assert list(made.values()) == ["Water"]


def told(room: Room) -> list[tuple[int, Screen]]:
    """What is told of acts of two."""
    with room.store.transaction() as tx:
        return [(who.chat, screen) for _one, who, screen in room.desk.untold(tx, room.now)]


def test_whoever_is_the_only_one_of_an_organisation_acts_alone_whoever_else_there_is(room: Room) -> None:
    with room.store.transaction() as tx:
        tx.desk.admit(STRANGER, roles.OWNER, "en", START, OTHER)
    review = room.tap(OWNER, "review", "trust", "1000", "w5")
    assert "desk-alone" in ids(review)
    room.press(OWNER, review, "go")
    assert rows(room.store, "SELECT organisation, alone FROM wave") == [(OWN, 1)]


# -- keys, and leaving --------------------------------------------------------------------------------------


def test_an_interview_of_one_organisation_opens_with_no_key_but_its_own(room: Room) -> None:
    wave = open_wave(room.store, organisation=OWN)
    with room.store.transaction() as tx:
        secret = begin(tx, wave, 1)
    folder = next(Path(room.store.keys._folder).glob("org-*.key")).parent
    with room.store.transaction() as tx:
        own = tx.organisations.key_of(OWN)
    mine, others = folder / f"org-{own}.key", [path for path in folder.glob("*.key") if own not in path.name]
    key = mine.read_bytes()
    tag = b"tag" + (1).to_bytes(12, "big") + b"\0"
    with room.store.transaction() as tx:
        assert tx.vault.open(secret, wave, 1, tag) is not None
    for other in others:
        mine.write_bytes(other.read_bytes())
        with room.store.transaction() as tx:
            assert tx.vault.open(secret, wave, 1, tag) is None, other.name
    mine.write_bytes(key)


def test_an_organisation_leaves_with_all_that_is_its_own_and_nothing_else(room: Room) -> None:
    with room.store.transaction() as tx:
        tx.desk.admit(STRANGER, roles.OWNER, "en", START, OTHER)
        tx.organisations.add_programme(Programme(OWN, 0, "Water"))
        tx.organisations.add_programme(Programme(OTHER, 0, "Schools"))
    gone, stays = open_wave(room.store, organisation=OWN), open_wave(room.store, organisation=OTHER)
    for wave in (gone, stays):
        send_many(room.store, wave, range(20))
    for day in range(1, 9):
        tick_at(room.store, day)
    kept_rows = of_wave(room.store, stays)
    assert any(kept_rows.values())
    with room.store.transaction() as tx:
        key = tx.organisations.key_of(OWN)
    delete_organisation(room.store, OWN, "console", START)
    assert not any(of_wave(room.store, gone).values())
    assert of_wave(room.store, stays) == kept_rows
    assert rows(room.store, "SELECT name FROM organisation") == [(OTHER,)]
    assert rows(room.store, "SELECT name FROM programme") == [("Schools",)]
    assert rows(room.store, "SELECT chat FROM coordinator") == [(STRANGER,)]
    assert (gone in room.store.keys.waves(), stays in room.store.keys.waves()) == (False, True)
    assert key not in room.store.keys.organisations()
    with room.store.transaction() as tx:
        assert tx.desk.broken() is None, "the log stays whole"


def of_wave(store: Store, wave: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of a wave, table by table."""
    tables = [name for (name,) in rows(store, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {}
    for table in tables:
        columns = [name for (name,) in rows(store, f"SELECT name FROM pragma_table_info('{table}')")]  # noqa: S608
        if "wave" in columns:
            found[table] = rows(store, f"SELECT * FROM {table} WHERE wave = '{wave}'")  # noqa: S608
    return found


def test_a_programme_is_refused_that_nobody_could_use(room: Room) -> None:
    with room.store.transaction() as tx:
        tx.organisations.add_programme(Programme(OWN, 0, "Water"))
        for unfit in (
            Programme(OWN, 0, "Water"),
            Programme(OWN, 0, " "),
            Programme(OWN, 0, "a" * 81),
            Programme(OWN, 0, "two\nlines"),
            Programme(OWN, 0, "Everywhere", districts=tuple(f"d{n}" for n in range(41))),
            Programme(OWN, 0, "Odd", districts=("lower dir",)),
        ):
            with pytest.raises(StoreTrouble):
                tx.organisations.add_programme(unfit)
        assert [one.name for one in tx.organisations.programmes(OWN)] == ["Water"]
        first = tx.organisations.programmes(OWN)[0]
        assert tx.organisations.change_programme(replace(first, focus="clean water", starts="2026-01-01"))
        assert tx.organisations.programmes(OWN)[0].focus == "clean water"


# -- groups -------------------------------------------------------------------------------------------------


def test_a_link_brings_the_summaries_into_one_group_once_and_in_time(room: Room) -> None:
    wave = open_wave(room.store, organisation=OWN)

    def code() -> str:
        said = room.tap(OWNER, "ingroup", wave)
        assert said.screen is not None
        (line,) = [line for line in said.screen.lines if isinstance(line, Say) and line.id == "group-chat-link"]
        link = line.values["link"]
        assert isinstance(link, Code)
        assert "?startgroup=sum-" in link.letters
        return link.letters.rpartition("sum-")[2]

    def join(group: int, code: str, now: datetime = START) -> bool:
        with room.store.transaction() as tx:
            return room.desk.join_group(tx, group, code, now) is not None

    late = code()
    assert not join(-5, late, START + timedelta(hours=1))
    good = code()
    assert (join(-5, good), join(-6, good), join(-7, "x" * 16)) == (True, False, False)
    with room.store.transaction() as tx:
        assert [(one.chat, one.sponsor) for one in tx.desk.subscriptions()] == [(-5, OWNER)]
    orphan = code()
    with room.store.transaction() as tx:
        tx.desk.admit(OWNER, roles.STEWARD, "en", START)
    assert not join(-8, orphan), "whoever answers for the group may have no summaries any more"


def test_every_screen_of_people_fits_into_buttons_and_leads_back(room: Room) -> None:
    with room.store.transaction() as tx:
        tx.organisations.add_programme(Programme(OWN, 0, "Water", "clean water", "women", ("swat",), "2026-01-01"))
        tx.desk.admit(GUEST, roles.VIEWER, "en", START, OWN)
    room.take(STRANGER, room.link(roles.AUTHOR))
    seen: set[Asked] = set()
    todo = [Asked("home")]
    dangerous = {"rolesure", "leavesure", "letin", "letout", "go", "closesure"}
    while todo:
        asked = todo.pop()
        if asked in seen or asked.what in dangerous:
            continue
        seen.add(asked)
        said = room.tap(OWNER, asked.what, *asked.values)
        for one in buttons(said.screen):
            data = encode(one, None)
            assert len(data.encode()) <= LIMIT
            assert decode(data) == one
            todo.append(one)
        back = (
            "people" if asked.what == "look" else "home"
        )  # a page that is looked at is left to where it was picked
        assert asked.what in ("home", "lookhear") or any(one.what == back for one in buttons(said.screen)), asked
    assert {"staff", "person", "role", "leave", "let", "letlink", "letwhere", "guest", "progs", "prog"} <= {
        one.what for one in seen
    }


@pytest.mark.parametrize("role", roles.ROLES)
def test_help_says_what_this_role_can_do_and_leads_to_the_desk(room: Room, role: str) -> None:
    with room.store.transaction() as tx:
        tx.desk.admit(GUEST, role, "ps", START, OWN)
        screen, nobody = room.desk.help(tx, GUEST), room.desk.help(tx, STRANGER)
    assert nobody is None, "everybody else reads how to answer"
    assert screen is not None
    assert text(WORDS, screen) == WORDS.say("ps", f"help-{role}", command=latin("/desk"))
    assert buttons(screen) == [Asked("home")]


# -- typed in reply -----------------------------------------------------------------------------------------


def test_an_owner_adds_and_describes_a_programme_by_replying(room: Room) -> None:
    made = room.reply(OWNER, room.press(OWNER, room.tap(OWNER, "progs"), "newprog"), "Clean  water\u200b ")
    assert made is not None
    said = {
        "focus": "Wells and pipes",
        "people": "women of the valley",
        "districts": "Swat, DIR",
        "starts": "2026-01-01",
        "ends": "2026-12-31",
    }
    for number, words in enumerate(said.values()):
        room.reply(OWNER, room.press(OWNER, made, "progset", number), words)
    with room.store.transaction() as tx:
        (one,) = tx.organisations.programmes(OWN)
    assert (one.name, one.focus, one.people) == ("Clean water", "Wells and pipes", "women of the valley")
    assert (one.districts, one.starts, one.ends) == (("swat", "dir"), "2026-01-01", "2026-12-31")
    assert room.log() == ["programme"] * 6
    shown = room.tap(OWNER, "prog", "1")
    assert {"programme-focus", "programme-people", "programme-districts", "programme-from"} <= ids(shown)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("districts", "swat, nowhere"),
        ("districts", ", ".join(["swat"] * 900)),
        ("starts", "tomorrow"),
        ("ends", "2025-12-31"),
        ("focus", "x" * 81),
        ("people", "\u200b"),
    ],
)
def test_what_does_not_fit_a_programme_is_said_and_nothing_is_kept(room: Room, field: str, words: str) -> None:
    with room.store.transaction() as tx:
        before = tx.organisations.add_programme(Programme(OWN, 0, "Water", starts="2026-01-01"))
    answered = room.reply(OWNER, room.tap(OWNER, "progset", "1", field), words)
    assert answered is not None
    assert f"programme-unfit-{field}" in ids(answered)
    with room.store.transaction() as tx:
        assert tx.organisations.programmes(OWN) == [before]


@pytest.mark.parametrize("name", ["", "x" * 81, "Water"])
def test_a_name_that_does_not_fit_makes_no_programme(room: Room, name: str) -> None:
    with room.store.transaction() as tx:
        tx.organisations.add_programme(Programme(OWN, 0, "Water"))
    answered = room.reply(OWNER, room.tap(OWNER, "newprog"), name)
    assert answered is not None
    assert "programme-name-unfit" in ids(answered)
    with room.store.transaction() as tx:
        assert len(tx.organisations.programmes(OWN)) == 1


def test_an_owner_names_a_colleague_and_nobody_else_does(room: Room) -> None:
    with room.store.transaction() as tx:
        tx.desk.admit(GUEST, roles.COORDINATOR, "en", START, OWN)
    person = room.press(OWNER, room.tap(OWNER, "staff"), "person", 1)
    asking = room.press(OWNER, person, "name")
    assert room.reply(GUEST, asking, "Boss") is None, "these words go on as if there were no reply"
    named = room.reply(OWNER, asking, "Zarghuna from the office")
    assert named is not None
    assert named.screen is not None
    assert "Zarghuna from the office" in text(WORDS, named.screen)
    too_long = room.reply(OWNER, asking, "x" * 41)
    assert too_long is not None
    assert "people-name-unfit" in ids(too_long)
    with room.store.transaction() as tx:
        assert [who.name for who in tx.desk.colleagues(OWN)] == ["", "Zarghuna from the office"]
