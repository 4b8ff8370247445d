"""What is counted: cells, reach and indicators name questions and codes that are there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations

from bot.files import form
from bot.files.plain import Path
from bot.files.problems import suggestion
from bot.files.rules.draft import Rule, _Draft, _place
from bot.files.rules.questions import _among
from bot.files.texts import entries

AGES = re.compile(r"[a-z_]*?([0-9]{1,3})_([0-9]{1,3})")
"""An age band as codes write it: b18_24."""

NUMBER = re.compile(r"[0-9]+|[\u06f0-\u06f9]+|[\u0660-\u0669]+")

CELL_TYPES = ("choice", "scale", "yes_no")
COUNTED_TYPES = ("choice", "choices", "scale", "grid", "number", "yes_no", "date", "ranking", "calculate", "arm")


def _cells(draft: _Draft) -> None:
    if draft.cells is None:
        return
    divides: dict[str, str] = {}
    for name in entries(draft.said["cells"]):
        part = getattr(draft.cells, name)
        if part is None:
            continue
        at = ("cells", name) if isinstance(part, str) else ("cells", name, "question")
        id = part if isinstance(part, str) else part.question
        if divides.setdefault(id, name) != name:
            draft.add("same-question", at, name=name, other=divides[id], question=id)
        question = _named(draft, at, id, CELL_TYPES)
        if question is not None and name == "age":
            _ages(draft, question)
        if question is not None and isinstance(part, form.Grouped):
            _groups(draft, name, part, question)


def _named(draft: _Draft, at: Path, id: str, types: Sequence[str]) -> form.AnyQuestion | None:
    """The question named at this place when it is there, sound and of one of these types."""
    ids = draft.ids()
    place = _place(draft.said, at)
    if id not in ids:
        draft.add("unknown-question", at, question=id, place=place, hint=suggestion(id, ids))
        return None
    question = draft.questions.get(ids[id])
    if question is not None and question.type not in types:
        draft.add("wrong-type", at, place=place, question=id, type=question.type, known=" or ".join(types))
        return None
    return question


def _ages(draft: _Draft, question: form.AnyQuestion) -> None:
    """Codes such as b18_24 name years: no two share any, and labels name the same ones."""
    at = ("questions", draft.ids()[question.id], "options")
    options = draft.options(question) or {}
    years = {code: (int(found[1]), int(found[2])) for code in options if (found := AGES.fullmatch(code))}
    for (one, (low, high)), (other, (low_other, high_other)) in combinations(years.items(), 2):
        if max(low, low_other) <= min(high, high_other):
            draft.add("ages-overlap", (*at, other), code=one, other=other, question=question.id)
    for code in years:
        for language, words in options[code].items():
            named = tuple(int(number) for number in NUMBER.findall(words))
            if len(named) == 2 and named != years[code]:
                said = " and ".join(map(str, named))
                where = (*at, code, language)
                draft.add("ages-differ", where, code=code, question=question.id, found=said, language=language)


def _groups(draft: _Draft, name: str, part: form.Grouped, question: form.AnyQuestion) -> None:
    ends = set(getattr(question, "screen_out", ()))
    grouped: dict[str, str] = {}
    for group, listed in part.groups.items():
        at = ("cells", name, "groups", group)
        _among(draft, at, listed, question)
        for place, code in enumerate(listed):
            if grouped.setdefault(code, group) != group:
                draft.add("groups-overlap", (*at, place), code=code, group=grouped[code], other=group)
            if code in ends:
                draft.add("group-screened", (*at, place), code=code, group=group, question=question.id)
    for code in draft.counted(question) or ():
        if code not in grouped and code not in ends:
            draft.add("groups-incomplete", ("cells", name, "groups"), code=code, question=question.id)


def _reach(draft: _Draft) -> None:
    if draft.reach is None:
        return
    for who in ("women", "youth"):
        wanted = getattr(draft.reach, who)
        if wanted is not None:
            _one_question(draft, ("reach", who), wanted, CELL_TYPES)


def _targets(draft: _Draft) -> None:
    """A share is aimed at only where it can be seen."""
    for who in ("women", "youth") if draft.targets is not None else ():
        if getattr(draft.targets, who) is not None and not entries(entries(draft.said.get("reach")).get(who)):
            draft.add("target-unseen", ("targets", who), who=who)


def _one_question(
    draft: _Draft, at: Path, wanted: Mapping[str, list[str]], types: Sequence[str]
) -> tuple[form.AnyQuestion, list[str]] | None:
    """The question and the codes that a mapping of exactly one question names, when both are sound."""
    if len(wanted) != 1:
        draft.add("one-question", at, place=_place(draft.said, at), found=len(wanted))
        return None
    ((id, listed),) = wanted.items()
    question = _named(draft, (*at, id), id, types)
    if question is None:
        return None
    _among(draft, (*at, id), listed, question)
    return question, listed


def _indicators(draft: _Draft) -> None:
    for number, indicator in draft.indicators.items():
        for key in ("advice", "target"):
            if getattr(indicator, key) is not None and indicator.better == "none":
                draft.add("no-better", ("indicators", number, key), id=indicator.id, key=key)
        at = ("indicators", number, "share_of")
        found = _one_question(draft, at, indicator.share_of, COUNTED_TYPES)
        if found is None:
            continue
        question, listed = found
        known = draft.counted(question)
        ends = set(getattr(question, "screen_out", ()))
        if known is not None and not isinstance(question, form.Choices) and set(known) - ends <= set(listed):
            draft.add("share-of-all", (*at, question.id), id=indicator.id, question=question.id)


RULES: Sequence[Rule] = (_cells, _reach, _targets, _indicators)
