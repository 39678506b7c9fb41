"""Every question answers what was read in the sources by hand, in both languages."""

import json
from collections import Counter
from pathlib import Path

import pytest

from atmp_graph.errors import InputError
from atmp_graph.knowledge import Home, read
from atmp_graph.questions import Question, find, parse, read_questions, run
from atmp_graph.reason import Inferences
from atmp_graph.store.direct import DirectStore
from atmp_graph.store.protocol import Term
from atmp_graph.vocabulary import PREFIXES, compact

ROOT = Path(__file__).parent.parent
QUESTIONS = read_questions(Home(ROOT).question_files())
EXPECTED = Path(__file__).parent / "questions"

HEADER = """# id: q99
# title@en: Which?
# title@sv: Vilka?
# description@en: All.
# description@sv: Alla.
# column thing: iri | Thing | Sak
# param kind: concept = concept:x | Kind | Slag
SELECT ?thing WHERE { ?thing a ?kind }
"""


@pytest.fixture(scope="module")
def store() -> DirectStore:
    """The shipped knowledge with what follows from it, as a release holds it."""
    home = Home(ROOT)
    knowledge = read(home)
    rules = {home.name(path): path.read_text(encoding="utf-8") for path in home.rule_files()}
    return DirectStore.of([*knowledge.quads, *Inferences(knowledge.quads, rules).quads()])


def cell(term: Term | None) -> object:
    """A cell as the expected rows write it: numbers as numbers, our IRIs with their prefix."""
    if term is None:
        return None
    datatype = getattr(term, "datatype", "").removeprefix(PREFIXES["xsd"])
    if datatype == "boolean":
        return term.value == "true"
    if datatype in ("integer", "decimal", "double"):
        number = float(term.value)
        return int(number) if number.is_integer() else number
    short = compact(term.value) if type(term).__name__ == "Iri" else term.value
    return short.strip("<>") if short.startswith("<") else short


def keyed(rows: list[list[object]]) -> Counter[str]:
    """Rows as a bag: their order is checked only where a query gives one."""
    return Counter(json.dumps(row, ensure_ascii=False) for row in rows)


def test_every_question_has_expected_rows() -> None:
    """A question without rows written by hand is not known to be right."""
    assert {question.id for question in QUESTIONS} == {path.stem for path in EXPECTED.glob("*.json")}
    assert len(QUESTIONS) >= 7


@pytest.mark.parametrize("lang", ["en", "sv"])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_answer_is_what_the_sources_say(store: DirectStore, question: Question, lang: str) -> None:
    """Row for row, in order where the query orders, and each row with the section behind it."""
    expected = json.loads((EXPECTED / f"{question.id}.json").read_text(encoding="utf-8"))[lang]
    result = run(store, question, lang)
    actual = [[cell(term) for term in row] for row in result.rows]
    assert keyed(actual) == keyed(expected)
    if "ORDER BY" in question.text:
        assert actual == expected
    sections = [i for i, column in enumerate(question.columns) if column.name.endswith("section")]
    assert sections
    assert all(str(row[i]) in result.places for row in result.rows for i in sections if row[i] is not None)


def test_a_question_is_found_by_id_and_by_name() -> None:
    """Both ways lead to it, and a near miss is answered with a hint."""
    question = QUESTIONS[0]
    assert find(QUESTIONS, question.id) is question
    assert find(QUESTIONS, question.name) is question
    with pytest.raises(InputError) as caught:
        find(QUESTIONS, question.name[:-1])
    assert question.name in caught.value.hint


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# title@sv: Vilka?\n", "", "no title or description in “sv”"),
        ("thing: iri | Thing | Sak", "thing: irl | Thing | Sak", "needs a type"),
        ("thing: iri | Thing | Sak", "thing: iri | Thing", "needs a type"),
        ("SELECT ?thing", "SELECT ?thing ?kind", "are not those of the SELECT"),
    ],
)
def test_a_wrong_header_is_refused(old: str, new: str, message: str) -> None:
    """The error names the fault."""
    with pytest.raises(InputError, match=message):
        parse(HEADER.replace(old, new), "q99", "questions/q99.rq")


@pytest.mark.parametrize(
    ("params", "message"), [({"size": "1"}, "no parameter"), ({"kind": "nope:x"}, "is no IRI")]
)
def test_a_wrong_parameter_is_refused(params: dict[str, str], message: str) -> None:
    """An unknown parameter or a value of the wrong type is an error, not an empty answer."""
    with pytest.raises(InputError, match=message):
        run(DirectStore.of([]), parse(HEADER, "q99"), "en", params)
