"""The files that a coordinator can have in the chat: reports of a wave, and all its figures as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot import export, reports
from bot.core.parts import BESIDE, CSV, JSON_STAT, PAGE, REPORT, XLSX
from bot.core.survey import worded
from bot.digest import NotDrawn
from bot.files.phrases import Phrases
from bot.settings import Settings
from bot.store import Store
from bot.summaries import Make


def makers(settings: Settings, store: Store, phrases: Callable[[], Phrases]) -> Mapping[str, Make]:
    """What makes each of them; they raise NotDrawn where it cannot be made."""

    def report(kind: str) -> Make:
        """Noted in the record, as a coordinator's."""

        def make(chat: int, wave: str, language: str, now: datetime) -> tuple[bytes, str]:
            who = f"coordinator {chat}"
            made = reports.make(settings, store, phrases(), wave, now, kind=kind, language=language, who=who)
            return made.content, made.title

        return make

    def figures(format: str) -> Make:
        """Exactly as they are displayed."""

        def make(_chat: int, wave: str, language: str, _now: datetime) -> tuple[bytes, str]:
            with store.transaction() as tx:
                survey, shown = tx.waves.known(wave).survey, tx.waves.published(wave)
            try:
                written = export.figures.files(shown, survey, phrases(), format)
            except export.ExportTrouble as missing:
                raise NotDrawn(str(missing)) from missing
            first, *_ = written
            return written.get(f"figures.{language}.json", written[first]), worded(survey.title, language)

        return make

    return {
        PAGE: report(reports.MEETING),
        REPORT: report(reports.DONOR),
        BESIDE: report(reports.COMPARISON),
        XLSX: figures("xlsx"),
        CSV: figures("csv"),
        JSON_STAT: figures("json-stat"),
    }
