"""Describing a thing: both directions, grouped, each line with its sections."""

from __future__ import annotations

import pytest

from atmp_graph.describe import describe
from atmp_graph.errors import InputError
from atmp_graph.store.direct import DirectStore
from said import ATMP, ID, quads


@pytest.fixture(scope="module")
def store() -> DirectStore:
    return DirectStore.of(quads())


def test_a_thing_has_names_and_kinds(store: DirectStore):
    """Labels in both languages, the kind as stated (not all its superclasses), other names with their
    section.
    """
    found = describe(store, ID + "maker", "sv")
    assert found.labels == {"en": "Ørsted Cells", "sv": "Ørsted Celler"}
    assert found.kinds == ("företag",)
    assert [(line.text, [p.heading for p in line.places]) for line in found.names] == [
        ("OC", ["Chapter one"])
    ]


def test_lines_are_grouped_with_all_their_sections(store: DirectStore):
    """One line per value, however many sections say it."""
    (group,) = describe(store, ID + "maker").groups
    assert (group.title, group.forward) == ("runs facility", True)
    (line,) = group.lines
    assert (line.text, line.kind) == ("Plant in Skåne", "facility")
    assert [place.heading for place in line.places] == ["Chapter one", "Chapter two"]


def test_both_directions_are_shown_once(store: DirectStore):
    """What is derived by an inverse is not told again beside the statement it comes from."""
    groups = describe(store, ID + "plant").groups
    assert [(g.property, g.forward) for g in groups] == [
        (ATMP + "concerns", False),
        (ATMP + "operatesFacility", False),
    ]


def test_what_only_follows_is_marked():
    """A statement of the inferred graph alone is shown as derived, without a section."""
    bare = quads(one="", two="")
    (group,) = describe(DirectStore.of(bare), ID + "plant").groups
    assert (group.property, group.lines[0].derived, group.lines[0].places) == (
        ATMP + "isOperatedBy",
        True,
        (),
    )


def test_texts_come_in_one_language(store: DirectStore):
    """Our own words are shown in the language asked for."""
    groups = {g.property: g for g in describe(store, ID + "quarrel", "sv").groups}
    assert [line.text for line in groups[ATMP + "summary"].lines] == ["De två kapitlen skiljer sig."]


def test_an_unknown_thing_is_an_error(store: DirectStore):
    """Nothing said is an error with a way out."""
    with pytest.raises(InputError):
        describe(store, ID + "nobody")
