"""The site over the whole shipped graph: wherever a link leads, something good stands there."""

from __future__ import annotations

import html
import random
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from atmp_graph.build import build
from atmp_graph.settings import Settings, find_home
from atmp_graph.store.direct import DirectStore
from atmp_graph.web.app import create_app

pytestmark = pytest.mark.slow

PAGES = 600
HREF = re.compile(r'href="(/(?!static/)[^"]*)"')


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    cache = tmp_path_factory.mktemp("cache")
    release = build(find_home(), cache).folder
    app = create_app(DirectStore.open(release), Settings(home=find_home(), cache=cache), Path(release))
    return app.test_client()


def test_no_link_leads_nowhere(client: FlaskClient) -> None:
    """From the first page at random: every link answers, in both languages, as page or as data."""
    chance = random.Random(1)  # noqa: S311 - a walk, not a secret
    seen, todo, broken = {"/", "/sv/"}, ["/", "/sv/"], []
    kinds: set[str] = set()
    for _ in range(PAGES):
        path = todo.pop(chance.randrange(len(todo)))
        with client.get(path, headers={"Accept": "text/html"}) as response:
            if response.status_code not in {200, 302}:
                broken.append((response.status_code, path[:200]))
            kinds.add(response.mimetype)
            text = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        links = {html.unescape(link).partition("#")[0] for link in HREF.findall(text)} - seen
        seen |= links
        todo += sorted(links)
    assert not broken
    assert kinds >= {"text/html", "text/csv", "application/json", "text/turtle", "application/ld+json"}


def test_every_shipped_question_has_a_page_with_evidence(client: FlaskClient) -> None:
    """Each question answers in both languages, with rows, and a section under each row."""
    rows = client.get("/questions.json").get_json()["rows"]
    assert len(rows) >= 7
    for row in rows:
        for language in ("", "/sv"):
            text = client.get(language + row["address"], headers={"Accept": "text/html"}).get_data(
                as_text=True
            )
            said = text.count('<tr class="said">')
            assert said > 0, row["address"]
            assert text.count('class="saying"') >= said, row["address"]
