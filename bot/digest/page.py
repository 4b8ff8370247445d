"""A digest as one web page that needs nothing else: no script, no request, its text can be selected and printed.

Every text becomes the text of an element, so that nothing an author or an organisation wrote is read as markup;
what was written from the other side stands in a `bdi`, or in the isolates that the words already carry.
"""

from __future__ import annotations

from importlib.resources import files
from xml.etree.ElementTree import Element, SubElement, tostring

from bot.digest.bars import Bar
from bot.digest.charts import CHANGE, DISTRICTS, MULTIPLES, Chart, Row
from bot.digest.letters import font_faces
from bot.digest.write import Digest

POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:"
"""What the page may load: nothing, and only the style and the letters it brings."""

ABREAST = 4
"""So many districts stand beside each other on a telephone 360 pixels wide."""


def html(digest: Digest) -> bytes:
    """The page of a digest: the same figures as its text, as bars and tables of one file."""
    root = Element("html", {"lang": digest.language, "dir": digest.direction})
    head, body = SubElement(root, "head"), SubElement(root, "body")
    _body(body, digest)
    _head(head, digest, font_faces(body.itertext()))
    return b"<!DOCTYPE html>\n" + bytes(tostring(root, encoding="utf-8", method="html")) + b"\n"


def _body(body: Element, digest: Digest) -> None:
    _opening(SubElement(body, "header"), digest)
    main = SubElement(body, "main")
    _reached(main, digest)
    _said(main, digest.changed_heading, digest.changed)
    _charts(_section(main, "", digest.pictures[CHANGE].charts), digest.pictures[CHANGE].charts)
    figures = digest.pictures[MULTIPLES]
    _charts(_section(main, digest.says_heading, figures.charts), figures.charts)
    _districts(main, digest)
    _said(main, digest.advice_heading, digest.advice)
    _said(main, digest.scores_heading, digest.scores)
    _said(main, digest.themes_heading, digest.themes)
    _closing(SubElement(body, "footer"), digest)


def _head(head: Element, digest: Digest, letters: str) -> None:
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": POLICY})
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    _put(head, "title", digest.title)
    style = files("bot.digest").joinpath("page.css").read_text("utf-8")
    _put(head, "style", f"{letters}\n{style}")


def _opening(header: Element, digest: Digest) -> None:
    _put(SubElement(header, "h1"), "bdi", digest.title)
    _put(header, "p", digest.byline, "quiet")
    _put(header, "p", digest.asked)
    _put(header, "p", digest.answered)


def _reached(main: Element, digest: Digest) -> None:
    section = _section(main, digest.reach_heading, (*digest.reach, digest.languages, digest.cohorts))
    for bar in digest.reach:
        table = SubElement(section, "table", {"class": "shares"})
        cell = _row(table, Row(bar.title, bar, "full"))
        for words in (bar.caption, bar.aim, bar.note):
            _put(cell, "small", words)
    _put(section, "p", digest.languages)
    _put(section, "p", digest.cohorts)


def _said(main: Element, heading: str, lines: tuple[str, ...]) -> None:
    section = _section(main, heading, lines)
    for line in lines:
        _put(section, "p", line)


def _charts(section: Element, charts: tuple[Chart, ...]) -> None:
    """A small table for each figure, its rows before and now, or everyone and the groups."""
    for chart in charts:
        table = SubElement(section, "table", {"class": "shares"})
        caption = SubElement(table, "caption")
        _put(caption, "bdi", chart.title)
        _put(caption, "small", chart.note or _caption(chart), "clear" if chart.way else "")
        for row in chart.rows:
            _row(table, row)


def _caption(chart: Chart) -> str:
    """Where the true share of everyone likely lies, and how many answers stand behind it."""
    everyone = chart.rows[0].bar
    return everyone.caption if everyone else ""


def _row(table: Element, row: Row) -> Element:
    """A row of label, bar and share; returns the cell of the bar."""
    assert row.bar is not None
    line = SubElement(table, "tr")
    _put(SubElement(line, "th", scope="row"), "bdi", row.label)
    cell = SubElement(line, "td")
    _bar(cell, row.bar, row.look)
    _put(line, "td", row.bar.percent)
    return cell


def _bar(cell: Element, bar: Bar, look: str) -> None:
    """The share, where the true one likely lies, and the census: drawn for the eye, said by the label."""
    drawn = SubElement(cell, "div", {"class": "bar", "role": "img", "aria-label": f"{bar.spoken} {bar.caption}"})
    SubElement(drawn, "div", {"class": f"fill {look}", "style": f"inline-size:{bar.share}%"})
    reach = f"inset-inline-start:{bar.low}%;inline-size:{bar.high - bar.low:.1f}%"
    SubElement(drawn, "div", {"class": "range", "style": reach})
    if bar.mark is not None:
        SubElement(drawn, "div", {"class": "mark", "style": f"inset-inline-start:{bar.mark}%"})


def _districts(main: Element, digest: Digest) -> None:
    picture = digest.pictures[DISTRICTS]
    section = _section(main, picture.heading, picture.charts)
    tables = SubElement(section, "div", {"class": "districts"})
    rows = picture.charts[0].rows if picture.charts else ()
    for start in range(0, len(rows), ABREAST):
        _table(SubElement(tables, "table"), picture.charts, slice(start, start + ABREAST))
    for line in picture.legend:
        _put(section, "p", line, "quiet")


def _table(table: Element, charts: tuple[Chart, ...], part: slice) -> None:
    """Some districts as columns, all figures as rows; a field without a figure is empty."""
    head = SubElement(SubElement(table, "thead"), "tr")
    SubElement(head, "td")
    for row in charts[0].rows[part]:
        _put(SubElement(head, "th", scope="col"), "bdi", row.label)
    body = SubElement(table, "tbody")
    for chart in charts:
        line = SubElement(body, "tr")
        _put(SubElement(line, "th", scope="row"), "bdi", chart.title)
        for row in chart.rows[part]:
            shade = {"style": f"background:{row.fill}"} if row.bar else {}
            SubElement(line, "td", shade).text = row.bar.percent if row.bar else ""


def _closing(footer: Element, digest: Digest) -> None:
    if not digest.notes:
        return
    _put(footer, "h2", digest.notes_heading)
    for line in (*digest.notes, *dict.fromkeys((*digest.legend, *digest.pictures[MULTIPLES].legend))):
        _put(footer, "p", line, "quiet")


def _section(main: Element, heading: str, holds: tuple[object, ...]) -> Element:
    """A part of the page under its heading; one that holds nothing stays outside."""
    section = Element("section")
    if any(holds):
        main.append(section)
        _put(section, "h2", heading)
    return section


def _put(parent: Element, tag: str, words: str, kind: str = "") -> None:
    """An element with words, unless there are none."""
    if words:
        SubElement(parent, tag, {"class": kind} if kind else {}).text = words
