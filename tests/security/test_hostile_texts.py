"""Whatever stands in a survey, an organisation or a programme: every digest arrives, and says what was written.

1. No digest is refused by Telegram, none is changed on the way as a reader sees it, every picture is drawn.
2. Signs that nobody sees, and names that are too long, are taken out before anything is drawn.
3. Where the library that draws fails inside, the words go alone.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import digest as digests
from bot.core.letters import one_line
from bot.digest import compose
from bot.files.phrases import Phrases
from tests.digest.sample import ABOUT, BLOCKS, SURVEY, shown
from tests.security.hostile import hostile_texts

SURVEYS = 60
"""So many hostile surveys in three languages here; 10,000 in `make soak`."""


def test_hostile_texts_arrive_as_they_were_written() -> None:
    counts = hostile_texts(0, SURVEYS)

    assert (counts["refused"], counts["changed"], counts["undrawn"]) == (0, 0, 0)
    assert counts["texts"] == SURVEYS * 6
    assert counts["pictures"] == SURVEYS


@given(st.text(max_size=300), st.integers(1, 80))
def test_a_line_is_one_line_and_no_longer_than_allowed(words: str, longest: int) -> None:
    line = one_line(words, longest)

    assert len(line) <= longest
    assert len(line.splitlines()) <= 1
    assert one_line(line, longest) == line
    assert all(c.isprintable() or c in "\u200c\u200d" for c in line)


def test_words_that_fit_are_left_as_they_are() -> None:
    for words in ("Good Neighbours", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "a < b & {n} #eval()"):
        assert one_line(words, 80) == words


class PanicException(BaseException):
    """As the library raises it."""


def test_a_panic_of_the_drawing_library_costs_the_picture_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def panic(*_words: object, **_more: object) -> bytes:
        raise PanicException

    monkeypatch.setattr("typst.compile", panic)
    message = compose(digests.write(shown(*BLOCKS), SURVEY, Phrases.load(), "en", ABOUT))

    assert message.png == b""
    assert "Trust in my area" in message.text


def test_what_is_no_panic_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_words: object, **_more: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr("typst.compile", stop)
    with pytest.raises(KeyboardInterrupt):
        digests.png(digests.write(shown(*BLOCKS), SURVEY, Phrases.load(), "en", ABOUT))
