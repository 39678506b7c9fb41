"""Does every word exist, and does every fact have a section that says it? What SHACL cannot ask, because a
mistyped name has no shape.

A property or class that no module declares, a thing that nothing describes, a fact outside a section: each
is reported once per file, with the nearest name that does exist.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

import pyoxigraph as ox

from atmp_graph.errors import DataError
from atmp_graph.knowledge import ENTITIES, Knowledge
from atmp_graph.vocabulary import ATMP, CONCEPT, GRAPH, ID, PREFIXES, compact

OWL, RDF, RDFS, XSD = (PREFIXES[name] for name in ("owl", "rdf", "rdfs", "xsd"))
TYPE = RDF + "type"

_BUILT_IN = (OWL, RDF, RDFS, XSD)
"""Namespaces that OWL itself defines; their terms need no declaration."""
_PROPERTIES = {OWL + kind for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")} | {
    RDF + "Property"
}
_CLASSES = {OWL + "Class", RDFS + "Class"}
_HOUSE = {ATMP + name for name in ("Section", "Source", "isSectionOf", "sectionNumber")}
"""What every home needs to say where its facts come from; a home with an ontology of its own need not
declare it.
"""
_OURS = (ATMP, CONCEPT, GRAPH, ID)
"""Namespaces in which a name that nothing describes is a mistake. What others publish elsewhere is theirs."""


def problems(knowledge: Knowledge) -> list[DataError]:
    """All of them, in the order of the files."""
    found = [*_undeclared(knowledge), *_without_section(knowledge)]
    return sorted(found, key=lambda error: _file_order(error.place))


def _undeclared(knowledge: Knowledge) -> Iterator[DataError]:
    described: defaultdict[str, set[str]] = defaultdict(set)
    for quad in knowledge.quads:
        if quad.predicate.value == TYPE and isinstance(quad.subject, ox.NamedNode):
            kind = quad.object.value if isinstance(quad.object, ox.NamedNode) else ""
            described[quad.subject.value].add(kind)
    properties = {iri for iri, kinds in described.items() if kinds & _PROPERTIES}
    classes = {iri for iri, kinds in described.items() if kinds & _CLASSES}
    known = {"property": properties, "class": classes, "thing": described.keys() | _graph_names(knowledge)}
    uses: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], ox.Quad] = {}
    for quad in knowledge.quads:
        graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        for kind, iri in _terms(quad, graph in knowledge.ontology_graphs):
            if iri not in known[kind] and iri not in _HOUSE and not iri.startswith(_BUILT_IN):
                key = (kind, iri, graph)
                uses[key] += 1
                first.setdefault(key, quad)
    for key, count in uses.items():
        yield _unknown(knowledge, key, count, first[key], known[key[0]])


def _terms(quad: ox.Quad, in_ontology: bool) -> Iterator[tuple[str, str]]:
    """The terms of a quad that must exist, each with what it must be."""
    predicate, value = quad.predicate.value, quad.object
    yield "property", predicate
    if predicate == TYPE and isinstance(value, ox.NamedNode):
        yield "class", value.value
    elif isinstance(value, ox.NamedNode) and value.value.startswith(_OURS) and not in_ontology:
        yield "thing", value.value
    if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(_OURS) and not in_ontology:
        yield "thing", quad.subject.value


def _graph_names(knowledge: Knowledge) -> set[str]:
    return set(knowledge.places.graphs)


def _unknown(
    knowledge: Knowledge, key: tuple[str, str, str], count: int, quad: ox.Quad, known: Iterable[str]
) -> DataError:
    kind, iri, graph = key
    subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""
    value = quad.object.value if isinstance(quad.object, ox.NamedNode | ox.Literal) else ""
    parts = [subject, quad.predicate.value] + ([value] if iri == value else [])
    place = knowledge.places.find(*(parts if iri != subject else [subject]), graph=graph)
    times = f" ({count} times in this file)" if count > 1 else ""
    name = compact(iri)
    near = _nearest(iri, known)
    if kind == "thing":
        message = f"nothing describes {name}{times}"
        hint = (
            f"did you mean {near}?"
            if near
            else "give it a class and labels in data/entities/, or mend the name"
        )
    else:
        message = f"{name} is not declared as a {kind}{times}"
        hint = f"did you mean {near}?" if near else "declare it in ontology/, or mend the name"
    return DataError(message, place=place, hint=hint)


def _nearest(iri: str, known: Iterable[str]) -> str:
    """The known name most like this one, in the same namespace if there is such a one."""
    names = {compact(each): each for each in known}
    near = get_close_matches(compact(iri), names, n=1, cutoff=0.75)
    return near[0] if near else ""


def _without_section(knowledge: Knowledge) -> Iterator[DataError]:
    section, number, source = ATMP + "Section", ATMP + "sectionNumber", ATMP + "isSectionOf"
    has: defaultdict[str, set[str]] = defaultdict(set)
    size: Counter[str] = Counter()
    for quad in knowledge.data:
        if not isinstance(quad.graph_name, ox.NamedNode):
            continue
        graph = quad.graph_name.value
        size[graph] += 1
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value == graph:
            if quad.predicate.value == TYPE and quad.object == ox.NamedNode(section):
                has[graph].add(section)
            has[graph].add(quad.predicate.value)
    for graph, count in size.items():
        if graph.startswith(ENTITIES):
            continue
        missing = [compact(term) for term in (section, number, source) if term not in has[graph]]
        if missing:
            place = knowledge.places.find(graph, graph=graph)
            facts = f"{count} fact{'s' if count != 1 else ''}"
            yield DataError(
                f"{facts} without a section: <{graph}> lacks {', '.join(missing)}",
                place=place,
                hint=f"state there: <{graph}> a atmp:Section ; atmp:isSectionOf … ; atmp:sectionNumber …",
            )


def _file_order(place: str) -> tuple[str, int]:
    file, _, line = place.rpartition(":")
    return (file, int(line)) if line.isdecimal() else (place, 0)
