"""Reports of released figures: for donors, for the meeting, programmes side by side; noted, and so verifiable."""

from bot.reports.basis import COMPARISON, DONOR, KINDS, MEETING
from bot.reports.record import FORMATS, Made, ReportTrouble, Verdict, make, verify

__all__ = [
    "COMPARISON",
    "DONOR",
    "FORMATS",
    "KINDS",
    "MEETING",
    "Made",
    "ReportTrouble",
    "Verdict",
    "make",
    "verify",
]
