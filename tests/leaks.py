"""Nothing of anybody stands in any log, at debug level, over the whole suite: how that is heard and searched.

Every process of a rig is searched for the token, for every form of the ids of whoever has an account at its
Telegram, for their names and for what they typed. What runs inside the tests is held to more: its own lines may
not even need the filter. A leak fails the run; `tests/test_leaks.py` shows that planted ones are found.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog

from bot.emulator.person import Person, Screen
from bot.logs import LONG_NUMBER, TOKEN, redact
from tests.blackbox.dumpscan import plain_forms

FOUND: list[str] = []
"""Leaks in the logs of processes so far; the run ends with failure unless it is empty."""

TYPED: dict[str, set[str]] = {}
"""What people typed, by the address of their Telegram."""

TELLING = 7
"""Letters from which on a name or a text is told from any other word in a log."""

OF_THE_BOT = re.compile(r"^.*\bready\b.*\bbot=\S+.*$|local_\d+_bot", re.MULTILINE)
"""The bot says its own name, which holds its own number at the local Telegram."""

TAKEN_OUT = ("[number]", "[token]")


def in_log(log: str, people: Iterable[tuple[int, str]], typed: Iterable[str]) -> list[str]:
    """What of these people (id, name), of their words, and which token, stands in a log."""
    content = log.encode()
    found = ["a token"] if TOKEN.search(log) else []
    for id, name in people:
        found += [f"an id as {form}" for form, needle in plain_forms(id).items() if needle in content]
        found += ["a name"] if len(name) >= TELLING and name in log else []
    found += ["typed words" for words in typed if len(words) >= TELLING and words in log]
    rest = OF_THE_BOT.sub("", log)
    return found + [f"the filter had to take out {word}" for word in TAKEN_OUT if word in rest]


# -- what people type -----------------------------------------------------------------------------------


_say = Person.say


async def _say_and_note(self: Person, text: str, **more: Any) -> Screen:
    TYPED.setdefault(self._url, set()).update({text, *text.split()[1:]})
    return await _say(self, text, **more)


Person.say = _say_and_note  # type: ignore[method-assign]


# -- inside the tests -----------------------------------------------------------------------------------


class Watch(logging.Handler):
    """Hears what `set_up` would let out: every line of ours before the filter, of libraries only after it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        ours = record.name == "bot" or record.name.startswith("bot.")
        line = logging.Formatter().format(record)
        line = OF_THE_BOT.sub("", line if ours else redact(line))
        if TOKEN.search(line) or LONG_NUMBER.search(line):
            self.found.append(f"{record.name} said a token or a long number: {redact(line)}")


@contextmanager
def watched() -> Iterator[Watch]:
    """All that is logged meanwhile at debug level, as the program's own set-up would pass it on."""
    watch, root, ours = Watch(), logging.getLogger(), logging.getLogger("bot")
    handlers, level = root.handlers[:], ours.level
    root.handlers[:] = [watch, *(handler for handler in handlers if not isinstance(handler, Watch))]
    ours.setLevel(logging.DEBUG)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.render_to_log_kwargs, _with_fields],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    try:
        yield watch
    finally:
        structlog.reset_defaults()
        ours.setLevel(level)
        root.handlers[:] = handlers


def _with_fields(_logger: Any, _method: str, said: Any) -> Any:
    fields = " ".join(f"{name}={value}" for name, value in sorted(said.pop("extra", {}).items()))
    return {**said, "msg": f"{said['msg']} {fields}".rstrip().replace("%", "%%")}


# -- the end of the run ---------------------------------------------------------------------------------


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run for a leak; a worker tells the one who collects."""
    if not FOUND:
        return
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["leaks"] = FOUND
    session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """What a worker found."""
    FOUND.extend(getattr(node, "workeroutput", {}).get("leaks", []))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say it."""
    for leak in FOUND:
        terminalreporter.write_line(f"LEAK in a log: {leak}", red=True)
