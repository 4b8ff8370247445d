"""Reports as PDF, by typst: A4, archivable and tagged, the same bytes for the same figures.

Laws:
1. Words and numbers reach the templates as data: nothing an author or an organisation wrote is read as markup.
2. The code of the figures stands at the foot of each page, and in the keywords of the file for `verify`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from importlib.resources import files
from typing import Any

import typst

from bot.digest import Digest
from bot.digest.picture import contained, fonts
from bot.digest.room import few_changes
from bot.reports.comparison import Comparison
from bot.reports.donor import Donor, Line
from bot.reports.words import Head


def donor(report: Donor, moment: datetime) -> bytes:
    """The report for donors. Raises NotDrawn; RuntimeError when the fonts lack a character, and names it."""
    digest = report.digest
    data = {
        **asdict(report.head),
        "nothing": report.nothing,
        "answered": digest.answered,
        "method": asdict(report.method),
        "reach_heading": digest.reach_heading,
        "reached": [
            {
                "bar": asdict(one.bar),
                "census": one.census,
                "census_words": one.census_words,
                "ratio": one.ratio,
                "verdict": one.verdict,
            }
            for one in report.reached
        ],
        "reach_lines": report.reach_lines,
        "legend": digest.legend,
        "says_heading": digest.says_heading,
        "figures": [_line(one) for one in report.lines],
        "figures_lines": report.figures_lines,
        "figures_legend": report.legend,
        "changes": asdict(report.changes),
        "scores": {"heading": digest.scores_heading, "lines": digest.scores},
        "themes": {"heading": digest.themes_heading, "lines": digest.themes},
        "table_heading": report.table_heading,
        "table": asdict(report.table),
        "silence": asdict(report.silence),
        "limits": asdict(report.limits),
        "ethics": asdict(report.ethics),
        "annex": asdict(report.annex),
    }
    return _drawn("donor", data, moment)


def comparison(report: Comparison, moment: datetime) -> bytes:
    """Programmes side by side. Raises as `donor` does."""
    data = {**asdict(report), **asdict(report.head)}
    return _drawn("comparison", data, moment)


def meeting(digest: Digest, head: Head, moment: datetime) -> bytes:
    """The page for the meeting as the digest has it, with the foot of a report in its notes. Raises as `donor`."""
    noted = replace(digest, notes=(*digest.notes, head.footer, head.fingerprint), pictures={})
    data = {**asdict(noted), "changes": few_changes(digest), "paper": "a4", "mark": head.mark}
    return _drawn("meeting", data, moment)


def _line(line: Line) -> dict[str, Any]:
    return {
        "bar": asdict(replace(line.bar, sides=())),
        "goals": line.goals,
        "target": line.indicator.target,
        "groups": [asdict(one.bar) for one in line.groups],
    }


def _drawn(name: str, data: Mapping[str, Any], moment: datetime) -> bytes:
    house = files("bot")
    with contained():
        return typst.compile(
            str(house.joinpath("reports", f"{name}.typ")),
            root=str(house),  # what charts are made of lies beside the digest
            font_paths=fonts(),
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=moment,
        )
