"""What to call each IRI on a page: labels in the reader's language, and for a section its heading and source.

Names are fetched a couple of dozen at a time with one fixed query whose variables are bound, and kept: a
label is needed on many pages and never changes within a release.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple
from urllib.parse import unquote

from atmp_graph.store.protocol import Iri, Literal, Row, Store
from atmp_graph.vocabulary import ATMP, BASE, GRAPH, INFERRED_GRAPH, PREFIXES, compact
from atmp_graph.web.language import gettext, pick

RDFS_LABEL = PREFIXES["rdfs"] + "label"
LABELS = (RDFS_LABEL, PREFIXES["skos"] + "prefLabel", ATMP + "heading", PREFIXES["dcterms"] + "title")
"""Properties that name a thing, best first."""

IS_SECTION_OF = ATMP + "isSectionOf"
SECTION_NUMBER = ATMP + "sectionNumber"
TYPE = PREFIXES["rdf"] + "type"
ENTITIES = GRAPH + "entities/"
_WANTED = (*LABELS, IS_SECTION_OF, SECTION_NUMBER, TYPE)
_BATCH = 24
_QUERY = "SELECT ?n ?p ?o {{ {branches} FILTER(?p IN ({wanted})) }}".format(  # constants only
    branches=" UNION ".join(f"{{ ?x{n} ?p ?o BIND({n} AS ?n) }}" for n in range(_BATCH)),
    wanted=", ".join(f"<{iri}>" for iri in _WANTED),
)


class Link(NamedTuple):
    """An IRI with the words that stand for it; ``language`` is that of the words, ``""`` if none."""

    iri: str
    label: str
    language: str = ""


class Section(NamedTuple):
    """A section of a source: its name for the reader, its heading as printed, its place, and its source."""

    iri: str
    heading: str
    language: str
    printed: str
    printed_language: str
    number: int
    source: Link


@dataclass
class Known:
    """What is kept of one IRI: labels by property and language, classes, and its place in a source."""

    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)
    source: str = ""
    number: int = 0


class Names:
    """Names of IRIs in one generation of a store; at most ``limit`` of them are kept."""

    def __init__(self, store: Store, limit: int = 200_000) -> None:
        self._store, self._limit = store, limit
        self._known: dict[str, Known] = {}
        self._lock = Lock()

    def learn(self, iris: Iterable[str]) -> None:
        """Fetch what is not known yet; a page calls this once with all it is going to show."""
        missing = sorted(set(iris) - self._known.keys())
        if len(self._known) + len(missing) > self._limit:
            with self._lock:
                self._known.clear()
        for start in range(0, len(missing), _BATCH):
            self._fetch(missing[start : start + _BATCH])

    def _fetch(self, iris: list[str]) -> None:
        found = {iri: Known() for iri in iris}
        padded = iris + iris[:1] * (_BATCH - len(iris))
        result = self._store.rows(_QUERY, **{f"x{n}": Iri(iri) for n, iri in enumerate(padded)})
        for row in result.rows:
            known = found[padded[int(str(row["n"]))]]
            name, value = str(row["p"]), row["o"]
            if name == TYPE:
                known.types.add(value.value)
            elif name == IS_SECTION_OF:
                known.source = value.value
            elif name == SECTION_NUMBER:
                known.number = int(value.value) if value.value.isdigit() else 0
            elif isinstance(value, Literal):
                known.labels.setdefault(name, {}).setdefault(value.language, value.value)
        with self._lock:
            self._known.update(found)

    def seed(self, known: Mapping[str, Known]) -> None:
        """Take over what somebody has read already."""
        with self._lock:
            self._known.update(known)

    def known(self, iri: str) -> Known:
        """What is kept of an IRI, fetched if need be."""
        if iri not in self._known:
            self.learn([iri])
        return self._known.get(iri) or Known()

    def labels(self, iri: str) -> dict[str, str]:
        """Labels of an IRI by language, from the best property that has any."""
        labels = self.known(iri).labels
        return next((labels[name] for name in LABELS if name in labels), {})

    def link(self, iri: str, language: str) -> Link:
        """An IRI with its label in the language, or the nearest one; a nameless IRI shows its last part."""
        if iri == INFERRED_GRAPH:
            return Link(iri, gettext("what follows from the ontology"), language)
        labels = self.labels(iri)
        if labels:
            label, said_in = pick(labels, language)
            return Link(iri, label, said_in)
        return Link(iri, last_part(iri))

    def section(self, iri: str, language: str) -> Section | None:
        """A named graph as the section of a source; ``None`` for one of entities or inferences."""
        known = self.known(iri)
        if not known.source:
            return None
        label, said_in = pick(self.labels(iri) or {"": last_part(iri)}, language)
        printed, printed_in = pick(known.labels.get(ATMP + "heading") or {said_in: label}, language)
        source = self.link(known.source, language)
        return Section(iri, label, said_in, printed, printed_in, known.number, source)

    def sections(self, iris: Iterable[str], language: str) -> list[Section]:
        """The sections among some named graphs, by source and reading order."""
        found = (self.section(iri, language) for iri in sorted(set(iris)))
        return sorted((s for s in found if s), key=lambda s: (s.source.label, s.number, s.iri))


def last_part(iri: str) -> str:
    """What is left to show of an IRI without a label: its last part for one of ours, else its short form."""
    if iri.startswith(BASE):
        return unquote(iri.rstrip("/").rpartition("/")[2])
    return compact(iri)


def iris_of(rows: Iterable[Row]) -> Iterator[str]:
    """Every IRI in some solutions, to be learnt at once."""
    for row in rows:
        for term in row.values():
            if isinstance(term, Iri):
                yield term.value
