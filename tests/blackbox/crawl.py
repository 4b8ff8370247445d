"""All that a coordinator's phone can show of a wave: every screen that a tap leads to and that changes nothing,
and every file, as text."""

from __future__ import annotations

import io
from collections.abc import Iterator

import openpyxl
from pypdf import PdfReader

from bot.emulator.person import Person, Screen

CHANGING = frozenset(
    {
        *("go", "closesure", "invite", "yes", "no", "code", "speak", "hour", "atclose", "ingroup", "nogroup"),
        *("pausesure", "resume", "longersure", "letwhere", "letlink", "letin", "letout", "rolesure", "leavesure"),
        *("heardgo", "heardpick", "heardsay", "newshold", "newson", "newsend"),
    }
)
"""What changes something, and is not tapped."""

OWN_ACTS = "log"
"""What tells of the coordinator's own acts: it grows with what is looked at."""

OPENING = frozenset(
    {"people", "sched", "review", "forwhat", "when", "rehearse", "invent", "look", "looklang", "rec"}
)
"""The way to another wave: it speaks of this one no more."""

DRAWN = frozenset(
    {
        *("digest", "details", "page", "report", "beside", "figures", "xlsx", "csv", "jsonstat"),
        "paper",
        "qr",
        "heardpage",
    }
)
"""What brings something more after the answer: a picture, a file, a summary."""


async def crawl(owner: Person, *begin: str) -> list[str]:
    """What stands on every screen and in every file, from these buttons on."""
    seen: list[str] = []
    done: set[str] = set()
    todo = list(begin)
    while todo:
        data = todo.pop()
        what = data.split(":")[1] if data.startswith("d:") else ""
        if data in done or not what or what in CHANGING or what in OPENING or what == OWN_ACTS:
            continue
        done.add(data)
        newest = max((message.id for message in (await owner.screen()).messages), default=0)
        screen = await owner.press_data(data)
        if what in DRAWN:
            screen = await _followed(owner, screen, newest)
        for message in screen.messages:
            if message.from_bot and (message.id > newest or message == screen.last):
                seen.append("\n".join((message.text, *message.labels)))
                todo += [button.data for row in message.buttons for button in row if button.data]
                if message.id > newest and message.document is not None:
                    seen.append(read(message.document.name, await owner.fetch(message.document)))
    return seen


async def _followed(owner: Person, screen: Screen, newest: int) -> Screen:
    """The screen once what was asked for has come."""
    while screen.last.id <= newest:
        screen = await owner.wait_news(screen.seq)
    return await owner.wait_quiet(idle=1.0)


def read(name: str, content: bytes) -> str:
    """A file as text."""
    if name.endswith(".pdf"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if name.endswith(".xlsx"):
        return "\n".join(_cells(content))
    return content.decode(errors="replace")


def _cells(content: bytes) -> Iterator[str]:
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        for row in sheet.iter_rows(values_only=True):
            yield " ".join(str(cell) for cell in row if cell is not None)
