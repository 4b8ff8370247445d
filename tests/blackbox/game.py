"""The adversary's game, round after round: the files after a release, two ids, one answer; whose is it?

`game(first, number)` is one part of a long run: right guesses by strategy, and rounds. A world of twenty people
serves five rounds, with ten people who are in no other round.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from math import sqrt

from tests.blackbox.adversary import STRATEGIES, Taken, guesses
from tests.blackbox.truth import Soul
from tests.blackbox.worlds import Way, World, world

PEOPLE, STOPPED, LATE = 20, 2, 2
ROUNDS_A_WORLD = 5
ROUNDS, ROUNDS_WHOLE = 100, 1_000


def game(first: int, number: int, way: Way | None = None) -> dict[str, int]:
    """Play so many rounds from this one on; both are multiples of five."""
    right: Counter[str] = Counter(dict.fromkeys(STRATEGIES, 0))
    for seed in range(first // ROUNDS_A_WORLD, (first + number) // ROUNDS_A_WORLD):
        for said in _rounds(seed, way or Way()):
            right.update(said)
    return {"rounds": number, **right}


def best(counts: Mapping[str, int]) -> tuple[str, float]:
    """The strategy that was furthest from chance, and how often it was right. Always wrong tells as much."""
    shares = {name: counts[name] / counts["rounds"] for name in STRATEGIES}
    name = max(shares, key=lambda name: abs(shares[name] - 0.5))
    return name, shares[name]


def bar(rounds: int) -> float:
    """Three standard deviations of a fair coin thrown so often: 15 % of 100 rounds, 4.7 % of 1,000."""
    return 3 * sqrt(0.25 / rounds)


def counted(first: int, number: int) -> Mapping[str, int]:
    """The same as counts for a long run; `out_of_bar` counts the strategies that are further off than the bar."""
    counts = game(first, number)
    out = sum(abs(counts[name] / number - 0.5) > bar(number) for name in STRATEGIES)
    return {"out_of_bar": out, "rounds": number, **{f"right_by_{name}": counts[name] for name in STRATEGIES}}


def _rounds(seed: int, way: Way) -> Iterator[dict[str, int]]:
    chance = random.Random(f"game {seed}")
    with world(seed, PEOPLE + STOPPED + LATE, way) as made:
        _live(made, chance)
        taken = Taken(made.image())
    for giver, other in _pairs(made, chance, taken):
        one, two = (giver, other) if chance.random() < 0.5 else (other, giver)
        said = guesses(taken, one.id, two.id, giver.marker)
        picked = {name: one if (guess or chance.choice((1, -1))) > 0 else two for name, guess in said.items()}
        yield {name: int(soul is giver) for name, soul in picked.items()}


def _live(made: World, chance: random.Random) -> None:
    """Twenty answer, on one day or two; some stop in the middle, one takes answers back; then the release."""
    people = made.truth.souls[:PEOPLE]
    chance.shuffle(people)
    cut = chance.randrange(1, PEOPLE)
    made.answer(people[:cut])
    made.hear(chance.sample(made.truth.souls, PEOPLE // 3))
    made.days(chance.randrange(2))
    made.answer(people[cut:])
    for soul in made.truth.souls[PEOPLE : PEOPLE + STOPPED]:
        made.begin(soul)
    made.answer(made.truth.souls[PEOPLE + STOPPED :])
    made.withdraw(made.truth.souls[-1])
    made.days(8)


def _pairs(made: World, chance: random.Random, taken: Taken) -> list[tuple[Soul, Soul]]:
    """Pairs of people, nobody in two of them; the first gave an answer that was released."""
    released = " ".join(str(row["body"]) for row in taken.dump.rows("response"))
    sent = made.truth.sent()
    chance.shuffle(sent)
    sent.sort(key=lambda soul: str(soul.marker) not in released)
    givers, others = sent[:ROUNDS_A_WORLD], sent[ROUNDS_A_WORLD : 2 * ROUNDS_A_WORLD]
    return list(zip(givers, others, strict=True))
