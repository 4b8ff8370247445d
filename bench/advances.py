"""Writes `bot/core/advances.py`, how wide each letter is drawn, from the bold fonts of `bot/assets/fonts`.

    python -m bench.advances && ruff format bot/core/advances.py

To be run when the fonts change. Bold stands in for the medium weight in which a phone draws its buttons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

ROOT = Path(__file__).parent.parent
FONTS = ROOT / "bot" / "assets" / "fonts"
TABLE = ROOT / "bot" / "core" / "advances.py"

LATIN = (*range(0x20, 0x7F), *range(0xA1, 0x100), *range(0x2010, 0x2027))
ARABIC = tuple(range(0x60C, 0x700))
A_LINE = 12
FORMS = ("fina", "init", "medi")

HEAD = '''"""How wide letters are drawn, in thousandths of their size: written by `bench/advances.py`, not by hand.

Noto Naskh Arabic Bold for Arabic script, Noto Sans Bold for all else.
"""

from __future__ import annotations

from collections.abc import Mapping
'''
PLAIN = "Letters, digits and marks that never join, by their width."
JOINED = (
    "Letters that join, by their widths: alone, at the end; and if they join both ways at the beginning, inside."
)


def table() -> str:
    """The module as it should be."""
    latin, naskh = (TTFont(FONTS / f"{name}-Bold.ttf", lazy=False) for name in ("NotoSans", "NotoNaskhArabic"))
    plain: dict[int, str] = {}
    joined: dict[tuple[int, ...], str] = {}
    for letter, glyph in _glyphs(latin, LATIN):
        _put(plain, _width(latin, glyph), letter)
    forms = [_substitutes(naskh, tag) for tag in FORMS]
    local = _substitutes(naskh, "locl")  # four and seven are drawn otherwise in Urdu and Pashto
    for letter, glyph in _glyphs(naskh, ARABIC):
        drawn = [glyph, *(form[glyph] for form in forms if glyph in form)]
        if len(drawn) > 1:
            _put(joined, tuple(_width(naskh, one) for one in drawn), letter)
        else:
            _put(plain, _width(naskh, local.get(glyph, glyph)), letter)
    lines = [*_lines("PLAIN", "int", plain, PLAIN), "", *_lines("JOINED", "tuple[int, ...]", joined, JOINED)]
    return "\n".join([HEAD, *lines, ""])


def _put(table: dict[Any, str], width: object, letter: str) -> None:
    table[width] = table.get(width, "") + letter


def _glyphs(font: Any, points: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    known = font.getBestCmap()
    yield from ((chr(point), known[point]) for point in points if point in known)


def _width(font: Any, glyph: str) -> int:
    drawn: int = font["hmtx"][glyph][0]
    return round(drawn * 1000 / int(font["head"].unitsPerEm))


def _substitutes(font: Any, tag: str) -> Mapping[str, str]:
    """The glyph that stands for another one at the end, at the beginning or inside of joined letters."""
    rules = font["GSUB"].table
    named = {
        n for one in rules.FeatureList.FeatureRecord if one.FeatureTag == tag for n in one.Feature.LookupListIndex
    }
    found: dict[str, str] = {}
    for number in sorted(named):
        for part in rules.LookupList.Lookup[number].SubTable:
            found |= part.mapping
    return found


def _lines(name: str, kind: str, widths: Mapping[Any, str], what: str) -> Iterator[str]:
    yield f"{name}: Mapping[{kind}, str] = {{"
    for width, letters in sorted(widths.items()):
        pieces = [_quoted(letters[start : start + A_LINE]) for start in range(0, len(letters), A_LINE)]
        yield from (
            [f"    {width}: {pieces[0]},"]
            if len(pieces) == 1
            else [
                f"    {width}: (",
                *(f"        {piece}" for piece in pieces),
                "    ),",
            ]
        )
    yield "}"
    yield f'"""{what}"""'


def _quoted(letters: str) -> str:
    """The letters as a Python string; code points, so that no reading direction turns a line."""
    escaped = letters.encode("unicode_escape").decode()
    return f"'{escaped}'" if '"' in escaped else f'"{escaped}"'


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
