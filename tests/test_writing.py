"""Changing a draft over the wire: SPARQL Update, the Graph Store Protocol, who may, and what is refused."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from drafted import AUTHORIZED, TOKEN, DraftServer
from served import EX, LABEL, Server, children, make_release, quads, wait_until

pytestmark = pytest.mark.server

G = "/store?graph=https://example.org/g"
COUNT = "SELECT ?n { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DraftServer]:
    with DraftServer(tmp_path_factory.mktemp("writing") / "draft", timeout=1) as running:
        yield running


@pytest.fixture(autouse=True)
def _emptied(request: pytest.FixtureRequest) -> None:
    if "server" in request.fixturenames:
        assert request.getfixturevalue("server").update("DROP ALL").status_code == 204


def test_an_update_is_seen_at_once(server: DraftServer) -> None:
    """Whoever is told that an update is made sees it with the next query, on any connection."""
    for number in range(5):
        assert server.update(f"INSERT DATA {{ <{EX}s> <{EX}p> {number} }}").status_code == 204
        with httpx.Client(base_url=server.address) as other:
            answer = other.get("/sparql", params={"query": COUNT})
        assert answer.json()["results"]["bindings"][0]["n"]["value"] == str(number + 1)


def test_update_by_form(server: DraftServer) -> None:
    """A form with update= does the same as the text as body."""
    answer = server.client.post(
        "/update", data={"update": "INSERT DATA { <a:å> <a:p> 'ö 🧬' }"}, headers=AUTHORIZED
    )
    assert answer.status_code == 204
    assert server.values("SELECT ?o { <a:å> ?p ?o }") == ["ö 🧬"]


def test_all_of_an_update_or_nothing(server: DraftServer) -> None:
    """When the second operation of a request fails, the first has not happened."""
    answer = server.update("INSERT DATA { <a:s> <a:p> 1 } ; CREATE GRAPH <a:g> ; CREATE GRAPH <a:g>")
    assert (answer.status_code, server.values(COUNT)) == (400, ["0"])


def test_changes_that_come_together_share_a_commit(server: DraftServer) -> None:
    """Forty updates at once are forty facts, and far fewer generations."""
    with ThreadPoolExecutor(40) as threads:
        answers = list(threads.map(lambda n: server.update(f"INSERT DATA {{ <a:{n}> <a:p> 1 }}"), range(40)))
    assert {answer.status_code for answer in answers} == {204}
    assert server.values(COUNT) == ["40"]
    assert len({answer.headers["Atmp-Graph-Release"] for answer in answers}) < 20


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Bearer",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Basic {TOKEN}",
        f"Bearer å{TOKEN}",
    ],
)
def test_without_the_token_nothing_changes(server: DraftServer, authorization: str | None) -> None:
    """Every other token is 401 with a challenge; one in the address does not count."""
    headers = {"Content-Type": "application/sparql-update"}
    if authorization is not None:
        headers["Authorization"] = authorization.encode("latin-1")  # type: ignore[assignment]
    for method, path in (("POST", f"/update?token={TOKEN}"), ("PUT", G), ("DELETE", G), ("POST", "/store")):
        answer = server.client.request(
            method, path, content=b"INSERT DATA { <a:s> <a:p> 1 }", headers=headers
        )
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="atmp-graph"')
    assert server.values(COUNT) == ["0"]


def test_a_server_of_a_release_says_why_not(tmp_path: Path) -> None:
    """Without --writable a change is 403 with the reason, and graphs can still be read."""
    with Server(make_release(tmp_path / "release", quads(20))) as server:
        for method, path in (("POST", "/update"), ("PUT", "/store?default"), ("DELETE", G)):
            answer = server.client.request(method, path, headers=AUTHORIZED)
            assert (answer.status_code, "--writable" in answer.json()["hint"]) == (403, True)
        graph = server.client.get(
            "/store", params={"graph": EX + "graph/0"}, headers={"Accept": "application/n-triples"}
        )
        assert (graph.status_code, len(graph.text.splitlines())) == (200, 50)


@pytest.mark.parametrize("silent", ["", "SILENT "])
@pytest.mark.parametrize(
    "text",
    [
        "LOAD {silent}<http://{peer}/x>",
        "INSERT DATA {{ <a:s> <a:p> 1 }} ; LOAD {silent}<http://{peer}/x> INTO GRAPH <a:g>",
        "PREFIX e: <a:> INSERT DATA {{ e:s\\# e:p 1 }} ; LOAD {silent}<http://{peer}/x>",
        "PREFIX e: <a:> INSERT DATA {{ e:s\\' e:p 1 }} ; load {silent}<http://{peer}/x> # '",
        "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE {silent}<http://{peer}/x> {{ ?s ?p ?o }} }}",
    ],
)
def test_nothing_is_fetched(server: DraftServer, text: str, silent: str) -> None:
    """LOAD and SERVICE are refused however they are dressed, and nobody is called."""
    with socket.create_server(("127.0.0.1", 0)) as peer:
        peer.settimeout(0.2)
        answer = server.update(text.format(peer=f"127.0.0.1:{peer.getsockname()[1]}", silent=silent))
        assert (answer.status_code, "never fetches" in answer.json()["detail"]) == (403, True)
        with pytest.raises(TimeoutError):
            peer.accept()
    assert server.values(COUNT) == ["0"]


def test_words_are_no_keywords(server: DraftServer) -> None:
    """LOAD and SERVICE in names, strings, comments and IRIs are nothing to refuse."""
    text = (
        "PREFIX load: <a:service#> INSERT DATA { load:load load:a-load 'LOAD <x>', \"SERVICE\"@load } # LOAD"
    )
    assert server.update(text).status_code == 204


def test_the_writer_has_no_network() -> None:
    """The kernel refuses the writer a socket, whatever it is made to run."""
    import subprocess
    import sys

    program = (
        "from atmp_graph.store.silence import no_network; import pyoxigraph as ox, socket\n"
        "assert no_network()\n"
        "try: socket.socket()\n"
        "except PermissionError: print('no socket')\n"
        "try: ox.Store().update('LOAD <http://127.0.0.1:9/x>')\n"
        "except OSError: print('no LOAD')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["no socket", "no LOAD"]


def test_a_runaway_update_ends(server: DraftServer) -> None:
    """An update past its deadline ends, nothing of it is kept, and readers are served meanwhile."""
    rows = " . ".join(f"<a:{n}> <a:p> <a:{n % 7}>" for n in range(300))
    assert server.update(f"INSERT DATA {{ {rows} }}").status_code == 204
    cross = "INSERT { ?a <a:q> ?b } WHERE { ?a ?p ?o . ?b ?q ?r . ?c ?t ?u FILTER(?a != ?z || ?u = ?z) }"
    found: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: found.append(server.update(cross)))
    thread.start()
    while thread.is_alive():
        assert server.ask("ASK {}").status_code == 200
        thread.join(0.1)
    assert (found[0].status_code, "was ended" in found[0].json()["detail"]) == (503, True)
    assert server.update("INSERT DATA { <a:s> <a:p> 1 }").status_code == 204
    assert server.values(COUNT) == ["301"]


@pytest.mark.parametrize(
    "text", ["{" * 600, "INSERT DATA {", "SELECT * {}", "INSERT { ?s ?p ?o } WHERE {" + "(" * 3000, "\0"]
)
def test_what_is_no_update(server: DraftServer, text: str) -> None:
    """Text that cannot be read is 400 with a hint, and the writer lives on."""
    answer = server.update(text)
    assert answer.status_code == 400
    assert answer.json()["hint"]
    assert server.update("CLEAR DEFAULT").status_code == 204


def test_graphs_are_put_got_and_deleted(server: DraftServer) -> None:
    """PUT makes (201) and replaces (204), POST adds, GET and HEAD give, DELETE removes; then it is 404."""
    assert server.store("GET", G).status_code == 404
    assert server.store("PUT", G, "<a:s> <a:p> 1 .").status_code == 201
    assert server.store("PUT", G, "<a:s> <a:p> 2, 3 .").status_code == 204
    assert server.store("POST", G, "<a:s> <a:p> 3, 4 . []  <a:p> 5 .").status_code == 204
    assert server.values(f"SELECT ?o {{ GRAPH <{EX}g> {{ ?s ?p ?o }} }}") == ["2", "3", "4", "5"]
    got = server.store("GET", G, accept="application/n-triples")
    assert (got.status_code, len(got.text.splitlines())) == (200, 4)
    head = server.store("HEAD", G, accept="application/n-triples")
    assert (head.content, head.headers["ETag"]) == (b"", got.headers["ETag"])
    assert server.store("DELETE", G).status_code == 204
    assert (server.store("DELETE", G).status_code, server.store("GET", G).status_code) == (404, 404)


def test_the_default_graph_and_graphs_by_their_address(server: DraftServer) -> None:
    """?default is the default graph; /store/… is the graph with that address as its name."""
    assert server.store("PUT", "/store?default", "<> <a:p> <x> .").status_code == 204
    assert server.store("PUT", "/store/å/1", "<> <a:p> <x> .").status_code == 201
    name = f"{server.address}/store/%C3%A5/1"
    assert server.values("SELECT ?g { GRAPH ?g { ?g ?p ?o } }") == [name]
    assert "a:p" in server.store("GET", "/store?default").text
    assert server.store("GET", "/store/å/1").status_code == 200
    assert server.store("DELETE", "/store?default").status_code == 204
    assert server.values(COUNT) == ["0"]


def test_a_new_graph_gets_a_name(server: DraftServer) -> None:
    """POST to /store makes a graph, says where it is, and it is there."""
    answer = server.store("POST", "/store", "<a:s> <a:p> 1 .")
    assert answer.status_code == 201
    assert server.client.get(answer.headers["Location"]).status_code == 200


def test_an_empty_graph_is_one(server: DraftServer) -> None:
    """A graph that was put empty is there, and empty."""
    assert server.store("PUT", G, "").status_code == 201
    assert server.store("GET", G).status_code == 200


def test_whole_datasets(server: DraftServer) -> None:
    """PUT of N-Quads or TriG replaces everything, POST adds to it; a named graph takes only triples."""
    lines = "<a:s> <a:p> <a:o> <a:g> .\n<a:s> <a:p> <a:o> .\n"
    assert server.store("PUT", "/store", lines, content_type="application/n-quads").status_code == 204
    text = "<a:h> { <a:s> <a:p> <a:o> }"
    assert server.store("POST", "/store", text, content_type="application/trig").status_code == 204
    assert server.values("SELECT ?g { GRAPH ?g {} }") == ["a:g", "a:h"]
    assert server.values(COUNT) == ["1"]
    refused = server.store("PUT", G, "<a:s> <a:p> <a:o> <a:g> .", content_type="application/n-quads")
    assert (refused.status_code, server.store("GET", G).status_code) == (400, 404)


def test_nobody_overwrites_what_they_have_not_seen(server: DraftServer) -> None:
    """If-Match with an old tag is 412 and changes nothing; the tag of another graph's change stays good."""
    server.store("PUT", G, "<a:s> <a:p> 1 .")
    tag = server.store("GET", G).headers["ETag"]
    server.store("PUT", "/store?graph=a:other", "<a:s> <a:p> 1 .")
    assert server.store("PUT", G, "<a:s> <a:p> 2 .", if_match=tag).status_code == 204
    assert server.store("PUT", G, "<a:s> <a:p> 3 .", if_match=tag).status_code == 412
    assert server.store("DELETE", G, if_match=tag).status_code == 412
    assert server.store("PUT", G, "", if_none_match="*").status_code == 412
    assert server.store("PUT", "/store?graph=a:new", "", if_match="*").status_code == 412
    assert server.values("SELECT ?o { GRAPH <https://example.org/g> { ?s ?p ?o } }") == ["2"]
    tag = server.store("GET", G).headers["ETag"]
    assert server.store("GET", G, if_none_match=tag).status_code == 304
    server.update("INSERT DATA { <a:s> <a:p> 1 }")
    assert server.store("PUT", G, "", if_match=tag).status_code == 412  # it may have touched any graph


@pytest.mark.parametrize(
    ("method", "path", "content", "headers", "status"),
    [
        ("PUT", G, "<a:s> <a:p> .", {}, 400),
        ("PUT", G, b"\xff", {}, 400),
        ("PUT", G, "x", {"content_type": "image/png"}, 415),
        ("PUT", G, "", {"content_type": "text/turtle; charset=latin-1"}, 415),
        ("PUT", G, "", {"content_encoding": "gzip"}, 415),
        ("PUT", G, '<!DOCTYPE x [<!ENTITY a "b">]><x/>', {"content_type": "application/rdf+xml"}, 403),
        ("PUT", G, '{"@context": "http://127.0.0.1:9/c"}', {"content_type": "application/ld+json"}, 400),
        ("PUT", G, b"#" * 20_000_001, {}, 413),
        ("PUT", "/store", "<a:s> <a:p> 1 .", {}, 400),
        ("PUT", "/store?graph=", "", {}, 400),
        ("PUT", "/store?graph=a:g&default", "", {}, 400),
        ("PUT", "/store?graph=a:g&graph=a:h", "", {}, 400),
        ("PUT", "/store?graph=a:%3E%20b", "", {}, 400),
        ("DELETE", "/store", "", {}, 400),
        ("GET", "/store", "", {}, 400),
        ("GET", "/store?default", "", {"accept": "image/png"}, 406),
        ("PATCH", G, "", {}, 405),
        ("PUT", "/update", "", {}, 405),
        ("GET", "/update", "", {}, 405),
        ("POST", "/update", "x", {}, 415),
    ],
)
def test_refusals(  # noqa: PLR0917
    server: DraftServer, method: str, path: str, content: str | bytes, headers: dict[str, str], status: int
) -> None:
    """What is not as the protocols want it has a status that says so, and changes nothing."""
    answer = server.store(method, path, content, **headers)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert server.values("SELECT ?g { GRAPH ?g {} }") == []


def test_the_dataset_of_an_update(server: DraftServer) -> None:
    """using-graph-uri and using-named-graph-uri say what the patterns see, in each form of an update."""
    server.update("INSERT DATA { <a:d> a <a:T> GRAPH <a:g> { <a:1> a <a:T> } GRAPH <a:h> { <a:2> a <a:T> } }")
    copy = "INSERT { GRAPH <a:out> { ?s ?p ?o } } WHERE { ?s ?p ?o }"
    server.update(copy, **{"using-graph-uri": "a:g"})
    assert server.values("SELECT ?s { GRAPH <a:out> { ?s ?p ?o } }") == ["a:1"]
    naming = "INSERT { GRAPH <a:out> { ?g a ?s } } WHERE { GRAPH ?g { ?s ?p ?o } }"
    server.update(naming, **{"using-named-graph-uri": "a:h"})
    assert server.values("SELECT ?s { GRAPH <a:out> { ?s ?p ?o } }") == ["a:1", "a:h"]
    server.update("DELETE WHERE { ?s a <a:T> } ; " + copy, **{"using-graph-uri": ["a:h", "a:g"]})
    assert server.values("SELECT ?s { GRAPH <a:out> { ?s ?p ?o } }") == ["a:1", "a:2", "a:h"]
    assert server.values("SELECT ?s { ?s ?p ?o }") == ["a:d"]
    for text in (copy.replace("WHERE", "USING <a:g> WHERE"), "WITH <a:g> " + copy):
        assert server.update(text, **{"using-graph-uri": "a:g"}).status_code == 400


def test_a_draft_of_a_release(tmp_path: Path) -> None:
    """It begins with the release and shows its union; so it stays after a change and a restart."""
    release = make_release(tmp_path / "release", quads(20))
    with DraftServer(tmp_path / "draft", release) as server:
        assert server.values(COUNT) == ["100"]
        server.store("PUT", f"/store?graph={EX}graph/0", f'<a:s> <{LABEL}> "ny"@sv .')
        server.update("INSERT DATA { <a:s> <a:own> 1 }")
        assert server.values(COUNT) == ["52"]
        assert server.client.get("/ready").json()["status"] == "ready"
    with DraftServer(tmp_path / "draft", release) as server:
        assert server.values(COUNT) == ["52"]
        assert server.values(f"SELECT ?l {{ <a:s> <{LABEL}> ?l }}") == ["ny"]


def test_old_generations_go(server: DraftServer) -> None:
    """After many commits there are a few generations on disk, and as many processes as before."""
    server.update("CLEAR DEFAULT")
    before = len(children(server.process.pid))
    for number in range(6):
        server.update(f"INSERT DATA {{ <a:{number}> <a:p> 1 }}")
    folder = Path(server._arguments[3]) / "generations"
    assert wait_until(lambda: len(children(server.process.pid)) <= before + 1)
    assert len(list(folder.iterdir())) <= 3


@pytest.mark.parametrize("tokens", [None, "", "short\n", "# only a comment\n"])
def test_no_writing_without_tokens(tmp_path: Path, tokens: str | None) -> None:
    """A server that could be written to by nobody, or by everybody, does not start, and says why."""
    server = DraftServer(tmp_path / "draft")
    if tokens is None:
        (tmp_path / "tokens").unlink()
    else:
        (tmp_path / "tokens").write_text(tokens)
    with pytest.raises(AssertionError):
        server.__enter__()
    assert not (tmp_path / "draft").exists()


@pytest.mark.slow
def test_kill_at_any_moment(tmp_path: Path) -> None:
    """A hundred times kill -9 amid updates: all that was acknowledged is there, and nothing by half."""
    import random
    import signal
    import time

    chance, acknowledged, number = random.Random(6), set[int](), 0  # noqa: S311
    for _ in range(100):
        with DraftServer(tmp_path / "draft") as server:
            found = server.values("SELECT ?s { ?s <a:first> 1 }")
            halves = server.values("SELECT ?s { ?s <a:second> 1 }")
            assert found == halves, "an update was kept by half"
            assert {f"a:{n}" for n in acknowledged} <= set(found), "something acknowledged is lost"
            threading.Timer(chance.uniform(0, 0.6), server.process.send_signal, [signal.SIGKILL]).start()
            try:
                while True:
                    number += 1
                    steps = (f"INSERT DATA {{ <a:{number}> <a:{name}> 1 }}" for name in ("first", "second"))
                    if server.update(" ; ".join(steps)).status_code == 204:
                        acknowledged.add(number)
            except httpx.TransportError:
                pass
            time.sleep(0.02)
    assert len(acknowledged) > 50
    print(f"{len(acknowledged)} acknowledged updates, none lost")
