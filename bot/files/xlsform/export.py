"""A survey as the sheets of a form: survey, choices and settings as XLSForm knows them, and ours beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.survey import DONT_KNOW, PREFER_NOT, SKIPPED
from bot.files.phrases import Phrases
from bot.files.xlsform.cells import OWN, is_words, language_name, record, shown, spread, tidy
from bot.files.xlsform.native import Key, question_of
from bot.files.xlsform.rest import rest
from bot.files.xlsform.sheets import Form, Sheet, titled
from bot.files.xlsform.write import LISTS, MUST, Desk, Written, precisions, written
from bot.files.xlsform.xpath import Names

SPECIAL_WORDS: Mapping[str, str] = {
    DONT_KNOW: "button-dont-know",
    PREFER_NOT: "button-prefer-not",
    SKIPPED: "button-skip",
}
"""The phrases that stand for the special answers in a list of choices."""

SURVEY_COLUMNS = (
    "type", "name", "label", "required", "relevant", "constraint", "constraint_message", "choice_filter",
    "calculation", "appearance", "parameters", "media::audio", "media::image",
)  # fmt: skip
CHOICES_COLUMNS = ("list_name", "name", "label")
SETTINGS_COLUMNS = ("form_title", "form_id", "version", "default_language", "allow_choice_duplicates")
OWN_COLUMNS = ("key", "value", "text")

TOLD = frozenset({"survey", "version", "languages", "consent", "scales", "sections", "questions"})
"""Keys of a survey that stand in sheets and rows of their own."""


def form_of(said: Mapping[str, Any], phrases: Phrases) -> Form:
    """The sheets of a sound survey file."""
    languages = said["languages"]
    made = _Form(tidy(said, languages), languages, phrases)
    survey = list(made.survey())
    own = made.own()  # may add lists of scales that no question uses
    sheets = {
        "survey": titled(survey, _columns(SURVEY_COLUMNS, survey, languages)),
        "choices": titled(made.choices, _columns(CHOICES_COLUMNS, made.choices, languages)),
        "settings": titled([made.settings()], SETTINGS_COLUMNS),
        **own,
    }
    return {name: _shown(sheet, languages) for name, sheet in sheets.items() if sheet.rows}


def _columns(names: Sequence[str], rows: Sequence[Mapping[str, str]], languages: Sequence[str]) -> list[str]:
    """The columns in their order; a text has one in every language, so that none is overlooked."""
    named = [*names, *dict.fromkeys(_name(title, languages) for row in rows for title in row)]
    spoken = {_name(title, languages) for row in rows for title in row if _name(title, languages) != title}
    each = ([f"{name}::{one}" for one in languages] if name in spoken else [name] for name in dict.fromkeys(named))
    return [title for titles in each for title in titles]


def _name(title: str, languages: Sequence[str]) -> str:
    """The title of a column without its language."""
    name, mark, language = title.rpartition("::")
    return name if mark and language in languages else title


def _shown(sheet: Sheet, languages: Sequence[str]) -> Sheet:
    """The sheet with the names of languages in its titles."""
    named = {title: title for title in sheet.titles}
    for title in sheet.titles:
        name = _name(title, languages)
        if name != title:
            named[title] = f"{name}::{language_name(title.rpartition('::')[2])}"
    shown = Sheet([named[title] for title in sheet.titles])
    for row in sheet.rows:
        shown.add({named[title]: text for title, text in row.cells.items()})
    return shown


@dataclass
class _Form:
    said: Mapping[str, Any]
    languages: Sequence[str]
    phrases: Phrases
    choices: list[dict[str, str]] = field(default_factory=list)
    lists: dict[str, str] = field(default_factory=dict)
    scale_lists: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        specials = {
            code: {k: self.phrases.say(k, id) for k in self.languages} for code, id in SPECIAL_WORDS.items()
        }
        precision = precisions(self.said["questions"])
        self.desk = Desk(self.languages, self.said.get("scales", {}), precision, specials)
        self.key = Key(self.languages, Names(precision=precision))
        self.taken = {id for one in self.said["questions"] for id in (one["id"], *one.get("statements", ()))}
        self.named: dict[str, str] = {}

    # -- the survey sheet ---------------------------------------------------------------------------------

    def survey(self) -> Iterator[dict[str, str]]:
        """A row for the consent, each question, and the two ends of each section and grid."""
        consent = dict(spread("label", self.said["consent"]))
        yield {"type": "acknowledge", "name": self._free("consent"), **consent, "required": "yes"}
        open_section = ""
        for question in self.said["questions"]:
            section = question.get("section", "")
            if section != open_section:
                if open_section:
                    yield {"type": "end_group"}
                if section:
                    yield self._section(section)
                open_section = section
            yield from self._question(question)
        if open_section:
            yield {"type": "end_group"}

    def _section(self, name: str) -> dict[str, str]:
        said = dict(self.said.get("sections", {}).get(name, {}))
        if "title" in said:
            said["ask"] = said.pop("title")
        self.named[name] = self._free(name)
        row = self._row({"id": self.named[name], "type": "section", **said})[0]
        return row if self.named[name] == name else {**row, f"{OWN}section": name}

    def _question(self, said: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        row, whole = self._row(said)
        list_name = self._list(said, whole) if whole.options else ""
        if whole.cells["type"] in LISTS:
            row["type"] += f" {list_name}"
        yield row
        if said["type"] == "grid":
            must = {"required": "yes"} if "required" in whole.cells else {}
            for id, words in said["statements"].items():
                yield {"type": f"select_one {list_name}", "name": id, **dict(spread("label", words)), **must}
            yield {"type": "end_group"}

    def _row(self, said: Mapping[str, Any]) -> tuple[dict[str, str], Written]:
        """The row of a question with all that its own columns do not say, and what they say."""
        whole = written(said, self.desk)
        native = question_of(whole.cells, whole.options, self.key, _silent)
        beside = record(rest(said, native), self.languages, OWN)
        own = {title: text for title, text in whole.cells.items() if title != "required" or said["type"] in MUST}
        return {**own, **beside}, whole

    def _free(self, name: str) -> str:
        """A name for a row that no other has."""
        free, number = name, 2
        while free in self.taken:
            free, number = f"{name}_{number}", number + 1
        self.taken.add(free)
        return free

    # -- the choices sheet --------------------------------------------------------------------------------

    def _list(self, said: Mapping[str, Any], whole: Written) -> str:
        """The name of the list with these choices; questions on one scale share theirs."""
        scale = said.get("scale")
        same = f"{scale} {[row['name'] for row in whole.options]}"
        if scale and same in self.lists:
            return self.lists[same]
        name = self._list_name(scale or said["id"])
        if scale:
            self.lists[same] = name
            self.scale_lists.setdefault(scale, name)
        self.choices += [{"list_name": name, **row} for row in whole.options]
        return name

    def _list_name(self, name: str) -> str:
        taken = {row["list_name"] for row in self.choices}
        free, number = name, 2
        while free in taken:
            free, number = f"{name}_{number}", number + 1
        return free

    # -- the other sheets ---------------------------------------------------------------------------------

    def settings(self) -> dict[str, str]:
        """The one row of the settings."""
        title = self.said["title"]
        names = [(row["list_name"], row["name"]) for row in self.choices]
        twice = {"allow_choice_duplicates": "yes"} if len(set(names)) < len(names) else {}
        return {
            "form_title": title.get("en", next(iter(title.values()))),
            "form_id": self.said["survey"],
            "version": str(self.said["version"]),
            "default_language": language_name(self.languages[0]),
            **twice,
        }

    def own(self) -> dict[str, Sheet]:
        """The sheets that XLSForm does not know: scales, lists of figures, and all other keys of the survey."""
        sheets: dict[str, Sheet] = {}
        rows: list[dict[str, str]] = []
        for key, value in self.said.items():
            if key in TOLD:
                continue
            if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
                sheets[OWN + key] = titled([record(one, self.languages) for one in value], ())
            elif isinstance(value, dict) and value and not is_words(value, self.languages):
                rows += [self._kept(f"{key}.{name}", inner) for name, inner in value.items()]
            else:
                rows.append(self._kept(key, value))
        rows += self._sections_kept()
        columns = _columns(OWN_COLUMNS, rows, self.languages)
        scales = titled(self._scales(), ("name", "list_name"))
        return {OWN.rstrip("_"): titled(rows, columns), f"{OWN}scales": scales, **sheets}

    def _kept(self, key: str, value: Any) -> dict[str, str]:
        if is_words(value, self.languages):
            return {"key": key, **dict(spread("text", value))}
        return {"key": key, "value": shown(value)}

    def _scales(self) -> list[dict[str, str]]:
        rows = []
        for name, scale in self.said.get("scales", {}).items():
            if name not in self.scale_lists:  # no question uses it
                self.scale_lists[name] = self._list_name(name)
                options = scale["options"].items()
                self.choices += [
                    {"list_name": self.scale_lists[name], "name": code, **dict(spread("label", label))}
                    for code, label in options
                ]
            others = {key: value for key, value in scale.items() if key != "options"}
            rows.append({"name": name, "list_name": self.scale_lists[name], **record(others, self.languages)})
        return rows

    def _sections_kept(self) -> list[dict[str, str]]:
        """Sections that no question names; and their order, where that of their questions is another."""
        sections = self.said.get("sections", {})
        rows = [self._kept(f"sections.{name}", one) for name, one in sections.items() if name not in self.named]
        if list(sections) != [*self.named, *(name for name in sections if name not in self.named)]:
            rows.append(self._kept("sections", list(sections)))
        return rows


def _silent(_problem: str, _column: str, /, **_found: object) -> None:
    """What a survey says is told of by `load`; nothing is changed on the way out."""
