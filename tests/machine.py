"""Which tools this machine has: a marked test without its tool is skipped here, and fails in CI.

Loaded as a pytest plugin by ``conftest.py``.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / ".tools"

NEEDS: dict[str, Callable[[], bool]] = {
    "browser": lambda: shutil.which("chromium") is not None and (TOOLS / "npm/.ready").exists(),
    "java": lambda: (
        shutil.which("java") is not None
        and (TOOLS / "robot/.ready").exists()
        and (TOOLS / "protege/.ready").exists()
    ),
}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Hold each marked test against the tools of this machine before it runs."""
    for mark, present in NEEDS.items():
        if item.get_closest_marker(mark) and not present():
            reason = f"a {mark} test needs what `make tools` installs"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
