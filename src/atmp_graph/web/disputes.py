"""Where texts do not fit together: the disagreements that touch a thing, each with its sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from atmp_graph.store.protocol import Iri, Row, Store
from atmp_graph.vocabulary import ATMP
from atmp_graph.web.cards import Card, card
from atmp_graph.web.facts import Reader, Statement, merge
from atmp_graph.web.names import iris_of

# A disagreement touches a thing if it names it, or if at least two of its sides do.
_HEAD = f"PREFIX atmp: <{ATMP}> SELECT DISTINCT ?graph ?disagreement ?node ?p ?o "
_TOLD = """
  { ?disagreement atmp:hasSide ?node } UNION { ?disagreement atmp:hasSide ?any BIND(?disagreement AS ?node) }
  GRAPH ?graph { ?node ?p ?o }
}"""
_SIDES = (
    _HEAD
    + """{
  { SELECT DISTINCT ?disagreement {
      { ?disagreement a atmp:Disagreement ; ?link ?thing } UNION {
        ?one ?link1 ?thing . ?disagreement atmp:hasSide ?one . ?disagreement atmp:hasSide ?other .
        ?other ?link2 ?thing FILTER(?one != ?other)
      }
    } LIMIT 40 }"""
    + _TOLD
)
_SIDES_OF = _HEAD + "{" + _TOLD


@dataclass
class Dispute:
    """A disagreement and its sides, told side by side."""

    card: Card
    sides: list[Card]


def disputes(store: Store, reader: Reader, iri: str) -> list[Dispute]:
    """The disagreements that touch a thing, by IRI; a disagreement's own page shows its sides too."""
    rows = store.rows(_SIDES, thing=Iri(iri)).rows
    rows += store.rows(_SIDES_OF, disagreement=Iri(iri)).rows if not rows else ()
    reader.names.learn(iris_of(rows))
    nodes = by_node(rows)
    sides: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        sides[str(row["disagreement"])].add(str(row["node"]))
    return [
        Dispute(
            card(one, [s for s in nodes[one] if s.predicate != ATMP + "hasSide"], reader, about=iri),
            [card(node, nodes[node], reader) for node in sorted(found - {one})],
        )
        for one, found in sorted(sides.items())
        if one in nodes
    ]


def by_node(rows: Sequence[Row]) -> dict[str, list[Statement]]:
    """Rows of ``?graph ?node ?p ?o`` as statements, by node."""
    nodes: dict[str, list[Statement]] = defaultdict(list)
    for statement in merge((str(r["node"]), str(r["p"]), r["o"], str(r["graph"])) for r in rows):
        nodes[statement.subject].append(statement)
    return nodes
