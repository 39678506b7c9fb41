"""uvicorn's HTTP/1.1 with the limits it lacks: the size of a request's head, and the time a client may take
over it."""

from __future__ import annotations

import asyncio
import socket
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from atmp_graph.errors import AtmpGraphError
from atmp_graph.web.asgi import Scope
from atmp_graph.web.front import Front, Served, head
from atmp_graph.web.guard import HEAD_SECONDS, MAX_HEADERS, MAX_TARGET, Reply
from atmp_graph.web.protocol import PATH, Ask

if TYPE_CHECKING:
    from atmp_graph.store.link import Job
    from atmp_graph.store.link import Reply as Stream

_UNREAD_SECONDS = 60
"""A client that reads nothing for so long is dropped by the kernel."""


class GuardedHttp(HttpToolsProtocol):
    """One connection. A head that grows too large or comes too slowly is answered 431 or 408, and that is
    all."""

    _in_head = False
    _head_bytes = 0
    _head_timer: asyncio.TimerHandle | None = None
    _job: Job | None = None
    _refusal = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock: a client that connects and says nothing is dropped too."""
        super().connection_made(cast(asyncio.Transport, transport))
        peer = transport.get_extra_info("socket")
        if peer is not None and peer.family in (socket.AF_INET, socket.AF_INET6):
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD_SECONDS * 1000)
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._drop, 408)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock, and the query whose answer nobody waits for any more."""
        self._stop_clock()
        if self._job is not None:
            self._job.leave()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head = True
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """The address grows; one that is too long ends the request."""
        super().on_url(url)
        if len(self.url) > MAX_TARGET:
            self._refusal = 414
            raise ValueError("the address is too long")

    def send_400_response(self, msg: str) -> None:
        """What cannot be read is 400, unless it is known better."""
        if self._refusal:
            self._drop(self._refusal)
        else:
            super().send_400_response(msg)

    def on_headers_complete(self) -> None:
        """A head is whole."""
        self._in_head = False
        self._head_bytes = 0
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Read on; while a head is not whole, count its bytes and keep the clock running."""
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_TARGET + MAX_HEADERS:
                self._drop(431)
            elif self._head_timer is None:
                self._head_timer = self.loop.call_later(HEAD_SECONDS, self._drop, 408)
        elif self._head_timer is not None:
            self._stop_clock()

    def _stop_clock(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _drop(self, status: int) -> None:
        self._stop_clock()
        if not self.transport.is_closing():
            self.transport.write(STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n")
            self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Begin a request: by the short way if it has one."""
        scope, front = cast(Scope, cycle.scope), cast(Served, self.config.app).front
        if scope["path"] != PATH or scope["method"] not in ("GET", "HEAD") or front is None:
            super()._start_asgi_task(cycle, app)
            return
        try:
            asked = front.asked(scope)
            if isinstance(asked, Reply):
                self._reply(cycle, asked)
                return
            self._job = front.pool.submit(asked.query, asked.gzip)
        except AtmpGraphError as error:
            self._reply(cycle, front.refusal(scope, error))
            return
        self._job.begun.add_done_callback(partial(self._begun, cycle, front, asked, self._job))

    def _begun(
        self, cycle: RequestResponseCycle, front: Front, asked: Ask, job: Job, begun: asyncio.Future[Stream]
    ) -> None:
        """An answer has begun, or failed to."""
        error = begun.exception()
        if cycle.disconnected or self.transport.is_closing():
            job.leave()
        elif isinstance(error, AtmpGraphError):
            self._reply(cycle, front.refusal(cast(Scope, cycle.scope), error))
        elif error is None and begun.result().whole:
            reply = begun.result()
            self._reply(cycle, Reply(200, head(asked, reply), reply.body))
        else:
            super()._start_asgi_task(cycle, _answering(front, asked, job))
        self._job = None

    def _reply(self, cycle: RequestResponseCycle, reply: Reply) -> None:
        """Write a whole answer and go on to the connection's next request."""
        lines = [f"{name}: {value}\r\n" for name, value in reply.headers]
        if reply.status not in (204, 304):
            lines.append(f"content-length: {len(reply.body)}\r\n")
        if not cycle.keep_alive:
            lines.append("connection: close\r\n")
        lines.append("\r\n")
        default = [
            part
            for name, value in self.server_state.default_headers
            for part in (name, b": ", value, b"\r\n")
        ]
        body = b"" if cycle.scope["method"] == "HEAD" else reply.body
        self.transport.write(
            b"".join((STATUS_LINE[reply.status], *default, "".join(lines).encode("latin-1"), body))
        )
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()


def _answering(front: Front, asked: Ask, job: Job) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await front.answer(asked, job, scope, receive, send)

    return app
