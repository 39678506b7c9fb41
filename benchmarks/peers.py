"""The servers that are measured, each started as its users start it and ended when done."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

BIN = Path(sys.executable).parent
JSON = "application/sparql-results+json"


class Peer(NamedTuple):
    """How to start a server: a command with ``{port}`` in it, and the path where it takes queries."""

    name: str
    command: list[str]
    path: str


class Running(NamedTuple):
    """A server that answers; ``started`` is the time from its start to its first answer, in seconds."""

    peer: Peer
    port: int
    pid: int
    started: float

    def ask(self, query: str, timeout: float = 120) -> bytes:
        """The body of an answer in JSON; raises ``OSError`` if there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(
                "GET", f"{self.peer.path}?{urlencode({'query': query})}", headers={"Accept": JSON}
            )
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise OSError(f"{self.peer.name}: {answer.status} {body[:200]!r}")
        return body

    def memory(self) -> int:
        """Bytes of memory of all its processes, shared pages counted once."""
        return sum(_memory(pid) for pid in (self.pid, *_children(self.pid)))


def ours(home: Path) -> Peer:
    """This server, with its limits as they come."""
    return Peer(
        "atmp-graph", [str(BIN / "atmp-graph"), "--home", str(home), "serve", "--port", "{port}"], "/sparql"
    )


def oxigraph(store: Path) -> Peer:
    """``oxigraph serve`` on the very store of the release."""
    command = [
        str(BIN / "oxigraph"),
        "serve-read-only",
        "--location",
        str(store),
        "--bind",
        "127.0.0.1:{port}",
    ]
    return Peer("oxigraph serve", command, "/query")


def rdflib_endpoint(file: Path) -> Peer:
    """rdflib-endpoint on the same triples in memory."""
    program = (
        "import sys, uvicorn, rdflib; from rdflib_endpoint import SparqlEndpoint\n"
        "graph = rdflib.Graph(); graph.parse(sys.argv[1], format='nt')\n"
        "uvicorn.run(SparqlEndpoint(graph=graph, path='/sparql'), port=int(sys.argv[2]), log_level='error')\n"
    )
    return Peer("rdflib-endpoint", [sys.executable, "-c", program, str(file), "{port}"], "/sparql")


@contextmanager
def running(peer: Peer, patience: float = 60) -> Iterator[Running]:
    """Start a server, wait for its first answer, end it afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [part.replace("{port}", str(port)) for part in peer.command]
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0)
    try:
        server = Running(peer, port, process.pid, 0)
        while True:
            try:
                server.ask("ASK {}")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() - begin > patience:
                    raise RuntimeError(f"{peer.name} did not start") from None
                time.sleep(0.01)
        yield server._replace(started=time.monotonic() - begin)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found += [int(entry.name), *_children(int(entry.name))]
    return found


def _memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
