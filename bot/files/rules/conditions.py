"""Conditions, constraints and values read answers that can be given, and make a difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.conditions import All, Compare, Relation, Selected, atoms, holds, named, names, tries, verdict
from bot.core.expressions import Arithmetic, Call, CountSelected, Ref, is_number, parts
from bot.core.grammar import ConditionError, from_mapping, parse, parse_value
from bot.core.questions.date import is_day
from bot.core.survey import SKIPPED, SPECIALS, Condition, Expression, Filter, Option, Question
from bot.files import form
from bot.files.plain import Path
from bot.files.problems import suggestion
from bot.files.rules.draft import Rule, _Draft

MOST_COMBINATIONS = 65_536
"""How many combinations of answers are tried in one file: what half a second is enough for."""

NUMBERS = (form.Number, form.Calculated)


@dataclass(frozen=True)
class _Reading:
    """One condition, constraint or value as it is looked at: where it stands, of which question, and `what` it is.

    A constraint may read the question `itself`.
    """

    draft: _Draft
    at: Path
    number: int
    id: str
    what: str
    itself: bool = False

    def add(self, problem: str, question: str, /, **found: object) -> None:
        self.draft.add(problem, (*self.at, question), id=self.id, what=self.what, question=question, **found)

    def unreadable(self, error: ConditionError) -> None:
        self.draft.add("condition-unreadable", self.at, id=self.id, what=self.what, reason=error)


# -- when a question is asked -----------------------------------------------------------------------------


def _conditions(draft: _Draft) -> None:
    for name, numbers in draft.sectioned().items():
        section = draft.sections.get(name)
        if section is not None and section.show_if is not None:
            reading = _Reading(draft, ("sections", name, "show_if"), numbers[0], name, "the condition")
            condition = _condition(reading, section.show_if)
            if condition is not None:
                draft.conditions |= dict.fromkeys(numbers, condition)
    for number, question in draft.questions.items():
        if question.show_if is None:
            continue
        reading = _Reading(draft, ("questions", number, "show_if"), number, question.id, "the condition")
        own = _condition(reading, question.show_if)
        if own is not None:
            wider = draft.conditions.get(number)
            draft.conditions[number] = own if wider is None else All((wider, own))
    _same_for_all(draft)


def _condition(reading: _Reading, said: str | Mapping[str, Sequence[str]]) -> Condition | None:
    """The condition as written; None, and problems noted, where it cannot be met with."""
    try:
        condition = parse(said) if isinstance(said, str) else from_mapping(said)
    except ConditionError as error:
        reading.unreadable(error)
        return None
    return condition if _sound(reading, condition) else None


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
            at: Path = ("questions", number, "show_if")
            draft.add(f"condition-{same}", at, id=question.id, what="the condition")
        earlier += core(draft, number)


def core(draft: _Draft, number: int) -> Iterable[Question]:
    """A question as the interview knows it, as far as conditions need it; of a grid each statement."""
    question = draft.questions[number]
    for id in question.statements if isinstance(question, form.Grid) else (question.id,):
        yield Question(
            id=id,
            type=question.type if draft.options(question) is not None else "",
            ask={},
            options=tuple(Option(code, {}) for code in draft.options(question) or ()),
            specials=_specials(question),
            show_if=draft.conditions.get(number),
            screen_out=tuple(getattr(question, "screen_out", ())),
            exclusive=tuple(getattr(question, "exclusive", ())),
            low=getattr(question, "min", None),
            high=getattr(question, "max", None),
            decimals=getattr(question, "decimals", 0),
            filter=_filter(question),
        )


def _filter(question: form.AnyQuestion) -> Filter | None:
    for parent, lists in (getattr(question, "choice_filter", None) or {}).items():
        return Filter(parent, {code: tuple(codes) for code, codes in lists.items()})
    return None


def _specials(question: form.AnyQuestion) -> tuple[str, ...]:
    optional = () if getattr(question, "required", True) else (SKIPPED,)
    return (*getattr(question, "specials", ()), *optional)


# -- what an answer must meet -----------------------------------------------------------------------------


def _constraints(draft: _Draft) -> None:
    for number, question in draft.questions.items():
        if not isinstance(question, form.Answered):
            continue
        at: Path = ("questions", number)
        both = (question.constraint, question.constraint_message)
        if (both[0] is None) != (both[1] is None):
            key = "constraint" if both[0] is not None else "constraint_message"
            draft.add("constraint-half", (*at, key), id=question.id, key=key)
        if question.constraint is None or isinstance(question, form.Grid):
            if question.constraint is not None:
                draft.add("constraint-grid", (*at, "constraint"), id=question.id)
            continue
        reading = _Reading(draft, (*at, "constraint"), number, question.id, "the constraint", itself=True)
        try:
            test = parse(question.constraint, own=question.id)
        except ConditionError as error:
            reading.unreadable(error)
            continue
        draft.reads[number] = names(test) - {question.id}
        if _sound(reading, test):
            _can_be_met(draft, at, question, test)


def _can_be_met(draft: _Draft, at: Path, question: form.Answered, test: Condition) -> None:
    """Some answer meets a constraint that reads nothing else: the options, or the ends of the numbers, tell."""
    tried: list[str | float] = []
    match question:
        case form.Choice() | form.YesNo() | form.Scaled():
            tried = list(draft.options(question) or ())
        case form.Number() if (question.max - question.min) * 10**question.decimals <= MOST_COMBINATIONS:
            steps = 10**question.decimals
            tried = [number / steps for number in range(question.min * steps, question.max * steps + 1)]
    if names(test) == {question.id} and tried and not any(holds(test, {question.id: answer}) for answer in tried):
        draft.add("constraint-never", (*at, "constraint"), id=question.id)


# -- what is worked out -----------------------------------------------------------------------------------


def _values(draft: _Draft) -> None:
    ids = draft.ids()

    def numeric(id: str) -> bool:
        return isinstance(draft.questions.get(ids.get(id, -1)), NUMBERS)

    for number, question in draft.questions.items():
        if not isinstance(question, form.Calculated):
            continue
        at: Path = ("questions", number, "value")
        reading = _Reading(draft, at, number, question.id, "the value")
        try:
            value = parse_value(question.value)
        except ConditionError as error:
            reading.unreadable(error)
            continue
        draft.reads[number] = named(value)
        sound = [_there(reading, name, ids) for name in sorted(named(value))]
        tests = [part for part in parts(value) if isinstance(part, Condition)]
        sound += [_sound(reading, test) for test in tests]
        if all(sound) and _counts(reading, value, ids) and not is_number(value, numeric):
            draft.add("value-word", at, id=question.id)


# -- whether it can be answered to ------------------------------------------------------------------------


def _sound(reading: _Reading, condition: Condition) -> bool:
    """Whether every comparison of a condition can be made; says why not."""
    ids = reading.draft.ids()
    sound = [_atom(reading, atom, ids) for atom in atoms(condition)]  # each is to be said
    return all(sound)


def _names(atom: Compare | Selected | Relation) -> frozenset[str]:
    if isinstance(atom, Relation):
        return named(atom.left) | named(atom.right)
    return frozenset({atom.question})


def _atom(reading: _Reading, atom: Compare | Selected | Relation, ids: Mapping[str, int]) -> bool:
    """Whether one comparison can be made; says why not."""
    there = [_there(reading, name, ids) for name in sorted(_names(atom))]  # each is to be said
    if not all(there):
        return False
    if isinstance(atom, Relation):
        return _related(reading, atom, ids)
    return _answerable(reading, reading.draft.questions[ids[atom.question]], atom)


def _there(reading: _Reading, name: str, ids: Mapping[str, int]) -> bool:
    """Whether a name is an earlier question, read without mistakes."""
    if name not in ids:
        before = [id for id, place in ids.items() if place < reading.number]
        reading.add("condition-unknown", name, hint=suggestion(name, before))
    elif ids[name] == reading.number and not reading.itself:
        reading.add("condition-itself", name)
    elif ids[name] > reading.number:
        reading.add("condition-later", name)
    else:
        return ids[name] in reading.draft.questions
    return False


def _answerable(reading: _Reading, read: form.AnyQuestion, atom: Compare | Selected) -> bool:
    name = atom.question
    if isinstance(read, form.Note | form.OwnWords | form.Voice):
        reading.add("condition-note" if isinstance(read, form.Note) else "condition-text", name)
        return False
    number, value = isinstance(read, NUMBERS), atom.value if isinstance(atom, Compare) else None
    if isinstance(read, form.Date):
        return _dated(reading, read, atom)
    ordered = isinstance(atom, Compare) and atom.operator not in ("=", "!=")
    if isinstance(atom, Compare) and ordered and not (number and isinstance(value, int | float)):
        reading.add("condition-order", name, operator=atom.operator)
        return False
    if isinstance(value, int | float):
        if not number:
            reading.add("condition-number", name, value=value)
        return number
    several = isinstance(read, form.Choices | form.Ranking)
    if several and isinstance(value, str) and value not in _specials(read):
        reading.add("condition-selected", name, code=value)
        return False
    options = reading.draft.options(read)
    return options is not None and _known(reading, name, atom, [*options, *_specials(read)], number)


def _known(reading: _Reading, name: str, atom: Compare | Selected, known: Sequence[str], number: bool) -> bool:
    """Whether the codes of a comparison are answers to the question."""
    wrong = [
        code for code in (atom.codes if isinstance(atom, Selected) else (str(atom.value),)) if code not in known
    ]
    for code in wrong:
        if number and code not in SPECIALS:
            reading.add("condition-needs-number", name, code=code)
        else:
            reading.add("condition-code", name, code=code, hint=suggestion(code, known))
    return not wrong


def _dated(reading: _Reading, read: form.Date, atom: Compare | Selected) -> bool:
    """A day is compared with a day that is written as exactly as it is asked."""
    days = atom.codes if isinstance(atom, Selected) else (atom.value,)
    for day in days:
        if not isinstance(day, str) or not (is_day(day, read.precision) or day in _specials(read)):
            reading.add("condition-date", atom.question, value=day, precision=read.precision)
            return False
    return True


def _related(reading: _Reading, atom: Relation, ids: Mapping[str, int]) -> bool:
    """Two questions, or what is worked out of them: numbers beside numbers, days beside days, codes if equal."""
    if not _counts(reading, atom.left, ids) or not _counts(reading, atom.right, ids):
        return False
    sides = [_sort(reading, side, ids) for side in (atom.left, atom.right)]
    equal = atom.operator in ("=", "!=")
    if "word" in sides and not equal:
        reading.add("condition-order", sorted(_names(atom))[0], operator=atom.operator)
        return False
    if sides[0] != sides[1]:
        reading.add("condition-unlike", sorted(_names(atom))[0])
        return False
    return True


def _sort(reading: _Reading, side: Expression, ids: Mapping[str, int]) -> str:
    def numeric(name: str) -> bool:
        return isinstance(reading.draft.questions[ids[name]], NUMBERS)

    if is_number(side, numeric):
        return "number"
    read = reading.draft.questions[ids[side.question]] if isinstance(side, Ref) else None
    return "date" if isinstance(read, form.Date) else "word"


def _counts(reading: _Reading, expression: Expression, ids: Mapping[str, int]) -> bool:
    """Whether whatever is worked out is worked out of numbers, and counted in answers that hold several."""
    for part in parts(expression):
        if isinstance(part, CountSelected):
            if not isinstance(reading.draft.questions[ids[part.question]], form.Choices | form.Ranking):
                reading.add("condition-count", part.question)
                return False
        elif isinstance(part, Arithmetic | Call):
            inner = (part.left, part.right) if isinstance(part, Arithmetic) else part.arguments
            for one in inner:
                if isinstance(one, Ref) and not isinstance(reading.draft.questions[ids[one.question]], NUMBERS):
                    reading.add("condition-arithmetic", one.question)
                    return False
    return True


RULES: Sequence[Rule] = (_conditions, _constraints, _values)
