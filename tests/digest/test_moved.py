"""What changed, and the one screen of a digest.

1. Clear changes are said, the furthest first; all others are only counted.
2. What cannot be compared is said, and never compared.
3. Advice stands where a figure is on its worse side or clearly went there, and nowhere else.
4. One screen has room for what must be there, and leaves out the rest in its order.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.blocks import Block, Rule, publish
from bot.core.survey import Advice, Indicator, Survey
from bot.digest import About, Compared, Digest, write
from bot.digest.brief import ALWAYS, SCREEN, Item, brief, length
from bot.files.phrases import Phrases
from tests.digest.sample import (
    ABOUT,
    ADVISED,
    BLOCKS,
    LATER,
    PARTITION,
    SURVEY,
    block,
    people,
    shown,
    since_before,
)

PHRASES = Phrases.load()


def crowd(some: int, police: int = 40, went: int = 100) -> Block:
    """Two hundred men, of whom so many trust people and police, and went to a meeting."""
    return block(1, (), 200, people("man", 200, some, police, went))


def said(before: Block, now: Block, survey: Survey = SURVEY, earlier: Survey = SURVEY) -> Digest:
    compared = Compared(shown(now), shown(before), earlier, ABOUT.day)
    return write(shown(now), survey, PHRASES, "en", ABOUT, compared)


def test_a_clear_rise_and_a_clear_fall_are_said_with_then_and_now_and_how_far() -> None:
    rose, fell = said(crowd(80), crowd(140)), said(crowd(140), crowd(80))

    assert rose.changed[0] == (
        "• Trust most people here: up, from about 4 in 10 to about 7 in 10 (likely by 2 to 4 in 10)."
    )
    assert "down, from about 7 in 10 to about 4 in 10 (likely by 2 to 4 in 10)" in fell.changed[0]
    assert rose.changed[0] in rose.brief and rose.changed[0] in rose.text


def test_the_change_that_went_furthest_comes_first() -> None:
    found = said(crowd(80, 40, 60), crowd(120, 40, 160))

    assert [line.split(":")[0] for line in found.changed[:2]] == [
        "• Went to a community meeting in the last 6 months",
        "• Trust most people here",
    ]


def test_what_did_not_change_clearly_is_only_counted() -> None:
    one, none = said(crowd(80), crowd(140)), said(crowd(80), crowd(80))

    assert one.changed[1:] == ("• No clear change in the other figures: 3.",)
    assert none.changed == ("• Figures compared: 4. No clear change in any.",)
    assert not any(moved.line for moved in none.moved)
    assert "No clear change in any" in none.brief


def test_where_nothing_was_released_before_the_first_figures_stand_in_its_place() -> None:
    found = write(shown(crowd(80)), SURVEY, PHRASES, "en", ABOUT)

    assert (found.changed, found.moved, found.changed_heading) == ((), (), "")
    assert "• Trust most people here: about 4 in 10" in found.brief


def test_the_wave_before_is_named_by_its_day_and_blocks_of_one_wave_by_words() -> None:
    one_wave = Compared(shown(crowd(80)), shown(crowd(140)), SURVEY)
    found = write(shown(crowd(80)), SURVEY, PHRASES, "en", ABOUT, one_wave)

    assert said(crowd(80), crowd(140)).changed_heading == (
        "What changed since the survey that began on 22 November 2026"
    )
    assert found.changed_heading == "The newest answers beside those before"


def changed_words(survey: Survey, *numbers: int) -> Survey:
    questions = tuple(
        replace(question, version=2) if number in numbers else question
        for number, question in enumerate(survey.questions)
    )
    return replace(survey, questions=questions)


def test_a_figure_whose_question_changed_is_named_and_not_compared() -> None:
    found = said(crowd(80), crowd(140), earlier=changed_words(SURVEY, 4))

    assert found.changed == (
        "• Figures compared: 3. No clear change in any.",
        "• Not compared, because the question changed: Trust most people here.",
    )
    assert [moved.title for moved in found.moved] == [one.title["en"] for one in SURVEY.indicators[1:]]


def test_many_figures_whose_questions_changed_are_counted() -> None:
    found = said(crowd(80), crowd(140), earlier=changed_words(SURVEY, 3, 4, 5, 6))

    assert found.changed == ("• Not compared, because their questions changed: 4.",)
    assert "about 7 in 10" in found.brief, "the first figures take the place of what could not be compared"


# -- advice -----------------------------------------------------------------------------------------------


def advised(better: str, limit: int = 40) -> Survey:
    one = replace(SURVEY.indicators[0], better=better, advice=Advice(limit, {"en": "Talk about it."}))
    return replace(SURVEY, indicators=(one, *SURVEY.indicators[1:]))


@pytest.mark.parametrize(
    ("better", "some", "given"),
    [("higher", 70, True), ("higher", 80, False), ("lower", 90, True), ("lower", 80, False)],
)
def test_advice_stands_where_a_figure_is_on_the_worse_side_of_its_limit(
    better: str, some: int, given: bool
) -> None:
    found = write(shown(crowd(some)), advised(better), PHRASES, "en", ABOUT)

    assert found.advice == (("• Trust most people here: Talk about it.",) if given else ())
    assert ("What could be done" in found.brief) is given
    assert ("What could be done" in found.text) is given


@pytest.mark.parametrize(
    ("better", "before", "now", "given"),
    [
        ("higher", 180, 120, True),
        ("higher", 120, 180, False),
        ("higher", 130, 120, False),
        ("lower", 10, 50, True),
        ("lower", 50, 10, False),
    ],
)
def test_advice_stands_too_where_a_figure_clearly_went_the_wrong_way(
    better: str, before: int, now: int, given: bool
) -> None:
    found = said(crowd(before), crowd(now), advised(better, 10 if better == "higher" else 90))

    assert bool(found.advice) is given


def test_advice_on_what_fell_comes_before_advice_on_what_is_low() -> None:
    survey = replace(
        ADVISED,
        indicators=(*ADVISED.indicators[1:3], replace(ADVISED.indicators[0], advice=Advice(10, {"en": "Meet."}))),
    )
    found = said(crowd(180, 40, 40), crowd(100, 40, 40), survey)

    assert [line.split(":")[0] for line in found.advice] == [
        "• Trust most people here",
        "• Trust the police",
        "• Went to a community meeting in the last 6 months",
    ]
    assert found.brief.count("Invite the police") == 1
    assert "which hour and place" not in found.brief, "two pieces of advice are enough for a screen"


# -- one screen -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ur", "ps", "en"])
def test_one_screen_of_a_usual_digest_is_short_and_says_what_matters(language: str) -> None:
    found = write(shown(*LATER), ADVISED, PHRASES, language, ABOUT, since_before())

    assert length(found.brief) <= SCREEN
    assert len(found.brief) < len(found.text)
    assert found.changed[0] in found.brief
    assert found.advice[0] in found.brief
    assert PHRASES.say(language, "digest-hidden", k=10) in found.brief
    assert PHRASES.say(language, "digest-alone") in found.brief


def test_nothing_released_is_said_on_one_screen_as_in_the_whole() -> None:
    found = write(shown(), SURVEY, PHRASES, "en", About(ABOUT.day))

    assert found.brief == found.text
    assert not found.shows and write(shown(*BLOCKS), SURVEY, PHRASES, "en", ABOUT).shows


ITEMS = st.lists(
    st.builds(Item, st.sampled_from(["One", "Two", " "]), st.text("ab ", max_size=300), st.integers(0, 5)),
    max_size=15,
)


@settings(max_examples=300)
@given(ITEMS)
def test_a_screen_leaves_out_the_highest_ranks_first_and_only_as_long_as_it_must(items: list[Item]) -> None:
    text = brief(items)
    kept = [item for item in items if item.words]
    always = [item for item in kept if item.rank == ALWAYS]

    assert all(item.words in text for item in always)
    if len(brief(always)) <= SCREEN:
        assert len(text) <= SCREEN or text == brief(always)
    for rank in range(6):
        fits = [item for item in kept if item.rank <= rank]
        if len(_whole(fits)) <= SCREEN:
            assert all(item.words in text for item in fits)


def _whole(items: list[Item]) -> str:
    """All lines under their headings, however long."""
    parts = dict.fromkeys(item.part for item in items)
    return "\n\n".join("\n".join([part, *(i.words for i in items if i.part == part)]).strip() for part in parts)


def test_many_long_changes_leave_room_for_figures() -> None:
    indicators = tuple(
        Indicator(f"i{n}", {"en": f"{n} " + "Trust most people here " * 6}, "people", ("some",), "higher")
        for n in range(40)
    )
    survey = replace(SURVEY, indicators=indicators)
    now, before = (publish(survey, "w1", PARTITION, Rule(10, 2), [crowd(some)]) for some in (180, 20))
    found = write(now, survey, PHRASES, "en", ABOUT, Compared(now, before, survey, ABOUT.day))

    assert len(found.changed) == 40
    assert "What they say" in found.text and "What changed since" in found.text
    assert len(found.brief) <= SCREEN
