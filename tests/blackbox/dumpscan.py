"""A stranger's look at what lies on the disk: bytes only, nothing of the program imported.

    python -m tests.blackbox.dumpscan ids --data data --keys keys --logs logs --truth truth.json

`truth.json` is written by `tests.blackbox.drive`. Each check prints what it looked at and every hit; exit 1 when
there is any. The checks: ids (I1), join (I2), sealed (I3), order (I4), times (I5), residue (I8), schema (I10),
and said (I9, logs). `closed` (I7) wants the wave closed, and `--copied`, a copy of its keys.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import permutations, product
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.blackbox.dump import Dump, Haystack, Table, Value, as_bytes, database_in, files
from tests.blackbox.forms import (
    Made,
    derived_keys,
    hkdf,
    keyed_forms,
    made_of,
    named_forms,
    plain_forms,
    secret_bytes,
)
from tests.blackbox.moments import Moments
from tests.blackbox.order import Pairs, concordant, concordant_by, first_seen
from tests.blackbox.truth import Soul, Truth

__all__ = ["files", "find", "find_tokens", "keyed_forms", "plain_forms", "read_keys"]

TOKEN = re.compile(rb"\d{6,}:[A-Za-z0-9_-]{30,}")

OF_COORDINATORS = frozenset(
    {
        *("alembic_version", "definition", "wave", "coordinator", "subscription", "claim_code", "proposal"),
        *("approval", "digest", "audit", "report", "mark"),
        *("organisation", "programme", "colleague", "group_code", "alert", "heard", "announcement"),
    }
)
"""Tables about surveys and about coordinators, who are known on purpose. Every other table is one of the core."""

OF_PEOPLE = ("ledger", "contact", "session", "invite")
"""The tables that know of people, and must join nothing that was said."""

OF_ANSWERS = ("pool", "response", "opentext")

FORBIDDEN_WORDS = frozenset({"created", "updated", "at", "time", "user", "chat", "ip"})

THE_ONE_DATE = "expiry_day"

NONCE = 12
CONTACT_OPENS = "a box of contact opens with contact.key"
"""Said in the documents (L1): database and this key tell who asked to hear of the result. No other key may."""
JOINED_FROM = 6
"""Bytes from which on a value that stands in two tables is no chance."""


@dataclass
class Look:
    """What somebody holds: folders, and the truth to look for."""

    data: Path
    keys: Path
    logs: Path
    truth: Truth
    others: tuple[Path, ...] = ()
    """Further folders that must hold nothing: the temporary one, a backup."""
    copied: Mapping[str, bytes] = field(default_factory=dict)
    """Keys that were copied before they were destroyed."""

    @cached_property
    def dump(self) -> Dump:
        return Dump(database_in(self.data))

    @cached_property
    def haystack(self) -> Haystack:
        return Haystack([self.data, self.keys, self.logs, *self.others])

    @cached_property
    def key_files(self) -> dict[str, bytes]:
        return {**read_keys(self.keys), **self.copied}

    @cached_property
    def attack(self) -> dict[str, bytes]:
        """All keys that could be tried."""
        return derived_keys(self.key_files, {"wave": self.truth.wave.encode()})

    def core(self) -> Iterator[Table]:
        """The tables of the core."""
        return (table for name, table in self.dump.tables.items() if name not in OF_COORDINATORS)


@dataclass(frozen=True)
class Finding:
    """What a check looked at, what it measured, and what must not be there."""

    looked: str
    hits: tuple[str, ...]
    pairs: tuple[tuple[str, Pairs], ...] = ()


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


def read_keys(folder: Path) -> dict[str, bytes]:
    """The key files, by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.key"))}


# -- I1: ids ----------------------------------------------------------------------------------------------


def ids(look: Look, *others: Look) -> Finding:
    """No id in any form, in any file. While a wave is open the ledger holds tags under its key, and only it.

    `others` are further images of the same installation, in which what `look` makes is looked for at once.
    """
    forms, hits = 0, [hit for image in (look, *others) for hit in _plainly(image)]
    images = [(image, _tags_of_the_ledger(image)) for image in (look, *others)]
    for soul in look.truth.souls:
        for name, needle in _forms_of(soul, look):
            forms += 1
            hits += [
                f"{' '.join(name)} in {path.name}"
                for image, tags in images
                if image.haystack.may_hold(needle)
                for path in image.haystack.where(needle)
                if path != image.dump.path or image.dump.raw.count(needle) > tags.count(needle)
            ]
    size = sum(len(content) for image, _ in images for content in image.haystack.contents.values())
    number = sum(len(image.haystack.contents) for image, _ in images)
    looked = f"{len(look.truth.souls)} people, {forms:,} forms, {len(look.attack)} keys, {size:,} bytes"
    return Finding(f"{looked} of {number} files", tuple(hits))


def _plainly(look: Look) -> Iterator[str]:
    """A bot's token, or an invitation, as it stands."""
    yield from (f"a token in {name}" for name in find_tokens([look.data, look.keys, look.logs, *look.others]))
    for code in look.truth.invitations:
        yield from (f"an invitation in {path.name}" for path in look.haystack.where(code.encode()))


def _forms_of(soul: Soul, look: Look) -> Iterator[Made]:
    plain = plain_forms(soul.id) | named_forms("user name", soul.username)
    for name, needle in (plain | named_forms("first name", soul.first_name)).items():
        yield (name,), needle
    yield from made_of(soul.id, look.attack)


def _tags_of_the_ledger(look: Look) -> list[bytes]:
    return [tag for tag in look.dump.tables["ledger"].column("tag") if isinstance(tag, bytes)]


# -- I2: joins --------------------------------------------------------------------------------------------


def join(look: Look) -> Finding:
    """No value of the people's tables, nor its first eight bytes, nor a hash of it, stands in the answers'."""
    tables = look.dump.tables
    common = {look.truth.wave.encode()}
    people = {name: _values(tables[name], common) for name in OF_PEOPLE if name in tables}
    answers = {name: _values(tables[name], common) for name in OF_ANSWERS if name in tables}
    hits = []
    for one, other in product(people, answers):
        hits += [f"{what} of {one} in {other}" for what in _shared(people[one], answers[other], look.key_files)]
    for one, other in permutations(answers, 2):
        own = {column: values for column, values in answers[one].items() if column != "body"}
        hits += [f"{what} of {one} in {other}" for what in _shared(own, answers[other], {})]
    counted = {name: len(tables[name].rows) for name in (*people, *answers)}
    return Finding(", ".join(f"{name} {rows}" for name, rows in counted.items()), tuple(hits))


def _values(table: Table, common: set[bytes]) -> dict[str, list[bytes]]:
    """The values of each column that are long enough to join by. Days, and the wave's name, join nobody."""
    return {
        column: [
            value
            for value in map(as_bytes, table.column(column))
            if len(value) >= JOINED_FROM and value not in common
        ]
        for column in table.columns
        if column not in (THE_ONE_DATE, "wave", "cohort", "question", "cell")
    }


def _shared(
    one: Mapping[str, list[bytes]], other: Mapping[str, list[bytes]], keys: Mapping[str, bytes]
) -> Iterator[str]:
    there = b"\0".join(value for values in other.values() for value in values)
    windows = {there[start : start + JOINED_FROM] for start in range(len(there))}

    def stands(value: bytes) -> bool:
        return value[:JOINED_FROM] in windows and value in there

    for column, values in one.items():
        for value in values:
            made = {"a value": value, "a prefix": value[:8], "a value in hex": value.hex().encode()}
            made["a value in base64"] = base64.b64encode(value)[:10]
            made["a value in base64 for addresses"] = base64.urlsafe_b64encode(value)[:10]
            for name in ("md5", "sha1", "sha256"):
                made[f"{name} of a value"] = hashlib.new(name, value, usedforsecurity=False).digest()[:8]
            for name, key in keys.items():
                made[f"HKDF under {name} of a value"] = hkdf(key + value, b"")[:8]
            yield from (f"{what} of {column}" for what, needle in made.items() if stands(needle))


# -- I3: open interviews ----------------------------------------------------------------------------------


def sealed(look: Look) -> Finding:
    """Nothing of an open interview can be read, and no box opens under any key that lies there.

    The cipher is run without its check of what it is bound to, so that a right key shows whatever it is bound to.
    As a control, the secrets that the truth took from the chats must open their boxes.
    """
    stopped = look.truth.in_state("open")
    hits = [f"a marker of an open interview in {name}" for name in _markers(stopped, look.haystack)]
    for soul in look.truth.souls:
        for name, needle in named_forms("own words", soul.words).items() if soul.words else ():
            hits += [f"{name} of person {soul.number} in {path.name}" for path in look.haystack.where(needle)]
    boxes = [(table.name, box) for table in look.core() for box in table.column("box") if isinstance(box, bytes)]
    attack = dict(look.attack)
    places = {f"value {n}": value for n, value in enumerate(_guessed_secrets(look))}
    for (name, key), (place, value) in product(look.key_files.items(), places.items()):
        attack[f"HKDF({name} + {place})"] = hkdf(key + value, b"key")
    told = [id.to_bytes(8, order) for id in _ids(look) for order in ("little", "big")]
    opened = [f"a box of {table} opens with {name}" for table, box in boxes for name in _opens(box, attack, told)]
    contacts = [hit for hit in opened if hit == CONTACT_OPENS]
    hits += [hit for hit in opened if hit != CONTACT_OPENS]
    known = {
        f"{name} and {secret}": hkdf(key + secret_bytes(secret), b"key")
        for soul in stopped
        for secret in soul.secrets
        for name, key in look.key_files.items()
    }
    control = sum(any(True for _ in _opens(box, known)) for table, box in boxes if table == "session")
    if control < len(stopped):
        hits.append(f"the control failed: with the secrets of {len(stopped)} chats {control} boxes opened")
    return Finding(
        f"{len(stopped)} open interviews, {len(boxes)} boxes x {len(attack)} keys; "
        f"with the secrets from the chats {control} open; contacts that contact.key opens: {len(contacts)}",
        tuple(hits),
    )


def _ids(look: Look) -> list[int]:
    return [soul.id for soul in look.truth.souls]


def _markers(souls: Iterable[Soul], haystack: Haystack) -> list[str]:
    """The files in which an answer of these people lies."""
    return sorted({path.name for soul in souls for needle in _said(soul) for path in haystack.where(needle)})


def _said(soul: Soul) -> list[bytes]:
    """What only this person answered, in the forms in which it may lie: digits, packed, words."""
    packed = [soul.marker.to_bytes(size, order) for size in (5, 6, 8) for order in ("little", "big")]
    forms = [str(soul.marker).encode(), str(soul.marker).encode("utf-16-le"), *packed]
    if soul.words:
        forms += named_forms("", soul.words).values()
    return forms


def _guessed_secrets(look: Look) -> Iterator[bytes]:
    """What somebody might hope that a secret is: nothing, or another value that lies there."""
    yield bytes(16)
    for name, column in (("session", "loc"), ("ledger", "tag"), ("pool", "rid"), ("response", "rid")):
        table = look.dump.tables.get(name)
        if table is not None:
            yield from (value for value in table.column(column)[:20] if isinstance(value, bytes))


def _opens(box: bytes, keys: Mapping[str, bytes], told: Sequence[bytes] = ()) -> Iterator[str]:
    """The keys under which the beginning of a box is text, or tells an id, as its cipher would give it."""

    def readable(begins: bytes) -> bool:
        return _is_text(begins) or any(needle in begins for needle in told)

    nonce, begins = box[:NONCE], box[NONCE : NONCE + 32]
    for name, key in keys.items():
        if len(key) != 32:
            continue
        stream = Cipher(algorithms.ChaCha20(key, (1).to_bytes(4, "little") + nonce), mode=None).decryptor()
        if readable(stream.update(begins)):
            yield name
        counter = Cipher(algorithms.AES(key), modes.CTR(nonce + (2).to_bytes(4, "big"))).decryptor()
        if readable(counter.update(begins)):
            yield f"{name} (AES-GCM)"
    if readable(begins) or readable(box[:32]):
        yield "no key at all"


def _is_text(begins: bytes) -> bool:
    return len(begins) >= 12 and all(32 <= byte < 127 for byte in begins)


# -- I4: order --------------------------------------------------------------------------------------------


def order(look: Look) -> Finding:
    """The order of arrival in every order that the files show: of SELECT, of bytes, of the log."""
    hits = [f"{table.name} has row numbers" for table in look.core() if table.row_numbers]
    if look.dump.log:
        hits.append(f"the log is not empty: {len(look.dump.log):,} bytes")
    shown = orders(look.dump, look.truth.sent())
    return Finding(f"{len(look.truth.sent())} answers", tuple(hits), tuple(shown.items()))


def orders(dump: Dump, came: list[Soul]) -> dict[str, Pairs]:
    """For each order that can be seen how much of the order of arrival is in it."""
    numbers = [soul.number for soul in came]
    shown: dict[str, Pairs] = {}
    for name in ("pool", "response"):
        if name not in dump.tables or not dump.tables[name].rows:
            continue
        bodies = [str(body) for body in dump.tables[name].column("body")]
        lies = [soul.number for body in bodies for soul in came if str(soul.marker) in body]
        here = {soul.number: str(soul.marker).encode() for soul in came if soul.number in set(lies)}
        shown[f"{name}, SELECT"] = concordant(numbers, lies)
        shown[f"{name}, bytes"] = concordant_by(first_seen(dump.raw, here), numbers)
        if dump.log:
            shown[f"{name}, log"] = concordant_by(first_seen(dump.log, here), numbers)
    return shown


# -- I5: times --------------------------------------------------------------------------------------------


def times(look: Look) -> Finding:
    """No value of a table of the core tells a moment within 36 hours of when somebody acted."""
    moments = Moments([*look.truth.moments(), *look.truth.ticks])
    told = [hit for table in look.core() for hit in moments.told_in(table, leave_out=[THE_ONE_DATE])]
    rows = sum(len(table.rows) for table in look.core())
    return Finding(f"{rows:,} rows of {len(list(look.core()))} tables", tuple(told))


# -- I7: a closed wave ------------------------------------------------------------------------------------


def closed(look: Look) -> Finding:
    """Of a closed wave nothing of who took part is left, not even for somebody with a copy of its key."""
    wave, tables = look.truth.wave, look.dump.tables
    hits = []
    for name in OF_PEOPLE:
        left = [row for row in look.dump.rows(name) if row["wave"] == wave]
        if name == "contact":
            left = [row for row in left if not _wished(row["box"], look)]
        hits += [f"{len(left)} rows of {name}"] if left else []
    hits += [f"{len(look.dump.rows('pool'))} rows of pool"] if look.dump.rows("pool") else []
    hits += [f"the key {path.name} is there" for path in look.keys.glob(f"*{wave}*")]
    found = ids(look)
    return Finding(
        f"{found.looked}; {', '.join(name for name in OF_PEOPLE if name in tables)}", (*hits, *found.hits)
    )


def _wished(box: Value, look: Look) -> bool:
    """True for the contact of somebody who asked to hear of the result."""
    wished = [soul.id.to_bytes(8, "big") for soul in look.truth.souls if soul.contact]
    keys = {name: key for name, key in look.key_files.items() if name == "contact.key"}
    return isinstance(box, bytes) and any(True for _ in _opens(box, keys, wished))


# -- I8: residue ------------------------------------------------------------------------------------------


def residue(look: Look) -> Finding:
    """Nothing of answers that were taken back lies in any byte."""
    gone = look.truth.in_state("withdrawn")
    hits = [f"an answer that was taken back in {name}" for name in _markers(gone, look.haystack)]
    for soul in gone:
        for name, needle in _codes(soul, look.truth.open_questions).items():
            hits += [f"{name} in {path.name}" for path in look.haystack.where(needle)]
    return Finding(f"{len(gone)} taken back, {len(look.haystack.contents)} files", tuple(hits))


def _codes(soul: Soul, open_questions: Sequence[str] = ()) -> dict[str, bytes]:
    """What a code may leave: itself, its halves, and what is kept of it."""
    if not soul.receipt:
        return {}
    half = len(soul.receipt) // 2
    hashed = hashlib.sha256(soul.receipt.encode()).digest()
    by_question = {
        f"the hash of a code and {question}": hashlib.sha256((soul.receipt + question).encode()).digest()
        for question in open_questions
    }
    return {
        **by_question,
        **{f"{name}, base64": base64.b64encode(value)[:40] for name, value in by_question.items()},
        "a code": soul.receipt.encode(),
        "half a code": soul.receipt[:half].encode(),
        "the other half of a code": soul.receipt[half:].encode(),
        "the hash of a code": hashed,
        "the hash of a code, hex": hashed.hex().encode(),
    }


# -- I9: logs ---------------------------------------------------------------------------------------------


def said(look: Look) -> Finding:
    """No log holds a token, an id, a name, an answer, a code or a secret of anybody."""
    logs = Haystack([look.logs])
    needles = dict(_of_logs(look))
    hits = [f"{name} in {path.name}" for name, needle in needles.items() for path in logs.where(needle)]
    hits += [f"a token in {name}" for name in find_tokens([look.logs])]
    size = sum(map(len, logs.contents.values()))
    return Finding(f"{size:,} bytes of logs, {len(needles):,} needles", tuple(hits))


def _of_logs(look: Look) -> Iterator[tuple[str, bytes]]:
    for soul in look.truth.souls:
        told = {**plain_forms(soul.id), **named_forms("a user name", soul.username)}
        told |= {**named_forms("a name", soul.first_name), **named_forms("an answer", str(soul.marker))}
        told |= named_forms("an open answer", soul.words) if soul.words else {}
        told |= {name: code for name, code in _codes(soul).items() if not name.startswith("the hash")}
        for secret in soul.secrets:
            told |= {"a secret": secret.encode(), "a secret, hex": secret_bytes(secret).hex().encode()}
        yield from ((f"{name} of person {soul.number}", needle) for name, needle in told.items())
    for name, key in look.key_files.items():
        yield f"{name}, hex", key.hex().encode()
    yield from ((f"invitation {n}", code.encode()) for n, code in enumerate(look.truth.invitations))


# -- I10: schema ------------------------------------------------------------------------------------------


def schema(look: Look) -> Finding:
    """Every table of the core is WITHOUT ROWID and has no column for a time or a person; nothing counts up."""
    hits = [name for name in look.dump.tables if name == "sqlite_sequence"]
    columns = 0
    for table in look.core():
        columns += len(table.columns)
        if table.row_numbers or "WITHOUT ROWID" not in table.sql.upper():
            hits.append(f"{table.name} is not WITHOUT ROWID")
        if "AUTOINCREMENT" in table.sql.upper():
            hits.append(f"{table.name} counts up")
        hits += [f"{table.name}.{column}" for column in table.columns if _words(column) & FORBIDDEN_WORDS]
    return Finding(f"{len(list(look.core()))} tables, {columns} columns", tuple(hits))


def _words(column: str) -> set[str]:
    return set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column).lower().split("_"))


CHECKS: Mapping[str, Callable[[Look], Finding]] = {
    "ids": ids,
    "join": join,
    "sealed": sealed,
    "order": order,
    "times": times,
    "closed": closed,
    "residue": residue,
    "said": said,
    "schema": schema,
}


def main(words: list[str] | None = None) -> int:
    """Run one check on an installation; 1 when anything is found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("check", choices=CHECKS)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--keys", type=Path, default=Path("keys"))
    parser.add_argument("--logs", type=Path, default=Path("logs"))
    parser.add_argument("--truth", type=Path, default=Path("truth.json"))
    parser.add_argument("--also", type=Path, action="append", default=[], help="a further folder to look into")
    parser.add_argument("--copied", type=Path, help="a copy of the keys, made before the wave closed")
    given = parser.parse_args(words)
    copied = read_keys(given.copied) if given.copied else {}
    truth = Truth.read(given.truth)
    finding = CHECKS[given.check](Look(given.data, given.keys, given.logs, truth, tuple(given.also), copied))
    print(f"{given.check}: {finding.looked}")
    for name, pairs in finding.pairs:
        print(f"  {name}: {pairs.share:.3f} of {pairs.all:,} pairs in order (one sd {pairs.deviation:.3f})")
    print("\n".join(f"  {hit}" for hit in finding.hits) or "  nothing found")
    return 1 if finding.hits else 0


if __name__ == "__main__":
    sys.exit(main())
