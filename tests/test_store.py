"""Every engine of the store gives the same answers, and says the same of what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from atmp_graph.errors import (
    AtmpGraphError,
    InputError,
    NotAcceptableError,
    QuerySyntaxError,
    RefusedError,
)
from atmp_graph.store.direct import DirectStore
from atmp_graph.store.embedded import EmbeddedStore
from atmp_graph.store.generations import open_release
from atmp_graph.store.limits import Limits
from atmp_graph.store.protocol import GRAPH_TYPES, SELECT_TYPES, Blank, Iri, Literal, Query, Store
from served import EX, LABEL, make_release, quads

XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_release(tmp_path_factory.mktemp("release"), quads())


@pytest.fixture(scope="module", params=["memory", "release", "embedded"])
def store(request: pytest.FixtureRequest, release: Path) -> Iterator[Store]:
    """The same data on every engine."""
    engine: Store
    if request.param == "memory":
        engine = DirectStore.of(quads(), "0123456789ab")
    elif request.param == "release":
        engine = DirectStore.open(release)
    else:
        engine = EmbeddedStore(release, Limits(fast=1))
    yield engine
    engine.close()


def body(store: Store, query: Query) -> bytes:
    return b"".join(store.answer(query).chunks)


def test_names_its_generation(store: Store) -> None:
    """A store says which release it serves."""
    assert store.generation == "0123456789ab"
    assert store.answer(Query("ASK {}")).generation == "0123456789ab"


def test_the_default_graph_is_the_union(store: Store) -> None:
    """A plain pattern sees every graph; GRAPH gives the graph a statement stands in."""
    (row,) = store.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows
    assert row == {"n": Literal("500", datatype=XSD + "integer")}
    (row,) = store.rows(f"SELECT ?g {{ GRAPH ?g {{ <{EX}thing/42> a ?c }} }}").rows
    assert row == {"g": Iri(EX + "graph/4")}


def test_rows_keep_the_order_of_the_columns_and_leave_out_what_is_unbound(store: Store) -> None:
    """Rows are plain values: IRIs, literals with language or datatype; an unbound variable is absent."""
    found = store.rows(
        f"""SELECT ?n ?label ?none ?text {{ <{EX}thing/7> <{EX}number> ?n ; <{LABEL}> ?label
        FILTER(LANG(?label) = "sv") BIND("plain" AS ?text) }}"""
    )
    assert found.columns == ("n", "label", "none", "text")
    assert found.rows == (
        {
            "n": Literal("7", datatype=XSD + "integer"),
            "label": Literal("Sak 7 å ä ö 🧬", "sv"),
            "text": Literal("plain"),
        },
    )


def test_blank_nodes_are_rows_too(store: Store) -> None:
    """A blank node of a query comes out as one."""
    (row,) = store.rows("SELECT (BNODE() AS ?b) {}").rows
    assert isinstance(row["b"], Blank)


BINDINGS = {
    "filter": ("SELECT ?s { ?s <%sl> ?l FILTER(LANG(?l) = ?lang) }", 1),
    "subquery": ("SELECT ?s { { SELECT ?s { ?s <%sl> ?l FILTER(LANG(?l) = ?lang) } } }", 1),
    "column": ("SELECT ?s ?lang { { SELECT ?s ?lang { ?s <%sl> ?l FILTER(LANG(?l) = ?lang) } } }", 1),
    "union": (
        "SELECT * { { ?s <%sl> ?l FILTER(LANG(?l) = $lang) } UNION { ?s <%sl> ?l FILTER(?lang = 'x') } }",
        1,
    ),
    "optional": ("SELECT * { ?s a <%sT> OPTIONAL { ?s <%sl> ?l FILTER(LANG(?l) = ?lang) } }", 1),
    "group": ("SELECT ?lang (COUNT(*) AS ?n) { ?s <%sl> ?l FILTER(LANG(?l) = ?lang) } GROUP BY ?lang", 1),
    "order": ("SELECT ?s { ?s <%sl> ?l FILTER(LANG(?l) = ?lang) } ORDER BY ?lang DESC(?lang) ?s", 1),
    "bound": ("SELECT ?s { ?s <%sl> ?l FILTER(BOUND(?lang) && LANG(?l) = ?lang) }", 1),
    "string": ("SELECT ?s { ?s a <%sT> FILTER(\"?lang\" = '''?''' || STRLEN('?lang') = 5) } # ?lang", 1),
    "name": ("PREFIX group: <%s> SELECT ?s { ?s group:l ?l FILTER(LANG(?l) = ?lang) }", 1),
}


@pytest.mark.parametrize("name", BINDINGS)
def test_a_binding_reaches_everywhere(name: str) -> None:
    """A bound variable stands for its term in every place of a query, and nowhere else."""
    assert len(BINDINGS) == 10
    text, count = BINDINGS[name]
    facts = f'<{EX}a> <{EX}l> "one"@en, "ett"@sv ; a <{EX}T> .'
    import pyoxigraph as ox

    store = DirectStore.of(ox.parse(facts, ox.RdfFormat.TURTLE))
    found = store.rows(text.replace("%s", EX), lang=Literal("sv"))
    assert len(found.rows) == count
    if "lang" in found.columns:
        assert found.rows[0]["lang"] == Literal("sv")


def test_bindings_work_in_every_form(store: Store) -> None:
    """ASK, CONSTRUCT and DESCRIBE take bindings as SELECT does."""
    thing = Iri(EX + "thing/3")
    assert store.ask("ASK { ?thing ?p ?o }", thing=thing)
    assert not store.ask("ASK { ?thing ?p ?o }", thing=Iri(EX + "nothing"))
    for text in ("DESCRIBE ?thing", "CONSTRUCT WHERE { ?thing ?p ?o }"):
        found = body(store, Query(text, accept=[GRAPH_TYPES["nt"]], bindings={"thing": thing}))
        assert found.count(b"\n") == 5


@pytest.mark.parametrize("value", ["x> ?p ?o } #", "http://a b", ""])
def test_a_bound_value_cannot_change_the_query(store: Store, value: str) -> None:
    """A value that is no IRI is refused; a literal stays a literal whatever it holds."""
    with pytest.raises(InputError):
        store.ask("ASK { ?thing ?p ?o }", thing=Iri(value))
    assert not store.ask("ASK { ?s ?p ?text }", text=Literal('" } INSERT \\u0022 \\'))


def test_a_query_cannot_assign_what_is_bound(store: Store) -> None:
    """A variable that is bound from outside cannot be assigned inside."""
    with pytest.raises(InputError, match="assigned by the query"):
        store.rows("SELECT ?x { BIND(1 AS ?x) }", x=Literal("1"))


def test_our_prefixes_are_known(store: Store) -> None:
    """A query may use the shared prefixes without declaring them, and may declare its own."""
    assert store.ask("ASK { ?s rdfs:label ?l }")
    assert store.ask(f"PREFIX rdfs: <{EX}> ASK {{ ?s rdfs:number ?l }}")
    assert store.ask(f"BASE <{EX}> ASK {{ <thing/1> <number> 1 }}")


def test_the_dataset_of_the_protocol_replaces_that_of_the_text(store: Store) -> None:
    """default-graph-uri makes the default graph; without named-graph-uri there is no named one."""
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    found = json.loads(body(store, Query(count, default_graphs=[EX + "graph/1", EX + "graph/2"])))
    assert found["results"]["bindings"][0]["n"]["value"] == "100"
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    for graphs, expected in (
        ({"default_graphs": [EX + "graph/1"]}, "0"),
        ({"named_graphs": [EX + "graph/1"]}, "50"),
    ):
        found = json.loads(body(store, Query(named, **graphs)))  # type: ignore[arg-type]
        assert found["results"]["bindings"][0]["n"]["value"] == expected


@pytest.mark.parametrize("media_type", [*SELECT_TYPES.values(), *GRAPH_TYPES.values()])
def test_every_type_is_written(store: Store, media_type: str) -> None:
    """Each media type that the protocol names is written, with our letters whole."""
    text = f"SELECT ?l {{ <{EX}thing/1> <{LABEL}> ?l }}"
    if media_type in GRAPH_TYPES.values():
        text = f"DESCRIBE <{EX}thing/1>"
    answer = store.answer(Query(text, accept=["image/png", media_type]))
    assert answer.media_type == media_type
    assert "Sak 1 å ä ö 🧬".encode() in b"".join(answer.chunks)


def test_a_type_that_does_not_fit_is_refused(store: Store) -> None:
    """A SELECT is not written as Turtle."""
    with pytest.raises(NotAcceptableError, match="sparql-results"):
        store.answer(Query("SELECT * {}", accept=[GRAPH_TYPES["ttl"]]))


SYNTAX = {
    "": (0, 0),
    "SELECT * {\n  ?s ?p ": (2, 9),
    "SELECT * { ?s foo:bar ?o }": (1, 15),
    'SELECT * { ?s ?p "åäö" . ?s nosuch:x ?o }': (1, 29),
    "SELECT * { ?s <not an iri> ?o }": (1, 15),
    "ASK { ?s ?p ?o } garbage": (1, 18),
    "SELECT (COUNT(?s) AS ?n) ?p { ?s ?p ?o }": (1, 41),
}


@pytest.mark.parametrize("text", SYNTAX)
def test_a_syntax_error_has_its_place_and_a_hint(store: Store, text: str) -> None:
    """Line and column count letters from one, and there is a way out."""
    assert len(SYNTAX) == 7
    with pytest.raises(QuerySyntaxError) as caught:
        store.rows(text)
    assert (caught.value.line, caught.value.column) == SYNTAX[text]
    assert caught.value.hint


REFUSED = [
    f"SELECT * {{ SERVICE <{EX}sparql> {{ ?s ?p ?o }} }}",
    f"SELECT*{{SERVICESILENT<{EX}sparql>{{?s ?p ?o}}}}",
    f"PREFIX : <{EX}> SELECT * {{ sErViCe:x {{ ?s ?p ?o }} }}",
    "SELECT * { ?s ?p ?x SERVICE ?x { ?s ?p ?o } }",
    f'SELECT * {{ ?a ?b ?c FILTER(?a<?b#>"""\n) SERVICE <{EX}> {{ ?s ?p ?o }} #"""\n}}',
    f"LOAD <{EX}file>",
    "INSERT DATA { <a:b> <a:b> <a:b> }",
    "PREFIX a: <b:c>\nDELETE WHERE { ?s ?p ?o }",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_reaches_out_or_writes_is_refused(store: Store, text: str) -> None:
    """SERVICE is found however it is written; an update is told from a syntax error."""
    assert len(REFUSED) == 8
    with pytest.raises(RefusedError) as caught:
        store.answer(Query(text))
    assert caught.value.hint


def test_the_word_service_is_no_sin(store: Store) -> None:
    """The word may stand in strings, comments, names and variables."""
    text = f"PREFIX service: <{EX}service/> ASK {{ ?service service:Service 'Service' }} # SERVICE"
    assert not store.ask(text)


def test_an_unknown_function_is_the_askers_mistake(store: Store) -> None:
    """A function that nobody knows is wrong use, not a fault of the engine."""
    with pytest.raises(InputError, match="not supported"):
        store.rows(f"SELECT (<{EX}f>(1) AS ?x) {{}}")


@pytest.mark.parametrize("text", ["SELECT * {}", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_ask_wants_an_ask(store: Store, text: str) -> None:
    """``rows`` takes only a SELECT."""
    if text.startswith("CONSTRUCT"):
        with pytest.raises(AtmpGraphError):
            store.rows(text)
    else:
        assert store.rows(text).rows == ({},)


def test_no_release_says_what_to_do(tmp_path: Path) -> None:
    """An empty folder is no release, and the error names the command that makes one."""
    for opening in (open_release, DirectStore.open):
        with pytest.raises(InputError, match="no release") as caught:
            opening(tmp_path)  # type: ignore[operator]
        assert "build" in caught.value.hint


def test_a_release_is_the_same_bytes_again(tmp_path: Path) -> None:
    """The order in which statements come does not change the dataset file, and a repeated one counts once."""
    statements = quads(30)
    one = make_release(tmp_path / "one", statements)
    two = make_release(tmp_path / "two", [*reversed(statements), *statements[:5]])
    assert (one / "dataset.nq").read_bytes() == (two / "dataset.nq").read_bytes()
    assert (one / "dataset.nq").read_text(encoding="utf-8").count("\n") == len(statements)
