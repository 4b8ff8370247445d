"""Survey files: read whole, or refused with every mistake, each with its line.

Promises:
1. A sound file gives its survey; its document, stored as JSON with sorted keys, gives the same survey again.
2. Every sentence of the catalogue for surveys is reached, at the line where the mistake stands.
3. All mistakes are found in one reading, and a mistake in one part hides none in another.
4. No file, however hostile or damaged, makes `load` raise or dawdle.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.conditions import AnyOf, Compare, Selected
from bot.core.survey import Advice, Band, CellPart, Clocks, Option, Reminding
from bot.files.problems import CATALOGUE
from bot.files.surveys import YES_NO, Loaded, from_document, load, schema
from tests.files import test_logic
from tests.files.sample import RECORDING, SOUND, beside

HERE = "# here"


def loaded(tmp_path: Path, text: str | bytes) -> Loaded:
    """What comes of a file with this text."""
    path = tmp_path / "survey.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    beside(tmp_path)
    return load(path)


def edited(*edits: tuple[str, str]) -> str:
    """The sound file with pieces replaced, each of which is there once."""
    text = SOUND
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


# -- sound files (promise 1) ------------------------------------------------------------------------------


def test_a_sound_file_has_no_problem(tmp_path: Path) -> None:
    """Not even a warning."""
    assert loaded(tmp_path, SOUND).problems == ()


def test_a_sound_file_gives_its_survey(tmp_path: Path) -> None:
    """Every key of the file is in the survey."""
    survey = loaded(tmp_path, SOUND).survey
    assert survey is not None
    assert (survey.id, survey.version, survey.languages) == ("sample", 3, ("ur", "en"))
    assert survey.title == {"ur": "نمونہ", "en": "Sample"}
    assert [question.type for question in survey.questions] == [
        *["choice", "choice", "choice", "note", "scale", "yes_no", "number", "choices"],
        *["yes_no", "yes_no", "yes_no", "text"],
    ]
    assert [question.id for question in survey.questions if question.sensitive] == ["harmed"]
    assert survey.cells == (
        CellPart("district", "district", {"swat": "swat", "mardan": "mardan"}),
        CellPart("gender", "gender", {"woman": "woman", "man": "man"}),
        CellPart("age", "age_band", {"b18_24": "youth", "b25_29": "youth", "b30": "older"}),
    )
    assert survey.reach is not None
    assert survey.reach.census == "KP"
    assert survey.reach.women == ("gender", ("woman",))
    assert survey.reach.youth == ("age_band", ("b18_24", "b25_29"))
    assert survey.clocks == Clocks(21, 2, 14)
    assert survey.reminders == Reminding(2, 7)
    assert survey.targets == {"women": 50, "youth": 40}
    assert [(one.id, one.question, one.codes, one.better) for one in survey.indicators] == [
        ("trust_police", "trust_police", ("some", "much"), "higher"),
        ("far", "reasons", ("far",), "lower"),
        ("many_meetings", "meetings", ("few", "many"), "none"),
    ]
    far = survey.indicators[1]
    assert far.advice == Advice(30, {"ur": "اگلی میٹنگ قریب رکھیں۔", "en": "Hold the next meeting nearby."})
    assert (far.baseline, far.target) == (45, 20)
    assert far.worse(31, than=30) and not far.worse(30, than=30) and not far.worse(29, than=30)
    assert [(one.id, one.items, one.reverse, one.better) for one in survey.indexes] == [
        ("standing", ("trust_police", "attended"), ("attended",), "higher"),
    ]
    assert survey.indexes[0].title["en"] == "Ties with offices"


def test_questions_carry_what_the_file_says(tmp_path: Path) -> None:
    """Specials, screening, bands, audio, conditions."""
    survey = loaded(tmp_path, SOUND).survey
    assert survey is not None
    assert survey.question("district").specials == ("prefer_not",)
    assert survey.question("gender").specials == ("dont_know", "prefer_not")
    assert survey.question("gender").audio == {"ur": hashlib.sha256(RECORDING).hexdigest()}
    assert survey.question("age_band").screen_out == ("under_18",)
    assert survey.question("hello").specials == ()
    assert [option.code for option in survey.question("trust_police").options] == ["none", "some", "much"]
    assert survey.question("trust_police").order == "ascending"
    assert survey.question("attended").order == ""
    meetings = survey.question("meetings")
    assert (meetings.low, meetings.high, meetings.options) == (1, 60, ())
    assert meetings.bands == (Band("once", 1, 1), Band("few", 2, 5), Band("many", 6, 60))
    assert meetings.show_if == Selected("attended", ("yes",))
    reasons = survey.question("reasons")
    assert reasons.exclusive == ("nothing",)
    assert reasons.show_if == AnyOf((Compare("attended", "=", "no"), Compare("meetings", "<", 3)))


def test_yes_and_no_survive_as_words(tmp_path: Path) -> None:
    """Unquoted, they are codes; the bot's own labels stand where the file gives none."""
    survey = loaded(tmp_path, SOUND).survey
    assert survey is not None
    assert survey.question("attended").options == tuple(
        Option(code, {"ur": YES_NO[code]["ur"], "en": YES_NO[code]["en"]}) for code in ("yes", "no")
    )
    assert survey.question("paid").options == (
        Option("yes", {"ur": "ہاں", "en": "Yes"}),
        Option("no", {"ur": "نہیں", "en": "No"}),
    )


def test_a_stored_document_gives_the_same_survey(tmp_path: Path) -> None:
    """Also the order of options, bands, cells and conditions outlives sorted keys."""
    first = loaded(tmp_path, SOUND)
    stored = json.dumps(first.document, sort_keys=True)
    again = from_document(json.loads(stored))
    assert again == first.survey
    assert json.dumps(json.loads(stored), sort_keys=True) == stored
    assert list(again.cells[2].groups) == ["b18_24", "b25_29", "b30"]
    assert [question.id for question in again.questions] == [q["id"] for q in first.document["questions"]]


def test_words_are_stored_clean(tmp_path: Path) -> None:
    """Letters are composed, and the spaces at the ends of a block are no part of a text."""
    survey = loaded(tmp_path, edited(("  en: Taking part is your choice.", "  en: |\n    Cafe\u0301\n"))).survey
    assert survey is not None
    assert survey.consent["en"] == "Café"


def test_what_a_file_without_indexes_pins_does_not_change(tmp_path: Path) -> None:
    """A wave that is open knows its survey by these bytes."""
    without = SOUND[: SOUND.index("indexes:")]
    assert "indexes" not in loaded(tmp_path, without).document
    assert "order" not in json.dumps(loaded(tmp_path, without).document["questions"])


def test_two_indexes_have_two_ids(tmp_path: Path) -> None:
    """As questions and indicators do; an index may bear the name of an indicator."""
    index = SOUND[SOUND.index("  - id: standing") :]
    assert [one.id for one in loaded(tmp_path, SOUND + index).problems] == ["duplicate-id"]
    assert loaded(tmp_path, SOUND + index.replace("standing", "far")).problems == ()


@pytest.mark.parametrize(
    "condition",
    [
        "\"${ready} = 'yes'\"",
        "selected(${ready}, 'yes')",
        "\"${ready} = 'yes' and ${gender} = 'woman'\"",
        "\"(${ready} = 'yes' and ${gender} = 'woman') or (${ready} = 'yes' and ${gender} = 'man')\"",
    ],
)
def test_a_yes_before_what_hurts_may_be_asked_for_in_many_words(tmp_path: Path, condition: str) -> None:
    text = edited(("show_if: {ready: [yes]}", f"show_if: {condition}"))
    assert loaded(tmp_path, text).problems == ()


def test_items_of_which_one_may_be_missing_need_not_be_asked_together(tmp_path: Path) -> None:
    """Four of five are enough."""
    text = edited(
        ("items: [trust_police, attended]", "items: [trust_police, attended, paid, again, more_paid]"),
        ("Do you trust the police?}\n", "Do you trust the police?}\n    show_if: {gender: [man]}\n"),
        ("show_if: selected(${reasons}, 'far')", "show_if: {gender: [woman]}"),
        (
            "  - id: ready\n",
            "  - {id: again, type: yes_no, ask: {ur: پھر؟, en: Again?}}\n"
            "  - {id: more_paid, type: yes_no, ask: {ur: اور؟, en: More?}}\n  - id: ready\n",
        ),
    )
    assert loaded(tmp_path, text).problems == ()


def test_own_items_need_no_permission(tmp_path: Path) -> None:
    """The three keys are for the questions of others."""
    text = SOUND.replace("licence: adapted with permission", "licence: own items")
    for key in ("permission_ref", "source", "instrument_version"):
        text = "\n".join(line for line in text.split("\n") if not line.startswith(key))
    assert loaded(tmp_path, text).problems == ()


def test_a_small_survey_needs_little(tmp_path: Path) -> None:
    """Cells, reach, scales and indicators may be left out."""
    small = "survey: a\nversion: 1\nlanguages: [en]\ntitle: {en: A}\nlicence: own items\nconsent: {en: A}\n"
    found = loaded(tmp_path, f"{small}questions: [{{id: q, type: yes_no, ask: {{en: Well?}}}}]\n")
    assert found.problems == ()
    assert found.survey is not None
    assert (found.survey.cells, found.survey.indicators, found.survey.reach) == ((), (), None)
    assert (found.survey.clocks, found.survey.reminders, found.survey.targets) == (Clocks(None, 3, 14), None, {})


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    """Notepad writes them."""
    plain = loaded(tmp_path, SOUND)
    windows = loaded(tmp_path, b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode())
    assert replace_path(windows) == replace_path(plain)


def replace_path(found: Loaded) -> Loaded:
    """The same, wherever the file lies."""
    return replace(found, problems=tuple(replace(problem, file="") for problem in found.problems))


def test_the_schema_for_editors_knows_every_kind_of_question() -> None:
    """It is JSON and names the types."""
    made = json.dumps(schema())
    assert all(f'"{kind}"' in made for kind in ("choice", "choices", "scale", "number", "yes_no", "note", "text"))


# -- one mistake each (promise 2) -------------------------------------------------------------------------

TITLE = "title: {ur: نمونہ, en: Sample}"
WHICH = "ask: {ur: ضلع؟, en: Which district?}"
REASONS_IF = "show_if: \"${attended} = 'no' or ${meetings} < 3\""
LONG = "x" * 4000
REFERRAL = "referral:\n  ur: مدد کے لیے فون کریں۔\n  en: You can call for help.\n"
DANGER = "danger_words:\n  ur: [خطرہ, جان سے مار]\n  en: [danger, kill]\n"
AFTER = "show_if: {more: [given]}"
MANY_TEXTS = "".join(
    f"  - {{id: m{n}, type: text, ask: {{ur: اور؟, en: What more {n}?}}, longest: 1000}}\n" for n in range(3)
)

Edit = tuple[str, str]

MORE = "- id: more\n    type: text"
SPOKEN = "- id: spoken{0}\n    ask: {{ur: سنائیں {0}, en: Tell us {0}}}\n    type: voice"

MISTAKES: list[tuple[str, *tuple[Edit, ...]]] = [
    # YAML
    ("hidden-letter", (TITLE, "title: {ur: نمونہ, en: Sample} # \u202e")),
    ("directive", ("survey: sample", "%YAML 1.1\n---\nsurvey: sample")),
    ("second-document", ("survey: sample", "survey: sample\n--- # here\na: b")),
    ("anchor", ("languages: [ur, en]", "languages: &all [ur, en]")),
    ("alias", (TITLE, "title: *all")),
    ("merge-key", ("census: KP", "census: KP\n  <<: {census: KP} # here")),
    ("tag", ("version: 3", "version: !!int 3")),
    ("key-not-text", ("version: 3", "version: 3\n? [a] # here\n: b")),
    ("duplicate-key", ("version: 3", "version: 3\nsurvey: again # here")),
    ("too-deep", ("version: 3", f"version: {'[' * 30}{']' * 30}")),
    ("too-many-values", ("version: 3", f"version: [{'a,' * 20_000}]")),
    ("not-yaml", ("languages: [ur, en]", "languages: [ur, en"), (TITLE, "title: b: c # here")),
    ("bare-value", ('instrument_version: "6"', "instrument_version: 2026-11-22")),
    ("bare-value", ('instrument_version: "6"', "instrument_version: 010")),
    ("bare-value", ('instrument_version: "6"', "instrument_version: 1_000")),
    ("bare-value", ('instrument_version: "6"', "instrument_version: 1.5")),
    ("bare-value", ('instrument_version: "6"', "instrument_version: 12:30:45")),
    # shape
    ("missing-key", ("survey: sample\n", "")),
    ("missing-key", ("reach:", "reach:"), ("  census: KP\n", "")),
    ("missing-key", ("- id: trust_police\n    type: scale\n", "- id: trust_police\n")),
    (
        "missing-key",
        ("- id: trust_police\n    type: scale\n    scale: trust\n", "- id: trust_police\n    type: scale\n"),
    ),
    ("unknown-key", ("version: 3", "version: 3\nvresion: 4 # here")),
    ("unknown-key", ("- id: hello\n    type: note\n", "- id: hello\n    type: note\n    min: 3 # here\n")),
    ("unknown-key", ("census: KP", "census: KP\n  woman: a # here")),
    ("unknown-key", ("question: age_band", "question: age_band\n    group: a # here")),
    ("not-text", ('instrument_version: "6"', "instrument_version: 6")),
    ("not-text", ("show_if: {attended: [yes]}", "show_if: {attended: [true]}")),
    ("not-text", ("- id: trust_police\n    type: scale", "- id: trust_police\n    type: 5 # here")),
    ("not-text", ("better: lower", "better: 1")),
    ("wrong-kind", (TITLE, "title: Sample")),
    ("wrong-kind", ("version: 3", "version: three")),
    ("wrong-kind", ("sensitive: true", "sensitive: yes")),
    ("wrong-kind", (WHICH, "ask:")),
    ("wrong-kind", ("languages: [ur, en]", "languages: ur")),
    ("wrong-kind", ("- id: district\n", "- just words\n  - id: district\n")),
    ("wrong-kind", ("trust:\n    order", "empty:\n  trust:\n    order")),
    ("wrong-word", ("census: KP", "census: KPK")),
    ("wrong-word", ("order: ascending", "order: rising")),
    ("wrong-word", ("better: lower", "better: less")),
    ("wrong-word", ("specials: [prefer_not]", "specials: [refuse]")),
    ("wrong-word", ("- id: trust_police\n    type: scale", "- id: trust_police\n    type: scales # here")),
    ("wrong-size", ("version: 3", "version: 0")),
    ("wrong-size", ("languages: [ur, en]", "languages: []")),
    (
        "wrong-size",
        ("options:\n      swat: {", "options:\n      swat: {"),
        ("      mardan: {ur: مردان, en: Mardan}\n", ""),
    ),
    (
        "wrong-size",
        ("options:\n      swat: {", "options:\n      swat: {"),
        ("mardan: {ur: مردان, en: Mardan}", "\n      ".join(f"d{n}: {{ur: ض{n}, en: D{n}}}" for n in range(101))),
    ),
    ("wrong-size", ("few: [2, 5]", "few: [2, 4, 5]")),
    ("bad-id", ("- id: hello", "- id: Hello")),
    ("bad-id", ("swat: {ur: سوات, en: Swat}", "1: {ur: سوات, en: Swat}")),
    ("bad-id", ("- id: hello", f"- id: {'h' * 33}")),
    ("bad-survey-id", ("survey: sample", "survey: My Survey")),
    ("reserved-word", ("- id: hello", "- id: with")),
    ("reserved-word", ("- id: hello", "- id: class")),
    ("reserved-word", ("- id: hello", "- id: str12")),
    ("reserved-word", ("swat: {ur: سوات, en: Swat}", "all: {ur: سوات, en: Swat}")),
    ("reserved-code", ("swat: {ur: سوات, en: Swat}", "dont_know: {ur: سوات, en: Swat}")),
    ("reserved-code", ("older: [b30]", "unknown: [b30]")),
    ("bad-language", ("languages: [ur, en]", "languages: [ur, en, English]")),
    ("unspoken-language", ("languages: [ur, en]", "languages: [ur, en, sd]")),
    ("bad-audio-name", ("audio: {ur: gender-ur.ogg}", "audio: {ur: ../gender.ogg}")),
    ("bad-audio-name", ("audio: {ur: gender-ur.ogg}", "audio: {ur: gender.mp3}")),
    ("recording-missing", ("audio: {ur: gender-ur.ogg}", "audio: {ur: gender.ur.ogg}")),
    ("recording-bad", ("audio: {ur: gender-ur.ogg}", "audio: {ur: cut.ogg}")),
    ("recording-long", ("audio: {ur: gender-ur.ogg}", "audio: {ur: long.ogg}")),
    ("recording-large", ("audio: {ur: gender-ur.ogg}", "audio: {ur: large.ogg}")),
    ("bad-picture-name", ("picture: hello.png", "picture: ../hello.png")),
    ("picture-missing", ("picture: hello.png", "picture: other.jpg")),
    ("picture-bad", ("picture: hello.png", "picture: cut.png")),
    ("picture-large", ("picture: hello.png", "picture: narrow.png")),
    ("twice", ("languages: [ur, en]", "languages: [ur, en, ur]")),
    ("twice", ("youth: [b18_24, b25_29]\n      older", "youth: [b18_24, b25_29, b18_24]\n      older")),
    # words
    ("missing-language", (TITLE, "title: {ur: نمونہ}")),
    ("missing-language", ("swat: {ur: سوات, en: Swat}", "swat: {en: Swat}")),
    ("missing-language", ("some: {ur: کچھ حد تک, en: Somewhat}", "some: {ur: کچھ حد تک}")),
    ("missing-language", ("title: {ur: جگہ دور, en: Too far}", "title: {en: Too far}")),
    ("value-uneven", (WHICH, "ask: {ur: ضلع؟, en: 'Which part of ${district}?'}")),
    ("empty-text", (WHICH, "ask: {ur: ضلع؟, en: ' '}")),
    ("unknown-language", (TITLE, "title: {ur: نمونہ, en: Sample, ps: نمونه}")),
    ("unknown-language", ("audio: {ur: gender-ur.ogg}", "audio: {ps: gender-ps.ogg}")),
    ("direction-letter", (WHICH, 'ask: {ur: ضلع؟, en: "Which\\u202e district?"}')),
    ("direction-letter", (WHICH, "ask: {ur: ضلع\u200f؟, en: Which district?}")),
    ("presentation-form", (WHICH, "ask: {ur: ﺿﻠﻊ؟, en: Which district?}")),
    ("presentation-form", (WHICH, "ask: {ur: ضـــلع؟, en: Which district?}")),
    ("foreign-letter", (WHICH, "ask: {ur: كون سا ضلع؟, en: Which district?}")),
    ("message-too-long", ("- id: district", "- id: district"), (WHICH, f"ask: {{ur: ضلع؟, en: {LONG}}}")),
    ("message-too-long", ("consent:", "consent:"), ("en: Taking part is your choice.", f"en: {LONG}")),
    ("consent-value", ("en: Taking part is your choice.", "en: Only sums of {n} or {k}."), ("مرضی ہے۔", "{k}")),
    ("consent-uneven", ("en: Taking part is your choice.", "en: Take part."), ("مرضی ہے۔", "{k}")),
    ("question-long", (WHICH, f"ask: {{ur: ضلع؟, en: {'x' * 161}}}")),
    ("label-long", ("swat: {ur: سوات, en: Swat}", f"swat: {{ur: سوات, en: {'x' * 37}}}")),
    ("labels-equal", ("mardan: {ur: مردان, en: Mardan}", "mardan: {ur: مردان, en: ' SWAT '}")),
    (
        "labels-alike",
        ("mardan: {ur: مردان, en: Mardan}", "mardan: {ur: مردان, en: District of Swabi}"),
        ("swat: {ur: سوات, en: Swat}", "swat: {ur: سوات, en: District of Swat}"),
    ),
    # questions
    (
        "text-unsealed",
        ("- id: more\n    type: text", "- id: more\n    type: text # here"),
        ("open_text: sealed\n", ""),
    ),
    ("text-unsealed", (MORE, f"{SPOKEN.format(0)} # here\n  {MORE}"), ("open_text: sealed\n", "")),
    ("text-routed", (MORE, f"{SPOKEN.format(0)}\n    show_if: {{attended: [yes]}} # here\n  {MORE}")),
    (
        "text-routed",
        (MORE, f"{SPOKEN.format(0)}\n    section: some # here\n  {MORE}"),
        ("questions:\n", "sections: {some: {show_if: {attended: [yes]}}}\nquestions:\n"),
    ),
    ("voice-many", (MORE, "\n  ".join(map(SPOKEN.format, range(3))) + f"\n  {SPOKEN.format(3)} # here\n  {MORE}")),
    ("wrong-size", (MORE, f"{SPOKEN.format(0)}\n    seconds: 61 # here\n  {MORE}")),
    ("condition-text", (MORE, f"{SPOKEN.format(0)}\n  {MORE}\n    show_if: {{spoken0: [given]}} # here")),
    ("text-routed", ("longest: 300", "longest: 300\n    show_if: {attended: [yes]} # here")),
    (
        "text-without-referral",
        ("- id: more", "- id: more"),
        (REFERRAL, ""),
        (DANGER, ""),
    ),
    ("referral-half", ("danger_words:", "danger_words:"), (REFERRAL, "")),
    ("referral-half", ("referral:", "referral:"), (DANGER, "")),
    ("missing-language", ("danger_words:", "danger_words:"), ("  ur: [خطرہ, جان سے مار]\n", "")),
    ("unknown-language", ("en: [danger, kill]", "en: [danger, kill]\n  ps: [a] # here")),
    ("empty-text", ("en: [danger, kill]", "en: ['!', kill]")),
    ("wrong-word", ("open_text: sealed", "open_text: desk")),
    ("wrong-size", ("longest: 300", "longest: 1001")),
    ("wrong-size", ("longest: 300", "longest: 0")),
    ("unknown-key", ("longest: 300", "longest: 300\n    specials: [] # here")),
    (
        "condition-text",
        ("longest: 300", f"longest: 300\n  - {{id: z, type: yes_no, ask: {{ur: پھر؟, en: So?}}, {AFTER}}} # here"),
    ),
    ("place-too-long", ("questions:", "questions:"), ("longest: 300", f"longest: 1000\n{MANY_TEXTS}")),
    ("duplicate-id", ("- id: hello", "- id: gender # here")),
    ("duplicate-id", ("- id: many_meetings", "- id: far # here")),
    ("unknown-scale", ("scale: trust\n", "scale: turst\n")),
    (
        "unused-scale",
        (
            "trust:\n",
            "more:\n    order: descending\n    options: {a: {ur: ا, en: A}, b: {ur: ب, en: B}}\n  trust:\n",
        ),
    ),
    ("yes-no-options", ("options:\n      no: {ur", "options:\n      nope: {ur")),
    (
        "yes-no-language",
        ("- id: attended", "- id: attended"),
        ("languages: [ur, en]", "languages: [ur, en, skr]"),
    ),
    ("not-an-option", ("screen_out: [under_18]", "screen_out: [under18]")),
    ("not-an-option", ("exclusive: [nothing]", "exclusive: [none]")),
    ("not-an-option", ("older: [b30]", "older: [b30, b40]")),
    ("not-an-option", ("{trust_police: [some, much]}", "{trust_police: [lots]}")),
    ("not-an-option", ("women: {gender: [woman]}", "women: {gender: [women]}")),
    ("screens-everyone", ("screen_out: [under_18]", "screen_out: [under_18, b18_24, b25_29, b30]")),
    ("all-exclusive", ("exclusive: [nothing]", "exclusive: [far, time, nothing]")),
    ("min-above-max", ("min: 1", "min: 100")),
    ("band-reversed", ("few: [2, 5]", "few: [5, 2]")),
    ("band-outside", ("once: [1, 1]", "once: [0, 1]")),
    ("bands-overlap", ("many: [6, 60]", "many: [6, 60]"), ("few: [2, 5]", "few: [2, 6]")),
    ("bands-gap", ("bands:\n", "bands:\n"), ("few: [2, 5]", "few: [2, 4]")),
    ("bands-gap", ("bands:\n", "bands:\n"), ("many: [6, 60]", "many: [6, 50]")),
    # conditions
    ("condition-unreadable", (REASONS_IF, "show_if: attended is yes")),
    ("condition-unreadable", (REASONS_IF, "show_if: {}")),
    ("condition-itself", ("show_if: {attended: [yes]}", "show_if: ${meetings} > 3")),
    ("condition-later", ("show_if: {attended: [yes]}", "show_if: {paid: [yes]}")),
    ("condition-unknown", ("show_if: {attended: [yes]}", "show_if: {atended: [yes]}")),
    ("condition-note", ("show_if: {attended: [yes]}", "show_if: {hello: [read]}")),
    ("condition-code", ("show_if: {attended: [yes]}", "show_if: {gender: [women]}")),
    ("condition-code", ("show_if: {attended: [yes]}", "show_if: {district: [dont_know]}")),
    ("condition-code", (REASONS_IF, "show_if: ${gender} != ''")),
    ("condition-number", ("show_if: {attended: [yes]}", "show_if: ${gender} = 1")),
    ("condition-order", ("show_if: {attended: [yes]}", "show_if: ${trust_police} > 'some'")),
    ("condition-order", (REASONS_IF, "show_if: ${meetings} > 'few'")),
    ("condition-needs-number", (REASONS_IF, "show_if: {meetings: [few]}")),
    ("condition-selected", ("show_if: selected(${reasons}, 'far')", "show_if: ${reasons} = 'far'")),
    ("condition-never", ("show_if: {attended: [yes]}", "show_if: ${attended} = 'yes' and ${attended} = 'no'")),
    ("condition-never", ("show_if: {attended: [yes]}", "show_if: {age_band: [under_18]}")),
    ("condition-always", ("show_if: {attended: [yes]}", "show_if: {attended: [yes, no]}")),
    # what hurts
    ("sensitive-unasked", ("sensitive: true", "sensitive: true"), ("    show_if: {ready: [yes]}\n", "")),
    (
        "sensitive-unasked",
        ("sensitive: true", "sensitive: true"),
        ("show_if: {ready: [yes]}", "show_if: {ready: [yes, no]}"),
    ),
    (
        "sensitive-unasked",
        ("sensitive: true", "sensitive: true"),
        ("show_if: {ready: [yes]}", "show_if: \"${ready} = 'yes' or ${paid} = 'no'\""),
    ),
    ("sensitive-unasked", ("sensitive: true", "sensitive: true"), ("{ready: [yes]}", "{gender: [woman]}")),
    ("sensitive-forced", ("sensitive: true", "sensitive: true\n    specials: [dont_know]")),
    (
        "sensitive-early",
        ("  - id: more\n", "  - {id: then, type: yes_no, ask: {ur: پھر؟, en: And then?}}\n  - id: more\n"),
    ),
    # cells, reach, indicators, licence
    ("unknown-dimension", ("gender: gender", "sex: gender")),
    ("unknown-question", ("gender: gender", "gender: gendre")),
    ("unknown-question", ("youth: {age_band: [b18_24, b25_29]}", "youth: {age: [b18_24]}")),
    ("unknown-question", ("share_of: {reasons: [far]}", "share_of: {reason: [far]}")),
    ("wrong-type", ("gender: gender", "gender: meetings")),
    ("wrong-type", ("question: age_band", "question: reasons")),
    ("wrong-type", ("share_of: {reasons: [far]}", "share_of: {hello: [far]}")),
    ("same-question", ("gender: gender", "gender: district")),
    ("groups-overlap", ("older: [b30]", "older: [b25_29, b30]")),
    ("groups-incomplete", ("groups:", "groups:"), ("      older: [b30]\n", "")),
    ("group-screened", ("older: [b30]", "older: [b30, under_18]")),
    ("one-question", ("share_of: {reasons: [far]}", "share_of: {reasons: [far], gender: [man]}")),
    ("one-question", ("women: {gender: [woman]}", "women: {}")),
    ("target-unseen", ("  youth: 40", "  youth: 40"), ("  youth: {age_band: [b18_24, b25_29]}\n", "")),
    ("no-better", ("    advice:", "    advice:"), ("better: lower\n    advice", "better: none\n    advice")),
    ("missing-language", ("      do: {ur: ", "      do: {ur: "), (", en: Hold the next meeting nearby.}", "}")),
    ("wrong-size", ("worse_than: 30", "worse_than: 101")),
    ("wrong-size", ("at_most: 2", "at_most: 9")),
    ("missing-key", ("reminders: {at_most: 2, every_days: 7}", "reminders: {at_most: 2}")),
    ("share-of-all", ("{trust_police: [some, much]}", "{trust_police: [none, some, much]}")),
    ("licence-empty", ("licence: adapted with permission", "licence: ' '")),
    ("ages-differ", ("b18_24: {ur: 18 سے 24,", "b18_24: {ur: 18 سے 29,")),
    ("ages-overlap", ("b30: {ur: 30 یا زیادہ, en: 30 or older}", "b29_120: {ur: 29 یا زیادہ, en: 29 or older}")),
    ("missing-language", ("title: {ur: تعلق, en: Ties with offices}", "title: {ur: تعلق}")),
    ("unknown-question", ("items: [trust_police, attended]", "items: [trust_police, attended, trust_court]")),
    ("wrong-type", ("items: [trust_police, attended]", "items: [trust_police, attended, meetings]")),
    ("wrong-type", ("items: [trust_police, attended]", "items: [attended, gender, trust_police]")),
    ("twice", ("items: [trust_police, attended]", "items: [trust_police, attended, attended]")),
    ("wrong-size", ("items: [trust_police, attended]", "items: [attended]")),
    ("unknown-key", ("reverse: [attended]", "reversed: [attended]")),
    ("index-reverse", ("reverse: [attended]", "reverse: [attended, paid]")),
    (
        "index-never",
        ("items: [trust_police, attended]", "items: [trust_police, attended, paid]"),
        ("Do you trust the police?}\n", "Do you trust the police?}\n    show_if: {gender: [man]}\n"),
        ("show_if: selected(${reasons}, 'far')", "show_if: {gender: [woman]}"),
    ),
    (
        "licence-incomplete",
        ("licence: adapted", "licence: adapted"),
        ("permission_ref: letter of May 2026\n", ""),
    ),
]

"""A problem and the edits that bring it about; it stands where the first edit begins, or at `# here`."""

ELSEWHERE = {
    # reached by the tests below
    "no-such-file", "not-a-file", "unreadable-file", "too-large", "not-utf-8", "empty-file", "not-a-mapping",
    "more-problems",
    # reached by test_check.py
    "not-a-catalogue", "phrase-missing", "phrase-fuzzy", "phrase-absent", "phrase-unknown", "phrase-twice",
    "phrase-placeholders", "button-wide", "english-missing", "nothing-to-check",
    "phrase-gone", "phrase-value", "survey-twice", "version-not-raised",
    # reached by test_wording.py
    "not-translated", "wrong-script", "latin-word", "foreign-digit", "latin-mark", "stray-space", "question-mark",
    "label-mark", "range-sign", "kabul-word", "literary-word", "office-word", "gendered-words", "masculine-words",
    "familiar-words", "misspelt-imperative", "final-yeh", "unlike-term", "unlike-length", "sentence-long",
    # reached by test_outlook.py
    "population-small", "groups-unshown", "audio-missing",
    # reached by test_helplines.py
    "helplines-empty", "helpline-wrong", "helpline-future", "helpline-old", "helplines-long",
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{i}-{mistake[0]}" for i, mistake in enumerate(MISTAKES)])
def test_each_mistake_is_named_at_its_line(tmp_path: Path, mistake: tuple[str, *tuple[Edit, ...]]) -> None:
    """Promise 2: the problem is there, at its line; only errors refuse the file."""
    id, *edits = mistake
    text = edited(*edits)
    found = loaded(tmp_path, text)
    lines = {problem.line for problem in found.problems if problem.id == id}
    assert line_of(text, *edits[0]) in lines, [str(problem) for problem in found.problems]
    assert (found.survey is None) is any(problem.level == "error" for problem in found.problems)
    assert (found.document == {}) is (found.survey is None)


def line_of(text: str, old: str, new: str) -> int:
    """Where the problem is expected: at the mark, else where the first edit begins."""
    if HERE in text:
        return text[: text.index(HERE)].count("\n") + 1
    return (text[: text.index(new)] if new else SOUND[: SOUND.index(old)]).count("\n") + 1


def test_every_sentence_is_reached_by_a_mistake() -> None:
    """Promise 2: no sentence of the catalogue is idle."""
    reached = {mistake[0] for mistake in (*MISTAKES, *test_logic.MISTAKES)}
    assert reached | ELSEWHERE == set(CATALOGUE)
    assert not reached & ELSEWHERE


def test_a_problem_reads_as_one_line(tmp_path: Path) -> None:
    """file:line - what - rule - what to do, with what may have been meant."""
    found = loaded(tmp_path, edited(("  gender: gender", "  gender: gendre")))
    (problem,) = found.problems
    assert str(problem) == (
        f"{tmp_path / 'survey.yaml'}:21 - the question 'gendre' is not there - "
        "'cells.gender' names a question of this survey - did you mean 'gender'?"
    )


def test_a_warning_holds_nothing_back(tmp_path: Path) -> None:
    """A long question is a bad question, not a broken file."""
    found = loaded(tmp_path, edited((WHICH, f"ask: {{ur: ضلع؟, en: {'x' * 161}}}")))
    assert {problem.id for problem in found.problems} == {"question-long", "unlike-length"}
    assert {problem.level for problem in found.problems} == {"warning"}
    assert found.survey is not None


# -- all at once (promise 3) ------------------------------------------------------------------------------


def test_all_mistakes_are_found_in_one_reading(tmp_path: Path) -> None:
    """A broken question hides neither its neighbours nor the rest, and is not called unknown by others."""
    text = edited(
        ("version: 3", "version: 010"),
        ("  census: KP", "  census: KPK"),
        ("    options:\n      woman", "    optoins:\n      woman"),
        ("    scale: trust\n", "    scale: turst\n"),
        (REASONS_IF, "show_if: ${gender} = 'man' and ${atended} = 'yes'"),
        ("    share_of: {reasons: [far]}", "    share_of: {reasons: [near]}"),
        ("  en: Taking part is your choice.\n", ""),
    )
    found = loaded(tmp_path, text)
    assert sorted(problem.id for problem in found.problems) == [
        "bare-value",
        "condition-unknown",
        "missing-key",
        "missing-language",
        "not-an-option",
        "unknown-key",
        "unknown-scale",
        "unused-scale",
        "wrong-word",
    ]
    assert [problem.line for problem in found.problems] == sorted(problem.line for problem in found.problems)


def test_every_text_is_missed_in_every_language(tmp_path: Path) -> None:
    """Cell by cell: a language that is only named is missing everywhere."""
    found = loaded(tmp_path, edited(("languages: [ur, en]", "languages: [ur, en, ps]")))
    missing = [problem for problem in found.problems if problem.id == "missing-language"]
    asked, labels, titles = 12, 3 + 2 + 2 + 4 + 3 + 2, 2 + 3 + 1 + 2  # two: the words on help, and of danger
    advice = 1
    assert len(missing) == asked + labels + titles + advice
    assert "'options.swat' of question 'district'" in " ".join(problem.what for problem in missing)


def test_a_survey_in_a_language_of_its_own_words_yes_and_no_itself(tmp_path: Path) -> None:
    """The bot knows them in its three languages; a survey in another gives them, and waits for the bot's words."""
    head = "survey: a\nversion: 1\nlanguages: [skr]\ntitle: {skr: A}\nlicence: own items\nconsent: {skr: A}\n"
    asked = "questions:\n- id: q\n  type: yes_no\n  ask: {skr: A}\n"
    told = loaded(tmp_path, head + asked)
    assert {problem.id for problem in told.problems} == {"unspoken-language", "yes-no-language"}
    given = loaded(tmp_path, f"{head}{asked}  options: {{yes: {{skr: ha}}, no: {{skr: na}}}}\n")
    assert {problem.id for problem in given.problems} == {"unspoken-language"}


# -- hostile and damaged files (promise 4) ----------------------------------------------------------------

BOMB = "a: &a [x, x]\n" + "".join(
    f"{c}: &{c} [*{p}, *{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
)

HOSTILE: dict[str, bytes] = {
    "a hundred thousand brackets": b"[" * 100_000,
    "a hundred thousand braces": b"{" * 100_000,
    "a long flat list": b"[" + b"a," * 100_000 + b"]",
    "nested dashes": b"- " * 100_000,
    "nested questions": b"? " * 100_000,
    "aliases within aliases": BOMB.encode(),
    "a version that changes the words": b"%YAML 1.1\n---\nsurvey: no\n",
    "an object": b"a: !!python/object/apply:os.system [ls]\n",
    "an anchor": b"a: &x b\n",
    "a merge": b"a:\n  <<: {b: c}\n",
    "a key twice": b"a: 1\na: 2\n",
    "a key that is a list": b"? [a, b]\n: c\n",
    "an alias as a key": b"*a : b\n",
    "two documents": b"a: b\n---\nc: d\n",
    "numbers beyond bounds": b"version: " + b"9" * 200_000,
    "a bad escape": b'a: "\\UFFFFFFFF"\n',
    "a control character": b"a: \x01\n",
    "a lone surrogate": b"a: \xed\xa0\x80\n",
    "a tab": b"a:\n\t- b\n",
    "bytes": bytes(random.Random(7).randbytes(50_000)),
    "zeros": bytes(1_000),
    "nothing": b"",
    "only a comment": b"# nothing\n",
    "only a word": b"survey\n",
    "a list": b"- a\n- b\n",
    "null": b"null\n",
    "utf-16": "survey: a\n".encode("utf-16"),
    "too much": b"#" * (256 * 1024 + 1),
    "many languages": b"languages: [" + b"zz," * 5_000 + b"]\n",
    "nested types": b"questions: {a: [{id: {}}]}\nscales: [1]\ncells: x\nreach: 5\nindicators: {}\n",
    "strange parts": b"questions: [1, {}, [], null, {id: [], type: []}]\nindicators: [x, {share_of: 1}]\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_plain_words(tmp_path: Path, name: str) -> None:
    """Promise 4: no exception, at least one error, each on one line."""
    found = loaded(tmp_path, HOSTILE[name])
    assert found.survey is None
    assert found.document == {}
    assert any(problem.level == "error" for problem in found.problems)
    assert all("\n" not in str(problem) and problem.line >= 1 for problem in found.problems)


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("a hundred thousand brackets", "too-deep"),
        ("a long flat list", "too-many-values"),
        ("bytes", "not-utf-8"),
        ("utf-16", "not-utf-8"),
        ("nothing", "empty-file"),
        ("only a comment", "empty-file"),
        ("null", "empty-file"),
        ("only a word", "not-a-mapping"),
        ("a list", "not-a-mapping"),
        ("too much", "too-large"),
        ("nested dashes", "too-deep"),
        ("a control character", "not-yaml"),
        ("a bad escape", "not-yaml"),
    ],
)
def test_a_file_that_cannot_be_read_on_has_one_problem(tmp_path: Path, name: str, id: str) -> None:
    """What is missing behind the place where reading stopped is not complained about."""
    assert [problem.id for problem in loaded(tmp_path, HOSTILE[name]).problems] == [id]


def test_what_is_not_a_file_is_said_so(tmp_path: Path) -> None:
    """A missing file, a folder, a pipe, a name that cannot be one."""
    os.mkfifo(tmp_path / "pipe.yaml")
    assert [load(tmp_path / name).problems[0].id for name in ("none.yaml", ".", "pipe.yaml")] == [
        "no-such-file",
        "not-a-file",
        "not-a-file",
    ]
    assert load(Path("a\0b.yaml")).problems[0].id in ("no-such-file", "unreadable-file")
    assert load(Path("a" * 5_000)).problems[0].id in ("no-such-file", "unreadable-file")


def test_a_file_that_may_not_be_opened_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the system's own reason."""
    path = tmp_path / "survey.yaml"
    path.write_text(SOUND)

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    (problem,) = load(path).problems
    assert problem.id == "unreadable-file"
    assert "Permission denied" in problem.what


def test_a_thousand_mistakes_are_not_all_printed(tmp_path: Path) -> None:
    """The list ends with a line that says there are more."""
    found = loaded(tmp_path, "".join(f"key_{n}: 1\n" for n in range(3_000)))
    assert len(found.problems) == 201
    assert "more-problems" in {problem.id for problem in found.problems}


def damaged(seed: int) -> bytes:
    """The sound file with some of its bytes changed, taken out, doubled or moved."""
    chance = random.Random(seed)
    data = bytearray(SOUND.encode())
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(data))
        match chance.randrange(5):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randint(1, 40)]
            case 2:
                data[at:at] = data[at : at + chance.randint(1, 200)]
            case 3:
                data[at:at] = chance.choice(
                    [b"[", b"{", b"&a ", b"*a", b"!", b": ", b"- ", b"'", b'"', b"\t", b"|", b"%"]
                )
            case _:
                lines = data.split(b"\n")
                lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
                data = bytearray(b"\n".join(lines))
    return bytes(data)


def test_two_hundred_damaged_files_are_refused_or_read(tmp_path: Path) -> None:
    """Promise 4: a survey or an error, never an exception; and what is read can be stored."""
    read = 0
    for seed in range(200):
        found = loaded(tmp_path, damaged(seed))
        assert (found.survey is None) is any(problem.level == "error" for problem in found.problems), seed
        if found.survey is not None:
            read += 1
            assert from_document(json.loads(json.dumps(found.document, sort_keys=True))) == found.survey
    assert 0 < read < 200


VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.sampled_from(["a", "yes", "en", "choice", "q = 'a'", ""])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["id", "type", "ask", "options", "en", "question", "groups", "a", "show_if", "scale"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)
KEYS = ["survey", "version", "languages", "title", "licence", "cells", "reach", "consent", "scales", "questions"]


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*KEYS, "indicators", "indexes"]), VALUES))
def test_any_mapping_is_refused_or_read(tmp_path_factory: pytest.TempPathFactory, said: dict[str, object]) -> None:
    """Promise 4, for values of every kind in every place (JSON is YAML)."""
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(json.dumps(said, ensure_ascii=False))
    found = load(path)
    assert (found.survey is None) is any(problem.level == "error" for problem in found.problems)
