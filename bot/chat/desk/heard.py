"""The way back at the desk: what was heard in a wave, what was done since, and the lines that say there is news.

Laws:
1. Figures are chosen from those released; words are typed in reply to the desk (`typed.py`), by language.
2. Words are public once a second coordinator approved them as that one read them (`acts.py`), and stay so.
3. Pausing and going on is one coordinator's tap; cancelling says first what it means.
4. Whoever reads sees the same as everybody else: nothing here knows who reads, or who answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from bot.chat.acts import Acts, as_entry
from bot.chat.desk.around import HOME, Around, Rows, Stands, Table, found
from bot.chat.desk.typed import Serve, TooLong, cleaned
from bot.chat.said import Said
from bot.core import roles
from bot.core.events import Asked
from bot.core.flow import LANGUAGE_NAMES
from bot.core.reading import read_in
from bot.core.screen import Button, Code, Line, Say, Screen, Text
from bot.core.survey import worded
from bot.digest.heard import MOST, bars, clearest, offered, public, sentence
from bot.poster import heard as notice
from bot.store import Coordinator, Entry, Transaction, Wave
from bot.store.heard import CANCELLED, HEARD, MOST_DEEDS, PAUSED, WAITING_DAYS
from bot.store.proposals import HEARD as ACT
from bot.store.proposals import draw_id

MOST_LETTERS = 500
"""Letters of what will be done, in one language."""


class Heard:
    """The screens. `stands` shows how an act of two stands."""

    def __init__(self, at: Around, acts: Acts, stands: Stands) -> None:
        self._at = at
        self._acts = acts
        self._stands = stands

    def table(self) -> Table:
        """What buttons ask for here."""
        return {
            "heard": (roles.OPEN, self._entry),
            "heardfig": (roles.OPEN, self._figures),
            "heardpick": (roles.OPEN, self._pick),
            "heardask": (roles.OPEN, self._ask),
            "heardsay": (roles.OPEN, self._clear),
            "heardsure": (roles.OPEN, self._sure),
            "heardgo": (roles.OPEN, self._go),
            "heardpaper": (roles.OPEN, self._papers),
            "heardpage": (roles.OPEN, self._page),
            "deeds": (roles.OPEN, self._deeds),
            "news": (roles.OPEN, self._news),
            "newshold": (roles.OPEN, self._turn("pause")),
            "newson": (roles.OPEN, self._turn("go on")),
            "newsstop": (roles.OPEN, self._stop),
            "newsend": (roles.OPEN, self._turn("cancel")),
        }

    def typed(self) -> Mapping[str, tuple[str, Serve]]:
        """What may be typed here."""
        return {"heardsay": (roles.OPEN, self._type)}

    def rows(self, who: Coordinator, wave: Wave) -> Rows:
        """The ways in from the screen of a wave that has ended, for whoever may."""
        if wave.state != "closed" or not roles.may(who.role, roles.OPEN):
            return ()
        ways = (("heard", (wave.id, str(HEARD))), ("deeds", (wave.id,)), ("news", (wave.id,)))
        return tuple((Button(Say(f"button-{what}"), Asked(what, values)),) for what, values in ways)

    # -- what anybody reads ---------------------------------------------------------------------------

    def read(self, tx: Transaction, wave: str, language: str, now: datetime) -> Screen | None:
        """What was heard in a wave, for anybody; None where it is no wave, or nothing may be read of it yet."""
        found, entry = tx.waves.get(wave), tx.heard.approved(wave)
        if found is None or (entry is None and wave not in tx.heard.leaving(self._today(now))):
            return None
        shown = tx.waves.published(wave)
        chosen = clearest(shown, found.survey) if entry is None else entry.figures
        lines: list[Line] = [Say("heard-title", {"survey": worded(found.survey.title, language)})]
        lines += self._said(tx, found, chosen, language)
        if entry is not None:
            lines += [Say("heard-will"), Text(public(read_in(entry.words, language)))]
        if found.terms.organisation:
            lines.append(Text(found.terms.organisation))
        return Screen(language, tuple(lines))

    def _said(self, tx: Transaction, wave: Wave, chosen: tuple[str, ...], language: str) -> list[Line]:
        """How many answered, and the chosen figures; or that too few did."""
        shown = tx.waves.published(wave.id)
        if not shown.n:
            return [Say("heard-too-few", {"k": shown.k})]
        phrases = self._at.words
        figures = [sentence(phrases, language, bar) for bar in bars(shown, wave.survey, phrases, language, chosen)]
        lines: list[Line] = [Say("digest-answered", {"n": shown.n, "k": shown.k}), Say("digest-self-chosen")]
        return [*lines, *([Text("\n".join(figures))] if figures else [])]

    # -- an entry: its figures and words --------------------------------------------------------------

    def _entry(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave, entry = self._found(tx, who, values)
        return Said(self._entry_screen(tx, who, wave, entry, now))

    def _entry_screen(
        self, tx: Transaction, who: Coordinator, wave: Wave, entry: Entry, _now: datetime, *before: Line
    ) -> Screen:
        lines = (*before, self._heading(who, wave, entry.no), *self._content(tx, who, wave, entry))
        if entry.approved is not None:
            papers = (Button(Say("button-heard-paper"), Asked("heardpaper", _carried(entry))),)
            rows: Rows = (papers,) if entry.no == HEARD else ()
            lines = (*lines, Say("heard-approved", {"day": entry.approved}))
            return Screen(who.language, lines, (*rows, *self._back(wave)))
        lines = (*lines, Say("heard-draft"))
        if entry.no == HEARD:
            lines = (*lines, Say("heard-waits", {"day": self._plain_from(tx, wave)}))
        return Screen(who.language, lines, (*self._edit_rows(wave, entry), *self._back(wave)))

    def _edit_rows(self, wave: Wave, entry: Entry) -> Rows:
        at = _carried(entry)
        words = tuple(
            (Button(Say("button-heard-words", {"language": _named(code)}), Asked("heardask", (*at, code))),)
            for code in wave.survey.offered
        )
        sure = ((Button(Say("button-heard-approve"), Asked("heardsure", at)),),) if entry.words else ()
        return ((Button(Say("button-heard-figures"), Asked("heardfig", at)),), *words, *sure)

    def _heading(self, who: Coordinator, wave: Wave, no: int) -> Say:
        title = worded(wave.survey.title, who.language)
        return Say("heard-desk" if no == HEARD else "deed-desk", {"survey": title, "wave": Code(wave.id)})

    def _content(self, tx: Transaction, who: Coordinator, wave: Wave, entry: Entry) -> tuple[Line, ...]:
        """The figures in the coordinator's language, the words in every language; what is missing is said."""
        lines = self._said(tx, wave, entry.figures, who.language)
        for code in wave.survey.offered:
            if code in entry.words:
                lines += [Say("heard-words-in", {"language": _named(code)}), Text(public(entry.words[code]))]
            else:
                lines.append(Say("heard-words-missing", {"language": _named(code)}))
        return tuple(lines)

    def _figures(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave, entry = self._draft(tx, who, values)
        names, title = offered(tx.waves.published(wave.id), wave.survey), _titles(wave, who.language)
        rows = tuple(
            (
                Button(
                    Text(f"{'☑' if name in entry.figures else '☐'} {title[name]}"),
                    Asked("heardpick", (*_carried(entry), str(place))),
                ),
            )
            for place, name in enumerate(names)
        )
        back = (Button(Say("button-heard-back"), Asked("heard", _carried(entry))),)
        say = Say("heard-figures", {"n": _most(entry.no)}) if names else Say("heard-too-few", {"k": wave.terms.k})
        return Said(Screen(who.language, (say,), (*rows, back, *HOME)))

    def _pick(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        """Take a figure in, or out; beyond the most the first one goes."""
        wave, entry = self._draft(tx, who, values)
        names = offered(tx.waves.published(wave.id), wave.survey)
        name = names[int(values[2])]
        chosen = [one for one in entry.figures if one != name]
        if name not in entry.figures:
            chosen = [*chosen, name][-_most(entry.no) :]
        tx.heard.draft(Entry(entry.wave, entry.no, tuple(one for one in names if one in chosen), entry.words))
        return self._figures(tx, who, values, now)

    def _ask(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        """Asks for words; its button says in which language a reply is."""
        wave, entry = self._draft(tx, who, values)
        return Said(self._asking(who, wave, entry, values[2]))

    def _asking(self, who: Coordinator, wave: Wave, entry: Entry, code: str, *before: Line) -> Screen:
        if code not in wave.survey.offered:
            raise ValueError(code)
        ask = Say("heard-ask" if entry.no == HEARD else "deed-ask", {"language": _named(code), "n": MOST_LETTERS})
        there = entry.words.get(code)
        lines: tuple[Line, ...] = (*before, ask, *((Text(public(there)),) if there else ()))
        clear = (Button(Say("button-heard-clear"), Asked("heardsay", (*_carried(entry), code))),)
        back = (Button(Say("button-heard-back"), Asked("heard", _carried(entry))),)
        return Screen(who.language, lines, (clear, back, *HOME))

    def _type(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], words: str, now: datetime) -> Said:
        wave, entry = self._draft(tx, who, values)
        screen = partial(self._asking, who, wave, entry, values[2])
        screen()  # a forged language ends here
        try:
            said = cleaned(words, MOST_LETTERS)
        except TooLong:
            return Said(screen(Say("heard-too-long", {"n": MOST_LETTERS})))
        kept = Entry(entry.wave, entry.no, entry.figures, {**entry.words, values[2]: said})
        tx.heard.draft(kept)
        return Said(self._entry_screen(tx, who, wave, kept, now))

    def _clear(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave, entry = self._draft(tx, who, values)
        words = {code: said for code, said in entry.words.items() if code != values[2]}
        kept = Entry(entry.wave, entry.no, entry.figures, words)
        tx.heard.draft(kept)
        return Said(self._entry_screen(tx, who, wave, kept, now))

    # -- two agree ------------------------------------------------------------------------------------

    def _sure(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        """What approving means, before it happens or is asked for."""
        _, entry = self._draft(tx, who, values)
        alone = self._acts.is_alone(tx, who, {"wave": entry.wave})
        go = Say("button-heard-sure" if alone else "button-desk-ask-second")
        rows = ((Button(go, Asked("heardgo", (*_carried(entry), draw_id()))),),)
        agrees = Say("heard-alone" if alone else "desk-second")
        back = (Button(Say("button-heard-back"), Asked("heard", _carried(entry))),)
        lines = (*self.means(tx, who, _as_what(entry)), agrees)
        return Said(Screen(who.language, lines, (*rows, back, *HOME)))

    def means(self, tx: Transaction, who: Coordinator, what: Mapping[str, Any]) -> tuple[Line, ...]:
        """What a second coordinator decides on, in full."""
        wave, entry = tx.waves.known(what["wave"]), as_entry(what)
        after = Say("heard-means" if entry.no == HEARD else "deed-means")
        return (self._heading(who, wave, entry.no), *self._content(tx, who, wave, entry), after)

    def _go(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave, entry = self._draft(tx, who, values[:2])
        if not entry.words:
            return Said(self._entry_screen(tx, who, wave, entry, now))
        return self._stands(tx, who, self._acts.want(tx, who, ACT, _as_what(entry), values[2], now), now)

    # -- the notice board -----------------------------------------------------------------------------

    def _papers(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave, entry = self._found(tx, who, values)
        rows = tuple(
            tuple(
                Button(
                    Say("desk-paper", {"language": Text(LANGUAGE_NAMES[code]), "size": Code(kind.upper())}),
                    Asked("heardpage", (*_carried(entry), code, kind)),
                )
                for kind in notice.FORMATS
            )
            for code in wave.survey.offered
        )
        back = (Button(Say("button-heard-back"), Asked("heard", _carried(entry))),)
        return Said(Screen(who.language, (Say("heard-paper"),), (*rows, back, *HOME)))

    def _page(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave, entry = self._found(tx, who, values)
        code, kind = values[2], values[3]
        if code not in wave.survey.offered or kind not in notice.FORMATS or entry.approved is None:
            raise ValueError(values)
        page = notice.page(tx.waves.published(wave.id), wave, entry, self._at.words, code)
        return Said(
            None,
            draw=lambda: notice.drawn(page, kind, entry.approved),
            file_name=notice.file_name(wave.id, code, kind),
            caption=self._at.words.say(
                who.language, "heard-title", survey=worded(wave.survey.title, who.language)
            ),
        )

    # -- what was done since --------------------------------------------------------------------------

    def _deeds(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        """The entries of a wave, and a way to a new one; a draft is finished before another is begun."""
        wave = _ended(tx, who, values[0])
        entries = [one for one in tx.heard.of(wave.id) if one.no > HEARD]
        rows = tuple(
            (
                Button(
                    Say("button-deed" if one.approved else "button-deed-draft", {"number": one.no}),
                    Asked("heard", _carried(one)),
                ),
            )
            for one in entries
        )
        following = len(entries) + 1
        if all(one.approved for one in entries) and following <= MOST_DEEDS:
            rows = (*rows, (Button(Say("button-deed-new"), Asked("heard", (wave.id, str(following)))),))
        return Said(Screen(who.language, (Say("deeds"),), (*rows, *self._back(wave))))

    # -- the lines that there is news -----------------------------------------------------------------

    def _news(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave = _ended(tx, who, values[0])
        return Said(self._news_screen(tx, who, wave, now))

    def _news_screen(self, tx: Transaction, who: Coordinator, wave: Wave, now: datetime) -> Screen:
        """Whether the lines leave, what became of them, and how to hold them up."""
        state = tx.heard.state(wave.id)
        lines: list[Line] = [Say("news-who"), Say(f"news-{state}")]
        if state not in (PAUSED, CANCELLED) and wave.id not in tx.heard.leaving(self._today(now)):
            lines.append(Say("heard-waits", {"day": self._plain_from(tx, wave)}))
        lines += [Say(f"desk-end-{name}", {"n": n}) for name, n in tx.outcomes.announced(wave.id).items()]
        turn = ("newson", "button-news-on") if state == PAUSED else ("newshold", "button-news-hold")
        taps = (turn, ("newsstop", "button-news-stop")) if state != CANCELLED else ()
        rows = tuple((Button(Say(label), Asked(what, (wave.id,))),) for what, label in taps)
        return Screen(who.language, tuple(lines), (*rows, *self._back(wave)))

    def _stop(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = _ended(tx, who, values[0])
        rows = (
            (Button(Say("button-news-end"), Asked("newsend", (wave.id,))),),
            (Button(Say("button-heard-back"), Asked("news", (wave.id,))),),
        )
        return Said(Screen(who.language, (Say("news-stop-means"),), (*rows, *HOME)))

    def _turn(self, what: str) -> Callable[..., Said]:
        """Pauses the lines, lets them go on, or cancels them; said once in the log, however often it is tapped."""

        def serve(tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
            wave = _ended(tx, who, values[0])
            if hold(tx, wave.id, what):
                tx.desk.note(f"coordinator {who.chat}", f"news {what}", f"wave {wave.id}", now)
            return Said(self._news_screen(tx, who, wave, now))

        return serve

    # -- small things ---------------------------------------------------------------------------------

    def _found(self, tx: Transaction, who: Coordinator, values: tuple[str, ...]) -> tuple[Wave, Entry]:
        """The wave and the entry that a button names; an entry that nobody began yet is a fresh draft."""
        wave, no = _ended(tx, who, values[0]), int(values[1])
        kept = tx.heard.get(wave.id, no)
        if kept is not None:
            return wave, kept
        begun = [one for one in tx.heard.of(wave.id) if one.no > HEARD]
        if no != HEARD and not (no == len(begun) + 1 <= MOST_DEEDS and all(one.approved for one in begun)):
            raise ValueError(no)
        return wave, Entry(wave.id, no, clearest(tx.waves.published(wave.id), wave.survey, _most(no)), {})

    def _draft(self, tx: Transaction, who: Coordinator, values: tuple[str, ...]) -> tuple[Wave, Entry]:
        """The same, of what may still be changed."""
        wave, entry = self._found(tx, who, values)
        if entry.approved is not None:
            raise ValueError("approved")
        return wave, entry

    def _plain_from(self, tx: Transaction, wave: Wave) -> date:
        """From which day on the lines leave without words."""
        return tx.reports.pinned(wave.id, self._at.zone).until + timedelta(days=WAITING_DAYS)

    def _today(self, now: datetime) -> date:
        return now.astimezone(self._at.zone).date()

    def _back(self, wave: Wave) -> Rows:
        return ((Button(Say("button-heard-wave"), Asked("wave", (wave.id,))),), *HOME)


def hold(tx: Transaction, wave: str, what: str) -> bool:
    """Pause the lines of a wave, let them go on, or cancel them; False where that changes nothing."""
    before = tx.heard.state(wave)
    if what == "pause":
        tx.heard.pause(wave)
    elif what == "go on":
        tx.heard.go_on(wave)
    else:
        tx.heard.cancel(wave)
        tx.contacts.drop(wave)
    return tx.heard.state(wave) != before


def _as_what(entry: Entry) -> dict[str, Any]:
    return {"wave": entry.wave, "no": entry.no, "figures": list(entry.figures), "words": dict(entry.words)}


def _carried(entry: Entry) -> tuple[str, str]:
    return entry.wave, str(entry.no)


def _most(no: int) -> int:
    """So many figures an entry may have: what was done answers one."""
    return MOST if no == HEARD else 1


def _named(code: str) -> Say:
    return Say(f"digest-language-{code}")


def _titles(wave: Wave, language: str) -> dict[str, str]:
    return {one.id: worded(one.title, language) for one in wave.survey.indicators}


def _ended(tx: Transaction, who: Coordinator, id: str) -> Wave:
    """Raises KeyError for what is no wave of theirs that has ended."""
    wave = found(tx, who, id)
    if wave.state != "closed":
        raise KeyError(id)
    return wave
