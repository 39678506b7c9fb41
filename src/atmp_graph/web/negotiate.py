"""Reads Accept and Accept-Encoding for ``/sparql``: which form of a result, and which of a graph, the
caller likes best.

The query's form is not known here (no query text is read in the front), so both are chosen and the worker
takes the one that fits. werkzeug parses; the same few headers come over and over, so what they mean is
remembered.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from atmp_graph.store.protocol import GRAPH_TYPES, SELECT_TYPES

RESULTS = {
    **{media_type: media_type for media_type in SELECT_TYPES.values()},
    "application/json": SELECT_TYPES["json"],
    "application/xml": SELECT_TYPES["xml"],
    "text/xml": SELECT_TYPES["xml"],
}
"""What a caller may ask for → the type of the answer, for SELECT and ASK; in the server's own order."""

GRAPHS = {
    **{media_type: media_type for media_type in GRAPH_TYPES.values()},
    "application/json": GRAPH_TYPES["jsonld"],
    "application/xml": GRAPH_TYPES["rdf"],
    "text/xml": GRAPH_TYPES["rdf"],
    "text/plain": GRAPH_TYPES["nt"],
}
"""The same for CONSTRUCT and DESCRIBE."""

FORMATS = {**SELECT_TYPES, **GRAPH_TYPES}
"""The values of ``format=``, for links that cannot set a header."""

HTML = "text/html"


class Wish(NamedTuple):
    """What the caller can read: ``types`` for the engine, ``shown`` the Content-Type that each is sent under.

    ``html`` is true for one who would rather have a page.
    """

    types: tuple[str, ...]
    shown: dict[str, str]
    html: bool = False


@lru_cache(maxsize=512)
def wish(accept: str) -> Wish:
    """The wish in an Accept header; no ``types`` means that the caller can read none of ours."""
    accept = accept.replace("q=.", "q=0.") or "*/*"  # Java's own client writes q=.2
    ranges = MIMEAccept([(value.partition(";")[0].strip(), q) for value, q in parse_accept_header(accept)])
    offers = ((ranges.best_match(list(RESULTS)), RESULTS), (ranges.best_match(list(GRAPHS)), GRAPHS))
    chosen = {types[asked]: _with_charset(asked) for asked, types in offers if asked}
    # Browsers name XHTML too; Java's own client asks for text/html and wants data.
    html = "application/xhtml+xml" in accept and ranges.best_match([*RESULTS, *GRAPHS, HTML]) == HTML
    return Wish(tuple(chosen), chosen, html)


@lru_cache(maxsize=64)
def wish_format(name: str) -> Wish:
    """The wish of ``format=name``; of an unknown name, none."""
    media_type = FORMATS.get(name)
    return Wish((media_type,), {media_type: _with_charset(media_type)}) if media_type else Wish((), {})


def _with_charset(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


@lru_cache(maxsize=64)
def wants_gzip(accept_encoding: str) -> bool:
    """Whether the caller takes gzip, and would not rather have the answer as it is."""
    return parse_accept_header(accept_encoding).quality("gzip") > 0
