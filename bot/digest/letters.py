"""The letters that a web page brings along, so that Urdu and Pashto are read where no font of theirs is installed.

Laws:
1. Only what the page says is in them: two small fonts, and the same bytes for the same letters.
2. What is not of the Arabic script is drawn with whatever the reader's device has.

Noto Naskh Arabic may be cut and embedded under the SIL Open Font License 1.1, which lies beside it.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterable
from importlib.resources import as_file, files

ARABIC = ("\u0600", "\u06ff")
"""The first and the last letter of the block in which Urdu and Pashto are written."""

FAMILY = "Noto Naskh Arabic"
WEIGHTS = {400: "NotoNaskhArabic-Regular.ttf", 700: "NotoNaskhArabic-Bold.ttf"}


def font_faces(words: Iterable[str]) -> str:
    """The style that brings the letters of these words; empty where none is of the Arabic script."""
    letters = {letter for word in words for letter in word}
    if not any(ARABIC[0] <= letter <= ARABIC[1] for letter in letters):
        return ""
    return "\n".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; '
        f"src: url(data:font/woff;base64,{b64encode(_cut(name, letters)).decode()}); }}"
        for weight, name in WEIGHTS.items()
    )


def _cut(name: str, letters: Iterable[str]) -> bytes:
    """The font with these letters only, in all the forms in which they join."""
    # Only a web page needs it: nothing else that imports a digest shall wait for it.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options()
    options.layout_features = ["*"]
    cutter = Subsetter(options)
    cutter.populate(unicodes=map(ord, letters))
    made = io.BytesIO()
    path = files("bot").joinpath("assets", "fonts", name)
    with as_file(path) as file, TTFont(file, recalcTimestamp=False) as font:
        cutter.subset(font)
        font.flavor = "woff"
        font.save(made)
    return made.getvalue()
