"""A clean batch, written by hand: two invented townships, two years, every kind of row. Tests plant faults into it."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from annual_reports.report import Check, Division, Fact, Issuer, Period, Quantity, Report, Section
from warehouse.frames import frames

BODY = """{place}人民政府关于{year}年法治政府建设情况的报告
一、主要举措和成效
（一）化解矛盾纠纷
全年排查矛盾纠纷{found}件，化解{solved}件。
（二）法治宣传
发放普法资料{leaflets}余份，受众满意率达95%。未发生行政复议案件。
二、下一年工作安排
力争开展法治讲座12场。
我镇将继续健全依法决策机制，把公众参与、专家论证、风险评估、合法性审查和集体讨论决定落实到每一项重大决策之中，
让权力在阳光下运行，让群众在每一次办事中感受到公平正义。各村各单位要按照年度要点逐项对照，按季度报送进展，
年底由镇法治建设领导小组逐项验收，验收结果纳入年度综合考核。对推进不力、弄虚作假的，依规依纪追究责任。
镇司法所要发挥参谋助手作用，对规范性文件、行政合同和执法决定逐件把关，确保程序合法、内容合法、结果公正。
同时加强基层法治队伍建设，落实法律顾问制度，充实人民调解员力量，推动更多法治资源向一线下沉，为全镇发展保驾护航。
"""


def _read(place: str, year: int, found: int, solved: int, leaflets: int) -> Report:
    """The report of an invented township as a careful reader would read it."""
    text = BODY.format(place=place, year=year, found=found, solved=solved, leaflets=leaflets)

    def at(words: str) -> int:
        assert text.count(words) == 1, words
        return text.index(words)

    plan, first, second, end = at("二、下一年"), at("（一）"), at("（二）"), len(text)
    main = at("一、主要")
    sections = (
        Section(1, 1, "一、", "一、", False, "主要举措和成效", "measures", main, plan, at("（一）") - 1),
        Section(2, 1, "（一）", "（一）", False, "化解矛盾纠纷", "measures", first, second, at("全年") - 1, 0),
        Section(2, 2, "（二）", "（二）", False, "法治宣传", "measures", second, plan, at("发放") - 1, 0),
        Section(1, 2, "二、", "二、", False, "下一年工作安排", "plan", plan, end, at("力争") - 1),
    )

    def quantity(
        words, within, value, *, unit, indicator, section, role="achieved", bound="exact", low=None, high=None
    ):
        sentence_start = text.rfind("\n", 0, at(within)) + 1
        sentence = text[sentence_start : text.index("\n", sentence_start)]
        start = at(within) + within.index(words)
        low, high = (value, value) if bound == "exact" else (low, high)
        return Quantity(
            start, start + len(words), words, value, low, high, bound, unit, unit, role, year, indicator, "", section,
            sentence, sentence_start, "手写",
        )  # fmt: skip

    quantities = (
        quantity(f"{found}件", f"排查矛盾纠纷{found}件", found, unit="件", indicator="disputes_screened", section=1),
        quantity(f"{solved}件", f"化解{solved}件", solved, unit="件", indicator="disputes_mediated", section=1),
        quantity(
            f"{leaflets}余份", f"普法资料{leaflets}余份", leaflets, unit="份", section=2,
            indicator="publicity_materials_distributed", bound="at_least", low=leaflets + 1, high=leaflets + 99,
        ),
        quantity("95%", "满意率达95%", 95, unit="%", indicator="satisfaction_rate", section=2),
        quantity(
            "未发生行政复议案件", "未发生行政复议案件", 0, unit="件", indicator="reconsideration_cases", section=2
        ),
        quantity("12场", "讲座12场", 12, unit="场", indicator=None, section=3, role="target"),
    )  # fmt: skip
    facts = tuple(
        Fact(q.indicator, "", year, q.value, q.low, q.high, q.bound, q.unit, (n,))
        for n, q in enumerate(quantities)
        if q.role == "achieved"
    )
    return Report(
        file=f"{place}{year}.txt",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        size=len(text.encode()),
        accepted=True,
        media_type="text/plain",
        encoding="utf-8",
        document_kind="法治政府建设年度报告",
        title=text.partition("\n")[0],
        issuer=Issuer(
            f"{place}人民政府", "乡镇", Division("云岭省", "青河市", "平原县", place, "990101101", "统计用区划代码"),
            "resolved", ("标题",), f"云岭省/青河市/平原县/{place}",
        ),
        report_year=year,
        period=Period(date(year, 1, 1), date(year, 12, 31), False),
        published=date(year + 1, 1, 20),
        text=text,
        sections=sections,
        quantities=quantities,
        facts=facts,
        checks=(Check("at_most", f"化解 {solved} 件 ≤ 排查 {found} 件", True, "exact", (0, 1)),),
    )  # fmt: skip


@pytest.fixture(scope="session")
def read():
    """``read(place, year, found, solved, leaflets) -> Report``."""
    return _read


@pytest.fixture(scope="session")
def readings() -> list[Report]:
    return [
        _read("柳溪镇", 2023, 140, 131, 8000),
        _read("柳溪镇", 2024, 152, 148, 9000),
        _read("石桥乡", 2023, 61, 60, 3000),
        _read("石桥乡", 2024, 70, 66, 3500),
    ]


@pytest.fixture
def clean(readings):
    """The clean batch as frames; Polars frames are immutable, so a test may build on them freely."""
    return frames(readings)
