"""A small survey in three languages and one wave of it, as the digest tests use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.core.blocks import Block, Entry, Publishable, Rule, publish
from bot.core.cells import Node, layout
from bot.core.indexes import sums
from bot.core.survey import (
    DONT_KNOW,
    VALID,
    Advice,
    Answer,
    CellPart,
    Condition,
    Index,
    Indicator,
    Option,
    Question,
    Reach,
    Survey,
    Words,
)
from bot.digest import About, Compared


def _option(code: str, en: str, ur: str, ps: str) -> Option:
    return Option(code, {"en": en, "ur": ur, "ps": ps})


def _words(en: str, ur: str, ps: str) -> Words:
    return {"en": en, "ur": ur, "ps": ps}


TRUST = (
    _option("none", "Not at all", "بالکل نہیں", "هېڅ نه"),
    _option("a_little", "Not much", "زیادہ نہیں", "ډېر نه"),
    _option("some", "Somewhat", "کچھ حد تک", "تر یوه حده"),
    _option("a_lot", "A lot", "بہت زیادہ", "ډېر زیات"),
)
YES_NO = (_option("yes", "Yes", "جی ہاں", "هو"), _option("no", "No", "جی نہیں", "نه"))

SURVEY = Survey(
    id="community-trust",
    version=1,
    languages=("ur", "ps", "en"),
    title=_words("Trust in my area", "میرے علاقے میں بھروسہ", "زما په علاقه کښې اعتبار"),
    licence="own items",
    consent=_words("Do you agree?", "کیا آپ راضی ہیں؟", "آیا تاسو راضي یئ؟"),
    questions=(
        Question(
            "district",
            "choice",
            _words("Which district?", "ضلع کون سا ہے؟", "کومه ضلع؟"),
            (_option("swat", "Swat", "سوات", "سوات"), _option("dir", "Dir", "دیر", "دیر")),
        ),
        Question(
            "gender",
            "choice",
            _words("Are you a woman or a man?", "آپ خاتون ہیں یا مرد؟", "تاسو زنانه یئ که نارینه؟"),
            (_option("woman", "Woman", "خاتون", "زنانه"), _option("man", "Man", "مرد", "نارینه")),
        ),
        Question(
            "age",
            "choice",
            _words("How old are you?", "آپ کی عمر کتنی ہے؟", "ستاسو عمر څومره دے؟"),
            (
                _option("b18_29", "18 to 29", "18 سے 29 سال", "له ۱۸ نه تر ۲۹ کالو پورې"),
                _option("b30", "30 or more", "30 سال یا زیادہ", "۳۰ کاله یا زیات"),
            ),
        ),
        Question(
            "police",
            "scale",
            _words(
                "How much do you trust the police?",
                "آپ کو پولیس پر کتنا بھروسہ ہے؟",
                "ستاسو په پولیسو څومره اعتبار دے؟",
            ),
            TRUST,
            order="ascending",
        ),
        Question(
            "people",
            "scale",
            _words(
                "How much do you trust most people here?",
                "آپ کو یہاں کے لوگوں پر کتنا بھروسہ ہے؟",
                "ستاسو د دې ځای په خلقو څومره اعتبار دے؟",
            ),
            TRUST,
            order="ascending",
        ),
        Question(
            "meeting",
            "yes_no",
            _words(
                "Did you take part in a community meeting?",
                "کیا آپ نے محلے یا گاؤں کی کسی میٹنگ میں حصہ لیا؟",
                "آیا تاسو د کلي یا محلې په کومه غونډه کښې برخه اخستې ده؟",
            ),
            YES_NO,
        ),
        Question(
            "heard",
            "yes_no",
            _words("Are you listened to?", "کیا آپ کی بات سنی جاتی ہے؟", "آیا ستاسو خبره اورېدلے شي؟"),
            YES_NO,
            show_if=Condition(),
        ),
    ),
    cells=(
        CellPart("district", "district", {"swat": "swat", "dir": "dir"}),
        CellPart("gender", "gender", {"woman": "woman", "man": "man"}),
        CellPart("age", "age", {"b18_29": "youth", "b30": "older"}),
    ),
    indicators=(
        Indicator(
            "trust_people",
            _words("Trust most people here", "یہاں کے لوگوں پر بھروسہ", "د دې ځای په خلقو اعتبار"),
            "people",
            ("some", "a_lot"),
            "higher",
        ),
        Indicator(
            "trust_police",
            _words("Trust the police", "پولیس پر بھروسہ", "په پولیسو اعتبار"),
            "police",
            ("some", "a_lot"),
            "higher",
        ),
        Indicator(
            "attended",
            _words(
                "Went to a community meeting in the last 6 months",
                "پچھلے 6 مہینوں میں محلے یا گاؤں کی میٹنگ میں حصہ لیا",
                "په تېرو ۶ میاشتو کښې یې د کلي په غونډه کښې برخه اخستې ده",
            ),
            "meeting",
            ("yes",),
            "higher",
        ),
        Indicator(
            "heard",
            _words("Were listened to there", "وہاں ان کی بات سنی گئی", "هلته د دوی خبره واورېدلے شوه"),
            "heard",
            ("yes",),
            "higher",
        ),
    ),
    reach=Reach("KP", ("gender", ("woman",)), ("age", ("b18_29",))),
    indexes=(
        Index(
            "trust",
            _words("Trust in people and police", "لوگوں اور پولیس پر بھروسہ", "په خلقو او پولیسو اعتبار"),
            ("people", "police"),
            (),
            "higher",
        ),
        Index(
            "standing",
            _words("Trusting and taking part", "بھروسہ اور شرکت", "اعتبار او ګډون"),
            ("people", "police", "meeting"),
            (),
            "higher",
        ),
    ),
)

PARTITION = layout(SURVEY, None).partition
ABOUT = About(date(2026, 11, 22), "Good Neighbours", "Spring 2026", alone=True)


def block(
    no: int,
    node: Node,
    n: int,
    counts: Mapping[Entry, int],
    burst: bool = False,
    scored: Mapping[str, int] | None = None,
) -> Block:
    """A block whose people all answered in Urdu unless `counts` says otherwise."""
    return Block(no, node, n, burst, {("_language", "ur"): n, **counts}, scored or {})


def scores(n: int, some: int, few: int, went: int, silent: int = 0) -> dict[str, int]:
    """The sums of the same people's indexes: whoever trusts the police is among those who trust people."""

    def answers(person: int) -> dict[str, Answer]:
        police = DONT_KNOW if person >= n - silent else "some" if person < few else "none"
        return {
            "people": "some" if person < some else "a_little",
            "police": police,
            "meeting": "yes" if person < went else "no",
        }

    return sums(SURVEY, map(answers, range(n)))


def people(gender: str, n: int, some: int, few: int, went: int, silent: int = 0) -> dict[Entry, int]:
    """The counts of n people of one gender, half of them young."""
    heard = went * 2 // 3
    return {
        ("gender", VALID): n,
        ("gender", gender): n,
        ("age", VALID): n,
        ("age", "b18_29"): n // 2,
        ("age", "b30"): n - n // 2,
        ("people", VALID): n,
        ("people", "some"): some,
        ("people", "a_little"): n - some,
        ("police", VALID): n - silent,
        ("police", DONT_KNOW): silent,
        ("police", "some"): few,
        ("police", "none"): n - silent - few,
        ("meeting", VALID): n,
        ("meeting", "yes"): went,
        ("meeting", "no"): n - went,
        ("heard", VALID): went,
        ("heard", "yes"): heard,
        ("heard", "no"): went - heard,
        ("_language", "ur"): n - n // 3,
        ("_language", "ps"): n // 3,
    }


def node(**codes: str) -> Node:
    """A node from its dimensions in their order."""
    return tuple(codes.items())


BLOCKS = (
    block(
        1,
        node(district="swat", gender="man", age="youth"),
        24,
        people("man", 24, 17, 2, 18),
        False,
        scores(24, 17, 2, 18),
    ),
    block(
        2,
        node(district="swat", gender="man", age="older"),
        18,
        people("man", 18, 12, 1, 12),
        True,
        scores(18, 12, 1, 12),
    ),
    block(
        3,
        node(district="swat", gender="woman"),
        13,
        people("woman", 13, 4, 1, 2, 5),
        False,
        scores(13, 4, 1, 2, 5),
    ),
    block(4, (), 11, people("man", 11, 7, 1, 5, 4), False, scores(11, 7, 1, 5, 4)),
)


def shown(*blocks: Block, slots: int = 1) -> Publishable:
    """The figures of these blocks."""
    return publish(SURVEY, "w1", PARTITION, Rule(10, 2, slots), blocks)


ADVISED = replace(
    SURVEY,
    indicators=(
        SURVEY.indicators[0],
        replace(
            SURVEY.indicators[1],
            advice=Advice(
                40,
                _words(
                    "Invite the police to the next open meeting and let people ask.",
                    "پولیس کو اگلی کھلی میٹنگ میں بلائیں اور لوگوں کو سوال کرنے دیں۔",
                    "پولیس بلې کولاؤ غونډې ته راوبلئ او خلقو ته د سوال موقع ورکړئ۔",
                ),
            ),
        ),
        replace(
            SURVEY.indicators[2],
            advice=Advice(
                30,
                _words(
                    "Ask women which hour and place suit them.",
                    "خواتین سے پوچھیں کہ کون سا وقت اور جگہ مناسب ہے۔",
                    "د زنانه نه تپوس وکړئ چې کوم وخت او ځاے ورله مناسب دے۔",
                ),
            ),
        ),
        SURVEY.indicators[3],
    ),
)
"""The survey with advice: on the police, who are trusted little, and on meetings, to which enough people go."""

LATER = (
    block(1, node(district="swat", gender="man"), 120, people("man", 120, 30, 12, 90)),
    block(2, node(district="swat", gender="woman"), 90, people("woman", 90, 20, 9, 70)),
)
"""A wave after that of `BLOCKS`: fewer trust most people, more went to a meeting, the rest is as it was."""


def since_before(now: Publishable | None = None) -> Compared:
    """The later wave beside the one before it."""
    return Compared(now or shown(*LATER), shown(*BLOCKS), SURVEY, date(2026, 6, 1))
