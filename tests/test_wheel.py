"""The wheel alone is a full product: in an empty environment it answers and serves from any folder."""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path, **env: str) -> str:
    """Run a command to its end and return what it printed."""
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.server
def test_the_wheel_serves_from_any_folder(tmp_path: Path) -> None:
    """No checkout in sight: the knowledge comes from the package, the release goes to the user's cache."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    wheels, fresh, elsewhere = tmp_path / "wheels", tmp_path / "venv", tmp_path / "elsewhere"
    elsewhere.mkdir()
    run(*pip, "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", wheels, ROOT, cwd=tmp_path)
    venv.create(fresh, with_pip=True)
    python = fresh / "bin/python"
    run(python, "-m", "pip", "install", "-q", "-r", ROOT / "requirements.lock", cwd=tmp_path)
    run(python, "-m", "pip", "install", "-q", "--no-deps", *wheels.glob("*.whl"), cwd=tmp_path)

    command = fresh / "bin/atmp-graph"
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "ATMP_GRAPH_HOME": ""}
    assert "no" in run(command, "ask", "q35", cwd=elsewhere, **cache)
    assert list((tmp_path / "cache").rglob("manifest.json"))
    assert not list(elsewhere.iterdir())

    server = subprocess.Popen(
        [command, "serve", "--port", "0"],
        cwd=elsewhere,
        env={**os.environ, **cache},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr is not None
        line = next(line for line in server.stderr if "Serving" in line)
        url = re.search(r"http://\S+", line)
        assert url
        with urlopen(f"{url[0]}/ready") as answer:  # noqa: S310 - our own server on loopback
            assert b"ready" in answer.read()
    finally:
        server.terminate()
        assert server.wait(20) == 0
        if server.stderr:
            server.stderr.close()
