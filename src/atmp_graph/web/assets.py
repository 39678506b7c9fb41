"""Style, script and pictures: under a path that holds a hash of their bytes, so that they may be kept.

The files are few and small; they are read once and answered from memory.
"""

from __future__ import annotations

import mimetypes
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, abort

from atmp_graph.web.language import site_root

HERE = Path(__file__).parent

bp = Blueprint("assets", __name__)


def _files(folder: str) -> dict[str, bytes]:
    """The files under a folder beside this module, by their path in it."""
    root = HERE / folder
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def _digest(files: dict[str, bytes]) -> str:
    """Twelve hex digits over names and bytes."""
    total = sha256()
    for name, content in files.items():
        total.update(name.encode() + b"\0" + content + b"\0")
    return total.hexdigest()[:12]


_STATIC = _files("static")
_STATIC_DIGEST = _digest(_STATIC)
DESIGN = _digest({**_STATIC, **_files("templates"), **_files("translations"), **_files("recipes")})
"""Changes whenever a template, a translation, a recipe or a static file does: part of every page's ETag."""


def asset(name: str) -> str:
    """The path of a static file."""
    return f"{site_root()}/static/{_STATIC_DIGEST}/{name}"


@bp.get("/static/<digest>/<path:name>")
def static_file(digest: str, name: str) -> Response:
    """A static file; a hash that is no longer ours is refused rather than answered with other bytes."""
    if digest != _STATIC_DIGEST or name not in _STATIC:
        abort(404)
    return _answer(name, "public, max-age=31536000, immutable")


@bp.get("/favicon.ico")
@bp.get("/favicon.svg")
def favicon() -> Response:
    """The site's mark; the ``.ico`` path only because browsers ask for it unasked."""
    return _answer("favicon.svg", "public, max-age=86400")


def _answer(name: str, cache_control: str) -> Response:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = Response(_STATIC[name], mimetype=media_type)
    response.headers["Cache-Control"] = cache_control
    return response
