"""What stands beside a question on the phone, its recording and its picture: sent, and taken off again.

Laws:
1. A recording is sent when it is asked for; a picture stands as long as its words do.
2. Whatever stands beside a question goes when the interview moves on, is hidden, wiped or forgotten; what was
   still on its way then goes as soon as it has arrived.
3. Which messages those are lies in memory only, for as long as Telegram lets them be deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from bot import nature
from bot.chat.outbound import Delete, Later, Outgoing
from bot.core.screen import Button, Say, Screen

VOICE = "voice"
PHOTO = "photo"

KEEP_SECONDS = 48 * 3600
MOST_CHATS = 20_000
"""As for other messages beside an interview (`handler.py`)."""


Undo = list[Callable[[], object]]
"""How to take back what a round did that was rolled back."""


class Sender(Protocol):
    """Who sends recordings and pictures (`media.py`)."""

    def has(self, hash: str, /) -> bool: ...
    def send(self, chat: int, hash: str, kind: str, /) -> Coroutine[Any, Any, int | None]: ...


@dataclass
class Beside:
    """A recording or a picture on its way or on the phone. `over`: it is to go as soon as it has arrived."""

    hash: str
    until: float
    message: int | None = None
    over: bool = False


class Prompts:
    """What stands beside the questions of all chats: of each kind one thing at most. Without a sender, nothing."""

    def __init__(self, sender: Sender | None = None, clock: Callable[[], float] = nature.monotonic) -> None:
        self._sender = sender
        self._clock = clock
        self._beside: dict[tuple[int, str], Beside] = {}

    def dressed(self, screen: Screen) -> Screen:
        """The screen with its button to listen, where the recording is at hand."""
        if screen.sound is None or not self._has(screen.sound.recording):
            return screen
        listen = (Button(Say("button-listen"), screen.sound.does),)
        return screen._replace(rows=(listen, *screen.rows))

    def follow(self, chat: int, screen: Screen, *, listens: bool, moved: bool, undo: Undo) -> list[Outgoing]:
        """What follows beside a turn that shows this screen. `moved`: the interview went on or ended."""
        gone: list[int] = []
        if listens or moved:
            gone += self._pop((chat, VOICE), undo)
        if moved and self._standing(chat, PHOTO) != screen.picture:
            gone += self._pop((chat, PHOTO), undo)
        out: list[Outgoing] = [Delete(chat, tuple(gone))] if gone else []
        if listens and screen.sound is not None and self._has(screen.sound.recording):
            out.append(self._send(chat, VOICE, screen.sound.recording, undo))
        if self._has(screen.picture) and self._standing(chat, PHOTO) != screen.picture:
            out.append(self._send(chat, PHOTO, screen.picture, undo))
        return out

    def pop(self, chat: int, undo: Undo) -> tuple[int, ...]:
        """The messages beside the question of a chat, to be deleted; they are forgotten here."""
        return tuple(id for kind in (VOICE, PHOTO) for id in self._pop((chat, kind), undo))

    def sweep(self) -> None:
        """Forget what Telegram would not delete any more."""
        moment = self._clock()
        for place in [place for place, beside in self._beside.items() if beside.until < moment]:
            del self._beside[place]

    # -- inside ---------------------------------------------------------------------------------------

    def _has(self, hash: str) -> bool:
        return self._sender is not None and self._sender.has(hash)

    def _standing(self, chat: int, kind: str) -> str:
        return self._beside[chat, kind].hash if (chat, kind) in self._beside else ""

    def _pop(self, place: tuple[int, str], undo: Undo) -> list[int]:
        gone = self._beside.pop(place, None)
        if gone is None:
            return []
        gone.over = True
        undo.append(lambda: self._give_back(place, gone))
        return [] if gone.message is None else [gone.message]

    def _give_back(self, place: tuple[int, str], beside: Beside) -> None:
        beside.over = False
        self._beside[place] = beside

    def _send(self, chat: int, kind: str, hash: str, undo: Undo) -> Later:
        place, beside = (chat, kind), Beside(hash, self._clock() + KEEP_SECONDS)
        self._beside[place] = beside
        undo.append(lambda: self._beside.pop(place, None))
        while len(self._beside) > MOST_CHATS:
            self._beside.pop(next(iter(self._beside)))

        async def send() -> tuple[Outgoing, ...]:
            if beside.over or self._sender is None:
                return ()
            beside.message = await self._sender.send(chat, hash, kind)
            if beside.message is None:
                if self._beside.get(place) is beside:
                    del self._beside[place]
                return ()
            return (Delete(chat, (beside.message,)),) if beside.over else ()

        return Later(chat, send)
