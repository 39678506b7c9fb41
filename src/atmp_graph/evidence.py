"""Who says so: each statement about a thing with the section that makes it, and who says otherwise."""

from __future__ import annotations

from typing import NamedTuple

from atmp_graph.errors import InputError
from atmp_graph.store.protocol import Iri, Literal, Row, Store, Term

_SAID = """
SELECT DISTINCT ?thing ?property ?name ?value ?shown ?section ?heading ?source ?title WHERE {
  GRAPH ?section { ?thing ?property ?value }
  ?section a atmp:Section ; atmp:heading ?heading ; atmp:isSectionOf ?source
  OPTIONAL { ?source rdfs:label ?title FILTER(LANG(?title) = ?lang) }
  OPTIONAL { ?property rdfs:label ?name FILTER(LANG(?name) = ?lang) }
  OPTIONAL { ?value rdfs:label ?shown FILTER(LANG(?shown) = ?lang) }
  FILTER(!ISLITERAL(?value) || LANG(?value) IN ("", ?lang)
    || ?property IN (skos:altLabel, skos:hiddenLabel, atmp:wording))
} ORDER BY ?source ?section ?property ?value
"""
_TOLD_OF = _SAID.replace(
    "GRAPH ?section { ?thing ?property ?value }", "GRAPH ?section { ?value ?property ?thing }"
).replace(
    "  FILTER(!ISLITERAL", "  FILTER(?property NOT IN (rdf:type, atmp:isSectionOf))\n  FILTER(!ISLITERAL"
)
_DISPUTES = """
SELECT DISTINCT ?dispute ?label ?kind ?text ?side ?saying ?section ?heading ?title WHERE {
  { SELECT DISTINCT ?dispute {
    { ?dispute a atmp:Disagreement ; atmp:concerns ?thing }
    UNION { ?dispute a atmp:Disagreement ; atmp:hasSide ?thing }
    UNION {
      ?dispute a atmp:Disagreement ; atmp:hasSide ?node . ?node ?about ?thing FILTER(?about != rdf:type)
    }
  } }
  ?dispute atmp:hasSide ?side .
  GRAPH ?section { ?side rdf:type ?type }
  ?section atmp:heading ?heading ; atmp:isSectionOf ?source .
  OPTIONAL { ?dispute rdfs:label ?label FILTER(LANG(?label) = ?lang) }
  OPTIONAL {
    ?dispute atmp:disagreementKind ?of . ?of rdfs:label|skos:prefLabel ?kind FILTER(LANG(?kind) = ?lang)
  }
  OPTIONAL { ?dispute atmp:summary ?text FILTER(LANG(?text) = ?lang) }
  OPTIONAL { GRAPH ?section { ?side atmp:summary ?saying } FILTER(LANG(?saying) = ?lang) }
  OPTIONAL { ?source rdfs:label ?title FILTER(LANG(?title) = ?lang) }
} ORDER BY ?dispute ?section
"""


class Place(NamedTuple):
    """A section: its IRI, its heading as printed, and the title of its source."""

    section: str
    heading: str
    source: str


class Said(NamedTuple):
    """One statement. ``forward`` is false when the thing is what the statement leads to; ``other`` is then
    what it starts from.
    """

    property: str
    name: str
    other: Term
    shown: str
    forward: bool
    place: Place


class Side(NamedTuple):
    """One side of a disagreement, in our words, and where it stands."""

    iri: str
    saying: str
    place: Place


class Dispute(NamedTuple):
    """A disagreement that touches the thing."""

    iri: str
    label: str
    kind: str
    text: str
    sides: tuple[Side, ...]


class Evidence(NamedTuple):
    """All that the sources say of a thing, and where they disagree."""

    said: tuple[Said, ...]
    disputes: tuple[Dispute, ...]


def why(store: Store, thing: str, property: str | None = None, lang: str = "en") -> Evidence:
    """The evidence about the IRI ``thing``, or about one property of it.

    Raises ``InputError`` when no section speaks of the thing.
    """
    bindings: dict[str, Term] = {"thing": Iri(thing), "lang": Literal(lang)}
    if property:
        bindings["property"] = Iri(property)
    said = [_said(row, forward=True) for row in store.rows(_SAID, **bindings).rows]
    said += [_said(row, forward=False) for row in store.rows(_TOLD_OF, **bindings).rows]
    if not said:
        what = f"{thing} with the property {property}" if property else thing
        raise InputError(f"no section speaks of {what}", hint="atmp-graph search finds a thing by its names")
    return Evidence(tuple(said), disputes(store, thing, lang))


def disputes(store: Store, thing: str, lang: str = "en") -> tuple[Dispute, ...]:
    """The disagreements that are about the IRI ``thing``, or one of whose sides is it or speaks of it."""
    return _disputes(store.rows(_DISPUTES, thing=Iri(thing), lang=Literal(lang)).rows)


def _said(row: Row, *, forward: bool) -> Said:
    return Said(
        row["property"].value,
        _text(row, "name") or row["property"].value,
        row["value"],
        _text(row, "shown") or str(row["value"]),
        forward,
        _place(row),
    )


def _disputes(rows: tuple[Row, ...]) -> tuple[Dispute, ...]:
    found: dict[str, Dispute] = {}
    for row in rows:
        iri = row["dispute"].value
        side = Side(row["side"].value, _text(row, "saying"), _place(row))
        known = found.get(iri, Dispute(iri, _text(row, "label"), _text(row, "kind"), _text(row, "text"), ()))
        if side not in known.sides:
            found[iri] = known._replace(sides=(*known.sides, side))
    return tuple(found.values())


def _place(row: Row) -> Place:
    return Place(row["section"].value, _text(row, "heading"), _text(row, "title"))


def _text(row: Row, name: str) -> str:
    return row[name].value if name in row else ""
