"""What each kind of picture shows, in words and shares: `picture.py` draws it, `page.py` writes it as tables.

Laws:
1. Drawn are shown figures only, in the order of the survey; groups and districts too, never by score.
2. A picture with nothing to draw says in `nothing` why, and has no charts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core.blocks import Figure, Publishable, points
from bot.core.cells import AGE, DISTRICT, GENDER
from bot.core.census import YOUTH
from bot.core.change import differ
from bot.core.survey import UNKNOWN, CellPart, Survey
from bot.digest.bars import Bar, Speaker
from bot.files.phrases import join

if TYPE_CHECKING:
    from bot.digest.write import Digest


BARS, CHANGE, PAIRS, DISTRICTS, MULTIPLES = KINDS = ("bars", "change", "pairs", "districts", "multiples")
"""The kinds of picture, by the names that `aitbar digest --picture` takes."""

ALT_LIMIT = 1000
"""The longest words beside a picture, in characters: Telegram takes 1024."""

LIGHT, DARK = (255, 255, 255), (90, 150, 205)
"""The shades of 0 and 100 percent: one hue, ever darker, so that it is read without colours too; black letters
stand out from the darkest by more than 6 to 1."""


YOUNG_OLDER_UNKNOWN = 3
"""So many ages there are where one is that of the young and one that of all others."""


@dataclass(frozen=True)
class Row:
    """One share of a chart under its label; None where it is not shown.

    `look` tells neighbours apart; `note` says how it differs from the row above, and `clear` whether clearly.
    """

    label: str
    bar: Bar | None
    look: str
    fill: str = ""
    note: str = ""
    clear: bool = False


@dataclass(frozen=True)
class Chart:
    """One figure of a picture; `way` (up, down or empty) marks a clear change, and `note` says it."""

    title: str
    rows: tuple[Row, ...]
    note: str = ""
    way: str = ""


@dataclass(frozen=True)
class Picture:
    """One kind of picture: what it shows and says, and the same in words for whoever does not see it."""

    heading: str
    charts: tuple[Chart, ...]
    legend: tuple[str, ...]
    axis: tuple[str, ...]
    nothing: str
    alt: str
    more: str


def pictures(
    speaker: Speaker,
    digest: Digest,
    survey: Survey,
    shown: Publishable,
    minors: bool,
    gender: Callable[[str], str],
) -> Mapping[str, Picture]:
    """Every kind of picture of a digest; `gender` gives the words for a gender."""
    return _Illustrator(speaker, digest, survey, shown, minors, gender).pictures()


def shade(share: int) -> str:
    """The colour of a share in percent."""
    parts = (round(light + (dark - light) * share / 100) for light, dark in zip(LIGHT, DARK, strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


@dataclass(frozen=True)
class _Illustrator:
    speaker: Speaker
    digest: Digest
    survey: Survey
    shown: Publishable
    minors: bool
    gender: Callable[[str], str]

    def pictures(self) -> Mapping[str, Picture]:
        digest, say = self.digest, self.speaker.say
        legend = (say("digest-legend"), *self._ages())
        shade = (say("digest-legend-shade"), say("digest-legend-empty", k=self.shown.k), *self._unseen())
        moved, none = self._moved(), self._none()
        return {
            BARS: self._picture(digest.says_heading, self._bars(), digest.legend, none),
            CHANGE: self._picture(
                digest.changed_heading, moved, (say("digest-legend-change"),), none or self._unmoved()
            ),
            PAIRS: self._picture(
                say("digest-pairs-heading"), self._pairs(), legend, none or say("digest-one-group", k=self.shown.k)
            ),
            DISTRICTS: self._picture(
                say("digest-districts-heading"), self._districts(), shade, none or self._no_districts()
            ),
            MULTIPLES: self._picture(say("digest-multiples-heading"), self._multiples(), legend, none),
        }

    def _picture(self, heading: str, charts: Sequence[Chart], legend: tuple[str, ...], nothing: str) -> Picture:
        nothing = "" if charts else nothing
        return Picture(
            heading=heading,
            charts=tuple(charts),
            legend=legend if charts else (),
            axis=tuple(self.speaker.percent(share) for share in (0, 50, 100)),
            nothing=nothing,
            alt=self._alt(heading, charts, nothing),
            more=self.speaker.say("digest-more"),
        )

    # What each kind shows

    def _bars(self) -> list[Chart]:
        return [Chart(bar.title, (Row("", bar, "full"),)) for bar in self.digest.says]

    def _moved(self) -> list[Chart]:
        before, now = self.speaker.say("digest-before"), self.speaker.say("digest-now")
        return [
            Chart(
                one.title,
                (Row(before, one.before, "hollow"), Row(now, one.now, "full")),
                one.note,
                ("up" if one.now.share > one.before.share else "down") if one.clear else "",
            )
            for one in self.digest.moved
        ]

    def _pairs(self) -> list[Chart]:
        """Each figure with two genders and two ages beside each other, where both may be shown."""
        both = [(id, title, self._pair(GENDER, id), self._pair(AGE, id)) for id, title in self._figures()]
        return [Chart(title, (*genders, *ages)) for _, title, genders, ages in both if genders or ages]

    def _pair(self, name: str, id: str) -> tuple[Row, ...]:
        found = [(code, figures[id]) for code, figures in self._groups(name) if id in figures][:2]
        if len(found) < 2:
            return ()
        (first, one), (second, other) = found
        clear = differ(one, other)
        note = self.speaker.say("digest-difference-clear" if clear else "digest-difference-unclear")
        return (
            self._row(name, first, one, "full"),
            replace(self._row(name, second, other, "striped"), note=note, clear=clear),
        )

    def _districts(self) -> list[Chart]:
        """Each figure in every district of which something is shown; a table, drawn figure by figure."""
        groups = [(code, figures) for code, figures in self._groups(DISTRICT) if figures]
        if not groups:
            return []
        return [
            Chart(title, tuple(self._cell(code, figures.get(id)) for code, figures in groups))
            for id, title in self._figures()
        ]

    def _cell(self, code: str, figure: Figure | None) -> Row:
        label = self._name(DISTRICT, code)
        if figure is None:
            return Row(label, None, "empty")
        return Row(label, self.speaker.bar(label, figure), "shade", shade(points(figure.share)))

    def _multiples(self) -> list[Chart]:
        """Each figure of everyone, and of every gender and age that may be shown."""
        all_ = self.speaker.say("digest-everyone")
        charts = []
        for (id, title), bar in zip(self._figures(), self.digest.says, strict=True):
            groups = [
                self._row(name, code, figures[id], "group")
                for name in (GENDER, AGE)
                for code, figures in self._groups(name)
                if id in figures
            ]
            charts.append(Chart(title, (Row(all_, bar, "full"), *groups)))
        return charts

    def _row(self, name: str, code: str, figure: Figure, look: str) -> Row:
        label = self._name(name, code)
        return Row(label, self.speaker.bar(label, figure), look)

    def _figures(self) -> list[tuple[str, str]]:
        """The figures shown, in the order of the survey: id and title."""
        shown = self.shown.indicators
        return [(one.id, self.speaker.words(one.title)) for one in self.survey.indicators if one.id in shown]

    def _groups(self, name: str) -> Iterable[tuple[str, Mapping[str, Figure]]]:
        """The groups of one dimension in the order of the survey, each with what is shown of it."""
        part = self._part(name)
        codes = [code for code in part.codes if code != UNKNOWN] if part else []
        return ((code, self.shown.groups.get((name, code), {})) for code in codes)

    def _part(self, name: str) -> CellPart | None:
        return next((part for part in self.survey.cells if part.name == name), None)

    # What groups are called

    def _name(self, name: str, code: str) -> str:
        if name == GENDER:
            return self.gender(code)
        part = self._part(name)
        assert part is not None
        young = [one for one in part.codes if self._is_young(part, one)]
        if name == AGE and len(young) == 1 and len(part.codes) == YOUNG_OLDER_UNKNOWN:
            return self.speaker.say("digest-young" if code in young else "digest-others")
        options = [one for one in self.survey.question(part.question).options if part.groups.get(one.code) == code]
        return join(self.speaker.language, [self.speaker.words(one.label) for one in options])

    def _is_young(self, part: CellPart, code: str) -> bool:
        """Whether a group holds only ages that the survey counts as youth."""
        if self.survey.reach is None or self.survey.reach.youth is None:
            return False
        question, codes = self.survey.reach.youth
        inside = {answer for answer, group in part.groups.items() if group == code}
        return part.question == question and bool(inside) and inside <= set(codes)

    def _ages(self) -> tuple[str, ...]:
        """From when to when youth is meant, where a group is called so."""
        part = self._part(AGE)
        if part is None or not any(self._is_young(part, code) for code, figures in self._groups(AGE) if figures):
            return ()
        low, high = YOUTH[self.minors]
        return (self.speaker.say("digest-legend-youth", low=low, high=high),)

    # What is said

    def _unseen(self) -> tuple[str, ...]:
        """The districts of which nothing is shown: columns without a figure would only take room."""
        names = [self._name(DISTRICT, code) for code, figures in self._groups(DISTRICT) if not figures]
        if not names:
            return ()
        return (self.speaker.say("digest-legend-unseen", places=join(self.speaker.language, names)),)

    def _none(self) -> str:
        """Why there is no figure at all; empty where there are figures."""
        if not self.shown.n:
            return self.speaker.say("digest-empty", k=self.shown.k)
        return "" if self.digest.says else self.speaker.say("digest-no-figure", k=self.shown.k)

    def _unmoved(self) -> str:
        return self.speaker.say("digest-nothing-same" if self.digest.changed_heading else "digest-nothing-before")

    def _no_districts(self) -> str:
        return self.speaker.say("digest-no-district", k=self.shown.k)

    def _alt(self, heading: str, charts: Sequence[Chart], nothing: str) -> str:
        """The picture in words: as many of its lines as there is room for."""
        first = self.speaker.say("digest-picture", title=self.digest.title)
        lines = [line for line in (first, heading, nothing) if line]
        for line in map(self._spoken, charts):
            if len("\n".join((*lines, line))) > ALT_LIMIT:
                break
            lines.append(line)
        return "\n".join(lines)

    def _spoken(self, chart: Chart) -> str:
        say = self.speaker.say
        shares = [
            say("digest-group-share", group=row.label, share=row.bar.percent) if row.label else row.bar.percent
            for row in chart.rows
            if row.bar is not None
        ]
        line = say("digest-picture-line", title=chart.title, share=join(self.speaker.language, shares))
        return say("digest-picture-note", line=line, note=chart.note) if chart.note else line
