"""How a survey would fare among people: which groups it would not show, and which questions nobody could hear.

Neither is a mistake of the file: the first depends on how many people there are, the second on recordings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.cells import JOINED, SHOWN, Layout, SmallPopulation, layout
from bot.core.survey import Survey
from bot.files.plain import Plain
from bot.files.problems import Notes
from bot.files.texts import entries, items, languages_of


def unshown(survey: Survey, plain: Plain, notes: Notes, population: int, k: int) -> None:
    """Note every group that so many people are too few for, shared out evenly (`bot/core/cells.py`)."""
    try:
        plan = layout(survey, population, k)
    except SmallPopulation as error:
        notes.add("population-small", plain.line(("cells",)), found=population, least=error.least, k=k)
        return
    for name in dict.fromkeys(size.node[0][0] for size in plan.sizes):
        _dimension(plan, name, plain, notes)


def _dimension(plan: Layout, name: str, plain: Plain, notes: Notes) -> None:
    sizes = [size for size in plan.sizes if size.node[0][0] == name]
    for size in sizes:
        if size.fate != SHOWN:
            id = "group-joined" if size.fate == JOINED else "group-unshown"
            found = {"found": size.people, "times": size.times, "k": size.k, "least": size.least}
            notes.add(id, plain.line(("cells", name)), name=name, code=size.node[0][1], **found)


def unheard(said: Mapping[str, Any], plain: Plain, notes: Notes, every: bool) -> None:
    """Note the languages in which some questions, but not all, can be heard; with `every`, those of none too."""
    questions = [entries(one) for one in items(said.get("questions"))]
    for language in languages_of(said):
        silent = [
            str(one.get("id", f"question {number}"))
            for number, one in enumerate(questions, start=1)
            if not entries(one.get("audio")).get(language)
        ]
        if silent and (every or len(silent) < len(questions)):
            heard = len(questions) - len(silent)
            found = {"heard": heard, "all": len(questions), "silent": ", ".join(silent)}
            notes.add("audio-missing", plain.line(("questions",)), language=language, **found)
