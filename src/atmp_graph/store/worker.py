"""One worker: a forked process that parses, runs and serialises queries, one after another, until its front
leaves.

A kernel timer ends it at a query's deadline, also in native code: SIGALRM keeps its default action. A limit
on its address space ends it when a query needs too much memory. It may open no file and no socket, so that
nothing a query says can reach out; one that reads a store on disk may open files, but no socket.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import IO, NoReturn, cast

import pyoxigraph as ox

from atmp_graph.errors import AnswerTooLargeError, AtmpGraphError, MemoryLimitError
from atmp_graph.store import binding as _binding  # noqa: F401  (loaded now: a worker can open no file later)
from atmp_graph.store.engine import choose, evaluate, mapped, serialise
from atmp_graph.store.limits import Limits
from atmp_graph.store.line import Line
from atmp_graph.store.nesting import check_nesting
from atmp_graph.store.outlet import FullError, Outlet
from atmp_graph.store.pages import OwnPages
from atmp_graph.store.silence import no_network
from atmp_graph.store.wire import Head, Request


def work(
    connection: socket.socket, open_store: Callable[[], ox.Store], limits: Limits, disk: bool = False
) -> NoReturn:
    """Answer the requests of ``connection`` until it ends; the process ends with it.

    A store on ``disk`` opens some of its files only when a query needs them.
    """
    with suppress(OSError):
        _settle(connection)
        store = open_store()
        pages = OwnPages()
        _confine(limits, disk)
        line = Line(connection, limits.send_seconds, idle=pages.take_one)
        line.ready()
        while request := line.receive():
            answer(store, request, limits, line)
    os._exit(0)


def _settle(connection: socket.socket) -> None:
    """Cut the ties to the zygote: its signals, its files, its terminal."""
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the front, which closes the connection
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    os.closerange(3, connection.fileno())
    os.closerange(connection.fileno() + 1, 1 << 16)


def _confine(limits: Limits, disk: bool) -> None:
    """Allow this process what it has, ``limits.memory`` more, and nothing new from the outside."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # if memory runs out all the same, a worker goes first
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    budget = used + (limits.memory << 20)
    resource.setrlimit(resource.RLIMIT_AS, (budget, budget))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not (disk and no_network()):
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def answer(store: ox.Store, request: Request, limits: Limits, line: Line) -> None:
    """Run one query under its deadline and send its answer, or its error."""
    signal.setitimer(signal.ITIMER_REAL, request.seconds)
    outlet = None
    try:
        check_nesting(request.query.text)
        result = evaluate(store, request.query)
        kind, media_type = choose(result, request.query.accept)
        outlet = Outlet(line, Head(kind, media_type, request.gzip), limits)
        with suppress(FullError):
            text = request.query.text
            left_out = mapped(
                lambda: serialise(result, media_type, cast(IO[bytes], outlet), limits.rows), text
            )
            outlet.finish(left_out)
    except AtmpGraphError as error:
        line.fail(error)
    except OverflowError:
        line.fail(_too_large(limits))
    except MemoryError:
        line.fail(too_much_memory(limits))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def too_much_memory(limits: Limits) -> MemoryLimitError:
    """The error of a query that hit the memory limit."""
    return MemoryLimitError(
        f"The query needs more than its {limits.memory:,} MB of memory",
        hint="Ask for less at a time: LIMIT, a narrower pattern, no ORDER BY or GROUP BY over everything.",
    )


def _too_large(limits: Limits) -> AnswerTooLargeError:
    return AnswerTooLargeError(
        f"The answer is longer than {limits.bytes:,} bytes",
        hint="Use LIMIT and OFFSET, or ask for fewer columns.",
    )
