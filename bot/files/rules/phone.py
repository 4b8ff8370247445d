"""What a phone shows: messages that Telegram takes, buttons that can be read and told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.letters import clean
from bot.core.widths import ROOM, fits, width
from bot.files import form
from bot.files.phrases import placeholders
from bot.files.plain import Path
from bot.files.rules.draft import Rule, _Draft, _place
from bot.files.texts import entries

MESSAGE_LIMIT = 4_096
"""Telegram's longest message, in UTF-16 units (Bot API, sendMessage)."""

MESSAGE_RESERVE = 200
"""What the bot itself says around a question: its number, what to do, what was wrong."""

CONSENT_VALUES = frozenset({"k"})
"""What the bot puts into a consent: k, the number of people behind any figure."""

ALIKE = 14
"""What is left of a label on the smallest phones."""

HELPLINES_RESERVE = 1_200
"""What whom to call takes in a message beside the next question (`bot/files/helplines.py`)."""


def _lengths(draft: _Draft) -> None:
    for number, question in draft.questions.items():
        at = ("questions", number)
        options = draft.options(question) or {}
        for language, ask in getattr(question, "ask", {}).items():
            labels = [label.get(language, "") for label in options.values()]
            said = _statement(question, language)
            whole = sum(_units(words) for words in (ask, said, *labels)) + MESSAGE_RESERVE + _help(draft, language)
            if isinstance(question, form.OwnWords):
                whole += question.longest  # what was written is shown with its question
            place = _place(draft.said, at)
            if whole > MESSAGE_LIMIT:
                draft.add("message-too-long", at, place=place, found=whole, language=language, most=MESSAGE_LIMIT)
        if not isinstance(question, form.Scaled | form.Grid | form.Arm):
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


def _statement(question: form.AnyQuestion, language: str) -> str:
    """The longest statement of a grid."""
    statements = question.statements.values() if isinstance(question, form.Grid) else ()
    return max((words.get(language, "") for words in statements), key=len, default="")


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
            if not fits(words):
                found = round(width(words))
                draft.add("label-long", here, place=place, found=found, language=language, most=ROOM[1])


def _help(draft: _Draft, language: str) -> int:
    """What words on help and whom to call take beside any question that follows an answer in own words."""
    words = entries(draft.said.get("referral")).get(language)
    return _units(words) + HELPLINES_RESERVE if isinstance(words, str) else 0


RULES: Sequence[Rule] = (_lengths, _consent)
