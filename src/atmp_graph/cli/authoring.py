"""Commands for those who write the knowledge."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path

from atmp_graph.errors import AtmpGraphError, DataError, InputError, ManyErrors
from atmp_graph.knowledge import Home
from atmp_graph.settings import find_home
from atmp_graph.turtle import format_text


def format_files(options: Namespace) -> int:
    """Write, or with ``--check`` only compare, the canonical form of each file. Prints the files that
    differ.
    """
    home = Home(find_home(options.home)) if options.home or not options.paths else None
    paths = (
        _turtle_files([Path(path) for path in options.paths])
        if options.paths
        else home.turtle_files()
        if home
        else []
    )
    errors: list[AtmpGraphError] = []
    changed = 0
    for path in paths:
        name = home.name(path) if home else str(path)
        try:
            before = path.read_text(encoding="utf-8")
            after = format_text(before, place=name, drop_comments=options.drop_comments)
        except (OSError, UnicodeDecodeError) as error:
            errors.append(InputError(f"cannot read this file: {error}", place=name))
            continue
        except AtmpGraphError as error:
            errors.append(error)
            continue
        if before == after:
            continue
        changed += 1
        if options.check:
            errors.append(DataError("not in canonical form", place=name, hint="run: atmp-graph format"))
        else:
            _replace(path, after)
            print(name)
    print(f"{len(paths)} files, {changed} {'to change' if options.check else 'changed'}", file=sys.stderr)
    if errors:
        raise ManyErrors(errors)
    return 0


def _turtle_files(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(path.rglob("*.ttl"))
        elif path.is_file():
            found.append(path)
        else:
            raise InputError("there is no such file or folder", place=str(path))
    return found


def _replace(path: Path, text: str) -> None:
    """Write the file whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8", newline="\n")
    draft.replace(path)
