"""Reads an update's text just far enough to refuse what reaches out and to give its patterns a dataset.

The engine has no switch for LOAD and SERVICE and no parameter for the protocol's ``using-graph-uri``. Both
need only the words between strings, names and comments: a bare word LOAD or SERVICE is nothing but the
keyword. The writer has no network all the same (``silence``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from atmp_graph.errors import InputError, RefusedError

_TOKEN = re.compile(
    r"""<[^<>"{}|^`\x00-\x20]*>              # an IRI, with its escapes
    |\"{3}(?:(?:\"|\"\")?(?:[^"\\]|\\.))*\"{3}|'{3}(?:(?:'|'')?(?:[^'\\]|\\.))*'{3}
    |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'
    |\#[^\n\r]*
    |[?$@][\w-]+                             # a variable, or a language
    |[\w.-]*:(?:[\w:.%-]|\\.)*               # a name with its prefix, or the label of a blank node
    |(?P<word>\w+)|(?P<mark>[{};])""",
    re.VERBOSE | re.DOTALL,
)


class _Word(NamedTuple):
    """A keyword or a mark: upper case, where it stands, and in how many braces."""

    text: str
    start: int
    end: int
    depth: int


def _words(text: str) -> Iterator[_Word]:
    depth = 0
    for match in _TOKEN.finditer(text):
        if match.lastgroup:
            said = match[0].upper()
            depth -= said == "}"
            yield _Word(said, match.start(), match.end(), depth)
            depth += said == "{"


def refuse_reaching_out(text: str) -> None:
    """Raise ``RefusedError`` if the update would fetch something from elsewhere."""
    for word in _words(text):
        if word.text in ("LOAD", "SERVICE"):
            raise RefusedError(
                f"{word.text} is not allowed: this server never fetches anything",
                hint="Fetch the data yourself and send them to /store, or in INSERT DATA.",
            )


def with_dataset(text: str, default: Sequence[str], named: Sequence[str]) -> str:
    """The update whose patterns see the graphs ``default`` and ``named`` and no others.

    Raises ``InputError`` if the text itself says USING or WITH (SPARQL 1.1 Protocol, 2.2.3) or if an IRI is
    none.
    """
    if not default and not named:
        return text
    clause = " ".join([*(f"USING {_iri(g)}" for g in default), *(f"USING NAMED {_iri(g)}" for g in named)])
    top = [word for word in _words(text) if word.depth == 0]
    edits: list[tuple[int, int, str]] = []
    for at, word in enumerate(top):
        if word.text in ("USING", "WITH"):
            raise InputError(
                f"The update says {word.text}, and the request names graphs too",
                hint="Leave out using-graph-uri and using-named-graph-uri, or the word.",
            )
        if word.text != "WHERE":
            continue
        if at and top[at - 1].text == "DELETE":  # the short form takes no USING: spell it out
            opens, closes = top[at + 1 : at + 3] if len(top) > at + 2 else (word, word)
            edits.append((word.start, word.end, f"{text[opens.start : closes.end]} {clause} WHERE"))
        else:
            edits.append((word.start, word.start, f" {clause} "))
    for start, end, put in reversed(edits):
        text = text[:start] + put + text[end:]
    return text


def _iri(iri: str) -> str:
    if re.search(r'[<>"{}|^`\\\x00-\x20]', iri) or ":" not in iri:
        raise InputError(f"“{iri}” is no absolute IRI", hint="Name each graph by its whole IRI.")
    return f"<{iri}>"
