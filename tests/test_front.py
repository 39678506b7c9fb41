"""The endpoint over the wire: what a real server says on real connections."""

from __future__ import annotations

import gzip
import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from served import EX, LABEL, MOST_PROCESSES, Server, alive, make_release, memory, quads, wait_until

pytestmark = pytest.mark.server

ALL = "SELECT * { ?s ?p ?o }"
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_release(tmp_path_factory.mktemp("served") / "release", quads(200))


@pytest.fixture(scope="module")
def server(release: Path) -> Iterator[Server]:
    with Server(release, timeout=5, max_rows=20_000) as running:
        yield running


def test_answers_by_get_and_post(server: Server) -> None:
    """GET, HEAD, a form and the text as body give the same answer."""
    text = f"SELECT ?l {{ <{EX}thing/1> <{LABEL}> ?l }} ORDER BY ?l"
    got = server.ask(text)
    assert [row["l"]["value"] for row in got.json()["results"]["bindings"]] == ["Sak 1 å ä ö 🧬", "Thing 1"]
    form = server.client.post("/sparql", data={"query": text})
    direct = server.client.post(
        "/sparql", content=text, headers={"Content-Type": "application/sparql-query;charset=utf-8"}
    )
    assert got.content == form.content == direct.content
    head = server.client.head("/sparql", params={"query": text})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == got.headers["Content-Length"]
    assert head.headers["Content-Type"] == "application/sparql-results+json"


def test_one_header_of_each_kind(server: Server) -> None:
    """No header is sent twice, on an answer, on a refusal and on a page."""
    for path in ("/sparql?query=ASK%7B%7D", "/sparql?query=x", "/sparql", "/health"):
        names = [name.lower() for name, _ in server.client.get(path).headers.multi_items()]
        assert len(names) == len(set(names)), (path, names)


def test_a_tag_saves_the_answer(server: Server) -> None:
    """Who has the answer gets 304 without a body, and the connection goes on."""
    first = server.ask(ALL)
    again = server.ask(ALL, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert server.ask("ASK {}").json() == {"head": {}, "boolean": True}


@pytest.mark.parametrize("query", [f"{ALL} LIMIT 100", ALL])
def test_gzip(server: Server, query: str) -> None:
    """A whole answer and a streamed one are compressed for those who take it, and the same inside."""
    plain = server.ask(query, **{"Accept-Encoding": "identity"})
    packed = server.ask(query, **{"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content == plain.content
    assert int(packed.headers.get("Content-Length", 0)) < len(plain.content)


def test_a_refusal_has_its_place(server: Server) -> None:
    """A syntax error is 400 with line, column and hint, by GET and by POST."""
    text = "SELECT * {\n  ?s nosuch:x ?o }"
    for answer in (server.ask(text), server.client.post("/sparql", data={"query": text})):
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert (answer.json()["line"], answer.json()["column"]) == (2, 6)


def test_the_service_describes_itself(server: Server) -> None:
    """Without a query: the service, its formats, and how much each graph holds."""
    import pyoxigraph as ox

    found = server.client.get("/sparql", headers={"Accept": "application/n-triples"})
    store = ox.Store()
    store.load(found.content, ox.RdfFormat.N_TRIPLES)
    sd, void = "http://www.w3.org/ns/sparql-service-description#", "http://rdfs.org/ns/void#"
    endpoint = f"<{server.address}/sparql>"
    assert store.query(f"ASK {{ {endpoint} a <{sd}Service> ; <{sd}endpoint> {endpoint} }}")
    (total,) = store.query(f"SELECT ?n {{ ?d <{sd}defaultGraph>/<{void}triples> ?n }}")
    assert total["n"].value == "1000"
    (graph,) = store.query(f"SELECT ?n {{ ?g <{sd}name> <{EX}graph/3> ; <{sd}graph>/<{void}triples> ?n }}")
    assert graph["n"].value == "50"


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    """Requests sent in one go come back in the order they were sent, slow ones too."""
    numbers = [5, 3, 9, 1]
    requests = b"".join(
        f"GET /sparql?query=SELECT%20({number}%20AS%20?x)%7B%7D HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        for number in numbers
    )
    last = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    said = server.raw(requests + last)
    places = [said.index(f'"value":"{number}"'.encode()) for number in numbers]
    assert places == sorted(places)
    assert said.count(b"HTTP/1.1 200 OK") == 5
    assert b"alive" in said[places[-1] :]


def test_a_long_answer_is_streamed_and_whole(server: Server) -> None:
    """An answer past the first chunk comes in pieces and ends in good order."""
    with server.client.stream("GET", "/sparql", params={"query": LONG + " LIMIT 19000"}) as answer:
        assert answer.headers["Transfer-Encoding"] == "chunked"
        body = answer.read()
    assert len(json.loads(body)["results"]["bindings"]) == 19000


def test_a_cut_answer_is_never_taken_for_whole(server: Server) -> None:
    """A streamed answer that a limit cuts is broken off; what came says so itself, in JSON."""
    pieces: list[bytes] = []
    with (
        server.client.stream("GET", "/sparql", params={"query": LONG}) as answer,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        pieces.extend(answer.iter_bytes())
    found = json.loads(b"".join(pieces))
    assert found["truncated"]["rows"] == len(found["results"]["bindings"]) == 20_000
    with pytest.raises(httpx.RemoteProtocolError):
        server.ask("CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f }", Accept="application/n-triples")


def test_a_short_cut_answer_says_so_in_its_head(release: Path) -> None:
    """Below the first chunk, the count delivered stands in a header."""
    with Server(release, max_rows=10) as server:
        answer = server.ask(ALL, Accept="text/csv")
        assert answer.headers["Atmp-Graph-Truncated"] == "rows=10"
        assert "ETag" not in answer.headers
        assert answer.text.count("\n") == 11
        answer = server.ask("CONSTRUCT WHERE { ?s ?p ?o }", Accept="application/n-triples")
        assert answer.headers["Atmp-Graph-Truncated"] == "rows=10"
        assert answer.text.count("\n") == 10
        assert "Atmp-Graph-Truncated" not in server.ask(ALL + " LIMIT 10").headers


def test_http_1_0_is_answered_whole(server: Server) -> None:
    """A client of 1.0, which knows no chunks, gets the whole with its length."""
    query = "SELECT%20*%7B?a%20?b%20?c.?d%20?e%20?f%7DLIMIT%2019000"
    said = server.raw(f"GET /sparql?query={query} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"chunked" not in head
    assert len(json.loads(body)["results"]["bindings"]) == 19000


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_client_that_leaves_ends_its_query(server: Server, method: str) -> None:
    """Nobody computes for somebody who has gone."""
    host, _, port = server.address.removeprefix("http://").rpartition(":")
    body = f"query={CROSS}".replace(" ", "+").encode()
    target = f"/sparql?{body.decode()}" if method == "GET" else "/sparql"
    head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"{head}Content-Length: {len(body) if method == 'POST' else 0}\r\n\r\n".encode())
        if method == "POST":
            connection.sendall(body)
        assert wait_until(lambda: "R" in _states(server.processes[1:]))
        time.sleep(0.3)
    assert wait_until(lambda: "R" not in _states(server.processes[1:]), 2), "the query still runs"
    assert server.ask("ASK {}").status_code == 200


def test_a_slow_reader_does_not_hold_up_others(server: Server) -> None:
    """Clients that do not read their long answers take no worker that others need."""
    host, _, port = server.address.removeprefix("http://").rpartition(":")
    request = f"GET /sparql?query={LONG.replace(' ', '+')} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    readers = [socket.create_connection((host, int(port))) for _ in range(6)]
    try:
        for reader in readers:
            reader.sendall(request)
        time.sleep(0.5)
        start = time.monotonic()
        assert server.ask("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }").status_code == 200
        assert time.monotonic() - start < 4
    finally:
        for reader in readers:
            reader.close()


def test_a_head_without_end_is_refused(server: Server) -> None:
    """A request's head has a limit, and so has its address; other connections do not notice."""
    assert b" 431 " in server.raw(b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 500_000)
    long = b"GET /sparql?query=" + b"x" * 64_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert b" 414 " in server.raw(long)
    assert b" 400 " in server.raw(b"NONSENSE\r\n\r\n")
    assert server.ask("ASK {}").status_code == 200


def test_a_body_without_end_is_refused(server: Server) -> None:
    """A body is read up to its limit, whatever it claims."""
    answer = server.client.post(
        "/sparql", content=b"x" * 1_100_000, headers={"Content-Type": "application/sparql-query"}
    )
    assert answer.status_code == 413


def test_pages_are_served_beside(server: Server) -> None:
    """What is not /sparql is the site's."""
    assert server.client.get("/health").json() == {"status": "alive"}
    assert server.client.get("/nowhere").status_code == 404


def test_is_small_when_idle(server: Server) -> None:
    """All processes together stay under 300 MB."""
    assert memory(server.processes) < 300_000_000


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_in_good_order(release: Path, number: int) -> None:
    """On SIGTERM and SIGINT what runs is answered, then nothing is left behind."""
    with Server(release, timeout=5) as server:
        found: list[int] = []
        asking = threading.Thread(
            target=lambda: found.append(
                server.ask("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }").status_code
            )
        )
        asking.start()
        time.sleep(0.1)
        processes = server.processes
        assert len(processes) > 3
        assert server.stop(number) == 0
        asking.join()
        assert found == [200]
        assert wait_until(lambda: not alive(processes), 2)


def test_leaves_nothing_behind_when_killed(release: Path) -> None:
    """After kill -9 of the server its workers go too: busy ones, and those that were stopped to wait."""
    with Server(release, timeout=4, workers=1) as server:
        threads = [threading.Thread(target=_ask_quietly, args=(server, CROSS)) for _ in range(4)]
        for thread in threads:
            thread.start()
        assert wait_until(lambda: "T" in _states(server.processes), 3), "no query was parked"
        processes = server.processes
        server.stop(signal.SIGKILL)
        for thread in threads:
            thread.join()
        assert wait_until(lambda: not alive(processes), 6), alive(processes)


def test_a_new_release_fails_no_request(release: Path, tmp_path: Path) -> None:
    """SIGHUP serves the release that is current then, while questions go on being answered."""
    newer = make_release(tmp_path / "newer", quads(300), "ba9876543210")
    current = release.parent / "current"
    current.write_text(str(release))
    with Server(release, timeout=5) as server:
        answers: list[httpx.Response] = []
        done = threading.Event()

        def keep_asking() -> None:
            with httpx.Client(base_url=server.address) as client:
                while not done.is_set():
                    answers.append(
                        client.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"})
                    )

        threads = [threading.Thread(target=keep_asking) for _ in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        current.write_text(str(newer))
        server.process.send_signal(signal.SIGHUP)
        assert wait_until(lambda: answers and answers[-1].headers["Atmp-Graph-Release"] == "ba9876543210")
        assert wait_until(lambda: server.client.get("/ready").json()["release"] == "ba9876543210")
        done.set()
        for thread in threads:
            thread.join()
        assert {answer.status_code for answer in answers} == {200}
        counts = {
            (answer.headers["Atmp-Graph-Release"], answer.json()["results"]["bindings"][0]["n"]["value"])
            for answer in answers
        }
        assert counts == {("0123456789ab", "1000"), ("ba9876543210", "1500")}
        assert wait_until(lambda: len(server.processes) <= MOST_PROCESSES), "old workers remain"


def test_gzip_bytes_are_the_same_again(server: Server) -> None:
    """A compressed answer holds no time of day."""
    request = b"GET /sparql?query=SELECT%20*%7B?s%20?p%20?o%7DLIMIT%2050 HTTP/1.1\r\nHost: x\r\n"
    request += b"Accept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    bodies = {server.raw(request).partition(b"\r\n\r\n")[2] for _ in range(2)}
    assert len(bodies) == 1
    assert gzip.decompress(bodies.pop()).startswith(b'{"head"')


def _ask_quietly(server: Server, query: str) -> None:
    with suppress(httpx.HTTPError):
        httpx.get(server.address + "/sparql", params={"query": query}, timeout=20)


def _states(pids: list[int]) -> set[str]:
    states = set()
    for pid in pids:
        try:
            states.add(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0])
        except OSError:
            continue
    return states
