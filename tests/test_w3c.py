"""The W3C suite for SPARQL 1.1 over the wire, on a server that is written to by the Graph Store Protocol.

What we know to deviate stands in docs/conformance.md, one row each; a case that fails without a row there, or
passes with one, fails its test. Each test prints how many cases it has run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from drafted import AUTHORIZED, DraftServer
from w3c_suite import (
    CNT,
    HT,
    MF,
    SUITE,
    Case,
    Manifest,
    by_value,
    is_rows,
    n_quads,
    path_of,
    read_graph,
    same_quads,
    same_results,
)

pytestmark = [
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.skipif(not SUITE.is_dir(), reason="the W3C suite is not beside the checkout"),
]

COUNTS = {
    **{"add": 8, "aggregates": 47, "basic-update": 13, "bind": 10, "bindings": 11, "cast": 6, "clear": 4},
    **{"construct": 7, "copy": 6, "csv-tsv-res": 6, "delete": 19, "delete-data": 6, "delete-insert": 17},
    **{"delete-where": 6, "drop": 4, "exists": 6, "functions": 75, "grouping": 6, "json-res": 4, "move": 6},
    **{"negation": 12, "project-expression": 7, "property-path": 33, "protocol": 34, "service": 7},
    **{"subquery": 14, "syntax-fed": 3, "syntax-query": 94, "syntax-update-1": 54, "syntax-update-2": 1},
    **{"update-silent": 13},
}
"""Folder → cases. Not here: ``entailment`` (see docs/conformance.md) and ``service-description``, below."""

CONFORMANCE = Path(__file__).parents[1] / "docs" / "conformance.md"
EVERYTHING = "SELECT ?s ?p ?o ?g { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
ACCEPT = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".tsv": "text/tab-separated-values",
    ".csv": "text/csv",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DraftServer]:
    with DraftServer(tmp_path_factory.mktemp("w3c") / "draft") as running:
        yield running


SAID = {"form": "value", "refused": "403", "engine": "other"}
"""Kind of deviation → how the problem begins that a case of it must have."""


def known() -> dict[str, str]:
    """Case → kind of deviation, from the table."""
    text = CONFORMANCE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+/[\w-]+)` \| (form|refused|engine) \| .+ \|$", text, re.MULTILINE)
    assert len(rows) == len(dict(rows)) == text.count("\n| `")
    return dict(rows)


class Runner:
    """Runs cases on one server; ``load`` only when the data differ from those before."""

    def __init__(self, server: DraftServer) -> None:
        self.server = server
        self._loaded: bytes | None = None

    def load(self, quads: list[ox.Quad]) -> None:
        """Let the server hold ``quads`` and nothing else."""
        content = n_quads(quads)
        if content != self._loaded:
            answer = self.server.store("PUT", "/store", content, content_type="application/n-quads")
            assert answer.status_code == 204, answer.text
            self._loaded = content

    def run(self, case: Case) -> str:
        """What is wrong, or nothing."""
        kind = case.kind
        if kind in ("QueryEvaluationTest", "CSVResultFormatTest"):
            return self._query(case)
        if kind == "UpdateEvaluationTest":
            return self._update(case)
        if kind == "ProtocolTest":
            return self._protocol(case)
        return self._syntax(case, "Update" in kind, kind.startswith("Positive"))

    def _query(self, case: Case) -> str:
        text, wanted = case.query(), path_of(case.result.value)
        self.load(case.dataset(case.action))
        rows = is_rows(wanted)
        accept = ACCEPT.get(wanted.suffix, ACCEPT[".srx"] if rows else "application/n-triples")
        answer = self.server.client.get("/sparql", params={"query": text}, headers={"Accept": accept})
        if answer.status_code != 200:
            return f"{answer.status_code} {answer.text}"
        assert answer.headers["Content-Type"].partition(";")[0] == accept
        if rows:
            found = same_results(answer.content, wanted, "ORDER BY" in text)
            return "" if found == "same" else f"{found}: {answer.text}"
        triples = list(ox.parse(answer.content, ox.RdfFormat.N_TRIPLES))
        graph = read_graph(case.result.value, ox.DefaultGraph())
        return "" if same_quads(triples, graph) else f"other: {answer.text}"

    def _update(self, case: Case) -> str:
        self.load(case.dataset(case.action))
        self._loaded = None
        answer = self.server.update(case.query())
        if answer.status_code != 204:
            return f"{answer.status_code} {answer.text}"
        found, wanted = self._everything(), case.dataset(case.result)
        if same_quads(found, wanted):
            return ""
        return (
            "value" if same_quads(by_value(found), by_value(wanted)) else f"other: {n_quads(found).decode()}"
        )

    def _everything(self) -> list[ox.Quad]:
        headers = {"Accept": ACCEPT[".tsv"]}
        answer = self.server.client.get("/sparql", params={"query": EVERYTHING}, headers=headers)
        rows = ox.parse_query_results(answer.content, ox.QueryResultsFormat.TSV)
        assert isinstance(rows, ox.QuerySolutions)
        return [ox.Quad(row["s"], row["p"], row["o"], row["g"] or ox.DefaultGraph()) for row in rows]

    def _syntax(self, case: Case, update: bool, positive: bool) -> str:
        text = case.query()
        self.load([])
        if update:
            answer = self.server.update(text)
            self._loaded = None
        else:
            answer = self.server.client.post("/sparql", data={"query": text})
        wrong = answer.status_code == 400 and answer.json()["type"].endswith("/QuerySyntax")
        right = answer.status_code in (200, 204) or (answer.status_code == 400 and not wrong)
        return "" if (right if positive else wrong) else f"{answer.status_code} {answer.text}"

    def _protocol(self, case: Case) -> str:
        self.load(case.dataset(case.node))
        requests = list(case.manifest.listed(case.manifest.one(case.action, HT + "requests")))
        assert requests
        for request in requests:
            problem = self._request(case.manifest, request)
            if problem:
                return problem
        return ""

    def _request(self, manifest: Manifest, request: ox.BlankNode) -> str:
        body = manifest.one(request, HT + "body")
        chars = manifest.text(body, CNT + "chars") if body else ""
        encoding = (manifest.text(body, CNT + "characterEncoding") if body else "") or "utf-8"
        headers = {
            manifest.text(header, HT + "fieldName"): manifest.text(header, HT + "fieldValue")
            for header in manifest.listed(manifest.one(request, HT + "headers"))
        }
        path = manifest.text(request, HT + "absolutePath")
        update = (
            "sparql-update" in str(headers) or chars.startswith(("update=", "CLEAR")) or "?update=" in path
        )
        path = path.replace("/sparql/", "/update" if update else "/sparql")
        self._loaded = None if update else self._loaded
        method = manifest.text(request, HT + "methodName")
        answer = self.server.client.request(
            method,
            path,
            content=chars.encode(encoding),
            headers={**headers, **(AUTHORIZED if update else {})},
        )
        return _unlike(manifest, manifest.one(request, HT + "resp"), answer)


def _unlike(manifest: Manifest, wanted: ox.BlankNode, answer: httpx.Response) -> str:
    """How an answer differs from what a protocol case expects."""
    statuses = {status.value[-3:] for status in manifest.all(wanted, MF + "expectedStatus")}
    if f"{answer.status_code // 100}xx" not in statuses:
        return f"{answer.status_code} {answer.text}"
    boolean, form = (
        manifest.text(wanted, MF + "expectedBoolean"),
        manifest.text(wanted, MF + "expectedFormat"),
    )
    if boolean and answer.json()["boolean"] is not (boolean == "true"):
        return f"not {boolean}"
    kinds = {"boolean": "sparql-results", "tabular": "sparql-results", "RDF": "turtle", "": ""}
    return "" if kinds[form] in answer.headers.get("Content-Type", "") else f"not {form}"


@pytest.mark.parametrize("folder", COUNTS)
def test_suite(server: DraftServer, folder: str) -> None:
    """Every case of a folder does what the suite says, but for those in the table of deviations."""
    cases, runner = Manifest(folder).cases(), Runner(server)
    assert len(cases) == COUNTS[folder]
    expected = {name: kind for name, kind in known().items() if name.startswith(folder + "/")}
    failed = {case.name: problem for case in cases if (problem := runner.run(case))}
    kinds = sorted({case.kind for case in cases})
    print(f"{folder}: {len(cases)} cases over HTTP, {len(cases) - len(failed)} pass ({', '.join(kinds)})")
    assert expected.keys() - failed.keys() == set(), "these pass now: take them off the list"
    said = {name: SAID.get(kind, "") for name, kind in expected.items()}
    unlike = {name: p for name, p in failed.items() if name not in said or not p.startswith(said[name])}
    assert unlike == {}


def test_no_case_is_forgotten() -> None:
    """Every folder of the suite is run here, or named in docs/conformance.md with the reason why not."""
    folders = {path.parent.name for path in SUITE.glob("*/manifest.ttl")}
    assert folders - COUNTS.keys() == {"entailment", "service-description"}
    assert "`entailment`" in CONFORMANCE.read_text(encoding="utf-8")
    assert {name.partition("/")[0] for name in known()} <= COUNTS.keys()


def test_service_description(server: DraftServer) -> None:
    """The three cases: it is RDF, it names its endpoint, it has what the vocabulary asks for."""
    answer = server.client.get("/sparql", headers={"Accept": "application/n-triples"})
    assert answer.status_code == 200
    store = ox.Store()
    store.load(answer.content, format=ox.RdfFormat.N_TRIPLES)
    ask = (
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> "
        "ASK { ?e a sd:Service ; sd:endpoint <%s> ; sd:supportedLanguage sd:SPARQL11Query ; "
        "sd:defaultDataset [ a sd:Dataset ; sd:defaultGraph [ a sd:Graph ] ] }"
    )
    assert store.query(ask % f"{server.address}/sparql")
