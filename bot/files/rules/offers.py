"""What is offered, and in which order: filters, sections, what changes places, earlier answers in later words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from bot.core.conditions import names
from bot.core.questions.date import is_day
from bot.files import form
from bot.files.phrases import piped
from bot.files.plain import Path
from bot.files.problems import suggestion
from bot.files.rules.draft import MOST_YEARS, Rule, _Draft, _place
from bot.files.rules.questions import _among
from bot.files.texts import entries, items

PIPED = (form.Choice, form.Scaled, form.Grid, form.YesNo, form.Number, form.Date, form.Calculated)
"""Kinds whose answers are few words of the survey, or a number."""

PARENTS = (form.Choice, form.Scaled, form.Grid, form.YesNo, form.Arm)
"""Kinds of one answer, on which other options may hang."""


# -- what hangs on an earlier answer ----------------------------------------------------------------------


def _filters(draft: _Draft) -> None:
    for number, question in draft.questions.items():
        if not isinstance(question, form.Listed) or question.choice_filter is None:
            continue
        ((parent, lists),) = question.choice_filter.items()
        at: Path = ("questions", number, "choice_filter", parent)
        asked = _earlier(draft, at, number, parent)
        if asked is None:
            continue
        if not isinstance(asked, PARENTS):
            draft.add("wrong-type", at, place=_place(draft.said, at), question=parent, type=asked.type, known=ONE)
            continue
        for code, listed in lists.items():
            _among(draft, (*at, code), listed, question)
        _among(draft, at, list(lists), asked)
        listed_somewhere = {code for codes in lists.values() for code in codes}
        if set(question.options) <= listed_somewhere:
            _nothing_left(draft, at, question, asked, lists)


ONE = "choice or scale or grid or yes_no or arm"


def _nothing_left(
    draft: _Draft,
    at: Path,
    question: form.Listed,
    asked: form.AnyQuestion,
    lists: Mapping[str, Sequence[str]],
) -> None:
    """Every answer after which the question comes leaves an option to pick."""
    for code in draft.counted(asked) or ():
        if not lists.get(code) and code not in getattr(asked, "screen_out", ()):
            draft.add("filter-empty", at, id=question.id, question=asked.id, code=code)


def _earlier(draft: _Draft, at: Path, number: int, id: str) -> form.AnyQuestion | None:
    """The question named at this place when it comes before; says why not."""
    ids = draft.ids()
    place = _place(draft.said, at)
    if id not in ids:
        before = [name for name, place in ids.items() if place < number]
        draft.add("unknown-question", at, question=id, place=place, hint=suggestion(id, before))
    elif ids[id] >= number:
        draft.add("named-later", at, question=id, place=place)
    else:
        return draft.questions.get(ids[id])
    return None


def _pipes(draft: _Draft) -> None:
    """An answer that stands in later words is given before, and in the same words in every language."""
    for number, question in draft.questions.items():
        for at, words in _asked_words(number, question):
            said = {language: frozenset(piped({language: text})) for language, text in words.items()}
            for language, found in said.items():
                if found != next(iter(said.values())):
                    place = _place(draft.said, at)
                    draft.add("pipe-uneven", (*at, language), place=place, language=language)
            for id in piped(words):
                asked = _earlier(draft, at, number, id)
                if asked is not None and not isinstance(asked, PIPED):
                    draft.add("pipe-type", at, place=_place(draft.said, at), question=id, type=asked.type)
                elif asked is not None and not _surely_given(draft, number, id):
                    draft.add("pipe-unsure", at, place=_place(draft.said, at), question=id)


def _asked_words(number: int, question: form.AnyQuestion) -> Iterator[tuple[Path, Mapping[str, str]]]:
    if isinstance(question, form.Asked):
        yield ("questions", number, "ask"), question.ask
    if isinstance(question, form.Grid):
        for id, words in question.statements.items():
            yield ("questions", number, "statements", id), words


def _surely_given(draft: _Draft, number: int, id: str) -> bool:
    """Whether whoever is asked this has been asked that: it is asked of everybody, or this one's condition reads
    it."""
    earlier = draft.ids()[id]
    return draft.conditions.get(earlier) is None or id in names(draft.conditions.get(number))


# -- sections, and what changes places --------------------------------------------------------------------


def _sections(draft: _Draft) -> None:
    sectioned = draft.sectioned()
    known = entries(draft.said.get("sections"))
    for name, numbers in sectioned.items():
        if name not in known:
            at: Path = ("questions", numbers[0], "section")
            draft.add("unknown-section", at, section=name, hint=suggestion(name, known))
        for before, number in pairwise(numbers):
            if number != before + 1:
                draft.add("section-apart", ("questions", number, "section"), section=name)
    for name in known:
        if name not in sectioned:
            draft.add("unused-section", ("sections", name), section=name)


def _orders(draft: _Draft) -> None:
    sectioned = draft.sectioned()
    for name, section in draft.sections.items():
        if section.shuffle and name in sectioned:
            at: Path = ("sections", name, "shuffle")
            _turned_by(draft, at, section.shuffle, sectioned[name][0])
            _independent(draft, [[number] for number in sectioned[name]])
    for number, question in draft.questions.items():
        if isinstance(question, form.Grid) and question.shuffle:
            _turned_by(draft, ("questions", number, "shuffle"), question.shuffle, number)
        if isinstance(question, form.Listed | form.Ranking):
            _among(draft, ("questions", number, "fixed"), question.fixed, question)
    listed = [name for name in items(draft.said.get("shuffle")) if isinstance(name, str)]
    for place, name in enumerate(listed):
        if name not in sectioned:
            draft.add("unknown-section", ("shuffle", place), section=name, hint=suggestion(name, sectioned))
    units = [sectioned[name] for name in listed if name in sectioned]
    numbers = sorted(number for unit in units for number in unit)
    if numbers and numbers != list(range(numbers[0], numbers[-1] + 1)):
        draft.add("shuffle-apart", ("shuffle",))
    _independent(draft, units)


def _turned_by(draft: _Draft, at: Path, shuffle: bool | str, number: int) -> None:
    if not isinstance(shuffle, str):
        return
    asked = _earlier(draft, at, number, shuffle)
    if asked is not None and not isinstance(asked, form.Arm):
        place = _place(draft.said, at)
        draft.add("wrong-type", at, place=place, question=shuffle, type=asked.type, known="arm")


def _independent(draft: _Draft, units: Sequence[Sequence[int]]) -> None:
    """What changes places cannot hang on each other: one of the two might come too early."""
    ids = draft.ids()
    unit_of = {number: place for place, unit in enumerate(units) for number in unit}
    for number, place in unit_of.items():
        question = draft.questions.get(number)
        for id in sorted(_reads(draft, number)):
            if unit_of.get(ids.get(id, -1), place) != place and question is not None:
                draft.add("shuffle-hangs", ("questions", number), id=question.id, question=id)


def _reads(draft: _Draft, number: int) -> set[str]:
    """The earlier questions on which this one hangs: its condition, filter, constraint or value, and its words."""
    question = draft.questions.get(number)
    reads = {*names(draft.conditions.get(number)), *draft.reads.get(number, ())}
    if isinstance(question, form.Listed):
        reads |= set(question.choice_filter or ())
    if question is not None:
        reads |= {id for _, words in _asked_words(number, question) for id in piped(words)}
    return reads


# -- days -------------------------------------------------------------------------------------------------


def _dates(draft: _Draft) -> None:
    for number, question in draft.questions.items():
        if not isinstance(question, form.Date):
            continue
        at: Path = ("questions", number)
        sound = True
        for key, day in (("from", question.earliest), ("to", question.latest)):
            if not is_day(day, question.precision):
                draft.add("date-unlike", (*at, key), id=question.id, value=day, precision=question.precision)
                sound = False
        if sound and question.earliest > question.latest:
            draft.add("min-above-max", (*at, "from"), id=question.id, low="from", high="to")
        elif sound and int(question.latest[:4]) - int(question.earliest[:4]) >= MOST_YEARS:
            draft.add("date-long", (*at, "to"), id=question.id, most=MOST_YEARS)
        if question.precision == "day" and not (question.because or "").strip():
            draft.add("date-day", (*at, "precision"), id=question.id)


def _somebody_is_asked(draft: _Draft) -> None:
    """There is a question that is asked, not only drawn or worked out."""
    hidden = (form.Calculated, form.Arm)
    if draft.questions and all(isinstance(question, hidden) for question in draft.questions.values()):
        draft.add("nothing-asked", ("questions",))


RULES: Sequence[Rule] = (_filters, _sections, _orders, _pipes, _dates, _somebody_is_asked)
