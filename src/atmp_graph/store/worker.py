"""One worker: a forked process that parses, runs and serialises queries, one after another, until its front
leaves.

A kernel timer ends it at a query's deadline, also in native code: SIGALRM keeps its default action. A limit
on its address space ends it when a query needs too much memory. It may open no file and no socket, so that
nothing a query says can reach out.
"""

from __future__ import annotations

import gzip
import os
import resource
import signal
import socket
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import IO, NoReturn, cast

import pyoxigraph as ox

from ..errors import AnswerTooLargeError, AtmpGraphError, MemoryLimitError
from . import binding as _binding  # noqa: F401  (loaded now: a worker can open no file later)
from .engine import choose, evaluate, mapped, serialise
from .limits import CHUNK, FIRST_CHUNK, Limits
from .rowcut import RowCutter
from .wire import CHUNK as CHUNK_TAG
from .wire import END, HEAD, LENGTH, READY, WHOLE, Head, Request, pack, pack_error, unpack_request

_SMALL = 1000  # bytes; below it compression gains nothing


def work(connection: socket.socket, open_store: Callable[[], ox.Store], limits: Limits) -> NoReturn:
    """Answer the requests of ``connection`` until it ends; the process ends with it."""
    with suppress(OSError):
        _settle(connection)
        store = open_store()
        _confine(limits)
        connection.sendall(pack(READY, number=os.getpid()))
        while body := _receive(connection):
            answer(store, unpack_request(body), limits, connection)
    os._exit(0)


def _settle(connection: socket.socket) -> None:
    """Cut the ties to the zygote: its signals, its files, its terminal."""
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the front, which closes the connection
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    os.closerange(3, connection.fileno())
    os.closerange(connection.fileno() + 1, 1 << 16)


def _confine(limits: Limits) -> None:
    """Allow this process what it has, ``limits.memory`` more, and nothing new from the outside."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # if memory runs out all the same, a worker goes first
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    budget = used + (limits.memory << 20)
    resource.setrlimit(resource.RLIMIT_AS, (budget, budget))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _receive(connection: socket.socket) -> bytes:
    """The next request's body; empty when the front has left."""
    length = connection.recv(LENGTH.size, socket.MSG_WAITALL)
    if len(length) < LENGTH.size:
        return b""
    return connection.recv(LENGTH.unpack(length)[0], socket.MSG_WAITALL)


def answer(store: ox.Store, request: Request, limits: Limits, connection: socket.socket) -> None:
    """Run one query under its deadline and send its answer, or its error."""
    signal.setitimer(signal.ITIMER_REAL, request.seconds)
    outlet = None
    try:
        result = evaluate(store, request.query)
        kind, media_type = choose(result, request.query.accept)
        outlet = Outlet(connection, Head(kind, media_type, request.gzip), limits)
        with suppress(_FullError):
            text = request.query.text
            left_out = mapped(
                lambda: serialise(result, media_type, cast(IO[bytes], outlet), limits.rows), text
            )
            outlet.finish(left_out)
    except AtmpGraphError as error:
        _send(connection, pack_error(error), limits)
    except OverflowError:
        _send(connection, pack_error(_too_large(limits)), limits)
    except MemoryError:
        _send(connection, pack_error(too_much_memory(limits)), limits)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def too_much_memory(limits: Limits) -> MemoryLimitError:
    """The error of a query that hit the memory limit."""
    return MemoryLimitError(
        f"The query needs more than its {limits.memory:,} MB of memory",
        hint="Ask for less at a time: LIMIT, a narrower pattern, no ORDER BY or GROUP BY over everything.",
    )


def _too_large(limits: Limits) -> AnswerTooLargeError:
    return AnswerTooLargeError(
        f"The answer is longer than {limits.bytes:,} bytes",
        hint="Use LIMIT and OFFSET, or ask for fewer columns.",
    )


def _send(connection: socket.socket, frame: bytes, limits: Limits) -> None:
    """Send under the sending time limit; the deadline of the query rests meanwhile."""
    remaining, _ = signal.setitimer(signal.ITIMER_REAL, limits.send_seconds)
    connection.sendall(frame)
    signal.setitimer(signal.ITIMER_REAL, remaining)


class _FullError(Exception):
    """The row or byte limit is reached and the answer is closed: the engine need not go on."""


class Outlet:
    """The file that the engine writes an answer to: counts, cuts, compresses, and sends it on in frames."""

    def __init__(self, connection: socket.socket, head: Head, limits: Limits) -> None:
        self._connection = connection
        self._head = head
        self._limits = limits
        self._cutter = (
            RowCutter(head.media_type, limits.rows, limits.bytes) if head.kind == "bindings" else None
        )
        self._parts: list[bytes] = []
        self._waiting = 0
        self._written = 0
        self._packer: zlib._Compress | None = None
        self._streaming = False

    def write(self, data: bytes) -> int:
        """Take what the engine has written; raises ``_FullError`` once the answer is cut and sent."""
        passed = self._cutter.feed(data) if self._cutter else bytes(data)
        self._take(passed)
        if self._cutter and self._cutter.full:
            self._end(truncated=True)
            raise _FullError
        return len(data)

    def flush(self) -> None:
        """Nothing: frames go out when they are full."""

    def finish(self, truncated: bool) -> None:
        """Send what is left; ``truncated`` says whether the engine left something out."""
        if self._cutter:
            self._take(self._cutter.feed(b"", last=True))
            truncated = self._cutter.full
        self._end(truncated)

    def _take(self, data: bytes) -> None:
        self._parts.append(data)
        self._waiting += len(data)
        self._written += len(data)
        if self._cutter is None and self._written > self._limits.bytes:
            raise OverflowError
        if self._waiting > (CHUNK if self._streaming else FIRST_CHUNK):
            self._stream()

    def _stream(self, last: bool = False) -> None:
        """Send what waits as the next piece of a streamed answer."""
        data, self._parts, self._waiting = b"".join(self._parts), [], 0
        if self._head.gzip:
            self._packer = self._packer or zlib.compressobj(4, wbits=31)
            data = self._packer.compress(data) + (self._packer.flush() if last else b"")
        if data or not self._streaming:
            tag, head = (CHUNK_TAG, None) if self._streaming else (HEAD, self._head)
            _send(self._connection, pack(tag, data, head), self._limits)
        self._streaming = True

    def _end(self, truncated: bool) -> None:
        rows = self._limits.rows if self._cutter is None else self._cutter.rows
        head = self._head._replace(truncated=truncated, rows=rows if truncated else 0)
        if self._streaming:
            self._stream(last=True)
            _send(self._connection, pack(END, head=head), self._limits)
            return
        body = b"".join(self._parts)
        if head.gzip and len(body) > _SMALL:
            body = gzip.compress(body, 4, mtime=0)
        else:
            head = head._replace(gzip=False)
        _send(self._connection, pack(WHOLE, body, head), self._limits)
