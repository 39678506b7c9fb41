"""The names everything shares: namespaces, prefixes, and how an IRI maps to a file and to a page."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing for it costs 3 ms at each start; type checkers know the name
if TYPE_CHECKING:
    from pathlib import PurePosixPath

BASE = "https://w3id.org/atmp-graph/"
ONTOLOGY = BASE + "ontology"
ATMP = BASE + "ontology/"
ID = BASE + "id/"
CONCEPT = BASE + "concept/"
GRAPH = BASE + "graph/"

INFERRED_GRAPH = GRAPH + "inferred"
"""Named graph of what follows from the ontology; no source says it in so many words."""

PREFIXES: dict[str, str] = {
    "atmp": ATMP,
    "concept": CONCEPT,
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "id": ID,
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "shape": BASE + "shape/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The prefixes of every file we write; the same ones are offered to every query."""


def graph_iri(path: PurePosixPath) -> str:
    """The named graph of a file under ``data/``: its path without suffixes (``x/y.ttl.gz`` →
    ``…/graph/x/y``)."""
    from urllib.parse import quote  # noqa: PLC0415  (late: the command line starts without it)

    name = path.name
    for suffix in (".gz", ".ttl", ".nt", ".nq", ".trig", ".rdf", ".jsonld"):
        name = name.removesuffix(suffix)
    return GRAPH + quote(str(path.with_name(name)))


def page_path(iri: str) -> str | None:
    """The path on our site of one of our IRIs (``…/id/x`` → ``/id/x``); ``None`` for a foreign IRI."""
    return "/" + iri.removeprefix(BASE) if iri.startswith(BASE) else None


def compact(iri: str) -> str:
    """``prefix:local`` where a known prefix fits and the local part is simple, else the IRI in angle
    brackets."""
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local and all(c.isalnum() or c in "-_" for c in local):
            return f"{prefix}:{local}"
    return f"<{iri}>"


def expand(name: str) -> str:
    """The IRI of ``prefix:local``, ``<iri>`` or a bare ``https://…`` IRI; raises ``KeyError`` on an unknown
    prefix."""
    if name.startswith("<") and name.endswith(">"):
        return name[1:-1]
    if "://" in name:
        return name
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local
