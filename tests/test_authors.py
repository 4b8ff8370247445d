"""What the authors' guide shows is taken by the reader of survey files, as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.files.surveys import load

GUIDE = Path(__file__).parents[1] / "docs" / "authors.md"
HEAD = (
    "survey: shown\nversion: 1\nlanguages: [en]\ntitle: {en: Shown}\nlicence: own items\nconsent: {en: Agreed.}\n"
)
BLOCKS = re.findall(r"^## (.+?)$|^```yaml\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)


def surveys() -> list[tuple[str, str]]:
    """The blocks with questions of their own, each with the heading above it."""
    found, heading = [], ""
    for title, block in BLOCKS:
        heading = title or heading
        if re.search("^questions:", block, re.MULTILINE):
            found.append((heading, block))
    return found


@pytest.mark.parametrize(("heading", "block"), surveys(), ids=lambda words: words.splitlines()[0])
def test_a_survey_in_the_guide_is_sound(heading: str, block: str, tmp_path: Path) -> None:
    path = tmp_path / "shown.yaml"
    path.write_text(HEAD + block)
    assert [str(problem) for problem in load(path).problems] == [], heading


def test_every_idea_of_the_logic_is_shown() -> None:
    shown = {heading for heading, _ in surveys()}
    assert shown >= {
        "Values",
        "Constraints",
        "Filters",
        "Sections and orders",
        "Arms",
        "Earlier answers in later words",
    }
