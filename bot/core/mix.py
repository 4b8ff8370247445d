"""Shares as they would be if women and men, young and older had answered as they live there.

Laws:
1. All is made of shown figures of each gender of each age, so that it gives nothing finer than they do.
2. There are none with fewer than a hundred answers, where a group is not shown, and where weighting would cost
   more than half of the answers; then it is said which of the three it was.
3. A weighted share is shown to 5 points, like any other, and never in place of the plain one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.blocks import STEP, Figure, Publishable, points
from bot.core.cells import AGE, GENDER, Node
from bot.core.census import REGIONS
from bot.core.survey import CellPart, Survey
from bot.core.weights import LEAST_PEOPLE, MOST_DEFF, NoWeights, rake, trim, weighted

WOMEN, MEN, YOUTH, OLDER = "women", "men", "youth", "older"

FEW, MISSING, COSTLY = "few", "missing", "costly"
"""Why there is no weighted share: too few answers, a group that is not shown, or a price that is too high."""

Person = tuple[str, str]
"""Women or men, youth or older."""


@dataclass(frozen=True)
class Reweighted:
    """A weighted share in percent with its 95 % limits, its design effect, and how many answers it is worth."""

    share: int
    low: float
    high: float
    deff: float
    n_eff: int


def reweighted(shown: Publishable, survey: Survey, minors: bool) -> dict[str, Reweighted | str]:
    """For each indicator shown its weighted share, or why there is none."""
    groups = _groups(survey)
    margins = _margins(survey, minors)
    return {id: _share(id, figure, shown, groups, margins) for id, figure in shown.indicators.items()}


def _share(
    id: str,
    figure: Figure,
    shown: Publishable,
    groups: Mapping[Node, Person],
    margins: tuple[Mapping[str, float], Mapping[str, float]] | None,
) -> Reweighted | str:
    if figure.n < LEAST_PEOPLE:
        return FEW
    if margins is None or not groups:
        return MISSING
    sample: dict[tuple[str, ...], int] = {}
    said: dict[tuple[str, ...], float] = {}
    for node, person in groups.items():
        inside = shown.joint.get(node, {}).get(id)
        if inside is None:
            return MISSING
        sample[person] = sample.get(person, 0) + inside.n
        said[person] = said.get(person, 0.0) + inside.n * points(inside.share) / 100
    try:
        weights = trim(rake(sample, margins), sample)
    except NoWeights:
        return MISSING
    found = weighted(weights, sample, said)
    if found.deff > MOST_DEFF:
        return COSTLY
    return Reweighted(
        share=STEP * int(100 * found.share.value / STEP + 0.5),
        low=round(100 * found.share.low, 1),
        high=round(100 * found.share.high, 1),
        deff=round(found.deff, 1),
        n_eff=int(found.n_eff) // STEP * STEP,
    )


def _margins(survey: Survey, minors: bool) -> tuple[Mapping[str, float], Mapping[str, float]] | None:
    if survey.reach is None:
        return None
    region = REGIONS[survey.reach.census]
    women, youth = region.women(minors), region.youth(minors)
    return {WOMEN: women, MEN: 1 - women}, {YOUTH: youth, OLDER: 1 - youth}


def _groups(survey: Survey) -> dict[Node, Person]:
    """Which group of the cells is whom in the census; empty where the cells do not tell women, men and youth."""
    parts = {part.name: part for part in survey.cells}
    if survey.reach is None or GENDER not in parts or AGE not in parts:
        return {}
    genders = _sides(parts[GENDER], survey.reach.women, WOMEN, MEN, only=("man",))
    ages = _sides(parts[AGE], survey.reach.youth, YOUTH, OLDER)
    if set(genders.values()) != {WOMEN, MEN} or set(ages.values()) != {YOUTH, OLDER}:
        return {}
    return {
        ((GENDER, gender), (AGE, age)): (person, old)
        for gender, person in genders.items()
        for age, old in ages.items()
    }


def _sides(
    part: CellPart, wanted: tuple[str, tuple[str, ...]] | None, one: str, other: str, only: tuple[str, ...] = ()
) -> dict[str, str]:
    """Each group of a dimension, and on which side it stands; a group that stands on both tells nothing.

    With `only` no other group stands on the other side: the census counts men and women.
    """
    if wanted is None or wanted[0] != part.question:
        return {}
    sides: dict[str, str] = {}
    for code, group in part.groups.items():
        side = one if code in wanted[1] else other
        if sides.setdefault(group, side) != side:
            return {}
    return {group: side for group, side in sides.items() if side == one or not only or group in only}
