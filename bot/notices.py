"""What coordinators are told without having asked: each of them once for each state of things.

Laws:
1. Whom a message reached, or never can, is not told the same again, also after a restart.
2. Whom it did not reach for want of a network is told at the next try.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from functools import partial
from typing import Any

import structlog
from telegram.error import TelegramError

from bot.chat.desk import Desk
from bot.chat.outbound import Show, is_final
from bot.chat.words import keyboard, text
from bot.core.survey import worded
from bot.files.phrases import Phrases, day, latin
from bot.store import Colleague, Coordinator, Proposal, Store, Transaction, Wave
from bot.store.restore import RESTORED

Send = Callable[[int, str], Awaitable[None]]

TOLD_RESTORED = "told of the restore"

log = structlog.get_logger()


async def tell(
    store: Store,
    mark: str,
    state: str,
    whom: Callable[[Coordinator], bool],
    words: Callable[[str], str],
    send: Send,
) -> None:
    """Tell all for whom `whom` holds. `mark` names the kind of notice, `state` (a word) what it is about; an
    empty one means that there is nothing to tell any more. `words` puts it in a language."""
    for who in await store.write(lambda tx: _untold(tx, mark, state, whom)):
        try:
            await send(who.chat, words(who.language))
        except TelegramError as error:
            log.warning("a coordinator could not be told", about=mark, kind=type(error).__name__)
            if not is_final(error):
                continue
        await store.write(partial(_note, mark=mark, state=state, chat=who.chat))


# -- a restore --------------------------------------------------------------------------------------------


async def tell_of_restore(store: Store, phrases: Phrases, link: Callable[[str], str], send: Send) -> None:
    """Tell everybody who was a coordinator at a restore what became of the waves. `link` opens a wave."""
    said = await store.write(lambda tx: tx.desk.read_mark(RESTORED))
    if said is None:
        return
    notice = json.loads(said)
    waves = await store.write(lambda tx: {wave.id: wave for wave in tx.waves.all()})
    state = hashlib.sha256(said.encode()).hexdigest()
    for organisation in await store.write(lambda tx: {who.organisation for who in tx.desk.coordinators()}):
        own = {id: wave for id, wave in waves.items() if wave.terms.organisation == organisation}
        words, whom = partial(_of_restore, phrases, notice, own, link), partial(_was_there, notice, organisation)
        await tell(store, f"{TOLD_RESTORED} {organisation}".strip(), state, whom, words, send)


def _was_there(notice: dict[str, Any], organisation: str, who: Coordinator) -> bool:
    return who.organisation == organisation and who.chat in notice["chats"]


def _of_restore(
    phrases: Phrases, notice: dict[str, Any], waves: dict[str, Wave], link: Callable[[str], str], language: str
) -> str:
    when = day(language, date.fromisoformat(notice["day"]))
    lines = [phrases.say(language, "restored", day=when)]
    for id in filter(waves.__contains__, notice["closed"]):
        title = worded(waves[id].survey.title, language)
        lines.append(phrases.say(language, "restored-closed", survey=title, wave=latin(id)))
    for id in filter(waves.__contains__, notice["continued"]):
        title, address = worded(waves[id].survey.title, language), latin(link(id))
        lines.append(phrases.say(language, "restored-continued", survey=title, wave=latin(id), link=address))
    if notice["unsure"]:
        lines.append(phrases.say(language, "restored-withdrawn", day=when, command=latin("/withdraw")))
    return "\n\n".join(lines)


# -- acts that need two ------------------------------------------------------------------------------------


async def tell_of_acts(
    store: Store, desk: Desk, phrases: Phrases, show: Callable[[Show], Awaitable[None]], now: datetime
) -> None:
    """Ask whoever may confirm what somebody wants to do, and tell whoever wanted it what became of it."""
    for one, who, screen in await store.write(lambda tx: desk.untold(tx, now)):
        words, keys = text(phrases, screen), keyboard(phrases, screen, None)
        try:
            await show(Show(who.chat, words, keys))
        except TelegramError as error:
            log.warning("a coordinator could not be told", about="an act of two", kind=type(error).__name__)
            if not is_final(error):
                continue
        await store.write(partial(_note_told, one=one, chat=who.chat))


def _note_told(tx: Transaction, one: Proposal, chat: int) -> None:
    tx.proposals.note_told(one, chat)


# -- colleagues ----------------------------------------------------------------------------------------------


async def tell_of_colleagues(
    store: Store, desk: Desk, phrases: Phrases, show: Callable[[Show], Awaitable[None]], now: datetime
) -> None:
    """Ask whoever may confirm somebody who took an invitation, and tell whoever was let in."""
    for one, chat, screen in await store.write(lambda tx: desk.unheard(tx, now)):
        try:
            await show(Show(chat, text(phrases, screen), keyboard(phrases, screen, None)))
        except TelegramError as error:
            log.warning("a coordinator could not be told", about="a colleague", kind=type(error).__name__)
            if not is_final(error):
                continue
        await store.write(partial(_note_heard, one=one, chat=chat))


def _note_heard(tx: Transaction, one: Colleague, chat: int) -> None:
    tx.colleagues.note_told(one, chat)


# -- who knows already ------------------------------------------------------------------------------------


def _untold(tx: Transaction, mark: str, state: str, whom: Callable[[Coordinator], bool]) -> list[Coordinator]:
    about, *told = (tx.desk.read_mark(mark) or "").split(" ")
    if about != state:
        told = []
        tx.desk.write_mark(mark, state)
    if not state:
        return []
    return [who for who in tx.desk.coordinators() if whom(who) and str(who.chat) not in told]


def _note(tx: Transaction, mark: str, state: str, chat: int) -> None:
    before = tx.desk.read_mark(mark) or ""
    if before.split(" ")[0] == state:
        tx.desk.write_mark(mark, f"{before} {chat}")
