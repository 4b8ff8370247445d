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

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import assert_never

from bot.core import layout, media, order
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
from bot.core.partial import end_of, so_far, unreached
from bot.core.questions import TYPES, ranking, text, voice, yes_no
from bot.core.questions.choices import enough, toggle
from bot.core.questions.note import READ
from bot.core.referral import speaks_of_danger
from bot.core.screen import Button, Calendar, Line, Say, Screen, Text, Value, shared
from bot.core.survey import DONT_KNOW, PREFER_NOT, SKIPPED, SPECIALS, Answer, Answers, Question, Survey

REVIEW = ""
"""Where a person is after the last question: the list of all answers."""

SPECIAL_PHRASES = {DONT_KNOW: "button-dont-know", PREFER_NOT: "button-prefer-not", SKIPPED: "button-skip"}

SPECIAL_LABELS = {special: Say(phrase) for special, phrase in SPECIAL_PHRASES.items()}

LANGUAGE_NAMES = {"ur": "اردو", "ps": "پښتو", "en": "English"}
"""Each language in its own script, whatever language is spoken at the moment."""

NUMBERS_A_ROW = 5

HIDDEN = frozenset(name for name, kind in TYPES.items() if kind.hidden)
"""The kinds of question that nobody is asked."""

LONGEST_CODE = 32
"""Letters of a code (see `bot/files/form.py`)."""

NOT_SAID = "…"
"""What stands in words for an earlier answer that was not given."""

LONGEST_NUMBER = "-123456789012345.123456"
"""Letters of a number that was worked out."""

OWN_WORDS_SHOWN = 1500
"""Letters of all answers in own words that the list of answers shows: a message holds 4,096."""

PLACE_SIZES = (2048, 4096, 8192)
"""A sealed place is as long as one of these, so that its length tells nothing of how far a person came."""

LONG_AFTER = 10
"""From so many answers on a question itself offers to send them; before, only who stops is asked."""

ROOM_FOR_MORE = 8
"""Rows of buttons under a question beside which one more is not too much."""

MARKS_KEPT = 3
"""Messages to wipe that a place may name; a button carries as many."""


@dataclass(frozen=True)
class Place:
    """Where a person is. All of it is sealed with a secret that only the person's chat holds.

    `picked` are the options set so far in a multiple choice, or the parts given of an answer that takes several
    taps, `pending` a changed answer that waits for a yes because later answers would fall away, `marks` the
    messages to wipe at the end, `typed` the newest message whose words came: those carry no step, and may be
    delivered twice, `seed` decides what is left to chance.
    """

    language: str
    at: str
    step: int = 1
    answers: Answers = field(default_factory=dict)
    picked: tuple[str, ...] = ()
    pending: Answer | None = None
    marks: tuple[int, ...] = ()
    typed: int = 0
    seed: int = 0


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
        seed=2**64,
    )
    return len(write_place(place))


def _longest_answer(question: Question) -> Answer:
    if TYPES[question.type].spoken:
        return voice.fullest(question)
    if TYPES[question.type].own_words:
        return "ا" * text.longest(question)
    if TYPES[question.type].several or question.type == "ranking":
        return question.codes
    numbers = [f"{number}.99" for number in (question.low, question.high) if number is not None]
    return max(
        [*question.codes, *numbers, question.latest, *question.specials, READ, "-1234567890.123456"], key=len
    )


@dataclass(frozen=True)
class Keep:
    """Finished answers, ready for the pool. With `code` the person wants to see the receipt."""

    answers: Answers
    language: str
    code: bool


@dataclass(frozen=True)
class Step:
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
    place = Place(language=language, at=_next(survey, answers, seed), answers=answers, marks=marks, seed=seed)
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
            return _moved(survey, place, _next(survey, place.answers, place.seed))
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
            return Step(place, _stopped(survey, place))
        case Hid():
            return Step(None, hidden(place.language), end="quit")
        case AskedToSend():
            return Step(place, _so_far(survey, place)) if _sendable(survey, place) else _not_here(survey, place)
        case Sent():
            return _sent_so_far(survey, place, event) if event.partly else _sent(survey, place, event)
        case _:
            assert_never(event)


def asked(survey: Survey, answers: Answers, seed: int = 0) -> Sequence[Question]:
    """The questions that are asked of a person with these answers, in the order in which they come."""
    return _course(survey, answers, seed)[1]


def settle(survey: Survey, answers: Answers, seed: int = 0) -> dict[str, Answer]:
    """The answers that still apply, and what is drawn and worked out beside them."""
    return _course(survey, answers, seed)[0]


def _course(survey: Survey, answers: Answers, seed: int) -> tuple[dict[str, Answer], Sequence[Question]]:
    """What `settle` and `asked` say. Conditions name earlier questions only, so one pass decides all."""
    kept: dict[str, Answer] = {}
    coming: list[Question] = []
    known: dict[int, bool] = {}
    for question, id, comes, bound, condition in survey.course:
        here = known.get(condition)
        if here is None:
            here = known[condition] = comes(kept)
        if not here:
            continue
        if question.type in HIDDEN:
            found = _found(question, kept, seed)
            if found is not None:
                kept[id] = found
            continue
        coming.append(question)
        if id in answers and (not bound or _applies(question, answers[id], kept)):
            kept[id] = answers[id]
    return kept, order.arranged(survey, coming, kept, seed)


def _found(question: Question, answers: Answers, seed: int) -> Answer | None:
    """What nobody is asked: the arm drawn, the number worked out; None where it comes to no number."""
    if question.value is None:
        return order.drawn(question, seed)
    found = question.value.compute(answers)
    return found if isinstance(found, int | float) else None


def _applies(question: Question, answer: Answer, earlier: Answers) -> bool:
    """Whether an answer is still offered, and still meets what is asked of it, after these earlier ones."""
    if answer in question.specials:
        return True
    given = answer if isinstance(answer, tuple) else (str(answer),)
    offered = question.filter is None or all(question.filter.offers(code, earlier) for code in given)
    return offered and _meets(question, answer, earlier)


def _meets(question: Question, answer: Answer, earlier: Answers) -> bool:
    return question.constraint is None or question.constraint.test.check({**earlier, question.id: answer})


def fits(question: Question, answer: Answer) -> bool:
    """True when `answer` could be an answer to `question`, special answers included."""
    return answer in question.specials or TYPES[question.type].fits(question, answer)


# -- what each event does -------------------------------------------------------------------------------


def _chose(survey: Survey, place: Place, event: Chose) -> Step:
    question = _here(survey, place, event.question)
    if question is None or TYPES[question.type].several:
        return _not_here(survey, place)
    if TYPES[question.type].steps is not None:
        parts = _following(question, place)
        return _taken(survey, place, question, parts[event.option : event.option + 1])
    if event.option not in _visible(question, place):
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
    return _moved(survey, place, _previous(survey, place))


def _toggled(survey: Survey, place: Place, event: Toggled) -> Step:
    question = _here(survey, place, event.question)
    if question is None or not TYPES[question.type].several or event.option not in _visible(question, place):
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
        return Step(place, draw(survey, place), hint=Say(wrong, _picks(question)))
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
    answer, problem = TYPES[question.type].read(_as_seen(question, place), event.words)
    if question.type == "yes_no" and event.meant in yes_no.CODES:
        answer = event.meant
    if answer is not None and TYPES[question.type].steps is not None and not fits(question, answer):
        if answer in _following(question, place):
            return _taken(survey, place, question, (str(answer),))
        answer, problem = None, "date-out-of-range"
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


def _spoke(survey: Survey, place: Place, event: Spoke) -> Step:
    """A voice note answers the question that asks for one; anywhere else nothing of it is kept."""
    question = None if place.at == REVIEW else survey.question(place.at)
    if question is None or place.pending is not None or not TYPES[question.type].spoken:
        return Step(place, draw(survey, place, problem=Say("nothing-was-kept-of-that")))
    answer, problem = voice.heard(question, event.file, event.seconds, event.size)
    if answer is None:
        return Step(place, draw(survey, place, problem=Say(problem or "voice-lost", _limits(question))))
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
    return _moved_on(survey, place, *_course(survey, {**place.answers, place.at: place.pending}, place.seed))


def _changed_language(survey: Survey, place: Place, event: ChangedLanguage) -> Step:
    if event.language not in survey.offered:
        return _not_here(survey, place)
    changed = replace(place, language=event.language)
    return Step(changed, draw(survey, changed))


def _sent(survey: Survey, place: Place, event: Sent) -> Step:
    if place.at != REVIEW or _next(survey, place.answers, place.seed) != REVIEW:
        return _not_here(survey, place)
    settled = settle(survey, place.answers, place.seed)
    kept = {id: answer for id, answer in settled.items() if _is_kept(survey.question(id))}
    return Step(
        None,
        thanks(place.language),
        keep=Keep(kept, place.language, event.code),
        end="completed",
    )


def _is_kept(question: Question) -> bool:
    return TYPES[question.type].kept and question.keep


def _sent_so_far(survey: Survey, place: Place, event: Sent) -> Step:
    if not _sendable(survey, place):
        return _not_here(survey, place)
    settled = settle(survey, place.answers, place.seed)
    kept = so_far(survey, settled, _next(survey, settled, place.seed), place.seed)
    return Step(None, thanks(place.language), keep=Keep(kept, place.language, event.code), end=end_of(kept))


def _sendable(survey: Survey, place: Place) -> bool:
    """True where something was answered, and not yet everything: else the list of answers offers to send."""
    given = place.pending is None and _given(place, asked(survey, place.answers, place.seed))
    return bool(given) and _next(survey, place.answers, place.seed) != REVIEW


def _given(place: Place, coming: Sequence[Question]) -> list[Question]:
    """Those of the questions that have an answer that would be kept."""
    return [q for q in coming if q.id in place.answers and TYPES[q.type].kept]


def _answered(survey: Survey, place: Place, question: Question, answer: Answer) -> Step:
    if answer in question.screen_out:
        return Step(None, screened_out(place.language), end="screened_out")
    if answer not in question.specials and not _meets(question, answer, place.answers):
        return _not_met(survey, place, question)
    settled, coming = _course(survey, {**place.answers, question.id: answer}, place.seed)
    if _falling(survey, place.answers, settled):
        waiting = replace(place, pending=answer, step=place.step + 1)
        return Step(waiting, draw(survey, waiting))
    return _moved_on(survey, place, settled, coming)


def _not_met(survey: Survey, place: Place, question: Question) -> Step:
    """The question again, with the words that say what its answer must meet."""
    assert question.constraint is not None
    again = replace(place, picked=()) if TYPES[question.type].steps is not None else place
    return Step(again, draw(survey, again, Text(question.constraint.message[place.language])))


def _moved_on(survey: Survey, place: Place, settled: Answers, coming: Sequence[Question]) -> Step:
    """On to the first question not yet answered, with the answers that still apply."""
    return _moved(survey, place, _first_open(coming, settled), settled, coming)


def _moved(survey: Survey, place: Place, at: str, answers: Answers | None = None, coming: Coming = None) -> Step:
    """To another question, or to the list of answers; with other answers, where these are given."""
    answers = place.answers if answers is None else answers
    picked = answers.get(at)
    several = isinstance(picked, tuple) and TYPES[survey.question(at).type].several
    moved = replace(
        place,
        at=at,
        step=place.step + 1,
        answers=answers,
        pending=None,
        picked=picked if several and isinstance(picked, tuple) else (),
    )
    return Step(moved, draw(survey, moved, coming=coming))


def _not_here(survey: Survey, place: Place) -> Step:
    return Step(place, draw(survey, place), hint=Say("hint-moved-on"))


# -- where one can be -----------------------------------------------------------------------------------


def _here(survey: Survey, place: Place, number: int) -> Question | None:
    """The question with this number when it is the present one and nothing waits for a yes."""
    if place.at == REVIEW or place.pending is not None or number >= len(survey.questions):
        return None
    question = survey.questions[number]
    return question if question.id == place.at else None


def _next(survey: Survey, answers: Answers, seed: int) -> str:
    return _first_open(asked(survey, answers, seed), answers)


def _first_open(coming: Iterable[Question], answers: Answers) -> str:
    return next((question.id for question in coming if question.id not in answers), REVIEW)


def _previous(survey: Survey, place: Place) -> str:
    """The asked question before the present one; at the first one, the first one itself."""
    before = place.at
    for question in asked(survey, place.answers, place.seed):
        if question.id == place.at:
            return before
        before = question.id
    return before


def _falling(survey: Survey, before: Answers, settled: Answers) -> list[str]:
    """The answered questions whose answers would fall away (what nobody gave does not count)."""
    return [id for id in before if id not in settled and _was_given(survey.question(id))]


def _was_given(question: Question) -> bool:
    return TYPES[question.type].kept and question.type not in HIDDEN


def _visible(question: Question, place: Place) -> Sequence[int]:
    """The numbers of the options that this person is offered, in the order in which they are seen."""
    numbers = order.options(question, place.seed)
    offered = question.filter
    if offered is None:
        return numbers
    return [number for number in numbers if offered.offers(question.options[number].code, place.answers)]


def _as_seen(question: Question, place: Place) -> Question:
    """The question with its options as they stand on the screen: a number that is typed counts these."""
    if not (question.shuffle or question.filter or question.type == "ranking"):
        return question
    placed = place.picked if question.type == "ranking" else ()
    seen = (question.options[number] for number in _visible(question, place))
    return replace(question, options=tuple(option for option in seen if option.code not in placed))


def _following(question: Question, place: Place) -> tuple[str, ...]:
    steps = TYPES[question.type].steps
    return () if steps is None else steps.next(question, place.picked)


# -- what each place shows ------------------------------------------------------------------------------


Coming = Sequence[Question] | None
"""The questions asked of a person with the answers of a place, where whoever draws it knows them already."""


def draw(survey: Survey, place: Place, problem: Line | None = None, coming: Coming = None) -> Screen:
    """The message that shows a place, with what was wrong with the last words said first."""
    screen = _draw(survey, place, coming)
    return screen if problem is None else replace(screen, lines=(problem, *screen.lines))


def _draw(survey: Survey, place: Place, coming: Coming) -> Screen:
    if place.pending is not None:
        return _confirm(survey, place)
    if coming is None:
        coming = asked(survey, place.answers, place.seed)
    if place.at == REVIEW:
        return _review(survey, place, coming)
    question = survey.question(place.at)
    number = survey.number(place.at)
    answers = (*_answer_rows(question, number, place), *_special_rows(question, number, place))
    return Screen(
        place.language,
        (*_above(question, place, coming), *_asking(survey, question, place), *_how(question, place)),
        (*answers, *_send_row(place, coming, len(answers)), *_foot(place)),
        typed=TYPES[question.type].typed,
        sound=media.sound(question, place.language, place.step),
        picture=question.picture,
    )


def _above(question: Question, place: Place, coming: Sequence[Question]) -> list[Line]:
    """Which question this is of those that are asked as things stand, notes left out; where a section begins,
    its title."""
    lines: list[Line] = []
    if question.type != "note":
        counted = [q.id for q in coming if q.type != "note"]
        lines.append(Say("question-of", {"number": counted.index(question.id) + 1, "total": len(counted)}))
    if question.heading:
        first = next(q for q in coming if q.section == question.section)
        if first.id == question.id:
            lines.append(Text(question.heading[place.language]))
    return lines


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
    kind, limits = TYPES[question.type], _limits(question)
    if kind.own_words:
        return _about_own_words(question, place)
    if kind.typed and limits:
        return [Say("type-a-decimal-between" if question.decimals else "type-a-number-between", limits)]
    if kind.several:
        return [Say(_how_many(question), _picks(question))]
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


def _picks(question: Question) -> dict[str, Value]:
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


def _send_row(place: Place, coming: Sequence[Question], rows: int) -> tuple[tuple[Button, ...], ...]:
    """An offer to send what was answered so far, once it is much and where there is room for it."""
    if rows > ROOM_FOR_MORE or len(place.answers) < LONG_AFTER:  # so much is cheap to know
        return ()
    all_given = place.at in place.answers and _first_open(coming, place.answers) == REVIEW
    given = (question for question in coming if question.id in place.answers and TYPES[question.type].kept)
    if all_given or next(islice(given, LONG_AFTER - 1, None), None) is None:
        return ()
    return ((Button(Say("button-send-so-far"), AskedToSend()),),)


def _about_own_words(question: Question, place: Place) -> list[Line]:
    how = "voice-how" if TYPES[question.type].spoken else "open-answer-how"
    lines: list[Line] = [Say(how, _limits(question))]
    if question.id in place.answers:
        answer = said(question, place.answers[question.id], place.language)
        lines.append(Say("open-answer-now", {"answer": answer}))
    return lines


def _limits(question: Question) -> dict[str, Value]:
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
    keep = ((Button(Say("button-keep-answer"), Reviewed(place.step)),),)
    if kind.own_words:
        return keep if question.id in place.answers else ()
    if kind.steps is not None:
        rows = layout.rows(_part_buttons(question, number, place))
        return (*rows, *keep) if question.id in place.answers and not place.picked else rows
    buttons = [
        Button(_numbered(question, n, place), _does(question, number, n, place)) for n in _visible(question, place)
    ]
    rows = layout.rows(buttons)
    if kind.several:
        rows = (*rows, (Button(Say("button-done"), Finished(number, place.step)),))
    return rows


def _part_buttons(question: Question, number: int, place: Place) -> list[Button]:
    """The parts that can follow; a ranking's in the order in which this person sees its options."""
    parts = _following(question, place)
    seen = [option.code for option in _as_seen(question, place).options] if question.options else list(parts)
    return [
        Button(_part_label(question, part, place), Chose(number, parts.index(part), place.step))
        for part in seen
        if part in parts
    ]


def _part_label(question: Question, part: str, place: Place) -> Line:
    if question.type == "ranking":
        return Text(question.option(part).label[place.language])
    named = (Calendar(part), Calendar(f"--{part}"), int(part))  # a year, a month, a day
    return Say("just-a-number", {"number": named[len(place.picked)]})


def _numbered(question: Question, index: int, place: Place) -> Line:
    return media.numbered(question, index, place.language, _label(question, index, place))


def _label(question: Question, index: int, place: Place) -> Line:
    option = question.options[index]
    words = option.label[place.language]
    if not TYPES[question.type].several:
        return shared(f"● {words}" if place.answers.get(question.id) == option.code else words)
    return shared(f"☑ {words}" if option.code in place.picked else f"☐ {words}")


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
    label = SPECIAL_LABELS[SKIPPED if TYPES[question.type].own_words else special]
    return Say("chosen", {"label": label}) if place.answers.get(question.id) == special else label


TO_LANGUAGES = Button(Say("button-language"), AskedForLanguages())
HIDING = (Button(Say("button-hide"), Hid()),)


def _foot(place: Place) -> tuple[tuple[Button, ...], ...]:
    """Hiding has a row of its own: under a short question a third of a row is too narrow to be read."""
    return (Button(Say("button-back"), WentBack(place.step)), TO_LANGUAGES), HIDING


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


def _so_far(survey: Survey, place: Place) -> Screen:
    """The answers so far, and what it means to send them as they are."""
    missing = len(unreached(survey, place.answers, _next(survey, place.answers, place.seed), place.seed))
    return Screen(
        place.language,
        (
            Say("so-far-title"),
            *_answers(survey, _given(place, asked(survey, place.answers, place.seed)), place),
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
    given = _given(place, coming)
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
    falling = _falling(survey, place.answers, settled)
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


def _stopped(survey: Survey, place: Place) -> Screen:
    send = ((Button(Say("button-send-so-far"), AskedToSend()),),) if _sendable(survey, place) else ()
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
