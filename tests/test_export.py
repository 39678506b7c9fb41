"""Exports say what the release says, the same bytes each time, in forms that others read."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from atmp_graph.build import build
from atmp_graph.errors import InputError
from atmp_graph.export import files, rdf
from atmp_graph.vocabulary import GRAPH, ID


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Path(__file__).parent / "tiny_home"
    return build(home, tmp_path_factory.mktemp("cache")).folder


def quads(path: Path) -> set[ox.Quad]:
    return set(ox.parse(path=str(path)))


@pytest.mark.parametrize("name", rdf.FORMATS)
def test_each_format_says_the_same(release: Path, name: str) -> None:
    """Formats with graphs hold every quad; the others every triple, once."""
    whole = quads(release / "dataset.nq")
    found = quads(release / f"exports/atmp-graph.{name}")
    without_blanks = {quad for quad in whole if not _blank(quad)}
    if rdf.FORMATS[name].supports_datasets:
        assert {quad for quad in found if not _blank(quad)} == without_blanks
        assert len(found) == len(whole)
    else:
        assert {quad.triple for quad in found if not _blank(quad)} == {quad.triple for quad in without_blanks}


def _blank(quad: ox.Quad) -> bool:
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


@pytest.mark.parametrize(("name", "parser"), [("ttl", "turtle"), ("nt", "nt"), ("rdf", "xml")])
def test_another_reader_agrees(release: Path, name: str, parser: str) -> None:
    """rdflib reads the files and finds as many triples."""
    graph = rdflib.Graph().parse(release / f"exports/atmp-graph.{name}", format=parser)
    assert len(graph) == len({quad.triple for quad in quads(release / "dataset.nq")})


def test_prefixes_stand_in_order(release: Path) -> None:
    """The engine shuffles prefixes; a file of ours has them sorted, so its checksum means something."""
    for name in ("ttl", "trig"):
        lines = (release / f"exports/atmp-graph.{name}").read_text(encoding="utf-8").splitlines()
        prefixes = [line for line in lines if line.startswith("@prefix")]
        assert prefixes == sorted(prefixes)
        assert len(prefixes) > 5


def test_tables_have_a_row_per_thing(release: Path) -> None:
    """Each class is a CSV file with labels, properties and the sections behind each row, described by a
    data package.
    """
    with zipfile.ZipFile(release / "exports/tables.zip") as archive:
        package = json.loads(archive.read("datapackage.json"))
        names = {resource["path"] for resource in package["resources"]}
        assert names == set(archive.namelist()) - {"datapackage.json"}
        assert {"Company.csv", "Place.csv", "FundingFlow.csv", "Concept.csv"} <= names
        (flow,) = csv.DictReader(io.StringIO(archive.read("FundingFlow.csv").decode()))
        (concept,) = csv.DictReader(io.StringIO(archive.read("Concept.csv").decode()))
    assert flow["iri"] == ID + "report-1-grant"
    assert (flow["label_sv"], flow["amount"]) == ("Bidrag till NorthX", "50000000")
    assert flow["sections"] == GRAPH + "report/1-money"
    assert concept["label_en"] == "reported"


def test_catalogue_lists_every_download(release: Path) -> None:
    """The catalogue names each file with its size and checksum, and the figures of the dataset."""
    graph = rdflib.Graph().parse(release / "exports/catalogue.ttl")
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    sizes = {
        str(file).rsplit("/", 1)[1]: int(size.toPython())
        for file, size in graph.subject_objects(dcat.byteSize)
    }
    exports = {path.name: path.stat().st_size for path in (release / "exports").iterdir()}
    assert sizes == {
        name: size for name, size in exports.items() if name not in ("catalogue.ttl", "SHA256SUMS")
    }


def test_copy_gives_what_is_asked_for(release: Path, tmp_path: Path) -> None:
    """Formats are copied by name, tables as CSV files; an unknown format is refused with the known ones."""
    written = files.copy(release / "exports", tmp_path / "out", ["ttl", "csv"])
    assert {path.suffix for path in written} == {".ttl", ".csv", ".json"}
    assert all(path.is_file() for path in written)
    with pytest.raises(InputError, match="no export format 'xls'") as caught:
        files.copy(release / "exports", tmp_path, ["xls"])
    assert "choose from nq, trig" in caught.value.hint
