"""What may be asked of a draft, and what is told of it when done; how both cross the writer's socket."""

from __future__ import annotations

import marshal
from typing import NamedTuple

from atmp_graph.errors import AtmpGraphError
from atmp_graph.store.wire import LENGTH, pack_error, unpack_error

UPDATE, REPLACE, ADD, DELETE, CHECKPOINT = "update", "replace", "add", "delete", "checkpoint"
DEFAULT = ""
"""The name of the default graph."""


class Change(NamedTuple):
    """One change: a SPARQL update, or what is to become of a graph.

    ``graph`` is an IRI, ``DEFAULT``, or ``None`` for the whole dataset. ``content`` is the update's text or
    an RDF document of ``media_type``. ``default_graphs`` and ``named_graphs`` are the dataset that the
    update's patterns see, if either is given. ``existing`` says whether the graph must be there (true), must
    not be (false), or either (``None``).
    """

    action: str
    content: bytes = b""
    graph: str | None = None
    media_type: str = ""
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    existing: bool | None = None


class Receipt(NamedTuple):
    """A change that is kept and that every later query sees.

    ``existed`` says whether the graph was there before; ``version`` is what the graph's version is now.
    """

    generation: str
    existed: bool
    version: str


def pack(change: Change, seconds: float) -> bytes:
    """The frame of a change that may take ``seconds``."""
    return _frame((tuple(change), seconds))


def unpack(body: bytes) -> tuple[Change, float]:
    """The change in a frame's body, and the seconds it may take."""
    values, seconds = marshal.loads(body)  # noqa: S302  (our own front's)
    return Change(*values), seconds


def pack_result(existed: bool, error: AtmpGraphError | None = None) -> bytes:
    """The frame of what became of a change."""
    return _frame((existed, pack_error(error) if error else b""))


def unpack_result(body: bytes) -> bool:
    """Whether the graph existed; raises the error that the change failed with."""
    existed, failure = marshal.loads(body)  # noqa: S302  (our own writer's)
    if failure:
        raise unpack_error(failure)
    return bool(existed)


def _frame(values: tuple[object, ...]) -> bytes:
    body = marshal.dumps(values)  # type: ignore[arg-type]
    return LENGTH.pack(len(body)) + body
