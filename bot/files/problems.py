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
    catalogue: Mapping[str, Sentence] = field(default_factory=lambda: CATALOGUE)

    def add(self, id: str, line: int, /, **found: object) -> None:
        """Note the problem `id` of the catalogue; `found` fills its sentences."""
        if self.full:
            return
        if len(self.problems) == MOST_PROBLEMS:
            self.full, id, found = True, "more-problems", {}
            sentence = CATALOGUE[id]
        else:
            sentence = self.catalogue[id]
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
_AROUND = "«{around}»"
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
    "value-uneven": S(
        "{place} has no {name} in '{language}', and has it in another language",
        "an earlier answer stands in a text in every language, or in none",
        "write {name} where the answer belongs",
    ),
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
    "not-translated": S(
        "{place} says in '{language}' what it says in English",
        "a translation is in the words of its readers",
        "translate it",
    ),
    "wrong-script": S(
        "{place} is written in {script} letters in '{language}'",
        "Urdu and Pashto are written in Arabic letters, English in Latin ones",
        "write it in the letters that its readers read",
    ),
    "foreign-letter": S(
        "{place} holds {letter} in '{language}'",
        "this letter is not written in this language, only looks like one that is",
        "type it again on a keyboard of the language",
    ),
    "latin-word": S(
        "{place} holds the word '{found}' in '{language}'",
        "only names such as Telegram, PDF and SMS, and abbreviations of the English, stand in Latin letters",
        "write it in Arabic letters, or in other words",
    ),
    "foreign-digit": S(
        f"{{place}} holds the digits {{found}} in '{{language}}': {_AROUND}",
        "Urdu and English write 0-9, Pashto ۰-۹; codes, commands and telephone numbers stay 0-9",
        "write the digits of the language, or words",
    ),
    "latin-mark": S(
        f"{{place}} has the mark '{{found}}' in '{{language}}': {_AROUND}",
        "a sentence ends with ۔, a question with ؟; a comma is ، and a semicolon ؛",
        "type the mark on a keyboard of the language",
    ),
    "stray-space": S(
        f"{{place}} has a space too many or too few in '{{language}}': {_AROUND}",
        "no space at the ends, none before a mark, one after it, never two",
        "mend it",
    ),
    "question-mark": S(
        "{place} is a question in English, and has no ؟ at its end in '{language}'",
        "a question stays a question",
        "ask, and end with ؟",
    ),
    "label-mark": S(
        f"{{place}} ends with '{{found}}' in '{{language}}': {_AROUND}",
        "nothing stands at the end of a button",
        "delete it",
        "warning",
    ),
    "range-sign": S(
        f"{{place}} holds '{{found}}' in '{{language}}': {_AROUND}",
        "beside right-to-left words a hyphen turns two numbers round, and a percent sign changes its side",
        "say it in words: «0 سے 10 تک», «فیصد», «له ۰ نه تر ۱۰ پورې», «فيصده»",
        "warning",
    ),
    "kabul-word": S(
        "{place} says «{found}» in '{language}'",
        "this is Pashto of Kabul, or means something else in Khyber Pakhtunkhwa",
        "say «{better}»",
    ),
    "literary-word": S(
        "{place} says «{found}» in '{language}'",
        "this is Pashto of Kabul or of books; people in Khyber Pakhtunkhwa say it otherwise",
        "say «{better}»",
        "warning",
    ),
    "office-word": S(
        "{place} says «{found}» in '{language}'",
        "words of offices are not understood by everybody",
        "say it as at home, such as «{better}»",
        "warning",
    ),
    "gendered-words": S(
        "{place} gives the reader a sex in '{language}': «{found}»",
        "nobody is addressed, or made to speak, as a man or as a woman",
        "let the verb agree with a noun, or use the passive (docs/translators.md)",
    ),
    "masculine-words": S(
        "{place} has the polite plural of men in '{language}': «{found}»",
        "it is usual for everybody, but women read that others are meant",
        "let the verb agree with a noun where that costs nothing",
        "warning",
    ),
    "familiar-words": S(
        "{place} is familiar in '{language}': «{found}»",
        "people are addressed politely: آپ with کریں, تاسو with کړئ",
        "write the polite form",
    ),
    "misspelt-imperative": S(
        f"{{place}} says «{{found}}» in '{{language}}': {_AROUND}",
        "what people are asked to do ends in ئ",
        "write کړئ, ولېږئ, if that is meant",
        "warning",
    ),
    "final-yeh": S(
        "{place} says «{found}» in '{language}'",
        "a word of Pashto ends in ي, ے, ې, ۍ or ئ; ی stands inside",
        "write the letter that is heard",
        "warning",
    ),
    "unlike-term": S(
        "{place} says '{term}' in English, and none of its words in '{language}'",
        "one thing has one name everywhere",
        "words that begin with {better} are meant; say so, or see bot/files/wordlists.py",
        "warning",
    ),
    "unlike-length": S(
        "{place} has {found} letters in '{language}' and {beside} in English",
        "a translation is seldom under a third or over twice as long",
        "look whether something is missing or was added",
        "warning",
    ),
    "sentence-long": S(
        "{place} has a sentence of {found} words in '{language}'",
        "after {most} words nobody knows how it began; twelve are better",
        "make two sentences of it",
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
        "{place} has {found} in '{language}'",
        "a question of up to {most} is understood when it is read aloud once",
        "say it shorter",
        "warning",
    ),
    "label-long": S(
        "{place} is {found} wide in '{language}'",
        "a button shows {most}: about 36 letters of Urdu or Pashto, 28 of English",
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
    "text-unsealed": S(
        "'{id}' asks for own words, and the survey does not say how they are read",
        "own words are sealed, so that only a steward's own computer can open them",
        "add 'open_text: sealed' at the top of the file, and read docs/coordinators.md on stewards",
    ),
    "text-routed": S(
        "'{id}' asks for own words of some people only",
        "an answer in own words would point to the few who are asked, so it is asked of everybody",
        "drop show_if, or put it into a section without one; whoever has nothing to say skips it",
    ),
    "sensitive-unasked": S(
        "'{id}' is sensitive and asked without a yes to it",
        "before a sensitive part people are asked whether they want it: no ends it, and nothing is lost",
        "ask a yes_no question before it, and add show_if: {{that_question: [yes]}}",
    ),
    "sensitive-forced": S(
        "'{id}' is sensitive and must be answered",
        "whoever is asked what hurts can decline to say",
        "add prefer_not to its specials, or leave specials out",
    ),
    "sensitive-early": S(
        "'{id}' comes after the sensitive '{before}'",
        "what hurts stands at the end: people who stop there have answered the rest",
        "put sensitive questions last",
        "warning",
    ),
    "voice-many": S(
        "{found} questions ask for a voice",
        "at most {most} do: all of them are fetched at once, and wait together",
        "ask for a voice where it matters most",
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
    "min-above-max": S("in '{id}' {low} is above {high}", "{low} is at most {high}", "exchange the two"),
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
        "{what} of '{id}' is not understood: {reason}",
        "a condition reads earlier answers: ${{q}} = 'code', ${{n}} >= 18, selected(${{q}}, 'code'), and, or, not",
        "write it so, or as a mapping: {{q: [code, code]}}",
    ),
    "condition-itself": S(
        "{what} of '{id}' reads the answer to '{id}' itself",
        "a condition reads earlier answers",
        "name a question asked before",
    ),
    "condition-later": S(
        "{what} of '{id}' reads '{question}', which comes later",
        "a condition reads earlier answers",
        "move '{question}' before '{id}', or change the condition",
    ),
    "condition-unknown": S(
        "{what} of '{id}' reads '{question}', which is not there",
        "a condition names a question of this survey",
        "{hint}",
    ),
    "condition-note": S(
        "{what} of '{id}' reads '{question}', which is a note",
        "a note has no answer",
        "name a question that is answered",
    ),
    "condition-text": S(
        "{what} of '{id}' reads '{question}', which is answered in own words",
        "own words are read by nobody but a steward",
        "name another question",
    ),
    "condition-code": S(
        "{what} of '{id}' waits for '{code}', which is no answer to '{question}'",
        "a condition names answers that can be given",
        "{hint}",
    ),
    "condition-number": S(
        "{what} of '{id}' compares '{question}' with the number {value}",
        "only the answer to a number question is a number",
        "name a code in quotes",
    ),
    "condition-order": S(
        "{what} of '{id}' asks whether '{question}' is {operator} something",
        "a number is more or less than a number, a day than a day; codes have no order",
        "name the codes that are meant: {{{question}: [code, code]}}",
    ),
    "condition-needs-number": S(
        "{what} of '{id}' looks for '{code}' in '{question}', which is answered with a number",
        "a number is compared with a number",
        "write ${{{question}}} >= 1, or the like",
    ),
    "condition-selected": S(
        "{what} of '{id}' compares '{question}' with one code",
        "the answer to a multiple choice holds several codes",
        "write selected(${{{question}}}, '{code}')",
    ),
    "condition-count": S(
        "{what} of '{id}' counts what was picked in '{question}', where one answer is given",
        "count-selected() counts the options of a multiple choice",
        "name a question of type choices",
    ),
    "condition-arithmetic": S(
        "{what} of '{id}' reckons with '{question}', whose answer is no number",
        "only numbers are put together",
        "name a number question, or write if(${{{question}}} = 'code', 1, 0)",
    ),
    "condition-unlike": S(
        "{what} of '{id}' compares things of two sorts",
        "a number stands beside a number, a day beside a day, a code beside a code",
        "write beside '{question}' something of its own sort",
    ),
    "condition-date": S(
        "{what} of '{id}' compares '{question}' with {value}",
        "a day is compared with one written as it is kept: its {precision}",
        "write it in quotes, as '2026', '2026-05' or '2026-05-17'",
    ),
    "constraint-half": S(
        "'{id}' has '{key}' alone",
        "a constraint and the words that say so belong together",
        "write both 'constraint' and 'constraint_message', or neither",
    ),
    "constraint-grid": S(
        "the grid '{id}' has a constraint",
        "each statement of a grid is a question of its own",
        "take it away, or write the statements as scale questions",
    ),
    "constraint-never": S(
        "no answer to '{id}' meets its constraint",
        "somebody must be able to answer",
        "change the constraint",
    ),
    "value-word": S(
        "the value of '{id}' may come to a word",
        "what is worked out is a number",
        "write numbers, as in if(${{q}} = 'code', 1, 0)",
    ),
    "named-later": S(
        "{place} names '{question}', which does not come before it",
        "only an earlier answer is known",
        "move '{question}' before it",
    ),
    "filter-empty": S(
        "whoever answered '{code}' to '{question}' is offered no option of '{id}'",
        "every answer leaves something to pick",
        "list options for '{code}', or leave one option out of all lists so that everybody is offered it",
    ),
    "pipe-type": S(
        "{place} shows the answer to '{question}', which is of type {type}",
        "only a single answer, a number or a day stands in later words",
        "name another question",
    ),
    "pipe-uneven": S(
        "{place} shows other earlier answers in '{language}' than in another language",
        "every language says the same",
        "write the same ${{...}} in each",
    ),
    "pipe-unsure": S(
        "{place} shows the answer to '{question}', which not everybody has been asked",
        "whoever was not asked would read '…'",
        "give it a show_if that reads '{question}'",
        "warning",
    ),
    "unknown-section": S(
        "the section '{section}' is not there", "a section is defined under 'sections'", "{hint}"
    ),
    "unused-section": S(
        "no question stands in the section '{section}'",
        "what is written should be asked",
        "use or delete it",
        "warning",
    ),
    "section-apart": S(
        "questions of the section '{section}' do not stand together",
        "a section is asked in one piece",
        "move this question to the others",
    ),
    "shuffle-apart": S(
        "the sections that change places do not follow each other",
        "what lies between them would be torn apart",
        "put them one after another",
    ),
    "shuffle-hangs": S(
        "'{id}' hangs on '{question}', and the two change places",
        "what is asked in an order of chance cannot hang on each other",
        "take one of them out of what is shuffled",
    ),
    "picks-too-many": S(
        "'{key}' of '{id}' is more than can be picked together",
        "at most {most} options stand together",
        "lower it",
    ),
    "date-unlike": S(
        "'{value}' is no {precision} of the calendar in '{id}'",
        "both ends are written as exactly as the question asks",
        "write '2026', '2026-05' or '2026-05-17', in quotes",
    ),
    "date-long": S(
        "'{id}' lets people name more than {most} years", "so many stand on no screen", "bring the two ends nearer"
    ),
    "date-day": S(
        "'{id}' asks for a day",
        "a day can point to a person; a month is nearly always enough",
        "write 'precision: month', or say in 'because' what the day is needed for",
    ),
    "nothing-asked": S("nothing of this survey is asked", "people answer questions", "add a question"),
    "condition-never": S(
        "{what} of '{id}' is never true",
        "a question must be asked of somebody",
        "change the condition, or delete the question",
    ),
    "condition-always": S(
        "{what} of '{id}' is always true",
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
    "target-unseen": S(
        "a share of {who} is aimed at, but 'reach' does not say who they are",
        "an aim stands beside the share that was reached",
        "add '{who}:' to 'reach', or take it out of 'targets'",
    ),
    "no-better": S(
        "'{id}' has '{key}', but 'better: none'",
        "whether a figure is low, or has come near its aim, is told by which end is better",
        "say 'better: higher' or 'better: lower', or take '{key}' out",
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
    "licence-empty": S(
        "the licence is empty",
        "nothing is asked without leave: of the author, or of whoever wrote the questions",
        "write 'licence: own items', or the licence's name",
    ),
    "ages-overlap": S(
        "the ages '{code}' and '{other}' of '{question}' share years",
        "everybody has one age and belongs to one group",
        "end one before the other begins",
    ),
    "ages-differ": S(
        "the age '{code}' of '{question}' is labelled with {found} in '{language}'",
        "the code of an age says the years it holds, and so does its label",
        "make the two say the same years",
    ),
    "index-reverse": S(
        "the index '{id}' turns '{question}', which is none of its items",
        "'reverse' names items whose high answers mean little of what the index measures",
        "add it to 'items', or take it out of 'reverse'",
    ),
    "index-never": S(
        "nobody is ever asked all items of the index '{id}'",
        "a score needs four in five of its items, and of fewer than five all",
        "name items that the same people are asked",
    ),
    "licence-incomplete": S(
        "'{key}' is missing beside the licence '{licence}'",
        "questions of others need permission_ref, source and instrument_version",
        "add '{key}:', or write 'licence: own items' if the questions are your own",
    ),
    # -- how it would fare --------------------------------------------------------------------------------
    "population-small": S(
        "{found} people could be asked",
        "under {least} people, three times {k}, nothing is asked: a group shown would be everybody",
        "ask a larger area, or join with a neighbouring one",
    ),
    "groups-unshown": S(
        "no group of '{name}' would be shown by itself, with about {found} people each: {codes}",
        "a {name} needs {least} ({times} x {k})",
        "join groups into larger ones, or ask more people; state what you know when you open the wave",
        "warning",
    ),
    "audio-missing": S(
        "{heard} of {all} questions can be heard in '{language}'; these cannot: {silent}",
        "who does not read hears every question, or knows nothing of those that are missing",
        "record them, and name the recordings under 'audio'",
        "warning",
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
        "the survey '{id}' was changed, but its version is still {version}: {changed}",
        "an open wave asks version {version}, which people agreed to; two surveys must not bear one number",
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
    "button-wide": S(
        "'{id}' is {found} wide in '{language}'",
        "there is room for {most}: about 36 letters of Urdu or Pashto alone in a row, 17 of two",
        "say it shorter",
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
