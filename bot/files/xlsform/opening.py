"""Opens a form: first held against its limits, then read in a process that may use only so much memory and time.

Laws:
1. Whatever a file is, opening it ends within seconds, in little memory, and never in an exception.
2. It is for the console alone; no chat ever sends a file here.
3. The process that reads knows no secret of the installation: it gets the bytes, and nothing of the environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.files.xlsform.limits import MOST_BYTES, refusals
from bot.files.xlsform.sheets import Form, FormTrouble, Row, Sheet

SECONDS = 10
MEMORY = 100 * 2**20
"""What reading one file may take beyond what the libraries take anyway."""

PASSED_ON = ("PATH", "PYTHONPATH", "SYSTEMROOT", "LANG", "LC_ALL")


@dataclass(frozen=True)
class Told:
    """A problem of a form: its id, where it is, and what was found."""

    problem: str
    sheet: str = ""
    row: int = 1
    found: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Opened:
    """The sheets of a file, none where it was refused, and what was wrong with it."""

    form: Form
    told: tuple[Told, ...] = ()


def opened(path: Path) -> Opened:
    """The sheets of the file, read in a process of their own."""
    try:
        if not path.is_file():  # a pipe or a device could be read without end
            return Opened({}, (Told("form-no-file"),))
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError):
        return Opened({}, (Told("form-no-file"),))
    found = next(refusals(content), None)
    if found is not None:
        return Opened({}, (Told(found[0], found=found[1]),))
    return _apart(content)


def _apart(content: bytes) -> Opened:
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bot.files.xlsform.child"],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            env={**environment, "OPENPYXL_LXML": "False", "OPENPYXL_DEFUSEDXML": "True"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Opened({}, (Told("form-too-slow", found={"most": SECONDS}),))
    try:
        said = json.loads(done.stdout)
    except ValueError:  # it ran out of memory, or was ended from outside
        return Opened({}, (Told("form-too-much", found={"most": MEMORY // 2**20}),))
    if "missing" in said:
        raise FormTrouble(said["missing"])
    form = {
        name: Sheet(one["titles"], [Row(at, cells) for at, cells in one["rows"]])
        for name, one in said["form"].items()
    }
    return Opened(form, tuple(Told(*one) for one in said["told"]))
