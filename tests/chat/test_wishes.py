"""Wishes to hear of a result, from the tap to the row that is deleted.

Promises:
1. It is asked only where the survey allows it, between the consent and the first question; no stands first, and
   nothing is kept before it is answered. A yes that was not asked for counts nothing.
2. The wish is written at the next daily tick and not before, in a transaction that writes nothing else.
3. Whatever people wish and forget, whenever days pass, programs die or the disk is full: the rows are exactly
   the wishes made before the last daily tick and not forgotten since, each chat once.
4. A box is equally long for every chat and language, opens with its key for its own row alone, and shows nothing.
5. `/forget`, typed or as a word, says the same to everybody, and only after it was done; it ends the interview
   at hand and takes its message away. Whom a survey does not ask leaves no wish.
6. A wish to be reminded is a row of its own. The button under a reminder and the word stop, wherever it is typed,
   end it at once and leave the wish for the result; the button says so where the line stood, after it is so.
7. What ended without answers is counted once, by wave and state, and written with all others.
8. `/privacy` fits one message, begins neutrally, and states the numbers of this installation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import event

from bot.chat.ends import Ends
from bot.chat.outbound import Delete, Later, Show
from bot.chat.privacy import Kept, forgotten, privacy
from bot.chat.wishes import Wishes
from bot.chat.words import TEXT_LIMIT, text
from bot.core import flow, roles
from bot.core.survey import LANGUAGES
from bot.files.phrases import latin
from bot.store import Contact, Store, StoreTrouble, tables
from bot.store.contacts import Contacts
from tests.chat.test_updates import (
    AMINA,
    BILAL,
    CONSENT,
    PHRASES,
    House,
    agree,
    data_of,
    nothing_can_be_saved,
    say,
    shows,
    tap,
    words,
)
from tests.store.sample import START, kept, open_wave, rows

CARIM = 7_000_000_003


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with kept(tmp_path) as store:
        yield House(store)


@pytest.fixture
def wave(house: House) -> str:
    return open_wave(house.store, survey="telling")


def a_day_passes(house: House) -> None:
    """What the bot does with wishes at its daily tick."""
    asyncio.run(house.wishes.keep())


def chats(store: Store, wave: str | None = None) -> list[int]:
    """Whose rows there are, each as often as it is there."""
    with store.transaction() as tx:
        found = [(of, one) for _, of, one in tx.contacts._opened()]
    return sorted(one.chat for of, one in found if one is not None and wave in (None, of))


@contextmanager
def transactions(store: Store) -> Iterator[list[set[str]]]:
    """The tables that each transaction writes."""
    written: list[set[str]] = [set()]

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        words = statement.replace('"', " ").split()
        if words[0] in ("INSERT", "DELETE", "UPDATE"):
            written[-1] |= {name for name in tables.METADATA.tables if name in words[1:4]}

    def end(_connection: Any) -> None:
        written.append(set())

    engine = store._engine
    hooks = (("before_cursor_execute", note), ("commit", end), ("rollback", end))
    for name, hook in hooks:
        event.listen(engine, name, hook)
    try:
        yield written
    finally:
        for name, hook in hooks:
            event.remove(engine, name, hook)


# -- 1: the question ------------------------------------------------------------------------------------


def test_it_is_asked_after_the_consent_with_no_first_and_nothing_kept(house: House, wave: str) -> None:
    (asked,) = shows(house.take(agree(wave)))
    assert say("tell-result") in asked.text
    no, yes, hide = data_of(asked)
    assert [no, yes, hide] == [f"o:u:{wave}:en:11:1:0", f"o:t:{wave}:en:11:1:0", "o:h:11"]
    assert asked.keyboard is not None
    assert asked.keyboard.inline_keyboard[0][0].text == say("button-tell-no")
    assert rows(house.store, "SELECT * FROM ledger") == rows(house.store, "SELECT * FROM session") == []
    for answer, wishes in ((no, []), (yes, [AMINA])):
        (question,) = shows(house.take(tap(answer, BILAL if answer == no else AMINA)))
        assert any(data.startswith("v1:") for data in data_of(question)), "the first question follows at once"
        a_day_passes(house)
        assert chats(house.store) == wishes


def test_a_survey_that_does_not_allow_it_does_not_ask_and_a_forged_yes_counts_nothing(house: House) -> None:
    quiet = open_wave(house.store)
    (question,) = shows(house.take(agree(quiet)))
    assert any(data.startswith("v1:") for data in data_of(question))
    house.take(tap(f"o:t:{quiet}:en:11:1:0", BILAL))
    a_day_passes(house)
    assert chats(house.store) == []


def test_a_second_yes_of_somebody_who_took_part_wishes_nothing(house: House, wave: str) -> None:
    house.take(tap(f"o:u:{wave}:en:11:1:0"), tap(f"o:t:{wave}:en:11:1:0", message=CONSENT + 1))
    a_day_passes(house)
    assert chats(house.store) == []


def test_whom_the_survey_does_not_ask_leaves_no_wish(
    house: House, wave: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for already_written in (False, True):
        (question,) = shows(house.take(tap(f"o:t:{wave}:en:11:1:0")))
        if already_written:
            a_day_passes(house)
            assert chats(house.store) == [AMINA]
        answer = next(data for data in data_of(question) if ":0:0:0:" in data)
        with monkeypatch.context() as patched:
            patched.setattr(flow, "step", lambda *_: flow.Step(None, flow.screened_out("en"), end="screened_out"))
            house.take(tap(answer))
        a_day_passes(house)
        asyncio.run(house.wishes.settle())
        assert chats(house.store) == []
        assert rows(house.store, "SELECT * FROM ledger") == []


# -- 2: apart -------------------------------------------------------------------------------------------


def test_no_transaction_that_writes_a_contact_writes_who_took_part_or_what_was_said(
    house: House, wave: str
) -> None:
    with transactions(house.store) as written:
        # All in one round, that is in one transaction: the wish, an interview, and somebody who forgets.
        house.take(tap(f"o:t:{wave}:en:11:1:0"), tap(f"o:t:{wave}:en:11:1:0", BILAL), words("/forget", BILAL))
        a_day_passes(house)
        shows(house.take(tap(f"o:t:{wave}:en:11:1:0", CARIM), words("/forget")))
    with_contacts = [names for names in written if "contact" in names]
    assert len(with_contacts) >= 2, "one wrote, one deleted"
    assert with_contacts == [{"contact"}] * len(with_contacts)
    assert any({"ledger", "session"} <= names for names in written), "the listener sees the others"


def test_a_chat_that_wishes_again_on_another_day_is_there_once(house: House, wave: str) -> None:
    for _ in range(2):
        house.wishes.wish(wave, Contact(AMINA, "ur"))
        a_day_passes(house)
    assert chats(house.store) == [AMINA]


def test_contacts_of_a_day_are_written_in_an_order_that_is_drawn(
    house: House, wave: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = [tap(f"o:t:{wave}:en:11:1:0", AMINA + number) for number in range(40)]
    house.take(*came)
    written: list[int] = []
    honest = Contacts._seal

    def seal(self: Contacts, cid: bytes, of: str, contact: Contact) -> bytes:
        written.append(contact.chat)
        return honest(self, cid, of, contact)

    monkeypatch.setattr(Contacts, "_seal", seal)
    a_day_passes(house)
    assert len(written) == 40
    assert written != sorted(written)


# -- 3: histories ---------------------------------------------------------------------------------------


class Histories(RuleBasedStateMachine):
    """A model beside the program: what is to lie in the table, and what is to wait in memory."""

    PEOPLE, WAVES = (-5, 7_000_000_001), ("wave-one", "wave-two")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.context = kept(Path(self.folder.name))
        self.store = self.context.__enter__()
        self.wishes = Wishes(self.store)
        self.waiting: set[tuple[str, int, bool]] = set()
        self.written: set[tuple[str, int, bool]] = set()
        self.promised: set[tuple[str, int, bool]] = set()

    def teardown(self) -> None:
        self.context.__exit__(None, None, None)
        self.folder.cleanup()

    @rule(wave=st.sampled_from(WAVES), chat=st.sampled_from(PEOPLE), rolled_back=st.booleans())
    def wish(self, wave: str, chat: int, rolled_back: bool) -> None:
        take_back = self.wishes.wish(wave, Contact(chat, "ps"))
        self.waiting.add((wave, chat, True))
        if rolled_back:
            take_back()
            self.waiting.discard((wave, chat, True))

    @rule(chat=st.sampled_from(PEOPLE), wave=st.sampled_from([None, *WAVES]))
    def forget(self, chat: int, wave: str | None) -> None:
        self.wishes.forget(chat, wave)
        gone = {(of, chat, result) for of in self.WAVES if wave in (None, of) for result in (True, False)}
        self.waiting -= gone
        self.promised |= gone

    @rule(wave=st.sampled_from(WAVES), chat=st.sampled_from(PEOPLE), part=st.sampled_from([1, 2, 3]))
    def wish_to_be_reminded(self, wave: str, chat: int, part: int) -> None:
        self.wishes.wish(wave, Contact(chat, "ur", False, part))
        self.waiting.add((wave, chat, False))

    @rule(chat=st.sampled_from(PEOPLE))
    def no_more(self, chat: int) -> None:
        self.wishes.forget(chat, reminders_only=True)
        gone = {(of, chat, False) for of in self.WAVES}
        self.waiting -= gone
        self.promised |= gone

    @rule()
    def settle(self) -> None:
        asyncio.run(self.wishes.settle())
        self.written -= self.promised
        self.promised = set()

    @rule(full=st.sampled_from([False, False, False, True]))
    def a_day_passes(self, full: bool) -> None:
        if full:
            with full_disk(self.store):
                if self.waiting:
                    with pytest.raises(StoreTrouble):
                        asyncio.run(self.wishes.keep())
            return
        if asyncio.run(self.wishes.keep()):
            self.written = (self.written - self.promised) | self.waiting
            self.promised = set()
        self.waiting = set()

    @rule()
    def the_program_is_killed(self) -> None:
        self.wishes = Wishes(self.store)
        self.waiting, self.promised = set(), set()

    @precondition(lambda self: self.written)
    @rule(data=st.data())
    def one_is_told(self, data: st.DataObject) -> None:
        wave, chat, result = data.draw(st.sampled_from(sorted(self.written)))
        wanted = (wave, chat, result)
        with self.store.transaction() as tx:
            (cid,) = [c for c, of, one in tx.contacts._opened() if one and (of, one.chat, one.result) == wanted]
            assert tx.contacts.take(cid)
            assert not tx.contacts.take(cid)
        self.written.discard(wanted)

    @invariant()
    def rows_are_what_was_wished(self) -> None:
        with self.store.transaction() as tx:
            found = sorted((of, one.chat, one.result) for _, of, one in tx.contacts._opened() if one is not None)
        assert found == sorted(self.written)


def full_disk(store: Store) -> AbstractContextManager[None]:
    """Every commit fails in here."""
    return nothing_can_be_saved(cast(House, SimpleNamespace(store=store)))


Histories.TestCase.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
TestHistories = Histories.TestCase


# -- 6: reminders -----------------------------------------------------------------------------------------


def wished(house: House) -> list[tuple[int, bool]]:
    """Whose rows there are, and whether they are for a result."""
    with house.store.transaction() as tx:
        return sorted((one.chat, one.result) for _, _, one in tx.contacts._opened() if one is not None)


@pytest.fixture
def both(house: House) -> House:
    """Two people who want to hear of the result and to be reminded; one of them is not yet written."""
    wave = open_wave(house.store, survey="reminding")
    for chat in (AMINA, BILAL):
        house.wishes.wish(wave, Contact(chat, "en"))
        house.wishes.wish(wave, Contact(chat, "en", False, 2))
        if chat == AMINA:
            a_day_passes(house)
    return house


def test_the_button_under_a_reminder_ends_them_and_says_so_where_the_line_stood(both: House) -> None:
    for chat in (AMINA, BILAL):
        out = both.take(tap("o:z:-:en:0", chat, message=77))
        assert not [one for one in out if isinstance(one, Show)], "nothing is said before it is so"
        (later,) = [one for one in out if isinstance(one, Later)]
        (shown,) = shows([later])
        assert (shown.edit, shown.text, shown.keyboard) == (77, say("reminders-ended"), None)
    a_day_passes(both)
    assert wished(both) == [(AMINA, True), (BILAL, True)]


def test_the_button_says_what_went_wrong_and_stays(both: House) -> None:
    out = both.take(tap("o:z:-:en:0", AMINA, message=77))
    with nothing_can_be_saved(both):
        (shown,) = shows([one for one in out if isinstance(one, Later)])
    assert (shown.edit, shown.text) == (None, say("something-went-wrong"))


@pytest.mark.parametrize("in_an_interview", [False, True])
def test_the_word_stop_ends_reminders_wherever_it_is_typed(both: House, in_an_interview: bool) -> None:
    if in_an_interview:
        both.take(agree(open_wave(both.store)))
    both.take(words("stop"))
    asyncio.run(both.wishes.settle())
    assert wished(both) == [(AMINA, True)]
    assert len(rows(both.store, "SELECT * FROM session")) == in_an_interview, "the interview only pauses"


def test_another_word_ends_nothing(both: House) -> None:
    both.take(words("salaam"), words("help"))
    asyncio.run(both.wishes.settle())
    assert wished(both) == [(AMINA, False), (AMINA, True)]


# -- 7: counting ------------------------------------------------------------------------------------------


def test_what_ended_without_answers_is_counted_once_and_kept_by_the_day(house: House) -> None:
    ends = Ends(house.store)
    house.handler._count = ends.add
    wave = open_wave(house.store)
    refusal = tap(f"o:n:{wave}:en:11")
    house.take(refusal, tap(f"o:n:{wave}:en:11", BILAL))
    with nothing_can_be_saved(house), pytest.raises(StoreTrouble):
        house.take(tap(f"o:n:{wave}:en:11", CARIM))
    house.handler.undo()  # as the loop does before the round comes again
    assert rows(house.store, "SELECT * FROM outcome") == [], "not before the day is over"
    with nothing_can_be_saved(house), pytest.raises(StoreTrouble):
        asyncio.run(ends.keep())
    for _ in range(2):
        asyncio.run(ends.keep())
    assert rows(house.store, "SELECT wave, state, n FROM outcome") == [(wave, "refused", 2)]


# -- 4: the box -----------------------------------------------------------------------------------------


CONTACTS = st.builds(
    Contact, st.integers(-(2**63), 2**63 - 1), st.sampled_from(LANGUAGES), st.booleans(), st.integers(0, 3)
)


@settings(deadline=None, max_examples=60)
@given(contacts=st.lists(CONTACTS, min_size=2, max_size=6))
def test_all_boxes_are_equally_long_and_open_for_their_own_row_alone(
    boxes: Store, contacts: list[Contact]
) -> None:
    with boxes.transaction() as tx:
        sealed = [
            (bytes([no]) * 16, tx.contacts._seal(bytes([no]) * 16, "wave", c)) for no, c in enumerate(contacts)
        ]
        assert {len(box) for _, box in sealed} == {60}
        assert [tx.contacts._open(cid, "wave", box) for cid, box in sealed] == contacts
        (first, box), (second, _) = sealed[:2]
        assert tx.contacts._open(second, "wave", box) is None
        assert tx.contacts._open(first, "other", box) is None
        assert contacts[0].chat.to_bytes(8, "big", signed=True) not in box


@pytest.fixture(scope="module")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with kept(tmp_path_factory.mktemp("boxes")) as store:
        yield store


def test_with_another_key_a_row_opens_for_nobody_and_new_ones_are_made(house: House, wave: str) -> None:
    with house.store.transaction() as tx:
        tx.contacts.keep([(wave, Contact(AMINA, "ur"))])
    house.store.keys.destroy_contact()
    with house.store.transaction() as tx:
        assert tx.contacts.forget(AMINA) == 0
        tx.contacts.keep([(wave, Contact(AMINA, "ur"))])
    assert len(rows(house.store, "SELECT * FROM contact")) == 2
    assert chats(house.store) == [AMINA]


# -- 5: forgetting --------------------------------------------------------------------------------------


def test_who_never_took_part_and_who_did_hear_the_same(house: House, wave: str) -> None:
    house.take(tap(f"o:t:{wave}:en:11:1:0"))
    a_day_passes(house)
    heard = []
    for id in (AMINA, BILAL):
        *_, last = shows(house.take(words("/forget", id)))
        assert last.keyboard is not None
        heard.append((last.text, last.keyboard.to_json()))
    assert heard[0] == heard[1]
    assert heard[0][0] == text(PHRASES, forgotten("en"))


@pytest.mark.parametrize("typed", ["/forget", "forget me", "مجھے بھول جائیں", "ما هېر کړئ", "bhool jao"])
def test_the_interview_at_hand_goes_with_its_message_and_the_mark_stays(
    house: House, wave: str, typed: str
) -> None:
    house.take(tap(f"o:t:{wave}:en:11:1:0"))
    house.handler._memory.stray(AMINA, 77)
    out = house.take(words(typed))
    hidden, _ = shows(out)
    assert (hidden.edit, hidden.text) == (CONSENT, say("hidden"))
    assert {77, 11} <= {id for one in out if isinstance(one, Delete) for id in one.messages}
    assert rows(house.store, "SELECT * FROM session") == []
    assert rows(house.store, "SELECT done FROM ledger") == [(0,)], "the mark stays, or one could answer twice"
    a_day_passes(house)
    assert chats(house.store) == []


def test_it_is_said_only_after_it_was_done(house: House, wave: str) -> None:
    house.take(tap(f"o:t:{wave}:en:11:1:0"))
    a_day_passes(house)
    out = house.take(words("/forget"))
    (later,) = [one for one in out if isinstance(one, Later)]
    with nothing_can_be_saved(house):
        (said,) = shows([later])
    assert said.text == say("something-went-wrong")
    assert chats(house.store) == [AMINA]
    assert house.wishes.leaving, "what was promised is not forgotten"
    asyncio.run(house.wishes.settle())
    assert chats(house.store) == []


def test_a_wave_that_takes_no_answers_any_more_keeps_no_interview_of_whoever_forgets(
    house: House, wave: str
) -> None:
    house.take(tap(f"o:t:{wave}:en:11:1:0"))
    with house.store.transaction() as tx:
        tx.waves.close(wave)
    house.take(words("/forget"))
    assert rows(house.store, "SELECT * FROM session") == []


def test_forgetting_gives_nobody_new_tries_at_codes(house: House) -> None:
    for _ in range(5):
        house.take(words("/withdraw 12345678901234567890"))
        house.clock.now += 60
    shows(house.take(words("/forget")))
    (refused,) = shows(house.take(words("/withdraw 12345678901234567890")))
    assert refused.text == say("withdraw-later")


# -- 6: what is held ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_held_fits_one_message_begins_neutrally_and_names_the_numbers(language: str) -> None:
    shown = text(PHRASES, privacy(language, Kept(months=37, least=6), coordinator=True))
    assert len(shown) < TEXT_LIMIT
    assert shown.splitlines()[0] == PHRASES.say(language, "privacy-first")
    for command in ("/withdraw", "/forget"):
        assert command in shown
    digits = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
    for number in ("37", "6", "14", "30"):
        assert number in shown.translate(digits)
    if language != "en":
        assert "\u2068" in shown


def test_the_numbers_are_those_of_this_installation_and_coordinators_read_of_themselves(house: House) -> None:
    open_wave(house.store, k=7)
    with house.store.transaction() as tx:
        tx.desk.admit(BILAL, roles.OWNER, "ps", START)
    (hers,) = shows(house.take(words("/privacy")))
    (his,) = shows(house.take(words("/privacy", BILAL)))
    assert say("privacy-after", least=7, months=24, days=30) in hers.text
    assert say("privacy-coordinator") not in hers.text
    assert PHRASES.say("ps", "privacy-coordinator") in his.text
    assert latin("/forget") in hers.text


def test_what_is_said_goes_with_the_next_wipe(house: House) -> None:
    raw = words("/privacy")
    (shown,) = shows(house.take(raw))
    assert shown.shown is not None
    shown.shown(55)
    (said,) = shows(house.take(words("/forget")))
    assert data_of(said) == ["o:h"]
    assert said.shown is not None
    said.shown(56)
    gone = {id for one in house.sent.out if isinstance(one, Delete) for id in one.messages}
    assert {raw["message"]["message_id"], 55} <= gone
    out = house.take(tap("o:h", message=56))
    assert 56 in {id for one in out if isinstance(one, Delete) for id in one.messages}
