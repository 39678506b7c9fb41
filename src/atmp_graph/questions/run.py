"""Asks a question of a store: rows as terms with what a person reads for each, and the section behind each
row.
"""

from __future__ import annotations

from typing import NamedTuple

from atmp_graph.errors import InputError
from atmp_graph.questions.model import Column, Question
from atmp_graph.store.protocol import Iri, Literal, Store, Term

_NAME = """
SELECT ?label WHERE { ?thing rdfs:label|skos:prefLabel ?label }
ORDER BY DESC(LANG(?label) = ?lang) LANG(?label) LIMIT 1
"""
_PLACE = """
SELECT ?heading ?title WHERE {
  ?section atmp:heading|rdfs:label ?heading ; atmp:isSectionOf ?source
  OPTIONAL { ?section atmp:heading ?printed }
  OPTIONAL { ?source rdfs:label ?title FILTER(LANG(?title) = ?lang) }
  FILTER(!BOUND(?printed) || ?heading = ?printed)
} ORDER BY DESC(LANG(?heading) = ?lang) ?heading LIMIT 1
"""


class Cell(NamedTuple):
    """A value of an answer and what a person reads for it: a label for an IRI, ``""`` for an empty cell."""

    term: Term | None
    text: str


class Place(NamedTuple):
    """A section that an answer rests on: its IRI, its heading as printed, and the label of its source."""

    section: str
    heading: str
    source: str


class Answered(NamedTuple):
    """The answer to a question: ``rows`` under ``columns``, and in ``places`` the section of each row."""

    question: Question
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    places: tuple[Place | None, ...]


def run(store: Store, question: Question, lang: str = "en", params: dict[str, str] | None = None) -> Answered:
    """Ask a question in a language, with parameter values as texts.

    Raises ``InputError`` for a wrong parameter, and the store's errors.
    """
    found = store.rows(question.query, **question.bindings(lang, params or {}))
    names = _Names(store, lang)
    rows = tuple(tuple(names.cell(row.get(column.name)) for column in question.columns) for row in found.rows)
    places = tuple(names.place(row.get("section")) for row in found.rows)
    return Answered(question, question.columns, rows, places)


def place(store: Store, section: str, lang: str = "en") -> Place:
    """Heading and source of a section; raises ``InputError`` when there is no such section."""
    found = _Names(store, lang).place(Iri(section))
    if found is None:
        raise InputError(f"there is no section {section}")
    return found


class _Names:
    """Labels and sections, each looked up once."""

    def __init__(self, store: Store, lang: str) -> None:
        self._store = store
        self._lang = lang
        self._labels: dict[str, str] = {}
        self._places: dict[str, Place | None] = {}

    def cell(self, term: Term | None) -> Cell:
        if term is None:
            return Cell(None, "")
        if not isinstance(term, Iri):
            return Cell(term, str(term))
        if term.value not in self._labels:
            rows = self._store.rows(_NAME, thing=term, lang=Literal(self._lang)).rows
            self._labels[term.value] = rows[0]["label"].value if rows else _local(term.value)
        return Cell(term, self._labels[term.value])

    def place(self, term: Term | None) -> Place | None:
        if not isinstance(term, Iri):
            return None
        if term.value not in self._places:
            rows = self._store.rows(_PLACE, section=term, lang=Literal(self._lang)).rows
            self._places[term.value] = (
                Place(term.value, rows[0]["heading"].value, str(rows[0].get("title", ""))) if rows else None
            )
        return self._places[term.value]


def _local(iri: str) -> str:
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2] or iri
