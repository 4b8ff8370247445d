"""docs/measures.md is a picture of the questionnaires in surveys/, and coordinators find each of them.

1. The page holds a table of every questionnaire as it stands (`pytest --rewrite` writes the tables).
2. It names no item, figure or scale that is not there.
3. The README, the page and the authors' guide name every questionnaire.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.library import ABOUT_THE_PERSON, EACH, SCALES, SURVEYS, answers, indexes, others, said
from tests.rig import ROOT

MEASURES = ROOT / "docs" / "measures.md"


@EACH
def test_the_page_of_measures_shows_the_questionnaire_as_it_stands(
    path: Path, request: pytest.FixtureRequest
) -> None:
    page = MEASURES.read_text("utf-8")
    begin, end = f"<!-- {path.stem}: begin -->\n", f"<!-- {path.stem}: end -->"
    before, rest = page.split(begin)
    _, after = rest.split(end)
    if request.config.getoption("--rewrite"):
        MEASURES.write_text(before + begin + pictured(path) + end + after, "utf-8")
    else:
        assert rest.split(end)[0] == pictured(path), "pytest tests/test_measures.py --rewrite writes the tables"


def test_the_page_of_measures_names_nothing_that_is_not_there() -> None:
    known = (
        {word for path in SURVEYS for word in _words(path)}
        | set(SCALES)
        | {w for s in SCALES.values() for w in s.split()}
    )
    prose = re.sub(r"(?s)<!-- ([\w-]+): begin -->.*?<!-- \1: end -->", "", MEASURES.read_text("utf-8"))
    named = set(re.findall(r"`([a-z][a-z0-9_-]*)`", prose))

    assert len(named) > 20
    assert named - known - {"cells", "licence"} == set()


@pytest.mark.parametrize("page", ["README.md", "docs/authors.md", "docs/measures.md"])
def test_a_coordinator_finds_every_questionnaire(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")

    assert [path.stem for path in SURVEYS if f"`{path.stem}`" not in text] == []


def pictured(path: Path) -> str:
    """The table of a questionnaire as docs/measures.md holds it."""
    asked = said(path)["questions"]
    about = sum(question["id"] in ABOUT_THE_PERSON for question in asked)
    person = "1 question" if about == 1 else f"{about} questions"
    lines = [
        f"{person} about the person, {len(others(path))} others.",
        "",
        "| item | question | answers | asked of | figures: the share that says | better |",
        "|---|---|---|---|---|---|",
    ]
    for question in others(path):
        figures = [one for one in said(path)["indicators"] if question["id"] in one["share_of"]]
        shares = "; ".join(
            f"`{one['id']}`: {_or(path, question, one['share_of'][question['id']])}" for one in figures
        )
        better = "; ".join(dict.fromkeys(one["better"] for one in figures))
        cells = (f"`{question['id']}`", question["ask"]["en"], _kind(question), _whom(question), shares, better)
        lines.append("| " + " | ".join(cell or "–" for cell in cells) + " |")
    for index in indexes(path):
        lines += [
            "",
            f"Index `{index['id']}` ({index['title']['en']}): {', '.join(f'`{id}`' for id in index['items'])}.",
        ]
    return "\n".join(lines) + "\n"


def _or(path: Path, question: Mapping[str, Any], codes: Sequence[str]) -> str:
    labels = answers(path, question)
    return " or ".join(labels[code]["en"] if code in labels else code for code in codes)


def _kind(question: Mapping[str, Any]) -> str:
    if "scale" in question:
        return f"`{question['scale']}`"
    return {"yes_no": "yes, no", "choice": "one of", "choices": "one or more of", "number": "a number"}[
        question["type"]
    ] + ("" if "options" not in question else f" {len(question['options'])}")


def _whom(question: Mapping[str, Any]) -> str:
    return "; ".join(f"`{id}`: {' or '.join(codes)}" for id, codes in question.get("show_if", {}).items()) or "all"


def _words(path: Path) -> Iterator[str]:
    """Every id of a file, and its own name."""
    yield path.stem
    for one in (*said(path)["questions"], *said(path)["indicators"], *indexes(path)):
        yield one["id"]
    for question in said(path)["questions"]:
        yield from answers(path, question)
