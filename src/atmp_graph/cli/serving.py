"""``serve``: the endpoint and the site."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from atmp_graph.cli.releases import release_folder
from atmp_graph.errors import InputError
from atmp_graph.settings import read_settings

OPTIONS = (
    *("host", "port", "release", "timeout", "max_rows", "max_bytes", "memory", "workers"),
    *("writable", "token_file"),
)
"""Options of the command that are settings."""


def serve(options: Namespace) -> int:
    """Serve a release until interrupted; without ``--release`` that of the folders, built first if they
    changed. With ``--writable`` serve a draft of it, or of nothing (``--empty``).
    """
    given = {name: getattr(options, name) for name in OPTIONS}
    settings = read_settings(home=options.home, **given)
    if options.empty and not settings.writable:
        raise InputError("--empty goes with --writable", hint="Name the folder of the draft: --writable DIR.")
    folder: Path | None = None
    if settings.release:
        folder = _release(settings.release)
    elif not options.empty:
        folder = Path(release_folder(options))
    from atmp_graph.web.front import serve as run

    run(settings, folder)
    return 0


def _release(given: Path) -> Path:
    """The release at a folder, or the one in service in a folder that ``build --out`` filled."""
    if (given / "manifest.json").is_file():
        return given
    try:
        folder = given / "releases" / (given / "current").read_text(encoding="utf-8").strip()
    except OSError:
        folder = given
    if not (folder / "manifest.json").is_file():
        raise InputError(
            "there is no release here", place=str(given), hint="make one: atmp-graph build --out DIR"
        )
    return folder
