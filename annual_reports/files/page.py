"""Which lines of a page are the report and which the site round it, and what the page says of itself.

Knows how Chinese government pages are built: navigation, place in the site, print and share buttons, lists of other
articles, the footer's filing numbers. Judges by what the lines say and link to, never by class names, which differ on
every site. Losing a paragraph of the report is the worst fault, so a line is dropped only on plain evidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from lxml import etree


@dataclass(slots=True)
class Line:
    """A line as the page shows it. ``linked`` characters of it are links; ``depth`` counts the tables round it."""

    text: str
    linked: int
    level: int | None
    numbered: bool
    place: str
    depth: int
    cell: bool = False
    title: bool = False


@dataclass(slots=True)
class Node:
    """An element that breaks lines: it holds the lines ``start`` … ``end`` - 1. ``parent`` indexes the node list."""

    tag: str
    parent: int | None
    start: int
    end: int = 0


@dataclass(frozen=True, slots=True)
class About:
    """What the page says of itself: the article's title without the site's name, and the day of publication."""

    title: str | None
    published: date | None


_SENTENCE = re.compile("[。；]|，.{4,}，")
_MARK = re.compile(
    "[\\s\u3000]*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|[0-9]{1,2}[.、．](?![0-9]))"
)
_DATES = re.compile(r"[\[(（【]?\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?: *\d{1,2}:\d{2}(?::\d{2})?)?[\])）】]?")
_LABELS = (  # stand before a colon
    "当前位置|您的位置|您现在的位置|你的位置|所在位置|发布时间|发布日期|发文日期|成文日期|更新时间|生成日期|信息来源|文章来源"
    "|来源|稿源|时间|日期|浏览次数|浏览量|点击数|点击量|点击率|点击|阅读次数|阅读量|访问量|浏览|阅读"
    "|访问次数|责任编辑|责编|编辑|审核|校对|录入|作者|供稿|字体|字号|字体大小|保护视力色|上一篇|下一篇|上一条|下一条|上一页|下一页|分享到"
    "|分享至|分享|扫一扫|主办单位|主办|承办单位|承办|协办|技术支持|运维单位|网站标识码|索引号|索 引 号|信息分类"
    "|主题分类|发布机构|发文机关|发文机构|发文字号|文 号|文号|主题词|公开方式|公开时限|有效性|信息名称|标题"
)
_BUTTONS = (  # stand alone
    "打印本页|打印|关闭窗口|关闭本页|关闭|收藏本页|收藏|返回顶部|返回首页|返回|分享|大|中|小|字体|上一篇|下一篇|扫一扫|网站地图|联系我们"
    "|无障碍浏览|无障碍|长者版|长者模式|首页|微信|微博|复制链接|继续滑动看下一个|轻触阅读原文|向上滑动|阅读原文|我要纠错|纠错"
)
_EDGE = "[\\s\u3000【】\\[\\]()（）|>»＞·:：-]*"
_SITE = re.compile(
    f"{_EDGE}(?:(?:{_LABELS})[\\s\u3000]*[:：]|(?:(?:{_BUTTONS}){_EDGE})+$|首页[\\s\u3000]*[>»＞]|您是第|今天是|微信扫一扫|扫描二维码"
    "|预览时标签不可点|(?:当前|您的)位置)"
)
_SITE_ANYWHERE = tuple(  # a sign that tells whether to look: the rule
    (sign, re.compile(rule))
    for sign, rule in (
        *((word, word) for word in ("网安备", "网站标识码", "版权所有", "©", "打印本页", "关闭窗口", "政府网站找错")),
        ("】", "【(?:打印|关闭|字体|大|中|小)[^】]*】|[大中小] ?[大中小] ?[大中小]】"),
        *((word, f"{word}[:：]") for word in ("浏览次数", "点击数", "阅读次数", "分享到")),
    )
)
_LATIN = re.compile("[A-Za-z]")
_SITE_IN_LATIN = re.compile("ICP备|Copyright|All Rights Reserved", re.I)
_OTHERS = re.compile(
    "[\\s\u3000【\\[]*(?:相关|推荐|热门|最新|更多)(?:文章|链接|阅读|新闻|附件|信息|稿件|文档|解读|政策|内容|公开)?[\\s\u3000:：】\\]]*$"
)


def main_text(lines: list[Line], nodes: list[Node], title: str | None) -> list[Line]:
    """The report's lines in order, first its title where the page shows one above the text. Table cells are marked."""
    weights = [_weight(line) for line in lines]
    if not any(weights):  # a link that was never closed swallows everything behind it
        for line in lines:
            line.linked = 0
        weights = [_weight(line) for line in lines]
    first, last = _container(lines, nodes, weights) if any(weights) else (0, len(lines))
    _mark_cells(lines, nodes)
    kept = _without_site(lines[first:last], weights[first:last])
    shown = _title_line(lines[:first], title)
    if shown is not None and not any(_same(line.text, shown.text) for line in kept[:3]):
        kept.insert(0, shown)
    return kept


def _weight(line: Line) -> int:
    """How many characters of running text a line holds: none for links and labels."""
    if not _SENTENCE.search(line.text) or line.linked * 2 > len(line.text) or _names_site(line.text):
        return 0
    return len(line.text)


def _names_site(text: str) -> bool:
    """Whether words stand in ``text`` that only the site round a report has."""
    if any(sign in text and rule.search(text) for sign, rule in _SITE_ANYWHERE):
        return True
    return _LATIN.search(text) is not None and _SITE_IN_LATIN.search(text) is not None


def _container(lines: list[Line], nodes: list[Node], weights: list[int]) -> tuple[int, int]:
    """The lines of the smallest element that holds all running text but scraps, and every heading of its own.

    An element is entered where it leaves outside at most a fiftieth of the running text, or up to a quarter of which
    every line is a scrap (a teaser in a sidebar): a paragraph that stands apart keeps the wider element.
    """
    text = _sums(weights)
    solid = _sums([weight if not _is_scrap(line) else 0 for line, weight in zip(lines, weights, strict=True)])
    headings = _sums([int(_MARK.match(line.text) is not None and not line.linked) for line in lines])
    start, end = 0, len(lines)
    for node in sorted(nodes, key=lambda node: (node.start, -node.end)):
        if not start <= node.start < node.end <= end:
            continue
        left_out = text[-1] - (text[node.end] - text[node.start])
        solid_left_out = solid[-1] - (solid[node.end] - solid[node.start])
        only_scraps = left_out * 50 <= text[-1] or (left_out * 4 <= text[-1] and not solid_left_out)
        if only_scraps and headings[end] - headings[start] == headings[node.end] - headings[node.start]:
            start, end = node.start, node.end
    return start, end


def _sums(values: list[int]) -> list[int]:
    return [0, *accumulate(values)]


def _is_scrap(line: Line) -> bool:
    shortened = line.text.rstrip().endswith(("…", "...", "]"))
    return line.text.count("。") < 2 and not _MARK.match(line.text) and (line.linked > 0 or shortened)


def _mark_cells(lines: list[Line], nodes: list[Node]) -> None:
    """Cells of tables of values, not of tables that lay out the page: several columns, short cells, no table inside."""
    depths: list[int] = []
    for node in nodes:
        depths.append((depths[node.parent] if node.parent is not None else 0) + (node.tag == "table"))
    for node, depth in zip(nodes, depths, strict=True):
        inside = lines[node.start : node.end] if node.tag == "table" else []
        if not inside or not all(line.depth == depth for line in inside):
            continue
        cells = {line.place for line in inside}
        columns = {place.rpartition("行")[2] for place in cells}
        long = sum(len(line.text) > 120 for line in inside)
        if len(columns) > 1 and long * 10 <= len(inside) <= 2 * len(cells):
            for line in inside:
                line.cell = bool(line.place)


def _without_site(lines: list[Line], weights: list[int]) -> list[Line]:
    kept: list[Line] = []
    others = False
    prose_left = sum(weight > 0 for weight in weights)
    for line, weight in zip(lines, weights, strict=True):
        prose_left -= weight > 0
        if _OTHERS.match(line.text) and not prose_left:
            others = True  # nothing but other articles follows
        if others or _is_site(line):
            continue
        kept.append(line)
    return kept


def _is_site(line: Line) -> bool:
    """Navigation, buttons, labels of the page, lists of links. Text with a full sentence never is, unless it names the
    site's registration."""
    text = line.text.strip(" \n\u00a0\u3000")
    if line.cell and not line.linked:
        return False
    sentence = _SENTENCE.search(text) is not None
    if not sentence and len(text) <= 150 and (_SITE.match(text) or _names_site(text)):
        return not _MARK.match(text)
    if len(text) <= 200 and _names_site(text) and not _MARK.match(text):
        return True
    if sentence or not line.linked or _MARK.match(text):
        return False
    words = len(_DATES.sub("", text).strip(" >＞»|·\u00a0\u3000"))
    return line.linked * 5 >= words * 3


def _title_line(above: list[Line], title: str | None) -> Line | None:
    """The line above the text that is the article's title, the nearest one."""
    for line in reversed(above):
        if title and _same(line.text, title) and not line.linked:
            line.title, line.cell = True, False
            return line
    return None


def _same(one: str, other: str) -> bool:
    return "".join(one.split()) == "".join(other.split())


_META_TITLE = ("articletitle", "og:title", "title", "dc.title")
_META_DATE = ("pubdate", "publishdate", "article:published_time", "publish_time", "dc.date", "createdate")
_DAY = re.compile(r"(20\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_DAY_LABEL = re.compile(
    "(?:发布时间|发布日期|发文日期|公开日期|日期|时间)[\\s\u00a0\u3000]*[:：]?[\\s\u00a0\u3000]*" + _DAY.pattern
)
_SITE_NAME = re.compile(r"\s*[_|｜]\s*|\s+[-–—]\s+|[-–—]{2,}|[-–—](?=[^-–—]{2,20}(?:网|网站|门户|政府|平台)$)")


def about(root: etree._Element, lines: list[Line]) -> About:
    """Title and date from the page's meta elements, else its only h1 and <title>, and a line that names the date."""
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").strip().lower()
        content = (meta.get("content") or "").strip()
        if name and content:
            metas.setdefault(name, content)
    heads = [line.text for line in lines if line.level == 1]
    titles = [metas[name] for name in _META_TITLE if name in metas] + heads[: 1 if len(heads) == 1 else 0]
    titles += [" ".join(text.split()) for text in (root.findtext(".//title"),) if text]
    title = next((plain for plain in map(_without_site_name, titles) if plain), None)
    days = [_day(metas[name]) for name in _META_DATE if name in metas]
    days += [_day(line.text, _DAY_LABEL) for line in lines if len(line.text) < 200 and "20" in line.text]
    days += [_day(line.text) for line in lines[:40] if not line.linked and len(line.text) < 30 and ":" in line.text]
    return About(title, next(filter(None, days), None))


def _without_site_name(title: str) -> str:
    """``报告_青禾镇人民政府`` → ``报告``: the part that speaks of a report, else the first."""
    parts = [part.strip() for part in _SITE_NAME.split(title) if part and part.strip()]
    return next((part for part in parts if "报告" in part or "总结" in part), parts[0] if parts else "")


def _day(text: str, pattern: re.Pattern[str] = _DAY) -> date | None:
    found = pattern.search(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
