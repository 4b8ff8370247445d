"""The heart of the interview: step(survey, place, event) -> Step(place, keep, replies).

Laws:
1. The same survey, place and event give the same step; nothing outside is read.
2. An event that answers another step than the present one changes nothing and shows the present question.
3. A place never holds an answer to a question that is not asked: a change drops what no longer applies,
   through the whole chain, and the person is told before anything falls away.
4. What is kept holds answers to asked questions only, and a mark for each that a partial one did not reach.
5. Every place shows a screen from which one can go on, go back, change the language, and hide.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import NamedTuple, assert_never

from bot.core.course import (
    HIDDEN,
    Course,
    as_seen,
    asked,
    course,
    falling,
    fits,
    following,
    is_kept,
    meets,
    next_open,
    previous,
    sendable,
    settle,
    visible,
)
from bot.core.drawing import (
    LANGUAGE_NAMES,
    NOT_SAID,
    OWN_WORDS_SHOWN,
    SPECIAL_PHRASES,
    answers_so_far,
    draw,
    fetching,
    helping,
    hidden,
    languages,
    limits,
    picks,
    said,
    screened_out,
    stopped,
    thanks,
)
from bot.core.events import (
    AskedForHelp,
    AskedForLanguages,
    AskedToSend,
    ChangedLanguage,
    Chose,
    Confirmed,
    Continued,
    Event,
    Finished,
    Hid,
    Kept,
    Listened,
    ReadOn,
    Reviewed,
    Revised,
    Sent,
    Skipped,
    Spoke,
    Stopped,
    Toggled,
    Typed,
    WentBack,
)
from bot.core.partial import end_of, so_far
from bot.core.place import PLACE_SIZES, REVIEW, Place, longest_place, write_place
from bot.core.questions import TYPES, voice, yes_no
from bot.core.questions.choices import enough, toggle
from bot.core.questions.note import READ
from bot.core.referral import speaks_of_danger
from bot.core.screen import Say, Screen, Text
from bot.core.survey import Answer, Answers, Question, Survey

__all__ = [
    "LANGUAGE_NAMES",
    "NOT_SAID",
    "OWN_WORDS_SHOWN",
    "PLACE_SIZES",
    "REVIEW",
    "SPECIAL_PHRASES",
    "Keep",
    "Place",
    "Step",
    "asked",
    "begin",
    "draw",
    "fetching",
    "fits",
    "hidden",
    "longest_place",
    "next_open",
    "said",
    "screened_out",
    "settle",
    "step",
    "thanks",
    "without",
    "write_place",
]  # the door of the interview: what other rooms need of it


@dataclass(frozen=True)
class Keep:
    """Finished answers, ready for the pool. With `code` the person wants to see the receipt."""

    answers: Answers
    language: str
    code: bool


class Step(NamedTuple):
    """What follows from an event: the next place (None when the interview ended), what to keep, what to show.

    `hint` is said in passing (a toast); `end` names how it ended: completed, partial, quit, screened_out.
    `danger`: the words just typed speak of it, so that the survey's words on help are to be shown.
    """

    place: Place | None
    screen: Screen
    keep: Keep | None = None
    hint: Say | None = None
    end: str | None = None
    danger: bool = False


def begin(survey: Survey, language: str, marks: tuple[int, ...] = (), seed: int = 0) -> Step:
    """The first question, after the person agreed. `seed` is drawn once an interview, and known to nobody."""
    answers = settle(survey, {}, seed)
    place = Place(language=language, at=next_open(survey, answers, seed), answers=answers, marks=marks, seed=seed)
    return Step(place, draw(survey, place))


def step(survey: Survey, place: Place, event: Event) -> Step:
    """What follows when `event` happens at `place`."""
    if getattr(event, "step", None) not in (None, place.step):
        return Step(place, draw(survey, place), hint=Say("hint-moved-on"))
    match event:
        case Chose():
            return _chose(survey, place, event)
        case Toggled():
            return _toggled(survey, place, event)
        case Finished():
            return _finished(survey, place, event)
        case Skipped():
            return _skipped(survey, place, event)
        case ReadOn():
            return _read_on(survey, place, event)
        case Typed():
            return _typed(survey, place, event)
        case Spoke():
            return _spoke(survey, place, event)
        case WentBack():
            return _went_back(survey, place)
        case Reviewed():
            return _moved(survey, place, next_open(survey, place.answers, place.seed))
        case Revised():
            return _revised(survey, place, event)
        case Confirmed():
            return _confirmed(survey, place)
        case Kept():
            return _moved(survey, place, place.at)
        case AskedForLanguages():
            return Step(place, languages(survey, place))
        case ChangedLanguage():
            return _changed_language(survey, place, event)
        case AskedForHelp():
            return Step(place, helping(place))
        case Continued() | Listened():
            return Step(place, draw(survey, place))
        case Stopped():
            return Step(place, stopped(survey, place))
        case Hid():
            return Step(None, hidden(place.language), end="quit")
        case AskedToSend():
            return _asked_to_send(survey, place)
        case Sent():
            return _sent_so_far(survey, place, event) if event.partly else _sent(survey, place, event)
        case _:
            assert_never(event)


def _chose(survey: Survey, place: Place, event: Chose) -> Step:
    question = _here(survey, place, event.question)
    if question is None or TYPES[question.type].several:
        return _not_here(survey, place)
    if TYPES[question.type].steps is not None:
        parts = following(question, place)
        return _taken(survey, place, question, parts[event.option : event.option + 1])
    if event.option not in visible(question, place):
        return _not_here(survey, place)
    return _answered(survey, place, question, question.options[event.option].code)


def _taken(survey: Survey, place: Place, question: Question, part: tuple[str, ...]) -> Step:
    """One more part of an answer that takes several taps; the last one makes it whole."""
    steps = TYPES[question.type].steps
    if steps is None or not part:
        return _not_here(survey, place)
    given = (*place.picked, *part)
    if not steps.next(question, given):
        return _answered(survey, place, question, steps.answer(question, given))
    more = replace(place, picked=given, step=place.step + 1)
    return Step(more, draw(survey, more))


def _went_back(survey: Survey, place: Place) -> Step:
    """To the part before this one, or to the question before."""
    question = None if place.at == REVIEW else survey.question(place.at)
    if question is not None and TYPES[question.type].steps is not None and place.picked and place.pending is None:
        less = replace(place, picked=place.picked[:-1], step=place.step + 1)
        return Step(less, draw(survey, less))
    return _moved(survey, place, previous(survey, place))


def _toggled(survey: Survey, place: Place, event: Toggled) -> Step:
    question = _here(survey, place, event.question)
    if question is None or not TYPES[question.type].several or event.option not in visible(question, place):
        return _not_here(survey, place)
    picked = toggle(question, place.picked, question.options[event.option].code, event.on)
    # The step stays: toggles follow each other faster than the message can be drawn again.
    changed = replace(place, picked=picked)
    return Step(changed, draw(survey, changed))


def _finished(survey: Survey, place: Place, event: Finished) -> Step:
    question = _here(survey, place, event.question)
    if question is None or not TYPES[question.type].several:
        return _not_here(survey, place)
    wrong = enough(question, place.picked)
    if wrong is not None:
        return Step(place, draw(survey, place), hint=Say(wrong, picks(question)))
    return _answered(survey, place, question, place.picked)


def _skipped(survey: Survey, place: Place, event: Skipped) -> Step:
    question = _here(survey, place, event.question)
    if question is None or event.special not in question.specials:
        return _not_here(survey, place)
    return _answered(survey, place, question, event.special)


def _read_on(survey: Survey, place: Place, event: ReadOn) -> Step:
    question = _here(survey, place, event.question)
    if question is None or question.type != "note":
        return _not_here(survey, place)
    return _answered(survey, place, question, READ)


def _typed(survey: Survey, place: Place, event: Typed) -> Step:
    question = None if place.at == REVIEW else survey.question(place.at)
    if question is None or place.pending is not None:
        return Step(place, draw(survey, place, problem=Say("use-the-buttons")))
    if TYPES[question.type].own_words:
        return _said_freely(survey, place, question, event.words)
    answer, problem = TYPES[question.type].read(as_seen(question, place), event.words)
    if question.type == "yes_no" and event.meant in yes_no.CODES:
        answer = event.meant
    if answer is not None and TYPES[question.type].steps is not None and not fits(question, answer):
        if answer in following(question, place):
            return _taken(survey, place, question, (str(answer),))
        answer, problem = None, "date-out-of-range"
    if answer is not None and TYPES[question.type].several:
        picked = toggle(question, place.picked, str(answer), answer not in place.picked)
        changed = replace(place, picked=picked)
        return Step(changed, draw(survey, changed))
    if answer is not None:
        return _answered(survey, place, question, answer)
    return Step(place, draw(survey, place, problem=Say(problem or "use-the-buttons", limits(question))))


def _said_freely(survey: Survey, place: Place, question: Question, words: str) -> Step:
    answer, problem = TYPES[question.type].read(question, words)
    if answer is None:
        wrong = Say(problem or "open-answer-empty", limits(question))
        step = Step(place, draw(survey, place, problem=wrong))
    else:
        step = _answered(survey, place, question, answer)
    return step._replace(danger=speaks_of_danger(survey, words))


def _spoke(survey: Survey, place: Place, event: Spoke) -> Step:
    """A voice note answers the question that asks for one; anywhere else nothing of it is kept."""
    question = None if place.at == REVIEW else survey.question(place.at)
    if question is None or place.pending is not None or not TYPES[question.type].spoken:
        return Step(place, draw(survey, place, problem=Say("nothing-was-kept-of-that")))
    answer, problem = voice.heard(question, event.file, event.seconds, event.size)
    if answer is None:
        return Step(place, draw(survey, place, problem=Say(problem or "voice-lost", limits(question))))
    return _answered(survey, place, question, answer)


def without(survey: Survey, place: Place, lost: Collection[str]) -> Step:
    """Back to the first of the questions whose voice notes could not be had; those answers are dropped."""
    kept = {id: answer for id, answer in place.answers.items() if id not in lost}
    at = next(question.id for question in asked(survey, kept, place.seed) if question.id in lost)
    back = replace(place, at=at, step=place.step + 1, answers=kept, picked=(), pending=None)
    return Step(back, draw(survey, back, problem=Say("voice-lost")))


def _revised(survey: Survey, place: Place, event: Revised) -> Step:
    if place.at != REVIEW or event.question >= len(survey.questions):
        return _not_here(survey, place)
    question = survey.questions[event.question]
    if question.id not in place.answers or question.type in HIDDEN:
        return _not_here(survey, place)
    return _moved(survey, place, question.id)


def _confirmed(survey: Survey, place: Place) -> Step:
    if place.pending is None:
        return _not_here(survey, place)
    return _moved_on(survey, place, course(survey, {**place.answers, place.at: place.pending}, place.seed))


def _changed_language(survey: Survey, place: Place, event: ChangedLanguage) -> Step:
    if event.language not in survey.offered:
        return _not_here(survey, place)
    changed = replace(place, language=event.language)
    return Step(changed, draw(survey, changed))


def _sent(survey: Survey, place: Place, event: Sent) -> Step:
    if place.at != REVIEW or next_open(survey, place.answers, place.seed) != REVIEW:
        return _not_here(survey, place)
    settled = settle(survey, place.answers, place.seed)
    kept = {id: answer for id, answer in settled.items() if is_kept(survey.question(id))}
    return Step(
        None,
        thanks(place.language),
        keep=Keep(kept, place.language, event.code),
        end="completed",
    )


def _asked_to_send(survey: Survey, place: Place) -> Step:
    return Step(place, answers_so_far(survey, place)) if sendable(survey, place) else _not_here(survey, place)


def _sent_so_far(survey: Survey, place: Place, event: Sent) -> Step:
    if not sendable(survey, place):
        return _not_here(survey, place)
    settled = settle(survey, place.answers, place.seed)
    kept = so_far(survey, settled, next_open(survey, settled, place.seed), place.seed)
    return Step(None, thanks(place.language), keep=Keep(kept, place.language, event.code), end=end_of(kept))


def _answered(survey: Survey, place: Place, question: Question, answer: Answer) -> Step:
    if answer in question.screen_out:
        return Step(None, screened_out(place.language), end="screened_out")
    if answer not in question.specials and not meets(question, answer, place.answers):
        return _not_met(survey, place, question)
    ahead = course(survey, {**place.answers, question.id: answer}, place.seed)
    if falling(survey, place.answers, ahead.answers):
        waiting = replace(place, pending=answer, step=place.step + 1)
        return Step(waiting, draw(survey, waiting))
    return _moved_on(survey, place, ahead)


def _not_met(survey: Survey, place: Place, question: Question) -> Step:
    """The question again, with the words that say what its answer must meet."""
    assert question.constraint is not None
    again = replace(place, picked=()) if TYPES[question.type].steps is not None else place
    return Step(again, draw(survey, again, Text(question.constraint.message[place.language])))


def _moved_on(survey: Survey, place: Place, ahead: Course) -> Step:
    """On to the first question not yet answered, with the answers that still apply."""
    return _moved(survey, place, ahead.open, ahead)


def _moved(survey: Survey, place: Place, at: str, ahead: Course | None = None) -> Step:
    """To another question, or to the list of answers; with other answers, where these lie ahead."""
    answers = place.answers if ahead is None else ahead.answers
    picked = answers.get(at)
    several = isinstance(picked, tuple) and TYPES[survey.question(at).type].several
    # By hand, for this is what every tap comes to: replace() would take twice as long.
    moved = Place(
        language=place.language,
        at=at,
        step=place.step + 1,
        answers=answers,
        picked=picked if several and isinstance(picked, tuple) else (),
        marks=place.marks,
        typed=place.typed,
        seed=place.seed,
        cohort=place.cohort,
    )
    return Step(moved, draw(survey, moved, course=ahead))


def _not_here(survey: Survey, place: Place) -> Step:
    return Step(place, draw(survey, place), hint=Say("hint-moved-on"))


def _here(survey: Survey, place: Place, number: int) -> Question | None:
    """The question with this number when it is the present one and nothing waits for a yes."""
    if place.at == REVIEW or place.pending is not None or number >= len(survey.questions):
        return None
    question = survey.questions[number]
    return question if question.id == place.at else None
