"""The released answers as rows for an analyst: who must agree that they leave, and what is then written.

Laws:
1. Nothing is written without codes of two coordinators who may still let rows out; where there is only one, the
   console is the second, and the log of acts says so.
2. Released answers only. Of a block only its group stands beside them, of a person's own words nothing, and
   the order is drawn by chance.
3. No cell of a table begins a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.core import roles
from bot.core.flow import LANGUAGE_NAMES, SPECIAL_PHRASES
from bot.core.questions import TYPES
from bot.core.survey import SKIPPED, Answer, Question, Survey, Words, worded
from bot.files.phrases import Phrases
from bot.store import Proposal, Released, Transaction, Wave, disk
from bot.store.proposals import CONSOLE, DONE, EXPORT_ROWS, draw_id

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With these a cell begins a formula in some program (OWASP, CSV Injection)."""

GROUP = "group."
"""Before the name of a dimension of the block's group; no question's id has a point."""

ROWS, CODEBOOK, README = "rows.csv", "codebook.csv", "README.txt"


class ExportTrouble(Exception):
    """Rows cannot leave; the text says why and what to do."""


@dataclass(frozen=True)
class Agreed:
    """Whose codes let the rows of a wave leave."""

    proposal: Proposal
    chats: tuple[int, ...]

    @property
    def words(self) -> str:
        """As the log of acts says it."""
        named = " and ".join(f"coordinator {chat}" for chat in self.chats)
        return f"agreed by {named}" + (" and the console" if len(self.chats) == 1 else "")


# -- who agrees -------------------------------------------------------------------------------------------


def request(tx: Transaction, wave: Wave, now: datetime) -> bool:
    """Ask the coordinators to let the rows of a wave leave; False when they have been asked already.

    Raises ExportTrouble where nobody could agree.
    """
    _entitled(tx)
    if _requested(tx, wave, now) is not None:
        return False
    tx.proposals.make(draw_id(), EXPORT_ROWS, {"wave": wave.id}, CONSOLE, now)
    tx.desk.note(CONSOLE, "ask for rows", f"wave {wave.id}", now)
    return True


def agree(tx: Transaction, wave: Wave, codes: Sequence[str], now: datetime) -> Agreed | str:
    """Who agreed by these codes; or why they are not enough, which costs a try where one is wrong.

    The codes are used up by `settle`. Raises ExportTrouble where nobody could agree.
    """
    entitled = _entitled(tx)
    proposal = _requested(tx, wave, now)
    if proposal is None:
        return f"Nobody has been asked, or the codes are over. Ask first: aitbar export {wave.id} --rows"
    if len(set(codes)) < min(2, len(entitled)):
        return "Two coordinators must agree: give --approval twice, with the code of each."
    given = tx.proposals.who_gave(proposal.id, codes, now)
    if given is None:
        return "A code is wrong, was used, or is over. Each coordinator finds a new one at the desk: /desk"
    if not given <= entitled:
        return "A code is from somebody who may not let rows out any more."
    return Agreed(proposal, tuple(sorted(given)))


def settle(tx: Transaction, agreed: Agreed, now: datetime) -> None:
    """Use the codes up and note who agreed."""
    if not tx.proposals.decide(agreed.proposal.id, DONE, now):
        raise ExportTrouble("This was decided a moment ago by somebody else.")
    tx.desk.note(CONSOLE, "export rows", f"wave {agreed.proposal.what['wave']}, {agreed.words}", now)


def _entitled(tx: Transaction) -> set[int]:
    entitled = {who.chat for who in tx.desk.who_may(roles.EXPORT)}
    if not entitled:
        raise ExportTrouble("There is no coordinator who could agree. Make one first: aitbar claim-code")
    return entitled


def _requested(tx: Transaction, wave: Wave, now: datetime) -> Proposal | None:
    for one in tx.proposals.waiting(now):
        if one.act == EXPORT_ROWS and one.what["wave"] == wave.id:
            return one
    return None


# -- what is written --------------------------------------------------------------------------------------


def files(wave: Wave, released: Iterable[Released], phrases: Phrases) -> dict[str, bytes]:
    """The files of an export: name -> content."""
    return {
        ROWS: _table(_rows(wave.survey, released)),
        CODEBOOK: _table(_codebook(wave.survey, phrases)),
        README: ABOUT.format(wave=wave.id, survey=wave.survey.id, version=wave.survey.version).encode(),
    }


def put(folder: Path, contents: dict[str, bytes]) -> Path:
    """Write the files beside `folder`, which is new or empty; `disk.place` gives them their name.

    Raises ExportTrouble when the folder holds anything.
    """
    aside = disk.aside(folder, ExportTrouble)
    for name, content in contents.items():
        disk.write(aside / name, content)
    disk.sync(aside)
    return aside


def _asked(survey: Survey) -> list[Question]:
    """The questions whose answers stand in the rows: no notes, and nobody's own words."""
    return [q for q in survey.questions if TYPES[q.type].kept and q.keep and not TYPES[q.type].own_words]


def _language_column(survey: Survey) -> str:
    """The interview's language; under a longer name where a question bears this one."""
    return "interview.language" if any(q.id == "language" for q in survey.questions) else "language"


def _rows(survey: Survey, released: Iterable[Released]) -> Iterator[list[str | int | float]]:
    asked, dimensions = _asked(survey), [part.name for part in survey.cells]
    yield [*(q.id for q in asked), _language_column(survey), *(GROUP + name for name in dimensions)]
    for one in released:
        group = dict(one.node)
        answers = (_kept(one.answers.get(q.id)) for q in asked)
        yield [*answers, one.language, *(group.get(name, "") for name in dimensions)]


def _kept(answer: Answer | None) -> str | int | float:
    """An answer as it is kept; several codes of one question stand in one cell, a blank between them."""
    if answer is None:
        return ""
    return " ".join(answer) if isinstance(answer, tuple) else answer


def _codebook(survey: Survey, phrases: Phrases) -> Iterator[list[str | int | float]]:
    languages = survey.languages
    yield ["question", "type", "code", *(f"label.{language}" for language in languages)]
    for question in _asked(survey):
        yield [question.id, question.type, "", *(_asking(question, language) for language in languages)]
        for option in question.options:
            labels = (_worded(option.label, language, option.code) for language in languages)
            yield [question.id, question.type, option.code, *labels]
        for special in question.specials:
            phrase = "answer-skipped" if special == SKIPPED else SPECIAL_PHRASES[special]
            said = (_unmarked(phrases.say(language, phrase)) for language in languages)
            yield [question.id, question.type, special, *said]
    for code in survey.offered:
        yield [_language_column(survey), "language", code, *(LANGUAGE_NAMES[code] for _ in languages)]
    for part in survey.cells:
        for code in part.codes:
            yield [GROUP + part.name, "group", code, *(code for _ in languages)]


def _asking(question: Question, language: str) -> str:
    """The words of a question, those that the statements of a grid share first; its id where nobody is asked."""
    said = [worded(words, language) for words in (question.stem, question.ask) if words]
    return " ".join(said) or question.id


def _worded(words: Words, language: str, otherwise: str) -> str:
    return worded(words, language) if words else otherwise


def _unmarked(words: str) -> str:
    """Words without the marks that put them in order in a message."""
    return words.translate(dict.fromkeys(map(ord, "\u200e\u200f\u2066\u2067\u2068\u2069")))


def _table(rows: Iterable[Sequence[str | int | float]]) -> bytes:
    """A table as CSV (RFC 4180), in UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell if isinstance(cell, int | float) else harmless(cell) for cell in row])
    return out.getvalue().encode()


def harmless(cell: str) -> str:
    """The cell with a ' before it where a program that calculates might take it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


ABOUT = """Released answers of wave {wave}, survey {survey}, version {version}.

rows.csv      One row for each person whose answers were released, in an order drawn by chance.
              A column for each question, with codes; several codes of one question stand in one cell, a blank
              between them. An empty cell: not asked. "group.": the group in which the answers were released;
              empty where groups were put together. Nobody's own words are here.
codebook.csv  What the codes mean, in every language of the survey.

Both are CSV files in UTF-8, every cell quoted.

These rows lie outside the proof. Everything else that Aitbar shows is a sum over groups of people. A row is one
person's, and rare answers together can tell who it is (L5 in docs/security.md). Two exports around a
withdrawal show which rows went (L2). So:

- Keep the files where only the analysts can read them, encrypted; send them by no messenger and no mail.
- Show no figure from them about fewer people than the wave's smallest group.
- Delete them when the analysis is done. Whoever withdraws later is still in them.
"""
