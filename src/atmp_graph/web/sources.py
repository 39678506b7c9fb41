"""The texts behind the graph: which, how much of each, and what each section says."""

from __future__ import annotations

from collections import defaultdict

from flask import Blueprint, Response, abort, make_response

from atmp_graph.store.protocol import Iri, Literal, Term
from atmp_graph.vocabulary import ATMP, GRAPH, ID
from atmp_graph.web.facts import Reader
from atmp_graph.web.language import gettext
from atmp_graph.web.names import Link
from atmp_graph.web.portrait import portray
from atmp_graph.web.representation import PAGE, TABLE, choose
from atmp_graph.web.respond import tabular
from atmp_graph.web.section import section_page, sections_of
from atmp_graph.web.site import Site, site
from atmp_graph.web.tables import Cell, Column, Table, cell, count_cell

bp = Blueprint("sources", __name__)

HAS_SECTION = ATMP + "hasSection"
_ALL = f"""PREFIX atmp: <{ATMP}>
SELECT DISTINCT ?source ?language ?section {{
  ?section atmp:isSectionOf ?source FILTER NOT EXISTS {{ ?section a atmp:SkippedText }}
  OPTIONAL {{ ?source atmp:textLanguage ?language }}
}}"""
_SKIPPED = f"""PREFIX atmp: <{ATMP}>
SELECT DISTINCT ?passage ?why {{
  ?passage a atmp:SkippedText ; atmp:isSectionOf ?source
  OPTIONAL {{ ?passage atmp:summary ?why FILTER(LANG(?why) = ?lang) }}
}}"""
_SUMMARIES = f"""PREFIX atmp: <{ATMP}>
SELECT ?section ?text {{
  ?section atmp:isSectionOf ?source ; atmp:summary ?text FILTER(LANG(?text) = ?lang)
}}"""


@bp.get("/sources.<any(json, csv):suffix>")
@bp.get("/sources/")
def index(suffix: str | None = None) -> Response:
    """Every source that was read, with its language and size."""
    it = site()
    reader = it.reader()
    table = Table(
        (
            Column("source", gettext("Source"), "iri"),
            Column("language", gettext("Language")),
            Column("sections", gettext("Sections"), "number"),
            Column("statements", gettext("Statements"), "number"),
        )
    )
    by_source: dict[tuple[Term, Term | None], list[int]] = defaultdict(list)
    sized = it.statements()
    for row in it.store.rows(_ALL).rows:
        by_source[row["source"], row.get("language")].append(sized.get(str(row["section"]), 0))
    for (source, language), sizes in by_source.items():
        told = [cell(term, reader.names, reader.language) for term in (source, language)]
        table.rows.append([*told, count_cell(len(sizes)), count_cell(sum(sizes))])
    table.rows.sort(key=lambda line: line[0].text if line[0] else "")
    return tabular("sources.html", table, choose(TABLE, suffix))


@bp.get("/sources/<source>.<any(json, csv):suffix>")
@bp.get("/sources/<source>")
def source(source: str, suffix: str | None = None) -> Response:
    """One source: what is known of it, and its sections in reading order."""
    it, iri = site(), ID + source
    reader = it.reader()
    sections = sections_of(it, reader, iri)
    if not sections:
        abort(404)
    sized = it.statements()
    summaries = _summaries(it, iri)
    columns = [
        Column("number", gettext("No."), "number"),
        Column("section", gettext("Section"), "iri"),
        Column("statements", gettext("Statements"), "number"),
    ]
    if summaries:
        columns.insert(2, Column("summary", gettext("What it holds, in our words")))
    table = Table(columns)
    for section in sections:
        cells = {
            "number": count_cell(section.number),
            "section": Cell(section.heading, section.language, section.iri, section.iri),
            "summary": summaries.get(section.iri),
            "statements": count_cell(sized.get(section.iri, 0)),
        }
        table.rows.append([cells[column.name] for column in columns])
    form = choose(TABLE, suffix)
    if form != PAGE:
        return tabular("", table, form)
    about = portray(it.store, reader, iri)
    for domain in about.domains if about else ():
        domain.facts = [fact for fact in domain.facts if fact.property.iri != HAS_SECTION]
    return tabular("source.html", table, form, it=about, iri=iri, skipped=_skipped(it, reader, iri))


def _skipped(it: Site, reader: Reader, source: str) -> list[tuple[Link, Cell | None]]:
    """Passages that nothing was taken from, with our reason."""
    rows = it.store.rows(_SKIPPED, source=Iri(source), lang=Literal(reader.language)).rows
    reader.names.learn(str(row["passage"]) for row in rows)
    found = [
        (reader.link(str(r["passage"])), cell(r.get("why"), reader.names, reader.language)) for r in rows
    ]
    return sorted(found, key=lambda pair: pair[0].label.casefold())


def _summaries(it: Site, source: str) -> dict[str, Cell]:
    language = it.reader().language
    rows = it.store.rows(_SUMMARIES, source=Iri(source), lang=Literal(language)).rows
    return {str(r["section"]): Cell(str(r["text"]), language, "", str(r["text"])) for r in rows}


@bp.get("/sources/<source>/<path:section>")
def section(source: str, section: str) -> Response:
    """What one section says; the same page as that of its named graph."""
    page = section_page(site(), f"{GRAPH}{source}/{section}")
    if page is None:
        abort(404)
    return make_response(page)
