"""What the ontology says a property links: domain and range, strict or as hints and list of values."""

from __future__ import annotations

from dataclasses import dataclass

from atmp_graph.vocabulary import ATMP, PREFIXES
from atmp_graph.web.ontology import Ontology, Term

_SCHEMA, _RDFS = PREFIXES["schema"], PREFIXES["rdfs"]
CONCEPT_CLASS = PREFIXES["skos"] + "Concept"
THING = PREFIXES["owl"] + "Thing"
_ANYTHING = {THING, _RDFS + "Resource"}
PROPERTIES = ("object property", "data property", "annotation property")


@dataclass(frozen=True)
class Ends:
    """The classes a property leads from and to, and the concept schemes its values are taken from."""

    start: tuple[str, ...]
    end: tuple[str, ...]
    schemes: tuple[str, ...]


def ends(term: Term) -> Ends:
    """What a property links, by ``rdfs:domain`` and ``rdfs:range`` or by the hints of schema.org."""
    start = [*term.all("rdfs", "domain"), *term.links.get(_SCHEMA + "domainIncludes", [])]
    end = [*term.all("rdfs", "range"), *term.links.get(_SCHEMA + "rangeIncludes", [])]
    schemes = term.links.get(ATMP + "valuesFromScheme", [])
    return Ends(_sorted(start), _sorted(end), _sorted(schemes))


def is_anything(iri: str) -> bool:
    """Whether a class holds everything, so that naming it tells nothing."""
    return iri in _ANYTHING


def leading(ontology: Ontology, iri: str, *, out: bool) -> list[Term]:
    """The properties that name a class, or one above it, as where they start (``out``) or end."""
    family = {iri, *ontology.above(iri)}
    found = [
        term
        for term in ontology.of_kind(*PROPERTIES)
        if term.iri.startswith(ATMP) and family & set(ends(term).start if out else ends(term).end)
    ]
    return sorted(found, key=lambda t: t.iri)


def defined_in(ontology: Ontology, module: str, *kinds: str) -> list[Term]:
    """The terms of some kinds that a module defines."""
    return [t for t in ontology.of_kind(*kinds) if module in t.all("rdfs", "isDefinedBy")]


def _sorted(iris: list[str]) -> tuple[str, ...]:
    return tuple(sorted(set(iris)))
