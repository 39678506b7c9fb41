"""Triples as small numbers: the rules touch each triple many times, and a number costs a fraction of a
term.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

Fact = tuple[int, int, int]


class Facts:
    """A set of triples whose terms are numbered; ``number`` and ``term`` translate."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        """Number the terms of ``quads``; which graph states a triple does not matter here."""
        self._numbers: dict[object, int] = {}
        self._terms: list[object] = []
        self.all: set[Fact] = set()
        self.by_predicate: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        number = self.number
        for quad in quads:
            self.add((number(quad.subject), number(quad.predicate), number(quad.object)))

    def add(self, fact: Fact) -> bool:
        """True if the fact was not known."""
        if fact in self.all:
            return False
        self.all.add(fact)
        self.by_predicate[fact[1]].append((fact[0], fact[2]))
        return True

    def number(self, term: object) -> int:
        """The number of a term, a new one if it is new."""
        found = self._numbers.get(term)
        if found is None:
            found = self._numbers[term] = len(self._terms)
            self._terms.append(term)
        return found

    def iri(self, iri: str) -> int:
        """The number of an IRI."""
        return self.number(ox.NamedNode(iri))

    def term(self, number: int) -> object:
        """The term with this number."""
        return self._terms[number]

    def is_iri(self, number: int) -> bool:
        """True for an IRI, false for a blank node or a literal."""
        return isinstance(self._terms[number], ox.NamedNode)

    def is_literal(self, number: int) -> bool:
        """True for a literal."""
        return isinstance(self._terms[number], ox.Literal)

    def pairs(self, predicate: str) -> list[tuple[int, int]]:
        """Subject and object of every triple with this predicate."""
        return self.by_predicate.get(self.iri(predicate), [])

    def members(self, head: int, first: dict[int, int], rest: dict[int, int]) -> Iterator[int]:
        """The members of the RDF list at ``head``; ``first`` and ``rest`` map each cell."""
        seen: set[int] = set()
        while head in first and head not in seen:
            seen.add(head)
            yield first[head]
            head = rest.get(head, -1)

    def quad(self, fact: Fact, graph: ox.NamedNode) -> ox.Quad:
        """The triple as a quad in ``graph``."""
        return ox.Quad(self._terms[fact[0]], self._terms[fact[1]], self._terms[fact[2]], graph)  # type: ignore[arg-type]
