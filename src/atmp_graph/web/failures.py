"""Every error of the site, rendered in one place: a page for people, RFC 9457 for programs."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Flask, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from atmp_graph.errors import (
    AtmpGraphError,
    BusyError,
    DataError,
    DeadlineError,
    InputError,
    MemoryLimitError,
    RefusedError,
)
from atmp_graph.web.language import gettext
from atmp_graph.web.nearest import nearest

_STATUS: list[tuple[type[AtmpGraphError], int]] = [
    (RefusedError, 403),
    (InputError, 400),
    (BusyError, 503),
    (DeadlineError, 503),
    (MemoryLimitError, 503),
    (DataError, 500),
]


def register(app: Flask) -> None:
    """Catch what the views raise; anything else is logged and told as a fault of ours."""
    app.register_error_handler(AtmpGraphError, _named)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def status_of(error: AtmpGraphError) -> int:
    """The HTTP status that says the same as a named error."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def _named(error: AtmpGraphError) -> Response:
    response = _answer(status_of(error), error.message, hint=error.hint, place=error.place)
    if isinstance(error, BusyError):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if 300 <= status < 400:
        return make_response(error.get_response())
    words = {
        404: (
            gettext("There is no such page here."),
            gettext("Search for it, or start from the first page."),
        ),
        405: (gettext("This address does not take that kind of request."), ""),
        406: (
            gettext("None of the forms you accept is offered here."),
            gettext("Accept one of the types that the Link header names."),
        ),
        413: (gettext("The request is too large."), ""),
    }
    message, hint = words.get(status, (error.description or HTTPStatus(status).phrase, ""))
    response = _answer(status, message, hint=hint)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> Response:
    current_app.logger.error("unforeseen error at %s", request.path, exc_info=error)
    return _answer(500, gettext("Something went wrong on our side."), hint=gettext("Try again in a moment."))


def _answer(status: int, message: str, *, hint: str = "", place: str = "") -> Response:
    """One error in the form that the caller reads; ``place`` says where in the caller's input it lies."""
    accept = request.accept_mimetypes
    if accept.accept_html and accept.best != "*/*":
        found = nearest(request.path) if status == 404 else []
        page = render_template(
            "failure.html", status=status, message=message, hint=hint, place=place, nearest=found
        )
        response = make_response(page, status)
    else:
        problem = {"title": HTTPStatus(status).phrase, "status": status, "detail": message}
        problem |= {key: value for key, value in (("hint", hint), ("place", place)) if value}
        response = make_response(json.dumps(problem, ensure_ascii=False) + "\n", status)
        response.content_type = "application/problem+json"
        response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-store"
    return response
