"""The threat model: every attack in it has a test, and these are the ones that stand nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from drafted import TOKEN, DraftServer

TESTS = Path(__file__).parent
MODEL = TESTS.parent / "docs" / "threat-model.md"


def test_no_attack_without_a_test() -> None:
    """Each row of the table of attacks names tests, and they exist."""
    table = MODEL.read_text(encoding="utf-8").partition("## Attacks")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 25
    for row in rows:
        named = re.findall(r"`(\w+\.py)::(\w+)`", row)
        assert named, f"no test: {row}"
        for file, test in named:
            assert f"def {test}(" in (TESTS / file).read_text(encoding="utf-8"), (file, test)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DraftServer]:
    with DraftServer(tmp_path_factory.mktemp("threats") / "draft", timeout=2) as running:
        yield running


@pytest.mark.server
def test_the_token_is_never_told(server: DraftServer, capfd: pytest.CaptureFixture[str]) -> None:
    """No answer repeats the token, nothing is printed, and the draft's folder does not hold it."""
    answers = [
        server.update("INSERT DATA { <a:s> <a:p> 1 }"),
        server.update("nonsense"),
        server.store("GET", "/store?default"),
        server.store("PUT", "/store", "x"),
        server.store("PATCH", "/store"),
    ]
    for answer in answers:
        assert TOKEN not in answer.text + str(answer.headers)
    assert TOKEN not in "".join(capfd.readouterr())
    folder = Path(server._arguments[3])
    assert not [path for path in folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]


@pytest.mark.server
@pytest.mark.parametrize(
    ("media_type", "text"),
    [
        ("text/turtle", "<a:s> <a:p> " + "(" * 200_000),
        ("text/turtle", "<a:s> <a:p> " + "[ <a:p> " * 200_000),
        ("application/ld+json", "[" * 200_000),
        ("application/ld+json", '{"a:p": ' * 200_000),
        ("application/rdf+xml", "<a>" * 200_000),
    ],
)
def test_an_upload_that_is_nested_without_end(server: DraftServer, media_type: str, text: str) -> None:
    """It is refused, nothing of it is kept, and the next change is made."""
    answer = server.store("PUT", "/store?graph=a:g", text, content_type=media_type)
    assert answer.status_code in (400, 503)
    assert server.store("GET", "/store?graph=a:g").status_code == 404
    assert server.update("INSERT DATA { <a:s> <a:p> 1 }").status_code == 204


@pytest.mark.server
def test_a_refusal_repeats_no_markup(server: DraftServer) -> None:
    """What a browser sends as a query does not come back as markup."""
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    text = "<script>alert(1)</script>"
    answer = server.client.post("/sparql", data={"query": text}, headers=browser)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.server
@pytest.mark.parametrize("host", ["a<script>", 'a"b', "a b", "a{b}"])
def test_a_strange_host_is_not_repeated(server: DraftServer, host: str) -> None:
    """A name that no address can have is 400, not part of a service description."""
    said = server.raw(f"GET /sparql HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert said.startswith(b"HTTP/1.1 400 ")
    assert b"<script" not in said.partition(b"\r\n\r\n")[2]


@pytest.mark.server
def test_other_sites_have_no_rights_of_their_visitor(server: DraftServer) -> None:
    """Any origin may read, none with credentials; what a form can send changes nothing."""
    answer = server.client.get(
        "/sparql", params={"query": "ASK {}"}, headers={"Origin": "https://example.org"}
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    form = {"update": "DROP ALL"}
    sent = server.client.post(
        "/update", data=form, headers={"Origin": "https://example.org", "Cookie": "a=b"}
    )
    assert sent.status_code == 401
