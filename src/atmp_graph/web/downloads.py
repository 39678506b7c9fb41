"""The data to take away: every export with size and checksum, what is in it, and under which terms."""

from __future__ import annotations

import re
from typing import NamedTuple

from flask import Blueprint, Response, abort, send_from_directory

from atmp_graph import __version__
from atmp_graph.vocabulary import ATMP
from atmp_graph.web.language import gettext
from atmp_graph.web.representation import PAGE, TABLE, choose
from atmp_graph.web.respond import tabular
from atmp_graph.web.site import Site, site
from atmp_graph.web.tables import Cell, Column, Table, count_cell

bp = Blueprint("downloads", __name__)

_FIGURES = "SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?things) { ?s ?p ?o }"
_CLASSES = "SELECT ?class (COUNT(DISTINCT ?x) AS ?n) { ?x a ?class } GROUP BY ?class"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Export(NamedTuple):
    """A file to download: its name, bytes, and SHA-256 in hex (``""`` where none was written)."""

    name: str
    size: int
    checksum: str


def exports(it: Site) -> list[Export]:
    """The files of the release's ``exports/``."""
    folder = it.release_dir / "exports"
    checksums = _checksums(it)
    if not folder.is_dir():
        return []
    return [
        Export(path.name, path.stat().st_size, checksums.get(path.name, ""))
        for path in sorted(folder.iterdir())
        if path.is_file() and _NAME.fullmatch(path.name) and path.name != "SHA256SUMS"
    ]


def _checksums(it: Site) -> dict[str, str]:
    files = it.manifest.get("files", {})
    return {
        name.removeprefix("exports/"): str(entry.get("sha256", "") if isinstance(entry, dict) else entry)
        for name, entry in files.items()
        if name.startswith("exports/")
    }


def _figures(it: Site) -> tuple[dict[str, int], dict[str, int]]:
    """Triples, things and named graphs, and the things of each class: from the manifest, else counted."""
    counts = it.manifest.get("counts")
    graphs = len(it.statements())
    if counts:
        return {"triples": counts["triples"], "things": counts["things"], "graphs": graphs}, counts["classes"]
    row = it.store.rows(_FIGURES).rows[0]
    classes = {str(r["class"]): int(str(r["n"])) for r in it.store.rows(_CLASSES).rows}
    return {name: int(str(row[name])) for name in ("triples", "things")} | {"graphs": graphs}, classes


@bp.get("/data.<any(json, csv):suffix>")
@bp.get("/data")
def index(suffix: str | None = None) -> Response:
    """Downloads, figures, licence and how to cite; the list of downloads alone as data."""
    it = site()
    reader = it.reader()
    files = exports(it)
    table = Table(
        (
            Column("file", gettext("File")),
            Column("bytes", gettext("Size"), "number"),
            Column("sha256", "SHA-256"),
        )
    )
    table.rows = [
        [Cell(f.name, value=f.name), count_cell(f.size), Cell(f.checksum, value=f.checksum)] for f in files
    ]
    form = choose(TABLE, suffix)
    if form != PAGE:
        return tabular("", table, form)
    figures, classes = _figures(it)
    ours = sorted((name for name in classes if name.startswith(ATMP)), key=lambda name: -classes[name])
    return tabular(
        "data.html",
        table,
        form,
        exports=files,
        figures=figures,
        classes=[(reader.link(name), classes[name]) for name in ours],
        version=__version__,
    )


@bp.get("/data/<name>")
def download(name: str) -> Response:
    """One export, whole or by ranges."""
    found = next((export for export in exports(site()) if export.name == name), None)
    if found is None:
        abort(404)
    response = send_from_directory(site().release_dir / "exports", name, as_attachment=True, conditional=True)
    if found.checksum:
        response.set_etag(found.checksum)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response
