"""A release on disk: how it is written, found and loaded. Once written it never changes: it is one
generation.

``dataset.nq`` holds the named graphs; ``store/`` holds the same and, in the default graph, the union of
them all, so that a plain pattern sees everything and ``GRAPH ?section`` gives the evidence.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, NamedTuple, cast

import pyoxigraph as ox

from atmp_graph.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Buffer

STORE, DATASET, MANIFEST = "store", "dataset.nq", "manifest.json"
OWN = "default.nt"
"""What the default graph holds beside the union: only a draft has this."""

_PIECE = 1 << 20  # bytes


class ReleaseFiles(NamedTuple):
    """Where the parts of one release stand."""

    id: str
    root: Path

    @property
    def store(self) -> Path:
        """The disk store (RocksDB)."""
        return self.root / STORE

    @property
    def dataset(self) -> Path:
        """The named graphs as N-Quads."""
        return self.root / DATASET


def open_release(directory: Path) -> ReleaseFiles:
    """The release at ``directory``; raises ``InputError`` if it is not a whole one."""
    import json  # noqa: PLC0415  (late: the command line starts without it)

    try:
        manifest = json.loads((directory / MANIFEST).read_bytes())
        release = ReleaseFiles(str(manifest["id"]), directory)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"There is no release here: {error}", place=str(directory), hint="Run atmp-graph build first."
        ) from None
    if not release.store.is_dir():
        raise InputError("The release has no store", place=str(directory), hint="Run atmp-graph build again.")
    return release


def write_store(quads: Iterable[ox.Quad], directory: Path) -> int:
    """Write ``dataset.nq`` (sorted, each quad once) and ``store/`` into ``directory``; the number of quads.

    Every quad must stand in a named graph. The store is closed when this returns, so that others may open it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    lines = sorted({str(quad) for quad in quads})
    dataset = directory / DATASET
    with dataset.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line} .\n" for line in lines)
    store = ox.Store(str(directory / STORE))
    load_dataset(store, dataset)
    store.optimize()
    store.flush()
    return len(lines)


def load_dataset(store: ox.Store, dataset: Path) -> None:
    """Load the named graphs of ``dataset`` into ``store``, and their union into its default graph."""
    with dataset.open("rb") as file:
        store.bulk_load(input=cast(IO[bytes], _WithUnion(file)), format=ox.RdfFormat.N_QUADS, lenient=True)
    own = dataset.with_name(OWN)
    if own.is_file():
        store.bulk_load(path=str(own), format=ox.RdfFormat.N_TRIPLES, lenient=True)


class _WithUnion(io.RawIOBase):
    """An N-Quads file in which every statement stands a second time, without its graph."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        target = memoryview(buffer).cast("B")
        if not self._ready:
            lines = self._file.readlines(_PIECE)
            self._ready = b"".join(lines) + b"".join([line[: line.rindex(b" <")] + b" .\n" for line in lines])
        count = min(len(target), len(self._ready))
        target[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count
