"""Root without its right to write everywhere: for a while a folder's mode holds for it too (capabilities(7))."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

VERSION_3 = 0x20080522
"""The form in which capget(2) and capset(2) are asked: two words for each set."""

DAC_OVERRIDE = 1 << 1


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


@contextmanager
def powerless() -> Iterator[None]:
    """Until the block ends this thread writes only where modes allow it; for who is not root nothing changes."""
    if os.geteuid() != 0:
        yield
        return
    sets = (_Sets * 2)()
    _call("capget", sets)
    had = sets[0].effective
    sets[0].effective = had & ~DAC_OVERRIDE
    _call("capset", sets)
    try:
        yield
    finally:
        sets[0].effective = had
        _call("capset", sets)


def _call(name: str, sets: ctypes.Array[_Sets]) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(ctypes.byref(_Header(VERSION_3, 0)), sets):
        raise OSError(ctypes.get_errno(), f"{name} was refused")
