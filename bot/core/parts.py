"""What a coordinator can have of a summary: each part by the name that its button carries, and what leads to what.

Laws:
1. Every part is reached from the first screen, in at most three taps.
"""

from __future__ import annotations

from collections.abc import Mapping

FIRST, DETAILS = "digest", "details"
"""The first screen, and all there is to say."""

PAGE, REPORT, BESIDE = "page", "report", "beside"
"""One page to print, a report for donors, and other waves beside this one."""

FIGURES = "figures"
"""All figures: one then asks for a kind of file."""

XLSX, CSV, JSON_STAT = "xlsx", "csv", "jsonstat"

UNDER: Mapping[str, tuple[str, ...]] = {
    FIRST: (DETAILS, PAGE),
    DETAILS: (PAGE, REPORT, BESIDE, FIGURES),
    FIGURES: (XLSX, CSV, JSON_STAT),
}
"""The buttons under each: the first screen leads to what most people want next."""

FILES: Mapping[str, str] = {
    PAGE: "page-{}.pdf",
    REPORT: "report-{}.pdf",
    BESIDE: "comparison-{}.pdf",
    XLSX: "figures-{}.xlsx",
    CSV: "figures-{}.csv",
    JSON_STAT: "figures-{}.json",
}
"""What the file of each is called, its wave and day inside."""

PARTS = (*UNDER, *FILES)
