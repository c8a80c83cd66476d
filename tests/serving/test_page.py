"""The page for people, in a real browser."""

from __future__ import annotations

import re
import shutil

import pytest

BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

HOSTILE = b"""From: x@example.com
Subject: <script>window.top.hacked = 1</script><img src=x onerror="window.top.hacked = 1"> free prize
Content-Type: text/html

<html><body onload="window.top.hacked = 1"><script>window.top.hacked = 1</script>
<img src="http://tracker.example/pixel.gif" onerror="window.top.hacked = 1">
<a href="javascript:window.top.hacked = 1">free prize</a> claim your free prize now
</body></html>
"""


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if BROWSER is None:
        pytest.skip("no Chromium is installed, so that the page was not tested in it")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def at_server(browser):
    """Opens the page of a server; what it asked the network for and complained of is kept in it."""
    pages = []

    def open_it(server):
        pages.append(_opened(browser, f"http://127.0.0.1:{server.port}/"))
        return pages[-1]

    yield open_it
    for one in pages:
        one.close()


@pytest.fixture
def page(at_server, served):
    return at_server(served)


def _opened(browser, url):
    opened = browser.new_page()
    opened.asked, opened.complaints = [], []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.goto(url)
    return opened


def expect(locator):
    from playwright.sync_api import expect as expected

    return expected(locator)


def status_is(page, begin):
    expect(page.locator("#status")).to_have_text(re.compile(f"^{begin}"), timeout=20_000)


def frame(page):
    return page.frame_locator("#shown")


def test_a_pasted_text_is_explained(page):
    page.fill("#message", "claim your free prize")
    page.keyboard.press("Control+Enter")
    status_is(page, "Judged: spam")
    expect(frame(page).locator("h1")).to_have_text("spam")
    expect(frame(page).locator("article").first).to_be_visible()
    assert page.complaints == []


def test_the_source_of_a_mail_is_read_as_a_mail(page):
    page.fill(
        "#message", "Subject: lunch\nX-Other: free prize free prize\n\nlunch tomorrow at noon"
    )
    page.click("#judge")
    status_is(page, "Judged: ham")
    assert "X-Other" not in frame(page).locator("main").inner_text()


def test_nothing_is_asked_of_the_server_for_an_empty_message(page):
    page.click("#judge")
    status_is(page, "There is nothing")
    assert not [url for url in page.asked if url.endswith("/explain")]


def test_a_dropped_mail_is_judged_and_can_be_taken_away(page, tmp_path):
    letter = tmp_path / "letter.eml"
    letter.write_bytes(b"Subject: prize\n\nclaim your free prize")
    page.set_input_files("#choose", letter)
    status_is(page, "Judged: spam")
    expect(page.locator("#file-name")).to_contain_text("letter.eml")
    page.click("#no-file")
    expect(page.locator("#message")).to_be_visible()


def test_nothing_of_a_mail_runs_or_loads(page, tmp_path):
    letter = tmp_path / "hostile.eml"
    letter.write_bytes(HOSTILE)
    page.set_input_files("#choose", letter)
    status_is(page, "Judged: spam")
    expect(frame(page).locator("h1")).to_have_text("spam")
    page.wait_for_timeout(300)
    assert not page.evaluate_handle("window.hacked ?? null").json_value()
    assert [url for url in page.asked if not url.startswith((page.url, "data:", "about:"))] == []
    assert "<script>" in frame(page).locator("main").inner_text()  # shown, as text


def test_a_correction_needs_the_token_and_counts_at_once(at_server, serve, bundle, token):
    page = at_server(serve(bundle))
    page.fill("#message", "the regatta begins when the harbour bell rings")
    page.click("#judge")
    status_is(page, "Judged")
    page.click("#labels button >> nth=1")
    status_is(page, "A correction needs the token")
    page.fill("#token", "a wrong token")
    page.click("#labels button >> nth=1")
    status_is(page, "Not learned")
    page.fill("#token", token)
    page.keyboard.press("Alt+2")
    status_is(page, "Learned: this message is spam")
    expect(frame(page).locator("h1")).to_have_text("spam")


def test_where_a_message_is_refused_no_other_verdict_is_shown(at_server, strict):
    page = at_server(strict)
    page.fill("#message", "claim your free prize")
    page.click("#judge")
    status_is(page, "Judged: spam")
    page.evaluate("document.getElementById('message').value = 'lunch '.repeat(200000)")
    page.click("#judge")
    status_is(page, "Not judged: the body is larger than 1,048,576 bytes")
    expect(frame(page).locator("h1")).to_have_count(0)
    expect(page.locator("#correcting")).to_be_hidden()


def test_on_a_narrow_screen_the_verdict_comes_into_view(page):
    page.set_viewport_size({"width": 400, "height": 700})
    page.fill("#message", "claim your free prize")
    page.click("#judge")
    status_is(page, "Judged: spam")
    expect(frame(page).locator("h1")).to_be_in_viewport()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_clear_begins_anew(page):
    page.fill("#message", "claim your free prize")
    page.click("#judge")
    status_is(page, "Judged")
    page.keyboard.press("Alt+x")
    expect(page.locator("#message")).to_have_value("")
    expect(page.locator("#correcting")).to_be_hidden()
