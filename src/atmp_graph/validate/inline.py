"""Shapes small enough to be a SPARQL expression on ``?value``.

Most shapes inside ``sh:or``, ``sh:not``, ``sh:node`` or ``sh:qualifiedValueShape`` ask one simple thing: a
class, a language, a fixed value. Written into the query of the shape around them they cost no rows in
Python.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from atmp_graph.validate.compile import Classes, focus_pattern, value_test, values_pattern
from atmp_graph.validate.graph import Node
from atmp_graph.validate.model import Constraint, Shape


class Inliner:
    """Turns shapes into expressions where that is possible; ``None`` where it is not."""

    def __init__(self, shapes: Mapping[Node, Shape], classes: Classes) -> None:
        self._shapes = shapes
        self._classes = classes

    def queries(self, shape: Shape, constraint: Constraint, number: int) -> list[str] | None:
        """The queries for a constraint on other shapes, if these can be expressions."""
        if constraint.siblings or constraint.component == "Property":
            return None
        if constraint.component == "Qualified":
            inner = self._conforms(constraint.shapes[0])
            return None if inner is None else list(_qualified(shape, constraint, number, inner))
        test = self._logical(constraint)
        if test is None:
            return None
        return [f"SELECT DISTINCT ?this ?value {{ {values_pattern(shape, number)} FILTER(!{test}) }}"]

    def _conforms(self, node: Node) -> str | None:
        """An expression that is true when ``?value`` conforms to a node shape."""
        shape = self._shapes[node]
        if shape.deactivated:
            return "true"
        if shape.path:
            return None
        parts = [self._part(constraint) for constraint in shape.constraints]
        return _all(parts)

    def _part(self, constraint: Constraint) -> str | None:
        if constraint.component == "Property":
            return self._property(self._shapes[constraint.shapes[0]])
        if constraint.component in {"Not", "Node", "And", "Or"}:
            return self._logical(constraint)
        if constraint.component == "HasValue":
            return f"sameTerm(?value, {constraint.value})"
        test = value_test(constraint, self._classes)
        return f"!({test})" if test else None

    def _logical(self, constraint: Constraint) -> str | None:
        parts = [self._conforms(node) for node in constraint.shapes]
        if any(part is None for part in parts):
            return None
        match constraint.component:
            case "Not":
                return f"(!{parts[0]})"
            case "Node" | "And":
                return _all(parts)
            case "Or":
                return f"({' || '.join(str(part) for part in parts) or 'false'})"
        return None

    def _property(self, shape: Shape) -> str | None:
        if shape.deactivated:
            return "true"
        parts: list[str | None] = []
        for constraint in shape.constraints:
            if constraint.component == "MinCount" and constraint.number == 1:
                parts.append(f"EXISTS {{ ?value {shape.path} ?_any }}")
            elif constraint.component == "HasValue":
                parts.append(f"EXISTS {{ ?value {shape.path} {constraint.value} }}")
            else:
                return None
        return _all(parts)


def _all(parts: list[str | None]) -> str | None:
    if any(part is None for part in parts):
        return None
    return f"({' && '.join(str(part) for part in parts) or 'true'})"


def _qualified(shape: Shape, constraint: Constraint, number: int, inner: str) -> Iterator[str]:
    focus = focus_pattern(number)
    fits = f"?this {shape.path} ?value FILTER({inner})"
    count = "COUNT(DISTINCT ?value)"
    if constraint.number == 1:
        yield f"SELECT DISTINCT ?this (0 AS ?count) {{ {focus} FILTER NOT EXISTS {{ {fits} }} }}"
    elif constraint.number:
        few = f"GROUP BY ?this HAVING({count} < {constraint.number})"
        yield f"SELECT ?this ({count} AS ?count) {{ {focus} OPTIONAL {{ {fits} }} }} {few}"
    if constraint.upper is not None:
        many = f"GROUP BY ?this HAVING({count} > {constraint.upper})"
        yield f"SELECT ?this ({count} AS ?count) ('most' AS ?bound) {{ {focus} {fits} }} {many}"
