"""The Java side for tests: ROBOT and two small programs over the OWL API, from what `make tools` installs."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
ONTOLOGY = ROOT / "ontology"
CLASSPATH = f"{ROOT}/.tools/robot/lib/*"
ROOT_IRI = "https://w3id.org/atmp-graph/ontology"


def robot(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a chain of ROBOT commands in one start of Java."""
    return _java("org.obolibrary.robot.CommandLineInterface", *arguments)


def owlapi(program: str, *arguments: str | Path) -> list[str]:
    """Run a program of ``tools/owlapi`` on the ontology folder; the lines that it prints."""
    run = _java(ROOT / f"tools/owlapi/{program}.java", ONTOLOGY, *arguments)
    assert run.returncode == 0, run.stderr[-3000:]
    return run.stdout.splitlines()


def _java(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["java", "-Xmx1500m", "-cp", CLASSPATH, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def importing(iri: str, turtle: str) -> str:
    """A file that the OWL API reads with all terms known: a header that imports the root, and triples."""
    header = f"<{iri}> a <http://www.w3.org/2002/07/owl#Ontology>"
    return f"{header} ; <http://www.w3.org/2002/07/owl#imports> <{ROOT_IRI}> .\n{turtle}"
