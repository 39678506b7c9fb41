"""Decides which worker runs which query, so that a heavy query never keeps a light one waiting.

New queries go to the *fast* workers, a few at a time to each. A query that is not done after 8 ms takes
its worker with it to the *slow* ones and a spare steps in; those who stood behind it are sent again. When
all slow places are taken it is *parked*: its process is stopped, and goes on when a place is free. Each
query has its deadline in its worker's own kernel timer; what is still there shortly after it is killed from
here. Everything that waits, waits in a bounded queue. All of it runs on one event loop and touches no query
text.
"""

from __future__ import annotations

import asyncio
import signal
from collections import deque
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path

from atmp_graph.errors import AtmpGraphError, BusyError, DeadlineError, EngineError
from atmp_graph.store.generations import ReleaseFiles, open_release
from atmp_graph.store.limits import GRACE, SLOW_AFTER, YIELD_AFTER, Limits
from atmp_graph.store.link import Job, Link, Reply
from atmp_graph.store.nesting import too_deep
from atmp_graph.store.nursery import Nursery
from atmp_graph.store.protocol import Query
from atmp_graph.store.wire import Request
from atmp_graph.store.worker import too_much_memory

DEPTH = 3
"""Queries sent to one fast worker at a time: the next is there when it is done with one."""

_READY = 1  # spare workers at any time

_TICK = 0.003
_SLOW_STEPS, _RUNAWAY_STEPS = 4, 15  # of niceness, for slow workers and for those that seem to run away
_LOAD_AT_ONCE = 2_000_000  # bytes of N-Quads; more is served from disk until it is in memory


class Pool:
    """Runs queries on the workers of one generation after another; ``start`` it on the loop that uses it."""

    def __init__(self, release_dir: Path, limits: Limits) -> None:
        self.limits = limits
        self.killed = 0
        self._release = open_release(release_dir)
        self._nursery: Nursery | None = None
        self._nurseries: set[Nursery] = set()
        self._fast: list[Link] = []
        self._spare: list[Link] = []
        self._slow: list[Link] = []
        self._parked: deque[Link] = deque()
        self._links: set[Link] = set()
        self._coming = 0
        self._waiting: deque[Job] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._restorable = False

    @property
    def generation(self) -> str:
        """The id of the release that new queries see."""
        return self._release.id

    async def start(self) -> None:
        """Serve the release: at once, from disk if it is large, and from memory as soon as it is loaded."""
        self._loop = asyncio.get_running_loop()
        if self._release.dataset.stat().st_size <= _LOAD_AT_ONCE:
            await self._serve(self._release, "memory")
        else:
            await self._serve(self._release, "disk")
            self._later(self._serve(self._release, "memory"))

    async def reload(self, release_dir: Path) -> None:
        """Serve another release from now on; what runs ends on the one it began with."""
        await self._serve(open_release(release_dir), "memory")

    async def run(self, query: Query, gzip: bool = False) -> Reply:
        """Run a query; gives its answer when that begins, or raises what went wrong."""
        job = self.submit(query, gzip)
        try:
            return await job.begun
        except asyncio.CancelledError:
            job.leave()
            raise

    def submit(self, query: Query, gzip: bool = False) -> Job:
        """Send a query on its way, for one who awaits ``begun`` and may ``leave``; raises ``BusyError``."""
        if self._closing:
            raise BusyError("The server is shutting down", retry_after=5)
        job = Job(Request(query, self.limits.seconds, gzip), self._loop.time(), self._loop.create_future())
        link = self._free()
        if link:
            link.send(job)
        elif len(self._waiting) < self.limits.queued:
            self._waiting.append(job)
        else:
            raise BusyError("Too many queries are waiting", hint="Try again in a moment.")
        if self._timer is None:
            self._timer = self._loop.call_later(_TICK, self._tick)
        return job

    async def close(self) -> None:
        """End every worker and every zygote."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        for job in self._waiting:
            job.fail(BusyError("The server is shutting down", retry_after=5))
        for link in list(self._links):
            link.kill(BusyError("The server is shutting down", retry_after=5))
        for nursery in list(self._nurseries):
            await nursery.closed()

    def state(self) -> dict[str, int]:
        """How many workers and queries are where, for the curious and for tests."""
        return {
            "fast": len(self._fast),
            "spare": len(self._spare),
            "slow": len(self._slow),
            "parked": len(self._parked),
            "waiting": len(self._waiting),
            "killed": self.killed,
            "generations": len(self._nurseries),
        }

    async def _serve(self, release: ReleaseFiles, engine: str) -> None:
        """Start a generation, wait for its first workers, then let them take the place of the old ones."""
        nursery = Nursery(release, engine, self.limits)
        nursery.ended = self._orphaned
        self._nurseries.add(nursery)
        await nursery.ready()
        links = [await self._hire(nursery) for _ in range(self.limits.fast)]
        self._restorable = links[0].stand_back(1) and links[0].stand_back(0)
        old = [*self._fast, *self._spare]
        self._release, self._nursery = release, nursery
        self._fast, self._spare = links, []
        for link in old:
            self._retire(link)
        self._refill()
        self._feed()

    def _retire(self, link: Link) -> None:
        """End a worker of an old generation, at once or after the query that it runs."""
        if link.jobs:
            self._waiting.extendleft(reversed(link.isolate()))
            self._slow.append(link)
            link.tainted = True
        else:
            link.kill()

    def _orphaned(self, nursery: Nursery) -> None:
        """A zygote has died by itself: its generation must come back, for there will be no new workers."""
        self._nurseries.discard(nursery)
        self._later(nursery.closed())
        if nursery is self._nursery and not self._closing:
            self._nursery = None
            self._later(self._serve(nursery.release, nursery.engine))

    def _later(self, work: Coroutine[object, object, None]) -> None:
        async def quietly() -> None:
            with suppress(AtmpGraphError):
                await work

        task = self._loop.create_task(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _free(self) -> Link | None:
        """The fast worker with the fewest queries, if it may have one more."""
        link = min(self._fast, key=lambda link: len(link.jobs), default=None)
        return link if link and len(link.jobs) < DEPTH else None

    def _feed(self) -> None:
        """Send waiting queries to fast workers while there is room."""
        while self._waiting and (link := self._free()):
            job = self._waiting.popleft()
            if not job.left:
                link.send(job)

    def _tick(self) -> None:
        """Look at every running query; runs while there are any."""
        now = self._loop.time()
        for link in [link for link in self._fast if link.jobs and now - link.since > _TICK]:
            # By its processor time: on a crowded machine a light query, too, takes long by the clock.
            if link.busy_for() > SLOW_AFTER - _TICK or now - link.since > 10 * SLOW_AFTER:
                self._demote(link)
        for link in [*self._slow, *self._parked]:
            if link.jobs:
                self._watch(link, now)
        while self._waiting and now - self._waiting[0].created > self._waiting[0].seconds:
            self._waiting.popleft().fail(BusyError("No worker was free in time", retry_after=2))
        self._unpark()
        busy = self._slow or self._parked or self._waiting or any(link.jobs for link in self._fast)
        self._timer = self._loop.call_later(_TICK, self._tick) if busy else None

    def _demote(self, link: Link) -> None:
        """Take a worker whose query is slow out of the fast lane, and send again what waited behind it."""
        self._fast.remove(link)
        self._waiting.extendleft(reversed(link.isolate()))
        if self._restorable:
            link.stand_back(_SLOW_STEPS)
        if self._running() < self.limits.slow:
            self._slow.append(link)
        elif len(self._parked) < self.limits.parked:
            # If this process is killed, the kernel wakes and ends what is stopped: an orphaned process group.
            link.signal(signal.SIGSTOP)
            self._parked.append(link)
        else:
            self._slow.append(link)
            self._kill(
                link,
                BusyError("Too many heavy queries are running", retry_after=int(self.limits.seconds) or 1),
            )
        self._refill()
        self._feed()

    def _running(self) -> int:
        """Slow workers that use the processor; one whose reader is behind does not."""
        return sum(not link.resting for link in self._slow)

    def _watch(self, link: Link, now: float) -> None:
        """See that a slow query gives way, and ends when its time is up or its client has left."""
        job, age = link.jobs[0], now - link.since
        if job is None:
            if age > SLOW_AFTER:
                link.kill()
        elif job.left:
            self._kill(link, EngineError("The client has left"))
        elif age > job.seconds + GRACE and job.reply is None:
            self._kill(link, _too_late(job))
        elif age > YIELD_AFTER and not link.standing_back:
            link.standing_back = True
            link.stand_back(_RUNAWAY_STEPS)
            link.tainted = not self._restorable  # who gives way here cannot come back

    def _unpark(self) -> None:
        while self._parked and self._running() < self.limits.slow:
            link = self._parked.popleft()
            link.signal(signal.SIGCONT)
            self._slow.append(link)

    def _kill(self, link: Link, reason: AtmpGraphError) -> None:
        self.killed += 1
        link.kill(reason)

    def done(self, link: Link) -> None:
        """A query has ended: its worker takes the next one; a slow one comes back, unless it is tainted."""
        if link in self._fast:
            self._feed()
        elif not link.jobs or (link.tainted and link.jobs[0] is None):
            self._remove(link)
            if link.tainted or link.nursery is not self._nursery:
                link.kill()
            else:
                link.standing_back = False
                link.stand_back(0)
                self._place(link, used=True)
            self._unpark()

    def lost(self, link: Link) -> None:
        """A worker is gone: say so to its query, let the others run elsewhere, see to its successor."""
        self._remove(link)
        self._links.discard(link)
        job = link.jobs[0] if link.jobs else None
        if link.jobs:
            self._waiting.extendleft(reversed(link.isolate()))
        if job:
            self._loop.create_task(self._bury(link, job))
        else:
            self._let_go(link.nursery)
        if link.pid:  # else it never began, and there is no hurry to try again
            self._refill()
        self._feed()
        self._unpark()

    def _remove(self, link: Link) -> None:
        for lane in (self._fast, self._spare, self._slow, self._parked):
            if link in lane:
                lane.remove(link)

    async def _bury(self, link: Link, job: Job) -> None:
        """End the query that a worker died of, with the reason as soon as it is known."""
        late = self._loop.time() - link.since >= job.seconds
        for _ in range(200):
            died = link.nursery.death_of(link.pid)
            if link.reason or died is not None:
                break
            await asyncio.sleep(0.005)
        job.fail(link.reason or (_too_late(job) if late else _cause(died, job, self.limits)))
        self._let_go(link.nursery)

    def _let_go(self, nursery: Nursery) -> None:
        """One worker less; an old generation ends with its last one."""
        nursery.workers -= 1
        if nursery is not self._nursery and nursery.workers == 0:
            self._nurseries.discard(nursery)
            self._later(nursery.closed())

    def _refill(self) -> None:
        """Let spare workers step in, the last used first, and ask for a new one if none is left."""
        while self._spare and len(self._fast) < self.limits.fast:
            self._fast.append(self._spare.pop())
        missing = self.limits.fast + _READY - len(self._fast) - len(self._spare) - self._coming
        if self._nursery and not self._closing:
            for _ in range(missing):
                self._coming += 1
                self._later(self._succeed(self._nursery))

    async def _succeed(self, nursery: Nursery) -> None:
        """Bring one new worker into its lane."""
        try:
            link = await self._hire(nursery)
        except EngineError:
            await asyncio.sleep(0.2)  # no process to be had just now
            self._coming -= 1
            self._refill()
            return
        self._coming -= 1
        self._place(link, used=False)

    async def _hire(self, nursery: Nursery) -> Link:
        link = await nursery.worker(self)
        self._links.add(link)
        await link.ready
        return link

    def _place(self, link: Link, used: bool) -> None:
        """Give an idle worker a place in the fast lane or among the spare ones.

        One that has been ``used`` owns its copies of the pages it reads and is several times as fast as a new
        one. So these are kept, and the one that was spare for longest goes when there are too many.
        """
        if link.nursery is not self._nursery:
            link.kill()
            return
        self._spare.insert(len(self._spare) if used else 0, link)
        self._refill()
        if len(self._spare) > self.limits.slow + _READY:
            self._spare.pop(0).kill()
        self._feed()


def _too_late(job: Job) -> DeadlineError:
    return DeadlineError(
        f"The query was not done after {job.seconds:g} seconds and was ended",
        hint="Narrow it: name a class or a property, add LIMIT, avoid patterns that share no variable.",
    )


def _cause(died: int | None, job: Job, limits: Limits) -> AtmpGraphError:
    """The error of a query whose worker died by the signal ``died``."""
    if died == signal.SIGALRM:
        return _too_late(job)
    if died in (signal.SIGABRT, signal.SIGKILL):
        return too_much_memory(limits)
    if died in (signal.SIGSEGV, signal.SIGBUS):
        return too_deep()
    return EngineError(
        "The query's worker ended unexpectedly", hint="Try again; if it stays, report the query."
    )
