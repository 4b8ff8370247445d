"""A condition reads earlier answers that can be given, and makes a difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.conditions import Compare, ConditionError, Selected, atoms, from_mapping, parse, tries, verdict
from bot.core.survey import SPECIALS, Condition, Option, Question
from bot.files import form
from bot.files.plain import Path
from bot.files.problems import suggestion
from bot.files.rules.draft import Rule, _Draft

MOST_COMBINATIONS = 65_536
"""How many combinations of answers are tried in one file: what half a second is enough for."""


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
        exclusive=tuple(getattr(question, "exclusive", ())),
        low=getattr(question, "min", None),
        high=getattr(question, "max", None),
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


RULES: Sequence[Rule] = (_conditions,)
