"""Damaged forms by the hundred: each is read, or refused in our own words.

    python -m tests.files.xlsform.mutants NUMBER [SEED] [--first N]

As with surveys (`tests/files/mutants.py`), one file a number, tried in a child process that may use only so much
memory, and only so much time for each file.
"""

from __future__ import annotations

import argparse
import json
import resource
import signal
import sys
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from io import BytesIO
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

from bot.files.problems import MOST_PROBLEMS, Problem
from bot.files.xlsform import child
from bot.files.xlsform.carry import carried
from bot.files.xlsform.limits import refusals
from bot.files.xlsform.sentences import CATALOGUE
from tests.files import mutants
from tests.files.mutants import MEMORY, PATIENCE, Counts, TooLong, damaged
from tests.files.xlsform.hostile import good
from tests.files.xlsform.tables import phrases

SOURCES = ("community-trust", "examples/choices", "examples/number", "examples/scale", "examples/show_if")


def mutations(number: int, seed: int, first: int = 0) -> Counts:
    """Try so many damaged forms, in a process of their own."""
    return mutants.mutations(number, seed, first, module="tests.files.xlsform.mutants")


def damaged_form(seed: int, one: int) -> bytes:
    """The form of this number: damaged as a file, in one of its parts, or in the words of its cells."""
    chance = Random(f"{seed}/{one}")
    content = good(chance.choice(SOURCES))
    if one % 4 == 0:
        return damaged(content, chance)
    made = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()}
        name = "xl/sharedStrings.xml" if one % 4 > 1 else chance.choice(list(parts))
        parts[name] = _words(parts[name], chance) if one % 4 > 1 else damaged(parts[name], chance)
        for part, words in parts.items():
            new.writestr(part, words)
    return made.getvalue()


def _words(part: bytes, chance: Random) -> bytes:
    """Some texts of cells in the place of others: a form that is sound as a spreadsheet."""
    texts = part.split(b"<si>")
    for _ in range(chance.randint(1, 8)):
        one, other = chance.randrange(1, len(texts)), chance.randrange(1, len(texts))
        texts[one] = chance.choice((texts[other], texts[one].replace(b"</t>", chance.choice(SLIPS) + b"</t>")))
    return b"<si>".join(texts)


SLIPS = (
    b" 1",
    b" and",
    b"'",
    b"(",
    b"${q}",
    b" or_other",
    b"::xx",
    b"\n",
    b"[",
    b"{",
    b" = 'x'",
    b"9" * 400,
    b"_x0007_",
)


def taken(content: bytes) -> bool:
    """Whether a file is read; AssertionError where neither it nor its refusal is whole."""
    refused = list(refusals(content))
    if refused:
        assert refused[0][0] in CATALOGUE
        return False
    form, told = child.read(content)
    assert form or told, "nothing, and no reason"
    if not form:
        return False
    made = carried(form, "form.xlsx", phrases())
    _in_own_words(made.told)
    assert made.loaded is not None
    assert made.loaded.survey is not None or made.problems, "no survey, and no reason"
    return True


def _in_own_words(problems: Sequence[Problem]) -> None:
    assert len(problems) <= 8 * (MOST_PROBLEMS + 1), "more than anybody mends"
    for problem in problems:
        assert "\n" not in str(problem), f"more than one line: {problem}"
        assert problem.line >= 1, f"no row: {problem}"
        assert len(str(problem)) < 2_000, "longer than anybody reads"


def try_all(number: int, seed: int, first: int) -> Counts:
    """Try the files in this process."""
    counts = Counts()
    signal.signal(signal.SIGALRM, mutants.too_long)
    taken(good())  # what is read once for all is no file's
    before = mutants.memory()
    for one in range(first, first + number):
        content = damaged_form(seed, one)
        counts.files += 1
        signal.alarm(PATIENCE)
        try:
            read = taken(content)
        except (Exception, TooLong, zlib.error) as error:
            counts.crashes.append(f"{one}: {type(error).__name__}: {str(error)[:200]}")
        else:
            counts.taken += read
            counts.refused += not read
        finally:
            signal.alarm(0)
    counts.most_memory = mutants.memory() - before
    return counts


def main() -> None:
    """The child's side, and the console's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=7)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--here", action="store_true", help="in this process, under a limit of memory")
    given = parser.parse_args()
    if not given.here:
        counts = mutations(given.number, given.seed, given.first)
    else:
        taken(good())
        limit = mutants.address_space() + 2 * MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        counts = try_all(given.number, given.seed, given.first)
    print(json.dumps(asdict(counts)))
    sys.exit(0 if given.here else bool(counts.crashes))


if __name__ == "__main__":
    main()
