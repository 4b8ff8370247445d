"""The JSON Schema of a survey file (2020-12), with which an editor completes keys and says what each is for.

It is made from the models of `form.py`; what holds between the parts of a file only `aitbar check` can see.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.files.form import SurveyFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"

KEYS: Mapping[str, str] = {
    # the file
    "survey": "The survey's id: small letters, digits, - and _, at most 64.",
    "version": "A whole number; raise it when something changes. Of a question: when it means something else.",
    "languages": "The languages of every text below, such as [ur, ps, en].",
    "title": "What people and coordinators see, in each language.",
    "licence": "'own items', or the licence under which questions of others may be asked.",
    "permission_ref": "Where the permission to use questions of others is kept.",
    "source": "Where questions of others come from.",
    "instrument_version": "Which version of the questions of others this is.",
    "tell_result": "true: people are asked whether one neutral line shall come when there is a result.",
    "open_text": "'sealed': own words are opened on a steward's own computer only.",
    "referral": "Words on help for whoever writes of danger, in each language.",
    "danger_words": "Beginnings of words that speak of danger, in each language.",
    "reviewed_by": "Who has read each language: {ur: [..], ps: [..]}; a draft until two have.",
    "cells": "By which groups results may be shown: district, gender, age.",
    "reach": "Whom to compare with the census.",
    "consent": "What is read before agreeing, in each language; {k} stands for the smallest group.",
    "scales": "Ordered answers that several questions share, by name.",
    "questions": "The questions, in the order in which they are asked.",
    "indicators": "The named figures of the summary.",
    "clocks": "For how many days one may begin, go on, and leave an interview alone.",
    "reminders": "A neutral line now and then to those who agree.",
    "targets": "The shares of women and youth aimed at, in per cent; they turn nobody away.",
    "indexes": "Scores over several questions, from 0 to 100.",
    # a question
    "id": "A name that stays from wave to wave: small letters, digits and _, at most 32.",
    "type": "What kind of question it is.",
    "ask": "The question in each language; best under 15 words.",
    "show_if": 'When it is asked: {question: [code, code]}, or an expression such as "${meetings} >= 2".',
    "audio": "Names of recordings, language by language: {ur: gender-ur.ogg}.",
    "sensitive": "true for a question that may hurt: asked after a yes, can be declined, stands at the end.",
    "specials": "Which of dont_know and prefer_not are offered; both, unless said otherwise.",
    "options": "Code and text of each answer, in the order in which they are shown.",
    "screen_out": "Codes that end the interview kindly.",
    "exclusive": "Codes that stand alone, such as nothing.",
    "scale": "The name of a scale of this file.",
    "min": "The lowest number taken.",
    "max": "The highest number taken.",
    "bands": "How numbers are counted: {none: [0, 0], some: [1, 5]}.",
    "seconds": "The most seconds a spoken answer may have; 30, unless said otherwise.",
    "longest": "The most letters an answer in own words may have.",
    "picture": "The name of a picture, shown with the note: road.png.",
    "decimals": "How many places behind the point a number may have: 0, 1 or 2.",
    "statements": "The statements of a grid, by id; each is a question of its own.",
    "choice_filter": "Which options are offered after which earlier answer: {province: {kp: [swat]}}.",
    "shuffle": "true: in an order of chance; of a section or grid also the id of an arm by which it is turned.",
    "fixed": "Options that keep their places where the others change theirs.",
    "least": "How many options must be picked.",
    "most": "How many options may be picked.",
    "ranked": "How many places a ranking has; all, unless said otherwise.",
    "from": "The first day, month or year that may be named, in quotes.",
    "to": "The last day, month or year that may be named, in quotes.",
    "precision": "How exactly a day is asked: year, month or day.",
    "because": "What a day is needed for.",
    "value": 'What is worked out from earlier answers: "${adults} + ${children}".',
    "keep": "true: what is worked out is kept and counted.",
    "arms": "Two to four codes, one of which is drawn for each interview.",
    "required": "false: the question may be left without an answer, with a button of its own.",
    "constraint": 'What an answer must meet; "." is the answer: ". <= ${adults}".',
    "constraint_message": "What is said where it does not, in each language.",
    "section": "The section in which the question stands.",
    "sections": "Questions that stand together, by name: their title, condition and order.",
    # sections, scales
    "ends": "What the two ends of a scale of bare numbers mean.",
    "low": "What the lowest number means, in each language.",
    "high": "What the highest number means, in each language.",
    # scales, cells, reach, indicators
    "order": "Which end of the scale means more.",
    "district": "The question on districts, or its codes in groups.",
    "gender": "The question on gender, or its codes in groups.",
    "age": "The question on age, or its codes in groups.",
    "question": "The question whose codes are put into groups.",
    "groups": "The codes of each group: {youth: [b18_24, b25_29]}.",
    "census": "Which census figures stand beside who answered.",
    "women": "The question and the codes that mean women: {gender: [woman]}.",
    "youth": "The question and the codes that mean youth.",
    "share_of": "The question and the codes whose share is shown: {trust_police: [some, a_lot]}.",
    "start_days": "For how many days a link begins new interviews.",
    "grace_days": "How many days more whoever has begun may go on.",
    "idle_days": "After how many days without a tap an unfinished interview is deleted.",
    "at_most": "How many reminders at most.",
    "every_days": "How many days lie between two.",
    "better": "Whether more of it is better.",
    "advice": "What could be done where the figure is low, or changes for the worse.",
    "worse_than": "The share, in per cent, on whose worse side the advice is given.",
    "do": "The advice, in each language: one thing to do, in one sentence.",
    "baseline": "Where a programme began, in per cent; it stands beside the figure in reports.",
    "target": "What a programme aims at, in per cent; it stands beside the figure in reports.",
    "items": "The questions whose answers make the score, two or more.",
    "reverse": "Those of the items whose high answers mean little of what is measured.",
}
"""What each key is for, in one sentence; the rest stands in docs/authors.md."""


def schema() -> dict[str, Any]:
    """The JSON Schema of a survey file."""
    made = SurveyFile.model_json_schema()
    for part in (made, *made.get("$defs", {}).values()):
        for key, value in part.get("properties", {}).items():
            if key in KEYS:
                value["description"] = KEYS[key]
            _close(value)
    return {"$schema": DIALECT, **made, "title": "Aitbar survey", "description": "A questionnaire of Aitbar."}


def _close(value: Any) -> None:
    """Where keys have a pattern, no others are allowed; pydantic leaves that open."""
    if isinstance(value, dict):
        if "patternProperties" in value:
            value["additionalProperties"] = False
        for inner in value.values():
            _close(inner)
    elif isinstance(value, list):
        for inner in value:
            _close(inner)
