"""Many simulated people answer a survey that ships: figures for every kind of picture, in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache

from bot.core.blocks import Block, Publishable, Rule, count, publish
from bot.core.cells import Node, layout
from bot.core.flow import settle
from bot.core.indexes import sums
from bot.core.survey import Answer, Survey, Words
from bot.demo.model import Villager, villagers
from bot.digest import About, Compared, Digest, write
from bot.files.phrases import Phrases
from bot.files.surveys import load
from tests.rig import ROOT

K = 10
ABOUT = About(date(2026, 11, 22), "Good Neighbours", "Spring 2026")


def shipped(name: str) -> Survey:
    """A survey that ships."""
    loaded = load(ROOT / "surveys" / f"{name}.yaml")
    assert loaded.survey is not None
    return loaded.survey


def figures(survey: Survey, people: Iterable[Villager]) -> Publishable:
    """What is shown when these people answered: a block for each cell that is large enough, the rest in one."""
    partition = layout(survey, None).partition
    cells: dict[Node, list[tuple[dict[str, Answer], str]]] = defaultdict(list)
    for villager in people:
        given = settle(survey, villager.answers, 1)
        cells[partition.cell(given)].append((given, villager.language))
    few = [node for node, answers in cells.items() if len(answers) < K]
    cells[()] += [answer for node in few if node for answer in cells.pop(node)]
    blocks = [
        Block(no, node, len(them), False, count(survey, them), sums(survey, (given for given, _ in them)))
        for no, (node, them) in enumerate(sorted(cells.items()), start=1)
        if len(them) >= K
    ]
    return publish(survey, "w1", partition, Rule(K, 2, 1), blocks)


@cache
def waves(name: str, people: int) -> Compared:
    """Two waves of a survey that ships."""
    return asked_twice(shipped(name), people)


def asked_twice(survey: Survey, people: int) -> Compared:
    """Two waves of a survey: in the first one only women answered, who say yes less often."""
    women = [one for one in villagers(survey, people, 2) if one.answers["gender"] == "woman"]
    now, before = figures(survey, villagers(survey, people, 1)), figures(survey, women)
    return Compared(now, before, survey, date(2026, 6, 1))


@cache
def village(name: str, language: str, people: int = 500) -> Digest:
    """The digest of the second of these waves, beside the first."""
    compared = waves(name, people)
    return write(compared.now, compared.survey, Phrases.load(), language, ABOUT, compared)


def renamed(survey: Survey, words: Words) -> Survey:
    """The survey with the same words for every figure's title and its own."""
    return replace(survey, title=words, indicators=tuple(replace(one, title=words) for one in survey.indicators))
