"""What a release is made of: every file of the four folders and the code that builds, as one fingerprint.

The fingerprint's first digits are the release's id, so the same knowledge always gives the same id. Finding
out whether anything changed costs one look at sizes and times; bytes are read only of files that look
different. Each start of the command comes through here: see ``homes`` on what may be imported.
"""

from __future__ import annotations

import os

from atmp_graph import __version__
from atmp_graph.homes import FOLDERS, PACKAGE

RECORD = "inputs"
"""File in the cache: the id of the last build, then ``size time sha256 name`` of each input."""

_NOT_BUILDING = ("web", "cli", "home", "__pycache__")
"""Parts of the package that no release depends on."""

Seen = dict[str, tuple[int, int, str]]
"""Name of an input → size in bytes, time of change in ns, SHA-256 (``""`` before it is read)."""


def fresh(home: str, cache: str, record: str = RECORD) -> str | None:
    """The id of the last build if nothing has changed since, by sizes and times alone, else ``None``."""
    known = _read_record(cache, record)
    if known is None:
        return None
    release, before, written = known
    now = look(home)
    if len(now) != len(before):
        return None
    for name, (size, changed, _) in now.items():
        # A file changed within the clock tick of the record may have changed after it.
        if name not in before or before[name][:2] != (size, changed) or changed >= written:
            return None
    return release


def fingerprint(home: str, cache: str) -> tuple[str, Seen]:
    """The id that a build of this home would have, and its inputs with their hashes; unchanged files are
    not read.
    """
    import hashlib  # noqa: PLC0415 - only when something may have changed

    record = _read_record(cache, RECORD)
    before, written = (record[1], record[2]) if record else ({}, 0)
    seen: Seen = {}
    whole = hashlib.sha256(__version__.encode())
    for name, (size, changed, _) in sorted(look(home).items()):
        known = before.get(name)
        if known and known[:2] == (size, changed) and changed < written:
            digest = known[2]
        else:
            with open(_path(home, name), "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        seen[name] = (size, changed, digest)
        whole.update(f"{name}\0{digest}\n".encode())
    return whole.hexdigest()[:12], seen


def remember(cache: str, release: str, seen: Seen, record: str = RECORD) -> None:
    """Record that ``release`` was built from these inputs."""
    lines = [f"{size} {changed} {digest} {name}\n" for name, (size, changed, digest) in seen.items()]
    draft = os.path.join(cache, f".{record}.{os.getpid()}")
    with open(draft, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(f"{release}\n" + "".join(lines))
    os.replace(draft, os.path.join(cache, record))


def look(home: str) -> Seen:
    """Every input as it is now, not read."""
    seen: Seen = {}
    for folder in FOLDERS:
        _walk(os.path.join(home, folder), folder + "/", seen)
    _walk(PACKAGE, "code/", seen, _NOT_BUILDING)
    return seen


def _walk(folder: str, prefix: str, seen: Seen, skipped: tuple[str, ...] = ()) -> None:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        name = entry.name
        if name.startswith((".", "#")) or name.endswith(("~", ".pyc")) or name in skipped:
            continue
        if entry.is_dir():
            _walk(entry.path, f"{prefix}{name}/", seen, skipped)
        else:
            stat = entry.stat()
            seen[prefix + name] = (stat.st_size, stat.st_mtime_ns, "")


def _path(home: str, name: str) -> str:
    return os.path.join(PACKAGE, name[5:]) if name.startswith("code/") else os.path.join(home, name)


def _read_record(cache: str, record: str) -> tuple[str, Seen, int] | None:
    """Release id, inputs, and the time the record was written; ``None`` if there is none or it is
    unreadable.
    """
    path = os.path.join(cache, record)
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            release, *lines = file.read().splitlines()
            written = os.fstat(file.fileno()).st_mtime_ns
        seen: Seen = {}
        for line in lines:
            size, changed, digest, name = line.split(" ", 3)
            seen[name] = (int(size), int(changed), digest)
    except (OSError, ValueError):
        return None
    return release, seen, written
