"""Figures become words: a digest in one language, as lines for a chat and as labels for a picture.

Laws:
1. Everything said comes from a Publishable; the only numbers of people are n shown and k.
2. Nothing is sorted or judged by score: figures stand in the order of the survey file.
3. A difference is called clear only where its interval excludes zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.core.blocks import AT_LEAST_90, AT_MOST_10, LEAST_ACCOUNTS, Figure, Publishable, Shown, points
from bot.core.cells import GENDER
from bot.core.census import REGIONS, YOUTH
from bot.core.flow import NOT_SAID
from bot.core.indicators import UNDER_REPRESENTED, newcombe, representation
from bot.core.letters import one_line
from bot.core.scores import AT_LEAST_90 as MOST_POINTS
from bot.core.scores import AT_MOST_10 as FEW_POINTS
from bot.core.scores import POINTS, Reliability, Score, mean_points
from bot.core.survey import CellPart, Question, Reach, Survey, Words, worded
from bot.files.phrases import Phrases, day, direction, fill, join, percent

LIMIT = 3500
"""The longest text, in characters: Telegram takes 4096, and a reader one screen and a half."""

LONGEST_NAME, LONGEST_TITLE = 80, 160
"""Characters of an organisation's or programme's name, and of a title or question, before they are cut: a
slip of an author must not keep a summary from arriving."""

ALT_LIMIT = 1000
"""The longest words beside a picture, in characters: Telegram takes 1024."""

OFTEN_SILENT = 20
"""From this share of silence on (percent), the question that had most of it is named."""

HANG_TOGETHER = 0.7
"""From this alpha on (of two questions: their reliability together) questions are said to hang together well;
Nunnally 1978, Psychometric Theory, for early stages of research."""


@dataclass(frozen=True)
class About:
    """What a digest says of its wave beside the figures.

    `minors` where people of 15 to 17 may answer, `alone` where no second coordinator confirmed the opening.
    """

    day: date
    org: str | None = None
    programme: str | None = None
    minors: bool = False
    alone: bool = False


@dataclass(frozen=True)
class Bar:
    """One share, worded and ready to draw; `share`, `low`, `high` and `mark` (the census) are percents."""

    title: str
    words: str
    percent: str
    detail: str
    caption: str
    spoken: str
    share: int
    low: float
    high: float
    mark: float | None = None
    note: str = ""
    aim: str = ""
    sides: tuple[Bar, ...] = ()
    compared: str = ""


@dataclass(frozen=True)
class Digest:
    """One wave in the words of one language; `text` is the whole for a chat, the rest its parts."""

    language: str
    direction: str
    title: str
    byline: str
    answered: str
    reach_heading: str
    reach: tuple[Bar, ...]
    languages: str
    says_heading: str
    says: tuple[Bar, ...]
    scores_heading: str
    scores: tuple[str, ...]
    notes_heading: str
    notes: tuple[str, ...]
    legend: tuple[str, ...]
    more: str
    below: str
    alt: str
    text: str


def write(publishable: Publishable, survey: Survey, phrases: Phrases, language: str, about: About) -> Digest:
    """The digest of a wave in one language."""
    return _Writer(publishable, survey, phrases, language, about).digest()


@dataclass(frozen=True)
class _Writer:
    """What every sentence needs at hand."""

    shown: Publishable
    survey: Survey
    phrases: Phrases
    language: str
    about: About

    def digest(self) -> Digest:
        """Words for every part, then the text made of them."""
        title = self._say("digest-title", title=self._words(self.survey.title))
        parts = Digest(
            language=self.language,
            direction=direction(self.language),
            title=title,
            byline=self._byline(),
            answered=self._answered(),
            reach_heading=self._say("digest-reach-heading"),
            reach=self._reach(),
            languages=self._languages(),
            says_heading=self._say("digest-says-heading"),
            says=self._says(),
            scores_heading=self._say("digest-scores-heading"),
            scores=self._scores(),
            notes_heading=self._say("digest-notes-heading"),
            notes=self._notes(),
            legend=self._legend(),
            more=self._say("digest-more"),
            below=self._say("digest-below"),
            alt="",
            text="",
        )
        return replace(parts, alt=self._alt(parts), text=self._text(parts))

    def _say(self, id: str, **values: object) -> str:
        return self.phrases.say(self.language, id, **values)

    def _words(self, words: Words) -> str:
        return one_line(worded(words, self.language), LONGEST_TITLE)

    def _byline(self) -> str:
        when = day(self.language, self.about.day)
        org, programme = (one_line(name or "", LONGEST_NAME) for name in (self.about.org, self.about.programme))
        if org and programme:
            return self._say("digest-byline-programme", org=org, programme=programme, day=when)
        if org:
            return self._say("digest-byline-org", org=org, day=when)
        return self._say("digest-byline-day", day=when)

    def _answered(self) -> str:
        if not self.shown.n:
            return self._say("digest-empty", k=self.shown.k)
        return self._say("digest-answered", n=self.shown.n, k=self.shown.k)

    def _reach(self) -> tuple[Bar, ...]:
        reach = self.survey.reach
        if reach is None:
            return ()
        low, high = YOUTH[self.about.minors]
        titles = {
            "women": self._say("digest-women"),
            "youth": self._say("digest-youth", low=low, high=high),
        }
        census = _census(reach, self.about.minors)
        return tuple(
            self._reached(titles[who], figure, census[who], self.survey.targets.get(who))
            for who, figure in self.shown.reach.items()
        )

    def _reached(self, title: str, figure: Figure, census: float, target: int | None) -> Bar:
        ratio = representation(points(figure.share) / 100, figure.n, census)
        note = self._say("digest-reach-missing") if ratio.high < UNDER_REPRESENTED else ""
        aim = "" if target is None else self._say("digest-reach-aim", number=target)
        bar = self._bar(title, figure)
        return replace(bar, mark=round(100 * census, 1), note=note, aim=aim)

    def _languages(self) -> str:
        spoken = [
            self._say("digest-language-share", language=self._name(code), share=self._percent(share))
            for code, share in self.shown.languages.items()
            if share != 0
        ]
        return self._say("digest-languages", languages=join(self.language, spoken)) if spoken else ""

    def _name(self, code: str) -> str:
        id = f"digest-language-{code}"
        return self._say(id) if id in self.phrases.ids else code

    def _says(self) -> tuple[Bar, ...]:
        bars = []
        for indicator in self.survey.indicators:
            figure = self.shown.indicators.get(indicator.id)
            if figure is not None:
                bar = self._bar(self._words(indicator.title), figure)
                bars.append(self._compared(bar, indicator.id))
        return tuple(bars)

    def _scores(self) -> tuple[str, ...]:
        """One line for each index shown: in words only, since a score out of 100 is not so many people in 100."""
        scores = self.shown.indexes
        return tuple(
            self._score(self._words(index.title), scores[index.id])
            for index in self.survey.indexes
            if index.id in scores
        )

    def _score(self, title: str, score: Score) -> str:
        low, high = (POINTS * int(end / POINTS + 0.5) for end in (score.low, score.high))
        people = self._say("digest-score-people", n=score.n)
        between = self._say("digest-score-range", low=low, high=high)
        return self._say(
            "digest-score-line",
            title=title,
            score=self._say(_SCORED.get(score.mean, "digest-score-about"), mean=mean_points(score.mean)),
            detail=people if low == high else self._say("digest-detail", range=between, of=people),
            together=self._together(score.reliability),
        )

    def _together(self, reliability: Reliability | None) -> str:
        value = None if reliability is None else reliability.value
        if value is None:
            return self._say("digest-together-unknown")
        return self._say("digest-together-well" if value >= HANG_TOGETHER else "digest-together-weakly")

    def _compared(self, bar: Bar, indicator: str) -> Bar:
        """The bar with the two genders beside each other, where both may be shown."""
        pairs = [
            (code, figures[indicator]) for code, figures in self.shown.by_group.items() if indicator in figures
        ][:2]
        if len(pairs) < 2:
            return bar
        (_, first), (_, second) = pairs
        sides = tuple(self._bar(self._group(code), figure) for code, figure in pairs)
        difference = newcombe(points(first.share) / 100, first.n, points(second.share) / 100, second.n)
        clear = difference.low > 0 or difference.high < 0
        difference_in_words = self._say("digest-difference-clear" if clear else "digest-difference-unclear")
        compared = self._say(
            "digest-compare",
            first=sides[0].title,
            share=sides[0].words,
            second=sides[1].title,
            other=sides[1].words,
            difference=difference_in_words,
        )
        return replace(bar, sides=sides, note=difference_in_words, compared=compared)

    def _group(self, code: str) -> str:
        """The words for a gender: the bot's own for women and men, else those of the survey."""
        if code == "woman" or code in _women(self.survey):
            return self._say("digest-women")
        if code == "man":
            return self._say("digest-men")
        part = next(part for part in self.survey.cells if part.name == GENDER)
        options = self.survey.question(part.question).options
        labels = [option.label for option in options if part.groups.get(option.code) == code]
        return join(self.language, [self._words(label) for label in labels])

    def _bar(self, title: str, figure: Figure) -> Bar:
        words, in_percent = self._share(figure.share), self._percent(figure.share)
        detail = self._detail(figure)
        return Bar(
            title=title,
            words=words,
            percent=in_percent,
            detail=detail,
            caption=self._say("digest-caption", share=words, detail=detail),
            spoken=self._say("digest-picture-line", title=title, share=in_percent),
            share=points(figure.share),
            low=figure.low,
            high=figure.high,
        )

    def _detail(self, figure: Figure) -> str:
        of = self._say("digest-of", n=figure.n)
        low, high = _tenths(figure)
        if low == high:
            return of
        return self._say("digest-detail", range=self._say("digest-range", low=low, high=high), of=of)

    def _percent(self, share: Shown) -> str:
        if share == AT_MOST_10:
            return self._say("digest-percent-few")
        if share == AT_LEAST_90:
            return self._say("digest-percent-most")
        return self._say("digest-percent", share=percent(self.language, points(share)))

    def _share(self, share: Shown) -> str:
        if share in _WORDED:
            return self._say(_WORDED[share])
        tenth, rest = divmod(points(share), 10)
        if rest:
            return self._say("digest-share-between", low=tenth, high=tenth + 1)
        return self._say("digest-share-about", n=tenth)

    def _silent(self) -> str:
        """The question most of those asked left unanswered, where that says something."""
        questions = self.shown.questions
        id = max(questions, key=lambda id: points(questions[id].silent), default=None)
        if id is None or points(questions[id].silent) < OFTEN_SILENT:
            return ""
        ask = self._asking(self.survey.question(id))
        return self._say("digest-silent", question=ask, share=self._share(questions[id].silent))

    def _asking(self, question: Question) -> str:
        """The words of a question, those that the statements of a grid share first, without anybody's answers."""
        said = " ".join(worded(words, self.language) for words in (question.stem, question.ask) if words)
        return one_line(fill(self.language, said, dict.fromkeys(question.pipes, NOT_SAID)), LONGEST_TITLE)

    def _notes(self) -> tuple[str, ...]:
        if not self.shown.n:
            return ()
        cells = self.shown.cells
        notes = (
            self._say("digest-self-chosen"),
            self._say("digest-hidden", k=self.shown.k),
            self._say("digest-burst") if any(cell.burst for cell in cells) else "",
            self._say("digest-merged") if any(cell.merged for cell in cells) else "",
            self._say("digest-slots", k=self.shown.k, n=LEAST_ACCOUNTS) if self.shown.slots > 1 else "",
            self._say("digest-alone") if self.about.alone else "",
            self._silent(),
        )
        return tuple(note for note in notes if note)

    def _legend(self) -> tuple[str, ...]:
        census = (self._say("digest-legend-census"),) if self.shown.reach else ()
        return (self._say("digest-legend"), *census)

    def _alt(self, parts: Digest) -> str:
        lines = [self._say("digest-picture", title=parts.title), parts.answered]
        lines += [bar.spoken for bar in (*parts.reach, *parts.says)]
        while len("\n".join(lines)) > ALT_LIMIT:
            lines.pop()
        return "\n".join(lines)

    def _text(self, parts: Digest) -> str:
        """The longest text that fits: comparisons go first, then the last figures, scores before shares."""
        figures = len(parts.says) + len(parts.scores)
        for kept, compared in ((figures, True), *((n, False) for n in range(figures, -1, -1))):
            text = self._lines(parts, kept, compared)
            if len(text) <= LIMIT:
                return text
        raise ValueError(f"the digest of {self.shown.survey} says more than {LIMIT} characters")

    def _lines(self, parts: Digest, kept: int, compared: bool) -> str:
        """The text with the first `kept` of its figures, shares before scores."""
        blocks = [[parts.title, parts.byline], [parts.answered]]
        reach = [line for bar in parts.reach for line in (self._reach_line(bar), bar.aim, bar.note)]
        if parts.reach or parts.languages:
            languages = self._say("digest-note", note=parts.languages) if parts.languages else ""
            blocks.append([parts.reach_heading, *reach, languages])
        says, scores = parts.says[:kept], parts.scores[: max(0, kept - len(parts.says))]
        figures = [line for bar in says for line in (self._line(bar), bar.compared if compared else "")]
        lines = [self._say("digest-note", note=score) for score in scores]
        if parts.says:
            blocks.append([parts.says_heading, *figures])
        if scores:
            blocks.append([parts.scores_heading, *lines])
        if kept < len(parts.says) + len(parts.scores):
            blocks[-1].append(parts.more)
        if parts.notes:
            blocks.append([parts.notes_heading, *(self._say("digest-note", note=n) for n in parts.notes)])
        return "\n\n".join("\n".join(line for line in block if line) for block in blocks)

    def _line(self, bar: Bar) -> str:
        return self._say("digest-line", title=bar.title, share=bar.words, detail=bar.detail)

    def _reach_line(self, bar: Bar) -> str:
        assert self.survey.reach is not None and bar.mark is not None
        region = self._say(f"digest-region-{self.survey.reach.census.lower()}")
        census = self._share(5 * round(bar.mark / 5))
        return self._say("digest-reach-line", group=bar.title, share=bar.words, region=region, census=census)


_SCORED: Mapping[Shown, str] = {
    FEW_POINTS: "digest-score-few",
    MOST_POINTS: "digest-score-most",
}

_WORDED: Mapping[Shown, str] = {
    AT_MOST_10: "digest-share-few",
    AT_LEAST_90: "digest-share-most",
    0: "digest-share-nobody",
    5: "digest-share-one-in-twenty",
    95: "digest-share-nineteen-in-twenty",
    100: "digest-share-everybody",
}


def _census(reach: Reach, minors: bool) -> Mapping[str, float]:
    region = REGIONS[reach.census]
    return {"women": region.women(minors), "youth": region.youth(minors)}


def _women(survey: Survey) -> frozenset[str]:
    """The gender cells that hold the codes the survey calls women."""
    if survey.reach is None or survey.reach.women is None:
        return frozenset()
    question, codes = survey.reach.women
    parts: list[CellPart] = [part for part in survey.cells if part.question == question]
    return frozenset(part.groups[code] for part in parts for code in codes if code in part.groups)


def _tenths(figure: Figure) -> tuple[int, int]:
    """The interval in tenths, each end to the nearest."""
    return int(figure.low / 10 + 0.5), int(figure.high / 10 + 0.5)
