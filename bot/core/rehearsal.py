"""A rehearsal of a wave: invented people answer for some weeks, and blocks close by the real rule.

Laws:
1. The same survey, plan and chance give the same rehearsal.
2. Blocks close at the plan's releases and at the end, by `closings` alone; figures are made by `publish` alone.
3. Nobody is asked, and nothing is read or kept: all of it is drawn by the chance that is handed in.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.blocks import MERGING_RELEASE, Block, Publishable, Rule, Waiting, closings, count, publish
from bot.core.cells import Node, Partition, layout
from bot.core.course import is_kept, settle
from bot.core.indexes import sums
from bot.core.invented import Chance, Model, answers
from bot.core.order import drawn
from bot.core.survey import UNKNOWN, Answer, Survey, without_minors

WEEKS = 4
"""For so many weeks invented people answer, one day as likely as another."""

LAST_DAY = 7 * WEEKS

DAYS = {"weekly": 7, "daily": 1}
"""How many days lie between two releases."""

DWELL = 2
"""Daily ticks until an answer has waited long enough, and until the last release of a wave that closes."""

MOST_SEED = 2**63 - 1

WAVE = "rehearsal"
"""What a rehearsal is called in the place of a wave."""


@dataclass(frozen=True)
class Plan:
    """What a wave would be opened with: how many people could be asked, how many of them answer, how often answers
    are released, and the block rule."""

    people: int
    answers: int
    schedule: str
    rule: Rule


@dataclass(frozen=True)
class Seen:
    """What could be seen after a day: of how many people, and how many groups by themselves, of how many."""

    day: int
    people: int
    groups: int
    of: int


@dataclass(frozen=True)
class Rehearsed:
    """What is shown once the wave has ended, and what could be seen after each week before."""

    shown: Publishable
    seen: tuple[Seen, ...]


@dataclass(frozen=True)
class _Person:
    """One invented person: a name for the rule, the day of answering, and what is kept."""

    rid: bytes
    day: int
    node: Node
    answers: dict[str, Answer]
    language: str


class _Wave:
    """A wave of invented people: who waits, and the blocks that have closed."""

    def __init__(self, survey: Survey, plan: Plan, chance: Chance) -> None:
        self._survey = survey
        self._rule = plan.rule
        self._chance = chance
        self._partition = layout(survey, plan.people, plan.rule.k).partition
        people = [_person(survey, self._partition, number, chance) for number in range(plan.answers)]
        self._waiting = {one.rid: one for one in people}
        self._blocks: list[Block] = []

    def release(self, number: int, upto: int, *, merging: bool, final: bool = False) -> None:
        """Close what can be closed of the answers given up to a day."""
        waited = [Waiting(one.rid, one.node, first=True) for one in self._waiting.values() if one.day <= upto]
        for closing in closings(
            self._partition, waited, self._rule, merging=merging, final=final, draw=self._chance.sample
        ):
            them = [self._waiting.pop(rid) for rid in closing.rids]
            counts = count(self._survey, ((one.answers, one.language) for one in them))
            scored = sums(self._survey, (one.answers for one in them))
            no = len(self._blocks) + 1
            self._blocks.append(Block(no, closing.node, len(them), False, counts, scored, number))

    def shown(self) -> Publishable:
        """What has been released so far."""
        return publish(self._survey, WAVE, self._partition, self._rule, self._blocks)

    def seen(self, day: int) -> Seen:
        """The same in three numbers."""
        shown = self.shown()
        groups = [code for part in self._partition.parts for code in part.codes if code != UNKNOWN]
        return Seen(day, shown.n, len(shown.groups), len(groups))


def rehearse(survey: Survey, plan: Plan, chance: Chance) -> Rehearsed:
    """Let invented people answer, and release what they said. Raises SmallPopulation as an opening would."""
    wave = _Wave(without_minors(survey), plan, chance)
    seen: list[Seen] = []
    days = range(DAYS[plan.schedule], LAST_DAY + 1, DAYS[plan.schedule])
    for number, day in enumerate(days, start=1):
        wave.release(number, day - DWELL, merging=number % MERGING_RELEASE == 0)
        if day % 7 == 0:
            seen.append(wave.seen(day))
    wave.release(len(days) + 1, LAST_DAY, merging=True, final=True)
    return Rehearsed(wave.shown(), (*seen, wave.seen(LAST_DAY + DWELL)))


def _person(survey: Survey, partition: Partition, number: int, chance: Chance) -> _Person:
    seed = chance.randint(0, MOST_SEED)
    arms: dict[str, Answer] = {one.id: drawn(one, seed) for one in survey.questions if one.type == "arm"}
    given = settle(survey, answers(survey, chance, Model(), arms), seed)
    kept = {id: answer for id, answer in given.items() if is_kept(survey.question(id))}
    day, language = chance.randint(1, LAST_DAY), chance.choice(survey.offered)
    return _Person(number.to_bytes(4), day, partition.cell(kept), kept, language)
