"""The ready questions: a list, and for each a page with its parameters, answer and query."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from atmp_graph.questions import Param, Question
from atmp_graph.store.binding import bind
from atmp_graph.store.protocol import Iri, Literal, Term
from atmp_graph.vocabulary import compact
from atmp_graph.web.language import gettext
from atmp_graph.web.names import iris_of
from atmp_graph.web.representation import PAGE, TABLE, choose, plain
from atmp_graph.web.respond import tabular
from atmp_graph.web.site import Site, site
from atmp_graph.web.tables import Cell, Column, Table, cell

bp = Blueprint("asking", __name__)

_IN_SCHEME = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?x { ?default skos:inScheme ?scheme . ?x skos:inScheme ?scheme } LIMIT 300"""
_OF_KIND = "SELECT DISTINCT ?x { ?x a ?kind FILTER(ISIRI(?x)) } LIMIT 300"


class QuestionLink(NamedTuple):
    """A question in a list, in the reader's language."""

    title: str
    path: str
    description: str = ""
    audience: str = ""
    theme: str = ""
    id: str = ""


@dataclass
class Field:
    """A parameter as a form field; without ``options`` it is typed freely."""

    name: str
    label: str
    value: str
    options: list[tuple[str, str]]


def link_to(question: Question, language: str) -> QuestionLink:
    """A question as a link."""
    return QuestionLink(
        question.title.text(language),
        url_for("asking.question", name=question.name),
        question.description.text(language),
        question.audience,
        question.theme,
        question.id,
    )


def questions_using(it: Site, iri: str) -> list[QuestionLink]:
    """The questions whose query names a term."""
    named = {compact(iri), f"<{iri}>"}
    language = it.reader().language
    return [link_to(q, language) for q in it.questions if named & it.words_of_questions[q.id]]


@bp.get("/questions/")
@bp.get("/questions.<any(json, csv):suffix>")
def questions(suffix: str | None = None) -> Response:
    """All questions, or those that one kind of reader asks."""
    it = site()
    language = it.reader().language
    links = [link_to(q, language) for q in it.questions]
    audience = request.args.get("audience", "")
    chosen = [one for one in links if audience in {"", one.audience}]
    table = Table(
        (
            Column("id", gettext("No.")),
            Column("question", gettext("Question")),
            Column("audience", gettext("Asked by")),
            Column("theme", gettext("Theme")),
            Column("address", gettext("Address")),
        ),
        [[Cell(v, value=v) for v in (q.id, q.title, q.audience, q.theme, q.path)] for q in chosen],
    )
    audiences = _audiences(links)
    groups = [(words, [q for q in chosen if q.audience == name]) for name, words, _ in audiences]
    return tabular(
        "questions.html",
        table,
        choose(TABLE, suffix),
        groups=[(words, some) for words, some in groups if some],
        audiences=audiences,
        audience=audience,
    )


@bp.get("/questions/<name>.<any(json, csv, rq):suffix>")
@bp.get("/questions/<name>")
def question(name: str, suffix: str | None = None) -> AnyResponse:
    """One question: its answer in the reader's language, with the section behind each row."""
    it = site()
    reader = it.reader()
    found = next((q for q in it.questions if name in {q.name, q.id}), None)
    if found is None:
        abort(404)
    if name != found.name:
        return redirect(_path(found.name, suffix))
    given = {param.name: request.args.get(param.name, param.default) for param in found.params}
    bound = found.bindings(reader.language, given)
    query = bind(found.query, {variable: _written(term) for variable, term in bound.items()})
    if suffix == "rq":
        return plain(query, "rq")
    form = choose(TABLE, suffix)
    rows = it.store.rows(found.query, **bound).rows
    reader.names.learn(iris_of(rows))
    columns = [
        _column(column.name, column.type, column.label.text(reader.language)) for column in found.columns
    ]
    cells = [[cell(row.get(c.name), reader.names, reader.language) for c in columns] for row in rows]
    table = Table(columns, cells)
    if form != PAGE:
        return tabular("", table, form)
    fields = [_field(it, param, given[param.name]) for param in found.params]
    about = link_to(found, reader.language)
    return tabular("question.html", table, form, question=about, fields=fields, sparql=query)


def _path(name: str, suffix: str | None) -> str:
    """The address of a question by its name, with the parameters of this request."""
    path = url_for("asking.question", name=name, suffix=suffix)
    return f"{path}?{request.query_string.decode('latin-1')}" if request.query_string else path


def _column(name: str, kind: str, heading: str) -> Column:
    """A column of a question in the kinds that a table knows; sections are named as such."""
    if kind == "iri" and name.endswith("section"):
        return Column(name, heading, "section")
    kinds = {"iri": "iri", "concept": "iri", "number": "number", "integer": "number"}
    return Column(name, heading, kinds.get(kind, "text"))


def _written(term: Term) -> str:
    """A parameter's term as SPARQL, for the text that is shown; IRIs were checked when they were read."""
    if isinstance(term, Iri):
        return f"<{term.value}>"
    text = json.dumps(term.value, ensure_ascii=False)
    return f"{text}^^<{term.datatype}>" if isinstance(term, Literal) and term.datatype else text


def _field(it: Site, param: Param, value: str) -> Field:
    """A parameter as a form field; a thing is chosen among others like the default one."""
    reader = it.reader()
    options: list[tuple[str, str]] = []
    if param.type in {"iri", "concept"} and param.default:
        default = param.term(param.default)
        rows = it.store.rows(_IN_SCHEME, default=default).rows
        if not rows and (kinds := reader.ontology.most_specific(reader.names.known(default.value).types)):
            rows = it.store.rows(_OF_KIND, kind=Iri(kinds[0])).rows
        iris = {str(row["x"]) for row in rows} | {default.value}
        reader.names.learn(iris)
        options = sorted(((compact(iri), reader.link(iri).label) for iri in iris), key=lambda pair: pair[1])
        value = compact(param.term(value).value) if value else ""
    elif param.type == "boolean":
        options = [("true", gettext("yes")), ("false", gettext("no"))]
    return Field(param.name, param.label.text(reader.language), value, options)


def _audiences(links: list[QuestionLink]) -> list[tuple[str, str, int]]:
    """Who asks, in words, and how many questions."""
    words = {
        "policy": gettext("policy makers"),
        "developer": gettext("developers of therapies"),
        "investor": gettext("investors"),
        "patient": gettext("patients"),
        "journalist": gettext("journalists"),
        "data": gettext("users of data"),
        "ontologist": gettext("ontologists"),
    }
    names = sorted({one.audience for one in links})
    return [(name, words.get(name, name), sum(one.audience == name for one in links)) for name in names]
