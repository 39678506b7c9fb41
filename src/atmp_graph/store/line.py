"""A worker's end of its connection: takes requests, sends frames under a time limit of their own."""

from __future__ import annotations

import os
import signal
import socket

from atmp_graph.errors import AtmpGraphError
from atmp_graph.store.wire import ERROR, LENGTH, READY, Head, Request, pack, pack_error, unpack_request


class Line:
    """The connection to the front. Each frame carries the turn of the request that it answers."""

    def __init__(self, connection: socket.socket, send_seconds: float) -> None:
        self._connection = connection
        self._send_seconds = send_seconds
        self._turn = 0

    def ready(self) -> None:
        """Say that the first request may come."""
        self._connection.sendall(pack(READY, 0, number=os.getpid()))

    def receive(self) -> Request | None:
        """The next request; ``None`` when the front has left."""
        length = self._connection.recv(LENGTH.size, socket.MSG_WAITALL)
        if len(length) < LENGTH.size:
            return None
        body = self._connection.recv(LENGTH.unpack(length)[0], socket.MSG_WAITALL)
        self._turn += 1
        return unpack_request(body)

    def send(self, tag: bytes, body: bytes = b"", head: Head | None = None) -> None:
        """Send a frame; the deadline of the query rests meanwhile."""
        remaining, _ = signal.setitimer(signal.ITIMER_REAL, self._send_seconds)
        self._connection.sendall(pack(tag, self._turn, body, head))
        signal.setitimer(signal.ITIMER_REAL, remaining)

    def fail(self, error: AtmpGraphError) -> None:
        """Send the error that ends an answer."""
        self.send(ERROR, pack_error(error))
