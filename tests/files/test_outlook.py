"""What the check says beyond mistakes: small groups, missing recordings, drafts; and how programs hear of it.

1. With a population, every group that would not be shown is named, with the arithmetic of the block rule.
2. Missing recordings are named where a language has some, or where they are asked for.
3. A language that fewer than two have reviewed is called a draft, in catalogues and survey files alike.
4. SARIF is what code hosts read; JSON names each problem's id.
5. The schema fits every survey that is sound, says what each key is for, and finds misspelt keys.
"""

from __future__ import annotations

import io
import json
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from typer.testing import CliRunner

from bot.cli import app
from bot.core.cells import SHOWN, SmallPopulation, layout
from bot.core.survey import Survey
from bot.files.check import Outlook, check
from bot.files.problems import CATALOGUE, Problem
from bot.files.sarif import sarif
from bot.files.schema import KEYS, schema
from bot.files.surveys import load
from tests.files.json_schema import faults
from tests.files.sample import SOUND, beside

ROOT = Path(__file__).resolve().parents[2]
TRUST = ROOT / "surveys" / "community-trust.yaml"
SURVEYS = sorted((ROOT / "surveys").rglob("*.yaml"))


def written(folder: Path, *edits: tuple[str, str]) -> Path:
    """The sound sample with these edits, as a file."""
    text = SOUND
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "mine.yaml"
    path.write_text(text)
    beside(folder)
    return path


def ids(path: Path, outlook: Outlook) -> list[str]:
    return [problem.id for problem in check([path], outlook).problems]


@cache
def load_once(path: Path) -> Survey:
    """The survey of a sound file."""
    survey = load(path).survey
    assert survey is not None
    return survey


# -- groups (promise 1) -----------------------------------------------------------------------------------


@pytest.mark.parametrize("population", [60, 300, 700, 2_000, 20_000])
def test_every_group_too_small_to_be_shown_is_named(population: int) -> None:
    """Promise 1: the same groups as when the wave is opened."""
    survey = load_once(TRUST)
    sizes = [(*size.node[0], size.people) for size in layout(survey, population).sizes if size.fate != SHOWN]
    wanted = {name: [code for one, code, _ in sizes if one == name] for name, _, _ in sizes}
    problems = [p for p in check([TRUST], Outlook(population=population)).problems if p.id == "groups-unshown"]

    assert {p.what.split("'")[1]: p.what.split(": ")[1].split(", ") for p in problems} == wanted
    assert {p.level for p in problems} <= {"warning"}


@given(st.integers(30, 5_000), st.integers(5, 40))
@settings(max_examples=40, deadline=None)
def test_people_shared_out_evenly_leave_all_groups_shown_or_none(population: int, k: int) -> None:
    """Promise 1: so that one sentence is enough for all groups of a kind."""
    survey = load_once(TRUST)
    with suppress(SmallPopulation):
        sizes = layout(survey, population, k).sizes
        for name in {size.node[0][0] for size in sizes}:
            assert len({(size.fate != SHOWN, size.people) for size in sizes if size.node[0][0] == name}) == 1


def test_the_arithmetic_stands_beside_the_group(tmp_path: Path) -> None:
    """Promise 1: 150 people are 75 in each of two districts, and a district needs a hundred."""
    path = written(tmp_path)
    first = next(p for p in check([path], Outlook(population=150)).problems if p.id == "groups-unshown")
    line = SOUND[: SOUND.index("district: district")].count("\n") + 1
    assert str(first).startswith(f"{path}:{line} - no group of 'district' would be shown by itself, with about 75")
    assert "each: swat, mardan - " in str(first)
    assert "a district needs 100 (10 x 10)" in str(first)


def test_a_larger_group_needs_more_people() -> None:
    """Promise 1."""
    assert ids(TRUST, Outlook(population=1_000)) == []
    assert "groups-unshown" in ids(TRUST, Outlook(population=1_000, k=20))


def test_a_community_that_is_too_small_is_refused() -> None:
    """Promise 1: this is an error, as no wave would be opened."""
    report = check([TRUST], Outlook(population=20))
    assert [(p.id, p.level) for p in report.problems] == [("population-small", "error")]


# -- recordings (promise 2) -------------------------------------------------------------------------------


def test_recordings_are_missed_where_there_are_some(tmp_path: Path) -> None:
    """Promise 2: the sample has one Urdu recording, and none in English."""
    (problem,) = check([written(tmp_path)]).problems
    assert (problem.id, problem.level) == ("audio-missing", "warning")
    assert problem.what.startswith("1 of 12 questions can be heard in 'ur'; these cannot: district, age_band")


def test_recordings_are_missed_everywhere_when_asked_for(tmp_path: Path) -> None:
    """Promise 2."""
    silent = written(tmp_path, ("    audio: {ur: gender-ur.ogg}\n", ""))
    assert ids(silent, Outlook()) == []
    assert ids(silent, Outlook(audio=True)) == ["audio-missing", "audio-missing"]


# -- drafts (promise 3) -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("readers", "drafts"),
    [
        ("", ("ur",)),
        ("reviewed_by: {ur: []}\n", ("ur",)),
        ("reviewed_by: {ur: [A. B., ' ']}\n", ("ur",)),
        ("reviewed_by: {ur: [A. B., C. D.]}\n", ()),
    ],
)
def test_a_survey_is_a_draft_until_two_have_read_it(tmp_path: Path, readers: str, drafts: tuple[str, ...]) -> None:
    """Promise 3: English is what the others are translated from."""
    path = written(tmp_path, ("version: 3\n", f"version: 3\n{readers}"))
    report = check([path])

    assert report.errors == 0
    assert report.drafts == ({str(path): drafts} if drafts else {})
    assert ("ur, draft" in report.as_text()) == bool(drafts)
    assert json.loads(report.as_json())["drafts"] == ({str(path): list(drafts)} if drafts else {})


def test_readers_never_change_what_a_wave_pins(tmp_path: Path) -> None:
    """Promise 3: a name that is added needs no new version."""
    before = load(written(tmp_path)).document
    assert load(written(tmp_path, ("version: 3\n", "version: 3\nreviewed_by: {ur: [A. B.]}\n"))).document == before


def test_only_languages_of_the_survey_have_readers(tmp_path: Path) -> None:
    """Promise 3."""
    path = written(tmp_path, ("version: 3\n", "version: 3\nreviewed_by: {ps: [A. B.]}\n"))
    assert [(p.id, p.line) for p in load(path).problems] == [("unknown-language", 3)]


def test_catalogues_are_drafts_too() -> None:
    """Promise 3: nobody has reviewed them yet; take this line out when two have."""
    report = check([ROOT / "locales"])
    assert [languages for _, languages in sorted(report.drafts.items())] == [("ps",), ("ur",)]
    assert report.as_text().count(": draft\n") == 2


def test_opening_a_wave_says_that_its_words_are_drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 3."""
    monkeypatch.setenv("AITBAR_DATABASE_URL", f"sqlite:///{tmp_path / 'data' / 'aitbar.db'}")
    said = CliRunner().invoke(app, ["wave", "open", str(TRUST), "--population", "5000", "--yes"])
    assert said.exit_code == 0
    assert "A draft in ur, ps: fewer than two readers have reviewed these words" in said.stderr


# -- for programs (promise 4) -----------------------------------------------------------------------------


def test_sarif_names_each_problem_at_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 4: tool, rules and results of SARIF 2.1.0 (sections 3.13, 3.18, 3.27), paths below the checkout."""
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path, ("title: {ur: نمونہ, en: Sample}", "title: {en: Sample}"))
    report = check([path])
    log = json.loads(report.as_sarif())

    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert [rule["id"] for rule in driver["rules"]] == sorted({p.id for p in report.problems})
    assert len(run["results"]) == len(report.problems)
    for result, problem in zip(run["results"], report.problems, strict=True):
        rule = driver["rules"][result["ruleIndex"]]
        assert result["ruleId"] == rule["id"] == problem.id
        assert result["level"] == problem.level == rule["defaultConfiguration"]["level"]
        assert problem.what in result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"] == {"uri": "mine.yaml", "uriBaseId": "%SRCROOT%"}
        assert place["region"] == {"startLine": problem.line}


@pytest.mark.parametrize("id", CATALOGUE)
def test_every_problem_has_a_rule_without_gaps(id: str) -> None:
    """Promise 4: a rule is said once for all of its results, so nothing of one result stands in it."""
    log = json.loads(sarif([Problem("a b.yaml", 1, "what", "rule", "todo", "error", id)]))
    (rule,) = log["runs"][0]["tool"]["driver"]["rules"]
    for words in (rule["shortDescription"]["text"], rule["help"]["text"]):
        assert words.strip()
        assert "{{" not in words
        assert "{place}" not in words
    (result,) = log["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b.yaml"


@pytest.mark.parametrize("file", ["/elsewhere/mine.yaml", "mine.yaml"])
def test_no_path_of_the_machine_leaves_it(file: str) -> None:
    """Promise 4."""
    log = sarif([Problem(file, 1, "what", "rule", "todo", "error", "twice")])
    assert '"uri": "mine.yaml"' in log


def test_a_form_that_is_not_known_is_refused() -> None:
    """Promise 4."""
    said = CliRunner().invoke(app, ["check", str(TRUST), "--format", "xml"])
    assert said.exit_code == 2


# -- the schema (promise 5) -------------------------------------------------------------------------------


def plain(text: str) -> Any:
    return YAML(typ="safe").load(io.StringIO(text))


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_the_schema_fits_every_survey(path: Path) -> None:
    """Promise 5."""
    made = schema()
    assert list(faults(plain(path.read_text()), made, made)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version: 3", "vresion: 3"),
        ("version: 3", "version: three"),
        ("version: 3\n", ""),
        ("census: KP", "census: KPK"),
        ("swat: {ur", "Swat District: {ur"),
        ("order: ascending", "order: rising"),
        ("sensitive: true", "sensitive: perhaps"),
    ],
)
def test_the_schema_finds_what_an_editor_should_mark(old: str, new: str) -> None:
    """Promise 5."""
    made = schema()
    assert SOUND.count(old) == 1
    assert list(faults(plain(SOUND), made, made)) == []
    assert list(faults(plain(SOUND.replace(old, new)), made, made)) != []


def test_the_schema_says_what_each_key_is_for() -> None:
    """Promise 5: and describes no key that is not there."""
    made = schema()
    parts = (made, *made["$defs"].values())
    keys = {key: value.get("description") for part in parts for key, value in part["properties"].items()}

    assert [key for key, said in keys.items() if not said] == []
    assert set(KEYS) == set(keys)
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_schema_is_printed_or_written(tmp_path: Path) -> None:
    """Promise 5."""
    printed = CliRunner().invoke(app, ["schema"])
    written_out = CliRunner().invoke(app, ["schema", "--out", str(tmp_path / "survey.json")])
    assert printed.exit_code == written_out.exit_code == 0
    assert json.loads(printed.stdout) == json.loads((tmp_path / "survey.json").read_text()) == schema()
