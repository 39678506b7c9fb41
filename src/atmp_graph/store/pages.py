"""Gives a worker that is much used its data in large pages, while it has nothing else to do.

The engine counts references in its data as it reads, and so writes to the pages that a fork shares with the
zygote: each is copied when it is first read, in small pieces. A worker that is much used ends with copies of
almost all, but misses the large pages: a fifth of a light query, a quarter of a join. When it is idle for a
moment it therefore puts them together again, one large page at a time, and looks for a request after each.
Linux 6.1 and newer; elsewhere nothing happens.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator

LARGE = 2 << 20  # bytes
_SMALL = 4096
_POPULATE_WRITE, _COLLAPSE = 23, 25  # advice to madvise(2)


class OwnPages:
    """The large pages that a worker shares with its zygote; made when the worker is, used while it is
    idle."""

    def __init__(self) -> None:
        self._left = list(_shared()) if sys.platform == "linux" else []
        self._madvise = ctypes.CDLL(None).madvise
        self._madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)

    def take_one(self) -> bool:
        """Make one more page our own, if the system can; false when none is left."""
        if not self._left:
            return False
        page = self._left.pop()
        self._madvise(page, _SMALL, _POPULATE_WRITE)  # a page in one piece with the zygote's must break first
        self._madvise(page, LARGE, _COLLAPSE)
        return bool(self._left)


def _shared() -> Iterator[int]:
    """The addresses of the large pages of the heap, last first."""
    with open("/proc/self/maps", encoding="ascii") as file:
        for line in file:
            span, access, _, _, inode, *name = line.split()
            if access == "rw-p" and inode == "0" and name in ([], ["[heap]"]):
                first, last = (int(end, 16) for end in span.split("-"))
                yield from range(-(-first // LARGE) * LARGE, last // LARGE * LARGE, LARGE)
