"""After an outage whoever wrote meanwhile hears that we were away, and nothing of what they did is lost.

Promises:
1. A late tap and late words count, and the question that follows says first that we were away, once.
2. What comes in time says nothing of it; neither does what must be harmless: a hidden screen, a group.
3. A message is late by its own date; a tap, which has none, while Telegram may still hold it after our return.
4. A word counts only for a question that was seen, and once, however often it is brought.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.chat.outbound import Outgoing, Show
from bot.chat.updates import AWAY, TAP_LIFE, Updates
from tests.chat.test_updates import House, agree, data_of, house, say, tap, wave, words
from tests.store.sample import START, rows

__all__ = ["house", "wave"]  # fixtures

SAID = say("we-were-away")


def late(raw: dict[str, Any], by: timedelta = AWAY + timedelta(minutes=1)) -> dict[str, Any]:
    """The same message, written so long ago."""
    raw["message"]["date"] = int((START - by).timestamp())
    return raw


def shown(out: list[Outgoing]) -> list[str]:
    return [o.text for o in out if isinstance(o, Show)]


class Back(House):
    """A house that was away for so long and came back so long ago."""

    def __init__(self, store: Any, away: timedelta, ago: timedelta) -> None:
        super().__init__(store)
        self.away, self.ago = away, ago

    def _updates(self, bot: Any) -> Updates:
        updates = super()._updates(bot)
        updates._now = lambda: START - self.ago
        updates.last_poll = START - self.ago - self.away
        updates.heard()
        updates._now = lambda: START
        return updates


def test_a_late_tap_counts_and_its_question_comes_with_the_sentence_once(house: House, wave: str) -> None:
    first = data_of(next(o for o in house.take(agree(wave)) if isinstance(o, Show)))[0]
    back = Back(house.store, timedelta(hours=5), timedelta(seconds=1))
    before = rows(house.store, "SELECT box FROM session")
    out = back.take(tap(first))
    assert rows(house.store, "SELECT box FROM session") != before, "the answer was kept"
    (text,) = shown(out)
    assert text.startswith(SAID)
    (show,) = [o for o in out if isinstance(o, Show)]
    (again,) = shown(back.take(tap(data_of(show)[0])))
    assert SAID not in again


@pytest.mark.parametrize(
    ("away", "ago", "said"),
    [
        (AWAY + timedelta(seconds=1), timedelta(0), True),
        (AWAY, timedelta(0), False),
        (timedelta(days=1), TAP_LIFE, True),
        (timedelta(days=1), TAP_LIFE + timedelta(seconds=1), False),
    ],
)
def test_a_tap_is_late_while_telegram_may_still_hold_it(
    house: House, wave: str, away: timedelta, ago: timedelta, said: bool
) -> None:
    (text,) = shown(Back(house.store, away, ago).take(agree(wave)))
    assert text.startswith(SAID) == said


@pytest.mark.parametrize(("by", "said"), [(AWAY, False), (AWAY + timedelta(seconds=1), True)])
def test_a_message_is_late_by_its_own_date(house: House, wave: str, by: timedelta, said: bool) -> None:
    (text,) = shown(house.take(late(words("/start"), by)))
    assert text.startswith(SAID) == said


def test_late_words_without_the_secret_are_told_to_go_on_above(house: House, wave: str) -> None:
    house.take(agree(wave))
    (text,) = shown(House(house.store).take(late(words("3"))))
    assert text.startswith(SAID)
    assert say("go-on-above") in text


def test_late_words_with_the_secret_are_an_answer(house: House, wave: str) -> None:
    house.take(agree(wave))
    before = rows(house.store, "SELECT box FROM session")
    (text,) = shown(house.take(late(words("1"))))
    assert text.startswith(SAID)
    assert rows(house.store, "SELECT box FROM session") != before


def test_many_late_words_are_told_once(house: House, wave: str) -> None:
    texts = shown(house.take(*(late(words("hello")) for _ in range(4))))
    assert [SAID in text for text in texts] == [True, False, False, False]


def test_nothing_harmless_speaks_of_it(house: House, wave: str) -> None:
    house.take(agree(wave))
    out = shown(house.take(late(words("hide")), late(words("hello", chat="supergroup"))))
    assert out == [say("hidden"), say("group-line")]


# -- words carry no step --------------------------------------------------------------------------------


def boxes(house: House) -> list[Any]:
    return rows(house.store, "SELECT box FROM session")


def test_words_brought_twice_count_once(house: House, wave: str) -> None:
    house.take(agree(wave))
    typed = words("1")
    first = house.take(typed)
    before = boxes(house)
    again = house.take(typed, typed)
    assert boxes(house) == before
    assert set(shown(again)) == set(shown(first)), "the present question, again"


def test_words_written_before_the_question_was_seen_are_no_answer_to_it(house: House, wave: str) -> None:
    house.take(agree(wave))
    house.take(words("1"), words("1"))
    second = boxes(house)
    other = House(house.store)
    with house.store.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM session")
        tx.connection.exec_driver_sql("DELETE FROM ledger")
    other.take(agree(wave))
    other.take(words("1"))
    assert len(second) == len(boxes(other)) == 1
    assert len(second[0][0]) == len(boxes(other)[0][0]), "one answer lies in either box"


def test_words_of_a_round_that_is_rolled_back_count_when_they_come_again(house: House, wave: str) -> None:
    house.take(agree(wave))
    before, typed = boxes(house), words("1")
    house.handler.begin()
    with pytest.raises(RuntimeError), house.store.transaction() as tx:
        from tests.chat.test_updates import _came

        house.handler.handle(tx, _came(house, typed), START)
        raise RuntimeError
    house.handler.undo()
    house.take(typed)
    assert boxes(house) != before
