"""One turn: what somebody did, what is kept of it, and what is shown.

Promises:
1. Before the yes nothing is stored; after a no nothing is.
2. A second yes changes nothing; another person on the same phone has an interview of their own.
3. Starting over happens only after reading what it means; the earlier answers stay unreadable.
4. Who has answered is told so; a closed wave is closed.
5. A tap after sending shows the last words again, with the code where it was asked for.
6. Hiding drops the answers, screening out leaves no mark.
7. When the time to begin is over, whoever began goes on, may start over and send; nobody else begins.
8. What was answered so far can be sent, once; the last words come again as after the end.
9. An aim that is reached turns nobody away.
10. How an interview ended without answers is told for counting: by wave and state, and nothing else.
11. A tap with another's secret, a forged slot or an old step changes nothing.
12. While a wave rests nobody begins, and reads that it rests; whoever began goes on, starts over and sends.
13. Before its first day nobody begins, and reads which day that is, as the day is called where it was planned.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.chat.identity import who
from bot.core import flow
from bot.core.events import (
    Agreed,
    AskedLanguageAgain,
    AskedToSend,
    Chose,
    Continued,
    Event,
    Hid,
    HidBefore,
    Joined,
    Opened,
    PickedLanguage,
    PickedWave,
    Refused,
    Sent,
    StartedOver,
    Stopped,
    Threshold,
)
from bot.core.screen import Say, Screen
from bot.core.survey import NOT_REACHED, Reach, Survey
from bot.store import Store, Terms
from bot.turn import Ended, Grip, Held, Reply, take
from tests.core.sample import GATE, PLAIN, survey, yes_no
from tests.store.sample import REMINDING, START, TRUST, kept, rows

AMINA, BILAL = 7_000_000_001, 7_000_000_002
MARK = 11
URDU = survey("urdu", yes_no("met"), languages=("ur",))
AIMED = replace(TRUST, id="aimed", reach=Reach("KP", ("gender", ("woman",))), targets={"women": 5})
SURVEYS = {s.id: s for s in (AIMED, TRUST, GATE, PLAIN, URDU, REMINDING)}


def read(body: str) -> Survey:
    """The survey a pinned document names."""
    return SURVEYS[json.loads(body)["survey"]]


class Phone:
    """A phone: what its account does goes through `take`, as it would from the chat."""

    def __init__(self, store: Store, account: int = AMINA) -> None:
        self.store = store
        self.account = account

    def does(self, did: Held | Threshold, now: datetime = START) -> Reply:
        with self.store.transaction() as tx:
            return take(tx, who(self.account), did, now, "en")

    def begins(self, wave: str, slot: int = 0) -> Grip:
        """Agree; returns what the buttons hold."""
        reply = self.does(Agreed(wave, MARK, "en", 1, slot))
        assert reply.grip is not None
        return reply.grip

    def answers(self, grip: Grip, *options: int) -> Reply:
        """Choose these options, one question after the other."""
        reply = self.does(Held(grip, Continued()))
        for option in options:
            chosen = next(e for e in buttons(reply) if isinstance(e, Chose) and e.option == option)
            reply = self.does(Held(grip, chosen))
        return reply

    def sends(self, grip: Grip, code: bool = False) -> Reply:
        """Answer all three questions of the survey and send them."""
        reply = self.answers(grip, 0, 0, 0)
        return self.does(Held(grip, next(e for e in buttons(reply) if isinstance(e, Sent) and e.code is code)))


def buttons(reply: Reply) -> list[object]:
    """What the buttons of a reply do."""
    assert reply.screen is not None
    return [button.does for row in reply.screen.rows for button in row]


def phrases(reply: Reply) -> list[str]:
    """The bot's own phrases of a reply."""
    assert reply.screen is not None
    return [line.id for line in reply.screen.lines if isinstance(line, Say)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path, read) as one:
        yield one


def opened(store: Store, survey: str = "trust", slots: int = 1) -> str:
    """Open a wave."""
    with store.transaction() as tx:
        return tx.waves.open({"survey": survey}, Terms(k=5, slots=slots), START)


def nothing_is_stored(store: Store) -> bool:
    """True when neither ledger nor session nor pool knows of anybody."""
    return all(not rows(store, f"SELECT * FROM {table}") for table in ("ledger", "session", "pool"))  # noqa: S608


# -- before the yes -------------------------------------------------------------------------------------


def test_until_the_yes_nothing_is_stored(store: Store) -> None:
    wave, phone = opened(store), Phone(store)
    before: list[Threshold] = [
        Opened(wave, MARK, "en"),
        Opened(None, MARK, "ps"),
        PickedWave(wave, MARK),
        PickedLanguage(wave, MARK, "ps"),
        AskedLanguageAgain(wave, MARK),
        HidBefore((MARK,)),
        Refused(wave, MARK, "en"),
    ]
    for did in before:
        phone.does(did)
        assert nothing_is_stored(store), did


def test_the_yes_of_a_consent_is_for_the_person_who_reads_it(store: Store) -> None:
    wave, phone = opened(store, slots=2), Phone(store)
    first = phone.does(PickedLanguage(wave, MARK, "en"))
    assert Agreed(wave, MARK, "en", 1, 0) in buttons(first)
    phone.begins(wave)
    second = phone.does(PickedLanguage(wave, MARK, "en"))
    assert Agreed(wave, MARK, "en", 1, 1) in buttons(second)


def test_a_consent_to_another_version_is_asked_again(store: Store) -> None:
    wave, phone = opened(store), Phone(store)
    reply = phone.does(Agreed(wave, MARK, "en", 2, 0))
    assert "do-you-agree" in phrases(reply)
    assert nothing_is_stored(store)


def test_a_survey_that_does_not_speak_the_language_is_asked_in_its_own(store: Store) -> None:
    wave, phone = opened(store, "urdu"), Phone(store)
    assert phone.does(Opened(None, MARK, "ps")).screen is not None
    reply = phone.does(PickedLanguage(wave, MARK, "ps"))
    assert reply.screen is not None
    assert reply.screen.language == "ur"
    begun = phone.does(Agreed(wave, MARK, "ps", 1, 0))
    assert begun.screen is not None
    assert begun.screen.language == "ur"


def test_of_several_open_surveys_one_is_picked(store: Store) -> None:
    one, two = opened(store), opened(store, "urdu")
    reply = Phone(store).does(Opened(None, MARK, "ps"))
    assert {e.wave for e in buttons(reply) if isinstance(e, PickedWave)} == {one, two}
    assert phrases(reply) == ["choose-survey"]


# -- beginning ------------------------------------------------------------------------------------------


def test_a_second_yes_changes_nothing_and_is_answered_beside_the_interview(store: Store) -> None:
    for slots in (1, 2):
        wave, phone = opened(store, slots=slots), Phone(store)
        grip = phone.begins(wave)
        before = rows(store, "SELECT * FROM session"), rows(store, "SELECT * FROM ledger")
        again = phone.does(Agreed(wave, MARK, "en", 1, 0))
        assert (rows(store, "SELECT * FROM session"), rows(store, "SELECT * FROM ledger")) == before
        assert again.apart, "the tapped message may hold the secret of the interview"
        assert phrases(again) == ["go-on-above"]
        assert phone.does(Held(grip, Continued())).grip == grip


def test_a_slot_that_the_wave_does_not_have_is_refused(store: Store) -> None:
    wave, phone = opened(store, slots=2), Phone(store)
    assert phone.does(Agreed(wave, MARK, "en", 1, 3)).grip is None
    assert nothing_is_stored(store)


def test_two_people_on_one_phone_have_an_interview_each(store: Store) -> None:
    wave, phone = opened(store, slots=2), Phone(store)
    first = phone.begins(wave)
    again = phone.does(Opened(wave, MARK, "en"))
    assert Joined(wave, MARK, "en") in buttons(again)
    second = phone.begins(wave, slot=1)
    assert second != first
    assert phone.sends(second).finished
    assert phone.sends(first).finished
    assert rows(store, "SELECT first FROM pool ORDER BY first") == [(0,), (1,)]
    full = phone.does(Opened(wave, MARK, "en"))
    assert phrases(full) == ["already-answered"]
    assert buttons(full) == [HidBefore((MARK,))], "nobody else fits"


def test_another_account_is_another_person(store: Store) -> None:
    wave = opened(store)
    assert Phone(store).sends(Phone(store).begins(wave)).finished
    assert Phone(store, BILAL).sends(Phone(store, BILAL).begins(wave)).finished
    assert rows(store, "SELECT first FROM pool") == [(1,), (1,)]


# -- starting over --------------------------------------------------------------------------------------


def test_who_comes_back_without_the_secret_is_sent_above_and_nothing_is_begun(store: Store) -> None:
    wave, phone = opened(store), Phone(store)
    phone.begins(wave)
    for did in (Opened(wave, MARK, "en"), Opened(None, MARK, "en"), PickedWave(wave, MARK, "en")):
        assert phrases(phone.does(did)) == ["go-on-above"]
    assert phrases(phone.does(StartedOver(wave, MARK, "en", sure=False))) == ["start-over-means"]
    assert len(rows(store, "SELECT * FROM session")) == 1


def test_starting_over_draws_a_new_secret_and_one_of_the_two_is_counted(store: Store) -> None:
    wave, phone = opened(store), Phone(store)
    old = phone.begins(wave)
    phone.answers(old, 0, 0)
    new = phone.does(StartedOver(wave, MARK, "en", sure=True)).grip
    assert new is not None
    assert new.secret != old.secret
    assert phone.sends(new).finished
    late = phone.answers(old, 0)
    late = phone.does(Held(old, next(e for e in buttons(late) if isinstance(e, Sent))))
    assert phrases(late) == ["already-answered"]
    assert not late.finished
    assert len(rows(store, "SELECT * FROM pool")) == 1
    assert rows(store, "SELECT * FROM session") == [], "what cannot be sent is not kept either"


def test_starting_over_without_having_begun_begins_nothing(store: Store) -> None:
    wave, phone = opened(store), Phone(store)
    assert phone.does(StartedOver(wave, MARK, "en", sure=True)).grip is None
    assert nothing_is_stored(store)


# -- answered, closed -----------------------------------------------------------------------------------


def test_who_has_answered_is_told_so(store: Store) -> None:
    wave, phone = opened(store), Phone(store)
    phone.sends(phone.begins(wave))
    for did in (
        Opened(wave, MARK, "en"),
        Agreed(wave, MARK, "en", 1, 0),
        StartedOver(wave, MARK, "en", sure=True),
    ):
        assert phrases(phone.does(did)) == ["already-answered"]
    assert len(rows(store, "SELECT * FROM pool")) == 1


def test_a_closed_wave_is_closed_to_everybody(store: Store) -> None:
    wave, phone = opened(store), Phone(store)
    grip = phone.begins(wave)
    ready = phone.answers(grip, 0, 0, 0)
    with store.transaction() as tx:
        tx.waves.close(wave)
    send = next(e for e in buttons(ready) if isinstance(e, Sent))
    for did in (
        Held(grip, send),
        Opened(wave, MARK, "en"),
        Agreed(wave, MARK, "en", 1, 0),
        PickedWave("nosuch", 1),
    ):
        assert phrases(phone.does(did)) == ["survey-closed"]
    assert rows(store, "SELECT * FROM pool") == []


def test_after_the_key_is_gone_an_old_button_is_closed_and_raises_nothing(store: Store) -> None:
    wave, phone = opened(store), Phone(store)
    grip = phone.begins(wave)
    with store.transaction() as tx:
        tx.waves.close(wave)
        for day in (0, 1):
            tx.waves.daily((START + timedelta(days=day)).date())
    with store.transaction() as tx:
        assert tx.waves.destroy_spent_keys() == [wave]
    assert phrases(phone.does(Held(grip, Continued()))) == ["question-closed"]
    assert phrases(phone.does(Opened(wave, MARK, "en"))) == ["survey-closed"]


# -- sending --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [True, False])
def test_a_tap_after_sending_shows_the_last_words_again(store: Store, code: bool) -> None:
    wave, phone = opened(store), Phone(store)
    grip = phone.begins(wave)
    ready = phone.answers(grip, 0, 0, 0)
    send = Held(grip, next(e for e in buttons(ready) if isinstance(e, Sent) and e.code is code))
    first, second = phone.does(send), phone.does(send)
    assert first.finished
    assert not second.finished
    assert first.screen is not None and second.screen is not None
    assert first.screen.lines == second.screen.lines
    assert ("your-code" in phrases(second)) is code
    assert first.grip is None, "the secret leaves the chat"
    assert len(rows(store, "SELECT * FROM pool")) == 1


def test_the_last_words_offer_to_wipe_the_messages_of_the_interview(store: Store) -> None:
    wave, phone = opened(store), Phone(store)
    done = phone.sends(phone.begins(wave))
    assert buttons(done) == [HidBefore((MARK,))]
    wiped = phone.does(HidBefore((MARK,)))
    assert (wiped.screen, wiped.wipe) == (flow.hidden("en"), (MARK,))


# -- hiding and screening out ---------------------------------------------------------------------------


def test_hiding_drops_the_answers(store: Store) -> None:
    wave, phone = opened(store), Phone(store)
    grip = phone.begins(wave)
    phone.answers(grip, 0, 0)
    hidden = phone.does(Held(grip, Hid()))
    assert (hidden.screen, hidden.grip, hidden.wipe) == (Screen("en", (Say("hidden"),)), None, (MARK,))
    assert rows(store, "SELECT * FROM session") == []
    assert phrases(phone.does(Held(grip, Continued()))) == ["question-closed"]


def test_who_is_screened_out_leaves_no_mark(store: Store) -> None:
    wave, phone = opened(store, "gate"), Phone(store)
    reply = phone.answers(phone.begins(wave), 0)
    assert phrases(reply) == ["screened-out"]
    assert nothing_is_stored(store)


# -- forgery --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", [Continued(), Chose(0, 1, 1), Hid(), Sent(code=True, step=1)])
def test_a_tap_that_is_not_ones_own_changes_nothing(store: Store, event: Event) -> None:
    wave = opened(store, slots=2)
    grip = Phone(store).begins(wave)
    before = rows(store, "SELECT * FROM session"), rows(store, "SELECT * FROM ledger")
    assert Phone(store, BILAL).does(Held(grip, event)).screen is None, "another account"
    assert Phone(store).does(Held(Grip(grip.secret, 1), event)).screen is None, "another person of the phone"
    assert phrases(Phone(store).does(Held(Grip(bytes(16), 0), event))) == ["question-closed"]
    assert (rows(store, "SELECT * FROM session"), rows(store, "SELECT * FROM ledger")) == before


def test_an_old_button_shows_the_present_question(store: Store) -> None:
    wave, phone = opened(store), Phone(store)
    grip = phone.begins(wave)
    present = phone.answers(grip, 0)
    box = rows(store, "SELECT * FROM session")
    old = phone.does(Held(grip, Chose(0, 1, 1)))
    assert old.screen == present.screen
    assert old.hint == Say("hint-moved-on")
    assert rows(store, "SELECT * FROM session") == box


# -- 7: the time to begin -------------------------------------------------------------------------------


LATE = START + timedelta(days=8)  # one may begin for seven days, and go on for three more


def test_when_the_time_to_begin_is_over_whoever_began_goes_on_and_nobody_else_begins(store: Store) -> None:
    wave, began, new = opened(store, "reminding"), Phone(store), Phone(store, BILAL)
    grip = began.does(Agreed(wave, MARK, "en", 1, 0, remind=0)).grip
    assert grip is not None
    began.answers(grip, 0)
    for link in (wave, None):
        assert "go-on-above" in phrases(began.does(Opened(link, MARK, "en"), LATE))
    assert phrases(new.does(Opened(wave, MARK, "en"), LATE)) == ["survey-closed"]
    assert phrases(new.does(Opened(None, MARK, "en"), LATE)) == ["nothing-open"]
    for did in (
        Agreed(wave, MARK, "en", 1, 0, remind=0),
        PickedLanguage(wave, MARK, "en"),
        Joined(wave, MARK, "en"),
    ):
        assert phrases(new.does(did, LATE)) == ["survey-closed"]
    assert len(rows(store, "SELECT * FROM ledger")) == 1
    assert began.does(Held(grip, Continued()), LATE).grip == grip
    again = began.does(StartedOver(wave, MARK, "en", sure=True), LATE)
    assert again.grip is not None
    assert again.grip != grip


def test_a_closed_wave_is_closed_for_whoever_began_too(store: Store) -> None:
    wave, phone = opened(store, "reminding"), Phone(store)
    grip = phone.does(Agreed(wave, MARK, "en", 1, 0, remind=0)).grip
    assert grip is not None
    with store.transaction() as tx:
        assert tx.waves.close_overdue(START + timedelta(days=11)) == [wave]
    assert phrases(phone.does(Held(grip, Continued()))) == ["survey-closed"]
    assert phrases(phone.does(Opened(wave, MARK, "en"))) == ["survey-closed"]


# -- 8: so far ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [False, True])
def test_what_was_answered_so_far_can_be_sent_once(store: Store, code: bool) -> None:
    wave, phone = opened(store), Phone(store)
    grip = phone.begins(wave)
    phone.answers(grip, 0)
    assert AskedToSend() in buttons(phone.does(Held(grip, Stopped())))
    shown = phone.does(Held(grip, AskedToSend()))
    sent = next(e for e in buttons(shown) if isinstance(e, Sent) and e.partly and e.code is code)
    first = phone.does(Held(grip, sent))
    ((cell, body),) = rows(store, "SELECT cell, body FROM pool")
    assert cell == "district=swat/gender=unknown"
    assert json.loads(body)["answers"] == {"district": "swat", "gender": NOT_REACHED, "met": NOT_REACHED}
    assert rows(store, "SELECT done FROM ledger") == [(1,)]
    assert ("your-code" in phrases(first)) is code
    assert phrases(phone.does(Held(grip, sent))) == phrases(first), "the last words again"
    assert len(rows(store, "SELECT * FROM pool")) == 1
    assert phrases(phone.does(Opened(wave, MARK, "en"))) == ["already-answered"]


def test_the_yes_is_followed_by_the_question_on_reminders_where_the_survey_has_them(store: Store) -> None:
    wave, phone = opened(store, "reminding"), Phone(store)
    asked = phone.does(Agreed(wave, MARK, "en", 1, 0))
    assert phrases(asked)[0] == "remind"
    assert nothing_is_stored(store)
    answers = [did for did in buttons(asked) if isinstance(did, Agreed)]
    assert [did.remind for did in answers] == [0, 1, 2, 3], "no stands first"
    begun = phone.does(answers[3])
    assert begun.grip is not None
    assert begun.wish is not None
    assert (begun.wish.result, begun.wish.part, begun.wish.holds) == (False, 3, True)
    assert Phone(store, BILAL).does(answers[0]).wish is None


def test_a_wish_for_reminders_that_nobody_offered_counts_nothing(store: Store) -> None:
    assert Phone(store).does(Agreed(opened(store), MARK, "en", 1, 0, remind=2)).wish is None


def test_an_aim_that_is_reached_turns_nobody_away_and_changes_no_screen(store: Store) -> None:
    plain, aimed = opened(store), opened(store, "aimed")
    for account in range(1, 12):  # all of them women: the aim of five in a hundred is reached many times
        screens: list[list[list[str]]] = []
        for wave in (plain, aimed):
            phone = Phone(store, account)
            seen = [phone.does(Opened(wave, MARK, "en")), phone.does(Agreed(wave, MARK, "en", 1, 0))]
            grip = seen[1].grip
            assert grip is not None
            seen += [phone.does(Held(grip, Continued())), phone.sends(grip)]
            screens.append([phrases(one) for one in seen])
        assert screens[0] == screens[1]
    assert len(rows(store, "SELECT * FROM pool")) == 22


# -- 10: for counting ------------------------------------------------------------------------------------


def test_how_an_interview_ended_without_answers_is_told(store: Store) -> None:
    wave, gate, phone = opened(store), opened(store, "gate"), Phone(store)
    assert phone.does(Refused(wave, MARK, "en")).ended == Ended(wave, "refused")
    assert phone.does(Refused("nowhere2", MARK, "en")).ended is None
    assert phone.answers(phone.begins(gate), 0).ended == Ended(gate, "screened_out")
    grip = phone.begins(wave)
    assert phone.does(Held(grip, Continued())).ended is None
    assert phone.does(Held(grip, Hid())).ended == Ended(wave, "quit")
    assert Phone(store, BILAL).sends(Phone(store, BILAL).begins(wave)).ended is None


def test_while_a_wave_rests_nobody_begins_and_whoever_began_finishes(store: Store) -> None:
    wave = opened(store)
    amina, bilal = Phone(store), Phone(store, BILAL)
    grip = amina.begins(wave)
    with store.transaction() as tx:
        tx.waves.pause(wave)
    before = rows(store, "SELECT * FROM ledger")
    for did in (Opened(wave, MARK, "en"), PickedLanguage(wave, MARK, "en"), Agreed(wave, MARK, "en", 1, 0)):
        assert phrases(bilal.does(did)) == ["survey-rests"]
    assert phrases(bilal.does(Opened(None, MARK, "en"))) == ["nothing-open"]
    assert bilal.does(Refused(wave, MARK, "en")).ended is None, "what cannot be agreed to is not refused"
    assert rows(store, "SELECT * FROM ledger") == before
    assert phrases(amina.does(Opened(wave, MARK, "en"))) == ["go-on-above"]
    assert amina.sends(grip).finished
    with store.transaction() as tx:
        tx.waves.resume(wave)
    assert bilal.does(Agreed(wave, MARK, "en", 1, 0)).grip is not None


def test_a_wave_that_rests_and_is_over_is_closed_to_whoever_comes(store: Store) -> None:
    with store.transaction() as tx:
        wave = tx.waves.open({"survey": "trust"}, Terms(k=5, starts_until=START + timedelta(days=1)), START)
        tx.waves.pause(wave)
    assert phrases(Phone(store).does(Opened(wave, MARK, "en"))) == ["survey-rests"]
    assert phrases(Phone(store).does(Opened(wave, MARK, "en"), START + timedelta(days=2))) == ["survey-closed"]


def test_before_the_first_day_one_reads_which_day_that_is(store: Store) -> None:
    first = datetime(2026, 12, 1, tzinfo=ZoneInfo("Asia/Karachi"))  # in UTC it is still November
    with store.transaction() as tx:
        wave = tx.waves.open({"survey": "trust"}, Terms(k=5, starts_from=first), START)
        tx.waves.pause(wave)
    reply = Phone(store).does(Opened(wave, MARK, "en"))
    assert phrases(reply) == ["survey-begins"]
    assert reply.screen is not None
    assert reply.screen.lines[0] == Say("survey-begins", {"day": date(2026, 12, 1)})
    with store.transaction() as tx:
        tx.waves.resume(wave)
    assert phrases(Phone(store).does(Agreed(wave, MARK, "en", 1, 0))) == ["survey-begins"]
    assert Phone(store).does(Agreed(wave, MARK, "en", 1, 0), first).grip is not None
