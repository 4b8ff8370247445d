"""What a report stands on: released figures of waves, and one code made of all of them.

Laws:
1. Only what is shown goes in (`Publishable`): a report knows nothing finer, and reads no response.
2. The code follows from the figures, the waves, and the versions and definitions of their surveys, and from
   nothing else: not from a language, a form or a day. Equal figures have equal codes.
3. A report knows no present: its days are those of the wave.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from bot.core.blocks import Publishable
from bot.core.survey import Survey
from bot.core.trend import same_measure
from bot.digest import About, Compared
from bot.files.phrases import SOURCE
from bot.files.shelf import find, surveys_folder
from bot.files.surveys import load
from bot.installation import released
from bot.settings import Settings
from bot.store import Store, Transaction, Wave

DONOR, MEETING, COMPARISON = KINDS = ("donor", "meeting", "comparison")
"""The kinds of report, as `aitbar report --kind` takes them."""

_MARKED = re.compile(rb"aitbar-figures-([0-9a-f]{64})")


@dataclass(frozen=True)
class Stand:
    """A wave as a report tells of it: `opened` and `until` (the last release) are days, `definition` is the
    SHA-256 of its pinned survey."""

    wave: Wave
    figures: Publishable
    definition: str
    opened: date
    until: date

    def about(self) -> About:
        """What its digest says of it."""
        terms = self.wave.terms
        return About(
            self.until, terms.organisation or None, terms.programme or None, minors=terms.minors, alone=terms.alone
        )


@dataclass(frozen=True)
class Basis:
    """All that one report is made of: its wave, and earlier figures beside it or, in a comparison, all waves.

    `drafts` are the languages of its survey that too few have reviewed.
    """

    now: Stand
    compared: Compared | None = None
    waves: tuple[Stand, ...] = ()
    drafts: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The SHA-256 of all figures, in hex."""
        everything = {
            "now": _plain(self.now),
            "before": None if self.compared is None else _before(self.compared),
            "waves": [_plain(one) for one in self.waves],
        }
        canonical = json.dumps(everything, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def moment(self) -> datetime:
        """The moment that a file carries: it follows from the figures, so that equal ones give equal bytes."""
        return datetime.combine(self.now.until, time(), UTC)


def basis(settings: Settings, store: Store, wave: str, kind: str, *, others: bool = True) -> Basis:
    """What a report of this kind stands on; `others` whether waves of other organisations may stand beside it.

    Raises WaveTrouble where there is no such wave.
    """
    if kind != COMPARISON:
        found = released(settings, store, wave)
        with store.transaction() as tx:
            now = _stand(settings, tx, found.wave, found.figures)
        return Basis(now, found.compared)
    with store.transaction() as tx:
        own = tx.waves.known(wave)
        allowed = [one for one in tx.waves.all() if others or one.terms.organisation == own.terms.organisation]
        alike = [one for one in allowed if same_measure(one.survey, own.survey)]
        stands = [_stand(settings, tx, one, tx.waves.published(one.id)) for one in alike]
    stands.sort(key=lambda one: (one.wave.opened, one.wave.id))
    return Basis(next(one for one in stands if one.wave.id == wave), waves=tuple(stands))


def drafts(settings: Settings, survey: Survey) -> tuple[str, ...]:
    """The languages of a survey that too few have reviewed, as its file tells now: readers are not pinned.

    All but English where the file is gone, or bears another version.
    """
    folder = settings.surveys_dir or surveys_folder()
    usual = folder / f"{survey.id}.yaml"  # most files bear the name of their survey: reading all takes a second
    path = usual if usual.is_file() else find(survey.id, folder)
    read = None if path is None else load(path)
    if read is None or read.survey is None or (read.survey.id, read.survey.version) != (survey.id, survey.version):
        return tuple(code for code in survey.languages if code != SOURCE)
    return read.drafts


def marked(code: str) -> str:
    """The code as it stands in the file itself, where `codes` finds it again."""
    return f"aitbar-figures-{code}"


def codes(content: bytes) -> tuple[str, ...]:
    """The codes of figures that stand in these bytes."""
    return tuple(dict.fromkeys(found.decode() for found in _MARKED.findall(content)))


def _stand(settings: Settings, tx: Transaction, wave: Wave, figures: Publishable) -> Stand:
    pinned = tx.reports.pinned(wave.id, settings.zone)
    opened = wave.opened.astimezone(settings.zone).date()
    return Stand(wave, figures, pinned.definition, opened, pinned.until)


def _plain(stand: Stand) -> dict[str, object]:
    return {
        **_figures(stand.figures),
        "version": stand.wave.survey.version,
        "definition": stand.definition,
    }


def _before(compared: Compared) -> dict[str, object]:
    """Both sides: inside one wave the later one is its newest part, not all that the report shows."""
    return {
        "figures": _figures(compared.before),
        "beside": _figures(compared.now),
        "version": compared.survey.version,
        "began": None if compared.began is None else compared.began.isoformat(),
    }


def _figures(shown: Publishable) -> dict[str, object]:
    silent = {id: answers.silent for id, answers in shown.questions.items()}
    return {**shown.as_json(), "silent": silent, "slots": shown.slots}
