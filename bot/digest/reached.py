"""How far groups are reached, in words: one line a group, the same wherever it is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.cells import DISTRICT, label
from bot.core.census import YOUTH as AGES
from bot.core.inclusion import LANGUAGE, Group, Reached
from bot.core.letters import one_line
from bot.core.mix import YOUTH
from bot.core.survey import Survey
from bot.digest.bars import LONGEST_NAME, Speaker
from bot.files.phrases import join

ROOMY = 8
"""Up to so many groups are told of with their ranges."""


@dataclass(frozen=True)
class Teller(Speaker):
    """Who tells in one language how far the groups of a survey are reached; `minors` where people of 15 to 17
    may answer."""

    survey: Survey
    minors: bool

    def group(self, group: Group) -> str:
        """What a group is called."""
        if group.kind == DISTRICT:
            return one_line(label(self.survey, ((DISTRICT, group.code),), self.language), LONGEST_NAME)
        if group.kind == LANGUAGE:
            return self.say("reached-language", language=self.say(f"digest-language-{group.code}"))
        low, high = AGES[self.minors]
        return self.say("digest-youth", low=low, high=high) if group.kind == YOUTH else self.say("digest-women")

    def lines(self, groups: Sequence[Reached]) -> list[str]:
        """Groups that are shown: of each its share, the census, its aim, and whether it is behind one of the two;
        where there are many, without ranges, so that all have room."""
        return [self._line(one, brief=len(groups) > ROOMY) for one in groups]

    def _line(self, one: Reached, *, brief: bool) -> str:
        assert one.figure is not None
        bar = self.bar(self.group(one.group), one.figure)
        share = (
            self.say("reached-line", group=bar.title, share=bar.words)
            if brief
            else self.say("digest-line", title=bar.title, share=bar.words, detail=bar.detail)
        )
        return " ".join((share, *self._census(one), *self._aim(one)))

    def names(self, groups: Iterable[Reached]) -> str:
        """Groups as a list in words."""
        return join(self.language, [self.group(one.group) for one in groups])

    def shares(self, kind: str, groups: Iterable[Reached]) -> str:
        """Districts or languages in one line, each with its share; empty where there is none."""
        said = [
            self.say(
                "digest-language-share", language=self._short(one.group), share=self.percent(one.figure.share)
            )
            for one in groups
            if one.group.kind == kind and one.figure is not None
        ]
        id, name = _LISTS[kind]
        return self.say("digest-note", note=self.say(id, **{name: join(self.language, said)})) if said else ""

    def _short(self, group: Group) -> str:
        return self.say(f"digest-language-{group.code}") if group.kind == LANGUAGE else self.group(group)

    def _census(self, one: Reached) -> Iterable[str]:
        if one.census is None or one.figure is None or self.survey.reach is None:
            return
        region = self.say(f"digest-region-{self.survey.reach.census.lower()}")
        yield self.say("report-census", region=region, share=self.share(5 * round(20 * one.census)))
        yield self.of_expected(one.figure, one.census)
        if one.missing:
            yield self.say("digest-reach-missing")

    def _aim(self, one: Reached) -> Iterable[str]:
        if one.target is None:
            return
        yield self.say("digest-reach-aim", number=one.target)
        if one.under_aim:
            yield self.say("reached-under-aim")
        else:
            yield self.say("reached-aim-met" if one.aim_met else "reached-aim-unsure")


_LISTS = {DISTRICT: ("reached-districts", "districts"), LANGUAGE: ("digest-languages", "languages")}
"""Under which phrase groups of a kind are listed, and its value."""
