"""The cells of a wave: by which groups it may be shown, fixed before it opens by how many people there are.

Laws (W4 of docs/security.md: ten of a village's twelve women are known by name):
1. Under 3 k people there is no wave. A gender needs 3 k people, a district 10 k and 3 k of each gender shown.
2. Who is in too small a district counts in the cell without a district, together with the smallest other
   districts until those joined are large enough too: what is left of a total is then no small district either.
3. Who is of too small a gender counts with those who did not say theirs, as long as two genders are shown.
4. People nobody stated are shared out evenly; where nothing is stated, nothing is measured.
Cells depend on the survey and on what was stated at the opening, never on an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from bot.core.survey import UNKNOWN, Answer, CellPart, Survey, worded

USUAL_BLOCK = 10
"""k unless an installation says otherwise: as in the ONS Longitudinal Study."""

WHOLE_TIMES, GENDER_TIMES, DISTRICT_TIMES = 3, 3, 10
"""How many times k people a wave, a gender and a district need."""

DISTRICT, GENDER, AGE = "district", "gender", "age"
_ORDER = (DISTRICT, GENDER, AGE)
_DROPPED = (AGE, DISTRICT, GENDER)

SHOWN, SMALL, JOINED = "shown", "small", "joined"
"""What becomes of a group: shown by itself; too small; large enough, but joined with those too small."""

Node = tuple[tuple[str, str], ...]
"""The dimensions left, each with its code: (("district", "swat"), ("gender", "woman")); () is the wave."""

Populations = Mapping[Node, int]
"""How many people could be asked in a district, of a gender, or of a gender in a district."""


class SmallPopulation(ValueError):
    """The community is so small that a block would name its people; `least` is the smallest allowed."""

    def __init__(self, population: int, k: int) -> None:
        self.least = WHOLE_TIMES * k
        super().__init__(
            f"About {population} people are too few: {self.least} are needed ({WHOLE_TIMES} x {k}), "
            "so that a group shown is not everybody. Ask a larger area, or join with a neighbouring one."
        )


class WrongPopulation(ValueError):
    """What was stated of a group cannot be: the text says why."""


@dataclass(frozen=True)
class Partition:
    """The cells of one wave; `parts` in the order district, gender, age.

    Who has one of the codes `joined` (dimension, code) stands in the cell without that dimension.
    """

    parts: tuple[CellPart, ...]
    joined: frozenset[tuple[str, str]] = frozenset()

    def cell(self, answers: Mapping[str, Answer]) -> Node:
        """The one cell of a person; what was refused, not known, not asked or not grouped is `unknown`."""
        return self._named((part.name, _group(part, answers.get(part.question))) for part in self.parts)

    def nodes(self) -> tuple[Node, ...]:
        """Every finest cell there can be, whether or not anyone is in it."""
        names = [part.name for part in self.parts]
        codes = [part.codes for part in self.parts]
        return tuple(dict.fromkeys(self._named(zip(names, picked, strict=True)) for picked in product(*codes)))

    def shown(self, part: CellPart) -> tuple[str, ...]:
        """The groups of a dimension that are shown by themselves, where enough people answered."""
        return tuple(code for code in part.codes if code != UNKNOWN and (part.name, code) not in self.joined)

    def levels(self) -> tuple[frozenset[str], ...]:
        """The dimensions kept at each step of merging upward, from one dropped to none left."""
        names = [part.name for part in self.parts]
        own = [name for name in reversed(names) if name not in _DROPPED]
        levels, kept = [], set(names)
        for name in (*own, *(name for name in _DROPPED if name in names)):
            kept.remove(name)
            levels.append(frozenset(kept))
        return tuple(levels)

    def _named(self, pairs: Iterable[tuple[str, str]]) -> Node:
        return tuple(pair for pair in pairs if pair not in self.joined)


@dataclass(frozen=True)
class Size:
    """The arithmetic of one group: its people, and how many times k it needs; `fate` says what follows."""

    node: Node
    people: int
    times: int
    k: int
    fate: str

    @property
    def least(self) -> int:
        """How many people it needs."""
        return self.times * self.k


@dataclass(frozen=True)
class Layout:
    """How a wave will be shown: its cells, the dimensions it is not shown by, and the arithmetic."""

    partition: Partition
    left_out: tuple[str, ...]
    sizes: tuple[Size, ...]


def layout(
    survey: Survey, population: int | None, k: int = USUAL_BLOCK, populations: Populations | None = None
) -> Layout:
    """The cells by which a wave is shown, given how many people could be asked, in all and by group.

    Raises SmallPopulation under 3 k people, and WrongPopulation where groups are unknown or do not add up.
    """
    parts = {part.name: part for part in sorted(survey.cells, key=_place)}
    count = _Count(parts, population, populations or {})
    if count.whole is not None and count.whole < WHOLE_TIMES * k:
        raise SmallPopulation(count.whole, k)
    genders, few = _genders(count, k)
    districts, joined = _districts(count, k, [code for code in count.codes(GENDER) if code not in few])
    left_out = tuple(
        name for name, gone in ((DISTRICT, joined), (GENDER, few)) if gone and len(gone) == len(count.codes(name))
    )
    kept = tuple(
        _without(part, few) if name == GENDER else part for name, part in parts.items() if name not in left_out
    )
    apart = frozenset((DISTRICT, code) for code in joined if DISTRICT not in left_out)
    return Layout(Partition(kept, apart), left_out, (*districts, *genders))


def label(survey: Survey, node: Node, language: str) -> str:
    """A group of one dimension in words: the answer's own, or the code where a group holds several answers."""
    ((name, code),) = node
    part = next(part for part in survey.cells if part.name == name)
    options = [one for one in survey.question(part.question).options if part.groups.get(one.code) == code]
    return worded(options[0].label, language) if len(options) == 1 else code


@dataclass(frozen=True)
class _Count:
    """How many people there are, as stated and shared out; None where nobody stated enough to tell."""

    parts: Mapping[str, CellPart]
    population: int | None
    stated: Populations
    whole: int | None = field(init=False)

    def __post_init__(self) -> None:
        known = {(name, code) for name in (DISTRICT, GENDER) for code in self.codes(name)}
        allowed = ([DISTRICT], [GENDER], [DISTRICT, GENDER])
        for node, people in self.stated.items():
            words = "/".join(f"{name}={code}" for name, code in node)
            if [name for name, _ in node] not in allowed or not known.issuperset(node):
                raise WrongPopulation(
                    f"'{words}' is no group whose people can be stated: name a district, a gender, or a district "
                    "and a gender, by the codes of the survey's cells, as in district=swat/gender=woman."
                )
            if people < 0:
                raise WrongPopulation(f"'{words}' cannot have {people} people.")
        object.__setattr__(self, "whole", self._whole())
        for name in (DISTRICT, GENDER):
            self._fit("", [((name, code),) for code in self.codes(name)], self.whole)
        for code in self.codes(DISTRICT):
            inside = [((DISTRICT, code), (GENDER, gender)) for gender in self.codes(GENDER)]
            self._fit(f"{DISTRICT}={code}", inside, self.of(DISTRICT, code))

    def codes(self, name: str) -> tuple[str, ...]:
        """The groups of a dimension, `unknown` left out."""
        return self.parts[name].codes[:-1] if name in self.parts else ()

    def of(self, name: str, code: str) -> int | None:
        """The people of a district or gender: as stated, or an even share of those nobody stated."""
        if ((name, code),) in self.stated:
            return self.stated[((name, code),)]
        if self.whole is None:
            return None
        unstated = [one for one in self.codes(name) if ((name, one),) not in self.stated]
        return max(0, self.whole - self._sum(name)) // len(unstated)

    def within(self, district: str, gender: str) -> int | None:
        """The people of a gender in a district: as stated, or by the gender's part in the whole wave."""
        if ((DISTRICT, district), (GENDER, gender)) in self.stated:
            return self.stated[(DISTRICT, district), (GENDER, gender)]
        here = self.of(DISTRICT, district)
        inside = {one: self.stated.get(((DISTRICT, district), (GENDER, one))) for one in self.codes(GENDER)}
        parts = {one: self.of(GENDER, one) for one, people in inside.items() if people is None}
        part, all_parts = parts[gender], [part for part in parts.values() if part is not None]
        if here is None or part is None:
            return None
        return (here - sum(people or 0 for people in inside.values())) * part // max(1, sum(all_parts))

    def _whole(self) -> int | None:
        if self.population is not None:
            return self.population
        for name in (DISTRICT, GENDER):
            codes = self.codes(name)
            if codes and all(((name, code),) in self.stated for code in codes):
                return self._sum(name)
        return None

    def _sum(self, name: str) -> int:
        return sum(self.stated.get(((name, code),), 0) for code in self.codes(name))

    def _fit(self, of: str, nodes: Sequence[Node], most: int | None) -> None:
        stated = sum(self.stated.get(node, 0) for node in nodes)
        if most is not None and stated > most:
            where = f"in {of}" if of else "in all"
            raise WrongPopulation(
                f"The groups stated have {stated} people together, but there are {most} {where}."
            )


def _genders(count: _Count, k: int) -> tuple[list[Size], list[str]]:
    """The genders measured, and those not shown: all, where one would be left and tell of the others."""
    people = {code: count.of(GENDER, code) for code in count.codes(GENDER)}
    few = [code for code, n in people.items() if n is not None and n < GENDER_TIMES * k]
    gone = list(people) if few and len(people) - len(few) < 2 else few
    return _sizes(GENDER, people, GENDER_TIMES, k, few, gone), gone


def _districts(count: _Count, k: int, genders: list[str]) -> tuple[list[Size], list[str]]:
    """The districts measured, and those joined: the small ones, and more until they are large together."""
    people = {code: count.of(DISTRICT, code) for code in count.codes(DISTRICT)}

    def enough(codes: list[str]) -> bool:
        needs = [([people[code] for code in codes], DISTRICT_TIMES)]
        needs += [([count.within(code, gender) for code in codes], GENDER_TIMES) for gender in genders]
        return all(None in some or sum(n or 0 for n in some) >= times * k for some, times in needs)

    small = [code for code in people if not enough([code])]
    joined, others = list(small), [code for code in people if code not in small]
    others.sort(key=lambda code: (people[code] is None, people[code]))
    while joined and others and not enough(joined):
        joined.append(others.pop(0))
    return _sizes(DISTRICT, people, DISTRICT_TIMES, k, small, joined), joined


def _sizes(
    name: str, people: Mapping[str, int | None], times: int, k: int, small: list[str], gone: list[str]
) -> list[Size]:
    fates = {code: SMALL if code in small else JOINED if code in gone else SHOWN for code in people}
    return [Size(((name, code),), n, times, k, fates[code]) for code, n in people.items() if n is not None]


def _without(part: CellPart, small: list[str]) -> CellPart:
    return replace(part, groups={code: group for code, group in part.groups.items() if group not in small})


def _group(part: CellPart, answer: Answer | None) -> str:
    return part.groups.get(answer, UNKNOWN) if isinstance(answer, str) else UNKNOWN


def _place(part: CellPart) -> int:
    return _ORDER.index(part.name) if part.name in _ORDER else len(_ORDER)
