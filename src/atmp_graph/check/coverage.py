"""Do the sections say all that the sources say? Held against the texts, for those who have them.

Four questions: is each section's text still the one that was read; does every line of a source belong to a
section or to a stretch that is skipped for a reason; does every number of a section stand in its graph; and
is every organisation that a section names something that its graph speaks of.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from atmp_graph.check.model import Finding
from atmp_graph.errors import InputError
from atmp_graph.knowledge import Knowledge
from atmp_graph.sources import fingerprint, normalise, overlapping_lines, section_text, uncovered_lines
from atmp_graph.store.direct import DirectStore

_SECTIONS = """
SELECT ?source ?file ?section ?lines ?mark WHERE {
  ?source atmp:sourceFile ?file .
  ?section a atmp:Section ; atmp:isSectionOf ?source ; atmp:sourceLines ?lines ; atmp:textFingerprint ?mark
} ORDER BY ?source ?section
"""
_SKIPPED = """
SELECT ?file ?skipped ?lines WHERE {
  ?source atmp:sourceFile ?file .
  ?skipped a atmp:SkippedText ; atmp:isSectionOf ?source ; atmp:sourceLines ?lines
}
"""
_EXCUSED = """
SELECT ?section ?text WHERE { ?section a atmp:Section ; atmp:leftOut ?text FILTER(LANG(?text) = "en") }
"""
_NAMES = """
SELECT DISTINCT ?thing ?name WHERE {
  VALUES ?kind { atmp:Organisation atmp:OrganisationalUnit atmp:Initiative }
  ?class rdfs:subClassOf* ?kind .
  ?thing a ?class ; rdfs:label|skos:altLabel|skos:hiddenLabel|atmp:abbreviation ?name
}
"""
_NUMBER = re.compile(r"(?<![\w.,/:-])\d+(?:[.,]\d+)*")
_SHORTEST_NAME = 4


@dataclass
class Coverage:
    """How much was held against the texts."""

    sections: int = 0
    numbers: int = 0
    names: int = 0
    lines: int = 0
    skipped: dict[str, str] = field(default_factory=dict)


class _Section(NamedTuple):
    iri: str
    file: str
    lines: str
    mark: str


def coverage_findings(knowledge: Knowledge, folder: Path) -> tuple[list[Finding], Coverage]:
    """All findings and the counts. Raises ``InputError`` when a source file is not in ``folder``."""
    store = DirectStore.of(knowledge.quads)
    sections = [
        _Section(row["section"].value, row["file"].value, row["lines"].value, row["mark"].value)
        for row in store.rows(_SECTIONS).rows
    ]
    texts = {file: _read(folder / file) for file in sorted({section.file for section in sections})}
    seen = Coverage(sections=len(sections))
    said = _said(knowledge)
    excused = {row["section"].value: row["text"].value for row in store.rows(_EXCUSED).rows}
    names = _names(store)
    findings = list(_lines(store, sections, texts, seen))
    for section in sections:
        text = section_text(texts[section.file], section.lines)
        place = knowledge.places.find(section.iri)
        if fingerprint(text) != section.mark:
            hint = f"read the section again; the mark of the text as it is now is {fingerprint(text)}"
            findings.append(
                Finding("error", "fingerprint", "the text of this section has changed", place, hint)
            )
        graph = said[section.iri]
        findings += _numbers(text, graph, excused.get(section.iri, ""), place, seen)
        findings += _named(text, graph, names, place, seen)
    return findings, seen


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"this source cannot be read: {error}", place=str(path)) from None


class _Graph(NamedTuple):
    things: set[str]
    text: str


def _said(knowledge: Knowledge) -> defaultdict[str, _Graph]:
    """Per section: the IRIs that its graph speaks of, and all its words and numbers in one text."""
    things: defaultdict[str, set[str]] = defaultdict(set)
    words: defaultdict[str, list[str]] = defaultdict(list)
    labels: defaultdict[str, list[str]] = defaultdict(list)
    for quad in knowledge.data:
        graph = getattr(quad.graph_name, "value", "")
        for term in (quad.subject, quad.object):
            if isinstance(term, ox.NamedNode):
                things[graph].add(term.value)
        if isinstance(quad.object, ox.Literal):
            words[graph].append(quad.object.value)
            if isinstance(quad.subject, ox.NamedNode):
                labels[quad.subject.value].append(quad.object.value)
    found: defaultdict[str, _Graph] = defaultdict(lambda: _Graph(set(), ""))
    for graph, iris in things.items():
        # A number in the name or title of a thing spoken of is told by speaking of it.
        told = [*words[graph], *(word for iri in iris for word in labels[iri]), *iris]
        found[graph] = _Graph(iris, normalise(" ".join(told)))
    return found


def _lines(
    store: DirectStore, sections: list[_Section], texts: dict[str, str], seen: Coverage
) -> Iterator[Finding]:
    ranges: defaultdict[str, list[str]] = defaultdict(list)
    for section in sections:
        ranges[section.file].append(section.lines)
    for row in store.rows(_SKIPPED).rows:
        ranges[row["file"].value].append(row["lines"].value)
        seen.skipped[row["skipped"].value] = row["lines"].value
    for file, text in texts.items():
        seen.lines += sum(1 for line in text.split("\n") if normalise(line))
        for line in uncovered_lines(text, ranges[file]):
            yield Finding(
                "error",
                "uncovered",
                f"no section speaks for this line: {text.split(chr(10))[line - 1][:60]!r}",
                f"{file}:{line}",
                "put it into a section's atmp:sourceLines, or into an atmp:SkippedText with the reason",
            )
        for line in overlapping_lines(ranges[file]):
            yield Finding(
                "error", "overlap", "two sections claim this line", f"{file}:{line}", "leave it to one"
            )


def _numbers(text: str, graph: _Graph, excused: str, place: str, seen: Coverage) -> Iterator[Finding]:
    """A number stands in the graph as a number, within a text of ours, or in the section's list of what it
    leaves out.
    """
    told = {_plain(number) for number in _NUMBER.findall(graph.text.replace("-", " ").replace("/", " "))}
    told |= {_plain(number) for number in re.findall(r"\d+(?:[.,]\d+)*", graph.text + " " + excused)}
    for number in sorted(set(_NUMBER.findall(text))):
        seen.numbers += 1
        if not _forms(number) & told:
            yield Finding(
                "error",
                "number",
                f"the number {number} is not in this section's graph",
                place,
                "state it, or name it in atmp:leftOut with the reason",
            )


def _plain(number: str) -> str:
    whole = number.replace(",", ".").rstrip(".").lstrip("0") or "0"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def _forms(number: str) -> set[str]:
    """A number as it may be written in a graph: a comma may part thousands, and 10 billion has nine zeros."""
    plain = _plain(number)
    forms = {plain, number.replace(",", "").replace(".", "")}
    if plain.replace(".", "", 1).isdigit():
        forms |= {f"{float(plain) * scale:.0f}" for scale in (1_000, 1_000_000, 1_000_000_000)}
    return forms


def _names(store: DirectStore) -> dict[str, set[str]]:
    names: defaultdict[str, set[str]] = defaultdict(set)
    for row in store.rows(_NAMES).rows:
        name = re.sub(r"\s*\([^)]*\)$", "", row["name"].value)
        if len(name) >= _SHORTEST_NAME:
            names[name].add(row["thing"].value)
    return names


def _named(
    text: str, graph: _Graph, names: dict[str, set[str]], place: str, seen: Coverage
) -> Iterator[Finding]:
    # Longest first, and each taken out once found: “Cytiva” is not named by “Cytiva Testa Center”.
    for name, things in sorted(names.items(), key=lambda each: (-len(each[0]), each[0])):
        text, found = re.subn(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text)
        if found:
            seen.names += 1
            if not things & graph.things and name not in graph.text:
                yield Finding(
                    "error",
                    "name",
                    f"“{name}” is named in this section, and its graph does not speak of it",
                    place,
                    "state what the section says of it",
                )
