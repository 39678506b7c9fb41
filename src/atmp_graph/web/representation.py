"""Which form of an answer the caller gets: by the suffix of the path, else by the Accept header."""

from __future__ import annotations

from flask import Response, abort, request

from atmp_graph.store.protocol import GRAPH_TYPES

PAGE = "html"
TYPES = {
    PAGE: "text/html",
    "rq": "application/sparql-query",
    "json": "application/json",
    "csv": "text/csv",
    **GRAPH_TYPES,
}
"""Short name, which is also the suffix, → media type."""

TABLE = (PAGE, "json", "csv")
"""The forms of anything that shows a result."""

RDF = ("ttl", "jsonld", "nt", "rdf")
"""The forms of one of our IRIs beside its page."""


def choose(offers: tuple[str, ...], suffix: str | None = None) -> str:
    """The short name of the form to answer in; 406 if the caller can read none of them.

    No Accept header, or one that leaves it open, gives the first offer.
    """
    if suffix:
        return suffix
    accept = request.accept_mimetypes
    if not request.headers.get("Accept") or accept.best == "*/*":
        return offers[0]
    names = {TYPES[name]: name for name in offers}
    best = accept.best_match(names)
    if best is None:
        abort(406, response=None)
    return names[best]


def plain(text: str | bytes, form: str) -> Response:
    """An answer in one of the data forms; anyone's page may read it."""
    media = TYPES[form]
    if media.startswith("text/"):
        media += "; charset=utf-8"
    response = Response(text, content_type=media)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
