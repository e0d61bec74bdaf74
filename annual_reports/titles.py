"""The title of a document, and what kind of document it is: an annual report that is read, or one of its look-alikes.

Knows where a title stands (before the first paragraph, over one to four lines, with its issuer above and its year in
brackets below, run into the body, given twice, or nowhere), and decides the kind from the title first (words:
catalogue/document_kinds.yml); where there is none, or it leaves the kind open, from the words of the opening, and at
last from the structure. Leaves issuer and year to places.py and periods.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import Any, Literal

from annual_reports.catalogue import Catalogue
from annual_reports.report import RejectCode
from annual_reports.text import Text

Source = Literal["text", "hint", "statement", "file_name", "none"]

_FORM = r"(?:报告|总结|汇报|年报|白皮书|情况|報告|總結|述法|解读|要点|安排|计划|方案|通知|公告|意见|纲要|规划)"
_SUBJECT = re.compile(r"法治|依法行政|依法治|第一责任人|信息公开|行政执法|政务公开|述法|述职")
_ENDS = re.compile(rf"{_FORM}》?(?:[（(〔【][^）)〕】]{{2,14}}[)）〕】])?》?$")
_BRACKETED_YEAR = re.compile(r"^[（(〔【]\s?(?:20\d\d|二[〇○零O0]\S\S)\s?年?(?:度)?[)）〕】]$")
_RUN_IN = re.compile(
    r"^(?!根据|为|按照|在|现)(?P<title>[^，。；：,;:]{4,70}?(?:报告|总结|汇报)(?:[（(][^）)]{2,12}[)）])?)[ \u3000]*"
    r"(?=20\d\d年|二[〇○零]\S\S年|今年|本年|一年来|近年|为|根据|按照|现将|[\u4e00-\u9fa5]{1,8}[：:]|[\u4e00-\u9fa5]{2,8}(?:坚持|认真|深入))"
)
_ISSUER_LINE = re.compile(
    r"^[\u4e00-\u9fa5（）()、 \u3000]{2,40}"
    r"(?:政府|办事处|委员会|[县市区州省镇乡]委|党组|党委|党工委|管委会|局|办公室|中心|[镇乡县区市])$"
)
_NAMES_ITS_ISSUER = re.compile(
    r"(?!关于)[\u4e00-\u9fa5]{1,20}[镇乡道局县市区旗州府会办](?:20\d\d|二[〇○零]).{0,12}(?:法治|依法).*(?:报告|总结)"
)
_SKIPPED = re.compile(
    r"^(?:来源|发布|索引|信息|公开|文号|字[体号]|浏览|点击|作者|时间|日期|主题|分类|生成|成文|名称|首页|当前|您?[现所]?在|打印|分享|\[|【[打字])"
    r"|[>＞»]|\d{4}-\d\d-\d\d|年\d{1,2}月\d{1,2}日|星期"
)
_MARKED = re.compile(r"^(?:[一二三四五六七八九十]{1,2}、|[（(][一二三四五六七八九十]{1,2}[)）])")
_STATEMENT = re.compile(
    r"(?:现将|现就|将)(?P<what>[^，。；\n]{0,40}?(?:法治政府建设|依法行政|法治建设)[^，。；\n]{0,24}?)"
    r"(?P<form>报告|汇报|总结)?(?:如下|于后)"
)
_REPORTS = re.compile(r"(?:报告|汇报|总结)如下")
_PARTS = (
    re.compile(r"主要(?:举措|措施|做法|工作)|成效|(?:开展|完成|建设|工作|推进)情况"),
    re.compile(r"存在(?:的|一些)*(?:主要)?(?:问题|不足)|不足(?:和|与|及)原因|短板"),
    re.compile(r"第一责任人"),
    re.compile(r"下一(?:年度|步)|下步|(?:工作|主要)(?:安排|打算|计划)|明年"),
)
_HEADING_LINE = re.compile(r"^[^。\n]{4,40}[。：]?$", re.MULTILINE)
_TRANSMITTED = re.compile(r"《(?P<title>[^》]*(?:报告|总结)(?:[（(][^》]*[)）])?)》的(?:报告|通知|函|公告)$")
_PUBLISHED_WITH = re.compile(
    r"现将《(?P<title>[^》\n]{4,60}(?:报告|总结))》[^《。\n]{0,10}(?:公布|公开|发布|公告|公示|报送|呈报|上报|印发)"
)
# The first main part, also where the line breaks were lost: 「…报告如下：一、主要举措」
_FIRST_PART = re.compile(
    r"(?:(?:^|(?<=[：:。]))[ \u3000]*(?:第一部分|一、)|^[ \u3000]*1[、.．])[^。\n]{2,60}", re.MULTILINE
)
_CUT = re.compile(r"略(?:(?<=[（(]略)|(?<=[（(]\s略))\s?[)）]")  # its rarest sign first: found the soonest
_HEAD_LINES = 40
_LONGEST_OPENING = 3000  # characters
_SHORTEST_BODY = 120  # characters; below this a page holds a title and a link to the file that holds the report


@dataclass(frozen=True, slots=True)
class Title:
    """A document's title and kind. ``text[start:end]`` is the title as printed, line breaks inside; both are 0 where
    the text has none and ``source`` says where it was taken from. ``notes`` are doubts in Chinese."""

    title: str
    start: int
    end: int
    document_kind: str
    accepted: bool
    reason_code: RejectCode | None = None
    reason: str | None = None
    source: Source = "text"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Kind:
    key: str
    name: str
    accepted: bool
    title: re.Pattern[str]
    unless: re.Pattern[str] | None
    opening: re.Pattern[str] | None
    text: re.Pattern[str] | None
    marks: str
    at_least: int
    reason: str


@lru_cache(maxsize=4)
def _kinds(catalogue: Catalogue) -> tuple[_Kind, ...]:
    def joined(entry: dict[str, Any], name: str) -> re.Pattern[str] | None:
        return re.compile("|".join(entry[name]), re.MULTILINE) if entry.get(name) else None

    kinds = [
        _Kind(
            key,
            entry["name"],
            entry["accepted"],
            re.compile("|".join(entry["title"])),
            joined(entry, "unless"),
            joined(entry, "opening"),
            joined(entry, "text"),
            entry.get("marks", ""),
            entry.get("at_least", 1),
            entry.get("reason", ""),
        )
        for key, entry in catalogue["document_kinds"].items()
    ]
    return tuple(sorted(kinds, key=lambda kind: kind.accepted))  # stable: the look-alikes first, in the file's order


def find(text: Text, title_hint: str | None, file_name: str, catalogue: Catalogue) -> Title:
    """The document's title and kind. Never raises; a document that is no such report has ``accepted`` False, the
    code ``not_report`` and a reason in Chinese. ``title_hint`` is what the file's format gives as title, if it does."""
    kinds = _kinds(catalogue)
    title, start, end, source = _title(text, title_hint, file_name)
    kind, reason = _decide(title, text.text, kinds)
    notes = () if source == "text" else (_NOTES[source],)
    if (cuts := len(_CUT.findall(text.text))) >= 2:
        notes = (*notes, f"正文有 {cuts} 处「（略）」，是删节过的副本，数字可能不全")
    if kind and kind.accepted:
        return Title(title, start, end, kind.key, True, source=source, notes=notes)
    key = kind.key if kind else "unknown"
    return Title(title, start, end, key, False, "not_report", reason, source, notes)


_NOTES: dict[str, str] = {
    "hint": "正文中没有标题，标题取自文件或网页自带的标题",
    "statement": "正文中没有标题，标题由「现将……报告如下」一句拟出",
    "file_name": "正文中没有标题，标题取自文件名",
    "none": "正文、文件名中都没有标题",
}


def _decide(title: str, text: str, kinds: tuple[_Kind, ...]) -> tuple[_Kind | None, str | None]:
    bare = re.sub(r"\s", "", title)
    by_title = next((k for k in kinds if k.title.search(bare) and not (k.unless and k.unless.search(bare))), None)
    if by_title and not by_title.accepted:
        return by_title, f"标题为「{title}」，{by_title.reason}"
    if by_text := _by_masked_data(text, kinds):
        return by_text
    if by_title and len(text) - len(title) < _SHORTEST_BODY:
        return None, f"只有标题「{title}」，没有正文；请收录刊载正文的那个文件（附件）"
    if by_title:
        return by_title, None
    return _by_opening_or_parts(title, text, kinds)


def _by_masked_data(text: str, kinds: tuple[_Kind, ...]) -> tuple[_Kind, str] | None:
    for kind in kinds:
        if not kind.text or not any(mark in text for mark in kind.marks):
            continue
        if len(hits := kind.text.findall(text)) >= kind.at_least:
            shown = "」「".join(dict.fromkeys(hits[:3]))
            return kind, f"正文有 {len(hits)} 处「{shown}」之类的字样，{kind.reason}"
    return None


def _by_opening_or_parts(title: str, text: str, kinds: tuple[_Kind, ...]) -> tuple[_Kind | None, str | None]:
    shown = f"标题「{title}」" if title else "没有标题，正文"
    opening = _opening(text)
    for kind in kinds:
        if kind.opening and (words := kind.opening.search(opening)):
            return kind, None if kind.accepted else f"{shown}开头写有「{words[0].strip()[-30:]}」，{kind.reason}"
    if _has_the_parts(text):
        return next(k for k in kinds if k.accepted), None
    return (
        None,
        f"{shown}不是法治政府建设年度报告的写法，也没有报告应有的几个部分（举措成效、不足、第一责任人、下年安排）",
    )


def _opening(text: str) -> str:
    """What stands before the body: addressee, lead, and the heading of the first part; "" where no part is marked."""
    first = _FIRST_PART.search(text, 0, _LONGEST_OPENING)
    return text[: first.end()] if first else ""


def _has_the_parts(text: str) -> bool:
    """A report without a title of its own: it speaks of 法治政府建设 throughout and has two of the required parts."""
    if text.count("法治政府") + text.count("依法行政") < 3:
        return False
    headings = "\n".join(_HEADING_LINE.findall(text))
    parts = sum(bool(part.search(headings)) for part in _PARTS)
    return parts >= 3 or (parts == 2 and bool(_REPORTS.search(text)))


def _title(text: Text, hint: str | None, file_name: str) -> tuple[str, int, int, Source]:
    if found := _printed_title(text):
        start, end = found
        return text.text[start:end].replace("\n", "").strip("《》 "), start, end, "text"
    if hint and _SUBJECT.search(hint):
        return _without_site(hint), 0, 0, "hint"
    name = PurePath(file_name.replace("\\", "/")).stem
    if _SUBJECT.search(name) and _ENDS.search(re.sub(r"[\s_（(]*\d*[)）]?$", "", name)):
        return re.sub(r"^[\d\s._、-]+(?![\d年])|[\s_]+|[（(]\d+[)）]$", "", name), 0, 0, "file_name"
    if statement := _STATEMENT.search(text.text[:3000]):
        what = re.sub(r"^(?:我[镇乡街局区县市委办]|本[局镇乡]|全[镇乡县区市])(?:道|公室)?", "", statement["what"])
        return f"{what}{statement['form'] or '报告'}", 0, 0, "statement"
    return (hint or "").strip() or name if _SUBJECT.search(name) else (hint or "").strip(), 0, 0, "none"


def _without_site(hint: str) -> str:
    """「…报告_某县人民政府门户网站」 → 「…报告」."""
    parts = [part.strip() for part in re.split(r"[_|｜\-—–]{1,2}", hint)]
    return next((part for part in parts if _SUBJECT.search(part)), hint.strip())


def _printed_title(text: Text) -> tuple[int, int] | None:
    head = _head(text)
    candidates: list[tuple[float, int, int]] = []
    index = 0
    while index < len(head):
        found = _joined(text.text, head, index)
        if found:
            last, start, end = found
            printed = text.text[start:end]
            score = (
                bool(re.search(r"20\d\d|二[〇○零]", printed)) * 2
                + bool(re.search("[省市县区旗镇乡局道会]", printed))
                + index / 100
            )
            candidates.append((score, start, end))
            index = last
        index += 1
    if not candidates:
        sent = _PUBLISHED_WITH.search(_opening(text.text))
        return sent.span("title") if sent else None
    _, start, end = max(candidates)
    if sent := _TRANSMITTED.search(text.text[start:end].replace("\n", "")):
        return _repeated(text.text, sent["title"], end) or (start, end)
    return start, end


def _repeated(text: str, title: str, after: int) -> tuple[int, int] | None:
    """Where a report that a covering letter names begins in the same file: 「关于报送《…报告》的报告」."""
    found = re.compile(r"^" + r"\n?".join(map(re.escape, title)) + r"$", re.MULTILINE).search(text, after)
    return found.span() if found else None


def _head(text: Text) -> list[tuple[int, int]]:
    """The lines before the first paragraph or numbered heading, site furniture left out."""
    head: list[tuple[int, int]] = []
    for line in text.lines[:_HEAD_LINES]:
        words = text.text[line.start : line.end]
        if _MARKED.match(words):
            break
        if (len(words) > 70 or "。" in words) and not (head and len(words) < 70):
            if run_in := _RUN_IN.match(words):
                head.append((line.start, line.start + run_in.end("title")))
            break
        if not _SKIPPED.search(words):
            head.append((line.start, line.end))
    return head


def _joined(text: str, head: list[tuple[int, int]], first: int) -> tuple[int, int, int] | None:
    """The title that begins with the line ``first``: (its last line, start, end); None where none begins there."""
    start = head[first][0]
    words = ""
    for last in range(first, min(first + 4, len(head))):
        line = text[slice(*head[last])]
        apart = last > first and head[last][0] > head[last - 1][1] + 1  # site furniture stands between
        if apart or len(line) > 70 or re.search(r"[，。；：,;:]|如下", line):
            return None
        words += line.strip()
        if _SUBJECT.search(words) and _ENDS.search(words):
            if last > first and _NAMES_ITS_ISSUER.match(line):
                return None  # 「中共甲镇委员会 甲镇人民政府⏎甲镇2024年…报告」: the title begins with its own line
            year_below = last + 1 < len(head) and bool(_BRACKETED_YEAR.match(text[slice(*head[last + 1])]))
            return last + year_below, start, head[last + year_below][1]
        if not (_ISSUER_LINE.match(line) or _SUBJECT.search(words) or re.search(r"关于|20\d\d年", words)):
            return None
    return None
