"""A small release and a real server on it: what the tests of the store and of the endpoint stand on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import pyoxigraph as ox

from atmp_graph.store.generations import MANIFEST, write_store

EX = "https://example.org/"
MOST_PROCESSES = 2 + 2 * (os.cpu_count() or 2) + 1
"""Of an idle server: front, zygote, the fast workers, those that were slow, and a spare one."""

LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


def quads(things: int = 100) -> list[ox.Quad]:
    """Each thing has a type, two labels, a number and a neighbour; ten things share a graph."""
    found = []
    for number in range(things):
        thing = ox.NamedNode(f"{EX}thing/{number}")
        graph = ox.NamedNode(f"{EX}graph/{number // 10}")
        for name, value in (
            ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", ox.NamedNode(EX + "Thing")),
            (LABEL, ox.Literal(f"Thing {number}", language="en")),
            (LABEL, ox.Literal(f"Sak {number} å ä ö 🧬", language="sv")),
            (EX + "number", ox.Literal(number)),
            (EX + "next", ox.NamedNode(f"{EX}thing/{(number * 7 + 1) % things}")),
        ):
            found.append(ox.Quad(thing, ox.NamedNode(name), value, graph))
    return found


def make_release(folder: Path, statements: Iterable[ox.Quad], name: str = "0123456789ab") -> Path:
    """A release of ``statements`` as a build leaves it, as far as a store needs it."""
    write_store(statements, folder)
    manifest = {"id": name, "counts": {}, "files": {}}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def children(pid: int) -> list[int]:
    """The processes below ``pid``, all the way down."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found += [int(entry.name), *children(int(entry.name))]
    return found


def alive(pids: Iterable[int]) -> list[int]:
    """Those of ``pids`` that still run; a zombie does not."""
    running = []
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            running.append(pid)
    return running


def memory(pids: Iterable[int]) -> int:
    """Bytes of memory that ``pids`` hold, shared pages counted once."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return total


class Server:
    """A running server on a release; ``options`` are fields of ``Settings``. Use it as a context manager."""

    PROGRAM = (
        "import sys, json\n"
        "from pathlib import Path\n"
        "from atmp_graph.settings import Settings\n"
        "from atmp_graph.web.front import serve\n"
        "folder, options = Path(sys.argv[1]), json.loads(sys.argv[2])\n"
        "find = lambda: Path((folder.parent / 'current').read_text())\n"
        "serve(Settings(home=folder, cache=folder, port=0, **options), folder, find=find,\n"
        "      announce=lambda address: print(address, flush=True))\n"
    )

    def __init__(self, folder: Path, **options: object) -> None:
        self._arguments = [sys.executable, "-c", self.PROGRAM, str(folder), json.dumps(options)]

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(self._arguments, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        if not self.address.startswith("http://"):
            self.stop()
            raise AssertionError("the server did not start")
        self.client = httpx.Client(base_url=self.address, timeout=30, limits=httpx.Limits(max_connections=50))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        self.stop()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the server and wait for it: its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(20)
        finally:
            self.process.kill()
            if self.process.stdout:
                self.process.stdout.close()
        return code

    def ask(self, query: str, **headers: str) -> httpx.Response:
        """Send a query by GET."""
        return self.client.get("/sparql", params={"query": query}, headers=headers)

    def raw(self, data: bytes, seconds: float = 10) -> bytes:
        """What the server says to ``data`` on a connection of its own until that ends, or in ``seconds``."""
        host, _, port = self.address.removeprefix("http://").rpartition(":")
        with socket.create_connection((host, int(port)), timeout=seconds) as connection:
            connection.sendall(data)
            said = b""
            try:
                while piece := connection.recv(65536):
                    said += piece
            except (TimeoutError, ConnectionResetError):
                pass
            return said

    @property
    def processes(self) -> list[int]:
        """The server's own process and all below it."""
        return [self.process.pid, *children(self.process.pid)]


def wait_until(condition: object, seconds: float = 5) -> bool:
    """Whether ``condition()`` comes true within ``seconds``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.01)
    return False
