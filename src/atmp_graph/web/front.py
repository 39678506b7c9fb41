"""The server: one process that speaks HTTP, answers ``/sparql`` itself and hands everything else to the
Flask pages.

``/sparql`` goes past Flask because a thread for each request would cost half the rate; the pages run in
threads and ask the same pool. The workers that run queries are processes of their own
(``atmp_graph.store.pool``).
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn
from a2wsgi import WSGIMiddleware

from atmp_graph.errors import AtmpGraphError, InputError
from atmp_graph.settings import Settings
from atmp_graph.store.draftpool import DraftPool
from atmp_graph.store.editor import Editor
from atmp_graph.store.embedded import EmbeddedStore
from atmp_graph.store.limits import Limits
from atmp_graph.store.link import Job
from atmp_graph.store.link import Reply as Stream
from atmp_graph.store.pool import Pool
from atmp_graph.web import writing
from atmp_graph.web.asgi import App, Receive, Scope, Send, encoded, read_body, send_reply
from atmp_graph.web.front_write import WriteFront
from atmp_graph.web.guard import MAX_BODY, Headers, Reply, refuse
from atmp_graph.web.negotiate import wish
from atmp_graph.web.protocol import PATH, Ask, Incoming, answer_headers, read
from atmp_graph.web.tokens import Tokens

_PAGE_THREADS = 8
_LARGE_FORM = 10_000  # bytes
_SWITCH = 0.001  # seconds; a page in a thread keeps the event loop waiting no longer
_WATCH_AFTER = 0.05  # seconds; a query that takes longer is worth asking whether its client is still there
_WANTED = {
    name: name.decode()
    for name in (
        b"accept",
        b"accept-encoding",
        b"content-type",
        b"content-encoding",
        b"host",
        b"if-none-match",
    )
}

log = logging.getLogger("atmp_graph.server")


def limits_of(settings: Settings) -> Limits:
    """The limits of the store that a run's settings ask for."""
    limits = Limits(settings.timeout, settings.max_rows, settings.max_bytes, settings.memory)
    return limits._replace(fast=settings.workers, slow=settings.workers) if settings.workers else limits


class Front:
    """``/sparql`` on the pool, changes on the editor, everything else on ``pages``, as an ASGI application.

    ``front_http`` answers a GET without all that ASGI needs, from the same parts: ``asked`` and ``head``.
    """

    def __init__(
        self, pool: Pool, pages: App, editor: Editor | None = None, tokens: Tokens | None = None
    ) -> None:
        self.pool = pool
        self.pages = pages
        self._write = WriteFront(pool, self.answer, editor, tokens)

    def asked(self, scope: Scope, body: bytes = b"") -> Ask | Reply:
        """What a request for ``/sparql`` asks; raises what ``refusal`` renders."""
        headers = _headers(scope)
        base = f"{scope['scheme']}://{headers.get('host', 'localhost')}"
        query_string = scope["query_string"].decode("latin-1")
        return read(Incoming(scope["method"], query_string, headers, body, base), self.pool.generation)

    def refusal(self, scope: Scope, error: AtmpGraphError) -> Reply:
        """How to tell a caller what went wrong."""
        return refuse(error, html=wish(_headers(scope).get("accept", "")).html)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope["path"]
        if path != PATH and not writing.takes(path):
            await self.pages(scope, receive, send)
            return
        try:
            if path != PATH:
                await self._write(scope, receive, send)
                return
            body = await read_body(receive, MAX_BODY) if scope["method"] == "POST" else b""
            if len(body) > _LARGE_FORM:  # which takes a while to decode
                asked = await asyncio.to_thread(self.asked, scope, body)
            else:
                asked = self.asked(scope, body)
            if isinstance(asked, Reply):
                await send_reply(send, asked)
            else:
                job = self.pool.submit(asked.query, asked.gzip)
                await self.answer(asked, job, scope, receive, send)
        except AtmpGraphError as error:
            await send_reply(send, self.refusal(scope, error))

    async def answer(self, asked: Ask, job: Job, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer of a query; if its client leaves meanwhile, it ends."""
        loop = asyncio.get_running_loop()
        watches: list[asyncio.Task[None]] = []
        timer = loop.call_later(_WATCH_AFTER, lambda: watches.append(loop.create_task(_watch(job, receive))))
        try:
            reply = await job.begun
            if (
                not reply.whole and scope["http_version"] == "1.0"
            ):  # has no way to say that a stream was broken off
                rest = [piece async for piece in reply.rest()]
                await send_reply(send, Reply(200, head(asked, reply), reply.body + b"".join(rest)))
            elif reply.whole:
                await send_reply(send, Reply(200, head(asked, reply), reply.body))
            else:
                await _stream(asked, reply, send)
        except asyncio.CancelledError:
            job.leave()
            raise
        finally:
            timer.cancel()
            for watch in watches:
                watch.cancel()


def head(asked: Ask, reply: Stream) -> Headers:
    """The headers of a query's answer."""
    cut = reply.end.rows if reply.end.truncated else None
    return answer_headers(asked, reply.head.media_type, reply.head.gzip, cut, reply.generation)


def _headers(scope: Scope) -> dict[str, str]:
    return {_WANTED[name]: value.decode("latin-1") for name, value in scope["headers"] if name in _WANTED}


async def _stream(asked: Ask, reply: Stream, send: Send) -> None:
    """Send a long answer as it comes. One that ends before its time is broken off, so that nobody takes it
    for whole."""
    await send({"type": "http.response.start", "status": 200, "headers": encoded(head(asked, reply))})
    await send({"type": "http.response.body", "body": reply.body, "more_body": True})
    try:
        async for piece in reply.rest():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except AtmpGraphError as error:
        log.info("an answer was broken off: %s", error)
        return
    finally:
        reply.leave()
    if not reply.end.truncated:
        await send({"type": "http.response.body", "body": b""})


async def _watch(job: Job, receive: Receive) -> None:
    """Wait for the client to leave; then nobody needs the answer."""
    while (await receive())["type"] != "http.disconnect":
        pass
    job.leave()


class Served:
    """A release or a draft, its pool and its pages, as an ASGI application that starts and ends with its
    server."""

    def __init__(
        self, settings: Settings, release_dir: Path | None, find: Callable[[], Path] | None = None
    ) -> None:
        self._settings = settings
        self._release_dir = release_dir
        self._find = find
        self._editor: Editor | None = None
        self._tokens: Tokens | None = None
        self._pool: Pool | None = None
        self.front: Front | None = None
        self._reloading = asyncio.Lock()
        self.failure: AtmpGraphError | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or start and end with the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self.front:
            await self.front(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            self.front = await self._start()
        except AtmpGraphError as error:
            self.failure = error
            await self._close()
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        except Exception:
            log.exception("the server could not start")
            await self._close()
            raise
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._hang_up)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _start(self) -> Front:
        limits, generation = limits_of(self._settings), self._release_dir
        if self._settings.writable:
            self._tokens = Tokens(token_file(self._settings))
            self._editor = Editor(self._settings.writable, self._release_dir, limits)
            generation = await self._editor.start()
            draft = DraftPool(generation, limits)
            self._pool = draft
        elif generation is None:
            raise InputError("There is no release to serve", hint="Name one, or a folder to write to.")
        else:
            self._pool = Pool(generation, limits)
        shown = self._release_dir or generation
        _, pages = await asyncio.gather(self._pool.start(), self._pages(self._pool, shown))
        if self._editor:
            self._editor.begin(draft.publish)
        return Front(self._pool, pages, self._editor, self._tokens)

    async def _close(self) -> None:
        if self._editor:
            await self._editor.close()
        if self._pool:
            await self._pool.close()

    async def _pages(self, pool: Pool, release_dir: Path) -> App:
        """The Flask pages over the pool; made in a thread, for it takes as long as the pool takes to
        start."""
        store = EmbeddedStore.beside(pool, asyncio.get_running_loop())

        def make() -> App:
            from atmp_graph.web.app import create_app  # noqa: PLC0415  (late: it imports while the pool starts)

            app = create_app(store, self._settings, release_dir)
            return _undated(WSGIMiddleware(app, workers=_PAGE_THREADS))  # type: ignore[arg-type]

        return await asyncio.get_running_loop().run_in_executor(None, make)

    def _hang_up(self) -> None:
        self._reload_task = asyncio.get_running_loop().create_task(self.reload())

    async def reload(self) -> None:
        """Serve the release that is current now; what runs ends on the one it began with."""
        if self._find is None or self._editor or self._pool is None:
            log.info("there is nothing to change to")
            return
        async with self._reloading:
            try:
                release_dir = self._find()
                await self._pool.reload(release_dir)
                if self.front:
                    self.front.pages = await self._pages(self._pool, release_dir)
                log.info("serving release %s", self._pool.generation)
            except (AtmpGraphError, OSError) as error:
                log.warning("the release was not changed: %s", error)


def token_file(settings: Settings) -> Path:
    """The file with the tokens of those who may write; raises ``InputError`` if none is named."""
    if settings.token_file is None:
        raise InputError("--writable needs --token-file", hint="Name a file with a token on each line.")
    return settings.token_file


def _undated(pages: App) -> App:
    """``pages`` without their Date: the server sets one."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def undated(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [header for header in message["headers"] if header[0] != b"date"]
            await send(message)

        await pages(scope, receive, undated)

    return app


class _Server(uvicorn.Server):
    """uvicorn's server that says where it listens, and ends in good order on SIGTERM."""

    announce: Callable[[str], None]

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self.announce(f"http://{f'[{host}]' if ':' in host else host}:{port}")


def serve(
    settings: Settings,
    release_dir: Path | None,
    *,
    find: Callable[[], Path] | None = None,
    announce: Callable[[str], None] = lambda address: print(f"Serving {address}", file=sys.stderr),
) -> None:
    """Serve a release until SIGTERM or SIGINT; SIGHUP serves the release that ``find`` names then.

    With ``settings.writable``, serve the draft there, which begins with the release, or empty without one.

    ``announce`` is called with the address once the first request can be answered. Raises ``InputError`` if
    the address cannot be listened on or the release cannot be served.
    """
    from atmp_graph.web.front_http import GuardedHttp  # noqa: PLC0415  (which builds on this module)

    served = Served(settings, release_dir, find)
    config = uvicorn.Config(
        served,
        host=settings.host,
        port=settings.port,
        http=GuardedHttp,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=int(settings.timeout) + 1,
        limit_concurrency=2000,
    )
    sys.setswitchinterval(_SWITCH)
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    server = _Server(config)
    server.announce = announce
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)  # uvicorn ends in good order, then raises the signal once more
    with suppress(SystemExit):
        server.run()
    if served.failure:
        raise served.failure
    if not server.started:
        raise InputError(
            f"The server could not start on {settings.host}:{settings.port}",
            hint="Another program may listen there: give another --port.",
        )
