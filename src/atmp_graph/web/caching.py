"""Pages are made from an immutable release, so a page once made is good until the release changes.

The cache holds finished answers, bounded in number and bytes; its keys hold the release id, so nothing has
to be thrown away when the release changes, it only ages out.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from threading import Lock
from typing import NamedTuple, cast

from flask import Flask, Response, current_app, g, request
from flask_compress import Compress

from atmp_graph.web.assets import DESIGN
from atmp_graph.web.language import current_language
from atmp_graph.web.site import site

UNKEPT = {"assets", "live", "query"}
"""Blueprints whose answers are not pages of the release."""


class Kept(NamedTuple):
    """A finished answer with status 200, as it goes over the wire."""

    body: bytes
    headers: list[tuple[str, str]]


class PageCache:
    """The most recently used answers, at most ``max_items`` and ``max_bytes`` of them; safe for threads."""

    def __init__(self, max_items: int = 2000, max_bytes: int = 16_000_000) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = Lock()
        self._max_items, self._max_bytes, self._bytes = max_items, max_bytes, 0

    def get(self, key: str) -> Kept | None:
        """The answer kept under ``key``, which becomes the youngest."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def put(self, key: str, kept: Kept) -> None:
        """Keep an answer; the oldest ones make room. One larger than an eighth of the room is not kept."""
        size = len(kept.body)
        if size > self._max_bytes // 8:
            return
        with self._lock:
            old = self._kept.pop(key, None)
            self._bytes += size - (len(old.body) if old else 0)
            self._kept[key] = kept
            while len(self._kept) > self._max_items or self._bytes > self._max_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= len(dropped.body)


def register(app: Flask) -> None:
    """Tag, compress and keep pages; Flask runs these hooks for an answer in the reverse of this order."""
    app.extensions["atmp_graph_pages"] = PageCache()
    app.before_request(_look_up)
    app.after_request(_keep)
    Compress(app)
    app.after_request(_tag)


def _cache() -> PageCache:
    return cast("PageCache", current_app.extensions["atmp_graph_pages"])


def _key() -> str:
    """What decides the answer to this request, as hex digits."""
    parts = (
        site().release,
        DESIGN,
        current_language(),
        request.script_root,
        request.path,
        request.query_string.decode("latin-1"),
        request.headers.get("Accept", "")[:300],
        "gzip" if request.accept_encodings["gzip"] > 0 else "",
    )
    return sha256("\n".join(parts).encode()).hexdigest()


def _look_up() -> Response | None:
    if request.method not in {"GET", "HEAD"} or request.blueprint in UNKEPT or request.endpoint is None:
        return None
    g.page_key = _key()
    kept = _cache().get(g.page_key)
    if kept is None:
        return None
    g.from_cache = True
    return Response(kept.body, headers=kept.headers)


def _tag(response: Response) -> Response:
    made_now = "page_key" in g and "from_cache" not in g and response.status_code == 200
    if made_now and response.get_etag()[0] is None:
        response.set_etag(f"{site().release}-{g.page_key[:16]}")
        response.headers.setdefault("Cache-Control", "public, max-age=0, must-revalidate")
    return response


def _keep(response: Response) -> Response:
    if "page_key" not in g or response.status_code != 200:
        return response
    if "from_cache" not in g and not response.is_streamed and not response.direct_passthrough:
        _cache().put(g.page_key, Kept(response.get_data(), list(response.headers)))
    response.make_conditional(request)
    return response
