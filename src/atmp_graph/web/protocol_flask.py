"""``/sparql`` as a Flask blueprint: for the application on its own, behind any WSGI server or in a test.
test.

The project's own server answers ``/sparql`` before Flask sees it (``front``); both speak the same protocol,
and this one costs a thread for each request.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, request

from atmp_graph.errors import AtmpGraphError, EngineError
from atmp_graph.store.protocol import Answer
from atmp_graph.web.guard import MAX_BODY, Reply, refuse
from atmp_graph.web.negotiate import wish
from atmp_graph.web.protocol import PATH, Incoming, answer_headers, read
from atmp_graph.web.site import site

bp = Blueprint("sparql", __name__)


@bp.route(
    PATH,
    methods=["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"],
    provide_automatic_options=False,
)
def endpoint() -> Response:
    """Answer one request of the SPARQL protocol."""
    try:
        return _answer()
    except AtmpGraphError as error:
        said = refuse(error, html=wish(request.headers.get("Accept", "")).html)
        return _response(said)


def _answer() -> Response:
    store = site().store
    asked = read(
        Incoming(
            request.method,
            request.query_string.decode("latin-1"),
            {name.lower(): value for name, value in request.headers.items()},
            request.stream.read(MAX_BODY + 1) if request.method == "POST" else b"",
            request.host_url.rstrip("/"),
        ),
        store.generation,
    )
    if isinstance(asked, Reply):
        return _response(asked)
    answer = store.answer(asked.query)
    cut = answer.rows if answer.truncated else None
    headers = answer_headers(asked, answer.media_type, False, cut, answer.generation)
    return Response(_chunks(answer, said=answer.truncated), headers=headers)


def _chunks(answer: Answer, said: bool) -> Iterator[bytes]:
    """The bytes of an answer; if it is cut and the head has not ``said`` so, it is broken off, lest anybody
    take it for whole.
    """
    yield from answer.chunks
    if answer.truncated and not said:
        raise EngineError("The answer was cut at the server's limit")


def _response(reply: Reply) -> Response:
    return Response(reply.body, status=reply.status, headers=reply.headers)
