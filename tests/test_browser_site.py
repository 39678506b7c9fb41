"""The pages in a real browser: quiet, at home, open to all, and no wider than a phone."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from machine import TOOLS
from site_release import make_app

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/search?q=northx",
    "/questions/",
    "/questions/q01-who-pays-whom",
    "/sources/",
    "/sources/report-a",
    "/graph/report-a/2-money",
    "/ontology/",
    "/ontology/Organisation",
    "/ontology/operatesFacility",
    "/ontology/FundingFlow",
    "/ontology/core-module",
    "/id/northx-biologics",
    "/id/hub-grant",
    "/concept/reported",
    "/data",
    "/docs",
    "/query?query=SELECT+%2A+%7B+%3Fs+%3Fp+%3Fo+%7D+LIMIT+20",
    "/id/nothing-here",
]
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site over the small release, on a port of its own."""
    server = make_server("127.0.0.1", 0, make_app(tmp_path_factory.mktemp("site")), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's own browser; nothing is downloaded."""
    import shutil

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def axe() -> str:
    return (TOOLS / "npm/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def watch(page: Page, address: str) -> list[str]:
    """What a page should not do: write to the console, fail, break the policy, ask elsewhere."""
    faults: list[str] = []
    page.on("console", lambda message: faults.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.on("request", lambda r: None if r.url.startswith(address) else faults.append(f"asked {r.url}"))
    page.on("requestfailed", lambda r: faults.append(f"failed {r.url}"))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', e => console.log('CSP ' + e.violatedDirective))"
    )
    return faults


@pytest.mark.parametrize("language", ["", "/sv"])
@pytest.mark.parametrize("size", SIZES)
def test_pages_are_quiet_open_and_fit(
    chromium: Browser, address: str, axe: str, size: str, language: str
) -> None:
    """No console message, breach or foreign request; nothing serious for axe; nothing scrolls sideways."""
    width, height = SIZES[size]
    scheme = "dark" if language else "light"
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    faults = watch(page, address)
    seen = 0
    for path in PAGES:
        page.goto(address + language + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        serious = [
            (v["id"], [n["target"] for n in v["nodes"]])
            for v in found
            if v["impact"] in {"serious", "critical"}
        ]
        assert not serious, (path, serious)
        seen += 1
    context.close()
    faults = [fault for fault in faults if "status of 404" not in fault]
    assert not faults
    assert seen == len(PAGES) == 19


def test_a_reader_finds_their_way_by_keyboard(chromium: Browser, address: str) -> None:
    """The first stop is the skip link; a slash goes to the search box; Ctrl+Enter runs a query."""
    page = chromium.new_page()
    page.goto(address + "/id/northx-biologics")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.goto(address + "/query")
    page.fill("#query", "ASK {}")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".boolean")
    page.close()


def test_the_language_switch_keeps_the_page(chromium: Browser, address: str) -> None:
    """From the English page of a thing to its Swedish one and back, query string and all."""
    page = chromium.new_page()
    page.goto(address + "/search?q=hub")
    page.click("nav.languages a")
    assert page.url == address + "/sv/search?q=hub"
    page.click("nav.languages a")
    assert page.url == address + "/search?q=hub"
    page.close()


def test_everything_works_without_script(chromium: Browser, address: str) -> None:
    """With script off, a query still runs and the answer is there."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/query")
    page.fill("#query", "SELECT ?x { ?x a <https://w3id.org/atmp-graph/ontology/Company> }")
    page.click("form.query button:not(.second)")
    assert page.inner_text("table tbody td") == "NorthX Biologics"
    context.close()


def test_pages_are_small(chromium: Browser, address: str) -> None:
    """A first visit costs at most four requests and 60 kB over the wire."""
    context = chromium.new_context()
    page = context.new_page()
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(int(response.headers.get("content-length", "0"))))
    page.goto(address + "/id/northx-biologics", wait_until="networkidle")
    assert len(sizes) <= 4
    assert sum(sizes) < 60_000
    context.close()


def test_this_file_watches_what_it_says(chromium: Browser, address: str) -> None:
    """The watch would see an inline script that the policy stops."""
    page = chromium.new_page()
    faults = watch(page, address)
    page.goto(address + "/")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = '1'; document.body.append(s) }"
    )
    page.wait_for_timeout(100)
    page.close()
    assert any("Content Security Policy" in fault for fault in faults)
