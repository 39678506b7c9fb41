"""The site as a Flask application: factory → configuration → blueprints.

The application serves a store and the files of a release; it makes neither. Whoever runs it (the
server, a test) hands both in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, Response, url_for
from flask_babel import Babel

from atmp_graph.settings import Settings
from atmp_graph.store.protocol import Store
from atmp_graph.web import (
    asking,
    assets,
    caching,
    documents,
    downloads,
    failures,
    filters,
    live,
    pages,
    query,
    sources,
)
from atmp_graph.web.language import LanguagePrefix, alternates, current_language, gettext
from atmp_graph.web.representation import TYPES
from atmp_graph.web.site import Site, site

CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "frame-ancestors 'none'; form-action 'self'"
)
BLUEPRINTS = (pages, asking, sources, downloads, documents, query, live, assets)


def create_app(store: Store, settings: Settings, release_dir: Path) -> Flask:
    """The application that shows ``store``, with the downloads and the search index of ``release_dir``."""
    app = Flask("atmp_graph.web", static_folder=None)
    app.config.from_mapping(
        MAX_CONTENT_LENGTH=1_000_000,
        COMPRESS_MIMETYPES=[*TYPES.values(), "text/css", "text/javascript", "image/svg+xml", "text/plain"],
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_MIN_SIZE=800,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["atmp_graph"] = Site(store, settings, release_dir)
    Babel(
        app,
        default_translation_directories=str(assets.HERE / "translations"),
        locale_selector=current_language,
    )
    for module in BLUEPRINTS:
        app.register_blueprint(module.bp)
    failures.register(app)
    app.after_request(_protect)
    caching.register(app)
    app.context_processor(_in_every_template)
    filters.register(app)
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _protect(response: Response) -> Response:
    """The headers that keep a page to itself."""
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Content-Language", current_language())
    return response


def _in_every_template() -> dict[str, Any]:
    return {
        "lang": current_language(),
        "alternates": alternates(),
        "asset": assets.asset,
        "release": site().release,
        "navigation": [
            (url_for("asking.questions"), gettext("Questions")),
            (url_for("sources.index"), gettext("Sources")),
            (url_for("documents.ontology"), gettext("Ontology")),
            (url_for("downloads.index"), gettext("Data")),
            (url_for("query.form"), gettext("Query")),
            (url_for("pages.docs"), gettext("Guide")),
        ],
    }
