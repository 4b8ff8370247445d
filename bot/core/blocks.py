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
from dataclasses import InitVar, dataclass
from functools import partial
from types import MappingProxyType
from typing import TypeVar

from bot.core.cells import DISTRICT, GENDER, Node, Partition
from bot.core.cohorts import COHORT, KINDS
from bot.core.indicators import wilson
from bot.core.partial import END, end_of
from bot.core.questions import TYPES, yes_no
from bot.core.running import INDEX, INDICATOR, JOINT, Own, Running, Sums, View
from bot.core.running import Block as Block
from bot.core.running import Entry as Entry
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
from bot.core.themes import Counted, totals

LEAST_BLOCK = 5
"""No block is ever smaller: the lowest minimum in the OECD and UNECE glossary of disclosure control."""

MERGING_RELEASE = 3
"""At every so-manieth release leftovers are merged, whatever else closes (R2)."""

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

T = TypeVar("T")

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
class Themes:
    """The themes of a question's `n` coded texts: those that k texts or more have, in the codebook's order.

    `kappa` is how far a second steward agreed, to a tenth; None where none coded, or it may not be told.
    """

    n: int
    figures: Mapping[str, Figure]
    titles: Mapping[str, Mapping[str, str]]
    kappa: float | None

    def plain(self) -> dict[str, object]:
        """As it stands in the JSON of a digest."""
        themes = {id: {"title": dict(self.titles[id]), **_plain(one)} for id, one in self.figures.items()}
        return {"n": self.n, "kappa": self.kappa, "themes": themes}


@dataclass(frozen=True)
class Publishable:
    """Everything anyone may see of a wave; holds shown figures only, and `publish` and `publish_running` make it.

    `groups` has the indicators of each group of one dimension, such as ("gender", "woman"), `joint` those of each
    gender of each age; `reach` the shares of women and youth, `districts` those of the districts large enough to
    be shown, and `languages` those of the languages, all over every block, merged ones too. `cohorts` are the
    shares of the kinds of groups by which people were invited, over every block too, where the wave counts them
    and k or more came by a kind. `silence` is the share
    of answers withheld, of all that were asked for by the questions that were put to everybody and may be left
    unanswered; its n is people.
    """

    survey: str
    wave: str
    k: int
    slots: int
    n: int
    cells: tuple[Cell, ...]
    questions: Mapping[str, Answers]
    indicators: Mapping[str, Figure]
    groups: Mapping[tuple[str, str], Mapping[str, Figure]]
    joint: Mapping[Node, Mapping[str, Figure]]
    silence: Figure | None
    indexes: Mapping[str, Score]
    reach: Mapping[str, Figure]
    districts: Mapping[str, Figure]
    languages: Mapping[str, Shown]
    cohorts: Mapping[str, Shown]
    hidden: tuple[Node, ...]
    themes: Mapping[str, Themes]
    made_by: InitVar[object]

    def __post_init__(self, made_by: object) -> None:
        if made_by is not _PUBLISH:
            raise TypeError("a Publishable is made by publish() and publish_running() alone")

    @property
    def by_group(self) -> Mapping[str, Mapping[str, Figure]]:
        """The indicators of each gender shown."""
        return {code: figures for (name, code), figures in self.groups.items() if name == GENDER}

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
            "indicators": _plain_each(self.indicators),
            "groups": [
                {"group": {name: code}, "indicators": _plain_each(figures)}
                for (name, code), figures in self.groups.items()
            ],
            "joint": [
                {"group": dict(node), "indicators": _plain_each(figures)} for node, figures in self.joint.items()
            ],
            "silence": None if self.silence is None else _plain(self.silence),
            "indexes": {id: score.plain() for id, score in self.indexes.items()},
            "reach": {
                **_plain_each(self.reach),
                "districts": _plain_each(self.districts),
                "languages": dict(self.languages),
                **({"cohorts": dict(self.cohorts)} if self.cohorts else {}),
            },
            "hidden": [dict(node) for node in self.hidden],
            **({"themes": {id: one.plain() for id, one in self.themes.items()}} if self.themes else {}),
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


def publish(survey: Survey, wave: str, partition: Partition, rule: Rule, blocks: Sequence[Block]) -> Publishable:
    """The one road from blocks to figures; refuses a block smaller than k."""
    running = Running(survey, rule.k)
    for block in sorted(blocks, key=lambda block: block.no):
        running.add(block)
    return publish_running(survey, wave, partition, rule, running.shown)


def publish_running(
    survey: Survey,
    wave: str,
    partition: Partition,
    rule: Rule,
    sums: Sums,
    themes: Mapping[str, tuple[Sequence[Counted], Mapping[str, Mapping[str, str]]]] = MappingProxyType({}),
) -> Publishable:
    """The same road from where `Running` has come; refuses a node that no block of k people can have made.

    `themes` has what was counted of questions in own words, and what their themes are called.
    """
    for node, own in sums.nodes.items():
        if own.n < rule.k:
            raise ValueError(f"{node} of wave {wave} has fewer than {rule.k} people")
    asked_for_cells = {part.question for part in survey.cells}  # shown as shares only (R4)
    least, whole = rule.least_shown, sums.view()
    people = sum(own.n for own in sums.nodes.values())
    cells = tuple(
        cell for node, own in sorted(sums.nodes.items()) if (cell := _cell(node, own, partition)).n >= least
    )
    shown_by_themselves = {cell.node for cell in cells}
    questions = _present(
        (question.id, _answers(question, whole, rule))
        for question in survey.questions
        if _shown(question) and question.id not in asked_for_cells
    )
    total = _down(people)
    return Publishable(
        survey=survey.id,
        wave=wave,
        k=rule.k,
        slots=rule.slots,
        n=total if total >= least else 0,
        cells=cells,
        questions=questions,
        indicators=_indicators(survey, whole, rule),
        groups=_groups(survey, partition, sums, rule),
        joint=_joint(survey, sums, rule),
        silence=_silence(survey, whole, people, rule),
        indexes=_present((index.id, _index(survey, index, whole, rule)) for index in survey.indexes),
        reach=_reach(survey, whole, rule),
        districts=_districts(partition, whole, rule),
        languages=_languages(survey, whole, people, rule),
        cohorts=_cohorts(whole, rule),
        hidden=tuple(node for node in partition.nodes() if node not in shown_by_themselves),
        themes=_present((one.id, _themes(*themes[one.id], rule)) for one in survey.questions if one.id in themes),
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


def _figure(part: int, whole: int, people: int, rule: Rule) -> Figure | None:
    """The share of `part` in `whole`, of which so many people speak; None where they are fewer than k."""
    if people < rule.least_shown:
        return None
    n = _down(people)
    share = _share(part, whole, n)
    low, high = wilson(points(share) / 100, n)
    return Figure(n, share, round(100 * low, 1), round(100 * high, 1))


def _plain(figure: Figure) -> dict[str, Shown | float]:
    return {"n": figure.n, "share": figure.share, "low": figure.low, "high": figure.high}


def _plain_each(figures: Mapping[str, Figure]) -> dict[str, dict[str, Shown | float]]:
    return {id: _plain(figure) for id, figure in figures.items()}


def _present(pairs: Iterable[tuple[str, T | None]]) -> dict[str, T]:
    return {id: value for id, value in pairs if value is not None}


def _codes(question: Question) -> tuple[str, ...]:
    if question.type == "yes_no" and not question.options:
        return yes_no.CODES
    return TYPES[question.type].codes(question)


def _answers(question: Question, view: View, rule: Rule) -> Answers | None:
    valid = view[question.id, VALID]
    if valid < rule.least_shown:
        return None
    n = _down(valid)
    silent = _silent(question, view)
    shares = {code: _share(view[question.id, code], valid, n) for code in _codes(question)}
    counts = {code: _count(share, n) for code, share in shares.items()}
    return Answers(n, counts, shares, _share(silent, valid + silent, n))


def _silent(question: Question, view: View) -> int:
    return sum(view[question.id, special] for special in SPECIALS)


def _silence(survey: Survey, view: View, people: int, rule: Rule) -> Figure | None:
    """How much was left unsaid, of all that was put to everybody.

    Questions that too few answered to be shown count too: its people are those asked, and where nearly all keep
    silent it tells the most. A routed question counts for nothing, so that n is the people of one sum.
    """
    cells = {part.question for part in survey.cells}
    free = [q for q in survey.questions if _shown(q) and q.specials and not q.routed and q.id not in cells]
    silent = sum(_silent(question, view) for question in free)
    asked = silent + sum(view[question.id, VALID] for question in free)
    return _figure(silent, asked, people, rule) if asked else None


def _indicators(survey: Survey, view: View, rule: Rule) -> dict[str, Figure]:
    return _present((one.id, _indicator(survey, one, view, rule)) for one in survey.indicators)


def _indicator(survey: Survey, indicator: Indicator, view: View, rule: Rule) -> Figure | None:
    by_person = _counted_by_person(survey, indicator)
    entries = {(INDICATOR, indicator.id)} if by_person else _entries(indicator)
    valid = view[indicator.question, VALID]
    return _figure(sum(view[entry] for entry in entries), valid, valid, rule)


def _index(survey: Survey, index: Index, view: View, rule: Rule) -> Score | None:
    items = [survey.question(id) for id in index.items]
    return shown_score(index, items, partial(_total, view), least=rule.least_shown, few=FEW, down=_down)


def _total(view: View, name: str) -> int:
    """What is summed under one name of an index: every figure of an index is made of such sums."""
    return view[INDEX, name]


def _groups(
    survey: Survey, partition: Partition, sums: Sums, rule: Rule
) -> dict[tuple[str, str], dict[str, Figure]]:
    groups = [(part.name, code) for part in partition.parts for code in part.codes if code != UNKNOWN]
    found = {group: _indicators(survey, sums.view(group), rule) for group in groups}
    return {group: figures for group, figures in found.items() if figures}


def _joint(survey: Survey, sums: Sums, rule: Rule) -> dict[Node, dict[str, Figure]]:
    views = (view for view in sorted(sums.views) if len(view) == len(JOINT))
    found = {view: _indicators(survey, sums.view(*view), rule) for view in views}
    return {view: figures for view, figures in found.items() if figures}


def _reach(survey: Survey, view: View, rule: Rule) -> dict[str, Figure]:
    if survey.reach is None:
        return {}
    wanted = {"women": survey.reach.women, "youth": survey.reach.youth}
    return _present((who, _reached(asked, view, rule)) for who, asked in wanted.items() if asked)


def _reached(asked: tuple[str, tuple[str, ...]], view: View, rule: Rule) -> Figure | None:
    id, codes = asked
    return _figure(sum(view[id, code] for code in set(codes)), view[id, VALID], view[id, VALID], rule)


def _districts(partition: Partition, view: View, rule: Rule) -> dict[str, Figure]:
    """The districts shown by themselves; one too small for that is in no share either (W4)."""
    return _present(
        (
            code,
            _reached(
                (part.question, tuple(answer for answer, to in part.groups.items() if to == code)), view, rule
            ),
        )
        for part in partition.parts
        if part.name == DISTRICT
        for code in partition.shown(part)
    )


def _themes(counted: Sequence[Counted], titles: Mapping[str, Mapping[str, str]], rule: Rule) -> Themes | None:
    """The themes of all texts counted so far; None where they are fewer than k, or no steward counted any."""
    texts = sum(one.n for one in counted)
    if texts < rule.least_shown:
        return None
    if any(one.n < rule.k for one in counted):
        raise ValueError(f"themes were counted of fewer than {rule.k} texts")
    figures = _present(
        (id, _figure(part, whole, whole, rule) if part >= rule.least_shown else None)
        for id, (part, whole) in totals(counted).items()
    )
    agreed = [one.agreement.kappa for one in counted if one.agreement is not None]
    kappa = None if not agreed or agreed[-1] is None else round(agreed[-1], 1)
    return Themes(_down(texts), figures, {id: titles[id] for id in figures}, kappa)


def _languages(survey: Survey, view: View, people: int, rule: Rule) -> dict[str, Shown]:
    if people < rule.least_shown:
        return {}
    return {language: _share(view[LANGUAGE, language], people, _down(people)) for language in survey.languages}


def _cohorts(view: View, rule: Rule) -> dict[str, Shown]:
    """Of those whose kind is known; no kind is named by which fewer came than are ever shown."""
    known = view[COHORT, VALID]
    return {
        kind: _share(view[COHORT, kind], known, _down(known))
        for kind in KINDS
        if view[COHORT, kind] >= rule.least_shown
    }


def _cell(node: Node, own: Own, partition: Partition) -> Cell:
    return Cell(node, _down(own.n), own.burst, merged=len(node) < len(partition.parts))
