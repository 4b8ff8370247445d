"""Races: several processes submit the same person's answers at the same moment, on one database.

`races(folder, number, seed)` runs so many; parts are summed with `+`. Every process is real, with a store of
its own, and all wait for each other before each person. The database is a file of the folder, or lies at `url`.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

from bot.chat.identity import who
from bot.core.events import Sent
from bot.core.flow import REVIEW, Place
from bot.files.shelf import pinned
from bot.files.surveys import load
from bot.store import Store, Terms
from bot.turn import Grip, Held, take
from tests.faults.crowd import QUESTIONS, marker
from tests.faults.fire import Counts
from tests.rig import id_of

WORKERS = 2
SURVEY = Path(__file__).parent / "kill_survey.yaml"

Racer = tuple[int, bytes]
"""Somebody at the end of the interview: the number of the person, and the secret in their chat."""


def races(folder: Path, number: int, seed: int, url: str = "") -> Counts:
    """Let two processes submit each of `number` people at once; every person must be there once."""
    begun = time.monotonic()
    store = _store(folder, url)
    store.prepare()
    with store.transaction() as tx:
        wave = tx.waves.open(load(SURVEY).document, Terms(), datetime.now(UTC))
    store.close()
    persons = list(range(number))
    random.Random(seed).shuffle(persons)
    race(folder, at_the_end(folder, wave, persons, url), WORKERS, url)
    return _counted(_store(folder, url), number, time.monotonic() - begun)


def at_the_end(folder: Path, wave: str, persons: Iterable[int], url: str = "") -> list[Racer]:
    """People who have answered everything and not yet sent it."""
    store = _store(folder, url)
    try:
        with store.transaction() as tx:
            found = tx.waves.get(wave)
            assert found is not None
            racers = []
            for number in persons:
                tag = who(id_of(number)).tag(tx.keys.wave(wave), 0)
                secret = tx.vault.begin(wave, tag)
                place = Place("en", REVIEW, len(QUESTIONS) + 1, dict(marker(number)))
                tx.vault.seal(secret, wave, found.survey.version, tag, place, datetime.now(UTC).date())
                racers.append((number, secret))
            return racers
    finally:
        store.close()


def race(folder: Path, racers: Sequence[Racer], workers: int, url: str = "") -> None:
    """So many processes send each of these people's answers, all at once."""
    forking = multiprocessing.get_context("spawn")
    start = forking.Barrier(workers)
    running = [forking.Process(target=_send, args=(folder, url, racers, start)) for _ in range(workers)]
    for process in running:
        process.start()
    for process in running:
        process.join()
        assert process.exitcode == 0, "a process that loses a race is told so, and goes on"


def _send(folder: Path, url: str, racers: Sequence[Racer], start: Barrier) -> None:
    store = _store(folder, url)
    for number, secret in racers:
        start.wait()
        with store.transaction() as tx:
            did = Held(Grip(secret, 0), Sent(code=False, step=len(QUESTIONS) + 1))
            take(tx, who(id_of(number)), did, datetime.now(UTC))
    store.close()


def _counted(store: Store, number: int, seconds: float) -> Counts:
    with store.transaction() as tx:
        kept = Counter(tx.connection.exec_driver_sql("SELECT body FROM pool").scalars())
        marks = tx.connection.exec_driver_sql("SELECT count(*) FROM ledger WHERE done = 1").scalar_one()
    store.close()
    return Counts(
        faults=number,
        people=number,
        confirmed=marks,
        missing=number - marks,
        doubled=sum(kept.values()) - number,
        seconds=seconds,
    )


def _store(folder: Path, url: str) -> Store:
    return Store(url or f"sqlite:///{folder}/data/aitbar.db", folder / "keys", pinned)
