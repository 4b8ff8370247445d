"""A backup and its return: what is in it, what is not, and what came back.

Promises:
1. Every table is either kept or left out, by name; nothing of who took part, of what waits or of a key is in a
   backup; it is for its owner's eyes only.
2. The same content gives the same bytes: a new answer in the pool changes nothing, a release adds whole blocks.
3. What comes back gives the same figures; waves that were open are closed, or go on as new ones.
4. Answers taken back since are taken back again where the old database tells, and named where it does not.
5. A damaged, newer or foreign folder is refused, as is a running bot or a database that is there; an older
   backup is brought up to date.
6. Whatever moment a kill comes at, the old database or the new one is in place, whole; the next try succeeds.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.core import roles
from bot.core.cadence import DAY, Cadence
from bot.store import Contact, Store, StoreTrouble, backup, disk, engine, tick
from bot.store.backup import KEPT, LEFT_OUT, BackupTrouble, Manifest, back_up, old_backups
from bot.store.restore import RESTORED, Restored, restore
from bot.store.tables import CORE, METADATA
from tests.store.sample import START, begin, kept, open_wave, read, rows, send_many

WEEKLY = Cadence("weekly", 0, 9)
TODAY = START.date()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An installation in the midst of its life: a closed wave, a closing one, an open one, all kinds of rows."""
    with kept(tmp_path / "old") as one:
        fill(one)
        yield one


def fill(store: Store) -> None:
    """Waves with released answers, waiting ones and open interviews; coordinators and what they did."""
    with store.transaction() as tx:
        tx.desk.admit(42, roles.OWNER, "en", START)
        tx.desk.make_claim_code(START)
        tx.desk.note("coordinator 42", "claim", "owner", START)
        tx.desk.write_mark("not before", "5.0")
    ended, closing_one, going = (open_wave(store, organisation=name) for name in ("Ended", "Closing", "Open"))
    for number, wave in enumerate((ended, closing_one, going)):
        send_many(store, wave, range(20 * number, 20 * number + 9))
    days(store, 1, 8)
    with store.transaction() as tx:
        tx.waves.close(ended)
    days(store, 9, 10)
    with store.transaction() as tx:
        tx.waves.close(closing_one)
        tx.desk.subscribe(42, going, WEEKLY, START)
        tx.desk.note("coordinator 42", "close", f"wave {closing_one}", START)
        begin(tx, going, 500)
        assert tx.desk.claim_digest(going, 42, "2026-W48", START)
    send_many(store, going, range(90, 93))
    with store.transaction() as tx:
        tx.contacts.keep([(going, Contact(7_000_000_001, "ur"))])


def days(store: Store, first: int, last: int) -> None:
    """Daily ticks."""
    for day in range(first, last + 1):
        with store.transaction() as tx:
            tick(tx.waves, tx.desk, START + day * DAY, UTC)
        with store.transaction() as tx:
            tx.waves.destroy_spent_keys()


def save(store: Store, folder: Path, day: date = TODAY) -> Manifest:
    """Back up."""
    with store.reading() as source:
        return back_up(source, folder, day, "test")


def bring_back(folder: Path, place: Path, *, continue_waves: bool = False, replace: bool = False) -> Restored:
    """Restore into the installation in `place`."""
    url = f"sqlite:///{place}/data/aitbar.db"
    now = START + 20 * DAY
    return restore(url, place / "keys", read, folder, now, continue_waves=continue_waves, replace=replace)


def figures(store: Store) -> dict[str, str]:
    """What is shown of each wave, as the console prints it."""
    with store.transaction() as tx:
        return {
            wave.id: json.dumps(tx.waves.published(wave.id).as_json(), ensure_ascii=False, sort_keys=True)
            for wave in tx.waves.all()
        }


def states(store: Store) -> dict[str, str]:
    """The state of each wave, by its organisation (the newest of that name)."""
    with store.transaction() as tx:
        return {wave.terms.organisation: wave.state for wave in reversed(tx.waves.all())}


# -- 1 ----------------------------------------------------------------------------------------------------


def test_every_table_is_kept_or_left_out_and_what_could_tell_of_a_person_is_left_out() -> None:
    assert set(METADATA.tables.values()) == {*KEPT, *LEFT_OUT}
    assert not {*KEPT} & {*LEFT_OUT}
    assert {table.name for table in CORE} - {table.name for table in KEPT} == {
        "ledger",
        "session",
        "pool",
        "cell",
        "contact",
        "invite",
        "outcome",
        "reminder",
        "running_node",
        "running_sum",
    }
    assert all(LEFT_OUT.values())


def secrets_of(store: Store, place: Path) -> dict[str, bytes]:
    """Everything of the installation that must not be in a backup, piece by piece."""
    found: dict[str, bytes] = {}
    with closing(sqlite3.connect(place / "data" / "aitbar.db")) as database:
        for table in LEFT_OUT:
            for column in {*table.columns.keys()} - {
                "wave",
                "cell",
                "name",
                "node",
                "view",
            }:  # which are in what is kept too
                for (value,) in database.execute(f"SELECT {column} FROM {table.name}"):  # noqa: S608
                    piece = value if isinstance(value, bytes) else str(value).encode()
                    if len(piece) >= 12:
                        found[f"{table.name}.{column} {piece!r}"] = piece
    bodies = {body for (body,) in rows(store, "SELECT body FROM response")}
    for path in (place / "keys").glob("*.key"):
        found[path.name] = path.read_bytes()
        found[f"{path.name} as text"] = path.read_bytes().hex().encode()
    return {name: piece for name, piece in found.items() if piece.decode(errors="replace") not in bodies}


def test_nothing_of_what_is_left_out_lies_in_any_byte(store: Store, tmp_path: Path) -> None:
    wave = open_wave(store, organisation="Planted")
    send_many(store, wave, range(3), {"district": "swat", "gender": "woman", "met": "planted-body"})
    save(store, tmp_path / "backup")
    content = b"".join(path.read_bytes() for path in (tmp_path / "backup").iterdir())
    secrets = secrets_of(store, tmp_path / "old")
    assert len(secrets) > 15
    assert b"planted-body" in b"".join(secrets.values())
    assert wave.encode() in content, "the wave itself is there"
    assert [name for name, piece in secrets.items() if piece in content] == []
    live = (tmp_path / "old" / "data" / "aitbar.db").read_bytes()
    live += (tmp_path / "old" / "data" / "aitbar.db-wal").read_bytes()
    assert any(piece in live for piece in secrets.values()), "the scan can see"


def test_a_backup_is_one_file_and_its_manifest_for_the_owner_alone(store: Store, tmp_path: Path) -> None:
    manifest = save(store, tmp_path / "deep" / "backup")
    folder = tmp_path / "deep" / "backup"
    assert sorted(path.name for path in folder.iterdir()) == ["aitbar.db", "manifest.json"]
    assert [path.name for path in folder.parent.iterdir()] == ["backup"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    said = json.loads((folder / "manifest.json").read_text())
    assert (said["program"], said["schema"], said["day"]) == ("test", engine.NEWEST, "2026-11-23")
    assert said["rows"] == manifest.rows
    assert said["rows"]["response"] == len(rows(store, "SELECT rid FROM response")) > 20
    assert said["sha256"] == disk.sha256(folder / "aitbar.db")


# -- 2 ----------------------------------------------------------------------------------------------------


def content(folder: Path) -> bytes:
    """Every byte of a backup."""
    return b"".join((folder / name).read_bytes() for name in ("aitbar.db", "manifest.json"))


def released(folder: Path) -> set[tuple[str, int, int]]:
    """The blocks of a backup: wave, number, people."""
    with closing(sqlite3.connect(folder / "aitbar.db")) as database:
        return {(wave, no, n) for wave, no, n in database.execute("SELECT wave, no, n FROM block")}


def test_two_backups_around_an_answer_are_the_same_bytes_and_a_release_adds_whole_blocks(
    store: Store, tmp_path: Path
) -> None:
    save(store, tmp_path / "a")
    going = next(wave for wave, state in rows(store, "SELECT wave, state FROM wave") if state == "open")
    send_many(store, going, range(200, 208))
    with store.transaction() as tx:
        begin(tx, going, 300)
    days(store, 11, 11)
    store.scrub_now()
    save(store, tmp_path / "b")
    assert content(tmp_path / "a") == content(tmp_path / "b")
    days(store, 12, 15)
    save(store, tmp_path / "c")
    more = released(tmp_path / "c") - released(tmp_path / "b")
    assert more
    assert all(n >= 5 for _wave, _no, n in more)


# -- 3 ----------------------------------------------------------------------------------------------------


def test_what_comes_back_gives_the_same_figures_and_open_waves_are_closed(store: Store, tmp_path: Path) -> None:
    save(store, tmp_path / "backup")
    before = figures(store)
    assert sum(json.loads(one)["n"] for one in before.values()) > 10
    done = bring_back(tmp_path / "backup", tmp_path / "new")
    with kept(tmp_path / "new") as new:
        assert figures(new) == before
        assert states(new) == {"Ended": "closed", "Closing": "closed", "Open": "closed"}
        for table in ("ledger", "session", "pool", "cell", "claim_code"):
            assert rows(new, f"SELECT * FROM {table}") == []  # noqa: S608
        for table in ("response", "block", "block_count", "definition", "coordinator", "subscription", "digest"):
            query = f"SELECT * FROM {table}"  # noqa: S608
            assert rows(new, query) == rows(store, query) != []
        with new.transaction() as tx:
            assert tx.desk.broken() is None
            tx.waves.check_keys()
        assert rows(new, "SELECT who, act FROM audit ORDER BY no")[-1] == ("console", "restore")
        assert new.keys.waves() == []
    assert [one.goes_on_as for one in done.ended] == [None, None]
    assert done.unbroken
    server = [(tmp_path / place / "keys" / "server.key").read_bytes() for place in ("old", "new")]
    assert server[0] != server[1]
    assert stat.S_IMODE((tmp_path / "new" / "data" / "aitbar.db").stat().st_mode) == 0o600


def test_an_open_wave_goes_on_as_a_new_one_with_a_key_of_its_own(store: Store, tmp_path: Path) -> None:
    save(store, tmp_path / "backup")
    done = bring_back(tmp_path / "backup", tmp_path / "new", continue_waves=True)
    (new_wave,) = [one.goes_on_as for one in done.ended if one.goes_on_as]
    with kept(tmp_path / "new") as new:
        with new.transaction() as tx:
            waves = {wave.id: wave for wave in tx.waves.all()}
            assert {one.chat for one in tx.desk.subscriptions() if one.wave == new_wave} == {42}
            notice = json.loads(tx.desk.read_mark(RESTORED) or "")
            tx.waves.check_keys()
        (old_one,) = [w for w in waves.values() if w.terms.organisation == "Open" and w.id != new_wave]
        assert (old_one.state, waves[new_wave].state) == ("closed", "open")
        assert waves[new_wave].terms == old_one.terms
        assert waves[new_wave].survey == old_one.survey
        assert new.keys.waves() == [new_wave]
        assert json.loads(figures(new)[new_wave])["n"] == 0
        assert notice["continued"] == [new_wave]
        assert notice["chats"] == [42]
        assert len(notice["closed"]) == 1
        send_many(new, new_wave, range(3))
        assert new_wave in rows(new, "SELECT what FROM audit WHERE act = 'restore'")[0][0]


# -- 4 ----------------------------------------------------------------------------------------------------


def test_answers_taken_back_since_are_taken_back_again_in_place_of_the_old_database(
    store: Store, tmp_path: Path
) -> None:
    save(store, tmp_path / "backup")
    gone = rows(store, "SELECT rid FROM response")[:2]
    with store.transaction() as tx:
        for (rid,) in gone:
            tx.connection.exec_driver_sql("DELETE FROM response WHERE rid = ?", (rid,))
    before = figures(store)
    store.close()
    done = bring_back(tmp_path / "backup", tmp_path / "old", replace=True)
    with kept(tmp_path / "old") as new:
        assert not set(gone) & set(rows(new, "SELECT rid FROM response"))
        assert figures(new) == before
    assert done.unsure == ()


def test_without_the_old_database_the_waves_are_named_and_a_code_still_works(store: Store, tmp_path: Path) -> None:
    wave = open_wave(store, now=START + 11 * DAY, schedule="daily")
    receipts = send_many(store, wave, range(700, 709))
    days(store, 11, 16)
    save(store, tmp_path / "backup")
    done = bring_back(tmp_path / "backup", tmp_path / "new")
    assert wave in done.unsure
    with kept(tmp_path / "new") as new, new.transaction() as tx:
        assert json.loads(tx.desk.read_mark(RESTORED) or "")["unsure"]
        assert sum(tx.vault.withdraw(receipt) is not None for receipt in receipts) >= 5


def test_an_old_database_that_knows_nothing_of_a_wave_takes_nothing_back(store: Store, tmp_path: Path) -> None:
    save(store, tmp_path / "backup")
    with kept(tmp_path / "new"):
        pass
    done = bring_back(tmp_path / "backup", tmp_path / "new", replace=True)
    assert len(done.unsure) == 3
    with kept(tmp_path / "new") as new:
        assert rows(new, "SELECT * FROM response") == rows(store, "SELECT * FROM response")


def test_a_paused_wave_rests_no_more_and_goes_on_with_its_later_last_day(store: Store, tmp_path: Path) -> None:
    wave = open_wave(store, survey="reminding")
    with store.transaction() as tx:
        tx.waves.extend(wave, START + 30 * DAY, START)
        tx.waves.pause(wave)
    save(store, tmp_path / "backup")
    done = bring_back(tmp_path / "backup", tmp_path / "new", continue_waves=True)
    (new_id,) = [one.goes_on_as for one in done.ended if one.wave == wave]
    with kept(tmp_path / "new") as new, new.transaction() as tx:
        assert not any(one.paused for one in tx.waves.all())
        assert new_id is not None
        assert tx.waves.known(new_id).until == START + 30 * DAY


# -- 5 ----------------------------------------------------------------------------------------------------


def test_backups_that_should_be_gone_are_named_and_other_folders_are_not(store: Store, tmp_path: Path) -> None:
    for name, day in (("new", TODAY), ("edge", TODAY - timedelta(days=30)), ("old", TODAY - timedelta(days=31))):
        save(store, tmp_path / "safe" / name, day)
    (tmp_path / "safe" / "photos").mkdir()
    (tmp_path / "safe" / "photos" / "manifest.json").write_text("[]")
    assert old_backups(tmp_path / "safe", TODAY) == [tmp_path / "safe" / "old"]


def test_a_folder_that_holds_anything_is_refused_and_an_empty_one_is_used(store: Store, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "empty").mkdir()
    for name in ("full", "file"):
        with pytest.raises(BackupTrouble, match="is not empty"):
            save(store, tmp_path / name)
    save(store, tmp_path / "empty")
    assert (tmp_path / "full" / "notes.txt").read_text() == "mine"


def _flip(folder: Path) -> None:
    data = bytearray((folder / "aitbar.db").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "aitbar.db").write_bytes(bytes(data))


def _manifest(**changes: object) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        said = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps({**said, **changes}))

    return spoil


def _rewritten(folder: Path) -> None:
    """Rows taken out by somebody who also mended the hash."""
    with closing(sqlite3.connect(folder / "aitbar.db", isolation_level=None)) as database:
        database.execute("DELETE FROM response")
    _manifest(sha256=disk.sha256(folder / "aitbar.db"))(folder)


def _no_database(folder: Path) -> None:
    (folder / "aitbar.db").write_bytes(b"these are notes" * 100)
    _manifest(sha256=disk.sha256(folder / "aitbar.db"))(folder)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_flip, "damaged: its database is not the one"),
        (_rewritten, "does not hold what its manifest says"),
        (_no_database, "does not hold what its manifest says"),
        (_manifest(schema="9999"), "newer version of Aitbar"),
        (_manifest(rows="many"), "manifest.json is missing or damaged"),
        (_manifest(sha256=None), "manifest.json is missing or damaged"),
        (lambda folder: (folder / "manifest.json").unlink(), "manifest.json is missing or damaged"),
        (lambda folder: (folder / "manifest.json").write_text("["), "manifest.json is missing or damaged"),
    ],
)
def test_what_is_no_whole_backup_is_refused_and_nothing_changes(
    store: Store, tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    save(store, tmp_path / "backup")
    before = figures(store)
    store.close()
    spoil(tmp_path / "backup")
    with pytest.raises(BackupTrouble, match=said):
        bring_back(tmp_path / "backup", tmp_path / "old", replace=True)
    with kept(tmp_path / "old") as again:
        assert figures(again) == before
        assert len(again.keys.waves()) == 2
        assert len(rows(again, "SELECT * FROM session")) == 1
    with pytest.raises(BackupTrouble):
        bring_back(tmp_path / "backup", tmp_path / "new")
    assert not (tmp_path / "new" / "data" / "aitbar.db").exists()


def test_a_database_that_is_there_is_kept_aside_only_when_asked(store: Store, tmp_path: Path) -> None:
    save(store, tmp_path / "backup")
    waiting = rows(store, "SELECT * FROM pool")
    keys = {path.name: path.read_bytes() for path in (tmp_path / "old" / "keys").glob("*.key")}
    store.close()
    with pytest.raises(BackupTrouble, match="There is a database already"):
        bring_back(tmp_path / "backup", tmp_path / "old")
    done = bring_back(tmp_path / "backup", tmp_path / "old", replace=True)
    assert done.aside is not None
    assert done.keys_aside is not None
    with closing(sqlite3.connect(done.aside / "aitbar.db")) as database:
        assert database.execute("SELECT * FROM pool").fetchall() == waiting
    assert {path.name: path.read_bytes() for path in done.keys_aside.iterdir()} == keys
    assert {stat.S_IMODE(path.stat().st_mode) for path in (done.aside, done.keys_aside)} == {0o700}
    assert sorted(path.name for path in (tmp_path / "old" / "keys").glob("*.key")) == ["server.key"]
    assert (tmp_path / "old" / "keys" / "server.key").read_bytes() != keys["server.key"]


def test_a_damaged_database_is_kept_aside_as_it_is(store: Store, tmp_path: Path) -> None:
    save(store, tmp_path / "backup")
    before = figures(store)
    store.close()
    (tmp_path / "old" / "data" / "aitbar.db").write_bytes(b"nothing but noise " * 400)
    (tmp_path / "old" / "data" / "aitbar.db-wal").write_bytes(b"noise")
    done = bring_back(tmp_path / "backup", tmp_path / "old", replace=True)
    assert done.aside is not None
    assert (done.aside / "aitbar.db").read_bytes().startswith(b"nothing but noise")
    assert len(done.unsure) == 3
    with kept(tmp_path / "old") as new:
        assert figures(new) == before


def test_a_running_bot_and_a_busy_database_are_left_alone(store: Store, tmp_path: Path) -> None:
    save(store, tmp_path / "backup")
    before = figures(store)
    with store.only_one(), pytest.raises(StoreTrouble, match="Another `aitbar run`"):
        bring_back(tmp_path / "backup", tmp_path / "old", replace=True)
    with pytest.raises(BackupTrouble, match="is in use"):
        bring_back(tmp_path / "backup", tmp_path / "old", replace=True)
    assert figures(store) == before


def test_nobody_writes_into_the_old_database_while_it_is_replaced(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store, tmp_path / "backup")
    store.close()
    really, refused = disk.place, []

    def place(source: Path, target: Path) -> None:
        with closing(sqlite3.connect(target, timeout=0, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                refused.append(str(error))
        really(source, target)

    monkeypatch.setattr(disk, "place", place)
    bring_back(tmp_path / "backup", tmp_path / "old", replace=True)
    assert refused == ["database is locked"]


def test_an_older_backup_is_brought_up_to_date(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store, tmp_path / "backup")
    before = figures(store)
    migrations = tmp_path / "migrations"
    shutil.copytree(engine.MIGRATIONS, migrations)
    newer = f"{int(engine.NEWEST) + 1:04d}"
    (migrations / "versions" / f"v{newer}_later.py").write_text(
        f"from alembic import op\nrevision = '{newer}'\ndown_revision = '{engine.NEWEST}'\n\n\n"
        "def upgrade() -> None:\n    op.execute('CREATE TABLE later (x)')\n"
    )
    for module in (engine, backup):
        monkeypatch.setattr(module, "NEWEST", newer)
    monkeypatch.setattr(engine, "MIGRATIONS", migrations)
    bring_back(tmp_path / "backup", tmp_path / "new")
    with kept(tmp_path / "new") as new:
        assert rows(new, "SELECT version_num FROM alembic_version") == [(newer,)]
        assert rows(new, "SELECT count(*) FROM later") == [(0,)]
        assert figures(new) == before


def test_a_changed_log_of_acts_is_said(store: Store, tmp_path: Path) -> None:
    with store.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE audit SET who = 'nobody' WHERE no = 1")
    save(store, tmp_path / "backup")
    assert not bring_back(tmp_path / "backup", tmp_path / "new").unbroken


# -- 6 ----------------------------------------------------------------------------------------------------

STEPS = ("make_folder", "write", "copy", "keep", "sync", "place", "remove", "clear")
MOST_STEPS = 60


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do `work` in a process that dies without a word before its n-th touch of the disk; True if it died."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    left = step

    def counted(really: Callable[..., object]) -> Callable[..., object]:
        def touch(*arguments: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                os._exit(9)
            return really(*arguments)

        return touch

    try:
        for name in STEPS:
            setattr(disk, name, counted(getattr(disk, name)))
        work()
    except BaseException:
        os._exit(3)
    os._exit(0)


def test_a_backup_that_is_killed_leaves_no_half_and_the_next_one_is_whole(store: Store, tmp_path: Path) -> None:
    whole = save(store, tmp_path / "whole")
    died = 0
    for step in range(MOST_STEPS):
        folder = tmp_path / f"backup-{step}"
        if not killed_at(step, partial(save, store, folder)):
            break
        died += 1
        if folder.exists():
            assert content(folder) == content(tmp_path / "whole")
        else:
            assert save(store, folder) == whole
    assert died >= 6
    assert (tmp_path / f"backup-{died}").exists(), "the first that was not killed"


@pytest.mark.parametrize("continue_waves", [False, True])
def test_a_restore_that_is_killed_leaves_the_old_or_the_new_and_can_be_done_again(
    store: Store, tmp_path: Path, continue_waves: bool
) -> None:
    save(store, tmp_path / "backup")
    before = figures(store)
    waiting = len(rows(store, "SELECT * FROM pool"))
    store.close()
    seen = set()
    died = 0
    for step in range(MOST_STEPS):
        place = tmp_path / f"place-{step}"
        shutil.copytree(tmp_path / "old", place)

        def work(place: Path = place) -> None:
            bring_back(tmp_path / "backup", place, continue_waves=continue_waves, replace=True)

        if not killed_at(step, work):
            break
        died += 1
        with kept(place) as there:
            what = states(there)["Closing"]
            shown = figures(there)
            assert {wave: shown[wave] for wave in before} == before
            assert len(rows(there, "SELECT * FROM pool")) == (0 if what == "closed" else waiting), (
                "whole, old or new"
            )
            assert len(rows(there, "SELECT * FROM session")) == (0 if what == "closed" else 1)
            with there.transaction() as tx:
                tx.waves.check_keys()
        seen.add(what)
        restored = restore(
            f"sqlite:///{place}/data/aitbar.db",
            place / "keys",
            read,
            tmp_path / "backup",
            START + timedelta(days=21),
            continue_waves=continue_waves,
            replace=True,
        )
        with kept(place) as again:
            assert {wave: figures(again)[wave] for wave in before} == before
            assert again.keys.waves() == [one.goes_on_as for one in restored.ended if one.goes_on_as]
        shutil.rmtree(place)
    assert died >= 12
    assert seen == {"closing", "closed"}, "kills fell before and after the moment"
