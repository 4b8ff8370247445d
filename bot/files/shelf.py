"""Where words and surveys lie, and which surveys may be opened: only those that pass every check."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.core.survey import Survey
from bot.files.surveys import Loaded, from_document, load

HOUSE = Path(__file__).parent.parent

Pinnable = tuple[Survey, dict[str, Any]]


def surveys_folder() -> Path:
    """`surveys/` where the command is run; else beside the program, in a checkout or installed."""
    for folder in (Path("surveys"), HOUSE.parent / "surveys", HOUSE / "assets" / "surveys"):
        if folder.is_dir():
            return folder
    return Path("surveys")


def shelf(folder: Path) -> dict[str, Pinnable]:
    """The surveys of a folder that pass: id -> (survey, the document to pin)."""
    found: dict[str, Pinnable] = {}
    for path in sorted(folder.glob("*.yaml")):
        stat = path.stat()
        loaded = _load(path, stat.st_mtime_ns, stat.st_size)
        if loaded.survey is not None:
            found[loaded.survey.id] = (loaded.survey, loaded.document)
    return found


@lru_cache(maxsize=256)
def _load(path: Path, _changed: int, _size: int) -> Loaded:
    """A survey file, read again only when it has changed: the shelf is looked at twice a minute."""
    return load(path)


def pinned(definition: str) -> Survey:
    """The survey of a definition that was pinned as JSON when its wave opened."""
    return from_document(json.loads(definition))


def find(name: str, folder: Path) -> Path | None:
    """The file of a survey named by its path or its id."""
    if Path(name).is_file():
        return Path(name)
    for path in sorted(folder.rglob("*.yaml")):
        loaded = load(path)
        if loaded.survey is not None and loaded.survey.id == name:
            return path
    return None
