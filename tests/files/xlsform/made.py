"""Small surveys of every kind of question, made by Hypothesis: each passes the check, or is thrown away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

LANGUAGE_SETS = st.sampled_from([["ur", "ps", "en"], ["en"], ["en", "ur"], ["ps", "en"]])
LETTERS = {"ur": "پانی سڑک", "ps": "اوبه لار", "en": "Water road"}
IDS = [f"q{number}" for number in range(12)]
CODES = ["one", "two", "three", "four"]
TRICKS = ("", " = 1+1", ' "quoted"', " # not a comment", ": colon", "{k}", " 'x'", " [1]", " -", "\nsecond line")


def words(draw: st.DrawFn, languages: Sequence[str], salt: str) -> dict[str, str]:
    """A text in every language, unlike any other of the survey."""
    trick = draw(st.sampled_from(TRICKS))
    return {language: f"{salt} {LETTERS[language]}{trick}" for language in languages}


def options(draw: st.DrawFn, languages: Sequence[str], salt: str, least: int = 2) -> dict[str, Any]:
    """Two to four answers."""
    many = draw(st.integers(least, 4))
    return {code: words(draw, languages, f"{at}{salt}") for at, code in enumerate(CODES[:many])}


def sometimes(draw: st.DrawFn, said: dict[str, Any], **keys: st.SearchStrategy[Any]) -> None:
    """Each of these keys, now and then."""
    for key, values in keys.items():
        if draw(st.booleans()):
            said[key.rstrip("_")] = draw(values)


@st.composite
def surveys(draw: st.DrawFn) -> dict[str, Any]:
    """What a survey file says."""
    languages = draw(LANGUAGE_SETS)
    kinds = draw(st.lists(st.sampled_from(sorted(MAKERS)), min_size=1, max_size=7))
    asked: list[dict[str, Any]] = [{"id": "first", "type": "choice", "options": options(draw, languages, "first")}]
    for number, kind in enumerate(kinds):
        asked.append(MAKERS[kind](draw, languages, IDS[number], asked))
    for number, said in enumerate(asked):
        if said["type"] not in ("calculate", "arm"):
            said["ask"] = words(draw, languages, f"Ask {number}")
        _common(draw, languages, said, asked[:number])
    said = {
        "survey": draw(st.sampled_from(["made", "made-2", "a_survey"])),
        "version": draw(st.integers(1, 99_999)),
        "languages": languages,
        "licence": "own items",
        "title": words(draw, languages, "Title"),
        "consent": {language: f"{LETTERS[language]} {{k}}" for language in languages},
        "scales": {"good": {"order": "descending", "options": options(draw, languages, "good")}},
        "questions": asked,
    }
    _around(draw, languages, said)
    return said


def _common(
    draw: st.DrawFn, languages: Sequence[str], said: dict[str, Any], earlier: Sequence[Mapping[str, Any]]
) -> None:
    kind = said["type"]
    sometimes(draw, said, version=st.integers(1, 9))
    if kind not in ("note", "text", "voice", "calculate", "arm"):
        sometimes(
            draw,
            said,
            specials=st.sampled_from([[], ["dont_know"], ["prefer_not"], ["prefer_not", "dont_know"]]),
            required=st.booleans(),
        )
    if kind not in ("calculate", "arm"):
        sometimes(draw, said, sensitive=st.booleans(), audio=st.just({languages[0]: f"{said['id']}.ogg"}))
    if earlier and kind not in ("text", "voice") and draw(st.booleans()):
        said["show_if"] = draw(
            st.sampled_from(
                [
                    {"first": ["one"]},
                    {"first": ["one", "dont_know"]},
                    "${first} = 'one'",
                    "first in ('one', 'two') or not (first == 'one')",
                    "selected(${first}, 'two')",
                ]
            )
        )


def _around(draw: st.DrawFn, languages: Sequence[str], said: dict[str, Any]) -> None:
    sometimes(
        draw,
        said,
        tell_result=st.booleans(),
        cells=st.just({"gender": "first"}),
        reach=st.just({"census": "KP", "women": {"first": ["one"]}}),
        indicators=st.just(
            [
                {
                    "id": "some",
                    "title": {k: LETTERS[k] for k in languages},
                    "share_of": {"first": ["one"]},
                    "better": "higher",
                    "advice": {"worse_than": 40, "do": {k: LETTERS[k] for k in languages}},
                    "target": 60,
                }
            ]
        ),
    )
    if draw(st.booleans()):
        said["scales"]["good"]["ends"] = {
            "low": words(draw, languages, "low"),
            "high": words(draw, languages, "high"),
        }
    if any(one["type"] in ("text", "voice") for one in said["questions"]):
        said["open_text"] = "sealed"
        said["referral"] = words(draw, languages, "Help")
        said["danger_words"] = {language: ["xyz", "wxyz"] for language in languages}
    movable = [one for one in said["questions"][1:] if one["type"] not in ("arm", "calculate")]
    if len(movable) > 1 and draw(st.booleans()):
        names = draw(st.permutations(["offices", "q0"]))
        middle = said["questions"].index(movable[len(movable) // 2])
        for at, one in enumerate(said["questions"][1:], start=1):
            one["section"] = names[at >= middle]
        said["sections"] = {name: {} for name in draw(st.permutations(names))}
        sometimes(draw, said["sections"]["offices"], title=st.just({k: LETTERS[k] for k in languages}))
        sometimes(draw, said["sections"]["q0"], show_if=st.sampled_from([{"first": ["one"]}, "first = 'two'"]))
        sometimes(draw, said["sections"]["q0"], shuffle=st.booleans())
        sometimes(draw, said, shuffle=st.just(names))


def _choice(
    draw: st.DrawFn, languages: Sequence[str], id: str, asked: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    said: dict[str, Any] = {"id": id, "type": "choice", "options": options(draw, languages, id)}
    sometimes(draw, said, screen_out=st.just(["one"]), shuffle=st.booleans(), fixed=st.just(["two"]))
    if draw(st.booleans()):
        said["choice_filter"] = {"first": draw(_lists(said["options"], asked[0]["options"]))}
    return said


@st.composite
def _lists(draw: st.DrawFn, offered: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str]]:
    codes = st.lists(st.sampled_from(list(offered)), unique=True)
    return {answer: draw(codes) for answer in draw(st.permutations(list(after)))}


def _choices(draw: st.DrawFn, languages: Sequence[str], id: str, _asked: object) -> dict[str, Any]:
    said = {"id": id, "type": "choices", "options": options(draw, languages, id, 3)}
    sometimes(
        draw,
        said,
        exclusive=st.sampled_from([["three"], ["three", "one"], []]),
        least=st.just(1),
        most=st.just(1),
        shuffle=st.booleans(),
    )
    _constrain(draw, languages, said, ["count-selected(.) >= 1", "not(selected(., 'one') and selected(., 'two'))"])
    return said


def _scale(_draw: st.DrawFn, _languages: object, id: str, _asked: object) -> dict[str, Any]:
    return {"id": id, "type": "scale", "scale": "good"}


def _grid(draw: st.DrawFn, languages: Sequence[str], id: str, _asked: object) -> dict[str, Any]:
    said = {
        "id": id,
        "type": "grid",
        "scale": "good",
        "statements": {f"{id}_a": words(draw, languages, f"A {id}"), f"{id}_b": words(draw, languages, f"B {id}")},
    }
    sometimes(draw, said, shuffle=st.booleans())
    return said


def _number(draw: st.DrawFn, languages: Sequence[str], id: str, _asked: object) -> dict[str, Any]:
    low = draw(st.integers(-50, 50))
    said: dict[str, Any] = {"id": id, "type": "number", "min": low, "max": low + draw(st.integers(1, 500))}
    sometimes(draw, said, decimals=st.integers(0, 2), bands=st.just({"all_of_it": [low, said["max"]]}))
    _constrain(draw, languages, said, [f". >= {low}", f". != {low} and . <= {low + 1}", ". >= -100 or . = 7"])
    return said


def _constrain(draw: st.DrawFn, languages: Sequence[str], said: dict[str, Any], tests: Sequence[str]) -> None:
    if draw(st.booleans()):
        said["constraint"] = draw(st.sampled_from(tests))
        said["constraint_message"] = {language: LETTERS[language] for language in languages}


def _yes_no(draw: st.DrawFn, languages: Sequence[str], id: str, _asked: object) -> dict[str, Any]:
    said: dict[str, Any] = {"id": id, "type": "yes_no"}
    own = {"no": words(draw, languages, "1no"), "yes": words(draw, languages, "2yes")}
    sometimes(draw, said, options=st.just(own))
    return said


def _date(draw: st.DrawFn, languages: Sequence[str], id: str, _asked: object) -> dict[str, Any]:
    precision = draw(st.sampled_from(["year", "month", "day"]))
    length = {"year": 4, "month": 7, "day": 10}[precision]
    said = {"id": id, "type": "date", "from": "2024-02-29"[:length], "to": "2026-12-31"[:length]}
    if precision != "month" or draw(st.booleans()):
        said["precision"] = precision
    if precision == "day":
        said["because"] = "a visit is counted by its day"
    _constrain(draw, languages, said, [f". > '{said['from']}'", f". != '{said['to']}'"])
    return said


def _ranking(draw: st.DrawFn, languages: Sequence[str], id: str, _asked: object) -> dict[str, Any]:
    said = {"id": id, "type": "ranking", "options": options(draw, languages, id)}
    sometimes(draw, said, ranked=st.integers(1, 2), shuffle=st.booleans(), fixed=st.just(["one"]))
    return said


def _note(_draw: st.DrawFn, _languages: object, id: str, _asked: object) -> dict[str, Any]:
    return {"id": id, "type": "note"}


def _text(draw: st.DrawFn, _languages: object, id: str, _asked: object) -> dict[str, Any]:
    said: dict[str, Any] = {"id": id, "type": "text"}
    sometimes(draw, said, longest=st.integers(1, 100))
    return said


def _voice(draw: st.DrawFn, _languages: object, id: str, _asked: object) -> dict[str, Any]:
    said: dict[str, Any] = {"id": id, "type": "voice"}
    sometimes(draw, said, seconds=st.integers(1, 60))
    return said


def _calculate(draw: st.DrawFn, _languages: object, id: str, asked: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    numbers = [one["id"] for one in asked if one["type"] == "number"]
    value = f"round(${{{numbers[-1]}}} div 3) + 1" if numbers else "if(${first} = 'one', 1, 0) * 2"
    said: dict[str, Any] = {"id": id, "type": "calculate", "value": value}
    sometimes(draw, said, keep=st.booleans(), bands=st.just({"low": [0, 3], "high": [4, 900]}))
    return said


def _arm(draw: st.DrawFn, _languages: object, id: str, _asked: object) -> dict[str, Any]:
    return {
        "id": id,
        "type": "arm",
        "arms": draw(st.sampled_from([["a", "b"], ["a", "b", "c"], ["d", "c", "b", "a"]])),
    }


MAKERS = {
    "choice": _choice,
    "choices": _choices,
    "scale": _scale,
    "grid": _grid,
    "number": _number,
    "yes_no": _yes_no,
    "date": _date,
    "ranking": _ranking,
    "note": _note,
    "text": _text,
    "voice": _voice,
    "calculate": _calculate,
    "arm": _arm,
}
"""How a question of each kind is made."""
