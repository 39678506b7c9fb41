"""What the server tells of a refusal, and what it takes in at all: sizes, statuses, and the headers of
every answer.

No framework here: the Flask application and the fast front both use it.
"""

from __future__ import annotations

import json
from html import escape
from http import HTTPStatus
from typing import NamedTuple

from atmp_graph.errors import (
    AnswerTooLargeError,
    AtmpGraphError,
    BusyError,
    DataError,
    DeadlineError,
    InputError,
    MemoryLimitError,
    NotAcceptableError,
    QuerySyntaxError,
    RefusedError,
)
from atmp_graph.vocabulary import BASE

MAX_BODY = 1_000_000
"""The largest request body (bytes)."""
MAX_TARGET = 60_000
"""The longest path with its query string (bytes); the parser of addresses ends at 65,535."""
MAX_HEADERS = 32_000
"""The largest head of a request beside its target (bytes)."""
HEAD_SECONDS = 10.0
"""So long a client may take to send the head of a request."""

Headers = list[tuple[str, str]]

OPEN: Headers = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Retry-After, Atmp-Graph-Truncated, Atmp-Graph-Release"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
]
"""The headers of every answer of ``/sparql``: any page may read it, none may be it."""


class HttpError(InputError):
    """A request that HTTP itself has a status for; ``headers`` go with it."""

    def __init__(self, status: int, message: str, *, hint: str = "", headers: Headers | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.headers = headers or []


class Reply(NamedTuple):
    """A whole answer."""

    status: int
    headers: Headers
    body: bytes = b""


_STATUS: tuple[tuple[type[AtmpGraphError], int], ...] = (
    (RefusedError, 403),
    (NotAcceptableError, 406),
    (InputError, 400),
    (BusyError, 503),
    (DeadlineError, 503),
    (MemoryLimitError, 503),
    (AnswerTooLargeError, 503),
    (DataError, 500),
)


def status_of(error: AtmpGraphError) -> int:
    """The HTTP status that says the same as a named error."""
    if isinstance(error, HttpError):
        return error.status
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def problem(error: AtmpGraphError) -> dict[str, object]:
    """The RFC 9457 problem of a named error."""
    status = status_of(error)
    name = type(error).__name__.removesuffix("Error")
    said: dict[str, object] = {
        "type": "about:blank" if isinstance(error, HttpError) else f"{BASE}problem/{name}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": error.message,
    }
    if error.hint:
        said["hint"] = error.hint
    if isinstance(error, QuerySyntaxError) and error.line:
        said |= {"line": error.line, "column": error.column}
    return said


def refuse(error: AtmpGraphError, html: bool = False) -> Reply:
    """The answer to a request that failed: a problem document, or a plain page for a reader of pages."""
    said = problem(error)
    headers = [*OPEN, ("Vary", "Accept"), ("Cache-Control", "no-store")]
    if isinstance(error, BusyError):
        headers.append(("Retry-After", str(error.retry_after)))
    elif isinstance(error, HttpError):
        headers += error.headers
    if html:
        headers.append(("Content-Type", "text/html; charset=utf-8"))
        return Reply(status_of(error), headers, _page(said).encode())
    headers.append(("Content-Type", "application/problem+json"))
    return Reply(status_of(error), headers, json.dumps(said, ensure_ascii=False).encode() + b"\n")


def _page(said: dict[str, object]) -> str:
    place = f"<p>Line {said['line']}, column {said['column']}.</p>" if "line" in said else ""
    hint = f"<p>{escape(str(said['hint']))}</p>" if "hint" in said else ""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{said["title"]}</title>'
        f"<h1>{said['title']}</h1><p>{escape(str(said['detail']))}</p>{place}{hint}"
        '<p><a href="/query">Write a query</a> · <a href="/">Home</a></p></html>'
    )
