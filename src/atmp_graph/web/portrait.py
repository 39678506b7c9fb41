"""All that a page about one thing shows: facts with their sections, cards, disagreements, links in, mentions.

A handful of fixed queries fetch it; the rest is sorting in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from atmp_graph.store.protocol import Iri, Store
from atmp_graph.vocabulary import ATMP, BASE, CONCEPT, INFERRED_GRAPH, PREFIXES
from atmp_graph.web.cards import MODALITY, SUMMARY, Card, CardGroup, card, cards_of
from atmp_graph.web.disputes import Dispute, by_node, disputes
from atmp_graph.web.facts import (
    Fact,
    Reader,
    Statement,
    Value,
    by_text,
    facts,
    merge,
    one_language,
    value_of,
)
from atmp_graph.web.names import TYPE, Link, Section

_OUT = "SELECT ?graph ?p ?o { GRAPH ?graph { ?thing ?p ?o } } LIMIT 5000"
_COUNT_IN = "SELECT ?p (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?thing } GROUP BY ?p"
_IN = "SELECT ?graph ?s ?p { GRAPH ?graph { ?s ?p ?thing } } LIMIT 5000"
_IN_BY = """SELECT ?graph ?s {
  { SELECT DISTINCT ?s { ?s ?by ?thing FILTER(ISIRI(?s)) } ORDER BY ?s LIMIT 60 }
  GRAPH ?graph { ?s ?by ?thing }
}"""
_SAYING = """SELECT DISTINCT ?graph {
  { GRAPH ?graph { ?thing ?p ?o } } UNION { GRAPH ?graph { ?s ?q ?thing } }
}"""
_NODES = f"""PREFIX atmp: <{ATMP}>
SELECT DISTINCT ?graph ?node ?p ?o {{
  {{ SELECT DISTINCT ?node {{
      ?node ?link ?thing ; a ?class FILTER(?class IN (atmp:QualifiedStatement, atmp:Event))
    }} LIMIT 200 }}
  GRAPH ?graph {{ ?node ?p ?o }}
}}"""
MOST_CARDS = 150
"""A thing that more nodes speak of has them listed, not told: nobody reads a thousand cards."""

MOST_LINKS = 60
"""So many links of one property are shown; the table of the thing has the rest."""

_SKOS = PREFIXES["skos"]
_DEFINITION = _SKOS + "definition"
_CORE = ATMP + "core-module"
_NAMING = {_SKOS + "altLabel", _SKOS + "hiddenLabel", ATMP + "abbreviation"}
_SHOWN_ELSEWHERE = {_DEFINITION, PREFIXES["rdfs"] + "isDefinedBy", _SKOS + "topConceptOf"}


@dataclass
class Domain:
    """Facts under the name of the part of the ontology that their properties come from."""

    heading: str
    facts: list[Fact]


@dataclass
class Portrait:
    """Everything a page about one thing shows; what is empty is left out of it."""

    link: Link
    other_names: dict[str, str]
    kinds: list[Link]
    node: Card | None
    lead: Value | None
    places: list[Link]
    names: list[Fact]
    domains: list[Domain]
    groups: list[CardGroup]
    disputes: list[Dispute]
    inward: list[Fact]
    mentions: list[tuple[Link, list[Section]]]


def portray(store: Store, reader: Reader, iri: str) -> Portrait | None:
    """The portrait of a thing; ``None`` if nothing at all is said of it."""
    out = merge((iri, str(r["p"]), r["o"], str(r["graph"])) for r in store.rows(_OUT, thing=Iri(iri)).rows)
    counts = {str(r["p"]): int(str(r["n"])) for r in store.rows(_COUNT_IN, thing=Iri(iri)).rows}
    if not out and not counts:
        return None
    few = sum(counts.values()) <= (MOST_LINKS if iri.startswith(CONCEPT) else 2 * MOST_CARDS)
    into = _into(store, iri, counts)
    nodes = by_node(store.rows(_NODES, thing=Iri(iri)).rows) if few else {}
    graphs = {str(row["graph"]) for row in store.rows(_SAYING, thing=Iri(iri)).rows}
    reader.names.learn(_iris([*out, *into, *(s for some in nodes.values() for s in some)]))
    disagreements = disputes(store, reader, iri, close=few)
    told = {c.link.iri for d in disagreements for c in (d.card, *d.sides)}
    out = _best_evidence(_without_echoes(out, reader), into, reader)
    itself = card(iri, out, reader) if _is_node(out) else None
    return Portrait(
        link=reader.link(iri),
        other_names=_other_names(reader, iri),
        kinds=[reader.link(c) for c in reader.ontology.most_specific(_types(out))],
        node=itself,
        lead=_definition(out, reader) or (itself.summary if itself else None),
        places=[reader.link(s.value.value) for s in out if s.predicate == ATMP + "isLocatedIn"],
        names=facts([s for s in out if s.predicate in _NAMING], reader),
        domains=_domains(out, reader, itself is not None, nodes.keys() | told),
        groups=cards_of({n: s for n, s in nodes.items() if n not in told}, reader, about=iri),
        disputes=disagreements,
        inward=_inward(into, out, nodes.keys() | told, counts, reader),
        mentions=_mentions(graphs, reader),
    )


def _iris(statements: Iterable[Statement]) -> Iterable[str]:
    for s in statements:
        yield from (s.subject, s.predicate, *s.graphs)
        if isinstance(s.value, Iri):
            yield s.value.value


def _types(statements: Iterable[Statement]) -> list[str]:
    return [s.value.value for s in statements if s.predicate == TYPE]


def _is_node(statements: Iterable[Statement]) -> bool:
    """Whether the thing is itself a qualified statement or an event."""
    return bool({ATMP + "QualifiedStatement", ATMP + "Event"} & set(_types(statements)))


def _without_echoes(out: list[Statement], reader: Reader) -> list[Statement]:
    """Without what only follows because a narrower property says the same."""
    stated = [s for s in out if s.graphs != {INFERRED_GRAPH}]
    echoes = {(above, s.value) for s in stated for above in reader.ontology.above(s.predicate)}
    return [s for s in out if s.graphs != {INFERRED_GRAPH} or (s.predicate, s.value) not in echoes]


def _best_evidence(out: list[Statement], into: list[Statement], reader: Reader) -> list[Statement]:
    """What follows from an inverse property is said by the sections that say it the other way round."""
    said = {(s.subject, s.predicate): s.graphs for s in into if s.graphs != {INFERRED_GRAPH}}
    better = []
    for s in out:
        graphs = s.graphs
        if graphs == {INFERRED_GRAPH}:
            inverses = reader.ontology.symmetric(s.predicate, "inverseOf")
            graphs = next((said[s.value.value, i] for i in inverses if (s.value.value, i) in said), graphs)
        better.append(s._replace(graphs=graphs))
    return better


def _other_names(reader: Reader, iri: str) -> dict[str, str]:
    """Labels in the languages other than the reader's, where they differ from the one shown."""
    shown = reader.link(iri).label
    return {tag: text for tag, text in reader.names.labels(iri).items() if tag and text != shown}


def _definition(out: list[Statement], reader: Reader) -> Value | None:
    found = one_language(_DEFINITION, [s for s in out if s.predicate == _DEFINITION], reader.language)
    return value_of(found[0], reader) if found else None


def _domains(out: list[Statement], reader: Reader, is_node: bool, told: Iterable[str]) -> list[Domain]:
    """Direct facts by domain; what a card tells is left to the card, and a node's own facts stay together."""
    if is_node:
        own = facts(out, reader, skip=frozenset({MODALITY, SUMMARY, ATMP + "hasSide"}))
        return [Domain("", own)] if own else []
    hidden = set(told)
    by: dict[str, list[Statement]] = defaultdict(list)
    for s in out:
        if s.predicate not in _NAMING | _SHOWN_ELSEWHERE and s.value.value not in hidden:
            by[_domain(s.predicate, reader)].append(s)
    made = (Domain(heading, facts(some, reader)) for heading, some in sorted(by.items()))
    return [domain for domain in made if domain.facts]


def _domain(predicate: str, reader: Reader) -> str:
    """The name of the module of ours that a property comes from; core and foreign properties have none."""
    term = reader.ontology.terms.get(predicate)
    modules = term.all("rdfs", "isDefinedBy") if term and predicate.startswith(BASE) else []
    if not modules or modules[0] == _CORE:
        return ""
    return reader.link(modules[0]).label.rpartition(": ")[2]


def _into(store: Store, iri: str, counts: dict[str, int]) -> list[Statement]:
    """What points to a thing; where that is very much, the first ``MOST_LINKS`` of each property."""
    thing = Iri(iri)
    if sum(counts.values()) <= 10 * MOST_LINKS:
        found = [(r["s"], str(r["p"]), str(r["graph"])) for r in store.rows(_IN, thing=thing).rows]
    else:
        found = [
            (r["s"], predicate, str(r["graph"]))
            for predicate in sorted(counts)
            for r in store.rows(_IN_BY, thing=thing, by=Iri(predicate)).rows
        ]
    return merge((s.value, p, thing, graph) for s, p, graph in found if isinstance(s, Iri))


def _inward(
    into: list[Statement], out: list[Statement], told: Iterable[str], counts: dict[str, int], reader: Reader
) -> list[Fact]:
    """Links from other things, unless a card or the inverse property already tells them."""
    hidden = set(told)
    here = {(s.predicate, s.value.value) for s in out}
    by: dict[str, list[Statement]] = defaultdict(list)
    for s in _without_echoes_inward(into, reader):
        inverses = reader.ontology.symmetric(s.predicate, "inverseOf")
        if s.subject not in hidden and not any((i, s.subject) in here for i in inverses):
            by[s.predicate].append(s._replace(value=Iri(s.subject)))
    made = [_inward_fact(predicate, some, counts[predicate], reader) for predicate, some in by.items()]
    return sorted(made, key=lambda f: f.property.label.casefold())


def _without_echoes_inward(into: list[Statement], reader: Reader) -> list[Statement]:
    turned = [s._replace(value=Iri(s.subject)) for s in into]
    kept = {(s.subject, s.predicate) for s in _without_echoes(turned, reader)}
    return [s for s in into if (s.subject, s.predicate) in kept]


def _inward_fact(predicate: str, some: list[Statement], count: int, reader: Reader) -> Fact:
    chosen = sorted(some, key=lambda s: reader.link(s.subject).label.casefold())[:MOST_LINKS]
    values = sorted((value_of(s, reader) for s in chosen), key=by_text)
    left_out = max(count - len(values), 0) if len(some) >= MOST_LINKS else 0
    return Fact(reader.link(predicate), values, inward=True, left_out=left_out)


def _mentions(graphs: set[str], reader: Reader) -> list[tuple[Link, list[Section]]]:
    by: dict[Link, list[Section]] = defaultdict(list)
    for section in reader.names.sections(graphs, reader.language):
        by[section.source].append(section)
    return list(by.items())
