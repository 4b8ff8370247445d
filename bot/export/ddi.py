"""The codebook of rows as DDI Codebook, which data archives and Nesstar, Dataverse and NADA read.

Every element stands in the order that the schema asks for; texts stand in each language of the survey.

Source: DDI Codebook 2.5, https://ddialliance.org/Specification/DDI-Codebook/2.5/
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bot.core.survey import Words
from bot.export.tables import held
from bot.export.variables import CODED, NUMBER, TEXT, Value, Variable
from bot.store import Wave

NAMESPACE = "ddi:codebook:2_5"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
FILE = "F1"
"""The id of the file of rows inside the codebook."""


def codebook(
    wave: Wave, variables: Sequence[Variable], cases: int, name: str, format: str, conditions: str
) -> bytes:
    """The codebook of a file `name` of so many rows; `conditions` say how it may be used."""
    root = Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5", LANGUAGE: wave.survey.languages[0]})
    _study(root, wave, conditions)
    _file(root, variables, cases, name, format)
    data = _in(root, "dataDscr")
    for number, one in enumerate(variables, 1):
        _variable(data, one, f"V{number}", format)
    indent(root)
    return bytes(tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"


def _study(root: Element, wave: Wave, conditions: str) -> None:
    survey = wave.survey
    study = _in(root, "stdyDscr")
    citation = _in(study, "citation")
    titles = _in(citation, "titlStmt")
    first, *others = survey.languages
    _in(titles, "titl", survey.title[first], first)
    for language in others:
        _in(titles, "parTitl", survey.title[language], language)
    _in(titles, "IDNo", f"{survey.id}/{survey.version}/{wave.id}")
    if wave.terms.organisation:
        _in(_in(citation, "rspStmt"), "AuthEnty", wave.terms.organisation)
    _in(_in(citation, "verStmt"), "version", str(survey.version))
    _in(_in(_in(study, "stdyInfo"), "sumDscr"), "dataKind", "survey data; released answers of one wave")
    use = _in(_in(study, "dataAccs"), "useStmt")
    _in(use, "conditions", conditions)


def _file(root: Element, variables: Sequence[Variable], cases: int, name: str, format: str) -> None:
    about = _in(_in(root, "fileDscr", ID=FILE), "fileTxt")
    _in(about, "fileName", name)
    size = _in(about, "dimensns")
    _in(size, "caseQnty", str(cases))
    _in(size, "varQnty", str(len(variables)))
    _in(about, "fileType", format)


def _variable(data: Element, variable: Variable, id: str, format: str) -> None:
    number = variable.shape == NUMBER
    nature = "ratio" if number else "ordinal" if variable.ordered else "nominal"
    one = _in(
        data,
        "var",
        ID=id,
        name=variable.name,
        files=FILE,
        intrvl="contin" if number else "discrete",
        dcml=str(variable.decimals if number else 0),
        nature=nature,
    )
    _each(one, "labl", variable.label)
    if variable.asking:
        _each(_in(one, "qstn"), "qstnLit", variable.asking)
    for value in variable.values:
        _category(one, value, variable.written(value, format))
    text = variable.shape == TEXT or (format in CODED and not number)
    _in(one, "varFormat", type="character" if text else "numeric")


def _category(one: Element, value: Value, written: str) -> None:
    category = _in(one, "catgry", missing="Y" if value.special else "N")
    _in(category, "catValu", written)
    _each(category, "labl", value.label)


def _each(parent: Element, name: str, words: Words) -> None:
    for language, text in words.items():
        _in(parent, name, text, language)


def _in(parent: Element, tag: str, text: str = "", language: str = "", **attributes: str) -> Element:
    """Another element inside `parent`."""
    element = SubElement(parent, tag, attributes | ({LANGUAGE: language} if language else {}))
    if text:
        element.text = held(text)
    return element
