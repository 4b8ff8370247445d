"""What can keep an export from being written, as one sentence that says what to do."""

from __future__ import annotations

from types import ModuleType


class ExportTrouble(Exception):
    """Nothing was written; the text says why and what to do."""


def library(name: str) -> ModuleType:
    """A library of the extra `export`, read when it is first needed; ExportTrouble where it is not installed."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise ExportTrouble(
            f"{name} is not installed. It belongs to the extra 'export': "
            "install Aitbar with it, as in pip install -e '.[export]'."
        ) from None
