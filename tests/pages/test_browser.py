"""The quality pages in a real browser: no error, no request beyond the disk, everything reachable by keyboard."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not Path(CHROMIUM).is_file(), reason="没有 chromium（Debian：apt-get install chromium），浏览器测试略过"
    ),
]


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="没有 playwright，浏览器测试略过")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


class Visit:
    """An open page with what it complained of and what it asked for."""

    def __init__(self, page):
        self.page, self.errors, self.requests = page, [], []
        page.on("console", lambda message: message.type in ("error", "warning") and self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("requestfailed", self._failed)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("dialog", lambda dialog: (self.errors.append(f"dialog {dialog.message}"), dialog.dismiss()))

    def _failed(self, request):
        if not request.is_navigation_request():  # Data Docs start a second one when a row is clicked
            self.errors.append(f"{request.url} {request.failure}")

    def open(self, path):
        self.page.goto(path.as_uri())
        return self

    def abroad(self):
        return [url for url in self.requests if not url.startswith(("file:", "data:"))]


@pytest.fixture
def visit(browser):
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    yield Visit(page)
    page.close()


def test_no_page_has_an_error_or_asks_for_anything_beyond_the_disk(visit, site):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 150
    some = [p for p in pages if p.parent.name != "rules"] + [p for p in pages if p.parent.name == "rules"][:12]
    for path in some:
        visit.open(path)
        assert visit.errors == [], path
        assert visit.abroad() == [], path
        assert visit.page.locator("body").inner_text().strip(), path


def test_the_overview_shows_what_to_do_and_leads_there(visit, site):
    page = visit.open(site / "index.html").page
    assert page.title() == "总览 · 法治年报数仓质量报告"
    todo = page.get_by_role("heading", name="要处理的事").locator("xpath=following-sibling::ul[1]")
    assert todo.get_by_text("行数据在隔离区").is_visible()
    charts = page.get_by_role("img")
    assert charts.count() >= 3
    assert all(
        box and box["width"] > 100 for box in [page.locator("figure svg").nth(n).bounding_box() for n in range(3)]
    )
    page.get_by_role("link", name="2 行数据在隔离区").click()
    assert page.get_by_role("heading", level=1).inner_text() == "隔离的行"
    assert page.get_by_text("原文写法＝3800余份").first.is_visible()


def test_figures_are_reached_by_keyboard_and_tell_what_was_read(visit, site, loaded):
    page = visit.open(site / f"reports/{loaded.ids['青石镇2023.txt']}.html").page
    mark = page.locator("mark", has_text="3000余份")
    tip = mark.locator(".tip")
    assert not tip.is_visible()
    for _ in range(80):
        page.keyboard.press("Tab")
        if mark.evaluate("e => e === document.activeElement"):
            break
    assert tip.is_visible()
    assert "发放宣传资料份数 publicity_materials_distributed" in tip.inner_text()
    assert "3,001 至 3,999" in tip.inner_text()
    assert mark.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    assert not tip.is_visible()
    mark.hover()
    assert tip.is_visible()


def test_skip_link_is_the_first_stop(visit, site):
    page = visit.open(site / "index.html").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_a_fact_leads_to_its_place_in_the_text(visit, site, loaded):
    page = visit.open(site / f"reports/{loaded.ids['青石镇2023.txt']}.html").page
    page.get_by_role("complementary").get_by_role("link", name="发放宣传资料份数").click()
    target = page.locator("mark:target")
    assert target.inner_text().startswith("3000余份")
    assert target.bounding_box()["y"] < 1000


def test_kinds_of_figures_can_be_hidden_and_differ_in_more_than_colour(visit, site, loaded):
    page = visit.open(site / f"reports/{loaded.ids['青石镇2023.txt']}.html").page
    kinds = page.locator(".legend input").evaluate_all("es => es.map(e => e.id.slice(5))")
    lines = {
        k: page.locator(f"article mark.{k}").first.evaluate("e => getComputedStyle(e).borderBottomStyle") for k in kinds
    }
    words = {k: page.locator(f"article mark.{k}").first.inner_text() for k in kinds}
    assert lines["achieved"] == "solid"
    assert (lines["unmatched"], lines["target"], lines["comparative"]) == ("dashed", "dotted", "double")
    assert words["target"].endswith("目标")
    assert words["unmatched"].endswith("未匹配")
    ground = "e => getComputedStyle(e).backgroundColor"
    target = page.locator("article mark.target").first
    assert target.evaluate(ground) == "rgb(219, 231, 246)"
    page.get_by_label("目标数").uncheck()
    assert target.evaluate(ground) == "rgba(0, 0, 0, 0)"


def test_a_script_in_a_report_stays_text(visit, site, loaded):
    visit.open(site / f"reports/{loaded.ids['白水乡2024<b>.txt']}.html")
    assert visit.page.title() == "平川县白水乡人民政府 2024 · 法治年报数仓质量报告"
    assert visit.page.get_by_text("<script>document.title='被改了'</script>").first.is_visible()
    assert visit.page.locator("article script, article img").count() == 0
    assert visit.errors == []


def test_nothing_runs_off_a_narrow_screen(browser, site, loaded):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    for name in ("index.html", "rules.html", f"reports/{loaded.ids['青石镇2023.txt']}.html", "rejected.html"):
        page.goto((site / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    page.close()


def test_a_report_prints_with_its_marks_and_without_the_menu(visit, site, loaded, tmp_path):
    page = visit.open(site / f"reports/{loaded.ids['青石镇2023.txt']}.html").page
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation", name="各页").is_visible()
    assert page.locator("article mark").first.evaluate("e => getComputedStyle(e).borderBottomStyle") == "solid"
    pdf = tmp_path / "report.pdf"
    page.pdf(path=pdf)
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    words = "".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
    assert "发放宣传资料" in re.sub(r"\s", "", words)


def test_the_overview_prints_with_all_its_borders_and_no_filler(visit, site):
    page = visit.open(site / "index.html").page
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 between the margins of @page
    edges = page.eval_on_selector_all(
        ".chart, .wide, .todo, .numbers li", "all => all.map(e => e.getBoundingClientRect().right)"
    )
    assert max(edges) <= 687, "a border on the edge of the page is cut off"
    tiles = page.eval_on_selector_all(".numbers li", "all => all.map(e => e.getBoundingClientRect().top)")
    assert [tiles.count(top) for top in dict.fromkeys(tiles)] == [3, 3], "no row of tiles is left open"
    assert page.eval_on_selector(".numbers", "e => getComputedStyle(e).backgroundColor") == "rgba(0, 0, 0, 0)"
    charts = page.eval_on_selector_all(".chart", "all => all.map(e => e.getBoundingClientRect().top)")
    assert charts[0] == charts[1], "charts stand side by side, so that they do not push each other to new pages"


def test_data_docs_open_offline_with_their_tables(visit, site):
    page = visit.open(site / "gx" / "index.html").page
    assert page.get_by_text("Validation Results").first.is_visible()
    page.get_by_role("link", name="stored_facts").first.click()
    page.get_by_text("W11（关键）每项事实应有其报告").first.wait_for()  # a slow machine is still laying out its tables
    page.get_by_role("link", name="返回质量报告").click()
    assert page.get_by_role("heading", level=1).inner_text() == "总览"
    assert visit.errors == []
    assert visit.abroad() == []
