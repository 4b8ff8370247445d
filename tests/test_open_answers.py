"""Answers in own words, the whole program long: twenty people write, a steward reads, the server never could.

Promises:
1. No word of theirs stands readable in database, its log, keys or program logs (at DEBUG), before the release and
   after it; the steward's own computer reads all of them, in no order of arrival, redacted.
2. The steward gets them at the desk as one sealed file, and nothing else there; a coordinator gets none.
3. Who writes of danger sees the survey's words on help and whom to call, once, and nothing of it is kept.
4. A code takes the words back with the answers.
5. The same holds of answers that were spoken: neither their sound nor their name at Telegram stands anywhere.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.chat.identity import who
from bot.cli import app
from bot.core import steward_key
from bot.core.events import Agreed, Chose, Continued, Typed
from bot.emulator.person import Person, Screen
from bot.files.shelf import pinned
from bot.files.surveys import load
from bot.store import Store, Terms, seal_apart, tick
from bot.store.opentext import read_bundle, release
from bot.store.sealing import make_key, public_of, read_key
from bot.turn import Held, take
from tests.rig import ROOT, Rig, id_of, installed
from tests.sounds import voice
from tests.store.sample import kept

PEOPLE = 20
SPEAKERS = 6
SECRETS = ("0300-765", "Made-up helpline", "OpusHead", "AwACAgQAAxkD")
"""Besides their words: a number, a helpline, the beginning of a sound, and of its name at Telegram."""

STEWARD, OWNER = 900, 901
HELPLINE = """\
helplines:
  - province: {{ur: صوبہ, ps: صوبه, en: Province A}}
    name: {{ur: مدد, ps: مدد, en: Made-up helpline}}
    number: "000-111"
    last_called: "{today}"
  - province: {{ur: صوبہ, ps: صوبه, en: Province B}}
    name: {{ur: مدد, ps: مدد, en: Forgotten helpline}}
    number: "000-222"
    last_called: "2020-01-01"
"""


def marker(number: int) -> str:
    """Words that nobody writes by chance."""
    return f"zebrastory{chr(97 + number)}quux"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """A running bot with a steward's public key; the private half lies elsewhere."""
    home = tmp_path / "steward"
    home.mkdir()
    key = steward_key.written(make_key(home / "steward.pem"))
    helplines = tmp_path / "helplines.yaml"
    helplines.write_text(HELPLINE.format(today=datetime.now(UTC).date()), "utf-8")
    shelf = tmp_path / "surveys"
    shelf.mkdir()
    for name in ("text.yaml", "voice.yaml"):
        (shelf / name).write_bytes((ROOT / "surveys" / "examples" / name).read_bytes())
    settings = {
        "AITBAR_STEWARD_KEY": key,
        "AITBAR_HELPLINES": str(helplines),
        "AITBAR_SURVEYS_DIR": str(shelf),
        "AITBAR_MIN_BLOCK": "5",
        "AITBAR_LEAVE_BEHIND": "0",
    }
    with installed(tmp_path / "server", **settings) as one:
        one.start_bot()
        yield one


@pytest.mark.slow
def test_the_server_never_reads_what_the_steward_reads(rig: Rig, tmp_path: Path) -> None:
    wave = rig.open_wave("example-text", "--population", "5000", "--release", "daily")
    codes = asyncio.run(_all_write(rig, wave))
    assert {row["dwell"] for row in rig.rows("pool")} == {0}
    assert len(rig.rows("pool")) == PEOPLE
    assert readable(rig) == []

    days(rig, 3)
    assert len(rig.rows("opentext")) == PEOPLE
    assert len(rig.rows("response")) == PEOPLE
    assert readable(rig) == []
    assert not any("more" in json.loads(row["body"])["answers"] for row in rig.rows("response"))

    file = tmp_path / "steward" / "answers.json"
    file.write_bytes(asyncio.run(_steward_takes(rig, wave)))
    read = opened(file, tmp_path / "steward" / "steward.pem")
    assert sorted(read) == sorted(f"{marker(n)} said call [#]" for n in range(PEOPLE))
    assert read != [f"{marker(n)} said call [#]" for n in range(PEOPLE)], "no order of arrival"

    asyncio.run(_withdraws(rig, codes[7]))
    assert len(rig.rows("opentext")) == len(rig.rows("response")) == PEOPLE - 1
    assert readable(rig) == []


@pytest.mark.slow
def test_the_server_never_hears_what_the_steward_hears(rig: Rig, tmp_path: Path) -> None:
    wave = rig.open_wave("example-voice", "--population", "5000", "--release", "daily")
    codes = asyncio.run(_all_speak(rig, wave))
    assert len(rig.rows("pool")) == SPEAKERS
    assert readable(rig) == []

    days(rig, 3)
    assert len(rig.rows("opentext")) == len(rig.rows("response")) == SPEAKERS
    assert not any("story" in json.loads(row["body"])["answers"] for row in rig.rows("response"))
    assert readable(rig) == []

    file, key = tmp_path / "steward" / "answers.json", tmp_path / "steward" / "steward.pem"
    rig.console("opentext", wave, "--out", str(file))
    said = rig.console("steward", "read", str(file), "--key", str(key))
    heard = sorted((tmp_path / "steward" / "answers-voices").glob("*.ogg"))
    assert all(str(path) in said for path in heard)
    assert sorted(path.read_bytes() for path in heard) == sorted(voice(2.0, marker(n)) for n in range(SPEAKERS))
    assert "cannot be written" in rig.console("steward", "read", str(file), "--key", str(key), code=1)

    asyncio.run(_withdraws(rig, codes[3]))
    assert len(rig.rows("opentext")) == len(rig.rows("response")) == SPEAKERS - 1
    assert readable(rig) == []


def days(rig: Rig, number: int) -> None:
    """Let days pass, as `aitbar tick` does beside the running bot."""
    store = Store(f"sqlite:///{rig.folder}/data/aitbar.db", rig.folder / "keys", pinned)
    with closing(store):
        for day in range(1, number + 1):
            with store.transaction() as tx:
                tick(tx.waves, tx.desk, datetime.now(UTC) + timedelta(days=day), UTC)
        store.scrub_now()


def opened(file: Path, key: Path) -> list[str]:
    """What the steward's computer reads, in the order in which it stands."""
    (one,) = read_bundle(file.read_bytes(), read_key(key))
    assert one.ask["en"] == "What else should be known about the road?"
    return list(one.words)


def readable(rig: Rig) -> list[str]:
    """What of anybody's words stands in any file of the server, as letters in several writings."""
    found = []
    for path in sorted(path for path in rig.folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for number in range(PEOPLE):
            words = marker(number)
            forms = (words.encode(), words.encode("utf-16-le"), words.encode().hex().encode())
            found += [f"{words} in {path.name}" for form in forms if form in content]
        found += [f"{secret} in {path.name}" for secret in SECRETS if secret.encode() in content]
    return found


# -- people -----------------------------------------------------------------------------------------------


async def _all_write(rig: Rig, wave: str) -> list[str]:
    return list(await asyncio.gather(*(_writes(rig, wave, number) for number in range(PEOPLE))))


async def _writes(rig: Rig, wave: str, number: int) -> str:
    """One interview; person 3 writes of danger first. Returns the code."""
    async with Person(rig.url, id_of(number), "Person", language_code="en", idle=0.02, timeout=60) as one:
        await one.start(wave)
        for label in ("English", "Yes, I agree", "No"):
            screen = await one.press(label)
        assert "no names" in screen.last.text
        if number == 3:
            screen = await one.say(f"they will KILL {marker(number)} " * 12)
            assert helped(screen)
            assert "too long" in screen.last.text
        screen = await one.say(f"{marker(number)} said call 0300-765{number:04d}")
        assert "[#]" in screen.last.text
        assert not helped(screen)
        screen = await one.press("Send and show my code")
        return "".join(re.findall(r"[0-9]{10}", screen.last.text))


async def _all_speak(rig: Rig, wave: str) -> list[str]:
    return list(await asyncio.gather(*(_speaks(rig, wave, number) for number in range(SPEAKERS))))


async def _speaks(rig: Rig, wave: str, number: int) -> str:
    """One interview: a voice where none is asked for, one that is given up for another. Returns the code."""
    async with Person(rig.url, id_of(100 + number), "Person", language_code="en", idle=0.02, timeout=60) as one:
        await one.start(wave)
        for label in ("English", "Yes, I agree"):
            await one.press(label)
        screen = await one.speak(voice(2.0, marker(number)))
        assert "Nothing was kept" in screen.last.text
        await one.press("No")
        await one.speak(voice(3.0, marker(number)))
        await one.press("2")
        screen = await one.speak(voice(2.0, marker(number)))
        assert "a recording of 2 s" in screen.last.text
        assert readable(rig) == []
        await one.press("Send and show my code")
        async with asyncio.timeout(30):
            while not (code := re.findall(r"[0-9]{10}", (await one.screen()).last.text)):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert all(message.sound is None for message in (await one.screen()).messages)
        return "".join(code)


def helped(screen: Screen) -> bool:
    """True where the words on help and the one number that was called lately are shown."""
    assert "Forgotten" not in screen.last.text
    return "there is help" in screen.last.text and "Made-up helpline" in screen.last.text


async def _steward_takes(rig: Rig, wave: str) -> bytes:
    """Somebody becomes owner, then steward: as an owner no words, as a steward nothing but words."""
    code = (await asyncio.to_thread(rig.console, "claim-code")).strip()
    async with Person(rig.url, id_of(STEWARD), "Steward", language_code="en", timeout=60) as one:
        await one.say(f"/claim {code}")
        await one.press_data(f"d:words:{wave}")
        assert all(message.document is None for message in (await one.screen()).messages)
        await asyncio.to_thread(rig.console, "member", "role", str(id_of(STEWARD)), "steward")
        screen = await one.say("/desk")
        assert "own computer" in screen.last.text
        refused = await one.press_data(f"d:digest:{wave}")
        assert all(message.photo is None for message in refused.messages)
        screen = await one.say("/desk")
        screen = await one.press(f"The village road ({wave})")
        document = next(message.document for message in screen.messages if message.document is not None)
        content = await one.fetch(document)
        assert document.name == f"open-answers-{wave}.json"
        assert set(json.loads(content)) == {"format", "wave", "survey", "key", "k", "release", "questions"}
        return content


async def _withdraws(rig: Rig, code: str) -> None:
    async with Person(rig.url, id_of(500), "Person", language_code="en", timeout=60) as one:
        await one.say(f"/withdraw {code}")


# -- the console ------------------------------------------------------------------------------------------

EXAMPLE = str(ROOT / "surveys" / "examples" / "text.yaml")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to run commands in, inside this process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AITBAR_SURVEYS_DIR", str(ROOT / "surveys"))
    yield tmp_path
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def console(*words: str, code: int = 0, typed: str = "") -> str:
    """A command; what it said."""
    done = CliRunner().invoke(app, list(words), input=typed)
    assert done.exit_code == code, done.output
    return " ".join(done.output.split())


def test_no_wave_is_opened_without_a_steward_and_the_reason_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = console("steward", "keygen", "--out", "steward.pem", "--no-passphrase").split()[0]
    assert steward_key.read(line) == public_of(read_key(folder / "steward.pem"))
    assert (folder / "steward.pem").stat().st_mode & 0o777 == 0o600

    assert "aitbar steward keygen" in console("wave", "open", EXAMPLE, "--yes", code=1)
    wrong = line[:-1] + ("a" if line[-1] != "a" else "b")
    assert "steward" in console("wave", "open", EXAMPLE, "--yes", "--steward-key", wrong, code=2)
    wave = re.findall(r"start (\w+)", console("wave", "open", EXAMPLE, "--yes", "--steward-key", line))[0]
    assert "Nothing yet" in console("opentext", wave, "--out", "none.json", code=1)
    assert not (folder / "none.json").exists()
    monkeypatch.setenv("AITBAR_STEWARD_KEY", wrong)
    assert "copy all of it" in console("wave", "list", code=1)


def test_the_steward_opens_a_file_with_key_and_passphrase_only(folder: Path) -> None:
    said = console("steward", "keygen", "--out", "steward.pem", typed="three words\nthree words\n")
    line = re.findall(r"steward-\w{58}", said)[0]
    survey = load(Path(EXAMPLE)).survey
    assert survey is not None
    key = steward_key.read(line)
    texts = [f"story {n}" for n in range(12)]
    with kept(folder, pinned) as store, store.transaction() as tx:
        wave = tx.waves.open(load(Path(EXAMPLE)).document, Terms(k=5, steward_key=key), datetime.now(UTC))
        people = [
            seal_apart(survey, wave, key, str(n), {"road": "yes", "more": words})[1]
            for n, words in enumerate(texts)
        ]
        release(tx.connection, wave, 1, people)
    assert "answers.json --key" in console("opentext", wave, "--out", "answers.json")
    assert "cannot be used" in console("opentext", wave, "--out", "answers.json", code=1), (
        "nothing is written over"
    )

    read = console(
        "steward", "read", "answers.json", "--key", "steward.pem", "--lang", "ur", typed="three words\n"
    )
    assert survey.question("more").ask["ur"] in read
    assert sorted(re.findall(r"story \d+", read)) == sorted(texts)
    wrong = console("steward", "read", "answers.json", "--key", "steward.pem", typed="three wrods\n", code=1)
    assert "passphrase is wrong" in wrong
    assert not re.findall(r"story \d", wrong)


# -- delivered twice --------------------------------------------------------------------------------------


def test_words_on_help_are_shown_again_when_the_same_words_come_twice(tmp_path: Path) -> None:
    with kept(tmp_path, pinned) as store, store.transaction() as tx:
        now = datetime.now(UTC)
        wave = tx.waves.open(load(Path(EXAMPLE)).document, Terms(k=5, steward_key=bytes(range(32))), now)
        somebody = who(id_of(1))
        grip = take(tx, somebody, Agreed(wave, 1, "en", 1, 0), now).grip
        assert grip is not None
        quiet = take(tx, somebody, Held(grip, Chose(0, 1, 1)), now)
        assert quiet.referral == ""
        first, again = (take(tx, somebody, Held(grip, Typed("a threat"), typed=5), now) for _ in range(2))
        assert "there is help" in first.referral
        assert again.referral == first.referral
        assert (first.moved, again.moved) == (True, False)
        assert take(tx, somebody, Held(grip, Continued()), now).referral == ""
