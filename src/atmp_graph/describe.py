"""Everything said of a thing, in both directions, grouped by property, each line with the sections that say
it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from atmp_graph.errors import InputError
from atmp_graph.store.protocol import Iri, Literal, Row, Store, Term
from atmp_graph.vocabulary import ATMP, INFERRED_GRAPH, PREFIXES

_RDFS, _SKOS = PREFIXES["rdfs"], PREFIXES["skos"]
_TYPE = PREFIXES["rdf"] + "type"
_LABELS = (_RDFS + "label", _SKOS + "prefLabel")
_NAMES = (_SKOS + "altLabel", _SKOS + "hiddenLabel", ATMP + "abbreviation")
_AS_PRINTED = (*_NAMES, ATMP + "wording", ATMP + "timeWording", ATMP + "heading", ATMP + "roleTitle")

_TOLD = """
SELECT DISTINCT ?property ?name ?value ?shown ?kind ?graph ?heading ?title WHERE {
  GRAPH ?graph { ?thing ?property ?value }
  OPTIONAL { ?property rdfs:label ?name FILTER(LANG(?name) = ?lang) }
  OPTIONAL { ?value rdfs:label|skos:prefLabel ?shown FILTER(LANG(?shown) = ?lang) }
  OPTIONAL {
    GRAPH ?other { ?value a ?class } FILTER(?other != ?inferred)
    ?class rdfs:label ?kind FILTER(LANG(?kind) = ?lang)
  }
  OPTIONAL {
    ?graph atmp:heading ?heading ; atmp:isSectionOf ?source .
    ?source rdfs:label ?title FILTER(LANG(?title) = ?lang)
  }
} ORDER BY ?property ?value ?graph
"""
_TOLD_OF = _TOLD.replace("{ ?thing ?property ?value }", "{ ?value ?property ?thing }", 1)
_INVERSES = "SELECT ?one ?other WHERE { ?one owl:inverseOf ?other }"


class Place(NamedTuple):
    """A section: its IRI, its heading as printed, and the title of its source."""

    section: str
    heading: str
    source: str


class Line(NamedTuple):
    """One statement: its value, what a person reads for it, the value's kind, and where it is said.

    ``places`` is empty for what needs no section, such as that a thing exists; ``derived`` marks what only
    follows from the ontology.
    """

    value: Term
    text: str
    kind: str
    places: tuple[Place, ...]
    derived: bool


class Group(NamedTuple):
    """All statements with one property; ``forward`` is false when the thing is what they lead to."""

    property: str
    title: str
    forward: bool
    lines: tuple[Line, ...]


class Description(NamedTuple):
    """A thing: labels by language, kinds, other names, and what is said of it and with it."""

    iri: str
    labels: dict[str, str]
    kinds: tuple[str, ...]
    names: tuple[Line, ...]
    groups: tuple[Group, ...]


def describe(store: Store, thing: str, lang: str = "en") -> Description:
    """Everything said of the IRI ``thing``, with labels in ``lang``.

    Raises ``InputError`` when nothing is said of it.
    """
    bound: dict[str, Term] = {"thing": Iri(thing), "lang": Literal(lang), "inferred": Iri(INFERRED_GRAPH)}
    out = store.rows(_TOLD, **bound).rows
    into = store.rows(_TOLD_OF, **bound).rows
    if not out and not into:
        raise InputError(f"nothing is said of {thing}", hint="atmp-graph search finds a thing by its names")
    known = _without_echoes(store, out, into)
    groups = [*_groups(known[0], forward=True, lang=lang), *_groups(known[1], forward=False, lang=lang)]
    names = tuple(line for group in groups if group.property in _NAMES for line in group.lines)
    kinds = {
        row["shown"].value: None for row in out if _is(row, _TYPE) and "shown" in row and not _inferred(row)
    }
    labels = {
        row["value"].language: row["value"].value
        for row in out
        if _is(row, *_LABELS) and isinstance(row["value"], Literal)
    }
    hidden = {*_NAMES, *_LABELS, _TYPE}
    rest = tuple(group for group in groups if group.property not in hidden or not group.forward)
    return Description(thing, labels, tuple(kinds), names, rest)


def _without_echoes(store: Store, out: Iterable[Row], into: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Both directions without what is derived and also stated, the same way or by the inverse property."""
    inverse: dict[str, str] = {}
    for row in store.rows(_INVERSES).rows:
        one, other = row["one"].value, row["other"].value
        inverse |= {one: other, other: one}
    sides = ([*out], [*into])
    stated = [{(r["property"].value, r["value"]) for r in side if not _inferred(r)} for side in sides]

    def keep(row: Row, here: int) -> bool:
        name, value = row["property"].value, row["value"]
        turned = (inverse.get(name, ""), value)
        return not _inferred(row) or ((name, value) not in stated[here] and turned not in stated[1 - here])

    return [r for r in sides[0] if keep(r, 0)], [r for r in sides[1] if keep(r, 1)]


def _groups(rows: list[Row], *, forward: bool, lang: str) -> list[Group]:
    titles: dict[str, str] = {}
    lines: dict[str, dict[Term, Line]] = {}
    for row in rows:
        value, name = row["value"], row["property"].value
        foreign = isinstance(value, Literal) and value.language not in ("", lang)
        if foreign and name not in _AS_PRINTED:
            continue
        titles[name] = _text(row, "name") or name.replace("#", "/").rpartition("/")[2]
        here = lines.setdefault(name, {})
        line = here.get(
            value, Line(value, _text(row, "shown") or str(value), _text(row, "kind"), (), _inferred(row))
        )
        if "heading" in row:
            place = Place(row["graph"].value, _text(row, "heading"), _text(row, "title"))
            line = line._replace(places=tuple(dict.fromkeys((*line.places, place))))
        here[value] = line
    found = [Group(name, titles[name], forward, tuple(lines[name].values())) for name in lines]
    return sorted(found, key=lambda group: (all(line.derived for line in group.lines), group.title))


def _is(row: Row, *properties: str) -> bool:
    return row["property"].value in properties


def _inferred(row: Row) -> bool:
    return row["graph"].value == INFERRED_GRAPH


def _text(row: Row, name: str) -> str:
    return row[name].value if name in row else ""
