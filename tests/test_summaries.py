"""Summaries reach coordinators once a period, say what changed, and have the rest behind buttons.

1. What is due is sent once, however often and however late one ticks; what may have arrived says so.
2. When a wave has ended everybody who gets its summaries gets a last one, and then no more.
3. A wave is set beside the one before it of the same organisation, programme and survey, and beside no other.
4. While a wave is paused its summaries say so, and no longer.
5. Under a summary stand its details and a page to print, under the details a report for donors and a table;
   nobody without a role gets any.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

import openpyxl
import pytest
from pydantic import SecretStr
from telegram import Bot
from telegram.error import NetworkError

from bot import export, reports
from bot.chat.codec import decode
from bot.chat.outbound import Outbound, Outgoing, Show, ShowFile, ShowPicture
from bot.chat.pace import Pace
from bot.core import roles
from bot.core.cadence import AT_CLOSE, DAY, Cadence
from bot.core.events import Asked
from bot.core.parts import BESIDE, CSV, DETAILS, FIGURES, FILES, FIRST, JSON_STAT, PAGE, PARTS, REPORT, UNDER, XLSX
from bot.core.survey import Answer, Indicator, Survey
from bot.files.phrases import Phrases
from bot.handouts import makers
from bot.installation import released
from bot.settings import Settings
from bot.store import Store
from bot.summaries import Summaries, written
from tests.chat.test_updates import TOKEN
from tests.core.sample import words
from tests.reports.sample import pages
from tests.store.sample import START, TRUST, kept, open_wave, rows, send_many, tick_at

PHRASES = Phrases.load()
CHAT = 7_000_000_009
MET = replace(TRUST, indicators=(Indicator("met", words("Met"), "met", ("yes",), "higher"),))
WEEKLY = Cadence("weekly", 0, 9)
T = TypeVar("T")


class Telegram:
    """Notes what is sent to whom."""

    def __init__(self) -> None:
        self.texts: list[tuple[int, str]] = []
        self.pictures = 0
        self.asks: list[Asked] = []
        self.refuses: Exception | None = None

    async def send_message(self, chat: int, text: str, reply_markup: Any = None, **_more: Any) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.texts.append((chat, text))
        if reply_markup is not None:
            found = [decode(button.callback_data) for row in reply_markup.inline_keyboard for button in row]
            self.asks = [one for one in found if isinstance(one, Asked)]

    async def send_photo(self, _chat: int, _picture: bytes, **_more: Any) -> None:
        self.pictures += 1


def read(body: str) -> Survey:
    """The one survey there is, whatever version a wave pinned."""
    return replace(MET, version=json.loads(body).get("version", 1))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path, read) as one:
        with one.transaction() as tx:
            tx.desk.admit(CHAT, roles.COORDINATOR, "en", START)
        tick_at(one, 0)
        yield one


def subscribe(store: Store, wave: str, cadence: Cadence = WEEKLY) -> None:
    with store.transaction() as tx:
        tx.desk.subscribe(CHAT, wave, cadence, START)


def settings() -> Settings:
    return Settings(telegram_token=SecretStr(TOKEN))


def with_summaries(store: Store, telegram: Telegram, act: Callable[[Summaries], Awaitable[T]]) -> T:
    """What one program does."""

    async def story() -> T:
        pace = Pace(_forget)
        outbound = Outbound(cast(Bot, telegram), pace)
        handouts = makers(settings(), store, lambda: PHRASES)
        return await act(Summaries(settings(), store, lambda: PHRASES, pace, outbound, handouts))

    return asyncio.run(story())


async def _forget(_moment: float) -> None:
    return None


def tick(store: Store, telegram: Telegram, moment: datetime) -> None:
    with_summaries(store, telegram, lambda summaries: summaries.send_due(moment))


def answered(store: Store, wave: str, people: range, met: str) -> None:
    """So many women of Swat say whether they met, and their answers are released."""
    answers: dict[str, Answer] = {"district": "swat", "gender": "woman", "met": met}
    send_many(store, wave, people, answers)


def end(store: Store, wave: str, day: int) -> None:
    with store.transaction() as tx:
        tx.waves.close(wave)
    tick_at(store, day)
    tick_at(store, day + 1)


def test_what_is_due_comes_once_with_a_picture_and_buttons_for_the_rest(store: Store) -> None:
    wave, telegram = open_wave(store), Telegram()
    subscribe(store, wave)
    tick(store, telegram, START + 6 * DAY)
    assert telegram.texts == []
    for minutes in (0, 1, 600):
        tick(store, telegram, START + 7 * DAY + timedelta(minutes=minutes))
    assert [chat for chat, _ in telegram.texts] == [CHAT]
    assert telegram.pictures == 1
    assert telegram.asks == [Asked(part, (wave,)) for part in (DETAILS, PAGE)]


def test_after_a_month_away_one_summary_comes(store: Store) -> None:
    wave, telegram = open_wave(store), Telegram()
    subscribe(store, wave)
    tick(store, telegram, START + 30 * DAY)
    tick(store, telegram, START + 30 * DAY + timedelta(hours=1))
    assert len(telegram.texts) == 1


def test_what_could_not_be_sent_comes_later_and_says_that_it_may_be_a_second_copy(store: Store) -> None:
    wave, telegram = open_wave(store), Telegram()
    subscribe(store, wave)
    telegram.refuses = NetworkError("no way")
    tick(store, telegram, START + 7 * DAY)
    telegram.refuses = None
    tick(store, telegram, START + 7 * DAY + timedelta(minutes=1))
    assert telegram.texts == [], "it is still claimed"
    tick(store, telegram, START + 7 * DAY + timedelta(minutes=6))
    assert telegram.texts[0][1].startswith(PHRASES.say("en", "digest-again"))


@pytest.mark.parametrize("cadence", [WEEKLY, Cadence("monthly", 0, 9), Cadence(AT_CLOSE, 0, 0)])
def test_when_a_wave_has_ended_a_last_summary_comes_and_then_none(store: Store, cadence: Cadence) -> None:
    wave, telegram = open_wave(store), Telegram()
    subscribe(store, wave, cadence)
    end(store, wave, 1)
    for days in (3, 4, 40, 80):
        tick(store, telegram, START + days * DAY)
    assert len(telegram.texts) == 1
    assert rows(store, "SELECT period, state FROM digest") == [(AT_CLOSE, "sent")]
    assert rows(store, "SELECT * FROM subscription") == []


def test_a_summary_at_close_does_not_come_before(store: Store) -> None:
    wave, telegram = open_wave(store), Telegram()
    subscribe(store, wave, Cadence(AT_CLOSE, 0, 0))
    with store.transaction() as tx:
        tx.waves.close(wave)
    tick(store, telegram, START + 40 * DAY)
    assert telegram.texts == []


# -- beside the wave before -------------------------------------------------------------------------------


def waves_of_two_years(store: Store, **terms: Any) -> tuple[str, str]:
    """A wave in which nobody met, and a later one, perhaps on other terms, in which everybody did."""
    first = open_wave(store)
    answered(store, first, range(40), "no")
    end(store, first, 3)
    later = open_wave(store, START + 100 * DAY, **terms)
    answered(store, later, range(100, 140), "yes")
    end(store, later, 104)
    return first, later


def test_a_wave_is_set_beside_the_one_before_it(store: Store) -> None:
    first, later = waves_of_two_years(store)
    compared = released(settings(), store, later).compared
    assert compared is not None
    assert compared.before.wave == first
    assert compared.began == START.date()
    assert released(settings(), store, first).compared is None, "nothing was before it"


@pytest.mark.parametrize(
    "terms",
    [{"organisation": "Others"}, {"programme": "Another"}, {"minors": True}],
    ids=lambda terms: next(iter(terms)),
)
def test_a_wave_is_set_beside_none_of_other_people(store: Store, terms: dict[str, Any]) -> None:
    _, later = waves_of_two_years(store, **terms)
    assert released(settings(), store, later).compared is None


def test_where_no_wave_was_before_the_newest_answers_are_set_beside_those_before(store: Store) -> None:
    wave = open_wave(store)
    for week, met in enumerate(("no", "yes")):
        answered(store, wave, range(100 * week, 100 * week + 40), met)
        for day in range(1, 8):
            tick_at(store, 7 * week + day)
        compared = released(settings(), store, wave).compared
        assert (compared is None) is (week == 0), "the first release has none before it"
    assert compared is not None and compared.began is None
    before, now = compared.before.indicators["met"], compared.now.indicators["met"]
    assert (before.share, now.share) == ("<=10%", ">=90%")


def test_the_summary_says_what_changed(store: Store) -> None:
    _, later = waves_of_two_years(store)
    with store.transaction() as tx:
        tx.desk.subscribe(CHAT, later, Cadence(AT_CLOSE, 0, 0), START)
    telegram = Telegram()
    tick(store, telegram, START + 110 * DAY)
    assert "Met (en): up, from at most 1 in 10 to at least 9 in 10" in telegram.texts[0][1]


# -- behind the buttons -----------------------------------------------------------------------------------


def asked(store: Store, wave: str, part: str) -> tuple[Outgoing, ...]:
    moment = START + 110 * DAY
    return with_summaries(store, Telegram(), lambda one: one.asked_for(CHAT, wave, "en", moment, part))


def test_details_say_more_than_the_first_screen_and_lead_on_to_the_page(store: Store) -> None:
    _, later = waves_of_two_years(store)
    picture, first = asked(store, later, "digest")
    (details,) = asked(store, later, DETAILS)
    assert isinstance(picture, ShowPicture) and isinstance(first, Show) and isinstance(details, Show)
    assert "• Languages:" in details.text and "• Languages:" not in first.text
    assert details.keyboard is not None
    assert [decode(str(row[0].callback_data)) for row in details.keyboard.inline_keyboard] == [
        Asked(PAGE, (later,)),
        Asked(REPORT, (later,)),
        Asked(BESIDE, (later,)),
        Asked(FIGURES, (later,)),
    ]


def test_every_part_is_a_button_under_another_and_answers(store: Store) -> None:
    assert {FIRST, *(part for under in UNDER.values() for part in under)} == set(PARTS)
    _, later = waves_of_two_years(store)
    for part in PARTS:
        *_, last = asked(store, later, part)
        assert isinstance(last, ShowFile) is (part in FILES), part


def test_the_page_is_a_file_named_by_wave_and_day(store: Store) -> None:
    _, later = waves_of_two_years(store)
    (page,) = asked(store, later, PAGE)
    assert isinstance(page, ShowFile)
    assert page.content.startswith(b"%PDF")
    assert page.name == f"aitbar-page-{later}-2027-03-13.pdf"
    assert rows(store, "SELECT kind, wave, who FROM report") == [("meeting", later, "coordinator")]


def test_of_all_figures_one_asks_for_a_kind_of_file(store: Store) -> None:
    _, later = waves_of_two_years(store)
    (which,) = asked(store, later, FIGURES)
    assert isinstance(which, Show) and which.keyboard is not None
    assert [decode(str(row[0].callback_data)) for row in which.keyboard.inline_keyboard] == [
        Asked(XLSX, (later,)),
        Asked(CSV, (later,)),
        Asked(JSON_STAT, (later,)),
    ]


def test_each_kind_of_file_holds_the_figures_that_the_console_writes(store: Store) -> None:
    _, later = waves_of_two_years(store)
    with store.transaction() as tx:
        survey, shown = tx.waves.known(later).survey, tx.waves.published(later)
    for part, format, name in (
        (XLSX, "xlsx", "figures.xlsx"),
        (CSV, "csv", "figures.csv"),
        (JSON_STAT, "json-stat", "figures.en.json"),
    ):
        (file,) = asked(store, later, part)
        assert isinstance(file, ShowFile)
        assert file.content == export.figures.files(shown, survey, PHRASES, format)[name]
        assert file.name.startswith(f"aitbar-figures-{later}-2027-03-13.")


def test_a_coordinator_compares_waves_of_the_same_organisation_only(store: Store) -> None:
    _, later = waves_of_two_years(store, organisation="Others")
    (file,) = asked(store, later, BESIDE)
    assert isinstance(file, ShowFile)
    found = " ".join(" ".join(pages(file.content)).split())
    assert "No other wave stands beside this one yet" in found and "Others" in found
    assert reports.verify(settings(), store, file.content).said[-1].endswith("the figures are still the same.")
    console = reports.make(settings(), store, PHRASES, later, START, kind=reports.COMPARISON).content
    assert "No other wave" not in " ".join(pages(console))


def test_the_figures_are_a_workbook_with_what_is_displayed_and_nothing_is_noted(store: Store) -> None:
    _, later = waves_of_two_years(store)
    (file,) = asked(store, later, XLSX)
    assert isinstance(file, ShowFile)
    assert file.name == f"aitbar-figures-{later}-2027-03-13.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    lines = [[cell.value for cell in row] for row in book["en"].iter_rows()]
    met = next(row for row in lines if row[2:4] == ["indicator", "met"])
    assert met[6:9] == [40, None, ">=90%"]
    assert rows(store, "SELECT * FROM report") == []


def test_the_report_is_a_file_noted_in_the_record_as_a_coordinators(store: Store) -> None:
    _, later = waves_of_two_years(store)
    (file,) = asked(store, later, REPORT)
    assert isinstance(file, ShowFile)
    assert file.name == f"aitbar-report-{later}-2027-03-13.pdf"
    assert reports.verify(settings(), store, file.content).unchanged
    assert rows(store, "SELECT kind, wave, who FROM report") == [("donor", later, "coordinator")]
    assert rows(store, "SELECT who FROM audit WHERE act = 'report'") == [(f"coordinator {CHAT}",)]


@pytest.mark.parametrize("language", ["ur", "ps", "en"])
@pytest.mark.parametrize("people", [0, 20])
def test_a_summary_says_that_its_wave_is_paused_as_long_as_it_is(store: Store, language: str, people: int) -> None:
    wave = open_wave(store, schedule="daily")
    send_many(store, wave, range(people))
    for day in range(4):
        tick_at(store, day)
    sentence, seen = PHRASES.say(language, "digest-paused"), []
    for act in ("resume", "pause", "resume"):
        with store.transaction() as tx:
            getattr(tx.waves, act)(wave)
        digest = written(settings(), store, PHRASES, wave, language, START + 4 * DAY)
        seen.append((sentence in digest.text, sentence in digest.brief))
        assert digest.shows is (people > 0)
    assert seen == [(False, False), (True, True), (False, False)]


def test_no_summary_bears_a_day_before_the_release_that_it_tells_of(store: Store) -> None:
    _, later = waves_of_two_years(store)
    days = [
        written(settings(), store, PHRASES, later, "en", moment).byline
        for moment in (START, START + 110 * DAY, START + 300 * DAY)
    ]
    assert days[0].endswith("8 March 2027") and days[1].endswith("13 March 2027")
    assert days[2].endswith("19 September 2027")


def test_of_a_wave_without_figures_no_picture_is_shown(store: Store) -> None:
    (only,) = asked(store, open_wave(store), "digest")
    assert isinstance(only, Show)
    assert "Nothing can be shown yet" in only.text
