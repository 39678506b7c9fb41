"""Protégé's catalogue: each import found beside the file that asks for it, with no network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox

from atmp_graph.check.model import Finding
from atmp_graph.knowledge import Home
from atmp_graph.reading import read_file
from atmp_graph.vocabulary import PREFIXES

_URI = "{urn:oasis:names:tc:entity:xmlns:xml:catalog}uri"
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_ONTOLOGY = ox.NamedNode(PREFIXES["owl"] + "Ontology")
_IMPORTS = ox.NamedNode(PREFIXES["owl"] + "imports")


def catalogue_findings(home: Home) -> Iterator[Finding]:
    """Each module is listed with its file, each import is a module, and no entry leads nowhere."""
    catalogue = home.root / "ontology/catalog-v001.xml"
    place = "ontology/catalog-v001.xml"
    if not catalogue.is_file():
        yield Finding(
            "error", "catalogue", "there is no catalogue", place, "Protégé needs one to find Turtle imports"
        )
        return
    # Our own file, not a stranger's: the parser's entity expansion is no danger here.
    entries = {
        node.get("name", ""): node.get("uri", "")
        for node in ElementTree.parse(catalogue).iter(_URI)  # noqa: S314
    }
    modules = dict(_modules(home))
    for iri, path in modules.items():
        if entries.get(iri) != path.name:
            yield Finding(
                "error",
                "catalogue",
                f"the module <{iri}> is not listed",
                place,
                f'add <uri name="{iri}" uri="{path.name}"/>',
            )
    for iri, target in entries.items():
        if iri not in modules or not (catalogue.parent / target).is_file():
            yield Finding("error", "catalogue", f"the entry <{iri}> leads to no module", place, "take it out")
    for path in home.ontology_files():
        for quad in read_file(path, home.name(path)):
            if quad.predicate == _IMPORTS and getattr(quad.object, "value", "") not in modules:
                yield Finding(
                    "error",
                    "catalogue",
                    f"imports {quad.object}, which is no module of ours",
                    home.name(path),
                    "import our own modules only",
                )


def _modules(home: Home) -> Iterator[tuple[str, Path]]:
    for path in home.ontology_files():
        for quad in read_file(path, home.name(path)):
            if (
                quad.predicate == _TYPE
                and quad.object == _ONTOLOGY
                and isinstance(quad.subject, ox.NamedNode)
            ):
                yield quad.subject.value, path
