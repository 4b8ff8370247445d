"""Who is reached, on the desk.

1. A wave's screen leads there and back, for whoever may look, in every language.
2. It says of each group its share, what it is held against and whether it is behind, of others their shares in one
   line, and what is not shown and why; before a release only that nothing can be shown.
3. What might help is said while the wave takes answers.
4. Everything fits into one message, also with the districts of a whole province.
5. Before a wave is opened the usual aims are a button away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.chat.acts import Shelf
from bot.chat.desk import Desk
from bot.chat.desk.inclusion import Inclusion
from bot.chat.said import Said
from bot.chat.words import TEXT_LIMIT, line, text
from bot.core import roles
from bot.core.blocks import Block, Rule, publish
from bot.core.cells import layout
from bot.core.events import Asked
from bot.core.inclusion import WAYS, check_targets
from bot.core.survey import LANGUAGES, VALID, Answer, CellPart, Survey
from bot.digest import write
from bot.files.phrases import Phrases
from bot.store import Store, Terms, Wave
from tests.chat.test_desk import CHAT, carried, do
from tests.core.sample import choice, survey
from tests.digest.sample import ABOUT
from tests.languages import speaks
from tests.store.sample import AIMED, START, TRUST, kept, open_wave, send, tick_at

PHRASES = Phrases.load()
SCREENS = Inclusion(lambda: PHRASES, lambda: ())
MAN: dict[str, Answer] = {"district": "swat", "gender": "man", "met": "yes", "age": "b18_29"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path) as one:
        yield one


def plain(words: str) -> str:
    """Without what only turns and holds together."""
    return "".join(letter for letter in words if letter not in "\u200f\u2068\u2069")


def reached(store: Store, wave: str, language: str = "en") -> str:
    """The screen as it is read."""
    with store.transaction() as tx:
        screen = SCREENS.screen(language, tx.waves.known(wave), tx.waves.published(wave))
    return plain(text(PHRASES, screen))


def released(store: Store, men: int = 40, women: int = 10, **terms: Any) -> str:
    """A wave with a release; returns its id."""
    wave = open_wave(store, survey="aimed", **{"leave_behind": 0, **terms})
    with store.transaction() as tx:
        for person in range(men + women):
            send(tx, wave, person, {**MAN, "gender": "man" if person < men else "woman"})
    for day in range(8):
        tick_at(store, day)
    return wave


# -- 1: the way there and back ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [roles.OWNER, roles.COORDINATOR, roles.VIEWER])
def test_a_waves_screen_leads_there_and_back(store: Store, role: str) -> None:
    wave = open_wave(store)
    with store.transaction() as tx:
        tx.desk.admit(CHAT, role, "en", START)
    what, *values = carried(do(store, "wave", wave), "reached")
    there = do(store, what, *values)

    assert carried(there, "wave") == ("wave", wave)
    assert carried(there, "home") == ("home",)


def test_a_steward_does_not_see_it(store: Store) -> None:
    wave = open_wave(store)
    with store.transaction() as tx:
        tx.desk.admit(CHAT, roles.STEWARD, "en", START)
    said = do(store, "reached", wave).screen

    assert said is not None
    assert [line(PHRASES, "en", one) for one in said.lines] == [PHRASES.say("en", "only-coordinators")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_the_language_of_the_coordinator(store: Store, language: str) -> None:
    wave = released(store, targets={"district=swat": 50, "language=ps": 60})
    with store.transaction() as tx:
        screen = SCREENS.screen(language, tx.waves.known(wave), tx.waves.published(wave))
        alert = SCREENS.alert(language, tx.waves.known(wave), tx.waves.published(wave))
    assert alert is not None
    for said in (screen, alert):
        for one in plain(text(PHRASES, said)).split("\n"):
            assert speaks(re.sub(rf"{wave}|\w+ \({language}\)", "", one)) <= {language}, one


# -- 2: what it says ----------------------------------------------------------------------------------------


def test_before_a_release_it_says_that_nothing_can_be_shown(store: Store) -> None:
    said = reached(store, open_wave(store, survey="aimed"))

    assert "Nothing can be shown yet" in said
    assert "Women" not in said


def test_each_group_stands_with_what_it_is_held_against_and_whether_it_is_behind(store: Store) -> None:
    said = reached(store, released(store, targets={"district=swat": 90, "district=dir": 5})).split("\n")

    (women,) = (one for one in said if "Women:" in one)
    assert women == (
        "• Women: about 2 in 10 (likely between 1 and 3 in 10; about 50 answers). In the census of Khyber "
        "Pakhtunkhwa: about 5 in 10. For every 10 to be expected from the census about 4 answered, likely between "
        "2 and 7. Fewer than their share: please invite more of them. The aim is 50 of 100. Clearly fewer than "
        "that."
    )
    (swat,) = (one for one in said if "swat (en):" in one)
    assert swat.endswith("The aim is 90 of 100. That is reached.")
    (dir,) = (one for one in said if "dir (en):" in one)
    assert dir.endswith("The aim is 5 of 100. Whether that is reached cannot be told yet.")
    assert "• Languages: Urdu 0%, Pashto 0% and English 100%." in said
    assert "No group is clearly" not in "".join(said)


def test_the_furthest_is_named_where_several_are_behind(store: Store) -> None:
    several = reached(store, released(store, targets={"district=dir": 60}))
    assert "Furthest behind: dir (en)." in several


def test_where_none_is_behind_it_says_so_and_offers_no_help(store: Store) -> None:
    said = reached(store, released(store, men=20, women=20))

    assert "No group is clearly under its aim" in said
    assert "What can help" not in said


def test_districts_too_small_are_named_as_not_shown_and_no_share_is_said(store: Store) -> None:
    few = {(("district", "dir"),): 30, (("district", "swat"),): 40}
    said = reached(store, released(store, populations=few))

    assert "Not shown: swat (en) and dir (en). A group is shown once at least 5 people stand behind it" in said
    assert "Districts:" not in said


def test_who_answers_in_a_wave_for_minors_is_held_against_the_census_from_15_on(store: Store) -> None:
    assert "Youth, 15 to 29 years" in reached(store, released(store, minors=True))


# -- 3: what might help -------------------------------------------------------------------------------------


def test_what_might_help_is_said_while_the_wave_takes_answers(store: Store) -> None:
    wave = released(store)
    assert "What can help:\n• Record the questions for the next wave" in reached(store, wave)
    with store.transaction() as tx:
        tx.waves.close(wave)

    assert "What can help" not in reached(store, wave)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_has_its_words(language: str) -> None:
    assert len({PHRASES.say(language, f"reached-way-{way}") for way in WAYS}) == len(WAYS)


# -- 4: room ------------------------------------------------------------------------------------------------


def province(aims: int) -> tuple[Wave, Survey]:
    """A wave in 35 districts, of which so many have an aim."""
    codes = tuple(f"district_{n}" for n in range(35))
    large = replace(
        survey("large", choice("district", *codes), *AIMED.questions[1:]),
        languages=LANGUAGES,
        cells=(CellPart("district", "district", {code: code for code in codes}),),
        reach=AIMED.reach,
        targets={"women": 50, "youth": 40, **{f"district={code}": 2 for code in codes[:aims]}},
    )
    return Wave("w1", large, Terms(), "open", START, START, 1, 0), large


@pytest.mark.parametrize("aims", [0, 35])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_province_fits_into_one_message(language: str, aims: int) -> None:
    wave, asked = province(aims)
    check_targets(asked.targets, asked, layout(asked, None).partition)
    counted = {("_language", "ur"): 4000, ("district", VALID): 4000, ("district", "district_1"): 3999}
    block = Block(1, (), 4000, False, {**counted, ("gender", VALID): 4000, ("age", VALID): 4000})
    shown = publish(asked, "w1", layout(asked, None).partition, Rule(10, 2), [block])
    alert = SCREENS.alert(language, wave, shown)

    assert alert is not None
    for screen in (SCREENS.screen(language, wave, shown), alert):
        assert len(text(PHRASES, screen)) < TEXT_LIMIT
    assert plain(text(PHRASES, SCREENS.screen(language, wave, shown))).count("district_") >= 35


# -- in a summary -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_summary_names_districts_and_languages_under_their_aim_in_its_details(
    store: Store, language: str
) -> None:
    wave = released(store, targets={"district=dir": 60, "district=swat": 40, "language=ps": 60, "women": 45})
    with store.transaction() as tx:
        found, shown = tx.waves.known(wave), tx.waves.published(wave)
    digest = write(shown, found.survey, PHRASES, language, ABOUT)
    said = PHRASES.say(language, "reached-under-aim")

    assert [one.split(":")[0].strip("• ") for one in plain(digest.text).split("\n") if said in one] == [
        f"dir ({language})",
        plain(PHRASES.say(language, "reached-language", language=PHRASES.say(language, "digest-language-ps"))),
    ]
    assert PHRASES.say(language, "digest-reach-aim", number=45) in digest.text, "the wave's own aim"
    assert said not in digest.brief


# -- the usual aims of an opening ---------------------------------------------------------------------------

OPENING = Desk(
    lambda: PHRASES,
    lambda: Shelf({one.id: (one, {"survey": one.id}) for one in (AIMED, TRUST)}),
    lambda wave: wave,
    Terms(k=5, leave_behind=1),
    ZoneInfo("Asia/Karachi"),
)


def tap(store: Store, what: str, *values: str) -> Said:
    with store.transaction() as tx:
        return OPENING.take(tx, CHAT, Asked(what, values), "en", START)


def read_out(said: Said) -> str:
    assert said.screen is not None
    return plain(text(PHRASES, said.screen))


def test_the_usual_aims_are_a_button_away_before_a_wave_is_opened(store: Store) -> None:
    with store.transaction() as tx:
        tx.desk.admit(CHAT, roles.OWNER, "en", START)
    bare = tap(store, "review", "aimed", "1000", "w5")
    aimed = tap(store, "review", "aimed", "1000", "w5t")

    assert "Aim:" not in read_out(bare)
    assert "Aim: Women, 50 of 100 who answer. Nobody is turned away." in read_out(aimed)
    assert "Aim: Youth, 18 to 29 years, 39 of 100 who answer." in read_out(aimed)
    for said, there, back in ((bare, "w5", "w5t"), (aimed, "w5t", "w5")):
        assert said.screen is not None
        carried = {does.values for row in said.screen.rows for does in [row[0].does] if isinstance(does, Asked)}
        assert ("aimed", "1000", back) in carried
        assert any(values[2:3] == (there,) and len(values) == 4 for values in carried), "what Open now does"
    for said in (bare, aimed):
        assert said.screen is not None
        (go,) = [
            row[0].does for row in said.screen.rows if isinstance(row[0].does, Asked) and row[0].does.what == "go"
        ]
        tap(store, go.what, *go.values)
    with store.transaction() as tx:
        stated = {wave.terms.targets.get("women"): wave.survey.targets for wave in tx.waves.all()}
    assert stated == {50: {"women": 50, "youth": 39}, None: {"women": 50, "youth": 40}}


def test_a_survey_that_cannot_tell_who_women_are_offers_no_aims(store: Store) -> None:
    with store.transaction() as tx:
        tx.desk.admit(CHAT, roles.OWNER, "en", START)
    said = tap(store, "review", "trust", "1000", "w5").screen

    assert said is not None
    assert not any(line(PHRASES, "en", row[0].label).startswith("Usual aims") for row in said.rows)
