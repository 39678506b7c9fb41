"""The SPARQL 1.1 Protocol without a framework: a request becomes a query to run or an answer, a result
becomes headers.

The adapters (``front`` for speed, ``endpoint`` for Flask) only move bytes between this and their server. No
query text is parsed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote_plus

from werkzeug.http import parse_etags, parse_options_header

from atmp_graph.errors import NotAcceptableError, RefusedError
from atmp_graph.store.protocol import Iri, Query
from atmp_graph.web.guard import MAX_BODY, OPEN, Headers, HttpError, Reply
from atmp_graph.web.negotiate import FORMATS, Wish, wants_gzip, wish, wish_format

PATH = "/sparql"
FORM, DIRECT, UPDATE = (
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "application/sparql-update",
)
METHODS = "GET, HEAD, POST, OPTIONS"

_CHANGING = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID)\s*\(", re.IGNORECASE)

DESCRIPTION = """
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
PREFIX formats: <http://www.w3.org/ns/formats/>
CONSTRUCT {
  ?endpoint a sd:Service ; sd:endpoint ?endpoint ; sd:supportedLanguage sd:SPARQL11Query ;
    sd:resultFormat formats:SPARQL_Results_JSON, formats:SPARQL_Results_XML, formats:SPARQL_Results_CSV,
      formats:SPARQL_Results_TSV, formats:Turtle, formats:N-Triples, formats:JSON-LD, formats:RDF_XML,
      formats:N-Quads, formats:TriG ;
    sd:defaultDataset ?dataset .
  ?dataset a sd:Dataset, void:Dataset ; sd:defaultGraph ?default ; void:triples ?all ; sd:namedGraph ?named ;
    void:sparqlEndpoint ?endpoint .
  ?default a sd:Graph, void:Dataset ; void:triples ?all .
  ?named a sd:NamedGraph ; sd:name ?name ; sd:graph ?graph .
  ?graph a sd:Graph, void:Dataset ; void:triples ?count .
} WHERE {
  BIND(IRI(CONCAT(STR(?endpoint), "#dataset")) AS ?dataset)
  BIND(IRI(CONCAT(STR(?endpoint), "#default")) AS ?default)
  { SELECT (COUNT(*) AS ?all) { ?s ?p ?o } }
  OPTIONAL {
    { SELECT ?name (COUNT(*) AS ?count) { GRAPH ?name { ?s ?p ?o } } GROUP BY ?name }
    BIND(IRI(CONCAT(STR(?endpoint), "#named-", ENCODE_FOR_URI(STR(?name)))) AS ?named)
    BIND(IRI(CONCAT(STR(?endpoint), "#graph-", ENCODE_FOR_URI(STR(?name)))) AS ?graph)
  }
}
"""


class Incoming(NamedTuple):
    """A request as an adapter hands it over; header names are lower case. ``base`` is scheme and host."""

    method: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes = b""
    base: str = ""


class Ask(NamedTuple):
    """A query to run, and what its answer's headers need: ``etag`` is empty for an answer that changes by
    itself."""

    query: Query
    wish: Wish
    etag: str
    gzip: bool
    only_head: bool


def read(request: Incoming, generation: str) -> Ask | Reply:
    """What a request asks: a query, or something that is answered at once. Raises what ``guard.refuse``
    renders."""
    if request.method == "OPTIONS":
        return _options()
    if request.method not in ("GET", "HEAD", "POST"):
        raise HttpError(405, f"{request.method} is not for this address", headers=[("Allow", METHODS)])
    parameters = _parameters(request)
    texts = parameters.get("query", [])
    if "update" in parameters:
        raise RefusedError(
            "This address takes no updates", hint="Ask with query=; a server that may be changed has /update."
        )
    if len(texts) > 1:
        raise HttpError(400, "There is more than one query", hint="Send the parameter query once.")
    wished = _wish(request, parameters)
    if wished.html and request.method != "POST" and parameters.keys() <= {"query"}:
        place = "/query?" + request.query_string if texts else "/query"
        return Reply(303, [*OPEN, ("Location", place), ("Vary", "Accept")])
    if not texts:
        if request.method == "POST":
            raise HttpError(400, "There is no query", hint="Send it as query=… in a form, or as the body.")
        texts = [DESCRIPTION]
    query = Query(
        texts[0],
        wished.types,
        tuple(parameters.get("default-graph-uri", ())),
        tuple(parameters.get("named-graph-uri", ())),
        None if "query" in parameters else {"endpoint": Iri(request.base + PATH)},
    )
    return _with_etag(request, query, wished, generation)


def _with_etag(request: Incoming, query: Query, wished: Wish, generation: str) -> Ask | Reply:
    """The query to run, unless the caller has its answer already."""
    etag = ""
    if request.method != "POST" and not _CHANGING.search(query.text):
        said = "\0".join(
            (query.text, *wished.shown.values(), "", *query.default_graphs, "", *query.named_graphs)
        )
        etag = f'W/"{generation}-{blake2b(said.encode(), digest_size=12).hexdigest()}"'
        known = request.headers.get("if-none-match")
        if known and parse_etags(known).contains_raw(etag):
            return Reply(304, [*OPEN, ("ETag", etag), ("Vary", _VARY), ("Cache-Control", _REVALIDATE)])
    gzip = wants_gzip(request.headers.get("accept-encoding", ""))
    return Ask(query, wished, etag, gzip, request.method == "HEAD")


def _options() -> Reply:
    allowed = [
        ("Allow", METHODS),
        ("Access-Control-Allow-Methods", METHODS),
        ("Access-Control-Allow-Headers", "Accept, Content-Type, If-None-Match"),
        ("Access-Control-Max-Age", "86400"),
    ]
    return Reply(204, [*OPEN, *allowed])


def _parameters(request: Incoming) -> dict[str, list[str]]:
    """The parameters of the address and of the body, each with its values in order."""
    found: dict[str, list[str]] = {}
    sources = [request.query_string]
    if request.method == "POST":
        if len(request.body) > MAX_BODY:
            raise HttpError(
                413, f"The request is larger than {MAX_BODY:,} bytes", hint="Send a shorter query."
            )
        kind = parse_options_header(request.headers.get("content-type", ""))[0].lower()
        if request.headers.get("content-encoding", "identity") != "identity":
            raise HttpError(415, "Compressed requests are not read", hint="Send the query as it is.")
        if kind == UPDATE:
            raise RefusedError(
                "This address takes no updates", hint="A server that may be changed has /update."
            )
        if kind not in (FORM, DIRECT):
            raise HttpError(
                415, f"A query cannot be sent as {kind or 'nothing'}", hint=f"Use {FORM} or {DIRECT}."
            )
        try:
            body = request.body.decode()
        except UnicodeDecodeError:
            raise HttpError(400, "The request is not UTF-8", hint="Send it in UTF-8.") from None
        if kind == DIRECT:
            found["query"] = [body]
        else:
            sources.append(body)
    return parse_parameters(sources, found)


def parse_parameters(
    sources: Iterable[str], found: dict[str, list[str]] | None = None
) -> dict[str, list[str]]:
    """The parameters of query strings and forms, each with its values in order, after those ``found``."""
    found = {} if found is None else found
    for source in sources:
        for name, value in _parse(source):
            found.setdefault(name, []).append(value)
    return found


def _parse(source: str) -> list[tuple[str, str]]:
    try:
        if source.startswith("query=") and "&" not in source:  # most requests, in half the time
            return [("query", unquote_plus(source[6:], errors="strict"))]
        return parse_qsl(source, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError:
        raise HttpError(
            400, "The parameters cannot be read", hint="Encode them as UTF-8, percent-encoded."
        ) from None


def _wish(request: Incoming, parameters: Mapping[str, list[str]]) -> Wish:
    name = parameters.get("format", [""])[-1]
    wished = wish_format(name) if name else wish(request.headers.get("accept", ""))
    if not wished.types and not wished.html:
        raise NotAcceptableError(
            "None of the types that you accept is offered", hint=f"Accept {', '.join(_OFFERED)}."
        )
    return wished if wished.types else wish("")


_OFFERED = tuple(FORMATS.values())
_VARY = "Accept, Accept-Encoding"
_REVALIDATE = "public, max-age=0, must-revalidate"
_FIXED = [*OPEN, ("Vary", _VARY)]


def answer_headers(ask: Ask, media_type: str, gzip: bool, rows_cut: int | None, generation: str) -> Headers:
    """The headers of a query's answer; ``rows_cut`` is the number of rows of one that was cut, else
    ``None``."""
    headers = [
        *_FIXED,
        ("Content-Type", ask.wish.shown.get(media_type, media_type)),
        ("Atmp-Graph-Release", generation),
    ]
    if gzip:
        headers.append(("Content-Encoding", "gzip"))
    if rows_cut is not None:
        headers.append(("Atmp-Graph-Truncated", f"rows={rows_cut}"))
    if ask.etag and rows_cut is None:
        headers += (("ETag", ask.etag), ("Cache-Control", _REVALIDATE))
    else:
        headers.append(("Cache-Control", "no-store"))
    return headers
