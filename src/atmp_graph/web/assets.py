"""Style, script and pictures: under a path that holds a hash of their bytes, so that they may be kept."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory

from atmp_graph.web.language import site_root

HERE = Path(__file__).parent
STATIC = HERE / "static"

bp = Blueprint("assets", __name__)


def _digest(folder: Path) -> str:
    """Twelve hex digits over the names and bytes of a folder's files."""
    total = sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:12]


STATIC_DIGEST = _digest(STATIC)
_PARTS = (STATIC, HERE / "templates", HERE / "translations")
DESIGN = sha256("".join(map(_digest, _PARTS)).encode()).hexdigest()[:12]
"""Changes whenever a template, a translation or a static file does: part of every page's ETag."""


def asset(name: str) -> str:
    """The path of a static file."""
    return f"{site_root()}/static/{STATIC_DIGEST}/{name}"


@bp.get("/static/<digest>/<path:name>")
def static_file(digest: str, name: str) -> Response:
    """A static file; a hash that is no longer ours is refused rather than answered with other bytes."""
    if digest != STATIC_DIGEST:
        abort(404)
    response = send_from_directory(STATIC, name, conditional=True)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@bp.get("/favicon.ico")
@bp.get("/favicon.svg")
def favicon() -> Response:
    """The site's mark; the ``.ico`` path only because browsers ask for it unasked."""
    response = send_from_directory(STATIC, "favicon.svg", conditional=True)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
