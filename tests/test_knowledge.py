"""Reading a home: which graph a file is, what goes wrong where, and where a statement stands."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest

from atmp_graph import homes
from atmp_graph.errors import InputError, ManyErrors
from atmp_graph.knowledge import Home, read
from atmp_graph.settings import read_settings
from atmp_graph.vocabulary import ATMP, GRAPH, ID, PREFIXES


def graphs(home: Path) -> set[str]:
    return {
        quad.graph_name.value for quad in read(Home(home)).quads if isinstance(quad.graph_name, ox.NamedNode)
    }


def test_each_file_is_one_named_graph(tiny_home: Path) -> None:
    """A module stands under its ontology's IRI, a data file under its path, and shapes are not data."""
    knowledge = read(Home(tiny_home))
    assert graphs(tiny_home) == {
        ATMP + "tiny-module",
        GRAPH + "entities/all",
        GRAPH + "brochure/1-places",
        GRAPH + "report/1-money",
    }
    assert knowledge.ontology_graphs == {ATMP + "tiny-module"}
    assert len(knowledge.shapes) == 6


@pytest.mark.parametrize("suffix", [".nt", ".nt.gz", ".nq", ".nq.gz", ".trig", ".jsonld", ".rdf"])
def test_every_promised_format_is_read(tiny_home: Path, suffix: str) -> None:
    """Each promised suffix, packed or not, gives the same facts under the same graph; quads keep their own
    graph.
    """
    name = suffix.removesuffix(".gz")
    rdf = ox.RdfFormat.from_extension(name[1:])
    assert rdf is not None
    fact = ox.Triple(ox.NamedNode(ID + "x"), ox.NamedNode(ATMP + "amount"), ox.Literal("1"))
    own = ox.NamedNode("http://own.org/graph")
    statements = [ox.Quad(*fact), ox.Quad(*fact, own)] if rdf.supports_datasets else [fact]
    content = ox.serialize(statements, format=rdf) or b""
    (tiny_home / "data" / f"x{suffix}").write_bytes(
        gzip.compress(content) if suffix.endswith(".gz") else content
    )
    found = {GRAPH + "x"} | ({own.value} if rdf.supports_datasets else set())
    assert found <= graphs(tiny_home)


def test_all_broken_files_are_reported_at_once(tiny_home: Path) -> None:
    """Two syntax errors and a mistyped suffix are three problems in one report, each with its file and
    line.
    """
    (tiny_home / "data/report/2-broken.ttl").write_text("@prefix a: <http://a/> .\n\na:b a:c\n")
    (tiny_home / "shapes/broken.ttl").write_text("sh:x a sh:NodeShape .")
    (tiny_home / "data/report/3-typo.tll").write_text("")
    with pytest.raises(ManyErrors) as caught:
        read(Home(tiny_home))
    assert caught.value.exit_code == 2
    assert [error.place for error in caught.value.errors] == [
        "data/report/3-typo.tll",
        "data/report/2-broken.ttl:4",
        "shapes/broken.ttl:1",
    ]
    assert caught.value.errors[2].hint == f"add this line at the top: @prefix sh: <{PREFIXES['sh']}> ."


def test_blank_labels_depend_on_the_file_alone(tiny_home: Path) -> None:
    """Reading twice gives the same blank labels, and two files never share one."""
    for name in ("x", "y"):
        (tiny_home / f"data/{name}.ttl").write_text("<http://a/> <http://b/> [] , _:same .")
    one, two = read(Home(tiny_home)), read(Home(tiny_home))
    assert [str(quad) for quad in one.quads] == [str(quad) for quad in two.quads]
    blanks = [quad.object for quad in one.quads if quad.predicate.value == "http://b/"]
    assert len(set(blanks)) == len(blanks) == 4


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ([ID + "report-1-grant"], "data/report/1-money.ttl:12"),
        ([ID + "report-1-grant", ATMP + "amount"], "data/report/1-money.ttl:14"),
        ([ID + "report-1-grant", ATMP + "fromFunder", ID + "vinnova"], "data/report/1-money.ttl:16"),
        ([GRAPH + "report/1-money", ATMP + "sectionNumber", "1"], "data/report/1-money.ttl:10"),
        ([ID + "northx", PREFIXES["rdf"] + "type", ATMP + "Company"], "data/entities/all.ttl:11"),
        ([ID + "nobody"], ""),
    ],
)
def test_places_are_found(tiny_home: Path, parts: list[str], place: str) -> None:
    """A statement is found at the line where it stands, by as many of its parts as are known."""
    assert read(Home(tiny_home)).places.find(*parts) == place


def test_place_within_a_graph(tiny_home: Path) -> None:
    """The graph limits the search: what entities say and what a section says of one thing are two places."""
    places = read(Home(tiny_home)).places
    assert places.find(ID + "northx", graph=GRAPH + "brochure/1-places") == "data/brochure/1-places.ttl:20"
    assert places.find(ID + "northx", graph=GRAPH + "entities/all") == "data/entities/all.ttl:11"


def test_home_is_found(tiny_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The option wins over the environment, which wins over the checkout; a folder without knowledge is
    refused.
    """
    monkeypatch.delenv("ATMP_GRAPH_HOME", raising=False)
    checkout = Path(__file__).parent.parent
    assert homes.find_home() == str(checkout)
    monkeypatch.setenv("ATMP_GRAPH_HOME", str(tiny_home))
    assert homes.find_home() == str(tiny_home)
    assert homes.find_home(str(checkout)) == str(checkout)
    with pytest.raises(InputError, match="neither data/ nor ontology/"):
        homes.find_home(str(tmp_path / "nothing"))


def test_settings_take_option_then_environment_then_default(tiny_home: Path) -> None:
    """Each setting comes from the option, else its variable, else the default; nonsense names the culprit."""
    environ = {"ATMP_GRAPH_PORT": "9000", "ATMP_GRAPH_TIMEOUT": "2.5"}
    settings = read_settings(environ, home=tiny_home, port=9001)
    assert (settings.port, settings.timeout, settings.host) == (9001, 2.5, "127.0.0.1")
    assert settings.cache == tiny_home / ".atmp-graph"
    with pytest.raises(InputError, match="ATMP_GRAPH_WORKERS cannot be 'many'") as caught:
        read_settings({"ATMP_GRAPH_WORKERS": "many"}, home=tiny_home)
    assert caught.value.hint == "give a whole number of at least 0"


def test_cache_goes_elsewhere_when_the_home_cannot_be_written(
    tiny_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home that belongs to someone else keeps its cache in the user's own folder, one per home."""
    monkeypatch.setattr(homes.os, "access", lambda *_: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tiny_home / "elsewhere"))
    monkeypatch.delenv("ATMP_GRAPH_CACHE", raising=False)
    cache = homes.find_cache(str(tiny_home))
    assert cache.startswith(str(tiny_home / "elsewhere"))
    assert cache != homes.find_cache("/other")
