"""HermiT's verdict: what the whole of OWL 2 DL contradicts, beyond the rules of this package.

HermiT comes with owlready2 and runs on the machine's Java. It knows no catalogue of imports, so it is given
the whole knowledge in one file of N-Triples; and it leaves with 0 on a syntax error, so its words are read,
not its exit code.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from atmp_graph.errors import EngineError
from atmp_graph.reason.schema import OWL, RDFS, TYPE
from atmp_graph.reason.shrink import smallest

_COMMAND = "org.semanticweb.HermiT.cli.CommandLine"
_SECONDS = 600
_ANNOTATIONS = (
    *(RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy")),
    *(OWL + name for name in ("versionInfo", "versionIRI", "priorVersion", "deprecated", "imports")),
)


class Verdict(NamedTuple):
    """What HermiT found. ``unsatisfiable`` are the IRIs of classes that nothing can be a member of."""

    consistent: bool
    unsatisfiable: tuple[str, ...]
    seconds: float


def judge(quads: Iterable[ox.Quad], memory: int = 1024) -> Verdict:
    """HermiT's verdict on the quads, whatever graphs they are in; ``memory`` in megabytes.

    Raises ``EngineError`` without Java, or when HermiT comes to no verdict.
    """
    triples = [quad.triple for quad in logical(quads)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "all.nt"
        ox.serialize(triples, str(file), format=ox.RdfFormat.N_TRIPLES)
        start = time.perf_counter()
        said = _hermit(file, memory)
        return _verdict(said, time.perf_counter() - start)


def logical(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """The quads that OWL reasons with: neither imports nor annotations, which are most of our graph."""
    quads = list(quads)
    kind = ox.NamedNode(OWL + "AnnotationProperty")
    silent = {quad.subject for quad in quads if quad.predicate.value == TYPE and quad.object == kind}
    silent |= {ox.NamedNode(iri) for iri in _ANNOTATIONS}
    return [quad for quad in quads if quad.predicate not in silent]


def explain(quads: Iterable[ox.Quad], class_: str | None = None) -> list[ox.Quad]:
    """A smallest set of quads that is inconsistent, or that makes ``class_`` unsatisfiable: take any one out,
    and it is not any more. Runs HermiT some tens of times. Declarations and the header are left out of it.
    """
    quads = logical(quads)
    settled = [quad for quad in quads if _is_declaration(quad)]

    def still_wrong(some: Collection[ox.Quad]) -> bool:
        try:
            verdict = judge([*settled, *some])
        except EngineError:
            return False
        return class_ in verdict.unsatisfiable if class_ else not verdict.consistent

    return smallest([quad for quad in quads if not _is_declaration(quad)], still_wrong)


def _is_declaration(quad: ox.Quad) -> bool:
    value = quad.object
    return (
        quad.predicate.value == TYPE
        and isinstance(quad.subject, ox.NamedNode)
        and isinstance(value, ox.NamedNode)
        and value.value.removeprefix(OWL)
        in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    )


def _hermit(file: Path, memory: int) -> str:
    java, found = shutil.which("java"), find_spec("owlready2")
    if java is None or found is None or found.origin is None:
        raise EngineError(
            "HermiT needs Java and owlready2", hint="install a Java runtime, or use --profile rl"
        )
    jars = Path(found.origin).parent / "hermit"
    classpath = f"{jars}:{jars / 'HermiT.jar'}"
    options = ["-k", "-U", "-N", file.as_uri()]
    try:
        run = subprocess.run(
            [java, f"-Xmx{memory}m", "-cp", classpath, _COMMAND, *options],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EngineError(f"HermiT did not come to an end in {_SECONDS} seconds") from error
    return run.stdout + run.stderr


def _verdict(said: str, seconds: float) -> Verdict:
    if "InconsistentOntologyException" in said:
        return Verdict(False, (), seconds)
    if f"{OWL}Thing is satisfiable." not in said:
        raise EngineError(
            "HermiT came to no verdict: " + " ".join(said.split())[:300], hint="is the knowledge OWL 2 DL?"
        )
    classes = [line.strip() for line in said.splitlines() if line.startswith("\t")]
    return Verdict(True, tuple(sorted(iri for iri in classes if iri != OWL + "Nothing")), seconds)
