"""When a message may leave, in virtual time.

Promises:
1. Replies of one chat leave in order; those of different chats travel in parallel.
2. Edits that wait for the same message collapse into the newest.
3. After "too many requests" nothing leaves before Telegram's moment, however many asked, also when the moment
   moves on meanwhile; it is remembered, and holds after a restart.
4. With 200 replies on their way the door is shut until one has left.
5. A multiple choice is redrawn at most once a second; what is newer than a redraw is not held up by it.
6. Broadcasts leave evenly, 28 a second less what replies use, one a second to the same chat.
7. A passing failure is tried again; a refusal is not; neither stops what comes behind.
8. At the end what waits may leave for a while, then it is dropped; nothing is remembered of who wrote.
9. After much into one chat, and little in all, a refusal holds that chat alone; a second chat's refusal meanwhile
   holds everybody, and so does any doubt. Edits that are held collapse into the newest.
10. After everybody was held those who waited leave evenly, replies before broadcasts.
11. After a 403 nothing that waits for the chat leaves. A broadcast whose answer was lost is not repeated, and one
   that is dropped at the end was not sent.
12. How many replies wait, and how long the oldest has, is known to whoever watches over the bot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter

from bot.chat.pace import BROADCASTS_A_SECOND, OUTSTANDING, Dropped, Job, Pace, seconds_of
from tests.chat.virtual import now, run

WALL = 1_800_000_000.0


class Telegram:
    """Notes what left and when; refuses as it is told."""

    def __init__(self, takes: float = 0.0) -> None:
        self.left: list[tuple[str, float]] = []
        self.refusals: list[Exception] = []
        self.calls: list[float] = []
        self.takes = takes

    def send(self, what: str) -> Callable[[], Awaitable[None]]:
        async def call() -> None:
            self.calls.append(now())
            if self.refusals:
                raise self.refusals.pop(0)
            await asyncio.sleep(self.takes)
            self.left.append((what, now()))

        return call

    @property
    def words(self) -> list[str]:
        return [what for what, _ in self.left]

    @property
    def moments(self) -> list[float]:
        return [moment for _, moment in self.left]


class Memory:
    """What outlives a restart."""

    def __init__(self) -> None:
        self.moments: list[float] = []

    async def remember(self, moment: float) -> None:
        self.moments.append(moment)


def pace(memory: Memory | None = None, not_before: float = 0.0) -> Pace:
    """A pace whose wall clock runs with the loop's."""
    begun = now()
    return Pace((memory or Memory()).remember, not_before, wall=lambda: WALL + now() - begun)


def test_replies_of_one_chat_leave_in_order() -> None:
    async def story() -> list[str]:
        telegram, one = Telegram(takes=0.3), pace()
        for word in "abcdef":
            one.reply(1, Job(telegram.send(word)))
        await one.flush(60)
        return telegram.words

    assert run(story()) == list("abcdef")


def test_replies_of_different_chats_travel_in_parallel() -> None:
    async def story() -> float:
        telegram, one, begun = Telegram(takes=1.0), pace(), now()
        for chat in range(50):
            one.reply(chat, Job(telegram.send(str(chat))))
        await one.flush(60)
        return telegram.moments[-1] - begun

    assert run(story()) == 1.0


def test_edits_that_wait_for_the_same_message_collapse_into_the_newest() -> None:
    async def story() -> list[str]:
        telegram, one = Telegram(takes=1.0), pace()
        one.reply(1, Job(telegram.send("first"), key=5))
        await asyncio.sleep(0.1)
        for number in range(10):
            one.reply(1, Job(telegram.send(f"edit {number}"), key=5))
        one.reply(1, Job(telegram.send("another message"), key=6))
        one.reply(1, Job(telegram.send("the last edit"), key=5))
        await one.flush(60)
        return telegram.words

    assert run(story()) == ["first", "another message", "the last edit"]


def test_nothing_leaves_before_the_moment_telegram_named_and_it_is_remembered() -> None:
    async def story() -> None:
        telegram, memory, begun = Telegram(), Memory(), now()
        one = pace(memory)
        telegram.refusals = [RetryAfter(timedelta(seconds=30))]
        for chat in range(20):
            one.reply(chat, Job(telegram.send(str(chat))))
            await asyncio.sleep(0.1)
        await one.flush(120)
        assert len(telegram.left) == 20, "none is dropped"
        assert all(moment >= begun + 30 for moment in telegram.calls[1:])
        assert memory.moments == [WALL + 30]

    run(story())


def test_a_moment_that_moves_on_while_one_waits_is_kept_too() -> None:
    async def story() -> None:
        telegram, begun = Telegram(takes=5.0), now()
        one = pace()
        for word in ("on its way", "also"):
            one.reply(len(word), Job(telegram.send(word)))
        await asyncio.sleep(1)
        telegram.refusals = [RetryAfter(timedelta(seconds=10))]
        one.reply(3, Job(telegram.send("held till 11")))
        await asyncio.sleep(1)
        one.reply(4, Job(telegram.send("sleeps till 11")))
        await asyncio.sleep(3)
        late = RetryAfter(timedelta(seconds=60))
        await one._hold(99, late)  # somebody else's call, begun earlier, is told to wait longer
        await one.flush(300)
        assert [what for what, moment in telegram.left if moment < begun + 65] == ["on its way", "also"]
        assert set(telegram.words[2:]) == {"held till 11", "sleeps till 11"}

    run(story())


def test_the_moment_holds_after_a_restart_whatever_the_wall_clock_does_later() -> None:
    async def story() -> None:
        telegram, begun = Telegram(), now()
        one = Pace(Memory().remember, WALL + 40, wall=lambda: WALL)
        one.reply(1, Job(telegram.send("after the restart")))
        await one.flush(120)
        assert telegram.moments == [begun + 40]

    run(story())


def test_a_reply_is_not_lost_when_the_moment_cannot_be_remembered() -> None:
    async def story() -> list[str]:
        async def full_disk(_moment: float) -> None:
            raise OSError("no space")

        telegram = Telegram()
        telegram.refusals = [RetryAfter(timedelta(seconds=3))]
        one = Pace(full_disk, wall=lambda: WALL)
        one.reply(1, Job(telegram.send("still here")))
        await one.flush(60)
        return telegram.words

    assert run(story()) == ["still here"]


def test_the_library_says_a_waiting_time_without_a_warning() -> None:
    assert seconds_of(RetryAfter(7)) == 7.0
    assert seconds_of(RetryAfter(timedelta(seconds=1.5))) == 1.5


def test_with_two_hundred_on_their_way_the_door_is_shut_until_one_has_left() -> None:
    async def story() -> None:
        telegram, one = Telegram(takes=1.0), pace()
        for chat in range(OUTSTANDING - 1):
            one.reply(chat, Job(telegram.send(str(chat))))
        await asyncio.wait_for(one.room(), 0.1)
        one.reply(-1, Job(telegram.send("the last that fits")))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(one.room(), 0.5)
        await asyncio.wait_for(one.room(), 0.6)
        await one.flush(60)

    run(story())


def test_a_collapsed_edit_counts_as_gone() -> None:
    async def story() -> None:
        telegram, one = Telegram(takes=1.0), pace()
        for _ in range(OUTSTANDING * 3):
            one.reply(1, Job(telegram.send("again"), key=5))
        await asyncio.wait_for(one.room(), 0.1)
        await one.flush(60)

    run(story())


def test_a_multiple_choice_is_redrawn_once_a_second_at_most() -> None:
    async def story() -> None:
        telegram, one = Telegram(takes=0.05), pace()
        for number in range(40):
            one.reply(1, Job(telegram.send(str(number)), key=5, slow=True))
            await asyncio.sleep(0.1)
        await one.flush(60)
        starts = telegram.calls
        assert all(b - a >= 1.0 - 1e-6 for a, b in pairwise(starts))
        assert telegram.words[0] == "0", "the first at once"
        assert telegram.words[-1] == "39", "the newest is what stays"
        assert 4 <= len(starts) <= 6

    run(story())


def test_the_next_question_is_not_held_up_by_a_redraw_that_waits() -> None:
    async def story() -> float:
        telegram, one = Telegram(), pace()
        one.reply(1, Job(telegram.send("one"), key=5, slow=True))
        await asyncio.sleep(0.1)
        one.reply(1, Job(telegram.send("two"), key=5, slow=True))
        await asyncio.sleep(0.1)
        tapped = now()
        one.reply(1, Job(telegram.send("next question"), key=5))
        await one.flush(60)
        assert telegram.words == ["one", "next question"]
        return telegram.moments[-1] - tapped

    assert run(story()) <= 0.051


def test_broadcasts_leave_evenly_28_a_second() -> None:
    async def story() -> None:
        telegram, one, begun = Telegram(), pace(), now()
        await asyncio.gather(*(one.broadcast(chat, telegram.send(str(chat))) for chat in range(280)))
        took = now() - begun
        assert 9.5 <= took <= 10.5
        for first in telegram.moments[::28]:
            assert sum(first <= moment < first + 1.0 for moment in telegram.moments) <= 29

    run(story())


@example([0.0, 0.0, 1.0, 1e-06], 0.0, 2)  # a second that was a microsecond short
@given(st.lists(st.floats(0, 2.0), min_size=1, max_size=12), st.floats(0, 0.4), st.integers(1, 12))
def test_broadcasts_several_at_a_time_are_never_bunched_by_what_came_late(
    stalls: list[float], latency: float, lanes: int
) -> None:
    """A claim may wait for a busy database, an answer may be slow: no second holds more than 29."""

    async def story() -> None:
        one, left = pace(), iter(range(90))
        moments: list[float] = []

        async def send() -> None:
            moments.append(now())
            await asyncio.sleep(latency)

        async def tell() -> None:
            for chat in left:

                async def mine(chat: int = chat) -> bool:
                    await asyncio.sleep(stalls[chat % len(stalls)] if chat % 13 == 0 else 0.0)
                    return True

                await one.broadcast(chat, send, mine)

        await asyncio.gather(*(tell() for _ in range(lanes)))
        assert len(moments) == 90
        for first in moments:
            assert sum(first <= moment < first + 1.0 for moment in moments) <= 29

    run(story())


@given(st.lists(st.tuples(st.floats(0.2, 4.0), st.floats(0.1, 1.5)), min_size=1, max_size=4))
def test_what_a_network_held_up_and_delivers_at_once_is_no_crowd_at_telegram(
    standstills: list[tuple[float, float]],
) -> None:
    """The network stands still now and then; what is sent meanwhile arrives together."""

    async def story() -> None:
        one, left, begun = pace(), iter(range(120)), now()
        arrived: list[float] = []

        async def send() -> None:
            moment = now() + 0.1
            for first, length in sorted(standstills):
                if begun + first <= moment < begun + first + length:
                    moment = begun + first + length
            arrived.append(moment)
            await asyncio.sleep(moment + 0.1 - now())

        async def tell() -> None:
            for chat in left:
                await one.broadcast(chat, send)

        await asyncio.gather(*(tell() for _ in range(16)))
        for first in arrived:
            assert sum(first <= moment < first + 1.0 for moment in arrived) <= 30

    run(story())


def test_eight_at_a_time_reach_the_pace_where_answers_are_slow() -> None:
    async def story() -> None:
        one, left, begun = pace(), iter(range(560)), now()

        async def tell() -> None:
            for chat in left:
                await one.broadcast(chat, lambda: asyncio.sleep(0.25))

        await asyncio.gather(*(tell() for _ in range(8)))
        assert 560 / (now() - begun) >= 0.95 * 28

    run(story())


def test_what_is_not_ours_is_not_sent_and_what_was_claimed_once_is_asked_again_after_a_wait() -> None:
    async def story() -> None:
        telegram, one, asked = Telegram(), pace(), 0

        async def mine() -> bool:
            nonlocal asked
            asked += 1
            return asked != 3

        telegram.refusals = [RetryAfter(1)]
        await one.broadcast(7, telegram.send("first"), mine)
        await one.broadcast(8, telegram.send("second"), mine)
        assert ([what for what, _ in telegram.left], asked) == (["first"], 3)

    run(story())


def test_broadcasts_give_way_to_replies() -> None:
    async def story() -> None:
        telegram, one, begun = Telegram(), pace(), now()

        async def talk() -> None:
            for number in range(140):
                one.reply(10_000 + number, Job(telegram.send("reply")))
                await asyncio.sleep(1 / 14)

        await asyncio.gather(talk(), *(one.broadcast(chat, telegram.send("news")) for chat in range(100)))
        news = [moment - begun for what, moment in telegram.left if what == "news"]
        assert sum(2 <= moment < 7 for moment in news) <= 5 * 16, "about 14 a second beside 14 replies"
        assert len(telegram.left) == 240

    run(story())


def test_the_same_chat_gets_one_broadcast_a_second() -> None:
    async def story() -> None:
        telegram, one = Telegram(), pace()
        await asyncio.gather(*(one.broadcast(7, telegram.send(str(number))) for number in range(4)))
        assert all(b - a >= 1.0 for a, b in pairwise(telegram.moments))

    run(story())


def test_a_broadcast_says_what_telegram_refused() -> None:
    async def story() -> None:
        telegram, one = Telegram(), pace()
        telegram.refusals = [BadRequest("chat not found")]
        with pytest.raises(BadRequest):
            await one.broadcast(7, telegram.send("news"))

    run(story())


def test_a_passing_failure_is_tried_again_and_a_refusal_is_not() -> None:
    async def story() -> list[str]:
        telegram, one = Telegram(), pace()
        for word in ("comes in the end", "comes behind"):
            one.reply(1, Job(telegram.send(word)))
        telegram.refusals = [NetworkError("gone"), NetworkError("gone")]
        await asyncio.sleep(4)
        telegram.refusals = [BadRequest("no")]
        one.reply(1, Job(telegram.send("refused")))
        one.reply(1, Job(telegram.send("the last")))
        await one.flush(60)
        return telegram.words

    assert run(story()) == ["comes in the end", "comes behind", "the last"]


def test_at_the_end_what_waits_too_long_is_dropped_and_nothing_stays_in_memory() -> None:
    async def story() -> None:
        telegram, one, begun = Telegram(takes=10.0), pace(), now()
        for chat in range(5):
            one.reply(chat, Job(telegram.send("slow"), key=1, slow=True))
            one.reply(chat, Job(telegram.send("slower"), key=2, slow=True))
        await one.flush(2.0)
        assert now() - begun == 2.0
        assert telegram.left == []
        await asyncio.sleep(2)
        one.reply(9, Job(telegram.send("x")))
        await one.flush(60)
        assert not one._queues
        assert not one._workers
        assert not one._redrawn
        assert one.waiting == 0

    run(story())


def test_how_long_the_oldest_reply_has_waited_is_known_and_nothing_else_of_it() -> None:
    async def story() -> tuple[object, ...]:
        telegram, one = Telegram(takes=10.0), pace()
        before = (one.waiting, one.oldest())
        one.reply(1, Job(telegram.send("a")))
        await asyncio.sleep(3)
        one.reply(2, Job(telegram.send("b")))
        await asyncio.sleep(2)
        first = (one.waiting, one.oldest())
        await asyncio.sleep(6)
        second = (one.waiting, one.oldest())
        await one.flush(60)
        return (before, first, second, (one.waiting, one.oldest()))

    assert run(story()) == ((0, None), (2, 5.0), (1, 8.0), (0, None))


# -- whose limit it was ---------------------------------------------------------------------------------


def too_many(seconds: float) -> RetryAfter:
    return RetryAfter(timedelta(seconds=seconds))


async def crowd(telegram: Telegram, one: Pace, chat: int, last: float = 30.0) -> None:
    """Much into one chat; the last of it is refused."""
    for number in range(2):
        one.reply(chat, Job(telegram.send(f"{chat}/{number}")))
        await asyncio.sleep(0.2)
    telegram.refusals = [too_many(last)]
    one.reply(chat, Job(telegram.send(f"{chat}/refused"), key=5))
    await asyncio.sleep(0.2)


def test_one_chat_that_had_too_much_waits_alone_and_shows_the_newest() -> None:
    async def story() -> None:
        kept: list[tuple[int, float]] = []

        async def keep(chat: int, moment: float) -> None:
            kept.append((chat, moment))

        telegram, memory, begun = Telegram(), Memory(), now()
        one = Pace(memory.remember, wall=lambda: WALL + now() - begun, remember_chat=keep)
        await crowd(telegram, one, 1)
        for number in range(5):
            one.reply(1, Job(telegram.send(f"newer {number}"), key=5))
        one.reply(2, Job(telegram.send("somebody else")))
        await one.flush(60)
        assert telegram.words[2:] == ["somebody else", "newer 4"]
        assert telegram.moments[2] < begun + 1
        assert telegram.moments[3] >= begun + 30.4
        assert (memory.moments, len(kept)) == ([], 1)
        assert kept[0][0] == 1

    run(story())


def test_a_second_chat_refused_meanwhile_holds_everybody() -> None:
    async def story() -> None:
        telegram, memory = Telegram(), Memory()
        one = pace(memory)
        await crowd(telegram, one, 1)
        await crowd(telegram, one, 2, last=20)
        refused = now() - 0.2
        one.reply(3, Job(telegram.send("somebody else")))
        await one.flush(90)
        assert dict(telegram.left)["somebody else"] >= refused + 20
        assert len(memory.moments) == 1

    run(story())


def test_a_refusal_of_what_nobody_did_much_of_holds_everybody() -> None:
    async def story() -> None:
        telegram, memory, begun = Telegram(), Memory(), now()
        one = pace(memory)
        telegram.refusals = [too_many(30)]
        one.reply("a tapped button", Job(telegram.send("a spinner")))
        await asyncio.sleep(0.1)
        one.reply(3, Job(telegram.send("somebody else")))
        await one.flush(90)
        assert min(telegram.moments) >= begun + 30

    run(story())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.floats(0, 0.5), st.one_of(st.none(), st.floats(1, 60))),
        min_size=1,
        max_size=60,
    )
)
def test_in_any_storm_no_chat_is_called_before_its_moment_and_nothing_is_dropped(
    storm: list[tuple[int, float, float | None]],
) -> None:
    """A Telegram that keeps its own book: whoever calls a chat before its moment is found out."""

    async def story() -> None:
        one, until, left, early = pace(), dict[int, float](), list[int](), list[int]()
        waits = [wait for _, _, wait in storm]

        def send(number: int, chat: int) -> Callable[[], Awaitable[None]]:
            async def call() -> None:
                if now() < until.get(chat, 0.0) - 1e-6:
                    early.append(number)
                wait, waits[number] = waits[number], None
                await asyncio.sleep(0.05)
                if wait is not None:
                    until[chat] = max(until.get(chat, 0.0), now() + wait)
                    raise too_many(wait)
                left.append(number)

            return call

        for number, (chat, gap, _) in enumerate(storm):
            one.reply(chat, Job(send(number, chat)))
            await asyncio.sleep(gap)
        await one.flush(100_000)
        assert early == []
        assert sorted(left) == list(range(len(storm)))
        for chat in range(1, 13):
            mine = [number for number in left if storm[number][0] == chat]
            assert mine == sorted(mine), "in order"

    run(story())


# -- after everybody was held ---------------------------------------------------------------------------


def test_those_who_waited_leave_evenly_and_replies_first() -> None:
    async def story() -> None:
        telegram, begun = Telegram(), now()
        one = pace()
        await one.hold_all(30)
        news = [asyncio.create_task(one.broadcast(1_000 + n, telegram.send("news"))) for n in range(3)]
        await asyncio.sleep(1)
        for chat in range(100):
            one.reply(chat, Job(telegram.send("reply")))
        await asyncio.gather(*news)
        await one.flush(60)
        assert min(telegram.calls) >= begun + 30
        for first in telegram.moments:
            assert sum(first <= moment < first + 1.0 for moment in telegram.moments) <= BROADCASTS_A_SECOND + 1
        assert telegram.words == ["reply"] * 100 + ["news"] * 3

    run(story())


def test_whoever_comes_after_a_hold_does_not_wait_in_its_line() -> None:
    async def story() -> None:
        telegram = Telegram()
        one = pace()
        await one.hold_all(10)
        for chat in range(100):
            one.reply(chat, Job(telegram.send("waited")))
        await asyncio.sleep(10.5)
        acted = now()
        one.reply(500, Job(telegram.send("just acted")))
        await one.flush(60)
        assert dict(telegram.left)["just acted"] == acted

    run(story())


def test_what_another_command_was_told_holds_here_too() -> None:
    async def story() -> None:
        telegram, begun = Telegram(), now()
        one = Pace(Memory().remember, wall=lambda: WALL + now() - begun)
        one.hold_until(WALL + 20)
        one.hold_until(WALL + 40, 7)
        one.hold_until(WALL - 5, 8)
        for chat in (7, 8):
            one.reply(chat, Job(telegram.send(str(chat))))
        await one.flush(60)
        assert telegram.words == ["8", "7"]
        assert telegram.moments[0] >= begun + 20
        assert telegram.moments[1] >= begun + 40

    run(story())


# -- refused for good, or lost --------------------------------------------------------------------------


def test_after_a_403_nothing_that_waits_for_the_chat_leaves() -> None:
    async def story() -> None:
        async def blocked() -> None:
            await asyncio.sleep(1)
            raise Forbidden("bot was blocked by the user")

        telegram, one = Telegram(), pace()
        one.reply(1, Job(blocked))
        for word in "bc":
            one.reply(1, Job(telegram.send(word)))
        one.reply(2, Job(telegram.send("somebody else")))
        waiting = asyncio.create_task(one.broadcast(1, telegram.send("news")))
        await asyncio.gather(waiting, return_exceptions=True)
        await one.flush(60)
        assert isinstance(waiting.exception(), Forbidden), "a summary that was dropped was not sent"
        assert telegram.words == ["somebody else"]
        one.reply(1, Job(telegram.send("came back")))
        await one.flush(60)
        assert telegram.words[-1] == "came back"

    run(story())


def test_a_group_that_moved_is_not_tried_again() -> None:
    async def story() -> None:
        telegram, one = Telegram(), pace()
        telegram.refusals = [ChatMigrated(-1007)]
        one.reply(-5, Job(telegram.send("the neutral line")))
        await one.flush(60)
        assert len(telegram.calls) == 1

    run(story())


def test_a_broadcast_whose_answer_was_lost_is_not_sent_twice_here() -> None:
    async def story() -> None:
        telegram, one = Telegram(), pace()
        telegram.refusals = [NetworkError("lost")]
        with pytest.raises(NetworkError):
            await one.broadcast(1, telegram.send("news"))
        assert len(telegram.calls) == 1

    run(story())


def test_a_broadcast_that_is_dropped_at_the_end_was_not_sent() -> None:
    async def story() -> None:
        telegram, one = Telegram(takes=50.0), pace()
        waiting = [asyncio.create_task(one.broadcast(1, telegram.send("news"))) for _ in range(2)]
        await asyncio.sleep(5)
        await one.flush(2.0)
        said = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(one) for one in said] == [Dropped, Dropped]

    run(story())
