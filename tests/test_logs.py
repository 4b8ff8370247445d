"""Logs: for operators, and of nobody else.

Promises:
1. No token leaves, at any level, through any logger, as words, argument, traceback or warning.
2. No number long enough to be somebody's id leaves, in any digits.
3. What is said besides is still readable.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import NOISY, redact, set_up

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
SECRET = TOKEN.partition(":")[2]
PERSON = 7_040_000_123
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
