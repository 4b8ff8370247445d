"""Reports as XLSX: the words and figures of the pages, in sheets that read from the right where the language does.

Laws:
1. Numbers are numbers, a clipped share is text as it is shown; nothing is finer than on the pages.
2. The code of the figures stands on the first sheet, for readers and for `verify`; equal figures, equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.core.blocks import Figure
from bot.core.change import Change
from bot.core.mix import Reweighted
from bot.export.tables import Cell, Sheet, as_xlsx
from bot.reports.annex import Annex
from bot.reports.comparison import Comparison
from bot.reports.donor import Donor
from bot.reports.words import Head, Reporter, Section

LONGEST_NAME = 31
"""Letters in the name of a sheet (Excel)."""

FIGURE = ("share", "low", "high", "answers")
WEIGHED = ("weighted", "low", "high", "worth", "effect")
MOVED = ("before", "difference", "low", "high", "change")

Row = Sequence[Cell]

_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def donor(report: Donor, reporter: Reporter) -> bytes:
    """The report for donors as a workbook. Raises ExportTrouble where xlsxwriter is missing."""
    told = (report.method, report.changes, report.silence, report.limits, report.ethics)
    sheets = [(report.head.title, [*_first(report.head), *((row,) for row in _said(report, told))])]
    if not report.nothing:
        sheets += [
            (report.digest.says_heading, list(_figures(report, reporter))),
            (report.digest.reach_heading, list(_reached(report, reporter))),
            (report.digest.scores_heading, list(_scores(report, reporter))),
            (report.digest.themes_heading, list(_themes(report, reporter))),
            (report.annex.heading, list(_annex(report.annex))),
        ]
    return _book(report.head, sheets)


def comparison(report: Comparison, reporter: Reporter) -> bytes:
    """Programmes side by side as a workbook. Raises as `donor` does."""
    lines = (*report.lines, report.nothing)
    sheets = [(report.head.title, [*_first(report.head), *((line,) for line in lines if line)])]
    return _book(report.head, [*sheets, (reporter.say("report-column-figure"), list(_across(report, reporter)))])


def _book(head: Head, sheets: Sequence[tuple[str, Sequence[Row]]]) -> bytes:
    """A workbook of the sheets that hold more than the titles of their columns."""
    turned = head.direction == "rtl"
    return as_xlsx(Sheet(_name(name), rows, right_to_left=turned) for name, rows in sheets if len(rows) > 1)


def _name(heading: str) -> str:
    return " ".join(heading.translate(_FORBIDDEN).split())[:LONGEST_NAME].strip()


def _first(head: Head) -> Iterator[Row]:
    yield (head.title, "")
    yield from head.facts
    yield (head.footer, "")
    yield (head.fingerprint, head.mark)
    yield (head.check, "")


def _said(report: Donor, told: Sequence[Section]) -> Iterator[str]:
    if report.nothing:
        yield report.nothing
        return
    yield report.digest.answered
    for section in told:
        yield section.heading
        yield from section.lines


def _columns(reporter: Reporter, *names: str) -> Row:
    return [reporter.say(f"report-column-{name}") for name in names]


def _shown(figure: Figure) -> Row:
    return (figure.share, figure.low, figure.high, figure.n)


def _figures(report: Donor, reporter: Reporter) -> Iterator[Row]:
    """Every figure, and the same of women and of men; differences are in points of a hundred."""
    yield _columns(reporter, "figure", "who", *FIGURE, *WEIGHED, "baseline", "target", *MOVED)
    for line in report.lines:
        aims = (line.indicator.baseline, line.indicator.target)
        moved = _moved(line.change, reporter)
        told = (*_shown(line.figure), *_weighed(line.weighted), *aims, *moved)
        yield (line.bar.title, reporter.say("digest-everyone"), *told)
        for group in line.groups:
            yield (line.bar.title, group.bar.title, *_shown(group.figure))


def _weighed(weighted: Reweighted | str) -> Row:
    if isinstance(weighted, str):
        return (None,) * len(WEIGHED)
    return (weighted.share, weighted.low, weighted.high, weighted.n_eff, weighted.deff)


def _moved(change: Change | None, reporter: Reporter) -> Row:
    if change is None:
        return ()
    way = reporter.say(("digest-rose" if change.rose else "digest-fell") if change.clear else "report-no-change")
    ends = (change.difference.value, change.difference.low, change.difference.high)
    return (change.before.share, *(round(100 * end, 1) for end in ends), way)


def _reached(report: Donor, reporter: Reporter) -> Iterator[Row]:
    yield _columns(reporter, "who", *FIGURE, "census", "target", "note")
    targets = reporter.survey.targets
    for one in report.reached:
        note = f"{one.ratio} {one.verdict}".strip()
        yield (one.bar.title, *_shown(one.figure), one.census, targets.get(one.who), note)
    for line in report.reach_lines:
        yield (line,)


def _scores(report: Donor, reporter: Reporter) -> Iterator[Row]:
    yield _columns(reporter, "figure", "points", "low", "high", "answers")
    for title, score in report.scores:
        yield (title, score.mean, round(score.low, 1), round(score.high, 1), score.n)


def _themes(report: Donor, reporter: Reporter) -> Iterator[Row]:
    yield _columns(reporter, "question", "theme", *FIGURE)
    for one in report.themes:
        yield (one.question, one.title, *_shown(one.figure))
    for line in report.digest.themes if report.themes else ():
        yield (line,)


def _annex(annex: Annex) -> Iterator[Row]:
    yield (annex.heading, "", "")
    for line in (annex.consent_heading, *annex.consent, annex.how):
        yield ("", line)
    for question in annex.questions:
        yield (question.number, question.ask, "\n".join(question.answers), "\n".join(question.how))


def _across(report: Comparison, reporter: Reporter) -> Iterator[Row]:
    whose = (reporter.say("report-organisation"), reporter.say("report-programme"))
    yield (*_columns(reporter, "figure"), *whose, *_columns(reporter, "began", *FIGURE, "note"))
    for one in report.figures:
        for row in one.rows:
            figure: Row = (None,) * 4 if row.figure is None else _shown(row.figure)
            yield (one.title, row.organisation, row.programme, row.began, *figure, row.note)
