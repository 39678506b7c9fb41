"""A result is cut between two rows, whatever its rows hold and however it arrives."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atmp_graph.store.engine import RESULT_FORMATS
from atmp_graph.store.protocol import SELECT_TYPES
from atmp_graph.store.rowcut import RowCutter

NASTY = [
    '"}},{"',
    "}},{",
    "},{",
    '"',
    "\\",
    "\r\n",
    "\n",
    "\t",
    ",",
    "</result><result>",
    "a",
    "å",
    "🧬",
    ":",
]
values = st.lists(st.sampled_from(NASTY), max_size=4).map("".join)
tables = st.lists(st.tuples(values, values), max_size=12)
kinds = st.sampled_from(sorted(SELECT_TYPES))


def serialise(rows: list[tuple[str, str]], kind: str) -> bytes:
    """The rows as the engine writes them, by way of VALUES."""
    lines = " ".join(f"({ox.Literal(a)} {ox.Literal(b)})" for a, b in rows)
    result = ox.Store().query(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {lines} }} }}")
    assert isinstance(result, ox.QuerySolutions)
    found = result.serialize(format=RESULT_FORMATS[SELECT_TYPES[kind]])
    assert found is not None
    return found


def count(document: bytes, kind: str) -> int:
    """The rows of a whole document, read by somebody else's reader."""
    text = document.decode()
    if kind == "json":
        return len(json.loads(text)["results"]["bindings"])
    if kind == "xml":
        return len(ElementTree.fromstring(text)[1])  # noqa: S314  (our own bytes)
    if kind == "csv":
        return len(list(csv.reader(io.StringIO(text, newline="")))) - 1
    return text.count("\n") - 1


def cut(
    document: bytes, kind: str, step: int, rows: int = 10**9, size: int = 10**9
) -> tuple[bytes, RowCutter]:
    """What comes through a cutter when the document arrives ``step`` bytes at a time."""
    cutter = RowCutter(SELECT_TYPES[kind], rows, size)
    out = b""
    for at in range(0, len(document), step):
        out += cutter.feed(document[at : at + step])
        if cutter.full:
            return out, cutter
    return out + cutter.feed(b"", last=True), cutter


@settings(max_examples=300, deadline=None)
@given(rows=tables, kind=kinds, step=st.integers(1, 60), limit=st.integers(1, 14))
def test_cuts_after_the_last_row_allowed(
    rows: list[tuple[str, str]], kind: str, step: int, limit: int
) -> None:
    """What fits comes through unchanged; what does not is a document of exactly so many rows."""
    document = serialise(rows, kind)
    out, cutter = cut(document, kind, step, rows=limit)
    if len(rows) <= limit:
        assert (out, cutter.full) == (document, False)
    else:
        assert cutter.full
        assert cutter.rows == limit == count(out, kind)


@settings(max_examples=200, deadline=None)
@given(rows=tables, kind=kinds, step=st.integers(1, 60), size=st.integers(1, 800))
def test_cuts_before_the_last_byte_allowed(
    rows: list[tuple[str, str]], kind: str, step: int, size: int
) -> None:
    """Past the byte limit the document ends after its last whole row, or the answer is an error."""
    document = serialise(rows, kind)
    try:
        out, cutter = cut(document, kind, step, size=size)
    except OverflowError:
        assert len(document) > size
        return
    if len(document) <= size:
        assert (out, cutter.full) == (document, False)
    else:
        assert cutter.full
        assert count(out, kind) == cutter.rows


@pytest.mark.parametrize("kind", SELECT_TYPES)
def test_json_says_that_it_was_cut(kind: str) -> None:
    """A cut JSON document has a member that says so; the other formats are closed in good order."""
    out, _ = cut(serialise([("a", "b")] * 5, kind), kind, 20, rows=2)
    assert count(out, kind) == 2
    if kind == "json":
        assert json.loads(out)["truncated"]["rows"] == 2
