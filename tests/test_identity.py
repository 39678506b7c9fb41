"""Lasting identifiers: every namespace has its redirect, and every version of the ontology is logged."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from atmp_graph.knowledge import Home, read
from atmp_graph.vocabulary import BASE, PREFIXES

ROOT = Path(__file__).parent.parent
HOST = "https://atmp-graph.example.org"
RULE = re.compile(r"^RewriteRule (\S+) (\S+) \[R=(30[237]),L\]$", re.MULTILINE)
RULES = [
    (re.compile(pattern), target, int(code))
    for pattern, target, code in RULE.findall(
        (ROOT / "w3id/atmp-graph/.htaccess").read_text(encoding="utf-8")
    )
]
OWL = PREFIXES["owl"]


def redirect(path: str) -> tuple[str, int] | None:
    """Where Apache's mod_rewrite sends a path below the folder: the first rule that fits."""
    for pattern, target, code in RULES:
        if found := pattern.search(path):
            return re.sub(r"\$(\d)", lambda group, f=found: f[int(group[1])], target), code
    return None


CASES = {
    "": ("/", 302),
    "ontology": ("/ontology/", 303),
    "ontology/": ("/ontology/", 303),
    "ontology/Facility": ("/ontology/Facility", 303),
    "ontology/0.1.0": ("/ontology/0.1.0", 303),
    "ontology/core-module/0.1.0": ("/ontology/core-module/0.1.0", 303),
    "id/northx-biologics": ("/id/northx-biologics", 303),
    "id/northx-biologics.ttl": ("/id/northx-biologics.ttl", 303),
    "concept/stage-ema-review": ("/concept/stage-ema-review", 303),
    "graph/iva-atmp-en/14-stakeholders": ("/graph/iva-atmp-en/14-stakeholders", 303),
    "shape/Claim": ("/quality", 303),
    "sparql": ("/sparql", 307),
}


@pytest.mark.parametrize("path", CASES)
def test_redirect(path: str) -> None:
    """Each kind of IRI leads to its own path on the site, with the code that suits it."""
    target, code = CASES[path]
    assert redirect(path) == (HOST + target, code)


def test_every_namespace_has_a_rule() -> None:
    """No namespace of ours, and no IRI in ontology or data, is left without a redirect."""
    ours = [iri for iri in PREFIXES.values() if iri.startswith(BASE)]
    assert len(ours) >= 4
    iris = {
        term.value
        for quad in read(Home(ROOT)).quads
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
        if isinstance(term, ox.NamedNode) and term.value.startswith(BASE)
    }
    assert len(iris) >= 3000
    unmet = [iri for iri in [*(one + "x" for one in ours), *iris] if redirect(iri.removeprefix(BASE)) is None]
    assert unmet == []
    assert redirect("elsewhere/x") is None


def test_every_version_is_logged() -> None:
    """All modules have the newest version of the log; from the second on, each names the one before."""
    log = (ROOT / "docs/ontology-changes.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\d+\.\d+\.\d+)$", log, re.MULTILINE)
    assert versions == sorted(versions, key=lambda v: [int(part) for part in v.split(".")], reverse=True)
    for path in sorted((ROOT / "ontology").glob("*.ttl")):
        found: dict[str, str] = {}
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            if quad.predicate.value.startswith(OWL):
                found[quad.predicate.value.removeprefix(OWL)] = getattr(quad.object, "value", "")
        assert found["versionInfo"] == versions[0], path
        before = versions[1] if len(versions) > 1 else None
        assert found.get("priorVersion") == (before and found["versionIRI"].replace(versions[0], before)), (
            path
        )


def test_the_log_names_what_exists() -> None:
    """Each term in code font of the newest entry is a term of the ontology, a module or a file."""
    newest = (ROOT / "docs/ontology-changes.md").read_text(encoding="utf-8").rpartition("\n## ")[2]
    names = re.findall(r"`([^`]+)`", newest)
    known = {str(quad.subject).rpartition("/")[2].strip(">") for quad in read(Home(ROOT)).ontology}
    assert len(names) >= 8
    unknown = [
        name
        for name in names
        if name not in known and f"{name}-module" not in known and not (ROOT / name).exists()
    ]
    assert unknown == []
