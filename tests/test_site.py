"""The site's pages: reachable in both languages, safe, cacheable, and each fact with its section."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest
from flask.testing import FlaskClient

from site_release import FACTS, RELEASE, make_app

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGES = [
    "/",
    "/search",
    "/search?q=north",
    "/questions/",
    "/questions/?audience=investor",
    "/questions/q01-who-pays-whom",
    "/sources/",
    "/sources/report-a",
    "/sources/report-a/1-summary",
    "/graph/report-a/2-money",
    "/data",
    "/docs",
    "/query",
    "/query?query=ASK+%7B%7D",
    "/ontology/",
    "/ontology/Company",
    "/ontology/amount",
    "/ontology/core-module",
    "/concept/reported",
    "/concept/scheme-assertion-modality",
    "/id/northx-biologics",
    "/id/hub-grant",
    "/id/all-or-most",
    "/id/report-a",
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return make_app(tmp_path_factory.mktemp("site")).test_client()


def page(client: FlaskClient, path: str) -> str:
    response = client.get(path, headers=PAGE)
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "sv"])
def test_every_page_stands_in_both_languages(client: FlaskClient, path: str, language: str) -> None:
    """Each page names its language, and links to itself in every language."""
    prefix = "" if language == "en" else "/sv"
    text = page(client, prefix + path)
    assert f'<html lang="{language}">' in text
    links = dict(re.findall(r'rel="alternate" hreflang="(en|sv)" href="([^"]+)"', text))
    assert links == {"en": path.replace("&", "&amp;"), "sv": "/sv" + path}


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_inline_script_style_or_a_foreign_host(client: FlaskClient, path: str) -> None:
    """What a page loads comes from this site, and nothing in it runs or styles inline."""
    text = page(client, path)
    assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son[a-z]+=", text)
    loaded = re.findall(r'<(?:script|img|link|iframe)[^>]*(?:src|href)="([^"]+)"', text)
    assert loaded
    assert all(address.startswith("/") for address in loaded)


def test_search_finds_by_any_name(client: FlaskClient) -> None:
    """Another name, another language, or a letter without its ring; the same as a table."""
    assert '<a href="/id/northx-biologics">NorthX Biologics</a>' in page(client, "/search?q=NX")
    assert '<a href="/ontology/Facility"' in page(client, "/search?q=anlaggning")
    assert client.get("/search.json?q=nx").get_json()["rows"][0]["thing"]["label"] == "NorthX Biologics"
    assert "Nothing here has that name" in page(client, "/search?q=zzzz")


def test_missing_things_suggest_the_nearest(client: FlaskClient) -> None:
    """An address that is nearly right leads to the thing that was meant."""
    response = client.get("/id/northx-biologix", headers=PAGE)
    assert response.status_code == 404
    assert '<a href="/id/northx-biologics">NorthX Biologics</a>' in response.get_data(as_text=True)


def test_a_question_answers_with_the_section_of_each_row(client: FlaskClient) -> None:
    """Each row is followed by its section; modalities are badges; what is not stated says so."""
    text = page(client, "/questions/q01-who-pays-whom")
    assert "<h1" in text
    assert "Who pays how much to whom" in text
    assert text.count('<tr class="said">') == 2
    assert "50,000,000" in text
    assert 'class="badge modality-proposed"' in text
    assert 'title="not stated"' in text
    assert 'href="/graph/report-a/2-money"' in text
    swedish = page(client, "/sv/questions/q01-who-pays-whom")
    assert "Vem betalar hur mycket till vem" in swedish
    assert "Belopp (kr)" in swedish


def test_a_parameter_is_a_field_and_an_address(client: FlaskClient) -> None:
    """Things like the default one can be chosen; a value that is none is refused; CSV and JSON follow."""
    text = page(client, "/questions/q01-who-pays-whom")
    assert '<option value="id:northx-biologics" selected>NorthX Biologics</option>' in text
    assert "0 rows" in page(client, "/questions/q01-who-pays-whom?recipient=id:vinnova")
    wrong = client.get("/questions/q01-who-pays-whom?recipient=no:thing", headers=PAGE)
    assert wrong.status_code == 400
    rows = client.get("/questions/q01-who-pays-whom.json").get_json()["rows"]
    assert rows[0]["amount"] == 50000000
    assert rows[1]["funder"] is None
    header = client.get("/questions/q01-who-pays-whom.csv").get_data(as_text=True).splitlines()[0]
    assert header.endswith("section,section_label")


def test_a_question_can_be_taken_to_the_query_form(client: FlaskClient) -> None:
    """The query shown stands by itself: language and parameters are written into it."""
    text = client.get("/questions/q01-who-pays-whom.rq").get_data(as_text=True)
    assert "<https://w3id.org/atmp-graph/id/northx-biologics>" in text
    assert "?recipient" not in text
    answer = client.get("/query", query_string={"query": text}, headers=PAGE)
    assert answer.status_code == 200
    assert "2 rows" in answer.get_data(as_text=True)


def test_questions_go_by_id_too(client: FlaskClient) -> None:
    """The short name leads to the page, its parameters kept."""
    response = client.get("/questions/q01?recipient=id:vinnova")
    assert response.location == "/questions/q01-who-pays-whom?recipient=id:vinnova"


def test_a_term_names_the_questions_that_use_it(client: FlaskClient) -> None:
    """From a class to what can be asked about it."""
    assert 'href="/questions/q01-who-pays-whom"' in page(client, "/ontology/FundingFlow")
    assert 'href="/questions/q01-who-pays-whom"' not in page(client, "/ontology/Place")


def test_headers_protect_every_answer(client: FlaskClient) -> None:
    """Pages, data, files and errors carry the policy."""
    for path in ("/", "/sources.csv", "/id/nothing-here", "/favicon.svg", "/health"):
        headers = client.get(path, headers=PAGE).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"], path
        assert headers["X-Content-Type-Options"] == "nosniff", path


def test_home_counts_lead_somewhere(client: FlaskClient) -> None:
    """Each number on the first page is a link to a page that exists."""
    counts = re.findall(r'<li><a href="([^"]+)"><strong>(\d+)</strong>', page(client, "/"))
    assert len(counts) == 5
    assert ("/ontology/Organisation", "2") in counts
    for path, _ in counts:
        page(client, path)


def test_a_fact_shows_the_sections_that_say_so(client: FlaskClient) -> None:
    """A fact said in two sections names both, with the source's short name and the heading."""
    text = page(client, "/id/northx-biologics")
    fact = text[text.index(">operates<") :]
    fact = fact[: fact.index("</dd>")]
    assert "NorthX Biologics&#39; site in Matfors" in fact
    assert re.findall(r'href="(/graph/[^"]+)"', fact) == [
        "/graph/report-a/1-summary",
        "/graph/report-a/2-money",
    ]
    assert "Report on the hub" in fact
    assert "Sammanfattning" in fact


def test_amounts_and_dates_read_as_in_the_language(client: FlaskClient) -> None:
    """A sum has its currency and hedge, a month is a month, in each language's way."""
    english, swedish = page(client, "/id/hub-grant"), page(client, "/sv/id/hub-grant")
    assert "about 50,000,000\N{NO-BREAK SPACE}SEK" in english
    assert "October 2021" in english
    assert "ungefär 50\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}SEK" in swedish
    assert "oktober 2021" in swedish
    assert "Paid in two parts." in english
    assert "Betalades i två delar." in swedish
    assert "Betalades" not in english


def test_modalities_are_told_apart_in_words(client: FlaskClient) -> None:
    """What is proposed says so in text, not by style alone."""
    text = page(client, "/id/northx-biologics")
    assert re.search(r'class="badge modality-proposed"[^>]*>proposed<', text)
    assert re.search(r'class="badge modality-reported"[^>]*>reported<', text)


def test_disagreeing_texts_stand_side_by_side(client: FlaskClient) -> None:
    """A page shows both sides of a disagreement that touches its thing, once."""
    text = page(client, "/id/northx-biologics")
    box = text[text.index('class="disputes"') : text.index("</section>", text.index('class="disputes"'))]
    assert "One section says all, another most." in box
    assert "The hub can make all the vaccines" in box
    assert "The hub can make most of the vaccines" in box
    assert text.count(">The hub can make all the vaccines</a>") == 1


def test_what_only_follows_is_marked(client: FlaskClient) -> None:
    """What no section states says that it follows; what one states the other way round names the section."""
    text = page(client, "/id/northx-matfors")
    located = text[text.index(">is located in<") :]
    located = located[: located.index("</dd>")]
    assert re.search(r"Matfors</a>\s*<span class=.evidence.><a class=.section", located)
    assert re.search(r"Sweden</a>\s*<span class=.evidence.><span class=.follows", located)
    operated = text[text.index(">is operated by<") :]
    assert 'class="section"' in operated[: operated.index("</dd>")]


def test_text_from_sources_stays_text(client: FlaskClient) -> None:
    """Markup in a heading is shown, a script address is not a link, a query is not run as markup."""
    text = page(client, "/graph/report-b/01-opening")
    assert "&lt;script&gt;Opening" in text
    assert "<script>Opening" not in text
    assert "javascript:alert(1)" in text
    assert 'href="javascript' not in text
    searched = page(client, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in searched


def test_pages_are_tagged_by_release_and_answer_304(client: FlaskClient) -> None:
    """The ETag starts with the release id; the same request again costs no body, packed or not."""
    for packing in ("identity", "gzip"):
        headers = {**PAGE, "Accept-Encoding": packing}
        first = client.get("/id/northx-biologics", headers=headers)
        assert first.headers["ETag"].startswith(f'"{RELEASE}-')
        assert first.headers.get("Content-Encoding", "identity") == packing
        again = client.get(
            "/id/northx-biologics", headers={**headers, "If-None-Match": first.headers["ETag"]}
        )
        assert again.status_code == 304
        assert not again.data
        assert client.get("/id/northx-biologics", headers=headers).data == first.data


def test_head_answers_like_get_without_a_body(client: FlaskClient) -> None:
    """HEAD gives the same headers and nothing else."""
    for path in ("/", "/id/northx-biologics", "/sources.csv"):
        got, head = client.get(path, headers=PAGE), client.head(path, headers=PAGE)
        assert head.status_code == 200
        assert not head.data
        assert head.headers["ETag"] == got.headers["ETag"]


def test_static_files_are_kept_for_good(client: FlaskClient) -> None:
    """Style and script stand under a hash, immutable; another hash is not ours."""
    assets = re.findall(r'"(/static/[^"]+)"', page(client, "/sv/"))
    assert len(assets) >= 3
    for path in assets:
        response = client.get(path)
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]
    assert client.get("/static/000000000000/site.css").status_code == 404


def test_live_answers_name_the_release(client: FlaskClient) -> None:
    """A program learns whether to send work here, and which release would answer."""
    assert client.get("/health").get_json() == {"status": "alive"}
    assert client.get("/ready").get_json() == {"status": "ready", "release": RELEASE}
    assert client.get("/ready").headers["Cache-Control"] == "no-store"


def test_downloads_have_size_and_checksum(client: FlaskClient) -> None:
    """Each export is listed with both and comes as it was written, also in part."""
    text = page(client, "/data")
    assert "atmp-graph.trig" in text
    assert re.search(r'<code class="checksum">[0-9a-f]{64}</code>', text)
    plain = {"Accept-Encoding": "identity"}
    with client.get("/data/atmp-graph.trig", headers=plain) as whole:
        assert whole.data == FACTS.read_bytes()
    with client.get("/data/atmp-graph.trig", headers={**plain, "Range": "bytes=0-9"}) as part:
        assert part.status_code == 206
        assert part.data == FACTS.read_bytes()[:10]
    listed = client.get("/data.json").get_json()["rows"]
    assert listed == [
        {
            "file": "atmp-graph.trig",
            "bytes": FACTS.stat().st_size,
            "sha256": sha256(FACTS.read_bytes()).hexdigest(),
        }
    ]
    for wrong in ("/data/nothing.ttl", "/data/..%2fmanifest.json", "/data/manifest.json"):
        assert client.get(wrong).status_code == 404, wrong


def test_the_query_form_works_without_script(client: FlaskClient) -> None:
    """Rows, yes or no, RDF and faults each come back in the page, with labels on IRIs."""
    rows = page(
        client, "/query?query=SELECT+%3Fx+%7B+%3Fx+a+%3Chttps://w3id.org/atmp-graph/ontology/Company%3E+%7D"
    )
    assert '<a href="/id/northx-biologics">NorthX Biologics</a>' in rows
    assert ">yes<" in page(client, "/query?query=ASK+%7B%7D")
    assert "&lt;https://w3id.org" in page(
        client, "/query?query=DESCRIBE+%3Chttps://w3id.org/atmp-graph/id/vinnova%3E"
    )
    wrong = client.get("/query?query=SELECT+%3Fx+%7B", headers=PAGE)
    assert wrong.status_code == 400
    assert 'role="alert"' in wrong.get_data(as_text=True)
    refused = client.get("/query?query=SELECT+*+%7B+SERVICE+%3Chttp://x.example/%3E+%7B%7D+%7D", headers=PAGE)
    assert refused.status_code == 403


def test_missing_pages_say_so_in_the_readers_language(client: FlaskClient) -> None:
    """A page for people, a problem document for programs; neither is kept by caches."""
    text = client.get("/sv/id/nothing-here", headers=PAGE)
    assert text.status_code == 404
    assert '<html lang="sv">' in text.get_data(as_text=True)
    problem = client.get("/id/nothing-here", headers={"Accept": "application/json"})
    assert problem.status_code == 404
    assert problem.content_type == "application/problem+json"
    assert problem.headers["Cache-Control"] == "no-store"
    assert client.post("/sources/").status_code == 405
