"""The figures of a wave as JSON-stat: a collection with a dataset for each question, and one for each other kind.

What is clipped or not shown has the value null, and its `status` says which: <=10%, >=90% or "not shown".

Source: JSON-stat 2.0, https://json-stat.org/full/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from bot.core.blocks import Figure, Publishable
from bot.core.cells import DISTRICT
from bot.core.flow import LANGUAGE_NAMES
from bot.core.survey import Question, Survey
from bot.export.words import answered, asking, codes_of, group, leaving, named, reached

NOT_SHOWN = "not shown"
"""The status of what fewer than k people stand behind, or of a group that is not shown."""

ALL, MERGED = "all", "merged"
"""Everybody, and whoever was put together over all groups: no code of a group is without a "="."""

Shown = int | float | str | None


@dataclass(frozen=True)
class Dimension:
    """One side of a dataset: its id, its name, and the name of each category."""

    id: str
    label: str
    categories: Mapping[str, str]


PERCENT = {"share": "%", "low": "%", "high": "%"}
POINTS = {"mean": "points of 100", "sd": "points of 100", "low": "points of 100", "high": "points of 100"}
PEOPLE = {"n": "people", "count": "people"}


def collection(shown: Publishable, survey: Survey, language: str, kinds: Mapping[str, str] | None = None) -> bytes:
    """Every figure in one language; `kinds` names the kinds of groups that were invited."""
    body = {
        "version": "2.0",
        "class": "collection",
        "label": survey.title[language],
        "extension": {
            "wave": shown.wave,
            "survey": survey.id,
            "version": survey.version,
            "k": shown.k,
            "n": shown.n,
        },
        "link": {"item": list(_Datasets(shown, survey, language, kinds or {}).all())},
    }
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def dataset(
    label: str, sides: Sequence[Dimension], units: Mapping[str, str], cells: Mapping[tuple[str, ...], Shown]
) -> dict[str, object]:
    """A dataset whose last side is the figures of `units`; `cells` has what is shown, by its categories."""
    sides = (*sides, Dimension("figure", "figure", {name: name for name in units}))
    values = [cells.get(at) for at in product(*(side.categories for side in sides))]
    told = {
        str(at): value or NOT_SHOWN for at, value in enumerate(values) if value is None or isinstance(value, str)
    }
    return {
        "version": "2.0",
        "class": "dataset",
        "label": label,
        "id": [side.id for side in sides],
        "size": [len(side.categories) for side in sides],
        "role": {"metric": ["figure"]},
        "dimension": {side.id: _side(side, units if side.id == "figure" else {}) for side in sides},
        "value": [None if isinstance(value, str) else value for value in values],
        **({"status": told} if told else {}),
    }


def _side(side: Dimension, units: Mapping[str, str]) -> dict[str, object]:
    category: dict[str, object] = {"index": list(side.categories), "label": dict(side.categories)}
    if units:
        category["unit"] = {name: {"label": unit} for name, unit in units.items()}
    return {"label": side.label, "category": category}


@dataclass(frozen=True)
class _Datasets:
    shown: Publishable
    survey: Survey
    language: str
    kinds: Mapping[str, str]

    def all(self) -> Iterator[dict[str, object]]:
        cells = {part.question for part in self.survey.cells}  # shown as shares of whom was reached only
        for question in leaving(self.survey):
            codes = codes_of(question)
            if question.id not in cells and codes:
                yield self._question(question, codes)
        reached = (self._reach(), self._districts(), self._languages(), self._cohorts())
        yield from filter(_any, (self._indicators(), self._indexes(), *reached, self._groups()))

    def _question(self, question: Question, codes: Sequence[str]) -> dict[str, object]:
        title = asking(question, self.survey)[self.language]
        sides = (
            Dimension("question", "question", {question.id: title}),
            Dimension(
                "option", "option", {code: answered(question, code, self.survey)[self.language] for code in codes}
            ),
        )
        cells: dict[tuple[str, ...], Shown] = {}
        answers = self.shown.questions.get(question.id)
        for code in codes if answers is not None else ():
            assert answers is not None
            cells |= {
                (question.id, code, "n"): answers.n,
                (question.id, code, "count"): answers.counts[code],
                (question.id, code, "share"): answers.shares[code],
            }
        told = dataset(title, sides, {**PEOPLE, "share": "%"}, cells)
        return told if answers is None else {**told, "extension": {"silent": answers.silent}}

    def _indicators(self) -> dict[str, object]:
        titles = {one.id: one.title[self.language] for one in self.survey.indicators}
        groups = {ALL: ALL} | {
            group((pair,)): named(self.survey, (pair,))[self.language] for pair in self.shown.groups
        }
        figures = {ALL: self.shown.indicators} | {group((pair,)): one for pair, one in self.shown.groups.items()}
        cells: dict[tuple[str, ...], Shown] = {
            (id, of, name): value
            for of, some in figures.items()
            for id, figure in some.items()
            for name, value in _plain(figure).items()
        }
        sides = (Dimension("indicator", "indicator", titles), Dimension("group", "group", groups))
        return dataset("indicators", sides, {"n": "people", **PERCENT}, cells)

    def _indexes(self) -> dict[str, object]:
        titles = {one.id: one.title[self.language] for one in self.survey.indexes}
        cells: dict[tuple[str, ...], Shown] = {}
        for id, one in self.shown.indexes.items():
            told = {"n": one.n, "mean": one.mean, "sd": one.sd, "low": one.low, "high": one.high}
            cells |= {(id, name): value for name, value in told.items()}
        return dataset("indexes", (Dimension("index", "index", titles),), {"n": "people", **POINTS}, cells)

    def _reach(self) -> dict[str, object]:
        names = {who: reached(self.survey, who)[self.language] for who in self.shown.reach}
        cells: dict[tuple[str, ...], Shown] = {
            (who, name): value for who, one in self.shown.reach.items() for name, value in _plain(one).items()
        }
        return dataset("reach", (Dimension("reach", "reach", names),), {"n": "people", **PERCENT}, cells)

    def _districts(self) -> dict[str, object]:
        names = {code: named(self.survey, ((DISTRICT, code),))[self.language] for code in self.shown.districts}
        cells: dict[tuple[str, ...], Shown] = {
            (code, name): value
            for code, one in self.shown.districts.items()
            for name, value in _plain(one).items()
        }
        return dataset("districts", (Dimension("district", "district", names),), {"n": "people", **PERCENT}, cells)

    def _languages(self) -> dict[str, object]:
        names = {code: LANGUAGE_NAMES.get(code, code) for code in self.shown.languages}
        cells: dict[tuple[str, ...], Shown] = {
            (code, "share"): share for code, share in self.shown.languages.items()
        }
        return dataset("languages", (Dimension("language", "language", names),), {"share": "%"}, cells)

    def _cohorts(self) -> dict[str, object]:
        names = {kind: self.kinds.get(kind, kind) for kind in self.shown.cohorts}
        cells: dict[tuple[str, ...], Shown] = {
            (kind, "share"): share for kind, share in self.shown.cohorts.items()
        }
        return dataset("cohorts", (Dimension("cohort", "cohort", names),), {"share": "%"}, cells)

    def _groups(self) -> dict[str, object]:
        """Groups with people of their own, and those that are not shown."""
        nodes = (*(cell.node for cell in self.shown.cells), *self.shown.hidden)
        names = {group(node) or MERGED: named(self.survey, node)[self.language] or MERGED for node in nodes}
        cells: dict[tuple[str, ...], Shown] = {
            (group(cell.node) or MERGED, "n"): cell.n for cell in self.shown.cells
        }
        return dataset("groups", (Dimension("group", "group", names),), {"n": "people"}, cells)


def _plain(figure: Figure) -> dict[str, Shown]:
    return {"n": figure.n, "share": figure.share, "low": figure.low, "high": figure.high}


def _any(one: Mapping[str, object]) -> bool:
    """Whether a dataset has a cell at all."""
    size = one["size"]
    assert isinstance(size, list)
    return prod(size) > 0
