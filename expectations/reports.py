"""What must hold of a report: who, which year, which text. A report that breaks a critical rule is held back with all
its sections, figures and facts, for they would be filed under the wrong place or year."""

from __future__ import annotations

from annual_reports.report import LEVELS, RESOLUTIONS
from expectations.limits import Limits
from expectations.rules import Suite, among, between, critical, holds, info, like, present, unique, warning

_ROWS = """
WITH counted AS (
    SELECT report_id, count(*) AS quantity_count FROM quantities GROUP BY ALL
), stated AS (
    SELECT report_id, count(*) AS fact_count FROM facts GROUP BY ALL
), parted AS (
    SELECT report_id, count(*) FILTER (level = 1) AS main_sections, bool_or(canonical = 'measures') AS has_measures
    FROM sections GROUP BY ALL
)
SELECT
    r.* EXCLUDE (text),
    length(r.text) AS text_length,
    -- a title may say its year in digits, in full-width digits or in Chinese ones (二〇二四年)
    regexp_extract_all(
        translate(r.title, '〇○零一二三四五六七八九０１２３４５６７８９', '0001234567890123456789'),
        '(?:19|20)[0-9]{2}'
    )::INTEGER[] AS title_years,
    coalesce(c.quantity_count, 0) AS quantity_count,
    coalesce(s.fact_count, 0) AS fact_count,
    coalesce(p.main_sections, 0) AS main_sections,
    coalesce(p.has_measures, false) AS has_measures
FROM reports AS r
LEFT JOIN counted AS c USING (report_id)
LEFT JOIN stated AS s USING (report_id)
LEFT JOIN parted AS p USING (report_id)
"""


def suite(limits: Limits) -> Suite:
    """The rules for reports."""
    this_year = limits.today.year
    rules = [
        critical("R01", "报告编号不得为空", "没有编号的报告，其数字无处可归", present("report_id")),
        critical(
            "R02", "报告编号在一批之内不得重复", "同一份文件读两次会把数字算两遍", unique("report_id"), shows=("title",)
        ),
        critical(
            "R03",
            "文件指纹应为 64 位十六进制数，报告编号取其前 16 位",
            "靠它回到原始文件；对不上就无从核对原文",
            holds("regexp_full_match(sha256, '[0-9a-f]{64}') AND report_id = left(sha256, 16)", "report_id", "sha256"),
        ),
        critical("R04", "机关编号不得为空", "按机关和年度比较时以它为键", present("issuer_id")),
        critical("R05", "报告年度不得为空", "没有年度的数字无法比较", present("report_year"), shows=("title",)),
        critical(
            "R06",
            f"报告年度应在 {limits.first_year} 至 {this_year} 年之间",
            "2004 年《全面推进依法行政实施纲要》之后才有此类报告，也不会有写未来年度的报告；"
            "多半是把文号〔2026〕或规划年份当成了报告年度",
            between("report_year", limits.first_year, this_year),
            shows=("title",),
        ),
        critical(
            "R07",
            "标题写有年份的，报告年度应是其中之一",
            "标题是年度的最强依据；套用旧模板时正文会留下别的年份，归错年度会毁掉前后两年的比较",
            holds("len(title_years) = 0 OR list_contains(title_years, report_year)", "title", "report_year"),
            arguable=True,
        ),
        critical(
            "R08",
            "时段的起日不得晚于止日，止日应在报告年度之内",
            "时段决定数字是否满一年、能否与上年相比",
            holds("period_start <= period_end AND year(period_end) = report_year", "period_start", "period_end"),
            shows=("report_year",),
        ),
        warning(
            "R09",
            "时段应从报告年度之内开始",
            "少数报告从上一年 12 月写起，跨年的数字与整年的数字不完全可比",
            holds("year(period_start) = report_year", "period_start", "report_year"),
        ),
        warning(
            "R10",
            "发布日期不应早于报告年度",
            "早于所写年度的发布日期，说明年度或日期至少有一个读错了",
            holds("year(published) >= report_year", "published", "report_year"),
        ),
        critical(
            "R11",
            "识别结果应为已识别、有歧义、未识别之一",
            "未识别的机关不参与比较；写法不明则无从判断",
            among("resolution", RESOLUTIONS),
        ),
        critical(
            "R12",
            "已识别的机关应有省份，编号以「unresolved:」开头的必是未识别或有歧义",
            "30% 的乡镇与别处同名，只按名称归并会把两个地方的数字混为一谈",
            holds(
                "CASE WHEN resolution = 'resolved' THEN province IS NOT NULL AND issuer_id NOT LIKE 'unresolved:%' "
                "ELSE issuer_id = 'unresolved:' || report_id END",
                "issuer_id",
                "resolution",
            ),
            shows=("issuer_name", "province"),
        ),
        warning(
            "R13",
            "发文机关应能识别到具体地方",
            "未识别的报告单独存放，不参与同比和同类比较；可在 HOME/divisions.csv 补充地名",
            holds("resolution = 'resolved'", "issuer_name", "resolution"),
            shows=("title",),
        ),
        critical(
            "R14", "机关层级应为六级之一", "同类比较按层级分组", among("issuer_level", LEVELS), shows=("issuer_name",)
        ),
        warning(
            "R15",
            "区划代码应为 2 至 12 位数字",
            "两套官方代码都只有数字；带字母的多半取错了列",
            like("division_code", "^[0-9]{2,12}$"),
            shows=("issuer_name",),
        ),
        critical(
            "R16", "正文不得为空", "一切数字都要能在正文里找到", between("text_length", 1, None), shows=("title",)
        ),
        critical(
            "R17",
            "所记字数应等于正文长度",
            "位置按字计数；正文在读后被改动过，所有位置就都错了",
            holds("char_count = text_length", "char_count", "text_length"),
        ),
        warning(
            "R18",
            "正文一般不少于 300 字",
            "过短的多半是摘要、转载或只取到网页的一部分",
            between("text_length", 300, None),
            shows=("title",),
        ),
        warning("R19", "标题不应为空", "标题缺失时年度和机关只能靠正文推断", present("title"), shows=("issuer_name",)),
        warning(
            "R20",
            "报告应有「一、」一级的章节",
            "257 份里 256 份有；没有章节就分不出完成数与计划数",
            between("main_sections", 1, None),
            shows=("title",),
        ),
        warning(
            "R21",
            "报告应有写主要举措和成效的章节",
            "规定的必备内容；认不出多半是标题写法没有收录，可在 catalogue/section_kinds.yml 补充",
            holds("main_sections = 0 OR has_measures", "main_sections", "has_measures"),
            shows=("title",),
        ),
        warning(
            "R22",
            "报告应至少有一项入库的事实",
            "一项也没有，要么通篇没有数字，要么说法未收录",
            between("fact_count", 1, None),
            shows=("title", "quantity_count"),
        ),
        info(
            "R23",
            "报告应写满一年",
            "年内发布的报告只有部分月份的数字，同比时不与整年相比",
            holds("NOT part_year", "part_year", "period_end"),
        ),
    ]
    return Suite("reports", "报告", "reports", "report_id", _ROWS, rules)
