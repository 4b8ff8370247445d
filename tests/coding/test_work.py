"""Coding on the steward's own computer: what is kept, what is given back, and what a second steward sees.

1. No file that is written has a word of a text; what was decided is there again after a stop.
2. A question is given back from k coded texts on, in counts; texts to be removed are named and not counted.
3. What was given back stays, is given again alike, and is in no later file; so no text is given twice.
4. A second steward has the codebook, a sample and no codes; agreement stands in the first one's file.
5. Titles are cleaned, told apart and few; a damaged coding, or one of another wave, is said.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.coding.work import CodingTrouble, Mark, Work, agreements, begin
from bot.core import codes
from bot.core.themes import MOST_THEMES
from tests.coding.sample import MARKER, K, Village, code

WATER, ROADS = "t01", "t02"


@pytest.fixture
def village(tmp_path: Path) -> Village:
    """Twelve texts in a first release."""
    one = Village(tmp_path)
    one.answer(12)
    return one


def begun(village: Village) -> Work:
    """Work with two themes."""
    work = village.work()
    assert work.add_theme("more", "en", "Water") == WATER
    assert work.add_theme("more", "ur", "سڑکیں") == ROADS
    return work


def give(work: Work) -> codes.Codes:
    """The codes as the bot reads them."""
    out = work.path.with_name("out.json")
    work.give(out)
    return codes.read(out.read_bytes())


# -- promise 1 --------------------------------------------------------------------------------------------


def test_what_was_decided_is_there_again_and_no_word_of_a_text(village: Village) -> None:
    work = begun(village)
    coded = code(work, 5, WATER)
    (gone,) = code(work, 1)
    work.put("more", gone, Mark(remove=True))
    again = village.work()
    assert [again.mark("more", name) for name in coded] == [Mark(frozenset({WATER}))] * 5
    assert again.mark("more", gone) == Mark(remove=True)
    assert again.titles("more") == {WATER: {"en": "Water"}, ROADS: {"ur": "سڑکیں"}}
    give(again)
    files = [path for path in village.folder.iterdir() if path.name != "answers.json"]
    assert {path.name for path in files} == {"coding-abcd2345.json", "out.json"}
    for path in files:
        assert MARKER not in path.read_text()
        assert path.stat().st_mode & 0o077 == 0
    assert MARKER in str(again.content("more", gone))


def test_texts_are_shown_in_the_order_of_the_file(village: Village) -> None:
    work, (opened,) = village.work(), village.bundle().opened
    assert work.names("more") == opened.names
    assert [work.content("more", name) for name in work.names("more")] == list(opened.words)


def test_a_decision_can_be_taken_back(village: Village) -> None:
    work = begun(village)
    (name,) = code(work, 1, WATER)
    work.undo("more", name)
    assert village.work().mark("more", name) is None


# -- promise 2 --------------------------------------------------------------------------------------------


def test_a_question_is_given_back_from_k_coded_texts_on(village: Village) -> None:
    work = begun(village)
    code(work, K - 1, WATER)
    with pytest.raises(CodingTrouble, match="once 5 texts are coded"):
        work.give(village.folder / "out.json")
    assert not (village.folder / "out.json").exists()
    code(work, 2, WATER, ROADS)
    code(work, 1)
    told = give(work)
    assert (told.wave, told.release, told.remove) == ("abcd2345", 1, {})
    counted = told.questions["more"].counted
    assert (counted.n, counted.themes, counted.agreement) == (7, {WATER: 6, ROADS: 2}, None)


def test_a_text_to_be_removed_is_named_and_not_counted(village: Village) -> None:
    work = begun(village)
    names = code(work, 6, WATER)
    work.put("more", names[0], Mark(frozenset({WATER}), remove=True))
    told = give(work)
    assert told.remove == {"more": frozenset({names[0]})}
    assert told.questions["more"].counted.themes == {WATER: 5, ROADS: 0}
    assert names[0] not in told.questions["more"].texts


def test_texts_can_be_removed_before_k_are_coded(village: Village) -> None:
    work = begun(village)
    (name,) = code(work, 1)
    work.put("more", name, Mark(remove=True))
    told = give(work)
    assert (told.questions, told.remove) == ({}, {"more": frozenset({name})})


def test_the_file_names_no_text_beside_a_theme(village: Village) -> None:
    work = begun(village)
    code(work, 7, WATER)
    give(work)
    said = json.loads((village.folder / "out.json").read_text())["questions"]["more"]
    assert set(said) == {"coded", "themes", "agreement", "texts"}
    assert said["themes"] == {
        WATER: {"title": {"en": "Water"}, "n": 7},
        ROADS: {"title": {"ur": "سڑکیں"}, "n": 0},
    }
    assert said["texts"] == sorted(said["texts"])


# -- promise 3 --------------------------------------------------------------------------------------------


def test_what_was_given_back_stays_and_is_given_again_alike(village: Village) -> None:
    work = begun(village)
    coded = code(work, 6, WATER)
    first = give(work)
    work.put("more", coded[0], Mark(frozenset({ROADS})))
    work.undo("more", coded[1])
    assert work.mark("more", coded[0]) == Mark(frozenset({WATER}))
    code(work, 6, ROADS)
    assert give(village.work()) == first, "what was coded since waits for the next release"
    with pytest.raises(CodingTrouble, match="Titles stay"):
        work.rename("more", WATER, "en", "Wells")


def test_a_text_that_was_given_back_can_still_be_removed(village: Village) -> None:
    work = begun(village)
    coded = code(work, 6, WATER)
    first = give(work)
    work.put("more", coded[0], Mark(frozenset(), remove=True))
    assert give(work) == replace(first, remove={"more": frozenset({coded[0]})})


def test_the_next_release_gives_what_is_new_and_what_waited(village: Village) -> None:
    work = begun(village)
    code(work, 6, WATER)
    first = give(work)
    village.count(first)
    village.answer(3)
    later = village.work()
    code(later, 9, ROADS)
    second = give(later)
    assert second.release == 2
    assert second.questions["more"].counted.themes == {WATER: 0, ROADS: 9}
    assert not second.questions["more"].texts & first.questions["more"].texts


def test_texts_that_the_bot_counted_are_not_given_by_whoever_lost_the_coding(village: Village) -> None:
    work = begun(village)
    code(work, 6, WATER)
    village.count(give(work))
    work.path.unlink()
    village.answer(3)
    fresh = begun(village)
    for name in fresh.names("more"):
        fresh.put("more", name, Mark(frozenset({WATER})))
    told = give(fresh)
    assert told.questions["more"].counted.n == 9
    assert not told.questions["more"].texts & set(village.counted)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 12), st.booleans()), min_size=1, max_size=6))
def test_whatever_is_coded_and_given_when_no_text_is_in_two_releases(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, bool]]
) -> None:
    village = Village(tmp_path_factory.mktemp("village"))
    village.answer(8)
    begun(village)
    given_back: dict[int, frozenset[str]] = {}
    for people, coded, taken in steps:
        work = village.work()
        code(work, coded, WATER)
        try:
            told = give(work)
        except CodingTrouble:
            told = codes.Codes("abcd2345", village.release)
        if "more" in told.questions:
            texts = told.questions["more"].texts
            assert len(texts) >= K
            assert given_back.setdefault(told.release, texts) == texts
            if taken:
                village.count(told)
        if people:
            village.answer(people)
    all_given = [name for texts in given_back.values() for name in texts]
    assert len(all_given) == len(set(all_given))


# -- promise 4 --------------------------------------------------------------------------------------------


def test_a_second_steward_has_a_sample_and_none_of_the_codes(tmp_path: Path) -> None:
    village = Village(tmp_path)
    village.answer(60)
    with pytest.raises(CodingTrouble, match="no coding of a first"):
        village.work(second=True)
    first = begun(village)
    with pytest.raises(CodingTrouble, match="code 5 texts before"):
        village.work(second=True)
    coded = {*code(first, 25, WATER), *code(first, 25, ROADS)}
    second = village.work(second=True)
    names = second.names("more")
    assert len(names) == 30
    assert set(names) <= coded
    assert [second.mark("more", name) for name in names] == [None] * 30
    assert second.titles("more") == first.titles("more")
    with pytest.raises(CodingTrouble, match="codebook of the first"):
        second.add_theme("more", "en", "Mine")
    with pytest.raises(CodingTrouble, match="no such text"):
        second.put("more", names[0], Mark(remove=True))
    with pytest.raises(CodingTrouble, match="no such text"):
        second.put("more", next(name for name in first.names("more") if name not in names), Mark())
    code(first, 10, WATER)
    assert village.work(second=True).names("more") == names, "the sample stays as it was drawn"


def test_agreement_stands_in_the_file_of_the_first_once_the_sample_is_coded(tmp_path: Path) -> None:
    village = Village(tmp_path)
    village.answer(60)
    first = begun(village)
    code(first, 30, WATER)
    code(first, 30, ROADS)
    second = village.work(second=True)
    for name in second.names("more")[:-1]:
        mark = first.mark("more", name)
        assert mark is not None
        second.put("more", name, mark)
    assert agreements(second, first.path) == {"more": None}, "one of the sample is missing"
    second.put("more", second.names("more")[-1], Mark(frozenset()))
    (told,) = agreements(second, first.path).values()
    assert told is not None
    assert told.n == 30
    assert told.kappa is not None
    assert 0.9 < told.kappa < 1
    assert give(village.work()).questions["more"].counted.agreement == told


def test_each_release_has_a_sample_of_its_own(tmp_path: Path) -> None:
    village = Village(tmp_path)
    village.answer(12)
    first = begun(village)
    code(first, 12, WATER)
    before = village.work(second=True).names("more")
    village.count(give(first))
    village.answer(9)
    code(village.work(), 9, WATER)
    after = village.work(second=True).names("more")
    assert (len(before), len(after)) == (12, 9)
    assert not set(before) & set(after)


# -- promise 5 --------------------------------------------------------------------------------------------


def test_titles_are_cleaned_told_apart_and_few(village: Village) -> None:
    work = village.work()
    work.add_theme("more", "en", "Call\n0300-7654321 <b>\u202e")
    assert work.titles("more")[WATER] == {"en": "Call [#] <b>"}
    for language, words, why in (
        ("en", "Call [#] <b>", "is a theme with this title"),
        ("en", " \u200e", "needs a title"),
        ("xx", "Roads", "needs a title"),
    ):
        with pytest.raises(CodingTrouble, match=why):
            work.add_theme("more", language, words)
    for number in range(1, MOST_THEMES):
        work.add_theme("more", "en", f"Theme {number}")
    with pytest.raises(CodingTrouble, match="holds 30"):
        work.add_theme("more", "en", "One more")
    work.rename("more", WATER, "ur", "پانی")
    assert village.work().titles("more")[WATER] == {"en": "Call [#] <b>", "ur": "پانی"}


def test_no_text_is_put_under_a_theme_that_is_not_there(village: Village) -> None:
    work = begun(village)
    with pytest.raises(CodingTrouble, match="no such text or theme"):
        work.put("more", work.names("more")[0], Mark(frozenset({"t09"})))
    with pytest.raises(CodingTrouble, match="no such text or theme"):
        work.put("more", "0" * 64, Mark())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"format": "another"}',
        b'{"format": "aitbar coding 1", "wave": "abcd2345", "questions": {"more": {}}}',
        b'{"format": "aitbar coding 1", "wave": "abcd2345", "questions": {"more": {"themes": {}, "texts": {"x": '
        b'{"themes": ["t01"], "remove": false}}, "given": {}, "sample": []}}}',
    ],
)
def test_a_damaged_coding_is_said_and_left_as_it_is(village: Village, content: bytes) -> None:
    path = village.folder / "coding-abcd2345.json"
    path.write_bytes(content)
    with pytest.raises(CodingTrouble, match="damaged"):
        village.work()
    assert path.read_bytes() == content


def test_the_coding_of_another_wave_is_said(village: Village) -> None:
    begun(village)
    path = village.folder / "coding-abcd2345.json"
    path.write_text(path.read_text().replace("abcd2345", "other"))
    with pytest.raises(CodingTrouble, match="another wave: other"):
        village.work()


def test_a_file_of_an_older_bot_is_said(village: Village) -> None:
    with pytest.raises(CodingTrouble, match="older bot"):
        begin(replace(village.bundle(), k=0, release=0), village.file())
