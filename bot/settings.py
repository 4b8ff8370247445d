"""Every setting, read once from the environment or `.env` into one frozen object."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.core import steward_key

PREFIX = "AITBAR_"
DOTENV = ".env"
TOKEN_FILE = "AITBAR_TELEGRAM_TOKEN_FILE"  # noqa: S105 - a setting's name

TOKEN = re.compile(r"[0-9]{2,20}:[A-Za-z0-9_-]{20,}", re.ASCII)
"""The shape of what BotFather gives; the library itself refuses an empty one only."""

HERE = "127.0.0.1"
FORMATS = ("text", "json")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

PROXIES = ("http", "socks5", "socks5h")

LISTEN = "127.0.0.1:8443"
"""Where a webhook listens unless another place is set: on this computer only, behind a reverse proxy."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")

WEBHOOK_PORTS = (443, 80, 88, 8443)
"""The only ports Telegram posts to (Bot API, setWebhook)."""


class SettingsTrouble(Exception):
    """A setting is missing, unknown or wrong; the text says which, and what to write."""


class Settings(BaseSettings):
    """The settings; docs/operators.md explains each (a test compares the two)."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=DOTENV, frozen=True, extra="ignore")

    telegram_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_proxy: Annotated[str | None, Field(repr=False)] = None  # may hold a password
    database_url: str = "sqlite:///data/aitbar.db"
    keys_dir: Path = Path("keys")
    surveys_dir: Path | None = None
    timezone: str = "Asia/Karachi"
    min_block: Annotated[int, Field(ge=5)] = 10
    leave_behind: Annotated[int, Field(ge=0, le=10)] = 2
    keep_responses_months: Annotated[int, Field(ge=1)] = 24
    organisation: str = ""
    steward_key: str | None = None
    helplines: Path | None = None
    webhook_url: str | None = None
    webhook_listen: str | None = None
    log_level: str = "INFO"
    log_format: str = "text"
    metrics_listen: str | None = None

    @field_validator("steward_key")
    @classmethod
    def _a_stewards_key(cls, line: str | None) -> str | None:
        if not line:
            return None
        steward_key.read(line)
        return line

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("it is no time zone; write one such as Asia/Karachi") from None
        return name

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, level: str) -> str:
        if level.upper() not in LEVELS:
            raise ValueError(f"write one of {', '.join(LEVELS)}")
        return level.upper()

    @field_validator("log_format")
    @classmethod
    def _known_format(cls, format: str) -> str:
        if format not in FORMATS:
            raise ValueError(f"write {' or '.join(FORMATS)}")
        return format

    @field_validator("metrics_listen")
    @classmethod
    def _a_place_or_a_port(cls, place: str | None) -> str | None:
        if not place:
            return None
        place = f"{HERE}:{place}" if place.isdecimal() else place
        parts, port = _parts(f"tcp://{place}")
        if parts is None or not parts.hostname or not port or parts.path:
            raise ValueError("write a port, or host:port, such as 127.0.0.1:9108")
        return place

    @field_validator("telegram_api_url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise ValueError("it must begin with http:// or https://")
        return url.rstrip("/")

    @field_validator("telegram_proxy")
    @classmethod
    def _a_proxy(cls, url: str | None) -> str | None:
        if not url:
            return None
        parts, port = _parts(url)
        if parts is None or parts.scheme not in PROXIES or not parts.hostname or not port:
            raise ValueError(
                "write socks5://host:port or http://host:port, with name:password@ before the host "
                "where the proxy wants them"
            )
        return url

    @field_validator("webhook_url")
    @classmethod
    def _a_public_address(cls, url: str | None) -> str | None:
        if not url:
            return None
        parts, port = _parts(url)
        if parts is None or not parts.hostname or parts.query or parts.fragment or parts.username:
            raise ValueError("it is no address; write one such as https://bot.example.org/aitbar")
        here = parts.scheme == "http" and parts.hostname in LOOPBACK
        if parts.scheme != "https" and not here:
            raise ValueError("it must begin with https://, since Telegram posts to no other address")
        if not here and port is not None and port not in WEBHOOK_PORTS:
            raise ValueError(f"Telegram posts to the ports {', '.join(map(str, WEBHOOK_PORTS))} only")
        return url.rstrip("/")

    @field_validator("webhook_listen")
    @classmethod
    def _a_place_to_listen(cls, place: str | None, info: ValidationInfo) -> str | None:
        if not place:
            return None
        parts, port = _parts(f"tcp://{place}")
        if parts is None or not parts.hostname or not port or parts.path:
            raise ValueError("write host:port, such as 127.0.0.1:8443")
        if not info.data.get("webhook_url", "refused"):
            raise ValueError("it is of no use without AITBAR_WEBHOOK_URL; set that too, or leave this empty")
        return place

    @property
    def steward(self) -> bytes | None:
        """The public key to which answers in own words are sealed."""
        return None if self.steward_key is None else steward_key.read(self.steward_key)

    @property
    def zone(self) -> ZoneInfo:
        """The local time of digests and releases."""
        return ZoneInfo(self.timezone)

    @property
    def listen(self) -> tuple[str, int]:
        """Host and port on which a webhook listens."""
        parts, port = _parts(f"tcp://{self.webhook_listen or LISTEN}")
        assert parts is not None
        return str(parts.hostname), int(port or 0)

    @property
    def metrics(self) -> tuple[str, int] | None:
        """Host and port where metrics are shown; None when they are not."""
        parts, port = _parts(f"tcp://{self.metrics_listen}")
        return None if self.metrics_listen is None or parts is None else (str(parts.hostname), int(port or 0))

    def token(self) -> str:
        """The bot's token; SettingsTrouble says where to get one."""
        token = "" if self.telegram_token is None else self.telegram_token.get_secret_value().strip()
        if not token:
            raise SettingsTrouble(
                f"AITBAR_TELEGRAM_TOKEN is missing. Ask @BotFather for a token and put it into .env, "
                f"or name a file that holds it in {TOKEN_FILE}."
            )
        if not TOKEN.fullmatch(token):
            raise SettingsTrouble(
                "AITBAR_TELEGRAM_TOKEN is no token of a bot: that is a number, a colon and some 35 letters. "
                "Copy all of what @BotFather gave you."
            )
        return token


def read() -> Settings:
    """The settings of this process. Raises SettingsTrouble with one line a mistake."""
    _refuse_unknown()
    try:
        return Settings(telegram_token=secret) if (secret := _from_file()) else Settings()
    except ValidationError as error:
        lines = []
        for mistake in error.errors():
            name = PREFIX + "_".join(str(part) for part in mistake["loc"]).upper()
            lines.append(f"{name} is not right: {mistake['msg'].removeprefix('Value error, ')}.")
        raise SettingsTrouble("\n".join(lines)) from None


def _parts(url: str) -> tuple[SplitResult | None, int | None]:
    """An address and its port; None for what is no address."""
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        return None, None


def names() -> list[str]:
    """Every setting's name in the environment."""
    return [PREFIX + name.upper() for name in Settings.model_fields]


def _from_file() -> SecretStr | None:
    """The token that lies in a file: AITBAR_TELEGRAM_TOKEN_FILE names it."""
    path = os.environ.get(TOKEN_FILE) or _in_dotenv().get(TOKEN_FILE)
    if not path:
        return None
    try:
        return SecretStr(Path(path).read_text(errors="replace").strip())
    except OSError as error:
        raise SettingsTrouble(f"{TOKEN_FILE} names {path}, which cannot be read ({error.strerror}).") from None


def _refuse_unknown() -> None:
    known = {*names(), TOKEN_FILE}
    given = [name for name in (*os.environ, *_in_dotenv()) if name.startswith(PREFIX)]
    lines = []
    for name in sorted(set(given) - known):
        near = difflib.get_close_matches(name, known, n=1)
        lines.append(f"{name} is no setting of Aitbar." + (f" Did you mean {near[0]}?" if near else ""))
    if lines:
        raise SettingsTrouble("\n".join(lines))


def _in_dotenv() -> dict[str, str | None]:
    try:
        return dict(dotenv_values(DOTENV))
    except (OSError, UnicodeDecodeError):
        raise SettingsTrouble(f"The file {DOTENV} cannot be read as text. Write it anew, or remove it.") from None
