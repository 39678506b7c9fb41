"""A worker's end of its connection: takes requests, sends frames under a time limit of their own."""

from __future__ import annotations

import os
import signal
import socket
import struct
from collections.abc import Callable

from atmp_graph.errors import AtmpGraphError
from atmp_graph.store.wire import ERROR, LENGTH, READY, Head, Request, pack, pack_error, unpack_request

_PIECE = 1 << 16
_IDLE_AFTER = 1  # seconds

MUCH = 500
"""So many requests make it worth while to think of the next ones."""


class Line:
    """The connection to the front. Each frame carries the turn of the request that it answers.

    After ``MUCH`` requests, ``idle`` is called while none comes, as long as it says that there is more to do.
    """

    def __init__(
        self, connection: socket.socket, send_seconds: float, idle: Callable[[], bool] = lambda: False
    ) -> None:
        self._connection = connection
        self._send_seconds = send_seconds
        self._turn = 0
        self._buffer = bytearray()
        self._idle = idle

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
            data = self._wait()
            if not data:
                return None
            buffer += data
        request = unpack_request(bytes(buffer[LENGTH.size : end]))
        del buffer[:end]
        self._turn += 1
        if self._turn == MUCH:
            self._be_patient(_IDLE_AFTER)
        return request

    def _wait(self) -> bytes:
        """What comes next from the front; empty when it has left."""
        flags = 0
        while True:
            try:
                return self._connection.recv(_PIECE, flags)
            except BlockingIOError:
                if self._idle():
                    flags = socket.MSG_DONTWAIT
                else:
                    flags = 0
                    self._be_patient(0)

    def _be_patient(self, seconds: int) -> None:
        """Wait for a request for so long, or, with 0, for ever."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", seconds, 0))

    def send(self, tag: bytes, body: bytes = b"", head: Head | None = None) -> None:
        """Send a frame; the deadline of the query rests meanwhile."""
        remaining, _ = signal.setitimer(signal.ITIMER_REAL, self._send_seconds)
        self._connection.sendall(pack(tag, self._turn, body, head))
        signal.setitimer(signal.ITIMER_REAL, remaining)

    def fail(self, error: AtmpGraphError) -> None:
        """Send the error that ends an answer."""
        self.send(ERROR, pack_error(error))
