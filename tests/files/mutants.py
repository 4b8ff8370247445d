"""Damaged surveys and catalogues by the hundred: each is taken, or refused in the files' own words.

    python -m tests.files.mutants NUMBER [SEED] [--first N]

One file a number: whoever finds a crash in file 17 of seed 7 sees it again with `1 7 --first 17`. The work is
done in a child process that may use only so much memory, and only so much time for each file.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from types import FrameType

from bot.core.survey import LANGUAGES
from bot.files.phrases import Phrases
from bot.files.plain import MOST_BYTES
from bot.files.problems import MOST_PROBLEMS, Problem
from bot.files.snapshot import look
from bot.files.surveys import from_document, load

ROOT = Path(__file__).parents[2]
SURVEYS = sorted((ROOT / "surveys").rglob("*.yaml"))
CATALOGUES = sorted((ROOT / "locales").rglob("*.po"))

MEMORY = 100 * 2**20
"""What reading one file may take beyond what the program takes anyway."""

FILES = 6
"""Whose problems stand in one look: a survey, three catalogues, and what they are together."""

PATIENCE = 20
"""Seconds of a core after which a file counts as a crash; it should be read within one."""


@dataclass
class Counts:
    """What came of the files. `crashes` names each that did neither load nor say why not: `number: reason`."""

    files: int = 0
    taken: int = 0
    refused: int = 0
    crashes: list[str] = field(default_factory=list)
    most_memory: int = 0
    """Bytes that the child took at its largest, beyond what it took before the first file."""


def mutations(number: int, seed: int, first: int = 0, module: str = "tests.files.mutants") -> Counts:
    """Try so many damaged files, in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-m", module, str(number), str(seed), "--first", str(first), "--here"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return Counts(**json.loads(done.stdout))
    except ValueError:  # killed, out of memory, or a reader that prints
        said = (done.stdout + done.stderr)[-500:]
        return Counts(crashes=[f"the child ended with {done.returncode} and said: {said}"])


# -- damage -----------------------------------------------------------------------------------------------

HUGE = 4 * MOST_BYTES
"""No damaged file is larger: whatever is, is refused after as many bytes."""

NOISE = (
    "\u202e\u2066\u200f\u0000\ufeff\u0085\u2028\ud7ff\U0010ffff\u0640\ufb50é\u0301\t\r\x1b",
    "&a ", "*a", "!!python/object:os.system ", "!x ", "<<: ", "%TAG ! x\n", "%YAML 1.1\n", "---\n", "...\n",
    "[", "]", "{", "}", ": ", "- ", "'", '"', "|", ">", "#", "\\", "\\x", "? ", "@", "`", "\n", "\r\n",
    "0x10", "1e400", "-0", "2026-11-23", "12:30:45", ".inf", "~", "99999999999999999999", "no", "null",
    "{n}", "{}", "{a", "}{", "%s", "${x}", "nplurals=99", "plural=n/0;", "msgid ", 'msgid ""', "msgstr[3] ",
    "#~ ", "#, fuzzy\n",
)  # fmt: skip

BOMBS: Sequence[Callable[[], bytes]] = (
    lambda: b"[" * 100_000,
    lambda: b"{a: " * 30_000,
    lambda: b"- " * 60_000,
    lambda: b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (c, c, c - 1, c - 1) for c in range(98, 122)),
    lambda: b"x: 'a\n" * 20_000,
    lambda: b"? " * 50_000,
    lambda: b"!" * 200_000,
    lambda: b'msgid "' + b"\\" * 200_000 + b'"\n',
    lambda: b'"Plural-Forms: nplurals=6; plural=' + b"(" * 3_000 + b"n" + b")" * 3_000 + b';\\n"\n',
    lambda: b'msgid "x"\nmsgstr "y"\n' * 8_000,
    lambda: b"#" * 262_144,
    lambda: b"\x00" * 50_000,
    lambda: "ا".encode() * 120_000,
)
"""What is appended, or stands alone."""


def damaged(content: bytes, chance: Random) -> bytes:
    """The content after one to six accidents."""
    if chance.random() < 0.05:
        return chance.choice(BOMBS)()
    for _ in range(chance.randint(1, 6)):
        content = chance.choice(ACCIDENTS)(content, chance)
    return content


def _flip(content: bytes, chance: Random) -> bytes:
    data = bytearray(content)
    for _ in range(min(len(data), chance.choice((1, 1, 1, 8)))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _lines(change: Callable[[list[bytes], int, Random], None]) -> Callable[[bytes, Random], bytes]:
    def accident(content: bytes, chance: Random) -> bytes:
        lines = content.split(b"\n")
        change(lines, chance.randrange(len(lines)), chance)
        return b"\n".join(lines)

    return accident


def _indent(lines: list[bytes], at: int, chance: Random) -> None:
    lines[at] = chance.choice((b" ", b"  ", b"\t", b"")) + (
        lines[at].lstrip() if chance.random() < 0.5 else lines[at]
    )


def _noise(content: bytes, chance: Random) -> bytes:
    noise = chance.choice(NOISE)
    at = chance.randint(0, len(content))
    word = noise if len(noise) < 12 else chance.choice(noise)
    return content[:at] + word.encode("utf-8", "surrogatepass") + content[at:]


def _other_word(content: bytes, chance: Random) -> bytes:
    """One word of the file in the place of another: what a slip of a hand leaves, sound to the eye."""
    words = content.split(b" ")
    words[chance.randrange(len(words))] = chance.choice(words)
    return b" ".join(words)


def _cut(content: bytes, chance: Random) -> bytes:
    return content[: chance.randint(0, len(content))]


def _twice(content: bytes, chance: Random) -> bytes:
    return (content * chance.choice((2, 2, 40)))[:HUGE]


ACCIDENTS: Sequence[Callable[[bytes, Random], bytes]] = (
    _flip,
    _lines(lambda lines, at, _: lines.__delitem__(at)),
    _lines(lambda lines, at, _: lines.insert(at, lines[at])),
    _lines(lambda lines, at, chance: lines.insert(chance.randrange(len(lines)), lines[at])),
    _lines(_indent),
    _noise,
    _other_word,
    _cut,
    _twice,
)


# -- trying -----------------------------------------------------------------------------------------------


class TooLong(BaseException):
    """No file may take so long; not an Exception, so that no reader passes over it."""


def try_survey(path: Path) -> bool:
    """Whether a survey file is taken; AssertionError where neither it nor its refusal is whole."""
    loaded = load(path)
    _in_own_words(loaded.problems)
    errors = [problem for problem in loaded.problems if problem.level == "error"]
    assert (loaded.survey is None) is bool(errors), "a survey and an error, or neither"
    if loaded.survey is None:
        return False
    assert from_document(json.loads(json.dumps(loaded.document, sort_keys=True))) == loaded.survey
    return True


def try_catalogue(surveys: Path, catalogues: Path, spoken: Phrases) -> bool:
    """Whether a set of catalogues is taken; then everything the program says can be said."""
    found = look(surveys, catalogues, spoken)
    _in_own_words(found.problems)
    assert found.snapshot is not None or found.errors, "no words and no reason"
    if found.snapshot is not None:
        for id in spoken.ids:
            given = dict.fromkeys(spoken.values(id), 2)
            if found.errors and not found.snapshot.phrases.values(id) <= set(given):
                continue  # English itself asks for something else: at a reload this is refused
            for language in LANGUAGES:
                assert found.snapshot.phrases.say(language, id, **given), f"{id} is silent in {language}"
    return not found.errors


def _in_own_words(problems: Sequence[Problem]) -> None:
    assert len(problems) <= FILES * (MOST_PROBLEMS + 1), "more than anybody mends"
    for problem in problems:
        words = (problem.what, problem.rule, problem.todo)
        assert all(words), f"no words: {problem}"
        assert "\n" not in str(problem), f"more than one line: {problem}"
        assert problem.line >= 1, f"no line: {problem}"
        assert len(str(problem)) < 2_000, "longer than anybody reads"


def try_all(number: int, seed: int, first: int, folder: Path) -> Counts:
    """Try the files in this process."""
    counts = Counts()
    spoken = Phrases.load(ROOT / "locales")
    (folder / "surveys").mkdir()
    shutil.copy(ROOT / "surveys" / "examples" / "choice.yaml", folder / "surveys")
    shutil.copytree(ROOT / "locales", folder / "locales")
    signal.signal(signal.SIGPROF, too_long)
    before = memory()
    for one in range(first, first + number):
        chance = Random(f"{seed}/{one}")
        source = chance.choice((SURVEYS, CATALOGUES)[one % 2])
        content = damaged(source.read_bytes(), chance)
        counts.files += 1
        signal.setitimer(signal.ITIMER_PROF, PATIENCE)
        try:
            taken = _try(source, content, folder, spoken)
        except (Exception, TooLong) as error:
            counts.crashes.append(f"{one}: {source.name}: {type(error).__name__}: {str(error)[:200]}")
        else:
            counts.taken += taken
            counts.refused += not taken
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    counts.most_memory = memory() - before
    return counts


def _try(source: Path, content: bytes, folder: Path, spoken: Phrases) -> bool:
    if source in SURVEYS:
        (folder / "one.yaml").write_bytes(content)
        return try_survey(folder / "one.yaml")
    path = folder / source.relative_to(ROOT)
    path.write_bytes(content)
    try:
        return try_catalogue(folder / "surveys", folder / "locales", spoken)
    finally:
        shutil.copy(source, path)


def too_long(_number: int, _frame: FrameType | None) -> None:
    """What the alarm does: raise TooLong."""
    raise TooLong(f"longer than {PATIENCE} s")


def memory() -> int:
    """Bytes that this process took at its largest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def address_space() -> int:
    """Bytes of addresses that this process has taken."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def asked(words: str | None) -> argparse.Namespace:
    """What the console asks for: how many files, of which seed, from which on, and whether here."""
    parser = argparse.ArgumentParser(description=words)
    parser.add_argument("number", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=7)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--here", action="store_true", help="in this process, under a limit of memory")
    return parser.parse_args()


def main() -> None:
    """The child's side, and the console's."""
    given = asked(__doc__)
    if not given.here:
        counts = mutations(given.number, given.seed, given.first)
    else:
        limit = address_space() + 2 * MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        with tempfile.TemporaryDirectory() as folder:
            counts = try_all(given.number, given.seed, given.first, Path(folder))
    print(json.dumps(asdict(counts)))
    sys.exit(0 if given.here else bool(counts.crashes))


if __name__ == "__main__":
    main()
