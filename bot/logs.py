"""Logs for operators, in which no person, no token and no answer can stand."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

TOKEN = re.compile(r"\d{6,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}")
LONG_NUMBER = re.compile(r"\d{7,}")

NOISY = ("httpx", "httpcore", "telegram", "apscheduler", "aiohttp", "asyncio", "alembic", "sqlalchemy", "tzlocal")
"""Libraries that print addresses, and the address of Telegram holds the token: warnings only."""


def redact(text: str) -> str:
    """Text without tokens and without numbers long enough to be somebody's id."""
    return LONG_NUMBER.sub("[number]", TOKEN.sub("[token]", text))


class _Redacting(logging.Formatter):
    """Works on the finished line, so that arguments and tracebacks are caught too."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def set_up(level: str, format: str = "text") -> None:
    """One way out for every line: standard error, redacted; for people, or as JSON for programs. The filter sits
    on the root handler, since one on a logger misses its children."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_for_people() if format == "text" else _for_programs())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            _flat if format == "text" else structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _for_people() -> logging.Formatter:
    return _Redacting("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")


def _for_programs() -> logging.Formatter:
    """A line of JSON each: time (UTC), level, event, and the fields of the event."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(allow=())],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ", utc=True),
            structlog.processors.format_exc_info,
            _redacted,
            structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False),
        ],
    )


def _redacted(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Before it is JSON: afterwards a number taken out would leave no JSON behind."""
    for name, value in event.items():
        written = str(value)
        clean = redact(written)
        plain = isinstance(value, (str, int, float, bool)) and clean == written
        event[name] = value if plain else clean
    return event


def _flat(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    words = str(event.pop("event"))
    return " ".join([words, *(f"{name}={value}" for name, value in sorted(event.items()))])
