"""Reads the manifests of the W3C suite for SPARQL 1.1 and compares answers as the suite means it.

Blank nodes are known by their place; rows come in any order unless the query orders them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

SUITE = Path(__file__).parents[2] / "shared" / "w3c" / "sparql11"
BASE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".nt": ox.RdfFormat.N_TRIPLES, ".rdf": ox.RdfFormat.RDF_XML}
RESULTS = {
    ".srx": ox.QueryResultsFormat.XML,
    ".srj": ox.QueryResultsFormat.JSON,
    ".tsv": ox.QueryResultsFormat.TSV,
}
Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | ox.DefaultGraph


class Manifest:
    """One folder's manifest as a graph."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.base = f"{BASE}{folder}/"
        self._store = ox.Store()
        path = SUITE / folder / "manifest.ttl"
        self._store.load(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=self.base + "manifest.ttl")

    def all(self, subject: Node, predicate: str) -> list[Node]:
        """Every object of a property."""
        return [quad.object for quad in self._store.quads_for_pattern(subject, ox.NamedNode(predicate), None)]

    def one(self, subject: Node, predicate: str) -> Node | None:
        """The object of a property, if there is one."""
        return next(iter(self.all(subject, predicate)), None)

    def text(self, subject: Node, predicate: str) -> str:
        """The text of a property's object."""
        found = self.one(subject, predicate)
        return found.value if found is not None else ""

    def listed(self, head: Node | None) -> Iterator[Node]:
        """The members of a list."""
        while head is not None and head.value != RDF + "nil":
            yield self.one(head, RDF + "first")
            head = self.one(head, RDF + "rest")

    def cases(self) -> list[Case]:
        """The cases of the manifest that are not withdrawn."""
        (entries,) = self._store.quads_for_pattern(None, ox.NamedNode(MF + "entries"), None)
        return [Case(self, node) for node in self.listed(entries.object)]


class Case(NamedTuple):
    """One case: its kind (the name of its class), its name, what to do and what should come."""

    manifest: Manifest
    node: Node

    @property
    def name(self) -> str:
        return f"{self.manifest.folder}/{self.node.value.rpartition('#')[2]}"

    @property
    def kind(self) -> str:
        return self.manifest.text(self.node, RDF + "type").rpartition("#")[2]

    @property
    def action(self) -> Node:
        return self.manifest.one(self.node, MF + "action")

    @property
    def result(self) -> Node:
        return self.manifest.one(self.node, MF + "result")

    def query(self) -> str:
        """The text of the case's query or update."""
        for node, names in ((self.action, (QT + "query", UT + "request")),):
            for name in names:
                if found := self.manifest.one(node, name):
                    return read_text(found.value)
        return read_text(self.action.value)

    def dataset(self, at: Node) -> list[ox.Quad]:
        """The data that a node of the manifest names: default graph and named graphs."""
        found: list[ox.Quad] = []
        for vocabulary in (QT, UT):
            for data in self.manifest.all(at, vocabulary + "data"):
                found += read_graph(data.value, ox.DefaultGraph())
            for data in self.manifest.all(at, vocabulary + "graphData"):
                graph = self.manifest.one(data, UT + "graph") or data
                label = self.manifest.text(data, LABEL.value) or graph.value
                found += read_graph(graph.value, ox.NamedNode(label))
        return found


def path_of(iri: str) -> Path:
    """Where a file of the suite is."""
    return SUITE / iri.removeprefix(BASE)


def read_text(iri: str) -> str:
    """A query with the address it would have as its base."""
    text = path_of(iri).read_text(encoding="utf-8")
    return f"BASE <{iri}>\n{text}"


def read_graph(iri: str, graph: ox.NamedNode | ox.DefaultGraph) -> list[ox.Quad]:
    """A file's triples in a graph; blank nodes are the file's own."""
    path = path_of(iri)
    found = ox.parse(path=str(path), format=FORMATS[path.suffix], base_iri=iri, rename_blank_nodes=True)
    return [ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in found]


def n_quads(quads: Iterable[ox.Quad]) -> bytes:
    """Quads to send."""
    return b"".join(f"{quad} .\n".encode() for quad in quads)


def same_quads(found: Iterable[ox.Quad], wanted: Iterable[ox.Quad]) -> bool:
    """Whether two datasets are one, blank nodes by their place."""
    one, other = ox.Dataset(found), ox.Dataset(wanted)
    one.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    other.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return one == other


def by_value(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Quads with numbers and dates in the one form that the engine gives them."""
    store = ox.Store()
    store.extend(quads)
    return list(store)


def same_results(found: bytes, path: Path, ordered: bool) -> str:
    """``same``, ``value`` (the same values in other forms) or ``other``."""
    wanted = path.read_bytes()
    if path.suffix == ".csv":
        one, other = _csv(found), _csv(wanted)
        return "same" if one == other else "value" if _numbers(one) == _numbers(other) else "other"
    base = f"{BASE}{path.parent.name}/"
    one, other = _parsed(found, path.suffix, base), _parsed(wanted, path.suffix, base)
    if isinstance(one, bool) or isinstance(other, bool):
        return "same" if one == other else "other"
    found_graph, wanted_graph = _as_graph(one, ordered), _as_graph(other, ordered)
    if same_quads(found_graph, wanted_graph):
        return "same"
    return "value" if same_quads(by_value(found_graph), by_value(wanted_graph)) else "other"


Rows = list[dict[str, Node]]


def _parsed(data: bytes, suffix: str, base: str) -> bool | Rows:
    if suffix == ".ttl":
        return _from_graph(data, base) if RS.encode() in data else _rows(data, ".srx")
    return _rows(data, suffix)


def _rows(data: bytes, suffix: str) -> bool | Rows:
    found = ox.parse_query_results(data, RESULTS[suffix])
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    names = [variable.value for variable in found.variables]
    return [{name: term for name, term in zip(names, row, strict=True) if term is not None} for row in found]


def _from_graph(data: bytes, base: str) -> Rows:
    """A result that the suite keeps as RDF."""
    store = ox.Store()
    store.load(data, format=ox.RdfFormat.TURTLE, base_iri=base)
    rows: dict[Node, dict[str, Node]] = {}
    solutions = "SELECT ?row { ?set rs:solution ?row }"
    bindings = "SELECT ?row ?name ?value { ?row rs:binding [ rs:variable ?name ; rs:value ?value ] }"
    for (row,) in store.query(solutions, prefixes={"rs": RS}):
        rows[row] = {}
    for row, name, value in store.query(bindings, prefixes={"rs": RS}):
        rows[row][name.value] = value
    return list(rows.values())


def is_rows(path: Path) -> bool:
    """Whether a file with a result holds rows; else it holds a graph."""
    return path.suffix not in FORMATS or RS in path.read_text(encoding="utf-8")


def _as_graph(rows: Rows, ordered: bool) -> list[ox.Quad]:
    """Rows as blank nodes with a property for each column, so that blank nodes can be matched across rows."""
    found = []
    for number, row in enumerate(rows):
        node = ox.BlankNode()
        place = str(number) if ordered else "any"
        found.append(ox.Quad(node, ox.NamedNode("x:place"), ox.NamedNode("x:" + place)))
        found += [ox.Quad(node, ox.NamedNode("x:column/" + name), term) for name, term in row.items()]
    return found


def _csv(data: bytes) -> list[list[tuple[str, str]]]:
    """Rows of CSV; columns in an order of their own, for ``SELECT *`` has none; blank nodes all alike."""
    return [
        sorted((name, "_:" if value.startswith("_:") else value) for name, value in row.items())
        for row in csv.DictReader(io.StringIO(data.decode()))
    ]


def _numbers(rows: list[list[tuple[str, str]]]) -> list[list[tuple[str, str | float]]]:
    return [[(name, _number(value)) for name, value in row] for row in rows]


def _number(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text
