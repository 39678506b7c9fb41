"""The graph of one file, arranged: which blank nodes go inside their parent, which lists are lists, who
comes first.

Two texts of the same graph must be arranged alike, whatever order and blank labels a tool gave them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from atmp_graph.vocabulary import ATMP, PREFIXES

Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal
Triple = tuple[Node, str, Term]

OWL, RDF, RDFS, SH, SKOS = (PREFIXES[name] for name in ("owl", "rdf", "rdfs", "sh", "skos"))
TYPE, FIRST, REST, NIL = RDF + "type", RDF + "first", RDF + "rest", RDF + "nil"

SYMMETRIC = frozenset(
    OWL + name
    for name in (
        "disjointWith",
        "inverseOf",
        "equivalentClass",
        "equivalentProperty",
        "propertyDisjointWith",
        "sameAs",
        "differentFrom",
    )
)
"""Axioms without direction: the OWL API turns them as it likes, so here the smaller IRI is the subject."""

SETS = frozenset(
    OWL + name
    for name in (
        "members",
        "distinctMembers",
        "unionOf",
        "intersectionOf",
        "oneOf",
        "disjointUnionOf",
        "hasKey",
    )
)
"""Properties whose list means a set, so that its order is ours to fix."""

_GROUPS = (
    (OWL + "Ontology", ATMP + "Section"),
    (OWL + "AnnotationProperty",),
    (RDFS + "Datatype",),
    (OWL + "Class", RDFS + "Class"),
    (OWL + "ObjectProperty",),
    (OWL + "DatatypeProperty",),
)
_IN_FRONT = (TYPE, SH + "path", OWL + "onProperty", RDFS + "label", SKOS + "prefLabel")
_FIRST_PREDICATES = {iri: rank for rank, iri in enumerate(_IN_FRONT)}


class Shape:
    """The triples of a file by subject and predicate, with symmetric axioms turned."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        """Arrange the triples of ``quads``; their graph names do not matter."""
        triples = {_turned(quad) for quad in quads}
        self._arrange(triples)
        if self._pointed:
            # Several triples point at one blank node: it needs a label, and only its content may choose
            # that label.
            self._arrange(_relabelled(triples))
        order = sorted(self._pointed, key=lambda node: (len(node.value), node.value))
        self.labels = {node: f"_:b{number}" for number, node in enumerate(order)}

    def _arrange(self, triples: set[Triple]) -> None:
        self.of: dict[Node, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, value in triples:
            self.of[subject][predicate].append(value)
        for predicates in self.of.values():
            _drop_declaration(predicates)
        uses = Counter(value for _, _, value in triples if isinstance(value, ox.BlankNode))
        self.inside = {node for node, count in uses.items() if count == 1}
        self._free_circles()
        self._pointed = set(uses) - self.inside

    def _free_circles(self) -> None:
        """A ring of blank nodes hangs inside nothing: its members stand by themselves, under labels."""
        seen: set[Node] = set()
        waiting: list[Node] = [node for node in self.of if node not in self.inside]
        while waiting:
            node = waiting.pop()
            for values in self.of[node].values() if node in self.of else ():
                inner = [
                    value for value in values if isinstance(value, ox.BlankNode) and value in self.inside
                ]
                seen.update(inner)
                waiting.extend(inner)
        self.inside = {node for node in self.inside if node in seen or node not in self.of}

    def subjects(self) -> list[Node]:
        """The IRIs that have triples here, in canonical order; blank ones are placed by their text."""
        return sorted(
            (node for node in self.of if isinstance(node, ox.NamedNode)),
            key=lambda node: (self._group(node), node.value),
        )

    def free_blanks(self) -> list[ox.BlankNode]:
        """The blank nodes with triples that stand by themselves."""
        return [node for node in self.of if isinstance(node, ox.BlankNode) and node not in self.inside]

    def predicates(self, subject: Node) -> list[str]:
        """The predicates of a subject: its kind and names first, then by IRI."""
        return sorted(
            self.of[subject], key=lambda iri: (_FIRST_PREDICATES.get(iri, len(_FIRST_PREDICATES)), iri)
        )

    def _group(self, node: Node) -> int:
        types = {value.value for value in self.of[node].get(TYPE, ()) if isinstance(value, ox.NamedNode)}
        return next((rank for rank, kinds in enumerate(_GROUPS) if types.intersection(kinds)), len(_GROUPS))

    def list_at(self, node: Term) -> list[Term] | None:
        """The members if an RDF list begins here that can be written in round brackets, else ``None``."""
        members: list[Term] = []
        while not (isinstance(node, ox.NamedNode) and node.value == NIL):
            if not isinstance(node, ox.BlankNode) or node not in self.inside or node not in self.of:
                return None
            cell = self.of[node]
            if [value.value for value in cell.get(TYPE, ())] not in ([], [RDF + "List"]):
                return None
            if set(cell) - {TYPE} != {FIRST, REST} or len(cell[FIRST]) != 1 or len(cell[REST]) != 1:
                return None
            members.append(cell[FIRST][0])
            node = cell[REST][0]
        return members


def without_declarations(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """The quads without any ``a owl:NamedIndividual``: the OWL API declares each IRI it saves, so that a
    file would come to speak of all it points at.
    """
    declared = ox.NamedNode(OWL + "NamedIndividual")
    return [quad for quad in quads if quad.predicate.value != TYPE or quad.object != declared]


def _turned(quad: ox.Quad) -> Triple:
    subject, predicate, value = quad.subject, quad.predicate.value, quad.object
    if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
        raise TypeError("triples about triples are refused before")
    if (
        predicate in SYMMETRIC
        and isinstance(subject, ox.NamedNode)
        and isinstance(value, ox.NamedNode)
        and value.value < subject.value
    ):
        return value, predicate, subject
    return subject, predicate, value


def _drop_declaration(predicates: dict[str, list[Term]]) -> None:
    """Forget ``a owl:NamedIndividual`` beside another type: the OWL API adds it to every individual it
    saves.
    """
    types = predicates.get(TYPE, [])
    if len(types) > 1:
        types[:] = [value for value in types if value.value != OWL + "NamedIndividual"]


def _relabelled(triples: set[Triple]) -> set[Triple]:
    """The same triples with canonical blank labels (RDFC-1.0)."""
    dataset = ox.Dataset(
        ox.Quad(subject, ox.NamedNode(predicate), value) for subject, predicate, value in triples
    )
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {_turned(quad) for quad in dataset}
