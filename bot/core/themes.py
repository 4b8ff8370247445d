"""Themes of answers in own words: what a steward finds in them, counted so that nobody can be singled out.

Laws:
1. A text is counted in one release or in none, and a release counts a question once: groups of texts counted
   together never overlap, and each has k texts or more. So the difference of any two figures ever shown is a
   sum over whole groups: of nobody, or of k or more.
2. What was counted is frozen: a text that is taken back or removed later changes no count.
3. A theme's share is of the texts that were read with that theme in the codebook.
4. A theme of fewer than k texts is not shown, neither its number nor its title.
5. Agreement is told of k texts or more, and never of a sample that leaves fewer than k others in its group.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.letters import one_line
from bot.core.redact import redact

LONGEST_TITLE = 60
"""Letters of a theme's title: enough for a name, too few for a story."""

MOST_THEMES = 30
"""Themes of one question. Nine have a key; a codebook that grows further is not used alike by two people."""

SAMPLE = 30
"""Texts that a second steward codes."""

Coding = frozenset[str]
"""The themes of one text; empty where none of the codebook fits."""

_NOT_DRAWN = re.compile("[^ -~\u00a0-\u024f\u0606-\u061b\u061e-\u06ff\u0750-\u077f\u200c\u200d\u2010-\u2027]")
"""Letters that our fonts lack: a page with one of them is not drawn at all."""

_ID = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)


@dataclass(frozen=True)
class Agreement:
    """How far two stewards agree on `n` texts: kappa of all themes together and of each; None: undefined."""

    n: int
    kappa: float | None
    themes: Mapping[str, float | None]


@dataclass(frozen=True)
class Counted:
    """The themes of the texts counted at one release: of `n` texts so many have each theme of the codebook."""

    release: int
    n: int
    themes: Mapping[str, int]
    agreement: Agreement | None = None


def is_id(id: str) -> bool:
    """Whether a theme may be called so."""
    return bool(_ID.fullmatch(id))


def title(words: str) -> str:
    """A title fit to be kept: one line of letters that can be drawn, numbers and addresses taken out."""
    line = redact(one_line(words, LONGEST_TITLE))
    return one_line(_NOT_DRAWN.sub("", line), LONGEST_TITLE)


def count(release: int, codings: Collection[Coding], themes: Iterable[str], k: int) -> Counted | None:
    """Count these texts together; None where they are fewer than k."""
    if len(codings) < k:
        return None
    return Counted(release, len(codings), {id: sum(id in coding for coding in codings) for id in themes})


def totals(counted: Iterable[Counted]) -> dict[str, tuple[int, int]]:
    """Of each theme: in how many texts it is, and how many were read with it in the codebook."""
    sums: dict[str, tuple[int, int]] = {}
    for one in counted:
        for id, n in one.themes.items():
            had, of = sums.get(id, (0, 0))
            sums[id] = had + n, of + one.n
    return sums


# -- a second steward -------------------------------------------------------------------------------------


def sample(texts: Collection[str], k: int) -> tuple[str, ...]:
    """The texts that a second steward codes: the same for the same texts, and no other choice than chance.

    `texts` are names that begin with nothing but chance. All, where few would be left over; none, where there
    are fewer than k.
    """
    drawn = sorted(texts, key=lambda name: hashlib.sha256(b"sample" + name.encode()).digest())
    if len(drawn) < k:
        return ()
    size = max(SAMPLE, k)
    return tuple(drawn if len(drawn) - size < k else drawn[:size])


def agreement(
    first: Mapping[str, Coding], second: Mapping[str, Coding], themes: Sequence[str], k: int
) -> Agreement | None:
    """How far two stewards agree on the texts that both coded; None where that may not be told (law 5)."""
    both = sorted(first.keys() & second.keys())
    if not _sampled(len(both), len(first), k):
        return None
    tables = {id: _table([(id in first[text], id in second[text]) for text in both]) for id in themes}
    return Agreement(len(both), pooled(list(tables.values())), {id: pooled([one]) for id, one in tables.items()})


def may_be_told(counted: Counted, k: int) -> Counted:
    """The same, without an agreement that may not be told."""
    agreed = counted.agreement
    return counted if agreed is None or _sampled(agreed.n, counted.n, k) else replace(counted, agreement=None)


def _sampled(n: int, of: int, k: int) -> bool:
    """Whether k texts were sampled or more, and none or k are left over."""
    return n >= k and (of == n or of - n >= k)


Table = tuple[int, int, int, int]
"""How many texts both gave a theme, only the first, only the second, and neither."""


def pooled(tables: Sequence[Table]) -> float | None:
    """Cohen's kappa of one theme, or of several together; None where chance alone would agree throughout.

    Cohen 1960, A coefficient of agreement for nominal scales; of several themes the agreement found and the
    agreement by chance are averaged first (De Vries et al. 2008, Using pooled kappa to summarize interrater
    agreement across many items).
    """
    if not tables:
        return None
    found = sum((yes + no) / (yes + one + other + no) for yes, one, other, no in tables) / len(tables)
    chance = sum(_chance(table) for table in tables) / len(tables)
    return None if chance >= 1 else (found - chance) / (1 - chance)


def _chance(table: Table) -> float:
    yes, one, other, no = table
    n = sum(table)
    return ((yes + one) * (yes + other) + (no + other) * (no + one)) / n**2


def _table(pairs: Sequence[tuple[bool, bool]]) -> Table:
    return (
        pairs.count((True, True)),
        pairs.count((True, False)),
        pairs.count((False, True)),
        pairs.count((False, False)),
    )
