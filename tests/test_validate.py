"""The validator: SHACL as pySHACL has it, in one query per constraint, and never a silent pass."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from atmp_graph.errors import InputError
from atmp_graph.store.protocol import Blank
from atmp_graph.validate import Report, Result, validate
from atmp_graph.validate.report import short_path

EX = "http://example.org/"
CASES = sorted((Path(__file__).parent / "shapes/core").glob("*.ttl"))
PREFIXES = """
@prefix ex: <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def quads(text: str) -> list[ox.Quad]:
    return list(ox.parse(PREFIXES + text, ox.RdfFormat.TURTLE))


def check(shapes: str, data: str) -> Report:
    return validate(quads(data), quads(shapes))


def key(result: Result) -> tuple[str, ...]:
    """A finding without what engines may word or name in their own way."""
    focus, value = (
        "a blank node" if isinstance(term, Blank) else str(term) for term in (result.focus, result.value)
    )
    return focus, value, result.component, result.severity, result.shape


def test_there_are_cases_for_the_whole_of_core():
    """The folder of core cases is found, whole."""
    assert len(CASES) == 13


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_core_case(case: Path):
    """Each case has as many findings as it says at its head, and pySHACL finds the same ones."""
    from atmp_graph.validate.fallback import validate_files

    text = case.read_text(encoding="utf-8")
    expected = int(text.splitlines()[0].removeprefix("# findings: "))
    both = list(ox.parse(text, ox.RdfFormat.TURTLE))
    ours = validate(both, both)
    assert len(ours.results) == expected
    assert {key(r) for r in ours.results} == {key(r) for r in validate_files(both, both, {""})}


def test_a_misspelt_shacl_property_is_refused():
    """A rule with a slip of the pen would be ignored by any engine; here it is an error with the nearest
    name.
    """
    with pytest.raises(InputError) as caught:
        check("ex:S sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:minCuont 1 ] .", "ex:a a ex:T .")
    assert caught.value.hint == "did you mean sh:minCount?"


def test_an_unreadable_pattern_is_refused():
    """A regular expression that the engine cannot read would let everything pass."""
    with pytest.raises(InputError, match="cannot be read"):
        check(
            'ex:S sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:pattern "(?=x)" ] .', "ex:a a ex:T ."
        )


def test_a_query_that_does_not_parse_names_its_shape():
    """A broken query in a shape is wrong use, with the shape's name."""
    with pytest.raises(InputError) as caught:
        check(
            'ex:S sh:targetClass ex:T ; sh:sparql [ sh:select "SELECT $this { $this a }" ] .', "ex:a a ex:T ."
        )
    assert caught.value.place == "http://example.org/S"


def test_what_is_not_compiled_goes_to_pyshacl():
    """A constraint component of the shapes' own making is run by pySHACL, not passed over."""
    shapes = """
    ex:Max a sh:ConstraintComponent ; sh:parameter [ sh:path ex:maxWords ; sh:datatype xsd:integer ] ;
        sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER(STRLEN($value) <= $maxWords) }" ] .
    ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; ex:maxWords 3 ] .
    """
    report = check(shapes, 'ex:a a ex:T ; ex:p "abc", "abcd" .')
    assert [(str(r.focus), r.shape) for r in report.results] == [("http://example.org/a", EX + "S")]
    assert check(shapes, 'ex:a a ex:T ; ex:p "abc" .').conforms


def test_only_the_file_with_the_unknown_construct_is_slow():
    """The fallback takes one file; what the other files ask is still found, once."""
    first = quads(
        "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ."
    )
    second = quads("""
    ex:R a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:q ; sh:minCount 1 ] ;
        sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate ex:x ; sh:object ex:y ] .
    """)
    shapes = [
        ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode(f"http://example.org/file{n}"))
        for n, part in enumerate((first, second))
        for q in part
    ]
    report = validate(quads("ex:a a ex:T ."), shapes)
    assert [r.shape.rsplit("/", 1)[-1] for r in report.results] == ["R", "S"]


def test_a_shape_that_leads_to_itself_does_not_hang():
    """Recursive shapes are not defined by the standard; they go to the fallback, which says so or ends."""
    shapes = """
    ex:S a sh:NodeShape ; sh:targetClass ex:T ;
        sh:property [ sh:path ex:next ; sh:node ex:S ; sh:minCount 1 ] .
    """
    report = check(shapes, "ex:a a ex:T ; ex:next ex:b .")
    assert not report.conforms


def test_a_query_over_named_graphs_sees_only_the_data():
    """The focus sets that validation keeps beside the data never show in a rule's answer."""
    shapes = """ex:S a sh:NodeShape ; sh:targetClass ex:T ;
        sh:sparql [ sh:select "SELECT $this ?value { GRAPH ?g { ?value ?p $this } }" ] ."""
    graph = ox.NamedNode("http://example.org/g")
    data = [
        ox.Quad(q.subject, q.predicate, q.object, graph) for q in quads("ex:a a ex:T . ex:b ex:to ex:a .")
    ]
    assert [str(r.value) for r in validate(data, quads(shapes)).results] == ["http://example.org/b"]


def test_severity_decides_what_stops_a_build():
    """A warning is a finding and not a violation."""
    shapes = """
    ex:S a sh:NodeShape ; sh:targetClass ex:T ;
        sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:severity sh:Warning ] .
    """
    report = check(shapes, "ex:a a ex:T .")
    assert report.ok
    assert not report.conforms
    assert report.counts() == {"Violation": 0, "Warning": 1, "Info": 0}


SHAPES = """
ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:minCount 1 ;
    sh:message "A thing has a p: add it."@en, "En sak har ett p: lägg till det."@sv ] ;
  sh:sparql [ sh:message "{?value} is too much."@en ;
    sh:select "SELECT $this ?value { $this <http://example.org/q> ?value FILTER(?value > 5) }" ] .
"""
DATA = 'ex:a a ex:T ; rdfs:label "The thing"@en, "Saken"@sv ; ex:q 7 .'


def test_text_reads_like_a_compiler():
    """Place, severity and message first; then the thing by name, the property, what was found, and the
    rule.
    """
    text = check(SHAPES, DATA).text("en", lambda result: "data/x.ttl:" + str(len(result.parts)))
    assert (
        text
        == """\
data/x.ttl:1: error: “7” is too much.
    thing      <http://example.org/a> (The thing)
    because    the rule's query found “7”
    rule       <http://example.org/S> (SPARQL)

data/x.ttl:2: error: A thing has a p: add it.
    thing      <http://example.org/a> (The thing)
    property   <http://example.org/p>
    because    found 0, needs at least 1
    rule       <http://example.org/S> (MinCount)

2 errors, 0 warnings, 0 notes
"""
    )


def test_text_speaks_swedish():
    """The same report in Swedish, message, label and reasons."""
    text = check(SHAPES, DATA).text("sv")
    assert "fel: En sak har ett p: lägg till det." in text
    assert "(Saken)" in text
    assert "hittade 0, minst 1 krävs" in text


def test_json_and_rdf_carry_the_same_findings():
    """Programs get JSON or a SHACL report; both hold every finding."""
    report = check(SHAPES, DATA)
    parsed = json.loads(report.json())
    assert [r["component"] for r in parsed["results"]] == ["SPARQL", "MinCount"]
    assert parsed["conforms"] is False
    triples = list(ox.parse(report.rdf(ox.RdfFormat.TURTLE), ox.RdfFormat.TURTLE))
    focus = [t for t in triples if t.predicate.value.endswith("#focusNode")]
    assert len(focus) == 2


def test_nothing_found_is_said():
    """A report without findings says that all is well."""
    assert check(SHAPES, "ex:a a ex:T ; ex:p 1 .").text() == "All rules hold.\n"


def test_short_path_names_prefixes():
    """A path is shown with short names."""
    assert (
        short_path("(<https://w3id.org/atmp-graph/ontology/p>/<http://x.org/q>)")
        == "(atmp:p/<http://x.org/q>)"
    )


def test_authors_have_a_command(
    tiny_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """``python -m atmp_graph.validate`` checks the home; with paths it shows what concerns them alone."""
    from atmp_graph.validate.__main__ import main

    monkeypatch.setenv("ATMP_GRAPH_HOME", str(tiny_home))
    assert main([]) == 0
    assert capsys.readouterr().out == "All rules hold.\n"
    monkeypatch.setenv("ATMP_GRAPH_HOME", str(tiny_home / "nowhere"))
    assert main([]) == 2
