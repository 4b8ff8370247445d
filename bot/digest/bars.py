"""A share in words and ready to draw: what every part of a digest, a report and a picture is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.blocks import AT_LEAST_90, AT_MOST_10, Figure, Shown, points
from bot.core.flow import NOT_SAID
from bot.core.indicators import representation
from bot.core.letters import one_line
from bot.core.survey import Question, Words, worded
from bot.files.phrases import Phrases, fill, percent

LONGEST_NAME, LONGEST_TITLE = 80, 160
"""Characters of an organisation's or programme's name, and of a title or question, before they are cut: a
slip of an author must not keep a summary from arriving."""

EXPECTED = 10
"""Of so many to be expected from the census it is said how many answered."""


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
class Speaker:
    """Who says shares in one language."""

    phrases: Phrases
    language: str

    def say(self, id: str, **values: object) -> str:
        """A phrase of the bot."""
        return self.phrases.say(self.language, id, **values)

    def words(self, words: Words) -> str:
        """Words of the survey, on one line."""
        return one_line(worded(words, self.language), LONGEST_TITLE)

    def bar(self, title: str, figure: Figure) -> Bar:
        """A figure under its title."""
        words, in_percent = self.share(figure.share), self.percent(figure.share)
        detail = self.detail(figure)
        return Bar(
            title=title,
            words=words,
            percent=in_percent,
            detail=detail,
            caption=self.say("digest-caption", share=words, detail=detail),
            spoken=self.say("digest-picture-line", title=title, share=in_percent),
            share=points(figure.share),
            low=figure.low,
            high=figure.high,
        )

    def detail(self, figure: Figure) -> str:
        """Where the true share likely lies, and how many answers stand behind it."""
        of = self.say("digest-of", n=figure.n)
        low, high = tenths(figure.low), tenths(figure.high)
        if low == high:
            return of
        return self.say("digest-detail", range=self.say("digest-range", low=low, high=high), of=of)

    def of_expected(self, figure: Figure, census: float) -> str:
        """How many answered of those to be expected; a clipped share tells one limit only."""
        ratio = representation(points(figure.share) / 100, figure.n, census)
        value, low, high = (int(EXPECTED * end + 0.5) for end in (ratio.value, ratio.low, ratio.high))
        if figure.share == AT_MOST_10:
            return self.say("report-of-expected-most", of=EXPECTED, high=high)
        if figure.share == AT_LEAST_90:
            return self.say("report-of-expected-least", of=EXPECTED, low=low)
        return self.say("report-of-expected", of=EXPECTED, n=value, low=low, high=high)

    def percent(self, share: Shown) -> str:
        """A share in percent."""
        if share == AT_MOST_10:
            return self.say("digest-percent-few")
        if share == AT_LEAST_90:
            return self.say("digest-percent-most")
        return self.say("digest-percent", share=percent(self.language, points(share)))

    def share(self, share: Shown) -> str:
        """A share in tenths."""
        if share in _WORDED:
            return self.say(_WORDED[share])
        tenth, rest = divmod(points(share), 10)
        if rest:
            return self.say("digest-share-between", low=tenth, high=tenth + 1)
        return self.say("digest-share-about", n=tenth)


def tenths(percents: float) -> int:
    """Percents in tenths, to the nearest."""
    return int(percents / 10 + 0.5)


_WORDED: Mapping[Shown, str] = {
    AT_MOST_10: "digest-share-few",
    AT_LEAST_90: "digest-share-most",
    0: "digest-share-nobody",
    5: "digest-share-one-in-twenty",
    95: "digest-share-nineteen-in-twenty",
    100: "digest-share-everybody",
}


def asking(question: Question, language: str) -> str:
    """The words of a question, those that the statements of a grid share first, without anybody's answers."""
    said = " ".join(worded(words, language) for words in (question.stem, question.ask) if words)
    return fill(language, said, dict.fromkeys(question.pipes, NOT_SAID))
