"""The served engine for callers that wait: the pages, and whoever wants a store with limits in a program.

The pool lives on an event loop; this is its door for other threads. Without a loop of the caller's it keeps
one in a thread of its own.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Coroutine, Iterator
from pathlib import Path
from typing import TypeVar

from atmp_graph.errors import EngineError, InputError
from atmp_graph.store.limits import Limits
from atmp_graph.store.link import Reply
from atmp_graph.store.pool import Pool
from atmp_graph.store.protocol import SELECT_TYPES, Answer, Blank, Iri, Literal, Query, Row, Rows, Term

T = TypeVar("T")


class EmbeddedStore:
    """A release behind killable workers. Call it from any thread but that of its loop.

    ``EmbeddedStore(release_dir, limits)`` starts everything itself; ``EmbeddedStore.beside(pool, loop)``
    uses a pool that already runs on ``loop``, and then ``close`` leaves it running.
    """

    def __init__(self, release_dir: Path, limits: Limits | None = None) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._pool = Pool(release_dir, limits or Limits())
        try:
            self._wait(self._pool.start())
        except BaseException:
            self.close()
            raise

    @classmethod
    def beside(cls, pool: Pool, loop: asyncio.AbstractEventLoop) -> EmbeddedStore:
        """A store over a pool that somebody else started, on that somebody's loop."""
        store = cls.__new__(cls)
        store._loop, store._pool, store._thread = loop, pool, None
        return store

    @property
    def generation(self) -> str:
        """The release id."""
        return self._pool.generation

    def answer(self, query: Query) -> Answer:
        """Run any query form; the first 256 kB are there when this returns, the rest comes as it is read."""
        reply = self._wait(self._pool.run(query))
        answer = Answer(
            reply.head.kind, reply.head.media_type, iter(()), reply.generation, reply.head.truncated
        )
        answer.rows = reply.head.rows
        answer.chunks = self._chunks(reply, answer)
        return answer

    def rows(self, text: str, /, **bindings: Term) -> Rows:
        """Run a SELECT and return it whole; raises ``EngineError`` if the row or byte limit cut it."""
        answer = self.answer(Query(text, accept=(SELECT_TYPES["json"],), bindings=bindings))
        found = json.loads(b"".join(answer.chunks))
        if answer.truncated:
            raise EngineError("The result was cut at the server's limit", hint="Ask for less at a time.")
        if "results" not in found:
            raise InputError("This query gives no rows", hint="Use a SELECT query.")
        return Rows(tuple(found["head"]["vars"]), tuple(_row(row) for row in found["results"]["bindings"]))

    def ask(self, text: str, /, **bindings: Term) -> bool:
        """Run an ASK."""
        answer = self.answer(Query(text, accept=(SELECT_TYPES["json"],), bindings=bindings))
        found = json.loads(b"".join(answer.chunks))
        if "boolean" not in found:
            raise InputError("This query is no question of yes or no", hint="Use an ASK query.")
        return bool(found["boolean"])

    def reload(self, release_dir: Path) -> None:
        """Serve another release from now on; returns when it is served."""
        self._wait(self._pool.reload(release_dir))

    def state(self) -> dict[str, int]:
        """How many workers and queries are where."""
        return self._pool.state()

    def close(self) -> None:
        """End the workers and the loop, unless they are somebody else's."""
        if self._thread is None:
            return
        self._wait(self._pool.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._thread = None

    def _wait(self, work: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _chunks(self, reply: Reply, answer: Answer) -> Iterator[bytes]:
        try:
            yield reply.body
            if not reply.whole:
                rest = reply.rest()
                while (piece := self._wait(_next(anext(rest, None)))) is not None:
                    yield piece
            answer.truncated, answer.rows = reply.end.truncated, reply.end.rows
        finally:
            self._loop.call_soon_threadsafe(reply.leave)


async def _next(piece: Awaitable[bytes | None]) -> bytes | None:
    return await piece


def _row(row: dict[str, dict[str, str]]) -> Row:
    return {name: _term(term) for name, term in row.items()}


def _term(term: dict[str, str]) -> Term:
    """A term of the SPARQL JSON format; a triple term becomes its text."""
    kind, value = term["type"], term["value"]
    if kind == "uri":
        return Iri(value)
    if kind == "bnode":
        return Blank(value)
    return Literal(str(value), term.get("xml:lang", ""), term.get("datatype", ""))
