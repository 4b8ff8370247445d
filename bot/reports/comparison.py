"""Programmes side by side: a row for each wave that asked the same, of whatever survey, figure by figure.

Laws:
1. Waves stand in the order in which they began, never by a figure.
2. A wave has a dot beside the others only where it asked the same (`bot.core.trend`) of the same ages; where not,
   where too few answered, or where another rule holds, that is said in its row; also where it stood in another
   survey, since what is asked before may move answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.blocks import Figure
from bot.core.letters import one_line
from bot.core.survey import Indicator
from bot.core.trend import Comparable, compare
from bot.digest.bars import LONGEST_NAME, Bar
from bot.files.phrases import Phrases, day
from bot.reports.basis import Basis, Stand
from bot.reports.donor import MINORS
from bot.reports.words import Head, Reporter

COLUMNS = ("began", "answers", "share", "range", "note")
"""Of the table of a figure, after organisation and programme."""


@dataclass(frozen=True)
class Row:
    """One wave beside others in one figure, `named` in one line too; `bar` and `figure` are None where it has none
    that can be set beside them."""

    named: str
    organisation: str
    programme: str
    began: str
    answers: str
    share: str
    range: str
    note: str
    bar: Bar | None
    figure: Figure | None


@dataclass(frozen=True)
class Across:
    """One figure in all waves."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Comparison:
    """A whole comparison; where nothing was released yet `nothing` says so."""

    head: Head
    lines: tuple[str, ...]
    nothing: str
    columns: tuple[str, ...]
    figures: tuple[Across, ...]
    axis: tuple[str, ...]
    legend: str


def comparison(basis: Basis, phrases: Phrases, language: str) -> Comparison:
    """Every wave of the basis beside its own, in one language."""
    return _Comparer(phrases, language, basis).comparison()


@dataclass(frozen=True)
class _Comparer(Reporter):
    """What every row needs at hand."""

    def comparison(self) -> Comparison:
        """Every part, in words."""
        whose = (self.say("report-organisation"), self.say("report-programme"))
        return Comparison(
            head=self.head(self.say("report-comparison", title=self.words(self.survey.title))),
            lines=tuple(self._lines()),
            nothing=self._nothing(),
            columns=(*whose, *(self.say(f"report-column-{name}") for name in COLUMNS)),
            figures=tuple(map(self._across, self.survey.indicators)) if self._any() else (),
            axis=tuple(self.percent(end) for end in (0, 50, 100)),
            legend=self.say("report-legend-dots"),
        )

    def _any(self) -> bool:
        return any(one.figures.indicators for one in self.basis.waves)

    def _nothing(self) -> str:
        if not self.survey.indicators:
            return self.say("report-no-figures")
        return "" if self._any() else self.say("digest-no-figure", k=self.basis.now.figures.k)

    def _lines(self) -> Iterator[str]:
        if len(self.basis.waves) == 1:
            yield self.say("report-comparison-one")
        yield self.say("report-comparison-how")
        if any(map(self._elsewhere, self.basis.waves)):
            yield self.say("report-comparison-surveys")
        yield self.say("report-comparison-care")
        yield self.say("digest-self-chosen")
        yield self.say("report-unweighted")
        yield self.say("report-no-rank")

    def _across(self, indicator: Indicator) -> Across:
        """One figure in every wave; surveys that do not have it are left out."""
        asking = [one for one in self.basis.waves if not self._elsewhere(one) or self._has(one, indicator)]
        return Across(self.words(indicator.title), tuple(self._row(one, indicator) for one in asking))

    def _row(self, stand: Stand, indicator: Indicator) -> Row:
        figure = stand.figures.indicators.get(indicator.id)
        apart = self._apart(stand, indicator, figure)
        if apart:
            figure = None
        bar = None if figure is None else self.bar(self.words(indicator.title), figure)
        terms, empty = stand.wave.terms, figure is None or bar is None
        return Row(
            named=self._whole(stand),
            organisation=self._named(terms.organisation),
            programme=self._named(terms.programme),
            began=self.value(day(self.language, stand.opened)),
            answers="" if figure is None else self.value(figure.n),
            share="" if bar is None else bar.percent,
            range="" if figure is None else self._range(figure),
            note=apart or ("" if empty else " ".join(self._care(stand))),
            bar=bar,
            figure=figure,
        )

    def _whole(self, stand: Stand) -> str:
        """A wave in one line: the words under a digest's title."""
        terms, when = stand.wave.terms, day(self.language, stand.opened)
        org, programme = (one_line(name, LONGEST_NAME) for name in (terms.organisation, terms.programme))
        if org and programme:
            return self.say("digest-byline-programme", org=org, programme=programme, day=when)
        return self.say("digest-byline-org", org=org or programme or self.say("report-unnamed"), day=when)

    def _range(self, figure: Figure) -> str:
        return self.say("report-low-high", low=round(figure.low), high=round(figure.high))

    def _named(self, name: str) -> str:
        return self.value(one_line(name, LONGEST_NAME)) if name else self.say("report-unnamed")

    def _apart(self, stand: Stand, indicator: Indicator, figure: Figure | None) -> str:
        """Why a wave cannot stand beside the report's own; empty where it can."""
        if indicator.id not in self._comparable(stand).same:
            return self.say("report-broken")
        if stand.wave.terms.minors != self.basis.now.wave.terms.minors:
            return self.say("report-other-ages", age=MINORS[1] + 1)
        return self.say("report-too-few") if figure is None else ""

    def _care(self, stand: Stand) -> Iterator[str]:
        """What makes a figure less alike than it looks."""
        if self._elsewhere(stand):
            yield self.say("report-other-survey", title=self.words(stand.wave.survey.title))
        if stand.figures.k != self.basis.now.figures.k:
            yield self.say("report-other-k", k=stand.figures.k)

    def _elsewhere(self, stand: Stand) -> bool:
        """Whether its survey is another one."""
        return stand.wave.survey.id != self.survey.id

    def _has(self, stand: Stand, indicator: Indicator) -> bool:
        compared = self._comparable(stand)
        return indicator.id in (*compared.same, *compared.broken)

    def _comparable(self, stand: Stand) -> Comparable:
        return compare(stand.wave.survey, self.survey)
