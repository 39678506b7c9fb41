"""Every error of the site, rendered in one place: a page for people, RFC 9457 for programs."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Flask, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from atmp_graph.errors import AtmpGraphError, BusyError
from atmp_graph.web.guard import problem
from atmp_graph.web.language import gettext
from atmp_graph.web.nearest import nearest


def register(app: Flask) -> None:
    """Catch what the views raise; anything else is logged and told as a fault of ours."""
    app.register_error_handler(AtmpGraphError, _named)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _named(error: AtmpGraphError) -> Response:
    response = _answer(problem(error), place=error.place)
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
    response = _answer(_problem(status, message, hint))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> Response:
    current_app.logger.error("unforeseen error at %s", request.path, exc_info=error)
    message, hint = gettext("Something went wrong on our side."), gettext("Try again in a moment.")
    return _answer(_problem(500, message, hint))


def _problem(status: int, message: str, hint: str) -> dict[str, object]:
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": message}
    return {**said, "hint": hint} if hint else said


def _answer(said: dict[str, object], *, place: str = "") -> Response:
    """A problem in the form that the caller reads; ``place`` says where in the caller's input it lies."""
    accept = request.accept_mimetypes
    status = int(str(said["status"]))
    if accept.accept_html and accept.best != "*/*":
        found = nearest(request.path) if status == HTTPStatus.NOT_FOUND else []
        page = render_template("failure.html", problem=said, place=place, nearest=found)
        response = make_response(page, status)
    else:
        response = make_response(json.dumps(said, ensure_ascii=False) + "\n", status)
        response.content_type = "application/problem+json"
        response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-store"
    return response
