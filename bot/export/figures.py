"""The figures of a wave as one long table: what is displayed, to the last rounding, and nothing finer.

Laws:
1. Every figure comes from a Publishable. A share that is clipped stands as it is shown, such as <=10%.
2. Equal figures give equal bytes: no moment, no chance, the order of the survey file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from bot.core.blocks import AT_LEAST_90, AT_MOST_10, FEW, LEAST_ACCOUNTS, STEP, Answers, Figure, Publishable, Shown
from bot.core.cells import DISTRICT, Node
from bot.core.flow import LANGUAGE_NAMES
from bot.core.scores import Score
from bot.core.survey import Question, Survey, Words
from bot.export import jsonstat
from bot.export.tables import Cell, Sheet, as_csv, as_xlsx
from bot.export.words import answered, asking, group, named, reached, spoken
from bot.files.phrases import Phrases, direction

FORMATS = ("csv", "xlsx", "json-stat")

README = "README.txt"


@dataclass(frozen=True)
class Line:
    """One line of the table; `title` and `label` are words in every language of the survey.

    `kind` says what it is of: the wave, a question (with `code`: one of its answers), those silent at a question
    or at all of them, an indicator, an index, women and youth reached, a district reached, a language, a kind
    of group invited, a group shown or one hidden.
    Shares, means and their ends are per cent and points of 100.
    """

    kind: str
    id: str = ""
    code: str = ""
    group: str = ""
    n: int | None = None
    count: Shown | None = None
    share: Shown | None = None
    low: float | None = None
    high: float | None = None
    mean: int | str | None = None
    sd: int | None = None
    title: Words | None = None
    label: Words | None = None

    @property
    def figures(self) -> tuple[Cell, ...]:
        """All but the words, in the order of `COLUMNS`."""
        return tuple(getattr(self, name) for name in COLUMNS)


COLUMNS = tuple(field.name for field in fields(Line) if field.name not in ("title", "label"))


def files(shown: Publishable, survey: Survey, phrases: Phrases, format: str) -> dict[str, bytes]:
    """The files of an export of figures: name -> content. Raises ExportTrouble where a library is missing."""
    kinds = {kind: _named(kind, survey, phrases) for kind in shown.cohorts}
    lines = tuple(table(shown, survey, kinds))
    about = _about(shown, survey, phrases)
    if format == "csv":
        written = {"figures.csv": as_csv(_long(lines, shown, survey), words=True)}
    elif format == "xlsx":
        written = {"figures.xlsx": as_xlsx(_sheets(lines, survey, about))}
    else:
        written = {
            f"figures.{language}.json": jsonstat.collection(
                shown, survey, language, {kind: words[language] for kind, words in kinds.items()}
            )
            for language in survey.languages
        }
    return {**written, README: ("\n".join(about) + "\n").encode()}


def _named(kind: str, survey: Survey, phrases: Phrases) -> Words:
    """A kind of group in every language of the survey; by its code where the bot does not speak one."""
    offered = {language: phrases.say(language, f"cohort-kind-{kind}") for language in survey.offered}
    return {language: offered.get(language, kind) for language in survey.languages}


def table(shown: Publishable, survey: Survey, kinds: Mapping[str, Words] | None = None) -> Iterator[Line]:
    """Every figure of a wave, a line each; groups that are not shown last. `kinds` names the kinds of groups."""
    yield Line("wave", shown.wave, n=shown.n, title=survey.title)
    for id, answers in shown.questions.items():
        yield from _question(survey.question(id), answers, survey)
    if shown.silence is not None:
        yield _figure("silent", "", shown.silence, None)
    for indicator in survey.indicators:
        yield from _indicator(shown, survey, indicator.id, indicator.title)
    for index in survey.indexes:
        if index.id in shown.indexes:
            yield _index(index.id, index.title, shown.indexes[index.id])
    for who, figure in shown.reach.items():
        yield _figure("reach", who, figure, reached(survey, who))
    for code, figure in shown.districts.items():
        yield _figure("district", code, figure, named(survey, ((DISTRICT, code),)))
    for language, share in shown.languages.items():
        name = LANGUAGE_NAMES.get(language, language)
        yield Line("language", language, share=share, title=spoken({}, survey, name))
    for kind, share in shown.cohorts.items():
        yield Line("cohort", kind, share=share, title=spoken((kinds or {}).get(kind, {}), survey, kind))
    for cell in shown.cells:
        yield Line("cell", group=group(cell.node), n=cell.n, label=named(survey, cell.node))
    for node in shown.hidden:
        yield Line("hidden", group=group(node), label=named(survey, node))


def _question(question: Question, answers: Answers, survey: Survey) -> Iterator[Line]:
    title = asking(question, survey)
    yield Line("question", question.id, n=answers.n, title=title)
    for code, share in answers.shares.items():
        words = answered(question, code, survey)
        count = answers.counts[code]
        yield Line("question", question.id, code, n=answers.n, count=count, share=share, title=title, label=words)
    yield Line("silent", question.id, share=answers.silent, title=title)


def _indicator(shown: Publishable, survey: Survey, id: str, title: Words) -> Iterator[Line]:
    if id in shown.indicators:
        yield _figure("indicator", id, shown.indicators[id], title)
    for pair, figures in shown.groups.items():
        if id in figures:
            yield _figure("indicator", id, figures[id], title, (pair,), named(survey, (pair,)))


def _figure(
    kind: str, id: str, figure: Figure, title: Words | None, node: Node = (), words: Words | None = None
) -> Line:
    return Line(
        kind,
        id,
        group=group(node),
        n=figure.n,
        share=figure.share,
        low=figure.low,
        high=figure.high,
        title=title,
        label=words,
    )


def _index(id: str, title: Words, score: Score) -> Line:
    return Line("index", id, n=score.n, low=score.low, high=score.high, mean=score.mean, sd=score.sd, title=title)


# -- how it is written ------------------------------------------------------------------------------------


def _long(lines: Sequence[Line], shown: Publishable, survey: Survey) -> Iterator[Sequence[Cell]]:
    words = [f"{part}.{language}" for part in ("title", "label") for language in survey.languages]
    yield [*COLUMNS, *words, "survey", "version", "wave", "k"]
    for line in lines:
        said = [_said(part, language) for part in (line.title, line.label) for language in survey.languages]
        yield [*line.figures, *said, survey.id, survey.version, shown.wave, shown.k]


def _sheets(lines: Iterable[Line], survey: Survey, about: Sequence[str]) -> Iterator[Sheet]:
    lines = tuple(lines)
    for language in survey.languages:
        rows: list[tuple[Cell, ...]] = [("title", "label", *COLUMNS)]
        rows += [(_said(line.title, language), _said(line.label, language), *line.figures) for line in lines]
        yield Sheet(language, rows, right_to_left=direction(language) == "rtl")
    yield Sheet("about", [(line,) for line in about])


def _said(words: Mapping[str, str] | None, language: str) -> str:
    return "" if words is None else words[language]


def _about(shown: Publishable, survey: Survey, phrases: Phrases) -> list[str]:
    lines = [line.format(k=shown.k, step=STEP, few=FEW, low=AT_MOST_10, high=AT_LEAST_90) for line in ABOUT]
    told = [phrases.say(language, "digest-hidden", k=shown.k) for language in survey.offered]
    told += [phrases.say(language, "digest-self-chosen") for language in survey.offered]
    if shown.slots > 1:  # R8: k people may be k interviews on fewer telephones
        told += [phrases.say(language, "digest-slots", k=shown.k, n=LEAST_ACCOUNTS) for language in survey.offered]
    return [f"Figures of wave {shown.wave}, survey {survey.id}, version {survey.version}.", *lines, *told]


ABOUT = (
    "These are the figures that Aitbar shows, in a table; nothing in it is finer than what a summary says.",
    "k is {k}: behind every figure stand at least {k} people of whole groups that were released together.",
    "n is how many people gave a valid answer, rounded down to a multiple of {step}.",
    "share is per cent of them, to {step} points; low and high are the ends of its 95 % interval, made of both.",
    "Under n = {few} a share near an end, and its count, are only told to be {low} or {high}.",
    "count is share times n, rounded down to {step}.",
    "mean is an index from 0 to 100, to {step} points, sd its spread, to {step}, low and high its 95 % interval.",
    "Lines of the kind silent say how many of those asked gave no valid answer.",
    "Lines of the kind hidden name groups that are not shown; whether anybody answered there is not told.",
    "Do not subtract groups from each other, and sort nobody by these figures: differences inside the intervals "
    "mean nothing.",
)
