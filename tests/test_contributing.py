"""The recipes of CONTRIBUTING.md, followed word for word on a copy of the four folders."""

import re
import shlex
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from atmp_graph.cli import main

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^   ```(\w+)(?: (\w+))?(?: (\S+))?\n(.*?)^   ```$", re.MULTILINE | re.DOTALL)


class Step(NamedTuple):
    """A fenced block: its language, what to do with it, the file it is for, and its text."""

    language: str
    act: str
    file: str
    text: str


RECIPES = {
    title: [Step(*(part or "" for part in match)) for match in FENCE.findall(body)]
    for title, body in re.findall(r"^## (Add a \w+)\n(.*?)(?=^## )", TEXT, re.MULTILINE | re.DOTALL)
}


def test_there_is_a_recipe_for_each_folder() -> None:
    """A fact, a term, a shape and a question, each in five steps."""
    assert set(RECIPES) == {"Add a fact", "Add a term", "Add a shape", "Add a question"}
    for title in RECIPES:
        body = TEXT.split(f"## {title}\n")[1].split("\n## ")[0]
        assert len(re.findall(r"^\d\. ", body, re.MULTILINE)) == 5


@pytest.mark.slow
@pytest.mark.parametrize("title", sorted(RECIPES))
def test_the_recipe_works(title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file is written as the recipe says and each command ends as it says."""
    home = tmp_path / "home"
    for folder in ("ontology", "data", "shapes", "questions", "checks"):
        shutil.copytree(ROOT / folder, home / folder)
    monkeypatch.setenv("ATMP_GRAPH_HOME", str(home))
    monkeypatch.setenv("ATMP_GRAPH_CACHE", str(tmp_path / "cache"))
    ran = 0
    for step in RECIPES[title]:
        text = re.sub(r"^   ", "", step.text, flags=re.MULTILINE)
        if step.language == "sh":
            for line in text.splitlines():
                assert main(shlex.split(line)[1:]) == (1 if step.act == "fails" else 0), line
                ran += 1
        else:
            file = home / step.file
            assert file.is_file() == (step.act == "append")
            before = file.read_text(encoding="utf-8") + "\n" if step.act == "append" else ""
            file.write_text(before + text, encoding="utf-8")
    assert ran >= 1
