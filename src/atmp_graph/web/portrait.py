"""All that a page about one thing shows: facts with their sections, cards, disagreements, links in, mentions.

Four fixed queries fetch it; the rest is sorting in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from atmp_graph.store.protocol import Iri, Row, Store
from atmp_graph.vocabulary import ATMP, PREFIXES
from atmp_graph.web.facts import Card, Fact, Reader, Statement, Value, card, facts, merge, value_of
from atmp_graph.web.names import TYPE, Link, Section

_PROLOGUE = f"PREFIX atmp: <{ATMP}> "
_OUT = "SELECT ?graph ?p ?o { GRAPH ?graph { ?thing ?p ?o } } LIMIT 5000"
_IN = "SELECT ?graph ?s ?p { GRAPH ?graph { ?s ?p ?thing } } LIMIT 3000"
_NODES = """SELECT DISTINCT ?graph ?node ?p ?o {
  { SELECT DISTINCT ?node {
      ?node ?link ?thing ; a ?class FILTER(?class IN (atmp:QualifiedStatement, atmp:Event))
    } LIMIT 300 }
  GRAPH ?graph { ?node ?p ?o }
}"""
_SIDES = """SELECT DISTINCT ?graph ?disagreement ?node ?p ?o {
  { SELECT DISTINCT ?disagreement {
      { ?disagreement atmp:hasSide ?side . ?side ?link ?thing } UNION
      { ?disagreement atmp:hasSide ?thing } UNION { ?disagreement a atmp:Disagreement ; ?link ?thing }
    } LIMIT 40 }
  { ?disagreement atmp:hasSide ?node } UNION { ?disagreement atmp:hasSide ?any BIND(?disagreement AS ?node) }
  GRAPH ?graph { ?node ?p ?o }
}"""
_SKOS = PREFIXES["skos"]
NAMING = (_SKOS + "altLabel", _SKOS + "hiddenLabel", ATMP + "abbreviation")


@dataclass
class Dispute:
    """A disagreement and its sides, told side by side."""

    card: Card
    sides: list[Card]


@dataclass
class Group:
    """Facts or cards under one heading."""

    heading: str
    facts: list[Fact]
    cards: list[Card]


@dataclass
class Portrait:
    """Everything a page about one thing shows; ``None`` fields and empty lists are left out of it."""

    link: Link
    other_names: dict[str, str]
    kinds: list[Link]
    node: Card | None
    places: list[Link]
    names: list[Fact]
    groups: list[Group]
    cards: list[Group]
    disputes: list[Dispute]
    inward: list[Fact]
    mentions: list[tuple[Link, list[Section]]]
    statements: list[Statement]


def portray(store: Store, reader: Reader, iri: str) -> Portrait | None:
    """The portrait of a thing; ``None`` if nothing at all is said of it."""
    out = merge((iri, str(r["p"]), r["o"], str(r["graph"])) for r in store.rows(_OUT, thing=Iri(iri)).rows)
    into = merge(
        (str(r["s"]), str(r["p"]), Iri(iri), str(r["graph"]))
        for r in store.rows(_IN, thing=Iri(iri)).rows
        if isinstance(r["s"], Iri)
    )
    if not out and not into:
        return None
    nodes = _by_node(store.rows(_PROLOGUE + _NODES, thing=Iri(iri)).rows)
    sides = store.rows(_PROLOGUE + _SIDES, thing=Iri(iri)).rows
    told = [*out, *into, *(s for some in nodes.values() for s in some)]
    reader.names.learn([*_iris(told), *(str(t) for r in sides for t in r.values() if isinstance(t, Iri))])
    disputes = _disputes(sides, reader, iri)
    disputed = {c.link.iri for d in disputes for c in (d.card, *d.sides)}
    itself = card(iri, out, reader) if _is_node(out) else None
    return Portrait(
        link=reader.link(iri),
        other_names=_other_names(reader, iri),
        kinds=[reader.link(c) for c in reader.ontology.most_specific(_types(out))],
        node=itself,
        places=[reader.link(s.value.value) for s in out if s.predicate == ATMP + "isLocatedIn"],
        names=facts([s for s in out if s.predicate in NAMING], reader),
        groups=_groups([s for s in out if s.predicate not in NAMING], reader, bool(itself)),
        cards=_cards({n: s for n, s in nodes.items() if n not in disputed}, reader, iri),
        disputes=disputes,
        inward=_inward(into, out, nodes.keys() | disputed, reader),
        mentions=_mentions({g for s in (*out, *into) for g in s.graphs}, reader),
        statements=out,
    )


def _by_node(rows: Iterable[Row]) -> dict[str, list[Statement]]:
    quads = ((str(r["node"]), str(r["p"]), r["o"], str(r["graph"])) for r in rows)
    nodes: dict[str, list[Statement]] = defaultdict(list)
    for statement in merge(quads):
        nodes[statement.subject].append(statement)
    return nodes


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


def _other_names(reader: Reader, iri: str) -> dict[str, str]:
    """Labels in the languages other than the reader's, where they differ from the one shown."""
    shown = reader.link(iri).label
    return {tag: text for tag, text in reader.names.labels(iri).items() if tag and text != shown}


def _module(predicate: str, reader: Reader) -> str:
    term = reader.ontology.terms.get(predicate)
    modules = term.all("rdfs", "isDefinedBy") if term else []
    return reader.link(modules[0]).label if modules else ""


def _groups(out: list[Statement], reader: Reader, is_node: bool) -> list[Group]:
    """Direct facts under the name of the part of the ontology that their property comes from."""
    if is_node:
        told = facts(out, reader)
        return [Group("", told, [])] if told else []
    by: dict[str, list[Statement]] = defaultdict(list)
    for statement in out:
        by[_module(statement.predicate, reader)].append(statement)
    groups = (Group(heading, facts(some, reader), []) for heading, some in sorted(by.items()))
    return [group for group in groups if group.facts]


def _cards(nodes: dict[str, list[Statement]], reader: Reader, about: str) -> list[Group]:
    """Nodes that speak of the thing, under the name of their class."""
    by: dict[str, list[Card]] = defaultdict(list)
    for node, statements in nodes.items():
        made = card(node, statements, reader, about=about)
        by[made.kind.label if made.kind else ""].append(made)
    return [
        Group(heading, [], sorted(some, key=lambda c: c.link.label.casefold()))
        for heading, some in sorted(by.items())
    ]


def _disputes(rows: Iterable[Row], reader: Reader, about: str) -> list[Dispute]:
    rows = list(rows)
    nodes = _by_node(rows)
    sides: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        sides[str(row["disagreement"])].add(str(row["node"]))
    return [
        Dispute(
            card(one, [s for s in nodes[one] if s.predicate != ATMP + "hasSide"], reader, about=about),
            [card(node, nodes[node], reader) for node in sorted(found - {one})],
        )
        for one, found in sorted(sides.items())
        if one in nodes
    ]


def _inward(into: list[Statement], out: list[Statement], shown: Iterable[str], reader: Reader) -> list[Fact]:
    """Links from other things, unless a card or the inverse property already tells them."""
    hidden = set(shown)
    by: dict[str, list[Statement]] = defaultdict(list)
    for s in into:
        if s.subject not in hidden and not _told_by_inverse(s, out, reader):
            by[s.predicate].append(s._replace(value=Iri(s.subject)))
    made = [
        Fact(reader.link(p), sorted((value_of(s, reader) for s in some), key=_by_text), True)
        for p, some in by.items()
    ]
    return sorted(made, key=lambda f: f.property.label.casefold())


def _by_text(value: Value) -> str:
    return value.text.casefold()


def _told_by_inverse(statement: Statement, out: list[Statement], reader: Reader) -> bool:
    inverses = reader.ontology.symmetric(statement.predicate, "inverseOf")
    return any(s.predicate in inverses and s.value == Iri(statement.subject) for s in out)


def _mentions(graphs: set[str], reader: Reader) -> list[tuple[Link, list[Section]]]:
    by: dict[Link, list[Section]] = defaultdict(list)
    for section in reader.names.sections(graphs, reader.language):
        by[section.source].append(section)
    return list(by.items())
