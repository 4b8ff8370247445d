"""Two hundred damaged surveys and catalogues (ten thousand in the long run): none brings the program down.

Promises:
1. Each is taken whole, or refused in the files' own words; nothing else is ever raised.
2. Reading takes little memory, whatever a file holds.
3. Files, depth, values and problems have limits, and are refused beyond them.
4. The trial can see: damage that a reader passes over, and one that it cannot bear, are found.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.files import plain, snapshot
from bot.files.phrases import Phrases
from bot.files.surveys import load
from tests.files import mutants
from tests.files.mutants import MEMORY, damaged, mutations, try_all, try_catalogue, try_survey
from tests.rig import ROOT

FILES = 200


def test_two_hundred_damaged_files_are_taken_or_refused() -> None:
    counts = mutations(FILES, seed=2026)
    assert counts.crashes == []
    assert counts.files == counts.taken + counts.refused == FILES
    assert counts.most_memory < MEMORY
    assert counts.taken > 0, "harmless damage is there too"
    assert counts.refused > FILES // 2


def test_the_same_number_and_seed_give_the_same_file() -> None:
    content = (ROOT / "surveys" / "community-trust.yaml").read_bytes()
    assert damaged(content, Random("7/3")) == damaged(content, Random("7/3"))
    assert damaged(content, Random("7/3")) != damaged(content, Random("7/4"))


@pytest.mark.parametrize("error", [RecursionError("deep"), KeyError("x"), MemoryError()])
def test_what_a_reader_raises_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(_path: Path) -> None:
        raise error

    monkeypatch.setattr(mutants, "load", broken)
    monkeypatch.setattr(snapshot, "check_catalogue", broken)
    counts = try_all(6, 7, 0, tmp_path)
    assert len(counts.crashes) == 6
    assert type(error).__name__ in counts.crashes[0]


@pytest.mark.parametrize(
    ("content", "id"),
    [
        (b"#" * (plain.MOST_BYTES + 1), "too-large"),
        (b"[" * 100_000, "too-deep"),
        (b"{a: " * (plain.MOST_DEPTH + 1), "too-deep"),
        (b"- x\n" * plain.MOST_VALUES, "too-many-values"),
    ],
)
def test_a_file_beyond_a_limit_is_refused(tmp_path: Path, content: bytes, id: str) -> None:
    path = tmp_path / "survey.yaml"
    path.write_bytes(content)
    assert id in {problem.id for problem in load(path).problems}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a survey and the bot's words, for the properties to spoil."""
    folder = tmp_path_factory.mktemp("mutants")
    (folder / "surveys").mkdir()
    shutil.copy(ROOT / "surveys" / "examples" / "choice.yaml", folder / "surveys")
    shutil.copytree(ROOT / "locales", folder / "locales")
    return folder


# Documents from the words of the format rather than from its letters: these come further into the reader.
KEYS = st.sampled_from(
    ["survey", "version", "languages", "title", "questions", "id", "type", "ask", "options", "en", "x"]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    KEYS,
    st.sampled_from(["choice", "a"]),
)
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=30
)


LINES = (
    'msgid ""', 'msgstr ""', 'msgid "group-line"', 'msgid "desk-people"', 'msgid_plural "desk-people"',
    'msgstr "x"', 'msgstr[0] "{n}"', 'msgstr[1] "{m}"', 'msgstr[9] "x"', 'msgctxt "x"', "msgstr", '"', "\ufeff",
    "#, fuzzy", "#~ msgid", '"Plural-Forms: nplurals=3; plural=n;\\n"', '"Language: xx\\n"',
    '"Content-Type: text/plain; charset=x\\n"', '"X-Reviewed-By: \\\\"',
)  # fmt: skip


@given(document=DOCUMENTS)
@settings(max_examples=150)
def test_any_document_is_a_survey_or_a_list_of_mistakes(place: Path, document: object) -> None:
    path = place / "any.yaml"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8", errors="surrogatepass")
    try_survey(path)


@given(lines=st.lists(st.sampled_from(LINES), max_size=25), language=st.sampled_from(["en", "ur", "ps"]))
@settings(max_examples=40)
def test_any_lines_are_a_catalogue_or_a_list_of_mistakes(place: Path, lines: list[str], language: str) -> None:
    source = Path("locales", language, "LC_MESSAGES", "bot.po")
    whole = (ROOT / source).read_text()
    path = place / source
    for text in ("\n".join(lines), whole + "\n".join(lines)):
        path.write_text(text)
        try:
            try_catalogue(place / "surveys", place / "locales", Phrases.load(ROOT / "locales"))
        finally:
            path.write_text(whole)
