"""How buttons stand: one a row, unless they are many and short.

Laws:
1. Up to eight answers stand one below the other: what is read slowly is read from top to bottom.
2. Bare numbers (a scale from 0 to 10, years, days) stand four to six in a row.
3. More answers than eight stand two in a row where each fits into half of it, else one.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.screen import Button, Calendar, Text
from bot.core.widths import fits

MANY = 8
MOST_NUMBERS = 6
LONGEST_MONTH = "September"

Row = tuple[Button, ...]


def rows(buttons: Sequence[Button]) -> tuple[Row, ...]:
    """The buttons of the answers to one question, in rows."""
    return _cut(buttons, _width(buttons))


def _width(buttons: Sequence[Button]) -> int:
    if len(buttons) > 2 and all(_is_number(button) for button in buttons):
        return _even(len(buttons))
    if len(buttons) > MANY and all(fits(_letters(button), beside=2) for button in buttons):
        return 2
    return 1


def _even(number: int) -> int:
    """As many in a row as leave the last row fullest, the most where several do: 6 of 11, 4 of 8, 5 of 10."""
    if number <= MOST_NUMBERS:
        return number
    return max(range(4, MOST_NUMBERS + 1), key=lambda width: ((number - 1) % width, width))


def _letters(button: Button) -> str:
    """What a label is before it is said in a language: the words of the survey; for a month the longest name."""
    label = button.label
    return label.words if isinstance(label, Text) else LONGEST_MONTH


def _is_number(button: Button) -> bool:
    label = button.label
    if isinstance(label, Text):
        digits = label.words.removeprefix("● ")
        return digits.isdecimal() and len(digits) <= 2
    return all(
        isinstance(one, int) or (isinstance(one, Calendar) and one.written.isdecimal())
        for one in label.values.values()
    )


def _cut(buttons: Sequence[Button], width: int) -> tuple[Row, ...]:
    if width == 1:
        return tuple([(button,) for button in buttons])
    return tuple([tuple(buttons[at : at + width]) for at in range(0, len(buttons), width)])
