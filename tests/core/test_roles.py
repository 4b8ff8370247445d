"""Who may do what at the desk.

Promises:
1. The table below is the whole of it.
2. Nobody, and a role nobody has heard of, may do nothing; nor may anyone do an act without a name.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.roles import (
    ACTS,
    APPROVE,
    AUDIT,
    AUTHOR,
    COORDINATOR,
    ENTER,
    EXPORT,
    LOOK,
    MANAGE,
    OPEN,
    OWNER,
    READ,
    RECORD,
    ROLES,
    STEWARD,
    SUBSCRIBE,
    TRY,
    VIEWER,
    may,
)

EVERY_ACT = (ENTER, LOOK, OPEN, TRY, RECORD, SUBSCRIBE, APPROVE, EXPORT, MANAGE, AUDIT, READ)

ALLOWED = {
    (OWNER, ENTER),
    (COORDINATOR, ENTER),
    (VIEWER, ENTER),
    (OWNER, LOOK),
    (OWNER, OPEN),
    (OWNER, RECORD),
    (OWNER, SUBSCRIBE),
    (OWNER, APPROVE),
    (OWNER, EXPORT),
    (OWNER, AUDIT),
    (COORDINATOR, LOOK),
    (COORDINATOR, OPEN),
    (COORDINATOR, RECORD),
    (COORDINATOR, SUBSCRIBE),
    (COORDINATOR, APPROVE),
    (COORDINATOR, EXPORT),
    (VIEWER, LOOK),
    (VIEWER, SUBSCRIBE),
    (OWNER, TRY),
    (OWNER, MANAGE),
    (COORDINATOR, TRY),
    (AUTHOR, ENTER),
    (AUTHOR, TRY),
    (AUTHOR, RECORD),
    (STEWARD, ENTER),
    (STEWARD, READ),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("act", EVERY_ACT)
def test_a_role_may_do_what_the_table_says(role: str, act: str) -> None:
    assert may(role, act) is ((role, act) in ALLOWED)


def test_every_role_and_every_act_is_in_the_table() -> None:
    assert set(ACTS) == set(ROLES)
    assert set().union(*ACTS.values()) == set(EVERY_ACT)


@given(st.none() | st.text().filter(lambda role: role not in ROLES), st.sampled_from(EVERY_ACT))
def test_nobody_may_do_nothing(role: str | None, act: str) -> None:
    assert not may(role, act)


@given(st.sampled_from(ROLES), st.text().filter(lambda act: act not in EVERY_ACT))
def test_an_act_nobody_named_is_refused_to_everybody(role: str, act: str) -> None:
    assert not may(role, act)
