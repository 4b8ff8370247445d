"""The kinds of question there are: one file each, and one table that names them all.

To add a kind: a file beside these, one line in `TYPES`, an example survey, a row in docs/authors.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.questions import (
    arm,
    calculate,
    choice,
    choices,
    date,
    grid,
    note,
    number,
    ranking,
    scale,
    text,
    voice,
    yes_no,
)
from bot.core.questions.kind import Kind

TYPES: Mapping[str, Kind] = {
    "choice": choice.KIND,
    "choices": choices.KIND,
    "scale": scale.KIND,
    "grid": grid.KIND,
    "number": number.KIND,
    "yes_no": yes_no.KIND,
    "date": date.KIND,
    "ranking": ranking.KIND,
    "note": note.KIND,
    "text": text.KIND,
    "voice": voice.KIND,
    "calculate": calculate.KIND,
    "arm": arm.KIND,
}

__all__ = ["TYPES", "Kind"]
