"""The report for donors.

1. It has 4 to 8 pages for every survey that ships; its words can be copied out of it in every language.
2. Equal figures give equal bytes; what authors and organisations write is no markup.
3. Every number is one that the digest shows, and stands in an isolate beside Urdu and Pashto words.
4. Whatever is missing (answers, women, languages, figures) is a sentence, never a crash and never an empty chart.
5. A target is called reached or missed only where the whole interval lies on one side.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import openpyxl
import pytest

from bot.core.blocks import Publishable, Rule, publish
from bot.core.cells import layout
from bot.core.letters import clean
from bot.core.mix import Reweighted, reweighted
from bot.core.survey import PREFER_NOT, Survey
from bot.digest import write
from bot.reports import drawn, tables
from bot.reports.basis import Basis, codes
from bot.reports.donor import Donor, donor
from bot.reports.words import Reporter
from tests.digest.village import shipped
from tests.library import SURVEYS
from tests.reports.sample import LANGUAGES, PHRASES, answered, empty, pages, pdf, shipped_basis, stand, told

NAME = "community-trust"
PROBES = {
    "ur": "رپورٹ بھروسہ خواتین نوجوان مردم ضمیمہ گروپ حصہ جواب ہدف",
    "ps": "رپورټ اعتبار زنانه ځوانان مردم ضمیمه ګروپ برخه جوابونه نښه",
}


@cache
def text(name: str, language: str) -> tuple[str, ...]:
    return tuple(pages(pdf(aimed(name), language)))


def aimed(name: str = NAME) -> Basis:
    """A wave whose first figure has a baseline and a target."""
    survey = shipped(name)
    first = replace(survey.indicators[0], baseline=40, target=60)
    return shipped_basis(name, indicators=(first, *survey.indicators[1:]))


# -- pages and words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_every_survey_that_ships_has_a_report_of_four_to_eight_pages(path: Any) -> None:
    assert 4 <= len(text(path.stem, "ps")) <= 8


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_one_block_without_a_wave_before_has_as_many(path: Any) -> None:
    survey = shipped(path.stem)
    assert 4 <= len(pages(pdf(Basis(stand(answered(survey), survey))))) <= 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_carries_version_rule_and_code_of_the_figures(language: str) -> None:
    found = text(NAME, language)
    foot = told(aimed(), language).head

    assert len(found) >= 4
    for page in found:
        assert aimed().code in "".join(page.split())
        assert set(clean(foot.footer).split()[-1]) <= set(clean(page))


def test_pages_are_numbered() -> None:
    found = text(NAME, "en")

    for number, page in enumerate(found, start=1):
        assert f"Page {number} of {len(found)}" in page


@pytest.mark.parametrize("language", ["ur", "ps"])
def test_words_in_urdu_and_pashto_can_be_copied_out(language: str) -> None:
    found = clean(" ".join(text(NAME, language)))

    assert [word for word in PROBES[language].split() if word not in found] == []


def test_the_report_says_all_that_a_donor_asks_for() -> None:
    found = " ".join(" ".join(text(NAME, "en")).split())

    for words in (
        "Good Neighbours",
        "Spring 2026",
        "Trust in my area, version 2",
        "opened on 2 November 2026; figures released up to 23 November 2026",
        "at least 10 people",
        "weighted by gender and age to the census",
        "Baseline: 40%. Target: 60%.",
        "What changed since the survey that began on 1 June 2026",
        "Do not rank places or groups",
        "Telegram can see the chat",
        "still a draft in these languages: Urdu and Pashto",
        "1 Which district do you live in?",
        "Prefer not to answer",
    ):
        assert words in found, words


def test_beside_each_share_stands_the_one_weighted_to_the_census_with_its_price() -> None:
    report = told(shipped_basis(NAME))
    said = "\n".join(report.method.lines)
    shares = reweighted(report_figures(), shipped(NAME), minors=False)

    assert report.table.columns[5:7] == ("Weighted", "Worth answers")
    rows = [row for row in report.table.rows if row[0]]
    assert len(rows) == len(shares)
    for row, weighted in zip(rows, shares.values(), strict=True):
        assert isinstance(weighted, Reweighted)
        assert row[5:7] == (f"{weighted.share}%", str(weighted.n_eff))
    assert "how many plain answers the weighted ones are worth" in said
    assert "not weighted" not in said


def report_figures() -> Publishable:
    return shipped_basis(NAME).now.figures


@pytest.mark.parametrize(
    ("people", "changes", "why"),
    [
        (60, {}, "Where fewer than 100 people answered, a figure is not weighted."),
        (500, {"reach": None}, "not weighted where some gender of some age is not shown"),
    ],
)
def test_where_nothing_is_weighted_there_is_no_column_and_the_reason_is_said(
    people: int, changes: dict[str, Any], why: str
) -> None:
    report = told(shipped_basis(NAME, people, **changes))
    said = "\n".join(report.method.lines)

    assert "Weighted" not in report.table.columns
    assert why in said
    assert "The figures are not weighted" in said


def test_it_says_by_which_kinds_of_groups_people_were_invited_where_that_is_counted() -> None:
    survey = shipped(NAME)
    (said,) = set(told(Basis(stand(answered(survey, kind="school"), survey))).reach_lines) - set(
        told(Basis(stand(answered(survey), survey))).reach_lines
    )
    assert clean(said) == "Invited through: School 90% or more."


def test_the_questionnaire_is_whole() -> None:
    report, survey = told(aimed()), shipped(NAME)
    asks = [one.ask for one in report.annex.questions]

    assert asks == [question.ask["en"] for question in survey.questions]
    for question, shown in zip(survey.questions, report.annex.questions, strict=True):
        assert shown.answers == tuple(option.label["en"] for option in question.options)


def test_equal_figures_give_equal_bytes_and_others_do_not() -> None:
    assert pdf(shipped_basis("pulse")) == pdf(shipped_basis("pulse"))
    assert pdf(shipped_basis("pulse")) != pdf(shipped_basis("pulse", 400))


def test_the_file_holds_the_code_that_its_pages_show() -> None:
    assert codes(pdf(shipped_basis("pulse"))) == (shipped_basis("pulse").code,)


def test_what_authors_and_organisations_write_is_no_markup() -> None:
    hostile = '#panic("x") *bold* $x$ <a> `b` [c] @d'
    survey = replace(shipped("pulse"), title=dict.fromkeys(LANGUAGES, hostile))
    basis = Basis(stand(shipped_basis("pulse").now.figures, survey, organisation=f"{hostile} & Sons"))
    found = " ".join(" ".join(pages(pdf(basis))).split())

    assert f"Report: {hostile}" in found
    assert f"{hostile} & Sons" in found


# -- numbers ------------------------------------------------------------------------------------------------


def strings(value: object) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from strings(one)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from strings(getattr(value, name))


def composed(report: Donor) -> Iterator[str]:
    """Every text that the program put together; not the survey's own words, in which authors write numbers."""
    yield from strings((report.head.facts, report.head.footer, report.head.fingerprint, report.head.check))
    yield from strings((report.method, report.reach_lines, report.figures_lines, report.changes, report.table))
    yield from strings((report.silence, report.limits, report.ethics))
    yield from strings([(one.census_words, one.ratio, one.verdict) for one in report.reached])
    yield from strings([one.goals for one in report.lines])


@pytest.mark.parametrize(("language", "foreign"), [("ur", "۰۱۲۳۴۵۶۷۸۹"), ("ps", "0123456789")])
def test_every_number_stands_in_an_isolate_in_the_digits_of_its_language(language: str, foreign: str) -> None:
    found = [line for line in composed(told(aimed(), language)) if line]

    assert len(found) > 100
    for line in found:
        depth = 0
        for letter in line:
            depth += (letter in "\u2066\u2067\u2068") - (letter == "\u2069")
            assert depth > 0 or not letter.isdigit(), line
        if not re.search("[a-z]", line):  # codes and names in Latin letters keep their digits
            assert not set(line) & set(foreign), line


def test_the_numbers_of_the_table_are_those_of_the_digest_as_json() -> None:
    basis = aimed()
    reporter = Reporter(PHRASES, "en", basis)
    book = openpyxl.load_workbook(io.BytesIO(tables.donor(told(basis), reporter)))
    rows = [[cell.value for cell in row] for row in book["What they say"].iter_rows(min_row=2)]
    said: Any = basis.now.figures.as_json()
    groups = {one["group"]["gender"]: one["indicators"] for one in said["groups"] if "gender" in one["group"]}
    titles = {one.id: one.title["en"] for one in basis.now.wave.survey.indicators}
    wanted = []
    for id, figure in said["indicators"].items():
        for who, shown in (("All", figure), ("Women", groups["woman"][id]), ("Men", groups["man"][id])):
            wanted.append([titles[id], who, shown["share"], shown["low"], shown["high"], shown["n"]])

    assert [row[:6] for row in rows] == wanted
    weighted = reweighted(basis.now.figures, basis.now.wave.survey, minors=False)["trust_neighbours"]
    assert isinstance(weighted, Reweighted)
    assert rows[0][6:11] == [weighted.share, weighted.low, weighted.high, weighted.n_eff, weighted.deff]
    assert rows[0][11:14] == [
        40,
        60,
        basis.compared and basis.compared.before.indicators["trust_neighbours"].share,
    ]


def test_the_pages_have_the_words_of_the_digest() -> None:
    basis = aimed()
    now = basis.now
    digest = write(now.figures, now.wave.survey, PHRASES, "en", now.about(), basis.compared)
    found = " ".join(" ".join(text(NAME, "en")).split())

    assert digest.answered in found
    for bar in (*digest.reach, *digest.says):
        assert f"{bar.title} {bar.percent}" in found
        assert bar.caption in found
    for line in (*digest.changed, *digest.scores):
        assert line in found


@pytest.mark.parametrize("language", ["ur", "ps", "en"])
def test_the_workbook_reads_in_the_direction_of_its_language_and_is_reproducible(language: str) -> None:
    basis = aimed()
    made = tables.donor(told(basis, language), Reporter(PHRASES, language, basis))
    book = openpyxl.load_workbook(io.BytesIO(made))

    assert made == tables.donor(told(basis, language), Reporter(PHRASES, language, basis))
    assert len(book.sheetnames) == 5
    assert all(bool(sheet.sheet_view.rightToLeft) == (language != "en") for sheet in book)
    assert basis.code in str([[cell.value for cell in row] for row in book.worksheets[0].iter_rows()])


# -- what is missing ----------------------------------------------------------------------------------------


def missing(survey: Survey, figures: Publishable, language: str = "en", **terms: Any) -> tuple[Donor, list[str]]:
    """The report on figures with a gap, and its pages."""
    basis = Basis(stand(figures, survey, **terms))
    report = donor(basis, PHRASES, language)
    return report, pages(drawn.donor(report, basis.moment))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wave_without_a_block_has_one_page_that_says_why(language: str) -> None:
    survey = shipped(NAME)
    report, found = missing(survey, empty(survey), language)

    assert len(found) == 1
    assert report.nothing == PHRASES.say(language, "digest-empty", k=10)
    if language == "en":
        assert report.nothing in " ".join(found[0].split())


def test_of_a_wave_without_a_block_the_workbook_says_the_same() -> None:
    survey = shipped(NAME)
    basis = Basis(stand(empty(survey), survey))
    book = openpyxl.load_workbook(io.BytesIO(tables.donor(told(basis), Reporter(PHRASES, "en", basis))))

    assert len(book.sheetnames) == 1
    assert "Nothing can be shown yet" in str(
        [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    )


def test_one_block_makes_a_report_that_compares_nothing() -> None:
    survey = shipped(NAME)
    report, found = missing(survey, answered(survey, lambda given: given))

    assert all(line.groups == () and line.change is None for line in report.lines)
    assert "There is nothing to compare yet" in " ".join(" ".join(found).split())
    assert report.table.columns == ("Figure", "Who", "Share", "Range", "Answers")


def test_where_everybody_refused_each_figure_is_named_as_not_shown() -> None:
    survey = shipped(NAME)
    report, found = missing(survey, answered(survey, lambda given: dict.fromkeys(given, PREFER_NOT)))
    said = " ".join(" ".join(found).split())

    assert report.lines == () and report.table.rows == ()
    assert "Not shown, because each needs the answers of at least 10 people: Trust neighbours, Trust" in said
    assert "Whether women and youth were reached cannot be shown." in said
    assert "All figures in one table" not in said


def test_a_scale_with_one_option_used_is_a_share_like_any_other() -> None:
    survey = shipped(NAME)
    report, _ = missing(survey, answered(survey, lambda given: {**given, "trust_neighbours": "a_lot"}))

    assert report.lines[0].bar.percent == "90% or more"


def test_a_survey_without_the_language_of_the_report_is_quoted_in_its_own() -> None:
    survey = shipped("pulse")
    english = replace(survey, languages=("en",))
    report, found = missing(english, shipped_basis("pulse").now.figures, "ps")

    assert any("انګرېزي" in line and "په دې ژبه نه وه" in line for line in report.method.lines)
    assert (report.annex.language, report.annex.direction) == ("en", "ltr")
    assert report.annex.questions[0].ask == survey.questions[0].ask["en"]
    assert len(found) >= 4


def test_where_no_woman_answered_an_upper_limit_says_so() -> None:
    survey = shipped(NAME)
    report, _ = missing(survey, answered(survey, lambda given: {**given, "gender": "man"}, 30))
    women = report.reached[0]

    assert women.ratio == "For every 10 to be expected from the census at most about 5 answered."
    assert women.verdict == "Fewer than their share."
    assert all(line.groups == () for line in report.lines)


def test_a_survey_without_figures_of_its_own_says_so() -> None:
    survey = replace(shipped("pulse"), indicators=(), reach=None)
    report, found = missing(survey, answered(survey, lambda given: given))
    said = " ".join(" ".join(found).split())

    assert report.reached == () and report.lines == ()
    assert "This survey names no figures of its own" in said
    assert "Whether women and youth were reached cannot be shown." in said


# -- what is said -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "better", "words"),
    [
        (60, "higher", "The target is reached."),
        (90, "higher", "The target is not reached."),
        (75, "higher", "Whether the target is reached cannot be told: it lies in the range of chance."),
        (60, "lower", "The target is not reached."),
        (90, "lower", "The target is reached."),
        (75, "lower", "Whether the target is reached cannot be told: it lies in the range of chance."),
    ],
)
def test_a_target_is_judged_only_outside_the_interval(target: int, better: str, words: str) -> None:
    survey = shipped(NAME)
    first = replace(survey.indicators[0], target=target, better=better)
    report = told(shipped_basis(NAME, indicators=(first, *survey.indicators[1:])))

    assert report.lines[0].bar.percent == "75%"
    assert report.lines[0].goals == (f"Target: {target}%.", words)


def test_where_neither_end_is_better_a_target_is_not_judged() -> None:
    survey = shipped(NAME)
    first = replace(survey.indicators[0], target=60, better="none")

    assert told(shipped_basis(NAME, indicators=(first,))).lines[0].goals == ("Target: 60%.",)


def test_a_report_without_baselines_and_targets_has_no_columns_for_them() -> None:
    assert told(shipped_basis(NAME)).table.columns == (
        "Figure",
        "Who",
        "Share",
        "Range",
        "Answers",
        "Weighted",
        "Worth answers",
        "Before",
        "Change",
    )


@pytest.mark.parametrize(
    ("terms", "said", "unsaid"),
    [
        ({"alone": True}, "One person alone opened", "A second coordinator confirmed"),
        ({}, "A second coordinator confirmed", "One person alone opened"),
        ({"invited": True}, "Only people with an invitation", "Whoever had the link"),
        ({"minors": True}, "People of 15 to 17 years took part", "18 years and more"),
    ],
)
def test_the_method_says_on_what_terms_people_answered(terms: dict[str, Any], said: str, unsaid: str) -> None:
    basis = shipped_basis(NAME)
    method = " ".join(told(Basis(stand(basis.now.figures, shipped(NAME), **terms))).method.lines)

    assert said in method and unsaid not in method


def test_several_people_on_a_phone_are_said() -> None:
    survey = shipped(NAME)
    figures = publish(survey, "w1", layout(survey, None).partition, Rule(10, 2, slots=3), ())
    method = " ".join(told(Basis(stand(figures, survey))).method.lines)

    assert "Several people could answer on one phone" in method
    assert "Each account could answer once" not in method
