"""Names of a form that a survey cannot bear, made into ones that it can."""

from __future__ import annotations

import re
from collections.abc import Collection

from pydantic import TypeAdapter, ValidationError

from bot.files import form

_CODE: TypeAdapter[str] = TypeAdapter(form.Code)
_ID: TypeAdapter[str] = TypeAdapter(form.Id)
_SURVEY: TypeAdapter[str] = TypeAdapter(form.SurveyId)
LONGEST = 32
CLOSE = 50
"""So many numbers are tried one after another; then one is taken that is surely free soon."""


def as_id(name: str, taken: Collection[str]) -> str:
    """The name as the id of a question that none of those taken has."""
    return _free(name, _ID, "q", taken)


def as_code(name: str, taken: Collection[str]) -> str:
    """The name as the code of an option that none of those taken has."""
    return _free(name, _CODE, "code", taken)


def as_survey_id(name: str) -> str:
    """The name as the id of a survey."""
    if _holds(_SURVEY, name):
        return name
    made = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).lstrip("-_0123456789")
    return made[:64].rstrip("-_") or "survey"


def _free(name: str, kind: TypeAdapter[str], word: str, taken: Collection[str]) -> str:
    if _holds(kind, name) and name not in taken:
        return name
    made = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")
    made = made if made[:1].isalpha() else f"{word}_{made}" if made else word
    made = made[:LONGEST]
    if not _holds(kind, made):
        made = f"{made[: LONGEST - 7]}_answer" if word == "code" else f"{made[: LONGEST - 2]}_q"
    free, number = made, 2
    while free in taken:
        free = f"{made[: LONGEST - 1 - len(str(number))]}_{number}"
        number += 1 if number < CLOSE else len(taken)
    return free


def _holds(kind: TypeAdapter[str], name: str) -> bool:
    try:
        kind.validate_python(name)
    except ValidationError:
        return False
    return True
