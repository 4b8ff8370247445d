"""The code of the figures: it changes with whatever a report shows of them, and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.reports.basis import Basis
from tests.digest.village import shipped
from tests.reports.sample import OPENED, answered, shipped_basis

BASIS = shipped_basis("pulse")
NOW, COMPARED = BASIS.now, BASIS.compared
assert COMPARED is not None
SURVEY = shipped("pulse")
NEXT = replace(SURVEY, version=SURVEY.version + 1)


@pytest.mark.parametrize(
    "other",
    [
        replace(BASIS, now=replace(NOW, figures=answered(SURVEY))),
        replace(BASIS, now=replace(NOW, definition="e" * 64)),
        replace(BASIS, now=replace(NOW, wave=replace(NOW.wave, survey=NEXT))),
        replace(BASIS, compared=None),
        replace(BASIS, compared=replace(COMPARED, before=COMPARED.now)),
        replace(BASIS, compared=replace(COMPARED, survey=NEXT)),
        replace(BASIS, compared=replace(COMPARED, began=OPENED.date())),
        replace(BASIS, waves=(NOW,)),
    ],
)
def test_whatever_is_shown_changes_the_code(other: Basis) -> None:
    assert other.code != BASIS.code


@pytest.mark.parametrize(
    "same",
    [
        shipped_basis("pulse"),
        replace(BASIS, now=replace(NOW, until=NOW.until + timedelta(days=7))),
        replace(BASIS, drafts=()),
    ],
)
def test_a_day_or_a_reader_more_does_not(same: Basis) -> None:
    assert same.code == BASIS.code
