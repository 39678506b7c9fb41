"""The same protocol through Flask: for those who run the application behind a server of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from atmp_graph.settings import Settings
from atmp_graph.store.embedded import EmbeddedStore
from atmp_graph.store.limits import Limits
from atmp_graph.web.protocol_flask import bp
from atmp_graph.web.site import Site
from served import EX, LABEL, make_release, quads

ALL = "SELECT * { ?s ?p ?o }"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = make_release(tmp_path_factory.mktemp("flask"), quads(200))
    store = EmbeddedStore(folder, Limits(fast=1, rows=2500))
    app = Flask("test")
    app.extensions["atmp_graph"] = Site(store, Settings(home=folder, cache=folder), folder)
    app.register_blueprint(bp)
    yield app.test_client()
    store.close()


def test_the_three_ways(client: FlaskClient) -> None:
    """GET, a form and the text as body give the same answer, with the same headers as the fast front."""
    text = f"SELECT ?l {{ <{EX}thing/1> <{LABEL}> ?l }}"
    got = client.get("/sparql", query_string={"query": text})
    form = client.post("/sparql", data={"query": text})
    direct = client.post("/sparql", data=text, content_type="application/sparql-query; charset=utf-8")
    assert got.data == form.data == direct.data
    assert "Sak 1 å ä ö 🧬" in got.get_data(as_text=True)
    assert got.headers["Content-Type"] == "application/sparql-results+json"
    assert got.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(
        "/sparql", query_string={"query": text}, headers={"If-None-Match": got.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("method", "status"), [("OPTIONS", 204), ("PUT", 405), ("DELETE", 405), ("PATCH", 405), ("HEAD", 200)]
)
def test_methods(client: FlaskClient, method: str, status: int) -> None:
    """Each method has its status, and none is answered by the framework."""
    answer = client.open("/sparql", method=method, query_string={"query": "ASK {}"})
    assert answer.status_code == status
    assert "POST" in answer.headers.get("Allow", "POST")


def test_what_is_wrong(client: FlaskClient) -> None:
    """Errors are problem documents, here too."""
    for query, status in (("SELECT", 400), ("CLEAR ALL", 403), ("SELECT * { SERVICE <a:b> {} }", 403)):
        answer = client.get("/sparql", query_string={"query": query})
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json["hint"]
    assert (
        client.post("/sparql", data=b"x" * 1_000_001, content_type="application/sparql-query").status_code
        == 413
    )


def test_a_cut_answer_says_so(client: FlaskClient) -> None:
    """A short cut answer tells in its head how many rows came."""
    answer = client.get("/sparql", query_string={"query": "SELECT ?s { ?s ?p ?o . ?a ?b ?c }"})
    assert answer.headers["Atmp-Graph-Truncated"] == "rows=2500"
    assert len(answer.json["results"]["bindings"]) == answer.json["truncated"]["rows"] == 2500
