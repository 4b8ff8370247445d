"""A stranger's look at what lies on the disk: every byte of every file, searched for every form of an id.

Reads bytes only and imports nothing of the program. Run it on any installation:

    python -m tests.blackbox.dumpscan DATA KEYS LOGS --ids 7040000000,7041000003
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import pickle
import re
import struct
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path

TOKEN = re.compile(rb"\d{6,}:[A-Za-z0-9_-]{30,}")

LABELS = (b"", b"key", b"loc", b"receipt", b"tag", b"id")
"""What somebody with the key files would try as the purpose of a derived key."""


def plain_forms(id: int) -> dict[str, bytes]:
    """An id as it stands, as text, packed, encoded, pickled and hashed."""
    text = str(id).encode()
    forms = {
        "decimal": text,
        "hex": f"{id:x}".encode(),
        "HEX": f"{id:X}".encode(),
        "utf-16": str(id).encode("utf-16-le"),
        "base64 of text": base64.b64encode(text).rstrip(b"="),
        "pickle": pickle.dumps(id)[2:-1],
    }
    for size, order in product((5, 6, 8), ("little", "big")):
        packed = id.to_bytes(size, order)  # type: ignore[arg-type]
        forms[f"{size} bytes {order}"] = packed
        forms[f"base64 of {size} bytes {order}"] = base64.b64encode(packed).rstrip(b"=")
    for name, material in {
        "text": text,
        "8 bytes": struct.pack(">q", id),
        "8 bytes le": struct.pack("<q", id),
    }.items():
        for digest in ("md5", "sha1", "sha256"):
            raw = hashlib.new(digest, material, usedforsecurity=False).digest()
            forms[f"{digest} of {name}"] = raw[:16]
            forms[f"{digest} of {name}, hex"] = raw.hex()[:32].encode()
    return forms


def keyed_forms(id: int, keys: Mapping[str, bytes]) -> dict[str, bytes]:
    """What the key files could make of an id: HMAC under each, with each slot."""
    forms: dict[str, bytes] = {}
    materials = {"text": str(id).encode(), "packed": struct.pack(">q", id), "packed le": struct.pack("<q", id)}
    slots = [b"", *(bytes([slot]) for slot in range(4)), *(str(slot).encode() for slot in range(4))]
    for (name, key), (form, material), slot in product(keys.items(), materials.items(), slots):
        tag = hmac.new(key, material + slot, hashlib.sha256).digest()[:16]
        forms[f"hmac of {form} {slot!r} under {name}"] = tag
        forms[f"hmac of {form} {slot!r} under {name}, hex"] = tag.hex().encode()
    return forms


def files(folders: Iterable[Path]) -> Iterator[Path]:
    """Every file in these folders, write-ahead logs and all."""
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def read_keys(folder: Path) -> dict[str, bytes]:
    """The key files, by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.key"))}


def find(needles: Mapping[str, bytes], folders: Iterable[Path]) -> list[str]:
    """Which needle lies in which file."""
    hits = []
    for path in files(folders):
        content = path.read_bytes()
        hits += [f"{name} in {path.name}" for name, needle in needles.items() if needle in content]
    return hits


def find_tokens(folders: Iterable[Path]) -> list[str]:
    """Which files hold something shaped like a bot's token."""
    return [path.name for path in files(folders) if TOKEN.search(path.read_bytes())]


def main() -> None:
    """Scan folders for ids; exit 1 when anything is found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--ids", required=True, help="comma-separated account ids")
    parser.add_argument("--keys", type=Path, help="folder of key files, to try what they could make of an id")
    given = parser.parse_args()
    keys = read_keys(given.keys) if given.keys else {}
    hits = find_tokens(given.folders)
    for id in (int(word) for word in given.ids.split(",")):
        hits += find({**plain_forms(id), **keyed_forms(id, keys)}, given.folders)
    print("\n".join(hits) or "nothing found")
    sys.exit(1 if hits else 0)


if __name__ == "__main__":
    main()
