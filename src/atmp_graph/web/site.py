"""What every page needs, in one value: the store, the release's files, names and the ontology."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, cast

from flask import current_app

from atmp_graph.questions import Question, load
from atmp_graph.settings import Settings
from atmp_graph.sparqltext import tokens
from atmp_graph.store.protocol import Store
from atmp_graph.web.facts import Reader
from atmp_graph.web.language import current_language
from atmp_graph.web.names import Known, Names
from atmp_graph.web.ontology import Ontology, Term, read_ontology

_SIZES = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


class Site:
    """The knowledge that is served. Names and ontology are read again when the store's generation changes."""

    def __init__(self, store: Store, settings: Settings, release_dir: Path) -> None:
        self.store, self.settings, self.release_dir = store, settings, release_dir
        self._lock = Lock()
        self._generation = ""
        self._kept: tuple[Names, Ontology] | None = None

    @property
    def release(self) -> str:
        """The id of the data served now."""
        return self.store.generation

    def _read(self) -> tuple[Names, Ontology]:
        with self._lock:
            if self._kept is None or self._generation != self.store.generation:
                self._generation = self.store.generation
                names, ontology = Names(self.store), read_ontology(self.store)
                names.seed({iri: Known(_by_language(term)) for iri, term in ontology.terms.items()})
                self._kept = names, ontology
            return self._kept

    @property
    def names(self) -> Names:
        """Names of IRIs in the data served now."""
        return self._read()[0]

    @property
    def ontology(self) -> Ontology:
        """The ontology of the data served now."""
        return self._read()[1]

    def reader(self) -> Reader:
        """Names, ontology and the language of the current request."""
        return Reader(*self._read(), current_language())

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The release's own description; empty where a store is served without one."""
        try:
            return cast("dict[str, Any]", json.loads((self.release_dir / "manifest.json").read_bytes()))
        except FileNotFoundError:
            return {}

    @cached_property
    def questions(self) -> list[Question]:
        """The ready questions of the release, by id; none where a store is served without a release."""
        try:
            return load((self.release_dir / "questions.json").read_bytes())
        except FileNotFoundError:
            return []

    @cached_property
    def words_of_questions(self) -> dict[str, set[str]]:
        """By a question's id, every word of its query: a look-up tells which questions use a term."""
        return {q.id: {token.text for token in tokens(q.query)} for q in self.questions}

    def statements(self) -> Mapping[str, int]:
        """How many statements each named graph holds: from the manifest, else counted by the store."""
        counted: dict[str, int] = self.manifest.get("counts", {}).get("graphs", {})
        if not counted:
            counted = {str(row["g"]): int(str(row["n"])) for row in self.store.rows(_SIZES).rows}
        return counted


def _by_language(term: Term) -> dict[str, dict[str, str]]:
    return {name: {tag: texts[0] for tag, texts in said.items()} for name, said in term.texts.items()}


def site() -> Site:
    """The site of the application that answers the current request."""
    return cast("Site", current_app.extensions["atmp_graph"])
