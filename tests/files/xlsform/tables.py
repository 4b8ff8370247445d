"""Forms written as tables, as pyxform's own tests write them; and what becomes of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from bot.files.phrases import Phrases
from bot.files.plain import compose
from bot.files.problems import Notes
from bot.files.xlsform.carry import Carried, as_read, bring, carried
from bot.files.xlsform.sheets import Form, Sheet, as_bytes


@cache
def phrases() -> Phrases:
    """The bot's words."""
    return Phrases.load()


def sheets(tables: str) -> Form:
    """The sheets of `| survey | | type | name |` tables."""
    form: dict[str, Sheet] = {}
    titles: list[str] = []
    for line in filter(None, map(str.strip, tables.splitlines())):
        first, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        if first:
            name, titles = first, []
            form[name] = Sheet()
        elif not titles:
            titles = cells
            form[name].titles = list(filter(None, cells))
        else:
            form[name].add({title: cell for title, cell in zip(titles, cells, strict=False) if title and cell})
    return form


def taken(tables: str) -> Carried:
    """What becomes of a form, written as XLSX and read again in this process."""
    return carried(as_read(as_bytes(sheets(tables))), "form.xlsx", phrases())


def taken_from(path: Path, tables: str) -> Carried:
    """The same through the front door: a file, read in a process of its own."""
    path.write_bytes(as_bytes(sheets(tables)))
    return bring(path)


def said(made: Carried) -> dict[str, Any]:
    """What the survey file that was made says."""
    value = compose(made.text, Notes("")).value
    assert isinstance(value, dict)
    return value


def ids(made: Carried) -> list[str]:
    """The kinds of what was changed or refused."""
    return [problem.id for problem in made.told]
