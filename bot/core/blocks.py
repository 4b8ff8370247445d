"""The block rule: which finished answers are released together, and the only figures anyone may see of them.

Laws (R1 to R8 of docs/security.md):
R1. What waits is shown to nobody: no figure, hint or hidden node here is computed from the pool.
R2. A pool closes as ONE block of at least k, and p rows drawn at random stay behind (none at the end).
    Leftovers are merged upward, age first, then district, gender last; a merged block stays merged.
R3. A block is counted once, when it closes; an answer belongs to one block.
R4. Every figure is a sum over closed blocks. A parent is its own blocks and its children's.
R5. A figure needs k valid answers of its own. Shown: n down to 5 and never under k, shares and means to 5
    points, clipped under n = 50.
R6. A withdrawal changes nothing here: counts are frozen, nothing is ever subtracted.
R7. A routed question needs k people asked, and is redrawn only after k more of them were released.
R8. Where several people share an account, a group closes only with five accounts in it, whoever stays.

Closing reads head counts, never an answer: then no decision can tell what anybody said.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from functools import partial
from typing import TypeVar

from bot.core import indexes
from bot.core.cells import GENDER, Node, Partition
from bot.core.indicators import wilson
from bot.core.partial import END, end_of
from bot.core.questions import TYPES, yes_no
from bot.core.scores import Score, shown_score
from bot.core.survey import (
    NOT_ASKED,
    NOT_REACHED,
    SPECIALS,
    UNKNOWN,
    VALID,
    Answer,
    Index,
    Indicator,
    Question,
    Survey,
)

LEAST_BLOCK = 5
"""No block is ever smaller: the lowest minimum in the OECD and UNECE glossary of disclosure control."""

LEAST_ACCOUNTS = 5
"""How many accounts stand behind a block where several people may share one (R8)."""

FEW = 50
"""Under this many valid answers a share near an end is not told apart from the end (R5)."""

STEP = 5
"""Shown numbers of people and shares are multiples of this."""

AT_MOST_10 = "<=10%"
AT_LEAST_90 = ">=90%"

LANGUAGE = "_language"
"""The name under which the language of an interview is counted; no question may begin with a low line."""

INDICATOR = "_indicator"
"""The name under which an indicator over several codes of a multiple choice is counted, once a person."""

T = TypeVar("T")

Entry = tuple[str, str]
"""One thing counted of one person: the question and the code."""

Shown = int | str
"""A number fit to be seen: a multiple of 5, or one of the two clipped ends."""

Draw = Callable[[Sequence[bytes], int], Sequence[bytes]]
"""Which p of these rows stay behind, at random; chance is handed in."""


@dataclass(frozen=True)
class Rule:
    """What is fixed before a wave opens: the smallest block, rows left behind, people an account, waiting.

    With `wait` a release that could close nothing stays empty instead of merging leftovers (no first light).
    """

    k: int
    leave: int
    slots: int = 1
    wait: bool = False

    def __post_init__(self) -> None:
        if self.k < LEAST_BLOCK:
            raise ValueError(f"k is {self.k}; it is never under {LEAST_BLOCK}")
        if self.leave < 0:
            raise ValueError(f"{self.leave} rows cannot stay behind")

    @property
    def least_shown(self) -> int:
        """The least number of people shown: where k is no multiple of five, fives down would fall under it."""
        return -(-self.k // STEP) * STEP


@dataclass(frozen=True)
class Waiting:
    """A finished answer that has waited out its dwell; `first` marks the first of its account."""

    rid: bytes
    cell: Node
    first: bool


@dataclass(frozen=True)
class Closing:
    """One block about to be made of these rows."""

    node: Node
    rids: tuple[bytes, ...]


@dataclass(frozen=True)
class Block:
    """One closed block: its number in the wave, its node, its people, its frozen counts and sums of indexes."""

    no: int
    node: Node
    n: int
    burst: bool
    counts: Mapping[Entry, int]
    sums: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Figure:
    """A share fit to be seen: n, the share in percent, and the 95 % interval of exactly these two."""

    n: int
    share: Shown
    low: float
    high: float


@dataclass(frozen=True)
class Answers:
    """One question: valid n, counts and shares by code, and the share of the asked who kept silent."""

    n: int
    counts: Mapping[str, Shown]
    shares: Mapping[str, Shown]
    silent: Shown


@dataclass(frozen=True)
class Cell:
    """A node with blocks of its own; `merged` when its people will never be shown by finer groups."""

    node: Node
    n: int
    burst: bool
    merged: bool


@dataclass(frozen=True)
class Publishable:
    """Everything anyone may see of a wave; holds shown figures only and is made by `publish` alone.

    `by_group` has the indicators of each gender shown; `reach` the shares of women and youth and
    `languages` those of the languages, all three over every block, merged ones too.
    """

    survey: str
    wave: str
    k: int
    slots: int
    n: int
    cells: tuple[Cell, ...]
    questions: Mapping[str, Answers]
    indicators: Mapping[str, Figure]
    by_group: Mapping[str, Mapping[str, Figure]]
    indexes: Mapping[str, Score]
    reach: Mapping[str, Figure]
    languages: Mapping[str, Shown]
    hidden: tuple[Node, ...]
    made_by: InitVar[object]

    def __post_init__(self, made_by: object) -> None:
        if made_by is not _PUBLISH:
            raise TypeError("a Publishable is made by publish() alone")

    def as_json(self) -> dict[str, object]:
        """The contract of `aitbar digest --format json`."""
        return {
            "wave": self.wave,
            "survey": self.survey,
            "k": self.k,
            "n": self.n,
            "cells": [{"cell": dict(cell.node), "n": cell.n} for cell in self.cells],
            "questions": {
                id: {"n": answers.n, "counts": dict(answers.counts)} for id, answers in self.questions.items()
            },
            "indicators": {id: _plain(figure) for id, figure in self.indicators.items()},
            "indexes": {id: score.plain() for id, score in self.indexes.items()},
            "reach": {
                **{who: _plain(figure) for who, figure in self.reach.items()},
                "languages": dict(self.languages),
            },
            "hidden": [dict(node) for node in self.hidden],
        }


_PUBLISH = object()


def closings(
    partition: Partition,
    waiting: Iterable[Waiting],
    rule: Rule,
    *,
    merging: bool,
    final: bool,
    draw: Draw,
) -> tuple[Closing, ...]:
    """The blocks that close at one scheduled release, in the order of their nodes.

    `waiting` holds the rows at full dwell; `merging` is true at every third release; `final` at the close
    of the wave, when everything merges and nobody stays behind.
    """
    leave = 0 if final else rule.leave
    closed, left = _close(waiting, rule, leave, draw)
    for kept in partition.levels():
        if not (merging or final) and (closed or rule.wait):
            break  # otherwise this is first light: it climbs until something closes
        lifted = (Waiting(row.rid, _above(row.cell, kept), row.first) for row in left)
        more, left = _close(lifted, rule, leave, draw)
        closed += more
    return tuple(sorted(closed, key=lambda closing: closing.node))


def tally(survey: Survey, answers: Mapping[str, Answer], language: str) -> tuple[Entry, ...]:
    """What is counted of one person: whether each question was answered, the codes of the answer, and the end."""
    entries: list[Entry] = []
    for question in survey.questions:
        if TYPES[question.type].kept and question.keep:
            entries += [(question.id, code) for code in _codes_of(question, answers.get(question.id))]
    given = set(entries)
    for indicator in survey.indicators:
        if _counted_by_person(survey, indicator) and given & _entries(indicator):
            entries.append((INDICATOR, indicator.id))
    return (*entries, (LANGUAGE, language), (END, end_of(answers)))


def count(survey: Survey, responses: Iterable[tuple[Mapping[str, Answer], str]]) -> dict[tuple[str, str], int]:
    """The counts of one block, from the answers and language of each of its people; zeros are left out."""
    counts = Counter(entry for answers, language in responses for entry in tally(survey, answers, language))
    return dict(sorted(counts.items()))


def drawn(question: Question, blocks: Sequence[Block], k: int) -> Sequence[Block]:
    """The blocks a figure on this question may sum, out of those of one node in the order of their numbers.

    All of them; of a routed question those up to the last time when k more people had been asked (R7).
    """
    if not question.routed:
        return blocks
    entries = [(question.id, code) for code in (VALID, *SPECIALS)]
    return _redrawn(blocks, lambda block: sum(_sum([block], entry) for entry in entries), k)


def _redrawn(blocks: Sequence[Block], asked: Callable[[Block], int], k: int) -> Sequence[Block]:
    upto, since = 0, 0
    for place, block in enumerate(blocks, start=1):
        since += asked(block)
        if since >= k:
            upto, since = place, 0
    return blocks[:upto]


def publish(survey: Survey, wave: str, partition: Partition, rule: Rule, blocks: Sequence[Block]) -> Publishable:
    """The one road from blocks to figures; refuses a block smaller than k."""
    for block in blocks:
        if block.n < rule.k:
            raise ValueError(f"block {block.no} of wave {wave} has fewer than {rule.k} people")
    ordered = sorted(blocks, key=lambda block: block.no)
    asked_for_cells = {part.question for part in survey.cells}  # shown as shares only (R4)
    least = rule.least_shown
    cells = tuple(
        cell
        for node in sorted({block.node for block in ordered})
        if (cell := _cell(node, ordered, partition)).n >= least
    )
    own = {cell.node for cell in cells}
    total = _down(sum(block.n for block in ordered))
    return Publishable(
        survey=survey.id,
        wave=wave,
        k=rule.k,
        slots=rule.slots,
        n=total if total >= least else 0,
        cells=cells,
        questions=_present(
            (question.id, _answers(question, ordered, rule))
            for question in survey.questions
            if _shown(question) and question.id not in asked_for_cells
        ),
        indicators=_indicators(survey, ordered, rule),
        by_group=_by_gender(survey, partition, ordered, rule),
        indexes=_present((index.id, _index(survey, index, ordered, rule)) for index in survey.indexes),
        reach=_reach(survey, ordered, rule),
        languages=_languages(survey, ordered, rule),
        hidden=tuple(node for node in partition.nodes() if node not in own),
        made_by=_PUBLISH,
    )


def _shown(question: Question) -> bool:
    """True where figures are made of the answers: not of notes, and never of somebody's own words."""
    kind = TYPES[question.type]
    return kind.kept and question.keep and not kind.own_words


def _above(node: Node, kept: frozenset[str]) -> Node:
    return tuple(pair for pair in node if pair[0] in kept)


def _close(waiting: Iterable[Waiting], rule: Rule, leave: int, draw: Draw) -> tuple[list[Closing], list[Waiting]]:
    """Every group that can close, and every row that stays, by the same rule at every level."""
    groups: dict[Node, list[Waiting]] = defaultdict(list)
    for row in waiting:
        groups[row.cell].append(row)
    closed: list[Closing] = []
    left: list[Waiting] = []
    for node in sorted(groups):
        rows = sorted(groups[node], key=lambda row: row.rid)  # the order of arrival goes no further
        if not _enough(rows, rule, leave):
            left += rows
            continue
        rids = [row.rid for row in rows]
        stay = set(draw(rids, leave)) if leave else set()
        if len(stay) != leave or not stay <= set(rids):
            raise ValueError(f"{leave} rows of the group should have been drawn")
        closed.append(Closing(node, tuple(rid for rid in rids if rid not in stay)))
        left += [row for row in rows if row.rid in stay]
    return closed, left


def _enough(rows: Sequence[Waiting], rule: Rule, leave: int) -> bool:
    accounts = sum(row.first for row in rows) if rule.slots > 1 else len(rows)
    return len(rows) - leave >= rule.k and accounts - leave >= LEAST_ACCOUNTS


def _codes_of(question: Question, answer: Answer | None) -> tuple[str, ...]:
    if answer is None:
        return (NOT_ASKED,)
    if isinstance(answer, str) and answer in (*SPECIALS, NOT_REACHED):
        return (answer,)
    return (VALID, *TYPES[question.type].tally(question, answer))


def _entries(indicator: Indicator) -> set[Entry]:
    return {(indicator.question, code) for code in indicator.codes}


def _counted_by_person(survey: Survey, indicator: Indicator) -> bool:
    """True where adding up codes would count a person twice."""
    return TYPES[survey.question(indicator.question).type].several and len(set(indicator.codes)) > 1


def _sum(blocks: Iterable[Block], entry: Entry) -> int:
    return sum(block.counts.get(entry, 0) for block in blocks)


def _down(n: int) -> int:
    return n // STEP * STEP


def _share(part: int, whole: int, n: int) -> Shown:
    """The share to 5 points, a half upward; near an end only that it is near, unless the `n` shown is large."""
    points = STEP * ((40 * part + whole) // (2 * whole))
    if n < FEW and points <= 10:
        return AT_MOST_10
    if n < FEW and points >= 90:
        return AT_LEAST_90
    return points


def points(share: Shown) -> int:
    """The percent a shown share stands for; a clipped one stands for its bound."""
    return {AT_MOST_10: 10, AT_LEAST_90: 90}[share] if isinstance(share, str) else share


def _count(share: Shown, n: int) -> Shown:
    return share if isinstance(share, str) else _down(share * n // 100)


def _figure(part: int, whole: int, rule: Rule) -> Figure | None:
    if whole < rule.least_shown:
        return None
    n = _down(whole)
    share = _share(part, whole, n)
    low, high = wilson(points(share) / 100, n)
    return Figure(n, share, round(100 * low, 1), round(100 * high, 1))


def _plain(figure: Figure) -> dict[str, Shown | float]:
    return {"n": figure.n, "share": figure.share, "low": figure.low, "high": figure.high}


def _present(pairs: Iterable[tuple[str, T | None]]) -> dict[str, T]:
    return {id: value for id, value in pairs if value is not None}


def _codes(question: Question) -> tuple[str, ...]:
    if question.type == "yes_no" and not question.options:
        return yes_no.CODES
    return TYPES[question.type].codes(question)


def _answers(question: Question, blocks: Sequence[Block], rule: Rule) -> Answers | None:
    summed = drawn(question, blocks, rule.k)
    valid = _sum(summed, (question.id, VALID))
    if valid < rule.least_shown:
        return None
    n = _down(valid)
    silent = sum(_sum(summed, (question.id, special)) for special in SPECIALS)
    shares = {code: _share(_sum(summed, (question.id, code)), valid, n) for code in _codes(question)}
    counts = {code: _count(share, n) for code, share in shares.items()}
    return Answers(n, counts, shares, _share(silent, valid + silent, n))


def _indicators(survey: Survey, blocks: Sequence[Block], rule: Rule) -> dict[str, Figure]:
    return _present((one.id, _indicator(survey, one, blocks, rule)) for one in survey.indicators)


def _indicator(survey: Survey, indicator: Indicator, blocks: Sequence[Block], rule: Rule) -> Figure | None:
    summed = drawn(survey.question(indicator.question), blocks, rule.k)
    if _counted_by_person(survey, indicator):
        part = _sum(summed, (INDICATOR, indicator.id))
    else:
        part = sum(_sum(summed, entry) for entry in _entries(indicator))
    return _figure(part, _sum(summed, (indicator.question, VALID)), rule)


def _index(survey: Survey, index: Index, blocks: Sequence[Block], rule: Rule) -> Score | None:
    items = [survey.question(id) for id in index.items]
    summed = blocks
    if any(item.show_if is not None for item in items):
        asked = indexes.name(index, indexes.ASKED)
        summed = _redrawn(blocks, lambda block: _total([block], asked), rule.k)
    total = partial(_total, summed)
    return shown_score(index, items, total, least=rule.least_shown, few=FEW, down=_down)


def _total(blocks: Iterable[Block], name: str) -> int:
    """What these blocks keep under one name of an index: every figure of an index is made of such sums."""
    return sum(block.sums.get(name, 0) for block in blocks)


def _by_gender(
    survey: Survey, partition: Partition, blocks: Sequence[Block], rule: Rule
) -> dict[str, dict[str, Figure]]:
    groups = {}
    for part in partition.parts:
        for code in part.codes if part.name == GENDER else ():
            figures = _indicators(survey, [block for block in blocks if (GENDER, code) in block.node], rule)
            if figures and code != UNKNOWN:
                groups[code] = figures
    return groups


def _reach(survey: Survey, blocks: Sequence[Block], rule: Rule) -> dict[str, Figure]:
    if survey.reach is None:
        return {}
    wanted = {"women": survey.reach.women, "youth": survey.reach.youth}
    return _present((who, _reached(survey, asked, blocks, rule)) for who, asked in wanted.items() if asked)


def _reached(
    survey: Survey, asked: tuple[str, tuple[str, ...]], blocks: Sequence[Block], rule: Rule
) -> Figure | None:
    id, codes = asked
    summed = drawn(survey.question(id), blocks, rule.k)
    return _figure(sum(_sum(summed, (id, code)) for code in set(codes)), _sum(summed, (id, VALID)), rule)


def _languages(survey: Survey, blocks: Sequence[Block], rule: Rule) -> dict[str, Shown]:
    n = sum(block.n for block in blocks)
    if n < rule.least_shown:
        return {}
    return {language: _share(_sum(blocks, (LANGUAGE, language)), n, _down(n)) for language in survey.languages}


def _cell(node: Node, blocks: Sequence[Block], partition: Partition) -> Cell:
    own = [block for block in blocks if block.node == node]
    merged = len(node) < len(partition.parts)
    return Cell(node, _down(sum(block.n for block in own)), any(block.burst for block in own), merged)
