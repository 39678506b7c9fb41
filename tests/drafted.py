"""A real server that may be written to: what the tests of writing and the W3C suite stand on."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import httpx

from served import Server

TOKEN = "known to the tests alone".replace(" ", "-")
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


class DraftServer(Server):
    """A server on the draft in ``folder``, which begins with ``release`` or empty."""

    PROGRAM = (
        "import sys, json\n"
        "from pathlib import Path\n"
        "from atmp_graph.settings import Settings\n"
        "from atmp_graph.web.front import serve\n"
        "folder, tokens, release = (Path(name) if name else None for name in sys.argv[1:4])\n"
        "home = folder.parent\n"
        "serve(Settings(home=home, cache=home, port=0, writable=folder, token_file=tokens,\n"
        "               **json.loads(sys.argv[4])), release, announce=lambda a: print(a, flush=True))\n"
    )

    def __init__(self, folder: Path, release: Path | None = None, **options: object) -> None:
        tokens = folder.parent / "tokens"
        tokens.write_text(f"# who may write\n{TOKEN}\n", encoding="utf-8")
        self._arguments = [
            *(sys.executable, "-c", self.PROGRAM, str(folder), str(tokens), str(release or "")),
            json.dumps({"workers": 1, **options}),
        ]

    def update(self, text: str, **parameters: object) -> httpx.Response:
        """Send an update as the body."""
        headers = {**AUTHORIZED, "Content-Type": "application/sparql-update"}
        return self.client.post("/update", params=parameters, content=text.encode(), headers=headers)

    def store(
        self, method: str, path: str = "/store", content: str | bytes = b"", **headers: str
    ) -> httpx.Response:
        """Send a request of the Graph Store Protocol with the token; Turtle unless said otherwise."""
        said = {
            **AUTHORIZED,
            "Content-Type": "text/turtle",
            **{n.replace("_", "-"): v for n, v in headers.items()},
        }
        return self.client.request(method, path, content=content, headers=said)

    def values(self, query: str) -> list[str]:
        """The values of the one column of a SELECT, sorted."""
        answer = self.ask(query)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        (column,) = found["head"]["vars"]
        return sorted(row[column]["value"] for row in found["results"]["bindings"])
