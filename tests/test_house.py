"""The house is what its papers say.

1. Every setting, command, question type, table and decision has its place in the documents.
2. Links between documents lead somewhere; the README's commands exist; its talk is in the bot's own words.
3. What cannot be promised stands in docs/security.md, and its first part in the consent text of every language.
4. The locks name no host and hash every package; no file names a host of packages or somebody's home.
5. Nothing pickles; the demo does not reach into the store.
6. Every phrase that is said exists, and every phrase that exists is said.
"""

from __future__ import annotations

import ast
import asyncio
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from bot.chat.words import text
from bot.cli import app
from bot.core.questions import TYPES
from bot.core.threshold import consent
from bot.files.form import KINDS, Ends, Scale, Section, SurveyFile
from bot.files.phrases import Phrases
from bot.files.surveys import load
from bot.settings import names
from bot.store import tables
from bot.store.engine import PRAGMAS
from tests.rig import Rig, installed

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md")))
KEYS = {
    field.alias or name
    for part in (SurveyFile, Scale, Section, Ends, *KINDS.values())
    for name, field in part.model_fields.items()
}
"""Every key of a survey file, of its scales and sections, and of a question."""
EXAMPLES = sorted((ROOT / "surveys" / "examples").glob("*.yaml"))
SOURCES = sorted((ROOT / "bot").rglob("*.py"))
LOCKS = tuple(ROOT / f"requirements{kind}.lock" for kind in ("", "-dev", "-audit"))
BINARY = {".ttf", ".png", ".pdf", ".ogg", ".jpg", ".ico", ".xlsx"}


def rows(page: Path) -> set[str]:
    """The first cells of all tables of a page, without their backticks."""
    lines = (line for line in page.read_text().splitlines() if line.startswith("|"))
    return {line.split("|")[1].strip() for line in lines}


def named(page: Path) -> set[str]:
    """Every `name` in the first cells of a page's tables."""
    return {name for cell in rows(page) for name in re.findall(r"`([^`]+)`", cell)}


# -- the documents are complete ---------------------------------------------------------------------------


def test_every_setting_has_a_row_in_the_operators_guide() -> None:
    wanted = {*names(), "AITBAR_TELEGRAM_TOKEN_FILE"}

    assert {name for name in named(DOCS / "operators.md") if name.startswith("AITBAR_")} == wanted


def commands(group: TyperGroup, before: str) -> Iterator[str]:
    """Every command with its full name."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


def front_door() -> TyperGroup:
    """All of `aitbar ...`."""
    door = get_command(app)
    assert isinstance(door, TyperGroup)
    return door


def test_every_command_has_a_row_in_the_operators_guide() -> None:
    wanted = set(commands(front_door(), "aitbar"))

    assert {name for name in named(DOCS / "operators.md") if name.startswith("aitbar ")} == wanted


def test_every_option_of_opening_a_wave_is_explained() -> None:
    wave = front_door().commands["wave"]
    assert isinstance(wave, TyperGroup)
    options = [option for parameter in wave.commands["open"].params for option in parameter.opts]
    explained = (DOCS / "operators.md").read_text()

    assert [option for option in options if option.startswith("--") and f"`{option}" not in explained] == []


def test_every_question_type_has_a_row_in_the_authors_guide_and_an_example() -> None:
    assert set(TYPES) == set(KINDS)
    assert set(TYPES) <= named(DOCS / "authors.md")
    assert set(TYPES) <= {path.stem for path in EXAMPLES}


def test_every_key_of_a_survey_and_of_a_question_has_a_row_in_the_authors_guide() -> None:
    assert KEYS - named(DOCS / "authors.md") == set()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_survey_passes(path: Path) -> None:
    loaded = load(path)

    assert [str(problem) for problem in loaded.problems] == []
    assert loaded.survey is not None
    types = {question.type for question in loaded.survey.questions}
    assert path.stem in types | KEYS | {"piping", "listen"}


def test_every_table_and_every_pragma_is_explained() -> None:
    explained = named(DOCS / "security.md")

    assert {table.name for table in tables.CORE} <= explained
    assert set(tables.METADATA.tables) <= explained
    assert set(PRAGMAS) <= explained
    for name, value in PRAGMAS.items():
        assert f"| `{name}` | `{value}` |" in (DOCS / "security.md").read_text()


@pytest.mark.parametrize("mark", [*(f"L{n}" for n in range(1, 8)), *(f"W{n}" for n in range(1, 7))])
def test_every_leak_and_weakness_is_printed_once(mark: str) -> None:
    assert (DOCS / "security.md").read_text().count(f"- **{mark}** ") == 1


@pytest.mark.parametrize("mark", [f"R{n}" for n in range(1, 9)])
def test_every_law_of_the_block_rule_is_printed_in_the_guide_and_at_the_head_of_its_file(mark: str) -> None:
    assert (DOCS / "security.md").read_text().count(f"- **{mark}** ") == 1
    assert f"\n{mark}. " in (ROOT / "bot" / "core" / "blocks.py").read_text()


def test_every_decision_is_listed() -> None:
    pages = {path.name for path in (DOCS / "decisions").glob("*.md")} - {"README.md"}
    listed = set(re.findall(r"^\| \[([a-z-]+\.md)\]\(\1\)", (DOCS / "decisions" / "README.md").read_text(), re.M))

    assert listed == pages


# -- the README and the links -----------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text())]
    inside = [link for link in links if link and not link.startswith(("https://", "http://", "mailto:"))]

    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_the_commands_of_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    known = set(commands(front_door(), "aitbar"))

    assert {"demo", "test"} <= set(re.findall(r"\bmake ([a-z-]+)", text)) <= targets
    said = re.findall(r"\.venv/bin/(aitbar(?: [a-z-]+)+)", text)
    assert said
    assert [
        words for words in said if not any(words == name or words.startswith(f"{name} ") for name in known)
    ] == []


BEFORE_THE_TALK = ("English", "Yes, I agree", "Swat", "Woman", "25 to 29")
"""What somebody has pressed who stands where the README's talk begins."""


@pytest.mark.slow
def test_the_talk_of_the_readme_is_what_the_bot_says(tmp_path: Path) -> None:
    talk = re.search(r"```talk\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    assert talk is not None
    assert [line[0] for line in talk[1].splitlines()] == list("><><><")

    with installed(tmp_path) as rig:
        rig.start_bot()
        wave = rig.open_wave("community-trust", "--population", "5000")
        asyncio.run(_play(rig, wave, talk[1].splitlines()))


async def _play(rig: Rig, wave: str, lines: list[str]) -> None:
    async with rig.person(1, "en") as person:
        await person.start(wave)
        for label in BEFORE_THE_TALK:
            await person.press(label)
        for line in lines:
            buttons = re.findall(r"\[([^\]]+)\]", line)
            if line.startswith(">"):
                for label in buttons:
                    await person.press(label)
                continue
            message = (await person.screen()).last
            assert message.text.split("\n\n")[-1] == re.sub(r"\s*\[[^\]]+\]", "", line[1:]).strip()
            assert list(message.labels[: len(buttons)]) == buttons


def test_the_drafts_are_called_drafts() -> None:
    for page in (ROOT / "README.md", DOCS / "translators.md"):
        assert re.search(
            r"drafts until two readers from Khyber Pakhtunkhwa, one of them a woman", page.read_text()
        )


# -- the consent text -------------------------------------------------------------------------------------

CONSENT = {
    "en": (
        "whoever holds the server and its key could learn who took part. They never learn what anyone said.",
        "Telegram sees this chat.",
        "This phone keeps whatever is not wiped.",
        "Totals already released do not change.",
    ),
    "ur": (
        "سرور اور اس کی چابی جس کے پاس ہو، اسے پتہ چل سکتا ہے کہ کس نے حصہ لیا۔",
        "ٹیلی گرام یہ چیٹ دیکھ سکتا ہے۔",
        "جو کچھ مٹایا نہ جائے، وہ اس فون میں رہتا ہے۔",
        "جو کل تعداد پہلے دکھائی جا چکی ہو، وہ نہیں بدلتی۔",
    ),
    "ps": (
        "د چا سره چې سرور او د هغه چابي وي، هغه ته پته لګېدے شي چې چا برخه اخستې ده۔",
        "ټېلیګرام دا چېټ لیدلے شي۔",
        "څه چې ختم نه کړئ، هغه په دې فون کښې پاتې کیږي۔",
        "کوم شمېر چې مخکښې ښودلے شوے وي، هغه نه بدلیږي۔",
    ),
}
"""L1, both halves of L6, and the limit of R6, as the questionnaire says them."""


@pytest.mark.parametrize("language", sorted(CONSENT))
def test_the_consent_says_what_is_beyond_our_power_in_every_language(language: str) -> None:
    survey = load(ROOT / "surveys" / "community-trust.yaml").survey
    assert survey is not None
    assert set(survey.languages) == set(CONSENT)

    assert [words for words in CONSENT[language] if words not in survey.consent[language]] == []


@pytest.mark.parametrize("path", sorted((ROOT / "surveys").rglob("*.yaml")), ids=lambda path: path.stem)
def test_the_consent_names_the_k_of_its_wave_in_every_language(path: Path) -> None:
    survey, phrases = load(path).survey, Phrases.load()
    assert survey is not None
    for language in survey.languages:
        for k, told in ((5, "۵" if language == "ps" else "5"), (20, "۲۰" if language == "ps" else "20")):
            read = text(phrases, consent("w1", survey, "Neighbours", k, language, 1, 0))
            number = told if language == "en" else f"\u2068{told}\u2069"
            assert number in read
            assert not re.search(r"\d", read.replace(told, "")), "no other number of people stands there"
            assert "{" not in read


# -- what the files may hold ------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_host_and_hashes_every_package(lock: Path) -> None:
    text = lock.read_text()

    assert re.findall(r"https?:|index|file:|--find-links|@ ", text) == []
    packages = re.split(r"\n(?=[a-zA-Z0-9])", text.strip())
    assert len(packages) > 30
    assert [
        entry.splitlines()[0] for entry in packages if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)
    ] == []
    assert [
        entry.splitlines()[0]
        for entry in packages
        if not re.match(r"[a-zA-Z0-9._-]+(\[[a-z0-9,-]+\])?==[^\s;]+", entry)
    ] == []


# Written in two halves, so that this file does not name them itself.
_HOSTS = (
    "py" + "pi.org",
    "pythonhos" + "ted.org",
    "npm" + "js.org",
    "dev" + "pi/",
    "artifact" + "ory",
    "/opt/" + "py",
)
_HOMES = (r"/ho" + r"me/(?!aitbar\b)\w+", r"/Us" + r"ers/\w+", r"(?<![\w.])/wo" + r"rk/\w+", r"/ro" + r"ot/\.")


@cache
def _ours() -> tuple[Path, ...]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("this is no git checkout")
    return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


def test_no_file_names_a_host_of_packages_or_somebodys_home() -> None:
    found = []
    for path in _ours():
        if path.suffix in BINARY:
            continue
        text = path.read_text()
        found += [f"{path.relative_to(ROOT)}: {host}" for host in _HOSTS if host in text]
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for home in _HOMES for match in re.finditer(home, text)]

    assert found == []


def test_no_key_and_no_answer_is_in_the_repository() -> None:
    names_ = [path.relative_to(ROOT).as_posix() for path in _ours()]

    assert [name for name in names_ if re.search(r"(^|/)(\.env|data|keys)(/|$)|\.(key|db|sqlite3?)$", name)] == []


def imported(path: Path) -> set[str]:
    """The modules that a source file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("module", ["pickle", "marshal", "shelve", "dill"])
def test_nothing_is_pickled(module: str) -> None:
    assert [str(path) for path in SOURCES if module in {name.partition(".")[0] for name in imported(path)}] == []


def test_nothing_that_is_written_is_run() -> None:
    calls = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec")
    ]

    assert calls == []


def test_the_demo_does_not_reach_into_the_store() -> None:
    demo = [path for path in SOURCES if path.relative_to(ROOT / "bot").parts[0].startswith("demo")]

    assert [str(path) for path in demo if any(name.startswith("bot.store") for name in imported(path))] == []


# -- phrases ----------------------------------------------------------------------------------------------


@cache
def literals() -> tuple[frozenset[str], frozenset[str]]:
    """Every text that stands in the program, and the beginning of every composed one ("desk-state-")."""
    whole: set[str] = set()
    begun: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
                begun.add(str(node.values[0].value))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
    return frozenset(whole), frozenset(text for text in begun if re.fullmatch(r"[a-z]+(-[a-z]+)*-", text))


COMPOSED = {
    "act-": "how an act of two stands: done, refused, lapsed",
    "button-": "button-weekly-release, button-daily-release",
    "button-act-": "acts of two: open, extend, close, export, record, heard",
    "button-digest-": "what else there is of a summary",
    "button-remind-": "the parts of a day",
    "cohort-kind-": "the kinds of groups that are invited",
    "command-": "the commands of the profile",
    "desk-cohort-": "open, full, expired",
    "desk-every-": "the cadences",
    "desk-each-": "the dimensions that are measured",
    "desk-end-": "how interviews ended without answers, and how reminders fared",
    "desk-size-": "what becomes of a group",
    "desk-group-": "the dimensions of the cells",
    "desk-schedule-": "weekly, daily",
    "desk-state-": "open, closing, closed",
    "digest-": "women, men, youth",
    "digest-language-": "the languages",
    "digest-region-": "the regions of the census",
    "help-": "the roles",
    "invitation-": "full, expired",
    "news-": "whether lines of news are going, paused, cancelled",
    "log-": "who did what, in the log of acts",
    "people-": "open, taken, admitted",
    "people-means-": "the roles",
    "button-programme-": "what can be said of a programme",
    "programme-": "from, until",
    "programme-ask-": "what can be said of a programme",
    "programme-unfit-": "the same",
    "reached-way-": "what can help a group that is behind",
    "report-column-": "the titles of columns in a report",
    "role-": "the roles",
}
"""Beginnings of phrase ids that are put together while the program runs, and what follows."""

SAID_BY_COMPOSED = re.compile(
    r"act-(done|refused|lapsed)|button-act-(open|extend|close|export|record)|desk-cohort-(open|full|expired)|"
    r"button-digest-(details|page|report|beside|figures|xlsx|csv|jsonstat)|"
    r"invitation-(full|expired)|button-remind-(morning|afternoon|evening)|button-(weekly|daily)-release|command-[a-z]+|desk-every-(weekly|fortnightly|monthly)|"
    r"desk-end-(refused|screened_out|quit|expired|agreed|delivered|blocked|failed|told(_blocked|_failed)?)|"
    r"button-(heard|deeds|news)|news-(going|paused|cancelled)|button-act-heard|log-(heard|news-(pause|go-on|cancel))|"
    r"cohort-kind-[a-z_]+|desk-each-(district|gender)|desk-size-(shown|small|joined)|"
    r"desk-group-(district|gender|age)|desk-schedule-(weekly|daily)|desk-state-(open|closing|closed)|"
    r"digest-(women|men|youth)|digest-language-(ur|ps|en)|digest-region-[a-z]+|"
    r"log-(you|another|console|clock|claim|claim-code|open|close|record|propose|refuse|approve|invite|open-answers|"
    r"rebuild-counts|role|remove|replace|let-in|confirm|take-back|name|organisation|organisation-deleted|organisation-exported|"
    r"programme|group-chat|group-chat-ended|ask-for-rows|export-rows|restore|report|pause|resume|extend|themes)|"
    r"reached-way-(record|invite|share|evening|phones|schools|there|speaker)|"
    r"report-column-(figure|who|share|range|answers|baseline|target|before|change|low|high|difference|census|"
    r"began|note|points|weighted|worth|effect|question|theme)|"
    r"(role|help|people-means)-(owner|coordinator|author|viewer|steward)|people-(open|taken|admitted)|"
    r"(programme-(ask|unfit)|button-programme)-(focus|people|districts|starts|ends)|programme-(from|until)"
)


def spoken() -> Iterator[tuple[str, str]]:
    """Every phrase that is said by name: the id and where."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            is_say = isinstance(node.func, ast.Name) and node.func.id == "Say"
            is_method = isinstance(node.func, ast.Attribute) and node.func.attr in ("say", "_say")
            for argument in node.args[:1] if is_say else node.args[:2] if is_method else ():
                options = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
                for one in options:
                    if isinstance(one, ast.Constant) and isinstance(one.value, str) and len(one.value) > 2:
                        yield one.value, f"{path.relative_to(ROOT)}:{node.lineno}"


def test_every_phrase_that_is_said_exists() -> None:
    ids = set(Phrases.load().ids)
    said = [(id, where) for id, where in spoken() if re.fullmatch(r"[a-z]+(-[a-z]+)*", id)]

    assert len(said) > 40
    assert [(id, where) for id, where in said if id not in ids and not where.startswith("bot/emulator")] == []


def test_composed_phrases_begin_as_listed() -> None:
    ids = Phrases.load().ids
    begun = {text for text in literals()[1] if any(id.startswith(text) for id in ids)}

    assert begun <= set(COMPOSED)


def test_every_phrase_that_exists_is_said() -> None:
    whole, _ = literals()
    unsaid = {id for id in Phrases.load().ids if id not in whole and not SAID_BY_COMPOSED.fullmatch(id)}

    assert unsaid == set()
