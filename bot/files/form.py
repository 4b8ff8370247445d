"""The form of a survey file: which keys stand where, and what each may hold (pydantic models).

What a model cannot see - earlier questions, codes of another question, languages - is in `rules/`.
Keys are read strictly: no number becomes text, no unknown key is passed over.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
)
from pydantic_core import PydanticCustomError

from bot.core.grammar import WORDS
from bot.core.questions import arm, text, voice
from bot.core.survey import LANGUAGES, RESERVED_CODES

MOST_QUESTIONS = 999
"""A button names a question in three digits (64 bytes of callback data)."""

MOST_LANGUAGES = 20
"""More than the languages of Pakistan that are written on phones."""

MOST_START_DAYS = 366
"""A longer wave would ask other people than those who were there at its beginning."""

MOST_OPTIONS = 100
"""Telegram shows at most a hundred buttons under one message."""

MOST_ITEMS = 30
"""More questions than one score can be made of: a block keeps a sum for every two of them."""

_ID = re.compile(r"[a-z][a-z0-9_]{0,31}")
_SURVEY_ID = re.compile(r"[a-z][a-z0-9_-]{0,63}")
LANGUAGE = re.compile(r"[a-z]{2,3}")
AUDIO = re.compile(r"[a-z0-9_-]{1,64}(\.[a-z]{2,3})?\.ogg")
PICTURE = re.compile(r"[a-z0-9_-]{1,64}\.(png|jpg|jpeg)")

_SPSS = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
_STATA = {"byte", "double", "float", "if", "in", "int", "long", "str", "strl", "using", "with"}
_STATA_TEXT = re.compile(r"str[0-9]+")


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise PydanticCustomError("bad-id", "bad id")
    if (
        keyword.iskeyword(value)
        or value in WORDS
        or value in _SPSS
        or value in _STATA
        or _STATA_TEXT.fullmatch(value)
    ):
        raise PydanticCustomError("reserved-word", "reserved word")
    return value


def _code(value: str) -> str:
    if value in RESERVED_CODES:
        raise PydanticCustomError("reserved-code", "reserved code")
    return _id(value)


def _survey_id(value: str) -> str:
    if not _SURVEY_ID.fullmatch(value):
        raise PydanticCustomError("bad-survey-id", "bad survey id")
    return value


def _language(value: str) -> str:
    if not LANGUAGE.fullmatch(value):
        raise PydanticCustomError("bad-language", "bad language")
    if value not in LANGUAGES:
        raise PydanticCustomError("unspoken-language", "unspoken language")
    return value


def _audio(value: str) -> str:
    if not AUDIO.fullmatch(value):
        raise PydanticCustomError("bad-audio-name", "bad audio name")
    return value


def _picture(value: str) -> str:
    if not PICTURE.fullmatch(value):
        raise PydanticCustomError("bad-picture-name", "bad picture name")
    return value


def is_survey_id(value: str) -> bool:
    """True for what may name a survey, and so a folder."""
    return _SURVEY_ID.fullmatch(value) is not None


def _pattern(expression: re.Pattern[str]) -> Any:
    return Field(json_schema_extra={"pattern": f"^{expression.pattern}$"})


Id = Annotated[str, AfterValidator(_id), _pattern(_ID)]
Code = Annotated[str, AfterValidator(_code), _pattern(_ID)]
SurveyId = Annotated[str, AfterValidator(_survey_id), _pattern(_SURVEY_ID)]
Language = Annotated[str, AfterValidator(_language), _pattern(LANGUAGE)]
AudioName = Annotated[str, AfterValidator(_audio), _pattern(AUDIO)]
PictureName = Annotated[str, AfterValidator(_picture), _pattern(PICTURE)]

Words = dict[str, str]
Options = Annotated[dict[Code, Words], Field(min_length=2, max_length=MOST_OPTIONS)]
Codes = Annotated[list[str], Field(min_length=1)]


def _condition_kind(value: object) -> str:
    return "mapping" if isinstance(value, dict) else "expression"


ShowIf = Annotated[
    Annotated[str, Tag("expression")] | Annotated[dict[str, Codes], Tag("mapping")], Discriminator(_condition_kind)
]


class Part(BaseModel):
    """A mapping of the file: known keys only, of exactly the kinds named."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Bands = Annotated[
    dict[Code, Annotated[list[int], Field(min_length=2, max_length=2)]], Field(max_length=MOST_OPTIONS)
]
ChoiceFilter = Annotated[
    dict[str, Annotated[dict[str, list[str]], Field(min_length=1)]], Field(min_length=1, max_length=1)
]


class Named(Part):
    """What every question has, asked or not."""

    id: Id
    type: str
    version: Annotated[int, Field(ge=1)] = 1
    show_if: ShowIf | None = None
    section: str | None = None


class Asked(Named):
    """What every question has that is asked."""

    ask: Words
    audio: dict[str, AudioName] = {}
    sensitive: bool = False


class Answered(Asked):
    """What every question has that is answered."""

    specials: list[Literal["dont_know", "prefer_not"]] = ["dont_know", "prefer_not"]
    required: bool = True
    constraint: str | None = None
    constraint_message: Words | None = None


class Listed(Answered):
    """What every question has whose options are its own."""

    options: Options
    choice_filter: ChoiceFilter | None = None
    shuffle: bool = False
    fixed: list[str] = []


class Choice(Listed):
    """One answer of several."""

    type: Literal["choice"]
    screen_out: list[str] = []


class Choices(Listed):
    """One answer or more."""

    type: Literal["choices"]
    exclusive: list[str] = []
    least: Annotated[int, Field(ge=1)] | None = None
    most: Annotated[int, Field(ge=1)] | None = None


class Ranking(Answered):
    """Options put in an order."""

    type: Literal["ranking"]
    options: Options
    ranked: Annotated[int, Field(ge=1)] | None = None
    shuffle: bool = False
    fixed: list[str] = []


class Scaled(Answered):
    """One answer on a scale of the file."""

    type: Literal["scale"]
    scale: str


class Grid(Answered):
    """Statements that share a scale, each a question of its own."""

    type: Literal["grid"]
    scale: str
    statements: Annotated[dict[Id, Words], Field(min_length=2, max_length=MOST_OPTIONS)]
    shuffle: bool | str = False


class Number(Answered):
    """A number."""

    type: Literal["number"]
    min: int
    max: int
    decimals: Annotated[int, Field(ge=0, le=2)] = 0
    bands: Bands = {}


Day = Annotated[str, Field(json_schema_extra={"pattern": "^[0-9]{4}(-[0-9]{2}){0,2}$"})]


class Date(Answered):
    """A month, a year or, with a reason, a day."""

    type: Literal["date"]
    earliest: Annotated[Day, Field(alias="from")]
    latest: Annotated[Day, Field(alias="to")]
    precision: Literal["year", "month", "day"] = "month"
    because: str | None = None


class Calculated(Named):
    """A number worked out from earlier answers."""

    type: Literal["calculate"]
    value: str
    bands: Bands = {}
    keep: bool = False


class Arm(Named):
    """A group drawn by chance."""

    type: Literal["arm"]
    arms: Annotated[list[Code], Field(min_length=2, max_length=arm.MOST_ARMS)]


class YesNo(Answered):
    """Yes or no."""

    type: Literal["yes_no"]
    options: Options | None = None


class Note(Asked):
    """Words that ask nothing."""

    type: Literal["note"]
    picture: PictureName | None = None


class OwnWords(Asked):
    """An answer in own words: asked of everybody, and always to be skipped."""

    type: Literal["text"]
    longest: Annotated[int, Field(ge=1, le=text.MOST)] = text.USUAL


class Voice(Asked):
    """A spoken answer: asked of everybody, and always to be skipped."""

    type: Literal["voice"]
    seconds: Annotated[int, Field(ge=1, le=voice.MOST)] = voice.USUAL


AnyQuestion = (
    Choice | Choices | Scaled | Grid | Number | YesNo | Date | Ranking | Note | OwnWords | Voice | Calculated | Arm
)

KINDS: Mapping[str, type[AnyQuestion]] = {
    "choice": Choice,
    "choices": Choices,
    "scale": Scaled,
    "grid": Grid,
    "number": Number,
    "yes_no": YesNo,
    "date": Date,
    "ranking": Ranking,
    "note": Note,
    "text": OwnWords,
    "voice": Voice,
    "calculate": Calculated,
    "arm": Arm,
}


class Ends(Part):
    """What the two ends of a scale of bare numbers mean."""

    low: Words
    high: Words


class Scale(Part):
    """Answers in an order, shared by several questions."""

    order: Literal["ascending", "descending"]
    options: Options
    ends: Ends | None = None


class Section(Part):
    """Questions that stand together; its keys hold for all of them."""

    title: Words | None = None
    show_if: ShowIf | None = None
    shuffle: bool | str = False


class Grouped(Part):
    """A dimension whose codes are put into groups."""

    question: str
    groups: Annotated[dict[Code, Codes], Field(min_length=1)]


def _dimension_kind(value: object) -> str:
    return "grouped" if isinstance(value, dict | Grouped) else "question"


Dimension = Annotated[
    Annotated[str, Tag("question")] | Annotated[Grouped, Tag("grouped")], Discriminator(_dimension_kind)
]


class Cells(Part):
    """The dimensions by which results may be shown."""

    district: Dimension | None = None
    gender: Dimension | None = None
    age: Dimension | None = None


class Reach(Part):
    """Whom to compare with the census."""

    census: Literal["KP", "BALOCHISTAN", "PUNJAB", "SINDH", "ISLAMABAD", "PAKISTAN"]
    women: dict[str, Codes] | None = None
    youth: dict[str, Codes] | None = None


Percent = Annotated[int, Field(ge=0, le=100)]


class Advice(Part):
    """What could be done where an indicator is low, or falls."""

    worse_than: Percent
    do: Words


class Indicator(Part):
    """A named share."""

    id: Id
    title: Words
    share_of: dict[str, Codes]
    better: Literal["higher", "lower", "none"]
    advice: Advice | None = None
    baseline: Percent | None = None
    target: Percent | None = None


class Index(Part):
    """A named score over several questions."""

    id: Id
    title: Words
    items: Annotated[list[str], Field(min_length=2, max_length=MOST_ITEMS)]
    reverse: list[str] = []
    better: Literal["higher", "lower", "none"]


class Clocks(Part):
    """When one may begin and finish, and when an interview expires; days."""

    start_days: Annotated[int, Field(ge=1, le=MOST_START_DAYS)] | None = None
    grace_days: Annotated[int, Field(ge=0, le=30)] = 3
    idle_days: Annotated[int, Field(ge=1, le=60)] = 14


class Reminders(Part):
    """How often those who agreed are written to."""

    at_most: Annotated[int, Field(ge=1, le=5)]
    every_days: Annotated[int, Field(ge=2, le=60)]


class Targets(Part):
    """The shares aimed at, in per cent."""

    women: Annotated[int, Field(ge=1, le=100)] | None = None
    youth: Annotated[int, Field(ge=1, le=100)] | None = None


class Outline(Part):
    """A survey file with its parts not yet looked into, so that each can be held against its form alone."""

    survey: SurveyId
    version: Annotated[int, Field(ge=1)]
    languages: Annotated[list[Language], Field(min_length=1, max_length=MOST_LANGUAGES)]
    title: Words
    licence: str
    permission_ref: str | None = None
    source: str | None = None
    instrument_version: str | None = None
    tell_result: bool = False
    open_text: Literal["sealed"] | None = None
    referral: Words | None = None
    danger_words: dict[str, Codes] | None = None
    reviewed_by: dict[str, list[str]] | None = None
    cells: Any = None
    reach: Any = None
    clocks: Any = None
    reminders: Any = None
    targets: Any = None
    consent: Words
    scales: dict[Id, Any] = {}
    sections: dict[Id, Any] = {}
    shuffle: list[str] | None = None
    questions: Annotated[list[Any], Field(min_length=1, max_length=MOST_QUESTIONS)]
    indicators: list[Any] = []
    indexes: list[Any] = []


class SurveyFile(Outline):
    """A survey file."""

    cells: Cells | None = None
    reach: Reach | None = None
    clocks: Clocks | None = None
    reminders: Reminders | None = None
    targets: Targets | None = None
    scales: dict[Id, Scale] = {}
    sections: dict[Id, Section] = {}
    questions: Annotated[
        list[Annotated[AnyQuestion, Field(discriminator="type")]], Field(min_length=1, max_length=MOST_QUESTIONS)
    ]
    indicators: list[Indicator] = []
    indexes: list[Index] = []
