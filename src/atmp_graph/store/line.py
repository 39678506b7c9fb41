"""A worker's end of its connection: takes requests, sends frames under a time limit of their own."""

from __future__ import annotations

import os
import signal
import socket

from atmp_graph.errors import AtmpGraphError
from atmp_graph.store.wire import ERROR, LENGTH, READY, Head, Request, pack, pack_error, unpack_request

_PIECE = 1 << 16


class Line:
    """The connection to the front. Each frame carries the turn of the request that it answers."""

    def __init__(self, connection: socket.socket, send_seconds: float) -> None:
        self._connection = connection
        self._send_seconds = send_seconds
        self._turn = 0
        self._buffer = bytearray()

    def ready(self) -> None:
        """Say that the first request may come."""
        self._connection.sendall(pack(READY, 0, number=os.getpid()))

    def receive(self) -> Request | None:
        """The next request; ``None`` when the front has left."""
        buffer = self._buffer
        while True:
            if len(buffer) >= LENGTH.size:
                end = LENGTH.size + LENGTH.unpack_from(buffer)[0]
                if len(buffer) >= end:
                    break
            data = self._connection.recv(_PIECE)
            if not data:
                return None
            buffer += data
        request = unpack_request(bytes(buffer[LENGTH.size : end]))
        del buffer[:end]
        self._turn += 1
        return request

    def send(self, tag: bytes, body: bytes = b"", head: Head | None = None) -> None:
        """Send a frame; the deadline of the query rests meanwhile."""
        remaining, _ = signal.setitimer(signal.ITIMER_REAL, self._send_seconds)
        self._connection.sendall(pack(tag, self._turn, body, head))
        signal.setitimer(signal.ITIMER_REAL, remaining)

    def fail(self, error: AtmpGraphError) -> None:
        """Send the error that ends an answer."""
        self.send(ERROR, pack_error(error))
