"""The keys: files outside the database, for their owner's eyes only.

Promises:
1. A key that others can read, that is damaged or that is missing is refused, and the sentence says what to do.
2. The server's key is made on a first start only, never beside open interviews; the contacts' with the first of
   them, and it too is refused where others can read it.
3. A wave's key is there while the wave lives, and gone, overwritten, when it is over; a key whose wave never
   came to be is removed at the next tick.
4. What keys derive agrees with the published examples.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store import Keys, KeyTrouble, Terms, tag
from bot.store.keys import derive
from tests.powerless import powerless
from tests.store.sample import START, begin, kept, open_wave


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    one = Keys(tmp_path / "keys")
    one.prepare(may_create=True)
    return one


def test_a_key_is_for_its_owner_alone(keys: Keys, tmp_path: Path) -> None:
    keys.make_wave("abc")
    for path in (tmp_path / "keys").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert len(path.read_bytes()) == 32
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o620])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, keys: Keys, mode: int) -> None:
    path = tmp_path / "keys" / "server.key"
    path.chmod(mode)
    with pytest.raises(KeyTrouble, match=r"can be read by others\. Run: chmod 600"):
        Keys(tmp_path / "keys").prepare(may_create=True)


def test_the_key_of_contacts_is_made_with_the_first_of_them_and_is_like_the_others(
    tmp_path: Path, keys: Keys
) -> None:
    path = tmp_path / "keys" / "contact.key"
    assert not path.exists()
    drawn = keys.contact()
    assert (path.read_bytes(), path.stat().st_mode & 0o777, len(drawn)) == (drawn, 0o600, 32)
    assert keys.contact() == drawn
    path.chmod(0o640)
    with pytest.raises(KeyTrouble, match=r"contact\.key can be read by others\. Run: chmod 600"):
        Keys(tmp_path / "keys").prepare(may_create=True)
    path.chmod(0o600)
    keys.destroy_contact()
    assert not path.exists()
    assert keys.contact() != drawn


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_damaged_key_is_refused(tmp_path: Path, keys: Keys, content: bytes) -> None:
    (tmp_path / "keys" / "server.key").write_bytes(content)
    with pytest.raises(KeyTrouble, match=r"damaged: it should hold 32 bytes"):
        Keys(tmp_path / "keys").prepare(may_create=True)


def test_a_missing_key_is_refused_beside_open_interviews(tmp_path: Path) -> None:
    with kept(tmp_path) as store:
        wave = open_wave(store)
        with store.transaction() as tx:
            begin(tx, wave, 1)
    (tmp_path / "keys" / "server.key").unlink()
    with pytest.raises(KeyTrouble, match=r"missing.*Put it back"), kept(tmp_path):
        pass


def test_a_missing_wave_key_is_said(keys: Keys) -> None:
    with pytest.raises(KeyTrouble, match=r"wave-abc\.key is missing"):
        keys.wave("abc")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyTrouble, match="Choose another with AITBAR_KEYS_DIR"):
        Keys(tmp_path / "file" / "keys").prepare(may_create=True)


def test_two_who_start_at_once_use_one_key(tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Keys(tmp_path / "keys")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "exists", lambda _path: False)  # the other one came in between
        other.prepare(may_create=True)
    assert other.server() == keys.server()


def test_a_destroyed_key_is_overwritten_and_gone(keys: Keys, tmp_path: Path) -> None:
    keys.make_wave("abc")
    with (tmp_path / "keys" / "wave-abc.key").open("rb") as held:
        before = held.read()
        keys.destroy_wave("abc")
        held.seek(0)
        assert held.read() == bytes(32) != before
    assert keys.waves() == []
    keys.destroy_wave("abc")


def test_a_key_whose_wave_this_database_does_not_know_is_left_alone(tmp_path: Path) -> None:
    with kept(tmp_path) as store:
        stays = open_wave(store)
        with pytest.raises(RuntimeError), store.transaction() as tx:
            gone = tx.waves.open({"survey": "trust"}, Terms(k=5), START)
            raise RuntimeError
        assert store.keys.waves() == sorted([stays, gone])
        with store.transaction() as tx:
            assert tx.waves.destroy_spent_keys() == []
        assert store.keys.waves() == sorted([stays, gone])


def test_a_folder_nobody_may_write_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o500)
    with powerless(), pytest.raises(KeyTrouble, match="cannot be written"):
        Keys(tmp_path / "keys").prepare(may_create=True)


def test_a_missing_key_of_an_open_wave_is_said_and_one_of_a_closed_wave_is_not(tmp_path: Path) -> None:
    with kept(tmp_path) as store:
        wave = open_wave(store)
        with store.transaction() as tx:
            tx.waves.check_keys()
        store.keys.destroy_wave(wave)
        with pytest.raises(KeyTrouble, match=f"wave-{wave}.key"), store.transaction() as tx:
            tx.waves.check_keys()
        with store.transaction() as tx:
            tx.waves.close(wave)
            tx.waves.check_keys()


# -- known answers --------------------------------------------------------------------------------------


def test_derived_keys_and_tags_agree_with_the_published_examples() -> None:
    """HKDF: RFC 5869, test case 3 (no salt, no info). HMAC: RFC 4231, test case 2."""
    assert derive(b"\x0b" * 22, "", 42).hex() == (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    )
    assert tag(b"Jefe", b"what do ya want for nothing?").hex() == "5bdcc146bf60754e6a042426089575c7"
