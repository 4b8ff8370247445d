"""What leaves as files: figures as they are displayed, and released answers as rows when two people agree."""

from __future__ import annotations

from bot.export import figures, organisation, rows
from bot.export.agree import Agreed, agree, request, settle
from bot.export.disclosure import Checked, checked, said
from bot.export.rows import can_write, put
from bot.export.trouble import ExportTrouble

__all__ = [
    "Agreed",
    "Checked",
    "ExportTrouble",
    "agree",
    "can_write",
    "checked",
    "figures",
    "organisation",
    "put",
    "request",
    "rows",
    "said",
    "settle",
]
