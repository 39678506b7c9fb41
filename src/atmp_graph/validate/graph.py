"""A shapes graph in memory: small, walked from node to node, so plain dictionaries do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from atmp_graph.errors import InputError
from atmp_graph.validate.terms import RDF, SH

Node = ox.NamedNode | ox.BlankNode
Object = ox.NamedNode | ox.BlankNode | ox.Literal

_NIL = RDF + "nil"


class ShapesGraph:
    """The triples of some shapes files, by subject and predicate; ``files`` tells which graph a subject
    came from.
    """

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._index: dict[Node, dict[str, list[Object]]] = defaultdict(lambda: defaultdict(list))
        self.files: dict[Node, str] = {}
        for quad in quads:
            subject, value = quad.subject, quad.object
            if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
                raise InputError(
                    "a shapes file may not quote triples", hint="write the shape without <<( … )>>"
                )
            objects = self._index[subject][quad.predicate.value]
            if value not in objects:
                objects.append(value)
            graph = quad.graph_name
            self.files.setdefault(subject, "" if isinstance(graph, ox.DefaultGraph) else graph.value)

    def subjects(self) -> list[Node]:
        """Every subject, in the order of the files."""
        return list(self._index)

    def predicates(self, node: Object) -> list[str]:
        """The IRIs of the predicates a node has."""
        return [] if isinstance(node, ox.Literal) else list(self._index.get(node, {}))

    def objects(self, node: Object, predicate: str) -> list[Object]:
        """The objects of one predicate, given by its IRI."""
        return [] if isinstance(node, ox.Literal) else self._index.get(node, {}).get(predicate, [])

    def values(self, node: Object, name: str) -> list[Object]:
        """The objects of a predicate of the SHACL namespace."""
        return self.objects(node, SH + name)

    def value(self, node: Object, name: str) -> Object | None:
        """The one object of a SHACL predicate; raises ``InputError`` when there are several."""
        found = self.values(node, name)
        if len(found) > 1:
            raise InputError(
                f"sh:{name} stands {len(found)} times on one shape", place=str(node), hint="keep one of them"
            )
        return found[0] if found else None

    def is_true(self, node: Object, name: str) -> bool:
        """True when the SHACL predicate has the value true."""
        return any(isinstance(v, ox.Literal) and v.value in {"true", "1"} for v in self.values(node, name))

    def whole(self, node: Object, name: str) -> int | None:
        """The value of a SHACL predicate as a whole number; raises ``InputError`` when it is none."""
        found = self.value(node, name)
        if found is None:
            return None
        if not isinstance(found, ox.Literal) or not found.value.isdecimal():
            raise InputError(f"sh:{name} needs a whole number, not {found}", place=str(node))
        return int(found.value)

    def is_list(self, node: Object) -> bool:
        """True for an RDF list, the empty one included."""
        return bool(self.objects(node, RDF + "first")) or (
            isinstance(node, ox.NamedNode) and node.value == _NIL
        )

    def members(self, head: Object) -> list[Object]:
        """The members of an RDF list; raises ``InputError`` when it is broken or runs in a circle."""
        found: list[Object] = []
        seen: set[Object] = set()
        while not (isinstance(head, ox.NamedNode) and head.value == _NIL):
            first, rest = self.objects(head, RDF + "first"), self.objects(head, RDF + "rest")
            if len(first) != 1 or len(rest) != 1 or head in seen:
                raise InputError(
                    "a list in a shapes file is broken", place=str(head), hint="write it in round brackets"
                )
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return found
