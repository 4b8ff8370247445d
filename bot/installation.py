"""One installation as every command finds it: its store, its terms, its released figures, where it lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.core.blocks import Publishable
from bot.digest.moved import Compared
from bot.files.shelf import pinned
from bot.settings import Settings
from bot.store import Store, Terms, Transaction, Wave, folder_of

Now = Callable[[], datetime]


def data_folder(settings: Settings) -> Path | None:
    """Where the database lies, and beside it the lock and the sign of life; None when it is no file."""
    return folder_of(settings.database_url)


def recordings_folder(settings: Settings) -> Path | None:
    """Where recordings lie that coordinators made in the chat; None where there is no folder for them."""
    folder = data_folder(settings)
    return None if folder is None else folder / "recordings"


def open_store(settings: Settings) -> Store:
    """The store, migrated and with its keys checked."""
    store = Store(settings.database_url, settings.keys_dir, pinned)
    store.prepare()
    return store


def terms(settings: Settings) -> Terms:
    """What a wave opened in the chat gets from the settings."""
    return Terms(
        organisation=settings.organisation,
        k=settings.min_block,
        leave_behind=settings.leave_behind,
        steward_key=settings.steward,
    )


@dataclass(frozen=True)
class Released:
    """A wave, all that has been released of it, the last day on which anything was, and earlier figures to set
    beside it (None: there are none)."""

    wave: Wave
    figures: Publishable
    until: date
    compared: Compared | None


def released(settings: Settings, store: Store, wave: str) -> Released:
    """A wave and all that has been released of it."""
    with store.transaction() as tx:
        found = tx.waves.known(wave)
        figures = tx.waves.published(wave)
        until = tx.reports.pinned(wave, settings.zone).until
        return Released(found, figures, until, _before(tx, found, figures, settings.zone))


def _before(tx: Transaction, wave: Wave, figures: Publishable, zone: ZoneInfo) -> Compared | None:
    """The wave before, where something of it was released; else this wave's own blocks before the newest."""
    for earlier in tx.waves.earlier(wave):
        before = tx.waves.published(earlier.id)
        if before.n:
            return Compared(figures, before, earlier.survey, earlier.opened.astimezone(zone).date())
    parts = tx.waves.newest_and_earlier(wave.id)
    return None if parts is None else Compared(*parts, wave.survey)
