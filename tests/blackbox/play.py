"""A whole wave of a scripted crowd, from its opening to its end, with an image of the server at each stage."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.blackbox.drive import Drive, driven
from tests.blackbox.dumpscan import Look, read_keys
from tests.blackbox.truth import Soul

KEPT = ("data", "keys", "logs", "tmp")


@dataclass
class Played:
    """What is left of a wave: images, backups, what coordinators saw, which files were opened."""

    open: Look
    """While people answer: some sent, some stopped in the middle, some took their answers back."""
    released: Look
    closed: Look
    logs: Look
    """All logs of the whole run."""
    printed: Look
    """All that the console printed; an invitation stands there on purpose, once."""
    backups: dict[str, Path]
    """`before` and `after` one more person sent answers, and after the `release`."""
    unmoved: tuple[list[str], list[str]]
    """All that coordinators saw before and after one more person sent answers."""
    seen: list[str]
    opened: list[str] | None
    """The files that the running bot opened for writing; None where strace cannot tell."""
    home: Path


def play(folder: Path, people: int, stopping: int, seed: int) -> Played:
    """Play a wave in this folder, with real processes."""
    home, images = folder / "home", folder / "images"
    home.mkdir(parents=True)
    with driven(home) as rig:
        drive = Drive(rig, people, stopping, seed)
        drive.open()
        drive.answer(drive.answering)
        drive.stop_in_the_middle(drive.stopping)
        drive.withdraw(drive.answering[0])
        drive.clean()
        drive.days(1)
        before = drive.look_at_figures()
        backups = {"before": _backup(drive, "before")}
        drive.answer(drive.later[:1])
        backups["after"] = _backup(drive, "after")
        unmoved = (before, drive.look_at_figures())
        drive.hear()
        rig.stop_bot()
        first = _image(images / "open", drive)
        keys = read_keys(home / "keys")

        trace = folder / "opened.txt"
        traced = drive.start_traced(trace)
        drive.answer(drive.later[1:])
        drive.withdraw(drive.later[-1])
        drive.days(2, 7)
        backups["release"] = _backup(drive, "release")
        drive.withdraw(_somebody_released(drive))
        drive.clean()
        drive.look_at_figures()
        rig.stop_bot()
        second = _image(images / "released", drive)

        drive.console("wave", "close", drive.truth.wave, "--yes")
        rig.start_bot()
        drive.days(8, 9)
        drive.look_at_figures()
        rig.stop_bot()
        third = _image(images / "closed", drive)
        third.copied = keys
        logs = Look(home / "data", home / "keys", home / "logs", drive.truth, copied=keys)
        printed = replace(logs, logs=drive.log.parent, truth=replace(drive.truth, invitations=[]))
        opened = _opened_for_writing(trace) if traced else None
        return Played(first, second, third, logs, printed, backups, unmoved, drive.seen, opened, home)


def _image(target: Path, drive: Drive) -> Look:
    """A copy of everything, as somebody finds it who takes the server now."""
    for part in KEPT:
        shutil.copytree(drive.rig.folder / part, target / part)
    truth = copy.deepcopy(drive.truth)
    return Look(target / "data", target / "keys", target / "logs", truth, (target / "tmp",))


def _backup(drive: Drive, name: str) -> Path:
    drive.console("backup", f"backup-{name}")
    return drive.rig.folder / f"backup-{name}"


def _somebody_released(drive: Drive) -> Soul:
    bodies = " ".join(str(row["body"]) for row in drive.rig.rows("response"))
    return next(soul for soul in drive.truth.sent() if str(soul.marker) in bodies)


def _opened_for_writing(trace: Path) -> list[str]:
    """The paths that were opened for writing, of a trace of openat."""
    written = []
    for line in trace.read_text(errors="replace").splitlines():
        if any(flag in line for flag in ("O_WRONLY", "O_RDWR", "O_CREAT", "creat(")) and '"' in line:
            name = line.split('"')[1]
            if " = -1 " not in line:
                written.append(name)
    return sorted(set(written))


def outside(written: Sequence[str], home: Path) -> list[str]:
    """Of these paths the ones outside the data folder, the keys and the null device."""
    within = [home / "data", home / "keys", Path("/dev/null"), Path("/dev/tty")]
    full = [home / path for path in map(Path, written)]
    return [str(path) for path in full if not any(path.is_relative_to(place) for place in within)]
