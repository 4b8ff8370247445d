"""The program talks with the Bot API and with nobody else.

1. From start to a drawn digest a running bot connects to no other address, whatever its surveys name.
2. The same look notices a single other connection.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.rig import ROOT, Rig, installed

WATCH = """
import sys

def watch(event, details):
    if event == "socket.connect" and isinstance(details[1], tuple):
        with open({file!r}, "a") as file:
            print(*details[1][:2], file=file)
    elif event == "socket.getaddrinfo":
        with open({file!r}, "a") as file:
            print(details[0], "looked up", file=file)

sys.addaudithook(watch)
"""
"""Loaded before the program: notes every address that is connected to or looked up (PEP 578)."""

pytestmark = pytest.mark.slow


def watched(folder: Path) -> tuple[str, Path]:
    """A PYTHONPATH under which every program notes whom it talks with, and where."""
    place, file = folder / "watch", folder / "addresses"
    place.mkdir()
    (place / "sitecustomize.py").write_text(WATCH.format(file=str(file)))
    return f"{place}:{ROOT}", file


def seen(file: Path) -> set[str]:
    return set(file.read_text().splitlines()) if file.exists() else set()


def test_a_running_bot_connects_to_the_bot_api_and_to_nobody_else(tmp_path: Path) -> None:
    path, file = watched(tmp_path)
    with installed(tmp_path, AITBAR_MIN_BLOCK="5", AITBAR_LEAVE_BEHIND="1") as rig:
        rig.env["PYTHONPATH"] = path
        _use(rig)
        assert seen(file) <= {f"127.0.0.1 {rig.port}", "127.0.0.1 looked up"}
        assert f"127.0.0.1 {rig.port}" in seen(file), "the look sees the one address there is"


def test_the_look_notices_any_other_address(tmp_path: Path) -> None:
    path, file = watched(tmp_path)
    other = "import socket; s = socket.socket(); s.settimeout(1); s.connect_ex(('127.0.0.9', 9))"
    subprocess.run([sys.executable, "-c", other], env={"PYTHONPATH": path}, check=True)

    assert seen(file) == {"127.0.0.9 9"}


def _use(rig: Rig) -> None:
    """An owner, a wave, an interview begun, a week, a summary, a clean end."""
    code = rig.console("claim-code").strip()
    rig.start_bot()
    wave = rig.open_wave("community-trust", "--population", "5000", "--org", "https://example.org/org")
    asyncio.run(_talk(rig, wave, code))
    rig.tick(datetime.now(UTC) + timedelta(days=8))
    rig.console("digest", wave, "--format", "png", "--out", str(rig.folder / "digest.png"))
    assert rig.stop_bot() == 0


async def _talk(rig: Rig, wave: str, code: str) -> None:
    async with rig.person(1, "en") as one:
        await one.say(f"/claim {code}")
    async with rig.person(2, "en") as other:
        await other.start(wave)
        await other.press("English")
        await other.press("Yes, I agree")
