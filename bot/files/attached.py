"""What a survey file names beside its words, recordings and pictures: looked at, and pinned by their content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.files import form, recordings
from bot.files.plain import Plain
from bot.files.problems import Notes
from bot.files.recordings import Unfit
from bot.files.texts import entries, items

Names = dict[str, str]
"""What each name of a survey file leads to: the hash of the file's bytes."""


def look(file: Path, plain: Plain, notes: Notes) -> Names:
    """Look at every file that a survey names; what is wrong with one goes to `notes`."""
    found: Names = {}
    said = entries(plain.value)
    survey = said.get("survey")
    if not isinstance(survey, str) or not form.is_survey_id(survey):
        return found
    for at, name, kind in _named(said):
        path = recordings.of_survey(file, survey, kind) / name
        try:
            found[name] = _hash(path, kind)
        except Unfit as unfit:
            notes.add(unfit.problem, plain.line(at), name=name, folder=path.parent, found=unfit.found)
    return found


def _named(said: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Every file that is named: where in the survey, its name, its kind."""
    for number, question in enumerate(items(said.get("questions"))):
        asked = entries(question)
        for language, name in entries(asked.get("audio")).items():
            if isinstance(name, str) and form.AUDIO.fullmatch(name):
                yield ("questions", number, "audio", language), name, "audio"
        picture = asked.get("picture")
        if isinstance(picture, str) and form.PICTURE.fullmatch(picture):
            yield ("questions", number, "picture"), picture, "pictures"


def _hash(path: Path, kind: str) -> str:
    """The hash of a sound file; raises Unfit. What has not changed is not looked at again."""
    missing = Unfit("recording-missing" if kind == "audio" else "picture-missing")
    try:
        stat = path.stat()
    except (OSError, ValueError):
        raise missing from None
    looked = _looked(path, kind, stat.st_mtime_ns, stat.st_size, stat.st_ino)
    if looked is None:
        raise missing
    if isinstance(looked, Unfit):
        raise looked
    return looked


@lru_cache(maxsize=4096)
def _looked(path: Path, kind: str, _changed: int, _size: int, _node: int) -> str | Unfit | None:
    content = recordings.content_of(path)
    if content is None:
        return None
    try:
        recordings.check_sound(content) if kind == "audio" else recordings.check_picture(content)
    except Unfit as unfit:
        return unfit
    return recordings.hash_of(content)


# -- pinned -----------------------------------------------------------------------------------------------


def pin(document: dict[str, Any], found: Names, recorded: Path | None) -> None:
    """Put hashes in the place of names; what the file does not name, coordinators may have recorded."""
    made = recordings.recorded(recorded, document["survey"])
    for question in document["questions"]:
        audio = {language: found[name] for language, name in question.get("audio", {}).items() if name in found}
        for language in document["languages"]:
            hash, words = made.get((question["id"], language), ("", ""))
            if hash and language not in audio and words == read_out(document, question, language):
                audio[language] = hash
        question.pop("audio", None)
        if audio:
            question["audio"] = {language: audio[language] for language in sorted(audio)}
        if "picture" in question:
            question["picture"] = found[question["picture"]]


def lying(surveys: Path, recorded: Path | None) -> dict[str, Path]:
    """Every sound recording and picture beside these surveys, by the hash of its bytes: also those that no survey
    names any more, since an open wave may."""
    found: dict[str, Path] = {}
    for path in recordings.files_beside(surveys, recorded):
        with suppress(Unfit):
            found.setdefault(_hash(path, "audio" if path.suffix == ".ogg" else "pictures"), path)
    return found


def spoken(document: Mapping[str, Any], question: Mapping[str, Any], language: str) -> tuple[str, ...]:
    """What whoever records a question reads out: the question, then its options."""
    options = question.get("options") or document["scales"].get(question.get("scale"), {}).get("options", ())
    return (question["ask"][language], *(label[language] for _, label in options))


def read_out(document: Mapping[str, Any], question: Mapping[str, Any], language: str) -> str:
    """Names the words of `spoken`."""
    return recordings.words_hash(*spoken(document, question, language))
