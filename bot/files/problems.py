"""Every sentence spoken to the authors of surveys and catalogues, as one table; and how a problem is kept.

Laws:
1. A problem says where, what, which rule, and what to do, as to a colleague: `file:line - what - rule - what
   to do`.
2. Problems are values: all are collected, none stops the reading.
3. Tests and programs name a problem by its id; its words may be bettered without breaking them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """One mistake. An `error` refuses the file; a `warning` does not. `id` is its key in `CATALOGUE`."""

    file: str
    line: int
    what: str
    rule: str
    todo: str
    level: Level = "error"
    id: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line} - {self.what} - {self.rule} - {self.todo}"


@dataclass(frozen=True)
class Sentence:
    """What is said of one kind of problem; `{...}` stands for what was found."""

    what: str
    rule: str
    todo: str
    level: Level = "error"


@dataclass
class Notes:
    """Where the problems of one file are collected."""

    file: str
    problems: dict[Problem, None] = field(default_factory=dict)
    full: bool = False

    def add(self, id: str, line: int, /, **found: object) -> None:
        """Note the problem `id` of the catalogue; `found` fills its sentences."""
        if self.full:
            return
        if len(self.problems) == MOST_PROBLEMS:
            self.full, id, found = True, "more-problems", {}
        sentence = CATALOGUE[id]
        shown = {name: _one_line(str(value)) for name, value in found.items()}
        what, rule, todo = (
            words.format(**shown).strip() for words in (sentence.what, sentence.rule, sentence.todo)
        )
        self.problems[Problem(self.file, line, what, rule, todo, sentence.level, id)] = None

    @property
    def refused(self) -> bool:
        """Whether any of the problems is an error."""
        return any(problem.level == "error" for problem in self.problems)

    def ordered(self) -> tuple[Problem, ...]:
        """The problems from the top of the file to its end."""
        return tuple(sorted(self.problems, key=lambda problem: problem.line))


def suggestion(word: str, known: Iterable[str]) -> str:
    """What may have been meant by a misspelt word: "did you mean 'x'?", or the words there are."""
    words = list(dict.fromkeys(known))
    close = difflib.get_close_matches(word[:64], words, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    if not words:
        return "there is none to name yet"
    more = " ..." if len(words) > MOST_NAMED else ""
    return f"there is: {', '.join(words[:MOST_NAMED])}{more}"


MOST_PROBLEMS = 200
"""More than anyone mends at once; whatever a file holds, its list stays short enough to print."""

MOST_NAMED = 12
"""As many names as fit a line that is still read."""


def _one_line(words: str) -> str:
    """Words of the file, fit to stand in a sentence: one line, nothing that turns the reading direction."""
    seen = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in words.replace("\n", " "))
    return seen if len(seen) <= MOST_SHOWN else f"{seen[:MOST_SHOWN]}..."


MOST_SHOWN = 200
"""A sentence shows no more than this of what was found; a whole text would bury the advice."""


S = Sentence
_YAML_ONLY = "a survey file is plain YAML: mappings, lists, text, whole numbers"
_EVERY_LANGUAGE = "every text stands in every language of the survey"
_ID = "ids and codes begin with a small Latin letter, then small letters, digits and _, at most 32"

CATALOGUE: Mapping[str, Sentence] = {
    # -- the file -----------------------------------------------------------------------------------------
    "no-such-file": S("there is no such file", "a file must be there to be read", "check the name and the folder"),
    "not-a-file": S(
        "this is not a file", "a survey or a catalogue is one ordinary file", "name a .yaml or .po file"
    ),
    "unreadable-file": S(
        "the file cannot be opened: {reason}", "the bot must be allowed to read it", "check its permissions"
    ),
    "too-large": S("the file is too large", "a file has at most {most} KiB", "leave out what is no part of it"),
    "not-utf-8": S(
        "these bytes are not UTF-8", "files are UTF-8 text", "save the file again as UTF-8 in your editor"
    ),
    "empty-file": S("the file says nothing", "a survey file is a mapping of keys", "start from surveys/examples/"),
    "not-a-mapping": S(
        "the file is not a mapping of keys",
        "a survey file begins with keys such as survey, version, languages",
        "start from surveys/examples/",
    ),
    # -- YAML ---------------------------------------------------------------------------------------------
    "not-yaml": S(
        "this cannot be read: {reason}",
        "a survey file is YAML",
        "look at this line and the one before: indentation, a colon, a quote or a bracket",
    ),
    "hidden-letter": S(
        "the invisible character {letter} stands in this line",
        "nothing that turns or hides words may stand in a file; the bot sets directions itself",
        "delete it, best by typing the line again",
    ),
    "directive": S(
        "'{line}' is a directive", f"{_YAML_ONLY}; a directive changes how words are read", "delete this line"
    ),
    "second-document": S("a second document begins here", "one file holds one survey", "move it to its own file"),
    "anchor": S("'&{name}' is an anchor", _YAML_ONLY, "take '&{name}' away and write each text in full"),
    "alias": S("'*{name}' is an alias", _YAML_ONLY, "write out here what it stands for, or put it in quotes"),
    "merge-key": S("'<<' merges another mapping", _YAML_ONLY, "write the keys out"),
    "tag": S("'{name}' is a tag", _YAML_ONLY, "take it away; put the value in quotes if it is text"),
    "key-not-text": S(
        "a list or mapping stands where a key is meant", "keys are words", "write a word as the key"
    ),
    "duplicate-key": S(
        "'{key}' is given twice, first in line {first}",
        "a key stands once in its mapping",
        "delete one of the two, or give it another name",
    ),
    "too-deep": S(
        "mappings and lists are nested too deeply",
        "no more than {most} levels",
        "look for a bracket that is never closed",
    ),
    "more-problems": S(
        "there are more problems than these",
        "all problems are shown, up to a limit",
        "mend these, then check again",
    ),
    "too-many-values": S(
        "the file has too many values", "no more than {most} values are read", "divide the survey in two"
    ),
    "bare-value": S(
        "{value} is read in different ways by different programs",
        "a date, a time, or a number with a leading 0, a dot or _ is text only in quotes",
        "write '{value}' in quotes where text is meant, else a plain whole number",
    ),
    # -- shape --------------------------------------------------------------------------------------------
    "missing-key": S("'{key}' is missing in {place}", "it is required there", "add '{key}:'"),
    "unknown-key": S(
        "'{key}' is not known in {place}", "unknown keys are refused, since they would be lost", "{hint}"
    ),
    "not-text": S("{value} is not text", "here a text or a code is meant", "put it in quotes, as in '{value}'"),
    "wrong-kind": S("{place} is {found}", "{wanted} is meant there", "{hint}"),
    "wrong-word": S("'{value}' is not known in {place}", "one of these is meant: {known}", "{hint}"),
    "wrong-size": S("{place} is {found}", "{wanted}", "{hint}"),
    "bad-id": S("'{value}' cannot be used as a name", _ID, "choose a name such as 'trust_police'"),
    "bad-survey-id": S(
        "'{value}' cannot be the id of a survey",
        "it begins with a small Latin letter, then small letters, digits, - and _, at most 64",
        "choose a name such as 'community-trust'",
    ),
    "reserved-word": S(
        "'{value}' cannot be used as a name",
        "Python, SPSS and Stata keep this word for themselves, and exports would break",
        "choose another, such as '{value}_answer'",
    ),
    "reserved-code": S(
        "'{value}' cannot be the code of an answer",
        "the bot counts under this code itself",
        'choose another; "don\'t know" and "prefer not to answer" are offered without being written',
    ),
    "bad-language": S(
        "'{value}' is no language code", "a language has two or three small letters", "write ur, ps, en or another"
    ),
    "unspoken-language": S(
        "the bot does not speak '{value}'",
        "its own words exist in ur, ps and en",
        "leave it out until the bot's words exist in it (docs/translators.md)",
    ),
    "bad-audio-name": S(
        "'{value}' cannot be the name of a recording",
        "small letters, digits, - and _, at most 64, then .ogg",
        "rename the file, as in 'gender.ur.ogg'",
    ),
    "bad-picture-name": S(
        "'{value}' cannot be the name of a picture",
        "small letters, digits, - and _, at most 64, then .png or .jpg",
        "rename the file, as in 'road.png'",
    ),
    # -- files beside the survey --------------------------------------------------------------------------
    "recording-missing": S(
        "the recording '{name}' is not in {folder}",
        "a question without its recording is asked without a button to hear it",
        "put the file there, or take its name out",
        "warning",
    ),
    "recording-bad": S(
        "the recording '{name}' is no OGG file with Opus sound, or is damaged",
        "a voice note is OGG/Opus: nothing else is played in the chat by a tap",
        "record it again in the chat, or convert it to OGG/Opus",
    ),
    "recording-large": S(
        "the recording '{name}' has {found}",
        "a voice note has 1 MB at most",
        "save it as mono with a lower bit rate",
    ),
    "recording-long": S(
        "the recording '{name}' plays for {found}",
        "a question is heard in 20 seconds or less",
        "shorten the question, or read it faster",
    ),
    "picture-missing": S(
        "the picture '{name}' is not in {folder}",
        "a picture that is named is shown",
        "put the file there, or take its name out",
    ),
    "picture-bad": S(
        "the picture '{name}' is no PNG or JPEG file, or is damaged",
        "Telegram shows PNG and JPEG",
        "save it as PNG or JPEG",
    ),
    "picture-large": S(
        "the picture '{name}' has {found}",
        "2 MB, 10,000 pixels of width and height together, and 20 times as long as wide, at most",
        "make it smaller",
    ),
    "twice": S("'{value}' stands twice in {place}", "each is named once", "delete one of the two"),
    # -- words --------------------------------------------------------------------------------------------
    "missing-language": S(
        "{place} has no text in '{language}'", _EVERY_LANGUAGE, "add '{language}:' with the text"
    ),
    "empty-text": S("{place} is empty in '{language}'", _EVERY_LANGUAGE, "write the text"),
    "unknown-language": S(
        "{place} has a text in '{language}'",
        "the survey does not name this language in 'languages'",
        "{hint}",
    ),
    "direction-letter": S(
        "{place} holds the character {letter} in '{language}'",
        "direction marks are set by the bot, never typed",
        "delete it, best by typing the text again",
    ),
    "presentation-form": S(
        "{place} holds the character {letter} in '{language}'",
        "letters are typed as letters, not as the shapes of old fonts, and never stretched",
        "type the word again on an Urdu or Pashto keyboard",
    ),
    "foreign-letter": S(
        "{place} holds {letter} in '{language}'",
        "this letter is not written in this language, only looks like one that is",
        "type it again on a keyboard of the language",
        "warning",
    ),
    "message-too-long": S(
        "{place} has {found} characters with its answers in '{language}'",
        "Telegram shows at most {most} in one message",
        "shorten it",
    ),
    "consent-value": S(
        "{place} asks for the value {name} in '{language}'",
        "the bot knows one value there: {{k}}, how many people stand behind a figure",
        "write {{k}}, or words without braces",
    ),
    "consent-uneven": S(
        "{place} says {{k}} in some languages, but not in '{language}'",
        "people must agree to the same promise in every language",
        "write {{k}} where the number of people stands, in every language",
    ),
    "question-long": S(
        "{place} has {found} characters in '{language}'",
        "a question of up to {most} is understood when it is read aloud once",
        "say it shorter",
        "warning",
    ),
    "label-long": S(
        "{place} has {found} characters in '{language}'",
        "a button shows about {most}",
        "say it in four words or fewer",
        "warning",
    ),
    "labels-equal": S(
        "{place} and '{other}' say the same in '{language}'",
        "people must be able to tell two answers apart",
        "change one of the two",
    ),
    "labels-alike": S(
        "{place} and '{other}' begin with the same {most} letters in '{language}'",
        "on a small phone only the beginning of a button may be seen",
        "begin one of the two with another word",
        "warning",
    ),
    # -- questions ----------------------------------------------------------------------------------------
    "free-text": S(
        "{place} asks for {type}",
        "a voice cannot be redacted, and nothing unredacted is ever stored",
        "ask with text, or with choice or choices",
    ),
    "text-unsealed": S(
        "'{id}' asks for own words, and the survey does not say how they are read",
        "own words are sealed, so that only a steward's own computer can open them",
        "add 'open_text: sealed' at the top of the file, and read docs/coordinators.md on stewards",
    ),
    "text-routed": S(
        "'{id}' asks for own words of some people only",
        "an answer in own words would point to the few who are asked, so it is asked of everybody",
        "drop show_if; whoever has nothing to say skips it",
    ),
    "text-without-referral": S(
        "'{id}' asks for own words, and nobody is named who helps",
        "somebody may write of danger, and should see at once who can help",
        "add 'referral' and 'danger_words' (docs/authors.md)",
        "warning",
    ),
    "referral-half": S(
        "'{key}' stands without '{missing}'",
        "words of danger bring up the words on help: one is of no use without the other",
        "add '{missing}:', or delete '{key}'",
    ),
    "place-too-long": S(
        "an interview in which everything is answered at full length takes {found} bytes",
        "answers in progress lie sealed in at most {most} bytes",
        "ask for own words less often, or shorten them with 'longest'",
    ),
    "duplicate-id": S(
        "the id '{id}' is given twice, first in line {first}",
        "every {kind} has an id of its own",
        "rename one of the two",
    ),
    "unknown-scale": S("the scale '{scale}' is not there", "a scale is defined under 'scales'", "{hint}"),
    "unused-scale": S(
        "no question uses the scale '{scale}'", "what is written should be asked", "use or delete it", "warning"
    ),
    "yes-no-options": S(
        "{place} does not have the options yes and no alone",
        "a yes_no question has exactly these two codes",
        "write yes and no, or make it a choice",
    ),
    "yes-no-language": S(
        "the bot has no words for yes and no in '{language}'",
        "it knows them in Urdu, Pashto and English",
        "add options: {{yes: ..., no: ...}} to '{id}' with all languages",
    ),
    "not-an-option": S("'{code}' is no answer to '{question}'", "{place} names answers of the question", "{hint}"),
    "screens-everyone": S(
        "every answer to '{id}' ends the interview",
        "somebody must be able to go on",
        "take at least one code out of screen_out",
    ),
    "all-exclusive": S(
        "every option of '{id}' is exclusive",
        "in a multiple choice some options go together",
        "make it a choice, or shorten the list",
    ),
    "min-above-max": S("in '{id}' min is above max", "min is at most max", "exchange the two"),
    "band-reversed": S(
        "the band '{band}' ends before it begins", "a band is [lowest, highest]", "exchange the two"
    ),
    "band-outside": S(
        "the band '{band}' goes beyond the numbers of '{id}'",
        "bands lie within min and max",
        "keep it from {low} to {high}",
    ),
    "bands-overlap": S(
        "the bands '{band}' and '{other}' share numbers",
        "a number is counted in one band only",
        "end one before the other begins",
    ),
    "bands-gap": S(
        "numbers from {low} to {high} of '{id}' lie in no band",
        "a number without a band is in no count",
        "widen a band, or change min and max",
        "warning",
    ),
    # -- conditions ---------------------------------------------------------------------------------------
    "condition-unreadable": S(
        "the condition of '{id}' is not understood: {reason}",
        "a condition reads earlier answers: ${{q}} = 'code', ${{n}} >= 18, selected(${{q}}, 'code'), and, or, not",
        "write it so, or as a mapping: {{q: [code, code]}}",
    ),
    "condition-itself": S(
        "the condition of '{id}' reads the answer to '{id}' itself",
        "a condition reads earlier answers",
        "name a question asked before",
    ),
    "condition-later": S(
        "the condition of '{id}' reads '{question}', which comes later",
        "a condition reads earlier answers",
        "move '{question}' before '{id}', or change the condition",
    ),
    "condition-unknown": S(
        "the condition of '{id}' reads '{question}', which is not there",
        "a condition names a question of this survey",
        "{hint}",
    ),
    "condition-note": S(
        "the condition of '{id}' reads '{question}', which is a note",
        "a note has no answer",
        "name a question that is answered",
    ),
    "condition-text": S(
        "the condition of '{id}' reads '{question}', which is answered in own words",
        "own words are read by nobody but a steward",
        "name another question",
    ),
    "condition-code": S(
        "the condition of '{id}' waits for '{code}', which is no answer to '{question}'",
        "a condition names answers that can be given",
        "{hint}",
    ),
    "condition-number": S(
        "the condition of '{id}' compares '{question}' with the number {value}",
        "only the answer to a number question is a number",
        "name a code in quotes",
    ),
    "condition-order": S(
        "the condition of '{id}' asks whether '{question}' is {operator} something",
        "only the answer to a number question, beside a whole number, is more or less",
        "name the codes that are meant: {{{question}: [code, code]}}",
    ),
    "condition-needs-number": S(
        "the condition of '{id}' looks for '{code}' in '{question}', which is answered with a number",
        "a number is compared with a number",
        "write ${{{question}}} >= 1, or the like",
    ),
    "condition-selected": S(
        "the condition of '{id}' compares '{question}' with one code",
        "the answer to a multiple choice holds several codes",
        "write selected(${{{question}}}, '{code}')",
    ),
    "condition-never": S(
        "the condition of '{id}' is never true",
        "a question must be asked of somebody",
        "change the condition, or delete the question",
    ),
    "condition-always": S(
        "the condition of '{id}' is always true",
        "a condition makes a difference",
        "drop show_if",
    ),
    # -- cells, reach, indicators, licence ----------------------------------------------------------------
    "unknown-dimension": S(
        "'{name}' is no dimension of the cells",
        "cells are made of district, gender and age",
        "{hint}",
    ),
    "unknown-question": S(
        "the question '{question}' is not there", "{place} names a question of this survey", "{hint}"
    ),
    "wrong-type": S(
        "{place} names '{question}', which is of the type {type}",
        "it needs a {known} question",
        "name another question",
    ),
    "same-question": S(
        "'{name}' and '{other}' both divide by '{question}'",
        "two dimensions over one question would show the difference of two groups",
        "delete one of the two",
    ),
    "groups-overlap": S(
        "'{code}' is in the groups '{group}' and '{other}'",
        "groups that overlap show the people in between: two figures can be subtracted",
        "leave the code in one group",
    ),
    "groups-incomplete": S(
        "'{code}' of '{question}' is in no group",
        "every answer that does not end the interview belongs to a group",
        "add it to a group",
    ),
    "group-screened": S(
        "'{code}' of '{question}' is in the group '{group}'",
        "it ends the interview and is never counted",
        "take it out of the group",
    ),
    "one-question": S(
        "{place} names {found} questions", "it names exactly one", "write {{question: [code, code]}}"
    ),
    "share-of-all": S(
        "the indicator '{id}' counts every answer to '{question}'",
        "a share counts some of the answers, else it is always 100%",
        "leave out the codes that do not count",
    ),
    "licence-incomplete": S(
        "'{key}' is missing beside the licence '{licence}'",
        "questions of others need permission_ref, source and instrument_version",
        "add '{key}:', or write 'licence: own items' if the questions are your own",
    ),
    # -- helplines ----------------------------------------------------------------------------------------
    "helplines-empty": S(
        "no helpline stands here",
        "a file of helplines is a list under 'helplines', each with province, name, number and last_called",
        "write one as docs/authors.md shows, or take AITBAR_HELPLINES away",
    ),
    "helpline-wrong": S(
        "'{key}' of helpline {place} is not as it should be",
        'province and name stand in ur, ps and en, the number is digits in quotes, the day as "2026-11-23"',
        "write it so",
    ),
    "helpline-future": S(
        "helpline {place} was last called on {day}, which has not come yet",
        "the day says when somebody of yours called the number and was answered",
        "write the day of the last call",
    ),
    "helpline-old": S(
        "helpline {place} was last called on {day}",
        "a number that nobody has called for {most} days is not shown",
        "call it; when somebody answers, write today's date",
        "warning",
    ),
    "helplines-long": S(
        "the helplines have {found} characters together in '{language}'",
        "they stand beside a question and have room for {most}",
        "name fewer, or shorter",
    ),
    # -- surveys beside each other ------------------------------------------------------------------------
    "survey-twice": S(
        "the survey '{id}' stands in {other} too",
        "each survey of a folder has an id of its own",
        "rename one of the two, or move one out of the folder",
    ),
    "version-not-raised": S(
        "the survey '{id}' was changed, but its version is still {version}",
        "an open wave asks version {version}, and two surveys must not bear one number",
        "raise 'version:' to {next}, or put the file back as it was; the open wave goes on as it began",
    ),
    # -- catalogues ---------------------------------------------------------------------------------------
    "not-a-catalogue": S(
        "this cannot be read as a catalogue: {reason}",
        "a catalogue is a gettext .po file in UTF-8",
        "look at this line and the one before: a quote may be missing",
    ),
    "phrase-missing": S(
        "'{id}' has no words in '{language}'", "every phrase stands in every language", "write it"
    ),
    "phrase-fuzzy": S(
        "'{id}' is marked fuzzy in '{language}'",
        "an unsure translation is not shown",
        "read it, better it, then delete the mark",
    ),
    "phrase-absent": S(
        "'{id}' is not in the '{language}' catalogue",
        "every phrase of the English catalogue stands in every language",
        'add msgid "{id}" with its words',
    ),
    "phrase-unknown": S("'{id}' is not in the English catalogue", "phrases are named there first", "{hint}"),
    "phrase-placeholders": S(
        "'{id}' has {found} in '{language}'",
        "it has the same {{...}} as the English phrase: {wanted}",
        "write the names in the braces exactly as in English",
    ),
    "phrase-letter": S(
        "'{id}' holds the character {letter} in '{language}'",
        "no direction marks, old letter shapes or stretched letters; the bot sets directions itself",
        "type the words again on a keyboard of the language",
    ),
    "phrase-foreign-letter": S(
        "'{id}' holds {letter} in '{language}'",
        "this letter is not written in this language, only looks like one that is",
        "type it again on a keyboard of the language",
        "warning",
    ),
    "phrase-twice": S(
        "'{id}' is given twice, first in line {first}", "a phrase stands once", "delete one of the two"
    ),
    "phrase-gone": S(
        "'{id}' has no words in the English catalogue",
        "the program says it",
        "put it back as it was; a program that no longer says it brings its own catalogues",
    ),
    "phrase-value": S(
        "'{id}' asks for {found}, which the program that is running does not give",
        "it gives: {given}",
        "write the names in the braces as they were",
    ),
    "english-missing": S(
        "there is no sound English catalogue to compare with",
        "phrases are named in locales/en/LC_MESSAGES/ first",
        "put the English catalogue there, or mend it",
    ),
    "nothing-to-check": S(
        "nothing here can be checked",
        "surveys end in .yaml or .yml, catalogues in .po",
        "name a file or folder with one",
    ),
}
