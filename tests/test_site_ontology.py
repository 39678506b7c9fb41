"""The ontology on its pages: terms with their relations, uses and examples, and diagrams drawn from it."""

from __future__ import annotations

import html
import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from atmp_graph.knowledge import Home, read
from atmp_graph.questions.parse import dumps, read_questions
from atmp_graph.reason import Inferences
from atmp_graph.settings import Settings
from atmp_graph.store.direct import DirectStore
from atmp_graph.vocabulary import ATMP, page_path
from atmp_graph.web import pictures
from atmp_graph.web.app import create_app
from atmp_graph.web.diagram import Diagram
from atmp_graph.web.facts import Reader
from atmp_graph.web.layered import Gaps, Size, place
from atmp_graph.web.recipes import FOLDER, recipes
from atmp_graph.web.relations import ends
from atmp_graph.web.site import Site, site

HOME = Home(Path(__file__).parent.parent)
PAGE = {"Accept": "text/html"}
LANGUAGES = ["en", "sv"]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The site over the whole shipped graph, in memory."""
    knowledge = read(HOME)
    rules = {HOME.name(path): path.read_text(encoding="utf-8") for path in HOME.rule_files()}
    store = DirectStore.of([*knowledge.quads, *Inferences(knowledge.quads, rules).quads()], "0123456789ab")
    folder = tmp_path_factory.mktemp("release")
    questions = read_questions(HOME.question_files(), HOME.root)
    (folder / "questions.json").write_text(dumps(questions), encoding="utf-8")
    return create_app(store, Settings(home=folder, cache=folder), folder)


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def of(app: Flask) -> Site:
    found = app.extensions["atmp_graph"]
    assert isinstance(found, Site)
    return found


def page(client: FlaskClient, path: str, language: str = "en") -> str:
    response = client.get(("" if language == "en" else "/sv") + path, headers=PAGE)
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


def drawn(text: str) -> list[ElementTree.Element]:
    """The diagrams of a page; each must be well-formed by itself."""
    found = re.findall(r"<svg width.*?</svg>", text, re.DOTALL)
    return [ElementTree.fromstring(one) for one in found]  # noqa: S314 - our own page


def all_pictures(reader: Reader) -> list[Diagram]:
    modules = [pictures.of_module(reader, m.iri) for m in reader.ontology.of_kind("module")]
    classes = [t.iri for t in reader.ontology.of_kind("class") if t.iri.startswith(ATMP)]
    properties = [t.iri for t in reader.ontology.of_kind("object property") if t.iri.startswith(ATMP)]
    about = [pictures.of_class(reader, iri, properties[:9], properties[-9:]) for iri in classes[:9]]
    links = [pictures.of_property(reader, iri) for iri in properties]
    found = [pictures.overview(reader), pictures.of_model(reader), *modules, *about, *links]
    return [one for one in found if one]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_can_be_read(app: Flask, language: str) -> None:
    """Boxes lie inside the picture and apart; each line has its ends; words are the reader's language's."""
    with app.test_request_context("/", environ_overrides={"atmp_graph.language": language}):
        reader = site().reader()
        drawings = all_pictures(reader)
        agent = reader.link(ATMP + "Agent").label
    assert len(drawings) > 140
    for one in drawings:
        keys = {box.key for box in one.boxes}
        assert len(keys) <= 60
        for box in one.boxes:
            assert box.x >= 0 <= box.y, one.title
            assert box.x + box.width <= one.width, one.title
            assert box.y + box.height <= one.height, one.title
        for a, b in combinations(one.boxes, 2):
            apart_x = a.x + a.width <= b.x or b.x + b.width <= a.x
            assert apart_x or a.y + a.height <= b.y or b.y + b.height <= a.y, (one.title, a.key, b.key)
        assert {p.start for p in one.paths} | {p.end for p in one.paths} <= keys
        assert all(p.d for p in one.paths)
    assert agent == {"en": "agent", "sv": "aktör"}[language]
    assert any(agent == text.words for one in drawings for box in one.boxes for text in box.texts)


def test_module_pictures_fit_a_wide_page(app: Flask) -> None:
    """On a desk no module needs much scrolling; the largest have at most 60 boxes."""
    with app.test_request_context("/"):
        reader = site().reader()
        found = [pictures.of_module(reader, m.iri) for m in reader.ontology.of_kind("module")]
    drawings = [one for one in found if one]
    assert len(drawings) >= 10
    assert max(one.width for one in drawings) < 1250


def test_the_picture_of_the_model_says_what_the_ontology_says(app: Flask) -> None:
    """Each arrow that a newcomer is shown is one that domain and range, or the hints, allow."""
    ontology = of(app).ontology
    for name, (start, end) in pictures.MODEL.items():
        told = ends(ontology.terms[ATMP + name])
        for iri, allowed in ((ATMP + start, told.start), (ATMP + end, told.end)):
            assert iri in ontology.terms
            assert {iri, *ontology.above(iri)} & set(allowed), (name, iri)
    assert len(pictures.MODEL) > 20


def test_the_modules_are_drawn_without_the_imports_that_others_make_for(app: Flask) -> None:
    """Every import can be followed along the arrows, and no arrow is needless."""
    with app.test_request_context("/"):
        reader = site().reader()
        overview = pictures.overview(reader)
    assert overview is not None
    arrows = {(p.start, p.end) for p in overview.paths}

    def reached(start: str, without: tuple[str, str] | None = None) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            here = todo.pop()
            fresh = {e for s, e in arrows - {without} if s == here} - seen
            seen |= fresh
            todo += fresh
        return seen

    modules = {m.iri: m.all("owl", "imports") for m in reader.ontology.of_kind("module")}
    assert len(modules) >= 14
    for module, imports in modules.items():
        assert set(imports) & modules.keys() <= reached(module), module
    assert not [a for a in arrows if a[1] in reached(a[0], a)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "path",
    [
        "/ontology/",
        "/ontology/Facility",
        "/ontology/QualifiedStatement",
        "/ontology/hasPart",
        "/ontology/policy-module",
        "/docs",
    ],
)
def test_diagrams_keep_the_policy_and_lead_somewhere(client: FlaskClient, path: str, language: str) -> None:
    """Inline SVG with title and description, no style attribute or script, and every link answers."""
    text = page(client, path, language)
    assert not re.search(r"\sstyle=|<style|<script(?! src)|\son[a-z]+=", text)
    pictured = drawn(text)
    assert len(pictured) == 1
    for svg in pictured:
        title, description = svg.findtext("title") or "", svg.findtext("desc") or ""
        assert title
        assert "→" in description
        names = str(svg.get("aria-labelledby")).split()
        assert [one.get("id") for one in svg if one.get("id")] == names
        targets = {a.get("href") for a in svg.iter("a")}
        assert len(targets) >= 5
        prefix = "" if language == "en" else "/sv"
        for target in sorted(str(t) for t in targets)[:10]:
            assert target.startswith(prefix + "/")
            assert client.get(target, headers=PAGE).status_code == 200


def test_a_class_tells_what_the_data_say_of_its_things(client: FlaskClient, app: Flask) -> None:
    """Each property with the count that a query gives, its other end, and whether it only follows."""
    text = page(client, "/ontology/Facility")
    asked = f"SELECT (COUNT(*) AS ?n) {{ ?x a <{ATMP}Facility> ; <{ATMP}isLocatedIn> ?o }}"
    count = str(of(app).store.rows(asked).rows[0]["n"])
    row = re.search(r"<tr><td>[^\n]*atmp:isLocatedIn.*?</tr>", text)
    assert row
    assert f'<td class="number">{count}</td>' in row[0]
    assert ">place</a>" in row[0]
    inverse = re.search(r"<tr><td>[^\n]*atmp:isOperatedBy.*?</tr>", text)
    assert inverse
    assert 'class="follows"' in inverse[0]
    assert "NorthX Biologics" in text
    assert "/questions/q01-production-facilities" in text


def test_a_property_shows_two_statements_and_who_makes_them(client: FlaskClient) -> None:
    """Examples come from different things and carry their section; ends are counted by class."""
    text = page(client, "/ontology/operatesFacility")
    table = re.search(r"<tbody>(.*?)</tbody>", text, re.DOTALL)
    assert table
    assert table[1].count("<tr>") == 2
    assert table[1].count('class="section"') >= 2
    assert "company" in text
    assert "caution" not in text


@pytest.mark.parametrize(
    ("name", "stored"),
    [("hasPart", "isPartOf"), ("isOperatedBy", "operatesFacility"), ("offers", "offeredBy")],
)
def test_a_property_that_no_section_states_says_so(client: FlaskClient, name: str, stored: str) -> None:
    """A reader is told to ask the stored direction inside a section's graph."""
    text = page(client, f"/ontology/{name}")
    assert 'class="caution"' in text
    assert f"atmp:{stored}</code>" in text


def test_stages_stand_in_their_order(client: FlaskClient) -> None:
    """Fourteen numbered concepts, first to last."""
    numbers = re.findall(r'class="order">(\d+)<', page(client, "/concept/scheme-value-chain", "sv"))
    assert numbers == [str(n) for n in range(1, 15)]


def test_lists_tell_which_concepts_the_data_use(client: FlaskClient, app: Flask) -> None:
    """Used ones with a count, the others marked, so that nobody asks for what is not there."""
    counted = {True: 0, False: 0}
    for scheme in of(app).ontology.of_kind("scheme"):
        text = page(client, str(page_path(scheme.iri)))
        assert "Defined in" in text
        for unused in re.findall(r'class="uses( unused)?"', text):
            counted[bool(unused)] += 1
    assert counted[False] > 300
    assert 0 < counted[True] < counted[False] / 4


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_is_told_in_full(client: FlaskClient, app: Flask, language: str) -> None:
    """Each of our terms has a page in the language, with definition, module and name as queries write it."""
    terms = [t for t in of(app).ontology.terms.values() if t.iri.startswith(ATMP) and t.kind != "module"]
    assert len(terms) > 250
    for term in terms:
        text = html.unescape(page(client, str(page_path(term.iri)), language))
        definition = term.texts["http://www.w3.org/2004/02/skos/core#definition"][language][0]
        assert definition in text, term.iri
        assert "atmp:" + term.iri.removeprefix(ATMP) in text
        assert {"en": "Defined in", "sv": "Definieras i"}[language] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_recipe_finds_something(client: FlaskClient, app: Flask, language: str) -> None:
    """Each pattern of the guide runs as it is shown, returns rows, and stands on the page with its note."""
    text = page(client, "/docs", language)
    shown = [html.unescape(one) for one in re.findall(r'<pre tabindex="0">(.*?)</pre>', text, re.DOTALL)]
    found = recipes(language)
    for recipe in found:
        assert recipe.query.strip() in [one.strip() for one in shown], recipe.name
        assert of(app).store.rows(recipe.query).rows, recipe.name
        assert html.escape(recipe.note, quote=False) in html.unescape(text) or recipe.note in html.unescape(
            text
        )
    assert len(found) == len(list(FOLDER.glob("*.rq"))) >= 15
    for query in shown:
        assert of(app).store.rows(query).rows


def test_recipes_are_told_in_both_languages() -> None:
    """Titles and notes differ between the languages, and labels are asked for in the reader's."""
    for english, swedish in zip(recipes("en"), recipes("sv"), strict=True):
        assert english.title != swedish.title
        assert english.note != swedish.note
        assert '"en"' not in swedish.query


@settings(max_examples=120, deadline=None)
@given(
    st.integers(1, 14).flatmap(
        lambda n: st.tuples(
            st.lists(st.tuples(st.floats(10, 150), st.floats(10, 60)), min_size=n, max_size=n),
            st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=24),
        )
    )
)
def test_any_boxes_are_laid_out_apart(
    drawing: tuple[list[tuple[float, float]], list[tuple[int, int]]],
) -> None:
    """No two boxes of one lane come closer than the gap; without circles every line runs forward."""
    measured, pairs = drawing
    sizes = {str(n): Size(*size) for n, size in enumerate(measured)}
    lines = [(str(a), str(b)) for a, b in pairs if a != b]
    gaps = Gaps(40, 10)
    layout = place(sizes, lines, gaps)
    assert layout.centres.keys() == sizes.keys()
    for a, b in combinations(sizes, 2):
        (x, y), (u, v) = layout.centres[a], layout.centres[b]
        along = abs(x - u) - (sizes[a].along + sizes[b].along) / 2
        across = abs(y - v) - (sizes[a].across + sizes[b].across) / 2
        assert along > 39.9 or across > 9.9
    forward = {(a, b) for a, b in lines if int(a) < int(b)}
    if forward == set(lines):
        assert all(layout.centres[a][0] < layout.centres[b][0] for a, b in forward)
    for name, (x, y) in layout.centres.items():
        assert x - sizes[name].along / 2 >= -0.01
        assert y + sizes[name].across / 2 <= layout.across + 0.01
