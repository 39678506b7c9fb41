"""How the data use a term: counts, what is said of the things of a class, and statements as examples.

The ontology says what may be said; these tables say what is. Both stand on a term's page, because a query
that is right by the ontology alone may find nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from atmp_graph.store.protocol import Iri, Rows
from atmp_graph.vocabulary import ATMP, BASE, INFERRED_GRAPH, PREFIXES, compact
from atmp_graph.web.facts import Reader, Value, merge, value_of
from atmp_graph.web.names import Link
from atmp_graph.web.ontology import Term
from atmp_graph.web.relations import PROPERTIES, ends, is_anything, leading
from atmp_graph.web.site import Site

EXAMPLES = 8
_OUT = "SELECT ?p (COUNT(*) AS ?n) { ?x a ?thing . ?x ?p ?o } GROUP BY ?p"
_IN = "SELECT ?p (COUNT(*) AS ?n) { ?x a ?thing . ?s ?p ?x } GROUP BY ?p"
_INSTANCES = "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a ?thing FILTER(ISIRI(?x)) }"
_SOME = """SELECT ?x (COUNT(*) AS ?said) { ?x a ?thing ; ?p ?o FILTER(ISIRI(?x)) }
GROUP BY ?x ORDER BY DESC(?said) ?x LIMIT 200"""
_STATED = "SELECT (COUNT(*) AS ?n) { ?s ?thing ?o }"
_FOLLOWS = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{INFERRED_GRAPH}> {{ ?s ?thing ?o }} }}"
_ALL = "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p"
_ALL_FOLLOWING = f"SELECT ?p (COUNT(*) AS ?n) {{ GRAPH <{INFERRED_GRAPH}> {{ ?s ?p ?o }} }} GROUP BY ?p"
_SECTIONS = """PREFIX atmp: <https://w3id.org/atmp-graph/ontology/>
SELECT ?graph (MIN(?s) AS ?one) (COUNT(*) AS ?n) {
  GRAPH ?graph { ?s ?thing ?o FILTER(ISIRI(?s)) } FILTER EXISTS { ?graph atmp:isSectionOf ?source }
} GROUP BY ?graph ORDER BY DESC(?n) ?graph LIMIT 12"""
_ANYWHERE = "SELECT ?s ?o ?graph { GRAPH ?graph { ?s ?thing ?o FILTER(ISIRI(?s)) } } LIMIT 2"
_ONE = "SELECT ?o { GRAPH ?graph { ?one ?thing ?o } } LIMIT 1"
_STARTS = "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s ?thing ?o . ?s a ?c } GROUP BY ?c"
_ENDS = "SELECT ?c (COUNT(DISTINCT ?o) AS ?n) { ?s ?thing ?o . ?o a ?c } GROUP BY ?c"
_MUTE = {PREFIXES["rdf"] + "type", PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "prefLabel"}


@dataclass
class Said:
    """A property at a class: how it is written, what stands at its other end, how often it is used there.

    ``by`` are the wider classes that name it, else the narrower ones, if it does not itself. ``inferred``
    says that no section states it. ``text`` says that its values are words or numbers.
    """

    property: Link
    written: str
    far: list[Link]
    uses: int
    by: list[Link]
    inferred: bool
    text: bool


@dataclass
class Spread:
    """How often a property is used: in all, and how much of it only follows, said by no section."""

    all: int
    follows: int
    starts: list[tuple[Link, int]]
    ends: list[tuple[Link, int]]


def count(it: Site, text: str, iri: str) -> int:
    """The one number that a counting query answers."""
    rows = it.store.rows(text, thing=Iri(iri)).rows
    return int(str(rows[0]["n"])) if rows else 0


def instances(it: Site, reader: Reader, iri: str) -> tuple[list[Link], list[Link], int]:
    """Things of a class: those most is said of, then up to 200 by name, and how many there are."""
    iris = [str(row["x"]) for row in it.store.rows(_SOME, thing=Iri(iri)).rows]
    reader.names.learn(iris)
    links = [reader.link(one) for one in iris]
    return links[:EXAMPLES], sorted(links, key=lambda x: x.label.casefold()), count(it, _INSTANCES, iri)


def said_at(it: Site, reader: Reader, iri: str, *, out: bool) -> list[Said]:
    """The properties that start (or end) at a class, by the ontology or by the data, most used first."""
    used = _by_property(it.store.rows(_OUT if out else _IN, thing=Iri(iri)))
    declared = {t.iri for t in leading(reader.ontology, iri, out=out)}
    names = declared | {p for p in used if p in reader.ontology.terms and (p.startswith(BASE) or out)}
    follow = _only_following(it)
    rows = [
        _said(reader, reader.ontology.terms[p], iri, used.get(p, 0), out=out, follow=follow)
        for p in names - _MUTE
        if p in declared or reader.ontology.terms[p].kind in PROPERTIES
    ]
    here = [one for one in rows if one.uses or not one.by]
    return sorted(here, key=lambda one: (-one.uses, one.property.label.casefold()))


def _only_following(it: Site) -> set[str]:
    """The properties whose statements all follow from others."""
    following = _by_property(it.store.rows(_ALL_FOLLOWING))
    return {p for p, n in _by_property(it.store.rows(_ALL)).items() if following.get(p) == n}


def _by_property(result: Rows) -> dict[str, int]:
    return {str(row["p"]): int(str(row["n"])) for row in result.rows}


def _said(reader: Reader, term: Term, iri: str, uses: int, *, out: bool, follow: set[str]) -> Said:
    told = ends(term)
    near, far = (told.start, told.schemes or told.end) if out else (told.end, told.start)
    wider = reader.ontology.above(iri) & set(near)
    narrower = {c for c in near if iri in reader.ontology.above(c)}
    by = [] if iri in near else sorted(wider or narrower)
    return Said(
        reader.link(term.iri),
        compact(term.iri),
        [reader.link(c) for c in far if not is_anything(c)],
        uses,
        [reader.link(c) for c in by[:3]],
        term.iri in follow,
        out and term.kind != "object property",
    )


def spread(it: Site, reader: Reader, iri: str) -> Spread:
    """How the data use a property."""
    return Spread(
        count(it, _STATED, iri),
        count(it, _FOLLOWS, iri),
        _classes(reader, it.store.rows(_STARTS, thing=Iri(iri))),
        _classes(reader, it.store.rows(_ENDS, thing=Iri(iri))),
    )


def _classes(reader: Reader, result: Rows) -> list[tuple[Link, int]]:
    """Classes with counts; a class is left out where a narrower one has as many."""
    counted = {str(row["c"]): int(str(row["n"])) for row in result.rows}
    counted = {c: n for c, n in counted.items() if c.startswith(ATMP) or c in reader.ontology.terms}
    told = {
        c: n
        for c, n in counted.items()
        if not any(n == m and c in reader.ontology.above(other) for other, m in counted.items())
    }
    return [(reader.link(c), n) for c, n in sorted(told.items(), key=lambda x: (-x[1], x[0]))][:EXAMPLES]


def examples(it: Site, reader: Reader, iri: str) -> list[tuple[Link, Value]]:
    """Two statements with a property, each with who says it: from two sections, if any section uses it."""
    rows = {str(row["one"]): row for row in reversed(it.store.rows(_SECTIONS, thing=Iri(iri)).rows)}
    if rows:
        triples = []
        for row in list(reversed(rows.values()))[:2]:
            found = it.store.rows(_ONE, thing=Iri(iri), graph=row["graph"], one=row["one"]).rows
            triples += [(str(row["one"]), iri, one["o"], str(row["graph"])) for one in found]
    else:
        found = it.store.rows(_ANYWHERE, thing=Iri(iri)).rows
        triples = [(str(r["s"]), iri, r["o"], str(r["graph"])) for r in found]
    reader.names.learn(
        t for s, _, o, g in triples for t in (s, g, *([o.value] if isinstance(o, Iri) else []))
    )
    return [(reader.link(s.subject), value_of(s, reader)) for s in merge(triples)]
