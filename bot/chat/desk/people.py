"""An organisation's people at the desk: who has which role, letting colleagues in, and letting them go.

Laws:
1. A link makes nobody anything: whoever took it says a number aloud, and one who may manage confirms it.
2. An organisation keeps an owner: the last one is neither removed nor made anything else here.
3. Another organisation's people are not there: every button is looked up among the own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.chat.desk.around import HOME, Around, Rows, Table, one_of
from bot.chat.desk.inviting import qr
from bot.chat.desk.typed import Serve, TooLong, cleaned
from bot.chat.said import Said
from bot.core import roles
from bot.core.events import Asked
from bot.core.screen import Button, Code, Line, Say, Screen, Text, Value
from bot.files.phrases import day
from bot.store import COLLEAGUE, Colleague, Coordinator, Programme, Transaction
from bot.store.colleagues import ADMITTED, DAYS, OPEN, TAKEN

BACK: Rows = ((Button(Say("button-people"), Asked("staff")),), *HOME)

LONGEST_NAME = 40
"""Letters of what an owner calls a colleague."""

EVERYWHERE = 0
"""In a button, in the place of a programme's number: no districts narrow what a colleague sees."""


class People:
    """The screens."""

    def __init__(self, at: Around) -> None:
        self._at = at

    def table(self) -> Table:
        """What buttons ask for here."""
        return {
            "staff": (roles.MANAGE, self._people),
            "person": (roles.MANAGE, self._person),
            "role": (roles.MANAGE, self._role),
            "rolesure": (roles.MANAGE, self._role_sure),
            "name": (roles.MANAGE, self._ask_name),
            "leave": (roles.MANAGE, self._leave),
            "leavesure": (roles.MANAGE, self._leave_sure),
            "let": (roles.MANAGE, self._let),
            "letwhere": (roles.MANAGE, self._where),
            "letlink": (roles.MANAGE, self._link),
            "guest": (roles.MANAGE, self._guest),
            "letin": (roles.MANAGE, self._let_in),
            "letout": (roles.MANAGE, self._take_back),
        }

    def typed(self) -> Mapping[str, tuple[str, Serve]]:
        """What may be typed here."""
        return {"name": (roles.MANAGE, self._name)}

    def buttons(self, who: Coordinator) -> list[tuple[Button]]:
        """The way in, for whoever may."""
        return [(Button(Say("button-people"), Asked("staff")),)] if roles.may(who.role, roles.MANAGE) else []

    # -- everybody ------------------------------------------------------------------------------------

    def _people(self, tx: Transaction, who: Coordinator, _values: tuple[str, ...], now: datetime) -> Said:
        rows = [
            (Button(self._called(who, one), Asked("person", (one.handle,))),)
            for one in tx.desk.colleagues(who.organisation)
        ]
        rows += [
            (Button(Say(f"people-{one.state}", {"role": _role(one.role)}), Asked("guest", (one.id,))),)
            for one in tx.colleagues.of(who.organisation, now)
            if one.state != ADMITTED
        ]
        rows.append((Button(Say("button-people-let"), Asked("let")),))
        named = who.organisation or self._at.terms.organisation
        title = Say("people-title", {"organisation": Text(named)}) if named else Say("people-title-unnamed")
        return Said(Screen(who.language, (title,), (*rows, *HOME)))

    def _called(self, who: Coordinator, one: Coordinator) -> Say:
        if one.chat == who.chat:
            return Say("people-you", {"role": _role(one.role)})
        if one.name:
            return Say("people-named", {"role": _role(one.role), "name": Text(one.name)})
        return Say("people-since", {"role": _role(one.role), "day": day(who.language, one.since)})

    def _person(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        one = _colleague(tx, who, values[0])
        lines: list[Line] = [self._called(who, one), Say(f"people-means-{one.role}")]
        lines += _narrowed(one.districts)
        if _is_last_owner(tx, one):
            return Said(Screen(who.language, (*lines, Say("people-last-owner")), BACK))
        changes = tuple(
            (Button(Say("button-people-role", {"role": _role(role)}), Asked("role", (one.handle, role))),)
            for role in roles.ROLES
            if role != one.role
        )
        name = (Button(Say("button-people-name"), Asked("name", (one.handle,))),)
        gone = (Button(Say("button-people-remove"), Asked("leave", (one.handle,))),)
        return Said(Screen(who.language, tuple(lines), (name, *changes, gone, *BACK)))

    def _ask_name(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        return Said(self._naming(who, _colleague(tx, who, values[0])))

    def _naming(self, who: Coordinator, one: Coordinator, *before: Say) -> Screen:
        """Asks for a name in reply; its first button says whose."""
        here = (Button(Say("button-reply-here"), Asked("name", (one.handle,))),)
        return Screen(who.language, (*before, Say("people-ask-name"), Say("reply-here")), (here, *BACK))

    def _name(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], words: str, now: datetime) -> Said:
        one = _colleague(tx, who, values[0])
        try:
            name = cleaned(words, LONGEST_NAME)
        except TooLong:
            return Said(self._naming(who, one, Say("people-name-unfit", {"n": LONGEST_NAME})))
        tx.desk.call(one.chat, name)
        tx.desk.note(f"coordinator {who.chat}", "name", f"coordinator {one.chat}", now)
        return self._person(tx, who, values, now)

    def _role(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        one, role = _colleague(tx, who, values[0]), one_of(values[1], roles.ROLES)
        sure = Button(Say("button-people-role-sure", {"role": _role(role)}), Asked("rolesure", (one.handle, role)))
        lines = (self._called(who, one), Say(f"people-means-{role}"))
        return Said(Screen(who.language, lines, ((sure,), *BACK)))

    def _role_sure(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        one, role = _colleague(tx, who, values[0]), one_of(values[1], roles.ROLES)
        if _is_last_owner(tx, one):
            raise ValueError(role)
        tx.desk.admit(one.chat, role, one.language, now, districts=one.districts)
        tx.desk.note(f"coordinator {who.chat}", "role", f"coordinator {one.chat}, {role}", now)
        if one.chat == who.chat and not roles.may(role, roles.MANAGE):
            return Said(Screen(who.language, (Say("people-changed"),), HOME))
        return self._people(tx, who, (), now)

    def _leave(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        one = _colleague(tx, who, values[0])
        sure = Button(Say("button-people-remove-sure"), Asked("leavesure", (one.handle,)))
        return Said(Screen(who.language, (self._called(who, one), Say("people-remove-means")), ((sure,), *BACK)))

    def _leave_sure(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        one = _colleague(tx, who, values[0])
        if _is_last_owner(tx, one):
            raise ValueError(one.handle)
        tx.desk.note(f"coordinator {who.chat}", "remove", f"coordinator {one.chat}", now)
        tx.desk.remove(one.chat)
        if one.chat == who.chat:
            return Said(Screen(who.language, (Say("people-removed"),)))
        return self._people(tx, who, (), now)

    # -- letting colleagues in ------------------------------------------------------------------------

    def _let(self, _tx: Transaction, who: Coordinator, _values: tuple[str, ...], _now: datetime) -> Said:
        rows = tuple((Button(_role(role), Asked("letwhere", (role,))),) for role in roles.ROLES)
        lines = (Say("people-let"), *(Say(f"people-means-{role}") for role in roles.ROLES))
        return Said(Screen(who.language, lines, (*rows, *BACK)))

    def _where(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        role = one_of(values[0], roles.ROLES)
        narrow = [one for one in tx.organisations.programmes(who.organisation) if one.districts]
        if role not in (roles.COORDINATOR, roles.VIEWER) or not narrow:
            return self._link(tx, who, (role, str(EVERYWHERE)), now)
        everywhere = (Button(Say("button-people-everywhere"), Asked("letlink", (role, str(EVERYWHERE)))),)
        rows = tuple((Button(Text(one.name), Asked("letlink", (role, str(one.no)))),) for one in narrow)
        return Said(Screen(who.language, (Say("people-where"),), (everywhere, *rows, *BACK)))

    def _link(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        role, districts = one_of(values[0], roles.ROLES), self._districts(tx, who, int(values[1]))
        code = tx.colleagues.make(who.organisation, role, districts, str(who.chat), now)
        tx.desk.note(f"coordinator {who.chat}", "let in", f"invitation as {role}", now)
        link = self._at.link(f"{COLLEAGUE}-{code}")
        named: dict[str, Value] = {"role": _role(role), "link": Code(link), "n": DAYS}
        lines = (Say("people-link", named), *_narrowed(districts), Say("people-link-means"))
        caption = self._at.words.say(who.language, "people-link-caption")
        return Said(Screen(who.language, lines, BACK), picture=qr(link), caption=caption)

    def _districts(self, tx: Transaction, who: Coordinator, no: int) -> tuple[str, ...]:
        """The districts of one of the own programmes; none for everywhere."""
        programme: Programme | None = tx.organisations.programme(who.organisation, no)
        if programme is None and no != EVERYWHERE:
            raise KeyError(no)
        return () if programme is None else programme.districts

    def _guest(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        return Said(self._invitation(who, _invitation(tx, who, values[0], now)))

    def _invitation(self, who: Coordinator, one: Colleague) -> Screen:
        back = (Button(Say("button-people-back"), Asked("letout", (one.id,))),)
        lines: list[Line] = [
            Say(f"people-{one.state}", {"role": _role(one.role)}),
            Say(f"people-means-{one.role}"),
        ]
        lines += _narrowed(one.districts)
        if one.state == OPEN:
            return Screen(who.language, (*lines, Say("people-open-means")), (back, *BACK))
        number = Code(one.number or "")
        confirm = (Button(Say("button-people-confirm", {"number": number}), Asked("letin", (one.id,))),)
        return Screen(who.language, (*lines, Say("people-number", {"number": number})), (confirm, back, *BACK))

    def _let_in(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        one = _invitation(tx, who, values[0], now)
        if one.state == OPEN or one.chat is None:
            raise ValueError(one.id)
        if tx.colleagues.admitted(one.id):
            tx.desk.admit(one.chat, one.role, one.language or who.language, now, one.organisation, one.districts)
            tx.desk.note(f"coordinator {who.chat}", "confirm", f"coordinator {one.chat} as {one.role}", now)
        return Said(self._people(tx, who, (), now).screen, tell=True)

    def _take_back(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        one = _invitation(tx, who, values[0], now)
        if one.state != ADMITTED and tx.colleagues.end(one.id):
            tx.desk.note(f"coordinator {who.chat}", "take back", f"invitation as {one.role}", now)
        return self._people(tx, who, (), now)

    # -- coming by a link -----------------------------------------------------------------------------

    def arrive(self, tx: Transaction, chat: int, code: str, language: str) -> Said:
        """Somebody opened a link for colleagues: what taking it means, before it is taken."""
        if (known := tx.desk.coordinator(chat)) is not None:
            return Said(Screen(known.language, (Say("people-already"),), HOME))
        accept = (Button(Say("button-people-accept"), Asked("accept", (code,))),)
        return Said(Screen(language, (Say("people-arrive"),), (accept,)))

    def accept(self, tx: Transaction, chat: int, values: tuple[str, ...], language: str, now: datetime) -> Said:
        """Somebody takes a link: they get a number to say, and wait for a confirmation."""
        if (known := tx.desk.coordinator(chat)) is not None:
            return Said(Screen(known.language, (Say("people-already"),), HOME))
        one = tx.colleagues.take(values[0], chat, language, now) if values else None
        if one is None:
            return Said(Screen(language, (Say("people-link-over"),)))
        lines = (Say("people-accepted", {"number": Code(one.number or ""), "role": _role(one.role)}),)
        return Said(Screen(language, lines), tell=True)

    def untold(self, tx: Transaction, now: datetime) -> list[tuple[Colleague, int, Screen]]:
        """What stands to be heard of invitations: by whoever may confirm one, and by whoever was let in."""
        tx.colleagues.expire(now)
        out: list[tuple[Colleague, int, Screen]] = []
        for one in tx.colleagues.all():
            if one.state == ADMITTED and one.chat is not None:
                said = Say("people-welcome", {"command": Code("/desk")})
                out.append((one, one.chat, Screen(one.language or "", (said,), HOME)))
            if one.state != TAKEN:
                continue
            out += [
                (one, who.chat, self._invitation(who, one))
                for who in tx.desk.who_may(roles.MANAGE)
                if who.organisation == one.organisation and str(who.chat) not in one.told
            ]
        return out


def _colleague(tx: Transaction, who: Coordinator, handle: str) -> Coordinator:
    """One of the own people. KeyError where there is none."""
    for one in tx.desk.colleagues(who.organisation):
        if one.handle == handle:
            return one
    raise KeyError(handle)


def _invitation(tx: Transaction, who: Coordinator, id: str, now: datetime) -> Colleague:
    one = tx.colleagues.get(id, now)
    if one is None or one.organisation != who.organisation:
        raise KeyError(id)
    return one


def _is_last_owner(tx: Transaction, one: Coordinator) -> bool:
    return one.role == roles.OWNER and tx.desk.count_owners(one.organisation) == 1


def _role(role: str) -> Say:
    return Say(f"role-{role}")


def _narrowed(districts: tuple[str, ...]) -> tuple[Say, ...]:
    return (Say("people-narrowed", {"districts": Code(", ".join(districts))}),) if districts else ()
