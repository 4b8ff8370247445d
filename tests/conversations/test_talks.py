"""Each talk of this folder is played as it stands, and what a talk cannot show is checked beside it.

1. What lies in the database afterwards is what the head of the talk says, no more and no less.
2. After the choice of a language the bot speaks that language and no other.
3. One message is edited in place; what was typed, and the message itself, are gone at the end.
4. Urdu and Pashto begin at the right in every line, and numbers put into them stand in isolates.
5. No notification shows a word of the survey or of whoever asks.
6. A talk saved from a phone of `aitbar try` is such a talk.
None of this is rewritten by `pytest --rewrite`, and a talk that breaks it is not rewritten at all.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from pypdf import PdfReader
from ruamel.yaml import YAML

from bot.core import steward_key
from bot.emulator.person import Person, Screen
from bot.emulator.talk import plain, thing
from bot.files.phrases import Phrases
from bot.files.recordings import KINDS
from tests.conversations import seeded
from tests.conversations.talk import FOLDER, NAMES, ONLY_SEEN, OWNER, RIGHT_TO_LEFT, Played, Player, Talk, read
from tests.demo.tried import Tried, tried
from tests.languages import speaks
from tests.rig import ROOT, Rig, id_of, installed

TALKS = sorted(FOLDER.glob("*.txt"), key=lambda path: ("passes" not in path.read_text("utf-8"), path.stem))
"""Talks in which days pass come first: each wave has a summary to send then, and few are open yet."""

GREETINGS = ("السلام علیکم", "As-salamu alaykum")
ORGANISATION = "امن"
AT_THE_DESK = {"ps": ("شا ته", "وړاندې")}
FIRST_AND_LAST = {"en": ("Back", "Language"), "ur": ("پیچھے", "زبان"), "ps": ("شا ته", "ژبه")}


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    """One installation for all talks: each has a wave and a person of its own."""
    folder = tmp_path_factory.mktemp("talks")
    shelf = folder / "surveys"
    shelf.mkdir()
    for survey in (ROOT / "surveys").rglob("*.yaml"):
        shutil.copy(survey, shelf)
    for kind in KINDS:
        for beside in (ROOT / "surveys").rglob(kind):
            shutil.copytree(beside, shelf / kind, dirs_exist_ok=True)
    settings = {
        "AITBAR_ORGANISATION": ORGANISATION,
        "AITBAR_MIN_BLOCK": "10",
        "AITBAR_SURVEYS_DIR": str(shelf),
        "AITBAR_STEWARD_KEY": steward_key.written(bytes(range(32))),
    }
    with installed(folder, **settings) as rig:
        rig.start_bot(*seeded.COMMAND)
        code = rig.console("claim-code").strip()
        asyncio.run(_claim(rig, code))
        yield Player(rig)


@pytest.mark.slow
@pytest.mark.parametrize("path", TALKS, ids=lambda path: path.stem)
def test_the_bot_says_what_stands_in_the_talk(path: Path, player: Player, request: pytest.FixtureRequest) -> None:
    talk = read(path)
    rewrite = bool(request.config.getoption("--rewrite"))
    played = judged(talk, player, listen=rewrite)
    if rewrite:
        path.write_text(talk.with_replies(played.replies), "utf-8")
    else:
        assert played.replies == [turn.reply for turn in talk.turns]
        assert talk.with_replies(played.replies) == path.read_text("utf-8"), "not as --rewrite would write it"


def judged(talk: Talk, player: Player, *, listen: bool = False) -> Played:
    """The talk as it was played, with every promise kept."""
    if talk.wish("cohort"):
        wave = player.rig.open_wave(talk.wish("survey"), "--invited")
        link = player.rig.console("invite", wave, "--cohort", talk.wish("cohort"), "--cap", "20").split()[1]
    elif talk.wish("kind"):
        wave, link = asyncio.run(_invited(player.rig, talk.wish("survey"), talk.wish("kind")))
    else:
        wave, link = asyncio.run(_open(player.rig, talk.wish("survey"), talk.wish("organisation"))), ""
    played = asyncio.run(player.play(talk, wave, listen=listen, link=link))
    for promise in (_kept, _on_the_phone, _spoken, _from_the_right, _isolated, _turned, _unnamed):
        promise(talk, played, player.rig)
    return played


# -- the promises ---------------------------------------------------------------------------------------


def _kept(talk: Talk, played: Played, rig: Rig) -> None:
    """The rows of this wave, read from the file as a stranger would."""
    if talk.wish("expects") == ONLY_SEEN:
        return
    pool, ledger, sessions = (
        [row for row in rig.rows(table) if row["wave"] == played.wave] for table in ("pool", "ledger", "session")
    )
    counted = {
        "rows": len(pool),
        "ledger": len(ledger),
        "done": sum(row["done"] for row in ledger),
        "open": len(sessions),
        "codes": len(played.codes),
    }
    _compare(talk, counted)
    assert played.codes_kept == len(played.codes), "a code that opens nothing"
    assert [row for row in rig.rows("response") if row["wave"] == played.wave] == []
    kind = {"cohort": talk.wish("kind")} if talk.wish("kind") else {}
    given = {"language": talk.wish("language"), "answers": _answers(talk), **kind}
    wanted = [given] if talk.wish("answers") else []
    assert [_as_words(json.loads(row["body"])) for row in pool] == wanted


def _on_the_phone(talk: Talk, played: Played, _rig: Rig) -> None:
    assert played.end is not None
    bots = [message for message in played.end.messages if message.from_bot]
    traces = [message for message in played.end.messages if plain(message.text) not in GREETINGS]
    counted = {
        "edits": played.most_edits,
        "bots": len(bots),
        "sent": len(played.sent_by_bot),
        "mine": len(played.end.messages) - len(bots),
        "traces": len(traces),
    }
    _compare(talk, counted)


def _spoken(_talk: Talk, played: Played, _rig: Rig) -> None:
    assert any(language for language, _ in played.spoken), "nobody chose a language"
    for language, message in played.spoken:
        if not language or thing(message):
            continue
        buttons = [label for label in message.labels if plain(label) not in NAMES]
        for words in (*message.text.split("\n"), *buttons):
            assert speaks(words) <= {language}, words
        if plain(message.text) not in GREETINGS:
            assert speaks(message.text) == {language}, message.text
    for language, passing in played.passing:
        assert speaks(passing) == {language}, passing


def _from_the_right(_talk: Talk, played: Played, _rig: Rig) -> None:
    for language, line in _lines(played):
        if language in RIGHT_TO_LEFT:
            assert unicodedata.bidirectional(line[0]) in ("R", "AL"), ascii(line)
        elif language:
            assert not re.search("[\u200e\u200f\u2066-\u2069]", line), ascii(line)


def _isolated(talk: Talk, played: Played, _rig: Rig) -> None:
    """A number in the words of an author or a translator is theirs; every other one was put in."""
    for language, line in _lines(played):
        if language not in RIGHT_TO_LEFT:
            continue
        written = _written(language, talk.wish("survey"))
        for number in re.finditer(r"\d+", re.sub("\u2068[^\u2068\u2069]*\u2069", "", line)):
            words = number.string[max(0, number.start() - 4) : number.end() + 4]
            assert words in written, f"{number[0]} stands in no isolate: {line!a}"


def _turned(talk: Talk, played: Played, _rig: Rig) -> None:
    """[Back] is read first: it stands at the right end of its row where one reads from the right."""
    for language, message in played.spoken:
        first, last = (AT_THE_DESK if talk.wish("role") else FIRST_AND_LAST).get(language, ("", ""))
        for row in message.buttons:
            labels = [plain(button.text) for button in row]
            if first in labels and (len(labels) > 1 or not talk.wish("role")):
                ends = (labels[-1], labels[0]) if language in RIGHT_TO_LEFT else (labels[0], labels[-1])
                assert ends == (first, last), labels


def _unnamed(talk: Talk, played: Played, _rig: Rig) -> None:
    """What a lock screen showed of each new message: its first line, or what kind of thing it is."""
    assert played.end is not None
    survey = _survey(talk.wish("survey"))
    texts = [words for language in NAMES.values() for words in _texts(survey, language)]
    named = {line.strip() for words in texts for line in words.split("\n") if len(line.strip()) > 4}
    for shown in map(plain, played.end.notifications):
        assert ORGANISATION not in shown
        assert [words for words in named if words in shown] == []


# -- the promises themselves are looked at --------------------------------------------------------------


def test_rewriting_changes_what_the_bot_says_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "some.txt"
    head = "# About.\n# survey: some\n# expects: rows=1\n\n"
    path.write_text(head + "> one\n< old\n  [x]\n* a day passes\n> [x]\n< older\n", "utf-8")
    rewritten = read(path).with_replies(["< new\n\n  words\n  [y]", "", "< newer"])
    assert rewritten == head + "> one\n< new\n\n  words\n  [y]\n* a day passes\n> [x]\n< newer\n"


@pytest.mark.parametrize("path", TALKS, ids=lambda path: path.stem)
def test_the_head_of_a_talk_says_what_must_be_true_at_its_end(path: Path) -> None:
    talk = read(path)
    wishes = _wishes(talk)
    if talk.wish("expects") == ONLY_SEEN:
        assert talk.wish("organisation"), "our own talks say what is kept"
        return
    assert {"rows", "done", "codes", "edits"} <= set(wishes)
    assert talk.wish("language") in (*RIGHT_TO_LEFT, "en")
    assert bool(talk.wish("answers")) == (wishes["rows"] == ("=", 1))


def test_there_is_a_whole_interview_in_every_language() -> None:
    questions = [one["id"] for one in _survey("community-trust")["questions"] if one["type"] != "note"]
    for language in ("ur", "ps", "en"):
        talk = read(FOLDER / f"trust.{language}.txt")
        assert talk.wish("language") == language
        missing = set(questions) - set(_answers(talk))
        assert missing == ({"meetings", "spoke"} if language == "en" else set()), "taken out by the change"
        assert {"dont_know", "prefer_not"} <= set(map(str, _answers(talk).values()))


@pytest.mark.parametrize("language", ["ur", "ps", "en"])
def test_the_pulse_is_answered_as_a_whole_in_every_language(language: str) -> None:
    talk = read(FOLDER / f"pulse.{language}.txt")
    assert talk.wish("language") == language
    assert set(_answers(talk)) == {one["id"] for one in _survey("pulse")["questions"]}


def test_every_example_survey_has_a_talk_of_its_name() -> None:
    for file in (ROOT / "surveys" / "examples").glob("*.yaml"):
        assert read(FOLDER / f"{file.stem}.txt").wish("survey") == YAML(typ="safe").load(file)["survey"]


# -- small tools ----------------------------------------------------------------------------------------


def _compare(talk: Talk, counted: dict[str, int]) -> None:
    for name, (sign, number) in _wishes(talk).items():
        if name in counted:
            right = counted[name] == number if sign == "=" else counted[name] >= number
            assert right, f"{name}: {counted[name]}, not {sign}{number}"


def _wishes(talk: Talk) -> dict[str, tuple[str, int]]:
    parts = [re.fullmatch(r"(\w+)(=|>=)(\d+)", part) for part in talk.wish("expects").split()]
    return {part[1]: (part[2], int(part[3])) for part in parts if part is not None}


def _answers(talk: Talk) -> dict[str, str]:
    return dict(part.split("=") for part in talk.wish("answers").split())


def _as_words(body: dict[str, Any]) -> dict[str, Any]:
    """A body with its answers written as the head of a talk writes them; what is sealed is chance to a reader."""
    answers = {
        id: ",".join(answer) if isinstance(answer, list) else str(answer) for id, answer in body["answers"].items()
    }
    return {**body, "answers": answers} if "cohort" in body else {"language": body["language"], "answers": answers}


def _lines(played: Played) -> Iterator[tuple[str, str]]:
    """Every line that is not empty, with the language chosen when it was said."""
    said: list[tuple[str, str]] = [(language, message.text) for language, message in played.spoken]
    for language, words in said + played.passing:
        for line in words.split("\n"):
            if line:
                yield language, line


@cache
def _survey(id: str) -> dict[str, Any]:
    surveys: list[dict[str, Any]] = [YAML(typ="safe").load(path) for path in (ROOT / "surveys").rglob("*.yaml")]
    return next(survey for survey in surveys if survey["survey"] == id)


@cache
def _written(language: str, survey: str) -> str:
    """All words of authors and translators in a language."""
    with (ROOT / "locales" / language / "LC_MESSAGES" / "bot.po").open("rb") as file:
        phrases = [str(message.string) for message in read_po(file) if message.id]
    return "\n".join([*phrases, *_texts(_survey(survey), language)])


def _texts(value: Any, language: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key == language and isinstance(part, str):
                yield part
            else:
                yield from _texts(part, language)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part, language)


async def _claim(rig: Rig, code: str) -> None:
    async with rig.person(OWNER, "en") as owner:
        await owner.start()
        await owner.say(f"/claim {code}")


async def _open(rig: Rig, survey: str, organisation: str = "") -> str:
    """The owner opens a wave in the chat, or the console one for another organisation; returns its id."""
    if organisation:
        return await asyncio.to_thread(rig.open_wave, survey, "--org", organisation)
    before = {row["wave"] for row in rig.rows("wave")}
    async with Person(rig.url, id_of(OWNER), "Owner", language_code="en", idle=0.02) as owner:
        await owner.say("/desk")
        for label in ("Open a survey", _survey(survey)["title"]["en"], "5,000 or more", "Once a week", "Open now"):
            await owner.press(label)
    (wave,) = {str(row["wave"]) for row in rig.rows("wave")} - before
    return wave


async def _invited(rig: Rig, survey: str, kind: str) -> tuple[str, str]:
    """The owner opens a wave that counts kinds, invites a group and prints its poster; the wave, and what the link
    on the poster carries."""
    before = {row["wave"] for row in rig.rows("wave")}
    title = Phrases.load().say("en", f"cohort-kind-{kind}")
    async with Person(rig.url, id_of(OWNER), "Owner", language_code="en", idle=0.02) as owner:
        await owner.say("/desk")
        opening = ("Open a survey", _survey(survey)["title"]["en"], "5,000 or more", "Once a week")
        for label in (*opening, "Only with an invitation", "Count by kind of group"):
            screen = await owner.press(label)
        assert "The consent and the poster say so" in screen.last.text
        for label in ("Open now", "Invitations", "New invitation", title, "20 people"):
            await owner.press(label)
        screen = await _until(await owner.press("30 days"), owner, lambda one: f"{title}, group 1" in one.words())
        for label in ("Poster (PDF)", "English, A5"):
            screen = await owner.press(label)
        screen = await _until(screen, owner, lambda one: one.last.document is not None)
        assert screen.last.document is not None
        poster = PdfReader(io.BytesIO(await owner.fetch(screen.last.document)))
    (wave,) = {str(row["wave"]) for row in rig.rows("wave")} - before
    front, behind = (page.extract_text() for page in poster.pages)
    assert "It is counted by which kind of group you were invited" in " ".join(front.split())
    assert "say it like this" in behind
    (link,) = re.findall(rf"start=({wave}-[a-z0-9]+)", front)
    return wave, str(link)


async def _until(screen: Screen, person: Person, there: Callable[[Screen], bool]) -> Screen:
    """The screen once it shows something that takes a moment to be made."""
    while not there(screen):
        screen = await person.wait_quiet(0.3)
    return screen


# -- a talk saved from a phone --------------------------------------------------------------------------


LED: dict[str, tuple[str, tuple[str | int, ...]]] = {
    "show_if.yaml": (
        "ur",
        (
            *(0, "button-agree", 0, "۴", "button-back", "پانچ", "5", "button-dont-know"),
            *("button-send-with-code", "button-wipe", "/withdraw {code}"),
        ),
    ),
    "choices.yaml": ("ps", (1, "button-agree", 0, 1, "button-done", "button-send", "button-wipe")),
}
"""Surveys, the language chosen, and what somebody does: presses a button by its number or its words, types."""

SHORTEST = "choices.yaml"
"""The one that is played more than once."""


@pytest.mark.slow
@pytest.mark.parametrize("survey", LED)
def test_a_talk_saved_from_a_phone_is_a_test_that_passes(survey: str, player: Player, tmp_path: Path) -> None:
    """Led on a phone of `aitbar try`, saved as the page saves it, and played as every talk of this folder."""
    language, walk = LED[survey]
    with tried(ROOT / "surveys" / "examples" / survey, tmp_path, "--lang", language) as one:
        phone = one.phones[0]
        asyncio.run(_lead(one, phone, language, walk))
        saved = tmp_path / "talk.txt"
        saved.write_text(one.talk(phone), "utf-8")

    test_the_head_of_a_talk_says_what_must_be_true_at_its_end(saved)
    talk = read(saved)
    assert talk.turns[0].act == "> /start {wave}"
    assert len(talk.turns) == len(walk) + 1
    played = judged(talk, player)
    assert talk.with_replies(played.replies) == saved.read_text("utf-8")
    if survey == SHORTEST:
        _judged_otherwise(saved, player, tmp_path)


def _judged_otherwise(saved: Path, player: Player, tmp_path: Path) -> None:
    """Played as a talk that says less, and as one that says what is not so."""
    # As the demo saves it: nobody can tell there which answers in the database are those of this phone.
    seen = tmp_path / "seen.txt"
    lines = [
        line for line in saved.read_text("utf-8").splitlines(True) if not line.startswith(("# answers", "# lang"))
    ]
    seen.write_text(re.sub("# expects:.*", f"# expects: {ONLY_SEEN}", "".join(lines)), "utf-8")
    test_the_head_of_a_talk_says_what_must_be_true_at_its_end(seen)
    judged(read(seen), player)

    wrong = tmp_path / "wrong.txt"
    wrong.write_text(saved.read_text("utf-8").replace("done=1", "done=0"), "utf-8")
    with pytest.raises(AssertionError, match="done"):
        judged(read(wrong), player)


async def _lead(one: Tried, phone: int, language: str, walk: tuple[str | int, ...]) -> None:
    """As a hand does it: each act when the screen has come to rest."""
    phrases, code = Phrases.load(), ""
    async with Person(one.url, phone, "Person", language_code="ur", idle=1.3) as person:
        await one.begin(person)
        for act in walk:
            if isinstance(act, int):
                screen = await person.press((await person.screen()).last.labels[act])
            elif act.startswith("button-"):
                screen = await person.press(phrases.say(language, act))
            else:
                screen = await person.say(act.replace("{code}", code))
            code = "".join(re.findall(r"[0-9]{4,}", screen.last.text)) or code
