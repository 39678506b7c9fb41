"""A small release of hand-written facts, served by the site: what its tests stand on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyoxigraph as ox
from flask import Flask

from atmp_graph.questions.parse import dumps, read_questions
from atmp_graph.search import build_index
from atmp_graph.settings import Settings
from atmp_graph.store.direct import DirectStore
from atmp_graph.web.app import create_app

FACTS = Path(__file__).parent / "site" / "release.trig"
RELEASE = "0123456789ab"


def make_release(folder: Path, quads: list[ox.Quad]) -> Path:
    """Files as a build leaves them: manifest, search index, questions, and one export with its checksum."""
    exports = folder / "exports"
    exports.mkdir(parents=True)
    content = FACTS.read_bytes()
    (exports / "atmp-graph.trig").write_bytes(content)
    checksum = hashlib.sha256(content).hexdigest()
    manifest = {
        "id": RELEASE,
        "files": {"exports/atmp-graph.trig": {"sha256": checksum, "size": len(content)}},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    build_index(folder / "search.sqlite", quads)
    questions = read_questions(sorted((FACTS.parent / "questions").glob("*.rq")), FACTS.parent)
    (folder / "questions.json").write_text(dumps(questions), encoding="utf-8")
    return folder


def make_app(folder: Path) -> Flask:
    """The site over the small release, its files in ``folder``."""
    quads = list(ox.parse(FACTS.read_bytes(), ox.RdfFormat.TRIG))
    release = make_release(folder / "release", quads)
    app = create_app(DirectStore.of(quads, RELEASE), Settings(home=folder, cache=folder), release)
    app.config["TESTING"] = True
    return app
