"""The first page, search, the guide, and what crawlers ask for."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response, render_template, request

from atmp_graph.store.protocol import Iri
from atmp_graph.vocabulary import ATMP, GRAPH, INFERRED_GRAPH
from atmp_graph.web.asking import QuestionLink, link_to
from atmp_graph.web.filters import href
from atmp_graph.web.language import gettext
from atmp_graph.web.names import ENTITIES
from atmp_graph.web.nearest import find
from atmp_graph.web.pictures import of_model
from atmp_graph.web.recipes import recipes
from atmp_graph.web.representation import TABLE, choose
from atmp_graph.web.respond import tabular
from atmp_graph.web.site import Site, site

bp = Blueprint("pages", __name__)

_UNSOURCED = (ENTITIES, INFERRED_GRAPH)
_COUNT = "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a ?kind }"
_SECTIONS = f"""PREFIX atmp: <{ATMP}>
SELECT (COUNT(DISTINCT ?section) AS ?n) (COUNT(DISTINCT ?source) AS ?sources)
{{ ?section atmp:isSectionOf ?source FILTER NOT EXISTS {{ ?section a atmp:SkippedText }} }}"""


class Count(NamedTuple):
    """A number on the first page and where it leads."""

    number: int
    words: str
    path: str


def _counted() -> list[tuple[str, str]]:
    """Classes worth a number, with the words for many of them."""
    return [
        ("Organisation", gettext("organisations")),
        ("Facility", gettext("facilities")),
        ("Initiative", gettext("initiatives and clusters")),
        ("DevelopmentAsset", gettext("therapies, products and platforms")),
        ("FundingFlow", gettext("funding flows")),
        ("Observation", gettext("measured figures")),
        ("Claim", gettext("claims")),
        ("Disagreement", gettext("disagreements between texts")),
    ]


def _number(it: Site, text: str, name: str = "n", **bindings: Iri) -> int:
    rows = it.store.rows(text, **bindings).rows
    return int(str(rows[0][name])) if rows else 0


def _stated(it: Site) -> int:
    """Statements that stand in a section of a source."""
    sized = it.statements()
    return sum(
        n for graph, n in sized.items() if graph.startswith(GRAPH) and not graph.startswith(_UNSOURCED)
    )


def _counts(it: Site) -> list[Count]:
    counts = [
        Count(_number(it, _COUNT, kind=Iri(ATMP + name)), words, href(ATMP + name))
        for name, words in _counted()
    ]
    return [count for count in counts if count.number][:6]


@bp.get("/")
def home() -> str:
    """What is in here, how much of it, and three ways in."""
    it = site()
    return render_template(
        "home.html",
        counts=_counts(it),
        questions=_examples(it),
        sections=_number(it, _SECTIONS),
        sources=_number(it, _SECTIONS, "sources"),
        statements=_stated(it),
    )


def _examples(it: Site) -> list[QuestionLink]:
    """The shortest question of each kind of reader: what fits on a first page."""
    shortest: dict[str, QuestionLink] = {}
    for one in (link_to(q, it.reader().language) for q in it.questions):
        if one.audience not in shortest or len(one.title) < len(shortest[one.audience].title):
            shortest[one.audience] = one
    return sorted(shortest.values(), key=lambda one: len(one.title))[:4]


@bp.get("/search")
@bp.get("/search.<any(json, csv):suffix>")
def search(suffix: str | None = None) -> Response:
    """Names, aliases and texts that fit what was typed."""
    text = request.args.get("q", "").strip()[:200]
    form = choose(TABLE, suffix)
    return tabular("search.html", find(text) if text else None, form, text=text)


@bp.get("/docs")
def docs() -> str:
    """A short guide: how to read and ask, the model in one page, and recipes for queries."""
    reader = site().reader()
    return render_template("docs.html", model=of_model(reader), recipes=recipes(reader.language))


@bp.get("/robots.txt")
def robots() -> Response:
    """Everything may be read; the query form, whose addresses never end, need not be followed."""
    closed = "".join(f"Disallow: {path}\n" for path in ("/query", "/sv/query", "/sparql"))
    return Response(f"User-agent: *\n{closed}", mimetype="text/plain")
