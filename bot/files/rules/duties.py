"""What authors owe: leave to use questions of others, help for who writes of danger, a yes before what hurts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.conditions import agreed
from bot.core.letters import fold
from bot.files import form
from bot.files.plain import Path
from bot.files.problems import suggestion
from bot.files.rules.draft import Rule, _Draft
from bot.files.texts import entries, items

OWN_LICENCE = "own items"
OWN_WORDS = form.OwnWords | form.Voice

MOST_SPOKEN = 3
"""Voice notes of one interview: all are fetched together, and wait together until the release."""

LICENCE_KEYS = ("permission_ref", "source", "instrument_version")


def _licence(draft: _Draft) -> None:
    licence = draft.said.get("licence")
    if not isinstance(licence, str) or licence.strip() == OWN_LICENCE:
        return
    if not licence.strip():
        draft.add("licence-empty", ("licence",))
        return
    for key in LICENCE_KEYS:
        value = draft.said.get(key)
        if key not in draft.said or value is None or (isinstance(value, str) and not value.strip()):
            draft.add("licence-incomplete", ("licence",), key=key, licence=licence)


def _own_words(draft: _Draft) -> None:
    """Who asks for own words says how they are read, asks everybody, and knows what to do about danger."""
    said = draft.said
    asked = [(number, one) for number, one in draft.questions.items() if isinstance(one, OWN_WORDS)]
    for number, question in asked:
        if said.get("open_text") is None:
            draft.add("text-unsealed", ("questions", number, "type"), id=question.id)
        if question.show_if is not None:
            draft.add("text-routed", ("questions", number, "show_if"), id=question.id)
        section = draft.sections.get(question.section or "")
        if section is not None and section.show_if is not None:
            draft.add("text-routed", ("questions", number, "section"), id=question.id)
    spoken = [number for number, question in asked if isinstance(question, form.Voice)]
    if len(spoken) > MOST_SPOKEN:
        draft.add("voice-many", ("questions", spoken[MOST_SPOKEN], "type"), found=len(spoken), most=MOST_SPOKEN)
    if asked and said.get("referral") is None:
        draft.add("text-without-referral", ("questions", asked[0][0]), id=asked[0][1].id)
    for one, other in (("referral", "danger_words"), ("danger_words", "referral")):
        if said.get(one) is not None and said.get(other) is None:
            draft.add("referral-half", (one,), key=one, missing=other)
    _danger_words(draft)


def _danger_words(draft: _Draft) -> None:
    listed = entries(draft.said.get("danger_words"))
    at: Path = ("danger_words",)
    if listed and draft.languages:
        for language in draft.languages:
            if language not in listed:
                draft.add("missing-language", at, place="'danger_words'", language=language)
    for language, words in listed.items():
        if draft.languages and language not in draft.languages:
            hint = suggestion(language, draft.languages)
            draft.add("unknown-language", (*at, language), place="'danger_words'", language=language, hint=hint)
        for number, word in enumerate(items(words)):
            if isinstance(word, str) and not any(letter.isalpha() for letter in fold(word)):
                draft.add("empty-text", (*at, language, number), place="'danger_words'", language=language)


def _sensitive(draft: _Draft) -> None:
    """A sensitive question comes to those who said yes to being asked it, can be declined, and stands at the end.

    Own words need no yes: they are asked of everybody, may be skipped, and are sealed.
    """
    asked = {
        number: question
        for number, question in draft.questions.items()
        if isinstance(question, form.Answered) and not isinstance(question, OWN_WORDS)
    }
    hurting = {number: question for number, question in asked.items() if question.sensitive}
    consents = {q.id for n, q in asked.items() if isinstance(q, form.YesNo) and n not in hurting}
    for number, question in hurting.items():
        at: Path = ("questions", number, "sensitive")
        if consents.isdisjoint(agreed(draft.conditions.get(number))):
            draft.add("sensitive-unasked", at, id=question.id)
        if question.required and "prefer_not" not in question.specials:
            draft.add("sensitive-forced", at, id=question.id)
    first = min(hurting, default=None)
    late = [number for number in asked if first is not None and number > first and number not in hurting]
    if first is not None and late:
        draft.add("sensitive-early", ("questions", late[0]), id=asked[late[0]].id, before=asked[first].id)


RULES: Sequence[Rule] = (_licence, _own_words, _sensitive)
