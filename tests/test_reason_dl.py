"""HermiT over all of OWL 2 DL: its verdict on a home, and the few statements behind what it finds."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from atmp_graph.cli import main
from atmp_graph.errors import EngineError
from atmp_graph.reason import hermit
from atmp_graph.reason.shrink import smallest

ROOT = Path(__file__).parent.parent


def quads(turtle: str) -> list[ox.Quad]:
    return list(ox.parse("@prefix : <http://x.org/> .\n" + turtle, ox.RdfFormat.TURTLE))


def test_the_smallest_part_is_found() -> None:
    """Of many statements only those needed are left, with all that hangs on their blank nodes."""
    many = quads("".join(f":s{i} :p {i}, {i + 1} .\n" for i in range(100)) + ":s7 :q [ :r [ :s 1 ] ] .")
    guilty = {quad for quad in many if str(quad.object) in (str(ox.Literal(3)), str(ox.Literal(50)))}
    guilty = {
        min(g, key=str) for g in ([q for q in guilty if q.object == o] for o in {q.object for q in guilty})
    }
    tries = 0

    def is_wrong(some: object) -> bool:
        nonlocal tries
        tries += 1
        return guilty <= set(some)  # type: ignore[call-overload]

    assert set(smallest(many, is_wrong)) == guilty
    assert tries < 40
    assert smallest(many, lambda _: False) == []
    (whole,) = ([quad for quad in many if quad.predicate.value == "http://x.org/q"],)
    left = smallest(many, lambda some: whole[0] in some)
    assert [quad.predicate.value[-1] for quad in left] == ["q", "r", "s"]


def test_without_java_there_is_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without Java is told so, and what works without it."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EngineError, match="HermiT needs Java") as caught:
        hermit.judge([])
    assert "--profile rl" in caught.value.hint


@pytest.mark.java
@pytest.mark.slow
def test_our_knowledge_is_consistent(capsys: pytest.CaptureFixture[str]) -> None:
    """HermiT finds ontology and all data consistent, and a member possible for every class."""
    assert main(["reason", "--profile", "dl", "--home", str(ROOT)]) == 0
    out = capsys.readouterr().out
    assert "HermiT: consistent, no classes without possible members" in out
    print(out.splitlines()[-1])


@pytest.mark.java
@pytest.mark.slow
def test_what_only_hermit_sees_is_explained(tiny_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A text where a number belongs, and a class below two kept apart, are shown with their grounds."""
    module = next((tiny_home / "ontology").glob("*.ttl"))
    before = module.read_text(encoding="utf-8")
    prefixes = (
        "@prefix x: <http://x.org/> .\n@prefix w: <http://www.w3.org/2002/07/owl#> .\n"
        "@prefix s: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    )
    axioms = "x:A a w:Class ; w:disjointWith x:B . x:B a w:Class . x:C a w:Class ; s:subClassOf x:A, x:B .\n"
    module.write_text(before + prefixes + axioms, encoding="utf-8")
    assert main(["reason", "--profile", "dl", "--home", str(tiny_home)]) == 1
    out = capsys.readouterr().out
    assert "no contradiction" in out
    assert "no member possible: <http://x.org/C>" in out
    assert out.count("  because ") == 3
    assert "disjointWith> <http://x.org/B>" in out.replace("owl:disjointWith", "disjointWith>")

    number = (
        "x:n a w:DatatypeProperty ; s:range <http://www.w3.org/2001/XMLSchema#integer> . x:t x:n 'many' .\n"
    )
    module.write_text(before + prefixes + number, encoding="utf-8")
    assert main(["reason", "--profile", "dl", "--home", str(tiny_home)]) == 1
    out = capsys.readouterr().out
    assert "HermiT: inconsistent" in out
    assert out.count("  because ") == 2
