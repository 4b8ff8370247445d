"""Released answers that leave as rows.

1. They leave with codes of two different coordinators who may, in time; of one and the console where there is
   only one; a code works once, for this wave and this act, and five wrong tries end it.
2. Only what was released leaves: never the pool, nobody's own words, no number of a block, no name of a row; in
   an order drawn by chance.
3. Everything is entered in the log of acts, without the codes; the files are nobody else's to read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot import export as leaving
from bot.chat.acts import Shelf
from bot.chat.desk import Desk
from bot.core import roles
from bot.core.events import Asked
from bot.core.screen import Code, Say
from bot.core.survey import Answer
from bot.export.variables import variables
from bot.files.phrases import Phrases
from bot.store import Proposal, Released, Store, Terms, Transaction, disk
from bot.store.proposals import CODE_TRIES, PATIENCE
from tests.core.sample import number, survey
from tests.export.sample import read_table
from tests.store.sample import START, TODAY, kept, open_wave, rows, send_many

FIRST, SECOND, THIRD = 4_100_000_041, 4_100_000_042, 4_100_000_043
PHRASES = Phrases.load()
DESK = Desk(
    lambda: PHRASES,
    lambda: Shelf({}),
    lambda wave: wave,
    Terms(k=5),
    ZoneInfo("Asia/Karachi"),
)
MAN_OF_DIR: dict[str, Answer] = {"district": "dir", "gender": "man", "met": "no"}
ENOUGH = "codes are enough"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path) as one:
        yield one


def released(store: Store, people: int = 8) -> str:
    """A wave of which some answers were released: one stays behind in each group, and five more wait."""
    wave = open_wave(store)
    send_many(store, wave, range(people))
    send_many(store, wave, range(100, 100 + people), MAN_OF_DIR)
    for day in (0, 1):
        with store.transaction() as tx:
            tx.waves.daily(TODAY + timedelta(days=day))
    with store.transaction() as tx:
        assert tx.waves.release_due(START + timedelta(days=7)) == [wave]
    send_many(store, wave, range(200, 205))
    return wave


def admit(store: Store, *chats: int) -> None:
    """Make coordinators."""
    with store.transaction() as tx:
        for chat in chats:
            tx.desk.admit(chat, roles.COORDINATOR, "en", START)


def asked(store: Store, wave: str) -> str:
    """Ask for the rows of a wave; returns the proposal's id."""
    with store.transaction() as tx:
        assert leaving.request(tx, tx.waves.known(wave), START)
        (one,) = tx.proposals.waiting(START)
        return one.id


def code_of(store: Store, chat: int, id: str, later: timedelta = timedelta()) -> str:
    """The code that a coordinator gets at the desk; empty when there is none to get."""
    with store.transaction() as tx:
        said = DESK.take(tx, chat, Asked("code", (id,)), "en", START + later)
    assert said.screen is not None
    values = [line.values.get("code") for line in said.screen.lines if isinstance(line, Say)]
    return next((value.letters for value in values if isinstance(value, Code)), "")


def agree(store: Store, wave: str, *codes: str, later: timedelta = timedelta()) -> str:
    """Use codes on the console; says why not, or ENOUGH."""
    with store.transaction() as tx:
        agreed = leaving.agree(tx, tx.waves.known(wave), codes, START + later)
        if isinstance(agreed, str):
            return agreed
        leaving.settle(tx, agreed, START + later)
        return ENOUGH


# -- 1. who agrees ----------------------------------------------------------------------------------------


def test_codes_of_two_coordinators_let_rows_out_once(store: Store) -> None:
    wave = released(store)
    admit(store, FIRST, SECOND)
    id = asked(store, wave)
    codes = code_of(store, FIRST, id), code_of(store, SECOND, id)
    assert agree(store, wave, *codes) == ENOUGH
    assert agree(store, wave, *codes) != ENOUGH
    acts = rows(store, "SELECT who, act, what FROM audit ORDER BY no")
    assert acts[-1] == (
        "console",
        "export rows",
        f"wave {wave}, agreed by coordinator {FIRST} and coordinator {SECOND}",
    )
    assert not any(code in repr(acts) for code in codes)
    assert rows(store, "SELECT * FROM approval") == []


def test_one_coordinator_is_not_two(store: Store) -> None:
    wave = released(store)
    admit(store, FIRST, SECOND)
    id = asked(store, wave)
    code = code_of(store, FIRST, id)
    assert agree(store, wave, code) != ENOUGH
    assert agree(store, wave, code, code) != ENOUGH
    first, again = code_of(store, FIRST, id), code_of(store, FIRST, id)
    assert agree(store, wave, first, again) != ENOUGH, "a new code ends the old one"


def test_where_there_is_one_coordinator_the_console_is_the_second_and_the_log_says_so(store: Store) -> None:
    wave = released(store)
    admit(store, FIRST)
    assert agree(store, wave, code_of(store, FIRST, asked(store, wave))) == ENOUGH
    assert rows(store, "SELECT what FROM audit ORDER BY no")[-1][0].endswith(
        f"agreed by coordinator {FIRST} and the console"
    )


def test_where_there_is_none_nobody_can_agree(store: Store) -> None:
    wave = released(store)
    with store.transaction() as tx, pytest.raises(leaving.ExportTrouble, match="no coordinator"):
        leaving.request(tx, tx.waves.known(wave), START)


def test_a_second_request_asks_nobody_again(store: Store) -> None:
    wave = released(store)
    admit(store, FIRST)
    asked(store, wave)
    with store.transaction() as tx:
        assert not leaving.request(tx, tx.waves.known(wave), START)


def test_a_code_is_for_one_wave_and_in_time(store: Store) -> None:
    wave, other = released(store), open_wave(store)
    admit(store, FIRST)
    id = asked(store, wave)
    code = code_of(store, FIRST, id)
    assert agree(store, other, code) != ENOUGH
    assert agree(store, wave, code, later=PATIENCE) != ENOUGH
    assert code_of(store, FIRST, id, later=PATIENCE) == ""
    assert agree(store, wave, code.lower() + " ") == ENOUGH


def test_wrong_tries_end_a_code_and_a_new_one_gives_no_more_of_them(store: Store) -> None:
    wave = released(store)
    admit(store, FIRST)
    id = asked(store, wave)
    code_of(store, FIRST, id)
    for _ in range(CODE_TRIES - 1):
        assert agree(store, wave, "WRONGCODE2") != ENOUGH
    code = code_of(store, FIRST, id)
    assert agree(store, wave, "WRONGCODE2") != ENOUGH
    assert agree(store, wave, code) != ENOUGH


def test_who_lost_the_right_gives_no_code_and_none_that_counts(store: Store) -> None:
    wave = released(store)
    admit(store, FIRST, SECOND, THIRD)
    id = asked(store, wave)
    codes = code_of(store, FIRST, id), code_of(store, SECOND, id)
    with store.transaction() as tx:
        tx.desk.remove(SECOND)
        tx.desk.admit(THIRD, roles.VIEWER, "en", START)
        tx.desk.admit(FIRST + 9, roles.COORDINATOR, "en", START)
    assert code_of(store, THIRD, id) == ""
    assert agree(store, wave, *codes) != ENOUGH


def test_one_refusal_ends_the_codes_of_all(store: Store) -> None:
    wave = released(store)
    admit(store, FIRST, SECOND)
    id = asked(store, wave)
    codes = code_of(store, FIRST, id), code_of(store, SECOND, id)
    with store.transaction() as tx:
        DESK.take(tx, SECOND, Asked("no", (id,)), "en", START)
    assert agree(store, wave, *codes) != ENOUGH


def test_the_desk_cannot_confirm_an_export_with_a_tap(store: Store) -> None:
    wave = released(store)
    admit(store, FIRST, SECOND)
    id = asked(store, wave)
    with store.transaction() as tx:
        DESK.take(tx, FIRST, Asked("yes", (id,)), "en", START)
        one = tx.proposals.get(id)
    assert isinstance(one, Proposal)
    assert one.state == "waiting"


# -- 2. what leaves ---------------------------------------------------------------------------------------


def written(tx: Transaction, wave: str, format: str = "csv") -> dict[str, leaving.rows.Content]:
    """The files of a wave's rows."""
    found = tx.waves.known(wave)
    checked = leaving.checked(found.survey, tx.waves.released(wave), found.terms.k)
    return leaving.rows.files(found, checked, PHRASES, format)


def tables(tx: Transaction, wave: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Rows and codebook, as a program for tables reads them."""
    contents = written(tx, wave)
    return read_table(contents["rows.csv"]), read_table(contents["codebook.csv"])


def test_released_answers_leave_with_their_group_and_nothing_else(store: Store) -> None:
    wave = released(store)
    with store.transaction() as tx:
        found, _ = tables(tx, wave)
        contents = written(tx, wave)
    groups = Counter((row["group_district"], row["group_gender"]) for row in found)
    assert groups == {("swat", "woman"): 7, ("dir", "man"): 7}, "what waits, and what stayed behind, is not in it"
    assert list(found[0]) == ["district", "gender", "met", "language", "group_district", "group_gender"]
    assert {tuple(row.values()) for row in found} == {
        ("swat", "woman", "yes", "en", "swat", "woman"),
        ("dir", "man", "no", "en", "dir", "man"),
    }
    for (rid,) in rows(store, "SELECT rid FROM response"):
        assert not any(
            rid.hex().encode() in content for content in contents.values() if isinstance(content, bytes)
        )


def test_what_was_taken_back_does_not_leave(store: Store) -> None:
    wave = open_wave(store)
    receipts = send_many(store, wave, range(8))
    with store.transaction() as tx:
        tx.waves.daily(TODAY)
        tx.waves.daily(TODAY + timedelta(days=1))
        tx.waves.release_due(START + timedelta(days=7))
        (block,) = tx.waves._blocks(wave)
        gone = sum(tx.vault.withdraw(receipt) is not None for receipt in receipts[:3])
        left = len(tx.waves.released(wave))
    assert gone == 3
    assert left in (block.n - 3, block.n - 2), "one of the three may have been left behind"


def test_rows_leave_in_an_order_drawn_by_chance(store: Store) -> None:
    wave = released(store)
    with store.transaction() as tx:
        orders = {tuple(one.node for one in tx.waves.released(wave)) for _ in range(5)}
    assert len(orders) > 1


def test_the_rows_stand_in_the_order_in_which_they_were_drawn() -> None:
    asked = survey("some", number("meetings", 0, 60))
    drawn = [Released((), {"meetings": n}, "ps") for n in (3, 1, 2)]
    table = leaving.rows.table(drawn, variables(asked, PHRASES))
    assert [row[0] for row in table] == ["meetings", 3, 1, 2]


def test_the_codebook_names_every_column_and_every_code_in_the_rows(store: Store) -> None:
    wave = released(store)
    with store.transaction() as tx:
        found, book = tables(tx, wave)
    known = {(line["variable"], line["code"]) for line in book}
    assert set(found[0]) == {name for name, _ in known}
    for row in found:
        assert set(row.items()) <= known
    assert all(line["label.en"] for line in book)
    assert {line["code"] for line in book} >= {"dont_know", "prefer_not", "not_asked"}


# -- 3. the folder --------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", leaving.rows.FORMATS)
def test_a_folder_of_rows_is_nobody_elses_and_is_written_whole(store: Store, tmp_path: Path, format: str) -> None:
    wave = released(store)
    out = tmp_path / "out"
    with store.transaction() as tx:
        aside = leaving.put(out, written(tx, wave, format))
    assert not out.exists()
    disk.place(aside, out)
    assert {path.name for path in out.iterdir()} == {
        f"rows.{format}",
        "README.txt",
        "codebook.csv",
        "datapackage.json",
        "ddi.xml",
        "read.R",
        "read.py",
    }
    assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {0o600}
    assert "outside the proof" in (out / "README.txt").read_text()
    with pytest.raises(leaving.ExportTrouble, match="not empty"):
        leaving.put(out, {})
