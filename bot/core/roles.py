"""Who may do what at the coordinators' desk: one table, and what it does not name is refused."""

from __future__ import annotations

from collections.abc import Mapping

OWNER = "owner"
COORDINATOR = "coordinator"
AUTHOR = "author"
VIEWER = "viewer"
STEWARD = "steward"

ROLES = (OWNER, COORDINATOR, AUTHOR, VIEWER, STEWARD)

ENTER = "enter"  # come to the desk, choose its language
LOOK = "look"  # see waves and their released summaries
OPEN = "open"  # rehearse, open, pause, extend and close a wave, share its link, invite, say what was heard
SUBSCRIBE = "subscribe"  # have summaries sent
RECORD = "record"  # read questions out, for those who read little
APPROVE = "approve"  # confirm or refuse what another one wants to open, close or have heard
EXPORT = "export"  # let the released answers leave as rows, together with another one

MANAGE = "manage"  # let colleagues in, change their roles and districts, remove them; add programmes
TRY = "try"  # see a survey as people will see it

AUDIT = "audit"  # read the log of acts: who did what at the desk and the console

READ = "read"  # have answers in people's own words, sealed to an own key: and then nothing beside them

ACTS: Mapping[str, frozenset[str]] = {
    OWNER: frozenset({ENTER, LOOK, OPEN, TRY, RECORD, SUBSCRIBE, APPROVE, EXPORT, MANAGE, AUDIT}),
    COORDINATOR: frozenset({ENTER, LOOK, OPEN, TRY, RECORD, SUBSCRIBE, APPROVE, EXPORT}),
    AUTHOR: frozenset({ENTER, TRY, RECORD}),
    VIEWER: frozenset({ENTER, LOOK, SUBSCRIBE}),
    STEWARD: frozenset({ENTER, READ}),
}


def may(role: str | None, act: str) -> bool:
    """True when this role may do this act; nobody's role is None, and may do nothing."""
    return role is not None and act in ACTS.get(role, frozenset())
