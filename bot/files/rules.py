"""What holds between the parts of a survey file: words in every language, codes that exist, earlier questions.

Each part is held against its form by itself, so that a mistake in one question hides none in another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.core.conditions import Compare, ConditionError, Selected, atoms, from_mapping, parse, tries, verdict
from bot.core.letters import clean, fold
from bot.core.questions import yes_no
from bot.core.survey import SPECIALS, Condition, Option, Question
from bot.files import form
from bot.files.phrases import placeholders
from bot.files.plain import UNREAD, Path, Plain
from bot.files.problems import CATALOGUE, Notes, suggestion
from bot.files.texts import Written, bad_letters, entries, items, languages_of, texts

MESSAGE_LIMIT = 4_096
"""Telegram's longest message, in UTF-16 units (Bot API, sendMessage)."""

MESSAGE_RESERVE = 200
"""What the bot itself says around a question: its number, what to do, what was wrong."""

CONSENT_VALUES = frozenset({"k"})
"""What the bot puts into a consent: k, the number of people behind any figure."""

QUESTION_LENGTH = 160
"""Longer questions are hard to keep in mind when heard once (docs/authors.md)."""

LABEL_LENGTH = 36
"""What fits on a button over the whole width with large letters."""

ALIKE = 14
"""What is left of a label on the smallest phones."""

MOST_COMBINATIONS = 65_536
"""How many combinations of answers are tried in one file: what half a second is enough for."""

OWN_LICENCE = "own items"
LICENCE_KEYS = ("permission_ref", "source", "instrument_version")

UNKEPT_TYPES = ("voice",)
"""Answers that nobody can redact yet; refused."""

HELPLINES_RESERVE = 1_200
"""What whom to call takes in a message beside the next question (`bot/files/helplines.py`)."""

CELL_TYPES = ("choice", "scale", "yes_no")


# -- holding a file against form and rules ------------------------------------------------------------------


class _Enough(Exception):
    """Looking on would only take time."""


@dataclass
class _Draft:
    """A file on its way to a survey: the parts whose form is right, and where problems go."""

    said: Mapping[str, Any]
    plain: Plain
    notes: Notes
    speaks: frozenset[str]
    languages: tuple[str, ...] = ()
    scales: dict[str, form.Scale] = field(default_factory=dict)
    questions: dict[int, form.AnyQuestion] = field(default_factory=dict)
    conditions: dict[int, Condition] = field(default_factory=dict)
    indicators: dict[int, form.Indicator] = field(default_factory=dict)
    cells: form.Cells | None = None
    reach: form.Reach | None = None
    targets: form.Targets | None = None

    def add(self, id: str, at: Path, /, **found: object) -> None:
        if self.notes.full:
            raise _Enough
        self.notes.add(id, self.plain.line(at), **found)

    def ids(self) -> dict[str, int]:
        """Every id a question has, broken questions included, and the number of the first that has it."""
        found: dict[str, int] = {}
        for number, question in enumerate(items(self.said.get("questions"))):
            id = entries(question).get("id")
            if isinstance(id, str):
                found.setdefault(id, number)
        return found

    def options(self, question: form.AnyQuestion) -> dict[str, Mapping[str, str]] | None:
        """The options of a question; None where they cannot be known."""
        match question:
            case form.Choice() | form.Choices():
                return dict(question.options)
            case form.Scaled():
                return dict(self.scales[question.scale].options) if question.scale in self.scales else None
            case form.YesNo():
                return {"yes": {}, "no": {}} if question.options is None else dict(question.options)
            case _:
                return {}

    def counted(self, question: form.AnyQuestion) -> list[str] | None:
        """The codes under which a question is counted; None where they cannot be known."""
        if isinstance(question, form.Number):
            return list(question.bands)
        options = self.options(question)
        return None if options is None else list(options)


def inspect(plain: Plain, notes: Notes, speaks: frozenset[str]) -> None:
    """Note every problem of a file. `speaks` names the languages in which the bot says yes and no."""
    if not plain.whole:
        return
    if not isinstance(plain.value, dict):
        if plain.value is None or (plain.value is UNREAD and not notes.refused):
            notes.add("empty-file", 1)
        elif not notes.refused:
            notes.add("not-a-mapping", plain.line(()))
        return
    draft = _Draft(plain.value, plain, notes, speaks)
    with suppress(_Enough):
        for rule in RULES:
            rule(draft)


# -- forms ----------------------------------------------------------------------------------------------

M = TypeVar("M", bound=form.Part)


def _forms(draft: _Draft) -> None:
    """Hold every part against its form; keep the parts that are right."""
    said = draft.said
    _formed(draft, (), form.Outline)
    draft.languages = tuple(one for one in languages_of(said) if form.LANGUAGE.fullmatch(one))
    for name in entries(said.get("scales")):
        scale = _formed(draft, ("scales", name), form.Scale)
        if scale is not None:
            draft.scales[name] = scale
    for number, question in enumerate(items(said.get("questions"))):
        kind = _kind(draft, number, question)
        asked = None if kind is None else _formed(draft, ("questions", number), kind)
        if asked is not None:
            draft.questions[number] = asked
    for number in range(len(items(said.get("indicators")))):
        indicator = _formed(draft, ("indicators", number), form.Indicator)
        if indicator is not None:
            draft.indicators[number] = indicator
    draft.cells = _formed(draft, ("cells",), form.Cells) if said.get("cells") is not None else None
    draft.reach = _formed(draft, ("reach",), form.Reach) if said.get("reach") is not None else None
    draft.targets = _formed(draft, ("targets",), form.Targets) if said.get("targets") is not None else None
    for key, model in (("clocks", form.Clocks), ("reminders", form.Reminders)):
        if said.get(key) is not None:
            _formed(draft, (key,), model)


def _kind(draft: _Draft, number: int, said: Any) -> type[form.AnyQuestion] | None:
    """The form of a question, by its type."""
    at = ("questions", number)
    if not isinstance(said, dict):
        _formed(draft, at, form.Note)  # says that a mapping is meant
        return None
    kind = said.get("type")
    place = _place(draft.said, at)
    if "type" not in said:
        draft.add("missing-key", at, key="type", place=place)
    elif kind in UNKEPT_TYPES:
        draft.add("free-text", (*at, "type"), place=place, type=kind)
    elif isinstance(kind, str) and kind not in form.KINDS:
        known = ", ".join(form.KINDS)
        draft.add(
            "wrong-word",
            (*at, "type"),
            value=kind,
            place=f"'type' of {place}",
            known=known,
            hint=suggestion(kind, form.KINDS),
        )
    elif isinstance(kind, str):
        return form.KINDS[kind]
    elif kind is not UNREAD:
        _wrong_kind(draft, (*at, "type"), kind, "text")
    return None


def _formed(draft: _Draft, at: Path, model: type[M]) -> M | None:
    """The part of the file at this place when its form is right."""
    value: Any = draft.said
    for step in at:
        value = value[step]
    if value is UNREAD:
        return None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            if one["input"] is not UNREAD:
                _misformed(draft, at, model, one)
    return None


def _misformed(draft: _Draft, at: Path, model: type[BaseModel], error: ErrorDetails) -> None:
    """Say in the words of the catalogue what pydantic found."""
    inner, last = _inside(draft.said, at, error["loc"])
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    place = _place(draft.said, inner)
    if kind in CATALOGUE:
        draft.add(kind, inner, value=value, place=place)
    elif kind == "missing":
        draft.add("missing-key", inner, key=last, place=place)
    elif kind == "extra_forbidden":
        parent = inner[:-1]
        known = _known_keys(model, at, parent)
        id = "unknown-dimension" if parent == ("cells",) else "unknown-key"
        hint = suggestion(str(inner[-1]), known)
        draft.add(id, inner, key=inner[-1], name=inner[-1], place=_place(draft.said, parent), hint=hint)
    elif kind == "literal_error":
        known_words = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        hint = suggestion(str(value), known_words.split(", "))
        if isinstance(value, str):
            draft.add("wrong-word", inner, value=value, place=place, known=known_words, hint=hint)
        else:
            _wrong_kind(draft, inner, value, "text")
    elif kind in ("too_short", "too_long", "greater_than_equal", "less_than_equal"):
        _wrong_size(draft, inner, error)
    else:
        _wrong_kind(draft, inner, value, _WANTED.get(kind, "something else"))


_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "list_type": "a list",
}
_HINTS = {
    "text": "write words, in quotes if they look like a number",
    "a whole number": "write it without quotes, as in 5",
    "true or false": "write true or false without quotes",
    "a mapping": "write {key: value}, or one 'key: value' a line, indented",
    "a list": "write [one, two], or one '- ' a line",
}


def _wrong_kind(draft: _Draft, at: Path, value: Any, wanted: str) -> None:
    if wanted == "text" and isinstance(value, bool | int):
        draft.add("not-text", at, value=str(value).lower() if isinstance(value, bool) else value)
        return
    found = _described(value)
    hint = _HINTS.get(wanted, "see docs/authors.md")
    draft.add("wrong-kind", at, place=_place(draft.said, at), found=found, wanted=wanted, hint=hint)


def _described(value: Any) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return str(value).lower()
        case int():
            return f"the number {value}"
        case str():
            return "text"
        case dict():
            return "a mapping"
        case _:
            return "a list"


def _wrong_size(draft: _Draft, at: Path, error: ErrorDetails) -> None:
    context, value = error.get("ctx", {}), error["input"]
    place = _place(draft.said, at)
    if error["type"] == "greater_than_equal":
        wanted, found = f"it is at least {context.get('ge')}", f"{value}"
    elif error["type"] == "less_than_equal":
        wanted, found = f"it is at most {context.get('le')}", f"{value}"
    elif error["type"] == "too_long":
        wanted, found = f"it has at most {context.get('max_length')} entries", f"{len(value)} entries long"
    else:
        wanted, found = f"it has at least {context.get('min_length')}", f"{len(value)} entries long"
    hint = "shorten it" if error["type"] in ("too_long", "less_than_equal") else "add what is missing"
    draft.add("wrong-size", at, place=place, found=found, wanted=wanted, hint=hint)


def _inside(said: Any, at: Path, location: Sequence[str | int]) -> tuple[Path, str]:
    """The place of an error in the file, and the last step that pydantic names.

    Pydantic also names the branch of a union and marks keys; those steps are in no file.
    """
    inner: list[str | int] = list(at)
    value = said
    for step in at:
        value = value[step]
    for step in location:
        listed = isinstance(value, list) and isinstance(step, int) and step < len(value)
        if listed or (isinstance(value, dict) and step in value):
            inner.append(step)
            value = value[step]
    return tuple(inner), str(location[-1]) if location else ""


def _known_keys(model: type[BaseModel], at: Path, parent: Path) -> Iterable[str]:
    """The keys a mapping may have: those of the part itself, or of a dimension written as a mapping."""
    return model.model_fields if parent == at else form.Grouped.model_fields


def _place(said: Mapping[str, Any], at: Path) -> str:
    """A place in the file as an author would name it."""
    if not at:
        return "the survey"
    whole, rest = f"'{'.'.join(map(str, at))}'", at[2:]
    if len(at) >= 2 and at[0] in ("questions", "indicators") and isinstance(at[1], int):
        one = items(said.get(str(at[0])))[at[1]]
        id = entries(one).get("id")
        kind = str(at[0])[:-1]
        whole = f"{kind} '{id}'" if isinstance(id, str) else f"{kind} {at[1] + 1}"
    elif len(at) >= 2 and at[0] == "scales":
        whole = f"scale '{at[1]}'"
    else:
        return whole
    return f"'{'.'.join(map(str, rest))}' of {whole}" if rest else whole


# -- words ----------------------------------------------------------------------------------------------


def _named_twice(draft: _Draft) -> None:
    for at, value in lists(draft.said):
        seen: set[str] = set()
        for number, one in enumerate(value):
            if isinstance(one, str) and one in seen:
                draft.add("twice", (*at, number), value=one, place=_place(draft.said, at))
            elif isinstance(one, str):
                seen.add(one)


def lists(value: Any, at: Path = ()) -> Iterator[tuple[Path, Sequence[Any]]]:
    """Every list inside `value`, with its place."""
    if isinstance(value, list):
        yield at, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from lists(inner, (*at, key))


def _words(draft: _Draft) -> None:
    for text in texts(draft.said):
        place = _place(draft.said, text.at)
        if draft.languages:
            _languages(draft, text, place)
        for language, words in text.words.items():
            if isinstance(words, str):
                _letters(draft, (*text.at, language), place, language, words)
    for number, question in draft.questions.items():
        at = ("questions", number, "audio")
        for language in question.audio:
            if draft.languages and language not in draft.languages:
                hint = suggestion(language, draft.languages)
                place = _place(draft.said, at)
                draft.add("unknown-language", (*at, language), place=place, language=language, hint=hint)


def _languages(draft: _Draft, text: Written, place: str) -> None:
    for language in draft.languages:
        if language not in text.words:
            draft.add("missing-language", text.at, place=place, language=language)
        elif isinstance(words := text.words[language], str) and not clean(words).strip():
            draft.add("empty-text", (*text.at, language), place=place, language=language)
    for language in text.words:
        if language not in draft.languages:
            hint = suggestion(language, draft.languages)
            draft.add("unknown-language", (*text.at, language), place=place, language=language, hint=hint)


def _letters(draft: _Draft, at: Path, place: str, language: str, words: str) -> None:
    ids = {"direction": "direction-letter", "form": "presentation-form", "foreign": "foreign-letter"}
    for kind, letter in bad_letters(words, language):
        draft.add(ids[kind], at, place=place, letter=letter, language=language)


# -- questions --------------------------------------------------------------------------------------------


def _question_ids(draft: _Draft) -> None:
    for kind in ("question", "indicator"):
        first: dict[str, int] = {}
        for number, one in enumerate(items(draft.said.get(f"{kind}s"))):
            at = (f"{kind}s", number, "id")
            id = entries(one).get("id")
            if isinstance(id, str) and first.setdefault(id, draft.plain.line(at)) != draft.plain.line(at):
                draft.add("duplicate-id", at, id=id, kind=kind, first=first[id])


def _scales_used(draft: _Draft) -> None:
    named = set()
    for number, question in enumerate(items(draft.said.get("questions"))):
        scale = entries(question).get("scale")
        if not isinstance(scale, str):
            continue
        named.add(scale)
        scales = entries(draft.said.get("scales"))
        if scale not in scales:
            draft.add("unknown-scale", ("questions", number, "scale"), scale=scale, hint=suggestion(scale, scales))
    for scale in entries(draft.said.get("scales")):
        if scale not in named:
            draft.add("unused-scale", ("scales", scale), scale=scale)


def _choices(draft: _Draft) -> None:
    for number, question in draft.questions.items():
        at = ("questions", number)
        match question:
            case form.Choice():
                _among(draft, (*at, "screen_out"), question.screen_out, question)
                if set(question.options) <= set(question.screen_out):
                    draft.add("screens-everyone", (*at, "screen_out"), id=question.id)
            case form.Choices():
                _among(draft, (*at, "exclusive"), question.exclusive, question)
                if set(question.options) <= set(question.exclusive):
                    draft.add("all-exclusive", (*at, "exclusive"), id=question.id)
            case form.YesNo():
                _yes_no(draft, at, question)


def _among(draft: _Draft, at: Path, listed: Sequence[str], question: form.AnyQuestion) -> None:
    """Every code listed at this place must be one under which the question is counted."""
    known = draft.counted(question)
    for number, code in enumerate(listed):
        if known is not None and code not in known:
            place, hint = _place(draft.said, at), suggestion(code, known)
            draft.add("not-an-option", (*at, number), code=code, question=question.id, place=place, hint=hint)


def _yes_no(draft: _Draft, at: Path, question: form.YesNo) -> None:
    if question.options is not None:
        if set(question.options) != set(yes_no.CODES):
            draft.add("yes-no-options", (*at, "options"), place=_place(draft.said, at))
        return
    for language in draft.languages:
        if language not in draft.speaks:
            draft.add("yes-no-language", at, language=language, id=question.id)


def _numbers(draft: _Draft) -> None:
    for number, question in draft.questions.items():
        if not isinstance(question, form.Number):
            continue
        at = ("questions", number)
        if question.min > question.max:
            draft.add("min-above-max", (*at, "min"), id=question.id)
            continue
        sound = [band for band in question.bands if _band(draft, at, question, band)]
        for one, other in combinations(sound, 2):
            if max(question.bands[one][0], question.bands[other][0]) <= min(
                question.bands[one][1], question.bands[other][1]
            ):
                draft.add("bands-overlap", (*at, "bands", other), band=one, other=other)
        if len(sound) == len(question.bands) > 0:
            _gaps(draft, at, question)


def _band(draft: _Draft, at: Path, question: form.Number, band: str) -> bool:
    low, high = question.bands[band]
    place = (*at, "bands", band)
    if low > high:
        draft.add("band-reversed", place, band=band)
    elif low < question.min or high > question.max:
        draft.add("band-outside", place, band=band, id=question.id, low=question.min, high=question.max)
    else:
        return True
    return False


def _gaps(draft: _Draft, at: Path, question: form.Number) -> None:
    reached = question.min - 1
    ends = [*sorted(map(tuple, question.bands.values())), (question.max + 1, question.max + 1)]
    for low, high in ends:
        if low > reached + 1:
            draft.add("bands-gap", (*at, "bands"), id=question.id, low=reached + 1, high=low - 1)
        reached = max(reached, high)


# -- what a phone shows -----------------------------------------------------------------------------------


def _lengths(draft: _Draft) -> None:
    for number, question in draft.questions.items():
        at = ("questions", number)
        options = draft.options(question) or {}
        for language, ask in question.ask.items():
            labels = [label.get(language, "") for label in options.values()]
            whole = sum(_units(words) for words in (ask, *labels)) + MESSAGE_RESERVE + _help(draft, language)
            if isinstance(question, form.OwnWords):
                whole += question.longest  # what was written is shown with its question
            place = _place(draft.said, at)
            if whole > MESSAGE_LIMIT:
                draft.add("message-too-long", at, place=place, found=whole, language=language, most=MESSAGE_LIMIT)
            elif len(ask) > QUESTION_LENGTH and not isinstance(question, form.Note):
                found = len(ask)
                draft.add(
                    "question-long",
                    (*at, "ask"),
                    place=place,
                    found=found,
                    language=language,
                    most=QUESTION_LENGTH,
                )
        if not isinstance(question, form.Scaled):
            _labels(draft, (*at, "options"), options)
    for name, scale in draft.scales.items():
        _labels(draft, ("scales", name, "options"), scale.options)
    for key in ("title", "consent"):
        for language, words in entries(draft.said.get(key)).items():
            if isinstance(words, str) and _units(words) + MESSAGE_RESERVE > MESSAGE_LIMIT:
                found = _units(words) + MESSAGE_RESERVE
                draft.add(
                    "message-too-long",
                    (key,),
                    place=f"'{key}'",
                    found=found,
                    language=language,
                    most=MESSAGE_LIMIT,
                )


def _consent(draft: _Draft) -> None:
    """The consent may hold the wave's k, and then holds it in every language."""
    said = {code: words for code, words in entries(draft.said.get("consent")).items() if isinstance(words, str)}
    wanted = {language: placeholders(words) for language, words in said.items()}
    for language, names in wanted.items():
        for name in sorted(names - CONSENT_VALUES):
            at = ("consent", language)
            draft.add("consent-value", at, place="'consent'", name=f"{{{name}}}", language=language)
        if not names & CONSENT_VALUES and any(other & CONSENT_VALUES for other in wanted.values()):
            draft.add("consent-uneven", ("consent", language), place="'consent'", language=language)


def _units(words: str) -> int:
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def _labels(draft: _Draft, at: Path, options: Mapping[str, Mapping[str, str]]) -> None:
    whole: dict[tuple[str, str], str] = {}
    start: dict[tuple[str, str], str] = {}
    for code, label in options.items():
        for language, words in label.items():
            here, place = (*at, code), _place(draft.said, (*at, code))
            seen = " ".join(clean(words).casefold().split())
            if not seen:
                continue
            same = whole.setdefault((language, seen), code)
            alike = start.setdefault((language, seen[:ALIKE]), code)
            if same != code:
                draft.add("labels-equal", here, place=place, other=same, language=language)
            elif alike != code and len(seen) >= ALIKE:
                draft.add("labels-alike", here, place=place, other=alike, language=language, most=ALIKE)
            if len(words) > LABEL_LENGTH:
                draft.add("label-long", here, place=place, found=len(words), language=language, most=LABEL_LENGTH)


# -- conditions -------------------------------------------------------------------------------------------


def _conditions(draft: _Draft) -> None:
    ids = draft.ids()
    for number, question in draft.questions.items():
        if question.show_if is None:
            continue
        at = ("questions", number, "show_if")
        try:
            condition = (
                parse(question.show_if) if isinstance(question.show_if, str) else from_mapping(question.show_if)
            )
        except ConditionError as error:
            draft.add("condition-unreadable", at, id=question.id, reason=error)
            continue
        sound = [_atom(draft, at, number, atom, ids) for atom in atoms(condition)]
        if all(sound):
            draft.conditions[number] = condition
    _same_for_all(draft)


def _same_for_all(draft: _Draft) -> None:
    """Conditions that are never or always true, as far as the combinations of answers can be counted out."""
    earlier: list[Question] = []
    known: dict[Condition, str | None] = {}
    left = MOST_COMBINATIONS
    for number, question in draft.questions.items():
        condition = draft.conditions.get(number)
        if condition is not None and condition not in known:
            wanted = tries(condition, earlier)
            known[condition] = verdict(condition, earlier) if wanted <= left else None
            left -= min(wanted, left)
        same = None if condition is None else known[condition]
        if same is not None:
            draft.add(f"condition-{same}", ("questions", number, "show_if"), id=question.id)
        earlier.append(_core(draft, number))


def _core(draft: _Draft, number: int) -> Question:
    """A question as the interview knows it, as far as conditions need it."""
    question = draft.questions[number]
    return Question(
        id=question.id,
        type=question.type if draft.options(question) is not None else "",
        ask={},
        options=tuple(Option(code, {}) for code in draft.options(question) or ()),
        specials=tuple(getattr(question, "specials", ())),
        show_if=draft.conditions.get(number),
        screen_out=tuple(getattr(question, "screen_out", ())),
    )


def _atom(draft: _Draft, at: Path, number: int, atom: Compare | Selected, ids: Mapping[str, int]) -> bool:
    """Whether one comparison can be made; says why not."""
    id, name = draft.questions[number].id, atom.question
    at = (*at, name)
    if name not in ids:
        draft.add("condition-unknown", at, id=id, question=name, hint=suggestion(name, _before(ids, number)))
    elif name == id:
        draft.add("condition-itself", at, id=id)
    elif ids[name] > number:
        draft.add("condition-later", at, id=id, question=name)
    elif ids[name] in draft.questions:
        return _answerable(draft, at, id, draft.questions[ids[name]], atom)
    return False


def _before(ids: Mapping[str, int], number: int) -> list[str]:
    return [id for id, place in ids.items() if place < number]


def _answerable(draft: _Draft, at: Path, id: str, read: form.AnyQuestion, atom: Compare | Selected) -> bool:
    if isinstance(read, form.Note | form.OwnWords):
        kind = "note" if isinstance(read, form.Note) else "text"
        draft.add(f"condition-{kind}", at, id=id, question=read.id)
        return False
    number = isinstance(read, form.Number)
    value = atom.value if isinstance(atom, Compare) else None
    if isinstance(atom, Compare) and atom.operator not in ("=", "!=") and not (number and isinstance(value, int)):
        draft.add("condition-order", at, id=id, question=read.id, operator=atom.operator)
        return False
    if isinstance(value, int):
        if not number:
            draft.add("condition-number", at, id=id, question=read.id, value=value)
        return number
    if isinstance(read, form.Choices) and isinstance(value, str) and value not in read.specials:
        draft.add("condition-selected", at, id=id, question=read.id, code=value)
        return False
    known = [*(draft.options(read) or ()), *read.specials]
    wrong = [code for code in (atom.codes if isinstance(atom, Selected) else (str(value),)) if code not in known]
    if draft.options(read) is None:
        return False
    for code in wrong:
        if number and code not in SPECIALS:
            draft.add("condition-needs-number", at, id=id, question=read.id, code=code)
        else:
            draft.add("condition-code", at, id=id, question=read.id, code=code, hint=suggestion(code, known))
    return not wrong


# -- cells, reach, indicators, licence --------------------------------------------------------------------


def _cells(draft: _Draft) -> None:
    if draft.cells is None:
        return
    divides: dict[str, str] = {}
    for name in entries(draft.said["cells"]):
        part = getattr(draft.cells, name)
        if part is None:
            continue
        at = ("cells", name) if isinstance(part, str) else ("cells", name, "question")
        id = part if isinstance(part, str) else part.question
        if divides.setdefault(id, name) != name:
            draft.add("same-question", at, name=name, other=divides[id], question=id)
        question = _named(draft, at, id, CELL_TYPES)
        if question is not None and isinstance(part, form.Grouped):
            _groups(draft, name, part, question)


def _named(draft: _Draft, at: Path, id: str, types: Sequence[str]) -> form.AnyQuestion | None:
    """The question named at this place when it is there, sound and of one of these types."""
    ids = draft.ids()
    place = _place(draft.said, at)
    if id not in ids:
        draft.add("unknown-question", at, question=id, place=place, hint=suggestion(id, ids))
        return None
    question = draft.questions.get(ids[id])
    if question is not None and question.type not in types:
        draft.add("wrong-type", at, place=place, question=id, type=question.type, known=" or ".join(types))
        return None
    return question


def _groups(draft: _Draft, name: str, part: form.Grouped, question: form.AnyQuestion) -> None:
    ends = set(getattr(question, "screen_out", ()))
    grouped: dict[str, str] = {}
    for group, listed in part.groups.items():
        at = ("cells", name, "groups", group)
        _among(draft, at, listed, question)
        for place, code in enumerate(listed):
            if grouped.setdefault(code, group) != group:
                draft.add("groups-overlap", (*at, place), code=code, group=grouped[code], other=group)
            if code in ends:
                draft.add("group-screened", (*at, place), code=code, group=group, question=question.id)
    for code in draft.counted(question) or ():
        if code not in grouped and code not in ends:
            draft.add("groups-incomplete", ("cells", name, "groups"), code=code, question=question.id)


def _reach(draft: _Draft) -> None:
    if draft.reach is None:
        return
    for who in ("women", "youth"):
        wanted = getattr(draft.reach, who)
        if wanted is not None:
            _one_question(draft, ("reach", who), wanted, CELL_TYPES)


def _targets(draft: _Draft) -> None:
    """A share is aimed at only where it can be seen."""
    for who in ("women", "youth") if draft.targets is not None else ():
        if getattr(draft.targets, who) is not None and not entries(entries(draft.said.get("reach")).get(who)):
            draft.add("target-unseen", ("targets", who), who=who)


def _one_question(
    draft: _Draft, at: Path, wanted: Mapping[str, list[str]], types: Sequence[str]
) -> tuple[form.AnyQuestion, list[str]] | None:
    """The question and the codes that a mapping of exactly one question names, when both are sound."""
    if len(wanted) != 1:
        draft.add("one-question", at, place=_place(draft.said, at), found=len(wanted))
        return None
    ((id, listed),) = wanted.items()
    question = _named(draft, (*at, id), id, types)
    if question is None:
        return None
    _among(draft, (*at, id), listed, question)
    return question, listed


def _indicators(draft: _Draft) -> None:
    for number, indicator in draft.indicators.items():
        at = ("indicators", number, "share_of")
        found = _one_question(draft, at, indicator.share_of, (*CELL_TYPES, "choices", "number"))
        if found is None:
            continue
        question, listed = found
        known = draft.counted(question)
        ends = set(getattr(question, "screen_out", ()))
        if known is not None and not isinstance(question, form.Choices) and set(known) - ends <= set(listed):
            draft.add("share-of-all", (*at, question.id), id=indicator.id, question=question.id)


def _licence(draft: _Draft) -> None:
    licence = draft.said.get("licence")
    if not isinstance(licence, str) or licence.strip() == OWN_LICENCE:
        return
    for key in LICENCE_KEYS:
        value = draft.said.get(key)
        if key not in draft.said or value is None or (isinstance(value, str) and not value.strip()):
            draft.add("licence-incomplete", ("licence",), key=key, licence=licence)


def _help(draft: _Draft, language: str) -> int:
    """What words on help and whom to call take beside any question that follows an answer in own words."""
    words = entries(draft.said.get("referral")).get(language)
    return _units(words) + HELPLINES_RESERVE if isinstance(words, str) else 0


def _own_words(draft: _Draft) -> None:
    """Who asks for own words says how they are read, asks everybody, and knows what to do about danger."""
    said = draft.said
    asked = [(number, one) for number, one in draft.questions.items() if isinstance(one, form.OwnWords)]
    for number, question in asked:
        if said.get("open_text") is None:
            draft.add("text-unsealed", ("questions", number, "type"), id=question.id)
        if question.show_if is not None:
            draft.add("text-routed", ("questions", number, "show_if"), id=question.id)
    if asked and said.get("referral") is None:
        draft.add("text-without-referral", ("questions", asked[0][0]), id=asked[0][1].id)
    for one, other in (("referral", "danger_words"), ("danger_words", "referral")):
        if said.get(one) is not None and said.get(other) is None:
            draft.add("referral-half", (one,), key=one, missing=other)
    _danger_words(draft)


def _danger_words(draft: _Draft) -> None:
    listed = entries(draft.said.get("danger_words"))
    at: Path = ("danger_words",)
    if listed and draft.languages:
        for language in draft.languages:
            if language not in listed:
                draft.add("missing-language", at, place="'danger_words'", language=language)
    for language, words in listed.items():
        if draft.languages and language not in draft.languages:
            hint = suggestion(language, draft.languages)
            draft.add("unknown-language", (*at, language), place="'danger_words'", language=language, hint=hint)
        for number, word in enumerate(items(words)):
            if isinstance(word, str) and not any(letter.isalpha() for letter in fold(word)):
                draft.add("empty-text", (*at, language, number), place="'danger_words'", language=language)


RULES: Sequence[Callable[[_Draft], None]] = (
    _forms,
    _named_twice,
    _words,
    _question_ids,
    _scales_used,
    _choices,
    _numbers,
    _lengths,
    _consent,
    _conditions,
    _cells,
    _reach,
    _targets,
    _indicators,
    _licence,
    _own_words,
)
"""All the rules, in this order: the first keeps the parts that the others look at."""
