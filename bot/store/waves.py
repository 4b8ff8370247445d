"""Waves: opened with a pinned survey, released on their schedule, closed with their key destroyed.

Laws:
1. A wave keeps the whole definition of its survey; editing a file changes nothing that is open.
2. Blocks close at the wave's scheduled release and at no other time.
3. Whatever is published is made of the running sums of closed blocks; nothing is recomputed from responses.
4. A pause and an extension stand beside the terms, which never change: while paused nobody can begin, and all
   else goes on; the last moment to begin moves later only, and only while the wave is open.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot import nature
from bot.core import codes
from bot.core.blocks import (
    LEAST_BLOCK,
    MERGING_RELEASE,
    Block,
    Closing,
    Publishable,
    Rule,
    Waiting,
    closings,
    publish,
    publish_running,
)
from bot.core.cells import Node, Partition, Populations, layout
from bot.core.clocks import closes, extends, is_over, last, starts_until
from bot.core.inclusion import check_targets
from bot.core.running import Sums
from bot.core.survey import Answer, Survey, without_minors
from bot.core.themes import Counted
from bot.store import frozen, outcomes, postgres, running, themes
from bot.store import tables as t
from bot.store.keys import Keys, KeyTrouble
from bot.store.nodes import read_node, write_node
from bot.store.opentext import bundle, own_words, release, size, without_own_words
from bot.store.vault import dump_body, load_body, load_cohort, load_texts

WAVE_LETTERS = nature.CLEAR
WAVE_LENGTH = 8
FULL_DWELL = 2
TICKS_TO_LAST_RELEASE = 2
NAMED_AT_ONCE = 10_000
PERIOD = {"weekly": timedelta(days=7), "daily": timedelta(days=1)}


Named = tuple[Sequence[Counted], Mapping[str, codes.Titles]]
"""What was counted of a question in own words, and what its themes are called."""

SurveyReader = Callable[[str], Survey]
"""Turns a pinned definition (JSON text) into a survey; handed in, since this room reads no files."""


NO_STEWARD = (
    "This survey asks for answers in people's own words, which are sealed to a steward's key: only that steward's "
    "own computer can open them. There the steward runs: aitbar steward keygen --out FILE; give the line it "
    "prints with --steward-key, or put it into AITBAR_STEWARD_KEY."
)

SENSITIVE_FOR_MINORS = (
    "This survey has sensitive questions, and people of 15 to 17 are asked none. Leave --minors out, or open a "
    "survey without them for the young."
)


COHORTS_UNINVITED = "Answers are counted by kind of group only where people come by an invitation: --invited"


class WaveTrouble(Exception):
    """A wave cannot be opened or closed; the text says why and what to do."""


@dataclass(frozen=True)
class Terms:
    """What is fixed when a wave opens, and never changed."""

    organisation: str = ""
    programme: str = ""
    population: int | None = None
    k: int = 10
    leave_behind: int = 2
    slots: int = 1
    minors: bool = False
    schedule: str = "weekly"
    leftovers: str = "show"
    starts_from: datetime | None = None
    starts_until: datetime | None = None
    alone: bool = False
    invited: bool = False
    cohorts: bool = False  # answers are counted by the kind of group people were invited by
    steward_key: bytes | None = None
    populations: Populations = field(default_factory=dict)
    targets: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Wave:
    """One survey version, one organisation, one period. The aims of `survey` are those stated for the wave, else
    the author's."""

    id: str
    survey: Survey
    terms: Terms
    state: str
    opened: datetime
    next_release: datetime
    releases: int
    finished_shown: int
    paused: bool = False
    extended_until: datetime | None = None

    @property
    def rule(self) -> Rule:
        """The block rule of this wave."""
        terms = self.terms
        return Rule(k=terms.k, leave=terms.leave_behind, slots=terms.slots, wait=terms.leftovers == "wait")

    @property
    def partition(self) -> Partition:
        """The cells of this wave, as fixed when it opened."""
        terms = self.terms
        return layout(self.survey, terms.population, terms.k, terms.populations).partition

    @property
    def closes(self) -> datetime | None:
        """When it closes by itself; None: never."""
        return closes(self.survey.clocks, self.until)

    @property
    def until(self) -> datetime | None:
        """The last moment at which an interview may begin, extended or not; None without an end."""
        return last(self.terms.starts_until, self.extended_until)

    def early(self, now: datetime) -> bool:
        """True before the first moment at which an interview may begin."""
        return self.terms.starts_from is not None and now < self.terms.starts_from

    def takes(self, now: datetime) -> bool:
        """True when an interview may begin at this moment."""
        over = self.until is not None and now > self.until
        return self.state == "open" and not (self.paused or self.early(now) or over)


@dataclass(frozen=True)
class Released:
    """One person's released answers, the group of their block, and the language they answered in."""

    node: Node
    answers: Mapping[str, Answer]
    language: str


class Waves:
    """The waves over one open transaction."""

    def __init__(self, connection: Connection, keys: Keys, read: SurveyReader) -> None:
        self._db = connection
        self._keys = keys
        self._read = read
        self._seen: dict[str, Wave] = {}

    def open(self, document: dict[str, Any], terms: Terms, now: datetime) -> str:
        """Open a wave of this survey document; returns its id, which is also its start payload."""
        body = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        survey = self._read(body)
        if terms.k < LEAST_BLOCK:
            raise WaveTrouble(f"Groups are of {LEAST_BLOCK} people or more, never of {terms.k}.")
        plan = layout(
            survey, terms.population, terms.k, terms.populations
        )  # refuses what is too small for the rule
        check_targets(terms.targets, survey, plan.partition)
        if own_words(survey) and terms.steward_key is None:
            raise WaveTrouble(NO_STEWARD)
        if terms.cohorts and not terms.invited:
            raise WaveTrouble(COHORTS_UNINVITED)
        if terms.minors and any(question.sensitive for question in survey.questions):
            raise WaveTrouble(SENSITIVE_FOR_MINORS)
        digest = hashlib.sha256(body.encode()).hexdigest()
        wave = nature.word(WAVE_LETTERS, WAVE_LENGTH)
        until = starts_until(survey.clocks, now, terms.starts_from, terms.starts_until)
        self._db.execute(upsert(t.definition).values(hash=digest, body=body).on_conflict_do_nothing())
        self._db.execute(
            insert(t.wave).values(
                wave=wave,
                definition=digest,
                survey=survey.id,
                organisation=terms.organisation,
                programme=terms.programme,
                population=terms.population,
                populations=_write_populations(terms.populations),
                targets=json.dumps(dict(terms.targets), sort_keys=True) if terms.targets else None,
                k=terms.k,
                leave_behind=terms.leave_behind,
                slots=terms.slots,
                minors=int(terms.minors),
                schedule=terms.schedule,
                leftovers=terms.leftovers,
                state="open",
                opened=now.isoformat(),
                starts_from=_moment(terms.starts_from),
                starts_until=_moment(until),
                next_release=(now + PERIOD[terms.schedule]).isoformat(),
                releases=0,
                ticks_left=None,
                finished_shown=0,
                alone=int(terms.alone),
                invited=int(terms.invited),
                cohorts=int(terms.cohorts),
                steward_key=terms.steward_key if own_words(survey) else None,
            )
        )
        postgres.add_wave(self._db, wave)
        self._keys.make_wave(wave)
        return wave

    def get(self, wave: str) -> Wave | None:
        """The wave with this id; read once a transaction, and trusted no longer than that."""
        if wave not in self._seen:
            row = self._db.execute(_query().where(t.wave.c.wave == wave)).one_or_none()
            if row is None:
                return None
            self._seen[wave] = self._wave(row)
        return self._seen[wave]

    def definition(self, wave: str) -> str:
        """The survey as it was pinned, as JSON."""
        return str(self._db.execute(_query().where(t.wave.c.wave == wave)).one().body)

    def known(self, wave: str) -> Wave:
        """The wave with this id. Raises WaveTrouble where there is none."""
        found = self.get(wave)
        if found is None:
            raise WaveTrouble(f"There is no wave '{wave}'. See: aitbar wave list")
        return found

    def all(self) -> list[Wave]:
        """Every wave, the newest first."""
        rows = self._db.execute(_query().order_by(t.wave.c.opened.desc(), t.wave.c.wave))
        return [self._wave(row) for row in rows]

    def earlier(self, wave: Wave) -> Iterator[Wave]:
        """The waves before this one that asked the same people the same survey, the newest first."""
        for row in self._db.execute(
            _query()
            .where(
                t.wave.c.survey == wave.survey.id,
                t.wave.c.organisation == wave.terms.organisation,
                t.wave.c.programme == wave.terms.programme,
                t.wave.c.minors == int(wave.terms.minors),
                t.wave.c.opened < wave.opened.isoformat(),
            )
            .order_by(t.wave.c.opened.desc(), t.wave.c.wave)
        ).all():
            yield self._wave(row)

    def asked(self) -> list[Survey]:
        """The surveys of the open waves, as they were pinned."""
        rows = self._db.execute(_query().where(t.wave.c.state == "open"))
        return [self._read(row.body) for row in rows]

    def close(self, wave: str) -> None:
        """Stop answers at once; the last release follows at the second daily tick."""
        self._seen.clear()
        changed = self._db.execute(
            update(t.wave)
            .where(t.wave.c.wave == wave, t.wave.c.state == "open")
            .values(state="closing", ticks_left=TICKS_TO_LAST_RELEASE, paused=0)
        )
        if changed.rowcount != 1:
            raise WaveTrouble(_not_open(wave))

    def pause(self, wave: str) -> bool:
        """From now on nobody can begin; whoever began goes on. False where it rests already.

        Raises WaveTrouble where the wave is not open.
        """
        return self._rest(wave, 1)

    def resume(self, wave: str) -> bool:
        """One can begin again. False where it does not rest. Raises WaveTrouble where the wave is not open."""
        return self._rest(wave, 0)

    def _rest(self, wave: str, paused: int) -> bool:
        self._seen.clear()
        if self.known(wave).state != "open":
            raise WaveTrouble(_not_open(wave))
        changed = self._db.execute(
            update(t.wave)
            .where(t.wave.c.wave == wave, t.wave.c.state == "open", t.wave.c.paused != paused)
            .values(paused=paused)
        )
        self._seen.clear()
        return changed.rowcount == 1

    def extend(self, wave: str, until: datetime, now: datetime) -> None:
        """Move the last moment to begin to `until`, and with it the wave's own end.

        Raises WaveTrouble where the wave is not open, has no such moment, or that would not move it later.
        """
        self._seen.clear()
        found = self.known(wave)
        if found.state != "open":
            raise WaveTrouble(_not_open(wave))
        if found.until is None:
            raise WaveTrouble(f"The wave '{wave}' has no last day: it stays open until somebody closes it.")
        if not extends(found.until, until, now):
            raise WaveTrouble(
                f"Interviews of the wave '{wave}' begin until {found.until:%Y-%m-%d %H:%M %Z}. That moment can be "
                f"moved later only, to one that is still to come and a year ahead at most. To end it early: "
                f"aitbar wave close {wave}"
            )
        self._db.execute(
            update(t.wave)
            .where(t.wave.c.wave == wave, t.wave.c.state == "open")
            .values(extended_until=until.isoformat())
        )
        self._seen.clear()

    def close_overdue(self, now: datetime) -> list[str]:
        """Close each wave whose own time is over, as `close` does; returns those waves."""
        over = [
            wave.id for wave in self.all() if wave.state == "open" and is_over(wave.survey.clocks, wave.until, now)
        ]
        for wave in over:
            self.close(wave)
        return over

    def check_keys(self) -> None:
        """Raise KeyTrouble where the key of an open wave is missing: nobody could answer, or be told why."""
        for wave in self._db.execute(select(t.wave.c.wave).where(t.wave.c.state == "open")).scalars():
            if wave not in self._keys.waves():
                raise KeyTrouble(
                    f"The key of the open wave {wave} is missing. Put wave-{wave}.key back into the keys folder; "
                    f"if it is lost, the interviews are too: aitbar wave close {wave}"
                )

        own = select(t.organisation.c.key).join(t.wave, t.wave.c.organisation == t.organisation.c.name)
        for key in self._db.execute(own.where(t.wave.c.state == "open", t.organisation.c.key != "")).scalars():
            if key not in self._keys.organisations():
                raise KeyTrouble(
                    f"The key of an organisation with open waves is missing. Put org-{key}.key back into the keys "
                    "folder; without it nobody can go on with an interview."
                )

    def destroy_spent_keys(self) -> list[str]:
        """Destroy the key of every wave that stands here as closed; returns those waves.

        A key whose wave this database does not know is left alone: it may belong to another database, which
        somebody moved away for a moment. One drawn for a wave that was rolled back opens nothing.
        """
        closed = set(self._db.execute(select(t.wave.c.wave).where(t.wave.c.state == "closed")).scalars())
        spent = [wave for wave in self._keys.waves() if wave in closed]
        for wave in spent:
            self._keys.destroy_wave(wave)
        return spent

    def published(self, wave: str) -> Publishable:
        """What has been released of this wave: the only figures anybody sees."""
        return self._publish(wave, running.shown(self._db, wave), self._themes(wave))

    def newest_and_earlier(self, wave: str) -> tuple[Publishable, Publishable] | None:
        """What the latest release that closed a block brought, by itself, and all that was released before it.

        None where there is only one such release. Either is a sum over whole blocks.
        """
        earlier = running.earlier(self._db, wave)
        if not earlier.nodes:
            return None
        latest = select(func.max(t.block.c.release)).where(t.block.c.wave == wave).scalar_subquery()
        query = select(func.min(t.block.c.no)).where(t.block.c.wave == wave, t.block.c.release == latest)
        newest = self._blocks(wave, self._db.execute(query).scalar_one())
        found = self.known(wave)
        made = publish(found.survey, found.id, found.partition, found.rule, newest)
        return made, self._publish(wave, earlier)

    def _publish(self, wave: str, sums: Sums, themes: Mapping[str, Named] = MappingProxyType({})) -> Publishable:
        found = self.known(wave)
        return publish_running(found.survey, found.id, found.partition, found.rule, sums, themes)

    def _themes(self, wave: str) -> dict[str, Named]:
        titles = themes.titles(self._db, wave)
        return {id: (counted, titles[id]) for id, counted in themes.counted(self._db, wave).items()}

    def counted_anew(self, wave: str) -> running.Made:
        """The running sums of a wave, made of all its blocks."""
        found = self.known(wave)
        return running.make(found.survey, found.terms.k, self._blocks(wave))

    def open_answers(self, wave: str) -> bytes | None:
        """The released answers in own words as a file for the wave's steward; None where nothing may be told."""
        found = self.get(wave)
        if found is None:
            raise WaveTrouble(f"There is no wave '{wave}'. See: aitbar wave list")
        return bundle(self._db, found.survey, wave, found.terms.steward_key, found.terms.k)

    def take_codes(self, wave: str, content: bytes) -> themes.Taken:
        """Take in the file of codes of a wave's steward. Raises WaveTrouble, and CodesTrouble where it is none."""
        found = self.known(wave)
        return themes.take(self._db, wave, own_words(found.survey), found.terms.k, codes.read(content))

    def open_answers_size(self, wave: str) -> int:
        """How many bytes they take, sealed."""
        return size(self._db, wave)

    def _wave(self, row: Row[Any]) -> Wave:
        survey = self._read(row.body)
        if row.targets is not None:
            survey = replace(survey, targets={**survey.targets, **json.loads(row.targets)})
        return _wave(row, survey if row.minors else without_minors(survey))

    # -- what time does -------------------------------------------------------------------------------

    def daily(self, today: date) -> list[str]:
        """The daily tick: bursts are noted, dwell goes up, old interviews expire, closing waves end.

        Returns the waves that ended; `destroy_spent_keys` follows once this is committed.
        """
        self._note_bursts()
        self._db.execute(update(t.pool).where(t.pool.c.dwell < FULL_DWELL).values(dwell=t.pool.c.dwell + 1))
        outcomes.expire(self._db, t.session.c.expiry_day < today.isoformat())
        self._db.execute(
            update(t.wave).where(t.wave.c.state == "closing").values(ticks_left=t.wave.c.ticks_left - 1)
        )
        ended = [
            row.wave
            for row in self._db.execute(
                select(t.wave.c.wave).where(t.wave.c.state == "closing", t.wave.c.ticks_left <= 0)
            )
        ]
        for wave in ended:
            self._end(wave, today)
        return ended

    def release_due(self, now: datetime) -> list[str]:
        """Release every open wave whose scheduled moment has come; returns their ids."""
        self._seen.clear()
        due = [w for w in self.all() if w.state == "open" and w.next_release <= now]
        for wave in due:
            self._release(wave, merging=(wave.releases + 1) % MERGING_RELEASE == 0, final=False)
            following = wave.next_release
            while following <= now:
                following += PERIOD[wave.terms.schedule]
            outcomes.freeze(self._db, wave.id, wave.terms.k)
            self._db.execute(
                update(t.wave)
                .where(t.wave.c.wave == wave.id)
                .values(
                    next_release=following.isoformat(),
                    releases=wave.releases + 1,
                    finished_shown=self._finished(wave),
                )
            )
        return [wave.id for wave in due]

    def _end(self, wave: str, today: date) -> None:
        found = self.get(wave)
        if found is None:
            return
        self._release(found, merging=True, final=True)
        shown = self._finished(found)
        outcomes.expire(self._db, t.session.c.wave == wave)
        outcomes.freeze(self._db, wave, found.terms.k)
        postgres.drop_wave(self._db, wave)
        for table in (t.pool, t.ledger, t.cell, t.invite, t.reminder, t.alert):
            self._db.execute(delete(table).where(table.c.wave == wave))
        over = {"state": "closed", "ended": today.isoformat(), "finished_shown": shown}
        self._db.execute(update(t.wave).where(t.wave.c.wave == wave).values(**over))

    def _finished(self, wave: Wave) -> int:
        """People who ever finished, rounded down to a multiple of k (R1): ledger marks, never lowered."""
        query = select(func.count()).where(t.ledger.c.wave == wave.id, t.ledger.c.done == 1)
        finished = self._db.execute(query).scalar() or 0
        return finished // wave.terms.k * wave.terms.k

    def _note_bursts(self) -> None:
        """W2: k or more rows, and over half of a cell's pool, leave dwell 0 together."""
        counted = select(
            t.pool.c.wave,
            t.pool.c.cell,
            func.count().label("all"),
            func.count().filter(t.pool.c.dwell == 0).label("fresh"),
        ).group_by(t.pool.c.wave, t.pool.c.cell)
        smallest = {row.wave: row.k for row in self._db.execute(select(t.wave.c.wave, t.wave.c.k))}
        for row in self._db.execute(counted).all():
            if row.fresh >= smallest[row.wave] and 2 * row.fresh > row.all:
                noted = upsert(t.cell).values(wave=row.wave, cell=row.cell, burst=1)
                self._db.execute(noted.on_conflict_do_update(index_elements=["wave", "cell"], set_={"burst": 1}))

    def _release(self, wave: Wave, *, merging: bool, final: bool) -> None:
        rows = self._db.execute(
            select(t.pool.c.rid, t.pool.c.cell, t.pool.c.first).where(
                t.pool.c.wave == wave.id, t.pool.c.dwell == FULL_DWELL
            )
        ).all()
        waiting = [Waiting(row.rid, read_node(row.cell), bool(row.first)) for row in rows]
        closing = closings(wave.partition, waiting, wave.rule, merging=merging, final=final, draw=nature.sample)
        cells = {row.rid: row.cell for row in rows}
        query = select(func.coalesce(func.max(t.block.c.no), 0)).where(t.block.c.wave == wave.id)
        last = self._db.execute(query).scalar() or 0
        bursts = self._bursts(wave.id)
        for no, group in enumerate(closing, start=last + 1):
            touched = {cells[rid] for rid in group.rids}
            self._close_block(wave, no, group, burst=bool(touched & bursts))
            self._db.execute(delete(t.cell).where(t.cell.c.wave == wave.id, t.cell.c.cell.in_(touched & bursts)))
        if closing:
            closed = self._blocks(wave.id, last + 1)
            running.add(self._db, wave.id, wave.survey, wave.terms.k, closed)
            postgres.mix(self._db, wave.id)

    def _bursts(self, wave: str) -> set[str]:
        query = select(t.cell.c.cell).where(t.cell.c.wave == wave, t.cell.c.burst == 1)
        return set(self._db.execute(query).scalars())

    def _close_block(self, wave: Wave, no: int, group: Closing, *, burst: bool) -> None:
        """Shuffle the group, count it once, and let it go from the pool under new names."""
        shuffled: list[Row[Any]] = []
        for some in _parts(group.rids):
            shuffled += self._db.execute(select(t.pool.c.body, t.pool.c.rhash).where(t.pool.c.rid.in_(some)))
        nature.shuffle(shuffled)
        self._db.execute(
            insert(t.block).values(
                wave=wave.id,
                no=no,
                node=write_node(group.node),
                n=len(shuffled),
                burst=int(burst),
                release=wave.releases + 1,
            )
        )
        kinds = [load_cohort(row.body) for row in shuffled] if wave.terms.cohorts else []
        frozen.freeze(self._db, wave.id, no, wave.survey, [load_body(row.body) for row in shuffled], kinds)
        release(self._db, wave.id, no, (load_texts(row.body) for row in shuffled))
        for some in _parts(group.rids):
            self._db.execute(delete(t.pool).where(t.pool.c.rid.in_(some)))
        self._db.execute(
            insert(t.response),
            [
                {
                    "rid": nature.token(16),
                    "wave": wave.id,
                    "block": no,
                    "body": self._parted(wave, row.body),
                    "rhash": row.rhash,
                }
                for row in shuffled
            ],
        )

    def _parted(self, wave: Wave, body: str) -> str:
        """The answers of one person as they stay: without own words, any trace of them, and the kind of group."""
        if not own_words(wave.survey) and not wave.terms.cohorts:
            return body
        answers, language = load_body(body)
        return dump_body(without_own_words(wave.survey, answers), language)

    def released(self, wave: str) -> list[Released]:
        """The answers that were released and not taken back, in an order drawn by chance."""
        nodes = {
            row.no: read_node(row.node) for row in self._db.execute(select(t.block).where(t.block.c.wave == wave))
        }
        rows = self._db.execute(select(t.response.c.block, t.response.c.body).where(t.response.c.wave == wave))
        released = [Released(nodes[row.block], *load_body(row.body)) for row in rows]
        nature.shuffle(released)
        return released

    def _blocks(self, wave: str, since: int = 1) -> list[Block]:
        return frozen.blocks(self._db, wave, since)


def _not_open(wave: str) -> str:
    return f"The wave '{wave}' is not open. See: aitbar wave list"


def _write_populations(populations: Populations) -> str | None:
    if not populations:
        return None
    return json.dumps({write_node(node): people for node, people in populations.items()}, sort_keys=True)


def _read_populations(text: str | None) -> Populations:
    return {} if text is None else {read_node(node): people for node, people in json.loads(text).items()}


def _parts(rids: Sequence[bytes]) -> list[Sequence[bytes]]:
    """In parts that one statement can name: SQLite refuses more than 32,766 values."""
    return [rids[start : start + NAMED_AT_ONCE] for start in range(0, len(rids), NAMED_AT_ONCE)]


def _query() -> Any:
    return select(t.wave, t.definition.c.body).join(t.definition, t.wave.c.definition == t.definition.c.hash)


def _wave(row: Row[Any], survey: Survey) -> Wave:
    return Wave(
        id=row.wave,
        survey=survey,
        terms=Terms(
            organisation=row.organisation,
            programme=row.programme,
            population=row.population,
            populations=_read_populations(row.populations),
            targets={} if row.targets is None else json.loads(row.targets),
            k=row.k,
            leave_behind=row.leave_behind,
            slots=row.slots,
            minors=bool(row.minors),
            schedule=row.schedule,
            leftovers=row.leftovers,
            starts_from=_read_moment(row.starts_from),
            starts_until=_read_moment(row.starts_until),
            alone=bool(row.alone),
            invited=bool(row.invited),
            cohorts=bool(row.cohorts),
            steward_key=row.steward_key,
        ),
        state=row.state,
        opened=datetime.fromisoformat(row.opened),
        next_release=datetime.fromisoformat(row.next_release),
        releases=row.releases,
        finished_shown=row.finished_shown,
        paused=bool(row.paused),
        extended_until=_read_moment(row.extended_until),
    )


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _read_moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
