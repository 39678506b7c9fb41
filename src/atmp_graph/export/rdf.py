"""The dataset in each RDF format. The same quads give the same bytes, so a checksum means something."""

from __future__ import annotations

import io
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from atmp_graph.vocabulary import PREFIXES

FORMATS: dict[str, ox.RdfFormat] = {
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
"""Name of a format, which is also the file suffix. ``nq``, ``trig`` and ``jsonld`` keep the named graphs."""

_PREFIX_LINE = re.compile(rb"@prefix |PREFIX ")
_NAMESPACES = re.compile(rb"(<rdf:RDF)((?: xmlns:[^=]+=\"[^\"]*\")+)(>)")


def write_all(dataset: Path, folder: Path, stem: str) -> None:
    """Write the quads of ``dataset`` (sorted N-Quads) to ``folder`` in every format, as ``stem.format``."""
    quads = list(ox.parse(path=str(dataset), format=ox.RdfFormat.N_QUADS, lenient=True))
    graphs, union = _by_graph(quads), _union(quads)
    for name, rdf in FORMATS.items():
        path = folder / f"{stem}.{name}"
        if rdf == ox.RdfFormat.N_QUADS:
            shutil.copyfile(dataset, path)
            continue
        with path.open("wb") as file:
            serialise(graphs if rdf.supports_datasets else union, file, rdf)


def serialise(statements: Iterable[ox.Quad] | Iterable[ox.Triple], file: BinaryIO, rdf: ox.RdfFormat) -> None:
    """Write statements with our prefixes, always in the same order: the engine shuffles them."""
    output = _SortedHeader(file, rdf)
    ox.serialize(statements, output, rdf, prefixes=PREFIXES)  # type: ignore[arg-type]
    output.finish()


def _by_graph(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """The quads of each graph together, graphs by IRI; within one they stay sorted."""
    graphs: defaultdict[str, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        graphs[str(quad.graph_name)].append(quad)
    return [quad for graph in sorted(graphs) for quad in graphs[graph]]


def _union(quads: Iterable[ox.Quad]) -> list[ox.Triple]:
    """Each triple once, in order."""
    return list(dict.fromkeys(quad.triple for quad in quads))


class _SortedHeader(io.RawIOBase):
    """Passes bytes on to a file, with the prefixes at their head put in order."""

    def __init__(self, file: BinaryIO, rdf: ox.RdfFormat) -> None:
        self._file = file
        heads: dict[ox.RdfFormat, Callable[[bytes], bytes | None]] = {
            ox.RdfFormat.TURTLE: _sorted_lines,
            ox.RdfFormat.TRIG: _sorted_lines,
            ox.RdfFormat.RDF_XML: _sorted_namespaces,
        }
        self._sort = heads.get(rdf)
        self._head = b""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        if self._sort is None:
            self._file.write(data)
        else:
            self._head += data
            done = self._sort(self._head)
            if done is not None:
                self._sort = None
                self._file.write(done)
        return len(data)

    def finish(self) -> None:
        """Write what is left of a file that is all head."""
        if self._sort is not None:
            self._file.write(b"".join(sorted(self._head.splitlines(keepends=True))))


def _sorted_lines(head: bytes) -> bytes | None:
    """The head with its prefix lines sorted, ``None`` while more of them may come."""
    lines = head.splitlines(keepends=True)
    prefixes = [line for line in lines if _PREFIX_LINE.match(line)]
    rest = lines[len(prefixes) :]
    if not rest or not rest[0].endswith(b"\n"):
        return None
    return b"".join(sorted(prefixes) + rest)


def _sorted_namespaces(head: bytes) -> bytes | None:
    """The head with the namespaces of its root element sorted, ``None`` while the element is not closed."""
    found = _NAMESPACES.search(head)
    if found is None:
        return None
    names = b"".join(b" " + each for each in sorted(found[2].split()))
    return head[: found.start()] + found[1] + names + found[3] + head[found.end() :]
