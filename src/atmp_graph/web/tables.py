"""A result as a table: the same cells become a page, CSV for a spreadsheet, or JSON for a program."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from atmp_graph.store.protocol import Blank, Iri, Literal, Term
from atmp_graph.web.names import Names
from atmp_graph.web.wording import XSD, is_number, literal

_LINKED = {"iri", "section"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Column(NamedTuple):
    """A column: its name in data, its heading on the page, and iri, section, number or text."""

    name: str
    heading: str
    kind: str = "text"


class Cell(NamedTuple):
    """A value: what a page shows, in which language, the IRI it links to, and the term's own lexical form."""

    text: str
    language: str = ""
    iri: str = ""
    value: str = ""
    datatype: str = ""


@dataclass
class Table:
    """Columns and rows; an empty cell is ``None``. ``cut`` says that more rows exist than are here."""

    columns: Sequence[Column]
    rows: list[list[Cell | None]] = field(default_factory=list)
    cut: bool = False


def cell(term: Term | None, names: Names, language: str) -> Cell | None:
    """The cell of a term; ``None`` for an unbound one."""
    if term is None:
        return None
    if isinstance(term, Iri):
        section = names.section(term.value, language)
        link = names.link(term.value, language)
        text = f"{section.source.label}: {section.heading}" if section else link.label
        return Cell(text, section.language if section else link.language, term.value, term.value)
    if isinstance(term, Blank):
        return Cell(str(term), value=str(term))
    return Cell(literal(term, language), term.language, "", term.value, term.datatype)


def count_cell(count: int) -> Cell:
    """The cell of a count of ours."""
    return Cell(str(count), value=str(count), datatype=XSD + "integer")


def to_csv(table: Table) -> str:
    """CSV (RFC 4180); an IRI column is followed by one with the labels, and no text can act as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    header: list[str] = []
    for column in table.columns:
        header += [column.name, f"{column.name}_label"] if column.kind in _LINKED else [column.name]
    writer.writerow(header)
    for row in table.rows:
        line: list[str] = []
        for column, value in zip(table.columns, row, strict=True):
            text = _plain(value)
            line += [text, _safe(value.text) if value else ""] if column.kind in _LINKED else [text]
        writer.writerow(line)
    return out.getvalue()


def _plain(value: Cell | None) -> str:
    if value is None:
        return ""
    lexical = value.value or value.text
    return lexical if is_number(Literal(lexical, "", value.datatype)) else _safe(lexical)


def _safe(text: str) -> str:
    """A spreadsheet runs text that starts like a formula; a leading apostrophe makes it text again."""
    return "'" + text if text.startswith(_FORMULA) else text


def to_json(table: Table, **about: Any) -> str:
    """JSON: ``about`` first, then columns, then one object a row; an absent value is ``null``."""
    body = {
        **about,
        "columns": [{"name": c.name, "heading": c.heading, "kind": c.kind} for c in table.columns],
        "rows": [
            {c.name: _data(value) for c, value in zip(table.columns, row, strict=True)} for row in table.rows
        ],
        "complete": not table.cut,
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _data(value: Cell | None) -> Any:
    if value is None:
        return None
    if value.iri:
        return {"iri": value.iri, "label": value.text}
    if value.datatype == XSD + "boolean":
        return value.value in {"true", "1"}
    if value.datatype == XSD + "integer":
        return int(value.value)
    if is_number(Literal(value.value, "", value.datatype)):
        exact = Decimal(value.value)
        return int(exact) if exact == exact.to_integral_value() else float(exact)
    return value.value or value.text
