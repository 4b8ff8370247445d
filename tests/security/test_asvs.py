"""The table of the Application Security Verification Standard in docs/security.md is complete and true.

1. Every requirement the project answers to has its row; every test a row names exists.
2. What has no test says why: it cannot be met, or is not built yet.
3. Two requirements that no other room shows are shown here.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.files.form import SurveyFile

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "security.md"

WANTED = """
    1.1.2 1.2.1 1.2.4 1.2.10 1.3.2 1.3.6 1.3.12 1.5.2 2.3.3 2.3.4 2.3.5 2.4.1 5.2.1 5.2.3 5.3.2 5.3.3 6.4.1 6.6.3
    8.1.1 8.2.1 8.2.2 8.3.1 8.3.2 11.1.1 11.2.1 11.2.4 11.3.2 11.3.4 11.5.1 13.2.2 13.2.4 13.3.1 13.3.2 13.3.4
    13.4.2 14.2.1 14.2.7 15.1.1 15.1.2 15.2.1 15.2.2 15.2.4 15.4.2 16.2.1 16.2.5 16.3.2 16.4.1 16.4.2 16.5.1 16.5.4
"""
NAMED = WANTED.split()

UNBUILT = {"5.2.3", "5.3.3"}
"""Requirements on features that do not exist yet; each row says so."""


def table() -> dict[str, list[str]]:
    """Requirement -> the cells behind it."""
    rows = (line for line in PAGE.read_text().splitlines() if re.match(r"\| \d+\.\d+\.\d+ \(L[123]\) \|", line))
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return {row[0].split()[0]: row[1:] for row in cells}


def test_every_requirement_has_its_row_and_no_other_has() -> None:
    assert sorted(table()) == sorted(NAMED)


@pytest.mark.parametrize("id", NAMED)
def test_what_a_row_names_exists(id: str) -> None:
    _asks, here, shown = table()[id]
    if id in UNBUILT:
        assert "not built yet" in here
        assert shown == "-"
        return
    named = re.findall(r"`([^`]+)::([^`]+)`", shown)
    assert named, "a row without a test says why"
    for path, name in named:
        text = (ROOT / path).read_text()
        definition = rf"- id: {name}\b" if path.endswith(".yaml") else rf"def {name}\("
        assert re.search(definition, text), f"{path} has no {name}"


def test_a_survey_file_has_no_key_for_a_pattern() -> None:
    schema = json.dumps(SurveyFile.model_json_schema())
    keys = set(re.findall(r'"([a-z_]+)": \{', schema))

    assert "show_if" in keys, "the look sees keys"
    assert keys.isdisjoint({"regex", "pattern", "matches", "format"})


def test_the_audit_writes_a_bill_of_materials_from_the_lock() -> None:
    recipe = (ROOT / "Makefile").read_text()

    assert "cyclonedx-py requirements requirements.lock" in recipe
    assert "--validate --output-file dist/sbom.cdx.json" in recipe
    assert "make audit" in (ROOT / ".ci" / "run").read_text()
