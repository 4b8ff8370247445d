"""What every report says: its title and facts, the foot of its pages, and values in the words of one language."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.letters import one_line
from bot.core.survey import Survey, Words
from bot.digest.bars import LONGEST_NAME, Speaker
from bot.files.phrases import day, direction, join, latin, number
from bot.reports.basis import Basis, marked

VERIFY = "aitbar report verify FILE"

PAGE, PAGES = "\ue000", "\ue001"
"""What stands for the numbers of pages until they are drawn; no font and no text has these two."""

Fact = tuple[str, str]


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it, a line each."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Head:
    """What stands at the beginning of a report and at the foot of its pages; `digits` are the language's."""

    language: str
    direction: str
    title: str
    facts: tuple[Fact, ...]
    footer: str
    fingerprint: str
    page: str
    digits: tuple[str, ...]
    mark: str
    check: str


@dataclass(frozen=True)
class Reporter(Speaker):
    """Who tells a report in one language."""

    basis: Basis

    @property
    def survey(self) -> Survey:
        """The survey as its wave pinned it."""
        return self.basis.now.wave.survey

    @property
    def spoken(self) -> str:
        """The language in which the survey's own words stand: the report's, or the survey's first."""
        survey = self.survey
        return self.language if self.language in survey.languages else survey.languages[0]

    def value(self, value: object) -> str:
        """A value by itself, in the digits of the language and safe beside words of another direction."""
        return join(self.language, [value])

    def own(self, words: Words) -> str:
        """Words of the survey, in the language in which it is quoted."""
        return words.get(self.spoken) or next(iter(words.values()), "")

    def name(self, language: str) -> str:
        """What a language is called."""
        id = f"digest-language-{language}"
        return self.say(id) if id in self.phrases.ids else language

    def names(self, languages: tuple[str, ...]) -> str:
        """Languages by their names, as a list in words."""
        return join(self.language, [self.name(one) for one in languages])

    def head(self, title: str) -> Head:
        """The beginning of a report."""
        survey, code, k = self.survey, self.basis.code, self.basis.now.figures.k
        named = {"title": self.words(survey.title), "number": survey.version}
        return Head(
            language=self.language,
            direction=direction(self.language),
            title=title,
            facts=tuple(self._facts()),
            footer=self.say("report-footer", k=k, **named),
            fingerprint=self.say("report-fingerprint", code=latin(f"SHA-256 {code}")),
            page=self.say("report-page", page=PAGE, pages=PAGES),
            digits=tuple(number(self.language, digit) for digit in range(10)),
            mark=marked(code),
            check=self.say("report-check", command=latin(VERIFY)),
        )

    def _facts(self) -> list[Fact]:
        now, terms = self.basis.now, self.basis.now.wave.terms
        named = self.say("report-survey-version", title=self.words(self.survey.title), number=self.survey.version)
        days = {"opened": day(self.language, now.opened), "until": day(self.language, now.until)}
        facts = (
            ("report-organisation", self.value(one_line(terms.organisation, LONGEST_NAME))),
            ("report-programme", self.value(one_line(terms.programme, LONGEST_NAME))),
            ("report-survey", named),
            ("report-period", self.say("report-from-to", **days)),
            ("report-languages", self.names(self.survey.languages)),
            ("report-smallest", self.say("report-people", number=now.figures.k)),
            ("report-wave", self.value(latin(now.wave.id))),
        )
        left_out = {"report-organisation": not terms.organisation, "report-programme": not terms.programme}
        return [(self.say(label), value) for label, value in facts if not left_out.get(label)]
