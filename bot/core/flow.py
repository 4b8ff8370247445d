"""The heart of the interview: step(survey, place, event) -> Step(place, keep, replies).

Laws:
1. The same survey, place and event give the same step; nothing outside is read.
2. An event that answers another step than the present one changes nothing and shows the present question.
3. A place never holds an answer to a question that is not asked: a change drops what no longer applies,
   through the whole chain, and the person is told before anything falls away.
4. What is kept holds answers to asked questions only.
5. Every place shows a screen from which one can go on, go back, change the language, and hide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import assert_never

from bot.core import media
from bot.core.conditions import holds
from bot.core.events import (
    AskedForHelp,
    AskedForLanguages,
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
    Stopped,
    Toggled,
    Typed,
    WentBack,
)
from bot.core.questions import TYPES, text, yes_no
from bot.core.questions.choices import toggle
from bot.core.questions.note import READ
from bot.core.referral import speaks_of_danger
from bot.core.screen import Button, Line, Say, Screen, Text, Value
from bot.core.survey import DONT_KNOW, PREFER_NOT, SPECIALS, Answer, Question, Survey

REVIEW = ""
"""Where a person is after the last question: the list of all answers."""

SPECIAL_PHRASES = {DONT_KNOW: "button-dont-know", PREFER_NOT: "button-prefer-not"}

LANGUAGE_NAMES = {"ur": "اردو", "ps": "پښتو", "en": "English"}
"""Each language in its own script, whatever language is spoken at the moment."""

NUMBERS_A_ROW = 5

LONGEST_CODE = 32
"""Letters of a code (see `bot/files/form.py`)."""

OWN_WORDS_SHOWN = 1500
"""Letters of all answers in own words that the list of answers shows: a message holds 4,096."""

PLACE_SIZES = (2048, 4096, 8192)
"""A sealed place is as long as one of these, so that its length tells nothing of how far a person came."""

MARKS_KEPT = 3
"""Messages to wipe that a place may name; a button carries as many."""


@dataclass(frozen=True)
class Place:
    """Where a person is. All of it is sealed with a secret that only the person's chat holds.

    `picked` are the options set so far in a multiple choice, `pending` a changed answer that waits for a
    yes because later answers would fall away, `marks` the messages to wipe at the end, `typed` the newest
    message whose words came: those carry no step, and may be delivered twice.
    """

    language: str
    at: str
    step: int = 1
    answers: Mapping[str, Answer] = field(default_factory=dict)
    picked: tuple[str, ...] = ()
    pending: Answer | None = None
    marks: tuple[int, ...] = ()
    typed: int = 0


def write_place(place: Place) -> bytes:
    """A place as JSON in UTF-8, at most twice as many bytes as it has letters of Latin, Urdu and Pashto."""
    return json.dumps(asdict(place), ensure_ascii=False, separators=(",", ":")).encode()


def longest_place(survey: Survey) -> int:
    """How many bytes the fullest place of this survey takes: it must fit into the largest of PLACE_SIZES."""
    fullest = {question.id: _longest_answer(question) for question in survey.questions}
    picked = max((answer for answer in fullest.values() if isinstance(answer, tuple)), key=len, default=())
    place = Place(
        language="ur",
        at=max(fullest, key=len),
        step=999_999,
        answers=fullest,
        picked=picked,
        pending=picked or "x" * LONGEST_CODE,
        marks=(10**10,) * MARKS_KEPT,
        typed=10**10,
    )
    return len(write_place(place))


def _longest_answer(question: Question) -> Answer:
    if TYPES[question.type].own_words:
        return "ا" * text.longest(question)
    codes = [option.code for option in question.options]
    if TYPES[question.type].several:
        return tuple(codes)
    numbers = [str(number) for number in (question.low, question.high) if number is not None]
    return max([*codes, *numbers, *question.specials, READ], key=len)


@dataclass(frozen=True)
class Keep:
    """Finished answers, ready for the pool. With `code` the person wants to see the receipt."""

    answers: Mapping[str, Answer]
    language: str
    code: bool


@dataclass(frozen=True)
class Step:
    """What follows from an event: the next place (None when the interview ended), what to keep, what to show.

    `hint` is said in passing (a toast); `end` names how an interview ended: completed, quit, screened_out.
    `danger`: the words just typed speak of it, so that the survey's words on help are to be shown.
    """

    place: Place | None
    screen: Screen
    keep: Keep | None = None
    hint: Say | None = None
    end: str | None = None
    danger: bool = False


def begin(survey: Survey, language: str, marks: tuple[int, ...] = ()) -> Step:
    """The first question, after the person agreed."""
    place = Place(language=language, at=_next(survey, {}), marks=marks)
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
        case WentBack():
            return _moved(survey, place, _previous(survey, place))
        case Reviewed():
            return _moved(survey, place, _next(survey, place.answers))
        case Revised():
            return _revised(survey, place, event)
        case Confirmed():
            return _confirmed(survey, place)
        case Kept():
            return _moved(survey, place, place.at)
        case AskedForLanguages():
            return Step(place, _languages(survey, place))
        case ChangedLanguage():
            return _changed_language(survey, place, event)
        case AskedForHelp():
            return Step(place, _help(place))
        case Continued() | Listened():
            return Step(place, draw(survey, place))
        case Stopped():
            return Step(place, _stopped(place))
        case Hid():
            return Step(None, hidden(place.language), end="quit")
        case Sent():
            return _sent(survey, place, event)
        case _:
            assert_never(event)


def asked(survey: Survey, answers: Mapping[str, Answer]) -> tuple[Question, ...]:
    """The questions that are asked of a person with these answers, in the order of the file."""
    return tuple(q for q in survey.questions if holds(q.show_if, answers))


def settle(survey: Survey, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers that still apply: conditions name earlier questions only, so one pass decides all."""
    kept: dict[str, Answer] = {}
    for question in survey.questions:
        if question.id in answers and holds(question.show_if, kept):
            kept[question.id] = answers[question.id]
    return kept


def fits(question: Question, answer: Answer) -> bool:
    """True when `answer` could be an answer to `question`, special answers included."""
    return answer in question.specials or TYPES[question.type].fits(question, answer)


# -- what each event does -------------------------------------------------------------------------------


def _chose(survey: Survey, place: Place, event: Chose) -> Step:
    question = _here(survey, place, event.question)
    if question is None or TYPES[question.type].several or event.option >= len(question.options):
        return _not_here(survey, place)
    return _answered(survey, place, question, question.options[event.option].code)


def _toggled(survey: Survey, place: Place, event: Toggled) -> Step:
    question = _here(survey, place, event.question)
    if question is None or not TYPES[question.type].several or event.option >= len(question.options):
        return _not_here(survey, place)
    picked = toggle(question, place.picked, question.options[event.option].code, event.on)
    # The step stays: toggles follow each other faster than the message can be drawn again.
    changed = replace(place, picked=picked)
    return Step(changed, draw(survey, changed))


def _finished(survey: Survey, place: Place, event: Finished) -> Step:
    question = _here(survey, place, event.question)
    if question is None or not TYPES[question.type].several:
        return _not_here(survey, place)
    if not place.picked:
        return Step(place, draw(survey, place), hint=Say("hint-pick-one"))
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
    answer, problem = TYPES[question.type].read(question, event.words)
    if question.type == "yes_no" and event.meant in yes_no.CODES:
        answer = event.meant
    if answer is not None and TYPES[question.type].several:
        picked = toggle(question, place.picked, str(answer), answer not in place.picked)
        changed = replace(place, picked=picked)
        return Step(changed, draw(survey, changed))
    if answer is not None:
        return _answered(survey, place, question, answer)
    return Step(place, draw(survey, place, problem=Say(problem or "use-the-buttons", _limits(question))))


def _said_freely(survey: Survey, place: Place, question: Question, words: str) -> Step:
    answer, problem = TYPES[question.type].read(question, words)
    if answer is None:
        wrong = Say(problem or "open-answer-empty", _limits(question))
        step = Step(place, draw(survey, place, problem=wrong))
    else:
        step = _answered(survey, place, question, answer)
    return replace(step, danger=speaks_of_danger(survey, words))


def _revised(survey: Survey, place: Place, event: Revised) -> Step:
    if place.at != REVIEW or event.question >= len(survey.questions):
        return _not_here(survey, place)
    question = survey.questions[event.question]
    if question.id not in place.answers:
        return _not_here(survey, place)
    return _moved(survey, place, question.id)


def _confirmed(survey: Survey, place: Place) -> Step:
    if place.pending is None:
        return _not_here(survey, place)
    return _moved_on(survey, place, {**place.answers, place.at: place.pending})


def _changed_language(survey: Survey, place: Place, event: ChangedLanguage) -> Step:
    if event.language not in survey.offered:
        return _not_here(survey, place)
    changed = replace(place, language=event.language)
    return Step(changed, draw(survey, changed))


def _sent(survey: Survey, place: Place, event: Sent) -> Step:
    if place.at != REVIEW or _next(survey, place.answers) != REVIEW:
        return _not_here(survey, place)
    kept = {
        id: answer for id, answer in settle(survey, place.answers).items() if TYPES[survey.question(id).type].kept
    }
    return Step(
        None,
        thanks(place.language),
        keep=Keep(kept, place.language, event.code),
        end="completed",
    )


def _answered(survey: Survey, place: Place, question: Question, answer: Answer) -> Step:
    if answer in question.screen_out:
        return Step(None, screened_out(place.language), end="screened_out")
    answers = {**place.answers, question.id: answer}
    if _falling(survey, place.answers, answers):
        waiting = replace(place, pending=answer, step=place.step + 1)
        return Step(waiting, draw(survey, waiting))
    return _moved_on(survey, place, answers)


def _moved_on(survey: Survey, place: Place, answers: Mapping[str, Answer]) -> Step:
    """On to the first question not yet answered, with the answers that still apply."""
    settled = settle(survey, answers)
    return _moved(survey, replace(place, answers=settled), _next(survey, settled))


def _moved(survey: Survey, place: Place, at: str) -> Step:
    picked = place.answers.get(at)
    moved = replace(
        place,
        at=at,
        step=place.step + 1,
        pending=None,
        picked=picked if isinstance(picked, tuple) else (),
    )
    return Step(moved, draw(survey, moved))


def _not_here(survey: Survey, place: Place) -> Step:
    return Step(place, draw(survey, place), hint=Say("hint-moved-on"))


# -- where one can be -----------------------------------------------------------------------------------


def _here(survey: Survey, place: Place, number: int) -> Question | None:
    """The question with this number when it is the present one and nothing waits for a yes."""
    if place.at == REVIEW or place.pending is not None or number >= len(survey.questions):
        return None
    question = survey.questions[number]
    return question if question.id == place.at else None


def _next(survey: Survey, answers: Mapping[str, Answer]) -> str:
    for question in asked(survey, answers):
        if question.id not in answers:
            return question.id
    return REVIEW


def _previous(survey: Survey, place: Place) -> str:
    """The asked question before the present one; at the first one, the first one itself."""
    before = place.at
    for question in asked(survey, place.answers):
        if question.id == place.at:
            return before
        before = question.id
    return before


def _falling(survey: Survey, before: Mapping[str, Answer], after: Mapping[str, Answer]) -> list[str]:
    """The answered questions whose answers would fall away (notes do not count)."""
    settled = settle(survey, after)
    return [id for id in before if id not in settled and TYPES[survey.question(id).type].kept]


# -- what each place shows ------------------------------------------------------------------------------


def draw(survey: Survey, place: Place, problem: Say | None = None) -> Screen:
    """The message that shows a place, with what was wrong with the last words said first."""
    screen = _draw(survey, place)
    return screen if problem is None else replace(screen, lines=(problem, *screen.lines))


def _draw(survey: Survey, place: Place) -> Screen:
    if place.pending is not None:
        return _confirm(survey, place)
    if place.at == REVIEW:
        return _review(survey, place)
    question = survey.question(place.at)
    number = survey.number(place.at)
    lines: list[Line] = []
    if question.type != "note":
        lines.append(_progress(survey, place))
    lines.append(Text(question.ask[place.language]))
    if TYPES[question.type].own_words:
        lines += _about_own_words(question, place)
    elif TYPES[question.type].typed and _limits(question):
        lines.append(Say("type-a-number-between", _limits(question)))
    if TYPES[question.type].several:
        lines.append(Say("pick-one-or-more"))
    return Screen(
        place.language,
        tuple(lines),
        (*_answer_rows(question, number, place), *_special_rows(question, number, place), *_foot(place)),
        typed=TYPES[question.type].typed,
        sound=media.sound(question, place.language, place.step),
        picture=question.picture,
    )


def _about_own_words(question: Question, place: Place) -> list[Line]:
    lines: list[Line] = [Say("open-answer-how", _limits(question))]
    if question.id in place.answers:
        answer = said(question, place.answers[question.id], place.language)
        lines.append(Say("open-answer-now", {"answer": answer}))
    return lines


def _limits(question: Question) -> dict[str, Value]:
    """The lowest and the highest number allowed, where a question has both; of own words the most letters."""
    if TYPES[question.type].own_words:
        return {"most": text.longest(question)}
    if question.low is None or question.high is None:
        return {}
    return {"low": question.low, "high": question.high}


def _progress(survey: Survey, place: Place) -> Say:
    """Which question this is of those that are asked as things stand, notes left out."""
    counted = [q.id for q in asked(survey, place.answers) if q.type != "note"]
    return Say("question-of", {"number": counted.index(place.at) + 1, "total": len(counted)})


def _answer_rows(question: Question, number: int, place: Place) -> tuple[tuple[Button, ...], ...]:
    if question.type == "note":
        return ((Button(Say("button-next"), ReadOn(number, place.step)),),)
    if TYPES[question.type].own_words and question.id in place.answers:
        return ((Button(Say("button-keep-answer"), Reviewed(place.step)),),)
    rows = [
        (Button(_numbered(question, index, place), _does(question, number, index, place)),)
        for index in range(len(question.options))
    ]
    if TYPES[question.type].several:
        rows.append((Button(Say("button-done"), Finished(number, place.step)),))
    return tuple(rows)


def _numbered(question: Question, index: int, place: Place) -> Line:
    return media.numbered(question, index, place.language, _label(question, index, place))


def _label(question: Question, index: int, place: Place) -> Line:
    option = question.options[index]
    words = option.label[place.language]
    if not TYPES[question.type].several:
        return Text(f"● {words}" if place.answers.get(question.id) == option.code else words)
    return Text(f"☑ {words}" if option.code in place.picked else f"☐ {words}")


def _does(question: Question, number: int, index: int, place: Place) -> Event:
    if TYPES[question.type].several:
        on = question.options[index].code not in place.picked
        return Toggled(number, index, on, place.step)
    return Chose(number, index, place.step)


def _special_rows(question: Question, number: int, place: Place) -> tuple[tuple[Button, ...], ...]:
    return tuple(
        (Button(_special_label(question, special, place), Skipped(number, special, place.step)),)
        for special in SPECIALS
        if special in question.specials and question.type != "note"
    )


def _special_label(question: Question, special: str, place: Place) -> Say:
    label = Say("button-skip") if TYPES[question.type].own_words else Say(SPECIAL_PHRASES[special])
    return Say("chosen", {"label": label}) if place.answers.get(question.id) == special else label


def _foot(place: Place) -> tuple[tuple[Button, ...], ...]:
    """Hiding has a row of its own: under a short question a third of a row is too narrow to be read."""
    return (
        (Button(Say("button-back"), WentBack(place.step)), Button(Say("button-language"), AskedForLanguages())),
        (Button(Say("button-hide"), Hid()),),
    )


def _review(survey: Survey, place: Place) -> Screen:
    given = [q for q in asked(survey, place.answers) if q.id in place.answers and TYPES[q.type].kept]
    room = OWN_WORDS_SHOWN // max(1, sum(TYPES[q.type].own_words for q in given))
    lines: list[Line] = [Say("review-title")]
    lines += [
        Say(
            "review-line",
            {
                "number": index,
                "question": Text(q.ask[place.language]),
                "answer": _shortened(said(q, place.answers[q.id], place.language), q, room),
            },
        )
        for index, q in enumerate(given, start=1)
    ]
    lines.append(Say("review-foot"))
    numbers = [
        Button(Say("just-a-number", {"number": index}), Revised(survey.number(q.id), place.step))
        for index, q in enumerate(given, start=1)
    ]
    rows = [tuple(numbers[i : i + NUMBERS_A_ROW]) for i in range(0, len(numbers), NUMBERS_A_ROW)]
    return Screen(
        place.language,
        tuple(lines),
        (
            *rows,
            (Button(Say("button-send"), Sent(code=False, step=place.step)),),
            (Button(Say("button-send-with-code"), Sent(code=True, step=place.step)),),
            *_foot(place),
        ),
        tight=True,
    )


def _shortened(answer: Line, question: Question, room: int) -> Line:
    """Long answers in own words end with "…" here; the whole stands with its question, one tap away."""
    if not TYPES[question.type].own_words or not isinstance(answer, Text) or len(answer.words) <= room:
        return answer
    return Text(f"{answer.words[: room - 1]}…")


def said(question: Question, answer: Answer, language: str) -> Line:
    """An answer in the person's words: what they wrote, the label of its option, a number, a special answer."""
    if answer in question.specials:
        return Say("answer-skipped") if TYPES[question.type].own_words else Say(SPECIAL_PHRASES[str(answer)])
    if TYPES[question.type].own_words:
        return Text(str(answer))
    if isinstance(answer, int):
        return Say("just-a-number", {"number": answer})
    codes = answer if isinstance(answer, tuple) else (answer,)
    joiner = "، " if language in ("ur", "ps") else ", "
    return Text(joiner.join(question.option(code).label[language] for code in codes))


def _confirm(survey: Survey, place: Place) -> Screen:
    pending = place.pending if place.pending is not None else ""
    falling = _falling(survey, place.answers, {**place.answers, place.at: pending})
    return Screen(
        place.language,
        (Say("change-drops", {"n": len(falling)}),),
        (
            (Button(Say("button-change-anyway"), Confirmed(place.step)),),
            (Button(Say("button-keep-answer"), Kept(place.step)),),
            *_foot(place),
        ),
    )


def _languages(survey: Survey, place: Place) -> Screen:
    rows = tuple((Button(Text(LANGUAGE_NAMES[code]), ChangedLanguage(code)),) for code in survey.offered)
    return Screen(place.language, (Say("choose-language"),), (*rows, *_go_on()))


def _help(place: Place) -> Screen:
    return Screen(
        place.language,
        (Say("help"),),
        (
            *_go_on(),
            (Button(Say("button-stop"), Stopped()), Button(Say("button-language"), AskedForLanguages())),
        ),
    )


def _stopped(place: Place) -> Screen:
    return Screen(place.language, (Say("stopped"),), _go_on())


def _go_on() -> tuple[tuple[Button, ...], ...]:
    return ((Button(Say("button-continue"), Continued()),), (Button(Say("button-hide"), Hid()),))


def thanks(language: str) -> Screen:
    """The last words after the answers were sent; the bot adds the receipt and the wipe."""
    return Screen(language, (Say("thanks"),))


def screened_out(language: str) -> Screen:
    """Kind last words to somebody whom this survey does not ask."""
    return Screen(language, (Say("screened-out"),))


def hidden(language: str) -> Screen:
    """A harmless message without buttons, for a screen that somebody else looks at."""
    return Screen(language, (Say("hidden"),))
