"""The quality pages as files: what stands on them, that it is escaped, linked, light and quick."""

from __future__ import annotations

import json
import re
import time
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import unquote

import pytest

from annual_reports import reading
from annual_reports.report import REJECT_CODES
from expectations import pages
from expectations.pages import marking, questions, report_pages
from expectations.pages.rejects import WAYS_OUT
from warehouse import database, load, reference
from warehouse.frames import files, frames
from warehouse.home import Home


class Text(HTMLParser):
    """The words that a browser would show, tooltips included, and the elements by tag."""

    def __init__(self, html):
        super().__init__()
        self.words, self.tags, self._inside = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", "".join(self.words))

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


def page(site, name):
    return Text((site / name).read_text("utf-8"))


def test_the_overview_counts_and_says_what_to_do(site):
    shown = page(site, "index.html").text
    for words in (
        "2 个机关 2023 至 2024 年度的 4 份报告",
        "2 行数据在隔离区",
        "2 个文件没有读成",
        "1 份报告的机关没有识别出来",
        "C11 自述的增减应与文中两年的数字相符：1 行不合",
        "完成，有拒收或隔离",
    ):
        assert words in shown
    labels = [svg["aria-label"] for svg in page(site, "index.html").all("svg") if "aria-label" in svg]
    assert "C11 最近 2 次检验中，有 1 次有不合格的行" in labels


def test_every_rule_has_a_page_with_its_reason(site):
    rules = pages.known_rules()
    for rule in rules.values():
        shown = page(site, f"rules/{rule.id}.html").text
        assert rule.sentence in shown
        assert rule.because in shown
    listed = page(site, "rules.html")
    assert {a["href"] for a in listed.all("a") if a["href"].startswith("rules/")} == {f"rules/{r}.html" for r in rules}


def test_a_rule_page_shows_the_failing_row_with_its_source_sentence(site, loaded):
    report = loaded.ids["白水乡2024<b>.txt"]
    shown = page(site, "rules/C11.html")
    assert "说明＝(365-412)/412=-11.41%，文中为21.4%" in shown.text
    assert "全年办理12345热线诉求365件，上年为412件，同比下降21.4%。" in shown.text
    [link] = [a["href"] for a in shown.all("a") if "reports/" in a["href"] and "#" in a["href"]]
    target, _, anchor = link.removeprefix("../").partition("#")
    assert target == f"reports/{report}.html"
    assert anchor in {m["id"] for m in page(site, target).all("mark")}


def test_a_rule_page_shows_the_sentence_of_a_row_that_is_held(site):
    shown = page(site, "rules/Q05.html").text
    assert "原文写法＝3800余份；按位置取出的原文＝3000余份" in shown
    assert "全年开展法治讲座12场，发放宣传资料3000余份。" in shown
    assert "平川县青石镇人民政府 2024" in shown


def test_quarantine_lists_every_held_row_with_its_reasons(site, loaded):
    shown = page(site, "quarantine.html")
    held = loaded.con.sql("SELECT quarantine_id, row_id FROM quality.quarantine").fetchall()
    assert len(held) == 2  # a figure, and the fact that rests on it
    for quarantine_id, row_id in held:
        assert quarantine_id in shown.text
        assert row_id in shown.text
    assert "Q05 按位置取出的原文应与所记写法一致（空白不计）：原文写法＝3800余份" in shown.text


def test_a_held_fact_is_shown_with_the_sentence_of_its_evidence(loaded):
    con = loaded.con
    [(figure, sentence)] = con.execute(
        "SELECT quantity_id, sentence FROM core.quantities WHERE printed = '46轮' ORDER BY ALL LIMIT 1"
    ).fetchall()
    content = json.dumps({"fact_id": "x-f0", "evidence": [figure]})
    con.execute("BEGIN")
    try:
        con.execute(
            "INSERT INTO quality.quarantine (quarantine_id, table_name, row_id, rules, reasons, content, status)"
            " VALUES ('x', 'facts', 'x-f0', 'F26', 'F26 …', ?, 'held')",
            [content],
        )
        [shown] = [row for row in questions.quarantine(con, 100) if row["quarantine_id"] == "x"]
    finally:
        con.execute("ROLLBACK")
    assert (shown["sentence"], shown["printed"]) == (sentence, "46轮")


def test_a_report_page_shows_the_whole_text_with_every_figure_marked(site, loaded):
    key = loaded.ids["青石镇2023.txt"]
    text, quantities = loaded.con.execute(
        "SELECT r.text, list(struct_pack(printed, span_start)) FROM core.reports AS r JOIN core.quantities AS q "
        "USING (report_id) WHERE r.report_id = ? GROUP BY r.text",
        [key],
    ).fetchall()[0]
    html = (site / f"reports/{key}.html").read_text("utf-8")
    article = re.search(r"<article.*?</article>", html, re.S)[0]
    body = re.sub(r'<span class="tip".*?</span></span>|<sup>.*?</sup>|<small.*?</small>', "", article, flags=re.S)
    assert re.sub(r"\s", "", "".join(Text(body).words)) == re.sub(r"\s", "", text)
    marked = re.findall(r"<mark[^>]*>(?:<i[^>]*></i>)*(.*?)(?:<sup>|<span)", article)
    assert sorted(marked) == sorted(q["printed"] for q in quantities)
    assert {"12场", "3000余份", "46轮", "140件", "131件", "93.6%", "21件", "100%"} <= set(marked)


def test_a_figure_tells_its_code_name_value_bound_role_and_rule(site, loaded):
    shown = page(site, f"reports/{loaded.ids['青石镇2023.txt']}.html")
    for words in (
        "publicity_materials_distributed",
        "3,000 份，至少（3,001 至 3,999）",
        "完成数（2023 年）",
        "判定：",
    ):
        assert words in shown.text
    by_role = {mark["class"] for mark in shown.all("mark")}
    assert {"achieved", "unmatched", "target", "comparative", "change"} <= by_role
    assert all(mark["tabindex"] == "0" and mark["aria-describedby"] for mark in shown.all("mark"))
    assert "没有指标认领的完成数（1）" in shown.text


def test_a_wrong_heading_number_is_shown_as_printed_and_as_it_should_be(site, loaded):
    shown = page(site, f"reports/{loaded.ids['青石镇2023.txt']}.html").text
    assert "3、规范行政执法 序号应为（三）" in shown


def test_what_a_report_contains_is_text_and_never_markup(site, loaded):
    for path in site.rglob("*.html"):
        if "gx" in path.parts:
            continue
        shown = Text(path.read_text("utf-8"))
        assert shown.all("script") == [], path
        assert not [a for tag, a in shown.tags if any(name.startswith("on") for name in a)], path
        assert shown.all("img") == [], path
    hostile = page(site, f"reports/{loaded.ids['白水乡2024<b>.txt']}.html")
    assert "<script>document.title='被改了'</script>" in hostile.text
    assert "白水乡2024<b>.txt" in hostile.text
    assert "<i>公开.txt" in page(site, "rejected.html").text


def test_rejected_files_have_their_reason_and_the_way_out(site):
    shown = page(site, "rejected.html").text
    assert "空.txt" in shown
    assert WAYS_OUT["empty"] in shown
    assert "不是法治政府建设年度报告" in shown


def test_every_reject_code_has_a_way_out():
    assert set(WAYS_OUT) == set(REJECT_CODES)


def test_unmatched_figures_are_listed_by_phrase(site):
    shown = page(site, "unmatched.html").text
    assert "选派联络员驻点排班N轮44看原文 选派联络员驻点排班46轮。" in shown  # 4 times in 4 reports


def test_an_unresolved_issuer_is_listed_and_its_page_says_so(site, loaded):
    key = loaded.ids["某地.txt"]
    assert f"reports/{key}.html" in [a["href"] for a in page(site, "unresolved.html").all("a")]
    assert "不参与同比" in page(site, f"reports/{key}.html").text


def test_every_link_leads_to_a_page_and_every_anchor_to_an_element(site):
    for path in site.rglob("*.html"):
        if "gx" in path.relative_to(site).parts:
            continue
        shown = Text(path.read_text("utf-8"))
        for link in [*shown.all("a"), *shown.all("link")]:
            href = link["href"]
            assert not re.match(r"https?:|//", href), (path, href)
            if href.startswith("data:"):
                continue
            name, _, anchor = unquote(href).partition("#")
            target = (path.parent / name) if name else path
            assert target.is_file(), (path, href)
            if anchor and target.suffix == ".html":
                ids = {a["id"] for _, a in Text(target.read_text("utf-8")).tags if "id" in a}
                assert anchor in ids, (path, href)


def test_every_id_stands_once_on_its_page(site):
    for path in site.rglob("*.html"):
        if "gx" not in path.relative_to(site).parts:
            ids = [a["id"] for _, a in page(site, path.relative_to(site)).tags if "id" in a]
            assert len(ids) == len(set(ids)), path


def test_pages_say_their_language_and_charts_have_words(site):
    for path in site.glob("*.html"):
        shown = page(site, path.name)
        assert shown.all("html") == [{"lang": "zh-CN"}]
        assert all(svg.get("aria-label") or svg.get("aria-labelledby") for svg in shown.all("svg")), path


def luminance(colour):
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(a, b):
    lighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_text_and_marks_have_enough_contrast(site):
    css = (site / "style.css").read_text("utf-8")
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", css))
    colours = {name: "#" + "".join(c * 2 for c in c6[1:]) if len(c6) == 4 else c6 for name, c6 in colours.items()}
    for name in ("ink", "soft", "link", "good", "warn", "bad", "accent"):
        for ground in ("paper", "back"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
    grounds = re.findall(r"^\.(\w+) \{ background: (#[0-9a-f]{6}); border-bottom", css, re.M)
    assert {css_class for css_class, _ in grounds} == set(report_pages.ROLE_WORDS)
    for role, ground in grounds:
        assert contrast(colours["ink"], ground) >= 7, role
        assert contrast(colours["soft"], ground) >= 4.5, role


def test_many_report_pages_are_written_by_processes_and_are_the_same(loaded, tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "MANY", 1)
    monkeypatch.setattr(pages, "BATCH", 2)
    alone, together = tmp_path / "alone", tmp_path / "together"
    assert pages.render(loaded.con, alone) == pages.render(loaded.con, together, processes=2)
    written = {page.name: made_at(page) for page in (together / "reports").glob("*.html")}
    assert written == {page.name: made_at(page) for page in (alone / "reports").glob("*.html")}


def made_at(page):
    """The page without the moment at which it was made."""
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "", page.read_text("utf-8"))


def test_a_page_that_cannot_be_written_by_a_process_is_told(loaded, tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "MANY", 1)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / f"{loaded.ids['青石镇2023.txt']}.html").mkdir()  # in the way
    with pytest.raises(RuntimeError, match="报告页没有写成"):
        pages.render(loaded.con, tmp_path, processes=2)


def test_a_second_rendering_leaves_unchanged_reports_and_drops_gone_ones(loaded, tmp_path):
    first = pages.render(loaded.con, tmp_path)
    stray = tmp_path / "rules" / "X99.html"
    stray.write_text("旧", "utf-8")
    kept = tmp_path / "reports" / f"{loaded.ids['青石镇2023.txt']}.html"
    kept.write_text("没动过", "utf-8")
    assert first - pages.render(loaded.con, tmp_path) == 4
    assert kept.read_text("utf-8") == "没动过"
    assert not stray.exists()
    made = []
    pages.render(
        loaded.con, tmp_path, changed_reports={kept.stem}, progress=lambda done, total: made.append((done, total))
    )
    assert made == [(0, 1), (1, 1)]
    assert "没动过" not in kept.read_text("utf-8")
    loaded.con.execute("BEGIN TRANSACTION")
    try:
        loaded.con.execute("DELETE FROM core.reports WHERE report_id = ?", [kept.stem])
        pages.render(loaded.con, tmp_path)
        assert not kept.exists()
        assert len(list((tmp_path / "reports").glob("*.html"))) == 3
    finally:
        loaded.con.execute("ROLLBACK")


def test_rendering_leaves_nothing_in_the_warehouse(loaded, site):
    tables = "SELECT table_name FROM duckdb_tables() WHERE table_name IN ('standing', 'baseline', 'previous_reports')"
    assert loaded.con.execute(tables).fetchall() == []


def test_an_empty_warehouse_has_pages_too(tmp_path):
    con = database.open(Home.at(tmp_path / "home").make())
    try:
        assert pages.render(con, tmp_path / "site") == 8
        assert "还没有入库的报告" in page(tmp_path / "site", "index.html").text
        assert "没有要处理的事" in page(tmp_path / "site", "index.html").text
    finally:
        con.close()


def big(n):
    """A report of ``n`` paragraphs with three figures each."""
    rows = [f"全年开展法治讲座{12 + k}场，发放宣传资料{3000 + k}余份，化解矛盾纠纷{100 + k}件。" for k in range(n)]
    head = "平川县青石镇人民政府关于2024年法治政府建设情况的报告\n一、主要举措和成效\n"
    return (head + "\n".join(rows) + "\n二、存在的不足和原因\n力量薄弱。\n三、下一年度工作安排\n继续努力。\n").encode()


def store(con, given):
    readings = [reading.read(data, name) for name, data in given.items()]
    load_id = load.begin(con, "1", "c1")
    seen = load.locations([(r.sha256, r.file, None, r.size) for r in readings], database.now())
    versions = {"load_id": load_id, "reader_version": "1", "catalogue_version": "c1"}
    load.load_chunk(con, frames(readings), files(readings), seen, **versions)
    return readings


def test_a_very_long_report_goes_on_over_several_light_pages(tmp_path):
    con = database.open(Home.at(tmp_path / "home").make())
    try:
        reference.refresh(con, Home.at(tmp_path / "home"))
        [read] = store(con, {"长.txt": big(1500)})
        pages.render(con, tmp_path / "site")
    finally:
        con.close()
    made = sorted((tmp_path / "site" / "reports").glob("*.html"))
    assert len(made) > 3
    assert max(path.stat().st_size for path in made) < 1_000_000
    marks = sum(len(page(tmp_path / "site", p.relative_to(tmp_path / "site")).all("mark")) for p in made)
    assert marks == len({(q.start, q.end) for q in read.quantities})


def test_long_lists_are_cut_into_light_pages(tmp_path):
    con = database.open(Home.at(tmp_path / "home").make())
    try:
        con.execute("""
            INSERT INTO raw.files BY NAME
            SELECT md5(n::VARCHAR) AS sha256, 10 AS size, 'rejected' AS status, 'empty' AS reason_code,
                repeat('很长的原因', 200) AS reason, repeat('目录/', 80) || n || '.txt' AS first_path,
                '1' AS reader_version, 'c' AS catalogue_version, TIMESTAMP '2026-11-01' AS first_seen, 'L' AS load_id
            FROM range(5000) AS numbers (n)
        """)
        pages.render(con, tmp_path / "site")
    finally:
        con.close()
    made = sorted((tmp_path / "site").glob("rejected*.html"))
    assert len(made) == pages.LISTED // 200
    assert max(path.stat().st_size for path in made) < 1_000_000
    assert "只列前 2,000 行" in page(tmp_path / "site", "rejected.html").text


def test_a_report_page_takes_about_ten_milliseconds(tmp_path):
    con = database.open(Home.at(tmp_path / "home").make())
    try:
        reference.refresh(con, Home.at(tmp_path / "home"))
        store(con, {f"{n}.txt": big(20) + str(n).encode() for n in range(100)})
        con.execute("UPDATE core.reports SET figures_hash = report_id")
        reports = con.execute("SELECT count(*) FROM core.reports").fetchall()[0][0]
        pages.render(con, tmp_path / "warm")
        before = time.process_time()
        pages.render(con, tmp_path / "site")
        spent = time.process_time() - before
    finally:
        con.close()
    assert len(list((tmp_path / "site" / "reports").glob("*.html"))) == reports
    assert spent / reports < 0.02  # measured: 6 ms for 60 figures


class TestMarks:
    def quantity(self, start, end, n, **more):
        row = {"quantity_id": f"r-q{n}", "span_start": start, "span_end": end, "role": "achieved", "indicator": None}
        row |= {"bound": "exact", "low": 1.0, "high": 1.0, "value": 1.0, "unit": "件", "scope": ""}
        return SimpleNamespace(**row | more)

    def test_one_number_for_two_indicators_is_one_mark_with_two_readings(self):
        [mark] = marking.marks([self.quantity(2, 5, 0), self.quantity(2, 5, 1)], 10)
        assert (mark.start, mark.end, len(mark.readings)) == (2, 5, 2)

    def test_a_figure_inside_another_is_told_with_it(self):
        marks = marking.marks([self.quantity(4, 6, 1), self.quantity(2, 8, 0), self.quantity(8, 9, 2)], 10)
        assert [(m.start, m.end, [r.quantity_id for r in m.readings]) for m in marks] == [
            (2, 8, ["r-q0", "r-q1"]),
            (8, 9, ["r-q2"]),
        ]

    def test_a_place_outside_the_text_is_not_marked(self):
        assert marking.marks([self.quantity(8, 12, 0), self.quantity(-1, 2, 1), self.quantity(3, 3, 2)], 10) == []

    def test_a_run_in_heading_is_cut_from_its_body(self):
        text = "报告\n（一）强化组织领导。一是开会3次。\n完。"
        head = SimpleNamespace(section_id="r-s0", span_start=3, level=2, title="强化组织领导", repaired=False)
        head.canonical, head.marker = "measures", "（一）"
        made = marking.blocks(text, "报告", [head], [])
        assert [block.html for block in made] == [
            '<p class="title">报告</p>',
            '<h4 id="s0">（一）强化组织领导。</h4>',
            "<p>一是开会3次。</p>",
            "<p>完。</p>",
        ]

    @pytest.mark.parametrize(
        ("bound", "low", "high", "words"),
        [
            ("exact", 5.0, 5.0, ""),
            ("at_least", 9001.0, 9999.0, "（9,001 至 9,999）"),
            ("at_least", 40.0, None, "（至少 40）"),
            ("at_most", None, 4.5, "（至多 4.5）"),
        ],
    )
    def test_bounds_in_words(self, bound, low, high, words):
        assert marking.allowed(bound, low, high) == words


def test_figures_of_a_batch_that_was_refused_explain_themselves(loaded, tmp_path):
    """A refused batch is not in core: its failing rows and its reason are shown all the same."""
    con = loaded.con
    con.execute("BEGIN TRANSACTION")
    try:
        con.execute("""
            INSERT INTO quality.runs VALUES
                ('r9', 'batch', 'L9', now()::TIMESTAMP + INTERVAL 1 DAY, NULL, 1, 1, 0, true, '事实有 30 行不合格');
            INSERT INTO quality.results VALUES
                ('r9', 'facts', 'F09', 'critical', '事实的单位应是该指标的单位', 'facts', false, 40, 30, '', NULL);
            INSERT INTO quality.failures VALUES ('r9', 'facts', 'F09', 'critical', 'facts', 'x-f1', 'x', '单位＝筐');
        """)
        pages.render(con, tmp_path)
    finally:
        con.execute("ROLLBACK")
    assert "入库前检验没有通过" in page(tmp_path, "index.html").text
    assert "事实有 30 行不合格" in page(tmp_path, "index.html").text
    assert "单位＝筐" in page(tmp_path, "rules/F09.html").text


def test_standing_failures_are_those_of_the_load_that_brought_the_report(loaded):
    questions.prepare(loaded.con)
    try:
        found = loaded.con.execute("SELECT rule, count(*) FROM standing GROUP BY rule ORDER BY rule").fetchall()
    finally:
        questions.finish(loaded.con)
    assert found == [("C11", 1), ("Q05", 1), ("R13", 1)]
