"""Who is reached: groups held against what was aimed at and against the census, what might help, and aims stated.

Laws:
1. A group's share is a sum over all released blocks, as the Publishable holds it: no node's label is read, no
   withdrawal and no merging moves it, and what is too small to be shown is no share here.
2. A group is behind only where chance does not explain it: the upper limit of its share lies under the aim, or
   the upper limit of its ratio to the census under four fifths.
3. What might help follows from the groups behind and from what everybody may know of the wave.
4. An aim turns nobody away, and names a group that can be shown at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bot.core import media
from bot.core.blocks import Figure, Publishable, Shown, points
from bot.core.cells import DISTRICT, Partition
from bot.core.census import REGIONS
from bot.core.indicators import UNDER_REPRESENTED, Interval, representation, wilson
from bot.core.mix import WOMEN, YOUTH
from bot.core.survey import Survey

LANGUAGE = "language"
KINDS = (WOMEN, YOUTH, DISTRICT, LANGUAGE)

HALF = 50
"""What is usually aimed at for women, in per cent."""

MOST_TARGETS = 40
"""The districts of a large province, women, youth and three languages: a longer list fits into no message."""

_SAID = re.compile(r"(women|youth)=(\d{1,4})|(district|language)=([A-Za-z0-9_]{1,32}):(\d{1,4})", re.ASCII)


class WrongTarget(ValueError):
    """An aim that cannot be: the text says why, and what to write instead."""


@dataclass(frozen=True)
class Group:
    """Women, youth, or one district or language with its code."""

    kind: str
    code: str = ""

    @property
    def key(self) -> str:
        """As aims name it: women, district=swat."""
        return f"{self.kind}={self.code}" if self.code else self.kind


@dataclass(frozen=True)
class Reached:
    """How far a group is reached; without a figure nothing of it may be shown.

    `target` is in per cent. `census` is its share, from 0 to 1, of those who may answer and live there, `ratio`
    how often it answered for each time it stands there, with 95 % limits; both are known of women and youth.
    """

    group: Group
    figure: Figure | None
    target: int | None = None
    census: float | None = None

    @property
    def ratio(self) -> Interval | None:
        """Its share of those who answered, divided by its share in the census."""
        if self.figure is None or self.census is None:
            return None
        return representation(points(self.figure.share) / 100, self.figure.n, self.census)

    @property
    def missing(self) -> bool:
        """Whether clearly fewer of it answered than live there."""
        return self.ratio is not None and self.ratio.high < UNDER_REPRESENTED

    @property
    def under_aim(self) -> bool:
        """Whether it is clearly under what was aimed at."""
        return self.figure is not None and self.target is not None and self.figure.high < self.target

    @property
    def aim_met(self) -> bool:
        """Whether it is clearly not under what was aimed at."""
        return self.figure is not None and self.target is not None and self.figure.low >= self.target

    @property
    def behind(self) -> bool:
        """Whether it is under its aim, or missing."""
        return self.missing or self.under_aim

    @property
    def part_of_due(self) -> float:
        """Which part of its due is reached, of the larger one where both are known; 1 where none is."""
        due = max(self.census or 0.0, (self.target or 0) / 100)
        return points(self.figure.share) / 100 / due if self.figure is not None and due else 1.0


def reached(shown: Publishable, survey: Survey, minors: bool) -> tuple[Reached, ...]:
    """Women, youth, each district and each language in which the survey is offered, in this order.

    The aims are those of the survey as the wave has it (`targets`). `minors` where people of 15 to 17 may answer.
    """
    census: Mapping[str, float] = {}
    if survey.reach is not None:
        region = REGIONS[survey.reach.census]
        census = {WOMEN: region.women(minors), YOUTH: region.youth(minors)}
    return tuple(
        Reached(group, _figure(group, shown), survey.targets.get(group.key), census.get(group.kind))
        for group in groups(survey)
    )


def groups(survey: Survey) -> tuple[Group, ...]:
    """The groups that can be told apart in a survey; of a single language there is nothing to tell."""
    reach = survey.reach
    people = [] if reach is None else [who for who in (WOMEN, YOUTH) if getattr(reach, who) is not None]
    languages = survey.offered if len(survey.offered) > 1 else ()
    return (
        *map(Group, people),
        *(Group(DISTRICT, code) for code in _districts(survey)),
        *(Group(LANGUAGE, code) for code in languages),
    )


def weakest(found: Iterable[Reached]) -> Reached | None:
    """Of the groups behind the one that is furthest from its due; the first of those equally far."""
    return min((one for one in found if one.behind), key=lambda one: one.part_of_due, default=None)


# -- what might help --------------------------------------------------------------------------------------

RECORD, INVITE, SHARE, EVENING, PHONES = "record", "invite", "share", "evening", "phones"
SCHOOLS, THERE, SPEAKER = "schools", "there", "speaker"
WAYS = (RECORD, INVITE, SHARE, EVENING, PHONES, SCHOOLS, THERE, SPEAKER)
"""What might help, as phrases name it, in the order in which it is said."""


def ways(behind: Collection[Reached], survey: Survey, invited: bool, slots: int) -> tuple[str, ...]:
    """What might help the groups behind, given what everybody may know of a wave: what of its survey can be heard,
    whether it is only for invited people, and how many may answer on one phone."""
    kinds = {one.group.kind for one in behind}
    spoken = {one.group.code for one in behind if one.group.kind == LANGUAGE}
    silent = {language for language, (n, total) in media.heard(survey).items() if n < total}
    found = set()
    if (WOMEN in kinds and silent) or spoken & silent:
        found.add(RECORD)
    if WOMEN in kinds:
        found |= {INVITE if invited else SHARE, EVENING, *((PHONES,) if slots == 1 else ())}
    if YOUTH in kinds:
        found.add(SCHOOLS)
    if DISTRICT in kinds:
        found.add(THERE)
    if LANGUAGE in kinds:
        found.add(SPEAKER)
    return tuple(way for way in WAYS if way in found)


# -- aims stated for a wave -------------------------------------------------------------------------------


def usual(survey: Survey, minors: bool) -> dict[str, int]:
    """The usual aims: half women, and youth as they stand in the census."""
    if survey.reach is None:
        return {}
    found = {WOMEN: HALF, YOUTH: round(100 * REGIONS[survey.reach.census].youth(minors))}
    return {who: aim for who, aim in found.items() if getattr(survey.reach, who) is not None}


def read_targets(said: Iterable[str]) -> dict[str, int]:
    """The aims that somebody typed: women=50, district=swat:30. Raises WrongTarget."""
    found: dict[str, int] = {}
    for one in said:
        match = _SAID.fullmatch(one)
        if match is None:
            raise WrongTarget(
                f"'{one}' is no aim. Write women=50, youth=40, district=swat:30 or language=ps:60: whole numbers, "
                "in per cent of those who answer."
            )
        who, share, kind, code, of = match.groups()
        key = who or f"{kind}={code}"
        if key in found:
            raise WrongTarget(f"'{key}' is stated twice. State each aim once.")
        found[key] = int(share or of)
    return found


def check_targets(targets: Mapping[str, int], survey: Survey, partition: Partition) -> None:
    """Raise WrongTarget where a wave of this survey, shown by this partition, cannot have these aims."""
    if len(targets) > MOST_TARGETS:
        raise WrongTarget(f"{len(targets)} aims are too many: state {MOST_TARGETS} or fewer, the most important.")
    known = {group.key for group in groups(survey)}
    shown = {
        f"{DISTRICT}={code}" for part in partition.parts if part.name == DISTRICT for code in partition.shown(part)
    }
    for key, share in targets.items():
        if not 1 <= share <= 100:
            raise WrongTarget(f"The aim for '{key}' is {share} %. A share lies between 1 and 100 %.")
        if key not in known:
            raise WrongTarget(_unknown(key, survey, known))
        if key.startswith(f"{DISTRICT}=") and key not in shown:
            raise WrongTarget(
                f"'{key}' has too few people to be shown by itself, so nobody could see its aim. Leave it out."
            )
    for kind in (DISTRICT, LANGUAGE):
        together = sum(share for key, share in targets.items() if key.startswith(f"{kind}="))
        if together > 100:
            raise WrongTarget(f"The aims for every {kind} come to {together} % together. Keep them within 100 %.")


def _unknown(key: str, survey: Survey, known: Collection[str]) -> str:
    if key in (WOMEN, YOUTH):
        return (
            f"The survey '{survey.id}' does not say who {key} are: add '{key}:' to 'reach', or leave the aim out."
        )
    kind = key.partition("=")[0]
    codes = [one.partition("=")[2] for one in known if one.startswith(f"{kind}=")]
    if not codes:
        return f"The survey '{survey.id}' does not tell one {kind} from another, so '{key}' cannot be an aim."
    return f"The survey '{survey.id}' has no '{key}'. It has: {', '.join(sorted(codes))}."


# -- figures ----------------------------------------------------------------------------------------------


def _districts(survey: Survey) -> tuple[str, ...]:
    return tuple(code for part in survey.cells if part.name == DISTRICT for code in part.codes[:-1])


def _figure(group: Group, shown: Publishable) -> Figure | None:
    if group.kind == DISTRICT:
        return shown.districts.get(group.code)
    if group.kind == LANGUAGE:
        share = shown.languages.get(group.code)
        return None if share is None or not shown.n else _of(share, shown.n)
    return shown.reach.get(group.kind)


def _of(share: Shown, n: int) -> Figure:
    """A share of everybody with the interval of exactly what is shown."""
    low, high = wilson(points(share) / 100, n)
    return Figure(n, share, round(100 * low, 1), round(100 * high, 1))
