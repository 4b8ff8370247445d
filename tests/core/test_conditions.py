"""When a question is asked: what conditions mean, and what is refused.

Promises:
1. An unanswered question makes `=`, `<`, `>` and selected() false and `!=` true; nothing fails.
2. "Don't know" and "prefer not to answer" are ordinary codes.
3. What is written is either read or refused with a plain reason; it is never run.
4. A condition that is the same for everybody is found where the answers can be counted out.
"""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.conditions import (
    All,
    AnyOf,
    Compare,
    Not,
    Relation,
    Selected,
    atoms,
    codes,
    holds,
    names,
    tries,
    verdict,
)
from bot.core.grammar import ConditionError, from_mapping, parse
from bot.core.survey import Answer, Condition, Option, Question

ADULT_TEACHER = "${age} >= 18 and selected(${roles}, 'teacher')"


@pytest.mark.parametrize(
    ("expression", "answers", "expected"),
    [
        ("q = 'a'", {}, False),
        ("q != 'a'", {}, True),
        ("q < 5", {}, False),
        ("q > 5", {}, False),
        ("q <= 5", {}, False),
        ("q >= 5", {}, False),
        ("selected(q, 'a')", {}, False),
        ("q in ('a', 'b')", {}, False),
        ("q not in ('a', 'b')", {}, True),
        ("not(q = 'a')", {}, True),
        ("q = 'a'", {"q": "a"}, True),
        ("q != 'a'", {"q": "a"}, False),
        ("q = 'dont_know'", {"q": "dont_know"}, True),
        ("q != 'a'", {"q": "prefer_not"}, True),
        ("q > 5", {"q": "dont_know"}, False),
        ("q <= 5", {"q": "dont_know"}, False),
        ("q = 5", {"q": 5}, True),
        ("q = 5", {"q": "5"}, False),
        ("5 < q", {"q": 6}, True),
        ("5 >= q", {"q": 6}, False),
        ("18 <= q < 30", {"q": 30}, False),
        ("18 <= q < 30", {"q": 18}, True),
        ("q > -1", {"q": 0}, True),
        ("q = 'a'", {"q": ("a",)}, True),
        ("q = 'a'", {"q": ("a", "b")}, False),
        ("q < 5", {"q": ("a", "b")}, False),
        ("selected(q, 'b')", {"q": ("a", "b")}, True),
        ("selected(q, 'b')", {"q": "b"}, True),
        ("'b' in q", {"q": ("a", "b")}, True),
        ("'c' not in q", {"q": ("a", "b")}, True),
        ("q in ['a', 'c']", {"q": ("b", "c")}, True),
        ("q = 'a' or r = 'b' and s = 'c'", {"q": "x", "r": "b", "s": "c"}, True),
        ("(q = 'a' or r = 'b') and s = 'c'", {"q": "a", "s": "x"}, False),
        (ADULT_TEACHER, {"age": 20, "roles": ("farmer", "teacher")}, True),
        (ADULT_TEACHER, {"age": 17, "roles": ("teacher",)}, False),
        (ADULT_TEACHER, {"age": "prefer_not", "roles": ("teacher",)}, False),
        (' ${ q } = "a" ', {"q": "a"}, True),
    ],
)
def test_a_condition_means_what_xlsform_means(expression: str, answers: dict[str, Answer], expected: bool) -> None:
    """Promises 1 and 2."""
    assert holds(parse(expression), answers) is expected


def test_a_question_without_a_condition_is_asked() -> None:
    """No condition holds for everybody."""
    assert holds(None, {})


def test_a_mapping_wants_every_question_by_any_of_its_codes() -> None:
    """`{a: [x, y], b: [z]}` is (a is x or y) and b is z."""
    condition = from_mapping({"a": ["x", "y"], "b": ["z"]})
    assert holds(condition, {"a": "y", "b": "z"})
    assert holds(condition, {"a": ("w", "x"), "b": "z"})
    assert not holds(condition, {"a": "y"})
    assert not holds(condition, {"b": "z"})


@pytest.mark.parametrize("wanted", [{}, {"a": []}])
def test_a_mapping_that_asks_for_nothing_is_refused(wanted: dict[str, list[str]]) -> None:
    """Nobody would be asked, or everybody: neither was meant."""
    with pytest.raises(ConditionError):
        from_mapping(wanted)


def test_both_spellings_read_alike() -> None:
    """XLSForm and Python differ in signs, not in meaning."""
    assert parse("${a} = 'x' and selected(${b}, 'y')") == parse("a == 'x' and selected(b, 'y')")


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("a", "stands alone"),
        ("a and b = 'x'", "stands alone"),
        ("1", "stands alone"),
        ("'a'", "stands alone"),
        ("1 = 1", "something else"),
        ("a is 'x'", "something else"),
        ("a = True", "a number"),
        ("a = None", "a number"),
        ("a = -'x'", "a number"),
        ("a = ()", "a number"),
        ("a in ()", "no answer"),
        ("a in (1, 2)", "code in quotes"),
        ("selected(a)", "selected()"),
        ("selected('x', a)", "selected()"),
        ("selected(a, 'x', 'y')", "selected()"),
        ("selected(a, 1)", "code in quotes"),
        ("__import__('os')", "not known"),
        ("a.b", "'.'"),
        ("a; b", "';'"),
        ("a = 'x\\n'", "has no meaning"),
        ("a = 'x", "has no meaning"),
        ("a = ۱", "has no meaning"),
        ("lambda: 1", "':'"),
        ("a = 'x' if b else c", "only"),
        ("[a for a in b]", "only"),
        ("a - 1", "works something out"),
        ("(a = 'x'", "cannot be read"),
        ("a = 'x' or", "cannot be read"),
        ("a = = 'x'", "cannot be read"),
        ("a = 1234567890", "too large"),
        ("((((" * 500, "cannot be read"),
        ("not " * 60 + "a = 1", "50 parts"),
        (" or ".join(f"a = {n}" for n in range(40)), "50 parts"),
        ("a = 'x'" + " " * 5000 + "or b = 'y'", "longer than"),
        ("\0", "has no meaning"),
    ],
)
def test_what_is_no_condition_is_refused_with_a_reason(expression: str, reason: str) -> None:
    """Promise 3."""
    with pytest.raises(ConditionError) as refused:
        parse(expression)
    assert reason in str(refused.value)


PIECES = st.sampled_from(
    [
        *["a", "b", "${a}", "'x'", '"y"', "1", "-", "=", "==", "!=", "<", ">=", "(", ")", "[", "]", ",", "and"],
        *["or", "not", "in", "selected(", "is", "lambda", "if", "for", "True", ":", ".", "\\", "\n", "\0", "é"],
        *["۱", "{", "}", "$"],
    ]
)
TYPED = st.one_of(
    st.text(), st.lists(PIECES, max_size=30).map(" ".join), st.lists(PIECES, max_size=12).map("".join)
)


@given(TYPED)
@example("a<b")
@example("a = 'x' and a < b")
def test_reading_never_fails_in_another_way(expression: str) -> None:
    """Promise 3, for anything that can be typed; what is read can be asked. Questions compared name no code."""
    try:
        condition = parse(expression)
    except ConditionError as refused:
        assert str(refused)
    else:
        assert holds(condition, {}) in (True, False)
        beside_codes = {atom.question for atom in atoms(condition) if not isinstance(atom, Relation)}
        assert set(codes(condition)) == beside_codes <= names(condition)
        assert any(isinstance(atom, Relation) for atom in atoms(condition)) or beside_codes == names(condition)


ANSWERS = st.one_of(
    st.sampled_from(["x", "y", "dont_know", "prefer_not", "", "5"]),
    st.integers(-5, 200),
    st.lists(st.sampled_from(["x", "y"]), max_size=2).map(tuple),
)
PLACES: st.SearchStrategy[dict[str, Any]] = st.dictionaries(st.sampled_from("abc"), ANSWERS)


def atoms_of() -> st.SearchStrategy[Condition]:
    """Single comparisons of every kind."""
    question = st.sampled_from("abc")
    value: st.SearchStrategy[Any] = st.one_of(st.sampled_from(["x", "dont_know"]), st.integers(-5, 200))
    return st.one_of(
        st.builds(Compare, question, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), value),
        st.builds(Selected, question, st.lists(st.sampled_from("xy"), min_size=1).map(tuple)),
    )


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    atoms_of(),
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=12,
)


@given(CONDITIONS, PLACES)
def test_no_answer_makes_a_condition_fail(condition: Condition, answers: dict[str, Any]) -> None:
    """Promise 1: whatever was answered, a condition is true or false, and its opposite the other."""
    assert holds(condition, answers) is not holds(Not(condition), answers)


@given(CONDITIONS, PLACES, ANSWERS)
def test_a_condition_reads_the_questions_it_names_and_no_others(
    condition: Condition, answers: dict[str, Any], other: Any
) -> None:
    """`names` is all that the loader and the interview need to know."""
    unread = {name: other for name in "abcd" if name not in names(condition)}
    assert holds(condition, answers) is holds(condition, {**answers, **unread})


@given(CONDITIONS, PLACES)
def test_a_condition_survives_being_written_and_read(condition: Condition, answers: dict[str, Any]) -> None:
    """Written as XLSForm, it reads back with the same meaning, unless it is too long to be read at all."""
    try:
        again = parse(written(condition))
    except ConditionError as refused:
        assert "parts" in str(refused) or "longer" in str(refused)
    else:
        assert holds(again, answers) is holds(condition, answers)


def written(condition: Condition) -> str:
    """A condition in XLSForm's spelling."""
    match condition:
        case Compare(question, operator, value):
            return f"${{{question}}} {operator} {value!r}"
        case Selected(question, wanted):
            return "(" + " or ".join(f"selected(${{{question}}}, '{code}')" for code in wanted) + ")"
        case All(parts):
            return "(" + " and ".join(map(written, parts)) + ")"
        case AnyOf(parts):
            return "(" + " or ".join(map(written, parts)) + ")"
        case Not(part):
            return f"not({written(part)})"
    raise TypeError(condition)


def test_the_codes_of_a_condition_are_those_it_mentions() -> None:
    """Numbers are no codes; a code is named once."""
    condition = parse("a = 'x' and (b in ('y', 'z') or a != 'x') and c > 5")
    assert codes(condition) == {"a": ("x",), "b": ("y", "z"), "c": ()}
    assert names(condition) == {"a", "b", "c"}


def test_the_reader_is_not_python() -> None:
    """What Python would run is refused, though Python could read it."""
    expression = "(lambda: 1)()"
    assert ast.parse(expression, mode="eval")
    with pytest.raises(ConditionError):
        parse(expression)


def test_a_stranger_among_conditions_is_an_error_of_ours() -> None:
    """A kind of condition that nobody taught `holds` is not passed over in silence."""
    with pytest.raises(TypeError):
        holds(Condition(), {})


def question(id: str, *wanted: str, show_if: str | None = None, **more: Any) -> Question:
    """A choice question with these codes."""
    return Question(
        id=id,
        type=more.pop("type", "choice"),
        ask={},
        options=tuple(Option(code, {}) for code in wanted),
        show_if=None if show_if is None else parse(show_if),
        **more,
    )


def test_a_condition_that_nobody_meets_is_found() -> None:
    """Promise 4, over the specials too."""
    earlier = [question("a", "x", "y"), question("b", "x", "y")]
    assert verdict(parse("a = 'x' and a = 'y'"), earlier) == "never"
    assert verdict(parse("a = 'x' and b = 'y'"), earlier) is None
    assert verdict(parse("a = 'x' or a = 'y'"), earlier) is None  # somebody does not know
    assert verdict(parse("a = 'x' or a != 'x'"), earlier) == "always"
    assert verdict(parse("a in ('x', 'y', 'dont_know', 'prefer_not')"), earlier) == "always"
    assert tries(parse("a = 'x' and b = 'y'"), earlier) == 16


def test_without_special_answers_the_options_are_all_there_is() -> None:
    """A question may offer no "don't know"."""
    assert verdict(parse("a in ('x', 'y')"), [question("a", "x", "y", specials=())]) == "always"


def test_an_answer_that_ends_the_interview_leads_nowhere() -> None:
    """Nobody who gave it is asked anything more."""
    earlier = [question("a", "x", "out", screen_out=("out",))]
    assert verdict(parse("a = 'out'"), earlier) == "never"


def test_a_question_that_was_not_asked_counts_as_unanswered() -> None:
    """Conditions are followed back: b is asked only after a = x."""
    earlier = [question("a", "x", "y"), question("b", "x", "y", show_if="a = 'x'")]
    assert verdict(parse("b = 'x' and a = 'y'"), earlier) == "never"
    assert verdict(parse("b != 'x'"), earlier) is None
    assert verdict(parse("b = 'x' or b = 'y' or b = 'dont_know' or b = 'prefer_not'"), earlier) is None


def test_a_condition_behind_a_number_is_taken_both_ways() -> None:
    """Where it cannot be known whether b was asked, both are tried."""
    number = question("n", type="number")
    earlier = [number, question("b", "x", "y", show_if="n > 5")]
    assert verdict(parse("b = 'x'"), earlier) is None
    assert verdict(parse("b = 'x' and b = 'y'"), earlier) == "never"
    assert verdict(parse("n > 5"), earlier) is None
    assert tries(parse("n > 5"), earlier) == 0


@pytest.mark.parametrize(
    ("condition", "same"),
    [
        ("n < 3 and n > 5", "never"),
        ("n > 60", "never"),
        ("n >= 60", None),
        ("n >= 0", None),  # somebody does not know
        ("n >= 0 or n in ('dont_know', 'prefer_not')", "always"),
        ("n > 3 and n < 5 and n != 4", "never"),
        ("n = 4 and not selected(many, 'x')", None),
        ("selected(many, 'x') and not selected(many, 'x')", "never"),
        ("selected(many, 'x') and selected(many, 'y')", None),
        ("selected(many, 'x') and selected(many, 'none')", "never"),
        ("selected(many, 'x') or selected(many, 'y') or selected(many, 'z') or selected(many, 'none')", None),
    ],
)
def test_numbers_and_multiple_choices_are_counted_out_too(condition: str, same: str | None) -> None:
    """Promise 4: of the answers that no comparison tells apart one is tried."""
    number = question("n", type="number", low=0, high=60)
    many = question("many", "x", "y", "z", "none", type="choices", exclusive=("none",))
    assert verdict(parse(condition), [number, many]) == same


COMPARED = st.tuples(st.sampled_from(["<", "<=", "=", "!=", ">", ">="]), st.integers(0, 9))


@given(st.lists(COMPARED, min_size=1, max_size=4))
def test_the_numbers_tried_stand_for_all_numbers(parts: list[tuple[str, int]]) -> None:
    """Promise 4: as if every number from the lowest to the highest had been tried."""
    condition = parse(" and ".join(f"n {operator} {value}" for operator, value in parts))
    number = question("n", type="number", low=0, high=7, specials=())
    seen = {holds(condition, {"n": n}) for n in range(8)}
    same = None if len(seen) == 2 else "always" if True in seen else "never"
    assert verdict(condition, [number]) == same


def test_too_many_combinations_are_left_alone() -> None:
    """At most 4,096 are tried."""
    earlier = [question(f"q{n}", "x", "y") for n in range(7)]
    everyone = " and ".join(f"q{n} = 'x'" for n in range(7))
    assert verdict(parse(f"{everyone} and q0 = 'y'"), earlier) is None
    assert verdict(parse("q0 = 'x' and q1 = 'x' and q0 = 'y'"), earlier) == "never"
