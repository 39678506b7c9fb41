"""The documents that teach the model: each query in them gives rows, each picture shows what exists."""

import re
import struct
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from atmp_graph.knowledge import Home, read
from atmp_graph.reason import Inferences
from atmp_graph.store.direct import DirectStore
from atmp_graph.vocabulary import ATMP

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "docs/model.md", "docs/model-sv.md")
FENCE = re.compile(r"^```sparql\n(.*?)^```$", re.MULTILINE | re.DOTALL)
QUERIES = [
    pytest.param(query, id=f"{page}-{number}")
    for page in PAGES
    for number, query in enumerate(FENCE.findall((ROOT / page).read_text(encoding="utf-8")), 1)
]
SVG = "{http://www.w3.org/2000/svg}"


@cache
def store() -> DirectStore:
    """What a release holds, without building one."""
    home = Home(ROOT)
    quads = read(home).quads
    rules = {path.name: path.read_text(encoding="utf-8") for path in home.rule_files()}
    return DirectStore.of([*quads, *Inferences(quads, rules).quads()])


def terms() -> set[str]:
    return {row["t"].value for row in store().rows("SELECT DISTINCT ?t { ?t rdfs:isDefinedBy ?m }").rows}


def test_there_are_queries() -> None:
    """The model page has its recipes, in both languages, and the readme its example."""
    assert len(QUERIES) >= 18


@pytest.mark.parametrize("query", QUERIES)
def test_query_gives_rows(query: str) -> None:
    """A recipe that a newcomer copies answers something."""
    assert store().rows(query).rows


@pytest.mark.parametrize("page", PAGES)
def test_terms_of_a_page_exist(page: str) -> None:
    """Each term a page names is declared."""
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"\batmp:([A-Za-z]+)", text)) | set(re.findall(r"`([A-Z][a-z]+[A-Za-z]+)`", text))
    assert len(named) >= 4
    assert {name for name in named if ATMP + name not in terms()} == set()


def test_the_diagram_names_what_exists() -> None:
    """Each class and property drawn is one of the ontology's."""
    drawing = ElementTree.parse(ROOT / "docs/images/model.svg")  # noqa: S314  (our own file)
    drawn = {"class": set[str](), "property": set[str]()}
    for node in drawing.iter(f"{SVG}text"):
        if (kind := node.get("class")) in drawn:
            drawn[kind].update(re.findall(r"[A-Za-z]+", node.text or ""))
    for kind, names in drawn.items():
        known = "owl:Class" if kind == "class" else "?any"
        rows = store().rows(f"SELECT ?t {{ ?t a {known} ; rdfs:isDefinedBy ?m }}").rows
        assert names - {row["t"].value.rpartition("/")[2] for row in rows} == set()
    assert len(drawn["class"]) >= 20
    assert len(drawn["property"]) >= 8


def test_pictures_are_there_and_small() -> None:
    """Each picture a page shows exists; a screenshot is 1200 pixels wide and below 150 kB."""
    shown = 0
    for page in sorted((ROOT / "docs").glob("*.md")):
        for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            picture = (page.parent / name).read_bytes()
            shown += 1
            if name.endswith(".png"):
                assert struct.unpack(">I", picture[16:20])[0] == 1200
                assert len(picture) < 150_000
    assert shown >= 9


def test_both_languages_say_the_same() -> None:
    """The Swedish page has the sections of the English one, and no recipe of its own."""
    english, swedish = ((ROOT / page).read_text(encoding="utf-8") for page in PAGES[1:])
    assert len(re.findall(r"^## ", english, re.MULTILINE)) == len(re.findall(r"^## ", swedish, re.MULTILINE))
    ours = {query.replace('"sv"', '"en"') for query in FENCE.findall(swedish)}
    assert ours <= set(FENCE.findall(english))
