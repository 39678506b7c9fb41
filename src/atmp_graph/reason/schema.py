"""What the ontology's axioms say, ready for the rules: hierarchies closed, lists unrolled, blank classes
looked into.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from atmp_graph.reason.facts import Facts
from atmp_graph.vocabulary import PREFIXES

OWL, RDF, RDFS, SKOS = (PREFIXES[name] for name in ("owl", "rdf", "rdfs", "skos"))
TYPE = RDF + "type"


class Schema:
    """The axioms that the rules use. Every class and property here is the number of an IRI."""

    def __init__(self, facts: Facts) -> None:
        """Read the axioms among ``facts``."""
        self.facts = facts
        self._first = dict(facts.pairs(RDF + "first"))
        self._rest = dict(facts.pairs(RDF + "rest"))
        self._on_property = dict(facts.pairs(OWL + "onProperty"))
        self.superclasses = self._superclasses()
        self.superproperties = self._superproperties()
        self.inverses = _both_ways(facts.pairs(OWL + "inverseOf"))
        self.transitive = self.typed("TransitiveProperty")
        self.symmetric = self.typed("SymmetricProperty")
        self.chains = self._chains()
        self.domains = self._by_class(RDFS + "domain")
        self.ranges = self._by_class(RDFS + "range")
        self.all_values = self._all_values()

    def typed(self, kind: str) -> set[int]:
        """Everything that is an ``owl:`` thing of this kind."""
        wanted = self.facts.iri(OWL + kind)
        return {subject for subject, value in self.facts.pairs(TYPE) if value == wanted}

    def list_of(self, head: int) -> list[int]:
        """The members of the list at ``head``."""
        return list(self.facts.members(head, self._first, self._rest))

    def lists(self, predicate: str) -> dict[int, list[int]]:
        """Subject → members, for a property that takes a list."""
        return {subject: self.list_of(head) for subject, head in self.facts.pairs(OWL + predicate)}

    def _superclasses(self) -> dict[int, frozenset[int]]:
        direct = defaultdict(set)
        for sub, sup in self.facts.pairs(RDFS + "subClassOf"):
            direct[sub].add(sup)
        for one, other in self.facts.pairs(OWL + "equivalentClass"):
            direct[one].add(other)
            direct[other].add(one)
        for whole, parts in self.lists("intersectionOf").items():
            direct[whole].update(parts)
        for whole, parts in self.lists("unionOf").items():
            for part in parts:
                direct[part].add(whole)
        thing = self.facts.iri(OWL + "Thing")
        self.all_superclasses = _closed(direct)
        return {
            sub: frozenset(sup for sup in supers if self.facts.is_iri(sup) and sup != thing)
            for sub, supers in self.all_superclasses.items()
            if self.facts.is_iri(sub)
        }

    def _superproperties(self) -> dict[int, frozenset[int]]:
        direct = defaultdict(set)
        for sub, sup in self.facts.pairs(RDFS + "subPropertyOf"):
            direct[sub].add(sup)
        for one, other in self.facts.pairs(OWL + "equivalentProperty"):
            direct[one].add(other)
            direct[other].add(one)
        # SKOS says so itself, and every reader of labels relies on it: a concept's name is written once.
        direct[self.facts.iri(SKOS + "prefLabel")].add(self.facts.iri(RDFS + "label"))
        return _closed(direct)

    def _chains(self) -> set[tuple[int, int, int]]:
        """``(first, second, whole)``: x first y, y second z gives x whole z. Transitivity is one of them."""
        found = {(one, one, one) for one in self.transitive}
        for whole, parts in self.lists("propertyChainAxiom").items():
            if len(parts) == 2:
                found.add((parts[0], parts[1], whole))
        return found

    def _by_class(self, predicate: str) -> dict[int, set[int]]:
        found = defaultdict(set)
        for subject, value in self.facts.pairs(predicate):
            if self.facts.is_iri(value):
                found[subject].add(value)
        return found

    def _all_values(self) -> dict[int, set[tuple[int, int]]]:
        """Class → ``(property, class of every value)``, from restrictions above the class."""
        restrictions = {
            node: (self._on_property[node], filler)
            for node, filler in self.facts.pairs(OWL + "allValuesFrom")
            if node in self._on_property and self.facts.is_iri(filler)
        }
        found: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
        for sub, supers in self.all_superclasses.items():
            found[sub].update(restrictions[sup] for sup in supers if sup in restrictions)
        return {sub: fillers for sub, fillers in found.items() if fillers}


def _closed(direct: Mapping[int, Iterable[int]]) -> dict[int, frozenset[int]]:
    """Each node with all that can be reached from it, itself left out."""
    closed = {}
    for start in direct:
        reached: set[int] = set()
        waiting = list(direct[start])
        while waiting:
            node = waiting.pop()
            if node not in reached:
                reached.add(node)
                waiting.extend(direct.get(node, ()))
        closed[start] = frozenset(reached - {start})
    return closed


def _both_ways(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    found = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return found
