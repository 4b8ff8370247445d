"""Small surveys, each built to show one thing, in all three languages."""

from __future__ import annotations

from bot.core.conditions import All, Compare, Not, Selected
from bot.core.grammar import parse, parse_value
from bot.core.survey import Condition, Constraint, Filter, Option, Question, Shuffle, Survey, Words

LANGUAGES = ("ur", "ps", "en")


def words(text: str) -> Words:
    """The same words in every language, told apart by the language's code."""
    return {code: f"{text} ({code})" for code in LANGUAGES}


def options(*codes: str) -> tuple[Option, ...]:
    """One option for each code."""
    return tuple(Option(code, words(code)) for code in codes)


def choice(id: str, *codes: str, show_if: Condition | None = None, screen_out: tuple[str, ...] = ()) -> Question:
    """One answer of several."""
    return Question(id, "choice", words(id), options(*codes), show_if=show_if, screen_out=screen_out)


def choices(id: str, *codes: str, alone: str = "", show_if: Condition | None = None) -> Question:
    """One answer or more; `alone` stands alone."""
    exclusive = (alone,) if alone else ()
    return Question(id, "choices", words(id), options(*codes), exclusive=exclusive, show_if=show_if)


def number(id: str, low: int, high: int, show_if: Condition | None = None) -> Question:
    """A whole number."""
    return Question(id, "number", words(id), low=low, high=high, show_if=show_if)


def yes_no(id: str, show_if: Condition | None = None) -> Question:
    """Yes or no."""
    return Question(id, "yes_no", words(id), options("yes", "no"), show_if=show_if)


def scale(id: str, *codes: str, order: str = "ascending", show_if: Condition | None = None) -> Question:
    """One answer on a scale."""
    return Question(id, "scale", words(id), options(*codes), order=order, show_if=show_if)


def note(id: str, show_if: Condition | None = None) -> Question:
    """Words that ask nothing."""
    return Question(id, "note", words(id), show_if=show_if)


def survey(
    id: str,
    *questions: Question,
    languages: tuple[str, ...] = LANGUAGES,
    shuffles: tuple[Shuffle, ...] = (),
) -> Survey:
    """A survey of these questions."""
    return Survey(id, 1, languages, words(id), "own items", words("consent"), questions, shuffles=shuffles)


PLAIN = survey(
    "plain",
    note("welcome"),
    choice("gender", "woman", "man"),
    Question("trust", "scale", words("trust"), options("none", "some", "much")),
    yes_no("met"),
    number("meetings", 0, 60),
)

BARRIERS = survey("barriers", choices("barriers", "far", "time", "nothing", alone="nothing"), yes_no("again"))

CHAIN = survey(
    "chain",
    yes_no("a"),
    yes_no("b", show_if=Compare("a", "=", "yes")),
    number("c", 0, 9, show_if=Compare("b", "=", "yes")),
    note("d", show_if=Compare("c", ">", 4)),
    choices("e", "x", "y", "z", show_if=All((Compare("c", ">=", 2), Not(Compare("a", "=", "no"))))),
    choice("f", "p", "q", show_if=Selected("e", ("x", "z"))),
    yes_no("g"),
)

GATE = survey(
    "gate",
    choice("age", "child", "young", "old", screen_out=("child",)),
    note("about", show_if=Compare("age", "=", "old")),
    yes_no("helped", show_if=Compare("age", "=", "old")),
)

BARE = survey("bare", Question("only", "choice", words("only"), options("one", "two"), specials=()))

PLACES = survey(
    "places",
    choice("province", "kp", "balochistan", "abroad", screen_out=("abroad",)),
    Question(
        "district",
        "choice",
        words("district"),
        options("swat", "quetta", "zhob"),
        specials=("dont_know", "skipped"),
        filter=Filter("province", {"kp": ("swat",), "balochistan": ("quetta", "zhob")}),
    ),
    Question("way", "number", words("way"), low=0, high=9, decimals=1),
    Question(
        "walked",
        "number",
        words("walked"),
        low=0,
        high=9,
        decimals=1,
        constraint=Constraint(parse("${walked} <= ${way}"), words("no more than the way")),
    ),
    Question("rest", "calculate", {}, value=parse_value("${way} - ${walked}"), specials=(), keep=False),
    Question("far", "calculate", {}, value=parse_value("if(${rest} > 2, 1, 0)"), specials=()),
    Question(
        "tired",
        "yes_no",
        words("tired in ${district}"),
        options("yes", "no"),
        show_if=Compare("far", "=", 1),
        pipes=("district",),
    ),
    Question(
        "services",
        "choices",
        words("services"),
        options("water", "road", "school", "nothing"),
        exclusive=("nothing",),
        least=2,
        most=2,
        filter=Filter("tired", {"yes": ("road", "school")}),
    ),
)
"""What hangs on earlier answers: options, limits, words, and what is worked out from them."""

TIGHT = survey("tight", *PLACES.questions[:2])
LIMITED = survey("limited", *PLACES.questions[2:4])
"""The same in two short parts, in which anybody soon comes back to what they said before."""

ORDERS = survey(
    "orders",
    Question("turned", "arm", {}, (Option("first", {}), Option("second", {})), specials=()),
    Question("police", "grid", words("police"), options("none", "some"), stem=words("trust"), section="offices"),
    Question("courts", "grid", words("courts"), options("none", "some"), stem=words("trust"), section="offices"),
    yes_no("helped"),
    Question(
        "when", "date", words("when"), earliest="2025-11", latest="2026-02", precision="month", section="past"
    ),
    Question(
        "day", "date", words("day"), earliest="2026-02-27", latest="2026-03-02", precision="day", section="past"
    ),
    Question(
        "needs",
        "ranking",
        words("needs"),
        options("road", "water", "school", "other"),
        most=2,
        shuffle=True,
        fixed=("other",),
    ),
    Question("all", "ranking", words("all"), options("x", "y", "z")),
    Question(
        "wishes", "choices", words("wishes"), options("a", "b", "c", "none"), exclusive=("none",), shuffle=True
    ),
    shuffles=(
        Shuffle("order of grid", ((1,), (2,))),
        Shuffle("order of offices", ((1, 2), (3,)), arm="turned"),
        Shuffle("order of sections", ((1, 2, 3), (4, 5))),
    ),
)
"""What is left to chance: an arm, statements, a section turned by the arm, sections, options."""

ALL = (PLAIN, BARRIERS, CHAIN, GATE, BARE, PLACES, TIGHT, LIMITED, ORDERS)


def text(id: str, longest: int | None = None) -> Question:
    """Own words."""
    return Question(id, "text", words(id), specials=("prefer_not",), longest=longest)


def voice(id: str, seconds: int | None = None) -> Question:
    """A spoken answer."""
    return Question(id, "voice", words(id), specials=("prefer_not",), longest=seconds)
