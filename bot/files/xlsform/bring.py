"""The sheets of a form as what a survey file says, with the row from which each part came.

Nothing of a form is passed over in silence: what was changed or refused is told, with its sheet and row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.survey import SPECIALS
from bot.files import form as forms
from bot.files.phrases import Phrases
from bot.files.plain import Path
from bot.files.xlsform.cells import OWN, gathered, language_called, told, unrecorded
from bot.files.xlsform.fates import REFUSED_SETTINGS, SETTING_ALIASES, SETTINGS
from bot.files.xlsform.lists import Lists, lists_of
from bot.files.xlsform.naming import as_survey_id
from bot.files.xlsform.opening import Told
from bot.files.xlsform.sheets import Form, Sheet
from bot.files.xlsform.survey import Questions
from bot.files.xlsform.titles import Table, languages_of, own_rows, table

OURS = OWN.rstrip("_")
READ = frozenset({"survey", "choices", "settings"})
ORDER: Sequence[str] = ("survey", "version", "languages", "title", *forms.Outline.model_fields)


@dataclass
class Brought:
    """What a form says as a survey file, where each part came from, and what was changed or refused."""

    said: dict[str, Any] = field(default_factory=dict)
    origins: dict[Path, tuple[str, int]] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)

    def tell(self, problem: str, sheet: str, row: int, /, **found: Any) -> None:
        """Note what was changed or refused."""
        self.told.append(Told(problem, sheet, row, found))


def brought(form: Form, phrases: Phrases) -> Brought:
    """The survey that the sheets of a form say."""
    made = Brought()
    settings = _settings(form.get("settings", Sheet()), made)
    default = language_called(settings.get("default_language", "")) or "en"
    survey = table(form["survey"], "survey", default, made.tell)
    choices = table(form.get("choices", Sheet()), "choices", default, made.tell)
    languages = languages_of([survey, choices], OURS in form)
    lists = lists_of(choices, languages, phrases, made.tell)
    own = _own(form, languages, made)
    scales = _scales(form, lists, languages, made)
    questions = Questions(survey, lists, languages, scales, made.tell, ours=OURS in form)
    questions.read()
    made.origins |= questions.origins
    _unread(form, choices, questions.asker.columns, made)
    said: dict[str, Any] = {
        "survey": as_survey_id(settings.get("form_id", "survey")),
        "version": _version(settings.get("version", "1"), made),
        "languages": list(languages),
        **own,
        "title": _title(settings.get("form_title", ""), own.get("title"), languages, default, made),
        "consent": questions.consent,
        "scales": questions.scales,
        "sections": _sections(questions.sections, own.get("sections")),
        "questions": questions.said,
    }
    empty = [key for key in ("title", "consent", "scales", "sections") if not said[key]]
    made.said = {key: said[key] for key in sorted(said, key=_rank) if key not in empty}
    return made


def _rank(key: str) -> int:
    return ORDER.index(key) if key in ORDER else len(ORDER)


# -- settings ---------------------------------------------------------------------------------------------


def _settings(sheet: Sheet, made: Brought) -> dict[str, str]:
    """The settings that a survey has; says which are left out."""
    kept: dict[str, str] = {}
    for row in sheet.rows[:1]:
        for title, text in row.cells.items():
            name = SETTING_ALIASES.get(title.strip().lower(), title.strip().lower())
            if name in SETTINGS:
                kept[name] = text
            elif (reason := REFUSED_SETTINGS.get(name.partition("::")[0])) is not None:
                made.tell("form-setting", "settings", row.number, column=title, reason=reason)
            else:
                made.tell("form-column-unknown", "settings", row.number, column=title)
    for row in sheet.rows[1:]:
        made.tell("form-no-title", "settings", row.number, value=next(iter(row.cells.values()), ""))
    return kept


def _version(written: str, made: Brought) -> int:
    if written.isascii() and written.isdecimal() and 0 < len(written) < 10 and int(written) > 0:
        return int(written)
    made.tell("form-version", "settings", 2, value=written)
    return 1


def _title(written: str, own: Any, languages: Sequence[str], default: str, made: Brought) -> dict[str, str]:
    """The title in every language; `form_title` wins where it was changed."""
    if isinstance(own, dict) and (not written or written in own.values()):
        return own
    if not written:
        return {}
    if isinstance(own, dict):
        made.tell("form-title", "settings", 2, language=default)
    return {
        **(own if isinstance(own, dict) else {}),
        (default if default in languages else next(iter(languages), "en")): written,
    }


# -- our sheets -------------------------------------------------------------------------------------------


def _own(form: Form, languages: Sequence[str], made: Brought) -> dict[str, Any]:
    """What stands in our sheets beside the scales: keys of the survey, and lists of figures."""
    said: dict[str, Any] = {}
    for row in own_rows(form.get(OURS, Sheet())):
        key, _, inner = row.cells.get("key", "").partition(".")
        value = gathered("text", row.cells, languages) or told(row.cells.get("value", "null"))
        made.origins[(key, inner) if inner else (key,)] = (OURS, row.number)
        if not inner:
            said[key] = value
        elif isinstance(said.setdefault(key, {}), dict):
            said[key][inner] = value
        else:
            said[key] = {**dict.fromkeys(said[key] if isinstance(said[key], list) else ()), inner: value}
    for name in form:
        key = name.removeprefix(OWN)
        if name.startswith(OWN) and key != "scales":
            rows = own_rows(form[name])
            said[key] = [unrecorded(row.cells, languages) for row in rows]
            made.origins |= {(key, at): (name, row.number) for at, row in enumerate(rows)}
    return said


def _scales(form: Form, lists: Lists, languages: Sequence[str], made: Brought) -> dict[str, Any]:
    """The scales, each with the options of its list of choices."""
    scales: dict[str, Any] = {}
    for row in own_rows(form.get(f"{OWN}scales", Sheet())):
        cells = dict(row.cells)
        name, list_name = cells.pop("name", ""), cells.pop("list_name", "")
        codes = lists.codes.get(list_name, {})
        options = {
            codes[one.cells["name"]]: gathered("label", one.cells, languages)
            for one in lists.rows.get(list_name, ())
            if one.cells["name"] not in SPECIALS
        }
        said = unrecorded(cells, languages)
        order = {"order": said.pop("order")} if "order" in said else {}
        scales[name] = {**order, "options": options, **said}
        made.origins[("scales", name)] = (f"{OWN}scales", row.number)
    return scales


def _sections(read: Mapping[str, Any], own: Any) -> dict[str, Any]:
    """The sections of the groups, and of our sheet those that hold no question, in the order that it names."""
    if isinstance(own, list):
        named = [name for name in own if isinstance(name, str) and name in read]
        return {name: read[name] for name in dict.fromkeys([*named, *read])}
    if isinstance(own, dict):
        every = {**{name: one for name, one in own.items() if one is not None}, **read}
        return {name: every[name] for name in dict.fromkeys([*own, *every]) if name in every}
    return dict(read)


# -- what is not read -------------------------------------------------------------------------------------


def _unread(form: Form, choices: Table, filters: set[str], made: Brought) -> None:
    """Say which sheets, and which columns of the choices, nobody reads."""
    for name in form:
        if name not in READ and name != OURS and not name.startswith(OWN):
            made.tell("form-sheet", name, 1, name=name)
    for column in choices.columns:
        known = column in ("list_name", "name") or column.startswith(("label::", "media::"))
        if not known and column not in filters:
            made.tell("form-column-unknown", "choices", 1, column=column)
