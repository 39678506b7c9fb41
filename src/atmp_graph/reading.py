"""RDF files and texts → quads: the one place where a parser's complaint becomes an error of ours.

Everything that reads RDF goes through here, so that a reader always learns the file, the line and the way
out.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pyoxigraph as ox

from atmp_graph.errors import InputError
from atmp_graph.vocabulary import PREFIXES

FORMATS: dict[str, ox.RdfFormat] = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
"""File suffix → format; each may also carry ``.gz``."""

LARGEST = 4 * 1024**3
"""Bytes that a packed file may unfold to."""

_POSITION = re.compile(r"^Parser error (?:at|between) line \d+.*?: ")
_PREFIX = re.compile(r"[Tt]he prefix ([^ :]*):? has not been declared")


def rdf_format(path: Path) -> ox.RdfFormat | None:
    """The format that a file's name promises, ``None`` if it promises no RDF."""
    return FORMATS.get(Path(path.name.removesuffix(".gz")).suffix)


def read_bytes(path: Path) -> bytes:
    """A file's bytes, unpacked. Raises ``InputError`` when it cannot be read or unfolds past ``LARGEST``."""
    try:
        if path.suffix != ".gz":
            return path.read_bytes()
        with gzip.open(path) as file:
            content = file.read(LARGEST + 1)
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot read this file: {reason}", place=str(path)) from error
    if len(content) > LARGEST:
        raise InputError("this file unfolds to more than 4 GB", place=str(path), hint="split it")
    return content


def read_file(path: Path, place: str = "") -> list[ox.Quad]:
    """The quads of a file, its own graph names kept. ``place`` is how errors call the file."""
    rdf = rdf_format(path)
    if rdf is None:
        known = ", ".join(FORMATS)
        raise InputError(
            "this file's name promises no RDF",
            place=place or str(path),
            hint=f"known: {known}, each also .gz",
        )
    return read_text(read_bytes(path), rdf, place or str(path))


def read_text(text: bytes | str, rdf: ox.RdfFormat, place: str) -> list[ox.Quad]:
    """The quads of a text. Raises ``InputError`` with ``place:line`` at the first thing that is not RDF.

    XML with a document type is refused: entities unfold without end.
    """
    if rdf == ox.RdfFormat.RDF_XML and (b"<!DOCTYPE" if isinstance(text, bytes) else "<!DOCTYPE") in text:  # type: ignore[operator]
        raise InputError(
            "XML with a document type is refused",
            place=place,
            hint="write the entities out and remove <!DOCTYPE …>",
        )
    try:
        return list(ox.parse(text, rdf))
    except SyntaxError as error:
        message = _POSITION.sub("", str(error.msg)).removesuffix(f" (line {error.lineno})")
        where = f"{place}:{error.lineno}" if error.lineno else place
        raise InputError(f"syntax error: {message}", place=where, hint=_hint(message)) from error
    except (ValueError, OSError) as error:
        raise InputError(f"cannot be parsed: {error}", place=place) from error


def _hint(message: str) -> str:
    if "remote contexts" in message:
        return "put the context itself into the file: nothing is fetched from the network"
    found = _PREFIX.search(message)
    if found is None:
        return ""
    namespace = PREFIXES.get(found[1])
    if namespace:
        return f"add this line at the top: @prefix {found[1]}: <{namespace}> ."
    return f"declare it at the top, or use one of {', '.join(PREFIXES)}"
