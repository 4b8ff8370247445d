"""Answers counted by the kind of group people were invited by.

1. A wave counts kinds only where that was fixed before it opened, and only where people come by invitations.
2. Of the invitation the kind alone goes on: sealed with the place, beside the answers until the release, then in
   counts. Never the code, the group or its name.
3. Where it is not counted nothing of it is kept, and the answers are those of any other wave, byte for byte.
4. Kinds are summed over all blocks; a withdrawal changes no figure; released answers and exports have none.
5. The consent says it where it is so, and nowhere else; every kind has a title in every language.
6. A kind is named only where k people or more came by it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from bot import export
from bot.chat.identity import who
from bot.core.cohorts import COHORT, KINDS, counted
from bot.core.events import Agreed, Chose, PickedLanguage, Sent, StartedOver
from bot.core.letters import clean
from bot.core.place import Place, longest_place, write_place
from bot.core.survey import LANGUAGES, VALID
from bot.core.threshold import joined, split
from bot.digest import Publishable, html, pdf, write
from bot.files.phrases import Phrases
from bot.store import Store, WaveTrouble
from bot.store import tables as t
from bot.store.vault import dump_place, load_place
from bot.turn import Grip, Held, Reply
from tests.digest.sample import ABOUT
from tests.store.sample import START, TODAY, TRUST, kept, open_wave, rows, send, tick_at
from tests.test_invited import agrees, does, phrases

K = 5
KIND = "mosque_committee"
NAME = "Jamia Masjid"
COUNTED: dict[str, Any] = {"invited": True, "cohorts": True}
PHRASES = Phrases.load()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path) as one:
        tick_at(one, 0)
        yield one


def invite(store: Store, wave: str, kind: str = KIND, name: str = NAME) -> str:
    """What the link of a group of this kind carries."""
    with store.transaction() as tx:
        return joined(wave, tx.invites.make(tx.waves.known(wave), name, 20 * K, 30, TODAY, kind))


def begun(store: Store, link: str, account: int) -> Grip:
    """Somebody agrees behind a link."""
    grip = agrees(store, link, account).grip
    assert grip is not None
    return grip


def answers(store: Store, grip: Grip, account: int) -> Reply:
    """They answer all three questions and send."""
    for number in range(3):
        does(store, Held(grip, Chose(number, 0, number + 1)), account)
    return does(store, Held(grip, Sent(code=False, step=4)), account)


def comes(store: Store, link: str, *accounts: int) -> None:
    """These accounts come by a link, answer and send."""
    for account in accounts:
        answers(store, begun(store, link, account), account)


def place_of(store: Store, wave: str, grip: Grip, account: int) -> Place:
    with store.transaction() as tx:
        tag = who(account).tag(tx.keys.wave(wave), grip.slot)
        found = tx.vault.open(grip.secret, wave, 1, tag)
    assert found is not None
    return found


def everything(store: Store) -> dict[str, list[Any]]:
    """Every row of every table."""
    return {table.name: rows(store, f"SELECT * FROM {table.name}") for table in t.METADATA.sorted_tables}  # noqa: S608


def told_by(store: Store, *words: str) -> set[str]:
    """The tables in which one of these words stands, in whatever column."""
    said = {name: repr(found) for name, found in everything(store).items()}
    return {name for name, text in said.items() if any(word in text for word in words)}


def week(store: Store, first: int = 1) -> None:
    for day in range(first, first + 7):
        tick_at(store, day)


# -- 1 ----------------------------------------------------------------------------------------------------


def test_only_an_invited_wave_counts_kinds(store: Store) -> None:
    with pytest.raises(WaveTrouble, match="only where people come by an invitation"):
        open_wave(store, cohorts=True)
    wave = open_wave(store, **COUNTED)
    with store.transaction() as tx:
        assert tx.waves.known(wave).terms.cohorts


@pytest.mark.parametrize("kind", ["", "person", "School", "facilitator Ali"])
def test_a_group_is_of_a_kind_that_there_is(store: Store, kind: str) -> None:
    wave = open_wave(store, invited=True)
    with pytest.raises(WaveTrouble, match="one of these kinds: event, school"):
        invite(store, wave, kind)
    assert rows(store, "SELECT count(*) FROM invite") == [(0,)]


# -- 2 ----------------------------------------------------------------------------------------------------


def test_the_kind_alone_goes_on_sealed_then_beside_the_answers_then_in_counts(store: Store) -> None:
    wave = open_wave(store, leave_behind=0, **COUNTED)
    link = invite(store, wave)
    grip = begun(store, link, 1)
    assert place_of(store, wave, grip, 1).cohort == KIND
    assert told_by(store, KIND, NAME) == {"invite"}, "what is sealed tells nothing"
    answers(store, grip, 1)
    assert told_by(store, KIND) == {"invite", "pool"}
    comes(store, link, *range(2, K + 1))
    week(store)
    assert told_by(store, KIND) == {"invite", "block_count", "running_sum"}
    assert told_by(store, NAME) == {"invite"}
    assert rows(store, "SELECT count(*) FROM response") == [(K,)]
    for table, found in everything(store).items():
        assert table == "invite" or split(link)[1] not in repr(found)
    ((h,),) = rows(store, "SELECT h FROM invite")
    assert not any(h in row for table, found in everything(store).items() if table != "invite" for row in found)


def test_a_mark_and_a_box_look_the_same_whatever_the_kind(store: Store) -> None:
    wave = open_wave(store, **COUNTED)
    for number, kind in enumerate(KINDS, start=1):
        begun(store, invite(store, wave, kind, f"group {number}"), number)
    lengths = {len(box) for (box,) in rows(store, "SELECT box FROM session")}
    assert len(lengths) == 1
    assert {len(row) for row in rows(store, "SELECT * FROM ledger")} == {3}, "wave, mark, done"


def test_who_starts_over_by_the_link_keeps_its_kind_and_by_another_way_has_none(store: Store) -> None:
    wave = open_wave(store, **COUNTED)
    link = invite(store, wave)
    begun(store, link, 1)
    for way, kind in ((link, KIND), (wave, ""), (f"{wave}-wrong", "")):
        again = does(store, StartedOver(way, 1, "en", sure=True), 1)
        assert again.grip is not None
        assert place_of(store, wave, again.grip, 1).cohort == kind
    later = does(store, StartedOver(link, 1, "en", sure=True), 1, START + timedelta(days=40))
    assert later.grip is not None
    assert place_of(store, wave, later.grip, 1).cohort == KIND, "also when the link has expired since"


def test_a_place_of_an_older_version_has_no_kind() -> None:
    place = Place("ps", "district", marks=(7,))
    assert b"cohort" not in write_place(place)
    assert load_place(dump_place(place)) == place
    invited = replace(place, cohort=KIND)
    assert load_place(dump_place(invited)) == invited
    assert longest_place(TRUST) >= len(write_place(replace(place, cohort=max(KINDS, key=len))))


# -- 3 ----------------------------------------------------------------------------------------------------


def test_where_it_is_not_counted_nothing_of_it_is_kept(store: Store, tmp_path: Path) -> None:
    wave, other = open_wave(store, invited=True, leave_behind=0), open_wave(store, leave_behind=0)
    link = invite(store, wave)
    grip = begun(store, link, 1)
    assert place_of(store, wave, grip, 1).cohort == ""
    answers(store, grip, 1)
    comes(store, link, *range(2, K + 1))
    comes(store, other, *range(1, K + 1))
    pooled = rows(store, "SELECT wave, body FROM pool")
    bodies = [[body for of, body in pooled if of == one] for one in (wave, other)]
    assert bodies[0] == bodies[1] and len(bodies[0]) == K
    assert told_by(store, KIND, COHORT, '"cohort"') == {"invite"}
    week(store)
    assert told_by(store, KIND, COHORT, '"cohort"') == {"invite"}
    with store.transaction() as tx:
        tx.waves.close(wave)
    week(store, 8)
    assert store.scrub_now()
    for path in (tmp_path / "data").iterdir():
        assert KIND.encode() not in path.read_bytes(), "with its wave the last of it is gone"


# -- 4 ----------------------------------------------------------------------------------------------------


def published(store: Store, wave: str) -> Any:
    with store.transaction() as tx:
        return tx.waves.published(wave)


def test_kinds_are_summed_over_all_blocks_and_a_withdrawal_changes_none(store: Store) -> None:
    wave = open_wave(store, leave_behind=0, **COUNTED)
    receipts = []
    with store.transaction() as tx:
        for person in range(80):
            answers = {"district": "swat" if person % 2 else "dir", "gender": "woman", "met": "yes"}
            kind = "school" if person < 60 else "" if person < 70 else "event"
            receipts.append(send(tx, wave, person, dict(answers), cohort=kind))
    week(store)
    assert len(rows(store, "SELECT no FROM block")) == 2
    assert rows(store, "SELECT sum(n) FROM block_count WHERE question = '_cohort' AND code = 'school'") == [(60,)]
    figures = published(store, wave)
    assert figures.cohorts == {"event": 15, "school": 85}, "of the 70 whose kind is known"
    assert figures.as_json()["reach"]["cohorts"] == figures.cohorts
    with store.transaction() as tx:
        assert all(tx.vault.withdraw(receipt) for receipt in receipts[::3])
        released = tx.waves.released(wave)
    assert published(store, wave) == figures
    assert not store.rebuild_counts(wave), "made anew from the blocks they are the same"
    assert published(store, wave) == figures
    assert all(set(one.answers) == {"district", "gender", "met"} for one in released)
    assert told_by(store, "school") == {"block_count", "running_sum"}, "no row that leaves has it"


@given(st.lists(st.sampled_from(("", *KINDS))))
def test_a_block_counts_each_person_once_and_whose_kind_is_not_known_in_none(kinds: list[str]) -> None:
    counts = counted(kinds)
    known = [kind for kind in kinds if kind]
    assert counts.get((COHORT, VALID), 0) == len(known)
    assert sum(n for (_, code), n in counts.items() if code != VALID) == len(known)
    assert 0 not in counts.values()
    assert {code for _, code in counts} == ({VALID, *known} if known else set())


# -- 5 ----------------------------------------------------------------------------------------------------


def test_the_consent_says_it_where_it_is_so_and_nowhere_else(store: Store) -> None:
    plain, counting = open_wave(store, invited=True), open_wave(store, **COUNTED)
    for wave, says in ((plain, False), (counting, True)):
        reply = does(store, PickedLanguage(invite(store, wave), 1, "en"), 9)
        assert ("cohorts-counted" in phrases(reply)) is says
        assert phrases(reply)[-1] == "do-you-agree", "it is read before the question"
    outdated = does(store, Agreed(invite(store, counting, name="b"), 1, "en", 7, 0), 9)
    assert "cohorts-counted" in phrases(outdated), "also where the consent is shown anew"
    for language in LANGUAGES:
        assert "5" in PHRASES.say("en", "cohorts-counted", k=5) and PHRASES.say(language, "cohorts-counted", k=5)


def test_every_kind_has_a_title_of_its_own_in_every_language() -> None:
    for language in LANGUAGES:
        titles = [PHRASES.say(language, f"cohort-kind-{kind}") for kind in KINDS]
        assert len(set(titles)) == len(KINDS)


# -- 6 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("event", "told"), [(0, False), (1, False), (K - 1, False), (K, True)])
def test_a_kind_is_named_only_where_k_people_came_by_it(store: Store, event: int, told: bool) -> None:
    wave = open_wave(store, leave_behind=0, **COUNTED)
    with store.transaction() as tx:
        for person in range(60):
            send(tx, wave, person, cohort="event" if person < event else "school")
    week(store)
    figures = published(store, wave)
    assert set(figures.cohorts) == {"school", *(["event"] if told else [])}
    for language in LANGUAGES:
        found = write(figures, TRUST, PHRASES, language, ABOUT)
        title = PHRASES.say(language, "cohort-kind-event")
        assert (title in found.cohorts) is told
        assert PHRASES.say(language, "cohort-kind-school") in found.cohorts
        assert found.cohorts in found.text and found.cohorts not in found.brief


def test_a_digest_of_a_wave_that_counts_no_kinds_says_nothing_of_them(store: Store) -> None:
    wave = open_wave(store, leave_behind=0)
    with store.transaction() as tx:
        for person in range(60):
            send(tx, wave, person)
    week(store)
    figures = published(store, wave)
    assert write(figures, TRUST, PHRASES, "en", ABOUT).cohorts == ""
    assert "cohorts" not in json.dumps(figures.as_json())


@pytest.mark.parametrize("language", LANGUAGES)
def test_kinds_stand_wherever_the_figures_of_a_wave_stand(store: Store, language: str) -> None:
    wave = open_wave(store, leave_behind=0, **COUNTED)
    with store.transaction() as tx:
        for person in range(60):
            send(tx, wave, person, cohort="event" if person < 15 else "school")
    week(store)
    figures = published(store, wave)
    assert figures.cohorts == {"event": 25, "school": 75}
    found = write(figures, TRUST, PHRASES, language, ABOUT)
    said = " ".join(clean(found.cohorts).split())
    assert said in " ".join(clean(html(found).decode()).split())
    if language == "en":  # of the others a file holds letters in the order in which they were drawn
        (page,) = PdfReader(io.BytesIO(pdf(found, START))).pages
        assert said in " ".join(clean(page.extract_text()).split())
    school = clean(PHRASES.say(language, "cohort-kind-school"))
    table = list(csv.DictReader(io.StringIO(export_of(figures, "csv", "figures.csv").decode("utf-8-sig"))))
    shares = {line["id"]: line["share"] for line in table if line["kind"] == "cohort"}
    assert shares == {"event": "25", "school": "75"}
    (title,) = {line[f"title.{language}"] for line in table if line["id"] == "school"}
    assert title == school
    sets = json.loads(export_of(figures, "json-stat", f"figures.{language}.json"))["link"]["item"]
    (told,) = [one for one in sets if one["label"] == "cohorts"]
    assert told["value"] == [25, 75]
    assert told["dimension"]["cohort"]["category"]["label"]["school"] == school


def export_of(figures: Publishable, format: str, name: str) -> bytes:
    """One file of an export of figures."""
    return export.figures.files(figures, TRUST, PHRASES, format)[name]
