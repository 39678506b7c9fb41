"""The data under validation, in memory, with the focus sets of the run beside them in their own graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from atmp_graph.errors import InputError
from atmp_graph.store.protocol import Blank, Iri, Literal, Term
from atmp_graph.validate.compile import FOCUS_GRAPH, FOCUS_HAS, focus_pattern
from atmp_graph.validate.graph import Object
from atmp_graph.validate.sparql import Select
from atmp_graph.validate.terms import RDFS, SKOS

Focus = dict[Object, None]
"""A set of focus nodes that keeps its order."""

Row = dict[str, Object]
"""One solution; unbound variables are absent."""


class Dataset:
    """What constraints are asked of: the merged data, their named graphs, the class tree, and focus sets."""

    def __init__(self, quads: list[ox.Quad]) -> None:
        self._store = ox.Store()
        graphs = {q.graph_name: None for q in quads if not isinstance(q.graph_name, ox.DefaultGraph)}
        self._graphs = list(graphs)
        self._store.bulk_extend(quads)
        # One graph of everything is what the shapes speak of; the named ones stay for rules about sections.
        self._store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
        self._subclasses = self._read_subclasses()
        self._numbers: dict[int, tuple[Focus, int]] = {}

    def select(self, query: str) -> list[Row]:
        """The solutions of a query of ours."""
        return list(_rows(self._store.query(query)))

    def constraint_rows(self, select: Select, focus: Focus, shape: str) -> Iterator[Row]:
        """The solutions of a ``sh:sparql`` query for the given focus nodes; ``shape`` is named in errors."""
        try:
            if not select.batch:
                this = ox.Variable("this")
                for node in focus:
                    bound: dict[ox.Variable, Object | ox.Triple] = {this: node}
                    yield from _rows(self._query(select, select.text, self._graphs, bound))
            elif select.any_graph:
                # The focus graph must not be seen by a query that looks into every graph.
                yield from (
                    r for r in _rows(self._query(select, select.text, self._graphs)) if r.get("this") in focus
                )
            else:
                listed = f" {focus_pattern(self.number(focus))} "
                yield from _rows(
                    self._query(select, select.text[: select.opens] + listed + select.text[select.opens :])
                )
        except SyntaxError as error:
            hint = "declare its prefixes with sh:prefixes"
            raise InputError(
                f"the query of this rule does not parse: {error}", place=shape, hint=hint
            ) from error

    def number(self, focus: Focus) -> int:
        """The number of a focus set; it is written to the store when first asked for."""
        known = self._numbers.get(id(focus))
        if known:
            return known[1]
        number = len(self._numbers)
        graph, has = ox.NamedNode(FOCUS_GRAPH), ox.NamedNode(FOCUS_HAS)
        name = ox.NamedNode(f"{FOCUS_GRAPH}:{number}")
        # As objects, for a focus node may be a literal.
        self._store.extend(ox.Quad(name, has, node, graph) for node in focus)
        # The set is kept so that its id is not given to another one.
        self._numbers[id(focus)] = (focus, number)
        return number

    def classes(self, iri: str) -> list[str]:
        """A class and all its subclasses, itself first."""
        return [iri, *sorted(self._subclasses.get(iri, set()) - {iri})]

    def labels(self, iris: set[str]) -> dict[str, dict[str, str]]:
        """The labels of the given things, by language."""
        found: dict[str, dict[str, str]] = {}
        for name in (RDFS + "label", SKOS + "prefLabel"):
            predicate = ox.NamedNode(name)
            for iri in iris:
                for quad in self._store.quads_for_pattern(
                    ox.NamedNode(iri), predicate, None, ox.DefaultGraph()
                ):
                    if isinstance(quad.object, ox.Literal):
                        found.setdefault(iri, {}).setdefault(quad.object.language or "", quad.object.value)
        return found

    def _query(
        self,
        select: Select,
        text: str,
        graphs: list[ox.NamedNode | ox.BlankNode] | None = None,
        bound: dict[ox.Variable, Object | ox.Triple] | None = None,
    ) -> object:
        return self._store.query(text, prefixes=select.prefixes, named_graphs=graphs, substitutions=bound)

    def _read_subclasses(self) -> dict[str, set[str]]:
        below: dict[str, set[str]] = {}
        for quad in self._store.quads_for_pattern(
            None, ox.NamedNode(RDFS + "subClassOf"), None, ox.DefaultGraph()
        ):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                below.setdefault(quad.object.value, set()).add(quad.subject.value)
        return {iri: _closure(iri, below) for iri in below}


def plain(term: object) -> Term:
    """A term of the engine as a value of ours."""
    if isinstance(term, ox.NamedNode):
        return Iri(term.value)
    if isinstance(term, ox.Literal):
        datatype = "" if term.language or term.datatype.value.endswith("#string") else term.datatype.value
        return Literal(term.value, term.language or "", datatype)
    if isinstance(term, ox.BlankNode):
        return Blank(term.value)
    raise TypeError(term)


def check_patterns(patterns: Iterable[tuple[str, str]]) -> None:
    """Raise ``InputError`` for a regular expression, with its flags, that the engine cannot read.

    Unread it would be an error inside a filter, and there an error is silent.
    """
    store = ox.Store()
    for pattern, flags in patterns:
        query = f"SELECT (REGEX('', {ox.Literal(pattern)}, {ox.Literal(flags)}) AS ?fits) {{}}"
        if not any(_rows(store.query(query))):
            raise InputError(
                f"this regular expression cannot be read: {pattern}",
                hint="look-ahead and back references are not known",
            )


def _closure(iri: str, below: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    todo = [iri]
    while todo:
        fresh = below.get(todo.pop(), set()) - seen
        seen |= fresh
        todo += fresh
    return seen


def _rows(solutions: object) -> Iterator[Row]:
    if not isinstance(solutions, ox.QuerySolutions):
        raise InputError("the query of a rule must be a SELECT")
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        yield {name: solution[name] for name in names if solution[name] is not None}
