"""Acts that need two at the desk: how each stands, and the taps that decide it."""

from __future__ import annotations

from datetime import datetime

from bot.chat.acts import Acts
from bot.chat.desk.around import HOME, Rows, Table
from bot.chat.desk.meaning import Meaning
from bot.chat.desk.waves import WaveScreens
from bot.chat.recording import has_heard, listened
from bot.chat.said import Said
from bot.core import roles
from bot.core.events import Asked
from bot.core.screen import Button, Code, Say, Screen
from bot.store import Coordinator, Proposal, Transaction
from bot.store.proposals import CLOSE_WAVE, DONE, EXPORT_ROWS, RECORD, WAITING


class Deciding:
    """The screens. `means` says what an act brings, `waves` shows what became of it."""

    def __init__(self, acts: Acts, means: Meaning, waves: WaveScreens) -> None:
        self._acts = acts
        self._means = means
        self._waves = waves

    def table(self) -> Table:
        """What buttons ask for here."""
        return {
            "act": (roles.APPROVE, self._act),
            "yes": (roles.APPROVE, self._confirm),
            "no": (roles.APPROVE, self._refuse),
            "code": (roles.EXPORT, self._code),
            "recplay": (roles.APPROVE, self._listen),
        }

    def _act(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        return self.answered(tx, who, self._acts.present(tx, who, values[0]), now)

    def _confirm(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        return self.answered(tx, who, self._acts.confirm(tx, who, values[0], now), now)

    def _refuse(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        return self.answered(tx, who, self._acts.refuse(tx, who, values[0], now), now)

    def _code(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        one = self._acts.present(tx, who, values[0])
        if one.act != EXPORT_ROWS or one.state != WAITING or one.until <= now:
            return self._act(tx, who, values, now)
        code = tx.proposals.make_code(one, who.chat)
        tx.desk.note(f"coordinator {who.chat}", "approve", f"rows of wave {one.what['wave']}", now)
        said = Say("act-code", {"code": Code(code), "wave": Code(one.what["wave"])})
        return Said(Screen(who.language, (said,), HOME))

    def untold(self, tx: Transaction, now: datetime) -> list[tuple[Proposal, Coordinator, Screen]]:
        """How acts of two stand, for every coordinator who ought to hear it and has not."""
        return [(one, who, self._standing(tx, who, one, now)) for one, who in self._acts.untold(tx, now)]

    def stands(self, tx: Transaction, who: Coordinator, id: str, now: datetime) -> Screen | None:
        """How an act stands, as this coordinator sees it; None where it is long over."""
        one = tx.proposals.get(id)
        mine = one is not None and self._acts.concerns(tx, who, one)
        return None if one is None or not mine else self._standing(tx, who, one, now)

    def answered(self, tx: Transaction, who: Coordinator, one: Proposal, now: datetime) -> Said:
        return Said(self._standing(tx, who, one, now), tell=True)

    def _standing(self, tx: Transaction, who: Coordinator, one: Proposal, now: datetime) -> Screen:
        """How an act stands: to be decided by this coordinator, or by another one, or decided."""
        wave = tx.waves.get(one.what.get("wave", ""))
        if one.state == DONE and wave is not None and one.act != EXPORT_ROWS:
            said = [] if wave.terms.alone else [Say("act-agreed")]
            closing = [Say("desk-closing")] if one.act == CLOSE_WAVE else []
            return self._waves.screen(tx, who, wave, *said, *closing)
        if one.state != WAITING or one.until <= now:
            return Screen(who.language, (Say(f"act-{one.state}"),), HOME)
        refuse = (Button(Say("button-act-refuse"), Asked("no", (one.id,))),)
        if one.proposer == str(who.chat):
            rows: Rows = (refuse, *HOME)
            return Screen(who.language, (*self._means.of_act(tx, who, one), Say("act-waiting")), rows)
        if one.act == RECORD:
            return self._to_be_heard(who, one, refuse)
        agree = ("button-act-code", "code") if one.act == EXPORT_ROWS else ("button-act-confirm", "yes")
        rows = ((Button(Say(agree[0]), Asked(agree[1], (one.id,))),), refuse, *HOME)
        return Screen(who.language, (Say("act-wanted"), *self._means.of_act(tx, who, one)), rows)

    def _listen(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        recording = listened(tx, who, self._acts.present(tx, who, values[0]))
        return Said(self.stands(tx, who, values[0], now), voice=recording)

    def _to_be_heard(self, who: Coordinator, one: Proposal, refuse: tuple[Button, ...]) -> Screen:
        """A recording to decide on: whoever has listened to it may agree."""
        listen = (Button(Say("button-listen"), Asked("recplay", (one.id,))),)
        agree = ((Button(Say("button-act-confirm"), Asked("yes", (one.id,))),),) if has_heard(one, who) else ()
        first = Say("act-wanted") if agree else Say("act-listen")
        lines = (first, *self._means.of_recording(who, one))
        return Screen(who.language, lines, (listen, *agree, refuse, *HOME))
