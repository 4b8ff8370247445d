"""Kinds of groups that an invitation may be for, and how answers are counted by them.

Laws:
1. A kind is a sort of group, never a group and never a person: several groups share one.
2. Where a wave counts them, the kind is one more answer of each person, frozen with the block and summed over all
   blocks, as languages are; whoever's kind is not known counts in none.
3. A kind is named only where at least k people came by it: one nobody came by looks like one of k - 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.core.running import Entry
from bot.core.survey import VALID

COHORT = "_cohort"
"""The name under which kinds are counted; no question may begin with a low line."""

OTHER = "other"
KINDS = ("event", "school", "women_group", "mosque_committee", "youth_group", "facilitator", OTHER)
"""The kinds, in the order in which they are offered; `cohort-kind-...` of the catalogues says them."""

LONGEST_KIND = max(KINDS, key=len)


def counted(kinds: Iterable[str]) -> dict[Entry, int]:
    """The counts of a block's people by the kinds they came by; an empty one is not known. Zeros are left out."""
    known = Counter(kind for kind in kinds if kind)
    counts = {(COHORT, kind): n for kind, n in sorted(known.items())}
    return {**counts, (COHORT, VALID): known.total()} if counts else {}
