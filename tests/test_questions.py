"""The named questions: every file is whole, and each answers what was read by hand from the sources."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from atmp_graph.errors import InputError, ManyErrors
from atmp_graph.knowledge import Home, read
from atmp_graph.questions import Answered, Cell, Question, find, load, run
from atmp_graph.questions.parse import dumps, parse_question, read_questions
from atmp_graph.reason import Inferences
from atmp_graph.sparqltext import selects, tokens
from atmp_graph.store.direct import DirectStore
from atmp_graph.store.protocol import Iri
from atmp_graph.vocabulary import compact

ROOT = Path(__file__).parent
HOME = Home(ROOT.parent)
EXPECTED = sorted((ROOT / "questions").glob("q*.json"))


@cache
def questions() -> list[Question]:
    return read_questions(HOME.question_files(), HOME.root)


@cache
def store() -> DirectStore:
    """The whole graph as a release holds it, in memory."""
    knowledge = read(HOME)
    rules = {HOME.name(path): path.read_text(encoding="utf-8") for path in HOME.rule_files()}
    return DirectStore.of([*knowledge.quads, *Inferences(knowledge.quads, rules).quads()])


def cases() -> list[tuple[str, str]]:
    return [(path.stem, lang) for path in EXPECTED for lang in ("en", "sv")]


def forms(cell: Cell) -> set[Any]:
    """All the ways in which an expected file may write a cell."""
    if cell.term is None:
        return {None, ""}
    if isinstance(cell.term, Iri):
        return {cell.term.value, compact(cell.term.value), cell.text}
    text = cell.text
    try:
        return {text, Decimal(text)}
    except ArithmeticError:
        return {text, *({"true": {True}, "false": {False}}.get(text, ()))}


def fits(cell: Cell, wanted: Any) -> bool:
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        wanted = Decimal(str(wanted))
    return any(type(form) is type(wanted) and form == wanted for form in forms(cell))


def row_fits(row: tuple[Cell, ...], wanted: list[Any]) -> bool:
    return len(row) == len(wanted) and all(map(fits, row, wanted))


def is_ordered(question: Question) -> bool:
    """True when the outer SELECT orders its rows."""
    found = tokens(question.query)
    outer = next(selects(found))
    return any(token.text.upper() == "ORDER" for token in found[outer.closes : outer.ends])


def compare(answered: Answered, wanted: list[list[Any]]) -> list[str]:
    """What differs, in words; empty if the answer is as expected."""
    rows = list(answered.rows)
    problems = []
    if is_ordered(answered.question):
        for at, expected in enumerate(wanted):
            if at >= len(rows) or not row_fits(rows[at], expected):
                got = [cell.text for cell in rows[at]] if at < len(rows) else None
                problems.append(f"row {at + 1}: expected {expected}, got {got}")
        return problems + [f"not expected: {[c.text for c in row]}" for row in rows[len(wanted) :]]
    for expected in wanted:
        match = next((row for row in rows if row_fits(row, expected)), None)
        if match is None:
            problems.append(f"missing: {expected}")
        else:
            rows.remove(match)
    return problems + [f"not expected: {[cell.text for cell in row]}" for row in rows]


def test_every_question_is_whole():
    """All files parse, and ids are unique."""
    assert len(questions()) == len(HOME.question_files()) >= 20


def test_every_expected_answer_has_a_question():
    """Rows written by hand are found, and none is for a question that is gone."""
    assert len(EXPECTED) >= 20
    assert {path.stem for path in EXPECTED} <= {question.id for question in questions()}


@pytest.mark.parametrize(("name", "lang"), cases())
def test_question_answers_as_read_from_the_sources(name: str, lang: str):
    """The rows are those that a reader of the sources wrote down, in this language, each with its section."""
    wanted = json.loads((ROOT / f"questions/{name}.json").read_text(encoding="utf-8"))[lang]
    answered = run(store(), find(questions(), name), lang)
    assert compare(answered, wanted) == []
    assert all(place and place.heading and place.source for place in answered.places)


GOOD = """# id: q1
# title@en: Who?
# title@sv: Vem?
# description@en: Who is there.
# description@sv: Vem som finns där.
# audience: data
# kind: list
# theme: people
# column who: iri | Who | Vem
# param place: iri = id:sweden | Place | Plats
SELECT ?who ?section WHERE { GRAPH ?section { ?who atmp:isLocatedIn ?place } }
"""


def test_a_question_keeps_what_its_file_says():
    """Titles in both languages, typed columns and parameters, and the query with the prefixes it uses."""
    question = parse_question(GOOD, "q1-who", "questions/q1-who.rq")
    assert question.title.text("sv") == "Vem?"
    assert [(c.name, c.type, c.label.en) for c in question.columns] == [("who", "iri", "Who")]
    assert [(p.name, p.default) for p in question.params] == [("place", "id:sweden")]
    assert question.query.startswith("PREFIX atmp: <https://w3id.org/atmp-graph/ontology/>\nSELECT")


def test_a_release_keeps_questions_whole():
    """What is written to a release is read back the same."""
    question = parse_question(GOOD, "q1-who", "q1-who.rq")
    assert load(dumps([question])) == [question]


WRONG = {
    "no title": (GOOD.replace("# title@sv: Vem?\n", ""), "x.rq:1", "lacks title@sv"),
    "misspelt key": (GOOD.replace("audience", "audiance"), "x.rq:6", "no key 'audiance'"),
    "free comment": (GOOD.replace("# kind: list", "# just so"), "x.rq:7", "# key: value"),
    "unknown type": (GOOD.replace("who: iri", "who: url"), "x.rq:9", "'url' is not a type"),
    "one label": (GOOD.replace("| Who | Vem", "| Who"), "x.rq:9", "two labels"),
    "bad default": (GOOD.replace("id:sweden", "it:sweden"), "x.rq:10", "prefix of it:sweden"),
    "column missing": (GOOD.replace("SELECT ?who", "SELECT"), "x.rq:11", "?who"),
    "no section": (GOOD.replace(" ?section WHERE", " WHERE"), "x.rq:11", "no row could show its evidence"),
    "unused parameter": (GOOD.replace("?place }", "id:sweden }"), "x.rq:11", "parameter ?place"),
    "no query": (GOOD[: GOOD.index("SELECT")], "x.rq:11", "one SELECT"),
    "given twice": (GOOD.replace("# theme: people", "# theme: people\n# theme: x"), "x.rq:9", "given twice"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_broken_question_is_refused_with_its_line(case: str):
    """Each slip in a file is an error that names the line and says what is wrong."""
    text, place, words = WRONG[case]
    with pytest.raises(InputError) as caught:
        parse_question(text, "x", "x.rq")
    assert caught.value.place == place
    assert words in caught.value.message


def test_all_broken_files_are_reported_at_once(tmp_path: Path):
    """One run shows everything there is to mend, two files with one id among it."""
    for name, text in {"a": GOOD, "b": GOOD, "c": GOOD.replace("# kind: list\n", "")}.items():
        (tmp_path / f"{name}.rq").write_text(text, encoding="utf-8")
    with pytest.raises(ManyErrors) as caught:
        read_questions(sorted(tmp_path.glob("*.rq")), tmp_path)
    assert [error.place for error in caught.value.errors] == ["b.rq", "c.rq:1"]


TYPED = {
    ("iri", "vinnova"): "https://w3id.org/atmp-graph/id/vinnova",
    ("concept", "stage-ema-review"): "https://w3id.org/atmp-graph/concept/stage-ema-review",
    ("iri", "atmp:Facility"): "https://w3id.org/atmp-graph/ontology/Facility",
    ("date", "2021-10-01"): "2021-10-01T00:00:00Z",
    ("number", "2.5"): "2.5",
    ("boolean", "true"): "true",
    ("text", 'a "quoted" } text'): 'a "quoted" } text',
}


@pytest.mark.parametrize(("kind", "value"), TYPED)
def test_a_parameter_becomes_a_term_of_its_type(kind: str, value: str):
    """What an asker types is bound as a term; it never becomes part of the query's text."""
    question = parse_question(GOOD.replace("place: iri = id:sweden", f"place: {kind}"), "x", "x.rq")
    assert str(question.bindings("en", {"place": value})["place"]) == TYPED[kind, value]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("iri", "a b"),
        ("iri", "<x> }"),
        ("integer", "2.5"),
        ("date", "soon"),
        ("boolean", "ja"),
        ("number", ""),
    ],
)
def test_a_parameter_of_the_wrong_type_is_refused(kind: str, value: str):
    """A value that is not of its type is wrong use; an empty one takes the default away."""
    question = parse_question(GOOD.replace("place: iri = id:sweden", f"place: {kind}"), "x", "x.rq")
    if not value:
        assert set(question.bindings("en", {"place": value})) == {"lang"}
        return
    with pytest.raises(InputError):
        question.bindings("en", {"place": value})


def test_an_unknown_parameter_is_refused():
    """A mistyped parameter is told with the ones there are."""
    question = parse_question(GOOD, "x", "x.rq")
    with pytest.raises(InputError) as caught:
        question.bindings("en", {"palce": "id:sweden"})
    assert "place" in caught.value.hint


def test_a_question_is_found_by_id_name_or_a_part_of_it():
    """``ask q09``, ``ask q09-covid-vaccines-all-or-most`` and ``ask covid-vaccines`` are the same."""
    names = ("q09", "q09-covid-vaccines-all-or-most", "covid-vaccines", "Q09")
    assert {find(questions(), name).id for name in names} == {"q09"}
    with pytest.raises(InputError, match="no question"):
        find(questions(), "q99-nothing")


def test_labels_come_in_the_language_asked_for():
    """Things in an answer are shown by their label in that language, sections by heading and source."""
    answered = run(store(), find(questions(), "q09"), "sv")
    place = answered.places[0]
    assert place is not None
    assert place.source == "Vinnovas redovisning om NorthX-hubben"
    assert answered.columns[0].label.text("sv")
