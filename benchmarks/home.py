"""Writes a home of any size: an ecosystem nobody knows, in the form that ``atmp-graph build`` reads."""

from __future__ import annotations

import random
from pathlib import Path

BASE = "https://bench.example/"
PER_THING = 10
REGIONS, CLASSES, PER_FILE = 50, 8, 10_000

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_ATMP = "https://w3id.org/atmp-graph/ontology/"

_ONTOLOGY = """@prefix : <https://bench.example/ontology/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

<https://bench.example/ontology> a owl:Ontology ; rdfs:label "Bench"@en .
rdfs:label a owl:AnnotationProperty .
:note a owl:AnnotationProperty .
:locatedIn a owl:ObjectProperty .
:partner a owl:ObjectProperty .
:staff a owl:DatatypeProperty .
:founded a owl:DatatypeProperty .
:code a owl:DatatypeProperty .
"""


def things(triples: int) -> int:
    """How many things a home of so many triples has."""
    return triples // PER_THING


def write_home(folder: Path, triples: int) -> None:
    """Write the four folders; the same size gives the same bytes."""
    for name in ("ontology", "data/bulk", "data/entities", "shapes", "questions"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    classes = "".join(f":Class{number} a owl:Class .\n" for number in range(CLASSES))
    (folder / "ontology" / "bench.ttl").write_text(_ONTOLOGY + classes, encoding="utf-8")
    source = (
        f'<{BASE}id/source> <{_RDF}type> <{_ATMP}Source> .\n<{BASE}id/source> <{_RDFS}label> "Bench"@en .\n'
    )
    (folder / "data" / "entities" / "source.nt").write_text(source, encoding="utf-8")
    chance, count, per_file = random.Random(1), things(triples), PER_FILE // PER_THING  # noqa: S311
    for part, first in enumerate(range(0, count, per_file)):
        lines = _section(part)
        for number in range(first, min(first + per_file, count)):
            lines += _thing(number, count, chance)
        (folder / "data" / "bulk" / f"part{part:04}.nt").write_text("".join(lines), encoding="utf-8")


def _section(part: int) -> list[str]:
    graph = f"<https://w3id.org/atmp-graph/graph/bulk/part{part:04}>"
    return [
        f"{graph} <{_RDF}type> <{_ATMP}Section> .\n",
        f"{graph} <{_ATMP}isSectionOf> <{BASE}id/source> .\n",
        f'{graph} <{_ATMP}sectionNumber> "{part}"^^<{_XSD}integer> .\n',
    ]


def _thing(number: int, count: int, chance: random.Random) -> list[str]:
    """The ten statements of one thing."""
    subject, ontology = f"<{BASE}id/e{number}>", BASE + "ontology/"
    return [
        f"{subject} <{_RDF}type> <{ontology}Class{chance.randrange(CLASSES)}> .\n",
        f'{subject} <{_RDFS}label> "Thing number {number} of the north"@en .\n',
        f'{subject} <{_RDFS}label> "Sak nummer {number} i norr"@sv .\n',
        f"{subject} <{ontology}locatedIn> <{BASE}id/region{chance.randrange(REGIONS)}> .\n",
        f"{subject} <{ontology}partner> <{BASE}id/e{chance.randrange(count)}> .\n",
        f"{subject} <{ontology}partner> <{BASE}id/e{chance.randrange(count)}> .\n",
        f'{subject} <{ontology}staff> "{chance.randrange(1000)}"^^<{_XSD}integer> .\n',
        f'{subject} <{ontology}founded> "{chance.randrange(1950, 2025)}-06-15"^^<{_XSD}date> .\n',
        f'{subject} <{ontology}code> "E{number}" .\n',
        f'{subject} <{ontology}note> "A note on thing {number}, which says a little of what it does."@en .\n',
    ]
