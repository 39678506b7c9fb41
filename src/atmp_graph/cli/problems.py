"""Errors as a person reads them in a terminal: what is wrong, where, and the way out. The only place that
prints them.
"""

from __future__ import annotations

from typing import TextIO

from atmp_graph.errors import AtmpGraphError, ManyErrors


def report(error: AtmpGraphError, stream: TextIO) -> None:
    """Write an error, or each of many and their number."""
    if isinstance(error, ManyErrors):
        for each in error.errors:
            stream.write(text(each) + "\n")
        stream.write(f"{error.message}\n")
    else:
        stream.write(text(error) + "\n")


def text(error: AtmpGraphError) -> str:
    """``error: message``, then its place and its hint on lines of their own."""
    lines = [f"error: {error.message}"]
    if error.place:
        lines.append(f"  at {error.place}")
    if error.hint:
        lines.append(f"  hint: {error.hint}")
    return "\n".join(lines)
