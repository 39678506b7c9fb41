"""A table per class, for people who work with rows: one row per thing, one column per property, and the
sections that speak of it.

The zip holds the CSV files and a ``datapackage.json`` (Frictionless) that says what each column means.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from atmp_graph.vocabulary import ATMP, INFERRED_GRAPH, PREFIXES

SEPARATOR = " | "
"""Between several values of one cell."""

_TYPE = PREFIXES["rdf"] + "type"
_LABELS = (PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "prefLabel")
_SCHEMA = tuple(PREFIXES[name] for name in ("owl", "rdf", "rdfs"))
_FIRST = ["iri", "label_en", "label_sv"]
_ONCE = (1980, 1, 1, 0, 0, 0)
"""The time written into the zip: the same tables must give the same bytes."""

Cells = dict[str, dict[str, None]]
"""Column → its values in order of appearance, each once."""


def write(dataset: Path, path: Path) -> None:
    """Write ``tables.zip`` of the quads in ``dataset`` (sorted N-Quads); inferences are left out."""
    resources = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, class_, columns, rows in tables(dataset):
            text = io.StringIO(newline="")
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerow(columns)
            writer.writerows(rows)
            _add(archive, f"{name}.csv", text.getvalue())
            resources.append(_resource(name, class_, columns))
        package = {"profile": "tabular-data-package", "name": "atmp-graph", "resources": resources}
        _add(archive, "datapackage.json", json.dumps(package, ensure_ascii=False, indent=2) + "\n")


def tables(dataset: Path) -> Iterator[tuple[str, str, list[str], list[list[str]]]]:
    """``(name, class IRI, columns, rows)`` of each class that has stated members, by name."""
    things, classes = _read(dataset)
    names: dict[str, str] = {}
    taken: set[str] = set()
    for class_ in sorted(classes):
        name = _local(class_)
        names[class_] = name if name.lower() not in taken else f"{name}-{len(taken)}"
        taken.add(name.lower())
    for class_, name in sorted(names.items(), key=lambda item: item[1].lower()):
        members = sorted(classes[class_])
        others = sorted({column for each in members for column in things[each]} - {*_FIRST, "sections"})
        columns = [*_FIRST, *others, "sections"]
        rows = [
            [each, *(SEPARATOR.join(things[each].get(key, ())) for key in columns[1:])] for each in members
        ]
        yield name, class_, columns, rows


def _read(dataset: Path) -> tuple[dict[str, Cells], dict[str, set[str]]]:
    """Cells of each thing, and the members of each class; what OWL speaks of itself is no thing."""
    things: defaultdict[str, Cells] = defaultdict(lambda: defaultdict(dict))
    classes: defaultdict[str, set[str]] = defaultdict(set)
    graphs: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for quad in ox.parse(path=str(dataset), format=ox.RdfFormat.N_QUADS, lenient=True):
        graph, subject, value = quad.graph_name, quad.subject, quad.object
        if not isinstance(graph, ox.NamedNode) or not isinstance(subject, ox.NamedNode):
            continue
        if graph.value == INFERRED_GRAPH or isinstance(value, ox.Triple):
            continue
        graphs[subject.value][graph.value] = None
        if quad.predicate.value != _TYPE:
            things[subject.value][_column(quad.predicate.value, value)][value.value] = None
        elif isinstance(value, ox.NamedNode) and not value.value.startswith(_SCHEMA):
            classes[value.value].add(subject.value)
    sections = classes[ATMP + "Section"]
    for thing, cells in things.items():
        cells["sections"] = {graph: None for graph in graphs[thing] if graph in sections}
    return things, {class_: members for class_, members in classes.items() if members}


def _column(predicate: str, value: ox.NamedNode | ox.BlankNode | ox.Literal) -> str:
    name = "label" if predicate in _LABELS else _local(predicate)
    language = value.language if isinstance(value, ox.Literal) else None
    return f"{name}_{language}" if language else name


@cache
def _local(iri: str) -> str:
    return re.sub(r"[^\w-]", "_", re.split(r"[#/]", iri.rstrip("#/"))[-1]) or "thing"


def _resource(name: str, class_: str, columns: list[str]) -> dict[str, object]:
    fields = [{"name": column, "type": "string"} for column in columns]
    return {
        "name": re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower(),
        "path": f"{name}.csv",
        "rdfType": class_,
        "description": f"Several values in one cell are separated by '{SEPARATOR}'.",
        "schema": {"fields": fields, "primaryKey": "iri"},
    }


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name, _ONCE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, text)
