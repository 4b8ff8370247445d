"""The files that a coordinator can have in the chat: the report for donors, and all figures as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot import export, reports
from bot.core.survey import worded
from bot.digest import NotDrawn
from bot.files.phrases import Phrases
from bot.settings import Settings
from bot.store import Store
from bot.summaries import FIGURES, REPORT, Make


def makers(settings: Settings, store: Store, phrases: Callable[[], Phrases]) -> Mapping[str, Make]:
    """What makes each of them; they raise NotDrawn where it cannot be made."""

    def report(chat: int, wave: str, language: str, now: datetime) -> tuple[bytes, str]:
        """Noted in the record, as a coordinator's."""
        who = f"coordinator {chat}"
        made = reports.make(settings, store, phrases(), wave, now, language=language, who=who)
        return made.content, made.title

    def figures(_chat: int, wave: str, language: str, _now: datetime) -> tuple[bytes, str]:
        """Exactly as they are displayed."""
        with store.transaction() as tx:
            survey, shown = tx.waves.known(wave).survey, tx.waves.published(wave)
        try:
            table, *_ = export.figures.files(shown, survey, phrases(), "xlsx").values()
        except export.ExportTrouble as missing:
            raise NotDrawn(str(missing)) from missing
        return table, worded(survey.title, language)

    return {REPORT: report, FIGURES: figures}
