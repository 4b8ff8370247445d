"""What an organisation takes with it: its surveys, programmes, released figures, and its part of the log of acts.

Laws:
1. Figures are those that are displayed, as in `figures.py`. No row of anybody is here: those need two people.
2. Equal content gives equal bytes.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from bot.export import figures
from bot.files.phrases import Phrases
from bot.store import Coordinator, Transaction, Wave

MEANS = "Released answers as rows are not in it: they need two coordinators (aitbar export WAVE --rows)."


def files(tx: Transaction, name: str, phrases: Phrases) -> dict[str, bytes]:
    """The files, by name: programmes, people, acts and waves as JSON, and for each wave its survey and its figures
    as CSV."""
    mine = [wave for wave in tx.waves.all() if wave.terms.organisation == name]
    people = [_person(who) for who in tx.desk.colleagues(name)]
    acts = [
        {**asdict(act), "moment": act.moment.isoformat()}
        for act in reversed(tx.desk.acts(organisation=name))
        if act.organisation == name
    ]
    out = {
        "programmes.json": _json([asdict(one) for one in tx.organisations.programmes(name)]),
        "people.json": _json(people),
        "acts.json": _json(acts),
        "waves.json": _json([_terms(wave) for wave in mine]),
    }
    for wave in mine:
        out[f"{wave.id}-survey.json"] = tx.waves.definition(wave.id).encode()
        made = figures.files(tx.waves.published(wave.id), wave.survey, phrases, "csv")
        out |= {f"{wave.id}-{file}": content for file, content in made.items()}
    return out


def _person(who: Coordinator) -> dict[str, str]:
    return {"role": who.role, "name": who.name, "since": who.since.isoformat()}


def _terms(wave: Wave) -> dict[str, object]:
    """What a wave is, without its key and its numbers."""
    terms = wave.terms
    days = {"opened": wave.opened.date().isoformat(), "state": wave.state}
    what = {
        "wave": wave.id,
        "survey": wave.survey.id,
        "programme": terms.programme,
        "population": terms.population,
    }
    return {**what, "k": terms.k, "schedule": terms.schedule, "invited": terms.invited, **days}


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
