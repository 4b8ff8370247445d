"""The invariants I1 to I13, each measured against its bar. Whatever is not met is said; what was not run too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from tests.blackbox import arrivals, backups, game, planted, screens
from tests.blackbox.adversary import STRATEGIES
from tests.blackbox.dumpscan import Finding, closed, ids, join, order, residue, said, schema, sealed, times
from tests.blackbox.order import Pairs
from tests.blackbox.play import Played, outside
from tests.blackbox.worlds import NOT_TRUNCATED, Way
from tests.core.attack import isolated
from tests.core.histories import shown_naively
from tests.core.test_blocks import attacked, wave


@dataclass(frozen=True)
class Counts:
    """How much is run."""

    people: int
    stopping: int
    seeds: int
    rounds: int
    histories: int


USUAL = Counts(people=16, stopping=8, seeds=arrivals.SEEDS, rounds=game.ROUNDS, histories=40)
WHOLE = Counts(people=200, stopping=200, seeds=arrivals.SEEDS_WHOLE, rounds=game.ROUNDS_WHOLE, histories=200)

SURE = 4
"""Standard deviations that one run of real processes may be off: its chance cannot be repeated."""

NAIVE_SEEDS = (0, 4)
"""Histories with k = 5."""

WON = 20
"""Rounds of the game against a planted leak, which somebody must win: else nobody could."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    invariant: str
    looked: str
    figure: str
    bar: str
    met: bool
    hits: tuple[str, ...] = ()


def of_a_wave(played: Played) -> Iterator[Row]:
    """What one wave of real processes shows."""
    stages = {"open": played.open, "released": played.released}
    yield _none("I1 no id in any form", "open and released", ids(played.released, played.open))
    for stage, look in stages.items():
        yield _none("I2 no join", stage, join(look))
    yield _none("I3 open interviews sealed", "open", sealed(played.open))
    yield _none("I3 open interviews sealed", "released", sealed(played.released))
    for stage, look in stages.items():
        yield from _order(stage, order(look))
    for stage, look in stages.items():
        yield _none("I5 no fine time", stage, times(look))
    yield two_backups(played)
    yield from a_release_in_backups(played)
    yield _none("I7 a closed wave", "closed, with a copy of its key", closed(played.closed))
    for stage, look in stages.items():
        yield _none("I8 no residue", stage, residue(look))
    yield opened_files(played)
    yield _none("I9 logs", "the bot at debug level", said(played.logs))
    yield _none("I9 logs", "the console", said(played.printed))
    yield _none("I10 schema", "released", schema(played.released))
    yield seen_by_coordinators(played)
    yield unmoved_by_one(played)


def two_backups(played: Played) -> Row:
    """I6: one more person changes no byte."""
    changed = backups.differing(played.backups["before"], played.backups["after"])
    looked = "two backups around one person who sent answers"
    return Row("I6 two backups", looked, f"{len(changed)} files differ", "0", not changed, tuple(changed))


def a_release_in_backups(played: Played) -> Iterator[Row]:
    """I6: a release adds whole blocks."""
    before, after = (played.backups[name] for name in ("after", "release"))
    wrong = backups.not_whole(before, after, played.released.truth.k)
    sizes = backups.added(before, after)
    met = not wrong and bool(sizes)
    yield Row("I6 two backups", f"a release: blocks of {sizes}", f"{len(wrong)} parts", "0", met, tuple(wrong))


def opened_files(played: Played) -> Row:
    """I8: what the bot opened for writing."""
    if played.opened is None:
        return Row("I8 no residue", "strace of the running bot", "not run: no strace", "-", met=True)
    elsewhere = outside(played.opened, played.home)
    looked = f"strace of the running bot: {len(played.opened)} files opened for writing"
    met = not elsewhere and bool(played.opened)
    return Row("I8 no residue", looked, f"{len(elsewhere)} outside", "0", met, tuple(elsewhere))


def seen_by_coordinators(played: Played) -> Row:
    """I12 (a): no person and no small number in all that coordinators saw."""
    told = screens.told(played.seen, played.logs.truth)
    looked = f"{len(played.seen)} screens, digests and lists"
    return Row("I12 what coordinators see", looked, f"{len(told)} hits", "0", not told, tuple(told))


def unmoved_by_one(played: Played) -> Row:
    """I12 (c): nobody sees that one more person has answered."""
    before, after = played.unmoved
    moved = [f"{one!r} became {other!r}" for one, other in zip_longest(before, after) if one != other]
    looked = f"{len(before)} screens around one person who sent answers"
    return Row("I12 what coordinators see", looked, f"{len(moved)} changed", "0", not moved, tuple(moved))


def of_arrivals(seeds: int) -> Iterator[Row]:
    """I4: many small waves inside this process."""
    sums, hits = arrivals.arrivals(0, seeds)
    bar = arrivals.bar(seeds)
    yield Row(
        "I4 order erased", f"{seeds} seeds x {arrivals.PEOPLE} people of one cell", _none_of(hits), "0", not hits
    )
    yield from (_pairs(f"{seeds} seeds: {name}", pairs, bar) for name, pairs in sums.items())


def of_the_game(rounds: int) -> Iterator[Row]:
    """I11: the adversary's game, and that it can be won where something leaks."""
    counts = game.game(0, rounds)
    name, share = game.best(counts)
    bar = game.bar(rounds)
    strategies = f"{len(STRATEGIES)} strategies"
    looked = f"{rounds:,} rounds, {strategies}; the furthest from chance: {name}"
    yield Row("I11 adversary game", looked, f"{share:.1%} right", f"50 % +- {bar:.1%}", abs(share - 0.5) <= bar)
    won = game.game(0, WON, Way(leaks=(NOT_TRUNCATED,)))
    name, share = game.best(won)
    yield Row(
        "I11 adversary game", f"control, log not truncated: {name}", f"{share:.0%} right", ">= 90 %", share >= 0.9
    )


def of_histories(histories: int) -> Iterator[Row]:
    """I12 (b): exact algebra over everything ever shown, and I13: the same attack on the usual rule."""
    found = attacked(0, histories)
    looked = f"{histories} random histories, {found['figures']:,} figures shown"
    harm = found["isolated"] + found["close_pairs"]
    figure = f"{found['isolated']} isolated, {found['close_pairs']} pairs under k"
    yield Row("I12 what coordinators see", looked, figure, "0", harm == 0 and found["figures"] > 0)
    naive = sum(isolated(shown_naively(wave(seed), seed, k_new=False)) for seed in NAIVE_SEEDS)
    looked = f"the rule 'a group of k is shown', {len(NAIVE_SEEDS)} histories"
    yield Row("I13 the scanner can see", looked, f"{naive} isolated", "> 0", naive > 0)


def of_planted_leaks() -> Iterator[Row]:
    """I13: each planted leak is caught by the checks that should."""
    missed = {leak: planted.missed(leak) for leak in planted.CAUGHT_BY}
    for leak, by in planted.CAUGHT_BY.items():
        figure = "caught" if not missed[leak] else "; ".join(missed[leak])
        yield Row("I13 the scanner can see", f"{leak}: by {', '.join(by)}", figure, "caught", not missed[leak])


def as_table(rows: Iterable[Row]) -> str:
    """The rows for people."""
    lines = [("invariant", "what was looked at", "figure", "bar", "met")]
    shown = list(rows)
    lines += [(row.invariant, row.looked, row.figure, row.bar, "yes" if row.met else "NO") for row in shown]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    ]
    return "\n".join(text)


def _none(invariant: str, stage: str, finding: Finding) -> Row:
    hits = finding.hits
    return Row(invariant, f"{stage}: {finding.looked}", _none_of(hits), "0", not hits, hits)


def _none_of(hits: Iterable[str]) -> str:
    return f"{len(list(hits))} hits"


def _order(stage: str, finding: Finding) -> Iterator[Row]:
    yield _none("I4 order erased", f"real processes, {stage}", finding)
    for name, pairs in finding.pairs:
        if pairs.all > 1 and not (stage == "released" and name.startswith("pool")):
            yield _pairs(f"real processes, {stage}: {name}", pairs, SURE * pairs.deviation)


def _pairs(looked: str, pairs: Pairs, bar: float) -> Row:
    figure = f"{pairs.share:.3f} of {pairs.all:,} pairs"
    return Row("I4 order erased", looked, figure, f"0.5 +- {bar:.3f}", pairs.within(bar))
