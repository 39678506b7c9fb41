"""``/update`` and ``/store`` on the pool and, if the server is writable, on its editor."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from atmp_graph.errors import StaleError
from atmp_graph.store.changes import DEFAULT
from atmp_graph.store.editor import Editor
from atmp_graph.store.link import Job
from atmp_graph.store.pool import Pool
from atmp_graph.store.protocol import SELECT_TYPES, Iri, Query
from atmp_graph.web.asgi import Receive, Scope, Send, read_body, send_reply
from atmp_graph.web.guard import HEAD_SECONDS, HttpError, Reply
from atmp_graph.web.protocol import Ask, Incoming
from atmp_graph.web.tokens import Tokens
from atmp_graph.web.writing import (
    LARGEST,
    THERE,
    UPDATE_PATH,
    Fetch,
    Write,
    changes,
    done,
    failure,
    fetched,
    not_writable,
    options,
    read_store,
    read_update,
)

_UPLOAD_SECONDS = 6 * HEAD_SECONDS
Answer = Callable[[Ask, Job, Scope, Receive, Send], Awaitable[None]]


class WriteFront:
    """Answers what ``writing.takes``; without an editor nothing can be changed, and graphs can be read."""

    def __init__(
        self, pool: Pool, answer: Answer, editor: Editor | None = None, tokens: Tokens | None = None
    ) -> None:
        self._pool, self._answer, self._editor, self._tokens = pool, answer, editor, tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; raises what ``guard.refuse`` renders."""
        method, path = scope["method"], scope["path"]
        if method == "OPTIONS":
            await send_reply(send, options(path))
            return
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        body = b""
        if changes(method):
            if self._editor is None or self._tokens is None:
                raise not_writable()
            self._tokens.check(headers.get("authorization", ""))  # before the body is read
            _refuse_large(headers.get("content-length", ""))
            body = await read_body(receive, LARGEST, _UPLOAD_SECONDS)
        base = f"{scope['scheme']}://{headers.get('host', 'localhost')}"
        query_string = scope["query_string"].decode("latin-1")
        request = Incoming(method, query_string, headers, body, base)
        if path == UPDATE_PATH:
            asked: Write | Fetch = await asyncio.to_thread(read_update, request)
        else:
            asked = await asyncio.to_thread(read_store, request, scope["raw_path"].decode("latin-1"))
        if isinstance(asked, Fetch):
            await self._show(asked, method == "HEAD", scope, receive, send)
        else:
            await send_reply(send, await self._change(asked))

    async def _change(self, write: Write) -> Reply:
        if self._editor is None:
            raise not_writable()
        try:
            return done(write, await self._editor.apply(write.change, write.versions))
        except StaleError as error:
            raise failure(write, error) from None

    async def _show(self, fetch: Fetch, only_head: bool, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a graph, if it is there."""
        version = self._editor.version(fetch.graph) if self._editor else self._pool.generation
        if fetch.graph != DEFAULT:
            there = Query(THERE, (SELECT_TYPES["json"],), bindings={"g": Iri(fetch.graph)})
            if not json.loads((await self._pool.run(there)).body)["boolean"]:
                raise HttpError(404, "There is no such graph", hint="GET /sparql lists the graphs.")
        asked = fetched(fetch, version, only_head)
        if isinstance(asked, Reply):
            await send_reply(send, asked)
        else:
            job = self._pool.submit(asked.query, asked.gzip)
            await self._answer(asked, job, scope, receive, send)


def _refuse_large(length: str) -> None:
    if length.isdecimal() and int(length) > LARGEST:
        raise HttpError(
            413,
            f"The request is larger than {LARGEST:,} bytes",
            hint="Send it in parts.",
            headers=[("Connection", "close")],
        )
