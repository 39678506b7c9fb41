"""Questions as files: a SPARQL query with a header that gives it a title, typed columns and parameters.

One file makes a page, an API route, a command and a test; adding one needs no Python. Every line of the
header is a comment, so the file is also a query that any tool can read::

    # id: q24
    # title@en: How many …?
    # column place: iri | Place | Plats
    # param stage: iri = concept:stage-clinical-phase-1 | Stage | Steg

``?lang`` is always bound to ``"en"`` or ``"sv"``, a parameter to its value; ``?section`` is shown with its
heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from atmp_graph.errors import InputError
from atmp_graph.sparqltext import projected, selects, tokens
from atmp_graph.store.protocol import Iri, Literal, Row, Store, Term
from atmp_graph.vocabulary import PREFIXES, expand

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = ("en", "sv")
TYPES = ("iri", "concept", "text", "number", "integer", "date", "boolean")
"""What a column or a parameter may hold."""

_LINE = re.compile(r"^# *([a-z]+)(?:@(en|sv))?(?: ([A-Za-z_][A-Za-z0-9_]*))?: *(.*)$")
_FIELDS = {"id", "title", "description", "audience", "kind", "theme", "column", "param"}
_NUMBERS = {"number": "decimal", "integer": "integer", "boolean": "boolean", "date": "dateTime"}
_SECTIONS = """
SELECT ?section ?heading ?title WHERE {
  ?section a atmp:Section ; atmp:heading ?heading ; atmp:isSectionOf ?source .
  ?source rdfs:label ?title FILTER(LANG(?title) = ?lang)
}
"""
_LABELS = """
SELECT ?thing ?label WHERE { VALUES ?thing { %s } ?thing rdfs:label ?label FILTER(LANG(?label) = ?lang) }
"""


class Column(NamedTuple):
    """A column of the answer: its variable, type, and label per language."""

    name: str
    type: str
    labels: Mapping[str, str]


class Param(NamedTuple):
    """What a reader may vary: its variable, type, the value it has unless told, and label per language."""

    name: str
    type: str
    default: str
    labels: Mapping[str, str]


class Question(NamedTuple):
    """A question that can be asked by ``name`` (its file's) or by ``id``."""

    name: str
    id: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    audience: str
    kind: str
    theme: str
    columns: tuple[Column, ...]
    params: tuple[Param, ...]
    text: str


class Place(NamedTuple):
    """A section as a reader knows it: its heading as printed and the title of its source."""

    heading: str
    source: str


class Result(NamedTuple):
    """An answer: rows in the order of the columns (``None``: not stated), the labels of the things in
    them, and the place behind each section.
    """

    question: Question
    lang: str
    rows: tuple[tuple[Term | None, ...], ...]
    labels: Mapping[str, str]
    places: Mapping[str, Place]


def read_questions(paths: Iterable[Path]) -> list[Question]:
    """Every question of the given files, by id. Raises ``InputError`` with the place of a wrong header."""
    found = [parse(path.read_text(encoding="utf-8"), path.stem, str(path)) for path in paths]
    return sorted(found, key=lambda question: question.id)


def parse(text: str, name: str, place: str = "") -> Question:
    """The question in a file's text; ``place`` names the file in errors."""
    fields: dict[tuple[str, str], str] = {}
    columns: list[Column] = []
    params: list[Param] = []
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.match(line)
        if match is None or match[1] not in _FIELDS:
            if line.startswith("#") or not line.strip():
                continue
            break
        field, lang, variable, value = match.groups()
        where = f"{place}:{number}"
        if field == "column":
            kind, _, labels = _typed(value, where)
            columns.append(Column(variable or "", kind, labels))
        elif field == "param":
            kind, default, labels = _typed(value, where)
            params.append(Param(variable or "", kind, default, labels))
        else:
            fields[field, lang or ""] = value.strip()
    question = Question(
        name,
        fields.get(("id", ""), name),
        {lang: fields.get(("title", lang), "") for lang in LANGUAGES},
        {lang: fields.get(("description", lang), "") for lang in LANGUAGES},
        fields.get(("audience", ""), ""),
        fields.get(("kind", ""), ""),
        fields.get(("theme", ""), ""),
        tuple(columns),
        tuple(params),
        text,
    )
    _refuse_incomplete(question, place)
    return question


def _typed(value: str, place: str) -> tuple[str, str, dict[str, str]]:
    """Type, default and labels of ``iri = concept:x | Stage | Steg``."""
    parts = [part.strip() for part in value.split("|")]
    kind, _, default = (part.strip() for part in parts[0].partition("="))
    if kind not in TYPES or len(parts) != 1 + len(LANGUAGES):
        raise InputError(
            "a column or parameter needs a type and a label in each language",
            place=place,
            hint=f"write: name: type | English | Svenska, with a type of {', '.join(TYPES)}",
        )
    return kind, default, dict(zip(LANGUAGES, parts[1:], strict=True))


def _refuse_incomplete(question: Question, place: str) -> None:
    for lang in LANGUAGES:
        if not question.titles[lang] or not question.descriptions[lang]:
            raise InputError(
                f"the question has no title or description in “{lang}”",
                place=place,
                hint=f"add # title@{lang}: and # description@{lang}:",
            )
    found = tokens(question.text)
    outermost = next(selects(found), None)
    given = projected(found, outermost) if outermost else []
    named = [column.name for column in question.columns]
    if given != named:
        raise InputError(
XX
            place=place,
            hint="name the same columns in the same order in both",
        )


def find(questions: Iterable[Question], name: str) -> Question:
    """The question with this id or name; raises ``InputError`` with the nearest ones if there is none."""
    known = list(questions)
    for question in known:
        if name in (question.id, question.name):
            return question
    from difflib import get_close_matches  # noqa: PLC0415  (only for an error)

    near = get_close_matches(name, [each for q in known for each in (q.id, q.name)], n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else "atmp-graph ask lists them"
    raise InputError(f"there is no question “{name}”", hint=hint)


def run(
    store: Store, question: Question, lang: str = "en", params: Mapping[str, str] | None = None
) -> Result:
    """Ask a question in a language, with parameters as a reader types them.

    Raises ``InputError`` for an unknown language or parameter, or a value of the wrong type.
    """
    if lang not in LANGUAGES:
        raise InputError(f"there is no answer in “{lang}”", hint=f"choose {' or '.join(LANGUAGES)}")
    given = dict(params or {})
    bindings: dict[str, Term] = {"lang": Literal(lang)}
    for param in question.params:
        bindings[param.name] = _term(param, given.pop(param.name, param.default))
    if given:
        known = ", ".join(param.name for param in question.params) or "none"
        raise InputError(
            f"{question.id} has no parameter “{next(iter(given))}”", hint=f"its parameters: {known}"
        )
    solutions = store.rows(question.text, **bindings).rows
    rows = tuple(tuple(row.get(column.name) for column in question.columns) for row in solutions)
    return Result(question, lang, rows, _labels(store, solutions, lang), _places(store, solutions, lang))


def _term(param: Param, value: str) -> Term:
    if param.type in ("iri", "concept"):
        try:
            return Iri(expand(value))
        except KeyError:
            raise InputError(
                f"“{value}” is no IRI for the parameter {param.name}",
                hint=f"write prefix:name, for example {param.default}",
            ) from None
    if param.type in ("number", "integer") and not re.fullmatch(r"-?\d+(\.\d+)?", value):
        raise InputError(f"“{value}” is no number for the parameter {param.name}", hint="write it in digits")
    datatype = _NUMBERS.get(param.type)
    return Literal(value, "", PREFIXES["xsd"] + datatype if datatype else "")


def _labels(store: Store, rows: Iterable[Row], lang: str) -> dict[str, str]:
    things = sorted({term.value for row in rows for term in row.values() if isinstance(term, Iri)})
    if not things:
        return {}
    # The engine wrote these IRIs itself a moment ago; none can hold a sign that ends an IRI.
    listed = " ".join(f"<{thing}>" for thing in things)
    found = store.rows(_LABELS % listed, lang=Literal(lang)).rows
    return {row["thing"].value: row["label"].value for row in found}


def _places(store: Store, rows: Iterable[Row], lang: str) -> dict[str, Place]:
    if not any("section" in name for row in rows for name in row):
        return {}
    found = store.rows(_SECTIONS, lang=Literal(lang)).rows
    return {row["section"].value: Place(row["heading"].value, row["title"].value) for row in found}
