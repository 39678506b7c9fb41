"""The process that writes: the only one that has a draft's store open for writing, one change at a time.

It runs as ``python -m atmp_graph.store.writer FD FOLDER BASE LIMITS``. Each change is one transaction of the
engine: all of it happens, or nothing. Like a reader's worker it is ended by a kernel timer at the deadline
and by a limit on memory, has no network, and whatever an update's text does to the parser ends here; the
front starts another one.
"""

from __future__ import annotations

import json
import resource
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox

from atmp_graph.errors import AtmpGraphError, EngineError, InputError, RefusedError, StaleError
from atmp_graph.store import complaint as _complaint  # noqa: F401  (loaded now, as the store is whole now)
from atmp_graph.store.changes import ADD, CHECKPOINT, DELETE, REPLACE, UPDATE, Change, pack_result, unpack
from atmp_graph.store.draft import checkpoint, open_draft
from atmp_graph.store.engine import RDF_FORMATS, mapped
from atmp_graph.store.limits import Limits
from atmp_graph.store.nesting import check_nesting
from atmp_graph.store.silence import die_with_parent, no_network
from atmp_graph.store.updatetext import refuse_reaching_out, with_dataset
from atmp_graph.store.wire import LENGTH
from atmp_graph.vocabulary import BASE, PREFIXES

_OPEN_SECONDS = 10.0
"""So long the writer waits for one before it to let go of the store."""

DATASET_TYPES = {ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG}


def main(arguments: list[str]) -> None:
    """Open the draft and make changes until the front leaves."""
    number, folder, base, limits = arguments
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = socket.socket(fileno=int(number))
    root = Path(folder)
    try:
        store, union = _open(root, Path(base) if base else None)
    except AtmpGraphError as error:
        connection.sendall(pack_result(False, error))
        return
    _confine(Limits(**json.loads(limits)))
    connection.sendall(pack_result(True))
    with suppress(ConnectionError):
        while received := _receive(connection):
            connection.sendall(_answer(store, root, union, *unpack(received)))


def _open(root: Path, base: Path | None) -> tuple[ox.Store, bool]:
    end = time.monotonic() + _OPEN_SECONDS
    while True:
        try:
            return open_draft(root, base)
        except EngineError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def _confine(limits: Limits) -> None:
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    budget = used + (limits.memory << 20)
    resource.setrlimit(resource.RLIMIT_AS, (budget, budget))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    no_network()


def _receive(connection: socket.socket) -> bytes:
    length = connection.recv(LENGTH.size, socket.MSG_WAITALL)
    if len(length) < LENGTH.size:
        return b""
    return connection.recv(LENGTH.unpack(length)[0], socket.MSG_WAITALL)


def _answer(store: ox.Store, root: Path, union: bool, change: Change, seconds: float) -> bytes:
    """Make one change under its deadline: the frame that says what became of it."""
    try:
        if change.action == CHECKPOINT:
            mapped(lambda: checkpoint(store, root, change.content.decode(), union))
            return pack_result(True)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        return pack_result(make(store, change))
    except AtmpGraphError as error:
        return pack_result(False, error)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def make(store: ox.Store, change: Change) -> bool:
    """Make one change in one transaction; whether its graph existed before. Raises the named errors."""
    if change.action == UPDATE:
        _update(store, change)
        return True
    existed = not change.graph or store.contains_named_graph(_node(change.graph))
    if change.existing is not None and change.existing != existed:
        raise StaleError("The graph is there already" if existed else "There is no such graph")
    quads = list(_read(change)) if change.action in (ADD, REPLACE) else []
    if change.action == ADD:
        mapped(lambda: _add(store, change, quads))
    elif change.action in (REPLACE, DELETE):
        text = _replacement(change, quads)
        mapped(lambda: store.update(text))
    return existed


def _update(store: ox.Store, change: Change) -> None:
    try:
        text = change.content.decode()
    except UnicodeDecodeError:
        raise InputError("The update is not UTF-8", hint="Send it in UTF-8.") from None
    check_nesting(text)
    refuse_reaching_out(text)
    text = with_dataset(text, change.default_graphs, change.named_graphs)

    def run() -> None:
        try:
            store.update(text, base_iri=BASE)
        except SyntaxError:  # perhaps it uses our prefixes
            store.update(text, base_iri=BASE, prefixes=PREFIXES)

    mapped(run, text)


def _add(store: ox.Store, change: Change, quads: list[ox.Quad]) -> None:
    if change.graph and not quads:
        store.add_graph(_node(change.graph))
    store.extend(quads)


def _replacement(change: Change, quads: list[ox.Quad]) -> str:
    """The update that puts ``quads`` in the place of a graph, of the default graph or of everything."""
    if change.graph is None:
        steps = ["DROP ALL"]
    elif change.graph:
        steps = [f"DROP SILENT GRAPH <{change.graph}>"]
        steps += [f"CREATE SILENT GRAPH <{change.graph}>"] if change.action == REPLACE else []
    else:
        steps = ["DROP DEFAULT"]
    groups: dict[str, list[str]] = {}
    for quad in quads:
        groups.setdefault(str(quad.graph_name), []).append(f"{quad.triple} .")
    inserts = [
        "\n".join(lines) if graph == "DEFAULT" else f"GRAPH {graph} {{\n" + "\n".join(lines) + "\n}"
        for graph, lines in groups.items()
    ]
    return " ;\n".join([*steps, "INSERT DATA {\n" + "\n".join(inserts) + "\n}"] if inserts else steps)


def _read(change: Change) -> Iterator[ox.Quad]:
    """The statements of an RDF document, in the graph that they are for."""
    form = RDF_FORMATS[change.media_type]
    if form == ox.RdfFormat.RDF_XML and b"<!DOCTYPE" in change.content:
        raise RefusedError("DOCTYPE is not allowed in RDF/XML", hint="Write the IRIs out, or send Turtle.")
    target = _node(change.graph) if change.graph else ox.DefaultGraph()
    base = change.graph or BASE
    try:
        for quad in ox.parse(change.content, form, base_iri=base, rename_blank_nodes=True):
            if change.graph is None:
                yield quad
            elif quad.graph_name != ox.DefaultGraph():
                raise InputError(
                    "The document names graphs of its own",
                    hint="Send it to /store without naming a graph, or send triples.",
                )
            else:
                yield ox.Quad(quad.subject, quad.predicate, quad.object, target)
    except SyntaxError as error:
        where = f"line {error.lineno}, column {error.offset}" if error.lineno else ""
        raise InputError(
            f"The document cannot be read: {error.msg}", place=where, hint="Nothing of it was kept."
        ) from None
    except (ValueError, OSError) as error:
        raise InputError(f"The document cannot be read: {error}", hint="Nothing of it was kept.") from None


def _node(iri: str) -> ox.NamedNode:
    return mapped(lambda: ox.NamedNode(iri))


if __name__ == "__main__":
    main(sys.argv[1:])
