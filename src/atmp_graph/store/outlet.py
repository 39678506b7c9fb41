"""The file that the engine writes an answer to: it counts, cuts, compresses and sends it on in frames."""

from __future__ import annotations

import gzip
import zlib

from atmp_graph.store.limits import CHUNK, FIRST_CHUNK, Limits
from atmp_graph.store.line import Line
from atmp_graph.store.rowcut import RowCutter
from atmp_graph.store.wire import CHUNK as CHUNK_TAG
from atmp_graph.store.wire import END, HEAD, WHOLE, Head

_SMALL = 1000  # bytes; below it compression gains nothing
_LEVEL = 4


class FullError(Exception):
    """The row or byte limit is reached and the answer is closed: the engine need not go on."""


class Outlet:
    """Takes one answer; ``finish`` it, unless ``write`` has raised ``FullError``.

    ``write`` raises ``OverflowError`` where the byte limit falls and the answer cannot be cut between two
    rows.
    """

    def __init__(self, line: Line, head: Head, limits: Limits) -> None:
        self._line = line
        self._head = head
        self._limits = limits
        self._cutter: RowCutter | None = None
        # What is shorter reaches no limit, for a row has at least two bytes: it is not looked into.
        self._short = min(2 * limits.rows, limits.bytes, FIRST_CHUNK)
        self._parts: list[bytes] = []
        self._waiting = 0
        self._written = 0
        self._packer: zlib._Compress | None = None
        self._streaming = False
        self._ended = False

    def write(self, data: bytes) -> int:
        """Take what the engine has written."""
        size = len(data)
        if self._ended:  # the engine's buffer empties itself once more when it is thrown away
            return size
        if self._short:
            self._parts.append(data)
            self._waiting += size
            if self._waiting <= self._short:
                return size
            data, self._parts = b"".join(self._parts), []
            self._waiting = self._short = 0
            if self._head.kind == "bindings":
                self._cutter = RowCutter(self._head.media_type, self._limits.rows, self._limits.bytes)
        self._pass(data)
        return size

    def flush(self) -> None:
        """Nothing: frames go out when they are full."""

    def finish(self, left_out: bool) -> None:
        """Send what is left; ``left_out`` says whether the engine has kept something back."""
        if self._cutter:
            self._pass(b"", last=True)
        self._end(left_out)

    def _pass(self, data: bytes, last: bool = False) -> None:
        """Count ``data`` against the limits and put it with what waits to be sent."""
        if self._cutter:
            try:
                data = self._cutter.feed(data, last)
            except OverflowError:
                self._ended = True
                raise
        self._parts.append(data)
        self._waiting += len(data)
        self._written += len(data)
        if self._cutter is None and self._written > self._limits.bytes:
            self._ended = True
            raise OverflowError
        if self._cutter and self._cutter.full:
            self._end(truncated=True)
            raise FullError
        if self._waiting > (CHUNK if self._streaming else FIRST_CHUNK):
            self._stream()

    def _stream(self, last: bool = False) -> None:
        """Send what waits as the next piece of a streamed answer."""
        data, self._parts, self._waiting = b"".join(self._parts), [], 0
        if self._head.gzip:
            self._packer = self._packer or zlib.compressobj(_LEVEL, wbits=31)
            data = self._packer.compress(data) + (self._packer.flush() if last else b"")
        tag, head = (CHUNK_TAG, None) if self._streaming else (HEAD, self._head)
        if data or head:
            self._line.send(tag, data, head)
        self._streaming = True

    def _end(self, truncated: bool) -> None:
        """Send what waits as the end of the answer, or as the whole of it."""
        self._ended = True
        head = self._head
        if truncated:
            rows = self._cutter.rows if self._cutter else self._limits.rows
            head = head._replace(truncated=True, rows=rows)
        if self._streaming:
            self._stream(last=True)
            self._line.send(END, head=head)
            return
        body = b"".join(self._parts)
        if head.gzip and len(body) > _SMALL:
            body = gzip.compress(body, _LEVEL, mtime=0)
        elif head.gzip:
            head = head._replace(gzip=False)
        self._line.send(WHOLE, body, head)
