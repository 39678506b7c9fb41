"""A description of the dataset for catalogues (DCAT) and for engines that plan (VoID): what is in it, how
much, and where to get it.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from atmp_graph import __version__
from atmp_graph.turtle import format_text
from atmp_graph.vocabulary import BASE, ONTOLOGY, PREFIXES

DCAT, SPDX = "http://www.w3.org/ns/dcat#", "http://spdx.org/rdf/terms#"
MEDIA_TYPES = {
    ".nq": "application/n-quads",
    ".trig": "application/trig",
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml",
    ".jsonld": "application/ld+json",
    ".zip": "application/zip",
}
"""File suffix → media type of a download."""

_ABOUT = [
    PREFIXES["dcterms"] + name
    for name in ("title", "abstract", "description", "creator", "publisher", "license")
]
"""What the header of an ontology says that holds for the whole dataset too."""
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")


Statement = tuple[ox.NamedNode, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]


def about(quads: Iterable[ox.Quad]) -> list[Statement]:
    """What the ontology that imports the others says of title, licence and makers."""
    ontologies: Counter[str] = Counter()
    said: defaultdict[str, list[Statement]] = defaultdict(list)
    for quad in quads:
        subject, predicate = quad.subject, quad.predicate.value
        if isinstance(subject, ox.NamedNode):
            if predicate == PREFIXES["owl"] + "imports":
                ontologies[subject.value] += 1
            elif predicate == _TYPE.value and quad.object == ox.NamedNode(PREFIXES["owl"] + "Ontology"):
                ontologies[subject.value] += 0
            elif predicate in _ABOUT:
                said[subject.value].append((quad.predicate, quad.object))
    root = max(sorted(ontologies), key=lambda iri: ontologies[iri], default="")
    return said[root]


def write(
    path: Path,
    files: Iterable[Path],
    statements: Iterable[Statement],
    counts: Mapping[str, int],
    classes: Mapping[str, int],
) -> None:
    """Write the catalogue as Turtle.

    ``files`` are the downloads, ``statements`` what ``about`` found, ``counts`` VoID's figures by name
    (``triples``, ``entities``, …), and ``classes`` the members of each class.
    """
    triples = [*_dataset(statements, counts, classes)]
    for file in sorted(files):
        triples += _distribution(file)
    plain = (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()
    path.write_text(
        format_text(f"@prefix dcat: <{DCAT}> .\n@prefix spdx: <{SPDX}> .\n{plain}"), encoding="utf-8"
    )


def _dataset(
    statements: Iterable[Statement], counts: Mapping[str, int], classes: Mapping[str, int]
) -> Iterator[ox.Triple]:
    dataset = _iri(BASE + "data")
    void = PREFIXES["void"]
    yield ox.Triple(dataset, _TYPE, _iri(DCAT + "Dataset"))
    yield ox.Triple(dataset, _TYPE, _iri(void + "Dataset"))
    for predicate, value in statements:
        yield ox.Triple(dataset, predicate, value)
    yield ox.Triple(dataset, _iri(PREFIXES["owl"] + "versionInfo"), ox.Literal(__version__))
    yield ox.Triple(dataset, _iri(void + "vocabulary"), _iri(ONTOLOGY))
    yield ox.Triple(dataset, _iri(void + "uriSpace"), ox.Literal(BASE))
    for name, count in sorted(counts.items()):
        yield ox.Triple(dataset, _iri(void + name), _number(count))
    for class_, count in sorted(classes.items()):
        part = _iri(f"{BASE}data/classes/{hashlib.sha256(class_.encode()).hexdigest()[:12]}")
        yield ox.Triple(dataset, _iri(void + "classPartition"), part)
        yield ox.Triple(part, _iri(void + "class"), _iri(class_))
        yield ox.Triple(part, _iri(void + "entities"), _number(count))


def _distribution(file: Path) -> Iterator[ox.Triple]:
    here, checksum = _iri(f"{BASE}data/{file.name}"), _iri(f"{BASE}data/{file.name}/checksum")
    yield ox.Triple(_iri(BASE + "data"), _iri(DCAT + "distribution"), here)
    yield ox.Triple(here, _TYPE, _iri(DCAT + "Distribution"))
    yield ox.Triple(here, _iri(DCAT + "downloadURL"), here)
    yield ox.Triple(here, _iri(DCAT + "byteSize"), _number(file.stat().st_size))
    if file.suffix in MEDIA_TYPES:
        media_type = "https://www.iana.org/assignments/media-types/" + MEDIA_TYPES[file.suffix]
        yield ox.Triple(here, _iri(DCAT + "mediaType"), _iri(media_type))
    yield ox.Triple(here, _iri(SPDX + "checksum"), checksum)
    yield ox.Triple(checksum, _iri(SPDX + "algorithm"), _iri(SPDX + "checksumAlgorithm_sha256"))
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    hexadecimal = _iri(PREFIXES["xsd"] + "hexBinary")
    yield ox.Triple(checksum, _iri(SPDX + "checksumValue"), ox.Literal(digest, datatype=hexadecimal))


def _iri(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def _number(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=ox.NamedNode(PREFIXES["xsd"] + "integer"))
