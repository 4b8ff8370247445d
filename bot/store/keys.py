"""The keys: files outside the database, readable by their owner alone.

keys/server.key        opens interviews together with the secret in a chat; lives until rotated
keys/wave-<wave>.key   turns ids into tags; made when a wave opens, destroyed when it closes
keys/org-<key>.key     the same two for one organisation: its interviews and contacts open with it alone
keys/contact.key       seals who asked to be written to; made with the first of them
keys/webhook.key       makes the path and the secret of a webhook, where one is used
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot import nature

KEY_BYTES = 32
SECRET_BYTES = 16


class KeyTrouble(Exception):
    """A key file is missing, damaged or readable by others; the text says what to do."""


class Keys:
    """The key files of one installation."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: bytes | None = None

    def prepare(self, *, may_create: bool) -> None:
        """Make the server key on a first start; refuse a missing one when interviews may depend on it."""
        self.make_folder()
        path = self._folder / "server.key"
        if not path.exists():
            if not may_create:
                raise KeyTrouble(
                    f"The key file {path} is missing, but the database was used with one. Put it back from "
                    f"where you keep it, or move the database away to begin anew."
                )
            with contextlib.suppress(FileExistsError):  # another command was first
                _write(path, nature.token(KEY_BYTES))
        self.server()
        if self._contact_path.exists():
            self.contact()

    def make_folder(self) -> None:
        """Make the folder of the keys where there is none."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise KeyTrouble(
                f"The folder {self._folder} for the keys cannot be made ({error.strerror}). "
                "Choose another with AITBAR_KEYS_DIR."
            ) from None

    def renew_server(self) -> None:
        """Put a new server key in the place of the old: no interview sealed before can be opened any more."""
        path = self._folder / "server.key"
        new = path.with_suffix(".new")
        with _explained(path):
            new.unlink(missing_ok=True)
            _write(new, nature.token(KEY_BYTES))
            new.replace(path)
            _sync_folder(self._folder)
        self._server = None

    def files(self) -> list[Path]:
        """The files of the keys that open what lies in the database."""
        of_waves, of_organisations = map(self._wave_path, self.waves()), map(self._own_path, self.organisations())
        paths = (self._folder / "server.key", self._contact_path, *of_waves, *of_organisations)
        return [path for path in paths if path.exists()]

    def server(self) -> bytes:
        """The server's key."""
        if self._server is None:
            self._server = _read(self._folder / "server.key")
        return self._server

    def organisation(self, key: str) -> bytes:
        """The key of one organisation, read anew each time; `key` as its row names it."""
        return _read(self._own_path(key))

    def organisations(self) -> list[str]:
        """The organisations whose keys lie here."""
        return sorted(path.stem.removeprefix("org-") for path in self._folder.glob("org-*.key"))

    def make_organisation(self, key: str) -> None:
        """Draw the key of an organisation that is new here; one that is there stays."""
        with contextlib.suppress(FileExistsError):
            _write(self._own_path(key), nature.token(KEY_BYTES))

    def destroy_organisation(self, key: str) -> None:
        """Overwrite and remove the key of an organisation that left: its interviews and contacts open no more."""
        _destroy(self._own_path(key))

    def webhook(self) -> bytes:
        """What the path and the secret of the webhook are made of; drawn when first asked for."""
        path = self._folder / "webhook.key"
        if not path.exists():
            with contextlib.suppress(FileExistsError):
                _write(path, nature.token(KEY_BYTES))
        return _read(path)

    def contact(self) -> bytes:
        """What seals contacts; drawn when first asked for. Read anew each time, since a restore replaces it."""
        if not self._contact_path.exists():
            with contextlib.suppress(FileExistsError):
                _write(self._contact_path, nature.token(KEY_BYTES))
        return _read(self._contact_path)

    def destroy_contact(self) -> None:
        """Overwrite and remove the contact key: from here no contact sealed before can be opened."""
        _destroy(self._contact_path)

    def wave(self, wave: str) -> bytes:
        """The key of an open wave; read anew each time, since another command may have closed it."""
        return _read(self._wave_path(wave))

    def waves(self) -> list[str]:
        """The waves whose keys lie here."""
        return sorted(path.stem.removeprefix("wave-") for path in self._folder.glob("wave-*.key"))

    def make_wave(self, wave: str) -> None:
        """Draw the key of a wave that opens."""
        _write(self._wave_path(wave), nature.token(KEY_BYTES))

    def destroy_wave(self, wave: str) -> None:
        """Overwrite and remove the key of a wave that closed: from here nobody can test who took part."""
        _destroy(self._wave_path(wave))

    @property
    def _contact_path(self) -> Path:
        return self._folder / "contact.key"

    def _own_path(self, key: str) -> Path:
        return self._folder / f"org-{key}.key"

    def _wave_path(self, wave: str) -> Path:
        return self._folder / f"wave-{wave}.key"


def tag(wave_key: bytes, who: bytes) -> bytes:
    """HMAC-SHA256 of a person under the wave's key, 16 bytes: the only mark of having taken part."""
    return hmac.new(wave_key, who, hashlib.sha256).digest()[:16]


def derive(material: bytes, purpose: str, length: int = KEY_BYTES) -> bytes:
    """HKDF-SHA256 (RFC 5869) without salt; `purpose` keeps derived values apart."""
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=purpose.encode()).derive(material)


def _write(path: Path, key: bytes) -> None:
    """A new key, under its name only once it is on the disk: a power cut leaves a whole key or none.

    Raises FileExistsError where there is one: of two commands that begin at once one draws it.
    """
    aside = path.with_name(f"{path.name}.{os.getpid()}.new")
    with _explained(path), _alone(path.parent):
        if path.is_file():
            raise FileExistsError(path)
        aside.unlink(missing_ok=True)
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
        _sync_folder(path.parent)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else draws a key in this folder meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _destroy(path: Path) -> None:
    with _explained(path), contextlib.suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        _sync_folder(path.parent)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what the file system raises into a sentence; whether a file is there is the caller's to judge."""
    try:
        yield
    except (FileNotFoundError, FileExistsError):
        raise
    except OSError as error:
        raise KeyTrouble(f"The key file {path} cannot be written ({error.strerror}).") from None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        key = path.read_bytes()
    except FileNotFoundError:
        raise KeyTrouble(f"The key file {path} is missing. Put it back from where you keep it.") from None
    except OSError as error:
        raise KeyTrouble(f"The key file {path} cannot be read ({error.strerror}).") from None
    if mode & 0o077:
        raise KeyTrouble(f"The key file {path} can be read by others. Run: chmod 600 {path}")
    if len(key) != KEY_BYTES:
        raise KeyTrouble(f"The key file {path} is damaged: it should hold {KEY_BYTES} bytes.")
    return key
