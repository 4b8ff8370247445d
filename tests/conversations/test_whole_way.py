"""The whole way of a coordinator, in each language, through the whole program: claim, invite a colleague, open a
wave with a second one, print its poster, hear that a group is behind, close, and say what was heard.

1. Both phones show what stands in `whole_way/*.txt`, no more and no less; `pytest --rewrite` writes it.
2. What is another each time (a wave's name, codes, numbers, days) stands as {wave}, {code}, {number}, {day}.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core.letters import clean
from bot.core.survey import Answer
from bot.emulator.person import Message, Person, Screen
from bot.files.phrases import Phrases, latin
from bot.files.shelf import pinned
from bot.store import Store
from tests.conversations.talk import FOLDER
from tests.rig import Rig, id_of, installed
from tests.store.sample import send

WORDS = Phrases.load()
PERSON: dict[str, Answer] = {"district": "swat", "age_band": "b18_24", "trust_people": "some"}
WOMEN, ALL = 4, 40
WILL_BE_DONE = {
    "en": "We shall meet the women of the valley next month.",
    "ur": "اگلے مہینے وادی کی خواتین سے ملاقات ہو گی۔",
    "ps": "په راتلونکې میاشت کښې به د وادۍ د زنانو سره ملاقات وشي۔",
}
REST, PATIENCE = 0.4, 60.0
"""Seconds after which a phone has come to rest; for which something is awaited that will come."""

TITLE = {"en": "Trust in my area", "ur": "میرے علاقے میں بھروسہ", "ps": "زما په علاقه کښې اعتبار"}
MONTHS = r"[^\W\d_]+"


class Phone:
    """One phone of the two; what it shows and does is noted in the talk of both."""

    def __init__(self, name: str, person: Person, language: str, talk: list[str]) -> None:
        self.name, self.person, self.language, self.talk = name, person, language, talk
        self._seen = 0
        self._last = ""

    async def _does(self, what: str) -> None:
        """Note what the phone shows by now, then what is done."""
        self._note(await self.person.wait_quiet(idle=REST))
        self.talk.append(f"{self.name} > {what}")

    async def say(self, words: str, shown: str = "") -> None:
        """Write to the bot."""
        await self._does(shown or words)
        self._note(await self.person.say(words))

    async def start(self, payload: str) -> None:
        """Open a link."""
        await self._does("(opens the link)")
        self._note(await self.person.start(payload))

    async def press(self, phrase: str, **values: object) -> None:
        """Tap the button with these words of the bot's."""
        label = WORDS.say(self.language, phrase, **values)
        await self._tap(lambda one: clean(one) == clean(label))

    async def press_with(self, part: str) -> None:
        """Tap the only button that has these words in it."""
        await self._tap(lambda one: part in clean(one))

    async def _tap(self, is_it: Callable[[str], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not (found := self._buttons(await self.person.screen(), is_it)):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        message, label = found[0]
        await self._does(f"[{clean(label)}]")
        self._note(await self.person.press(label, message_id=message))

    @staticmethod
    def _buttons(screen: Screen, is_it: Callable[[str], bool]) -> list[tuple[int, str]]:
        """The buttons that are meant, the newest first, each with its message."""
        return [(one.id, label) for one in reversed(screen.messages) for label in one.labels if is_it(label)]

    async def reply(self, words: str) -> None:
        """Answer the newest message."""
        newest = (await self.person.wait_quiet(idle=REST)).last.id
        await self._does(f"(replies) {words}")
        self._note(await self.person.say(words, reply_to=newest))

    async def hears(self, phrase: str) -> None:
        """Wait until a message comes of the bot's own accord that has these words; note it."""
        values = dict.fromkeys(("number", "command", "role"), "§")
        words = clean(WORDS.say(self.language, phrase, **values)).split("§")[0]
        async with asyncio.timeout(PATIENCE):
            while words not in clean((screen := await self.person.screen()).last.text):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        self._note(screen)

    async def gets_a_file(self) -> str:
        """Wait for a file; returns its name."""
        async with asyncio.timeout(PATIENCE):
            while (screen := await self.person.screen()).last.document is None:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        self._note(screen)
        document = screen.last.document
        assert document is not None
        return document.name

    def _note(self, screen: Screen) -> None:
        """What is new on the phone, or was changed."""
        new = [one for one in screen.messages if one.from_bot and one.id > self._seen]
        if not new and screen.messages and _shown(screen.last) != self._last:
            new = [screen.last]
        for one in new:
            self.talk.append(f"{self.name} < {_shown(one)}")
        if screen.messages:
            self._seen, self._last = max(self._seen, screen.last.id), _shown(screen.last)

    async def found(self, pattern: str) -> str:
        """What stands on the phone, newest first."""
        for message in reversed((await self.person.screen()).messages):
            if match := re.search(pattern, message.text):
                return match[1]
        raise AssertionError(pattern)


def _shown(message: Message) -> str:
    buttons = "".join(f"\n    [{clean(label)}]" for label in message.labels)
    kind = f"({message.document.name}) " if message.document else "(a picture) " if message.photo else ""
    return kind + clean(message.text).replace("\n", "\n    ") + buttons


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ur", "ps"])
def test_the_whole_way_of_a_coordinator_is_what_stands_in_the_talk(
    language: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = FOLDER / "whole_way" / f"{language}.txt"
    with installed(tmp_path, AITBAR_ORGANISATION="Roshan Kor") as rig:
        rig.start_bot()
        talk = asyncio.run(_walk(rig, language))
    if request.config.getoption("--rewrite"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(talk) + "\n", "utf-8")
    assert "\n".join(talk) + "\n" == path.read_text("utf-8")


async def _walk(rig: Rig, language: str) -> list[str]:
    talk: list[str] = []
    async with _person(rig, 1, language) as one, _person(rig, 2, language) as two:
        owner, colleague = Phone("Owner", one, language, talk), Phone("Colleague", two, language, talk)
        claim = (await asyncio.to_thread(rig.console, "claim-code")).strip()
        await owner.say(f"/claim {claim}", "/claim {code}")
        await _let_in(owner, colleague)
        wave = await _open(owner, colleague)
        await owner.press_with(wave)
        await owner.press("button-desk-cadence")  # at the end, so that the talk is the same on every weekday
        await owner.press("button-at-close")
        await owner.press("button-desk-poster")
        await owner.press_with("A5")
        assert (await owner.gets_a_file()).endswith(".pdf")
        await asyncio.to_thread(_answer, rig, wave)
        day = await asyncio.to_thread(rig.days, 8)
        await owner.hears("reached-weekly")
        await _agree(owner, colleague, wave, ["button-desk-close"], "button-desk-ask-second")
        await asyncio.to_thread(rig.days, 3, day)
        await _heard(owner, colleague, wave, language)
    return [_same(line, wave) for line in talk]


def _person(rig: Rig, number: int, language: str) -> Person:
    """Somebody who waits for an answer, however much the computer has to do."""
    return Person(rig.url, id_of(number), f"Person {number}", language_code=language, timeout=PATIENCE, grace=10.0)


async def _let_in(owner: Phone, colleague: Phone) -> None:
    await owner.say("/desk")
    await owner.press("button-people")
    await owner.press("button-people-let")
    await owner.press("role-coordinator")
    code = await owner.found(r"start=(desk-[a-z0-9]+)")
    await colleague.start(code)
    await colleague.press("button-people-accept")
    number = await colleague.found(r"(?<!\d)(\d{4})(?!\d)")
    await owner.hears("people-taken")
    await owner.press("button-people-confirm", number=latin(number))
    await colleague.hears("people-welcome")


async def _open(owner: Phone, colleague: Phone) -> str:
    title = clean(WORDS.say(owner.language, "button-desk-open"))
    await owner.say("/desk")
    await owner.press_with(title)
    await owner.press_with(TITLE[owner.language])
    await owner.press_with(clean(WORDS.say(owner.language, "desk-more-than", n=5000)))
    await owner.press("button-weekly-release")
    await owner.press("button-desk-aims")
    await owner.press("button-desk-ask-second")
    await colleague.hears("act-wanted")
    await colleague.press("button-act-confirm")
    await owner.hears("act-agreed")
    wave = await owner.found(r"start=([a-z0-9]{8})(?![a-z0-9-])")
    await owner.say("/desk")
    return wave


async def _agree(owner: Phone, colleague: Phone, wave: str, buttons: list[str], last: str) -> None:
    await owner.say("/desk")
    await owner.press_with(wave)
    for button in buttons:
        await owner.press(button)
    await owner.press(last)
    await colleague.hears("act-wanted")
    await colleague.press("button-act-confirm")
    await owner.hears("act-agreed")


async def _heard(owner: Phone, colleague: Phone, wave: str, language: str) -> None:
    await owner.say("/desk")
    await owner.press_with(wave)
    await owner.press("button-heard")
    await owner.press("button-heard-words", language=WORDS.say(language, f"digest-language-{language}"))
    await owner.reply(WILL_BE_DONE[language])
    await owner.press("button-heard-approve")
    await owner.press("button-desk-ask-second")
    await colleague.hears("act-wanted")
    await colleague.press("button-act-confirm")
    await owner.hears("act-agreed")
    await owner.press("button-heard")


def _answer(rig: Rig, wave: str) -> None:
    """People answer meanwhile, in a store beside the bot's."""
    store = Store(f"sqlite:///{rig.folder}/data/aitbar.db", rig.folder / "keys", pinned)
    try:
        with store.transaction() as tx:
            for number in range(ALL):
                send(tx, wave, number, {**PERSON, "gender": "woman" if number < WOMEN else "man"})
    finally:
        store.close()


def _same(line: str, wave: str) -> str:
    """What is another each time, by its name."""
    line = re.sub(r"local_[a-z0-9_]+_bot", "local_bot", line.replace(wave, "{wave}"))
    line = re.sub(r"desk-[a-z0-9]{16}", "desk-{code}", line)
    line = re.sub(rf"\d{{1,2}} {MONTHS} \d{{4}}", "{day}", line)
    return re.sub(r"(?<![\d,.{])\d{4}(?![\d,])", "{number}", line)
