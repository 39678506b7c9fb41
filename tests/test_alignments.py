"""The mappings to other vocabularies: one set, told in OWL for reasoners and as an SSSOM table for people."""

import csv
import re
from pathlib import Path

import pyoxigraph as ox

from atmp_graph.knowledge import Home, read
from atmp_graph.vocabulary import ATMP

ROOT = Path(__file__).parent.parent
TABLE = (ROOT / "docs/alignments.sssom.tsv").read_text(encoding="utf-8")
CURIES = dict(re.findall(r'^#  (\w+): "([^"]+)"$', TABLE, re.MULTILINE))
ROWS = list(csv.DictReader((line for line in TABLE.splitlines() if line[0] != "#"), delimiter="\t"))
WANTED = ("org", "foaf", "schema", "prov", "dcat", "frapo", "sosa", "cito")


def expand(curie: str) -> str:
    prefix, _, name = curie.partition(":")
    return CURIES[prefix] + name


def test_the_table_and_the_module_agree() -> None:
    """Each mapping of the module is a row with its reason, and each row is in the module."""
    table = {(expand(r["subject_id"]), expand(r["predicate_id"]), expand(r["object_id"])) for r in ROWS}
    module = {
        (quad.subject.value, quad.predicate.value, quad.object.value)
        for quad in ox.parse(path=str(ROOT / "ontology/alignments.ttl"), format=ox.RdfFormat.TURTLE)
        if isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.NamedNode)
        and quad.subject.value.startswith(ATMP)
        and re.search(r"Match$|#sub(Class|Property)Of$", quad.predicate.value)
    }
    assert table == module
    assert len(table) == len(ROWS) >= 50
    assert [row["subject_id"] for row in ROWS if len(row["comment"]) < 15] == []
    assert {each for each in WANTED if not any(r["object_id"].startswith(f"{each}:") for r in ROWS)} == set()


def test_the_labels_are_ours() -> None:
    """The table names each term as the ontology does."""
    labels = {
        (quad.subject.value, quad.object.value)
        for quad in read(Home(ROOT)).ontology
        if quad.predicate.value.endswith("#label") and isinstance(quad.subject, ox.NamedNode)
    }
    assert [
        r["subject_id"] for r in ROWS if (expand(r["subject_id"]), r["subject_label"]) not in labels
    ] == []


def test_only_the_full_release_has_them() -> None:
    """No module imports the alignments but the full one."""
    importing = [
        path.name
        for path in sorted((ROOT / "ontology").glob("*.ttl"))
        if "atmp:alignments-module" in path.read_text(encoding="utf-8").partition("owl:imports")[2][:900]
    ]
    assert importing == ["full.ttl"]
