"""Settings: read once, and every mistake said in sentences.

Promises:
1. An unknown setting is refused with the name that was probably meant, in the environment and in `.env`.
2. A wrong value is refused with its name and what to write; every mistake at once.
3. The token may lie in a file; a missing, unreadable or misshapen one is said, and the token is never printed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsTrouble, names, read

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and no settings."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("AITBAR_")]:
        monkeypatch.delenv(name)


def said(monkeypatch: pytest.MonkeyPatch, **settings: str) -> str:
    """What is said about these settings."""
    for name, value in settings.items():
        monkeypatch.setenv(f"AITBAR_{name}", value)
    with pytest.raises(SettingsTrouble) as trouble:
        read()
    return str(trouble.value)


def test_nothing_set_is_a_working_installation_but_for_the_token() -> None:
    found = read()
    assert (found.min_block, found.leave_behind, found.timezone) == (10, 2, "Asia/Karachi")
    with pytest.raises(SettingsTrouble, match=r"AITBAR_TELEGRAM_TOKEN is missing\. Ask @BotFather"):
        found.token()


def test_an_unknown_setting_is_refused_with_what_was_probably_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(monkeypatch, MINBLOCK="10") == (
        "AITBAR_MINBLOCK is no setting of Aitbar. Did you mean AITBAR_MIN_BLOCK?"
    )


def test_an_unknown_setting_in_the_file_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("# settings\nexport AITBAR_TIMEZON=Asia/Karachi\nOTHER=1\n")
    assert said(monkeypatch) == "AITBAR_TIMEZON is no setting of Aitbar. Did you mean AITBAR_TIMEZONE?"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("MIN_BLOCK", "4", "greater than or equal to 5"),
        ("MIN_BLOCK", "many", "integer"),
        ("LEAVE_BEHIND", "-1", "greater than or equal to 0"),
        ("TIMEZONE", "Karachi", "it is no time zone; write one such as Asia/Karachi"),
        ("TIMEZONE", "../etc/passwd", "it is no time zone"),
        ("LOG_LEVEL", "LOUD", "write one of DEBUG, INFO, WARNING, ERROR"),
        ("TELEGRAM_API_URL", "api.telegram.org", "it must begin with http:// or https://"),
        ("WEBHOOK_URL", "http://bot.example.org", "it must begin with https://"),
        ("WEBHOOK_URL", "https://bot.example.org:8080", "Telegram posts to the ports 443, 80, 88, 8443 only"),
        ("WEBHOOK_URL", "https://bot.example.org/x?y=1", "it is no address"),
        ("WEBHOOK_URL", "https://[", "it is no address"),
        ("WEBHOOK_LISTEN", "127.0.0.1:8443", "it is of no use without AITBAR_WEBHOOK_URL"),
        ("WEBHOOK_LISTEN", "8443", "write host:port"),
        ("WEBHOOK_LISTEN", "127.0.0.1:99999", "write host:port"),
        ("TELEGRAM_PROXY", "127.0.0.1:1080", "write socks5://host:port or http://host:port"),
        ("TELEGRAM_PROXY", "socks4://127.0.0.1:1080", "write socks5://host:port or http://host:port"),
        ("TELEGRAM_PROXY", "socks5://127.0.0.1", "write socks5://host:port or http://host:port"),
    ],
)
def test_a_wrong_value_is_said_with_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    sentence = said(monkeypatch, **{name: value})
    assert sentence.startswith(f"AITBAR_{name} is not right: ")
    assert expected in sentence
    assert sentence.endswith(".")


def test_every_mistake_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(said(monkeypatch, MIN_BLOCK="4", TIMEZONE="Mars", LOG_LEVEL="LOUD").splitlines()) == 3


def test_the_token_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    monkeypatch.setenv("AITBAR_TELEGRAM_TOKEN_FILE", str(tmp_path / "token"))
    assert read().token() == TOKEN


def test_the_file_of_the_token_may_be_named_in_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / ".env").write_text(f"AITBAR_TELEGRAM_TOKEN_FILE={tmp_path / 'token'}\n")
    assert read().token() == TOKEN


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = said(monkeypatch, TELEGRAM_TOKEN_FILE=str(tmp_path / "nowhere"))
    assert "names" in sentence
    assert "cannot be read (No such file or directory)" in sentence


def test_an_empty_file_is_a_missing_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("\n")
    monkeypatch.setenv("AITBAR_TELEGRAM_TOKEN_FILE", str(tmp_path / "token"))
    with pytest.raises(SettingsTrouble, match="is missing"):
        read().token()


@pytest.mark.parametrize(
    "token", ["secret-words", "123456789", "123456789:", "AAE:123", f"{TOKEN}!", f"bot{TOKEN}"]
)
def test_what_is_no_token_is_said_and_not_printed(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("AITBAR_TELEGRAM_TOKEN", token)
    with pytest.raises(SettingsTrouble, match="is no token of a bot") as trouble:
        read().token()
    assert token not in str(trouble.value)


def test_the_token_is_never_printed_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AITBAR_TELEGRAM_TOKEN", TOKEN)
    assert TOKEN not in repr(read())
    assert TOKEN not in str(read().model_dump_json())


def test_a_settings_file_that_is_no_text_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_bytes(bytes(range(256)))
    assert said(monkeypatch) == "The file .env cannot be read as text. Write it anew, or remove it."


def test_a_password_of_a_proxy_is_printed_neither_with_the_settings_nor_with_a_mistake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "geheim" not in said(monkeypatch, TELEGRAM_PROXY="socks4://name:geheim@127.0.0.1:1080")
    monkeypatch.setenv("AITBAR_TELEGRAM_PROXY", "socks5h://name:geheim@127.0.0.1:1080")
    assert "geheim" not in repr(read())


def test_a_webhook_listens_on_this_computer_unless_it_is_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AITBAR_WEBHOOK_URL", "https://bot.example.org/aitbar/")
    assert (read().webhook_url, read().listen) == ("https://bot.example.org/aitbar", ("127.0.0.1", 8443))
    monkeypatch.setenv("AITBAR_WEBHOOK_LISTEN", "[::1]:9000")
    assert read().listen == ("::1", 9000)


def test_every_setting_has_a_name_in_the_environment() -> None:
    assert len(names()) == len(Settings.model_fields)
    assert all(name.startswith("AITBAR_") for name in names())
