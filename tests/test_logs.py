"""Logs: for operators, and of nobody else.

Promises:
1. No token leaves, at any level, through any logger, as words, argument, traceback or warning.
2. No number long enough to be somebody's id leaves, in any digits.
3. What is said besides is still readable; for programs it is JSON, one object a line.
4. What the program itself says is a fixed text and fields from a short list; each text is explained to operators.
"""

from __future__ import annotations

import ast
import json
import logging
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import NOISY, redact, set_up

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
SECRET = TOKEN.partition(":")[2]
PERSON = 7_040_000_123
BOT = Path(__file__).parent.parent / "bot"
GUIDE = BOT.parent / "docs" / "operators.md"
SOURCES = [
    path
    for path in sorted(BOT.rglob("*.py"))
    if path != BOT / "logs.py" and path.relative_to(BOT).parts[0] not in ("emulator", "demo")
]
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Logging is put back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in NOISY}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def clean(out: str) -> bool:
    """True when neither token nor person stands in what was printed."""
    return SECRET not in out and str(PERSON) not in out


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_leaves_at_any_level_by_any_road(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    set_up(level)
    for name in ("bot.chat", "telegram.ext", "aiohttp.client", "", "somebody.else"):
        logger = logging.getLogger(name)
        for number in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
            logger.log(number, f"calling https://api.telegram.org/bot{TOKEN}/getMe")
            logger.log(number, "calling %s for %s", f"/bot{TOKEN}", PERSON)
            logger.log(number, "values %(who)s", {"who": PERSON})
    structlog.get_logger().error("an update", chat=PERSON, url=f"https://x/bot{TOKEN}/y")
    err = capsys.readouterr().err
    assert "[token]" in err
    assert "[number]" in err
    assert clean(err)


def test_nothing_leaves_in_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("INFO")
    try:
        raise ValueError(f"chat {PERSON} of bot{TOKEN}")
    except ValueError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved")
    err = capsys.readouterr().err
    assert "ValueError: chat [number]" in err
    assert clean(err)


def test_nothing_leaves_in_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("INFO")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"chat {PERSON} of bot{TOKEN}", stacklevel=1)
    err = capsys.readouterr().err
    assert "[number]" in err
    assert clean(err)


def test_a_token_in_an_address_is_found_however_its_colon_is_written() -> None:
    for colon in (":", "%3A", "%3a"):
        assert SECRET not in redact(f"https://host/bot123456789{colon}{SECRET}/getUpdates")


@given(st.integers(10**6, 10**15), st.sampled_from(["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"]))
def test_no_long_number_leaves_in_any_digits(number: int, digits: str) -> None:
    written = "".join(digits[int(d)] for d in str(number))
    assert redact(f"chat={written}, and -{written}") == "chat=[number], and -[number]"


def test_what_is_said_besides_is_still_readable(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("INFO")
    structlog.get_logger().warning("Telegram asks to wait", seconds=30)
    structlog.get_logger().debug("not said at this level")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("WARNING Telegram asks to wait seconds=30")


# -- what the program says of itself ----------------------------------------------------------------------

FIELDS = {
    "about": "the kind of notice",
    "bot": "the bot's own name",
    "failures": "how many in a row",
    "first": "the first problem of a survey file or catalogue",
    "kind": "the type of an exception",
    "languages": "codes of languages",
    "minutes": "how long",
    "problems": "how many",
    "said": "Telegram's own words about the webhook",
    "seconds": "how long",
    "sent_as": "voice, audio or photo",
    "surveys": "how many",
    "times": "how many",
    "todo": "what an operator does about it",
    "tries": "how many",
    "what": "a setting of the database server and its harm",
    "trouble": "our own sentence about the database",
    "wave": "a wave's id",
}
"""Every field that a line may carry; none of them can hold anything of a person."""

WORDS_FOR_LEVELS = {"debug", "info", "warning", "error", "critical", "exception", "log", "msg", "fatal", "warn"}


def calls(source: str) -> list[ast.Call]:
    """Every call of `log.<level>(...)`."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("log", "logger", "logging")
        and node.func.attr in WORDS_FOR_LEVELS
    ]


def events(source: str) -> list[str | None]:
    """The texts of these calls; None for one that is not fixed in the file."""
    tables = {
        target.id: [str(value.value) for value in node.value.values if isinstance(value, ast.Constant)]
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    texts: list[str | None] = []
    for call in calls(source):
        match call.args:
            case [ast.Constant(value=str(text))]:
                texts.append(text)
            case [ast.Subscript(value=ast.Name(id=name))] if name in tables:
                texts += tables[name]
            case _:
                texts.append(None)
    return texts


def faults(source: str) -> list[str]:
    """What a file says in its log that it must not."""
    found = ["a text that is not fixed" for text in events(source) if text is None]
    fields = [keyword.arg for call in calls(source) for keyword in call.keywords]
    found += [f"the field {field}" for field in fields if field not in FIELDS]
    tree = ast.parse(source)
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    found += ["the module logging"] * ("logging" in modules)
    loggers = re.findall(r"(?m)^(.*)structlog\.get_logger\(", source)
    return found + [f"a logger by another name: {line}" for line in loggers if line != "log = "]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(BOT)))
def test_every_line_is_a_fixed_text_and_known_fields(path: Path) -> None:
    assert faults(path.read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        'log.info(f"chat {chat}")',
        'log.info("chat " + chat)',
        "log.info(text)",
        'log.info("chat %s", chat)',
        'log.info("a message", chat=5)',
        'log.info("a message", **fields)',
        'log.error("a failure", exc_info=True)',
        "import logging",
        "from logging import getLogger",
        "other = structlog.get_logger()",
    ],
)
def test_that_check_can_see(line: str) -> None:
    assert faults(line) != []


def test_every_line_is_explained_to_operators() -> None:
    said = {text for path in SOURCES for text in events(path.read_text())}
    rows = (line.split("|") for line in GUIDE.read_text().splitlines() if line.startswith("| `"))
    explained = {
        row[1].strip().strip("`") for row in rows if row[1].strip().strip("`") in said or " " in row[1].strip()
    }
    assert len(said) > 20
    assert said - explained == set(), "say in docs/operators.md what it means and what to do"


def test_lines_for_programs_are_json_with_the_same_filter(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("DEBUG", "json")
    structlog.get_logger().warning("Telegram asks to wait", seconds=30, wave="abc", chat=PERSON)
    logging.getLogger("somebody.else").warning("calling /bot%s for %s", TOKEN, PERSON)
    try:
        raise ValueError(f"chat {PERSON} of bot{TOKEN}")
    except ValueError:
        logging.getLogger("asyncio").exception("never retrieved")
    err = capsys.readouterr().err
    assert clean(err)
    first, second, third = (json.loads(line) for line in err.splitlines())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first.pop("timestamp"))
    assert first == {
        "event": "Telegram asks to wait",
        "level": "warning",
        "seconds": 30,
        "wave": "abc",
        "chat": "[number]",
    }
    assert second["event"] == "calling /bot[token] for [number]"
    assert "ValueError: chat [number] of bot[token]" in third["exception"]
