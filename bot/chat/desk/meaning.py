"""What the grave acts mean, in full: a confirmation is worth what its reader knew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.chat.acts import Acts, as_opening
from bot.chat.desk.around import Around, found
from bot.chat.desk.inclusion import usual_aims
from bot.chat.desk.parts import Parts
from bot.chat.recording import heard_lines
from bot.core.cells import Layout, label, layout
from bot.core.screen import Code, Line, Say, Text
from bot.core.survey import Survey, worded
from bot.store import Coordinator, Proposal, Transaction
from bot.store.proposals import EXPORT_ROWS, EXTEND_WAVE, HEARD, OPEN_WAVE, RECORD


class Meaning:
    """The lines. `acts` are those of two, `parts` say of their own what they mean."""

    def __init__(self, at: Around, acts: Acts, parts: Parts) -> None:
        self._at = at
        self._acts = acts
        self._parts = parts

    def of_act(self, tx: Transaction, who: Coordinator, one: Proposal) -> tuple[Line, ...]:
        """What this act will bring."""
        if one.act == OPEN_WAVE:
            known = one.what["survey"] in self._at.shelf().surveys
            return self.of_opening(tx, who, one.what) if known else ()
        if one.act == RECORD:
            return self._parts.recording.means(who, one.what)
        if one.act == HEARD:
            return self._parts.heard.means(tx, who, one.what)
        wave = found(tx, who, one.what["wave"])
        named: dict[str, str | Code] = {"survey": worded(wave.survey.title, who.language), "wave": Code(wave.id)}
        if one.act == EXPORT_ROWS:
            return (Say("act-rows", named),)
        if one.act == EXTEND_WAVE:
            return self._parts.spans.act_means(who, one, wave)
        return (Say("act-close", named), Say("desk-close-means", {"k": wave.terms.k}))

    def of_recording(self, who: Coordinator, one: Proposal) -> tuple[Line, ...]:
        """What a recording reads out."""
        return self._parts.recording.means(who, one.what)

    def of_opening(self, tx: Transaction, who: Coordinator, what: Mapping[str, Any]) -> tuple[Line, ...]:
        """What a wave is and what of it can never be changed, as all who agree to it read it."""
        chosen = as_opening(what)
        programme = tx.organisations.programme(what.get("organisation", ""), chosen.programme)
        survey, _ = self._at.shelf().surveys[chosen.survey]
        plan = layout(survey, chosen.people, chosen.k)
        groups = [Say(f"desk-group-{part.name}") for part in plan.partition.parts]
        return (
            Say(
                "desk-open-review",
                {
                    "survey": worded(survey.title, who.language),
                    "people": chosen.people,
                    "schedule": Say(f"desk-schedule-{chosen.schedule}"),
                    "k": chosen.k,
                },
            ),
            *((Say("desk-programme", {"programme": Text(programme.name)}),) if programme else ()),
            *((Say("desk-invited"),) if chosen.invited else ()),
            *self._parts.cohorts.counted(chosen),
            *sizes(survey, plan, who.language),
            Say("desk-groups-shown", {"groups": self._list(who, groups)}) if groups else Say("desk-groups-none"),
            *((Say("desk-first-light"),) if groups else ()),
            *(usual_aims(survey) if chosen.aimed else ()),
            *self._parts.spans.means(survey, chosen),
            *(() if chosen.weeks else _own_clocks(survey)),
            *heard_lines(survey),
            Say("desk-one-server"),
            Say("desk-fixed"),
        )

    def who_agrees(self, tx: Transaction, who: Coordinator, what: Mapping[str, Any], alone: str) -> Say:
        return Say(alone if self._acts.is_alone(tx, who, what) else "desk-second")

    def sure(self, tx: Transaction, who: Coordinator, what: Mapping[str, Any], alone: str) -> Say:
        """What the button of a grave act says: that it is done, or that another one is asked."""
        return Say(alone if self._acts.is_alone(tx, who, what) else "button-desk-ask-second")

    def _list(self, who: Coordinator, parts: list[Say]) -> str:
        joiner = "، " if who.language in ("ur", "ps") else ", "
        return joiner.join(self._at.words.say(who.language, part.id) for part in parts)


def sizes(survey: Survey, plan: Layout, language: str) -> tuple[Say, ...]:
    """Which groups are large enough to be shown, with the numbers; groups all alike share a sentence."""
    lines = []
    for name in dict.fromkeys(size.node[0][0] for size in plan.sizes):
        groups = [size for size in plan.sizes if size.node[0][0] == name]
        alike = len({(size.people, size.fate) for size in groups}) == 1
        for size in groups[:1] if alike else groups:
            group = Say(f"desk-each-{name}") if alike else Text(label(survey, size.node, language))
            numbers = {"people": size.people, "least": size.least, "times": size.times, "k": size.k}
            lines.append(Say(f"desk-size-{size.fate}", {"group": group, **numbers}))
    return tuple(lines)


def _own_clocks(survey: Survey) -> tuple[Say, ...]:
    """When a wave of this survey closes by itself, where its author limits the days."""
    clocks = survey.clocks
    if clocks.start_days is None:
        return ()
    return (Say("desk-clocks-mean", {"start": clocks.start_days, "grace": clocks.grace_days}),)
