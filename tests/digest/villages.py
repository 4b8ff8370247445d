"""Simulated villages that answered a survey of the library, as the figures anybody may see of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.core.blocks import Block, Publishable, Rule, count, publish
from bot.core.cells import Node, layout
from bot.core.course import settle
from bot.core.indexes import sums
from bot.core.survey import Answer, Survey
from bot.demo.model import villagers
from bot.digest import Compared

K = 10


def village(survey: Survey, people: int, seed: int) -> Publishable:
    """What is shown when so many people have answered: one block for each cell that has ten, one for the rest."""
    partition = layout(survey, None, K).partition
    cells: dict[Node, list[tuple[Mapping[str, Answer], str]]] = defaultdict(list)
    for one in villagers(survey, people, seed):
        answers = settle(survey, one.answers, one.number)
        cells[partition.cell(answers)].append((answers, one.language))
    rest = [person for crowd in cells.values() if len(crowd) < K for person in crowd]
    closed = {node: crowd for node, crowd in cells.items() if len(crowd) >= K} | (
        {(): rest} if len(rest) >= K else {}
    )
    blocks = [
        Block(no, node, len(crowd), False, count(survey, crowd), sums(survey, (answers for answers, _ in crowd)))
        for no, (node, crowd) in enumerate(sorted(closed.items()), start=1)
    ]
    return publish(survey, "w1", partition, Rule(K, 2), blocks)


def two_waves(survey: Survey, people: int, seed: int) -> Compared:
    """A wave and the one before it, whose last question was another version."""
    earlier = replace(survey, questions=(*survey.questions[:-1], replace(survey.questions[-1], version=2)))
    return Compared(village(survey, people, seed), village(survey, people, seed + 1), earlier, date(2026, 6, 1))
