"""The coordinators' desk.

1. Whoever has no role sees nothing; each role does what the table says and nothing else.
2. The console's code makes one owner, once, in time; five wrong tries void it.
3. A button that is forged or out of date opens nothing and breaks nothing.
4. What cannot be undone says first what will happen, and happens at the second tap only.
5. The log of acts is read by owners, says whether it is whole, and names nobody by a number.
6. The screen that opens a wave says that unreleased answers live on this one server only.
"""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.acts import Shelf
from bot.chat.codec import decode, encode
from bot.chat.desk import Desk, sizes
from bot.chat.outbound import Show
from bot.chat.said import Said, drawn
from bot.chat.words import line, text
from bot.core import roles
from bot.core.cells import layout
from bot.core.events import Asked
from bot.core.parts import PARTS
from bot.core.screen import Say
from bot.digest import NotDrawn
from bot.files.phrases import Phrases
from bot.store import Store, Terms, Transaction
from bot.store.proposals import CLOSE_WAVE, OPEN_WAVE, RECORD
from tests.rig import ROOT
from tests.store.sample import START, TRUST, kept, open_wave, tick_at

CHAT = 42
WORDS = Phrases.load()
DESK = Desk(
    lambda: WORDS,
    lambda: Shelf({"trust": (TRUST, {"survey": "trust"})}),
    lambda wave: f"https://t.me/a_bot?start={wave}",
    Terms(k=5, leave_behind=1, organisation="A community"),
    ZoneInfo("Asia/Karachi"),
)
NEEDS = {
    roles.ENTER: ["home", "lang", "speak"],
    roles.LOOK: [
        "wave",
        "reached",
        "digest",
        "details",
        "page",
        "report",
        "beside",
        "figures",
        "xlsx",
        "csv",
        "jsonstat",
        "progs",
        "prog",
    ],
    roles.READ: ["words"],
    roles.OPEN: [
        *("open", "people", "sched", "review", "forwhat", "go", "qr", "poster", "paper", "close", "closesure"),
        *("when", "pause", "pausesure", "resume", "extend", "longer", "longersure", "rehearse", "invent"),
        *("groups", "group", "grpsize", "grpdays", "invite"),
        *("heard", "heardfig", "heardpick", "heardask", "heardsay", "heardsure", "heardgo", "heardpaper"),
        *("heardpage", "deeds", "news", "newshold", "newson", "newsstop", "newsend"),
    ],
    roles.TRY: ["looklist", "looklang", "look", "lookhear"],
    roles.RECORD: ["rec", "recin", "reclist", "recask"],
    roles.APPROVE: ["act", "yes", "no", "recplay"],
    roles.EXPORT: ["code"],
    roles.MANAGE: [
        *("newprog", "progset", "name", "staff", "person", "role", "rolesure", "leave", "leavesure"),
        *("let", "letwhere", "letlink", "guest", "letin", "letout"),
    ],
    roles.AUDIT: ["log"],
    roles.SUBSCRIBE: ["cad", "every", "day", "hour", "atclose", "ingroup", "nogroup"],
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one open wave."""
    with kept(tmp_path) as one:
        open_wave(one)
        yield one


def values(what: str, wave: str) -> tuple[str, ...]:
    """What the button of this act would carry."""
    return {
        "wave": (wave,),
        "reached": (wave,),
        **dict.fromkeys(PARTS, (wave,)),
        "atclose": (wave,),
        "words": (wave,),
        "speak": ("ps",),
        "people": ("trust",),
        "sched": ("trust", "1000"),
        "review": ("trust", "1000", "w5"),
        "go": ("trust", "1000", "w5", "abcdefgh"),
        "qr": (wave,),
        "poster": (wave,),
        "paper": (wave, "-", "-", "all", "a4"),
        "when": ("trust", "1000", "w5"),
        "pause": (wave,),
        "pausesure": (wave,),
        "resume": (wave,),
        "extend": (wave,),
        "longer": (wave, "2027-01-31"),
        "longersure": (wave, "2027-01-31", "abcdefgh"),
        "looklang": ("trust",),
        "look": ("trust", "en", "0"),
        "lookhear": ("trust", "en", "1"),
        "rehearse": ("trust", "1000", "w5"),
        "invent": ("trust", "1000", "w5", "40"),
        "close": (wave,),
        "closesure": (wave, "abcdefgh"),
        "groups": (wave,),
        "group": (wave,),
        "grpsize": (wave, "school"),
        "grpdays": (wave, "school", "10"),
        "invite": (wave, "school", "10", "30", "1"),
        **dict.fromkeys(("heard", "heardfig", "heardsure", "heardpaper"), (wave, "0")),
        **dict.fromkeys(("deeds", "news", "newshold", "newson", "newsstop", "newsend"), (wave,)),
        "heardpick": (wave, "0", "0"),
        **dict.fromkeys(("heardask", "heardsay"), (wave, "0", "en")),
        "heardgo": (wave, "0", "abcdefgh"),
        "heardpage": (wave, "0", "en", "a4"),
        "act": ("abcdefgh",),
        "yes": ("abcdefgh",),
        "no": ("abcdefgh",),
        "code": ("abcdefgh",),
        "recin": ("trust",),
        "reclist": ("trust", "en"),
        "recask": ("trust", "en", "0"),
        "recplay": ("abcdefgh",),
        "forwhat": ("trust", "1000", "w5"),
        "prog": ("1",),
        "ingroup": (wave,),
        "nogroup": (wave,),
        "person": ("000000000000",),
        "name": ("000000000000",),
        "progset": ("1", "focus"),
        "role": ("000000000000", "viewer"),
        "rolesure": ("000000000000", "viewer"),
        "leave": ("000000000000",),
        "leavesure": ("000000000000",),
        "letwhere": ("viewer",),
        "letlink": ("viewer", "0"),
        "guest": ("abcdefgh",),
        "letin": ("abcdefgh",),
        "letout": ("abcdefgh",),
        "cad": (wave,),
        "every": (wave, "weekly"),
        "day": (wave, "weekly", "4"),
        "hour": (wave, "weekly", "4", "9"),
    }.get(what, ())


def said_ids(said: Said) -> set[str]:
    """The phrases on the screen."""
    return set() if said.screen is None else {line.id for line in said.screen.lines if isinstance(line, Say)}


def carried(said: Said, what: str) -> tuple[str, ...]:
    """The act and the values of the button that asks for this."""
    assert said.screen is not None
    (found,) = [
        (does.what, *does.values)
        for row in said.screen.rows
        for does in (button.does for button in row)
        if isinstance(does, Asked) and does.what == what
    ]
    return found


def do(store: Store, what: str, *carried: str) -> Said:
    """One tap of the coordinator, in a transaction of its own."""
    with store.transaction() as tx:
        return DESK.take(tx, CHAT, Asked(what, carried), "en", START)


def admit(store: Store, role: str) -> str:
    """Give the chat a role; returns the open wave."""
    with store.transaction() as tx:
        tx.desk.admit(CHAT, role, "en", START)
        return tx.waves.all()[0].id


def test_the_table_of_needs_names_every_act_of_the_desk() -> None:
    assert sorted(act for acts in NEEDS.values() for act in acts) == sorted(DESK.table())


def test_no_two_parts_of_the_desk_answer_the_same_button() -> None:
    parts = [part.table() for part in DESK._parts]
    assert sum(map(len, parts)) + len({"home", "lang", "speak"}) == len(DESK.table())


@pytest.mark.parametrize("role", [None, *roles.ROLES])
@pytest.mark.parametrize(("need", "what"), [(need, what) for need, acts in NEEDS.items() for what in acts])
def test_each_role_does_what_the_table_says_and_nothing_else(
    store: Store, role: str | None, need: str, what: str
) -> None:
    with store.transaction() as tx:
        wave = tx.waves.all()[0].id
        if role is not None:
            tx.desk.admit(CHAT, role, "en", START)
    said = do(store, what, *values(what, wave))
    assert ("only-coordinators" in said_ids(said)) is not roles.may(role, need)


def test_nobody_else_changes_anything(store: Store) -> None:
    with store.transaction() as tx:
        wave = tx.waves.all()[0].id
    for what in DESK.table():
        do(store, what, *values(what, wave))
    with store.transaction() as tx:
        assert [(w.id, w.state) for w in tx.waves.all()] == [(wave, "open")]
        assert tx.desk.subscriptions() == []


def claim(tx: Transaction, chat: int, code: str, minutes: int = 0) -> bool:
    """Send a code from a chat; True when it made an owner."""
    return "claim-done" in said_ids(DESK.claim(tx, chat, code, "en", START + timedelta(minutes=minutes)))


def test_a_hundred_racing_claims_make_one_owner(store: Store) -> None:
    with store.transaction() as tx:
        code = tx.desk.make_claim_code(START)

    def one(chat: int) -> bool:
        with store.transaction() as tx:
            return claim(tx, chat, code)

    with ThreadPoolExecutor(8) as racers:
        assert sum(racers.map(one, range(100))) == 1
    with store.transaction() as tx:
        assert tx.desk.count_owners() == 1
        assert not claim(tx, 7, code), "a code works once"


def test_a_code_is_void_after_a_quarter_of_an_hour_and_after_five_wrong_tries(store: Store) -> None:
    with store.transaction() as tx:
        assert not claim(tx, 1, tx.desk.make_claim_code(START), minutes=16)
        code = tx.desk.make_claim_code(START)
        assert not any(claim(tx, 1, "WRONGCODE12") for _ in range(5))
        assert not claim(tx, 1, code)
        code = tx.desk.make_claim_code(START)
        assert not any(claim(tx, 1, "WRONGCODE12") for _ in range(4))
        assert claim(tx, 1, code.lower())


@settings(max_examples=25)
@given(st.text("abcdefghijklmnop", max_size=12), st.lists(st.text("a0-:ß", max_size=8), max_size=4))
def test_a_forged_button_breaks_nothing(what: str, carried: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder, kept(Path(folder)) as store:
        wave = open_wave(store)
        admit(store, roles.OWNER)
        for act in {what, *DESK.table()} - {"close", "lang", "home", "open"}:
            do(store, act, *carried)
        with store.transaction() as tx:
            assert [(w.id, w.state) for w in tx.waves.all()] == [(wave, "open")]


def test_opening_says_first_what_cannot_be_changed_and_where_answers_lie(store: Store) -> None:
    admit(store, roles.OWNER)
    review = do(store, "review", "trust", "1000", "w5")
    assert {"desk-one-server", "desk-fixed", "desk-alone", "desk-groups-shown"} <= said_ids(review)
    with store.transaction() as tx:
        assert len(tx.waves.all()) == 1, "nothing is open before the second tap"
    assert review.screen is not None
    go = review.screen.rows[0][0].does
    assert isinstance(go, Asked)
    opened = do(store, go.what, *go.values)
    assert {"desk-wave", "desk-link", "desk-digest-when"} <= said_ids(opened)
    do(store, go.what, *go.values)
    with store.transaction() as tx:
        assert len(tx.waves.all()) == 2, "a second delivery of the same tap opens no second wave"


def test_a_community_too_small_is_refused_with_the_number_it_needs(store: Store) -> None:
    admit(store, roles.OWNER)
    refused = do(store, "review", "trust", "14", "w5")
    assert said_ids(refused) == {"desk-population-small"}
    assert do(store, "review", "trust", "15", "w5") != refused


def test_closing_says_first_what_it_does_and_stops_answers_at_the_second_tap(store: Store) -> None:
    wave = admit(store, roles.OWNER)
    sure = do(store, "close", wave)
    assert said_ids(sure) == {"desk-close-means", "desk-alone-closing"}
    with store.transaction() as tx:
        assert tx.waves.all()[0].state == "open"
    do(store, *carried(sure, "closesure"))
    with store.transaction() as tx:
        assert tx.waves.all()[0].state == "closing"


def test_the_summary_comes_when_the_coordinator_says_and_in_the_language_chosen(store: Store) -> None:
    wave = admit(store, roles.VIEWER)
    do(store, "hour", wave, "monthly", "4", "18")
    do(store, "speak", "ps")
    with store.transaction() as tx:
        (subscription,) = tx.desk.subscriptions()
        who = tx.desk.coordinator(CHAT)
    assert (subscription.cadence.every, subscription.cadence.weekday, subscription.cadence.hour) == (
        "monthly",
        4,
        18,
    )
    assert who is not None
    assert who.language == "ps"


def test_the_summary_can_come_once_when_the_survey_closes(store: Store) -> None:
    wave = admit(store, roles.VIEWER)
    do(store, "hour", wave, "weekly", "4", "9")
    found = do(store, *carried(do(store, "cad", wave), "atclose"))
    assert "desk-digest-at-close" in said_ids(found)
    with store.transaction() as tx:
        (subscription,) = tx.desk.subscriptions()
    assert subscription.cadence.every == "close"


def test_of_a_survey_that_is_closed_no_summary_is_offered_to_come(store: Store) -> None:
    wave = admit(store, roles.VIEWER)
    assert carried(do(store, "wave", wave), "cad") == ("cad", wave)
    with store.transaction() as tx:
        tx.waves.close(wave)
    tick_at(store, 1)
    tick_at(store, 2)
    offered = do(store, "wave", wave).screen
    assert offered is not None
    assert [row[0].does.what for row in offered.rows if isinstance(row[0].does, Asked)] == [
        *("digest", "reached", "home")
    ]


def test_a_coordinator_who_is_removed_gets_nothing_more(store: Store) -> None:
    wave = admit(store, roles.OWNER)
    do(store, "hour", wave, "weekly", "4", "9")
    with store.transaction() as tx:
        assert tx.desk.remove(CHAT)
        assert tx.desk.subscriptions() == []
    assert "only-coordinators" in said_ids(do(store, "home"))


def test_a_period_of_a_digest_is_claimed_once_and_taken_over_when_it_never_left(store: Store) -> None:
    wave = admit(store, roles.OWNER)

    def one(_number: int) -> int | None:
        with store.transaction() as tx:
            return tx.desk.claim_digest(wave, CHAT, "2026-11-30T09", START)

    with ThreadPoolExecutor(4) as racers:
        assert sorted(racers.map(one, range(20)), key=str) == [1] + [None] * 19
    with store.transaction() as tx:
        late = START + timedelta(minutes=6)
        assert tx.desk.claim_digest(wave, CHAT, "2026-11-30T09", late) == 2, "and it says that it is a second try"
        tx.desk.complete_digest(wave, CHAT, "2026-11-30T09", "sent")
        assert tx.desk.claim_digest(wave, CHAT, "2026-11-30T09", late + timedelta(days=1)) is None


def test_the_log_of_acts_is_a_chain_that_a_changed_line_breaks(store: Store) -> None:
    with store.transaction() as tx:
        for act in ("open", "close", "remove"):
            tx.desk.note("console", act, "wave x", START)
        assert tx.desk.broken() is None
        tx.connection.exec_driver_sql("UPDATE audit SET what = 'wave y' WHERE no = 2")
        assert tx.desk.broken() == 2


def test_a_line_taken_out_of_the_log_is_missed_and_one_cut_off_only_by_who_noted_it(store: Store) -> None:
    with store.transaction() as tx:
        for act in ("open", "close", "remove"):
            tx.desk.note("console", act, "wave x", START)
        last = tx.desk.acts()[0]
        tx.connection.exec_driver_sql("DELETE FROM audit WHERE no = 3")
        assert tx.desk.broken() is None
        assert last not in tx.desk.acts()
        tx.connection.exec_driver_sql("DELETE FROM audit WHERE no = 1")
        assert tx.desk.broken() == 1


@pytest.mark.parametrize("language", ["ur", "ps", "en"])
def test_an_owner_reads_the_log_ten_lines_at_a_time_and_no_number_of_anybody(store: Store, language: str) -> None:
    wave = admit(store, roles.OWNER)
    with store.transaction() as tx:
        tx.desk.speak(CHAT, language)
        for who in (f"coordinator {CHAT}", "coordinator 987654321", "console", "clock"):
            for act in ("open", "close", "export rows"):
                tx.desk.note(who, act, f"wave {wave}, alone", START)
    newest, rest = do(store, "log").screen, do(store, "log", "3").screen
    assert newest is not None and rest is not None

    said = text(WORDS, newest)
    assert len(newest.lines) == 2 + 10 and len(rest.lines) == 1 + 2
    assert WORDS.say(language, "log-whole") in said
    for phrase in ("log-you", "log-another", "log-console", "log-clock", "log-close", "log-export-rows"):
        assert WORDS.say(language, phrase) in said, phrase
    assert "987654321" not in said
    assert newest.rows[0][0].does == Asked("log", ("3",))
    assert all(one.does != Asked("log", ("1",)) for row in rest.rows for one in row), "nothing is before the first"


def test_a_log_that_was_changed_says_so_to_its_owner(store: Store) -> None:
    admit(store, roles.OWNER)
    with store.transaction() as tx:
        tx.desk.note("console", "open", "wave x", START)
        tx.connection.exec_driver_sql("UPDATE audit SET who = 'clock'")
    screen = do(store, "log").screen
    assert screen is not None
    assert "Line 1 of this log was changed" in text(WORDS, screen)


def test_an_act_that_an_older_program_noted_is_shown_as_it_was_noted(store: Store) -> None:
    admit(store, roles.OWNER)
    with store.transaction() as tx:
        tx.desk.note("console", "paint the house", "blue", START)
    screen = do(store, "log").screen
    assert screen is not None
    assert "the server: paint the house" in text(WORDS, screen).replace("\u2068", "").replace("\u2069", "")


def test_every_act_that_is_noted_has_a_name_in_the_log() -> None:
    """Found in the source: the second word of every note."""
    noted = {
        argument.value
        for path in (ROOT / "bot").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "note"
        for argument in node.args[1:2]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
    assert len(noted) > 12
    named = {f"log-{act.replace(' ', '-')}" for act in (*noted, OPEN_WAVE, CLOSE_WAVE, RECORD)}
    assert named <= set(WORDS.ids)


@pytest.mark.parametrize("language", ["all", "ps"])
@pytest.mark.parametrize("size", ["a4", "a5"])
def test_a_poster_is_asked_for_by_language_and_paper_and_drawn_later(
    store: Store, language: str, size: str
) -> None:
    wave = admit(store, roles.OWNER)
    asked = do(store, "poster", wave).screen
    assert asked is not None
    offered = [one.does for row in asked.rows for one in row]
    assert Asked("paper", (wave, "-", "-", language, size)) in offered
    assert all(isinstance(decode(encode(one, None)), Asked) for one in offered if isinstance(one, Asked))

    said = do(store, "paper", wave, "-", "-", language, size)
    assert said.draw is not None and said.draw().startswith(b"%PDF")
    assert said.file_name == f"aitbar-poster-{wave}-{size}.pdf"
    assert f"start={wave}" in said.caption


def test_the_poster_of_an_invitation_has_its_link_and_last_day(tmp_path: Path) -> None:
    with kept(tmp_path) as store:
        wave = open_wave(store, invited=True)
        admit(store, roles.OWNER)
        made = do(store, "invite", wave, "school", "10", "30", "1")
        assert made.screen is not None
        (to_poster,) = [
            one.does for row in made.screen.rows for one in row if one.label == Say("button-desk-poster")
        ]
        assert isinstance(to_poster, Asked)
        _, code, last = to_poster.values
        assert f"start={wave}-{code}" in made.caption
        assert last == (START.date() + timedelta(days=30)).isoformat()
        drawn = do(store, "paper", wave, code, last, "en", "a5")
        assert drawn.caption == made.caption and drawn.draw is not None
        assert drawn.draw().startswith(b"%PDF")


@pytest.mark.parametrize(
    "forged",
    [("-", "-", "xx", "a4"), ("-", "-", "en", "a0"), ("-", "yesterday", "en", "a4"), ("-",)],
)
def test_a_forged_poster_is_none(store: Store, forged: tuple[str, ...]) -> None:
    wave = admit(store, roles.OWNER)
    said = do(store, "paper", wave, *forged)
    assert said.draw is None and "desk-title" in said_ids(said)


def test_a_poster_that_cannot_be_drawn_leaves_its_words() -> None:
    def fails() -> bytes:
        raise NotDrawn("no")

    shown = asyncio.run(drawn(CHAT, Said(None, file_name="x.pdf", caption="The link"), fails))
    assert shown == (Show(CHAT, "The link", None),)


def test_the_guide_shows_who_may_do_what_as_the_table_in_the_code_has_it() -> None:
    guide = (ROOT / "docs" / "coordinators.md").read_text()
    rows = re.findall(r"^\| .+\(`(\w+)`\) \|(.+)\|$", guide, re.MULTILINE)
    cells = {act: row.split("|") for act, row in rows if row.count("|") == len(roles.ROLES) - 1}
    shown = {act: [cell.strip() == "yes" for cell in row] for act, row in cells.items()}
    acts = frozenset[str]().union(*roles.ACTS.values())
    assert shown == {act: [roles.may(role, act) for role in roles.ROLES] for act in acts}


def test_the_arithmetic_of_small_groups_is_printed_before_a_wave_is_opened(store: Store) -> None:
    admit(store, roles.OWNER)
    small, large = (do(store, "review", "trust", people, "w5").screen for people in ("60", "150"))
    assert small is not None
    assert large is not None
    english = text(WORDS, small)

    assert "Each district: about 30 people; 50 are needed (10 × 5): not shown by itself." in english
    assert "Women and men, each: about 30 people; 15 are needed (3 × 5): shown by itself." in english
    assert "Each district: about 75 people; 50 are needed (10 × 5): shown by itself." in text(WORDS, large)


@pytest.mark.parametrize("language", ["ur", "ps", "en"])
def test_a_district_too_small_and_one_joined_with_it_are_named_in_every_language(language: str) -> None:
    plan = layout(TRUST, 1000, 5, {(("district", "swat"),): 40})
    lines = [line(WORDS, language, say) for say in sizes(TRUST, plan, language)]

    assert [say.id for say in sizes(TRUST, plan, language)] == [
        "desk-size-small",
        "desk-size-joined",
        "desk-size-shown",
    ]
    assert all(mark in lines[0] for mark in (("۴۰", "۵۰") if language == "ps" else ("40", "50")))


def test_the_screen_of_a_wave_says_how_many_ended_otherwise_as_of_the_last_release(store: Store) -> None:
    wave = admit(store, roles.OWNER)
    with store.transaction() as tx:
        tx.outcomes.add({(wave, "refused"): 12, (wave, "withdrawn"): 30, (wave, "quit"): 4})
    ends = ("desk-end-refused", "desk-end-withdrawn", "desk-end-quit")
    assert not said_ids(do(store, "wave", wave)) & set(ends)
    with store.transaction() as tx:
        tx.waves.release_due(START + timedelta(days=7))
    said = do(store, "wave", wave)
    assert said.screen is not None
    assert Say("desk-end-refused", {"n": 10}) in said.screen.lines
    assert said_ids(said) & set(ends) == {"desk-end-refused"}


def test_the_screen_of_a_wave_says_when_it_closes_by_itself(store: Store) -> None:
    admit(store, roles.OWNER)
    assert "desk-clocks" not in said_ids(do(store, "wave", open_wave(store)))
    assert "desk-clocks" in said_ids(do(store, "wave", open_wave(store, survey="reminding")))
