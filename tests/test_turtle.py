"""Canonical Turtle: fixed, lossless, and stable under a save by Protégé's own library."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atmp_graph.errors import DataError, InputError
from atmp_graph.turtle import format_text

FOLDER = Path(__file__).parent / "turtle"
ROBOT = Path(__file__).parent.parent / ".tools" / "robot" / "lib"
ONTOLOGY = Path(__file__).parent.parent / "ontology"
PREFIXES = (
    "@prefix atmp: <https://w3id.org/atmp-graph/ontology/> .\n"
    "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
)


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def without_comment(text: str) -> str:
    return text[text.index("@prefix") :]


def meaning(text: str) -> ox.Dataset:
    dataset = ox.Dataset(ox.parse(text, ox.RdfFormat.TURTLE))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def test_authored_text_takes_the_canonical_form() -> None:
    """The form is what the recorded file shows: order, prefixes, inlined blank nodes, turned axioms, kept
    head comment.
    """
    assert format_text(read("authored.ttl")) == read("canonical.ttl")


def test_formatting_twice_changes_nothing() -> None:
    """The canonical form is a fixed point."""
    assert format_text(read("canonical.ttl")) == read("canonical.ttl")


def test_recorded_owl_api_save_formats_back() -> None:
    """A file saved by the OWL API (as Protégé does) formats back to the same text, banners and added types
    gone.
    """
    assert format_text(read("saved-by-owlapi.ttl")) == without_comment(read("canonical.ttl"))


def owl_api_save(path: Path, saved: Path) -> str:
    robot = ["java", "-cp", f"{ROBOT}/*", "org.obolibrary.robot.CommandLineInterface", "convert"]
    catalog = ["--catalog", str(path.parent / "catalog-v001.xml")] if path.parent == ONTOLOGY else []
    subprocess.run([*robot, *catalog, "--input", path, "--output", saved], check=True, timeout=120)
    return saved.read_text(encoding="utf-8")


@pytest.mark.java
def test_live_owl_api_save_formats_back(tmp_path: Path) -> None:
    """The same with the OWL API itself, not a recording of it."""
    saved = owl_api_save(FOLDER / "canonical.ttl", tmp_path / "saved.ttl")
    assert format_text(saved) == without_comment(read("canonical.ttl"))


@pytest.mark.java
@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(ONTOLOGY.glob("*.ttl")), ids=lambda path: path.stem)
def test_every_module_survives_an_owl_api_save(path: Path, tmp_path: Path) -> None:
    """Each file of our ontology, saved by the OWL API, formats back to itself: no triple is lost or moved."""
    assert format_text(owl_api_save(path, tmp_path / "saved.ttl")) == path.read_text(encoding="utf-8")


def test_only_the_real_change_shows_after_a_save() -> None:
    """One label changed in the saved file gives one changed line."""
    saved = read("saved-by-owlapi.ttl").replace('"A"@en', '"Changed"@en')
    before, after = without_comment(read("canonical.ttl")).splitlines(), format_text(saved).splitlines()
    assert [line for line in after if line not in before] == ['    rdfs:label "Changed"@en ;']
    assert len(before) == len(after)


def test_comment_inside_is_refused_with_its_line() -> None:
    """A comment that would be lost stops the format and is named with its line; a '#' inside a text or IRI
    is no comment.
    """
    text = (
        PREFIXES
        + 'atmp:A a owl:Class ;\n    atmp:note "not # this" , <http://x.org/#nor-this> . # but this\n'
    )
    with pytest.raises(DataError) as caught:
        format_text(text, place="file.ttl")
    assert caught.value.place == "file.ttl:4"
    assert "line 4: # but this" in caught.value.message
    assert "not # this" in format_text(text, drop_comments=True)


def test_syntax_error_has_line_and_hint() -> None:
    """A missing prefix is reported at its line with the line to add."""
    with pytest.raises(InputError) as caught:
        format_text("\natmp:A a skos:Concept .", place="file.ttl")
    assert caught.value.place == "file.ttl:2"
    assert (
        caught.value.hint
        == "add this line at the top: @prefix atmp: <https://w3id.org/atmp-graph/ontology/> ."
    )


def test_rings_and_shared_blank_nodes_survive() -> None:
    """Blank nodes that hang inside nothing, or inside two things, keep their meaning and get labels by
    content.
    """
    one = (
        PREFIXES
        + "_:x atmp:p _:y . _:y atmp:p _:x . atmp:a atmp:p _:z . atmp:b atmp:p _:z . _:z atmp:q 1 .\n"
    )
    two = (
        PREFIXES
        + "_:z atmp:q 1 . atmp:b atmp:p _:z . _:k atmp:p _:l . _:l atmp:p _:k . atmp:a atmp:p _:z .\n"
    )
    assert format_text(one) == format_text(two)
    assert meaning(format_text(one)) == meaning(one)


def test_section_comes_first() -> None:
    """In a file of facts the section node stands first, whatever its IRI."""
    text = PREFIXES + "atmp:aaa a atmp:Claim . <https://w3id.org/atmp-graph/graph/s/1> a atmp:Section ."
    assert (
        format_text(text).splitlines()[2].startswith("<https://w3id.org/atmp-graph/graph/s/1> a atmp:Section")
    )


def test_empty_graph_is_an_empty_file() -> None:
    """Prefixes alone say nothing and are not kept."""
    assert format_text(PREFIXES) == ""


iris = st.sampled_from(
    ["http://x.org/a", "https://w3id.org/atmp-graph/id/-odd.", "https://w3id.org/atmp-graph/ontology/A"]
)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
literals = st.one_of(
    texts.map(ox.Literal),
    texts.map(lambda text: ox.Literal(text, language="sv")),
    st.sampled_from(["007", "-1", "1.", ".5", "x"]).map(
        lambda text: ox.Literal(text, datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
    ),
)
nodes = st.one_of(iris.map(ox.NamedNode), st.sampled_from("abc").map(ox.BlankNode))
triples = st.builds(ox.Triple, nodes, iris.map(ox.NamedNode), st.one_of(nodes, literals))


@settings(max_examples=60, deadline=None)
@given(st.lists(triples, max_size=8))
def test_any_graph_keeps_its_meaning(graph: list[ox.Triple]) -> None:
    """Whatever the graph, its canonical text says the same, and is a fixed point."""
    text = ox.serialize(graph, format=ox.RdfFormat.N_TRIPLES).decode()
    formatted = format_text(text)
    assert meaning(formatted) == meaning(text)
    assert format_text(formatted) == formatted
