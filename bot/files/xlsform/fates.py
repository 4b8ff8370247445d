"""What becomes of every type, column and setting of XLSForm: carried, changed or refused, one table each.

The types and columns are those of xlsform.org/en/ref-table and docs.getodk.org, and whatever else pyxform reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_WHERE = "a place points to a person"
_MEDIA = "a picture, a sound or a film shows who made it"
_FILE = "lists stand in the file itself, where they are checked in every language"
_TIME = "a time of day or a length of time can mark a person"
_WHO = "it would tell who answered, or from which phone"
_WHEN = "it would tell when somebody answered"

REFUSED_TYPES: Mapping[str, str] = {
    "geopoint": _WHERE, "geotrace": _WHERE, "geoshape": _WHERE, "start-geopoint": _WHERE, "location": _WHERE,
    "gps": _WHERE, "osm": _WHERE,
    "image": _MEDIA, "photo": _MEDIA, "video": _MEDIA, "background-audio": _MEDIA,
    "file": "a file can say who sent it", "barcode": "what is scanned can stand for a person or a household",
    "time": _TIME, "datetime": _TIME,
    "hidden": "people see all that is kept of them",
    "xml-external": _FILE, "csv-external": _FILE, "select_one_from_file": _FILE,
    "select_multiple_from_file": _FILE,
    "select_one_external": _FILE, "cascading_select": "options hang on an earlier answer by choice_filter",
    "start": _WHEN, "end": _WHEN, "today": _WHEN, "audit": _WHEN,
    "deviceid": _WHO, "imei": _WHO, "phonenumber": _WHO, "username": _WHO, "email": _WHO, "simserial": _WHO,
    "subscriberid": _WHO, "uri": _WHO,
    "begin_repeat": "an interview asks each question once", "begin_loop": "an interview asks each question once",
}  # fmt: skip
"""Types that are refused by name, and why."""

_SAME: Mapping[str, str] = {
    "int": "integer", "string": "text", "trigger": "acknowledge", "date time": "datetime",
    "datetime": "datetime",
    "select one from file": "select_one_from_file", "select multiple from file": "select_multiple_from_file",
    "select one external": "select_one_external", "begin lgroup": "begin_repeat",
    "cascading select": "cascading_select",
    "phone number": "phonenumber", "device id": "deviceid", "start time": "start", "end time": "end",
    "add image prompt": "image", "add photo prompt": "image", "add audio prompt": "audio",
    "add video prompt": "video", "add file prompt": "file",
}  # fmt: skip
_SELECT = re.compile(
    r"""(?P<verb>(?:add\ )?select[ _](?:one|multiple)[ _](?:from[ _]file|external)
      |select[ _]one(?:\ from)?|select1|select[ _]multiple(?:\ from)?|select\ all\ that\ apply(?:\ from)?
      |add\ select\ (?:one|multiple)\ prompt\ using|rank|cascading[ _]select)
      \s+(?P<list>\S+)(?P<other>\s+or[ _](?:other|specify[ _]other))?""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Type:
    """What stands in the column `type`: the word, the list that follows it, and whether "other" is added."""

    verb: str
    list: str = ""
    other: bool = False


def type_of(text: str) -> Type:
    """The type as XLSForm's own word for it, whatever way it was written in."""
    found = _SELECT.fullmatch(text.strip())
    if found is not None:
        return Type(_select(found["verb"].lower().replace("_", " ")), found["list"], found["other"] is not None)
    words = " ".join(text.lower().replace("_", " ").split())
    return Type(_SAME.get(words, words.replace(" ", "_") if " " in words else words))


def _select(verb: str) -> str:
    if "file" in verb or "external" in verb or verb.startswith("cascading"):
        return verb.replace("add ", "").replace(" ", "_")
    if verb == "rank":
        return "rank"
    return "select_multiple" if "multiple" in verb or "all that apply" in verb else "select_one"


# -- columns ----------------------------------------------------------------------------------------------

TEXTS = frozenset({"label", "hint", "guidance_hint", "constraint_message", "required_message"})
MEDIA = frozenset({"audio", "image", "video", "big-image"})
"""Both stand in a column for each language."""

ALIASES: Mapping[str, str] = {
    "relevance": "relevant", "bind::relevant": "relevant", "bind::required": "required", "caption": "label",
    "bind::constraint": "constraint", "bind::jr:constraintmsg": "constraint_message", "command": "type",
    "constraining_message": "constraint_message", "calculate": "calculation", "bind::calculate": "calculation",
    "tag": "name", "value": "name", "readonly": "read_only", "bind::readonly": "read_only",
    "count": "repeat_count",
    "jr:count": "repeat_count", "requiredmsg": "required_message", "bind::jr:requiredmsg": "required_message",
    "audio": "media::audio", "image": "media::image", "video": "media::video", "big-image": "media::big-image",
    "control::appearance": "appearance", "body::appearance": "appearance", "list name": "list_name",
    "relevant": "relevant",
}  # fmt: skip

CARRIED = frozenset(
    {
        "type", "name", "label", "hint", "relevant", "required", "constraint", "constraint_message",
        "choice_filter",
        "calculation", "appearance", "parameters", "media::audio", "media::image",
    }
)  # fmt: skip

REFUSED_COLUMNS: Mapping[str, str] = {
    "guidance_hint": "it is written for interviewers, and here nobody stands between the question and the person",
    "required_message": "the bot says in its own words that an answer is needed",
    "default": "an answer that is given before it is asked for is nobody's",
    "read_only": "what nobody may answer is a note",
    "repeat_count": "an interview asks each question once",
    "trigger": "what is worked out is always worked out anew",
    "media::video": "a film is not shown",
    "media::big-image": "a picture has one size",
    "save_to": "there are no entities: nothing is kept about somebody beyond the answers",
    "autoplay": "a recording is heard when it is asked for, since others may be in the room",
    "disabled": "a row that is switched off is left out",
}
"""Columns of the survey sheet that are refused by name, and why."""

REFUSED_FAMILIES: Mapping[str, str] = {
    "body": "it is meant for the screens of other programs",
    "control": "it is meant for the screens of other programs",
    "bind": "it is meant for the forms of other programs",
    "instance": "it is meant for the forms of other programs",
    "sms": "answers do not travel by text message",
}

SETTINGS = frozenset({"form_title", "form_id", "version", "default_language", "allow_choice_duplicates"})
SETTING_ALIASES: Mapping[str, str] = {
    "title": "form_title", "set_form_title": "form_title", "id_string": "form_id", "set_form_id": "form_id",
}  # fmt: skip
REFUSED_SETTINGS: Mapping[str, str] = {
    "instance_name": "answers have no name",
    "public_key": "answers are sealed by keys of the wave",
    "submission_url": "answers are sent nowhere else",
    "style": "a chat has one style",
    "name": "a survey is known by its form_id",
    "instance_xmlns": "it is meant for the forms of other programs",
    "auto_send": "answers are sent when the person says so",
    "auto_delete": "what is deleted when is said in docs/security.md",
    "sms_keyword": "answers do not travel by text message",
    "sms_separator": "answers do not travel by text message",
    "prefix": "answers do not travel by text message",
    "namespaces": "it is meant for the forms of other programs",
    "clean_text_values": "texts are cleaned as in every survey file",
    "attribute": "it is meant for the forms of other programs",
}

PARAMETERS = frozenset({"randomize", "seed"})
"""Parameters of a list; a seed is drawn for each interview, never written down."""
