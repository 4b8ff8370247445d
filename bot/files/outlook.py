"""How a survey would fare among people: which groups it would not show, and which questions nobody could hear.

Neither is a mistake of the file: the first depends on how many people there are, the second on recordings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.cells import SHOWN, SmallPopulation, layout
from bot.core.survey import Survey
from bot.files.plain import Plain
from bot.files.problems import Notes
from bot.files.texts import entries, items, languages_of


def unshown(survey: Survey, plain: Plain, notes: Notes, population: int, k: int) -> None:
    """Note the groups that so many people, shared out evenly, are too few for (`bot/core/cells.py`)."""
    try:
        plan = layout(survey, population, k)
    except SmallPopulation as error:
        notes.add("population-small", plain.line(("cells",)), found=population, least=error.least, k=k)
        return
    for name in dict.fromkeys(size.node[0][0] for size in plan.sizes):
        gone = [size for size in plan.sizes if size.node[0][0] == name and size.fate != SHOWN]
        if gone:
            codes = ", ".join(size.node[0][1] for size in gone)
            found = {"found": gone[0].people, "times": gone[0].times, "k": k, "least": gone[0].least}
            notes.add("groups-unshown", plain.line(("cells", name)), name=name, codes=codes, **found)


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
