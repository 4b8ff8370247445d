"""Who must agree that rows leave.

Law: nothing is written without codes of two coordinators who may still let rows out; where there is only one, the
console is the second, and the log of acts says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core import roles
from bot.export.trouble import ExportTrouble
from bot.store import Proposal, Transaction, Wave
from bot.store.proposals import CONSOLE, DONE, EXPORT_ROWS, draw_id


@dataclass(frozen=True)
class Agreed:
    """Whose codes let the rows of a wave leave."""

    proposal: Proposal
    chats: tuple[int, ...]

    @property
    def words(self) -> str:
        """As the log of acts says it."""
        named = " and ".join(f"coordinator {chat}" for chat in self.chats)
        return f"agreed by {named}" + (" and the console" if len(self.chats) == 1 else "")


def request(tx: Transaction, wave: Wave, now: datetime) -> bool:
    """Ask the coordinators to let the rows of a wave leave; False when they have been asked already.

    Raises ExportTrouble where nobody could agree.
    """
    _entitled(tx, wave)
    if _requested(tx, wave, now) is not None:
        return False
    tx.proposals.make(draw_id(), EXPORT_ROWS, {"wave": wave.id}, CONSOLE, now)
    tx.desk.note(CONSOLE, "ask for rows", f"wave {wave.id}", now)
    return True


def agree(tx: Transaction, wave: Wave, codes: Sequence[str], now: datetime) -> Agreed | str:
    """Who agreed by these codes; or why they are not enough, which costs a try where one is wrong.

    The codes are used up by `settle`. Raises ExportTrouble where nobody could agree.
    """
    entitled = _entitled(tx, wave)
    proposal = _requested(tx, wave, now)
    if proposal is None:
        return f"Nobody has been asked, or the codes are over. Ask first: aitbar export {wave.id} --rows"
    if len(set(codes)) < min(2, len(entitled)):
        return "Two coordinators must agree: give --approval twice, with the code of each."
    given = tx.proposals.who_gave(proposal.id, codes, now)
    if given is None:
        return "A code is wrong, was used, or is over. Each coordinator finds a new one at the desk: /desk"
    if not given <= entitled:
        return "A code is from somebody who may not let rows out any more."
    return Agreed(proposal, tuple(sorted(given)))


def settle(tx: Transaction, agreed: Agreed, now: datetime) -> None:
    """Use the codes up and note who agreed."""
    if not tx.proposals.decide(agreed.proposal.id, DONE, now):
        raise ExportTrouble("This was decided a moment ago by somebody else.")
    tx.desk.note(CONSOLE, "export rows", f"wave {agreed.proposal.what['wave']}, {agreed.words}", now)


def _entitled(tx: Transaction, wave: Wave) -> set[int]:
    entitled = {who.chat for who in tx.who_may(roles.EXPORT, wave)}
    if not entitled:
        raise ExportTrouble("There is no coordinator who could agree. Make one first: aitbar claim-code")
    return entitled


def _requested(tx: Transaction, wave: Wave, now: datetime) -> Proposal | None:
    for one in tx.proposals.waiting(now):
        if one.act == EXPORT_ROWS and one.what["wave"] == wave.id:
            return one
    return None
