"""The problems of a check as code hosts read them: SARIF 2.1.0 (OASIS Standard, 27 March 2020).

One run, one rule for each kind of problem found, one result for each problem. Paths are relative to where the
check was run, as the standard asks (3.4.4), so that a host finds the files of its own checkout.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.files.problems import CATALOGUE, Problem

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
"""The name under which hosts know the folder of a checkout."""


def sarif(problems: Sequence[Problem]) -> str:
    """The problems as one SARIF log."""
    ids = sorted({problem.id for problem in problems})
    driver = {
        "name": "aitbar check",
        "rules": [_rule(id) for id in ids],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, ids.index(problem.id)) for problem in problems],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rule(id: str) -> dict[str, Any]:
    sentence = CATALOGUE[id]
    return {
        "id": id,
        "shortDescription": {"text": _plain(sentence.rule)},
        "help": {"text": _plain(sentence.todo)},
        "defaultConfiguration": {"level": sentence.level},
    }


def _result(problem: Problem, rule: int) -> dict[str, Any]:
    place = {"uri": _relative(problem.file), "uriBaseId": ROOT}
    return {
        "ruleId": problem.id,
        "ruleIndex": rule,
        "level": problem.level,
        "message": {"text": f"{problem.what}: {problem.rule}; {problem.todo}."},
        "locations": [{"physicalLocation": {"artifactLocation": place, "region": {"startLine": problem.line}}}],
    }


def _relative(file: str) -> str:
    """The path below the folder the check runs in, as a URI; a path outside of it by its name alone."""
    path = Path(file)
    if path.is_absolute():
        here = Path.cwd()
        path = path.relative_to(here) if path.is_relative_to(here) else Path(path.name)
    return quote(path.as_posix())


class _Gaps(dict[str, str]):
    """What would be filled into a sentence, left open."""

    def __missing__(self, _name: str) -> str:
        return "..."


def _plain(words: str) -> str:
    """A sentence of the catalogue as it is said of every place: what would be filled in is left open."""
    return words.format_map(_Gaps())
