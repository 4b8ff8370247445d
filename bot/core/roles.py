"""Who may do what at the coordinators' desk: one table, and what it does not name is refused."""

from __future__ import annotations

from collections.abc import Mapping

OWNER = "owner"
COORDINATOR = "coordinator"
VIEWER = "viewer"
STEWARD = "steward"

ROLES = (OWNER, COORDINATOR, VIEWER, STEWARD)

ENTER = "enter"  # come to the desk, choose its language
LOOK = "look"  # see waves and their released summaries
OPEN = "open"  # open and close a wave, share its link, invite
SUBSCRIBE = "subscribe"  # have summaries sent
RECORD = "record"  # read questions out, for those who read little
APPROVE = "approve"  # confirm or refuse what another one wants to open, close or have heard
EXPORT = "export"  # let the released answers leave as rows, together with another one

AUDIT = "audit"  # read the log of acts: who did what at the desk and the console

READ = "read"  # have answers in people's own words, sealed to an own key: and then nothing beside them

ACTS: Mapping[str, frozenset[str]] = {
    OWNER: frozenset({ENTER, LOOK, OPEN, RECORD, SUBSCRIBE, APPROVE, EXPORT, AUDIT}),
    COORDINATOR: frozenset({ENTER, LOOK, OPEN, RECORD, SUBSCRIBE, APPROVE, EXPORT}),
    VIEWER: frozenset({ENTER, LOOK, SUBSCRIBE}),
    STEWARD: frozenset({ENTER, READ}),
}


def may(role: str | None, act: str) -> bool:
    """True when this role may do this act; nobody's role is None, and may do nothing."""
    return role is not None and act in ACTS.get(role, frozenset())
