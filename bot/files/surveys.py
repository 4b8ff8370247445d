"""Reads a survey file: a Survey, or every problem it has, each with its line.

Laws:
1. `load` never raises, whatever the file holds, and finds every mistake it can in one reading.
2. A survey with an error is not handed out; a warning does not hold it back.
3. The document handed out beside it is plain JSON, keeps every order as a list, and gives the same survey
   again: json.dumps(document, sort_keys=True) may be stored, and `from_document` reads it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.core.conditions import from_mapping, parse
from bot.core.flow import PLACE_SIZES, longest_place
from bot.core.letters import clean
from bot.core.questions import TYPES, yes_no
from bot.core.survey import (
    PREFER_NOT,
    SPECIALS,
    Band,
    CellPart,
    Condition,
    Indicator,
    Option,
    Question,
    Reach,
    Survey,
    Words,
)
from bot.files import attached
from bot.files.form import schema
from bot.files.plain import read
from bot.files.problems import Notes, Problem
from bot.files.rules import inspect

__all__ = ["YES_NO", "Loaded", "from_document", "load", "schema"]

YES_NO: Mapping[str, Words] = {
    "yes": {"ur": "جی ہاں", "ps": "هو", "en": "Yes"},
    "no": {"ur": "جی نہیں", "ps": "نه", "en": "No"},
}
"""The two answers to a yes_no question, unless the survey words them itself."""


@dataclass(frozen=True)
class Loaded:
    """What came of a file: `survey` and its `document`, or None and {} where an error stands in `problems`.

    `said` is what the file says as it stands, also where it has mistakes (for counting translations).
    """

    survey: Survey | None
    problems: tuple[Problem, ...]
    document: dict[str, Any]
    said: Mapping[str, Any] = field(default_factory=dict)


def load(path: Path, recorded: Path | None = None) -> Loaded:
    """The survey in a file, or every problem it has. `recorded`: the folder of what coordinators recorded."""
    notes = Notes(str(path))
    plain = read(Path(path), notes)
    inspect(plain, notes, speaks=frozenset(YES_NO["yes"]))
    said = plain.value if isinstance(plain.value, dict) else {}
    beside = attached.look(Path(path), plain, notes)
    if notes.refused:
        return Loaded(None, notes.ordered(), {}, said)
    document = pinned(said)
    attached.pin(document, beside, recorded)
    survey = from_document(document)
    found = longest_place(survey)
    if found > PLACE_SIZES[-1]:
        notes.add("place-too-long", plain.line(("questions",)), found=found, most=PLACE_SIZES[-1])
        return Loaded(None, notes.ordered(), {}, said)
    return Loaded(survey, notes.ordered(), document, said)


# -- the document -----------------------------------------------------------------------------------------


def pinned(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a sound file says, as plain JSON: words cleaned, and every mapping whose order counts as pairs.

    The words for yes and no are written out, so that a later release changes no open wave.
    """
    document = {
        key: said[key]
        for key in ("survey", "version", "languages", "licence", "permission_ref", "source", "instrument_version")
        if said.get(key) is not None
    }
    if said.get("tell_result"):  # said only where it is so: what is pinned keeps its hash
        document["tell_result"] = True
    if said.get("open_text"):
        document["open_text"] = said["open_text"]
    if said.get("referral"):
        document["referral"] = _words(said["referral"])
        document["danger_words"] = {
            language: [clean(word).strip() for word in listed] for language, listed in said["danger_words"].items()
        }
    document["title"] = _words(said["title"])
    document["consent"] = _words(said["consent"])
    document["scales"] = {
        name: {"order": scale["order"], "options": _options(scale["options"])}
        for name, scale in (said.get("scales") or {}).items()
    }
    document["questions"] = [_question(question, said["languages"]) for question in said["questions"]]
    document["cells"] = [
        [name, part if isinstance(part, str) else {**part, "groups": _pairs(part["groups"])}]
        for name, part in (said.get("cells") or {}).items()
        if part is not None
    ]
    if said.get("reach") is not None:
        document["reach"] = {key: value for key, value in said["reach"].items() if value is not None}
    document["indicators"] = [{**one, "title": _words(one["title"])} for one in said.get("indicators") or ()]
    return document


def _question(said: Mapping[str, Any], languages: Iterable[str]) -> dict[str, Any]:
    question = {key: value for key, value in said.items() if value is not None}
    question["ask"] = _words(said["ask"])
    if said["type"] == "yes_no":
        given = said.get("options") or {code: {k: YES_NO[code][k] for k in languages} for code in yes_no.CODES}
        question["options"] = [[code, _words(given[code])] for code in yes_no.CODES]
    elif "options" in question:
        question["options"] = _options(said["options"])
    if "bands" in question:
        question["bands"] = _pairs(said["bands"])
    if isinstance(question.get("show_if"), dict):
        question["show_if"] = _pairs(said["show_if"])
    return question


def _options(said: Mapping[str, Words]) -> list[list[Any]]:
    return [[code, _words(label)] for code, label in said.items()]


def _pairs(said: Mapping[str, Any]) -> list[list[Any]]:
    return [[key, value] for key, value in said.items()]


def _words(said: Words) -> dict[str, str]:
    return {language: clean(words).strip() for language, words in said.items()}


# -- the survey -------------------------------------------------------------------------------------------


def from_document(document: Mapping[str, Any]) -> Survey:
    """The survey of a document that `load` handed out."""
    scales = {name: _read_options(scale["options"]) for name, scale in document["scales"].items()}
    questions = tuple(_read_question(question, scales) for question in document["questions"])
    known = {question.id: question for question in questions}
    return Survey(
        id=document["survey"],
        version=document["version"],
        languages=tuple(document["languages"]),
        title=document["title"],
        licence=document["licence"],
        consent=document["consent"],
        questions=questions,
        cells=tuple(_read_cell(name, part, known) for name, part in document["cells"]),
        indicators=tuple(_read_indicator(one) for one in document["indicators"]),
        reach=_read_reach(document.get("reach")),
        tell_result=document.get("tell_result", False),
        open_text=document.get("open_text", ""),
        referral=document.get("referral", {}),
        danger={language: tuple(listed) for language, listed in document.get("danger_words", {}).items()},
    )


def _read_question(said: Mapping[str, Any], scales: Mapping[str, tuple[Option, ...]]) -> Question:
    kind = TYPES[said["type"]]
    usual = (PREFER_NOT,) if kind.own_words else SPECIALS if kind.kept else ()
    offered = said.get("specials", usual)
    options = scales[said["scale"]] if "scale" in said else _read_options(said.get("options", ()))
    order = [option.code for option in options]
    return Question(
        id=said["id"],
        type=said["type"],
        ask=said["ask"],
        options=options,
        specials=tuple(special for special in SPECIALS if special in offered),
        show_if=_read_condition(said.get("show_if")),
        low=said.get("min"),
        high=said.get("max"),
        bands=tuple(Band(code, low, high) for code, (low, high) in said.get("bands", ())),
        exclusive=tuple(code for code in order if code in said.get("exclusive", ())),
        screen_out=tuple(code for code in order if code in said.get("screen_out", ())),
        audio=said.get("audio", {}),
        longest=said.get("longest"),
        picture=said.get("picture", ""),
    )


def _read_options(said: Iterable[Any]) -> tuple[Option, ...]:
    return tuple(Option(code, label) for code, label in said)


def _read_condition(said: Any) -> Condition | None:
    if said is None:
        return None
    return parse(said) if isinstance(said, str) else from_mapping(dict(said))


def _read_cell(name: str, part: Any, questions: Mapping[str, Question]) -> CellPart:
    if isinstance(part, str):
        question = questions[part]
        codes = [option.code for option in question.options if option.code not in question.screen_out]
        return CellPart(name, part, {code: code for code in codes})
    return CellPart(name, part["question"], {code: group for group, codes in part["groups"] for code in codes})


def _read_indicator(said: Mapping[str, Any]) -> Indicator:
    ((question, codes),) = said["share_of"].items()
    return Indicator(said["id"], said["title"], question, tuple(codes), said["better"])


def _read_reach(said: Mapping[str, Any] | None) -> Reach | None:
    if said is None:
        return None
    return Reach(said["census"], _read_part(said.get("women")), _read_part(said.get("youth")))


def _read_part(said: Mapping[str, Any] | None) -> tuple[str, tuple[str, ...]] | None:
    if said is None:
        return None
    ((question, codes),) = said.items()
    return question, tuple(codes)
