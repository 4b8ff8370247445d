"""Who has read a translation: until two people have, it is a draft."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

ENOUGH = 2
"""Two readers of the place, one of them a woman (docs/translators.md)."""

_HEADER = re.compile(r'^"X-Reviewed-By:([^"\\]*)', re.MULTILINE)
"""A header of ours in a catalogue, which Babel passes over."""


def of_catalogue(content: str) -> tuple[str, ...]:
    """The readers a catalogue names, with a semicolon between them."""
    header = _HEADER.search(content)
    named = (one.strip() for one in header[1].split(";")) if header else ()
    return tuple(dict.fromkeys(one for one in named if one))


def drafts(languages: Iterable[str], read_by: Mapping[str, Sequence[str]], source: str) -> tuple[str, ...]:
    """The languages of which fewer than two have read the words; `source` is the one they were written in."""
    return tuple(code for code in languages if code != source and len(set(read_by.get(code, ()))) < ENOUGH)
