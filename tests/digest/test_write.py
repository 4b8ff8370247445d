"""A digest in words.

1. Every language says the whole digest, as the golden files have it (`--rewrite` writes what it says now).
2. The only numbers of people are those shown, multiples of 5 and never under k, and k itself.
3. In Urdu and Pashto every number stands in an isolate.
4. A group is called missing, a difference clear, an answer silent only where the figures bear it.
5. The text fits a chat: comparisons are left out first, then the last figures, scores before shares.
6. A score is said in points, with its people, and how far its questions hang together.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.blocks import AT_LEAST_90, AT_MOST_10, Block, Publishable, Rule, Shown, publish
from bot.core.indexes import sums
from bot.core.survey import DONT_KNOW, VALID, Answer, Indicator, Reach, Survey
from bot.digest import About, Digest, write
from bot.digest.write import ALT_LIMIT, LIMIT
from bot.files.phrases import Phrases
from tests.digest.sample import (
    ABOUT,
    ADVISED,
    BLOCKS,
    LATER,
    PARTITION,
    SURVEY,
    block,
    node,
    people,
    scores,
    shown,
    since_before,
)

GOLDEN = Path(__file__).parent / "golden"
PHRASES = Phrases.load()
RTL = ("ur", "ps")


def digest(language: str, *blocks: Block, slots: int = 1, about: About = ABOUT, survey: Survey = SURVEY) -> Digest:
    return write(shown(*blocks, slots=slots), survey, PHRASES, language, about)


def english(*blocks: Block, slots: int = 1, about: About = ABOUT, survey: Survey = SURVEY) -> str:
    return digest("en", *blocks, slots=slots, about=about, survey=survey).text


@pytest.mark.parametrize("language", ["ur", "ps", "en"])
@pytest.mark.parametrize("name", ["full", "empty", "changed"])
def test_a_digest_says_in_every_language_what_its_golden_file_says(
    language: str, name: str, request: pytest.FixtureRequest
) -> None:
    if name == "changed":
        found = write(shown(*LATER), ADVISED, PHRASES, language, ABOUT, since_before())
    else:
        found = digest(language, *(BLOCKS if name == "full" else ()), slots=2)
    file = GOLDEN / f"{name}.{language}.txt"
    parts = (found.brief, "--- details ---", found.text, "--- beside the picture ---", found.alt)
    said = "\n\n".join(parts) + "\n"
    if request.config.getoption("--rewrite"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(said, encoding="utf-8")

    assert said == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", RTL)
def test_every_number_in_urdu_and_pashto_stands_in_an_isolate(language: str) -> None:
    found = write(shown(*LATER), ADVISED, PHRASES, language, ABOUT, since_before())

    for text in (found.brief, found.text, found.alt, *found.notes, *(bar.caption for bar in found.says)):
        depth = 0
        for character in text:
            depth += (character in "\u2066\u2067\u2068") - (character == "\u2069")
            assert depth >= 0
            assert depth > 0 or not character.isdigit(), text
        assert depth == 0
    for bar in (*found.reach, *found.says):
        assert bar.percent.lstrip("\u200f").startswith("\u2068")


@pytest.mark.parametrize("language", RTL)
def test_every_line_in_urdu_and_pashto_begins_from_the_right(language: str) -> None:
    found = write(shown(*LATER), ADVISED, PHRASES, language, ABOUT, since_before())
    for line in (*found.brief.splitlines(), *found.text.splitlines()):
        assert not line or line[0] == "\u200f" or "\u0600" <= line[0] <= "\u06ff", line


def test_nothing_released_is_said_in_one_plain_sentence_that_names_k() -> None:
    *_, last = english().split("\n\n")

    assert "at least 10 people" in last
    assert last.count(".") == 1


def test_the_number_that_would_help_is_k_and_never_what_is_missing() -> None:
    few, many = english(BLOCKS[0]), english(*BLOCKS)
    sentence = next(line for line in many.splitlines() if "so that nobody can be recognised" in line)

    assert re.findall(r"\d+", sentence) == ["10"]
    assert sentence in few


def test_who_asks_and_when_stand_under_the_title() -> None:
    day = date(2026, 11, 22)

    assert english(about=About(day)).splitlines()[1] == "22 November 2026"
    assert english(about=About(day, "Good Neighbours")).splitlines()[1] == "Good Neighbours, 22 November 2026"


def test_merged_groups_bursts_and_shared_phones_are_said_where_they_are() -> None:
    plain = block(1, node(district="swat", gender="man", age="youth"), 20, people("man", 20, 10, 5, 10))
    marks = {
        "put together": replace(plain, node=node(gender="man")),
        "came at once": replace(plain, burst=True),
    }

    for words, marked in marks.items():
        assert words not in english(plain)
        assert words in english(marked)
    assert "on one phone" not in english(plain)
    assert "at least 5 accounts" in english(plain, slots=3)


def test_women_are_called_missing_only_where_the_interval_says_so() -> None:
    men = block(1, (), 40, people("man", 40, 20, 10, 20))
    women = block(2, (), 40, people("woman", 40, 20, 10, 20))

    assert "please invite more of them" in english(men)
    assert "please invite more of them" not in english(men, women)


def test_a_difference_is_called_clear_only_where_its_interval_excludes_zero() -> None:
    men = block(1, node(gender="man"), 40, people("man", 40, 30, 10, 20))
    alike = block(2, node(gender="woman"), 40, people("woman", 40, 28, 10, 20))
    apart = block(2, node(gender="woman"), 40, people("woman", 40, 8, 10, 20))

    assert "Women: about 7 in 10. Men: about 7 to 8 in 10. No clear difference." in english(men, alike)
    assert "Women: about 2 in 10. Men: about 7 to 8 in 10. The difference is clear." in english(men, apart)


def test_women_are_not_set_beside_men_where_too_few_of_either_answered() -> None:
    men = block(1, node(gender="man"), 40, people("man", 40, 30, 10, 20))

    assert "Men:" not in english(men)


def test_a_gender_of_the_survey_is_named_in_its_own_words() -> None:
    men = block(1, node(gender="man"), 40, people("man", 40, 30, 10, 20))
    women = block(2, node(gender="woman"), 40, people("woman", 40, 28, 10, 20))
    gender = SURVEY.cells[1]
    survey = replace(
        SURVEY,
        cells=(replace(gender, groups={"woman": "f", "man": "m"}),),
        reach=Reach("KP", women=("gender", ("woman",))),
    )
    moved = [replace(one, node=node(gender=code)) for one, code in ((men, "m"), (women, "f"))]
    partition = replace(PARTITION, parts=survey.cells)
    figures = publish(survey, "w1", partition, Rule(10, 2), moved)

    assert "Women: about 7 in 10. Man: about 7 to 8 in 10." in write(figures, survey, PHRASES, "en", ABOUT).text


def test_a_survey_without_census_or_cells_still_has_a_digest() -> None:
    survey = replace(SURVEY, reach=None, cells=())
    figures = publish(survey, "w1", replace(PARTITION, parts=()), Rule(10, 2), [BLOCKS[3]])
    said = write(figures, survey, PHRASES, "en", ABOUT)

    assert said.reach == ()
    assert "census" not in " ".join(said.legend)
    assert "Languages: Urdu" in said.text


def test_youth_are_compared_with_fifteen_to_twenty_nine_where_minors_take_part() -> None:
    assert "Youth, 18 to 29 years" in english(*BLOCKS)
    assert "Youth, 15 to 29 years" in english(*BLOCKS, about=replace(ABOUT, minors=True))


def test_the_question_most_kept_silent_about_is_named_when_one_in_five_did() -> None:
    silent = block(1, (), 40, people("man", 40, 20, 10, 20, silent=12))
    spoken = block(1, (), 40, people("man", 40, 20, 10, 20, silent=2))

    assert "“How much do you trust the police?” (about 3 in 10)" in english(silent)
    assert "Most often left unanswered" not in english(spoken)


def test_how_much_was_left_unanswered_is_said_as_a_measure_of_trust() -> None:
    some, none = (block(1, (), 200, people("man", 200, 90, 50, 90, silent=n)) for n in (150, 0))

    assert "Of all questions, people left about 2 to 3 in 10 unanswered." in english(some)
    assert "people left" not in english(none)


def test_a_language_the_survey_lacks_falls_back_to_its_first() -> None:
    only = replace(SURVEY, title={"ur": "بھروسہ"})

    assert digest("en", survey=only).title == "بھروسہ"


WORDED: Mapping[Shown, str] = {
    AT_MOST_10: "at most 1 in 10",
    AT_LEAST_90: "at least 9 in 10",
    0: "hardly anyone",
    5: "about 1 in 20",
    10: "about 1 in 10",
    15: "about 1 to 2 in 10",
    50: "about 5 in 10",
    85: "about 8 to 9 in 10",
    95: "about 19 in 20",
    100: "almost everyone",
}


@pytest.mark.parametrize("share", WORDED)
def test_a_share_is_said_in_tenths(share: Shown) -> None:
    n = 20 if isinstance(share, str) else 200
    some = n * share // 100 if isinstance(share, int) else n * (share == AT_LEAST_90)
    said = digest("en", block(1, (), n, people("man", n, some, 0, 0)))

    assert said.says[0].words == WORDED[share]


def test_where_the_range_is_no_wider_than_the_share_it_is_left_out() -> None:
    large = block(1, (), 5000, people("man", 5000, 2500, 10, 20))

    assert "Trust most people here: about 5 in 10 (about 5,000 answers)." in english(large)


def _indicators(n: int, length: int) -> tuple[Indicator, ...]:
    title = {"en": "Trust most people here " * (length // 23 + 1)}
    return tuple(Indicator(f"i{place}", title, "people", ("some",), "higher") for place in range(n))


def test_a_long_digest_leaves_out_comparisons_first_and_last_figures_next() -> None:
    men = block(1, node(gender="man"), 40, people("man", 40, 30, 10, 20))
    women = block(2, node(gender="woman"), 40, people("woman", 40, 28, 10, 20))

    def said(n: int) -> str:
        survey = replace(SURVEY, indicators=_indicators(n, 60))
        figures = publish(survey, "w1", PARTITION, Rule(10, 2), [men, women])
        return write(figures, survey, PHRASES, "en", ABOUT).text

    assert "No clear difference" in said(5)
    assert "No clear difference" not in said(14)
    assert "full report" not in said(14)
    assert "full report" in said(60)
    assert all(len(said(n)) <= LIMIT for n in (5, 14, 60))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(10, 70), st.sampled_from(["woman", "man"]), st.integers(0, 3)), max_size=5),
    st.integers(),
)
def test_nobody_fewer_than_k_is_ever_in_a_text(sizes: list[tuple[int, str, int]], seed: int) -> None:
    chance = random.Random(seed)
    places = (
        ("district", "gender", "age"),
        ("district", "gender"),
        ("gender",),
        (),
    )
    blocks = []
    for no, (n, gender, level) in enumerate(sizes):
        silent = chance.randint(0, n)
        counts = people(
            gender, n, chance.randint(0, n), chance.randint(0, n - silent), chance.randint(0, n), silent
        )
        cell = {"district": "dir", "gender": gender, "age": "older"}
        blocks.append(block(no, node(**{name: cell[name] for name in places[level]}), n, counts))
    found = digest("en", *blocks)

    for words in (found.text, found.alt):
        for n in re.findall(r"(?:about|of) ([\d,]+) (?:people|answers)", words):
            assert int(n.replace(",", "")) % 5 == 0
            assert int(n.replace(",", "")) >= 10
    assert len(found.text) <= LIMIT
    assert len(found.alt) <= ALT_LIMIT
    for bar in (*found.says, *(side for one in found.says for side in one.sides)):
        assert bar.share % 5 == 0


def test_a_figure_not_shown_is_nowhere_in_the_text() -> None:
    few = block(1, (), 12, {("people", VALID): 9, ("people", "some"): 5, ("people", DONT_KNOW): 3})

    assert "Trust most people here" not in english(few)


def test_the_same_figures_say_the_same_words() -> None:
    figures: Publishable = shown(*BLOCKS)

    assert write(figures, SURVEY, PHRASES, "ps", ABOUT) == write(figures, SURVEY, PHRASES, "ps", ABOUT)


# -- scores -----------------------------------------------------------------------------------------------


def scored(n: int, some: int, few: int, went: int, silent: int = 0) -> str:
    """What is said of the scores of n men."""
    counts = people("man", n, some, few, went, silent)
    one = block(1, (), n, counts, scored=scores(n, some, few, went, silent))
    return english(one).partition("Scores over several questions, from 0 to 100\n")[2].partition("\n\n")[0]


def test_a_score_is_said_in_points_with_its_range_and_its_people() -> None:
    first, second = scored(40, 20, 10, 20).splitlines()

    assert first.startswith(
        "• Trust in people and police: about 35 points of 100 (likely between 30 and 40; from about 40 people)."
    )
    assert second.startswith("• Trusting and taking part: about 40 points of 100 (likely between 30 and 50;")


MOST: dict[str, Answer] = {"people": "a_lot", "police": "a_lot", "meeting": "yes"}


def test_near_an_end_the_score_of_few_people_is_said_only_to_be_near_it() -> None:
    assert "at most 10 points of 100 (from about 20 people)" in scored(20, 0, 0, 0)
    assert "about 10 points of 100 (from about 200 people)" in scored(200, 0, 0, 0)
    assert "at least 90 points of 100 (" in english(block(1, (), 20, {}, scored=sums(SURVEY, [MOST] * 20)))


@pytest.mark.parametrize(
    ("said", "crowd"),
    [
        ("These questions hang together well.", (60, 30, 30, 30)),
        ("These questions hang together weakly: read the score with care.", (60, 30, 5, 30)),
        ("Whether these questions hang together cannot be told yet.", (29, 15, 15, 15)),
        ("Whether these questions hang together cannot be told yet.", (60, 60, 60, 60)),
    ],
)
def test_questions_that_hang_together_are_told_from_others_where_it_can_be_told(
    said: str, crowd: tuple[int, int, int, int]
) -> None:
    assert [line.endswith(said) for line in scored(*crowd).splitlines()] == [True, True]


def test_a_score_that_may_not_be_shown_is_not_spoken_of() -> None:
    assert scored(20, 10, 5, 10, silent=11) == ""


def test_a_long_digest_leaves_out_scores_before_shares() -> None:
    one = block(1, (), 40, people("man", 40, 30, 10, 20), scored=scores(40, 30, 10, 20))

    def said(n: int) -> str:
        survey = replace(SURVEY, indicators=_indicators(n, 60))
        figures = publish(survey, "w1", PARTITION, Rule(10, 2), [one])
        return write(figures, survey, PHRASES, "en", ABOUT).text

    lengths = [n for n in range(1, 30) if "Trusting and taking part" not in said(n)]

    assert lengths
    for n in range(1, 30):
        assert len(said(n)) <= LIMIT
        assert ("full report" in said(n)) is (n in lengths)
    assert said(lengths[0]).count("• Trust most people here") == lengths[0], "no share was left out for a score"


def test_a_survey_without_indexes_says_nothing_of_scores() -> None:
    survey = replace(SURVEY, indexes=())
    figures = publish(survey, "w1", PARTITION, Rule(10, 2), BLOCKS)

    assert "Scores" not in write(figures, survey, PHRASES, "en", ABOUT).text
    assert figures.as_json()["indexes"] == {}


@pytest.mark.parametrize("language", ["ur", "ps", "en"])
def test_an_aim_stands_beside_the_share_that_was_reached_and_changes_no_figure(language: str) -> None:
    aimed = replace(SURVEY, targets={"women": 50})
    with_aim, without = (digest(language, *BLOCKS, survey=one) for one in (aimed, SURVEY))
    said = PHRASES.say(language, "digest-reach-aim", number=50)
    women, youth = with_aim.reach
    assert (women.aim, youth.aim) == (said, "")
    lines = with_aim.text.splitlines()
    assert [line for line in lines if line != said] == without.text.splitlines()
    assert women.title in lines[lines.index(said) - 1]
    assert replace(women, aim="") == without.reach[0]
