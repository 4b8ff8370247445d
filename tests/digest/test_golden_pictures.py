"""Every kind of picture in every language beside the one that somebody looked at.

1. A picture is as its golden file shows it, but for what another computer may round differently.
2. What a reader would see fails: one bar longer, the other direction, a mark or a shade left out.

`pytest --rewrite` draws the golden files anew; look at them before you keep them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.digest import KINDS, Digest, png
from bot.digest.charts import CHANGE, DISTRICTS, PAIRS, Chart
from tests.digest.pixels import apart, grey
from tests.digest.village import village

GOLDEN = Path(__file__).parent / "golden_pictures"
LANGUAGES = ("ur", "ps", "en")
PIXELS = 360
TOLERANCE = 12.0
"""Of 255, in the worst square of 20 pixels: letters drawn a shade lighter come to 2 or 3."""

MOST_BYTES = 2_000_000


@pytest.fixture(scope="module", params=LANGUAGES)
def digest(request: pytest.FixtureRequest) -> Digest:
    """The digest of a village of 500 people."""
    return village("institutional-trust", request.param)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_as_its_golden_file_shows_it(
    digest: Digest, kind: str, request: pytest.FixtureRequest
) -> None:
    file = GOLDEN / f"{kind}.{digest.language}.png"
    drawn = png(digest, kind, PIXELS)
    if request.config.getoption("--rewrite"):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(drawn)

    assert apart(drawn, file.read_bytes()) < TOLERANCE


def test_the_margin_of_a_picture_is_white_to_the_last_corner() -> None:
    seen = grey((GOLDEN / "bars.ur.png").read_bytes())

    assert seen[:, :10].min() == seen[:, -10:].min() == seen[-10:].min() == 255
    assert seen.min() == 0


def longer(chart: Chart) -> Chart:
    """The chart with a first share ten points higher than it is."""
    row = chart.rows[0]
    assert row.bar is not None
    return replace(chart, rows=(replace(row, bar=replace(row.bar, share=row.bar.share + 10)), *chart.rows[1:]))


def unmarked(chart: Chart) -> Chart:
    """The chart without the mark of a clear change."""
    return replace(chart, way="")


def unshaded(chart: Chart) -> Chart:
    """The chart with all shades the same."""
    return replace(chart, rows=tuple(replace(row, fill="#ffffff") for row in chart.rows))


@pytest.mark.parametrize(
    ("kind", "spoiled"), [(PAIRS, longer), (CHANGE, longer), (CHANGE, unmarked), (DISTRICTS, unshaded)]
)
def test_a_wrong_picture_is_not_taken_for_the_right_one(kind: str, spoiled: Callable[[Chart], Chart]) -> None:
    found = village("institutional-trust", "ur")
    picture = found.pictures[kind]
    wrong = replace(picture, charts=tuple(map(spoiled, picture.charts)))
    drawn = png(replace(found, pictures={**found.pictures, kind: wrong}), kind, PIXELS)

    assert apart(drawn, (GOLDEN / f"{kind}.ur.png").read_bytes()) > TOLERANCE


def test_a_picture_drawn_from_the_left_is_not_taken_for_one_from_the_right() -> None:
    found = village("institutional-trust", "ur")

    assert (
        apart(png(replace(found, direction="ltr"), PAIRS, PIXELS), (GOLDEN / "pairs.ur.png").read_bytes())
        > 2 * TOLERANCE
    )


def test_the_golden_files_are_those_of_the_kinds_and_small() -> None:
    files = list(GOLDEN.iterdir())

    assert {file.name for file in files} == {f"{kind}.{code}.png" for kind in KINDS for code in LANGUAGES}
    assert sum(file.stat().st_size for file in files) < MOST_BYTES
