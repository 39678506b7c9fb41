"""Whether the server lives and whether it can answer: for programs that watch it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from atmp_graph.errors import AtmpGraphError
from atmp_graph.web.site import site

bp = Blueprint("live", __name__)


@bp.get("/health")
def health() -> Response:
    """The process answers."""
    return _fresh(jsonify(status="alive"))


@bp.get("/ready")
def ready() -> Response:
    """The store answers; names the release it serves. 503 while it does not."""
    try:
        site().store.ask("ASK {}")
    except AtmpGraphError as error:
        response = jsonify(status="not ready", release=site().release, detail=str(error))
        response.status_code = 503
        return _fresh(response)
    return _fresh(jsonify(status="ready", release=site().release))


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
