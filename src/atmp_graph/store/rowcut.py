"""Counts the rows of a serialised result as it passes, and cuts it after the last row that a limit allows.

The engine writes results but has no limit of its own, and rows that pass through Python objects cost ten
times as much. So the boundaries between rows are found in the bytes. They are unambiguous in each format:
``<`` is escaped in XML and a line end in TSV; in CSV a quoted field is skipped whole; in JSON a quote that
follows ``}},{`` opens a name unless it closes a string, and then a brace or a comma comes next, with which
no name begins.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from atmp_graph.store.protocol import SELECT_TYPES

_HELD = 17  # no boundary is longer


class _Format(NamedTuple):
    boundary: re.Pattern[bytes]
    offset: int  # where in the boundary the row ends
    extra: int  # boundaries before the first row ends, less one
    ending: bytes  # what closes the document


_FORMATS = {
    SELECT_TYPES["json"]: _Format(re.compile(rb'"\}\},\{"(?![},])'), 3, -1, b"]}"),
    SELECT_TYPES["xml"]: _Format(re.compile(rb"</result><result>"), 9, -1, b"</results></sparql>"),
    SELECT_TYPES["csv"]: _Format(re.compile(rb'(?P<quoted>"[^"]*(?:"|\Z))|\r\n'), 2, 0, b""),
    SELECT_TYPES["tsv"]: _Format(re.compile(rb"\n"), 1, 0, b""),
}


class RowCutter:
    """Passes one SELECT result through; ``full`` is true once it was cut.

    ``rows`` is then the number of rows that passed (without a cut it is only a lower bound).
    """

    def __init__(self, media_type: str, rows: int, size: int) -> None:
        self._format = _FORMATS[media_type]
        self._json = media_type == SELECT_TYPES["json"]
        self._boundaries_allowed = rows + 1 + self._format.extra
        self._bytes_allowed = size
        self._boundaries = 0
        self._held = b""
        self.full = False

    @property
    def rows(self) -> int:
        """Rows known to have passed whole."""
        return max(0, self._boundaries - 1 - self._format.extra)

    def feed(self, data: bytes, last: bool = False) -> bytes:
        """What may go out after ``data`` came in; raises ``OverflowError`` if the byte limit falls inside a
        row."""
        data = self._held + data
        safe = len(data) if last else max(0, len(data) - _HELD)
        safe, cut = self._scan(data, safe)
        if self.full:
            return self._close(data[:cut])
        self._held = data[safe:]
        self._bytes_allowed -= safe
        return data[:safe]

    def _scan(self, data: bytes, safe: int) -> tuple[int, int]:
        """Count boundaries in ``data[:safe]``: how far it may go out, and where to cut if it is full."""
        best = -1
        for match in self._format.boundary.finditer(data):
            if match.start() >= safe:
                break
            if match.lastgroup:  # a quoted field: all of it now, or all of it later
                safe = match.start() if match.end() > safe else safe
                continue
            end = match.start() + self._format.offset
            if end > self._bytes_allowed:
                break
            self._boundaries, best = self._boundaries + 1, end
            if self._boundaries == self._boundaries_allowed and end < len(data):
                self.full = True
                return safe, best
        if safe > self._bytes_allowed:
            if best < 0:
                raise OverflowError
            self.full = True
        return safe, best

    def _close(self, data: bytes) -> bytes:
        """``data`` with its document closed; JSON says in a member of its own that it was cut."""
        if self._json:
            said = json.dumps({"truncated": {"rows": self.rows, "reason": "limit of the server"}})
            return data + self._format.ending + b"," + said[1:].encode()
        return data + self._format.ending
