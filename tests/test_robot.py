"""ROBOT, HermiT, ELK and the OWL API find nothing wrong with ontology and data, and keep every triple."""

import re
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from atmp_graph.knowledge import Home
from atmp_graph.turtle import format_text
from atmp_graph.turtle.shape import SYMMETRIC
from atmp_graph.vocabulary import PREFIXES
from owl import ONTOLOGY, ROOT, importing, owlapi, robot

pytestmark = [pytest.mark.java, pytest.mark.slow]

OWL, RDF = PREFIXES["owl"], PREFIXES["rdf"]
TYPE = ox.NamedNode(RDF + "type")
PROFILE = ROOT / "checks/robot-profile.txt"


def judge(folder: Path, *inputs: Path) -> None:
    """Merge the inputs with their imports, and have ROBOT find nothing wrong with the whole."""
    merge = [
        "merge",
        "--catalog",
        ONTOLOGY / "catalog-v001.xml",
        *(part for i in inputs for part in ("--input", i)),
    ]
    run = robot(
        *merge,
        *("validate-profile", "--profile", "DL", "--output", folder / "profile.txt"),
        *(
            "report",
            "--profile",
            PROFILE,
            "--fail-on",
            "WARN",
            "--print",
            "5",
            "--output",
            folder / "report.tsv",
        ),
        *("reason", "--reasoner", "ELK", "--equivalent-classes-allowed", "none"),
        *(
            "reason",
            "--reasoner",
            "hermit",
            "--equivalent-classes-allowed",
            "none",
            "--output",
            folder / "r.ttl",
        ),
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Ontology and imports closure in profile" in (folder / "profile.txt").read_text()
    assert len((folder / "report.tsv").read_text().splitlines()) == 1


def test_the_ontology_alone(tmp_path: Path) -> None:
    """OWL 2 DL without a violation, no row in the report, consistent and satisfiable by ELK and HermiT."""
    judge(tmp_path, ONTOLOGY / "atmp-graph.ttl")


def test_the_ontology_with_all_data(tmp_path: Path) -> None:
    """The same holds of the full ontology together with every fact."""
    files = Home(ROOT).data_files()
    facts = b"".join(
        ox.serialize(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE), format=ox.RdfFormat.N_TRIPLES)
        for path in files
    )
    (tmp_path / "data.ttl").write_text(importing("http://x.org/data", facts.decode()), encoding="utf-8")
    start = time.perf_counter()
    judge(tmp_path, ONTOLOGY / "full.ttl", tmp_path / "data.ttl")
    seconds = time.perf_counter() - start
    print(f"{len(files)} data files: merge, profile, report, ELK and HermiT in {seconds:.1f} s")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Path]:
    """Each file of the ontology and the data → what the OWL API made of it, in one start of Java."""
    folder = tmp_path_factory.mktemp("saved")
    given, out = folder / "given", folder / "out"
    given.mkdir()
    out.mkdir()
    modules = {path: path for path in sorted(ONTOLOGY.glob("*.ttl"))}
    data = {path: given / f"{path.parent.name}--{path.name}" for path in Home(ROOT).data_files()}
    for number, (path, copy) in enumerate(data.items()):
        copy.write_text(_with_header(path, f"http://x.org/{number}"), encoding="utf-8")
    files = modules | data
    owlapi("RoundTrip", out, *files.values())
    return {path: out / copy.name for path, copy in files.items()}


def _with_header(path: Path, iri: str) -> str:
    """The file as it is, its own prefixes first, then a header by which the OWL API knows every term."""
    return path.read_text(encoding="utf-8") + importing(iri, "")


def triples(text: str) -> set[ox.Triple]:
    """The triples of a file modulo blank node names and the direction of axioms that have none."""
    dataset = ox.Dataset()
    for quad in ox.parse(text, ox.RdfFormat.TURTLE):
        one, other = quad.subject, quad.object
        if quad.predicate.value in SYMMETRIC and str(other) < str(one):
            quad = ox.Quad(other, quad.predicate, one)  # noqa: PLW2901
        dataset.add(quad)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {quad.triple for quad in dataset}


def test_the_owl_api_loses_no_triple(saved: dict[Path, Path]) -> None:
    """Every file keeps every triple when the OWL API reads and writes it, as Protégé does; only declarations
    are added.
    """
    lost, added, kept = [], [], 0
    for path, after in saved.items():
        is_data = path.parent != ONTOLOGY
        text = path.read_text(encoding="utf-8")
        before, now = triples(text), triples(after.read_text(encoding="utf-8"))
        kept += len(before & now)
        lost += [(path.name, str(each)) for each in before - now]
        added += [
            (path.name, str(each))
            for each in now - before
            if each.object != ox.NamedNode(OWL + "NamedIndividual") and not (is_data and _is_header(each))
        ]
    assert lost == []
    assert added == []
    print(f"{len(saved)} files, {kept} triples, none lost")
    assert len(saved) >= 155
    assert kept >= 40_000


def _is_header(triple: ox.Triple) -> bool:
    return str(triple.subject).startswith("<http://x.org/")


def test_formatting_gives_back_our_bytes(saved: dict[Path, Path]) -> None:
    """After a save by the OWL API and ``format``, each ontology module has the very bytes it had, and so has
    each data file once its header is gone.
    """
    different = []
    for path, after in saved.items():
        text = after.read_text(encoding="utf-8")
        if path.parent != ONTOLOGY:
            text = re.sub(r"<http://x\.org/\d+> rdf:type owl:Ontology ;\s+owl:imports [^;]*? \.\n", "", text)
        if format_text(text) != _without_comment(path.read_text(encoding="utf-8")):
            different.append(path.name)
    assert different == []


def _without_comment(text: str) -> str:
    """Our file without the comment at its top, which the OWL API does not keep."""
    return text[re.search(r"^@prefix", text, re.MULTILINE).start() :]  # type: ignore[union-attr]
