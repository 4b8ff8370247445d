"""What somebody with a phone does, wisely or not, and what the phone has shown them: the confirmed answers.

Laws:
1. A person knows only what the phone shows. A step that was shown is confirmed: it must never be undone.
2. A tap on a button whose step is older than one that was shown must change nothing; it is not written down as
   a possible answer, so that it is noticed if it does.
3. What is sent must be, word for word, the list of answers that was shown with the tapped Send button.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.emulator.phones import Mistake, Phones
from bot.emulator.world import Message

QUESTIONS = ("first", "second", "third", "fourth", "fifth")
LETTERS = "abcd"
MARKS = "wxyz"
UNSEEN = dict.fromkeys([*range(0x2066, 0x206A), 0x200E, 0x200F], None)
SLIPS = 5000
"""A wrong number is this, the person's number and two digits: whose it is shows all the same."""

DATA = re.compile(r"v1:([\w-]{22}):(\d):(\d+):([+-]?\w+):(\d+)")

Answer = str | int | tuple[str, ...]
Answers = dict[str, Answer]


class Wrong(AssertionError):
    """Somebody saw what must not be."""


def marker(number: int) -> Answers:
    """The answers that name a person: `third` is a power of two, so sums show who is missing or double."""
    first = LETTERS[number % 4]
    picked = tuple(mark for bit, mark in enumerate(MARKS) if (number % 15 + 1) >> bit & 1)
    answers: Answers = {"first": first, "second": picked, "third": 2**number, "fourth": number + 1}
    if first in "ab":
        answers["fifth"] = LETTERS[number // 2 % 4]
    return answers


def account(number: int) -> int:
    """The Telegram account of a person."""
    return 7_040_000_000 + 1_000_003 * number


@dataclass
class Interview:
    """One interview as its person knows it: the newest step shown, and what may have been answered."""

    step: int = 0
    possible: dict[str, set[Answer]] = field(default_factory=lambda: {name: set() for name in QUESTIONS})
    ticked: set[str] = field(default_factory=set)
    acted: set[int] = field(default_factory=set)
    unexplained: set[int] = field(default_factory=set)
    typed: bool = False


@dataclass(frozen=True)
class Button:
    """A button somebody saw: in which message, its words, what it carries."""

    message: int
    label: str
    data: str


@dataclass(frozen=True)
class View:
    """A message of the bot as it stands on the phone."""

    id: int
    edits: int
    text: str
    buttons: tuple[Button, ...]

    def button(self, label: str) -> Button | None:
        """The button with these words."""
        return next((one for one in self.buttons if one.label == label), None)

    @property
    def question(self) -> str:
        """The name of the question it asks; empty for all else."""
        if self.button("Send answers"):
            return ""
        return next((name for name in QUESTIONS if f"{name.capitalize()} question" in self.text), "")

    @property
    def grip(self) -> tuple[str, int] | None:
        """Which interview its buttons belong to, and at which step; None outside of one."""
        found = [match for one in self.buttons if (match := DATA.fullmatch(one.data))]
        return (found[0][1], max(int(match[5]) for match in found)) if found else None


class Person:
    """Somebody with a phone. `number` decides the answers; `chance` their moods."""

    def __init__(self, phones: Phones, number: int, wave: str, chance: Random) -> None:
        self.phones = phones
        self.number = number
        self.id = account(number)
        self.wave = wave
        self.chance = chance
        self.want = marker(number)
        self.interviews: dict[str, Interview] = {}
        self.reviewed: dict[tuple[str, int], Answers] = {}
        self.sent: list[Answers] = []
        """The lists of answers whose Send button was tapped: one of them, at most, may be counted."""
        self.seen: list[Button] = []
        self.done = False
        self.code = ""
        self.withdrawing = False
        self.withdrawn = False
        self.taps = 0
        self.texts = 0
        self.confirmed = 0
        self._said_done = False
        self._known: dict[int, int] = {}
        self._tapped = ""
        self._given_up: set[str] = set()
        self._slips = chance.random() < 0.5
        phones.add(f"Person {number}", self.id, language_code="en")

    # -- looking --------------------------------------------------------------------------------------

    def look(self) -> list[View]:
        """Read the phone; raises Wrong for what nobody may ever see."""
        views = [_view(message) for message in self._messages()]
        news = [view for view in views if self._known.get(view.id) != view.edits]
        newest = {secret: interview.step for secret, interview in self.interviews.items()}
        for view in news:
            self._known[view.id] = view.edits
            self._read(view, newest)
        return views

    def _messages(self) -> list[Message]:
        chat = self.phones.chat(self.id)
        return [message for message in chat.messages.values() if message.from_bot and message.on_phone]

    def _read(self, view: View, newest: dict[str, int]) -> None:
        for button in view.buttons:
            if button not in self.seen[-60:]:
                self.seen.append(button)
        if "Thank you for your answers" in view.text:
            self.done = self._said_done = True
            if found := re.search(r"Your code: (\d{10}) (\d{10})", view.text):
                self.code = found[1] + found[2]
        if "already answered here" in view.text:
            self._said_done = True
        if "These answers were deleted" in view.text and self.withdrawing:
            self.withdrawn = True
        if "question is closed" in view.text:
            self._given_up.add(self._tapped)
        if view.grip is not None:
            self._read_interview(view, *view.grip, newest)

    def _read_interview(self, view: View, secret: str, step: int, newest: dict[str, int]) -> None:
        interview = self.interviews.setdefault(secret, Interview())
        if not step:
            return
        if step < newest.get(secret, 0):
            raise Wrong(f"person {self.number} saw step {newest[secret]}, and then step {step} again")
        self.confirmed += step > interview.step
        self._explain(interview, step)
        interview.step = max(step, interview.step)
        if view.button("Send answers"):
            self._read_review(view, interview, secret, step)

    def _explain(self, interview: Interview, step: int) -> None:
        """Each step forward follows from a tap at the step before it, or from words typed once."""
        if interview.step:
            interview.unexplained |= set(range(interview.step, step)) - interview.acted
        if sum(len(one.unexplained) for one in self.interviews.values()) > self.texts:
            raise Wrong(f"person {self.number} is at step {step}, and did nothing that leads there")

    def _read_review(self, view: View, interview: Interview, secret: str, step: int) -> None:
        shown = _answers_of(view.text)
        if self.reviewed.get((secret, step)) == shown:
            return
        for name, answer in shown.items():
            if answer not in interview.possible[name]:
                given = sorted(map(str, interview.possible[name]))
                raise Wrong(f"person {self.number} never gave {answer!r} to {name}: {given}")
            interview.possible[name] = {answer}
        self.reviewed[secret, step] = shown

    # -- acting ---------------------------------------------------------------------------------------

    def step(self, *, careful: bool = False) -> None:
        """Do what leads on. `careful` makes no slips."""
        views = self.look()
        if self.phones.chat(self.id).blocked:
            self.phones.unblock(self.id)
        if self.done or self._said_done:
            return
        at = self._where(views)
        if at is None:
            self.start()
        elif at.question and not at.button("Change it"):
            self._answer(at, careful=careful)
        elif at.button("Send answers"):
            self._review(at)
        else:
            self._lead_on(at)

    def _where(self, views: list[View]) -> View | None:
        """The message to act upon: the newest interview, unless something newer must be read first. What can only
        be hidden asks for nothing."""
        inside = [view for view in views if view.grip and view.grip[0] not in self._given_up]
        if inside:
            return max(inside, key=lambda view: view.id)
        outside = [
            view for view in views if not view.grip and any(one.label != "Hide now" for one in view.buttons)
        ]
        return max(outside, key=lambda view: view.id, default=None)

    def _lead_on(self, view: View) -> None:
        for label in (
            "English",
            "Yes, I agree",
            "Continue",
            "Keep it as it was" if self.chance.random() < 0.3 else "Change it",
            "Change it",
            "Yes, start over",
            "Start over",
        ):
            if button := view.button(label):
                self.tap(button)
                return
        self.start()

    def _answer(self, view: View, *, careful: bool) -> None:
        name = view.question
        slip = not careful and self._slips and self.chance.random() < 0.15
        if not careful and self.chance.random() < 0.08 and (back := view.button("Back")):
            self.tap(back)
        elif name in ("third", "fourth"):
            self._type(view, name, slip)
        elif name == "second":
            self._tick(view, slip)
        else:
            want = self.want.get(name, "a")
            letter = self.chance.choice(LETTERS) if slip else str(want)
            self._press_letter(view, letter)

    def _press_letter(self, view: View, letter: str) -> None:
        label = letter.upper()
        if button := view.button(label) or view.button(f"● {label}"):
            self.tap(button)

    def _tick(self, view: View, slip: bool) -> None:
        want = {self.chance.choice(MARKS)} if slip else set(self.want["second"])  # type: ignore[arg-type]
        for mark in MARKS:
            label = mark.upper()
            if mark in want and (button := view.button(f"☐ {label}")):
                self.tap(button)
                return
            if mark not in want and (button := view.button(f"☑ {label}")):
                self.tap(button)
                return
        if button := view.button("Done"):
            self.tap(button)

    def _type(self, view: View, name: str, slip: bool) -> None:
        """Type the number; whose interview forgot the chat's secret sees nothing change, and taps first."""
        assert view.grip is not None
        interview = self.interviews[view.grip[0]]
        if interview.typed and self.chance.random() < 0.6 and (button := view.button("Language")):
            interview.typed = False
            self.tap(button)
            return
        # Typed again before the next question is seen, the words may answer that one: only the person can tell.
        names = ("third", "fourth") if interview.typed else (name,)
        interview.typed = True
        number = SLIPS + 100 * self.number + self.chance.randint(0, 99) if slip else int(str(self.want[name]))
        for one in self.interviews.values():
            for each in names:
                one.possible[each].add(number)
        self.say(str(number))

    def _review(self, view: View) -> None:
        assert view.grip is not None
        shown = self.reviewed[view.grip]
        wrong = [name for name in QUESTIONS if shown.get(name) != self.want.get(name)]
        if wrong:
            # What is shown in the list has a number; the fifth question appears and goes with the first.
            names = [name for name in QUESTIONS if name in shown]
            name = next((one for one in wrong if one in names), names[0])
            if button := view.button(str(names.index(name) + 1)):
                self.tap(button)
            return
        label = "Send and show my code" if self.chance.random() < 0.5 else "Send answers"
        if button := view.button(label):
            self.tap(button)

    def tap(self, button: Button) -> None:
        """Tap a button, as it was seen, wherever it now is."""
        self._foresee(button)
        self.taps += 1
        self.phones.tap(self.id, {"data": button.data}, button.message)

    def _foresee(self, button: Button) -> None:
        """Write down what this tap may lead to."""
        match = DATA.fullmatch(button.data)
        if match is None:
            return
        secret, question, what, step = match[1], int(match[3]), match[4], int(match[5])
        interview = self.interviews.setdefault(secret, Interview())
        interview.typed = False
        self._tapped = secret
        if step < interview.step:
            return  # old: it must not change anything
        interview.acted.add(step)
        if what in ("s", "S") and (secret, step) in self.reviewed:
            self.sent.append(self.reviewed[secret, step])
        elif what[0] in "+-" and what[1:].isdecimal():
            interview.ticked.add(MARKS[int(what[1:])])
            interview.possible["second"] |= _subsets(interview.ticked)
        elif what.isdecimal():
            interview.possible[QUESTIONS[question]].add(LETTERS[int(what)])

    def write(self) -> int:
        """Write a line of no meaning; returns its number in the chat."""
        if self.phones.chat(self.id).blocked:
            self.phones.unblock(self.id)
        return int(self.phones.send(self.id, "salaam")["message_id"])

    def start(self) -> None:
        """Open the link."""
        self.phones.start(self.id, self.wave)

    def say(self, words: str) -> None:
        """Type words."""
        self.texts += 1
        self.phones.send(self.id, words)

    # -- mischief -------------------------------------------------------------------------------------

    def mischief(self, kind: str) -> None:
        """One of MISCHIEF; what a phone cannot do at the moment does not happen."""
        self.look()
        try:
            getattr(self, f"_{kind}")()
        except Mistake:
            return

    def _often(self) -> None:
        """Twenty taps on one button, or two."""
        if at := self._where(self.look()):
            button = self.chance.choice(at.buttons)
            if "Hide" not in button.label:
                for _ in range(self.chance.choice((2, 2, 2, 2, 20))):
                    self.tap(button)

    def _race(self) -> None:
        """Different buttons of one message, one after the other before anything can be drawn."""
        if at := self._where(self.look()):
            for button in self.chance.sample(at.buttons, min(2, len(at.buttons))):
                if "Hide" not in button.label:
                    self.tap(button)

    def _stale(self) -> None:
        """A button seen at some time, tapped where it was."""
        if self.seen:
            button = self.chance.choice(self.seen)
            if "Hide" not in button.label and "start over" not in button.label.lower():
                self.tap(button)

    def _forged(self) -> None:
        """Data that nobody of ours wrote, or that belongs to somebody else."""
        secret = "".join(self.chance.choice("ABCDEFGHabcdefgh") for _ in range(22))
        data = self.chance.choice(
            (
                f"v1:{secret}:0:0:1:1",
                "v1:x:0:0:1:1",
                f"o:y:{self.wave}:en:1:9:3",
                "d:home",
                "d:closesure:" + self.wave,
                f"v1:{secret}:3:9:+9:999999",
                "\x00",
                "🙂",
            )
        )
        messages = self._messages()
        self.phones.tap(self.id, {"data": data}, messages[-1].id if messages else 1)

    def _again(self) -> None:
        """The link once more."""
        self.start()

    def _hide(self) -> None:
        """Hide, in the middle of it all: the interview is gone, and may be begun anew."""
        if (at := self._where(self.look())) and (button := at.button("Hide now")):
            self.tap(button)

    def _words(self) -> None:
        """Words nobody asked for, and commands."""
        self.say(
            self.chance.choice(("?", "salaam", "/help", "/language", "back", "/desk", "/claim XYZ", "/withdraw"))
        )

    def _edited(self) -> None:
        """Own words changed afterwards: that never changes an answer."""
        own = [message for message in self.phones.chat(self.id).messages.values() if not message.from_bot]
        if own:
            self.phones.edit(self.id, self.chance.choice(own).id, "7")

    def _block(self) -> None:
        """Block the bot; `step` unblocks."""
        if not self.phones.chat(self.id).blocked:
            self.phones.block(self.id)

    def withdraw(self) -> None:
        """Take the answers back with the code, if there is one."""
        self.look()
        if self.code and not self.phones.chat(self.id).blocked:
            self.withdrawing = True
            self.say(f"/withdraw {self.code}")


MISCHIEF = ("often", "race", "stale", "stale", "forged", "again", "hide", "words", "edited", "block")


def _view(message: Message) -> View:
    buttons = tuple(
        Button(message.id, plain(each["text"]), each["callback_data"])
        for row in message.keyboard.inline
        for each in row
        if "callback_data" in each
    )
    return View(message.id, message.edits, plain(message.words), buttons)


def plain(words: str) -> str:
    """Words without what no eye sees."""
    return words.translate(UNSEEN)


def _answers_of(text: str) -> Answers:
    """The answers that the list before sending shows."""
    found: Answers = {}
    for name in QUESTIONS:
        match = re.search(rf"{name.capitalize()} question\s*“([^”]*)”", text)
        if match is None:
            continue
        words = match[1].strip().lower()
        if name in ("third", "fourth"):
            found[name] = int(words.replace(",", "").replace("\u202f", "").replace("\xa0", ""))
        elif name == "second":
            found[name] = tuple(mark for mark in MARKS if mark in words.split(", "))
        else:
            found[name] = words
    return found


def _subsets(marks: set[str]) -> set[Answer]:
    ordered = [mark for mark in MARKS if mark in marks]
    return {
        tuple(mark for bit, mark in enumerate(ordered) if number >> bit & 1)
        for number in range(1, 2 ** len(ordered))
    }


def as_kept(body: dict[str, Any]) -> Answers:
    """Answers of a row of the pool or of the responses, as a person would name them."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in body.items()}
