"""What is said to whoever brings a form in: what was changed (a warning), and what was refused (an error)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.files.problems import Sentence

S = Sentence
_SMALL = "a form is a small spreadsheet"
_OURS = "what Aitbar cannot keep, or must not, is refused by name"

CATALOGUE: Mapping[str, Sentence] = {
    # -- the file -----------------------------------------------------------------------------------------
    "form-no-file": S(
        "there is no file that can be read", "a form is one XLSX file", "check the name and the folder"
    ),
    "form-too-large": S(
        "the file is too large", f"{_SMALL}, at most {{most}} MiB", "leave out what is no part of it"
    ),
    "form-not-xlsx": S(
        "this cannot be read as a spreadsheet",
        "a form is an XLSX file",
        "save it again as .xlsx in Excel or LibreOffice",
    ),
    "form-bomb": S(
        "the file holds {found}", f"{_SMALL}, at most {{most}}", "save it again, with its own sheets alone"
    ),
    "form-path": S(
        "a part of the file is called {name}", "a part stays inside its file", "save it again as .xlsx"
    ),
    "form-locked": S(
        "the file is locked with a password", "a form is read as it is", "save it without a password"
    ),
    "form-entities": S(
        "{name} defines things of its own", "nothing is expanded or fetched", "save it again as .xlsx"
    ),
    "form-wide": S(
        "a sheet is larger than any form",
        "at most {rows} rows, {columns} columns and {cells} cells",
        "delete empty rows and columns below and beside the form, then save it again",
    ),
    "form-too-slow": S("reading took too long", "a form is read within {most} seconds", "save it again as .xlsx"),
    "form-too-much": S(
        "reading took too much memory", f"{_SMALL}, read in {{most}} MiB", "save it again as .xlsx"
    ),
    "form-no-survey": S(
        "there is no sheet 'survey'", "XLSForm keeps the questions in it; found: {sheets}", "add it"
    ),
    "form-no-title": S(
        "'{value}' stands in a column without a title",
        "a cell means what its title says",
        "give the column a title",
    ),
    "form-title-twice": S("two columns say '{column}'", "the first one is read", "delete or rename the other one"),
    "form-formula": S(
        "a formula stands in a cell: {value}", "nothing is worked out while a form is read", "paste it as a value"
    ),
    "form-error-cell": S("a cell holds the error {value}", "a cell holds words or numbers", "mend the cell"),
    "form-pyxform": S(
        "pyxform refuses the form: {words}", "ODK and Kobo would refuse it too", "mend it there first"
    ),
    "form-pyxform-warns": S("pyxform says: {words}", "ODK and Kobo say so too", "look at it there", "warning"),
    "form-sheet": S(
        "the sheet '{name}' is not read", f"survey, choices and settings are; {_OURS}", "see docs/authors.md"
    ),
    # -- titles -------------------------------------------------------------------------------------------
    "form-column": S("'{column}' is left out: {reason}", _OURS, "see docs/authors.md, or delete it"),
    "form-column-unknown": S(
        "the column '{column}' is not known",
        "what is not known is left out",
        "see docs/authors.md, or delete it",
        "warning",
    ),
    "form-pictures": S(
        "the picture '{value}' stands beside '{picture}'",
        "a note shows one picture, in every language the same",
        "name one picture",
        "warning",
    ),
    "form-language-unsaid": S(
        "'{column}' names no language",
        "a text has a column for each language; this one is read as {language}",
        "write {column}::{language}",
        "warning",
    ),
    "form-language-unknown": S(
        "the language of '{column}' is not spoken",
        "the bot speaks ur, ps and en",
        "its texts are left out",
        "warning",
    ),
    "form-language-unlabelled": S(
        "'{column}' is left out, for no label speaks {language}",
        "a survey is asked in the languages of its labels",
        "add the labels, or delete the column",
        "warning",
    ),
    "form-setting": S(
        "'{column}' is left out: {reason}", "a survey has other settings", "nothing need be done", "warning"
    ),
    # -- names --------------------------------------------------------------------------------------------
    "form-renamed": S(
        "'{name}' is now called '{id}'",
        "ids and codes are small Latin letters, digits and _, and no word of a program",
        "use the new name when you compare with older data",
        "warning",
    ),
    "form-version": S(
        "the version '{value}' is no number", "versions are whole numbers", "it is 1 now", "warning"
    ),
    "form-direction": S(
        "invisible letters that turn words were taken out of '{column}'",
        "the bot sets directions itself",
        "read the text once more",
        "warning",
    ),
    # -- questions ----------------------------------------------------------------------------------------
    "form-no-type": S("a row has no type", "every row says what it is", "write a type, or delete the row"),
    "form-type": S("'{type}' of '{name}' is refused: {reason}", _OURS, "ask it in another way, or leave it out"),
    "form-type-unknown": S(
        "the type '{type}' of '{name}' is not known", "types are those of XLSForm", "choose one of them"
    ),
    "form-repeat": S(
        "the repeat '{name}' is refused, and all in it: {inside}",
        "an interview asks each question once",
        "ask for the number, or for each one in a question of its own",
    ),
    "form-too-many": S(
        "'{name}' is left out, for its options are too many",
        "all questions together have at most {most} options",
        "shorten the lists",
    ),
    "form-no-list": S("there is no list '{list}'", "it stands in the sheet 'choices'", "add it, or mend its name"),
    "form-function": S(
        "'{column}' calls {functions}",
        "conditions know selected, count-selected, if, round, int, min and max",
        "say it with earlier answers; until then the survey cannot be opened",
    ),
    "form-filter": S(
        "the choice_filter of '{id}' is refused: {value}",
        "options hang on one earlier answer: column=${{question}}",
        "write it so; until then every option is offered",
    ),
    "form-key": S(
        "'{key}' of '{id}' is left out", "a question of type {type} has no such key", "ask it as another type"
    ),
    "form-calculation": S(
        "the calculation of '{name}' is left out", "people answer, or it is worked out", "make it a calculate"
    ),
    "form-required": S(
        "'{value}' is no plain yes or no for '{id}'",
        "a question is required or not, for everybody",
        "it is required now",
    ),
    "form-range": S(
        "the range '{name}' is now {what}",
        "people tap a number, or type one",
        "read its answers once more",
        "warning",
    ),
    "form-range-wild": S(
        "the range '{name}' is refused",
        "it runs from a whole number to another by whole steps",
        "make it an integer",
    ),
    "form-acknowledge": S(
        "'{name}' is now a note", "a note has a button to go on", "nothing need be done", "warning"
    ),
    "form-consent": S(
        "'{name}' is now the consent text",
        "what is agreed to is read before the first question",
        "hold it against 'The consent text' in docs/authors.md",
        "warning",
    ),
    "form-hint": S(
        "the hint of '{name}' now stands below its question", "a chat has one text", "read it aloud", "warning"
    ),
    "form-other": S(
        "'{id}' has an option 'other' now",
        "or_other asks for own words, which a list cannot keep",
        "ask for own words in a text question if you need them",
        "warning",
    ),
    "form-message": S(
        "the constraint_message of '{id}' is left out",
        "the bot says in its own words which answers are expected",
        "nothing need be done",
        "warning",
    ),
    "form-appearance": S(
        "the appearance '{value}' of '{name}' is left out",
        "the bot draws its own screens",
        "nothing need be done",
        "warning",
    ),
    "form-parameter": S(
        "the parameter '{value}' of '{name}' is left out",
        "a list knows randomize alone",
        "nothing need be done",
        "warning",
    ),
    "form-optional": S("'{id}' is required", "own words may always be skipped", "nothing need be done", "warning"),
    "form-special": S(
        "'{code}' ({label}) of the list '{list}' looks like {special}",
        "the bot offers this answer itself, in its own words, and counts it apart",
        "if that is meant, delete the option; else leave it",
        "warning",
    ),
    "form-special-words": S(
        "'{code}' of the list '{list}' is the bot's own answer",
        "it is said in the bot's words",
        "nothing need be done",
        "warning",
    ),
    "form-choice-twice": S(
        "'{name}' stands twice in the list '{list}', with other words",
        "a code means one answer",
        "give one of the two another name",
    ),
    "form-choice-media": S(
        "'{column}' of the option '{name}' is left out", "an option is a button with words", "describe it in words"
    ),
    # -- groups -------------------------------------------------------------------------------------------
    "form-section": S(
        "the relevant of the group '{name}' is now the condition of a section",
        "it holds for all its questions",
        "nothing need be done",
        "warning",
    ),
    "form-section-apart": S(
        "the group '{name}' is now the sections '{name}' and '{id}'",
        "groups inside groups stand side by side",
        "read the conditions of the sections once more",
        "warning",
    ),
    "form-group-empty": S(
        "the group '{name}' holds no question", "what is empty is left out", "nothing need be done", "warning"
    ),
    "form-group-end": S(
        "a group ends that never began, or never ends",
        "begin_group and end_group belong together",
        "add the other one",
    ),
    "form-grid": S(
        "'{name}' cannot stand in the grid '{id}'", "a grid holds statements on one scale", "put it after the grid"
    ),
    "form-overruled": S(
        "'aitbar_{key}' of '{id}' no longer holds",
        "what was changed in {columns} since counts",
        "read the question once more",
        "warning",
    ),
    "form-title": S(
        "form_title was changed", "it counts for the language {language}", "change the others too", "warning"
    ),
    # -- ours ---------------------------------------------------------------------------------------------
    "form-lost": S(
        "this survey would not come back as it is", "what is written can be read again", "report it, with the file"
    ),
}
