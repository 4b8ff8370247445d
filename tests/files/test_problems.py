"""The sentences for authors: complete, in one line, with a guess at what was meant."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError

import pytest

from bot.files.problems import CATALOGUE, Notes, Problem, suggestion


@pytest.mark.parametrize("id", CATALOGUE)
def test_every_sentence_says_what_and_rule_and_what_to_do(id: str) -> None:
    """Each part is there, in one line, begins small and ends without a full stop."""
    sentence = CATALOGUE[id]
    for words in (sentence.what, sentence.rule, sentence.todo):
        assert words.strip() == words != ""
        assert "\n" not in words
        assert not words.endswith(".")
    assert sentence.level in ("error", "warning")


@pytest.mark.parametrize("id", CATALOGUE)
def test_every_sentence_can_be_filled(id: str) -> None:
    """With words that hold braces themselves."""
    sentence = CATALOGUE[id]
    wanted = set(re.findall(r"(?<!\{)\{([a-z]+)\}", f"{sentence.what} {sentence.rule} {sentence.todo}"))
    wanted |= set(re.findall(r"\{\{\{([a-z]+)\}\}\}", f"{sentence.what} {sentence.rule} {sentence.todo}"))
    notes = Notes("a.yaml")
    notes.add(id, 1, **dict.fromkeys(wanted, "{x}"))
    (problem,) = notes.ordered()
    assert str(problem).count("{x}") >= len(wanted)


def test_a_problem_is_a_value() -> None:
    """Equal when all of it is equal, and never changed."""
    problem = Problem("a.yaml", 3, "what", "rule", "todo")
    assert problem == Problem("a.yaml", 3, "what", "rule", "todo")
    assert str(problem) == "a.yaml:3 - what - rule - todo"
    with pytest.raises(FrozenInstanceError):
        problem.line = 4  # type: ignore[misc]


def test_problems_are_kept_once_and_told_from_the_top() -> None:
    """The same mistake found by two rules is one problem."""
    notes = Notes("a.yaml")
    notes.add("second-document", 9)
    notes.add("empty-file", 1)
    notes.add("second-document", 9)
    assert [(problem.line, problem.id) for problem in notes.ordered()] == [
        (1, "empty-file"),
        (9, "second-document"),
    ]
    assert notes.refused


def test_what_was_found_is_shown_harmlessly() -> None:
    """Line ends, direction controls and long words of a file cannot spoil the report."""
    notes = Notes("a.yaml")
    notes.add("bad-id", 1, value="a\nb\u202ec\x1b" + "d" * 500)
    (problem,) = notes.ordered()
    assert "a b<U+202E>c<U+001B>d" in problem.what
    assert len(problem.what) < 260


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("gendre", ["gender", "district"], "did you mean 'gender'?"),
        ("xyz", ["gender", "district"], "there is: gender, district"),
        ("xyz", [], "there is none to name yet"),
        ("xyz", [f"q{n}" for n in range(20)], "there is: " + ", ".join(f"q{n}" for n in range(12)) + " ..."),
    ],
)
def test_what_may_have_been_meant(word: str, known: list[str], expected: str) -> None:
    """A near word is proposed; else the words there are."""
    assert suggestion(word, known) == expected
