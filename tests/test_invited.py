"""People who come by an invitation.

1. A cap is at least 2 k, and the refusal says why; an invitation is for a cohort, works 90 days at most, and ends
   with its wave.
2. Whatever people do, no cohort has more marks than its cap; starting over and coming again cost no use.
3. A full or expired link says so in one sentence, and so does the bare link of an invited wave; nothing is begun.
4. How many uses are left is on no screen, in no log and on no console, and no use stands beside a mark.
5. The code travels in the buttons, within their 64 bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.codec import LIMIT, decode, encode
from bot.chat.identity import who
from bot.core.events import (
    Agreed,
    AskedLanguageAgain,
    Event,
    HidBefore,
    Joined,
    Opened,
    PickedLanguage,
    PickedWave,
    Refused,
    StartedOver,
    Threshold,
)
from bot.core.screen import Say
from bot.core.threshold import joined, split
from bot.store import Store, WaveTrouble
from bot.store.invites import CODE_LENGTH, CODE_LETTERS, MOST_DAYS
from bot.turn import Held, Reply, take
from tests.store.sample import START, TODAY, kept, open_wave, rows, send_many

K = 5
AMINA = 7_000_000_001


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path) as one:
        yield one


def invite(store: Store, wave: str, cohort: str = "school", cap: int = 2 * K, days: int = 30) -> str:
    """Give a cohort a code; returns what its link carries."""
    with store.transaction() as tx:
        return joined(wave, tx.invites.make(tx.waves.known(wave), cohort, cap, days, TODAY))


def does(store: Store, did: Held | Threshold, account: int = AMINA, now: datetime = START) -> Reply:
    """What one account does."""
    with store.transaction() as tx:
        return take(tx, who(account), did, now, "en")


def opens(store: Store, link: str, account: int = AMINA, now: datetime = START) -> Reply:
    """Somebody follows a link."""
    return does(store, Opened(link, 1, "en"), account, now)


def agrees(store: Store, link: str, account: int = AMINA, now: datetime = START, slot: int = 0) -> Reply:
    """Somebody says yes behind a link."""
    return does(store, Agreed(link, 1, "en", 1, slot), account, now)


def phrases(reply: Reply) -> list[str]:
    assert reply.screen is not None
    return [line.id for line in reply.screen.lines if isinstance(line, Say)]


def buttons(reply: Reply) -> list[object]:
    assert reply.screen is not None
    return [button.does for row in reply.screen.rows for button in row]


def marks(store: Store) -> int:
    """How many people have begun."""
    return int(rows(store, "SELECT count(*) FROM ledger")[0][0])


# -- 1. what an invitation is -----------------------------------------------------------------------------


def test_a_cap_under_two_groups_is_refused_and_the_refusal_says_why(store: Store) -> None:
    wave = open_wave(store, invited=True)
    with pytest.raises(
        WaveTrouble, match=r"for 10 people or more, never for 9: who gives a code to few can find out"
    ):
        invite(store, wave, cap=2 * K - 1)
    assert rows(store, "SELECT count(*) FROM invite") == [(0,)]
    invite(store, wave, cap=2 * K)


@pytest.mark.parametrize("days", [0, MOST_DAYS + 1, -1])
def test_an_invitation_works_for_days_not_for_ever(store: Store, days: int) -> None:
    with pytest.raises(WaveTrouble, match="1 to 90 days"):
        invite(store, open_wave(store, invited=True), days=days)


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "=1+1", "a\nb", "school"])
def test_a_cohort_has_a_plain_name_of_its_own(store: Store, name: str) -> None:
    wave = open_wave(store, invited=True)
    invite(store, wave, "school")
    with pytest.raises(WaveTrouble, match="Never the name of a person"):
        invite(store, wave, name)


def test_only_an_open_wave_that_wants_invitations_has_them(store: Store) -> None:
    with pytest.raises(WaveTrouble, match="open to invitations"):
        invite(store, open_wave(store))
    wave = open_wave(store, invited=True)
    with store.transaction() as tx:
        tx.waves.close(wave)
    with pytest.raises(WaveTrouble, match="open to invitations"):
        invite(store, wave)


def test_the_database_holds_the_hash_of_a_code_and_not_the_code(store: Store, tmp_path: Path) -> None:
    _, code = split(invite(store, open_wave(store, invited=True)))
    assert len(code) == CODE_LENGTH
    for path in (tmp_path / "data").iterdir():
        assert code.encode() not in path.read_bytes()


def test_invitations_end_with_their_wave(store: Store) -> None:
    wave, other = open_wave(store, invited=True), open_wave(store, invited=True)
    invite(store, wave)
    invite(store, other)
    with store.transaction() as tx:
        tx.waves.close(wave)
    with store.transaction() as tx:
        tx.waves.daily(TODAY)
        tx.waves.daily(TODAY + timedelta(days=1))
    assert rows(store, "SELECT wave FROM invite") == [(other,)]


# -- 2. never more than the cap ---------------------------------------------------------------------------


def test_a_use_is_taken_at_the_yes_and_only_by_who_begins(store: Store) -> None:
    wave = open_wave(store, invited=True)
    link = invite(store, wave)

    def left() -> int:
        return int(rows(store, "SELECT left FROM invite")[0][0])

    opens(store, link)
    does(store, PickedLanguage(link, 1, "en"))
    does(store, Refused(link, 1, "en"))
    assert (left(), marks(store)) == (10, 0)
    begun = agrees(store, link)
    assert begun.grip is not None
    assert begun.soiled, "a scrub is due: the mark and the use were written together"
    assert (left(), marks(store)) == (9, 1)
    agrees(store, link)
    opens(store, link)
    does(store, StartedOver(link, 1, "en", sure=True))
    assert (left(), marks(store)) == (9, 1)


def test_who_has_begun_goes_on_whatever_became_of_the_link(store: Store) -> None:
    wave = open_wave(store, invited=True)
    link = invite(store, wave)
    agrees(store, link)
    later = START + timedelta(days=40)
    for way in (link, wave, f"{wave}-wrong", None):
        with store.transaction() as tx:
            assert phrases(take(tx, who(AMINA), Opened(way, 1, "en"), later, "en")) == ["go-on-above"]
    assert does(store, StartedOver(wave, 1, "en", sure=True), now=later).grip is not None


def test_another_person_of_a_phone_needs_a_use_too(store: Store) -> None:
    wave = open_wave(store, invited=True, slots=2)
    link = invite(store, wave)
    agrees(store, link)
    assert any(isinstance(what, Joined) for what in buttons(opens(store, link)))
    assert not any(isinstance(what, Joined) for what in buttons(opens(store, wave)))
    assert agrees(store, link, slot=1).grip is not None
    assert rows(store, "SELECT left FROM invite") == [(8,)]


def test_a_use_that_is_not_there_is_not_taken(store: Store) -> None:
    wave = open_wave(store, invited=True)
    _, code = split(invite(store, wave, days=3))
    with store.transaction() as tx:
        assert not tx.invites.take(wave, code, TODAY + timedelta(days=4))
        assert not tx.invites.take(wave, "a" * CODE_LENGTH, TODAY)
        assert not tx.invites.take("another", code, TODAY)
        assert [tx.invites.take(wave, code, TODAY + timedelta(days=3)) for _ in range(11)] == [True] * 10 + [False]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("opens", "agrees", "over", "again")),
        st.integers(1, 14),  # who
        st.integers(0, 3),  # which link: two cohorts, the bare one, a wrong one
        st.integers(0, 12),  # on which day
    ),
    max_size=70,
)


@settings(max_examples=30, deadline=None)
@given(STEPS)
def test_no_cohort_has_more_marks_than_its_cap(steps: list[tuple[str, int, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, kept(Path(folder)) as store:
        wave = open_wave(store, invited=True)
        links = [invite(store, wave, "one", days=10), invite(store, wave, "two", cap=11, days=5)]
        links += [wave, f"{wave}-{'a' * CODE_LENGTH}"]
        caps, days = [10, 11, 0, 0], [10, 5, -1, -1]
        came: dict[int, int] = {}  # who began, by which link
        for step, account, number, day in steps:
            now = START + timedelta(days=day)
            if step == "opens":
                opens(store, links[number], account, now)
            elif step == "agrees":
                reply = agrees(store, links[number], account, now)
                open_still = day <= days[number] and list(came.values()).count(number) < caps[number]
                assert (reply.grip is not None) is (open_still and account not in came)
                if reply.grip is not None:
                    came[account] = number
            elif step == "over":
                does(store, StartedOver(links[number], 1, "en", sure=True), account, now)
            else:
                does(store, Joined(links[number], 1, "en"), account, now)
            assert marks(store) == len(came)
        for number, cap in enumerate(caps):
            assert list(came.values()).count(number) <= cap


def test_a_hundred_who_say_yes_at_once_are_never_more_than_the_cap(store: Store) -> None:
    link = invite(store, open_wave(store, invited=True))
    with ThreadPoolExecutor(8) as crowd:
        begun = list(crowd.map(lambda account: agrees(store, link, account).grip is not None, range(1, 101)))
    assert sum(begun) == 10 == marks(store)


# -- 3. what a link says ----------------------------------------------------------------------------------


def test_a_link_says_full_expired_or_that_it_is_not_whole_and_begins_nothing(store: Store) -> None:
    wave = open_wave(store, invited=True)
    full, expired = invite(store, wave, "full"), invite(store, wave, "expired", days=1)
    for account in range(1, 11):
        agrees(store, full, account)
    later = START + timedelta(days=2)
    for link, now, said in (
        (full, START, "invitation-full"),
        (expired, later, "invitation-expired"),
        (full, START + timedelta(days=31), "invitation-expired"),
        (wave, START, "invitation-needed"),
        (f"{wave}-wrong", START, "invitation-needed"),
        (f"{wave}-{'%:' * 20}", START, "invitation-needed"),
    ):
        tries: list[Event | Threshold] = [
            Opened(link, 1, "en"),
            PickedWave(link, 1),
            AskedLanguageAgain(link, 1),
            PickedLanguage(link, 1, "en"),
            Joined(link, 1, "en"),
            Agreed(link, 1, "en", 1, 0),
        ]
        for did in tries:
            reply = does(store, did, 99, now)  # type: ignore[arg-type]
            assert phrases(reply) == [said], did
            assert buttons(reply) == [HidBefore(())]
    assert marks(store) == 10


def test_an_invited_wave_is_not_offered_to_who_comes_without_a_link(store: Store) -> None:
    invited = open_wave(store, invited=True)
    assert phrases(does(store, Opened(None, 1, "en"))) == ["nothing-open"]
    open_wave(store)
    assert "choose-language" in phrases(does(store, Opened(None, 1, "en")))
    open_wave(store)
    offered = {what.wave for what in buttons(does(store, Opened(None, 1, "en"))) if isinstance(what, PickedWave)}
    assert len(offered) == 2
    assert invited not in offered


def test_a_wave_for_everybody_does_not_look_at_what_follows_its_name(store: Store) -> None:
    wave = open_wave(store)
    reply = opens(store, f"{wave}-{'x' * 70}")
    assert {what.wave for what in buttons(reply) if isinstance(what, PickedLanguage)} == {wave}


# -- 4. what stands nowhere -------------------------------------------------------------------------------


def test_what_coordinators_see_of_a_cohort_is_the_same_until_it_is_full(store: Store) -> None:
    wave = open_wave(store, invited=True)
    link = invite(store, wave, cap=12)
    seen, seen_by_others = set(), set()
    for account in range(1, 13):
        with store.transaction() as tx:
            seen.add(repr(tx.invites.cohorts(wave, TODAY)))
        seen_by_others.add(repr(opens(store, link, 99)))
        agrees(store, link, account)
    assert len(seen) == len(seen_by_others) == 1
    with store.transaction() as tx:
        assert [one.state for one in tx.invites.cohorts(wave, TODAY)] == ["full"]


def test_no_value_of_an_invitation_stands_in_any_other_table(store: Store) -> None:
    wave = open_wave(store, invited=True)
    link = invite(store, wave)
    for account in range(1, 4):
        agrees(store, link, account)
    send_many(store, wave, range(20, 30))
    (h,) = rows(store, "SELECT h FROM invite")[0]
    for table in ("ledger", "session", "pool", "response", "contact"):
        for row in rows(store, f"SELECT * FROM {table}"):  # noqa: S608
            assert h not in row
            assert "school" not in row


# -- 5. buttons -------------------------------------------------------------------------------------------

ADDRESS = st.builds(
    joined,
    st.text("abcdefghjkmnpqrstuvwxyz23456789", min_size=8, max_size=8),
    st.text(CODE_LETTERS, min_size=CODE_LENGTH, max_size=CODE_LENGTH),
)
MARK = st.integers(0, 2**31 - 1)
LANGUAGE = st.sampled_from(("ur", "ps", "en"))


@given(
    st.one_of(
        st.builds(PickedWave, ADDRESS, MARK, LANGUAGE),
        st.builds(PickedLanguage, ADDRESS, MARK, LANGUAGE),
        st.builds(AskedLanguageAgain, ADDRESS, MARK),
        st.builds(
            Agreed, ADDRESS, MARK, LANGUAGE, st.integers(1, 999_999), st.integers(0, 3), st.none() | st.booleans()
        ),
        st.builds(Refused, ADDRESS, MARK, LANGUAGE),
        st.builds(StartedOver, ADDRESS, MARK, LANGUAGE, st.booleans()),
        st.builds(Joined, ADDRESS, MARK, LANGUAGE),
    )
)
def test_the_invitation_travels_in_every_button_before_an_interview(did: Threshold) -> None:
    data = encode(did, None)
    assert len(data.encode()) <= LIMIT
    assert decode(data) == did


@given(ADDRESS)
def test_what_a_link_carries_is_what_telegram_lets_a_link_carry(address: str) -> None:
    """Bot API, deep linking: up to 64 of A-Z, a-z, 0-9, _ and -."""
    assert len(address) <= 64
    assert set(address) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert joined(*split(address)) == address
