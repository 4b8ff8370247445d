"""The screens outside an interview: the open surveys, the languages, the consent, and who has been here.

Nothing is stored on this side of the threshold: each button carries all that its tap needs. Every screen can be
hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.core.events import (
    Agreed,
    AskedLanguageAgain,
    HidBefore,
    Joined,
    PickedLanguage,
    PickedWave,
    Refused,
    StartedOver,
    WantedNoMore,
    WantedToRead,
)
from bot.core.flow import LANGUAGE_NAMES
from bot.core.reminders import AFTERNOON, EVENING, MORNING, NEVER
from bot.core.screen import Button, Code, Say, Screen, Text
from bot.core.survey import Reminding, Survey, worded


def hideable(screen: Screen, *marks: int) -> Screen:
    """The screen with the button that makes it harmless; `marks` are the messages that go then, 0 for none."""
    hide = Button(Say("button-hide"), HidBefore(tuple(mark for mark in marks if mark)))
    return screen._replace(rows=(*screen.rows, (hide,)))


def offer(waves: Sequence[tuple[str, Survey]], language: str, mark: int) -> Screen:
    """The open surveys, one button each; a plain sentence when there is none."""
    if not waves:
        return hideable(Screen(language, (Say("nothing-open"),)), mark)
    rows = tuple((Button(Text(worded(survey.title, language)), PickedWave(wave, mark)),) for wave, survey in waves)
    return hideable(Screen(language, (Say("choose-survey"),), rows), mark)


def languages(wave: str, survey: Survey, language: str, mark: int) -> Screen:
    """The languages, each in its own script; the app's own language stands first."""
    ordered = sorted(survey.offered, key=lambda code: code != language)
    rows = tuple((Button(Text(LANGUAGE_NAMES[code]), PickedLanguage(wave, mark, code)),) for code in ordered)
    screen = Screen(language, tuple(Say("choose-language", language=code) for code in ordered), rows)
    return hideable(screen, mark)


def consent(
    wave: str,
    survey: Survey,
    organisation: str,
    k: int,
    language: str,
    mark: int,
    slot: int,
    *,
    by_kind: bool = False,
) -> Screen:
    """Who asks, what is kept, what cannot be promised; agreeing and refusing weigh the same.

    The yes says for which person of the phone it is: a second delivery must not begin for the next one. `by_kind`:
    it is counted by which kind of group people were invited.
    """
    return Screen(
        language,
        (
            Text(worded(survey.title, language)),
            Say("who-asks", {"organisation": organisation}) if organisation else Say("who-asks-unnamed"),
            Text(survey.consent[language], {"k": k}),
            *((Say("cohorts-counted", {"k": k}),) if by_kind else ()),
            Say("do-you-agree"),
        ),
        (
            (Button(Say("button-agree"), Agreed(wave, mark, language, survey.version, slot)),),
            (Button(Say("button-refuse"), Refused(wave, mark, language)),),
            (
                Button(Say("button-language"), AskedLanguageAgain(wave, mark)),
                Button(Say("button-hide"), HidBefore((mark,))),
            ),
        ),
    )


def tell_result(agreed: Agreed) -> Screen:
    """Whether one line shall come when there is a result, asked before the first question; no stands first."""
    no, yes = replace(agreed, tell=False), replace(agreed, tell=True)
    return Screen(
        agreed.language,
        (Say("tell-result"), Say("tell-result-means", {"command": Code("/forget")})),
        (
            (Button(Say("button-tell-no"), no),),
            (Button(Say("button-tell-yes"), yes),),
            (Button(Say("button-hide"), HidBefore((agreed.mark,))),),
        ),
    )


def remind(agreed: Agreed, reminding: Reminding) -> Screen:
    """Whether, and in which part of the day, a short line shall come now and then; no stands first."""
    parts = {"morning": MORNING, "afternoon": AFTERNOON, "evening": EVENING}
    return Screen(
        agreed.language,
        (
            Say("remind", {"most": reminding.at_most, "days": reminding.every_days}),
            Say("remind-means", {"command": Code("/forget")}),
        ),
        (
            (Button(Say("button-tell-no"), replace(agreed, remind=NEVER)),),
            *(
                (Button(Say(f"button-remind-{name}"), replace(agreed, remind=part)),)
                for name, part in parts.items()
            ),
            (Button(Say("button-hide"), HidBefore((agreed.mark,))),),
        ),
    )


def reminder(language: str) -> Screen:
    """The one line for all who agreed; it tells a locked screen nothing, and nobody anything of themselves."""
    rows = ((Button(Say("button-no-more"), WantedNoMore(language)),),)
    return Screen(language, (Say("reminder-line"),), rows)


def result_is_there(wave: str, language: str) -> Screen:
    """The one line to all who asked to hear of a result; what there is to hear stands behind its button."""
    return Screen(
        language, (Say("result-is-there"),), ((Button(Say("button-read"), WantedToRead(wave, language)),),)
    )


def no_more(language: str) -> Screen:
    """What is said once nothing is left by which reminders could come."""
    return Screen(language, (Say("reminders-ended"),))


def split(address: str) -> tuple[str, str]:
    """The wave and the invitation of what a link carried; the invitation is empty where there is none."""
    wave, _, code = address.partition("-")
    return wave, code


def joined(wave: str, code: str) -> str:
    """What a link to a wave carries, with an invitation or without (empty)."""
    return f"{wave}-{code}" if code else wave


def uninvited(language: str, state: str | None) -> Screen:
    """This link begins nothing: it is full or expired, or there is no invitation in it (None)."""
    return hideable(Screen(language, (Say(f"invitation-{state}" if state else "invitation-needed"),)))


def refused(language: str, mark: int) -> Screen:
    """A plain good-bye: nothing was stored."""
    return hideable(Screen(language, (Say("refused"),)), mark)


def closed(language: str) -> Screen:
    """The survey of this link takes no more answers."""
    return hideable(Screen(language, (Say("survey-closed"),)))


def resting(language: str) -> Screen:
    """For now nobody can begin; it says no reason."""
    return hideable(Screen(language, (Say("survey-rests"),)))


def early(language: str, first: date) -> Screen:
    """This link begins nothing before its first day."""
    return hideable(Screen(language, (Say("survey-begins", {"day": first}),)))


def begun(wave: str, language: str, mark: int, *, another: bool) -> Screen:
    """An interview was begun here: go on above, or start over, or let another person of this phone begin."""
    rows = [(Button(Say("button-start-over"), StartedOver(wave, mark, language, sure=False)),)]
    if another:
        rows.append((Button(Say("button-another-person"), Joined(wave, mark, language)),))
    return hideable(Screen(language, (Say("go-on-above"),), tuple(rows)), mark)


def start_over(wave: str, language: str, mark: int) -> Screen:
    """What starting over means, before it happens."""
    rows = ((Button(Say("button-start-over-sure"), StartedOver(wave, mark, language, sure=True)),),)
    return hideable(Screen(language, (Say("start-over-means"),), rows), mark)


def answered(wave: str, language: str, mark: int, *, another: bool) -> Screen:
    """The survey was answered from here already."""
    rows = ((Button(Say("button-another-person"), Joined(wave, mark, language)),),) if another else ()
    return hideable(Screen(language, (Say("already-answered"),), rows), mark)
