"""Themes as they are kept: taken in from a steward's file, counted once, never changed.

Laws (with those of `bot/core/themes.py`):
1. A text is counted once: its hash is kept, also after the text is gone, as long as there are texts.
2. A release and question are counted once; what comes later for them is refused.
3. Counted is only what k texts that lie here stand behind.
4. A mark for removal deletes a text, whether it was counted or not, and changes no count.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.core import codes
from bot.core.codes import Coded, Codes, CodesTrouble, Titles
from bot.core.themes import Agreement, Counted, may_be_told
from bot.store import tables as t

ALL, SAMPLE = "_all", "_second"
"""Beside the themes of a question: all texts that were counted, and those that a second steward coded."""

COUNTED, ALREADY, TWICE, FEW = "counted", "already", "twice", "few"
"""What became of a question: counted; counted before at this release; holds texts that were; fewer than k."""


@dataclass(frozen=True)
class Taken:
    """What became of each question of a file, and whether texts were removed."""

    questions: Mapping[str, str]
    removed: bool


def take(db: Connection, wave: str, questions: tuple[str, ...], k: int, given: Codes) -> Taken:
    """Count what a steward gives back, and delete what is to be removed. CodesTrouble where it is of another wave.

    `questions` are those of the wave that are answered in own words.
    """
    if given.wave != wave:
        raise CodesTrouble(f"These codes are of another wave: {given.wave}")
    named = given.questions.keys() | given.remove.keys()
    if named - set(questions) or given.release > latest_release(db, wave):
        raise CodesTrouble("These codes do not belong to what was released of this wave.")
    became, removed = {}, False
    for id in sorted(named):
        names = _names(db, wave, id)
        if id in given.questions:
            became[id] = _count(db, wave, id, given.questions[id], frozenset(names), k)
        gone = [names[one] for one in given.remove.get(id, ()) if one in names]
        for tid in gone:
            db.execute(delete(t.opentext).where(t.opentext.c.tid == tid))
        removed = removed or bool(gone)
    return Taken(became, removed)


def texts(db: Connection, wave: str, question: str) -> list[str]:
    """The names of the texts that were counted, in their order."""
    kept = t.theme_text.c
    found = db.execute(select(kept.text).where(kept.wave == wave, kept.question == question)).scalars()
    return sorted(one.hex() for one in found)


def latest_release(db: Connection, wave: str) -> int:
    """The latest release of a wave that closed a block; 0 where there is none."""
    return db.execute(select(func.max(t.block.c.release)).where(t.block.c.wave == wave)).scalar() or 0


def counted(db: Connection, wave: str) -> dict[str, list[Counted]]:
    """What was counted of each question of a wave, the earliest release first."""
    found: dict[tuple[str, int], dict[str, tuple[int, int | None]]] = {}
    kept = t.theme_count.c
    query = select(kept.question, kept.release, kept.theme, kept.n, kept.kappa).where(kept.wave == wave)
    for question, release, theme, n, kappa in db.execute(query.order_by(kept.question, kept.release, kept.theme)):
        found.setdefault((question, release), {})[theme] = (n, kappa)
    by_question: dict[str, list[Counted]] = {}
    for (question, release), rows in found.items():
        by_question.setdefault(question, []).append(_read(release, rows))
    return by_question


def titles(db: Connection, wave: str) -> dict[str, dict[str, Titles]]:
    """What the themes of each question of a wave are called."""
    kept = t.theme.c
    found: dict[str, dict[str, Titles]] = {}
    query = select(kept.question, kept.theme, kept.title).where(kept.wave == wave)
    for question, theme, title in db.execute(query.order_by(kept.question, kept.theme)):
        found.setdefault(question, {})[theme] = json.loads(title)
    return found


def _count(db: Connection, wave: str, question: str, coded: Coded, there: frozenset[str], k: int) -> str:
    """Write what was counted of a question, if it may be; says what became of it."""
    kept = t.theme_count.c
    mine = (kept.wave == wave, kept.question == question, kept.release == coded.counted.release)
    if db.execute(select(kept.n).where(*mine).limit(1)).first():
        return ALREADY
    if coded.texts & set(texts(db, wave, question)):
        return TWICE
    if len(coded.texts & there) < k:
        return FEW
    db.execute(
        insert(t.theme_text),
        [{"wave": wave, "question": question, "text": bytes.fromhex(one)} for one in sorted(coded.texts)],
    )
    rows = _rows(may_be_told(coded.counted, k))
    ours = {"wave": wave, "question": question, "release": coded.counted.release}
    db.execute(insert(t.theme_count), [{**ours, "theme": id, "n": n, "kappa": of} for id, (n, of) in rows.items()])
    for id, title in coded.titles.items():
        said = json.dumps(dict(title), ensure_ascii=False, sort_keys=True)
        fresh = upsert(t.theme).values(wave=wave, question=question, theme=id, title=said)
        db.execute(fresh.on_conflict_do_nothing())
    return COUNTED


def _rows(one: Counted) -> dict[str, tuple[int, int | None]]:
    agreed = one.agreement
    each = {} if agreed is None else agreed.themes
    rows = {id: (n, _hundredths(each.get(id))) for id, n in one.themes.items()}
    rows[ALL] = (one.n, None)
    if agreed is not None:
        rows[SAMPLE] = (agreed.n, _hundredths(agreed.kappa))
    return rows


def _read(release: int, rows: Mapping[str, tuple[int, int | None]]) -> Counted:
    found = {id: row for id, row in rows.items() if id not in (ALL, SAMPLE)}
    agreed = None
    if SAMPLE in rows:
        n, kappa = rows[SAMPLE]
        agreed = Agreement(n, _kappa(kappa), {id: _kappa(of) for id, (_, of) in found.items()})
    return Counted(release, rows[ALL][0], {id: n for id, (n, _) in found.items()}, agreed)


def _names(db: Connection, wave: str, question: str) -> dict[str, bytes]:
    """The names of the texts of a question, and their rows."""
    kept = t.opentext.c
    found = db.execute(select(kept.tid, kept.sealed).where(kept.wave == wave, kept.question == question))
    return {codes.name(sealed): tid for tid, sealed in found}


def _hundredths(kappa: float | None) -> int | None:
    return None if kappa is None else round(100 * kappa)


def _kappa(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / 100
