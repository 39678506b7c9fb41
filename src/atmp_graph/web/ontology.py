"""The ontology as the site needs it: every term with its words and its place among the others.

It is read once per generation, with one query; a page of a term, a tree of classes or the heading of a group
of facts is then a look-up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from atmp_graph.store.protocol import Iri, Literal, Store
from atmp_graph.vocabulary import PREFIXES

_OWL, _RDFS, _SKOS = PREFIXES["owl"], PREFIXES["rdfs"], PREFIXES["skos"]
_TYPE = PREFIXES["rdf"] + "type"
KINDS = {
    _OWL + "Class": "class",
    _OWL + "ObjectProperty": "object property",
    _OWL + "DatatypeProperty": "data property",
    _OWL + "AnnotationProperty": "annotation property",
    _OWL + "Ontology": "module",
    _SKOS + "ConceptScheme": "scheme",
}
"""Class of a term → what the site calls it."""

_QUERY = """
SELECT ?term ?p ?o {
  ?term a ?kind . ?term ?p ?o
  FILTER(?kind IN (owl:Class, owl:ObjectProperty, owl:DatatypeProperty, owl:AnnotationProperty, owl:Ontology,
                   skos:ConceptScheme))
}"""
_PROLOGUE = f"PREFIX owl: <{_OWL}> PREFIX skos: <{_SKOS}> "


@dataclass
class Term:
    """A term of the ontology: ``texts`` by property, then language; ``links`` by property."""

    iri: str
    kinds: set[str] = field(default_factory=set)
    texts: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What the site calls it: ``class``, ``object property``, …"""
        return next((name for name in KINDS.values() if name in self.kinds), "")

    def all(self, prefix: str, name: str) -> list[str]:
        """The IRIs this term gives for a property such as ``all("rdfs", "subClassOf")``."""
        return self.links.get(PREFIXES[prefix] + name, [])


class Ontology:
    """All terms, by IRI, with the tree of classes both ways."""

    def __init__(self, terms: Mapping[str, Term]) -> None:
        self.terms = dict(terms)
        self.below: dict[str, list[str]] = defaultdict(list)
        for term in self.terms.values():
            for name in ("subClassOf", "subPropertyOf"):
                for above in term.all("rdfs", name):
                    self.below[above].append(term.iri)

    def of_kind(self, *kinds: str) -> list[Term]:
        """The terms of some kinds, by IRI."""
        return sorted((t for t in self.terms.values() if t.kind in kinds), key=lambda t: t.iri)

    def above(self, iri: str) -> set[str]:
        """All classes or properties above a term, however far; without the term."""
        seen: set[str] = set()
        todo = [iri]
        while todo:
            term = self.terms.get(todo.pop())
            direct = [*term.all("rdfs", "subClassOf"), *term.all("rdfs", "subPropertyOf")] if term else []
            fresh = [one for one in direct if one not in seen and one != iri]
            seen.update(fresh)
            todo += fresh
        return seen

    def symmetric(self, iri: str, name: str) -> set[str]:
        """The terms tied to one by an OWL axiom without direction, whichever side states it."""
        term = self.terms.get(iri)
        stated = set(term.all("owl", name)) if term else set()
        return stated | {other.iri for other in self.terms.values() if iri in other.all("owl", name)}

    def most_specific(self, classes: Iterable[str]) -> list[str]:
        """The classes among some that have no other of them below; foreign ones only for want of ours."""
        given = set(classes)
        ours = {c for c in given if c in self.terms and self.terms[c].kind == "class"} or given
        covered = {one for c in ours for one in self.above(c)}
        return sorted(ours - covered) or sorted(ours)

    def roots(self, terms: Iterable[Term]) -> list[Term]:
        """The terms among some that stand under no other of them."""
        among = {t.iri: t for t in terms}
        return [t for t in among.values() if not self.above(t.iri) & among.keys()]


def read_ontology(store: Store) -> Ontology:
    """Read every term of the ontology that a store holds, blank-node parts left out."""
    terms: dict[str, Term] = {}
    for row in store.rows(_PROLOGUE + _QUERY).rows:
        subject, name, value = row["term"], str(row["p"]), row["o"]
        if not isinstance(subject, Iri):
            continue
        term = terms.setdefault(subject.value, Term(subject.value))
        if name == _TYPE and value.value in KINDS:
            term.kinds.add(KINDS[value.value])
        elif isinstance(value, Literal):
            texts = term.texts.setdefault(name, {}).setdefault(value.language, [])
            texts += [value.value] if value.value not in texts else []
        elif isinstance(value, Iri) and value.value not in term.links.get(name, ()):
            term.links.setdefault(name, []).append(value.value)
    return Ontology(terms)
