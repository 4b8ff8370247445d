"""Reports are noted, and a file says whether it is one of them.

1. Making a report notes it: hashes in the record, a line in the log of acts, no figure and no person.
2. The same figures make the same file, whenever and by whom; it names no day but those of its wave.
3. Any changed byte and any bent figure is found; what nobody made is not in the record.
4. A report of waves side by side has every wave that asked the same; that of a wave with no block says why.
5. The record survives a backup.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import reports
from bot.core.cadence import DAY
from bot.core.survey import Indicator, Survey
from bot.reports import COMPARISON, DONOR, MEETING, Made, ReportTrouble
from bot.reports.basis import basis, codes, drafts
from bot.settings import Settings
from bot.store import Store, WaveTrouble
from bot.store.backup import back_up
from bot.store.engine import open_engine
from tests.chat.test_updates import TOKEN
from tests.core.sample import words
from tests.digest.village import shipped
from tests.reports.sample import PHRASES, pages
from tests.rig import ROOT
from tests.store.sample import START, TRUST, kept, open_wave, rows, send_many, tick_at

NOW = START + 9 * DAY
MET = replace(TRUST, indicators=(Indicator("met", words("Met"), "met", ("yes",), "higher"),))


def read(_body: str) -> Survey:
    return MET


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path, read) as one:
        tick_at(one, 0)
        yield one


def settings() -> Settings:
    return Settings(telegram_token=SecretStr(TOKEN))


def released(store: Store, people: range = range(40), day: int = 0) -> str:
    """A wave of which answers were released, a week after it opened."""
    wave = open_wave(store, START + day * DAY, organisation="Good Neighbours")
    send_many(store, wave, people)
    for more in range(1, 9):
        tick_at(store, day + more)
    return wave


def make(store: Store, wave: str, now: Any = NOW, **how: Any) -> Made:
    return reports.make(settings(), store, PHRASES, wave, now, **how)


def verdict(store: Store, content: bytes) -> tuple[bool, str]:
    found = reports.verify(settings(), store, content)
    return found.unchanged, " ".join(found.said)


# -- made and noted -----------------------------------------------------------------------------------------


def test_a_report_is_noted_by_its_hashes_and_in_the_log_of_acts(store: Store) -> None:
    wave = released(store)
    made = make(store, wave, language="ur", who="coordinator 77")
    (noted,) = rows(store, "SELECT * FROM report")

    assert set(noted) == {
        *(made.report.file, basis(settings(), store, wave, DONOR).code),
        *("donor", wave, "ur", "pdf", "2026-12-02", 1, 5, "coordinator"),
    }
    acts = rows(store, "SELECT who, what FROM audit WHERE act = 'report'")
    assert acts == [("coordinator 77", f"wave {wave}, donor, ur, pdf, {made.report.file[:12]}")]


@pytest.mark.parametrize(
    ("kind", "format"),
    [(DONOR, "pdf"), (DONOR, "xlsx"), (MEETING, "pdf"), (COMPARISON, "pdf"), (COMPARISON, "xlsx")],
)
def test_the_same_figures_make_the_same_file_on_another_day_and_by_another_hand(
    store: Store, kind: str, format: str
) -> None:
    wave = released(store)
    first = make(store, wave, kind=kind, format=format)
    second = make(store, wave, NOW + 100 * DAY, kind=kind, format=format, who="coordinator 77")

    assert first.content == second.content
    assert rows(store, "SELECT day, who FROM report") == [("2026-12-02", "console")], "its first day stays"
    assert verdict(store, first.content)[0]


def test_every_kind_carries_the_code_of_its_figures(store: Store) -> None:
    wave = released(store)
    for kind in (DONOR, MEETING, COMPARISON):
        made = make(store, wave, kind=kind)
        assert codes(made.content) == (made.report.figures,)
        assert all(made.report.figures in "".join(page.split()) for page in pages(made.content)), kind


def test_language_and_form_do_not_change_the_code_and_figures_do(store: Store) -> None:
    wave = released(store)
    made = {
        make(store, wave, language=one, format=form).report.figures
        for one in ["en", "ps"]
        for form in ("pdf", "xlsx")
    }
    send_many(store, wave, range(100, 120))
    for day in range(9, 17):
        tick_at(store, day)

    assert len(made) == 1
    assert make(store, wave).report.figures not in made


def test_a_report_says_the_day_of_the_last_release_and_no_other(store: Store) -> None:
    wave = released(store)
    found = " ".join(" ".join(pages(make(store, wave, NOW + 100 * DAY).content)).split())

    assert "opened on 23 November 2026; figures released up to 30 November 2026" in found


def test_a_wave_that_ended_was_released_on_its_last_day(store: Store) -> None:
    wave = released(store)
    with store.transaction() as tx:
        tx.waves.close(wave)
    for day in (9, 10, 11):
        tick_at(store, day)

    assert basis(settings(), store, wave, DONOR).now.until == date(2026, 12, 3)


def test_what_is_no_report_is_refused(store: Store) -> None:
    wave = released(store)
    with pytest.raises(ReportTrouble, match="The page for the meeting is a PDF"):
        make(store, wave, kind=MEETING, format="xlsx")
    with pytest.raises(ReportTrouble, match="donor, meeting, comparison"):
        make(store, wave, kind="poem")
    with pytest.raises(WaveTrouble, match="no wave"):
        make(store, "nothing")
    assert rows(store, "SELECT count(*) FROM report") == [(0,)]


def test_a_wave_without_a_block_has_a_report_of_one_page(store: Store) -> None:
    made = make(store, open_wave(store))

    assert len(pages(made.content)) == 1
    assert "Nothing can be shown yet" in " ".join(pages(made.content)[0].split())
    assert verdict(store, made.content)[0]


def test_a_comparison_has_every_wave_of_the_survey_in_the_order_in_which_they_began(store: Store) -> None:
    later = released(store, day=30)
    with store.transaction() as tx:
        earlier = tx.waves.open({"survey": "trust"}, replace(tx.waves.known(later).terms, organisation="A"), START)
    found = basis(settings(), store, later, COMPARISON)

    assert [one.wave.id for one in found.waves] == [earlier, later]
    assert found.now.wave.id == later


def test_a_comparison_has_waves_of_other_surveys_that_asked_the_same_and_of_no_others(tmp_path: Path) -> None:
    met_again = replace(MET, id="again")
    bare = replace(TRUST, id="bare")
    surveys = {"trust": MET, "again": met_again, "bare": bare}

    def named(body: str) -> Survey:
        return surveys[json.loads(body)["survey"]]

    with kept(tmp_path, named) as store:
        tick_at(store, 0)
        ids = [open_wave(store, survey=name) for name in surveys]
        found = basis(settings(), store, ids[0], COMPARISON)

    assert sorted(one.wave.id for one in found.waves) == sorted(ids[:2])


# -- verified -----------------------------------------------------------------------------------------------


def test_an_unchanged_file_is_named_and_says_that_the_figures_are_the_same(store: Store) -> None:
    wave = released(store)
    unchanged, said = verdict(store, make(store, wave).content)

    assert unchanged
    assert f"donor of wave {wave}, en, pdf, survey version 1, groups of 5; made on 2026-12-02 (console)" in said
    assert said.endswith("The file is unchanged, and the figures are still the same.")


def test_an_unchanged_file_says_when_figures_have_grown_since(store: Store) -> None:
    wave = released(store)
    made = make(store, wave)
    send_many(store, wave, range(100, 120))
    for day in range(9, 17):
        tick_at(store, day)

    unchanged, said = verdict(store, made.content)

    assert unchanged
    assert "The file is unchanged. The figures are no longer those in it: they have grown since" in said


@pytest.mark.parametrize("format", ["pdf", "xlsx"])
def test_any_changed_byte_is_found(store: Store, format: str) -> None:
    made = make(store, released(store), format=format)
    chance = random.Random(5)
    for _ in range(60):
        bent = bytearray(made.content)
        bent[chance.randrange(len(bent))] ^= 1 << chance.randrange(8)
        assert not verdict(store, bytes(bent))[0]
    assert not verdict(store, made.content + b"\n")[0]


def test_a_bent_figure_in_a_workbook_is_found_by_the_code_that_was_left_in_it(store: Store) -> None:
    made = make(store, released(store), format="xlsx")
    bent = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made.content)) as old, zipfile.ZipFile(bent, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<v>40</v>", b"<v>90</v>"))
    unchanged, said = verdict(store, bent.getvalue())

    assert not unchanged
    assert said.startswith("A report with these figures is in the record, but this file was changed.")


def test_a_report_of_bent_figures_is_not_in_the_record(store: Store) -> None:
    made = make(store, released(store))
    other = made.content.replace(made.report.figures.encode(), b"0" * 64)

    assert verdict(store, other) == (False, "This file is not in the record: its code of figures is unknown.")


@pytest.mark.parametrize("content", [b"", b"a letter", b"PK\x03\x04 no workbook", b"%PDF-1.7 of somebody else"])
def test_what_nobody_made_is_not_in_the_record(store: Store, content: bytes) -> None:
    assert verdict(store, content) == (False, "This file is not in the record: no code of figures stands in it.")


def test_the_record_is_in_a_backup(store: Store, tmp_path: Path) -> None:
    made = make(store, released(store))
    with store.reading() as source:
        back_up(source, tmp_path / "copy", date(2026, 12, 3), "test")
    engine = open_engine(f"sqlite:///{tmp_path}/copy/aitbar.db", writes=False)
    with engine.connect() as copy:
        assert copy.exec_driver_sql("SELECT file FROM report").scalars().all() == [made.report.file]
    engine.dispose()


@pytest.mark.parametrize(
    ("readers", "version", "found"),
    [
        ("", 2, ("ur", "ps")),
        ("reviewed_by: {ur: [A. B., C. D.]}\n", 2, ("ps",)),
        ("reviewed_by: {ur: [A. B., C. D.]}\n", 3, ("ur", "ps")),
    ],
)
def test_drafts_are_those_of_the_file_of_the_same_version(
    tmp_path: Path, readers: str, version: int, found: tuple[str, ...]
) -> None:
    asked = replace(shipped("community-trust"), version=version)
    for name in ("community-trust.yaml", "another-name.yaml"):
        text = (ROOT / "surveys" / "community-trust.yaml").read_text()
        (tmp_path / name).write_text(text.replace("version: 2\n", f"version: 2\n{readers}", 1))
        told = Settings(telegram_token=SecretStr(TOKEN), surveys_dir=tmp_path)
        assert drafts(told, asked) == found
        (tmp_path / name).unlink()
    assert drafts(told, asked) == ("ur", "ps"), "the file is gone"
