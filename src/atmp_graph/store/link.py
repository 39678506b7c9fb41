"""The front's end of one worker, and a query's way through it.

A ``Job`` is a query that waits, runs and answers; a ``Link`` is the connection to one worker with the jobs
it was sent, the first of which it is running. Links only move bytes; ``pool`` decides.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, cast

from atmp_graph.errors import AtmpGraphError, EngineError
from atmp_graph.store import wire
from atmp_graph.store.wire import Frame, Head, Request

if TYPE_CHECKING:
    from atmp_graph.store.nursery import Nursery

_HIGH, _LOW = 1 << 20, 1 << 18  # bytes of a streamed answer that wait for its reader


class Owner(Protocol):
    """What a link tells whoever decides over it."""

    def done(self, link: Link) -> None:
        """The worker has ended its first job; the next one, if any, is running."""

    def lost(self, link: Link) -> None:
        """The worker is gone; the jobs left in ``link.jobs`` are not answered."""


class Job:
    """One query on its way: ``begun`` gives its ``Reply`` or raises; ``left`` is set when nobody waits any
    more."""

    __slots__ = ("begun", "created", "frame", "left", "reply", "seconds")

    def __init__(self, request: Request, now: float, begun: asyncio.Future[Reply]) -> None:
        self.frame = wire.pack_request(request)
        self.seconds = request.seconds
        self.created = now
        self.begun = begun
        self.reply: Reply | None = None
        self.left = False

    def leave(self) -> None:
        """Nobody waits for the answer any more: the query ends as soon as it counts as slow, or streams."""
        self.left = True
        if self.reply:
            self.reply.leave()

    def fail(self, error: AtmpGraphError) -> None:
        """End the job with an error, before its answer or in the midst of it."""
        if self.reply:
            self.reply.push(error)
        elif not self.begun.done():
            self.begun.set_exception(error)


class Reply:
    """An answer that has begun: ``head`` and ``body``, which is all of it if ``whole``; else ``rest`` gives
    the rest.

    ``end`` is the head as it stood at the end: only then is it known whether a streamed answer was cut.
    """

    __slots__ = ("_link", "_pieces", "_waiting", "_woken", "body", "end", "generation", "head", "whole")

    def __init__(self, link: Link, head: Head, body: bytes, whole: bool) -> None:
        self.head, self.body, self.whole = head, body, whole
        self.end = head
        self.generation = link.nursery.release.id
        self._link = link
        self._pieces: deque[bytes | Head | AtmpGraphError] = deque()
        self._waiting = 0
        self._woken: asyncio.Event | None = None

    def push(self, piece: bytes | Head | AtmpGraphError) -> None:
        """Take a piece from the worker; past a limit the worker is read no further until the reader catches
        up."""
        self._pieces.append(piece)
        if isinstance(piece, bytes):
            self._waiting += len(piece)
            if self._waiting > _HIGH:
                self._link.rest(True)
        if self._woken:
            self._woken.set()

    async def rest(self) -> AsyncIterator[bytes]:
        """The pieces after ``body``, as they come; raises the error that ended the answer before its time."""
        self._woken = asyncio.Event()
        while not self.whole:
            while not self._pieces:
                self._woken.clear()
                await self._woken.wait()
            piece = self._pieces.popleft()
            if isinstance(piece, AtmpGraphError):
                raise piece
            if isinstance(piece, Head):
                self.end, self.whole = piece, True
                return
            self._waiting -= len(piece)
            if self._waiting < _LOW:
                self._link.rest(False)
            yield piece

    def leave(self) -> None:
        """Nobody reads on: end the query if it still runs."""
        if not self.whole:
            self.whole = True
            running = self._link.jobs[0] if self._link.jobs else None
            if running and running.reply is self:
                self._link.kill(EngineError("The client has left"))


class Link(asyncio.Protocol):
    """The connection to one worker; ``ready`` is done when the worker can take its first job.

    In ``jobs``, ``None`` stands for a query that the worker was sent and that runs elsewhere now.
    """

    def __init__(self, owner: Owner, nursery: Nursery) -> None:
        self.nursery = nursery
        self.jobs: deque[Job | None] = deque()
        self.since = 0.0
        self.pid = 0
        self.tainted = False  # not to be used again after its first job
        self.resting = False
        self.standing_back = False
        self.reason: AtmpGraphError | None = None
        self._owner = owner
        self._timed: Job | None = None
        self._timed_from = 0.0
        self._frames = wire.Frames()
        self._turn = 1
        self._outgoing: list[bytes] = []
        self._loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = self._loop.create_future()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is open; the worker speaks first, when it is ready."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """The worker is gone."""
        self._transport = None
        if not self.ready.done():
            self.ready.set_exception(EngineError("A worker did not start"))
        self._owner.lost(self)

    def send(self, job: Job) -> None:
        """Give the worker one more job."""
        if not self.jobs:
            self.since = self._loop.time()
        self.jobs.append(job)
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(job.frame)

    def _flush(self) -> None:
        """Send what has come together in one turn of the loop."""
        if self._transport:
            self._transport.write(b"".join(self._outgoing))
        self._outgoing.clear()

    def data_received(self, data: bytes) -> None:
        """Take the worker's frames to the jobs they answer."""
        for frame in self._frames.feed(data):
            if frame.tag == wire.READY:
                self.pid = frame.number
                self.ready.set_result(None)
            elif self.jobs and frame.turn == self._turn & 0xFFFFFFFF:
                self._take(self.jobs[0], frame)
            else:
                self.kill(EngineError("The worker has lost count"))

    def _take(self, job: Job | None, frame: Frame) -> None:
        if job is None:  # it runs elsewhere
            if frame.tag == wire.HEAD:
                self.kill()
                return
        elif frame.tag == wire.CHUNK and job.reply:
            job.reply.push(frame.body)
            return
        elif frame.tag == wire.HEAD:
            job.reply = Reply(self, wire.unpack_head(frame.flags, frame.number), frame.body, whole=False)
            _begin(job, job.reply)
            if job.left:
                job.reply.leave()
            return
        elif frame.tag == wire.WHOLE:
            _begin(job, Reply(self, wire.unpack_head(frame.flags, frame.number), frame.body, whole=True))
        elif frame.tag == wire.ERROR:
            job.fail(wire.unpack_error(frame.body))
        elif job.reply:
            job.reply.push(wire.unpack_head(frame.flags, frame.number))
        self.jobs.popleft()
        self._turn += 1
        self.since = self._loop.time()
        self._owner.done(self)

    def isolate(self) -> list[Job]:
        """Leave the worker the query that it runs; those behind it, which are given back, are to run
        elsewhere.

        The worker will run them all the same, since they are on their way to it; nobody will listen.
        """
        running, *behind = self.jobs
        self.jobs = deque([running, *[None for _ in behind]])
        return [job for job in behind if job is not None]

    def busy_for(self) -> float:
        """Seconds of processor time that the worker has spent on its query, as far as it was asked before."""
        try:
            clock = time.clock_gettime((~self.pid << 3) | 2)  # the CPU clock of another process (Linux)
        except OSError:
            clock = self._loop.time()
        if self._timed is not self.jobs[0]:
            self._timed, self._timed_from = self.jobs[0], clock
        return clock - self._timed_from

    def rest(self, resting: bool) -> None:
        """Stop reading from the worker while the reader of its answer is behind, or go on."""
        if self._transport and resting != self.resting:
            self.resting = resting
            (self._transport.pause_reading if resting else self._transport.resume_reading)()

    def signal(self, number: int) -> None:
        """Send the worker a signal; one that is gone already does not mind."""
        if self.pid and self._transport:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def stand_back(self, steps: int) -> bool:
        """Let the worker give way to others by so many steps of niceness (0: not at all), seen from ours.

        False where the system does not allow it.
        """
        try:
            ours = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, self.pid, min(19, ours + steps))
        except OSError:
            return False
        return True

    def kill(self, reason: AtmpGraphError | None = None) -> None:
        """End the worker now, whatever it does; ``reason`` is what its first job then fails with."""
        self.reason = self.reason or reason
        self.signal(signal.SIGKILL)
        if self._transport:
            self._transport.abort()


def _begin(job: Job, reply: Reply) -> None:
    if not job.begun.done():
        job.begun.set_result(reply)
