"""What `aitbar estimate` says: of how many a sensitive thing is true, how sure that is, what speaks against it.

Laws:
1. With too few answers for the method nothing is estimated.
2. The share is said as it comes out; where its range holds 0 or less, no share is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.core.indicators import LEVEL
from bot.core.sensitive import (
    CROWDED,
    LEAST_DEVICE,
    LEAST_LIST,
    Device,
    Estimate,
    crowded,
    item_count,
    list_flaw,
    randomised,
)


def of_list(short: Sequence[int], long: Sequence[int]) -> Iterator[str]:
    """What the counts of two lists say, the second with the sensitive item. Raises ValueError as `item_count`."""
    found, n = item_count(short, long), sum(short) + sum(long)
    if n < LEAST_LIST:
        yield _too_few(n, LEAST_LIST)
        return
    yield from _said(found)
    p = list_flaw(short, long)
    if p < LEVEL:
        yield (
            f"Do not use it: the counts contradict each other (p = {p:.3f}). With one item more, people seem to "
            "have answered about the others in another way."
        )
    none, all_ = crowded(short)
    for many, what in ((none, "none"), (all_, "all")):
        if many:
            yield (
                f"With the short list more than {CROWDED:.0%} counted {what} of the items: such a list hides too "
                "little. Pair an item that is true of many with one that is true of few."
            )


def of_device(yes: int, n: int, device: Device) -> Iterator[str]:
    """What answers by the rule of a device say. Raises ValueError as `randomised`."""
    found = randomised(yes, n, device)
    if n < LEAST_DEVICE:
        yield _too_few(n, LEAST_DEVICE)
        return
    yield from _said(found)


def _said(found: Estimate) -> Iterator[str]:
    share, low, high = (100 * value for value in (found.share, found.low, found.high))
    yield f"{share:.1f} % (95 %: {low:.1f} to {high:.1f}; standard error {100 * found.error:.1f} points)"
    if found.low <= 0:
        yield "Not distinguishable from 0: say no share."
    elif found.high >= 1:
        yield "Not distinguishable from 100 %: say no share."
    yield "This is of all who answered together. It tells nothing of any one of them."


def _too_few(n: int, least: int) -> str:
    return f"Too few answers for this method: {n}, and it needs {least}. With fewer, chance alone is wider."
