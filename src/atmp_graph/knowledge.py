"""The four folders of a home, found and read: which files there are, and the quads they state.

A file is a named graph: an ontology module under its ontology's IRI, a file of data under the IRI that its
path gives.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TypeVar

import pyoxigraph as ox

from atmp_graph.errors import AtmpGraphError, InputError, ManyErrors
from atmp_graph.places import Places
from atmp_graph.reading import rdf_format, read_file
from atmp_graph.vocabulary import GRAPH, PREFIXES, graph_iri

ENTITIES = GRAPH + "entities/"
"""Graphs under this IRI say only that something exists."""

T = TypeVar("T")
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_ONTOLOGY = ox.NamedNode(PREFIXES["owl"] + "Ontology")
_PLAIN = {".md", ".txt", ".xml", ".json", ".rq"}
"""Files that may stand beside RDF without being it: notes, and Protégé's catalog."""


class Home:
    """The files of one home. Paths are absolute; ``name`` gives them as a person would type them."""

    def __init__(self, root: Path) -> None:
        """``root`` holds ``ontology/ data/ shapes/ questions/``; a missing folder counts as empty."""
        self.root = root

    def ontology_files(self) -> list[Path]:
        """RDF files under ``ontology/``, sorted."""
        return self._rdf("ontology")

    def data_files(self) -> list[Path]:
        """RDF files under ``data/``, sorted."""
        return self._rdf("data")

    def shape_files(self) -> list[Path]:
        """RDF files under ``shapes/``, sorted."""
        return self._rdf("shapes")

    def question_files(self) -> list[Path]:
        """Queries under ``questions/``, sorted."""
        return [path for path in self._all("questions") if path.suffix == ".rq"]

    def rule_files(self) -> list[Path]:
        """CONSTRUCT queries under ``ontology/``, sorted: what follows beyond OWL's own axioms."""
        return [path for path in self._all("ontology") if path.suffix == ".rq"]

    def turtle_files(self) -> list[Path]:
        """Every authored Turtle file, the ones that have a canonical form."""
        files = [*self.ontology_files(), *self.data_files(), *self.shape_files()]
        return [path for path in files if path.suffix == ".ttl"]

    def name(self, path: Path) -> str:
        """``data/x.ttl`` for a file of this home, else the path itself."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def strangers(self) -> list[Path]:
        """Files of no known kind in the RDF folders: a mistyped suffix must not lose facts silently."""
        found = [*self._all("ontology"), *self._all("data"), *self._all("shapes")]
        return [path for path in found if rdf_format(path) is None and path.suffix not in _PLAIN]

    def _rdf(self, folder: str) -> list[Path]:
        return [path for path in self._all(folder) if rdf_format(path) is not None]

    def _all(self, folder: str) -> list[Path]:
        return sorted(
            path
            for path in (self.root / folder).rglob("*")
            if path.is_file() and not path.name.startswith((".", "#")) and not path.name.endswith("~")
        )


@dataclass(frozen=True)
class Knowledge:
    """What the four folders say: ``quads`` of ontology and data in their named graphs, and the shapes
    beside them.
    """

    home: Home
    ontology: list[ox.Quad]
    data: list[ox.Quad]
    shapes: list[ox.Quad]
    ontology_graphs: frozenset[str]
    places: Places = field(repr=False)

    @cached_property
    def quads(self) -> list[ox.Quad]:
        """Ontology and data together: what a release holds, but for what follows."""
        return self.ontology + self.data


def read(home: Home) -> Knowledge:
    """Parse everything. Raises one ``ManyErrors`` with each file that cannot be read."""
    errors: list[AtmpGraphError] = [
        InputError(
            "this file's kind is unknown, so it would not be read",
            place=home.name(path),
            hint="rename it to .ttl, .nt, .nq, .trig, .rdf or .jsonld (each also .gz), or move it elsewhere",
        )
        for path in home.strangers()
    ]
    graphs: dict[str, list[Path]] = {}
    modules: set[str] = set()
    ontology: list[ox.Quad] = []
    data: list[ox.Quad] = []
    shapes: list[ox.Quad] = []
    for path, parsed in _parsed(home, home.ontology_files(), errors):
        module = next((q.subject for q in parsed if q.predicate == _TYPE and q.object == _ONTOLOGY), None)
        own = module.value if isinstance(module, ox.NamedNode) else GRAPH + "ontology/" + path.stem
        modules.add(own)
        graphs.setdefault(own, []).append(path)
        ontology += _in_graph(parsed, own)
    for path, parsed in _parsed(home, home.data_files(), errors):
        named = list(_in_graph(parsed, graph_iri(PurePosixPath(path.relative_to(home.root / "data")))))
        for graph in {quad.graph_name for quad in named}:
            graphs.setdefault(graph.value, []).append(path)  # type: ignore[union-attr]
        data += named
    for path, parsed in _parsed(home, home.shape_files(), errors):
        own = GRAPH + home.name(path)
        graphs.setdefault(own, []).append(path)
        shapes += _in_graph(parsed, own)
    if errors:
        raise ManyErrors(errors)
    return Knowledge(home, ontology, data, shapes, frozenset(modules), Places(home.root, graphs))


def read_paths(paths: Iterable[Path]) -> tuple[list[ox.Quad], Places]:
    """The quads of any RDF files and of those in any folders, a graph per file, and where things stand in
    them.

    Raises ``InputError`` for a path that is not there, ``ManyErrors`` with each file that cannot be read.
    """
    errors: list[AtmpGraphError] = []
    graphs: dict[str, list[Path]] = {}
    quads: list[ox.Quad] = []
    home = Home(Path.cwd())
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InputError("there is no such file or folder", place=str(path))
        inside = (each for each in path.rglob("*") if each.is_file() and rdf_format(each) is not None)
        files += sorted(inside) if path.is_dir() else [path]
    for path, parsed in _parsed(home, files, errors):
        own = path.absolute().as_uri()
        graphs[own] = [path]
        quads += _in_graph(parsed, own)
    if errors:
        raise ManyErrors(errors)
    return quads, Places(home.root, graphs)


def _parsed(
    home: Home, paths: Iterable[Path], errors: list[AtmpGraphError]
) -> Iterator[tuple[Path, list[ox.Quad]]]:
    """Each file with its quads, blank nodes told apart by file; what cannot be read goes to ``errors``."""
    for path in paths:
        try:
            yield path, _own_blanks(read_file(path, home.name(path)), home.name(path))
        except InputError as error:
            errors.append(error)


def _in_graph(quads: Iterable[ox.Quad], iri: str) -> Iterator[ox.Quad]:
    """The same quads, those of the default graph moved to the graph ``iri``."""
    graph = ox.NamedNode(iri)
    for quad in quads:
        if isinstance(quad.graph_name, ox.DefaultGraph):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
        else:
            yield quad


def _own_blanks(quads: list[ox.Quad], name: str) -> list[ox.Quad]:
    """The same quads with blank labels that depend on the file and nothing else: a release must be
    reproducible.
    """
    if not any(
        isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode) for quad in quads
    ):
        return quads
    key = "b" + hashlib.sha256(name.encode()).hexdigest()[:8]
    labels: dict[ox.BlankNode, ox.BlankNode] = {}

    def own(node: T) -> T | ox.BlankNode:
        if not isinstance(node, ox.BlankNode):
            return node
        return labels.setdefault(node, ox.BlankNode(f"{key}x{len(labels)}"))

    return [ox.Quad(own(q.subject), q.predicate, own(q.object), own(q.graph_name)) for q in quads]
