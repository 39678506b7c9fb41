"""Shapes as values: what a shapes graph asks for, read once, before any data are looked at.

A construct that is not compiled makes its whole file ``unsupported``, so that the file goes to the fallback
and nothing passes unread. A ``sh:`` name that no standard knows is an error: it would be ignored
everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

import pyoxigraph as ox

from atmp_graph.errors import InputError
from atmp_graph.validate import terms
from atmp_graph.validate.graph import Node, Object, ShapesGraph
from atmp_graph.validate.paths import path_text
from atmp_graph.validate.sparql import Select, read_select

SH = terms.SH


class UnsupportedError(Exception):
    """A shape uses something that only the fallback understands; the text says what."""


@dataclass(frozen=True)
class Constraint:
    """One constraint of a shape; which fields are filled depends on the component.

    ``value`` is a constant, ``values`` a list of constants, ``number`` a count, ``shapes`` the nodes of
    other shapes, ``select`` a query, ``text`` regular expression flags.
    """

    component: str
    value: Object | None = None
    values: tuple[Object, ...] = ()
    number: int = 0
    upper: int | None = None
    shapes: tuple[Node, ...] = ()
    siblings: tuple[Node, ...] = ()
    text: str = ""
    select: Select | None = None


@dataclass
class Shape:
    """A node shape, or a property shape when ``path`` (SPARQL text) is given; ``named`` is the nearest IRI
    above it.
    """

    node: Node
    named: str
    file: str
    path: str = ""
    path_iri: str = ""
    severity: str = "Violation"
    messages: dict[str, str] = field(default_factory=dict)
    deactivated: bool = False
    constraints: list[Constraint] = field(default_factory=list)


@dataclass(frozen=True)
class Target:
    """Where a shape looks: ``kind`` is one of ``terms.TARGETS``; ``value`` its class, node or property."""

    shape: Node
    kind: str
    value: Object


@dataclass
class Shapes:
    """All shapes of some files: by node, what they target, and the files that need the fallback with the
    reason.
    """

    graph: ShapesGraph
    by_node: dict[Node, Shape]
    targets: list[Target]
    unsupported: dict[str, str]


def read_shapes(quads: Iterable[ox.Quad]) -> Shapes:
    """Read every shape that has a target, and all shapes they lead to. Raises ``InputError`` on a wrong
    shapes graph.
    """
    graph = ShapesGraph(quads)
    refuse_unknown_terms(graph)
    reader = _Reader(graph)
    shapes = Shapes(graph, reader.by_node, [], reader.beyond())
    for node in graph.subjects():
        targets = _targets(graph, node)
        if not targets:
            continue
        try:
            reader.read(node, str(getattr(node, "value", "")), ())
        except UnsupportedError as reason:
            shapes.unsupported.setdefault(graph.files[node], str(reason))
        shapes.targets += targets
    shapes.targets = [t for t in shapes.targets if graph.files[t.shape] not in shapes.unsupported]
    return shapes


def refuse_unknown_terms(graph: ShapesGraph) -> None:
    """Raise ``InputError`` for the first predicate in the SHACL namespace that the standard does not have."""
    known = terms.COMPILED | terms.FALLBACK_ONLY | terms.ELSEWHERE
    for node in graph.subjects():
        for predicate in graph.predicates(node):
            name = predicate.removeprefix(SH)
            if name != predicate and name not in known:
                near = get_close_matches(name, known, 1)
                hint = f"did you mean sh:{near[0]}?" if near else "see the SHACL vocabulary"
                raise InputError(f"SHACL has no property sh:{name}", place=str(node), hint=hint)


def _targets(graph: ShapesGraph, node: Node) -> list[Target]:
    found = [Target(node, kind, value) for kind in terms.TARGETS for value in graph.values(node, kind)]
    types = {t.value for t in graph.objects(node, terms.RDF + "type") if isinstance(t, ox.NamedNode)}
    is_class = types & {terms.RDFS + "Class", terms.OWL + "Class"}
    if is_class and types & {SH + "NodeShape", SH + "PropertyShape"}:
        found.append(Target(node, "targetClass", node))
    return found


class _Reader:
    def __init__(self, graph: ShapesGraph) -> None:
        self.graph = graph
        self.by_node: dict[Node, Shape] = {}
        self.custom = {
            value.value
            for node in graph.subjects()
            for parameter in graph.values(node, "parameter")
            for value in graph.values(parameter, "path")
            if isinstance(value, ox.NamedNode)
        }

    def beyond(self) -> dict[str, str]:
        """The files that use something beyond core and ``sh:sparql`` anywhere, with the reason."""
        found: dict[str, str] = {}
        for node in self.graph.subjects():
            for predicate in self.graph.predicates(node):
                name = predicate.removeprefix(SH)
                if name in terms.FALLBACK_ONLY and name not in terms.OF_COMPONENTS:
                    found.setdefault(self.graph.files[node], f"sh:{name}")
        return found

    def read(self, node: Object, named: str, above: tuple[Object, ...]) -> Node:
        """Read a shape and everything under it into ``by_node``."""
        if isinstance(node, ox.Literal):
            raise InputError("a shape cannot be a literal", place=named)
        if node in above:
            raise UnsupportedError("a shape that refers to itself")
        if node in self.by_node:
            return node
        graph = self.graph
        named = node.value if isinstance(node, ox.NamedNode) else named
        self._check(node)
        shape = Shape(node, named, graph.files.get(node, ""), deactivated=graph.is_true(node, "deactivated"))
        path = graph.value(node, "path")
        if path is not None:
            shape.path = path_text(graph, path)
            shape.path_iri = path.value if isinstance(path, ox.NamedNode) else ""
        severity = graph.value(node, "severity")
        if isinstance(severity, ox.NamedNode):
            shape.severity = severity.value.removeprefix(SH)
        shape.messages = self.messages(node)
        shape.constraints = [
            *self._values(node),
            *self._focus(node, shape),
            *self._nested(node, named, (*above, node)),
        ]
        self.by_node[node] = shape
        return node

    def messages(self, node: Object) -> dict[str, str]:
        """The messages of a shape or constraint, by language."""
        return {
            v.language or "": v.value for v in self.graph.values(node, "message") if isinstance(v, ox.Literal)
        }

    def _check(self, node: Node) -> None:
        for predicate in self.graph.predicates(node):
            name = predicate.removeprefix(SH)
            if predicate in self.custom:
                raise UnsupportedError(f"the constraint component of <{predicate}>")
            if name != predicate and name not in terms.COMPILED:
                raise UnsupportedError(f"sh:{name}")

    def _values(self, node: Node) -> list[Constraint]:
        graph, found = self.graph, []
        for name, component in terms.PER_VALUE.items():
            for value in graph.values(node, name):
                if name in {"in", "languageIn"}:
                    found.append(Constraint(component, values=tuple(graph.members(value))))
                elif name in {"minLength", "maxLength"}:
                    found.append(Constraint(component, number=graph.whole(node, name) or 0))
                elif name == "pattern":
                    flags = graph.value(node, "flags")
                    text = flags.value if isinstance(flags, ox.Literal) else ""
                    found.append(Constraint(component, value=value, text=text))
                else:
                    found.append(Constraint(component, value=value))
        if any(isinstance(v, ox.BlankNode) for c in found for v in (c.value, *c.values)):
            raise UnsupportedError("a blank node as a constant")
        return found

    def _focus(self, node: Node, shape: Shape) -> list[Constraint]:
        graph, found = self.graph, []
        for name, component in terms.PER_FOCUS.items():
            for value in graph.values(node, name):
                if name in {"minCount", "maxCount"}:
                    found.append(Constraint(component, number=graph.whole(node, name) or 0))
                elif name == "closed":
                    found += (
                        [Constraint(component, values=self._allowed(node))]
                        if graph.is_true(node, name)
                        else []
                    )
                elif name == "uniqueLang":
                    found += [Constraint(component)] if graph.is_true(node, name) else []
                elif name == "sparql":
                    select = read_select(graph, value, shape.path)
                    if select.unsupported:
                        raise UnsupportedError(select.unsupported)
                    found.append(Constraint(component, select=select))
                elif isinstance(value, ox.BlankNode):
                    raise UnsupportedError("a blank node as a constant")
                else:
                    found.append(Constraint(component, value=value))
        return found

    def _allowed(self, node: Node) -> tuple[Object, ...]:
        graph = self.graph
        allowed: list[Object] = [
            p for shape in graph.values(node, "property") for p in graph.values(shape, "path")
        ]
        for ignored in graph.values(node, "ignoredProperties"):
            allowed += graph.members(ignored)
        return tuple(p for p in allowed if isinstance(p, ox.NamedNode))

    def _nested(self, node: Node, named: str, above: tuple[Object, ...]) -> list[Constraint]:
        graph, found = self.graph, []
        for name, component in terms.LOGICAL.items():
            for head in graph.values(node, name):
                members = tuple(self.read(m, named, above) for m in graph.members(head))
                found.append(Constraint(component, shapes=members))
        for name in ("not", "node", "property"):
            component = terms.SHAPE_VALUED[name]
            found += [
                Constraint(component, shapes=(self.read(s, named, above),)) for s in graph.values(node, name)
            ]
        for inner in graph.values(node, "qualifiedValueShape"):
            found.append(self._qualified(node, self.read(inner, named, above), named, above))
        return found

    def _qualified(self, node: Node, inner: Node, named: str, above: tuple[Object, ...]) -> Constraint:
        graph = self.graph
        siblings: list[Node] = []
        if graph.is_true(node, "qualifiedValueShapesDisjoint"):
            parents = [p for p in graph.subjects() if node in graph.values(p, "property")]
            others = [q for p in parents for sibling in graph.values(p, "property") if sibling != node
                      for q in graph.values(sibling, "qualifiedValueShape")]  # fmt: skip
            siblings = [self.read(other, named, above) for other in others if other != inner]
        return Constraint(
            "Qualified",
            number=graph.whole(node, "qualifiedMinCount") or 0,
            upper=graph.whole(node, "qualifiedMaxCount"),
            shapes=(inner,),
            siblings=tuple(siblings),
        )
