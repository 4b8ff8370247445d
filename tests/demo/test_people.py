"""Simulated people answer whatever a survey asks, of every kind, in every language.

1. Whatever the model makes for a person fits the questions, their filters and their constraints.
2. On phones they come to the end of every example, and what is kept is what the model made.
3. Figures of every kind come out of their answers, and the summary and the codebook name them in words.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot import nature
from bot.core import steward_key
from bot.core.blocks import Block, Rule, count, publish
from bot.core.cells import layout
from bot.core.flow import fits, settle
from bot.core.questions import TYPES
from bot.core.survey import LANGUAGES, Answer, Survey
from bot.demo.model import Villager, villagers
from bot.demo.people import answer_all
from bot.digest import About, write
from bot.export import checked, rows
from bot.files.phrases import Phrases
from bot.files.shelf import pinned
from bot.files.surveys import load
from bot.store import Store, Terms, Wave
from tests.rig import ROOT, installed

EXAMPLES = sorted((ROOT / "surveys" / "examples").glob("*.yaml"))
PHRASES = Phrases.load()
K = 5


def survey(path: Path) -> Survey:
    """The survey of a file."""
    loaded = load(path)
    assert loaded.survey is not None
    return loaded.survey


def kept(asked: Survey, villager: Villager, seed: int) -> dict[str, Answer]:
    """What stands in the place of a person who gave these answers."""
    return settle(asked, villager.answers, seed)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_whatever_the_model_makes_fits(path: Path) -> None:
    asked = survey(path)
    for villager in villagers(asked, 60, 3):
        assert all(fits(asked.question(id), answer) for id, answer in villager.answers.items())
        given = {id for id in villager.answers if not TYPES[asked.question(id).type].hidden}
        arms = {question.id for question in asked.questions if question.type == "arm"}
        assert given <= set(kept(asked, villager, 1)), "offered, and as is asked of it"
        assert arms.isdisjoint(villager.answers)


@pytest.mark.slow
def test_people_answer_every_example_on_their_phones(tmp_path: Path) -> None:
    key = steward_key.written(bytes(range(32)))
    with installed(tmp_path, AITBAR_STEWARD_KEY=key, AITBAR_LOG_LEVEL="INFO") as rig:
        rig.start_bot()
        store = Store(f"sqlite:///{tmp_path}/data/aitbar.db", tmp_path / "keys", pinned)
        waves: dict[str, Survey] = {}
        for path in EXAMPLES:
            loaded = load(path)
            assert loaded.survey is not None
            with store.transaction() as tx:
                waves[tx.waves.open(loaded.document, Terms(steward_key=bytes(range(32))), nature.now())] = (
                    loaded.survey
                )
        store.close()
        people = {wave: villagers(asked, 3, 40 + n) for n, (wave, asked) in enumerate(waves.items())}
        asyncio.run(_all(rig.url, waves, people))
        bodies = [(row["wave"], json.loads(row["body"])) for row in rig.rows("pool")]
    for wave, asked in waves.items():
        got = sorted(json.dumps(body["answers"], sort_keys=True) for of, body in bodies if of == wave)
        assert len(got) == 3
        if not asked.open_text:  # what was skipped is kept otherwise
            assert got == sorted(
                _body(asked, one, json.loads(said)) for one, said in _paired(asked, people[wave], got)
            )


async def _all(url: str, waves: dict[str, Survey], people: dict[str, list[Villager]]) -> None:
    for at, (wave, asked) in enumerate(waves.items()):
        others = [Villager(3 * at + one.number, one.language, one.answers) for one in people[wave]]
        await answer_all(url, wave, asked, PHRASES, others, lambda _done: None)


def _paired(asked: Survey, people: list[Villager], got: list[str]) -> list[tuple[Villager, str]]:
    """Each person with the answers that are theirs, found by all that was not left to chance."""
    arms = {question.id for question in asked.questions if question.type == "arm"}
    left = list(got)
    pairs = []
    for one in people:
        wanted = json.loads(json.dumps({id: answer for id, answer in one.answers.items() if _is_kept(asked, id)}))
        said = next(s for s in left if {k: v for k, v in json.loads(s).items() if k not in arms} == wanted)
        left.remove(said)
        pairs.append((one, said))
    return pairs


def _is_kept(asked: Survey, id: str) -> bool:
    return TYPES[asked.question(id).type].kept and asked.question(id).keep


def _body(asked: Survey, one: Villager, said: dict[str, Answer]) -> str:
    arms = {id: answer for id, answer in said.items() if asked.question(id).type == "arm"}
    assert all(answer in asked.question(id).codes for id, answer in arms.items())
    own = {id: answer for id, answer in one.answers.items() if _is_kept(asked, id)}
    return json.dumps({**own, **arms}, sort_keys=True)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_figures_and_words_come_out_of_their_answers(path: Path) -> None:
    asked = survey(path)
    answers = [(kept(asked, one, one.number), one.language) for one in villagers(asked, 200, 5)]
    rule = Rule(K, 1)
    block = Block(1, (), len(answers), False, count(asked, answers))
    shown = publish(asked, "WAVE", layout(asked, None, K).partition, rule, [block])
    assert set(shown.indicators) == {indicator.id for indicator in asked.indicators}
    for language in LANGUAGES:
        digest = write(shown, asked, PHRASES, language, About(nature.now().date()))
        assert "${" not in digest.text
        assert all(bar.title in digest.text for bar in digest.says)
    wave = Wave("WAVE", asked, Terms(), "open", nature.now(), nature.now(), 0, 0)
    book = rows.files(wave, checked(asked, (), K), PHRASES)["codebook.csv"]
    assert isinstance(book, bytes)
    for question in asked.questions:
        wanted = TYPES[question.type].kept and question.keep and not TYPES[question.type].own_words
        assert (f'"{question.id}","{question.type}"'.encode() in book) is wanted
