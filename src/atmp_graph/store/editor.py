"""The front's end of the writer: one queue of changes, commits in groups, and a new generation for each.

Changes are made one after another; those that have come meanwhile share a checkpoint and a generation. A
change is acknowledged when the workers that read have its generation: whoever asks after that sees it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from atmp_graph.errors import AtmpGraphError, BusyError, DeadlineError, EngineError, StaleError
from atmp_graph.store.changes import CHECKPOINT, UPDATE, Change, Receipt, pack, unpack_result
from atmp_graph.store.draft import GENERATIONS, sweep
from atmp_graph.store.limits import Limits
from atmp_graph.store.nesting import too_deep
from atmp_graph.store.wire import LENGTH
from atmp_graph.store.worker import too_much_memory

QUEUED = 200
"""Changes that may wait."""
_TOGETHER = 0.1  # seconds of changes that share a commit
PATIENCE = 3
"""A change may take so many times as long as a query."""

Publish = Callable[[Path], Awaitable[Iterable[str]]]
"""Serves a generation and tells the names of all that are still read."""


class _Job(NamedTuple):
    change: Change
    versions: tuple[str, ...] | None  # one of which the graph must have
    done: asyncio.Future[Receipt]


class Versions:
    """By graph, the generation that last changed it."""

    def __init__(self, everything: str, graphs: dict[str, str] | None = None) -> None:
        self._everything = everything
        self._graphs = graphs or {}

    def of(self, graph: str | None) -> str:
        """The version of a graph: changes whenever the graph may have."""
        return self._graphs.get(graph, self._everything) if graph is not None else self._everything

    def after(self, change: Change, name: str) -> Versions:
        """The versions when ``change`` is made in the generation ``name``."""
        if change.action == UPDATE or change.graph is None:
            return Versions(name)
        return Versions(self._everything, {**self._graphs, change.graph: name})


class Editor:
    """Makes changes to the draft in ``root``; ``start`` it on the loop that uses it."""

    def __init__(self, root: Path, base: Path | None, limits: Limits) -> None:
        self._root, self._base, self._limits = root, base, limits
        self._queue: asyncio.Queue[_Job] = asyncio.Queue(QUEUED)
        self._process: subprocess.Popen[bytes] | None = None
        self._task: asyncio.Task[None] | None = None
        self._versions = Versions("")

    async def start(self) -> Path:
        """Open or make the draft: the folder of its first generation."""
        await self._hire()
        name = _new_name()
        await self._ask(Change(CHECKPOINT, name.encode()))
        await asyncio.to_thread(sweep, self._root, [name])
        self._versions = Versions(name)
        return self._folder(name)

    def begin(self, publish: Publish) -> None:
        """Take changes from now on; ``publish`` serves each new generation."""
        self._publish = publish
        self._task = asyncio.get_running_loop().create_task(self._run())

    def version(self, graph: str) -> str:
        """The version of a graph as it is served now."""
        return self._versions.of(graph)

    async def apply(self, change: Change, versions: tuple[str, ...] | None = None) -> Receipt:
        """Make a change; returns when it is kept and seen. Raises ``StaleError`` if the graph has none of
        ``versions``, and whatever is wrong with the change itself."""
        done: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait(_Job(change, versions, done))
        except asyncio.QueueFull:
            raise BusyError("Too many changes are waiting", retry_after=2) from None
        return await asyncio.shield(done)

    async def close(self) -> None:
        """Finish the commit that runs, refuse those that wait, and let the writer end."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
        while not self._queue.empty():
            _fail(self._queue.get_nowait(), BusyError("The server is shutting down", retry_after=5))
        await self._dismiss()

    async def _run(self) -> None:
        while True:
            job = await self._queue.get()
            commit = asyncio.ensure_future(self._commit(job))
            try:
                await asyncio.shield(commit)
            except asyncio.CancelledError:
                await commit
                raise

    async def _commit(self, first: _Job) -> None:
        """Make ``first`` and what has come meanwhile, show it, and acknowledge."""
        name, versions = _new_name(), self._versions
        loop = asyncio.get_running_loop()
        end = loop.time() + _TOGETHER
        made: list[tuple[_Job, bool]] = []
        job: _Job | None = first
        while job:
            try:
                made.append((job, await self._make(job, versions)))
                versions = versions.after(job.change, name)
            except AtmpGraphError as error:
                _fail(job, error)
            job = self._queue.get_nowait() if loop.time() < end and not self._queue.empty() else None
        if not made:
            return
        try:
            await self._ask(Change(CHECKPOINT, name.encode()))
            read = await self._publish(self._folder(name))
        except AtmpGraphError as error:
            for job, _ in made:
                _fail(job, EngineError(f"The change is made but cannot be shown: {error}"))
            return
        self._versions = versions
        for job, existed in made:
            if not job.done.done():
                job.done.set_result(Receipt(name, existed, versions.of(job.change.graph)))
        await asyncio.to_thread(sweep, self._root, {name, *read})

    async def _make(self, job: _Job, versions: Versions) -> bool:
        if job.versions is not None and versions.of(job.change.graph) not in job.versions:
            raise StaleError("The graph has changed since", hint="Get it again, and change that.")
        return await self._ask(job.change)

    def _folder(self, name: str) -> Path:
        return self._root / GENERATIONS / name

    async def _ask(self, change: Change) -> bool:
        """Send the writer a change and wait; if it dies of it, say of what and start another one."""
        if self._process is None:
            await self._hire()
        try:
            self._to.write(pack(change, PATIENCE * self._limits.seconds))
            await self._to.drain()
            return await self._heard()
        except (OSError, EOFError):
            raise await self._lost() from None

    async def _heard(self) -> bool:
        length = LENGTH.unpack(await self._from.readexactly(LENGTH.size))[0]
        return unpack_result(await self._from.readexactly(length))

    async def _hire(self) -> None:
        """Start a writer and wait until it has the draft open; raises what it says is wrong with it."""
        ours, theirs = socket.socketpair()
        program = [sys.executable, "-m", "atmp_graph.store.writer", str(theirs.fileno()), str(self._root)]
        with theirs:
            self._process = subprocess.Popen(
                [*program, str(self._base or ""), json.dumps(self._limits._asdict())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                process_group=0,
            )
        self._from, self._to = await asyncio.open_unix_connection(sock=ours)
        try:
            await self._heard()
        except AtmpGraphError:
            await self._dismiss()
            raise
        except (OSError, EOFError):
            raise await self._lost() from None

    async def _lost(self) -> AtmpGraphError:
        """The error of a change that the writer died of."""
        code = await self._dismiss()
        if code == -signal.SIGALRM:
            return DeadlineError(
                f"The change was not done after {PATIENCE * self._limits.seconds:g} seconds and was ended",
                hint="Send less at a time. Look before you send it again.",
            )
        if code in (-signal.SIGABRT, -signal.SIGKILL):
            return too_much_memory(self._limits)
        if code in (-signal.SIGSEGV, -signal.SIGBUS):
            return too_deep()
        return EngineError("The writer ended unexpectedly", hint="Look before you send the change again.")

    async def _dismiss(self) -> int:
        """Let the writer end and wait for it: how it ended."""
        process, self._process = self._process, None
        if process is None:
            return 0
        self._to.close()
        return await asyncio.to_thread(process.wait)


def _fail(job: _Job, error: AtmpGraphError) -> None:
    if not job.done.done():
        job.done.set_exception(error)
        job.done.exception()  # its client may have left


def _new_name() -> str:
    return f"draft-{secrets.token_hex(6)}"
