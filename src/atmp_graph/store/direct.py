"""A release read in the caller's own process: for the command line and for tests.

No limits and no other process: it starts in milliseconds and trusts its caller. What strangers send goes to
``embedded`` instead.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from atmp_graph.errors import EngineError
from atmp_graph.store.engine import choose, evaluate, mapped, serialise, solutions
from atmp_graph.store.generations import STORE, open_release
from atmp_graph.store.protocol import Answer, Query, Rows, Term

if TYPE_CHECKING:
    from pathlib import Path


class DirectStore:
    """A read-only dataset; ``open`` takes a release directory, ``of`` takes quads."""

    def __init__(self, store: ox.Store, generation: str | Path) -> None:
        """``generation`` is an id, or the release directory to read it from when somebody asks."""
        self._store = store
        self._generation = generation

    @classmethod
    def open(cls, release_dir: Path | str, generation: str = "") -> DirectStore:
        """The release at ``release_dir``; raises ``InputError`` if there is none.

        A caller who knows the release's id gives it, so that the manifest need not be read.
        """
        try:
            return cls(ox.Store.read_only(f"{release_dir}/{STORE}"), generation or _path(release_dir))
        except OSError as error:
            release = open_release(_path(release_dir))  # says what is missing
            raise EngineError(
                f"The store of this release cannot be opened: {error}", place=str(release.store)
            ) from None

    @classmethod
    def of(cls, quads: Iterable[ox.Quad], generation: str = "memory") -> DirectStore:
        """``quads`` in memory; the default graph becomes the union of all named graphs, as in a release."""
        store = ox.Store()
        store.bulk_extend(_with_union(quads))
        return cls(store, generation)

    @property
    def generation(self) -> str:
        """The release id."""
        if not isinstance(self._generation, str):
            self._generation = open_release(self._generation).id
        return self._generation

    def answer(self, query: Query) -> Answer:
        """Run any query form; the answer is serialised whole before the first chunk."""
        result = evaluate(self._store, query)
        kind, media_type = choose(result, query.accept)
        output = io.BytesIO()
        mapped(lambda: serialise(result, media_type, output), query.text)
        return Answer(kind, media_type, iter((output.getvalue(),)), self.generation)

    def rows(self, text: str, /, **bindings: Term) -> Rows:
        """Run a SELECT and return it whole."""
        result = evaluate(self._store, Query(text, bindings=bindings))
        return mapped(lambda: solutions(result), text)

    def ask(self, text: str, /, **bindings: Term) -> bool:
        """Run an ASK."""
        return bool(evaluate(self._store, Query(text, bindings=bindings)))

    def close(self) -> None:
        """Nothing to let go of: the engine closes its files with the object."""


def _with_union(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    for quad in quads:
        yield quad
        if not isinstance(quad.graph_name, ox.DefaultGraph):
            yield ox.Quad(quad.subject, quad.predicate, quad.object)


def _path(directory: Path | str) -> Path:
    from pathlib import Path  # noqa: PLC0415  (late: it costs 3 ms)

    return Path(directory)
