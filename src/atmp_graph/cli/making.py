"""Commands that make releases and files of them."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from atmp_graph import homes
from atmp_graph.build import Release
from atmp_graph.build import build as make
from atmp_graph.cli.progress import Progress
from atmp_graph.cli.releases import release_folder
from atmp_graph.export import files


def build(options: Namespace) -> int:
    """Build, and print the release's id, its counts and the time it took."""
    home = Path(homes.find_home(options.home))
    out = Path(options.out).absolute() if options.out else Path(homes.find_cache(str(home)))
    with Progress("building") as progress:
        release = make(home, out, progress.step)
    print(_summary(release))
    return 0


def _summary(release: Release) -> str:
    counts = release.manifest["counts"]
    rows = [
        ("release", release.id + ("" if release.built else " (unchanged)")),
        ("folder", str(release.folder)),
        ("triples", f"{counts['triples']} ({counts['inferred']} inferred)"),
        ("sections", f"{counts['sections']} of {counts['sources']} sources"),
        ("entities", str(counts["entities"])),
        ("time", f"{release.seconds:.2f} s"),
    ]
    return "\n".join(f"{name:9} {value}" for name, value in rows)


def export(options: Namespace) -> int:
    """Copy files of the current release to a folder, and print their names."""
    folder = Path(release_folder(options))
    for path in files.copy(folder / "exports", Path(options.folder), options.format or ()):
        print(path)
    print(f"of release {folder.name}", file=sys.stderr)
    return 0
