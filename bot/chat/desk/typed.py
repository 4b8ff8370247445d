"""Words typed in reply to the desk: a table `what -> (role, serve with text)`, as buttons have one.

Laws:
1. They are taken only from a coordinator whose role allows it, and only in reply to a message of the desk one of
   whose buttons asks for them: the first button of that message whose `what` stands in the table says what the
   words are. The desk remembers nothing; a forged or outdated message is refused by `serve` (KeyError, ...).
2. Everybody else's words, and whoever replies to anything else, go on as if there were no reply.
3. A keyword (hide, stop, help, ...) does what it says, in whatever message it stands.
4. What was typed is cleaned of signs that nobody sees, or refused as too long; it stands in no log.

For a screen that asks for words: give it a button `Asked(what, values)`, put `what` into the desk's ordinary table
(what a tap on it does: cancel, clear, show the screen again) and into this one (what the words do).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.chat.inbound import Words
from bot.chat.said import Said
from bot.core import roles
from bot.core.events import Asked
from bot.core.letters import one_line
from bot.store import Coordinator, Transaction

Serve = Callable[[Transaction, Coordinator, tuple[str, ...], str, datetime], Said]
"""What typed words do: who typed, the values of the button, the words as they came."""


class Typed:
    """What may be typed at the desk. `table` is `what -> (role, serve)`."""

    def __init__(self, table: Mapping[str, tuple[str, Serve]]) -> None:
        self._table = table

    def wanted(self, who: Coordinator | None, words: Words) -> Asked | None:
        """What these words are an answer to; None where nothing was asked for, or not of this one."""
        if who is None:
            return None
        return next((one for one in words.about if self._may(who, one)), None)

    def take(self, tx: Transaction, who: Coordinator, asked: Asked, words: str, now: datetime) -> Said:
        """Do what the words are for. Raises KeyError, ValueError or IndexError for an outdated message."""
        _, serve = self._table[asked.what]
        return serve(tx, who, asked.values, words, now)

    def _may(self, who: Coordinator, asked: Asked) -> bool:
        act, _ = self._table.get(asked.what, ("", None))
        return roles.may(who.role, act)


class TooLong(ValueError):
    """More was typed than there is room for, or nothing that can be read."""


def cleaned(words: str, most: int) -> str:
    """What was typed, in one line and without signs that nobody sees. Raises TooLong beyond `most` letters, and
    where nothing is left."""
    line = one_line(words, len(words) + 1)
    if not line or len(line) > most:
        raise TooLong(most)
    return line
