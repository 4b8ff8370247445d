"""Reads a survey file: a Survey, or every problem it has, each with its line.

Laws:
1. `load` never raises, whatever the file holds, and finds every mistake it can in one reading.
2. A survey with an error is not handed out; a warning does not hold it back.
3. The document handed out beside it is plain JSON, keeps every order as a list, and gives the same survey
   again: json.dumps(document, sort_keys=True) may be stored, and `from_document` reads it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.core.conditions import All
from bot.core.flow import PLACE_SIZES, longest_place
from bot.core.grammar import from_mapping, parse, parse_value
from bot.core.letters import clean
from bot.core.questions import TYPES, yes_no
from bot.core.survey import (
    PREFER_NOT,
    SKIPPED,
    SPECIALS,
    USUAL_SPECIALS,
    Advice,
    Band,
    CellPart,
    Clocks,
    Condition,
    Constraint,
    Filter,
    Index,
    Indicator,
    Option,
    Question,
    Reach,
    Reminding,
    Shuffle,
    Survey,
    Words,
)
from bot.files import attached, readers
from bot.files.phrases import SOURCE, piped
from bot.files.plain import Plain, read
from bot.files.problems import Notes, Problem
from bot.files.rules import inspect
from bot.files.schema import schema
from bot.files.texts import entries, items, languages_of

__all__ = ["YES_NO", "Loaded", "from_document", "load", "schema"]

YES_NO: Mapping[str, Words] = {
    "yes": {"ur": "جی ہاں", "ps": "هو", "en": "Yes"},
    "no": {"ur": "جی نہیں", "ps": "نه", "en": "No"},
}
"""The two answers to a yes_no question, unless the survey words them itself."""


@dataclass(frozen=True)
class Loaded:
    """What came of a file: `survey` and its `document`, or None and {} where an error stands in `problems`.

    `said` is what the file says as it stands, also where it has mistakes (for counting translations); `plain`
    knows its lines.
    """

    survey: Survey | None
    problems: tuple[Problem, ...]
    document: dict[str, Any]
    said: Mapping[str, Any] = field(default_factory=dict)
    plain: Plain = field(default_factory=Plain, compare=False, repr=False)

    @property
    def drafts(self) -> tuple[str, ...]:
        """The languages whose texts fewer than two have reviewed (`reviewed_by` of the file)."""
        listed = {
            code: [one.strip() for one in items(names) if isinstance(one, str) and one.strip()]
            for code, names in entries(self.said.get("reviewed_by")).items()
        }
        return readers.drafts(languages_of(self.said), listed, SOURCE)


def load(path: Path, recorded: Path | None = None) -> Loaded:
    """The survey in a file, or every problem it has. `recorded`: the folder of what coordinators recorded."""
    notes = Notes(str(path))
    plain = read(Path(path), notes)
    inspect(plain, notes, speaks=frozenset(YES_NO["yes"]))
    said = plain.value if isinstance(plain.value, dict) else {}
    beside = attached.look(Path(path), plain, notes)
    if notes.refused:
        return Loaded(None, notes.ordered(), {}, said, plain)
    document = pinned(said)
    attached.pin(document, beside, recorded)
    survey = from_document(document)
    found = longest_place(survey)
    if found > PLACE_SIZES[-1]:
        notes.add("place-too-long", plain.line(("questions",)), found=found, most=PLACE_SIZES[-1])
        return Loaded(None, notes.ordered(), {}, said, plain)
    return Loaded(survey, notes.ordered(), document, said, plain)


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
        name: {"order": scale["order"], "options": _options(scale["options"]), **_ends(scale)}
        for name, scale in (said.get("scales") or {}).items()
    }
    if said.get("sections"):
        document["sections"] = [[name, _section(section)] for name, section in said["sections"].items()]
    if said.get("shuffle"):
        document["shuffle"] = said["shuffle"]
    document["questions"] = [_question(question, said["languages"]) for question in said["questions"]]
    document["cells"] = [
        [name, part if isinstance(part, str) else {**part, "groups": _pairs(part["groups"])}]
        for name, part in (said.get("cells") or {}).items()
        if part is not None
    ]
    if said.get("reach") is not None:
        document["reach"] = {key: value for key, value in said["reach"].items() if value is not None}
    if said.get("clocks") is not None:  # all three, so that a later release changes no open wave
        document["clocks"] = asdict(Clocks(**said["clocks"]))
    for key in ("reminders", "targets"):
        if said.get(key) is not None:
            document[key] = {name: value for name, value in said[key].items() if value is not None}
    document["indicators"] = [_indicator(one) for one in said.get("indicators") or ()]
    if said.get("indexes"):
        document["indexes"] = [{**one, "title": _words(one["title"])} for one in said["indexes"]]
    return document


def _indicator(said: Mapping[str, Any]) -> dict[str, Any]:
    indicator = {key: value for key, value in said.items() if value is not None}
    indicator["title"] = _words(said["title"])
    if "advice" in indicator:
        indicator["advice"] = {**said["advice"], "do": _words(said["advice"]["do"])}
    return indicator


def _ends(scale: Mapping[str, Any]) -> dict[str, Any]:
    return {"ends": {end: _words(scale["ends"][end]) for end in ("low", "high")}} if scale.get("ends") else {}


def _section(said: Mapping[str, Any]) -> dict[str, Any]:
    section = {key: value for key, value in said.items() if value is not None}
    if "title" in section:
        section["title"] = _words(said["title"])
    if isinstance(section.get("show_if"), dict):
        section["show_if"] = _pairs(said["show_if"])
    return section


def _question(said: Mapping[str, Any], languages: Iterable[str]) -> dict[str, Any]:
    question = {key: value for key, value in said.items() if value is not None}
    for words in ("ask", "constraint_message"):
        if words in question:
            question[words] = _words(said[words])
    if "statements" in question:
        question["statements"] = _options(said["statements"])
    if "choice_filter" in question:
        question["choice_filter"] = [[id, _pairs(lists)] for id, lists in said["choice_filter"].items()]
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
    questions = tuple(question for said in document["questions"] for question in _read_questions(said, document))
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
        shuffles=tuple(read_shuffles(document)),
        indexes=tuple(_read_index(one) for one in document.get("indexes", ())),
        clocks=Clocks(**document.get("clocks", {})),
        reminders=Reminding(**document["reminders"]) if "reminders" in document else None,
        targets=document.get("targets", {}),
    )


def _read_questions(said: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Question]:
    """The question, or one for each statement of a grid."""
    section = dict(document.get("sections", ())).get(said.get("section"), {})
    scale = document["scales"].get(said.get("scale"), {"options": said.get("options", ())})
    one = _read_question(said, scale, section)
    if said["type"] != "grid":
        yield one
        return
    for id, words in said["statements"]:
        yield replace(one, id=id, ask=words, stem=said["ask"], pipes=(*one.pipes, *piped(words)))


def _read_question(said: Mapping[str, Any], scale: Mapping[str, Any], section: Mapping[str, Any]) -> Question:
    kind = TYPES[said["type"]]
    usual = (PREFER_NOT,) if kind.own_words else USUAL_SPECIALS if kind.kept and not kind.hidden else ()
    offered = [*said.get("specials", usual), *(() if said.get("required", True) else (SKIPPED,))]
    options = [Option(code, {}) for code in said.get("arms", ())] or _read_options(scale["options"])
    order = [option.code for option in options]
    return Question(
        id=said["id"],
        type=said["type"],
        ask=said.get("ask", {}),
        options=tuple(options),
        specials=tuple(special for special in SPECIALS if special in offered),
        show_if=_both(_read_condition(section.get("show_if")), _read_condition(said.get("show_if"))),
        low=said.get("min"),
        high=said.get("max"),
        bands=tuple(Band(code, low, high) for code, (low, high) in said.get("bands", ())),
        exclusive=tuple(code for code in order if code in said.get("exclusive", ())),
        screen_out=tuple(code for code in order if code in said.get("screen_out", ())),
        audio=said.get("audio", {}),
        longest=said.get("longest", said.get("seconds")),
        decimals=said.get("decimals", 0),
        ends=(scale["ends"]["low"], scale["ends"]["high"]) if "ends" in scale else None,
        earliest=said.get("from", ""),
        latest=said.get("to", ""),
        precision=said.get("precision", "month") if said["type"] == "date" else "",
        least=said.get("least"),
        most=said.get("most", said.get("ranked")),
        value=parse_value(said["value"]) if "value" in said else None,
        constraint=_read_constraint(said),
        filter=_read_filter(said.get("choice_filter", ())),
        shuffle=said.get("shuffle", False) if said["type"] != "grid" else False,
        fixed=tuple(code for code in order if code in said.get("fixed", ())),
        pipes=piped(said.get("ask", {})),
        section=said.get("section", ""),
        heading=section.get("title", {}),
        keep=said.get("keep", said["type"] != "calculate"),
        order=scale.get("order", ""),
        picture=said.get("picture", ""),
        sensitive=said.get("sensitive", False),
        version=said.get("version", 1),
    )


def _read_options(said: Iterable[Any]) -> tuple[Option, ...]:
    return tuple(Option(code, label) for code, label in said)


def _read_condition(said: Any) -> Condition | None:
    if said is None:
        return None
    return parse(said) if isinstance(said, str) else from_mapping(dict(said))


def _both(one: Condition | None, other: Condition | None) -> Condition | None:
    if one is None or other is None:
        return one or other
    return All((one, other))


def _read_constraint(said: Mapping[str, Any]) -> Constraint | None:
    if "constraint" not in said:
        return None
    return Constraint(parse(said["constraint"], own=said["id"]), said["constraint_message"])


def _read_filter(said: Iterable[Any]) -> Filter | None:
    for id, lists in said:
        return Filter(id, {code: tuple(codes) for code, codes in lists})
    return None


def read_shuffles(document: Mapping[str, Any]) -> Iterator[Shuffle]:
    """What changes places: the statements of a grid, then the questions of a section, then whole sections."""
    runs: dict[str, list[tuple[int, ...]]] = {}
    at = 0
    for said in document["questions"]:
        size = len(said["statements"]) if said["type"] == "grid" else 1
        unit = tuple(range(at, at + size))
        at += size
        if said["type"] == "grid" and said.get("shuffle"):
            yield _shuffle(said["id"], [(number,) for number in unit], said["shuffle"])
        if said.get("section"):
            runs.setdefault(said["section"], []).append(unit)
    for name, section in document.get("sections", ()):
        if section.get("shuffle") and name in runs:
            yield _shuffle(name, runs[name], section["shuffle"])
    outer = [tuple(number for unit in runs[name] for number in unit) for name in document.get("shuffle", ())]
    if outer:
        yield _shuffle("sections", outer, True)


def _shuffle(name: str, units: list[tuple[int, ...]], by: bool | str) -> Shuffle:
    return Shuffle(f"order of {name}", tuple(units), by if isinstance(by, str) else "")


def _read_cell(name: str, part: Any, questions: Mapping[str, Question]) -> CellPart:
    if isinstance(part, str):
        question = questions[part]
        codes = [option.code for option in question.options if option.code not in question.screen_out]
        return CellPart(name, part, {code: code for code in codes})
    return CellPart(name, part["question"], {code: group for group, codes in part["groups"] for code in codes})


def _read_indicator(said: Mapping[str, Any]) -> Indicator:
    ((question, codes),) = said["share_of"].items()
    return Indicator(
        said["id"],
        said["title"],
        question,
        tuple(codes),
        said["better"],
        advice=Advice(said["advice"]["worse_than"], said["advice"]["do"]) if "advice" in said else None,
        baseline=said.get("baseline"),
        target=said.get("target"),
    )


def _read_index(said: Mapping[str, Any]) -> Index:
    reverse = said.get("reverse", ())
    turned = tuple(item for item in said["items"] if item in reverse)
    return Index(said["id"], said["title"], tuple(said["items"]), turned, said["better"])


def _read_reach(said: Mapping[str, Any] | None) -> Reach | None:
    if said is None:
        return None
    return Reach(said["census"], _read_part(said.get("women")), _read_part(said.get("youth")))


def _read_part(said: Mapping[str, Any] | None) -> tuple[str, tuple[str, ...]] | None:
    if said is None:
        return None
    ((question, codes),) = said.items()
    return question, tuple(codes)
