"""Where texts do not fit together: the disagreements that touch a thing, each with its sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from atmp_graph.store.protocol import Iri, Row, Store
from atmp_graph.vocabulary import ATMP, CONCEPT
from atmp_graph.web.cards import Card, card
from atmp_graph.web.facts import Reader, Statement, merge
from atmp_graph.web.names import iris_of

_CIRCUMSTANCES = {
    ATMP + name
    for name in (
        "assertionModality", "assertedBy", "madeBy", "claimKind", "claimScope", "hasTopic", "aboutArea",
        "precision", "datePrecision", "unit", "currency", "statisticKind", "searchedSource",
    )
}  # fmt: skip
"""Links that say how or by whom something is said, not what it is about."""

_HEAD = f"PREFIX atmp: <{ATMP}> SELECT DISTINCT ?graph ?disagreement ?node ?p ?o "
_TOLD = """
  { ?disagreement atmp:hasSide ?node } UNION { ?disagreement atmp:hasSide ?any BIND(?disagreement AS ?node) }
  GRAPH ?graph { ?node ?p ?o }
}"""
_NOT_ABOUT = ", ".join(f"<{iri}>" for iri in sorted(_CIRCUMSTANCES))
_NAMES_IT = f"{{ ?disagreement a atmp:Disagreement ; ?about ?thing FILTER(?about NOT IN ({_NOT_ABOUT})) }}"
_ON_A_SIDE = (
    f"{{ ?side ?link ?thing . ?disagreement atmp:hasSide ?side FILTER(?link NOT IN ({_NOT_ABOUT})) }}"
)
_PICK = "{ { SELECT DISTINCT ?disagreement "
_NAMING = f"{_HEAD} {_PICK} {_NAMES_IT} LIMIT 40 }} {_TOLD}"
_SIDES = f"{_HEAD} {_PICK} {{ {_NAMES_IT} UNION {_ON_A_SIDE} }} LIMIT 40 }} {_TOLD}"
_SIDES_OF = _HEAD + "{" + _TOLD


@dataclass
class Dispute:
    """A disagreement and its sides, told side by side.

    ``direct``: it is about the page's thing, or several sides are; else the thing comes up on one side only.
    """

    card: Card
    sides: list[Card]
    direct: bool


def disputes(store: Store, reader: Reader, iri: str, *, close: bool) -> list[Dispute]:
    """The disagreements that touch a thing; a disagreement's own page shows its sides too.

    Without ``close``, for a thing that comes up everywhere, only those that name it.
    """
    rows = store.rows(_SIDES if close else _NAMING, thing=Iri(iri)).rows
    rows += store.rows(_SIDES_OF, disagreement=Iri(iri)).rows if not rows else ()
    reader.names.learn(iris_of(rows))
    nodes = by_node(rows)
    sides: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        sides[str(row["disagreement"])].add(str(row["node"]))
    told = [
        _dispute(one, found - {one}, nodes, reader, iri)
        for one, found in sorted(sides.items())
        if one in nodes
    ]
    return sorted(told, key=lambda d: _is_of_words(nodes[d.card.link.iri]))


def _is_of_words(statements: list[Statement]) -> bool:
    """Whether texts differ in a translation or a spelling only: such disagreements come after the others."""
    kinds = {s.value.value for s in statements if s.predicate == ATMP + "disagreementKind"}
    return bool(kinds) and kinds <= {CONCEPT + "differs-translation", CONCEPT + "differs-spelling"}


def _dispute(
    one: str, sides: set[str], nodes: dict[str, list[Statement]], reader: Reader, about: str
) -> Dispute:
    touching = [node for node in sides if _is_about(nodes[node], about)]
    return Dispute(
        card(one, [s for s in nodes[one] if s.predicate != ATMP + "hasSide"], reader, about=about),
        [card(node, nodes[node], reader) for node in sorted(sides)],
        direct=one == about or about in sides or len(touching) > 1 or _is_about(nodes[one], about),
    )


def _is_about(statements: list[Statement], thing: str) -> bool:
    return any(s.value == Iri(thing) and s.predicate not in _CIRCUMSTANCES for s in statements)


def by_node(rows: Sequence[Row]) -> dict[str, list[Statement]]:
    """Rows of ``?graph ?node ?p ?o`` as statements, by node."""
    nodes: dict[str, list[Statement]] = defaultdict(list)
    for statement in merge((str(r["node"]), str(r["p"]), r["o"], str(r["graph"])) for r in rows):
        nodes[statement.subject].append(statement)
    return nodes
