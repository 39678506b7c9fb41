"""Search: any name, any word, in both languages, forgiving in spelling, best first."""

from __future__ import annotations

from pathlib import Path

import pytest

from atmp_graph.errors import InputError
from atmp_graph.search import build_index, fold, search
from said import ID, quads


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("search") / "search.sqlite"
    assert build_index(path, quads()) == 14
    return path


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("skåne", "plant"),
        ("skane", "plant"),
        ("SKANE plant", "plant"),
        ("orsted", "maker"),
        ("oc", "maker"),
        ("ørsted", "maker"),
        ("celler", "maker"),
        ("plant is small", "claim-small"),
        ("it is said to be small", "claim-small"),
    ],
)
def test_a_thing_is_found_by_any_of_its_words(index: Path, text: str, first: str):
    """Case, accents, letters of the neighbours, other names, starts of words and summaries all lead to it."""
    assert search(index, text)[0].iri == ID + first


def test_a_name_comes_before_a_description(index: Path):
    """The thing called so stands above those whose words mention it."""
    assert [hit.label for hit in search(index, "plant")][:1] == ["Plant in Skåne"]


def test_a_word_inside_a_compound_is_found(index: Path):
    """Swedish writes words together; a part of one finds it."""
    assert [hit.label for hit in search(index, "terapi", "sv")] == ["genterapi"]


def test_words_of_different_names_are_found_together(index: Path):
    """Words that stand in the label of one language and another name still fit the thing."""
    assert search(index, "oc celler")[0].iri == ID + "maker"


def test_some_words_are_better_than_nothing(index: Path):
    """If no thing has all the words, those with some of them are shown."""
    assert ID + "maker" in {hit.iri for hit in search(index, "Ørsted Nonsense")}


def test_labels_and_kinds_come_in_the_language_asked_for(index: Path):
    """A hit shows itself in the reader's language."""
    (hit, *_) = search(index, "skane", "sv")
    assert (hit.label, hit.kind) == ("Anläggning i Skåne", "anläggning")


@pytest.mark.parametrize("text", ["", "  ", '"', "*", "-", "( OR )", 'a" OR "b', "%", "NEAR(x)"])
def test_nothing_of_the_text_is_syntax(index: Path, text: str):
    """Signs of the index's own language are letters like any other."""
    search(index, text)


def test_an_unchanged_build_changes_no_byte(tmp_path: Path):
    """The same quads give the same file."""
    for name in ("a", "b"):
        build_index(tmp_path / name, quads())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_release_without_an_index_is_told(tmp_path: Path):
    """A missing index is an error with the way out."""
    with pytest.raises(InputError, match="no search index"):
        search(tmp_path / "none.sqlite", "x")


def test_fold():
    """Texts are compared without case, accents or doubled blanks."""
    assert fold("  Ångström  Økonomi æ ß ") == "angstrom okonomi ae ss"
