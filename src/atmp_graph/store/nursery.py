"""The front's end of a zygote: starts it, asks it for workers, hears how they died."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable

from atmp_graph.errors import EngineError
from atmp_graph.store.generations import ReleaseFiles
from atmp_graph.store.limits import Limits
from atmp_graph.store.link import Link, Owner

_HUGE_PAGES = "glibc.malloc.hugetlb=1"
"""Large pages make a fork of a million triples 1.4 ms instead of 11, and queries a seventh faster."""


_REMEMBERED = 500  # deaths that nobody has asked for


class Nursery:
    """One zygote process with one generation. ``ended`` is called once when it is gone."""

    def __init__(self, release: ReleaseFiles, engine: str, limits: Limits) -> None:
        self.release = release
        self.engine = engine
        self.workers = 0
        self.ended: Callable[[Nursery], None] = lambda _: None
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._deaths: dict[int, int] = {}
        self._heard = b""
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "atmp_graph.store.zygote",
                    str(theirs.fileno()),
                    str(release.root),
                    engine,
                    json.dumps(limits._asdict()),
                ],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                env={"GLIBC_TUNABLES": _HUGE_PAGES, **os.environ},
                process_group=0,  # Ctrl-C is for the front alone; and see Pool._demote
            )
        self._control.setblocking(False)
        self._loop.add_reader(self._control, self._hear)

    async def ready(self) -> None:
        """Wait until the generation is loaded; raises ``EngineError`` if it cannot be."""
        await asyncio.shield(self._ready)

    async def worker(self, owner: Owner) -> Link:
        """Ask for one more worker; wait for its ``ready`` before the first job."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._control, [b"fork"], [theirs.fileno()])
            self.workers += 1
            _, link = await self._loop.create_unix_connection(lambda: Link(owner, self), sock=ours)
        except OSError as error:
            ours.close()
            raise EngineError(f"No worker can be started: {error}") from None
        return link

    def death_of(self, pid: int) -> int | None:
        """The signal that ended a worker, 0 for none, ``None`` if it is not known (yet)."""
        return self._deaths.pop(pid, None)

    def close(self) -> None:
        """Let the zygote end."""
        if self._control.fileno() >= 0:
            self._loop.remove_reader(self._control)
            self._control.close()

    async def closed(self) -> None:
        """Wait until the zygote has ended, and end it if it does not."""
        self.close()
        for _ in range(200):
            if self._process.poll() is not None:
                return
            await asyncio.sleep(0.01)
        self._process.kill()
        self._process.wait()

    def _hear(self) -> None:
        try:
            data = self._control.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end()
            return
        *lines, self._heard = (self._heard + data).split(b"\n")
        for line in lines:
            said = json.loads(line)
            if "died" in said:
                self._deaths[said["died"]] = said["signal"]
                if len(self._deaths) > _REMEMBERED:
                    del self._deaths[next(iter(self._deaths))]
            elif not self._ready.done():
                self._ready.set_result(None)

    def _end(self) -> None:
        self.close()
        if not self._ready.done():
            self._ready.set_exception(EngineError(f"The data of release {self.release.id} cannot be loaded"))
            self._ready.exception()  # somebody may not be waiting
        self.ended(self)
