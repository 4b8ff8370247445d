"""The power goes, and what was not synced is gone with it: the disk is rebuilt from a log of every write.

1. What somebody had been shown as kept is on the disk, whatever the cut took of the rest.
2. Nobody is counted twice, and nothing is there that nobody answered.
3. The rebuilt disk opens, is sound, and people go on with it.
4. The harness can see: a store that does not sync loses confirmed answers under the same cuts.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.faults.cuts import cuts_of, evening, real_power_cuts
from tests.faults.disk import Disk
from tests.faults.shim import Record, What, needs_a_compiler

CUTS = int(os.environ.get("POWER_CUTS", "10"))
REAL_CUTS = 4
SEED = 20261123

pytestmark = [pytest.mark.slow, needs_a_compiler]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Record]]:
    """One evening of answers, as the shim saw it, and its folder."""
    folder = tmp_path_factory.mktemp("evening")
    return folder, evening(folder)


def test_whatever_moment_the_power_goes_confirmed_answers_are_on_the_disk(
    records: tuple[Path, list[Record]],
) -> None:
    folder, log = records
    counts = cuts_of(log, folder, CUTS, SEED)
    print(counts)
    assert counts.harm == 0
    assert counts.faults == CUTS
    assert counts.confirmed > 0


def test_the_harness_sees_a_store_that_does_not_sync(records: tuple[Path, list[Record]]) -> None:
    folder, log = records
    careless = [one for one in log if not (one.what == What.SYNC and one.data.endswith(b"-wal"))]
    assert len(careless) < len(log)
    assert cuts_of(careless, folder, 10, SEED).harm > 0


def test_people_go_on_with_what_a_power_cut_left(tmp_path: Path) -> None:
    counts = real_power_cuts(tmp_path, REAL_CUTS, SEED)
    print(counts)
    assert counts.harm == 0
    assert counts.confirmed == 7 * counts.people > 0


# -- the model of a disk ------------------------------------------------------------------------------------


def _after(*records: Record) -> Disk:
    disk = Disk()
    for record in records:
        disk.follow(record)
    return disk


def test_what_was_synced_stands_and_what_was_not_may_be_gone() -> None:
    disk = _after(
        Record(What.CREATE, 1, 0, b"/d/a"),
        Record(What.WRITE, 1, 0, b"old"),
        Record(What.SYNC, 1, 0, b"/d/a"),
        Record(What.WRITE, 1, 0, b"new"),
    )
    assert disk.after_a_cut(None) == {"/d/a": b"old"}
    assert {disk.after_a_cut(random.Random(seed))["/d/a"] for seed in range(50)} == {b"old", b"new"}


def test_a_file_that_was_never_synced_may_be_gone_with_its_name() -> None:
    disk = _after(Record(What.CREATE, 1, 0, b"/d/a"))
    assert disk.after_a_cut(None) == {}
    disk.follow(Record(What.SYNC_FOLDER, 9, 0, b"/d"))
    assert disk.after_a_cut(None) == {"/d/a": b""}


def test_a_removal_stands_after_a_sync_of_the_folder_only() -> None:
    disk = _after(
        Record(What.CREATE, 1, 0, b"/d/a"), Record(What.SYNC, 1, 0, b"/d/a"), Record(What.UNLINK, 0, 0, b"/d/a")
    )
    assert disk.after_a_cut(None) == {"/d/a": b""}
    disk.follow(Record(What.SYNC_FOLDER, 9, 0, b"/d"))
    assert disk.after_a_cut(None) == {}


def test_a_new_name_stands_after_a_sync_of_the_folder_only() -> None:
    disk = _after(
        Record(What.CREATE, 1, 0, b"/d/a"),
        Record(What.SYNC, 1, 0, b"/d/a"),
        Record(What.RENAME, 0, 0, b"/d/a\0/d/b"),
    )
    assert list(disk.after_a_cut(None)) == ["/d/a"]
    disk.follow(Record(What.SYNC_FOLDER, 9, 0, b"/d"))
    assert list(disk.after_a_cut(None)) == ["/d/b"]
