"""What templates ask for by name: where links go, and small turns of phrase."""

from __future__ import annotations

from pathlib import PurePosixPath

from flask import Flask, request

from atmp_graph.vocabulary import CONCEPT, ID, page_path
from atmp_graph.web.language import current_language, gettext, language_name
from atmp_graph.web.wording import file_size, number

_MODALITIES = {
    "in-force", "reported", "planned", "proposed", "suggested", "hoped", "expected", "intended", "possible",
    "explored", "denied",
}  # fmt: skip


def register(app: Flask) -> None:
    """Make the filters known to the application's templates."""
    for one in (href, source_path, modality_name, capitalize_first, file_words):
        app.add_template_filter(one)
    app.add_template_global(language_name)
    app.add_template_global(lambda value: number(str(value), current_language()), "number")
    app.add_template_global(lambda count: file_size(count, current_language()), "file_size")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def href(iri: str) -> str:
    """Where a link to an IRI goes: our page of it, the IRI itself on the web, else nowhere."""
    path = page_path(iri)
    if path is not None:
        return request.script_root + path
    return iri if iri.startswith(("https://", "http://")) else ""


def modality_name(iri: str) -> str:
    """The style of a concept that says how firmly something is asserted; ``""`` for anything else."""
    name = iri.removeprefix(CONCEPT)
    return name if name in _MODALITIES else ""


def source_path(iri: str) -> str:
    """The page of a source with its sections; of any other thing, its own page."""
    slug = iri.removeprefix(ID)
    return f"{request.script_root}/sources/{slug}" if slug != iri and "/" not in slug else href(iri)


def capitalize_first(text: str) -> str:
    """A label as a heading: only its first letter changes."""
    return text[:1].upper() + text[1:]


def file_words(name: str) -> str:
    """What a download is, from its suffix."""
    known = {
        "catalogue.ttl": gettext("description of the dataset (DCAT, VoID)"),
        "tables.zip": gettext("one table for each class, as CSV"),
    }
    if name in known:
        return known[name]
    suffixes = [s for s in PurePosixPath(name).suffixes if s != ".gz"]
    words = {
        ".ttl": gettext("RDF as Turtle"),
        ".nt": gettext("RDF as N-Triples"),
        ".nq": gettext("RDF with named graphs, as N-Quads"),
        ".trig": gettext("RDF with named graphs, as TriG"),
        ".jsonld": gettext("RDF as JSON-LD"),
        ".rdf": gettext("RDF as XML"),
        ".csv": gettext("table"),
        ".json": "JSON",
    }
    return words.get(suffixes[-1], "") if suffixes else ""
