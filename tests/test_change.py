"""What changed between two releases, told in meaning."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from atmp_graph.change import DATASET, diff
from atmp_graph.errors import InputError
from atmp_graph.store.protocol import Iri, Literal
from said import ATMP, GRAPH, GRAPHS, ID, quads


def release(folder: Path, changed: dict[str, str]) -> Path:
    folder.mkdir()
    ox.serialize(quads(**changed), str(folder / DATASET), format=ox.RdfFormat.N_QUADS)
    return folder


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return release(tmp_path / "old", {})


def test_the_same_is_no_change(old: Path):
    """A release compared with itself has nothing to tell."""
    found = diff(old, old)
    assert found.is_empty
    assert (found.added, found.removed, found.renamed) == ((), (), {})


def test_things_come_go_and_get_other_names(old: Path, tmp_path: Path):
    """A new thing, a thing that is gone, and a thing with another label are told apart."""
    things = GRAPHS[GRAPH + "entities/things"].replace("Ørsted Cells", "Cells & Co")
    things += 'id:newcomer a atmp:Company ; rdfs:label "Newcomer"@en, "Nykomling"@sv .'
    new = release(tmp_path / "new", {"things": things, "two": ""})
    found = diff(old, new)
    assert found.added == (ID + "newcomer",)
    assert set(found.removed) == {ID + "claim-small", ID + "quarrel", GRAPH + "report/2"}
    assert found.renamed == {ID + "maker": ("Ørsted Cells", "Cells & Co")}
    assert found.labels[ID + "newcomer"] == "Newcomer"


def test_facts_are_told_by_section(old: Path, tmp_path: Path):
    """What a section gained and lost stands under that section, with texts read back as they were."""
    text = GRAPHS[GRAPH + "report/1"].replace("It is said to be big.", 'It is \\"big\\",\\nå.')
    new = release(tmp_path / "new", {"one": text})
    (section,) = diff(old, new).sections
    assert section.graph == GRAPH + "report/1"
    (added,), (removed,) = section.added, section.removed
    assert added.value == Literal('It is "big",\nå.', "en")
    assert (removed.subject, removed.property) == (ID + "claim-big", ATMP + "summary")


def test_ontology_and_inferences_are_told_apart(old: Path, tmp_path: Path):
    """A change of a definition is no change of a source, and what follows is counted, not listed."""
    core = next(name for name in GRAPHS if "/ontology/" in name)
    module = GRAPHS[core] + "atmp:Claim atmp:concerns atmp:Company ."
    new = release(tmp_path / "new", {"core-module": module, "inferred": "id:maker a atmp:Agent ."})
    found = diff(old, new)
    assert found.sections == ()
    assert [fact.value for change in found.ontology for fact in change.added] == [Iri(ATMP + "Company")]
    assert found.derived == (0, 3)


def test_a_folder_that_is_no_release_is_told(old: Path, tmp_path: Path):
    """Wrong use is named with the folder."""
    with pytest.raises(InputError) as caught:
        diff(old, tmp_path / "nowhere")
    assert "nowhere" in caught.value.place
