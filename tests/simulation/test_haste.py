"""Nobody waits long, and nobody counts twice, whoever is in haste; all times are simulated.

1. A button that is tapped twice, twenty times in a second or in the middle of a commit changes one thing; every
   spinner stops, 95 of 100 within a second.
2. One person's 100 messages a second hold nobody else up beyond two seconds, 95 of 100 times.
3. A flood that nothing limits is seen twice: most of its messages are handled, and the others wait far longer.
   Without the bucket alone the ceiling still keeps the others' waits short.
The full counts are those of `make soak`.
"""

from __future__ import annotations

import pytest

from bot.chat.limits import Limits
from bot.chat.outbound import AnswerTap, Outbound, Outgoing
from tests.simulation.haste import flooded, hasty
from tests.simulation.run import Failed
from tests.simulation.test_it_sees import no_step_check


def test_many_taps_change_one_thing_and_each_is_answered_within_a_second() -> None:
    counts = hasty(0) + hasty(1)
    print(f"\n{counts}")
    assert (counts.unanswered, counts.extra_rows, counts.worlds_too_slow) == (0, 0, 0)
    assert counts.waits == counts.taps > 200
    assert counts.in_commits and counts.told_too_fast
    assert counts.finished == counts.people


def test_many_taps_without_the_step_check_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    no_step_check(monkeypatch)
    with pytest.raises(Failed):
        for seed in range(4):
            hasty(seed)


def test_spinners_that_are_stopped_only_now_and_then_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Outbound.send

    def forgetful(self: Outbound, out: Outgoing) -> None:
        if not (isinstance(out, AnswerTap) and out.hint is None):
            honest(self, out)

    monkeypatch.setattr(Outbound, "send", forgetful)
    assert hasty(0, people=1).unanswered > 0


def test_one_who_floods_holds_nobody_up() -> None:
    counts, waited = flooded(0, people=40, seconds=20.0)
    print(f"\n{counts}, p95 of the others {waited:.2f} s")
    assert (counts.unanswered, counts.worlds_too_slow) == (0, 0)
    assert counts.flooded > 1_900 and counts.waits > 40
    assert (counts.over_bucket, counts.over_ceiling) == (0, 0)
    assert counts.held_back > 1_800


CALM = 1
"""A world in which the way to Telegram does not hang for seconds: words that waited are measured apart from the
others, and one who floods then has both measures."""


@pytest.mark.parametrize(
    ("taken_out", "unlimited"), [(("charge",), False), (("charge", "arrive"), True)], ids=["bucket", "both"]
)
def test_a_flood_is_seen_where_limits_are_taken_out(
    monkeypatch: pytest.MonkeyPatch, taken_out: tuple[str, ...], unlimited: bool
) -> None:
    for name in taken_out:
        monkeypatch.setattr(Limits, name, lambda *_: lambda: None)
    counts, waited = flooded(CALM, people=5, seconds=10.0)
    print(f"\n{counts}, p95 of the others {waited:.2f} s")
    assert counts.over_bucket > 0
    assert (counts.over_ceiling > 0) is unlimited
    assert (counts.held_back == 0) is unlimited
    assert bool(counts.worlds_too_slow) is unlimited
