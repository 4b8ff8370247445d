"""Ids, scales, options and numbers of the questions fit together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from bot.core.questions import yes_no
from bot.files import form
from bot.files.plain import Path
from bot.files.problems import suggestion
from bot.files.rules.draft import LISTS, Rule, _Draft, _place
from bot.files.texts import entries, items


def _question_ids(draft: _Draft) -> None:
    for key, kind in LISTS.items():
        first: dict[str, int] = {}
        for number, one in enumerate(items(draft.said.get(key))):
            places: list[tuple[Any, Path]] = [(entries(one).get("id"), (key, number, "id"))]
            statements = entries(entries(one).get("statements"))
            places.extend((id, (key, number, "statements", id)) for id in statements)
            for id, at in places:
                if isinstance(id, str) and first.setdefault(id, draft.plain.line(at)) != draft.plain.line(at):
                    draft.add("duplicate-id", at, id=id, kind=kind, first=first[id])


def _scales_used(draft: _Draft) -> None:
    named = set()
    for number, question in enumerate(items(draft.said.get("questions"))):
        scale = entries(question).get("scale")
        if not isinstance(scale, str):
            continue
        named.add(scale)
        scales = entries(draft.said.get("scales"))
        if scale not in scales:
            draft.add("unknown-scale", ("questions", number, "scale"), scale=scale, hint=suggestion(scale, scales))
    for scale in entries(draft.said.get("scales")):
        if scale not in named:
            draft.add("unused-scale", ("scales", scale), scale=scale)


def _choices(draft: _Draft) -> None:
    for number, question in draft.questions.items():
        at = ("questions", number)
        match question:
            case form.Choice():
                _among(draft, (*at, "screen_out"), question.screen_out, question)
                if set(question.options) <= set(question.screen_out):
                    draft.add("screens-everyone", (*at, "screen_out"), id=question.id)
            case form.Choices():
                _among(draft, (*at, "exclusive"), question.exclusive, question)
                if set(question.options) <= set(question.exclusive):
                    draft.add("all-exclusive", (*at, "exclusive"), id=question.id)
                _picks(draft, at, question)
            case form.Ranking() if (question.ranked or 1) > len(question.options):
                found = {"id": question.id, "most": len(question.options)}
                draft.add("picks-too-many", (*at, "ranked"), key="ranked", **found)
            case form.YesNo():
                _yes_no(draft, at, question)


def _picks(draft: _Draft, at: Path, question: form.Choices) -> None:
    """No more may be asked for than can be picked together."""
    most = len(set(question.options) - set(question.exclusive))
    for key in ("least", "most"):
        if (getattr(question, key) or 1) > most:
            draft.add("picks-too-many", (*at, key), key=key, id=question.id, most=most)
    if question.least and question.most and question.least > question.most:
        draft.add("min-above-max", (*at, "least"), id=question.id, low="least", high="most")


def _among(draft: _Draft, at: Path, listed: Sequence[str], question: form.AnyQuestion) -> None:
    """Every code listed at this place must be one under which the question is counted."""
    known = draft.counted(question)
    for number, code in enumerate(listed):
        if known is not None and code not in known:
            place, hint = _place(draft.said, at), suggestion(code, known)
            draft.add("not-an-option", (*at, number), code=code, question=question.id, place=place, hint=hint)


def _yes_no(draft: _Draft, at: Path, question: form.YesNo) -> None:
    if question.options is not None:
        if set(question.options) != set(yes_no.CODES):
            draft.add("yes-no-options", (*at, "options"), place=_place(draft.said, at))
        return
    for language in draft.languages:
        if language not in draft.speaks:
            draft.add("yes-no-language", at, language=language, id=question.id)


def _numbers(draft: _Draft) -> None:
    for number, question in draft.questions.items():
        if not isinstance(question, form.Number | form.Calculated):
            continue
        at = ("questions", number)
        if isinstance(question, form.Number) and question.min > question.max:
            draft.add("min-above-max", (*at, "min"), id=question.id, low="min", high="max")
            continue
        sound = [band for band in question.bands if _band(draft, at, question, band)]
        for one, other in combinations(sound, 2):
            if max(question.bands[one][0], question.bands[other][0]) <= min(
                question.bands[one][1], question.bands[other][1]
            ):
                draft.add("bands-overlap", (*at, "bands", other), band=one, other=other)
        if isinstance(question, form.Number) and len(sound) == len(question.bands) > 0:
            _gaps(draft, at, question)


def _band(draft: _Draft, at: Path, question: form.Number | form.Calculated, band: str) -> bool:
    low, high = question.bands[band]
    place = (*at, "bands", band)
    if low > high:
        draft.add("band-reversed", place, band=band)
    elif isinstance(question, form.Number) and (low < question.min or high > question.max):
        draft.add("band-outside", place, band=band, id=question.id, low=question.min, high=question.max)
    else:
        return True
    return False


def _gaps(draft: _Draft, at: Path, question: form.Number) -> None:
    reached = question.min - 1
    ends = [*sorted(map(tuple, question.bands.values())), (question.max + 1, question.max + 1)]
    for low, high in ends:
        if low > reached + 1:
            draft.add("bands-gap", (*at, "bands"), id=question.id, low=reached + 1, high=low - 1)
        reached = max(reached, high)


RULES: Sequence[Rule] = (_question_ids, _scales_used, _choices, _numbers)
