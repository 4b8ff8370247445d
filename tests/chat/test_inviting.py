"""Invitations at the desk.

1. A group has a kind, taken from buttons, and a number; then come for how many, and for how long.
2. Whether answers are counted by kind is offered only of a wave for invited people, its price is said before the
   opening, and whoever is to agree reads it too.
3. A button that is forged, or of an older version, makes no invitation and opens no wave.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chat.acts import as_opening, as_what
from bot.chat.codec import LIMIT, decode, encode
from bot.chat.desk.cohorts import called
from bot.chat.said import Said
from bot.core import roles
from bot.core.cohorts import KINDS, LONGEST_KIND, OTHER
from bot.core.events import Asked
from bot.core.screen import Say
from bot.store import Cohort, Store
from tests.chat.test_desk import DESK, admit, carried, do, said_ids
from tests.store.sample import START, TODAY, kept, open_wave

K = 5


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one open wave for invited people, and an owner."""
    with kept(tmp_path) as one:
        open_wave(one, invited=True)
        admit(one, roles.OWNER)
        yield one


def newest(store: Store) -> str:
    with store.transaction() as tx:
        return tx.waves.all()[0].id


def offers(said: Said) -> list[Asked]:
    """What the buttons of a screen ask for, but for the way back."""
    assert said.screen is not None
    asked = [button.does for row in said.screen.rows for button in row]
    return [does for does in asked if isinstance(does, Asked) and does.what != "home"]


# -- 1 ----------------------------------------------------------------------------------------------------


def test_an_invitation_is_made_of_buttons_alone_kind_then_size_then_days(store: Store) -> None:
    wave = newest(store)
    kinds = offers(do(store, *carried(do(store, "groups", wave), "group")))
    assert [asked.values for asked in kinds] == [(wave, kind) for kind in KINDS]
    sizes = offers(do(store, kinds[2].what, *kinds[2].values))
    assert [asked.values[2] for asked in sizes] == ["10", "20", "50", "100"], "never fewer than 2 k"
    days = offers(do(store, sizes[0].what, *sizes[0].values))
    made = do(store, days[1].what, *days[1].values)
    assert said_ids(made) == {"desk-invite-made"} and made.picture is not None
    with store.transaction() as tx:
        assert tx.invites.cohorts(wave, TODAY) == [Cohort("1", "open", "women_group")]
        assert tx.desk.acts()[0].what == f"wave {wave}, women_group, group 1"
    do(store, days[1].what, *days[1].values)
    with store.transaction() as tx:
        assert tx.invites.count(wave) == 1, "a second delivery of a tap makes no second group"


@pytest.mark.parametrize("kind", KINDS)
def test_every_button_on_the_way_fits_whatever_the_kind(kind: str) -> None:
    longest = Asked("invite", ("abcdefgh", kind, "99980", "90", "9999"))
    assert len(encode(longest, None).encode()) <= LIMIT
    assert decode(encode(longest, None)) == longest
    assert len(kind) <= len(LONGEST_KIND)


def test_a_group_is_called_by_its_kind_and_its_number_or_its_name() -> None:
    school = Say("cohort-kind-school")
    assert called(Cohort("3", "open", "school")) == Say("desk-cohort-kind", {"kind": school, "n": 3})
    assert called(Cohort("Reading room", "open", "school")) == Say(
        "desk-cohort-named", {"cohort": "Reading room", "kind": school}
    )
    assert called(Cohort("3", "open", OTHER)) == Say("desk-cohort-number", {"n": 3})
    assert called(Cohort("Reading room", "open", OTHER)) == "Reading room"


# -- 2 ----------------------------------------------------------------------------------------------------


def test_counting_by_kind_is_offered_only_of_invited_waves_and_its_price_is_said(store: Store) -> None:
    everybody = do(store, "review", "trust", "1000", "w5")
    labels = {asked.values[2] for asked in offers(everybody) if asked.what == "review"}
    assert "w5i" in labels and not any("c" in label for label in labels)
    invited = do(store, "review", "trust", "1000", "w5i")
    assert Asked("review", ("trust", "1000", "w5c")) in offers(invited)
    assert "desk-cohorts-counted" not in said_ids(invited)
    counting = do(store, "review", "trust", "1000", "w5c")
    assert "desk-cohorts-counted" in said_ids(counting)
    turned = {asked.values[2] for asked in offers(counting) if asked.what == "review"}
    assert {"w5i", "w5", "w10c"} <= turned, "it can be left, goes with the invitations, and stays with another k"
    opened = do(store, *carried(counting, "go"))
    assert {"desk-wave", "desk-invited", "desk-cohorts-counted"} <= said_ids(opened)
    with store.transaction() as tx:
        assert sum(one.terms.cohorts for one in tx.waves.all()) == 1


def test_whoever_is_to_agree_reads_that_kinds_are_counted(store: Store) -> None:
    with store.transaction() as tx:
        tx.desk.admit(43, roles.OWNER, "ps", START)
    waiting = do(store, *carried(do(store, "review", "trust", "1000", "w5c"), "go"))
    assert "act-waiting" in said_ids(waiting)
    with store.transaction() as tx:
        ((one, other, screen),) = DESK.untold(tx, START)
        assert other.chat == 43
        assert "desk-cohorts-counted" in {line.id for line in screen.lines if isinstance(line, Say)}
        DESK.take(tx, 43, Asked("yes", (one.id,)), "ps", START)
        assert sum(wave.terms.cohorts for wave in tx.waves.all()) == 1


def test_an_opening_that_an_older_version_proposed_counts_no_kinds() -> None:
    chosen = DESK.acts.opening(("trust", "1000", "w5c"))
    assert chosen.cohorts and as_opening(as_what(chosen)) == chosen
    older = {name: value for name, value in as_what(chosen).items() if name != "cohorts"}
    assert not as_opening(older).cohorts


# -- 3 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "values"),
    [
        ("invite", ("20", "30", "1")),  # as an older version had it
        ("invite", ("person", "20", "30", "1")),
        ("invite", ("school", "9", "30", "1")),
        ("invite", ("school", "20", "91", "1")),
        ("invite", ("school", "20", "30", "Ali")),
        ("grpdays", ("20",)),
        ("grpdays", ("person", "20")),
        ("grpsize", ("person",)),
    ],
)
def test_a_forged_or_older_button_makes_no_invitation(store: Store, what: str, values: tuple[str, ...]) -> None:
    wave = newest(store)
    said = do(store, what, wave, *values)
    assert said.picture is None
    with store.transaction() as tx:
        assert tx.invites.cohorts(wave, TODAY) == []


@pytest.mark.parametrize("options", ["w5ic", "w5ci", "w5cc", "c5i"])
def test_a_forged_opening_opens_nothing(store: Store, options: str) -> None:
    assert "desk-title" in said_ids(do(store, "review", "trust", "1000", options))
    do(store, "go", "trust", "1000", options, "abcdefgh")
    with store.transaction() as tx:
        assert len(tx.waves.all()) == 1
