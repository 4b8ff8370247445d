"""An organisation leaves: all that is its own is deleted, and its keys are destroyed.

Laws:
1. It goes in one transaction: all of it, or nothing. Keys are destroyed after the commit, and the remnants erased.
2. What stays: the lines of the log of acts, which hold no answer and could not go without breaking its chain.
3. Another organisation's rows are untouched.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, Table, delete, func, select

from bot.store import Store, Transaction, postgres
from bot.store import tables as t


def means(tx: Transaction, name: str) -> list[str]:
    """What deleting it brings, a sentence each."""
    waves = [wave for wave in tx.waves.all() if wave.terms.organisation == name]
    answers = sum(_count(tx.connection, t.response, wave.id) for wave in waves)
    said = [
        f"Deleted: {len(tx.desk.colleagues(name))} people and their summaries, "
        f"{len(tx.organisations.programmes(name))} programmes, {len(waves)} waves with all figures, and {answers} "
        "released answers.",
        "It cannot be undone. What is to be kept is written out before: aitbar org export.",
        "The log of acts keeps its lines; it holds no answers.",
    ]
    if open_ones := [wave.id for wave in waves if wave.state != "closed"]:
        named = ", ".join(open_ones)
        said.insert(1, f"Waves that are not closed end at once, with all answers not yet released: {named}.")
    return said


def delete_organisation(store: Store, name: str, who: str, now: datetime) -> None:
    """Delete an organisation, its waves and its keys. `who` stands in the log."""
    with store.transaction() as tx:
        waves = tx.organisations.waves(name)
        for wave in waves:
            postgres.drop_wave(tx.connection, wave)
        _forget_proposals(tx.connection, name, waves)
        for table in reversed(t.METADATA.sorted_tables):
            if "wave" in table.c:
                for wave in waves:
                    tx.connection.execute(delete(table).where(table.c.wave == wave))
        used = select(t.wave.c.definition)
        tx.connection.execute(delete(t.definition).where(t.definition.c.hash.not_in(used)))
        key = tx.organisations.forget(name)
        tx.desk.note(who, "organisation deleted", f"waves {' '.join(waves) or 'none'}", now, name)
    for wave in waves:
        store.keys.destroy_wave(wave)
    if key:
        store.keys.destroy_organisation(key)
    store.scrub_now()


def _forget_proposals(db: Connection, name: str, waves: list[str]) -> None:
    """Acts of two that were its own, with their codes."""
    for id, what in db.execute(select(t.proposal.c.id, t.proposal.c.what)).all():
        about = json.loads(what)
        if about.get("wave") in waves or ("wave" not in about and about.get("organisation", "") == name):
            db.execute(delete(t.approval).where(t.approval.c.proposal == id))
            db.execute(delete(t.proposal).where(t.proposal.c.id == id))


def _count(db: Connection, table: Table, wave: str) -> int:
    return db.execute(select(func.count()).select_from(table).where(table.c.wave == wave)).scalar() or 0
