"""Figures become words: a digest in one language, as lines for a chat and as labels for a picture.

Laws:
1. Everything said comes from a Publishable; the only numbers of people are n shown and k.
2. Nothing is sorted or judged by score: figures stand in the order of the survey file.
3. A difference is called clear only where its interval excludes zero.
4. `brief` fits one screen; `text` says all that there is room for in one message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bot.core.blocks import AT_LEAST_90, LEAST_ACCOUNTS, Figure, Publishable, Shown, points
from bot.core.cells import DISTRICT, GENDER
from bot.core.census import REGIONS, YOUTH
from bot.core.change import differ
from bot.core.inclusion import LANGUAGE, reached
from bot.core.indicators import UNDER_REPRESENTED, representation
from bot.core.letters import one_line
from bot.core.scores import AT_LEAST_90 as MOST_POINTS
from bot.core.scores import AT_MOST_10 as FEW_POINTS
from bot.core.scores import POINTS, Reliability, Score, mean_points
from bot.core.survey import CellPart, Reach, Survey
from bot.digest.bars import LONGEST_NAME, LONGEST_TITLE, Bar, Speaker, asking
from bot.digest.brief import ALWAYS, Item, brief
from bot.digest.charts import ALT_LIMIT as ALT_LIMIT
from bot.digest.charts import Picture, pictures
from bot.digest.moved import Compared, Moved, Movement, Mover, changed
from bot.digest.reached import Teller
from bot.digest.room import MOST_ADVICE, MOST_NEWS, Plan, asked, few_changes, plans
from bot.digest.themes import themes
from bot.files.phrases import Phrases, day, direction, join

LIMIT = 3500
"""The longest text, in characters: Telegram takes 4096, and a reader one screen and a half."""

OFTEN_SILENT = 20
"""From this share of silence on (percent), the question that had most of it is named."""

MOST_UNDER_AIM = 6
"""So many districts and languages are named that are under their aim; a wave's own screen names all."""

HANG_TOGETHER = 0.7
"""From this alpha on (of two questions: their reliability together) questions are said to hang together well;
Nunnally 1978, Psychometric Theory, for early stages of research."""


@dataclass(frozen=True)
class About:
    """What a digest says of its wave beside the figures.

    `minors` where people of 15 to 17 may answer, `alone` where no second coordinator confirmed the opening,
    `paused` while nobody can begin, `invented` where nobody said any of it.
    """

    day: date
    org: str | None = None
    programme: str | None = None
    minors: bool = False
    alone: bool = False
    paused: bool = False
    invented: bool = False


@dataclass(frozen=True)
class Digest:
    """One wave in the words of one language; `brief` is one screen, `text` the whole, the rest its parts."""

    language: str
    direction: str
    title: str
    byline: str
    answered: str
    reach_heading: str
    reach: tuple[Bar, ...]
    languages: str
    cohorts: str
    says_heading: str
    says: tuple[Bar, ...]
    changed_heading: str
    moved: tuple[Moved, ...]
    changed: tuple[str, ...]
    advice_heading: str
    advice: tuple[str, ...]
    scores_heading: str
    scores: tuple[str, ...]
    notes_heading: str
    notes: tuple[str, ...]
    legend: tuple[str, ...]
    more: str
    below: str
    alt: str
    brief: str
    text: str
    shows: bool
    """Whether anything has been released."""
    themes_heading: str = ""
    themes: tuple[str, ...] = ()
    asked: str = ""
    plans: tuple[Plan, ...] = ()
    pictures: Mapping[str, Picture] = field(default_factory=dict)


def write(
    publishable: Publishable,
    survey: Survey,
    phrases: Phrases,
    language: str,
    about: About,
    compared: Compared | None = None,
) -> Digest:
    """The digest of a wave in one language; with `compared` it says what changed."""
    return _Writer(phrases, language, publishable, survey, about, compared).digest()


@dataclass(frozen=True)
class _Writer(Speaker):
    """What every sentence needs at hand."""

    shown: Publishable
    survey: Survey
    about: About
    compared: Compared | None

    def digest(self) -> Digest:
        """Words for every part, then the text made of them."""
        titled = "rehearsal-title" if self.about.invented else "digest-title"
        title = self.say(titled, title=self.words(self.survey.title))
        found, mover = changed(self.compared, self.survey), Mover(self, self.survey)
        movement = mover.movement(self.compared, found)
        parts = Digest(
            language=self.language,
            direction=direction(self.language),
            title=title,
            byline=self._byline(),
            answered=self._answered(),
            reach_heading=self.say("digest-reach-heading"),
            reach=self._reach(),
            languages=self._languages(),
            cohorts=self._cohorts(),
            says_heading=self.say("digest-says-heading"),
            says=self._says(),
            changed_heading=movement.heading,
            moved=movement.moved,
            changed=tuple(line for line in (*movement.most, movement.still, movement.broken) if line),
            advice_heading=self.say("digest-advice-heading"),
            advice=mover.advice(self.shown, found),
            scores_heading=self.say("digest-scores-heading"),
            scores=self._scores(),
            notes_heading=self.say("digest-notes-heading"),
            notes=self._notes(),
            legend=self._legend(),
            more=self.say("digest-more"),
            below=self.say("digest-below"),
            alt="",
            brief="",
            text="",
            shows=self.shown.n > 0,
            themes_heading=self.say("digest-themes-heading"),
            themes=themes(self, self.shown, self.survey),
        )
        return replace(
            parts,
            alt=self._alt(parts),
            brief=brief(list(self._items(parts, movement))),
            text=self._text(parts),
            asked=asked(self, self.survey, self.about.minors),
            plans=plans(self, parts),
            pictures=pictures(self, parts, self.survey, self.shown, self.about.minors, self._group),
        )

    def _byline(self) -> str:
        when = day(self.language, self.about.day)
        org, programme = (one_line(name or "", LONGEST_NAME) for name in (self.about.org, self.about.programme))
        if org and programme:
            return self.say("digest-byline-programme", org=org, programme=programme, day=when)
        if org:
            return self.say("digest-byline-org", org=org, day=when)
        return self.say("digest-byline-day", day=when)

    def _answered(self) -> str:
        if not self.shown.n:
            return self.say("digest-empty", k=self.shown.k)
        return self.say("digest-answered", n=self.shown.n, k=self.shown.k)

    def _reach(self) -> tuple[Bar, ...]:
        reach = self.survey.reach
        if reach is None:
            return ()
        low, high = YOUTH[self.about.minors]
        titles = {
            "women": self.say("digest-women"),
            "youth": self.say("digest-youth", low=low, high=high),
        }
        census = _census(reach, self.about.minors)
        return tuple(
            self._reached(titles[who], figure, census[who], self.survey.targets.get(who))
            for who, figure in self.shown.reach.items()
        )

    def _reached(self, title: str, figure: Figure, census: float, target: int | None) -> Bar:
        ratio = representation(points(figure.share) / 100, figure.n, census)
        note = self.say("digest-reach-missing") if ratio.high < UNDER_REPRESENTED else ""
        aim = "" if target is None else self.say("digest-reach-aim", number=target)
        bar = self.bar(title, figure)
        return replace(bar, mark=round(100 * census, 1), note=note, aim=aim)

    def _languages(self) -> str:
        spoken = [
            self.say("digest-language-share", language=self._name(code), share=self.percent(share))
            for code, share in self.shown.languages.items()
            if share != 0
        ]
        return self.say("digest-languages", languages=join(self.language, spoken)) if spoken else ""

    def _cohorts(self) -> str:
        """By which kinds of groups people were invited, where the wave counts that and enough came by one."""
        kinds = [
            self.say("digest-cohort-share", kind=self.say(f"cohort-kind-{kind}"), share=self.percent(share))
            for kind, share in self.shown.cohorts.items()
        ]
        return self.say("digest-cohorts", kinds=join(self.language, kinds)) if kinds else ""

    def _under_aim(self) -> tuple[str, ...]:
        """The first districts and languages that are clearly fewer than was aimed at."""
        teller = Teller(self.phrases, self.language, self.survey, self.about.minors)
        found = [one for one in reached(self.shown, self.survey, self.about.minors) if one.under_aim]
        others = [one for one in found if one.group.kind in (DISTRICT, LANGUAGE)]
        return tuple(teller.lines(others[:MOST_UNDER_AIM]))

    def _name(self, code: str) -> str:
        id = f"digest-language-{code}"
        return self.say(id) if id in self.phrases.ids else code

    def _says(self) -> tuple[Bar, ...]:
        bars = []
        for indicator in self.survey.indicators:
            figure = self.shown.indicators.get(indicator.id)
            if figure is not None:
                bar = self.bar(self.words(indicator.title), figure)
                bars.append(self._compared(bar, indicator.id))
        return tuple(bars)

    def _scores(self) -> tuple[str, ...]:
        """One line for each index shown: in words only, since a score out of 100 is not so many people in 100."""
        scores = self.shown.indexes
        return tuple(
            self._score(self.words(index.title), scores[index.id])
            for index in self.survey.indexes
            if index.id in scores
        )

    def _score(self, title: str, score: Score) -> str:
        low, high = (POINTS * int(end / POINTS + 0.5) for end in (score.low, score.high))
        people = self.say("digest-score-people", n=score.n)
        between = self.say("digest-score-range", low=low, high=high)
        return self.say(
            "digest-score-line",
            title=title,
            score=self.say(_SCORED.get(score.mean, "digest-score-about"), mean=mean_points(score.mean)),
            detail=people if low == high else self.say("digest-detail", range=between, of=people),
            together=self._together(score.reliability),
        )

    def _together(self, reliability: Reliability | None) -> str:
        value = None if reliability is None else reliability.value
        if value is None:
            return self.say("digest-together-unknown")
        return self.say("digest-together-well" if value >= HANG_TOGETHER else "digest-together-weakly")

    def _compared(self, bar: Bar, indicator: str) -> Bar:
        """The bar with the two genders beside each other, where both may be shown."""
        pairs = [
            (code, figures[indicator]) for code, figures in self.shown.by_group.items() if indicator in figures
        ][:2]
        if len(pairs) < 2:
            return bar
        (_, first), (_, second) = pairs
        sides = tuple(self.bar(self._group(code), figure) for code, figure in pairs)
        clear = differ(first, second)
        difference_in_words = self.say("digest-difference-clear" if clear else "digest-difference-unclear")
        compared = self.say(
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
            return self.say("digest-women")
        if code == "man":
            return self.say("digest-men")
        part = next(part for part in self.survey.cells if part.name == GENDER)
        options = self.survey.question(part.question).options
        labels = [option.label for option in options if part.groups.get(option.code) == code]
        return join(self.language, [self.words(label) for label in labels])

    def _silence(self) -> str:
        """How much of all that was asked was left unanswered."""
        silence = self.shown.silence
        if silence is None or silence.share == 0:
            return ""
        share = AT_LEAST_90 if points(silence.share) >= 90 else silence.share
        return self.say("digest-silence", share=self.share(share))

    def _silent(self) -> str:
        """The question most of those asked left unanswered, where that says something."""
        questions = self.shown.questions
        id = max(questions, key=lambda id: points(questions[id].silent), default=None)
        if id is None or points(questions[id].silent) < OFTEN_SILENT:
            return ""
        ask = one_line(asking(self.survey.question(id), self.language), LONGEST_TITLE)
        return self.say("digest-silent", question=ask, share=self.share(questions[id].silent))

    def _notes(self) -> tuple[str, ...]:
        return tuple(note for note, _ in self._ranked_notes() if note)

    def _ranked_notes(self) -> tuple[tuple[str, int], ...]:
        """What must be kept in mind, and how soon it may be left out on one screen."""
        invented = (self.say("rehearsal-note") if self.about.invented else "", ALWAYS)
        paused = (self.say("digest-paused") if self.about.paused else "", ALWAYS)
        if not self.shown.n:
            return invented, paused
        cells = self.shown.cells
        return (
            invented,
            (self.say("digest-self-chosen"), 4),
            (self.say("digest-hidden", k=self.shown.k), ALWAYS),
            (self.say("digest-burst") if any(cell.burst for cell in cells) else "", 1),
            (self.say("digest-merged") if any(cell.merged for cell in cells) else "", 5),
            (self.say("digest-slots", k=self.shown.k, n=LEAST_ACCOUNTS) if self.shown.slots > 1 else "", 5),
            (self.say("digest-alone") if self.about.alone else "", ALWAYS),
            paused,
            (self._silence(), 3),
            (self._silent(), 4),
        )

    def _legend(self) -> tuple[str, ...]:
        census = (self.say("digest-legend-census"),) if self.shown.reach else ()
        return (self.say("digest-legend"), *census)

    def _alt(self, parts: Digest) -> str:
        lines = [self.say("digest-picture", title=parts.title), parts.answered]
        lines += [bar.spoken for bar in (*parts.reach, *parts.says)]
        while len("\n".join(lines)) > ALT_LIMIT:
            lines.pop()
        return "\n".join(lines)

    def _items(self, parts: Digest, movement: Movement) -> Iterator[Item]:
        """The lines of one screen, in their order."""
        yield Item("", "\n".join((parts.title, parts.byline)))
        yield Item(" ", parts.answered)
        for bar in parts.reach:
            yield Item(parts.reach_heading, self._reach_line(bar), 1)
            yield Item(parts.reach_heading, bar.aim, 3)
            yield Item(parts.reach_heading, bar.note, 2)
        yield from self._news(parts, movement)
        for place, advice in enumerate(parts.advice[:MOST_ADVICE]):
            yield Item(parts.advice_heading, advice, 3 * place)
        for note, rank in self._ranked_notes():
            yield Item(parts.notes_heading, self.say("digest-note", note=note) if note else "", rank)

    def _news(self, parts: Digest, movement: Movement) -> Iterator[Item]:
        """What changed most; where nothing could be compared, the first figures."""
        for place, line in enumerate(movement.most[:MOST_NEWS]):
            yield Item(parts.changed_heading, line, 2 * place)
        yield Item(parts.changed_heading, movement.still, ALWAYS if not movement.most else 3)
        yield Item(parts.changed_heading, movement.broken, 5)
        if not movement.moved:
            for place, bar in enumerate(parts.says[:MOST_NEWS]):
                yield Item(parts.says_heading, self._line(bar), 2 * place)

    def _text(self, parts: Digest) -> str:
        """The longest text that fits: comparisons of groups go first, then all but the first changes and pieces
        of advice, then the last figures, themes before scores and scores before shares."""
        figures = len(parts.says) + len(parts.scores) + len(parts.themes)
        few = replace(parts, changed=few_changes(parts), advice=parts.advice[:MOST_ADVICE])
        fewer = ((few, n, False) for n in range(figures, -1, -1))
        for said, kept, compared in ((parts, figures, True), (parts, figures, False), *fewer):
            text = self._lines(said, kept, compared)
            if len(text) <= LIMIT:
                return text
        raise ValueError(f"the digest of {self.shown.survey} says more than {LIMIT} characters")

    def _lines(self, parts: Digest, kept: int, compared: bool) -> str:
        """The text with the first `kept` of its figures: shares before scores, and scores before themes."""
        blocks = [[parts.title, parts.byline], [parts.answered]]
        reach = [line for bar in parts.reach for line in (self._reach_line(bar), bar.aim, bar.note)]
        if parts.reach or parts.languages:
            notes = [self.say("digest-note", note=said) for said in (parts.languages, parts.cohorts) if said]
            aimed = self._under_aim() if kept == len(parts.says) + len(parts.scores) else ()
            blocks.append([parts.reach_heading, *reach, *notes, *aimed])
        says, scores = parts.says[:kept], parts.scores[: max(0, kept - len(parts.says))]
        found = parts.themes[: max(0, kept - len(parts.says) - len(parts.scores))]
        figures = [line for bar in says for line in (self._line(bar), bar.compared if compared else "")]
        lines = [self.say("digest-note", note=score) for score in scores]
        if parts.changed:
            blocks.append([parts.changed_heading, *parts.changed])
        if parts.says:
            blocks.append([parts.says_heading, *figures])
        if scores:
            blocks.append([parts.scores_heading, *lines])
        if found:
            blocks.append([parts.themes_heading, *(self.say("digest-note", note=line) for line in found)])
        if kept < len(parts.says) + len(parts.scores) + len(parts.themes):
            blocks[-1].append(parts.more)
        if parts.advice:
            blocks.append([parts.advice_heading, *parts.advice])
        if parts.notes:
            blocks.append([parts.notes_heading, *(self.say("digest-note", note=n) for n in parts.notes)])
        return "\n\n".join("\n".join(line for line in block if line) for block in blocks)

    def _line(self, bar: Bar) -> str:
        return self.say("digest-line", title=bar.title, share=bar.words, detail=bar.detail)

    def _reach_line(self, bar: Bar) -> str:
        assert self.survey.reach is not None and bar.mark is not None
        region = self.say(f"digest-region-{self.survey.reach.census.lower()}")
        census = self.share(5 * round(bar.mark / 5))
        return self.say("digest-reach-line", group=bar.title, share=bar.words, region=region, census=census)


_SCORED: Mapping[Shown, str] = {
    FEW_POINTS: "digest-score-few",
    MOST_POINTS: "digest-score-most",
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
