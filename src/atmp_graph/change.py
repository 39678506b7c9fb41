"""What changed between two releases, in meaning: things that came, went or were renamed, and facts by
section.

Two releases are compared line by line in their datasets, so a large graph costs a set difference and no
engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from atmp_graph.errors import InputError
from atmp_graph.store.protocol import Blank, Iri, Literal, Term
from atmp_graph.vocabulary import GRAPH, INFERRED_GRAPH, ONTOLOGY, PREFIXES

DATASET = "dataset.nq"

_LABELS = (PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "prefLabel")
_TYPE = PREFIXES["rdf"] + "type"
_IRI = r"<([^>]*)>"
_NODE = rf"(?:{_IRI}|_:(\S+))"
_QUAD = re.compile(
    rf'{_NODE} {_IRI} (?:{_NODE}|"((?:[^"\\]|\\.)*)"(?:@([\w-]+)|\^\^{_IRI})?)(?: {_NODE})? \.\s*'
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_PLAIN = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class Fact(NamedTuple):
    """A statement and the graph it stands in."""

    subject: str
    property: str
    value: Term
    graph: str


class SectionChange(NamedTuple):
    """The facts that one graph gained and lost; for a section, what it is now read to say."""

    graph: str
    added: tuple[Fact, ...]
    removed: tuple[Fact, ...]


class Change(NamedTuple):
    """What is different in the new release.

    ``added`` and ``removed`` are things (IRIs) that are described only on one side, ``renamed`` pairs of an
    old and a new label by IRI; ``sections`` and ``ontology`` hold the facts by graph; ``derived`` counts
    what follows anew and no longer. ``labels`` names everything mentioned, in the language asked for.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: dict[str, tuple[str, str]]
    sections: tuple[SectionChange, ...]
    ontology: tuple[SectionChange, ...]
    derived: tuple[int, int]
    labels: dict[str, str]

    @property
    def is_empty(self) -> bool:
        """True when the two say the same."""
        return not (self.sections or self.ontology or any(self.derived))


def diff(old: Path, new: Path, lang: str = "en") -> Change:
    """Compare two release folders; raises ``InputError`` when one of them holds no dataset."""
    before, after = _lines(old), _lines(new)
    gained = [*_facts(after - before)]
    lost = [*_facts(before - after)]
    described = [{s for s, _, _, _ in _typed(lines)} for lines in (before, after)]
    labels_before, labels_after = _labels(before, lang), _labels(after, lang)
    renamed = {
        iri: (labels_before[iri], label)
        for iri, label in labels_after.items()
        if iri in labels_before and labels_before[iri] != label
    }
    graphs = _by_graph(gained, lost)
    ours = [g for g in graphs if not g.graph.startswith(ONTOLOGY) and g.graph != INFERRED_GRAPH]
    counts = [sum(fact.graph == INFERRED_GRAPH for fact in facts) for facts in (gained, lost)]
    return Change(
        tuple(sorted(described[1] - described[0])),
        tuple(sorted(described[0] - described[1])),
        renamed,
        tuple(ours),
        tuple(g for g in graphs if g.graph.startswith(ONTOLOGY)),
        (counts[0], counts[1]),
        labels_before | labels_after,
    )


def _lines(release: Path) -> set[str]:
    try:
        with (release / DATASET).open(encoding="utf-8") as file:
            return set(file)
    except OSError as error:
        hint = "give the folder of a release, such as .atmp-graph/releases/ID"
        raise InputError(f"cannot read a dataset: {error.strerror}", place=str(release), hint=hint) from error


def _facts(lines: Iterable[str]) -> Iterator[Fact]:
    for line in lines:
        match = _QUAD.fullmatch(line)
        if match is None:
            raise InputError("this line of a dataset is no N-Quad", place=line.strip()[:80])
        iri, blank, name, value_iri, value_blank, text, language, datatype, graph, _ = match.groups()
        value: Term
        if text is not None:
            value = Literal(_ESCAPE.sub(_unescape, text), language or "", datatype or "")
        else:
            value = Iri(value_iri) if value_iri is not None else Blank(value_blank)
        yield Fact(iri if iri is not None else "_:" + blank, name, value, graph or "")


def _typed(lines: Iterable[str]) -> Iterator[Fact]:
    """The type statements of things of ours: those that entity and section graphs make."""
    mark = f" <{_TYPE}> "
    stated = (line for line in lines if mark in line and INFERRED_GRAPH not in line)
    return (fact for fact in _facts(stated) if fact.graph.startswith(GRAPH))


def _labels(lines: Iterable[str], lang: str) -> dict[str, str]:
    ending = f'"@{lang}'
    marks = tuple(f" <{name}> " for name in _LABELS)
    chosen = (line for line in lines if ending in line and any(mark in line for mark in marks))
    return {
        f.subject: f.value.value
        for f in _facts(chosen)
        if isinstance(f.value, Literal) and f.value.language == lang
    }


def _by_graph(gained: list[Fact], lost: list[Fact]) -> list[SectionChange]:
    found: dict[str, tuple[list[Fact], list[Fact]]] = {}
    for at, facts in enumerate((gained, lost)):
        for fact in facts:
            found.setdefault(fact.graph, ([], []))[at].append(fact)
    return [
        SectionChange(graph, tuple(sorted(found[graph][0], key=str)), tuple(sorted(found[graph][1], key=str)))
        for graph in sorted(found)
    ]


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code[1:], 16)) if code[0] in "uU" and len(code) > 1 else _PLAIN.get(code, code)
