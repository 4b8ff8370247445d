"""The library of measures: what every questionnaire in surveys/ keeps to.

1. Each one passes the check without a warning, in every language, with items of our own and the same consent.
2. At most three questions are about the person and at most fifteen are others; sensitive ones come last, behind
   a note. A question is short, asserts, and names the same period in every language; an answer is four words.
3. One item has one wording: wherever an id returns, its question, answers, scale and figure are the same.
4. Every path through a questionnaire ends where its answers can be sent, and no question is out of reach.
5. No word of them is about armed groups, ideology, worship, violence, parties or forces.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.core.conditions import names
from bot.core.events import Chose, Event, Finished, ReadOn, Sent, Skipped, Toggled, Typed
from bot.core.flow import REVIEW, Keep, Place, begin, step
from bot.core.questions import TYPES
from bot.core.survey import LANGUAGES, Question, Survey
from bot.files.surveys import load
from tests.library import (
    ABOUT_THE_PERSON,
    EACH,
    SCALES,
    SURVEYS,
    answers,
    file,
    indexes,
    others,
    question_of,
    said,
    survey,
)

LIBRARY = {
    "community-trust",
    "inclusion",
    "institutional-trust",
    "justice-services",
    "participation-voice",
    "programme-outcome",
    "pulse",
    "resilience-safety",
    "survey-feedback",
}

MOST_OTHERS = 15
SENSITIVE = {
    "trust_police",
    "trust_courts",
    "discriminated",
    "harm",
    "dispute",
    "complained",
    "safe_to_complain",
    "alone_day",
    "alone_dark",
}

DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")

NEGATED = {
    "en": r"\b(not|never|no|nobody|nothing|without|cannot)\b|n't\b",
    "ur": r"(?<!\w)(نہیں|نہ|بغیر|کبھی)(?!\w)",
    "ps": r"(?<!\w)(هېڅ|هېڅکله|بغېر|مه)(?!\w)",  # نه is "from" as often as "not"
}

NEVER_ASKED = {
    "en": "army soldier military taliban militant terrorist extremist radical ideology jihad sect "
    "shia sunni mosque pray prayer fasting religion religious weapon gun attack killed beaten "
    "violence rape bomb party vote election agency intelligence recruit",
    "ur": "فوج فوجی سکیورٹی طالبان عسکریت دہشت شدت نظریہ جہاد فرقہ شیعہ مسجد نماز مذہب مذہبی ہتھیار "
    "بندوق حملہ قتل تشدد بم پارٹی ووٹ الیکشن ایجنسی",
    "ps": "فوج پوځ سکیورټي طالبان ترهګر شدت نظریه جهاد فرقه شیعه جومات مونځ مذهب دین وسله ټوپک حمله "
    "قتل تشدد بم پارټي ګوند ووټ الېکشن اېجنسي",
}


# 1. Whole


def test_the_library_holds_these_questionnaires_and_no_other() -> None:
    assert {said(path)["survey"] for path in SURVEYS} == {path.stem for path in SURVEYS} == LIBRARY


@EACH
def test_a_questionnaire_passes_without_a_warning(path: Path) -> None:
    loaded = load(path)

    assert [str(problem) for problem in loaded.problems] == []
    assert loaded.survey is not None
    assert loaded.survey.languages == LANGUAGES
    assert loaded.survey.licence == "own items"
    assert not loaded.survey.open_text


@EACH
def test_its_head_names_the_constructs_and_says_that_none_of_their_words_are_taken(path: Path) -> None:
    head = path.read_text("utf-8").split("\nsurvey:")[0].replace("\n# ", " ")

    assert "The Urdu and Pashto texts are DRAFTS until two readers from Khyber Pakhtunkhwa" in head
    assert "docs/measures.md" in head
    assert "No item is taken from any of them" in head or "from which the questions come" in head


@EACH
def test_titles_indicators_and_indexes_are_there_in_every_language(path: Path) -> None:
    titled = [said(path)["title"], *(one["title"] for one in [*said(path)["indicators"], *indexes(path)])]

    for title in titled:
        assert tuple(title) == LANGUAGES
        assert all(words.strip() and len(words) <= 40 for words in title.values()), title


@EACH
def test_the_consent_is_that_of_community_trust_but_for_its_topic(path: Path) -> None:
    for language in LANGUAGES:
        model, own = (said(one)["consent"][language].split("\n") for one in (file("community-trust"), path))
        assert own[1:] == model[1:]
        assert own[0].startswith(model[0][:20]), "who asks comes first"


# 2. Short, and in order


@EACH
def test_there_are_three_questions_about_the_person_and_fifteen_others_at_most(path: Path) -> None:
    ids = [question["id"] for question in said(path)["questions"]]
    about = [id for id in ids if id in ABOUT_THE_PERSON]

    assert ids[: len(about)] == about
    assert 1 <= len(others(path)) <= MOST_OTHERS
    assert {part if isinstance(part, str) else part["question"] for part in said(path)["cells"].values()} <= {
        *about
    }
    assert question_of(path, "age_band")["screen_out"] == ["under_18"]


def test_the_pulse_has_five_questions() -> None:
    assert len(others(file("pulse"))) == 5
    assert "district" not in {question["id"] for question in said(file("pulse"))["questions"]}


@EACH
def test_sensitive_questions_come_last_behind_a_note(path: Path) -> None:
    asked = said(path)["questions"]
    first = next((n for n, q in enumerate(asked) if q["id"] in SENSITIVE), None)
    if first is None:
        return
    notes = [n for n, q in enumerate(asked[:first]) if q["type"] == "note"]
    assert notes, "no note before them"
    yes_first = {id for q in asked if q.get("sensitive") for id in q["show_if"]}
    for question in asked[notes[-1] + 1 :]:
        routed = set(question.get("show_if", {}))
        expected = question["id"] in SENSITIVE | yes_first
        assert expected or routed & {q["id"] for q in asked[notes[-1] :]}, question["id"]


def test_what_was_done_to_somebody_is_asked_after_a_yes() -> None:
    hurting = {q["id"] for path in SURVEYS for q in said(path)["questions"] if q.get("sensitive")}
    assert hurting == {"discriminated"}


@EACH
def test_a_question_is_understood_when_it_is_heard_once(path: Path) -> None:
    for question in others(path):
        for language, words in question["ask"].items():
            assert len(words) <= 160
            assert len(words.split()) <= 15, words
            assert words.endswith("?" if language == "en" else "؟")
            assert not re.search(NEGATED[language], words.lower()), words
            assert len(re.findall("[?؟.۔]", words)) == 1, f"two sentences: {words}"


@EACH
def test_a_note_says_at_most_twelve_words_in_a_breath(path: Path) -> None:
    for question in said(path)["questions"]:
        if question["type"] == "note":
            for words in question["ask"].values():
                assert all(len(sentence.split()) <= 12 for sentence in re.split("[.۔،]", words)), words


@EACH
def test_an_answer_has_four_words_at_most_and_no_answer_asks_for_agreement(path: Path) -> None:
    labels = [label for question in others(path) for label in answers(path, question).values()]

    assert [words for label in labels for words in label.values() if len(words.split()) > 4] == []
    assert not [label["en"] for label in labels if "agree" in label["en"].lower()]


@EACH
def test_a_period_is_the_same_in_every_language(path: Path) -> None:
    for question in others(path):
        periods = {tuple(re.findall(r"\d+", words.translate(DIGITS))) for words in question["ask"].values()}
        assert len(periods) == 1, question["ask"]


# 3. One item, one wording


def test_a_scale_has_the_codes_of_the_library_and_the_same_words_everywhere() -> None:
    words = defaultdict(list)
    for path in SURVEYS:
        for name, scale in said(path)["scales"].items():
            assert " ".join(scale["options"]) == SCALES[name]
            assert scale["order"] == "ascending"
            words[name].append(scale["options"])
    assert set(words) == set(SCALES)
    for name, found in words.items():
        assert all(one == other for one, other in pairwise(found)), name


def test_an_item_has_the_same_words_wherever_it_is_asked() -> None:
    asked: dict[str, dict[str, Any]] = defaultdict(dict)
    for path in SURVEYS:
        for question in said(path)["questions"]:
            asked[question["id"]][path.stem] = {**question, "answers": list(answers(path, question).items())}
    shared = {id: one for id, one in asked.items() if len(one) > 1}
    assert len(shared) > 15, "the library shares its items"
    for id, found in shared.items():
        assert all(one == other for one, other in pairwise(found.values())), (id, list(found))


def test_two_items_never_have_the_same_words() -> None:
    said_by = defaultdict(set)
    for path in SURVEYS:
        for question in said(path)["questions"]:
            for language, words in question["ask"].items():
                said_by[language, words].add(question["id"])
    assert [ids for ids in said_by.values() if len(ids) > 1] == []


def test_a_figure_is_the_same_wherever_it_is_shown() -> None:
    shown, counted = defaultdict(list), defaultdict(set)
    for path in SURVEYS:
        for one in (*said(path)["indicators"], *indexes(path)):
            shown[one["id"]].append(one)
        for one in said(path)["indicators"]:
            counted[str(one["share_of"])].add(one["id"])
    for id, found in shown.items():
        assert all(one == other for one, other in pairwise(found)), id
    assert [ids for ids in counted.values() if len(ids) > 1] == [], "one figure under two names"


@EACH
def test_an_index_joins_ordered_items_of_its_own_questionnaire(path: Path) -> None:
    for index in indexes(path):
        items = [question_of(path, id) for id in index["items"]]
        assert len(items) == len(set(index["items"])) >= 2
        assert {item["type"] for item in items} == {"scale"}
        assert not [item["id"] for item in items if item.get("show_if")], "some are asked of a few only"
        assert set(index["reverse"]) <= set(index["items"])
        assert index["better"] in ("higher", "lower", "none")


# 4. Every path ends


@EACH
@pytest.mark.parametrize("skipping", [False, True], ids=["answered", "skipped"])
def test_every_path_ends_where_its_answers_can_be_sent(path: Path, skipping: bool) -> None:
    asked = survey(path)
    first = begin(asked, "ps").place
    assert first is not None

    ends = list(walked(asked, first, skipping))
    assert 1 <= len(ends) < 5_000
    reached = {id for keep in ends for id in keep.answers}
    assert reached == {question.id for question in asked.questions if TYPES[question.type].kept}


@EACH
def test_whoever_is_too_young_leaves_nothing(path: Path) -> None:
    asked = survey(path)
    place = begin(asked, "ur").place
    assert place is not None
    while place.at != "age_band":
        place = _after(asked, place, Chose(asked.number(place.at), 0, place.step))
    left = step(asked, place, Chose(asked.number("age_band"), 0, place.step))
    assert (left.place, left.keep, left.end) == (None, None, "screened_out")


def walked(survey: Survey, place: Place, skipping: bool) -> Iterator[Keep]:
    """What is kept at the end of every path that can be told apart by a condition.

    A question that a condition names is answered in every way; each other one is answered once, or skipped.
    """
    if place.at == REVIEW:
        sent = step(survey, place, Sent(code=False, step=place.step))
        assert sent.end == "completed"
        assert sent.keep is not None
        yield sent.keep
        return
    question = survey.question(place.at)
    number = survey.number(place.at)
    if question.id in {name for one in survey.questions for name in names(one.show_if)}:
        events: list[Event] = [Chose(number, n, place.step) for n in range(len(question.options))]
        events += [Skipped(number, special, place.step) for special in question.specials]
    elif skipping and question.specials and question.type != "note":
        events = [Skipped(number, question.specials[-1], place.step)]
    else:
        events = [_answered(question, number, place)]
    for event in events:
        after = place
        if isinstance(event, Finished):
            after = _after(survey, place, Toggled(number, 0, True, place.step))
        after = _after(survey, after, event)
        assert after.at != place.at, f"{event} leads nowhere"
        yield from walked(survey, after, skipping)


def _answered(question: Question, number: int, place: Place) -> Event:
    if question.type == "note":
        return ReadOn(number, place.step)
    if question.type == "number":
        return Typed(str(question.low))
    if TYPES[question.type].several:
        return Finished(number, place.step)
    return Chose(number, len(question.options) - 1, place.step)


def _after(survey: Survey, place: Place, event: Event) -> Place:
    after = step(survey, place, event)
    assert after.hint is None
    assert after.place is not None
    return after.place


# 5. What is never asked


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_asked_that_could_bring_somebody_into_danger(language: str) -> None:
    words = re.compile(rf"(?<!\w)({'|'.join(NEVER_ASKED[language].split())})s?(?!\w)")
    found = []
    for path in SURVEYS:
        for question in said(path)["questions"]:
            texts = [question["ask"][language], *(label[language] for label in answers(path, question).values())]
            found += [text for text in texts if words.search(text.lower())]
    assert found == []


@EACH
def test_nobody_is_asked_for_own_words_names_or_places(path: Path) -> None:
    assert {question["type"] for question in said(path)["questions"]} <= {*TYPES} - {"text", "voice"}
    assert set(said(path)["cells"]) <= {"district", "gender", "age"}


def test_whoever_had_trouble_sees_at_once_where_help_is() -> None:
    asked = said(file("programme-outcome"))["questions"]
    harm = next(n for n, question in enumerate(asked) if question["id"] == "harm")

    assert (asked[harm + 1]["type"], asked[harm + 1]["show_if"]) == ("note", {"harm": ["yes"]})
