"""The load, the same for every server: many light queries by wrk, fewer heavy ones by threads.

Without wrk the light ones come from asyncio: slower, but alike for all. Each is about another thing.
"""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import statistics
import subprocess
import threading
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from benchmarks.peers import JSON, Running

HERE = Path(__file__).parent


class Measured(NamedTuple):
    """What a load came to: answers per second, the 99th percentile of their times (s), the failures."""

    rate: float
    slowest: float
    failed: int


def light(server: Running, query: str, size: int, seconds: float, connections: int) -> Measured:
    """Ask ``query`` with @ replaced by ever other numbers below ``size``, as fast as the server answers."""
    if shutil.which("wrk"):
        return _wrk(server, query, size, seconds, connections)
    return asyncio.run(_asyncio(server, query, size, seconds, connections))


def _wrk(server: Running, query: str, size: int, seconds: float, connections: int) -> Measured:
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds:g}s",
        "--latency",
        "-s",
        str(HERE / "rotate.lua"),
    ]
    seed = str(random.randrange(10**6))  # noqa: S311
    command += [f"http://127.0.0.1:{server.port}", "--", server.peer.path, query, str(size), seed]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    if rate is None or slowest is None:
        raise RuntimeError(said)
    unit = {"us": 1e-6, "ms": 1e-3, "s": 1.0}[slowest[2]]
    return Measured(float(rate[1]), float(slowest[1]) * unit, int(failed[1]) if failed else 0)


class _Client(asyncio.Protocol):
    """One connection that asks, reads the answer, and asks again."""

    def __init__(self, server: Running, query: str, size: int) -> None:
        self._server, self._query, self._size = server, query, size
        self._missing, self._asked = 0, 0.0
        self.taken: list[float] = []
        self.failed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        text = quote(self._query.replace("@", str(random.randrange(self._size))))  # noqa: S311
        head = (
            f"GET {self._server.peer.path}?query={text} HTTP/1.1\r\nHost: localhost\r\nAccept: {JSON}\r\n\r\n"
        )
        self._asked = time.perf_counter()
        self._transport.write(head.encode())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        if not self._missing:
            head, _, data = data.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            if length is None or b" 200 " not in head[:15]:
                self.failed += 1
                self._transport.close()
                return
            self._missing = int(length[1])
        self._missing -= len(data)
        if self._missing <= 0:
            self._missing = 0
            self.taken.append(time.perf_counter() - self._asked)
            self._ask()


async def _asyncio(server: Running, query: str, size: int, seconds: float, connections: int) -> Measured:
    loop = asyncio.get_running_loop()
    clients = [_Client(server, query, size) for _ in range(connections)]
    links = [(await loop.create_connection(lambda c=c: c, "127.0.0.1", server.port))[0] for c in clients]
    await asyncio.sleep(seconds)
    for link in links:
        link.abort()
    taken = sorted(each for client in clients for each in client.taken)
    failed = sum(client.failed for client in clients)
    return Measured(len(taken) / seconds, taken[int(len(taken) * 0.99)] if taken else seconds, failed)


def heavy(server: Running, query: str, numbers: int, seconds: float, threads: int) -> Measured:
    """Ask ``query`` with @ and @@ replaced by random numbers, from ``threads`` askers at a time."""
    taken: list[float] = []
    failed: list[Exception] = []
    stop = time.perf_counter() + seconds

    def ask() -> None:
        chance = random.Random()  # noqa: S311
        while time.perf_counter() < stop:
            text = query.replace("@@", str(chance.randrange(numbers))).replace(
                "@", str(chance.randrange(numbers))
            )
            begin = time.perf_counter()
            try:
                server.ask(text)
                taken.append(time.perf_counter() - begin)
            except OSError as error:
                failed.append(error)

    askers = [threading.Thread(target=ask) for _ in range(threads)]
    begin = time.perf_counter()
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    spent = time.perf_counter() - begin
    slowest = statistics.quantiles(taken, n=100)[98] if len(taken) > 1 else spent
    return Measured(len(taken) / spent, slowest, len(failed))
