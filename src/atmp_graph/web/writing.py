"""SPARQL 1.1 Update by HTTP and the SPARQL 1.1 Graph Store Protocol without a framework: a request becomes
a change or a query, a receipt becomes an answer.

A graph is named in the address: ``/store?graph=IRI``, ``/store?default``, or by the address itself,
``/store/…``. ``/store`` alone is the whole dataset, for N-Quads and TriG, or, for POST of triples, a
new graph.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urljoin

from werkzeug.http import parse_etags, parse_options_header

from atmp_graph.errors import NotAcceptableError, RefusedError, StaleError
from atmp_graph.store.changes import ADD, DEFAULT, DELETE, REPLACE, UPDATE, Change, Receipt
from atmp_graph.store.protocol import GRAPH_TYPES, Iri, Query
from atmp_graph.web.guard import OPEN, Headers, HttpError, Reply
from atmp_graph.web.negotiate import Wish, wish, wish_format
from atmp_graph.web.protocol import FORM, Ask, Incoming, parse_parameters
from atmp_graph.web.protocol import UPDATE as DIRECT

UPDATE_PATH, STORE_PATH = "/update", "/store"
STORE_METHODS = "GET, HEAD, PUT, POST, DELETE, OPTIONS"
LARGEST = 20_000_000
"""The largest body of a change (bytes)."""

_DATASETS = {GRAPH_TYPES["nq"], GRAPH_TYPES["trig"]}
_UPLOADS = {**{name: name for name in GRAPH_TYPES.values()}, "application/xml": GRAPH_TYPES["rdf"]}
_TRIPLES = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"
_DEFAULT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
THERE = "ASK { GRAPH ?g {} }"


class Write(NamedTuple):
    """A change to make: the graph must have one of ``versions`` if they are given; ``location`` is the
    address of a graph that the server named."""

    change: Change
    versions: tuple[str, ...] | None = None
    location: str = ""


class Fetch(NamedTuple):
    """A graph to show; ``graph`` must be there, unless it is ``DEFAULT``."""

    graph: str
    wish: Wish
    known: str  # If-None-Match


def takes(path: str) -> bool:
    """Whether an address is for writing and for whole graphs."""
    return path in (UPDATE_PATH, STORE_PATH) or path.startswith(STORE_PATH + "/")


def changes(method: str) -> bool:
    """Whether a request with this method wants to change something."""
    return method not in ("GET", "HEAD", "OPTIONS")


def options(path: str) -> Reply:
    """The answer to OPTIONS."""
    methods = "POST, OPTIONS" if path == UPDATE_PATH else STORE_METHODS
    allowed = [
        ("Allow", methods),
        ("Access-Control-Allow-Methods", methods),
        ("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, If-Match, If-None-Match"),
        ("Access-Control-Max-Age", "86400"),
    ]
    return Reply(204, [*OPEN, *allowed])


def not_writable() -> RefusedError:
    """Why nothing can be changed here."""
    return RefusedError(
        "This server takes no changes: what it serves is a checked release",
        hint="Start one that does: atmp-graph serve --writable DIR --token-file FILE.",
    )


def read_update(request: Incoming) -> Write:
    """The update of a request to ``/update``; raises what ``guard.refuse`` renders."""
    if request.method != "POST":
        raise HttpError(
            405, f"{request.method} is not for this address", headers=[("Allow", "POST, OPTIONS")]
        )
    kind = _content(request)
    sources = [request.query_string]
    if kind == FORM:
        sources.append(_text(request.body))
    elif kind != DIRECT:
        raise HttpError(
            415, f"An update cannot be sent as {kind or 'nothing'}", hint=f"Use {FORM} or {DIRECT}."
        )
    found = parse_parameters(sources)
    texts = found.get("update", []) if kind == FORM else [_text(request.body)]
    if kind == DIRECT and "update" in found:
        texts.append("")
    if len(texts) != 1:
        problem = "There is more than one update" if texts else "There is no update"
        raise HttpError(400, problem, hint="Send it once, as update=… in a form or as the body.")
    default, named = found.get("using-graph-uri", ()), found.get("using-named-graph-uri", ())
    return Write(Change(UPDATE, texts[0].encode(), default_graphs=tuple(default), named_graphs=tuple(named)))


def read_store(request: Incoming, path: str) -> Write | Fetch:
    """What a request to ``/store`` asks; ``path`` is as it was sent, percent-encoded."""
    graph = _graph(request, path)
    if request.method in ("GET", "HEAD"):
        return _fetch(request, graph)
    if request.method == "DELETE":
        if graph is None:
            raise HttpError(400, "Name the graph to delete", hint="Use ?graph=IRI, or ?default.")
        return Write(Change(DELETE, graph=graph, existing=True), _versions(request, "if-match"))
    if request.method not in ("PUT", "POST"):
        raise HttpError(405, f"{request.method} is not for this address", headers=[("Allow", STORE_METHODS)])
    kind = _content(request)
    if kind not in _UPLOADS:
        raise HttpError(
            415, f"A graph cannot be sent as {kind or 'nothing'}", hint=f"Use {', '.join(_UPLOADS)}."
        )
    location = ""
    if graph is None and kind not in _DATASETS:
        if request.method == "PUT":
            raise HttpError(400, "Name the graph to replace", hint="Use ?graph=IRI, or ?default.")
        graph = location = f"{request.base}{STORE_PATH}/{secrets.token_hex(8)}"
    action = REPLACE if request.method == "PUT" else ADD
    existing = _existing(request)
    change = Change(action, request.body, graph, _UPLOADS[kind], existing=existing)
    return Write(change, _versions(request, "if-match"), location)


def fetch_query(fetch: Fetch) -> Query:
    """The query that gives a graph."""
    if fetch.graph == DEFAULT:
        return Query(_DEFAULT, fetch.wish.types)
    return Query(_TRIPLES, fetch.wish.types, bindings={"g": Iri(fetch.graph)})


def fetched(fetch: Fetch, version: str, only_head: bool) -> Ask | Reply:
    """The query for a graph that is there, unless the caller has it already."""
    query = fetch_query(fetch)
    tag = f'"{version}.{next(n for n, t in GRAPH_TYPES.items() if t == fetch.wish.types[0])}"'
    if fetch.known and parse_etags(fetch.known).contains_raw(tag):
        return Reply(304, [*OPEN, ("ETag", tag), ("Vary", "Accept")])
    return Ask(query, fetch.wish, tag, False, only_head)


def done(write: Write, receipt: Receipt) -> Reply:
    """The answer to a change that was made."""
    headers: Headers = [*OPEN, ("Cache-Control", "no-store"), ("Atmp-Graph-Release", receipt.generation)]
    change = write.change
    if write.location:
        headers.append(("Location", write.location))
    created = change.graph is not None and change.action in (ADD, REPLACE) and not receipt.existed
    return Reply(201 if created else 204, headers)


def failure(write: Write, error: StaleError) -> HttpError:
    """What a change on a graph that is not as demanded comes to."""
    if write.change.action == DELETE and write.versions is None:
        return HttpError(404, "There is no such graph", hint="GET /sparql lists the graphs.")
    return HttpError(412, error.message, hint=error.hint or "Get the graph again, and change that.")


def _fetch(request: Incoming, graph: str | None) -> Fetch:
    if graph is None:
        raise HttpError(400, "Name the graph", hint="Use ?graph=IRI, ?default, or /store/….")
    wished = _wish(request)
    return Fetch(graph, wished, request.headers.get("if-none-match", ""))


def _wish(request: Incoming) -> Wish:
    name = parse_parameters([request.query_string]).get("format", [""])[-1]
    wished = wish_format(name) if name else wish(request.headers.get("accept", ""))
    types = tuple(t for t in wished.types if t in GRAPH_TYPES.values())
    if not types and not wished.html:
        raise NotAcceptableError(
            "None of the types that you accept is offered", hint=f"Accept {', '.join(GRAPH_TYPES.values())}."
        )
    return wished._replace(types=types) if types else wish(GRAPH_TYPES["ttl"])


def _graph(request: Incoming, path: str) -> str | None:
    """The graph that the address names; ``None`` for the whole dataset."""
    if path != STORE_PATH and path != STORE_PATH + "/":
        return request.base + path
    found = parse_parameters([request.query_string])
    names = found.get("graph", [])
    if len(names) + ("default" in found) > 1:
        raise HttpError(400, "The address names more than one graph", hint="Use ?graph=IRI or ?default.")
    if "default" in found:
        return DEFAULT
    if not names:
        return None
    if not names[0]:
        raise HttpError(400, "The graph has no name", hint="Use ?graph=IRI or ?default.")
    return urljoin(request.base + path, names[0])


def _content(request: Incoming) -> str:
    """The media type of the body; raises ``HttpError`` for one that is not read."""
    if len(request.body) > LARGEST:
        raise HttpError(413, f"The request is larger than {LARGEST:,} bytes", hint="Send it in parts.")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise HttpError(415, "Compressed requests are not read", hint="Send the data as they are.")
    kind, parameters = parse_options_header(request.headers.get("content-type", ""))
    if parameters.get("charset", "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
        raise HttpError(415, "Only UTF-8 is read", hint="Send it in UTF-8.")
    return kind.lower()


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise HttpError(400, "The request is not UTF-8", hint="Send it in UTF-8.") from None


def _versions(request: Incoming, name: str) -> tuple[str, ...] | None:
    """The versions in If-Match; ``None`` if any will do."""
    said = request.headers.get(name)
    if said is None or said.strip() == "*":
        return None
    return tuple(tag.rpartition(".")[0] for tag in parse_etags(said).as_set())


def _existing(request: Incoming) -> bool | None:
    headers: Mapping[str, str] = request.headers
    if headers.get("if-match", "").strip() == "*":
        return True
    return False if headers.get("if-none-match", "").strip() == "*" else None
