"""Reports made and noted, and files held against the record of them.

Laws:
1. Whatever is handed out is noted first: in the record, by hashes, and in the log of acts.
2. A file is unchanged only if its own bytes are in the record; a code that stands in it proves nothing by itself.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.digest import write
from bot.files.phrases import Phrases
from bot.reports import drawn, tables
from bot.reports.basis import COMPARISON, DONOR, KINDS, MEETING, Basis, basis, codes, drafts
from bot.reports.comparison import comparison
from bot.reports.donor import donor
from bot.reports.words import Reporter
from bot.settings import Settings
from bot.store import Report, Store

FORMATS = ("pdf", "xlsx")

CONSOLE, COORDINATOR = "console", "coordinator"

MOST_READ = 50_000_000
"""Bytes of a file that are looked at, and of all parts of a workbook: ours have some hundred thousand."""


class ReportTrouble(Exception):
    """A report cannot be made; the text says why and what to do."""


@dataclass(frozen=True)
class Made:
    """The file of a report, and what the record knows of it; `title` is what it is called."""

    content: bytes
    report: Report
    title: str


@dataclass(frozen=True)
class Verdict:
    """What the record says of a file: whether it is unchanged, and all that can be said of it in sentences."""

    unchanged: bool
    said: tuple[str, ...]


def make(
    settings: Settings,
    store: Store,
    phrases: Phrases,
    wave: str,
    now: datetime,
    *,
    kind: str = DONOR,
    language: str = "en",
    format: str = "pdf",
    who: str = CONSOLE,
) -> Made:
    """Make a report of a wave and note it; `who` stands so in the log of acts (console, or coordinator and chat).

    A coordinator's comparison has waves of the same organisation only. Drawing takes a while: call it in a
    thread. Raises ReportTrouble, WaveTrouble where there is no such wave, NotDrawn and RuntimeError as
    `bot.reports.drawn` does.
    """
    if kind not in KINDS or format not in FORMATS:
        raise ReportTrouble(f"A report is one of {', '.join(KINDS)}, as {' or '.join(FORMATS)}.")
    if (kind, format) == (MEETING, "xlsx"):
        raise ReportTrouble("The page for the meeting is a PDF. For the figures as a table take --kind donor.")
    found = basis(settings, store, wave, kind, others=who == CONSOLE)
    found = replace(found, drafts=drafts(settings, found.now.wave.survey))
    content, title = _written(found, phrases, kind, language, format)
    report = Report(
        file=hashlib.sha256(content).hexdigest(),
        figures=found.code,
        kind=kind,
        wave=wave,
        language=language,
        format=format,
        day=now.astimezone(settings.zone).date().isoformat(),
        version=found.now.wave.survey.version,
        k=found.now.figures.k,
        who=CONSOLE if who == CONSOLE else COORDINATOR,
    )
    with store.transaction() as tx:
        tx.reports.note(report)
        tx.desk.note(who, "report", f"wave {wave}, {kind}, {language}, {format}, {report.file[:12]}", now)
    return Made(content, report, title)


def verify(settings: Settings, store: Store, content: bytes) -> Verdict:
    """What the record says of a file with this content."""
    named = dict.fromkeys(code for part in _parts(content) for code in codes(part))
    with store.transaction() as tx:
        known = tx.reports.of_file(hashlib.sha256(content).hexdigest())
        alike = [one for code in named for one in tx.reports.with_figures(code)]
    if known is not None:
        return Verdict(True, (_named(known), _since(settings, store, known)))
    if alike:
        return Verdict(
            False,
            (
                "A report with these figures is in the record, but this file was changed.",
                *map(_named, alike),
                f"Make it again, and set the two beside each other: aitbar report {alike[0].wave} --out FILE",
            ),
        )
    why = "its code of figures is unknown" if named else "no code of figures stands in it"
    return Verdict(False, (f"This file is not in the record: {why}.",))


def _written(found: Basis, phrases: Phrases, kind: str, language: str, format: str) -> tuple[bytes, str]:
    """The file, and its title."""
    reporter, pdf = Reporter(phrases, language, found), format == "pdf"
    if kind == COMPARISON:
        across = comparison(found, phrases, language)
        content = drawn.comparison(across, found.moment) if pdf else tables.comparison(across, reporter)
        return content, across.head.title
    if kind == MEETING:
        now = found.now
        digest = write(now.figures, now.wave.survey, phrases, language, now.about(), found.compared)
        return drawn.meeting(digest, reporter.head(digest.title), found.moment), digest.title
    report = donor(found, phrases, language)
    content = drawn.donor(report, found.moment) if pdf else tables.donor(report, reporter)
    return content, report.head.title


def _named(report: Report) -> str:
    return (
        f"Report {report.file[:12]}: {report.kind} of wave {report.wave}, {report.language}, {report.format}, "
        f"survey version {report.version}, groups of {report.k}; made on {report.day} ({report.who})."
    )


def _since(settings: Settings, store: Store, report: Report) -> str:
    """Whether the wave still has the figures of an unchanged report."""
    with store.transaction() as tx:
        if tx.waves.get(report.wave) is None:
            return "The file is unchanged. Its wave is not in this database."
    now = basis(settings, store, report.wave, report.kind, others=report.who == CONSOLE)
    if now.code == report.figures:
        return "The file is unchanged, and the figures are still the same."
    # The code is made by this version of the program, which may have more to tell than the one that made the file.
    return (
        "The file is unchanged. The figures are no longer those in it: they have grown since, or the program that "
        "tells them is a newer one."
    )


def _parts(content: bytes) -> Iterator[bytes]:
    """The bytes in which a code may stand: the file's own, and those packed in a workbook."""
    yield content[:MOST_READ]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            left = MOST_READ
            for one in book.infolist():
                with book.open(one) as part:
                    found = part.read(left)
                left -= len(found)
                yield found
                if left <= 0:
                    return
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return  # what is damaged or no workbook holds no code
