"""What changed, in words: figures of two waves beside each other, or the newest answers beside those before.

Laws:
1. A figure is compared only where its question is still the same (`bot.core.trend`); where not, that is said.
2. "Rose" and "fell" are said of clear changes alone (`bot.core.change`); of all others "no clear change".
3. Advice is the survey's own, and stands where a figure is on its worse side or clearly went there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.blocks import Publishable, points
from bot.core.change import Change, changes
from bot.core.survey import Indicator, Survey
from bot.core.trend import compare
from bot.digest.bars import Bar, Speaker, tenths
from bot.files.phrases import day, join

MOST_NAMED = 3
"""So many figures that cannot be compared are named; of more only how many they are."""


@dataclass(frozen=True)
class Compared:
    """Two sets of figures to set beside each other, and the survey of the earlier one.

    `began` is the day when the wave before began; None where both are of one wave: its newest blocks, and those
    before them.
    """

    now: Publishable
    before: Publishable
    survey: Survey
    began: date | None = None


@dataclass(frozen=True)
class Moved:
    """One figure then and now, ready to draw; `line` says what became of it."""

    title: str
    line: str
    note: str
    before: Bar
    now: Bar
    clear: bool


@dataclass(frozen=True)
class Movement:
    """All that is said of change; empty where nothing could be compared.

    `moved` has every figure compared, in the survey's order; `most` the lines of the clear changes, those that
    went furthest first; `still` says how many did not change clearly, `broken` which could not be compared.
    """

    heading: str = ""
    moved: tuple[Moved, ...] = ()
    most: tuple[str, ...] = ()
    still: str = ""
    broken: str = ""


@dataclass(frozen=True)
class Mover:
    """Who says what changed."""

    speaker: Speaker
    survey: Survey

    def movement(self, compared: Compared | None, found: Sequence[Change]) -> Movement:
        """The change in words; `found` is what `changed` found."""
        if compared is None:
            return Movement()
        broken = self._broken(compared)
        if not found:
            return Movement(self._heading(compared), broken=broken)
        clear = sorted((one for one in found if one.clear), key=lambda one: -abs(one.difference.value))
        return Movement(
            self._heading(compared),
            tuple(map(self._moved, found)),
            tuple(map(self._line, clear)),
            self._still(len(found), len(clear)),
            broken,
        )

    def advice(self, shown: Publishable, found: Sequence[Change]) -> tuple[str, ...]:
        """What the survey advises: where a figure fell first, then where it is low, each in the survey's order."""
        fell = {one.id for one in found if one.clear and self._worse(one)}
        low = [one for one in self.survey.indicators if one.id not in fell and _is_low(one, shown)]
        fallen = [one for one in self.survey.indicators if one.id in fell]
        return tuple(
            self.speaker.say(
                "digest-advice",
                title=self.speaker.words(one.title),
                advice=self.speaker.words(one.advice.do),
            )
            for one in (*fallen, *low)
            if one.advice is not None
        )

    def _heading(self, compared: Compared) -> str:
        if compared.began is None:
            return self.speaker.say("digest-newest-heading")
        began = day(self.speaker.language, compared.began)
        return self.speaker.say("digest-changed-heading", day=began)

    def _moved(self, change: Change) -> Moved:
        title = self._title(change.id)
        now = self.speaker.bar(title, change.now)
        return Moved(
            title=title,
            line=self._line(change) if change.clear else "",
            note=self.speaker.say(_way(change)) if change.clear else self.speaker.say("digest-no-clear-change"),
            before=self.speaker.bar(title, change.before),
            now=now,
            clear=change.clear,
        )

    def _line(self, change: Change) -> str:
        return self.speaker.say(
            "digest-moved",
            title=self._title(change.id),
            way=self.speaker.say(_way(change)),
            before=self.speaker.share(change.before.share),
            now=self.speaker.share(change.now.share),
            difference=self._difference(change),
        )

    def _difference(self, change: Change) -> str:
        ends = (abs(100 * change.difference.low), abs(100 * change.difference.high))
        low, high = (tenths(end) for end in sorted(ends))
        if low == high:
            return self.speaker.say("digest-by-about", n=high)
        if low == 0:
            return self.speaker.say("digest-by-at-most", n=high)
        return self.speaker.say("digest-by-between", low=low, high=high)

    def _still(self, compared: int, clear: int) -> str:
        if not clear:
            return self.speaker.say("digest-nothing-changed", n=compared)
        return self.speaker.say("digest-others-still", n=compared - clear) if compared > clear else ""

    def _broken(self, compared: Compared) -> str:
        broken = compare(compared.survey, self.survey).broken
        if not broken:
            return ""
        if len(broken) > MOST_NAMED:
            return self.speaker.say("digest-broken-many", n=len(broken))
        titles = join(self.speaker.language, [self._title(id) for id in broken])
        return self.speaker.say("digest-broken", titles=titles)

    def _worse(self, change: Change) -> bool:
        return self._indicator(change.id).worse(points(change.now.share), points(change.before.share))

    def _title(self, id: str) -> str:
        return self.speaker.words(self._indicator(id).title)

    def _indicator(self, id: str) -> Indicator:
        return next(one for one in self.survey.indicators if one.id == id)


def changed(compared: Compared | None, survey: Survey) -> tuple[Change, ...]:
    """Every figure that may be compared, then and now."""
    if compared is None:
        return ()
    same = compare(compared.survey, survey).same
    return changes(compared.before.indicators, compared.now.indicators, same)


def _is_low(indicator: Indicator, shown: Publishable) -> bool:
    figure = shown.indicators.get(indicator.id)
    if figure is None or indicator.advice is None:
        return False
    return indicator.worse(points(figure.share), indicator.advice.limit)


def _way(change: Change) -> str:
    return "digest-rose" if change.rose else "digest-fell"
