"""Validation: data and shapes in, a report out; one query per constraint, whatever the number of focus
nodes.

Shapes that refer to other shapes (``sh:node``, ``sh:or`` …) are evaluated on sets: the value nodes of all
focus nodes become one focus set of the inner shape, and set arithmetic does the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from atmp_graph.store.protocol import Iri
from atmp_graph.validate import compile as compiler
from atmp_graph.validate.dataset import Dataset, Focus, check_patterns, plain
from atmp_graph.validate.graph import Node, Object
from atmp_graph.validate.inline import Inliner
from atmp_graph.validate.messages import explain, show, wanted
from atmp_graph.validate.model import Constraint, Shape, Shapes, Target, read_shapes
from atmp_graph.validate.report import Report, Result
from atmp_graph.validate.sparql import Select

Found = Iterator[tuple[Object, Result]]
"""Findings, each with the focus node it belongs to."""

_SLOT = re.compile(r"\{[?$](\w+)\}")
_RANK = {"Violation": 0, "Warning": 1, "Info": 2}
_WHOLE_SET = {"MinCount", "MaxCount", "UniqueLang", "HasValue"}


def validate(data: Iterable[ox.Quad], shapes: Iterable[ox.Quad]) -> Report:
    """Check data (all graphs together, ontology included) against shapes.

    Each graph of ``shapes`` counts as one file: a file with a construct that is not compiled is given to
    pySHACL whole. Raises ``InputError`` when the shapes themselves are wrong.
    """
    quads, shape_quads = list(data), list(shapes)
    read = read_shapes(shape_quads)
    constraints = (c for shape in read.by_node.values() for c in shape.constraints)
    check_patterns(
        (c.value.value, c.text)
        for c in constraints
        if c.component == "Pattern" and isinstance(c.value, ox.Literal)
    )
    dataset = Dataset(quads)
    checker = Checker(dataset, read)
    results = checker.check_all()
    if read.unsupported:
        from atmp_graph.validate.fallback import validate_files  # noqa: PLC0415 - rdflib costs 100 ms

        results += validate_files(quads, shape_quads, set(read.unsupported))
    unique = {(_order(r), r.source, r.found.get("en")): r for r in sorted(results, key=_order)}
    labels = dataset.labels({r.focus.value for r in unique.values() if isinstance(r.focus, Iri)})
    return Report(tuple(unique.values()), labels)


def _order(result: Result) -> tuple[int, str, str, str, str, str]:
    value = "" if result.value is None else str(result.value)
    return (
        _RANK.get(result.severity, 0),
        str(result.focus),
        result.shape,
        result.path,
        result.component,
        value,
    )


class Checker:
    """Shapes asked of a dataset."""

    def __init__(self, dataset: Dataset, shapes: Shapes) -> None:
        self.dataset = dataset
        self.shapes = shapes
        self._targets: dict[str, Focus] = {}
        self._inliner = Inliner(shapes.by_node, dataset.classes)

    def check_all(self) -> list[Result]:
        """The findings of every shape on all nodes it targets."""
        return [
            result
            for node, focus in self.focus_nodes().items()
            for _, result in self.check(self.shapes.by_node[node], focus)
        ]

    def focus_nodes(self) -> dict[Node, Focus]:
        """Every shape that has a target, with the nodes of all its targets."""
        found: dict[Node, Focus] = {}
        for target in self.shapes.targets:
            found.setdefault(target.shape, {}).update(self._focus(target))
        return found

    def check(self, shape: Shape, focus: Focus) -> Found:
        """The findings of a shape on a set of focus nodes, with the focus node each belongs to."""
        if shape.deactivated or not focus:
            return
        for constraint in shape.constraints:
            yield from self._constraint(shape, constraint, focus)

    def failing(self, node: Node, focus: Focus) -> dict[Object, list[Result]]:
        """The focus nodes that do not conform to a shape, with why not."""
        found: dict[Object, list[Result]] = {}
        for this, result in self.check(self.shapes.by_node[node], focus):
            found.setdefault(this, []).append(result)
        return found

    def _focus(self, target: Target) -> Focus:
        if target.kind == "targetNode":
            return {target.value: None}
        query = compiler.target_query(target.kind, target.value, self.dataset.classes)
        if query not in self._targets:
            self._targets[query] = {row["this"]: None for row in self.dataset.select(query)}
        return self._targets[query]

    def _constraint(self, shape: Shape, constraint: Constraint, focus: Focus) -> Found:
        if constraint.select:
            yield from self._sparql(shape, constraint.select, focus)
        elif constraint.component == "Property" and not shape.path:
            yield from self.check(self.shapes.by_node[constraint.shapes[0]], focus)
        elif constraint.component == "Property":
            pairs = self._pairs(shape, focus)
            failing = self.failing(constraint.shapes[0], dict.fromkeys(value for _, value in pairs))
            yield from ((this, result) for this, value in pairs for result in failing.get(value, []))
        elif constraint.component in {"Qualified", "Not", "Node", "And", "Or", "Xone"}:
            yield from self._on_shapes(shape, constraint, focus)
        else:
            number = self.dataset.number(focus)
            for query in compiler.queries(shape, constraint, number, self.dataset.classes):
                for row in self.dataset.select(query):
                    yield row["this"], _result(shape, constraint, row)

    def _on_shapes(self, shape: Shape, constraint: Constraint, focus: Focus) -> Found:
        queries = self._inliner.queries(shape, constraint, self.dataset.number(focus))
        if queries is None:
            by_sets = self._qualified if constraint.component == "Qualified" else self._logical
            yield from by_sets(shape, constraint, focus)
            return
        for query in queries:
            for row in self.dataset.select(query):
                yield row["this"], _inlined(shape, constraint, row)

    def _logical(self, shape: Shape, constraint: Constraint, focus: Focus) -> Found:
        pairs = self._pairs(shape, focus)
        values = dict.fromkeys(value for _, value in pairs)
        failing = [self.failing(node, values) for node in constraint.shapes]
        for this, value in pairs:
            why = [inner.get(value, []) for inner in failing]
            met = sum(not reasons for reasons in why)
            holds = {
                "Not": met == 0,
                "Node": met == 1,
                "And": met == len(why),
                "Or": met > 0,
                "Xone": met == 1,
            }[constraint.component]
            if not holds:
                details = tuple(reason for reasons in why for reason in reasons)
                yield (
                    this,
                    _result(shape, constraint, {"this": this, "value": value, "count": met}, details=details),
                )

    def _qualified(self, shape: Shape, constraint: Constraint, focus: Focus) -> Found:
        pairs = self._pairs(shape, focus)
        values = dict.fromkeys(value for _, value in pairs)
        out = set(self.failing(constraint.shapes[0], values))
        for sibling in constraint.siblings:
            out |= set(values) - set(self.failing(sibling, values))
        counts = Counter(this for this, value in pairs if value not in out)
        least, most = constraint.number, constraint.upper
        for this in focus:
            row: dict[str, object] = {"this": this, "count": counts[this]}
            if counts[this] < least:
                yield this, _result(shape, constraint, row, component="QualifiedMinCount", asked=least)
            if most is not None and counts[this] > most:
                yield this, _result(shape, constraint, row, component="QualifiedMaxCount", asked=most)

    def _sparql(self, shape: Shape, select: Select, focus: Focus) -> Found:
        if select.deactivated:
            return
        for row in self.dataset.constraint_rows(select, focus, shape.named):
            path, value = row.get("path"), row.get("value")
            if value is None and not shape.path:
                value = row["this"]
            yield (
                row["this"],
                Result(
                    focus=plain(row["this"]),
                    shape=shape.named,
                    source=str(shape.node),
                    component="SPARQL",
                    severity=shape.severity,
                    path=str(path) if isinstance(path, ox.NamedNode) else shape.path,
                    value=None if value is None else plain(value),
                    messages={k: _fill(text, row) for k, text in (select.messages or shape.messages).items()},
                    found=explain("SPARQL", value=row["value"]) if "value" in row else {},
                ),
            )

    def _pairs(self, shape: Shape, focus: Focus) -> list[tuple[Object, Object]]:
        if not shape.path:
            return [(node, node) for node in focus]
        rows = self.dataset.select(compiler.values_query(shape, self.dataset.number(focus)))
        return [(row["this"], row["value"]) for row in rows]


def _result(
    shape: Shape,
    constraint: Constraint,
    row: Mapping[str, object],
    *,
    component: str = "",
    asked: int | None = None,
    details: tuple[Result, ...] = (),
) -> Result:
    component = component or constraint.component
    value, path = row.get("value"), row.get("path")
    known = {name: _bare(row.get(name)) for name in ("count", "language")}
    ask = wanted(constraint) if asked is None else asked
    found = explain(component, value=value, path=path, other=row.get("other"), wanted=ask, **known)
    return Result(
        focus=plain(row["this"]),
        shape=shape.named,
        source=str(shape.node),
        component=component,
        severity=shape.severity,
        path=str(path) if path is not None else shape.path,
        value=None if value is None or component in _WHOLE_SET else plain(value),
        messages=shape.messages,
        found=found,
        details=details,
    )


def _inlined(shape: Shape, constraint: Constraint, row: Mapping[str, object]) -> Result:
    if constraint.component != "Qualified":
        return _result(shape, constraint, row)
    if "bound" in row:
        return _result(shape, constraint, row, component="QualifiedMaxCount", asked=constraint.upper)
    return _result(shape, constraint, row, component="QualifiedMinCount", asked=constraint.number)


def _bare(value: object) -> object:
    return value.value if isinstance(value, ox.Literal) else value


def _fill(text: str, row: Mapping[str, object]) -> str:
    return _SLOT.sub(lambda match: show(row[match[1]]) if match[1] in row else match[0], text)
