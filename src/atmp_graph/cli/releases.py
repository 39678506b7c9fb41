"""Which release answers a command: the one of the folders as they are now, built first if need be.

The usual case, nothing changed, costs a look at file sizes and times and no import worth naming.
"""

from __future__ import annotations

import sys

from atmp_graph import homes, inputs

TYPE_CHECKING = False  # typing costs 3 ms at each start; type checkers know this name
if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path
    from types import SimpleNamespace


def release_folder(options: Namespace | SimpleNamespace) -> str:
    """The folder of the release to answer from."""
    home = homes.find_home(options.home)
    cache = homes.find_cache(home)
    current = homes.current_release(cache)
    if current is not None and current.endswith(inputs.fresh(home, cache) or "\0"):
        return current
    return str(build_if_changed(home, cache))


def build_if_changed(home: str, cache: str) -> Path:
    """The release's folder after a build; if the folders do not build, the last good one, with a warning."""
    from pathlib import Path

    from atmp_graph.build import ensure
    from atmp_graph.cli.progress import Progress

    with Progress("building, for the folders have changed") as progress:
        folder, error = ensure(Path(home), Path(cache), progress.step)
    if error is not None:
        print(f"warning: {error.message}: the answer comes from the last good release", file=sys.stderr)
        print("  hint: run atmp-graph build to see what is wrong", file=sys.stderr)
    return folder
