"""One installation as every command finds it: its store, its terms, its released figures, where it lies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.core.blocks import Publishable
from bot.files.shelf import pinned
from bot.settings import Settings
from bot.store import Store, Terms, Wave, folder_of

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


def published(store: Store, wave: str) -> tuple[Wave, Publishable]:
    """A wave and all that has been released of it."""
    with store.transaction() as tx:
        figures = tx.waves.published(wave)
        found = tx.waves.get(wave)
    assert found is not None
    return found, figures
