"""What the front and a worker say to each other over their socket.

To the worker: one ``Request`` per frame, as marshalled values (both ends are one program, and only the
front writes). Back: frames of a tag, a byte of flags, the turn of the request, a number and a body. An
answer is one ``WHOLE`` frame, or ``HEAD``, any number of ``CHUNK`` and an ``END``; ``ERROR`` may stand for
any of these and ends the answer.
"""

from __future__ import annotations

import json
import marshal
import struct
from collections.abc import Iterator
from typing import NamedTuple

from atmp_graph import errors
from atmp_graph.errors import AtmpGraphError, EngineError, QuerySyntaxError
from atmp_graph.store.protocol import GRAPH_TYPES, SELECT_TYPES, Blank, Iri, Literal, Query, Term

READY, WHOLE, HEAD, CHUNK, END, ERROR = b"R", b"W", b"H", b"C", b"E", b"X"
ANSWER = struct.Struct(">cBIII")
"""How a frame from a worker begins: tag, flags, number (rows; for READY its process), length of the body."""
LENGTH = struct.Struct(">I")
"""The start of a frame to a worker: the length of its body."""

TYPES = (*SELECT_TYPES.values(), *GRAPH_TYPES.values())
_TYPE, _BOOLEAN, _TRUNCATED, _GZIP = 0x0F, 0x20, 0x40, 0x80
_TERMS: tuple[type[Iri] | type[Literal] | type[Blank], ...] = (Iri, Literal, Blank)


class Request(NamedTuple):
    """A query on its way to a worker: it may run for ``seconds`` and its answer may be compressed."""

    query: Query
    seconds: float
    gzip: bool = False


class Head(NamedTuple):
    """What is known when an answer begins. ``rows`` counts only where the limit has cut them
    (``truncated``)."""

    kind: str
    media_type: str
    gzip: bool = False
    truncated: bool = False
    rows: int = 0


def pack_request(request: Request) -> bytes:
    """The frame of a request."""
    query = request.query
    bindings = [(n, _TERMS.index(type(t)), tuple(t)) for n, t in (query.bindings or {}).items()]
    body = marshal.dumps(
        (
            query.text,
            tuple(query.accept),
            tuple(query.default_graphs),
            tuple(query.named_graphs),
            bindings,
            request.seconds,
            request.gzip,
        )
    )
    return LENGTH.pack(len(body)) + body


def unpack_request(body: bytes) -> Request:
    """The request in a frame's body."""
    text, accept, default, named, bindings, seconds, gzip = marshal.loads(body)  # noqa: S302  (our own front's)
    terms: dict[str, Term] = {name: _TERMS[kind](*values) for name, kind, values in bindings}
    return Request(Query(text, accept, default, named, terms), seconds, gzip)


def pack(tag: bytes, turn: int, body: bytes = b"", head: Head | None = None, number: int = 0) -> bytes:
    """A frame from a worker; ``turn`` counts the requests that it has had."""
    flags = 0
    if head:
        flags = TYPES.index(head.media_type) | (_GZIP if head.gzip else 0)
        flags |= (_TRUNCATED if head.truncated else 0) | (_BOOLEAN if head.kind == "boolean" else 0)
        number = head.rows
    return ANSWER.pack(tag, flags, turn & 0xFFFFFFFF, number, len(body)) + body


def unpack_head(flags: int, number: int) -> Head:
    """The head in the flags and the number of a ``WHOLE``, ``HEAD`` or ``END`` frame."""
    media_type = TYPES[flags & _TYPE]
    kind = "boolean" if flags & _BOOLEAN else "bindings" if media_type in SELECT_TYPES.values() else "graph"
    return Head(kind, media_type, bool(flags & _GZIP), bool(flags & _TRUNCATED), number)


class Frame(NamedTuple):
    """A frame from a worker."""

    tag: bytes
    flags: int
    turn: int
    number: int
    body: bytes


class Frames:
    """Takes what a socket gives and yields the whole frames of a worker."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that are whole now that ``data`` has come."""
        buffer = self._buffer
        buffer += data
        start = 0
        while len(buffer) - start >= ANSWER.size:
            tag, flags, turn, number, length = ANSWER.unpack_from(buffer, start)
            end = start + ANSWER.size + length
            if len(buffer) < end:
                break
            yield Frame(tag, flags, turn, number, bytes(buffer[start + ANSWER.size : end]))
            start = end
        del buffer[:start]


def pack_error(error: AtmpGraphError) -> bytes:
    """The body of the ``ERROR`` frame of a named error."""
    said: dict[str, object] = {"name": type(error).__name__, "message": error.message, "hint": error.hint}
    if isinstance(error, QuerySyntaxError):
        said |= {"line": error.line, "column": error.column}
    return json.dumps(said).encode()


def unpack_error(body: bytes) -> AtmpGraphError:
    """The named error in an ``ERROR`` frame's body."""
    said = json.loads(body)
    named: type[AtmpGraphError] = getattr(errors, said.pop("name"), EngineError)
    return named(said.pop("message"), **said)
