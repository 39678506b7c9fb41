"""The process that holds one generation in memory and forks the workers that read it.

It runs as ``python -m atmp_graph.store.zygote FD DIRECTORY ENGINE LIMITS``, has one thread, never runs a
query and speaks with its front over the socket FD. A message from the front carries one end of a new
worker's connection; what it says itself are lines of JSON: when it is ready, and how each of its workers
died. It ends when the front leaves.

``ENGINE`` is ``memory`` (loaded here, shared with every worker by fork) or ``disk`` (each worker opens the
store for itself: ready at once at any size, slower to answer).
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox

from atmp_graph.store.generations import load_dataset, open_release
from atmp_graph.store.limits import Limits
from atmp_graph.store.protocol import Query
from atmp_graph.store.worker import work


def main(arguments: list[str]) -> None:
    """Load the generation and serve the front on the given socket until it leaves."""
    number, directory, engine, limits = arguments
    control = socket.socket(fileno=int(number))
    release = open_release(Path(directory))
    open_store = _in_memory(release.dataset) if engine == "memory" else _on_disk(str(release.store))
    Zygote(control, open_store, Limits(**json.loads(limits)), engine == "disk").run()


def _in_memory(dataset: Path) -> Callable[[], ox.Store]:
    store = ox.Store()
    load_dataset(store, dataset)
    return lambda: store


def _on_disk(directory: str) -> Callable[[], ox.Store]:
    return lambda: ox.Store.read_only(directory)


class Zygote:
    """Forks a worker for each connection it is handed and tells how each ended."""

    def __init__(
        self, control: socket.socket, open_store: Callable[[], ox.Store], limits: Limits, disk: bool
    ) -> None:
        self._control = control
        self._open_store = open_store
        self._limits = limits
        self._disk = disk

    def run(self) -> None:
        """Serve until the front closes its end."""
        _warm()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: self._bury())
        gc.collect()
        gc.freeze()  # or the workers' garbage collector would copy every shared page
        self._say({"ready": True})
        while True:
            try:
                message, files, _, _ = socket.recv_fds(self._control, 16, 1)
            except ConnectionError:
                return
            if not message:
                return
            for file in files:
                self._fork(socket.socket(fileno=file))

    def _fork(self, connection: socket.socket) -> None:
        with (
            connection,
            suppress(BlockingIOError),
        ):  # no process to be had: the front sees the end of the connection
            if os.fork() == 0:
                try:
                    work(connection, self._open_store, self._limits, self._disk)
                finally:
                    os._exit(70)

    def _bury(self) -> None:
        """Reap every dead worker and report its signal (0 for an orderly end)."""
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                self._say({"died": pid, "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0})

    def _say(self, said: dict[str, object]) -> None:
        with suppress(OSError):
            self._control.sendall(json.dumps(said).encode() + b"\n")


def _warm() -> None:
    """Run each path once: what Python loads or compiles late must be there before a worker can open no
    file."""
    from atmp_graph.store.direct import DirectStore  # noqa: PLC0415

    store = DirectStore.of([])
    for form in ("SELECT * {}", "ASK {}", "CONSTRUCT {} {}"):
        store.answer(Query(form, bindings={}))
    with suppress(Exception):
        store.rows("SELECT ?x { foo:service ?x }")


if __name__ == "__main__":
    main(sys.argv[1:])
