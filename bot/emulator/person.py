"""A person with a phone, over HTTP: says words, presses buttons by their words, sees a screen.

The one door for tests and demonstrations. Each act waits until the bot has reacted to it and the
screen has come to rest, so that a talk reads as a talk:

    async with Person(url, 5_000_001, "Gul") as gul:
        screen = await gul.start("weekly")
        screen = await gul.press("Yes")
        assert screen.last.text == "Thank you"
"""

import asyncio
import base64
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp

IDLE_CONNECTION = 1.0
"""Seconds; the server lets go of an idle connection after five, and a tap must not meet one that is going."""

RETRY_EVERY = 0.1  # seconds between tries while no bot has called yet


class NoReaction(Exception):
    """The bot did nothing in time about what the person did."""


class NoSuchButton(Exception):
    """No button on the screen has these words; the message shows the screen."""


@dataclass(frozen=True)
class Button:
    """A button under a message. `data` is what the bot gets, `url` where a link leads."""

    text: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Photo:
    url: str
    width: int
    height: int
    size: int


@dataclass(frozen=True)
class Document:
    url: str
    name: str
    mime_type: str
    size: int


@dataclass(frozen=True)
class Sound:
    """A voice note, or (with a name) a sound sent as music; `seconds` it plays."""

    url: str
    seconds: int
    size: int
    name: str = ""


@dataclass(frozen=True)
class Message:
    """One bubble. `text` is the text or the caption; `edits` counts how often the message was changed."""

    id: int
    from_bot: bool
    text: str
    date: int
    edits: int = 0
    buttons: tuple[tuple[Button, ...], ...] = ()
    photo: Photo | None = None
    document: Document | None = None
    sound: Sound | None = None
    protected: bool = False
    reply_to: int | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(button.text for row in self.buttons for button in row)


@dataclass(frozen=True)
class Toast:
    """An answered tap with words: a toast, or an alert that must be closed."""

    text: str
    alert: bool
    message_id: int
    seq: int


@dataclass(frozen=True)
class Screen:
    """What the phone shows. `seq` grows with every change; `quiet` says whether a wait ended in rest."""

    seq: int
    now: float
    messages: tuple[Message, ...]
    deleted: tuple[int, ...] = ()  # ids of messages that were deleted on both sides
    notifications: tuple[str, ...] = ()  # first lines of new messages; edits raise none
    toasts: tuple[Toast, ...] = ()
    commands: tuple[tuple[str, str], ...] = ()
    description: str = ""  # shown in an empty chat only
    action: str = ""
    started: bool = False
    blocked: bool = False
    pending_updates: int = 0
    spinning: int = 0  # taps that wait for their answer
    quiet: bool = True

    @property
    def last(self) -> Message:
        """The lowest message on the screen."""
        if not self.messages:
            raise LookupError("the chat is empty")
        return self.messages[-1]

    @property
    def notification(self) -> str | None:
        """What the lock screen shows: the first line of the newest message."""
        return self.notifications[-1] if self.notifications else None

    def message(self, message_id: int) -> Message:
        for message in self.messages:
            if message.id == message_id:
                return message
        raise LookupError(f"no message {message_id} on the screen")

    def words(self) -> str:
        """The screen as a talk: `<` the bot, `>` the person, brackets are buttons."""
        lines = []
        for message in self.messages:
            sign = "<" if message.from_bot else ">"
            thing = " (photo)" if message.photo else f" ({message.document.name})" if message.document else ""
            thing = " (voice)" if message.sound else thing
            rows = "".join("\n    " + "  ".join(f"[{each.text}]" for each in row) for row in message.buttons)
            lines.append(f"{sign} {message.text}{thing}{rows}")
        return "\n".join(lines) or "(an empty chat)"


class Person:
    """One person. Acts return the screen after the bot's reaction; with `wait=False` the screen at once."""

    def __init__(
        self,
        url: str,
        user_id: int,
        first_name: str = "Person",
        *,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = None,
        idle: float = 0.15,
        timeout: float = 10.0,
        grace: float = 1.0,
    ) -> None:
        """`idle`: seconds of rest that end a wait; `timeout`: of patience; `grace`: for a silent reaction."""
        self.id = user_id
        self._url = url.rstrip("/")
        self._names = {
            "first_name": first_name,
            "last_name": last_name,
            "username": username,
            "language_code": language_code,
        }
        self._idle, self._timeout, self._grace = idle, timeout, grace
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        await self._connected()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    # Acts

    async def start(self, payload: str | None = None, *, wait: bool = True) -> Screen:
        """Press Start, or follow a link with a payload."""
        return await self._act("send", {"deep_link": payload or ""}, wait=wait)

    async def say(self, text: str, *, reply_to: int | None = None, wait: bool = True) -> Screen:
        """Write a text or a /command."""
        body: dict[str, Any] = {"text": text}
        if reply_to is not None:
            body["reply_to"] = reply_to
        return await self._act("send", body, wait=wait)

    async def speak(self, voice: bytes, *, reply_to: int | None = None, wait: bool = True) -> Screen:
        """Send a voice note."""
        body: dict[str, Any] = {"voice": base64.b64encode(voice).decode()}
        if reply_to is not None:
            body["reply_to"] = reply_to
        return await self._act("send", body, wait=wait)

    async def press(self, label: str, *, message_id: int | None = None, wait: bool = True) -> Screen:
        """Press a button by its words, in the newest message that has it or in the one named."""
        return await self._tap({"text": label}, message_id, wait=wait)

    async def press_at(self, row: int, col: int, *, message_id: int | None = None, wait: bool = True) -> Screen:
        """Press a button by its place, counted from 0."""
        return await self._tap({"row": row, "col": col}, message_id, wait=wait)

    async def press_data(self, data: str, *, message_id: int | None = None, wait: bool = True) -> Screen:
        """Send a tap with any data, as a forged client does; it need not be on the screen.

        Without `message_id` it claims the newest message of the bot.
        """
        if message_id is None:
            shown = [message.id for message in (await self.screen()).messages if message.from_bot]
            message_id = shown[-1] if shown else 1
        return await self._tap({"data": data}, message_id, wait=wait)

    async def edit(self, message_id: int, text: str, *, wait: bool = True) -> Screen:
        return await self._act("edit", {"message_id": message_id, "text": text}, wait=wait)

    async def delete(self, message_id: int) -> Screen:
        return await self._act("delete", {"message_id": message_id}, wait=False)

    async def clear_chat(self, *, both_sides: bool = False) -> Screen:
        return await self._act("clear_chat", {"both_sides": both_sides}, wait=False)

    async def block(self, *, wait: bool = True) -> Screen:
        return await self._act("block", {}, wait=wait)

    async def unblock(self, *, wait: bool = True) -> Screen:
        return await self._act("unblock", {}, wait=wait)

    async def delete_account(self) -> Screen:
        return await self._act("delete_account", {}, wait=False)

    async def set_language(self, language_code: str | None) -> Screen:
        """Change the language of the app."""
        return await self._act("language", {"language_code": language_code}, wait=False)

    # Seeing

    async def screen(self) -> Screen:
        """The screen as it is now."""
        return await self._look({})

    async def wait_quiet(
        self,
        idle: float | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the server waits, and answers when patience ends
    ) -> Screen:
        """The screen once no update of this person is pending and nothing changed for `idle` seconds."""
        idle, timeout = idle or self._idle, timeout or self._timeout
        screen = await self._look({"wait": "quiet", "idle": idle, "timeout": timeout})
        return self._rested(screen, f"the screen did not come to rest in {timeout} s")

    async def wait_news(
        self,
        since: int,
        idle: float | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as above
    ) -> Screen:
        """The screen once something changed after `since` (a screen's `seq`), by itself: a reminder, a digest."""
        idle, timeout = idle or self._idle, timeout or self._timeout
        screen = await self._look({"wait": "new", "since": since, "idle": idle, "timeout": timeout})
        return self._rested(screen, f"nothing new in {timeout} s")

    async def fetch(self, thing: Photo | Document | Sound) -> bytes:
        """The bytes of a photo, a document or a sound on the screen."""
        session = await self._connected()
        async with session.get(self._url + thing.url) as reply:
            reply.raise_for_status()
            return await reply.read()

    # Inside

    async def _tap(self, button: dict[str, Any], message_id: int | None, *, wait: bool) -> Screen:
        body: dict[str, Any] = {"button": button}
        if message_id is not None:
            body["message_id"] = message_id
        return await self._act("tap", body, wait=wait)

    async def _act(self, act: str, body: dict[str, Any], *, wait: bool) -> Screen:
        patience = {"timeout": self._timeout, "idle": self._idle, "grace": self._grace}
        done = await self._post(f"/sim/users/{self.id}/{act}", {**body, "look": patience} if wait else body)
        if not wait or "update_id" not in done:
            return await self.screen()
        if "screen" in done:
            screen = read_screen(done["screen"])
        else:
            reaction = {"wait": "reaction", "update": done["update_id"], "since": done["seq"]}
            screen = await self._look({**reaction, **patience})
        return self._rested(screen, f"no reaction to {act} {body} in {self._timeout} s")

    def _rested(self, screen: Screen, otherwise: str) -> Screen:
        if not screen.quiet:
            raise NoReaction(f"{otherwise}; the screen:\n{screen.words()}")
        return screen

    async def _look(self, query: dict[str, Any]) -> Screen:
        session = await self._connected()
        async with session.get(f"{self._url}/sim/users/{self.id}/screen", params=query) as reply:
            shown = await reply.json()
            if reply.status != 200:
                raise RuntimeError(shown.get("error", shown))
            return read_screen(shown)

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post; while no bot has called yet, try again until patience ends."""
        session = await self._connected()
        deadline = asyncio.get_running_loop().time() + self._timeout
        while True:
            async with session.post(self._url + path, json=body) as reply:
                answer: dict[str, Any] = await reply.json()
                if reply.status == 200:
                    return answer
            words = str(answer.get("error", answer))
            if reply.status == 404 and path.endswith("/tap"):
                raise NoSuchButton(f"{words}: {body['button']}; the screen:\n{(await self.screen()).words()}")
            if not words.startswith("no bot yet") or asyncio.get_running_loop().time() > deadline:
                raise RuntimeError(words)
            await asyncio.sleep(RETRY_EVERY)

    async def _connected(self) -> aiohttp.ClientSession:
        """The session; opening it makes the person exist."""
        if self._session is None:
            connector = aiohttp.TCPConnector(keepalive_timeout=IDLE_CONNECTION)
            self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=90))
            names = {name: value for name, value in self._names.items() if value}
            async with self._session.post(f"{self._url}/sim/users", json={"id": self.id, **names}) as reply:
                reply.raise_for_status()
        return self._session


def read_screen(shown: dict[str, Any]) -> Screen:
    """The JSON of `/sim/users/{id}/screen` as values."""
    return Screen(
        seq=shown["seq"],
        now=shown["now"],
        messages=tuple(_message(each) for each in shown["messages"]),
        deleted=tuple(shown.get("deleted_ids", ())),
        notifications=tuple(each["text"] for each in shown.get("notifications", ())),
        toasts=tuple(
            Toast(each["text"], each["alert"], each["message_id"], each["seq"]) for each in shown.get("toasts", ())
        ),
        commands=tuple((each["command"], each["description"]) for each in shown.get("commands", ())),
        description=shown.get("description", ""),
        action=shown.get("action", ""),
        started=shown.get("started", False),
        blocked=shown.get("blocked", False),
        pending_updates=shown.get("pending_updates", 0),
        spinning=len(shown.get("spinning", ())),
        quiet=shown.get("quiet", True),
    )


def _message(shown: dict[str, Any]) -> Message:
    photo, document, sound = shown.get("photo"), shown.get("document"), shown.get("voice") or shown.get("audio")
    return Message(
        id=shown["id"],
        from_bot=shown["from_bot"],
        text=shown["text"],
        date=shown["date"],
        edits=shown["edits"],
        buttons=tuple(
            tuple(Button(each["text"], each.get("callback_data"), each.get("url")) for each in row)
            for row in shown["buttons"]
        ),
        photo=Photo(**photo) if photo else None,
        document=Document(**document) if document else None,
        sound=Sound(sound["url"], sound["duration"], sound["size"], sound.get("name", "")) if sound else None,
        protected=shown.get("protected", False),
        reply_to=shown.get("reply_to"),
    )
