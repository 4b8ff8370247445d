"""A survey on the coordinator's own phone, before anything is opened.

1. Every survey that ships can be looked at in each of its languages, from the consent to its end, on buttons that
   Telegram carries; every question and every answer of it is seen.
2. A page shows what an interview shows: the same lines, and the same buttons that answer.
3. Nothing of it is stored: the database is the same, row for row and byte for byte.
4. What not everybody is asked or offered says so, and names what it hangs on; so do earlier answers in words.
5. A page of a survey that was taken away or became shorter is answered plainly.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.chat.acts import Shelf
from bot.chat.codec import LIMIT, decode, encode
from bot.chat.desk import Desk
from bot.chat.said import Said
from bot.chat.words import text
from bot.core import roles
from bot.core.course import HIDDEN
from bot.core.drawing import LANGUAGE_NAMES
from bot.core.events import Asked, Chose
from bot.core.flow import begin
from bot.core.screen import Button, Code, Say, Screen, Text
from bot.core.survey import Survey
from bot.files.phrases import Phrases
from bot.files.surveys import load
from bot.store import Store, Terms
from tests.core.sample import choice, yes_no
from tests.rig import ROOT
from tests.store.sample import START, TRUST, kept, rows

CHAT = 42
WORDS = Phrases.load()
FILES = sorted((ROOT / "surveys").rglob("*.yaml"))


class Phone:
    """A coordinator who looks at one survey."""

    def __init__(self, store: Store, survey: Survey, language: str = "en") -> None:
        self.store = store
        self.survey: Survey | None = survey
        self.desk = Desk(lambda: WORDS, self._shelf, lambda wave: wave, Terms(k=10), ZoneInfo("Asia/Karachi"))
        with store.transaction() as tx:
            tx.desk.admit(CHAT, roles.COORDINATOR, language, START)

    def _shelf(self) -> Shelf:
        return Shelf({} if self.survey is None else {self.survey.id: (self.survey, {"survey": self.survey.id})})

    def tap(self, asked: Asked) -> Said:
        """One tap, as it travels: what a button carries is written and read again."""
        data = encode(asked, None)
        assert len(data.encode()) <= LIMIT
        assert decode(data) == asked
        with self.store.transaction() as tx:
            return self.desk.take(tx, CHAT, asked, "en", START)

    def look(self, language: str) -> list[Screen]:
        """Every page, by [Next] and nothing else."""
        assert self.survey is not None
        people = shown(self.tap(Asked("people", (self.survey.id,))))
        languages = shown(self.tap(asked(people, "button-desk-look")))
        page = shown(self.tap(does(languages, LANGUAGE_NAMES[language])))
        seen = [page]
        while labelled(page, "button-next"):
            page = shown(self.tap(asked(page, "button-next")))
            assert len(seen) < 200, "it comes to no end"
            seen.append(page)
        return seen


def shown(said: Said) -> Screen:
    """The screen of an answer."""
    assert said.screen is not None
    return said.screen


def labelled(screen: Screen, id: str) -> list[Button]:
    """The buttons with this phrase."""
    return [one for row in screen.rows for one in row if isinstance(one.label, Say) and one.label.id == id]


def asked(screen: Screen, id: str) -> Asked:
    """What the last button with this phrase asks for."""
    found = labelled(screen, id)[-1].does
    assert isinstance(found, Asked)
    return found


def does(screen: Screen, words: str) -> Asked:
    """What the button with these words asks for."""
    (found,) = [one.does for row in screen.rows for one in row if one.label == Text(words)]
    assert isinstance(found, Asked)
    return found


def words(screen: Screen) -> set[str]:
    """The words of the survey on a screen, as lines and on buttons."""
    labels = [one.label for row in screen.rows for one in row]
    numbered = [one.values["label"] for one in labels if isinstance(one, Say) and one.id == "option-numbered"]
    said = [line for line in (*screen.lines, *labels, *numbered) if isinstance(line, Text)]
    return {one.words.removeprefix("☐ ") for one in said}


def ids(screen: Screen) -> set[str]:
    """The phrases among its lines."""
    return {line.id for line in screen.lines if isinstance(line, Say)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_survey_is_seen_to_its_end_in_each_language(path: Path, tmp_path: Path) -> None:
    survey = load(path).survey
    assert survey is not None
    with kept(tmp_path) as store:
        phone = Phone(store, survey)
        for language in survey.offered:
            pages = phone.look(language)
            asked_of = [question for question in survey.questions if question.type not in HIDDEN]
            before = 1 + survey.tell_result + (survey.reminders is not None)
            assert len(pages) == before + len(asked_of) + 1
            assert survey.consent[language] in words(pages[0])
            for question, page in zip(asked_of, pages[before:-1], strict=True):
                assert page.language == language
                assert question.ask[language] in words(page)
                assert {option.label[language] for option in question.options} <= words(page)
                assert ("look-asked-if" in ids(page)) is (question.show_if is not None)
                assert text(WORDS, page)
            assert "look-end" in ids(pages[-1])
            for page in pages:
                assert "look-only" in ids(page)
                for row in page.rows:
                    for button in row:
                        encode(button.does, None)


def test_a_page_shows_what_an_interview_shows(tmp_path: Path) -> None:
    survey = load(ROOT / "surveys" / "community-trust.yaml").survey
    assert survey is not None
    with kept(tmp_path) as store:
        page = Phone(store, survey).look("ur")[1 + survey.tell_result + (survey.reminders is not None)]
    interview = begin(survey, "ur").screen
    first_line, *rest = interview.lines
    assert isinstance(first_line, Say)
    assert list(page.lines[2:]) == rest, "after what the desk says above it, and which question of how many it is"
    answers = [row for row in interview.rows if isinstance(row[0].does, Chose)]
    assert [[one.label for one in row] for row in page.rows[: len(answers)]] == [
        [one.label for one in row] for row in answers
    ]


def test_nothing_is_stored_by_looking(tmp_path: Path) -> None:
    survey = load(ROOT / "surveys" / "community-trust.yaml").survey
    assert survey is not None
    with kept(tmp_path) as store:
        phone = Phone(store, survey)
        before = everything(store)
        for page in phone.look("ps"):
            for button in [one for row in page.rows for one in row]:
                assert isinstance(button.does, Asked)
                assert not phone.tap(button.does).tell
        assert everything(store) == before
        assert store.folder is not None
        bytes_before = contents(store.folder)
        phone.look("en")
        assert contents(store.folder) == bytes_before


def everything(store: Store) -> dict[str, list[object]]:
    """Every row of every table."""
    tables = [name for (name,) in rows(store, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: rows(store, f"SELECT * FROM {name}") for name in tables}  # noqa: S608 - names of our own


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes that lie on the disk."""
    names = ("aitbar.db", "aitbar.db-wal")
    return {name: (folder / name).read_bytes() for name in names if (folder / name).exists()}


def test_an_earlier_answer_in_words_stands_by_the_name_of_its_question(tmp_path: Path) -> None:
    asked_twice = replace(yes_no("safe"), pipes=("district",), ask={"en": "Is {district} safe?"})
    district = choice("district", "swat", "dir")
    survey = replace(TRUST, languages=("en",), questions=(district, asked_twice), cells=())
    with kept(tmp_path) as store:
        page = Phone(store, survey).look("en")[2]
    assert Text("Is {district} safe?", {"district": Code("district")}) in page.lines
    assert "district" in text(WORDS, page)


def test_what_not_everybody_is_offered_says_on_what_it_hangs(tmp_path: Path) -> None:
    survey = load(ROOT / "surveys" / "examples" / "choice_filter.yaml").survey
    assert survey is not None
    with kept(tmp_path) as store:
        pages = Phone(store, survey, "ps").look("ps")
    (filtered,) = [question for question in survey.questions if question.filter is not None]
    (page,) = [one for one in pages if "look-offered-if" in ids(one)]
    assert filtered.filter is not None
    assert filtered.filter.question in text(WORDS, page)
    assert {option.label["ps"] for option in filtered.options} <= words(page), "all that anybody may be offered"


def test_a_survey_that_was_taken_away_or_became_shorter_is_answered_plainly(tmp_path: Path) -> None:
    with kept(tmp_path) as store:
        phone = Phone(store, TRUST)
        last = asked(phone.look("en")[-2], "button-next")
        phone.survey = replace(TRUST, questions=TRUST.questions[:2])
        assert "desk-outdated" in ids(shown(phone.tap(last)))
        phone.survey = None
        for asks in (last, Asked("looklang", (TRUST.id,)), Asked("people", (TRUST.id,))):
            assert "desk-outdated" in ids(shown(phone.tap(asks)))


def test_a_question_with_a_recording_can_be_heard(tmp_path: Path) -> None:
    hash = "ab" * 32
    survey = replace(TRUST, questions=(replace(TRUST.questions[0], audio={"en": hash}), *TRUST.questions[1:]))
    with kept(tmp_path) as store:
        phone = Phone(store, survey)
        pages = phone.look("en")
        heard = phone.tap(asked(pages[1], "button-listen"))
        assert (heard.voice, heard.screen) == (hash, None)
        assert not labelled(pages[2], "button-listen")
