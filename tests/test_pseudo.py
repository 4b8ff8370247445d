"""In a language that nobody speaks everything the bot says stands in brackets, and still fits.

1. The language itself is sound: same phrases, same values, half as long again.
2. On no screen of an interview, of the threshold or of the desk, and in no summary, stands a word that neither
   the catalogue nor the survey, nor whoever asks, has written.
3. With longer words no message is cut off, and every button keeps its act.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.chat.acts import Shelf
from bot.chat.desk import Desk
from bot.chat.words import TEXT_LIMIT, line, text
from bot.core import flow, roles, threshold
from bot.core.events import Agreed, Asked, Event, Typed
from bot.core.screen import Say, Screen, Text
from bot.core.survey import Question, Survey, worded
from bot.digest import write
from bot.files.check import check
from bot.files.phrases import Phrases, fill, weekday
from bot.files.surveys import load
from bot.store import Terms
from tests.chat.test_desk import NEEDS, values
from tests.digest.sample import ABOUT, BLOCKS, SURVEY, shown
from tests.pseudo import LONGER, OPEN, SHUT, catalogue, outside, stretched
from tests.store.sample import START, TRUST, kept, open_wave

ROOT = Path(__file__).parent.parent
SURVEYS = sorted((ROOT / "surveys").rglob("*.yaml"))
STEPS, WALKS = 120, 3
MARKS = "●☑☐✅ \n\u2068\u2069\u200f"
"""What the bot sets beside words of the survey: marks of what is chosen, directions, lines."""


@pytest.fixture(scope="module")
def phrases(tmp_path_factory: pytest.TempPathFactory) -> Phrases:
    """English as nobody speaks it."""
    folder = tmp_path_factory.mktemp("locales")
    catalogue(folder)
    return Phrases.load(folder)


# -- the language (promise 1) -----------------------------------------------------------------------------


def test_the_language_is_sound(tmp_path: Path) -> None:
    """Promise 1."""
    path = catalogue(tmp_path)
    assert [
        problem for problem in check([path]).problems if problem.level == "error" and problem.id != "button-wide"
    ] == []


def test_every_phrase_has_its_values_and_is_longer(phrases: Phrases) -> None:
    """Promise 1."""
    spoken = Phrases.load()
    assert phrases.ids == spoken.ids
    assert {id: phrases.values(id) for id in phrases.ids} == {id: spoken.values(id) for id in spoken.ids}
    longer = stretched("Write {n} or /stop.\\nThen wait.")
    assert longer.startswith(f"{OPEN}Wríté {{n}} ór /stop.\\nThéñ wáít.~")
    assert len(longer) >= round(31 * (1 + LONGER))
    assert longer.endswith(SHUT)


@pytest.mark.parametrize(("words", "rest"), [("⟦a⟦b⟧c⟧", ""), ("a⟦b⟧ c", "a c")])
def test_what_stands_outside_is_found(words: str, rest: str) -> None:
    """Promise 1."""
    assert outside(words) == rest


# -- what stands outside (promises 2 and 3) ---------------------------------------------------------------


def words_of(survey: Survey) -> set[str]:
    """Every English text of a survey, line by line as it may stand on a screen."""
    texts = [survey.title, survey.consent, survey.referral]
    for question in survey.questions:
        texts += [question.stem, question.heading, *(question.ends or ())]
        texts += [option.label for option in question.options]
        texts += [question.constraint.message] if question.constraint else []
    asked = [one for question in survey.questions for one in asked_words(survey, question)]
    return {
        one for words in (*asked, *(worded(words, "en") for words in texts if words)) for one in words.split("\n")
    }


def asked_words(survey: Survey, question: Question) -> Iterator[str]:
    """The English words of a question, with each answer that may stand in them."""
    if question.ask:
        told = [survey.question(id) for id in question.pipes]
        given = [[flow.NOT_SAID, *(worded(option.label, "en") for option in one.options)] for one in told]
        for picked in product(*given):
            yield fill("en", worded(question.ask, "en"), dict(zip(question.pipes, picked, strict=True)))


def strange(phrases: Phrases, screen: Screen, known: Iterable[str]) -> list[str]:
    """What stands on a screen that was written by nobody who may write there."""
    allowed = {one.strip(MARKS) for one in (*known, *flow.LANGUAGE_NAMES.values(), "")}
    whole = text(phrases, screen)
    labels = [line(phrases, screen.language, button.label) for row in screen.rows for button in row]
    assert len(whole) < TEXT_LIMIT
    assert all(label.strip(MARKS) for label in labels)
    lines = [one for words in (whole, *labels) for one in outside(words).split("\n")]
    return [one for one in lines if one.strip(MARKS) not in allowed]


def walked(survey: Survey, chance: random.Random) -> Iterator[Screen]:
    """The screens of somebody who taps about, and types now and then."""
    step = flow.begin(survey, "en")
    for _ in range(STEPS):
        yield step.screen
        if step.hint is not None:
            yield Screen("en", (step.hint,))
        if step.place is None:
            return
        taps: list[Event] = [button.does for row in step.screen.rows for button in row]  # type: ignore[misc]
        typed = [Typed(word) for word in ("7", "hello", "yes")]
        step = flow.step(survey, step.place, chance.choice([*taps, *taps, *typed]))
        if step.place is not None and step.place.language != "en":
            step = flow.begin(survey, "en")


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_an_interview_says_nothing_that_nobody_wrote(path: Path, phrases: Phrases) -> None:
    """Promises 2 and 3."""
    survey = load(path).survey
    assert survey is not None
    screens = [one for seed in range(WALKS) for one in walked(survey, random.Random(seed))]
    assert len(screens) > WALKS
    found = [one for screen in screens for one in strange(phrases, screen, words_of(survey))]
    assert found == []


def test_the_threshold_says_nothing_that_nobody_wrote(phrases: Phrases) -> None:
    """Promises 2 and 3."""
    survey = load(ROOT / "surveys" / "community-trust.yaml").survey
    assert survey is not None
    offered = replace(survey, consent={code: words.replace("{k}", "10") for code, words in survey.consent.items()})
    screens = [
        threshold.offer([("w", survey)], "en", 1),
        threshold.consent("w", offered, "Peace", 10, "en", 1, 0, by_kind=True),
        threshold.tell_result(Agreed("w", 1, "en", 1, 0)),
        threshold.uninvited("en", None),
        threshold.refused("en", 1),
        threshold.closed("en"),
        threshold.begun("w", "en", 1, another=True),
        threshold.start_over("w", "en", 1),
        threshold.answered("w", "en", 1, another=True),
        flow.thanks("en"),
        flow.screened_out("en"),
        flow.hidden("en"),
    ]
    known = {*words_of(offered), "Peace"}
    assert [one for screen in screens for one in strange(phrases, screen, known)] == []


def test_the_desk_says_nothing_that_nobody_wrote(tmp_path: Path, phrases: Phrases) -> None:
    """Promises 2 and 3: every act of an owner's desk."""
    desk = Desk(
        lambda: phrases,
        lambda: Shelf({"trust": (TRUST, {"survey": "trust"})}),
        lambda wave: f"https://t.me/a_bot?start={wave}",
        Terms(k=5, leave_behind=1, organisation="A community"),
        ZoneInfo("Asia/Karachi"),
    )
    found, seen = [], 0
    with kept(tmp_path) as store:
        open_wave(store)
        with store.transaction() as tx:
            tx.desk.admit(42, roles.OWNER, "en", START)
            wave = tx.waves.all()[0].id
        known = {*words_of(TRUST), "A community", f"{worded(TRUST.title, 'en')} ({wave})"}
        known |= {weekday("en", number) for number in range(7)}
        for act in [act for acts in NEEDS.values() for act in acts]:
            with store.transaction() as tx:
                carried = ("en",) if act == "speak" else values(act, wave)
                said = desk.take(tx, 42, Asked(act, carried), "en", START)
                known |= {f"{worded(TRUST.title, 'en')} ({one.id})" for one in tx.waves.all()}
            if said.screen is not None:
                seen += 1
                found += strange(phrases, said.screen, known)
    assert found == []
    assert seen > 10


def test_a_summary_says_nothing_that_nobody_wrote(phrases: Phrases) -> None:
    """Promises 2 and 3: the words for a chat, and those beside the picture."""
    digest = write(shown(*BLOCKS), SURVEY, phrases, "en", replace(ABOUT, day=date(2026, 11, 22)))
    known = words_of(SURVEY) | {worded(one.title, "en") for one in SURVEY.indicators}
    for words in (digest.text, digest.alt, digest.reach_heading, *digest.notes, *digest.legend):
        rest = [one.strip(MARKS) for one in outside(words).split("\n")]
        assert [one for one in rest if one and not any(one.startswith(text) for text in known)] == []


def test_a_word_that_nobody_wrote_is_noticed(phrases: Phrases) -> None:
    """A line in the code would be seen."""
    assert strange(phrases, Screen("en", (Say("thanks"), Text("Well done!"))), set()) == ["Well done!"]
