"""What each place of an interview shows: the message, its buttons, and the screens beside it.

Laws:
1. The same survey and place give the same screen, in the language of the place.
2. Every screen has a way on, a way back or a language to change to, and *Hide now*.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.core import layout, media
from bot.core.course import (
    Course,
    course_at,
    falling,
    following,
    sendable,
    settle,
    visible,
    with_answers,
)
from bot.core.events import (
    AskedForLanguages,
    AskedToSend,
    ChangedLanguage,
    Chose,
    Confirmed,
    Continued,
    Finished,
    Hid,
    Kept,
    ReadOn,
    Reviewed,
    Revised,
    Sent,
    Skipped,
    Stopped,
    Toggled,
    WentBack,
)
from bot.core.partial import unreached
from bot.core.place import REVIEW, Place
from bot.core.questions import TYPES, ranking, text, voice
from bot.core.screen import Button, Calendar, Line, Say, Screen, Text, Value, shared
from bot.core.survey import DONT_KNOW, PREFER_NOT, SKIPPED, SPECIALS, Answer, Question, Survey

SPECIAL_PHRASES = {DONT_KNOW: "button-dont-know", PREFER_NOT: "button-prefer-not", SKIPPED: "button-skip"}

SPECIAL_LABELS = {special: Say(phrase) for special, phrase in SPECIAL_PHRASES.items()}

LANGUAGE_NAMES = {"ur": "اردو", "ps": "پښتو", "en": "English"}
"""Each language in its own script, whatever language is spoken at the moment."""

NUMBERS_A_ROW = 5

NOT_SAID = "…"
"""What stands in words for an earlier answer that was not given."""

OWN_WORDS_SHOWN = 1500
"""Letters of all answers in own words that the list of answers shows: a message holds 4,096."""

LONG_AFTER = 10
"""From so many answers on a question itself offers to send them; before, only who stops is asked."""

ROOM_FOR_MORE = 8
"""Rows of buttons under a question beside which one more is not too much."""


def draw(survey: Survey, place: Place, problem: Line | None = None, course: Course | None = None) -> Screen:
    """The message that shows a place, with what was wrong with the last words said first.

    `course` is what lies before the person, where whoever draws knows it already.
    """
    screen = _draw(survey, place, course)
    return screen if problem is None else screen._replace(lines=(problem, *screen.lines))


def _draw(survey: Survey, place: Place, course: Course | None) -> Screen:
    if place.pending is not None:
        return _confirm(survey, place)
    if course is None:
        course = course_at(survey, place)
    if place.at == REVIEW:
        return _review(survey, place, course.coming)
    question = survey.question(place.at)
    number = survey.number(place.at)
    answers = (*_answer_rows(question, number, place), *_special_rows(question, number, place))
    return Screen(
        place.language,
        (*_above(question, place, course), *_asking(survey, question, place), *_how(question, place)),
        (*answers, *_send_row(survey, place, course, len(answers)), *_foot(place.step)),
        typed=TYPES[question.type].typed,
        sound=media.sound(question, place.language, place.step),
        picture=question.picture,
    )


def _above(question: Question, place: Place, course: Course) -> list[Line]:
    """Which question this is of those that are asked as things stand, notes left out; where a section begins,
    its title."""
    lines: list[Line] = []
    if question.counts:
        lines.append(_question_of(course.counted.index(question.id) + 1, len(course.counted)))
    if question.heading:
        first = next(q for q in course.coming if q.section == question.section)
        if first.id == question.id:
            lines.append(Text(question.heading[place.language]))
    return lines


@lru_cache(maxsize=1024)
def _question_of(number: int, total: int) -> Say:
    return Say("question-of", {"number": number, "total": total})


def _asking(survey: Survey, question: Question, place: Place) -> list[Line]:
    """The words of a question; above those of a statement of a grid what all its statements share."""
    said = (question.stem, question.ask) if question.stem else (question.ask,)
    return [_worded(survey, question, words[place.language], place) for words in said]


def _worded(survey: Survey, question: Question, words: str, place: Place) -> Text:
    """Words of a question, with earlier answers where it names them."""
    if not question.pipes:
        return shared(words)
    return Text(words, {id: _piped(survey.question(id), place) for id in question.pipes})


def _piped(question: Question, place: Place) -> Value:
    answer = place.answers.get(question.id)
    if answer is None or answer in question.specials:
        return NOT_SAID
    return said(question, answer, place.language)


def _how(question: Question, place: Place) -> list[Line]:
    """What to do with a question, below its words."""
    kind = TYPES[question.type]
    if kind.own_words:
        return _about_own_words(question, place)
    if kind.typed and (bounds := limits(question)):
        return [Say("type-a-decimal-between" if question.decimals else "type-a-number-between", bounds)]
    if kind.several:
        return [Say(_how_many(question), picks(question))]
    if kind.steps is not None:
        return _parts_so_far(question, place)
    if question.ends is not None:
        ends = {
            "low": Text(question.options[0].label[place.language]),
            "low_means": Text(question.ends[0][place.language]),
            "high": Text(question.options[-1].label[place.language]),
            "high_means": Text(question.ends[1][place.language]),
        }
        return [Say("scale-ends", ends)]
    return []


def _how_many(question: Question) -> str:
    if question.least is not None and question.most is not None:
        return "pick-between"
    if question.most is not None:
        return "pick-at-most"
    return "pick-one-or-more" if question.least is None else "pick-at-least"


def picks(question: Question) -> dict[str, Value]:
    bounds = {"least": question.least, "most": question.most}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _parts_so_far(question: Question, place: Place) -> list[Line]:
    """The parts given of an answer that takes several taps; before the first, the answer that stands."""
    if place.picked:
        return [Say("answer-so-far", {"answer": _parts(question, place.picked, place.language)})]
    lines: list[Line] = []
    if question.type == "ranking":
        lines.append(Say("rank-one-after-another", {"most": ranking.places(question)}))
    if question.id in place.answers and place.answers[question.id] not in question.specials:
        lines.append(Say("answer-now", {"answer": said(question, place.answers[question.id], place.language)}))
    return lines


def _parts(question: Question, parts: tuple[str, ...], language: str) -> Line:
    if question.type == "ranking":
        return _listed([question.option(code).label[language] for code in parts], language)
    return Say("just-a-number", {"number": Calendar("-".join(parts))})


def _send_row(survey: Survey, place: Place, course: Course, rows: int) -> tuple[tuple[Button, ...], ...]:
    """An offer to send what was answered so far, once it is much and where there is room for it."""
    if rows > ROOM_FOR_MORE or not _is_much(survey, place, course.coming):
        return ()
    all_given = place.at in place.answers and course.open == REVIEW
    return () if all_given else SENDING


def _is_much(survey: Survey, place: Place, coming: Sequence[Question]) -> bool:
    """Whether so much was answered that would be kept. Mostly the number of answers alone tells."""
    if not LONG_AFTER <= len(place.answers) < LONG_AFTER + survey.unanswered:
        return len(place.answers) >= LONG_AFTER
    return len(with_answers(place, coming)) >= LONG_AFTER


SENDING = ((Button(Say("button-send-so-far"), AskedToSend()),),)


def _about_own_words(question: Question, place: Place) -> list[Line]:
    how = "voice-how" if TYPES[question.type].spoken else "open-answer-how"
    lines: list[Line] = [Say(how, limits(question))]
    if question.id in place.answers:
        answer = said(question, place.answers[question.id], place.language)
        lines.append(Say("open-answer-now", {"answer": answer}))
    return lines


def limits(question: Question) -> dict[str, Value]:
    """The lowest and the highest number allowed, where a question has both; of own words the most letters or
    seconds."""
    if TYPES[question.type].spoken:
        return {"seconds": voice.longest(question)}
    if TYPES[question.type].own_words:
        return {"most": text.longest(question)}
    if question.type == "date":
        return {"low": Calendar(question.earliest), "high": Calendar(question.latest)}
    if question.low is None or question.high is None:
        return {}
    places: dict[str, Value] = {"places": question.decimals} if question.decimals else {}
    return {"low": question.low, "high": question.high, **places}


def _answer_rows(question: Question, number: int, place: Place) -> tuple[tuple[Button, ...], ...]:
    if question.type == "note":
        return ((Button(Say("button-next"), ReadOn(number, place.step)),),)
    kind = TYPES[question.type]
    if kind.own_words:
        return _keep_row(place) if question.id in place.answers else ()
    if kind.steps is not None:
        rows = _part_rows(question, number, place)
        return (*rows, *_keep_row(place)) if question.id in place.answers and not place.picked else rows
    labels, seen = question.labels[place.language], tuple(visible(question, place))
    numbered = media.numbers_options(question, place.language)
    if kind.several:
        on = tuple([index for index in seen if question.options[index].code in place.picked])
        return _rows_to_toggle(labels, seen, on, numbered, number, place.step)
    given = place.answers.get(question.id)
    chosen = question.codes.index(given) if given in question.codes else None
    return _rows_to_choose(labels, seen, chosen, numbered, number, place.step)


def _keep_row(place: Place) -> tuple[tuple[Button, ...], ...]:
    return ((Button(Say("button-keep-answer"), Reviewed(place.step)),),)


# Most people at a question are at the same step of their interview: what they see is made once for all of them.


@lru_cache(maxsize=1024)
def _rows_to_choose(
    labels: tuple[str, ...], seen: tuple[int, ...], chosen: int | None, numbered: bool, number: int, step: int
) -> tuple[tuple[Button, ...], ...]:
    """The options that a person is offered, with numbers in front where the question can be heard."""
    said = {index: shared(f"● {labels[index]}" if index == chosen else labels[index]) for index in seen}
    return layout.rows(
        [Button(_numbered(said[index], index, numbered), Chose(number, index, step)) for index in seen]
    )


@lru_cache(maxsize=1024)
def _rows_to_toggle(
    labels: tuple[str, ...], seen: tuple[int, ...], on: tuple[int, ...], numbered: bool, number: int, step: int
) -> tuple[tuple[Button, ...], ...]:
    said = {index: shared(f"☑ {labels[index]}" if index in on else f"☐ {labels[index]}") for index in seen}
    return (
        *layout.rows(
            [
                Button(_numbered(said[index], index, numbered), Toggled(number, index, index not in on, step))
                for index in seen
            ]
        ),
        (Button(DONE, Finished(number, step)),),
    )


def _numbered(label: Line, index: int, numbered: bool) -> Line:
    return Say("option-numbered", {"number": index + 1, "label": label}) if numbered else label


def _part_rows(question: Question, number: int, place: Place) -> tuple[tuple[Button, ...], ...]:
    """The parts that can follow; a ranking's in the order in which this person sees its options."""
    parts = following(question, place)
    if not question.options:
        return _rows_to_name(len(place.picked), parts, number, place.step)
    codes, labels = question.codes, question.labels[place.language]
    seen = [index for index in visible(question, place) if codes[index] in parts]
    said = tuple([labels[index] for index in seen])
    return _rows_to_rank(said, tuple([parts.index(codes[index]) for index in seen]), number, place.step)


@lru_cache(maxsize=1024)
def _rows_to_name(given: int, parts: tuple[str, ...], number: int, step: int) -> tuple[tuple[Button, ...], ...]:
    """Years, months or days, after so many parts of a date."""
    named = [
        Calendar(part) if given == 0 else Calendar(f"--{part}") if given == 1 else int(part) for part in parts
    ]
    return layout.rows(
        [
            Button(Say("just-a-number", {"number": one}), Chose(number, index, step))
            for index, one in enumerate(named)
        ]
    )


def _named(given: int, part: str) -> Value:
    return Calendar(part) if given == 0 else Calendar(f"--{part}") if given == 1 else int(part)


@lru_cache(maxsize=1024)
def _rows_to_rank(
    labels: tuple[str, ...], parts: tuple[int, ...], number: int, step: int
) -> tuple[tuple[Button, ...], ...]:
    return layout.rows(
        [Button(shared(label), Chose(number, part, step)) for label, part in zip(labels, parts, strict=True)]
    )


def _special_rows(question: Question, number: int, place: Place) -> tuple[tuple[Button, ...], ...]:
    if not question.specials or not question.counts:
        return ()
    given = place.answers.get(question.id)
    chosen = str(given) if given in question.specials else ""
    own_words = TYPES[question.type].own_words
    return _rows_to_skip(tuple(question.specials), chosen, own_words, number, place.step)


@lru_cache(maxsize=1024)
def _rows_to_skip(
    specials: tuple[str, ...], chosen: str, own_words: bool, number: int, step: int
) -> tuple[tuple[Button, ...], ...]:
    offered = [special for special in SPECIALS if special in specials]
    said = {special: SPECIAL_LABELS[SKIPPED if own_words else special] for special in offered}
    return tuple(
        [
            (
                Button(
                    Say("chosen", {"label": said[one]}) if one == chosen else said[one],
                    Skipped(number, one, step),
                ),
            )
            for one in offered
        ]
    )


BACK, DONE = Say("button-back"), Say("button-done")

TO_LANGUAGES = Button(Say("button-language"), AskedForLanguages())

HIDING = (Button(Say("button-hide"), Hid()),)


@lru_cache(maxsize=256)
def _foot(step: int) -> tuple[tuple[Button, ...], ...]:
    """Hiding has a row of its own: under a short question a third of a row is too narrow to be read."""
    return (Button(BACK, WentBack(step)), TO_LANGUAGES), HIDING


def _answers(survey: Survey, given: list[Question], place: Place) -> list[Line]:
    """Each of these questions with its answer, in the person's words."""
    room = OWN_WORDS_SHOWN // max(1, sum(TYPES[q.type].own_words for q in given))
    return [
        Say(
            "review-line",
            {
                "number": index,
                "question": _worded(survey, q, q.ask[place.language], place),
                "answer": _shortened(said(q, place.answers[q.id], place.language), q, room),
            },
        )
        for index, q in enumerate(given, start=1)
    ]


def answers_so_far(survey: Survey, place: Place) -> Screen:
    """The answers so far, and what it means to send them as they are."""
    here = course_at(survey, place)
    missing = len(unreached(survey, place.answers, here.open, place.seed))
    return Screen(
        place.language,
        (
            Say("so-far-title"),
            *_answers(survey, with_answers(place, here.coming), place),
            Say("so-far-means", {"number": missing}),
            Say("review-foot"),
        ),
        (
            (Button(Say("button-send-these"), Sent(code=False, step=place.step, partly=True)),),
            (Button(Say("button-send-these-with-code"), Sent(code=True, step=place.step, partly=True)),),
            *_go_on(),
        ),
        tight=True,
    )


def _review(survey: Survey, place: Place, coming: Sequence[Question]) -> Screen:
    given = with_answers(place, coming)
    lines: list[Line] = [Say("review-title"), *_answers(survey, given, place), Say("review-foot")]
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
            *_foot(place.step),
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
        skipped = answer == SKIPPED or TYPES[question.type].own_words
        return Say("answer-skipped" if skipped else SPECIAL_PHRASES[str(answer)])
    if TYPES[question.type].spoken:
        return Say("voice-of", {"seconds": voice.note(answer).seconds})
    if TYPES[question.type].own_words:
        return Text(str(answer))
    if isinstance(answer, int | float):
        return Say("just-a-number", {"number": answer})
    if question.type == "date":
        return Say("just-a-number", {"number": Calendar(str(answer))})
    codes = answer if isinstance(answer, tuple) else (answer,)
    return _listed([question.option(code).label[language] for code in codes], language)


def _listed(words: Iterable[str], language: str) -> Text:
    joiner = "، " if language in ("ur", "ps") else ", "
    return Text(joiner.join(words))


def _confirm(survey: Survey, place: Place) -> Screen:
    pending = place.pending if place.pending is not None else ""
    settled = settle(survey, {**place.answers, place.at: pending}, place.seed)
    lost = falling(survey, place.answers, settled)
    return Screen(
        place.language,
        (Say("change-drops", {"n": len(lost)}),),
        (
            (Button(Say("button-change-anyway"), Confirmed(place.step)),),
            (Button(Say("button-keep-answer"), Kept(place.step)),),
            *_foot(place.step),
        ),
    )


def languages(survey: Survey, place: Place) -> Screen:
    rows = tuple((Button(Text(LANGUAGE_NAMES[code]), ChangedLanguage(code)),) for code in survey.offered)
    return Screen(place.language, (Say("choose-language"),), (*rows, *_go_on()))


def helping(place: Place) -> Screen:
    return Screen(
        place.language,
        (Say("help"),),
        (
            *_go_on(),
            (Button(Say("button-stop"), Stopped()), Button(Say("button-language"), AskedForLanguages())),
        ),
    )


def stopped(survey: Survey, place: Place) -> Screen:
    send = ((Button(Say("button-send-so-far"), AskedToSend()),),) if sendable(survey, place) else ()
    go_on, hide = _go_on()
    return Screen(place.language, (Say("stopped", {"days": survey.clocks.idle_days}),), (go_on, *send, hide))


def _go_on() -> tuple[tuple[Button, ...], ...]:
    return ((Button(Say("button-continue"), Continued()),), (Button(Say("button-hide"), Hid()),))


def thanks(language: str) -> Screen:
    """The last words after the answers were sent; the bot adds the receipt and the wipe."""
    return Screen(language, (Say("thanks"),))


def fetching(place: Place) -> Screen:
    """While voice notes are fetched; where that comes to nothing, one can go on from here."""
    return Screen(place.language, (Say("voice-fetching"),), _go_on())


def screened_out(language: str) -> Screen:
    """Kind last words to somebody whom this survey does not ask."""
    return Screen(language, (Say("screened-out"),))


def hidden(language: str) -> Screen:
    """A harmless message without buttons, for a screen that somebody else looks at."""
    return Screen(language, (Say("hidden"),))
