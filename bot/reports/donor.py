"""The report for donors: what was asked of whom and how, every figure with its interval, and what it cannot say.

Laws:
1. Figures are those of the digest: the same words, the same numbers, in the order of the survey.
2. Whatever cannot be shown is said in a sentence; there is no empty chart and no empty table.
3. A target is called reached or missed only where the whole interval lies on one side of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.blocks import AT_LEAST_90, LEAST_ACCOUNTS, STEP, Figure, points
from bot.core.census import REGIONS, YOUTH
from bot.core.change import Change
from bot.core.indicators import LEVEL, UNDER_REPRESENTED, representation
from bot.core.letters import one_line
from bot.core.mix import COSTLY, FEW, MISSING, Reweighted, reweighted
from bot.core.scores import Score
from bot.core.survey import Indicator
from bot.core.weights import LEAST_PEOPLE
from bot.digest import Digest, write
from bot.digest.bars import LONGEST_TITLE, Bar, asking
from bot.digest.moved import changed
from bot.digest.room import asked
from bot.digest.themes import named
from bot.digest.write import OFTEN_SILENT
from bot.files.phrases import Phrases, join, latin
from bot.reports.annex import Annex, annex
from bot.reports.basis import Basis
from bot.reports.words import Head, Reporter, Section

MINORS = (YOUTH[True][0], YOUTH[False][0] - 1)
"""The ages that take part only in a wave for minors."""


@dataclass(frozen=True)
class Reached:
    """Women or youth: their share as a bar with the census, and what it means; `census` in percent."""

    who: str
    bar: Bar
    figure: Figure
    census: float
    census_words: str
    ratio: str
    verdict: str


@dataclass(frozen=True)
class Group:
    """The same figure of women or of men."""

    bar: Bar
    figure: Figure


@dataclass(frozen=True)
class Line:
    """One figure of the report with all that stands beside it; `weighted` is the share weighted to the census, or
    why there is none."""

    indicator: Indicator
    bar: Bar
    figure: Figure
    goals: tuple[str, ...]
    groups: tuple[Group, ...]
    change: Change | None
    weighted: Reweighted | str


@dataclass(frozen=True)
class Grid:
    """A table in words: the titles of its columns, and its rows; from the third on its columns hold numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Found:
    """One theme of a question in own words."""

    question: str
    title: str
    figure: Figure


@dataclass(frozen=True)
class Donor:
    """A whole report; where nothing was released yet `nothing` says why, and there is no more of it."""

    head: Head
    digest: Digest
    nothing: str
    method: Section
    reached: tuple[Reached, ...]
    reach_lines: tuple[str, ...]
    lines: tuple[Line, ...]
    figures_lines: tuple[str, ...]
    legend: tuple[str, ...]
    changes: Section
    table_heading: str
    table: Grid
    scores: tuple[tuple[str, Score], ...]
    themes: tuple[Found, ...]
    silence: Section
    limits: Section
    ethics: Section
    annex: Annex


def donor(basis: Basis, phrases: Phrases, language: str) -> Donor:
    """The report on a wave in one language."""
    now = basis.now
    digest = write(now.figures, now.wave.survey, phrases, language, now.about(), basis.compared)
    return _Teller(phrases, language, basis, digest).donor()


@dataclass(frozen=True)
class _Teller(Reporter):
    """What every part of the report needs at hand."""

    digest: Digest

    def donor(self) -> Donor:
        """Every part, in words."""
        shown, lines = self.basis.now.figures, tuple(self._lines())
        return Donor(
            head=self.head(self.say("report-title", title=self.words(self.survey.title))),
            digest=self.digest,
            nothing="" if shown.n else self.digest.answered,
            method=Section(self.say("report-method"), tuple(self._method(lines))),
            reached=tuple(self._reached()),
            reach_lines=tuple(self._reach_lines()),
            lines=lines,
            figures_lines=tuple(self._figures_lines()),
            legend=tuple(self._legend(lines)),
            changes=self._changes(),
            table_heading=self.say("report-table"),
            table=self._table(lines),
            scores=tuple(
                (self.words(one.title), shown.indexes[one.id])
                for one in self.survey.indexes
                if one.id in shown.indexes
            ),
            themes=tuple(self._themes()),
            silence=Section(self.say("report-silence"), tuple(self._silence())),
            limits=Section(self.say("report-limits"), tuple(self._limits())),
            ethics=Section(self.say("report-ethics"), tuple(self._ethics())),
            annex=annex(self),
        )

    # -- how ------------------------------------------------------------------------------------------

    def _method(self, lines: tuple[Line, ...]) -> Iterator[str]:
        """How people were asked, who could answer, and how the figures were made."""
        terms, shown = self.basis.now.wave.terms, self.basis.now.figures
        yield self.say("report-how")
        yield asked(self, self.survey, terms.minors)
        yield self.say("report-by-invitation" if terms.invited else "report-by-link")
        if terms.minors:
            yield self.say("report-minors", low=MINORS[0], high=MINORS[1])
        if shown.slots > 1:
            yield self.say("digest-slots", k=shown.k, n=LEAST_ACCOUNTS)
        else:
            yield self.say("report-one-account")
        yield self.say("digest-alone" if terms.alone else "report-two-opened")
        yield self.say("report-rule", k=shown.k)
        yield self.say("report-steps", number=STEP)
        sure = round(100 * (1 - LEVEL))
        yield self.say("report-chance", number=sure, of=100, method=latin("Wilson"))
        if self.basis.compared is not None:
            yield self.say("report-clear", method=latin("Newcombe, Holm"))
        yield from self._weighting(lines)
        yield from self._drafts()

    def _weighting(self, lines: tuple[Line, ...]) -> Iterator[str]:
        """Whether figures are weighted, at what price, and why others are not."""
        if not any(isinstance(line.weighted, Reweighted) for line in lines):
            yield self.say("report-unweighted")
        else:
            yield self.say("report-weighted")
            yield self.say("report-weighted-price")
        why = {line.weighted for line in lines if isinstance(line.weighted, str)}
        if FEW in why:
            yield self.say("report-unweighted-few", number=LEAST_PEOPLE)
        if MISSING in why:
            yield self.say("report-unweighted-missing")
        if COSTLY in why:
            yield self.say("report-unweighted-costly")

    def _drafts(self) -> Iterator[str]:
        """Which words too few people have reviewed, and whether the survey lacks the language of the report."""
        if self.spoken != self.language:
            yield self.say("report-other-language", language=self.name(self.spoken))
        if self.basis.drafts:
            yield self.say("report-draft-survey", languages=self.names(self.basis.drafts))
        if self.language in self.phrases.drafts:
            yield self.say("report-draft")

    # -- who ------------------------------------------------------------------------------------------

    def _reached(self) -> Iterator[Reached]:
        reach, minors = self.survey.reach, self.basis.now.wave.terms.minors
        if reach is None:
            return
        region = REGIONS[reach.census]
        census = {"women": region.women(minors), "youth": region.youth(minors)}
        place = self.say(f"digest-region-{reach.census.lower()}")
        for (who, figure), bar in zip(self.basis.now.figures.reach.items(), self.digest.reach, strict=True):
            share = 5 * round(100 * census[who] / 5)
            yield Reached(
                who=who,
                bar=bar,
                figure=figure,
                census=round(100 * census[who], 1),
                census_words=self.say("report-census", region=place, share=self.percent(share)),
                ratio=self.of_expected(figure, census[who]),
                verdict=self._verdict(figure, census[who]),
            )

    def _verdict(self, figure: Figure, census: float) -> str:
        ratio = representation(points(figure.share) / 100, figure.n, census)
        if ratio.high < UNDER_REPRESENTED:
            return self.say("report-fewer")
        if ratio.low > 1:
            return self.say("report-more")
        return self.say("report-about") if ratio.high >= 1 else ""

    def _reach_lines(self) -> Iterator[str]:
        if not self.basis.now.figures.reach:
            yield self.say("report-no-reach")
        if self.digest.languages:
            yield self.digest.languages
        if self.digest.cohorts:
            yield self.digest.cohorts

    # -- what -----------------------------------------------------------------------------------------

    def _lines(self) -> Iterator[Line]:
        shown = self.basis.now.figures
        changes = {one.id: one for one in changed(self.basis.compared, self.survey)}
        weighted = reweighted(shown, self.survey, self.basis.now.wave.terms.minors)
        here = [one for one in self.survey.indicators if one.id in shown.indicators]
        for indicator, bar in zip(here, self.digest.says, strict=True):
            figures = [figures[indicator.id] for figures in shown.by_group.values() if indicator.id in figures]
            yield Line(
                indicator=indicator,
                bar=bar,
                figure=shown.indicators[indicator.id],
                goals=tuple(self._goals(indicator, shown.indicators[indicator.id])),
                groups=tuple(Group(side, figure) for side, figure in zip(bar.sides, figures, strict=False)),
                change=changes.get(indicator.id),
                weighted=weighted[indicator.id],
            )

    def _goals(self, indicator: Indicator, figure: Figure) -> Iterator[str]:
        if indicator.baseline is not None:
            yield self.say("report-baseline", share=self.percent(indicator.baseline))
        if indicator.target is not None:
            yield self.say("report-target", share=self.percent(indicator.target))
            if indicator.better != "none":
                yield self.say(_against(indicator, figure, indicator.target))

    def _figures_lines(self) -> Iterator[str]:
        """Which figures are not shown, and why."""
        shown = self.basis.now.figures
        hidden = [self.words(one.title) for one in self.survey.indicators if one.id not in shown.indicators]
        if not self.survey.indicators:
            yield self.say("report-no-figures")
        elif hidden:
            yield self.say("report-not-shown", k=shown.k, titles=join(self.language, hidden))

    def _legend(self, lines: tuple[Line, ...]) -> Iterator[str]:
        if lines:
            yield self.say("digest-legend")
        if any(one.indicator.target is not None for one in lines):
            yield self.say("report-legend-target")

    def _changes(self) -> Section:
        """What changed; where nothing can be compared, why not."""
        heading = self.digest.changed_heading or self.say("report-column-change")
        nothing = "digest-nothing-before" if self.basis.compared is None else "digest-nothing-same"
        return Section(heading, self.digest.changed or (self.say(nothing),))

    def _table(self, lines: tuple[Line, ...]) -> Grid:
        """Everything in one table; a column that would be empty is left out."""
        goals = [
            name
            for name in ("baseline", "target")
            if any(getattr(one.indicator, name) is not None for one in lines)
        ]
        moved = any(one.change for one in lines)
        weighed = any(isinstance(one.weighted, Reweighted) for one in lines)
        columns = [
            *("figure", "who", "share", "range", "answers"),
            *(("weighted", "worth") if weighed else ()),
            *goals,
            *(("before", "change") if moved else ()),
        ]
        rows: list[tuple[str, ...]] = []
        for line in lines:
            aims = [getattr(line.indicator, name) for name in goals]
            cells = self._weighed(line.weighted) if weighed else []
            cells += ["" if aim is None else self.percent(aim) for aim in aims]
            cells += self._moved(line.change) if moved else []
            rows.append(
                (line.bar.title, self.say("digest-everyone"), *self._numbers(line.bar, line.figure), *cells)
            )
            for group in line.groups:
                numbers = self._numbers(group.bar, group.figure)
                rows.append(("", group.bar.title, *numbers, *[""] * len(cells)))
        return Grid(tuple(self.say(f"report-column-{name}") for name in columns), tuple(rows))

    def _numbers(self, bar: Bar, figure: Figure) -> tuple[str, str, str]:
        ends = self.say("report-low-high", low=round(figure.low), high=round(figure.high))
        return bar.percent, ends, self.value(figure.n)

    def _weighed(self, weighted: Reweighted | str) -> list[str]:
        if isinstance(weighted, str):
            return ["", ""]
        return [self.percent(weighted.share), self.value(weighted.n_eff)]

    def _moved(self, change: Change | None) -> tuple[str, str]:
        if change is None:
            return "", ""
        way = "digest-rose" if change.rose else "digest-fell"
        return self.percent(change.before.share), self.say(way if change.clear else "report-no-change")

    def _themes(self) -> Iterator[Found]:
        for id, found in self.basis.now.figures.themes.items():
            ask = one_line(asking(self.survey.question(id), self.language), LONGEST_TITLE)
            for theme, title in named(self, found):
                yield Found(ask, title, found.figures[theme])

    # -- what not -------------------------------------------------------------------------------------

    def _silence(self) -> Iterator[str]:
        shown = self.basis.now.figures
        if shown.silence is not None:
            share = AT_LEAST_90 if points(shown.silence.share) >= 90 else shown.silence.share
            yield self.say("digest-silence", share=self.share(share))
        often = [id for id, answers in shown.questions.items() if points(answers.silent) >= OFTEN_SILENT]
        for id in often:
            ask = one_line(asking(self.survey.question(id), self.language), LONGEST_TITLE)
            yield self.say("report-silent", question=ask, share=self.percent(shown.questions[id].silent))
        if not often:
            yield self.say("report-silent-none", share=self.percent(OFTEN_SILENT))

    def _limits(self) -> Iterator[str]:
        shown = self.basis.now.figures
        yield self.say("digest-self-chosen")
        yield self.say("report-no-phone")
        yield self.say("digest-hidden", k=shown.k)
        if any(cell.burst for cell in shown.cells):
            yield self.say("digest-burst")
        if any(cell.merged for cell in shown.cells):
            yield self.say("digest-merged")
        for limit in ("report-no-cause", "report-no-rank", "report-no-guess"):
            yield self.say(limit)

    def _ethics(self) -> Iterator[str]:
        for told in ("report-consent", "report-free", "report-kept", "report-withdraw", "report-no-promise"):
            yield self.say(told)


def _against(indicator: Indicator, figure: Figure, target: int) -> str:
    """Whether a target is reached: only where the interval does not hold it."""
    above, below = figure.low >= target, figure.high <= target
    met, missed = (above, below) if indicator.better == "higher" else (below, above)
    return "report-target-met" if met else "report-target-missed" if missed else "report-target-open"
