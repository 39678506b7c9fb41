"""A draft on disk: the store that is written, and the immutable generations that are read.

``draft.json`` says what it is, ``writer/`` is the one store that changes, ``generations/ID/`` are checkpoints
of it that look like releases. What counts after a crash is ``writer/``: a change is in it wholly or not at
all, and one that was acknowledged has a checkpoint, so it is in it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from atmp_graph.errors import EngineError, InputError
from atmp_graph.store.generations import DATASET, MANIFEST, OWN, STORE, open_release

ABOUT, WRITER, GENERATIONS = "draft.json", "writer", "generations"
_UNFINISHED = ".new"


def open_draft(root: Path, base: Path | None) -> tuple[ox.Store, bool]:
    """The store to write to, and whether its default graph shows all graphs; made if there is none yet.

    A new draft begins with the data of the release ``base`` and shows their union, or begins empty and as a
    plain SPARQL dataset. Raises ``InputError`` if the folder is something else, ``EngineError`` if another
    server has it.
    """
    if not (root / ABOUT).is_file():
        _make(root, base)
    try:
        union = bool(json.loads((root / ABOUT).read_bytes())["union"])
        return ox.Store(str(root / WRITER)), union
    except OSError as error:
        raise EngineError(
            f"The draft cannot be opened: {error}", place=str(root), hint="Is another server writing to it?"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise InputError("draft.json cannot be read", place=str(root / ABOUT)) from None


def _make(root: Path, base: Path | None) -> None:
    """Fill a new draft's folder; ``draft.json`` comes last, so that a draft is whole or is not one."""
    root.mkdir(parents=True, exist_ok=True)
    if {entry.name for entry in root.iterdir()} - {WRITER, GENERATIONS, ABOUT + _UNFINISHED}:
        raise InputError(
            "This folder holds something else than a draft", place=str(root), hint="Name a new folder."
        )
    shutil.rmtree(root / WRITER, ignore_errors=True)
    store = ox.Store(str(root / WRITER))
    if base is not None:
        with open_release(base).dataset.open("rb") as file:
            store.bulk_load(input=file, format=ox.RdfFormat.N_QUADS, lenient=True)
    store.flush()
    _write(root / ABOUT, json.dumps({"union": base is not None}) + "\n")


def checkpoint(store: ox.Store, root: Path, name: str, union: bool) -> None:
    """Make the generation ``name`` of what ``store`` holds now: all of it, or nothing that has the name."""
    made = root / GENERATIONS / (name + _UNFINISHED)
    made.mkdir(parents=True)
    store.backup(str(made / STORE))
    if union:
        _dump(store, made)
    manifest = {"id": name, "draft": "union" if union else "plain"}
    (made / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    made.rename(root / GENERATIONS / name)


def _dump(store: ox.Store, folder: Path) -> None:
    """Write the named graphs and the default graph for a zygote to load."""
    with (folder / DATASET).open("wb") as file:
        for graph in store.named_graphs():
            triples = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph)
            file.write((triples or b"").replace(b" .\n", f" {graph} .\n".encode()))
    store.dump(str(folder / OWN), ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())


def sweep(root: Path, keep: Iterable[str]) -> None:
    """Remove every generation but those named, and what a crash has left unfinished."""
    folder, kept = root / GENERATIONS, set(keep)
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.name not in kept:
            shutil.rmtree(entry, ignore_errors=True)


def _write(path: Path, text: str) -> None:
    """Write a file so that it is there wholly or not at all."""
    unfinished = path.with_name(path.name + _UNFINISHED)
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
