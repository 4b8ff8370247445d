"""What each kind of picture shows and says.

1. Only shown figures are drawn, in the order of the survey: never by score.
2. Where nothing can be drawn it is said why, and the picture carries that sentence.
3. The words beside a picture have at most 1000 letters.
4. A shade is the darker the larger the share, and black letters stand out from each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from bot.core.blocks import Block, Publishable, Rule, publish
from bot.core.cells import layout
from bot.core.survey import Survey
from bot.digest import KINDS, Compared, Digest, alt_text, compose, nothing, pdf, png, write
from bot.digest.charts import ALT_LIMIT, BARS, CHANGE, DISTRICTS, MULTIPLES, PAIRS, shade
from bot.files.phrases import Phrases
from tests.digest.sample import ABOUT, ADVISED, BLOCKS, LATER, SURVEY, block, node, people, shown, since_before
from tests.digest.test_picture import WHEN, size
from tests.digest.village import renamed, village, waves

PHRASES = Phrases.load()
LANGUAGES = ("ur", "ps", "en")


def english(figures: Publishable, survey: Survey = SURVEY, compared: Compared | None = None) -> Digest:
    return write(figures, survey, PHRASES, "en", ABOUT, compared)


def titles(digest: Digest, kind: str) -> list[str]:
    return [chart.title for chart in digest.pictures[kind].charts]


def labels(digest: Digest, kind: str) -> list[str]:
    return [row.label for row in digest.pictures[kind].charts[0].rows]


def test_every_kind_shows_its_figures_in_the_order_of_the_survey() -> None:
    found = village("institutional-trust", "en")
    survey = waves("institutional-trust", 500).survey

    for kind in KINDS:
        assert titles(found, kind) == [one.title["en"] for one in survey.indicators]


def test_groups_and_districts_stand_in_the_order_of_the_survey() -> None:
    found = village("institutional-trust", "en")

    assert labels(found, PAIRS) == ["Women", "Men", "Youth", "Older"]
    assert labels(found, MULTIPLES) == ["All", "Women", "Men", "Youth", "Older"]
    assert labels(found, DISTRICTS) == ["Peshawar", "Mardan", "Swat"]


def test_every_share_drawn_is_a_shown_figure_of_its_group() -> None:
    figures = waves("institutional-trust", 500).now
    found = village("institutional-trust", "en")
    codes = [("district", code) for code in ("peshawar", "mardan", "swat")]

    for chart, id in zip(found.pictures[DISTRICTS].charts, figures.indicators, strict=True):
        drawn = [row.bar and (row.bar.low, row.bar.high) for row in chart.rows]
        of = [figures.groups[code].get(id) for code in codes]
        assert drawn == [figure and (figure.low, figure.high) for figure in of]


def test_a_figure_that_a_district_may_not_show_is_an_empty_field_and_the_legend_says_why() -> None:
    few_went = block(1, node(district="swat", gender="man"), 30, people("man", 30, 20, 5, 3))
    many = block(2, node(district="dir", gender="man"), 60, people("man", 60, 20, 5, 40))
    found = english(shown(few_went, many))
    heard = found.pictures[DISTRICTS].charts[-1]

    assert [row.bar is None for row in heard.rows] == [True, False]
    assert "Empty field: not shown" in " ".join(found.pictures[DISTRICTS].legend)
    assert "a figure needs at least 10 people" in " ".join(found.pictures[DISTRICTS].legend)
    assert "It is no rank" in " ".join(found.pictures[DISTRICTS].legend)
    assert png(found, DISTRICTS) != png(english(shown(many)), DISTRICTS)


def test_districts_without_any_figure_are_named_below_the_table() -> None:
    found = english(shown(*BLOCKS))

    assert labels(found, DISTRICTS) == ["Swat"]
    assert "Districts of which nothing can be shown yet: Dir." in found.pictures[DISTRICTS].legend


def test_a_clear_change_has_a_mark_of_its_own_and_others_have_none() -> None:
    found = english(shown(*LATER), ADVISED, since_before())

    assert [(one.way, one.note) for one in found.pictures[CHANGE].charts] == [
        ("down", "down"),
        ("", "No clear change."),
        ("up", "up"),
        ("", "No clear change."),
    ]
    assert labels(found, CHANGE) == ["before", "now"]
    assert [row.look for row in found.pictures[CHANGE].charts[0].rows] == ["hollow", "full"]


def test_two_groups_are_called_clearly_different_only_where_they_are() -> None:
    apart = (
        block(1, node(district="swat", gender="man"), 80, people("man", 80, 70, 8, 60)),
        block(2, node(district="swat", gender="woman"), 80, people("woman", 80, 10, 8, 60)),
    )
    charts = english(shown(*apart)).pictures[PAIRS].charts

    assert [(chart.rows[1].note, chart.rows[1].clear) for chart in charts[:2]] == [
        ("The difference is clear.", True),
        ("No clear difference.", False),
    ]


def test_ages_that_are_neither_all_youth_nor_all_older_keep_the_words_of_the_survey() -> None:
    other = replace(SURVEY, reach=replace(SURVEY.reach, youth=None) if SURVEY.reach else None)
    figures = publish(other, "w1", layout(other, None).partition, Rule(10, 2, 1), two_ages())
    found = english(figures, other)

    assert labels(found, MULTIPLES)[-2:] == ["18 to 29", "30 or more"]
    assert not any("Youth:" in line for line in found.pictures[PAIRS].legend)


def two_ages() -> tuple[Block, ...]:
    return (
        block(1, node(district="swat", gender="man", age="youth"), 80, people("man", 80, 40, 8, 60)),
        block(2, node(district="swat", gender="man", age="older"), 80, people("man", 80, 40, 8, 60)),
    )


def test_who_is_young_is_said_where_the_young_are_shown() -> None:
    assert "Youth: 18 to 29 years." in english(shown(*two_ages())).pictures[PAIRS].legend
    assert "Youth: 18 to 29 years." not in english(shown(*LATER)).pictures[PAIRS].legend


# What is said where nothing can be drawn


def one_group() -> Digest:
    return english(shown(block(1, node(gender="man"), 30, people("man", 30, 20, 5, 10))))


def without_districts() -> Digest:
    survey = replace(SURVEY, cells=tuple(part for part in SURVEY.cells if part.name != "district"))
    blocks = [block(1, node(gender="man", age="youth"), 30, people("man", 30, 20, 5, 10))]
    return english(publish(survey, "w1", layout(survey, None).partition, Rule(10, 2, 1), blocks), survey)


def no_figures() -> Digest:
    survey = replace(SURVEY, indicators=(), indexes=())
    return english(publish(survey, "w1", layout(survey, None).partition, Rule(10, 2, 1), BLOCKS), survey)


def all_broken() -> Digest:
    changed = replace(
        SURVEY,
        questions=tuple(
            replace(q, ask={"en": q.ask["en"] + " (anew)"}, options=q.options[:1]) for q in SURVEY.questions
        ),
    )
    return english(shown(*LATER), SURVEY, replace(since_before(), survey=changed))


EMPTY = [
    *((kind, lambda: english(shown()), "Nothing can be shown yet: answers are shown only once") for kind in KINDS),
    *((kind, no_figures, "No figure can be shown yet") for kind in KINDS),
    (CHANGE, lambda: english(shown(*BLOCKS)), "There is nothing to compare yet"),
    (CHANGE, all_broken, "No figure can be compared"),
    (PAIRS, one_group, "Groups cannot be set side by side yet"),
    (DISTRICTS, one_group, "No district can be shown by itself yet"),
    (DISTRICTS, without_districts, "No district can be shown by itself yet"),
]


@pytest.mark.parametrize(("kind", "made", "why"), EMPTY)
def test_where_nothing_can_be_drawn_the_picture_says_why(kind: str, made: Callable[[], Digest], why: str) -> None:
    found = made()

    assert nothing(found, kind).startswith(why)
    assert found.pictures[kind].charts == ()
    assert kind == BARS or nothing(found, kind) in alt_text(found, kind)
    assert size(png(found, kind))[0] == 1080
    assert pdf(found, WHEN, kind).startswith(b"%PDF")


def test_a_survey_without_women_and_a_scale_with_one_option_used_are_drawn() -> None:
    all_say_yes = block(1, node(district="swat", gender="man", age="youth"), 40, people("man", 40, 40, 0, 40))
    found = english(shown(all_say_yes))

    assert [bar.percent for bar in found.says[:2]] == ["90% or more", "10% or less"]
    assert next(bar for bar in found.reach).percent == "10% or less"
    assert [kind for kind in KINDS if nothing(found, kind)] == [CHANGE, PAIRS]
    assert all(png(found, kind) for kind in KINDS)


# The words beside a picture


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_words_beside_a_picture_are_short_and_name_its_figures(kind: str, language: str) -> None:
    found = village("participation-voice", language)
    words = alt_text(found, kind)

    assert len(words) <= ALT_LIMIT
    assert found.says[0].title in words
    assert kind == BARS or found.pictures[kind].heading in words


def test_the_words_beside_a_picture_of_very_long_titles_are_cut_at_a_line() -> None:
    survey = renamed(SURVEY, {"en": "so long " * 40})
    found = english(publish(survey, "w1", layout(survey, None).partition, Rule(10, 2, 1), BLOCKS), survey)

    for kind in KINDS:
        assert len(alt_text(found, kind)) <= ALT_LIMIT
        assert "so long" in alt_text(found, kind)


def test_the_words_beside_a_picture_of_change_say_before_now_and_what_became_of_it() -> None:
    found = english(shown(*LATER), ADVISED, since_before())

    assert "Trust most people here: before 60% and now 25%; down" in alt_text(found, CHANGE)
    assert "Trust the police: Women 10% and Men 10%" in alt_text(found, PAIRS)


# In the chat


def test_the_picture_in_the_chat_shows_what_changed_where_something_clearly_did() -> None:
    changed = english(shown(*LATER), ADVISED, since_before())
    same = english(shown(*BLOCKS), SURVEY, Compared(shown(*BLOCKS), shown(*BLOCKS), SURVEY))

    assert any(one.clear for one in changed.moved)
    assert compose(changed).png == png(changed, CHANGE)
    assert compose(changed).alt == alt_text(changed, CHANGE)
    assert same.moved
    assert compose(same).png == png(same, BARS)
    assert compose(same).alt == alt_text(same, BARS)


def test_a_long_picture_of_change_keeps_the_clear_ones_and_says_that_there_are_more() -> None:
    found = village("participation-voice", "en")
    charts = found.pictures[CHANGE].charts
    unclear = tuple(chart for chart in charts if not chart.way)
    clear = tuple(chart for chart in charts if chart.way)
    assert 0 < len(clear) < 8 < len(charts)
    late = replace(found.pictures[CHANGE], charts=(*unclear, *clear))
    expected = replace(late, charts=(*unclear[: 8 - len(clear)], *clear))

    drawn = png(replace(found, pictures={**found.pictures, CHANGE: late}), CHANGE)

    assert drawn != png(replace(found, pictures={**found.pictures, CHANGE: expected}), CHANGE), "it says that"
    silent = replace(late, more="")
    assert png(replace(found, pictures={**found.pictures, CHANGE: silent}), CHANGE) == png(
        replace(found, pictures={**found.pictures, CHANGE: replace(expected, more="")}), CHANGE
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_picture_can_be_read_on_a_telephone(kind: str, language: str) -> None:
    width, height = size(png(village("participation-voice", language), kind))

    assert width == 1080
    assert height <= 2.3 * width, "Telegram shrinks the long side to 1280 pixels: more would be too small to read"


# Shades


def luminance(colour: str) -> float:
    """Relative luminance (Web Content Accessibility Guidelines 2.2)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_larger_share_is_darker_and_black_letters_stand_out_from_it() -> None:
    light = [luminance(shade(share)) for share in range(0, 101, 5)]

    assert all(after < before for before, after in pairwise(light))
    assert min(light) + 0.05 >= 6 * 0.05
