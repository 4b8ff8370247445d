"""The demo, as a new user meets it: one command, a page, people who answer, a digest, days that pass.

1. The simulated people follow the stated model, the same for the same seed.
2. What the model put in can be read out of the digest again, within the rounding of the block rule.
3. "Next day" lets a day pass for the bot too; stopping ends every process and removes every file.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.core.survey import Indicator, Survey
from bot.demo.model import DISTRICT, GENDER, Villager, likely, villagers
from bot.demo.story import COORDINATOR, ORGANISATION, RESPONDENT, SURVEY
from bot.files.phrases import Phrases
from bot.files.surveys import load
from tests import nursery
from tests.nursery import Process
from tests.rig import ROOT, free_port, wait_for

PEOPLE, SEED, K = 60, 11, 5
"""Sixty people are few: with another seed chance may turn the stated difference round for a question or two."""


@pytest.fixture(scope="module")
def survey() -> Survey:
    """The survey that the demo asks."""
    loaded = load(ROOT / "surveys" / f"{SURVEY}.yaml")
    assert loaded.survey is not None
    return loaded.survey


def test_the_same_seed_makes_the_same_people_and_another_makes_others(survey: Survey) -> None:
    assert villagers(survey, 30, 7) == villagers(survey, 30, 7)
    assert villagers(survey, 30, 7) != villagers(survey, 30, 8)


@pytest.mark.parametrize(("part", "effects"), [("gender", GENDER), ("district", DISTRICT)])
def test_answers_differ_by_gender_and_district_as_stated(
    survey: Survey, part: str, effects: dict[str, float]
) -> None:
    people = villagers(survey, 4000, 1)
    upper = {code.code for code in survey.question("trust_police").options[-2:]}
    for code in effects:
        group = [p for p in people if p.answers[part] == code and str(p.answers["trust_police"]) not in SILENT]
        share = sum(str(p.answers["trust_police"]) in upper for p in group) / len(group)
        stated = sum(likely("trust_police", p.answers) for p in group) / len(group)
        assert share == pytest.approx(stated, abs=0.04)
    ordered = sorted(effects, key=lambda code: effects[code])
    assert likely("trust_police", {part: ordered[0]}) < likely("trust_police", {part: ordered[-1]})


SILENT = {"dont_know", "prefer_not"}


@dataclass
class Demo:
    """A running demo: its process, its page, its folder."""

    process: Process
    url: str
    log: Path
    home: Path

    @property
    def folder(self) -> Path:
        """Where the demo keeps its installation."""
        return next(self.home.glob("aitbar-demo-*"))

    def get(self, path: str, body: Any = None) -> Any:
        """Call the emulator's control side."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - our own emulator on loopback
            self.url + path, data=data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)

    def console(self, *words: str) -> str:
        """Run `aitbar ...` beside the demo, on its folder."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("AITBAR_")}
        env |= {"PYTHONPATH": str(ROOT), "AITBAR_MIN_BLOCK": str(K)}
        done = nursery.run(words, env, self.folder)
        assert done.returncode == 0, done.stderr
        return done.stdout


def test_the_women_among_the_people_of_this_demo_trust_less_in_every_question(survey: Survey) -> None:
    people = villagers(survey, PEOPLE, SEED)
    for indicator in survey.indicators:
        if indicator.id.startswith("trust_"):
            women, men = (_share(people, indicator, gender) for gender in ("woman", "man"))
            assert women < men, indicator.id


def _share(people: list[Villager], indicator: Indicator, gender: str) -> float:
    given = [str(p.answers[indicator.question]) for p in people if p.answers["gender"] == gender]
    valid = [answer for answer in given if answer not in SILENT]
    return sum(answer in indicator.codes for answer in valid) / len(valid)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo with sixty people, small blocks, and nobody left behind."""
    home = tmp_path_factory.mktemp("demo")
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("AITBAR_")}
    env |= {"PYTHONPATH": str(ROOT), "TMPDIR": str(home), "AITBAR_MIN_BLOCK": str(K), "AITBAR_LEAVE_BEHIND": "0"}
    log = home / "log"
    with log.open("wb") as out:
        words = ["demo", "--port", str(port), "--people", str(PEOPLE), "--seed", str(SEED), "--no-browser"]
        process = nursery.start(words, env, ROOT, out, out)
    running = Demo(process, f"http://127.0.0.1:{port}", log, home)
    try:
        wait_for(lambda: "Ready" in log.read_text() or process.poll() is not None, 180)
        assert process.poll() is None, log.read_text()[-3000:]
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.mark.slow
def test_the_digest_says_again_what_the_model_put_in(demo: Demo, survey: Survey) -> None:
    people = villagers(survey, PEOPLE, SEED)
    wave = json.loads(demo.console("wave", "list", "--format", "json"))[0]["wave"]
    figures = json.loads(demo.console("digest", wave, "--format", "json"))

    assert figures["n"] >= PEOPLE // 2
    recovered = 0
    for indicator in survey.indicators:
        shown = figures["indicators"].get(indicator.id)
        if shown is None:
            continue
        low, high = _bounds(people, indicator.question, set(indicator.codes), shown["n"])
        least, most = {"<=10%": (0, 10), ">=90%": (90, 100)}.get(shown["share"], (shown["share"],) * 2)
        assert low - 2.5 <= most and least <= high + 2.5, indicator.id
        recovered += 1
    assert recovered >= 8
    assert figures["indicators"]["trust_police"]["share"] < figures["indicators"]["trust_neighbours"]["share"]


def _bounds(people: list[Villager], question: str, codes: set[str], shown: int) -> tuple[float, float]:
    """Between which percents the share of any `shown` to `shown + 4` of these people must lie."""
    valid = [str(p.answers[question]) for p in people if str(p.answers.get(question, "prefer_not")) not in SILENT]
    yes = sum(answer in codes for answer in valid)
    shares = []
    for released in range(shown, min(shown + 5, len(valid) + 1)):
        missing = len(valid) - released
        shares += [max(0, yes - missing) / released, min(released, yes) / released]
    return 100 * min(shares), 100 * max(shares)


@pytest.mark.slow
def test_the_coordinators_phone_shows_a_picture_and_the_words(demo: Demo) -> None:
    screen = demo.get(f"/sim/users/{COORDINATOR}/screen")
    assert any(message.get("photo") for message in screen["messages"])
    assert "Trust in my area" in screen["messages"][-1]["text"]
    assert "days pass" in json.dumps(demo.get("/sim/notice"))


@pytest.mark.slow
def test_that_women_trust_less_is_read_on_the_coordinators_phone(demo: Demo, survey: Survey) -> None:
    words = _details(demo)
    titles = [one.title["en"] for one in survey.indicators if one.id.startswith("trust_")]
    less, more = 0, 0
    for title in titles:
        found = re.search(rf"{re.escape(title)}: .*\nWomen: (.+?) in 10\. Men: (.+?) in 10\.(.*)", words)
        if found is not None:
            women, men = _of_ten(found[1]), _of_ten(found[2])
            less, more = less + (women < men), more + (women > men)
            assert women <= men or "clear difference" in found[3], f"{title}: the model says the opposite"
    assert less >= 6
    assert more <= 1


def _details(demo: Demo) -> str:
    """The words on the coordinator's phone once all of the summary is asked for."""
    phrases = Phrases.load()
    button, only_there = phrases.say("en", "button-digest-details"), "Languages: "
    demo.get(f"/sim/users/{COORDINATOR}/tap", {"button": {"text": button}})

    def words() -> str:
        screen = demo.get(f"/sim/users/{COORDINATOR}/screen")
        return "\n".join(message["text"] for message in screen["messages"])

    wait_for(lambda: only_there in words())
    return words()


def _of_ten(words: str) -> float:
    """About 7 to 8, at least 9, at most 1: a number of ten people."""
    numbers = [int(number) for number in re.findall(r"\d+", words)]
    return sum(numbers) / len(numbers)


@pytest.mark.slow
def test_the_next_day_button_lets_a_day_pass_for_the_bot_too(demo: Demo) -> None:
    before = demo.get("/sim/clock")["now"]
    demo.get("/sim/clock", {"advance_s": 86_400})
    assert demo.get("/sim/clock")["now"] >= before + 86_400
    wait_for(lambda: _last_tick(demo).timestamp() >= before + 86_400 - 1)
    assert demo.process.poll() is None


def _last_tick(demo: Demo) -> datetime:
    with sqlite3.connect(f"file:{demo.folder}/data/aitbar.db?mode=ro", uri=True) as database:
        found = database.execute("SELECT value FROM mark WHERE name = 'last tick'").fetchone()
    return datetime.fromisoformat(found[0])


@pytest.mark.slow
def test_a_talk_on_the_respondents_phone_is_saved_with_what_a_test_needs(demo: Demo) -> None:
    wave = json.loads(demo.console("wave", "list", "--format", "json"))[0]["wave"]
    demo.get(
        f"/sim/users/{RESPONDENT}/send", {"deep_link": wave, "look": {"timeout": 20, "idle": 0.2, "grace": 1}}
    )
    with urllib.request.urlopen(f"{demo.url}/sim/users/{RESPONDENT}/talk", timeout=30) as answer:  # noqa: S310
        talk = answer.read().decode()
    assert f"# survey: {SURVEY}\n# organisation: {ORGANISATION}\n# expects: only what is seen\n" in talk
    assert "\n> /start {wave}\n< " in talk


@pytest.mark.slow
def test_stopping_the_demo_ends_every_process_and_removes_every_file(demo: Demo) -> None:
    folder = demo.folder
    children = _children(demo.process.pid)
    assert len(children) >= 2, "the emulator and the bot"
    demo.process.send_signal(signal.SIGTERM)
    assert demo.process.wait(30) == 0
    assert not folder.exists()
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
    with pytest.raises(OSError, match="refused"):
        demo.get("/sim/health")


def _children(process: int) -> list[int]:
    """The processes that a process has started and that still run."""
    listed = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for path in listed for child in path.read_text().split()]
