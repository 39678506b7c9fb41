"""The ready questions: a list, and a page for each with its parameters, its answer and the query behind it."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response, request

from atmp_graph.web.representation import TABLE, choose
from atmp_graph.web.respond import tabular
from atmp_graph.web.site import Site
from atmp_graph.web.tables import Table

bp = Blueprint("asking", __name__)


class QuestionLink(NamedTuple):
    title: str
    path: str
    description: str = ""
    language: str = ""


def questions_using(it: Site, iri: str) -> list[QuestionLink]:
    return []


@bp.get("/questions/")
@bp.get("/questions.<any(json, csv):suffix>")
def questions(suffix: str | None = None) -> Response:
    return tabular(
        "questions.html",
        Table(()),
        choose(TABLE, suffix),
        themes=[],
        audiences=[],
        audience=request.args.get("audience"),
    )
