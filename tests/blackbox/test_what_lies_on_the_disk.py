"""What somebody finds who takes the server, after fifty people have answered and others are in the middle.

1. No form of anybody's id lies in the database, its WAL, the keys or the logs at debug level.
2. Under the wave's key an id gives a tag of the ledger while the wave is open (said in docs/security.md),
   and nothing anywhere else; once the wave has ended not even that.
3. Nothing of an open interview can be read; no token stands in any log.
4. The scan can see: an id planted in each form is found, and so is a place that is not sealed.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.flow import Place
from bot.store.vault import dump_place
from tests.blackbox import dumpscan
from tests.faults.crowd import Alive, Respondent
from tests.rig import Rig, id_of

pytestmark = pytest.mark.slow

PEOPLE = 50
OPEN = 5
WORDS_OF_A_PLACE = ('"language"', '"answers"', '{"q1":"d"', '"q2":"d"')
KILL_SURVEY = Path(__file__).parents[1] / "faults" / "kill_survey.yaml"


def test_fifty_interviews_leave_no_id_in_any_form(rig: Rig, tmp_path: Path) -> None:
    shutil.copy(KILL_SURVEY, tmp_path / "plain.yaml")
    wave = rig.open_wave(str(tmp_path / "plain.yaml"))
    rig.start_bot()
    asyncio.run(_answer(rig, wave))
    assert rig.stop_bot() == 0
    assert len(rig.rows("pool")) == PEOPLE
    assert len(rig.rows("session")) == OPEN

    folders = [rig.folder / name for name in ("data", "keys", "logs")]
    keys = dumpscan.read_keys(rig.folder / "keys")
    ids = [id_of(number) for number in range(PEOPLE + OPEN)]
    for id in ids:
        assert dumpscan.find(dumpscan.plain_forms(id), folders) == []
        assert _outside_the_ledger(rig, dumpscan.keyed_forms(id, keys)) == []
    assert dumpscan.find_tokens(folders) == []
    assert "ready" in rig.log.read_text(), "the log was really written"
    assert _answers_of_open_interviews(rig) == []

    copied = dict(keys)
    rig.console("wave", "close", wave, "--yes")
    rig.start_bot()
    start = datetime.now(UTC)
    for days in (1, 2):
        rig.tick(start + timedelta(days=days))
    rig.stop_bot()
    assert not (rig.folder / "keys" / f"wave-{wave}.key").exists()
    for id in ids:
        assert dumpscan.find(dumpscan.keyed_forms(id, copied), folders) == [], "not even with a copied key"
    assert rig.rows("ledger") == rig.rows("session") == []


def test_the_scan_finds_a_planted_id_in_each_form(tmp_path: Path) -> None:
    id, key = id_of(7), {"wave-x.key": bytes(range(32))}
    forms = {**dumpscan.plain_forms(id), **dumpscan.keyed_forms(id, key)}
    for name, needle in forms.items():
        (tmp_path / "aitbar.db").write_bytes(b"before" + needle + b"after")
        assert any(hit.startswith(f"{name} in") for hit in dumpscan.find(forms, [tmp_path]))
    (tmp_path / "bot.log").write_bytes(b"POST /bot123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc/getMe")
    assert dumpscan.find_tokens([tmp_path]) == ["bot.log"]


def test_the_words_looked_for_stand_in_a_place_that_is_not_sealed() -> None:
    plain = dump_place(Place("en", "q3", 3, {"q1": "d", "q2": "d"}))
    assert [word for word in WORDS_OF_A_PLACE if word.encode() not in plain] == []


async def _answer(rig: Rig, wave: str) -> None:
    alive = Alive()
    alive.set()
    people = [Respondent(rig.url, wave, number, alive) for number in range(PEOPLE)]
    for start in range(0, PEOPLE, 10):
        await asyncio.gather(*(one.answer() for one in people[start : start + 10]))
    for number in range(PEOPLE, PEOPLE + OPEN):  # these stop in the middle
        async with rig.person(number, "en") as person:
            await person.start(wave)
            for label in ("English", "Yes, I agree", "D", "D"):
                await person.press(label)


def _outside_the_ledger(rig: Rig, forms: dict[str, bytes]) -> list[str]:
    """Where a tag lies besides `ledger`: in the other tables, the keys, the logs."""
    hits = dumpscan.find(forms, [rig.folder / "keys", rig.folder / "logs"])
    with sqlite3.connect(f"file:{rig.folder}/data/aitbar.db?mode=ro", uri=True) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        for table in tables:
            if table == "ledger":
                continue
            for row in database.execute(f"SELECT * FROM {table}"):  # noqa: S608
                cells = [value if isinstance(value, bytes) else str(value).encode() for value in row]
                hits += [f"{name} in {table}" for name, needle in forms.items() if any(needle in c for c in cells)]
    return hits


def _answers_of_open_interviews(rig: Rig) -> list[str]:
    """What of a place can be read in a sealed box. Each word is long enough not to stand there by chance."""
    boxes = [row["box"] for row in rig.rows("session")]
    assert {len(box) for box in boxes} == {2048 + 12 + 16}, "padded: the length tells nothing"
    return [word for box in boxes for word in WORDS_OF_A_PLACE if word.encode() in box]
