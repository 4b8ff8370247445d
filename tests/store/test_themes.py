"""Themes at rest: counted once, of k texts or more, and never changed.

1. A release counts a question once; a text is counted once, also after it is gone.
2. Whatever is imported in whatever order: between any two figures ever shown lie no texts, or k or more; and the
   counts are those of exactly the texts that were taken.
3. Fewer than k texts, texts that are not here, another wave, a later release: nothing is counted.
4. A mark for removal deletes the text and changes no count; so does whoever takes answers back.
5. Backup and restore carry the counts, titles and hashes; hashes go with the texts, counts stay.
6. What is no file of codes is said in a sentence, and nothing of it is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from bot.core import codes
from bot.core.codes import Coded, Codes, CodesTrouble
from bot.core.themes import Agreement, Counted
from bot.store import Store, WaveTrouble, themes
from bot.store import tables as t
from bot.store.backup import back_up
from bot.store.opentext import Bundle, open_bundle
from bot.store.restore import restore
from bot.store.themes import ALREADY, COUNTED, FEW, TWICE, Taken
from tests.store.sample import START, address, kept, rows
from tests.store.test_opentext import STEWARD, days, opened, survey, write

K = 5
TITLES = {"t01": {"en": "Water"}, "t02": {"ur": "سڑکیں"}}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path / "one", survey) as one:
        yield one


def file(store: Store, wave: str) -> Bundle:
    """What the steward gets."""
    with store.transaction() as tx:
        content = tx.waves.open_answers(wave)
    assert content is not None
    return open_bundle(content, STEWARD)


def released(store: Store, people: int = 12) -> tuple[str, list[str]]:
    """A wave whose first release has so many texts; returns the codes of their people."""
    wave = opened(store)
    receipts = [write(store, wave, person, f"story {person}") for person in range(people)]
    days(store, 1, 2)
    return wave, receipts


def coded(bundle: Bundle, names: Any = None, water: int = 6, agreed: Agreement | None = None) -> Codes:
    """Codes of these texts, all where none are named: so many of water."""
    some = frozenset(bundle.opened[0].names if names is None else names)
    counted = Counted(bundle.release, len(some), {"t01": min(water, len(some)), "t02": 0}, agreed)
    return Codes(bundle.wave, bundle.release, {"more": Coded(TITLES, counted, some)})


def take(store: Store, given: Codes, wave: str = "") -> Taken:
    """Import them."""
    with store.transaction() as tx:
        return tx.waves.take_codes(wave or given.wave, codes.write(given))


def shown(store: Store, wave: str) -> Any:
    """The themes as a digest has them."""
    with store.transaction() as tx:
        return tx.waves.published(wave).as_json().get("themes")


def kept_rows(store: Store) -> list[list[Any]]:
    """All that is kept of themes."""
    return [rows(store, f"SELECT * FROM {name}") for name in ("theme", "theme_count", "theme_text")]  # noqa: S608


# -- promise 1 --------------------------------------------------------------------------------------------


def test_themes_are_counted_once_a_release_and_shown(store: Store) -> None:
    wave, _ = released(store)
    bundle = file(store, wave)
    assert (bundle.k, bundle.release, bundle.opened[0].counted) == (K, 2, frozenset())
    assert shown(store, wave) is None
    assert take(store, coded(bundle, agreed=Agreement(12, 0.71, {"t01": 0.62}))) == Taken({"more": COUNTED}, False)
    told = shown(store, wave)
    assert (told["more"]["n"], told["more"]["kappa"]) == (10, 0.7)
    assert list(told["more"]["themes"]) == ["t01"], "of the other theme there is no text"
    assert told["more"]["themes"]["t01"]["title"] == {"en": "Water"}
    assert told["more"]["themes"]["t01"]["share"] == 50
    assert file(store, wave).opened[0].counted == frozenset(bundle.opened[0].names)

    before = kept_rows(store)
    assert take(store, coded(bundle, water=12)) == Taken({"more": ALREADY}, False)
    assert kept_rows(store) == before


@pytest.mark.parametrize(("sampled", "is_told"), [(K - 1, False), (K, True), (7, True), (8, False), (12, True)])
def test_agreement_of_few_texts_or_of_all_but_few_is_not_kept(store: Store, sampled: int, is_told: bool) -> None:
    wave, _ = released(store)
    assert take(store, coded(file(store, wave), agreed=Agreement(sampled, 0.7, {"t01": 0.7}))).questions
    assert (shown(store, wave)["more"]["kappa"] == 0.7) is is_told
    assert any(row[-1] is not None for row in rows(store, "SELECT * FROM theme_count")) is is_told


def test_a_second_release_adds_its_own_texts_and_no_others(store: Store) -> None:
    wave, _ = released(store)
    first = file(store, wave)
    take(store, coded(first))
    for person in range(20, 28):
        write(store, wave, person, f"story {person}")
    days(store, 3, 5)
    second = file(store, wave)
    assert second.release > first.release
    assert take(store, coded(second)).questions == {"more": TWICE}, "all texts of the file, also the first ones"
    fresh = set(second.opened[0].names) - second.opened[0].counted
    assert len(fresh) == 8
    assert take(store, coded(second, fresh, water=8)).questions == {"more": COUNTED}
    assert shown(store, wave)["more"]["n"] == 20
    assert shown(store, wave)["more"]["themes"]["t01"]["share"] == 70


def test_a_text_that_was_counted_and_taken_back_is_not_counted_again(store: Store) -> None:
    wave, receipts = released(store)
    bundle = file(store, wave)
    take(store, coded(bundle))
    for person in range(20, 28):
        write(store, wave, person, f"story {person}")
    days(store, 3, 5)
    with store.transaction() as tx:
        assert tx.vault.withdraw(receipts[0])
    second = file(store, wave)
    (gone,) = set(bundle.opened[0].names) - set(second.opened[0].names)
    fresh = set(second.opened[0].names) - second.opened[0].counted
    assert take(store, coded(second, fresh | {gone})).questions == {"more": TWICE}


def test_a_title_stays_as_it_was_first_counted(store: Store) -> None:
    wave, _ = released(store)
    take(store, coded(file(store, wave)))
    for person in range(20, 28):
        write(store, wave, person, f"story {person}")
    days(store, 3, 5)
    second = file(store, wave)
    given = coded(second, set(second.opened[0].names) - second.opened[0].counted)
    renamed = replace(given.questions["more"], titles={"t01": {"en": "Wells"}, "t02": {"en": "Roads"}})
    assert take(store, replace(given, questions={"more": renamed})).questions == {"more": COUNTED}
    assert shown(store, wave)["more"]["themes"]["t01"]["title"] == {"en": "Water"}


# -- promise 2 --------------------------------------------------------------------------------------------

IMPORTS = st.lists(
    st.tuples(
        st.integers(1, 6), st.sets(st.integers(0, 29), min_size=1, max_size=30), st.sets(st.integers(0, 29))
    ),
    min_size=1,
    max_size=12,
)
WAVES = iter(range(10**6))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(imports=IMPORTS, water=st.sets(st.integers(0, 29)))
def test_between_any_two_figures_ever_shown_lie_no_texts_or_k_or_more(
    store: Store, imports: list[tuple[int, set[int], set[int]]], water: set[int]
) -> None:
    wave = f"w{next(WAVES)}"
    boxes = [f"{wave} box {number}".encode() for number in range(30)]
    named = {codes.name(box): number for number, box in enumerate(boxes)}
    with store.transaction() as tx:
        db = tx.connection
        db.execute(insert(t.block).values(wave=wave, no=1, node="", n=30, burst=0, release=6))
        kept = {"wave": wave, "block": 1, "question": "more"}
        for number, box in enumerate(boxes):
            own = f"{wave} {number}".encode()
            db.execute(insert(t.opentext).values(**kept, tid=own.rjust(16)[-16:], sealed=box, thash=own.rjust(32)))
        groups: list[set[int]] = [set()]
        for release, texts, gone in imports:
            names = frozenset(codes.name(boxes[number]) for number in texts)
            counted = Counted(release, len(texts), {"t01": len(texts & water)})
            given = Codes(
                wave,
                release,
                {"more": Coded({"t01": {"en": "Water"}}, counted, names)},
                {"more": frozenset(codes.name(boxes[number]) for number in gone)},
            )
            became = themes.take(db, wave, ("more",), K, codes.read(codes.write(given)))
            groups.append(groups[-1] | texts if became.questions["more"] == COUNTED else groups[-1])
            told = themes.counted(db, wave).get("more", [])
            assert sum(one.n for one in told) == len(groups[-1])
            assert sum(one.themes["t01"] for one in told) == len(groups[-1] & water)
            assert {named[name] for name in themes.texts(db, wave, "more")} == groups[-1]
    for one in groups:
        for other in groups:
            assert len(one ^ other) == 0 or len(one ^ other) >= K


# -- promise 3 --------------------------------------------------------------------------------------------


def test_fewer_than_k_texts_are_not_counted_nor_ones_that_are_not_here(store: Store) -> None:
    wave, receipts = released(store)
    bundle = file(store, wave)
    names = list(bundle.opened[0].names)
    assert take(store, coded(bundle, names[: K - 1])).questions == {"more": FEW}
    made_up = [codes.name(bytes([number])) for number in range(20)]
    assert take(store, coded(bundle, [*names[: K - 1], *made_up])).questions == {"more": FEW}
    for receipt in receipts[K - 1 :]:
        with store.transaction() as tx:
            tx.vault.withdraw(receipt)
    assert take(store, coded(bundle)).questions == {"more": FEW}
    assert kept_rows(store) == [[], [], []]


def test_codes_of_another_wave_question_or_release_are_refused(store: Store) -> None:
    wave, _ = released(store)
    bundle = file(store, wave)
    given = coded(bundle)
    with pytest.raises(CodesTrouble, match="another wave: other"):
        take(store, replace(given, wave="other"), wave)
    with pytest.raises(CodesTrouble, match="do not belong"):
        take(store, replace(given, release=bundle.release + 1))
    with pytest.raises(CodesTrouble, match="do not belong"):
        take(store, replace(given, questions={"met": given.questions["more"]}))
    with pytest.raises(WaveTrouble):
        take(store, replace(given, wave="other"))
    assert kept_rows(store) == [[], [], []]


# -- promise 4 --------------------------------------------------------------------------------------------


def test_a_mark_for_removal_deletes_the_text_and_changes_no_count(store: Store) -> None:
    wave, _ = released(store)
    bundle = file(store, wave)
    take(store, coded(bundle))
    before, there = kept_rows(store), len(rows(store, "SELECT tid FROM opentext"))
    name = bundle.opened[0].names[3]
    assert take(store, Codes(wave, bundle.release, {}, {"more": frozenset({name})})) == Taken({}, True)
    assert kept_rows(store) == before
    assert len(rows(store, "SELECT tid FROM opentext")) == there - 1
    assert name not in file(store, wave).opened[0].names
    assert take(store, Codes(wave, bundle.release, {}, {"more": frozenset({name})})) == Taken({}, False)


def test_whoever_takes_answers_back_changes_no_count(store: Store) -> None:
    wave, receipts = released(store)
    take(store, coded(file(store, wave)))
    before, figures = kept_rows(store), shown(store, wave)
    with store.transaction() as tx:
        assert tx.vault.withdraw(receipts[0])
    assert (kept_rows(store), shown(store, wave)) == (before, figures)


# -- promise 5 --------------------------------------------------------------------------------------------


def test_a_backup_carries_the_themes_and_a_restored_one_counts_no_text_twice(store: Store, tmp_path: Path) -> None:
    wave, _ = released(store)
    bundle = file(store, wave)
    take(store, coded(bundle, agreed=Agreement(12, -0.25, {"t01": None})))
    with store.reading() as source:
        back_up(source, tmp_path / "kept", START.date(), "test")
    home = tmp_path / "two"
    (home / "keys").mkdir(parents=True)
    (home / "data").mkdir()
    restore(address(home), home / "keys", survey, tmp_path / "kept", START + timedelta(days=9))
    with kept(home, survey) as other:
        assert kept_rows(other) == kept_rows(store)
        assert shown(other, wave) == shown(store, wave)
        assert take(other, replace(coded(bundle), release=0)).questions == {"more": TWICE}


def test_hashes_go_with_the_texts_and_the_counts_stay(store: Store) -> None:
    wave, _ = released(store)
    take(store, coded(file(store, wave)))
    figures = shown(store, wave)
    with store.transaction() as tx:
        tx.waves.close(wave)
    days(store, 6, 8)
    with store.transaction() as tx:
        later = START + timedelta(days=800)
        tx.clear(later, later.date(), 24)
    assert rows(store, "SELECT * FROM theme_text") == rows(store, "SELECT * FROM opentext") == []
    assert shown(store, wave) == figures


# -- promise 6 --------------------------------------------------------------------------------------------


def mangled(given: Codes) -> dict[str, bytes]:
    """Files that are none."""
    raw = json.loads(codes.write(given))

    def changed(*path: Any, to: Any) -> bytes:
        said = json.loads(json.dumps(raw))
        at = said
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = to
        return json.dumps(said).encode()

    more = ("questions", "more")
    return {
        "no json": b"{",
        "a list": b"[]",
        "deep": b"[" * 100_000,
        "another format": changed("format", to="aitbar codes 2"),
        "a text beside it": changed("words", to="somebody's words"),
        "a text in a question": changed(*more, "words", to=["somebody's words"]),
        "a text in the place of a hash": changed(*more, "texts", 0, to="somebody's words"),
        "more coded than texts": changed(*more, "coded", to=13),
        "fewer coded than texts": changed(*more, "coded", to=11),
        "more of a theme than texts": changed(*more, "themes", "t01", "n", to=13),
        "a count that is none": changed(*more, "themes", "t01", "n", to=True),
        "a negative count": changed(*more, "themes", "t01", "n", to=-1),
        "a theme of our own": changed(*more, "themes", "_all", to={"title": {"en": "x"}, "n": 1}),
        "a title in no language": changed(*more, "themes", "t01", "title", to={}),
        "a title in another": changed(*more, "themes", "t01", "title", to={"xx": "x"}),
        "an empty title": changed(*more, "themes", "t01", "title", to={"en": "\u200e \n"}),
        "an impossible kappa": changed(*more, "agreement", to={"n": 12, "kappa": 1.5, "themes": {}}),
        "no number": changed(*more, "agreement", to={"n": 12, "kappa": float("nan"), "themes": {}}),
        "a sample larger than all": changed(*more, "agreement", to={"n": 13, "kappa": 1, "themes": {}}),
        "a thousand themes": changed(
            *more, "themes", to={f"t{n}": {"title": {"en": "x"}, "n": 1} for n in range(1000)}
        ),
    }


def test_what_is_no_file_of_codes_is_said_and_nothing_is_kept(store: Store) -> None:
    wave, _ = released(store)
    for what, content in mangled(coded(file(store, wave))).items():
        with pytest.raises(CodesTrouble, match="no file of codes"), store.transaction() as tx:
            tx.waves.take_codes(wave, content)
            pytest.fail(what)
    assert kept_rows(store) == [[], [], []]


def test_a_hostile_title_is_kept_as_one_short_line(store: Store) -> None:
    wave, _ = released(store)
    given = coded(file(store, wave))
    hostile = "<b>call\u202e 0300-7654321\nhttps://example.org/x " + "x" * 500
    question = replace(given.questions["more"], titles={"t01": {"en": hostile}, "t02": {"en": "x"}})
    take(store, replace(given, questions={"more": question}))
    kept_title = shown(store, wave)["more"]["themes"]["t01"]["title"]["en"]
    assert len(kept_title) <= 60
    assert not {"\n", "\u202e"} & set(kept_title)
    assert "7654321" not in kept_title
    assert "example.org" not in kept_title
