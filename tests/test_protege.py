"""Real Protégé opens the ontology, adds a class through its window and saves, and nothing else changes."""

import difflib
import shutil
import subprocess
from pathlib import Path

import pytest

from atmp_graph.turtle import format_text

ROOT = Path(__file__).parent.parent
NEW_CLASS = "https://w3id.org/atmp-graph/ontology/ClassFromProtege"


@pytest.mark.java
@pytest.mark.slow
def test_a_class_added_in_protege_is_the_whole_diff(tmp_path: Path) -> None:
    """All imports resolve by the catalogue, and after save and format only the new class differs."""
    folder = tmp_path / "ontology"
    shutil.copytree(ROOT / "ontology", folder)
    root = folder / "atmp-graph.ttl"
    before = format_text(root.read_text(encoding="utf-8"))

    run = subprocess.run(
        [ROOT / "tools/protege/add-class", ROOT / ".tools/protege", root, NEW_CLASS, tmp_path / "shot.png"],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    assert run.stdout.count("by the ontology catalog") == len(list(folder.glob("*.ttl"))) - 3, run.stdout
    after = format_text(root.read_text(encoding="utf-8"))
    changed = [
        line
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
        if line[0] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert [line for line in changed if line.strip("+-")] == ["+atmp:ClassFromProtege a owl:Class ."]
