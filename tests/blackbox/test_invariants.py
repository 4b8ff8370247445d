"""One wave of real processes, from its opening to its end, seen by somebody who takes the server at each stage.

I1 to I10 and I12 (a) of docs/security.md, each at its bar; the full counts are `python -m tests.blackbox --full`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.blackbox import backups, figures, screens
from tests.blackbox.dumpscan import CHECKS
from tests.blackbox.figures import USUAL, Row
from tests.blackbox.play import Played, outside, play

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A wave, played once for all tests of this file."""
    return play(tmp_path_factory.mktemp("wave"), USUAL.people, USUAL.stopping, seed=7)


@pytest.fixture(scope="module")
def rows(played: Played) -> Sequence[Row]:
    """The figures of that wave."""
    return list(figures.of_a_wave(played))


def hits(rows: Sequence[Row], invariant: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """What of an invariant is not met; it must have been looked at."""
    of_it = [row for row in rows if row.invariant.split()[0] == invariant]
    assert of_it, f"{invariant} was not looked at"
    return [(row.looked, row.figure, row.hits) for row in of_it if not row.met]


def test_no_id_lies_anywhere_in_any_form(rows: Sequence[Row]) -> None:
    assert hits(rows, "I1") == []


def test_nothing_joins_people_and_answers(played: Played, rows: Sequence[Row]) -> None:
    tables = played.released.dump.tables
    full = ("ledger", "contact", "session", "invite", "pool", "response", "opentext")
    assert [name for name in full if not tables[name].rows] == [], "each of these tables was really filled"
    assert hits(rows, "I2") == []


def test_an_open_interview_opens_with_nothing_that_lies_there(rows: Sequence[Row]) -> None:
    assert hits(rows, "I3") == []


def test_the_order_of_arrival_is_nowhere(rows: Sequence[Row]) -> None:
    assert hits(rows, "I4") == []


def test_no_moment_is_told(rows: Sequence[Row]) -> None:
    assert hits(rows, "I5") == []


def test_one_more_person_changes_no_byte_of_a_backup_and_a_release_adds_whole_blocks(rows: Sequence[Row]) -> None:
    assert hits(rows, "I6") == []


def test_a_backup_that_grows_by_single_answers_is_noticed(played: Played) -> None:
    assert backups.differing(played.backups["after"], played.backups["release"])
    before, after = (played.backups[name] for name in ("after", "release"))
    assert backups.not_whole(before, after, played.released.truth.k) == []
    assert backups.not_whole(before, after, 1_000), "a block smaller than k"
    assert backups.not_whole(after, before, 5), "answers that are gone"


def test_of_a_closed_wave_nobody_is_left_even_for_a_copy_of_its_key(played: Played, rows: Sequence[Row]) -> None:
    assert any(played.released.truth.wave in name for name in played.closed.copied), "there was a key to copy"
    assert CHECKS["closed"](replace(played.released, copied=played.closed.copied)).hits, "it was not always so"
    assert hits(rows, "I7") == []


def test_what_was_taken_back_is_in_no_byte_and_nothing_is_written_elsewhere(rows: Sequence[Row]) -> None:
    assert hits(rows, "I8") == []


def test_a_file_written_elsewhere_is_noticed(played: Played) -> None:
    elsewhere = "/var/elsewhere/etilqs_1"
    assert outside([elsewhere, "data/aitbar.db", "keys/server.key"], played.home) == [elsewhere]


def test_no_log_says_anything_of_anybody(rows: Sequence[Row]) -> None:
    assert hits(rows, "I9") == []


def test_no_table_remembers_times_or_people(rows: Sequence[Row]) -> None:
    assert hits(rows, "I10") == []


def test_coordinators_see_nobody_no_few_and_no_newcomer(rows: Sequence[Row]) -> None:
    assert hits(rows, "I12") == []


def test_a_name_a_number_under_k_and_an_id_on_a_screen_are_noticed(played: Played) -> None:
    truth = played.logs.truth
    soul = truth.souls[0]
    for text in (
        soul.first_name,
        str(soul.id),
        f"{soul.id:x}",
        soul.receipt[:10],
        "3 people",
        '{"cells": [{"n": 4}]}',
    ):
        assert screens.told([f"{text}" if text.startswith("{") else f"so {text} here"], truth)
    assert screens.told(["about 5 people, 1 in 10, at least 10 people"], truth) == []
