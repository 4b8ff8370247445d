"""The parts of the desk that know of a wave's choices, before it is opened and after."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.acts import Opening
from bot.chat.desk.around import Rows
from bot.chat.desk.cohorts import Cohorts
from bot.chat.desk.heard import Heard
from bot.chat.desk.inclusion import Inclusion
from bot.chat.desk.preview import Preview
from bot.chat.desk.rehearsal import Rehearsal
from bot.chat.desk.spans import Spans
from bot.chat.recording import Recording
from bot.core.survey import Survey


@dataclass(frozen=True)
class Parts:
    """Each says of its own acts and choices what they mean, and has buttons of its own."""

    recording: Recording
    preview: Preview
    rehearsal: Rehearsal
    spans: Spans
    cohorts: Cohorts
    inclusion: Inclusion
    heard: Heard

    def choices(self, survey: Survey, chosen: Opening) -> Rows:
        """The buttons below the review of an opening."""
        before = (*self.cohorts.counting(chosen), *self.inclusion.aims_row(survey, chosen))
        return (*before, self.spans.button(chosen), self.rehearsal.button(chosen))
