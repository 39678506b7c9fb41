"""What one query, and all of them together, may cost."""

from __future__ import annotations

import os
from typing import NamedTuple


class Limits(NamedTuple):
    """The limits of a served store; the defaults fit a machine with two cores.

    A query runs for at most ``seconds``, gives at most ``rows`` rows (or triples) and ``bytes`` bytes, and
    takes at most ``memory`` megabytes beyond the data. A client may let its answer wait for
    ``send_seconds``. ``fast`` workers take new queries; one that is not done after ``SLOW_AFTER`` seconds
    leaves them. Of those, ``slow`` run at a time, ``parked`` more stand still until one of these is done;
    ``queued`` queries wait for a fast worker. What is beyond is refused at once.
    """

    seconds: float = 10.0
    rows: int = 100_000
    bytes: int = 100_000_000
    memory: int = 1024
    send_seconds: float = 30.0
    fast: int = os.cpu_count() or 2
    slow: int = os.cpu_count() or 2
    parked: int = 32
    queued: int = 500


SLOW_AFTER = 0.008
"""A query that takes more processor time (seconds) no longer counts as a light one."""

YIELD_AFTER = 0.5
"""A slow query that runs for longer (seconds) gives way to all others. Where the system lets a process come
back from a low priority (root, CAP_SYS_NICE, LimitNICE=20), every slow one gives way a little at once."""

GRACE = 0.1
"""A query that is still there so long after its deadline (seconds) is ended by the front, not the kernel."""

FIRST_CHUNK = 256 * 1024
"""An answer begins to stream when it is longer (bytes), so that most errors can still be errors."""

CHUNK = 64 * 1024
"""A streamed answer goes on in pieces of about this size (bytes)."""
