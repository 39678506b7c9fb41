"""The README's commands print what the README says they print."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest

from atmp_graph.cli import main

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```console\n\$ ([^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    """A command as typed and its output; a line ``…`` stands for any lines, ``…`` in one for any text."""

    command: str
    output: str


EXAMPLES = [Example(*match) for match in BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))]


def pattern(output: str) -> str:
    """The regular expression of an output with its ellipses."""
    lines = [
        r"(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + r"\s*\n"
        for line in output.splitlines()
    ]
    return "".join(lines)


def test_the_readme_shows_five_commands() -> None:
    """Asking, querying, searching, telling why, and building."""
    verbs = [shlex.split(example.command)[1] for example in EXAMPLES]
    assert verbs == ["ask", "query", "search", "why", "build"]


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.command[:40])
def test_the_command_prints_what_the_readme_shows(
    example: Example, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a terminal of 100 columns, on the shipped knowledge."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    assert main(shlex.split(example.command)[1:]) == 0
    printed = capfd.readouterr().out
    assert re.fullmatch(pattern(example.output), printed), printed
