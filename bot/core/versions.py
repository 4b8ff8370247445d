"""What differs between two surveys that bear one version: each thing that an open wave would be broken by.

Laws:
1. Two surveys that differ have at least one thing said of them; two that are the same have none.
2. A change of words breaks a wave too: people agreed to, and answered, the words that they read, and figures are
   of those words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

from bot.core.survey import Option, Question, Survey

WORDED = ("title", "consent", "referral", "indicators")
"""Keys whose words are told apart from all else."""


def changes(old: Survey, new: Survey) -> tuple[str, ...]:
    """What changed, in words for the author: questions first, then answers, then everything else."""
    was, now = ({q.id: q for q in one.questions} for one in (old, new))
    both = [id for id in was if id in now]
    said = [
        *_listed("questions gone: {}", [id for id in was if id not in now]),
        *_listed("questions added: {}", [id for id in now if id not in was]),
    ]
    if both != [id for id in now if id in was]:
        said.append("the order of the questions")
    for id in both:
        said += _question(was[id], now[id])
    said += _rest(old, new)
    if not said and old != new:
        said.append(f"only words, which are pinned as well: {', '.join(_reworded(old, new))}")
    return tuple(said)


def _question(old: Question, new: Question) -> Iterator[str]:
    if old.type != new.type:
        yield f"the type of '{old.id}': {old.type} became {new.type}"
        return
    codes, left = [o.code for o in old.options], [o.code for o in new.options]
    scale = f"the scale of '{old.id}'" if old.type == "scale" else f"'{old.id}'"
    yield from _listed(f"answers gone from {scale}: {{}}", [code for code in codes if code not in left])
    yield from _listed(f"answers added to {scale}: {{}}", [code for code in left if code not in codes])
    if [code for code in codes if code in left] != [code for code in left if code in codes]:
        yield f"the order of the answers of {scale}"
    if _without_words(old) != _without_words(new):
        yield f"when '{old.id}' is asked, or what it takes"


def _rest(old: Survey, new: Survey) -> Iterator[str]:
    """The keys beside the questions, their words left out."""
    keys = [one.name for one in fields(Survey) if one.name not in ("questions", *WORDED)]
    changed = [key for key in keys if getattr(old, key) != getattr(new, key)]
    shares = [[replace(one, title={}) for one in survey.indicators] for survey in (old, new)]
    yield from _listed("other keys: {}", changed + (["indicators"] if shares[0] != shares[1] else []))


def _reworded(old: Survey, new: Survey) -> list[str]:
    """Whose words differ, where nothing else does: keys of the file and ids of questions."""
    keys = [key for key in WORDED if getattr(old, key) != getattr(new, key)]
    return keys + [q.id for q, other in zip(old.questions, new.questions, strict=True) if q != other]


def _without_words(question: Question) -> Question:
    """The question with neither words nor answers: what is left says when it is asked, and what it takes."""
    options: tuple[Option, ...] = ()
    return replace(question, ask={}, options=options)


def _listed(words: str, names: list[str]) -> list[str]:
    return [words.format(", ".join(names))] if names else []
