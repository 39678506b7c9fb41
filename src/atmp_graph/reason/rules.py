"""The rules and their run: each fact is looked at once, together with the facts looked at before it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from atmp_graph.errors import InputError
from atmp_graph.reason.facts import Fact, Facts
from atmp_graph.reason.schema import TYPE, Schema
from atmp_graph.vocabulary import INFERRED_GRAPH, PREFIXES

Consequence = tuple[Fact, str, tuple[Fact, ...]]
"""A fact, the name of the rule that gave it, and the facts it rests on."""

_ROUNDS = 20
"""Rules written as queries may feed each other this often; a rule that invents new nodes would never end."""


class Inferences:
    """All that follows from some quads. ``facts`` holds the given and the new, ``reasons`` explains the
    new.
    """

    def __init__(
        self, quads: Iterable[ox.Quad], rules: Mapping[str, str] | None = None, *, strict: bool = False
    ) -> None:
        """``rules`` maps a name (its file) to a CONSTRUCT query. Raises ``InputError`` if one is not a
        query.
        """
        quads = list(quads)
        self.facts = Facts(quads)
        self.reasons: dict[Fact, tuple[str, tuple[Fact, ...]]] = {}
        self.schema = Schema(self.facts)
        self._strict = strict
        self._type = self.facts.iri(TYPE)
        self._as_first = defaultdict(set)
        self._as_second = defaultdict(set)
        for first, second, whole in self.schema.chains:
            self._as_first[first].add((second, whole))
            self._as_second[second].add((first, whole))
        self._after: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self._before: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self._run(list(self.facts.all))
        if rules:
            self._run_queries(quads, rules)

    def quads(self) -> list[ox.Quad]:
        """The new triples, in the graph of inferences."""
        graph = ox.NamedNode(INFERRED_GRAPH)
        return [self.facts.quad(fact, graph) for fact in self.reasons]

    def grounds(self, fact: Fact) -> list[Fact]:
        """The given facts that a fact rests on in the end; the fact itself if it was given or a query gave
        it.
        """
        found: dict[Fact, None] = {}
        waiting = [fact]
        seen = set(waiting)
        while waiting:
            each = waiting.pop()
            premises = self.reasons.get(each)
            if premises is None or not premises[1]:
                found[each] = None
                continue
            fresh = [premise for premise in premises[1] if premise not in seen]
            seen.update(fresh)
            waiting.extend(reversed(fresh))
        return list(found)

    def _run(self, given: Iterable[Fact]) -> list[Fact]:
        """Apply the rules to ``given`` and to all that comes of it; returns what is new."""
        waiting = deque(given)
        new = []
        while waiting:
            fact = waiting.popleft()
            for consequence, rule, premises in self._consequences(fact):
                if self.facts.add(consequence):
                    self.reasons[consequence] = (rule, premises)
                    waiting.append(consequence)
                    new.append(consequence)
        return new

    def _consequences(self, fact: Fact) -> Iterator[Consequence]:
        subject, predicate, value = fact
        schema = self.schema
        if predicate == self._type:
            for superclass in schema.superclasses.get(value, ()):
                yield (subject, predicate, superclass), "subclass", (fact,)
        for superproperty in schema.superproperties.get(predicate, ()):
            yield (subject, superproperty, value), "subproperty", (fact,)
        if predicate in schema.inverses and not self.facts.is_literal(value):
            for inverse in schema.inverses[predicate]:
                yield (value, inverse, subject), "inverse", (fact,)
        if predicate in schema.symmetric:
            yield (value, predicate, subject), "symmetric", (fact,)
        if predicate in self._as_first or predicate in self._as_second:
            yield from self._chained(fact)
        if self._strict:
            yield from self._restricted(fact)

    def _chained(self, fact: Fact) -> Iterator[Consequence]:
        subject, predicate, value = fact
        self._after[predicate, subject].add(value)
        self._before[predicate, value].add(subject)
        for second, whole in self._as_first.get(predicate, ()):
            for end in tuple(self._after.get((second, value), ())):
                yield (subject, whole, end), "chain", (fact, (value, second, end))
        for first, whole in self._as_second.get(predicate, ()):
            for start in tuple(self._before.get((first, subject), ())):
                yield (start, whole, value), "chain", ((start, first, subject), fact)

    def _restricted(self, fact: Fact) -> Iterator[Consequence]:
        """Types that domains, ranges and ``allValuesFrom`` give."""
        subject, predicate, value = fact
        for domain in self.schema.domains.get(predicate, ()):
            yield (subject, self._type, domain), "domain", (fact,)
        if self.facts.is_literal(value):
            return
        for range_ in self.schema.ranges.get(predicate, ()):
            yield (value, self._type, range_), "range", (fact,)
        self._after[predicate, subject].add(value)
        if predicate == self._type:
            for property_, filler in self.schema.all_values.get(value, ()):
                for each in tuple(self._after.get((property_, subject), ())):
                    yield (each, self._type, filler), "all values", (fact, (subject, property_, each))
        else:
            for class_ in tuple(self._after.get((self._type, subject), ())):
                for property_, filler in self.schema.all_values.get(class_, ()):
                    if property_ == predicate:
                        yield (value, self._type, filler), "all values", ((subject, self._type, class_), fact)

    def _run_queries(self, quads: list[ox.Quad], rules: Mapping[str, str]) -> None:
        """Run the CONSTRUCT rules, each over all that is known by then, until none says anything new."""
        store = ox.Store()
        store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
        default = ox.DefaultGraph()
        fresh = list(self.reasons)
        for _ in range(_ROUNDS):
            store.extend(self.facts.quad(fact, default) for fact in fresh)  # type: ignore[arg-type]
            fresh = []
            for name, query in rules.items():
                found = [self._fact(triple) for triple in _construct(store, name, query)]
                for fact in found:
                    if self.facts.add(fact):
                        self.reasons[fact] = (name, ())
                        fresh.append(fact)
            fresh += self._run(fresh)
            if not fresh:
                return
        raise InputError(
            "the rules never come to an end", place=", ".join(rules), hint="a rule must not invent new nodes"
        )

    def _fact(self, triple: ox.Triple) -> Fact:
        number = self.facts.number
        return number(triple.subject), number(triple.predicate), number(triple.object)


def _construct(store: ox.Store, name: str, query: str) -> Iterator[ox.Triple]:
    try:
        result = store.query(query, prefixes=PREFIXES)
    except SyntaxError as error:
        raise InputError(
            f"this rule is not SPARQL: {error.msg}", place=f"{name}:{error.lineno or 1}"
        ) from error
    if not isinstance(result, ox.QueryTriples):
        raise InputError("a rule must be a CONSTRUCT query", place=name)
    yield from result
