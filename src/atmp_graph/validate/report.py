"""What validation found, as values, and as a text that reads like a good compiler's.

Each finding says where (file and line), about what (IRI and label), by which rule, what was found and what
was wanted. The same report is also JSON and a SHACL validation report in RDF.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from atmp_graph.store.protocol import Blank, Iri, Literal, Term
from atmp_graph.validate.terms import RDF, SH, XSD
from atmp_graph.vocabulary import compact

Locate = Callable[["Result"], str]
"""A finding → ``file:line`` of what it is about, or an empty string."""

_WORDS = {
    "en": {
        "Violation": "error",
        "Warning": "warning",
        "Info": "note",
        "thing": "thing",
        "path": "property",
        "found": "because",
        "rule": "rule",
        "none": "All rules hold.",
        "sum": "{Violation} errors, {Warning} warnings, {Info} notes",
    },
    "sv": {
        "Violation": "fel",
        "Warning": "varning",
        "Info": "anmärkning",
        "thing": "sak",
        "path": "egenskap",
        "found": "därför att",
        "rule": "regel",
        "none": "Alla regler är uppfyllda.",
        "sum": "{Violation} fel, {Warning} varningar, {Info} anmärkningar",
    },
}


_RANK = {"Violation": 0, "Warning": 1, "Info": 2}


@dataclass(frozen=True)
class Result:
    """One finding. ``shape`` is the nearest named shape, ``source`` the very shape; ``path`` is SPARQL path
    text.

    ``messages`` are the rule's words and ``found`` what was met, both by language (``""`` for no language).
    """

    focus: Term
    shape: str
    source: str
    component: str
    severity: str = "Violation"
    path: str = ""
    value: Term | None = None
    messages: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, str] = field(default_factory=dict)
    details: tuple[Result, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The statement at fault as far as it is known: the focus, then the property, then the value."""
        if not re.fullmatch("<[^<>]*>", self.path):
            return (str(self.focus),)
        value = () if self.value is None or self.value == self.focus else (str(self.value),)
        return (str(self.focus), self.path[1:-1], *value)

    def message(self, language: str) -> str:
        """The message in a language, else in any, else what was found."""
        words = self.messages
        return (
            words.get(language)
            or words.get("")
            or words.get("en")
            or next(iter(words.values()), self.found.get(language, ""))
        )


@dataclass(frozen=True)
class Report:
    """All findings of a run, in a stable order; ``labels`` holds those of the focus nodes by IRI and
    language.
    """

    results: tuple[Result, ...]
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def conforms(self) -> bool:
        """True when nothing at all was found, as SHACL has it."""
        return not self.results

    @property
    def ok(self) -> bool:
        """True when no finding is a violation; warnings do not stop a build."""
        return not self.violations

    @property
    def violations(self) -> tuple[Result, ...]:
        """The findings that must be mended."""
        return tuple(r for r in self.results if r.severity == "Violation")

    def counts(self) -> dict[str, int]:
        """Findings by severity."""
        return {s: sum(r.severity == s for r in self.results) for s in ("Violation", "Warning", "Info")}

    def only(self, keep: Callable[[Result], bool]) -> Report:
        """The report of the findings that ``keep`` accepts."""
        return Report(tuple(r for r in self.results if keep(r)), self.labels)

    def text(self, language: str = "en", locate: Locate = lambda _: "") -> str:
        """The report for a reader, one block per finding, with a closing count."""
        words = _WORDS[language]
        if not self.results:
            return words["none"] + "\n"
        placed = [(locate(result), result) for result in self.results]
        placed.sort(key=lambda pair: (_RANK.get(pair[1].severity, 0), _by_line(pair[0])))
        blocks = ["\n".join(self._block(r, place, language)) for place, r in placed]
        return "\n\n".join([*blocks, words["sum"].format(**self.counts())]) + "\n"

    def _block(self, result: Result, place: str, language: str) -> Iterator[str]:
        words = _WORDS[language]
        severity = words.get(result.severity, result.severity)
        yield f"{place or show(result.focus)}: {severity}: {result.message(language)}"
        label = self.labels.get(str(result.focus), {})
        name = label.get(language) or next(iter(label.values()), "")
        yield f"    {words['thing']:<10} {show(result.focus)}" + (f" ({name})" if name else "")
        if result.path:
            yield f"    {words['path']:<10} {short_path(result.path)}"
        for line in _found(result, language, 0):
            yield f"    {words['found']:<10} {line}"
        rule = compact(result.shape) if result.shape else result.source
        yield f"    {words['rule']:<10} {rule} ({result.component})"

    def json(self, locate: Locate = lambda _: "") -> str:
        """The report as JSON: ``conforms``, ``counts`` and ``results`` with both languages in each."""
        results = [
            {
                "focus": str(r.focus),
                "label": dict(self.labels.get(str(r.focus), {})),
                "place": locate(r),
                "path": short_path(r.path),
                "value": None if r.value is None else str(r.value),
                "severity": r.severity.lower(),
                "component": r.component,
                "shape": r.shape,
                "message": dict(r.messages),
                "found": dict(r.found),
            }
            for r in self.results
        ]
        report = {"conforms": self.conforms, "counts": self.counts(), "results": results}
        return json.dumps(report, ensure_ascii=False, indent=2) + "\n"

    def rdf(self, rdf_format: ox.RdfFormat = ox.RdfFormat.TURTLE) -> bytes:
        """The report as a SHACL validation report, https://www.w3.org/TR/shacl/#validation-report."""
        prefixes = {"sh": SH, "xsd": XSD}
        return ox.serialize(self._triples(), format=rdf_format, prefixes=prefixes) or b""

    def _triples(self) -> Iterator[ox.Triple]:
        root = ox.BlankNode("report")
        yield ox.Triple(root, _n(RDF + "type"), _n(SH + "ValidationReport"))
        yield ox.Triple(root, _n(SH + "conforms"), ox.Literal(self.conforms))
        for number, result in enumerate(self.results):
            node = ox.BlankNode(f"result{number}")
            yield ox.Triple(root, _n(SH + "result"), node)
            yield ox.Triple(node, _n(RDF + "type"), _n(SH + "ValidationResult"))
            yield ox.Triple(node, _n(SH + "focusNode"), _term(result.focus))
            yield ox.Triple(node, _n(SH + "resultSeverity"), _n(SH + result.severity))
            yield ox.Triple(
                node, _n(SH + "sourceConstraintComponent"), _n(f"{SH}{result.component}ConstraintComponent")
            )
            if result.shape:
                yield ox.Triple(node, _n(SH + "sourceShape"), _n(result.shape))
            if result.path.startswith("<") and result.path.count("<") == 1:
                yield ox.Triple(node, _n(SH + "resultPath"), _n(result.path[1:-1]))
            if result.value is not None:
                yield ox.Triple(node, _n(SH + "value"), _term(result.value))
            for language, text in sorted((result.messages or result.found).items()):
                literal = ox.Literal(text, language=language) if language else ox.Literal(text)
                yield ox.Triple(node, _n(SH + "resultMessage"), literal)


def _by_line(place: str) -> tuple[str, int]:
    file, _, line = place.rpartition(":")
    return (file, int(line)) if line.isdecimal() else (place, 0)


def _found(result: Result, language: str, depth: int) -> Iterator[str]:
    text = result.found.get(language) or result.found.get("", "")
    if text:
        where = f"{short_path(result.path)}: " if depth and result.path else ""
        yield "  " * depth + where + text
    for inner in result.details:
        yield from _found(inner, language, depth + 1)


def show(term: Term) -> str:
    """A term as a reader meets it."""
    if isinstance(term, Iri):
        return compact(term.value)
    return f"“{term.value}”" if isinstance(term, Literal) else "a blank node"


def short_path(path: str) -> str:
    """A SPARQL path with short names instead of IRIs."""
    parts = path.replace(">", "<").split("<")
    return "".join(compact(part) if at % 2 else part for at, part in enumerate(parts))


def _n(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def _term(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if isinstance(term, Iri):
        return ox.NamedNode(term.value)
    if isinstance(term, Blank):
        return ox.BlankNode(term.value)
    if term.language:
        return ox.Literal(term.value, language=term.language)
    return (
        ox.Literal(term.value, datatype=ox.NamedNode(term.datatype))
        if term.datatype
        else ox.Literal(term.value)
    )
