"""The check before rows leave: which combinations of answers few people hold, and what is withheld of them.

Laws:
1. Rows are alike when they stand in the same group and share their answers to the questions of the cells. Whoever
   is alike with fewer than k has these answers withheld one after another: age, then district, then gender, after
   whatever other dimensions the survey has.
2. "Withheld" is an answer like others: where fewer than k would have the same answers withheld, the fewest rows
   that are else like them join. So no combination is left that 1 to k - 1 rows hold, but for a whole group of
   which withdrawals have left fewer.
3. Nothing else is changed. What stays rare together with another question is said, not mended: it is a help,
   no proof.

Withholding is local suppression after Willenborg and de Waal 2001, Elements of Statistical Disclosure Control.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.blocks import LANGUAGE, STEP
from bot.core.cells import layout
from bot.core.survey import Answer, Survey
from bot.export.trouble import ExportTrouble
from bot.export.words import leaving
from bot.store import Released

WITHHELD = "_withheld"
"""The code in place of an answer that is withheld; no code of a survey begins with a low line."""

FEW = 3
"""Under this many rows a combination is said to be rare: one person, or two who know of each other."""

Combination = tuple[object, ...]
"""The group of a row, then its answers to the questions of the cells in the order in which they are withheld."""


@dataclass(frozen=True)
class Checked:
    """The rows fit to leave, how many rows each cell question was withheld in, and what stays rare.

    `rare` and `common` are the other columns (`LANGUAGE` is that of the interview) with and without a combination
    that fewer than three rows hold together with group and cells; `asked` the questions that were named, `thin`
    how many rows share all of their answers to these with fewer than k; `k` the smallest group.
    """

    rows: tuple[Released, ...]
    k: int
    withheld: Mapping[str, int]
    rare: tuple[str, ...]
    common: tuple[str, ...]
    asked: tuple[str, ...] = ()
    thin: int = 0


def checked(survey: Survey, rows: Sequence[Released], k: int, asked: Sequence[str] = ()) -> Checked:
    """The rows after the check. Raises ExportTrouble where `asked` names a question that has no column."""
    known = {question.id for question in leaving(survey)}
    for id in asked:
        if id not in known:
            raise ExportTrouble(
                f"--check names '{id}', which is no question in the rows. There are: {_list(sorted(known))}."
            )
    cells = cell_questions(survey)
    kept = safe([(row.node, *(row.answers.get(id) for id in cells)) for row in rows], k)
    fit = tuple(_with(row, cells, combination) for row, combination in zip(rows, kept, strict=True))
    others = (*(question.id for question in leaving(survey) if question.id not in cells), LANGUAGE)
    return Checked(
        rows=fit,
        k=k,
        withheld={id: sum(row.answers.get(id) == WITHHELD for row in fit) for id in cells},
        rare=tuple(id for id in others if _under(fit, (*cells, id), FEW)),
        common=tuple(id for id in others if not _under(fit, (*cells, id), FEW)),
        asked=tuple(asked),
        thin=_under(fit, (*cells, *asked), k) if asked else 0,
    )


def safe(combinations: Sequence[Combination], k: int) -> list[Combination]:
    """The combinations with answers withheld until each is held by k rows, or by all rows of its group."""
    kept = list(combinations)
    for depth in range(1, max(map(len, kept), default=0)):
        counts = Counter(kept)
        kept = [one if counts[one] >= k else _without(one, depth) for one in kept]
        joining = _joining(Counter(kept), depth, k)
        kept = [_without(one, depth) if one in joining else one for one in kept]
    return kept


def cell_questions(survey: Survey) -> tuple[str, ...]:
    """The questions of the cells, in the order in which the block rule gives dimensions up: gender last."""
    partition = layout(survey, None).partition
    asked = {part.name: part.question for part in partition.parts}
    order, before = [], set(asked)
    for level in partition.levels():
        order += [asked[name] for name in before - level]
        before = set(level)
    return tuple(dict.fromkeys(order))


def said(checked: Checked) -> list[str]:
    """What was withheld and what stays rare, in sentences for whoever exports and whoever analyses."""
    lines = [_withheld(checked)]
    if checked.rare:
        lines.append(
            "Together with the questions about group, answers to these are still held by one or two people: "
            f"{_list(checked.rare)}. Show no table of them by group."
        )
    if checked.common:
        lines.append(f"Nobody is alone, or one of two, by group and any one of these: {_list(checked.common)}.")
    if checked.asked:
        lines.append(_asked(checked))
    lines.append(
        "Three or more questions together can still tell who somebody is: this check is a help, no proof."
    )
    return lines


def _withheld(checked: Checked) -> str:
    parts = [f"{id} in {_about(n)} rows" for id, n in checked.withheld.items() if n]
    if not parts:
        return f"Nothing was withheld: nobody shares the answers about group with fewer than {checked.k} people."
    return (
        f"Withheld, because fewer than {checked.k} people would share all answers about group: {', '.join(parts)} "
        f"(rounded down to {STEP})."
    )


def _asked(checked: Checked) -> str:
    together = f"By group and {_list(checked.asked)} together"
    if not checked.thin:
        return f"{together} nobody is one of fewer than {checked.k}."
    return (
        f"{together} {_about(checked.thin)} people are each one of fewer than {checked.k}: these stay as they are."
    )


def _about(n: int) -> str:
    return f"about {n // STEP * STEP}" if n >= STEP else f"fewer than {STEP}"


def _list(ids: Iterable[str]) -> str:
    return ", ".join("the language of the interview" if id == LANGUAGE else id for id in ids)


def _joining(counts: Counter[Combination], depth: int, k: int) -> set[Combination]:
    """For each combination held by too few: the smallest of those that would be the same with as much withheld."""
    like: dict[Combination, list[Combination]] = {}
    for one in counts:
        like.setdefault(_without(one, depth), []).append(one)
    return {
        min((one for one in like[few] if one != few), key=lambda one: (counts[one], repr(one)))
        for few, n in counts.items()
        if n < k and len(like[few]) > 1 and few in like
    }


def _without(combination: Combination, depth: int) -> Combination:
    """The combination with the first `depth` of its answers withheld."""
    return (combination[0], *[WITHHELD] * depth, *combination[1 + depth :])


def _with(row: Released, cells: Sequence[str], combination: Combination) -> Released:
    hidden = {id: WITHHELD for id, answer in zip(cells, combination[1:], strict=True) if answer == WITHHELD}
    answers: dict[str, Answer] = {**row.answers, **hidden}
    return replace(row, answers=answers)


def _under(rows: Sequence[Released], ids: Sequence[str], least: int) -> int:
    """How many rows share their group and all these answers with fewer than `least`, themselves included."""
    counts = Counter(
        (row.node, *(row.language if id == LANGUAGE else row.answers.get(id) for id in ids)) for row in rows
    )
    return sum(n for n in counts.values() if n < least)
