"""The pool of a server whose data change: each commit is a generation, and it must be there at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from atmp_graph.store.generations import ReleaseFiles, open_release
from atmp_graph.store.pool import Pool


class DraftPool(Pool):
    """Serves the generations of a draft; a plain dataset from its checkpoint, a union from memory."""

    async def start(self) -> None:
        """Serve the first generation."""
        self._loop = asyncio.get_running_loop()
        await self._serve(self._release, _engine(self._release))

    async def reload(self, release_dir: Path) -> None:
        """Serve the next one; what runs ends on the one it began with."""
        release = open_release(release_dir)
        await self._serve(release, _engine(release))

    async def publish(self, release_dir: Path) -> set[str]:
        """Serve the next generation: the names of all that are still read."""
        await self.reload(release_dir)
        return {nursery.release.id for nursery in self._nurseries}


def _engine(release: ReleaseFiles) -> str:
    return "memory" if release.dataset.is_file() else "disk"
