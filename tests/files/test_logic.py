"""Filters, constraints, values, sections and orders of a survey file: read as they stand, or refused at the line.

Promises:
1. The file that uses every key of the logic gives its survey; stored as JSON, the same survey again.
2. Each mistake in the logic is named at its line, in a sentence of its own.
3. What could be mistaken for a mistake, and is none, is taken.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.core.survey import Filter, Shuffle
from bot.files.surveys import Loaded, from_document, load
from tests.files.sample import LOGICAL

HERE = "# here"

Edit = tuple[str, str]


def loaded(tmp_path: Path, *edits: Edit) -> tuple[str, Loaded]:
    """The sound file with pieces replaced, each of which is there once, and what comes of it."""
    text = LOGICAL
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = tmp_path / "survey.yaml"
    path.write_text(text)
    return text, load(path)


# -- sound (promise 1) ------------------------------------------------------------------------------------


def test_a_sound_file_has_no_problem_and_outlives_storing(tmp_path: Path) -> None:
    _, found = loaded(tmp_path)
    assert found.problems == ()
    assert from_document(json.loads(json.dumps(found.document, sort_keys=True))) == found.survey


def test_a_file_says_what_is_offered_to_whom_and_in_which_order(tmp_path: Path) -> None:
    survey = loaded(tmp_path)[1].survey
    assert survey is not None
    assert survey.question("district").filter == Filter(
        "province", {"kp": ("swat",), "balochistan": ("quetta", "zhob")}
    )
    assert survey.question("district").specials == ("dont_know", "prefer_not", "skipped")
    assert survey.question("wishes").fixed == ("other",)
    assert survey.question("trust_courts").stem == {"en": "How much do you trust these?"}
    assert survey.question("elders").pipes == ("province",)
    police, helped, neighbours = map(survey.number, ("trust_police", "helped", "neighbours"))
    assert survey.shuffles == (
        Shuffle("order of trust_offices", ((police,), (police + 1,))),
        Shuffle("order of offices", ((police, police + 1), (helped,)), arm="turned"),
        Shuffle("order of people", ((neighbours,), (neighbours + 1,))),
        Shuffle("order of sections", ((police, police + 1, helped), (neighbours, neighbours + 1))),
    )


# -- one mistake each (promise 2) -------------------------------------------------------------------------

VALUE = 'value: "${adults} * 2 + count-selected(${wishes}) + if(${way} > 3, 1, 0)"'
FILTER = "choice_filter: {province: {kp: [swat], balochistan: [quetta, zhob]}}"
ELDERS = 'ask: {en: "How much do you trust the elders in ${province}?"}'
HELPED = "show_if: ${score} > ${adults}"
SAME = "\"if(${neighbours} = 'n1', 1, 0)\""
NOT_MET = "constraint: . != '2024-04'"

MISTAKES: list[tuple[str, *tuple[Edit, ...]]] = [
    ("condition-arithmetic", (VALUE, "value: ${province} + 1")),
    ("condition-arithmetic", (HELPED, "show_if: round(${arrived}) > 3")),
    ("condition-count", (VALUE, "value: count-selected(${province})")),
    ("condition-date", (HELPED, "show_if: ${arrived} > '2025'")),
    ("condition-date", (HELPED, "show_if: {arrived: ['2025-13']}")),
    ("condition-unlike", (HELPED, "show_if: ${arrived} = ${adults}")),
    ("condition-order", (HELPED, "show_if: ${province} < ${district}")),
    ("condition-unreadable", (HELPED, "show_if: ${adults} + 1")),
    ("condition-unreadable", (VALUE, "value: . + 1")),
    ("condition-later", (VALUE, "value: if(${helped} = 'yes', 1, 0)")),
    ("condition-unknown", ("show_if: \"${arrived} >= '2025-01'\"", 'show_if: {arived: ["2025-01"]}')),
    (
        "constraint-half",
        ("    constraint_message: {en: Nobody came then.}\n", "# here\n"),
        (NOT_MET, f"{NOT_MET} # here"),
    ),
    (
        "constraint-half",
        ("    constraint: . != '2024-04'\n", ""),
        ("constraint_message: {en: Nobody came then.}", "constraint_message: {en: Nobody came then.} # here"),
    ),
    (
        "constraint-grid",
        (
            "shuffle: true\n    ask: {en: How much do you trust these?}",
            "constraint: . = 'n1'\n    constraint_message: {en: So.}\n    ask: {en: How much do you trust these?}",
        ),
    ),
    ("constraint-never", ("constraint: . > 0.2 and . < 20", "constraint: . > 0.2 and . < 0.3")),
    ("condition-later", (NOT_MET, "constraint: ${adults} > 1")),
    ("missing-language", ("constraint_message: {en: Nobody came then.}", "constraint_message: {}")),
    (
        "date-day",
        ("precision: day", "precision: day # here"),
        ("    because: the meetings are told apart by their day\n", ""),
    ),
    ("date-long", ('to: "2026-12"\n', 'to: "2123-12"\n')),
    ("date-unlike", ('from: "2024-03"', 'from: "2024-13"')),
    ("date-unlike", ('from: "2026-01-01"', 'from: "2026-02-30"')),
    ("min-above-max", ('from: "2024-03"', 'from: "2027-03"')),
    ("min-above-max", ("least: 1\n    most: 2", "least: 3\n    most: 2")),
    ("filter-empty", (FILTER, "choice_filter: {province: {kp: [swat, quetta, zhob]}}")),
    ("not-an-option", (FILTER, "choice_filter: {province: {kp: [swat], balochistan: [kwetta, zhob]}}")),
    ("not-an-option", (FILTER, "choice_filter: {province: {kpk: [swat], balochistan: [quetta]}}")),
    (
        "wrong-type",
        (
            "choice_filter: {province: {kp: [swat], balochistan: [quetta, zhob]}}\n    required: false\n",
            "required: false\n",
        ),
        ("    fixed: [other]\n", "    fixed: [other]\n    choice_filter: {adults: {kp: [road]}} # here\n"),
    ),
    ("unknown-question", (FILTER, "choice_filter: {provinze: {kp: [swat]}}")),
    ("named-later", (FILTER, "choice_filter: {helped: {yes: [swat]}}")),
    ("named-later", (ELDERS, 'ask: {en: "And in ${elders}?"}')),
    ("nothing-asked", ("questions:", "questions:\n  - {id: a, type: arm, arms: [x, y]}\nrest:")),
    ("picks-too-many", ("most: 2\n    shuffle", "most: 5\n    shuffle")),
    ("picks-too-many", ("ranked: 2", "ranked: 4")),
    ("not-an-option", ("fixed: [other]", "fixed: [others]")),
    ("pipe-type", (ELDERS, 'ask: {en: "You said ${wishes}. And the elders?"}')),
    (
        "pipe-type",
        ("{en: How much do you trust these?}", '{en: "You said ${needs}. How much do you trust these?"}'),
    ),
    ("pipe-unsure", (ELDERS, 'ask: {en: "You said ${helped}. And the elders?"}')),
    (
        "pipe-uneven",
        (ELDERS, 'ask: {en: "In ${province}?", ur: "ضلع؟"}'),
        ("languages: [en]", "languages: [en, ur]"),
    ),
    (
        "section-apart",
        (
            "    section: people\n    ask: {en: How much do you trust your neighbours?}",
            "    ask: {en: How much do you trust your neighbours?}",
        ),
        (HELPED, f"{HELPED}\n  - {{id: odd, type: yes_no, ask: {{en: Odd?}}, section: people}}"),
        (
            'scale: ladder\n    section: people\n    ask: {en: "How',
            'scale: ladder\n    section: people # here\n    ask: {en: "How',
        ),
    ),
    ("unknown-section", ("arms: [first, second]", "arms: [first, second]\n    section: office # here")),
    ("unknown-section", ("shuffle: [offices, people]", "shuffle: [offices, peoples]")),
    ("unused-section", ("sections:\n", "sections:\n  empty: {title: {en: Empty}} # here\n")),
    (
        "shuffle-apart",
        ("shuffle: [offices, people]", "shuffle: [offices, people] # here"),
        (HELPED, f"{HELPED}\n  - {{id: odd, type: yes_no, ask: {{en: Odd?}}}}"),
    ),
    (
        "shuffle-hangs",
        (ELDERS, f"{ELDERS}\n    show_if: {{helped: [yes]}}"),
        ("- id: elders", "- id: elders # here"),
    ),
    (
        "shuffle-hangs",
        (ELDERS, f"{ELDERS}\n    constraint: . != ${{neighbours}}\n    constraint_message: {{en: Not the same.}}"),
        ("- id: elders", "- id: elders # here"),
    ),
    (
        "shuffle-hangs",
        (ELDERS, f"{ELDERS}\n  - {{id: odd, type: calculate, section: people, value: {SAME}}} # here"),
    ),
    ("wrong-type", ("shuffle: turned}", "shuffle: province}")),
    ("unknown-question", ("shuffle: turned}", "shuffle: turn}")),
    ("wrong-size", ("arms: [first, second]", "arms: [a, b, c, d, e]")),
    ("wrong-size", ("decimals: 1", "decimals: 3")),
    (
        "unknown-key",
        (
            "ends: {low: {en: not at all}, high: {en: fully}}",
            "ends: {low: {en: not at all}, high: {en: fully}, mid: {en: so}}",
        ),
    ),
    ("value-word", (VALUE, "value: if(${way} > 3, 'far', 'near')")),
    ("value-word", (VALUE, "value: ${province}")),
]
"""A problem and the edits that bring it about; it stands where the first edit begins, or at `# here`."""


@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{i}-{mistake[0]}" for i, mistake in enumerate(MISTAKES)])
def test_each_mistake_is_named_at_its_line(tmp_path: Path, mistake: tuple[str, *tuple[Edit, ...]]) -> None:
    id, *edits = mistake
    text, found = loaded(tmp_path, *edits)
    at = text.index(HERE) if HERE in text else text.index(edits[0][1])
    lines = {problem.line for problem in found.problems if problem.id == id}
    assert text[:at].count("\n") + 1 in lines, [str(problem) for problem in found.problems]
    assert (found.survey is None) is any(problem.level == "error" for problem in found.problems)


# -- no mistake (promise 3) -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "edit",
    [
        (HELPED, "show_if: ${arrived} < '2026-01' and ${way} > 2.5"),
        (HELPED, "show_if: ${adults} = ${way}"),
        (HELPED, "show_if: selected(${wishes}, 'road') or count-selected(${wishes}) >= 2"),
        (HELPED, "show_if: {district: [swat, quetta, zhob, dont_know, prefer_not, skipped]}"),
        (NOT_MET, "constraint: . >= '2024-05'"),
        (VALUE, "value: round(${adults} div 3, 1) + min(${adults}, 4) mod 3"),
        (FILTER, "choice_filter: {province: {kp: [swat]}}"),
        ("arms: [first, second]", "arms: [first, second, third, fourth]"),
    ],
    ids=lambda edit: edit[1],
)
def test_what_is_sound_is_taken(tmp_path: Path, edit: Edit) -> None:
    _, found = loaded(tmp_path, edit)
    assert [str(problem) for problem in found.problems] == []
