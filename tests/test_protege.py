"""Real Protégé opens ontology and data, adds a class through its window, saves, and nothing is lost."""

import difflib
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from atmp_graph.knowledge import Home
from atmp_graph.turtle import format_text
from owl import importing

ROOT = Path(__file__).parent.parent
NEW_CLASS = "https://w3id.org/atmp-graph/ontology/ClassFromProtege"
SECTION = "data/vinnova-northx-2023/2-1-1-vinnovas-role.ttl"


def edited(file: Path, shot: Path) -> str:
    """Protégé's words on the imports, after it has added the class to the file and saved it."""
    run = subprocess.run(
        [ROOT / "tools/protege/add-class", ROOT / ".tools/protege", file, NEW_CLASS, shot],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert shot.stat().st_size > 20_000
    return run.stdout


def triples(path: Path) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)}


@pytest.fixture
def ontology(tmp_path: Path) -> Path:
    """A copy of the ontology folder, catalogue and all."""
    return Path(shutil.copytree(ROOT / "ontology", tmp_path / "ontology"))


@pytest.mark.java
@pytest.mark.slow
def test_a_class_added_in_protege_is_the_whole_diff(ontology: Path, tmp_path: Path) -> None:
    """All imports resolve by the catalogue, and after save and format only the new class differs."""
    root = ontology / "atmp-graph.ttl"
    before = format_text(root.read_text(encoding="utf-8"))
    said = edited(root, tmp_path / "shot.png")
    assert said.count("by the ontology catalog") == len(list(ontology.glob("*.ttl"))) - 3, said
    after = format_text(root.read_text(encoding="utf-8"))
    changed = [
        line
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
        if line[0] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert [line for line in changed if line.strip("+-")] == ["+atmp:ClassFromProtege a owl:Class ."]


@pytest.mark.java
@pytest.mark.slow
def test_protege_opens_all_data_and_loses_nothing(ontology: Path, tmp_path: Path) -> None:
    """The root with every fact opens; after a save each triple is there, and only declarations are new."""
    files = Home(ROOT).data_files()
    facts = {triple for path in files for triple in triples(path)}
    nt = ox.serialize(facts, format=ox.RdfFormat.N_TRIPLES)
    assert nt is not None
    everything = ontology / "everything.ttl"
    everything.write_text(importing("http://x.org/everything", nt.decode()), encoding="utf-8")
    given = triples(everything)
    said = edited(everything, tmp_path / "shot.png")
    assert said.count("by the ontology catalog") == len(list(ontology.glob("*.ttl"))) - 3, said
    saved = triples(everything)
    assert given - saved == set()
    kinds = {str(triple.object).rpartition("#")[2] for triple in saved - given}
    assert kinds == {"Class>", "NamedIndividual>"}
    print(f"{len(files)} data files, {len(given)} triples through Protégé, none lost")
    assert len(given) >= 25_000


def test_a_lent_section_comes_back_the_same(tmp_path: Path) -> None:
    """``tools/protege/section`` lends a file of facts and takes it back without a trace of the loan; an edit
    made meanwhile is the whole diff.
    """
    for folder in ("ontology", "data", "tools/protege"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    file = tmp_path / SECTION
    before = file.read_text(encoding="utf-8")

    def section(verb: str) -> str:
        command = [sys.executable, tmp_path / "tools/protege/section", verb, file]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    copy = Path(section("out").rpartition(": ")[2].strip())
    assert section("in").endswith("0 triples changed\n")
    assert file.read_text(encoding="utf-8") == before
    copy.write_text(
        copy.read_text(encoding="utf-8")
        + "id:vinnova a owl:NamedIndividual ; atmp:concerns id:northx-biologics .\n".replace(
            "owl:NamedIndividual", "<http://www.w3.org/2002/07/owl#NamedIndividual>"
        ),
        encoding="utf-8",
    )
    assert section("in").endswith("1 triples changed\n")
    new = set(file.read_text(encoding="utf-8").splitlines()) - set(before.splitlines())
    assert new == {"id:vinnova atmp:concerns id:northx-biologics ."}
