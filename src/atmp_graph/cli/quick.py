"""The short way for ``query`` in a shell loop: arguments read by hand, one query, out.

``argparse``, the store's protocol and the interpreter's own tidying up cost more than the query. Only plain
calls that succeed end here; everything else, and every error, goes the full way, and a test holds that both
say the same.
"""

from __future__ import annotations

import os
import sys

from atmp_graph import homes, inputs

FORMATS = ("table", "csv", "tsv", "json", "xml")


def answer(arguments: list[str]) -> bytes | None:
    """What to print for these arguments, or ``None`` if they need the full way."""
    plain = _plain(arguments)
    if plain is None:
        return None
    home, text, name = plain
    try:
        root = homes.find_home(home)
        cache = homes.find_cache(root)
        folder = homes.current_release(cache)
        if folder is None or folder.rpartition(os.sep)[2] != inputs.fresh(root, cache):
            return None
    except Exception:
        return None
    return _run(folder, text, name)


def _plain(arguments: list[str]) -> tuple[str | None, str, str] | None:
    """Home, query and format if this is ``[--home DIR] query -e TEXT [--format F]``, else ``None``."""
    found: dict[str, str] = {}
    rest = arguments[:]
    command = 2 if rest[:1] == ["--home"] else 0
    if rest[command : command + 1] != ["query"]:
        return None
    del rest[command]
    while len(rest) >= 2:
        option, value = rest.pop(0), rest.pop(0)
        if option not in ("--home", "-e", "--format") or option in found or value.startswith("-"):
            return None
        found[option] = value
    name = found.get("--format", "table")
    if rest or "-e" not in found or name not in FORMATS:
        return None
    return found.get("--home"), found["-e"], name


def _run(folder: str, text: str, name: str) -> bytes | None:
    from atmp_graph.store import quick

    if name != "table":
        content = quick.serialised(folder, text, name)
        return content if content is None or content.endswith(b"\n") else content + b"\n"
    result = quick.select(folder, text)
    if result is None:
        return None
    if isinstance(result, bool):
        return b"true\n" if result else b"false\n"
    if sys.stderr.isatty():
        return None
    from atmp_graph.cli.table import table, terminal_width

    columns, rows = result
    return table(columns, [[quick.shown(term) for term in row] for row in rows], terminal_width()).encode()
