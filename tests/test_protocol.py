"""The SPARQL protocol, rule by rule, without a server: what a request asks, what a wrong one is told."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest

from atmp_graph.errors import (
    AnswerTooLargeError,
    AtmpGraphError,
    BusyError,
    DeadlineError,
    EngineError,
    InputError,
    MemoryLimitError,
    NotAcceptableError,
    QuerySyntaxError,
    RefusedError,
)
from atmp_graph.store.protocol import GRAPH_TYPES, SELECT_TYPES
from atmp_graph.web.guard import MAX_BODY, HttpError, Reply, refuse, status_of
from atmp_graph.web.negotiate import wants_gzip, wish
from atmp_graph.web.protocol import Ask, Incoming, answer_headers, read

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
JSON, XML, CSV, TSV = (SELECT_TYPES[name] for name in ("json", "xml", "csv", "tsv"))
TTL, NT, LD, RDF = (GRAPH_TYPES[name] for name in ("ttl", "nt", "jsonld", "rdf"))
FORM = "application/x-www-form-urlencoded"


def ask(query_string: str = "query=ASK%7B%7D", method: str = "GET", body: bytes = b"", **headers: str) -> Ask:
    """The query that a request asks."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    found = read(Incoming(method, query_string, named, body, "http://localhost"), "gen1")
    assert isinstance(found, Ask)
    return found


def status(
    query_string: str = "query=ASK%7B%7D", method: str = "GET", body: bytes = b"", **headers: str
) -> int:
    """The status of a request that is answered at once."""
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        found = read(Incoming(method, query_string, named, body, "http://localhost"), "gen1")
    except AtmpGraphError as error:
        return status_of(error)
    assert isinstance(found, Reply)
    return found.status


ACCEPT = {
    "": (JSON, TTL),
    "*/*": (JSON, TTL),
    "application/*": (JSON, NT),
    "text/*": (CSV, TTL),
    JSON: (JSON,),
    "application/json": (JSON, LD),
    "application/xml": (XML, RDF),
    "text/csv": (CSV,),
    "text/csv; header=present": (CSV,),
    "TEXT/CSV": (CSV,),
    f"{CSV};q=0.5, {XML}": (XML,),
    f"{JSON};q=0, */*": (XML, TTL),
    f"{JSON};q=0.1, {TSV};q=0.2, {TTL};q=0.3, {RDF};q=0.4": (TSV, RDF),
    f"{NT};charset=utf-8, {CSV};q=0.9": (CSV, NT),
    "text/plain": (NT,),
    "application/n-quads": ("application/n-quads",),
    "image/png": (),
    "image/png, */*;q=0.1": (JSON, TTL),
    BROWSER: (XML, RDF),
    JAVA: (JSON, TTL),
    "nonsense": (),
    f"{CSV};q=abc, {JSON}": (JSON,),
}


@pytest.mark.parametrize("accept", ACCEPT)
def test_accept(accept: str) -> None:
    """Quality, wildcards, parameters and order decide, for results and for graphs each."""
    assert len(ACCEPT) == 22
    assert wish(accept).types == ACCEPT[accept]


@pytest.mark.parametrize(
    ("accept", "html"), [(BROWSER, True), (JAVA, False), ("*/*", False), ("text/html", False)]
)
def test_only_a_browser_is_given_pages(accept: str, html: bool) -> None:
    """A browser is told by naming XHTML; Java's client names text/html and wants data."""
    assert wish(accept).html is html


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("", False),
        ("identity", False),
    ],
)
def test_gzip_is_used_only_when_taken(header: str, wanted: bool) -> None:
    """Accept-Encoding has qualities too."""
    assert wants_gzip(header) is wanted


def test_the_answer_is_named_as_it_was_asked_for() -> None:
    """Who asks for application/json gets that name on it; text types carry their charset."""
    assert ask(accept="application/json").wish.shown[JSON] == "application/json"
    assert ask(accept="text/csv").wish.shown[CSV] == "text/csv; charset=utf-8"


def test_three_ways_to_send_a_query() -> None:
    """GET, a form and the text itself give the same query."""
    text = 'SELECT ("å+&=% 🧬" AS ?x) {}'
    sent = [
        ask(urlencode({"query": text})),
        ask("query=" + quote(text)),
        ask("", "POST", urlencode({"query": text}).encode(), content_type=f"{FORM}; charset=UTF-8"),
        ask("", "POST", text.encode(), content_type="application/sparql-query; charset=utf-8"),
        ask("", "POST", text.encode(), content_type="Application/SPARQL-Query"),
        ask(urlencode({"query": text}), "HEAD"),
    ]
    assert [one.query.text for one in sent] == [text] * 6
    assert [one.only_head for one in sent] == [False] * 5 + [True]


def test_the_dataset_of_a_request() -> None:
    """Both kinds of graph may be repeated, and may stand in the address beside a posted query."""
    dataset = "default-graph-uri=a:1&default-graph-uri=a:2&named-graph-uri=a:3"
    for found in (
        ask("query=ASK%7B%7D&" + dataset),
        ask(dataset, "POST", b"ASK {}", content_type="application/sparql-query"),
        ask("", "POST", f"query=ASK&{dataset}".encode(), content_type=FORM),
    ):
        assert found.query.default_graphs == ("a:1", "a:2")
        assert found.query.named_graphs == ("a:3",)


WRONG = {
    "no such method": (405, {"method": "PUT"}),
    "delete": (405, {"method": "DELETE"}),
    "two queries": (400, {"query_string": "query=ASK%7B%7D&query=ASK%7B%7D"}),
    "post without a query": (400, {"query_string": "", "method": "POST", "content_type": FORM}),
    "not utf-8 in the address": (400, {"query_string": "query=%FF%FE"}),
    "not utf-8 in the body": (
        400,
        {"query_string": "", "method": "POST", "body": b"\xff", "content_type": FORM},
    ),
    "update in the address": (403, {"query_string": "update=CLEAR+ALL"}),
    "update in a form": (
        403,
        {"query_string": "", "method": "POST", "body": b"update=x", "content_type": FORM},
    ),
    "update as the body": (403, {"method": "POST", "content_type": "application/sparql-update"}),
    "no content type": (415, {"method": "POST"}),
    "another content type": (415, {"method": "POST", "content_type": "text/plain"}),
    "multipart": (415, {"method": "POST", "content_type": "multipart/form-data; boundary=x"}),
    "compressed": (415, {"method": "POST", "content_type": FORM, "content_encoding": "gzip"}),
    "too large": (413, {"method": "POST", "body": b"x" * (MAX_BODY + 1), "content_type": FORM}),
    "not acceptable": (406, {"accept": "image/png"}),
    "no such format": (406, {"query_string": "query=ASK%7B%7D&format=png"}),
    "too many parameters": (400, {"query_string": "a=1&" * 2000}),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_has_its_status(name: str) -> None:
    """Each kind of bad request has the status that HTTP gives it."""
    assert len(WRONG) == 17
    expected, request = WRONG[name]
    assert status(**request) == expected  # type: ignore[arg-type]


def test_options_say_what_is_allowed() -> None:
    """OPTIONS serves curious callers and CORS preflights, from any origin and without credentials."""
    found = read(Incoming("OPTIONS", "", {}), "gen1")
    assert isinstance(found, Reply)
    headers = dict(found.headers)
    assert found.status == 204
    assert headers["Allow"] == headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST, OPTIONS"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers


def test_the_tag_of_an_answer_is_its_release_query_and_type() -> None:
    """Whatever changes the answer changes its tag; who has it already is told so."""
    asked = ask(accept=JSON)
    assert asked.etag
    others = [
        ask(accept=CSV),
        ask("query=ASK%7B%20%7D", accept=JSON),
        ask("query=ASK%7B%7D&default-graph-uri=a:b", accept=JSON),
        ask("query=ASK%7B%7D&named-graph-uri=a:b", accept=JSON),
    ]
    assert len({asked.etag, *(other.etag for other in others)}) == 5
    for known in (asked.etag, f'"x", {asked.etag}'):
        found = read(Incoming("GET", "query=ASK%7B%7D", {"accept": JSON, "if-none-match": known}), "gen1")
        assert isinstance(found, Reply)
        assert found.status == 304
    newer = read(Incoming("GET", "query=ASK%7B%7D", {"accept": JSON, "if-none-match": asked.etag}), "gen2")
    assert isinstance(newer, Ask)


@pytest.mark.parametrize("function", ["NOW()", "rand()", "UUID ()", "STRUUID()"])
def test_an_answer_that_changes_by_itself_has_no_tag(function: str) -> None:
    """The clock and chance are not in the release."""
    asked = ask(urlencode({"query": f"SELECT ({function} AS ?x) {{}}"}))
    assert asked.etag == ""
    assert ("Cache-Control", "no-store") in answer_headers(asked, JSON, False, None, "gen1")


def test_the_headers_of_an_answer() -> None:
    """Type, encoding, release and a cut are told; anyone's page may read it."""
    asked = ask(accept=f"{CSV}, */*;q=0.1")
    headers = dict(answer_headers(asked, CSV, True, None, "gen1"))
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Vary"] == "Accept, Accept-Encoding"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["ETag"] == asked.etag
    assert headers["Atmp-Graph-Release"] == "gen1"
    cut = dict(answer_headers(asked, CSV, False, 1000, "gen1"))
    assert cut["Atmp-Graph-Truncated"] == "rows=1000"
    assert "ETag" not in cut


def test_a_browser_is_sent_to_the_page() -> None:
    """A person who opens a query sees a table, one who opens the endpoint a form; a program sees neither."""
    for query_string, place in (("query=ASK%7B%7D", "/query?query=ASK%7B%7D"), ("", "/query")):
        found = read(Incoming("GET", query_string, {"accept": BROWSER}), "gen1")
        assert isinstance(found, Reply)
        assert found.status == 303
        assert dict(found.headers)["Location"] == place
    assert ask("query=ASK%7B%7D&format=csv", accept=BROWSER).query.accept == (CSV,)
    assert ask("query=ASK%7B%7D&default-graph-uri=a:b", accept=BROWSER).query.default_graphs


def test_without_a_query_the_service_describes_itself() -> None:
    """The description is a query of our own, in any RDF type."""
    asked = ask("", accept=TTL)
    assert "sd:Service" in asked.query.text
    assert asked.query.bindings
    assert str(asked.query.bindings["endpoint"]) == "http://localhost/sparql"


ERRORS: dict[type[AtmpGraphError], int] = {
    QuerySyntaxError: 400,
    InputError: 400,
    RefusedError: 403,
    NotAcceptableError: 406,
    BusyError: 503,
    DeadlineError: 503,
    MemoryLimitError: 503,
    AnswerTooLargeError: 503,
    EngineError: 500,
}


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_is_a_problem_document(kind: type[AtmpGraphError]) -> None:
    """Programs get RFC 9457 with the way out; people get a page that cannot run a script."""
    error = kind("It <failed>", hint="Do & see")
    said = refuse(error)
    assert said.status == ERRORS[kind]
    assert ("Content-Type", "application/problem+json") in said.headers
    problem = json.loads(said.body)
    assert (problem["status"], problem["detail"], problem["hint"]) == (
        ERRORS[kind],
        "It <failed>",
        "Do & see",
    )
    page = refuse(error, html=True)
    assert b"It &lt;failed&gt;" in page.body
    assert b"<failed>" not in page.body


def test_a_syntax_error_tells_its_place() -> None:
    """Line and column are members of the problem."""
    problem = json.loads(refuse(QuerySyntaxError("No", line=3, column=7)).body)
    assert (problem["line"], problem["column"]) == (3, 7)


def test_a_busy_server_says_when_to_come_back() -> None:
    """Retry-After goes with 503 when trying again makes sense, and with no other."""
    assert ("Retry-After", "4") in refuse(BusyError("Busy", retry_after=4)).headers
    assert "Retry-After" not in dict(refuse(DeadlineError("Late")).headers)
    assert ("Allow", "GET") in refuse(HttpError(405, "No", headers=[("Allow", "GET")])).headers
