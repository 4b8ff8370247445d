"""Every setting, read once from the environment or `.env` into one frozen object."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "AITBAR_"
DOTENV = ".env"
TOKEN_FILE = "AITBAR_TELEGRAM_TOKEN_FILE"  # noqa: S105 - a setting's name

TOKEN = re.compile(r"[0-9]{2,20}:[A-Za-z0-9_-]{20,}", re.ASCII)
"""The shape of what BotFather gives; the library itself refuses an empty one only."""

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsTrouble(Exception):
    """A setting is missing, unknown or wrong; the text says which, and what to write."""


class Settings(BaseSettings):
    """The settings; docs/operators.md explains each (a test compares the two)."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=DOTENV, frozen=True, extra="ignore")

    telegram_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_proxy: str | None = None
    database_url: str = "sqlite:///data/aitbar.db"
    keys_dir: Path = Path("keys")
    surveys_dir: Path | None = None
    timezone: str = "Asia/Karachi"
    min_block: Annotated[int, Field(ge=5)] = 10
    leave_behind: Annotated[int, Field(ge=0, le=10)] = 2
    organisation: str = ""
    webhook_url: str | None = None
    webhook_listen: str | None = None
    log_level: str = "INFO"

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

    @field_validator("telegram_api_url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise ValueError("it must begin with http:// or https://")
        return url.rstrip("/")

    @field_validator("webhook_url", "webhook_listen")
    @classmethod
    def _no_webhook_yet(cls, value: str | None) -> str | None:
        if value:
            raise ValueError("webhooks do not exist in this version; leave it empty, the bot fetches by itself")
        return None

    @property
    def zone(self) -> ZoneInfo:
        """The local time of digests and releases."""
        return ZoneInfo(self.timezone)

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
