"""Where in the authored files something is said, for reports that a person can click on.

The parser keeps no line per triple, and keeping one would slow every build for the sake of the few that
fail. So a line is looked for in the text, and only when a report needs it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from atmp_graph.reading import read_bytes
from atmp_graph.vocabulary import PREFIXES

_PREFIX = re.compile(r"^\s*(?:@prefix|PREFIX)\s+([^\s:]*):\s*<([^>]*)>", re.MULTILINE | re.IGNORECASE)
_NEXT_SUBJECT = re.compile(r"^[^\s#]", re.MULTILINE)
_NUMBER = re.compile(r"[+-]?[0-9.]+|true|false")
_TYPE = PREFIXES["rdf"] + "type"


class Places:
    """Finds ``file:line`` of statements. ``graphs`` maps a named graph to the files that fill it."""

    def __init__(self, root: Path, graphs: Mapping[str, Sequence[Path]]) -> None:
        """``root`` is what the file names in the answers are relative to."""
        self.root = root
        self.graphs = graphs

    def find(self, subject: str, *others: str, graph: str | None = None) -> str:
        """``data/x.ttl:12`` of a statement about the IRI ``subject``, ``""`` if no file names it.

        ``others`` are the predicate's IRI and then the object's IRI or literal text, as far as known.
        ``graph`` limits the search to its files. The best match wins: all the parts in order, else the
        subject's first line.
        """
        files = (
            self.graphs.get(graph, ())
            if graph
            else [file for files in self.graphs.values() for file in files]
        )
        best, place = -2, ""
        for file in files:
            score, line = _line(_text(file), subject, others)
            if line and score > best:
                best, place = score, f"{self._name(file)}:{line}"
            if score == len(others):
                break
        return place or (self._name(files[0]) if graph and files else "")

    def _name(self, file: Path) -> str:
        return file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else str(file)


@lru_cache(maxsize=256)
def _text(file: Path) -> str:
    return read_bytes(file).decode("utf-8", "replace")


def _line(text: str, subject: str, others: Sequence[str]) -> tuple[int, int]:
    """How many of the other parts stand in the best statement of the subject, and its line.

    ``(-1, line)`` if the subject is only mentioned there, ``(-1, 0)`` if it is not there at all.
    """
    prefixes = dict(_PREFIX.findall(text))
    names = _pattern(subject, prefixes)
    best, at = -1, 0
    for start in re.finditer(rf"^(?:{names})", text, re.MULTILINE):
        stop = _NEXT_SUBJECT.search(text, start.end())
        end = stop.start() if stop else len(text)
        depth, position = 0, start.end()
        for other in others:
            found = re.compile(_pattern(other, prefixes)).search(text, position, end)
            if found is None:
                break
            depth, position = depth + 1, found.start()
        if depth > best:
            best, at = depth, position if depth else start.start()
    if best < 0:
        mention = re.search(names, text)
        return -1, text.count("\n", 0, mention.start()) + 1 if mention else 0
    return best, text.count("\n", 0, at) + 1


def _pattern(term: str, prefixes: Mapping[str, str]) -> str:
    """A pattern of the ways a text can write an IRI or a literal."""
    ways = [rf"<{re.escape(term)}>", rf"[\"']{re.escape(term)}[\"']"]
    if term == _TYPE:
        ways.append(r"(?<=\s)a(?=\s)")
    if _NUMBER.fullmatch(term):
        ways.append(rf"(?<![\w.]){re.escape(term)}(?![\w.]\w)")
    for prefix, namespace in prefixes.items():
        if namespace and term.startswith(namespace):
            ways.append(rf"(?<![\w-]){prefix}:{re.escape(term[len(namespace) :])}(?![\w-])(?!\.\w)")
    return "|".join(ways)
