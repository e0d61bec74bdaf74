"""The report out of a page, without the site round it: no paragraph lost, no navigation let in.

The site is built in the manner of Chinese government pages; the report's own lines are known, so a page is right when
its blocks are exactly those.
"""

from datetime import date

import pytest

from annual_reports.files import HTML, Unreadable, read

TITLE = "青禾镇人民政府2024年法治政府建设情况报告"
REPORT = [
    "2024年，青禾镇在县委、县政府的正确领导下，扎实推进法治政府建设。现将有关情况报告如下：",
    "一、主要举措和成效",
    "（一）加强组织领导",
    "调整充实工作领导小组，召开专题会议5次，研究解决问题12个。",
    "（二）强化法治宣传",
    "开展宣传活动36场次，发放资料8000余份，受教育群众1.2万人次。",
    "全年未发生行政复议案件。",
    "审核把关到位",
    "二、存在的不足",
    "一是队伍力量薄弱。",
    "三、下一步安排",
    "深入学习宣传宪法，全年计划开展培训不少于4次。",
    "青禾镇人民政府",
    "2025年1月15日",
]
_MENU = "首页 政务公开 政务服务 互动交流 走进青禾 新闻动态 通知公告 数据发布".split()  # noqa: SIM905
NAVIGATION = (
    '<div class="header"><a href="/">青禾镇人民政府</a><ul class="nav">'
    + "".join(f'<li><a href="/c{n}">{word}</a></li>' for n, word in enumerate(_MENU))
    + "</ul><div>热搜词：<a href='/s'>医保</a> <a href='/s'>社保</a></div><span>无障碍浏览</span></div>"
)
CRUMB = '<div>当前位置：<a href="/">首页</a> &gt; <a href="/x">政务公开</a> &gt; <a href="/y">法治政府建设</a> &gt; 正文</div>'
SIDEBAR = (
    "<div><h3>信息公开目录</h3><ul>"
    + "".join(f'<li><a href="/{word}">{word}</a></li>' for word in ("机构职能", "领导信息", "财政预决算", "行政许可"))
    + "</ul></div>"
)
TOOLS = (
    '<div>【字体：<a href="#">大</a> <a href="#">中</a> <a href="#">小</a>】 <a href="#">打印本页</a> <a href="#">关闭窗口</a> '
    '分享到：<a href="#">微信</a></div>'
)
OTHERS = (
    "<div><h4>相关文章</h4><ul>"
    + "".join(
        f'<li><a href="/{y}">青禾镇{y}年法治政府建设情况报告</a><span>{y + 1}-01-20</span></li>'
        for y in (2021, 2022, 2023)
    )
    + "</ul></div>"
)
FOOTER = (
    "<div><p>主办：青禾镇人民政府　承办：党政办公室　联系电话：0000-1234567</p><p>网站标识码：0000000001　"
    '<a href="/i">某ICP备00000001号-1</a>　某公网安备 00000000000001号</p><p>版权所有，未经授权不得转载</p></div>'
)


def paragraphs(lines=REPORT, tag="p", attributes=""):
    return "".join(f"<{tag} {attributes}><span>{line}</span></{tag}>" for line in lines)


def site(content, head="", info="发布时间：2025-01-20 10:12　来源：青禾镇　浏览次数：123次"):
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{TITLE}_青禾镇人民政府</title>{head}"
        f"<script>var x='<p>脚本。</p>'</script><style>p{{}}</style></head><body>{NAVIGATION}{CRUMB}<div>{SIDEBAR}<div>"
        f"<h1>{TITLE}</h1><div>{info}</div>{TOOLS}{content}<div>上一篇：<a href='/p'>公告</a></div></div></div>{OTHERS}{FOOTER}</body></html>"
    )


def lines(page, name="a.html"):
    return [block.text.strip("\u3000\u00a0 ") for block in read(page.encode(), name).blocks]


CONTENTS = {
    "paragraphs in an editor's div": f'<div class="TRS_Editor"><!--Content Start-->{paragraphs()}<!--Content End--></div>',
    "divs": f"<div>{paragraphs(tag='div')}</div>",
    "sections as messengers write them": "".join(f"<section><section><span>{x[:6]}</span><span>{x[6:]}</span></section></section>" for x in REPORT),
    "breaks and indents": "<div id='zoom'>" + "<br/>".join("&nbsp;&nbsp;&nbsp;&nbsp;" + x for x in REPORT) + "</div>",
    "breaks and wide indents": "<div>" + "<br>".join("　　" + x for x in REPORT) + "</div>",
    "two containers": f"<div>{paragraphs(REPORT[:5])}</div><div>{paragraphs(REPORT[5:])}</div>",
    "bare text between paragraphs": "<div>" + "".join(f"{x}<p>{y}</p>" for x, y in zip(REPORT[::2], REPORT[1::2], strict=True)) + "</div>",
    "headings": "<div>" + "".join(f"<h2>{x}</h2>" if x[1] == "、" else f"<p>{x}</p>" for x in REPORT) + "</div>",
    "a layout table": f"<table><tr><td>{SIDEBAR}</td><td><table><tr><td>{paragraphs()}</td></tr></table></td></tr></table>",
    "a form round the page": f"<form>{paragraphs()}</form>",
    "an element of its own": f"<ucapcontent>{paragraphs()}</ucapcontent>",
    "old markup": "<center><font>" + "".join(f"<p><font size=4>{x}<br></font>" for x in REPORT) + "</font></center>",
    "hidden until a script shows it": f"<div style='display:none'>{paragraphs()}</div>",
    "an aside": f"<article><aside>{paragraphs()}</aside></article>",
    "a share button between": f"<div>{paragraphs(REPORT[:4])}{TOOLS}{paragraphs(REPORT[4:])}</div>",
    "Word's markup": "<div class=WordSection1>" + "".join(f"<p class=MsoNormal><b>{x[:2]}</b>{x[2:]}<o:p></o:p></p>" for x in REPORT) + "</div>",
    "an anchor that was never closed": "<div>" + "".join(f'<p><a name="_x">{x}</p>' for x in REPORT) + "</div>",
    "source lines broken anywhere": "<div>" + "".join(f"<p>\n  {x[:4]}\n  {x[4:]}\n</p>" for x in REPORT) + "</div>",
    **{f"a container called {name}": f'<div class="{name}">{paragraphs()}</div>' for name in (
        "comment-box", "sidebar-main", "footer-content", "share-content", "nav-con", "related", "meta", "print", "hidden", "banner")},
    **{f"paragraphs called {name}": paragraphs(attributes=f'class="{name}"') for name in ("author", "caption", "meta", "share", "tag")},
}  # fmt: skip


@pytest.mark.parametrize("name", CONTENTS)
def test_the_report_and_nothing_else(name):
    assert lines(site(CONTENTS[name])) == [TITLE, *REPORT]


def test_a_bare_page_without_a_site():
    document = read(
        f"<html><head><meta charset=utf-8></head><body>{paragraphs([TITLE, *REPORT])}</body></html>".encode(), "a.htm"
    )
    assert [block.text for block in document.blocks] == [TITLE, *REPORT]
    assert (document.media_type, document.encoding, document.title_hint) == (HTML, "utf-8", None)


def test_repeated_sentences_stand_as_often_as_printed():
    twice = [*REPORT[:6], REPORT[5], *REPORT[6:]]
    assert lines(site(paragraphs(twice))) == [TITLE, *twice]


def test_links_in_sentences_stay():
    law = '落实<a href="1">《中华人民共和国行政处罚法》</a>、<a href="2">《中华人民共和国行政复议法》</a>，开展检查352次。'
    assert (
        lines(site(paragraphs([*REPORT, law])))[-1]
        == "落实《中华人民共和国行政处罚法》、《中华人民共和国行政复议法》，开展检查352次。"
    )


def test_a_table_of_values_keeps_order_row_and_column():
    table = (
        "<table border=1><tbody><tr><th>项目</th><th>2023年</th><th>2024年</th></tr>"
        "<tr><td>行政检查（次）</td><td>310</td><td>352</td></tr><tr><td colspan=2>来源</td><td>司法所</td></tr></tbody></table>"
    )
    page = site(paragraphs(REPORT[:4]) + table + paragraphs(REPORT[4:]))
    blocks = read(page.encode(), "a.html").blocks
    cells = [(block.text, block.place) for block in blocks if block.kind == "cell"]
    assert cells == [
        ("项目", "表1第1行第1列"), ("2023年", "表1第1行第2列"), ("2024年", "表1第1行第3列"),
        ("行政检查（次）", "表1第2行第1列"), ("310", "表1第2行第2列"), ("352", "表1第2行第3列"),
        ("来源", "表1第3行第1列"), ("司法所", "表1第3行第3列"),
    ]  # fmt: skip
    assert [block.text for block in blocks if block.kind != "cell"] == [TITLE, *REPORT]
    assert blocks[5].kind == "cell"


def test_headings_have_their_level_and_the_title_none():
    page = site("<div><h2>一、主要举措和成效</h2><h3>（一）加强组织领导</h3>" + paragraphs(REPORT[3:]) + "</div>")
    blocks = read(page.encode(), "a.html").blocks
    assert [(block.text, block.kind, block.level) for block in blocks[:3]] == [
        (TITLE, "heading", None),
        ("一、主要举措和成效", "heading", 2),
        ("（一）加强组织领导", "heading", 3),
    ]
    assert [block.place for block in blocks[:4]] == ["第1段", "第2段", "第3段", "第4段"]


@pytest.mark.parametrize(
    ("head", "info", "day"),
    [
        ('<meta name="PubDate" content="2025-03-18 09:30">', "", date(2025, 3, 18)),
        ('<meta property="article:published_time" content="2025-03-18T01:30:00Z">', "", date(2025, 3, 18)),
        ("", "发布日期：2025年3月18日", date(2025, 3, 18)),
        ("", "日期： 2025/03/18 来源：本站", date(2025, 3, 18)),
        ("", "<em>2025-03-18 09:00</em>", date(2025, 3, 18)),
        ('<meta name="PubDate" content="2025-13-45">', "", None),
        ("", "阅读：5次", None),
    ],
)
def test_day_of_publication(head, info, day):
    assert read(site(paragraphs(), head, info).encode(), "a.html").published == day


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('<meta name="ArticleTitle" content="青禾镇报告（甲）">', "青禾镇报告（甲）"),
        ('<meta property="og:title" content="青禾镇报告（乙）">', "青禾镇报告（乙）"),
        ("", TITLE),
    ],
)
def test_title_hint(head, title):
    assert read(site(paragraphs(), head).encode(), "a.html").title_hint == title


@pytest.mark.parametrize(
    ("title", "hint"),
    [
        ("青禾镇2024年法治政府建设报告-青禾镇政府网", "青禾镇2024年法治政府建设报告"),
        ("青禾镇人民政府 - 通知公告 - 青禾镇2024年法治政府建设报告", "青禾镇2024年法治政府建设报告"),
        ("法治政府建设报告（2023-2024年）|青禾镇", "法治政府建设报告（2023-2024年）"),
    ],
)
def test_the_site_s_name_is_no_part_of_the_title(title, hint):
    page = f"<html><head><meta charset=utf-8><title>{title}</title></head><body>{paragraphs()}</body></html>"
    assert read(page.encode(), "a.html").title_hint == hint


@pytest.mark.parametrize(
    ("charset", "encoding", "name"),
    [("gb2312", "gb18030", "gb18030"), ("utf-8", "gb18030", "gb18030"), ("gbk", "utf-8", "utf-8"), ("nonsense", "gb18030", "gb18030"),
     ("utf-16", "utf-16", "utf-16-le")],
)  # fmt: skip
def test_the_bytes_are_believed_before_the_page(charset, encoding, name):
    page = site(paragraphs()).replace("charset='utf-8'", f"charset={charset}")
    document = read(page.encode(encoding), "a.html")
    assert document.encoding == name
    assert [block.text for block in document.blocks] == [TITLE, *REPORT]


def test_inline_markup_does_not_change_the_words():
    inner = "开展宣<b>传</b>36<i></i>场次，面积<span>1200</span>m<sup>2</sup>，见注<sup>3</sup>。<ruby>法<rt>fǎ</rt></ruby>治<del>旧</del>&ldquo;三项制度&rdquo;&nbsp;&#24180;。"
    assert (
        lines(site(paragraphs([*REPORT, inner])))[-1] == "开展宣传36场次，面积1200m²，见注³。法治“三项制度”\u00a0年。"
    )


def test_ordered_lists_print_their_numbers():
    page = site(
        paragraphs(REPORT)
        + "<ol><li>开展检查，发现问题。</li><li>2.自带序号，不再编号。</li><li>开展培训，提升能力。</li></ol>"
        + '<ol type="A" start="3"><li>第三项，用字母。</li></ol><ol style="list-style-type: cjk-ideographic"><li><p>汉字编号，一级。</p></li></ol>'
        + '<ol style="list-style:none"><li>没有编号，照原样。</li></ol><ul><li>圆点，没有编号。</li></ul>'
    )
    tail = read(page.encode(), "a.html").blocks[-7:]
    assert [(block.text, block.numbered) for block in tail] == [
        ("1. 开展检查，发现问题。", True), ("2.自带序号，不再编号。", False), ("3. 开展培训，提升能力。", True),
        ("C. 第三项，用字母。", True), ("一、汉字编号，一级。", True), ("没有编号，照原样。", False), ("圆点，没有编号。", False),
    ]  # fmt: skip


def test_a_link_that_swallows_the_page():
    page = f"<html><head><meta charset=utf-8></head><body>{NAVIGATION}<a href='/x'>{''.join(f'<div>{x}</div>' for x in REPORT)}</body></html>"
    assert [line for line in REPORT if line not in lines(page)] == []


@pytest.mark.parametrize(
    ("page", "code", "word"),
    [
        ("<html><body></body></html>", "empty", "没有正文"),
        ("<html><body><script>load()</script></body></html>", "empty", "脚本"),
        ("<html><body>" + "<div>" * 5000 + "字。", "damaged", "嵌套过深"),
    ],
)
def test_pages_that_hold_no_text(page, code, word):
    with pytest.raises(Unreadable) as refused:
        read(page.encode(), "a.html")
    assert (refused.value.code, word in refused.value.reason) == (code, True)
