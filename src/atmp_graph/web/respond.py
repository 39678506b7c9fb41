"""A table as the answer to a request: inside a page, or by itself as CSV or JSON."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request

from atmp_graph.web.representation import plain
from atmp_graph.web.site import site
from atmp_graph.web.tables import Table, to_csv, to_json


def data_path(suffix: str) -> str:
    """This page's address with a suffix and the same parameters."""
    path = request.script_root + request.path.rstrip("/") + "." + suffix
    query = request.query_string.decode("latin-1")
    return f"{path}?{query}" if query else path


def table_response(table: Table, form: str) -> Response:
    """A table by itself, as ``csv`` or ``json``."""
    if form == "csv":
        return plain(to_csv(table), "csv")
    return plain(to_json(table, release=site().release), "json")


def tabular(template: str, table: Table | None, form: str, **context: Any) -> Response:
    """``template`` around ``table``, or the table alone if ``form`` is ``csv`` or ``json``."""
    table = table or Table(())
    if form in {"csv", "json"}:
        response = table_response(table, form)
    else:
        response = make_response(render_template(template, table=table, data_path=data_path, **context))
    response.vary.add("Accept")
    return response
