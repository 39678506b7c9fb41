"""Evidence: who says so, in which section, and who says otherwise."""

from __future__ import annotations

import pytest

from atmp_graph.errors import InputError
from atmp_graph.evidence import disputes, why
from atmp_graph.store.direct import DirectStore
from said import ATMP, GRAPH, ID, quads


@pytest.fixture(scope="module")
def store() -> DirectStore:
    return DirectStore.of(quads())


def test_each_statement_carries_its_section(store: DirectStore):
    """A statement that two sections make appears with each of them, by heading and source."""
    said = [s for s in why(store, ID + "maker").said if s.property == ATMP + "operatesFacility"]
    assert [(s.name, s.shown, s.place.heading, s.place.source) for s in said] == [
        ("runs facility", "Plant in Skåne", "Chapter one", "The report"),
        ("runs facility", "Plant in Skåne", "Chapter two", "The report"),
    ]


def test_what_needs_no_source_is_no_evidence(store: DirectStore):
    """That a thing exists, and what merely follows, is not something a source says."""
    graphs = {s.place.section for s in why(store, ID + "plant").said}
    assert graphs == {GRAPH + "report/1", GRAPH + "report/2"}


def test_one_property_can_be_asked_for(store: DirectStore):
    """``why THING PROPERTY`` shows only that property, in both directions."""
    said = why(store, ID + "plant", ATMP + "concerns").said
    assert {(s.property, s.forward) for s in said} == {(ATMP + "concerns", False)}
    assert len(said) == 2


def test_both_sides_of_a_disagreement_are_shown(store: DirectStore):
    """A disagreement between statements about the thing comes with every side, its words and its section."""
    found = why(store, ID + "plant", lang="sv").disputes
    assert [(d.label, d.kind, d.text) for d in found] == [
        ("Stor eller liten", "skiljer sig i värde", "De två kapitlen skiljer sig.")
    ]
    sides = {(s.iri.removeprefix(ID), s.saying, s.place.heading) for s in found[0].sides}
    assert sides == {
        ("claim-big", "Den sägs vara stor.", "Chapter one"),
        ("claim-small", "Den sägs vara liten.", "Chapter two"),
    }


def test_a_side_knows_its_disagreement(store: DirectStore):
    """From one side the other is one look away."""
    assert [d.iri for d in disputes(store, ID + "claim-big")] == [ID + "quarrel"]
    assert disputes(store, ID + "maker") == ()


def test_no_evidence_is_said(store: DirectStore):
    """A thing of which no section speaks is an error with a way out, not an empty page."""
    with pytest.raises(InputError) as caught:
        why(store, ID + "nobody")
    assert "search" in caught.value.hint
