"""English at ``/…``, Swedish at ``/sv/…``: the language is part of the path, so caches and links can hold it.

A thin WSGI layer moves the prefix from the path to the script root; every route then exists once, and
``url_for`` keeps a reader in the language they chose.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import flask_babel
from flask import has_request_context, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LANGUAGES = {"en": "English", "sv": "Svenska"}
"""Language tag → the language's own name; the first is the one without a prefix."""

DEFAULT = "en"
_KEY = "atmp_graph.language"


class LanguagePrefix:
    """Moves a leading ``/sv`` of the path to the script root and notes the language in the environment."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve the request as if the site stood at ``/`` or at ``/sv``."""
        path: str = environ.get("PATH_INFO", "")
        head, slash, rest = path.removeprefix("/").partition("/")
        if head in LANGUAGES and head != DEFAULT:
            environ = {
                **environ,
                _KEY: head,
                "SCRIPT_NAME": f"{environ.get('SCRIPT_NAME', '')}/{head}",
                "PATH_INFO": slash + rest,
            }
        return self._app(environ, start_response)


class Alternate(NamedTuple):
    """The page that is shown, in one of the languages."""

    language: str
    name: str
    path: str
    current: bool


def current_language() -> str:
    """The language of the request; English outside of one."""
    if not has_request_context():
        return DEFAULT
    language: str = request.environ.get(_KEY, DEFAULT)
    return language


def gettext(text: str, **values: object) -> str:
    """A text of the site in the language of the request, ``values`` put in the places it names."""
    return str(flask_babel.gettext(text, **values))


def language_name(tag: str) -> str:
    """A language by its name in the reader's language."""
    return {"en": gettext("English"), "sv": gettext("Swedish")}.get(tag, tag)


def site_root() -> str:
    """The path that stands before every page of the site whatever its language (``""`` as a rule)."""
    language = current_language()
    return request.script_root if language == DEFAULT else request.script_root.removesuffix(f"/{language}")


def alternates() -> list[Alternate]:
    """This very page, with its query string, in each language."""
    here, root = current_language(), site_root()
    path = request.full_path if request.query_string else request.path
    return [
        Alternate(tag, name, f"{root}{'' if tag == DEFAULT else '/' + tag}{path}", tag == here)
        for tag, name in LANGUAGES.items()
    ]


def pick(texts: dict[str, Any], language: str) -> tuple[Any, str]:
    """The best text for a reader, and its language: theirs, else English, else without one, else any."""
    for tag in (language, DEFAULT, ""):
        if tag in texts:
            return texts[tag], tag
    tag = min(texts)
    return texts[tag], tag
