"""Fixtures that several tests share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest_plugins = ["machine"]

TINY_HOME = Path(__file__).parent / "tiny_home"


@pytest.fixture
def tiny_home(tmp_path: Path) -> Path:
    """A copy of a whole home in small: an ontology with a rule, two sections, a shape and a question."""
    home = tmp_path / "home"
    shutil.copytree(TINY_HOME, home)
    return home
