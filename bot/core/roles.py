"""Who may do what at the coordinators' desk: one table, and what it does not name is refused."""

from __future__ import annotations

from collections.abc import Mapping

OWNER = "owner"
COORDINATOR = "coordinator"
VIEWER = "viewer"

ROLES = (OWNER, COORDINATOR, VIEWER)

LOOK = "look"  # see waves and their released summaries
OPEN = "open"  # open and close a wave, share its link
SUBSCRIBE = "subscribe"  # have summaries sent

ACTS: Mapping[str, frozenset[str]] = {
    OWNER: frozenset({LOOK, OPEN, SUBSCRIBE}),
    COORDINATOR: frozenset({LOOK, OPEN, SUBSCRIBE}),
    VIEWER: frozenset({LOOK, SUBSCRIBE}),
}


def may(role: str | None, act: str) -> bool:
    """True when this role may do this act; nobody's role is None, and may do nothing."""
    return role is not None and act in ACTS.get(role, frozenset())
