"""Each IRI of the graph answers at its own path: a page for people, RDF and tables for programs."""

from __future__ import annotations

import csv
import io

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from site_release import make_app

NORTHX = "/id/northx-biologics"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FORMATS = {
    "ttl": ("text/turtle", ox.RdfFormat.TURTLE),
    "nt": ("application/n-triples", ox.RdfFormat.N_TRIPLES),
    "jsonld": ("application/ld+json", ox.RdfFormat.JSON_LD),
    "rdf": ("application/rdf+xml", ox.RdfFormat.RDF_XML),
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return make_app(tmp_path_factory.mktemp("site")).test_client()


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        (BROWSER, "text/html"),
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples, text/turtle;q=0.9", "application/n-triples"),
        ("text/turtle;q=0.1, application/rdf+xml", "application/rdf+xml"),
        ("text/html;q=0, text/turtle;q=0.2", "text/turtle"),
        ("application/json", "application/json"),
        ("text/csv", "text/csv"),
        ("image/png, text/turtle;q=0.5", "text/turtle"),
    ],
)
def test_accept_chooses_the_form(client: FlaskClient, accept: str | None, expected: str) -> None:
    """Quality values are obeyed; who leaves it open gets the page."""
    response = client.get(NORTHX, headers={"Accept": accept} if accept else {})
    assert response.status_code == 200
    assert response.mimetype == expected
    assert "Accept" in response.vary


def test_what_nobody_offers_is_406(client: FlaskClient) -> None:
    """A form that is not offered is refused, and the answer says which there are."""
    response = client.get(NORTHX, headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    "path", [NORTHX, "/ontology/Company", "/concept/reported", "/graph/report-a/2-money"]
)
def test_every_kind_of_iri_has_rdf_by_suffix(client: FlaskClient, path: str, suffix: str) -> None:
    """The suffix wins over Accept; the RDF parses and speaks of the thing."""
    media_type, parser = FORMATS[suffix]
    response = client.get(f"{path}.{suffix}", headers={"Accept": BROWSER})
    assert response.status_code == 200
    assert response.mimetype == media_type
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    triples = list(ox.parse(response.data, parser))
    thing = ox.NamedNode("https://w3id.org/atmp-graph" + path)
    assert any(thing in (t.subject, t.object) for t in triples)


def test_rdf_of_a_thing_holds_both_directions(client: FlaskClient) -> None:
    """What points to the thing is there too, with labels to read it by."""
    text = client.get(NORTHX + ".nt").get_data(as_text=True)
    assert (
        "<https://w3id.org/atmp-graph/id/hub-grant> <https://w3id.org/atmp-graph/ontology/toRecipient>"
        in text
    )
    assert '"Grant for the hub"@en' in text


def test_rdf_of_a_section_is_what_the_section_says(client: FlaskClient) -> None:
    """The document of a named graph holds its own triples and no others."""
    text = client.get("/graph/report-b/01-opening.nt").get_data(as_text=True)
    assert "more-money" in text
    assert "hub-grant" not in text


def test_the_whole_ontology_is_one_document(client: FlaskClient) -> None:
    """All modules come together at the ontology's own address."""
    triples = list(ox.parse(client.get("/ontology.ttl").data, ox.RdfFormat.TURTLE))
    subjects = {str(t.subject) for t in triples}
    assert "<https://w3id.org/atmp-graph/ontology/Company>" in subjects
    assert "<https://w3id.org/atmp-graph/id/vinnova>" not in subjects
    negotiated = client.get("/ontology", headers={"Accept": "text/turtle"})
    assert negotiated.mimetype == "text/turtle"


def test_facts_come_as_a_table_with_their_sections(client: FlaskClient) -> None:
    """CSV and JSON of a thing: one row a statement and section."""
    rows = list(csv.DictReader(io.StringIO(client.get(NORTHX + ".csv").get_data(as_text=True))))
    operated = [row for row in rows if row["property"].endswith("/operatesFacility")]
    assert {row["section"].rpartition("/")[2] for row in operated} == {"1-summary", "2-money"}
    body = client.get(NORTHX + ".json").get_json()
    assert body["release"]
    assert body["complete"] is True
    assert {row["property"]["label"] for row in body["rows"]} >= {"operates"}


def test_the_class_page_lists_its_things_as_a_table_too(client: FlaskClient) -> None:
    """A class's CSV names its instances."""
    rows = list(csv.DictReader(io.StringIO(client.get("/ontology/Organisation.csv").get_data(as_text=True))))
    assert [row["thing_label"] for row in rows] == ["NorthX Biologics", "Vinnova"]


def test_swedish_twins_exist(client: FlaskClient) -> None:
    """The Swedish page of an IRI says the same in Swedish; its RDF is the same RDF."""
    text = client.get("/sv" + NORTHX, headers={"Accept": BROWSER}).get_data(as_text=True)
    assert ">driver<" in text
    assert client.get("/sv" + NORTHX + ".nt").data == client.get(NORTHX + ".nt").data


def test_links_name_the_other_forms(client: FlaskClient) -> None:
    """A program that got the page learns where the RDF is."""
    link = client.get(NORTHX, headers={"Accept": BROWSER}).headers["Link"]
    assert f'<{NORTHX}.ttl>; rel="alternate"; type="text/turtle"' in link


def test_spreadsheets_get_text_not_formulas() -> None:
    """Text that a spreadsheet would run is quoted; numbers stay numbers."""
    from atmp_graph.web.tables import Cell, Column, Table, to_csv

    integer = "http://www.w3.org/2001/XMLSchema#integer"
    table = Table((Column("a", "A"), Column("b", "B")))
    table.rows.append([Cell("=1+1", value="=1+1"), Cell("-5", value="-5", datatype=integer)])
    assert to_csv(table).splitlines()[1] == "'=1+1,-5"
