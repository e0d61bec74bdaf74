"""The whole way once, on the samples: what ``fazhi demo`` and ``make demo`` do.

Everything real: a Prefect server on loopback, the recorded flow ``ingest``, the published database. Its own Prefect
home, under the home folder; it touches no other server, profile or port.
"""

from __future__ import annotations

from pathlib import Path

from flows.options import say
from flows.summary import Summary, lines
from warehouse.home import Home

INDICATORS = (  # what nearly every report states
    "disputes_mediated",
    "legal_publicity_events",
    "rule_of_law_meetings",
    "theory_group_law_sessions",
    "legal_consultations",
    "people_mediation_cases",
    "mediation_success_rate",
    "legality_reviews",
)


def samples() -> Path:
    """Where the samples lie: the checkout's ``samples``, or ``flows/samples`` in the wheel."""
    inside = Path(__file__).parent / "samples"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "samples"


def run(home: Home) -> Summary:
    """Ingest the samples through a Prefect server of its own and print what came of it. Returns the run's summary.

    Raises ValueError (Chinese) for a home that holds somebody's own data: the samples' invented places stay out of it.
    """
    places = (samples() / "divisions.csv").read_bytes()
    theirs = home.divisions.read_bytes() if home.divisions.exists() else None
    if theirs not in (None, places) or (theirs is None and home.warehouse.exists()):
        raise ValueError(f"{home.root} 里已有自己的数据，样例不放进去；请用 --home 另给一个文件夹，如 --home demo")
    home.make()
    home.divisions.write_bytes(places)
    summary = recorded_run(home, samples() / "reports")
    for line in lines(summary):
        print(line)
    if summary.rejects:
        print("（这些是有意放进样例的：损坏的、空的、暂不支持的、不是年报的文件，各有原因，不影响其他文件。）")
    if summary.outcome == "nothing_new":
        print("这些样例已经在仓库里，没有重复入库。")
    tell_results(home)
    return summary


def recorded_run(home: Home, reports: Path) -> Summary:
    """One recorded run of the flow on a server that is started before and stopped after."""
    from flows.server import free_port, server

    say("启动 Prefect 服务（本机，约十几秒）……")
    with server(home.prefect, free_port()):
        from flows.commands.run import recorded  # imports prefect, whose settings ``server`` has just set

        say("读取、检查、入库、发布……")
        summary: Summary = recorded("ingest", home=str(home.root), paths=[str(reports)])
    say("Prefect 服务已停止")
    return summary


def tell_results(home: Home) -> None:
    """A year-over-year table, the quality summary, and where everything lies."""
    from flows.commands.asking import ask, warehouse
    from flows.commands.checking import quality_lines
    from flows.output import table

    with warehouse(home.root) as con:
        found = ask(con, YOY, codes=list(INDICATORS))
        print("\n逐年比较（节选，全部见 fazhi yoy）")
        print(table(found.columns, found.rows()))
        print()
        for line in quality_lines(con):
            print(line)
    print("\n都在这里")
    for what, where in (
        ("已发布的数据库", home.published_database),
        ("质量页", home.published / "quality" / "index.html"),
        ("数据字典、CSV、Parquet", home.published),
        ("原件", home.snapshots),
        ("运行记录", home.prefect / "prefect.db"),
    ):
        print(f"  {what}  {where}")


YOY = """
SELECT
    issuer_name AS "机关",
    indicator_name AS "指标",
    report_year::VARCHAR AS "年度",
    previous_value AS "上年",
    value AS "数值",
    unit AS "单位",
    change AS "变化",
    round(change_pct, 1) AS "变化%",
    map {'up': '升', 'down': '降', 'flat': '平', 'uncertain': '不定'}[direction] AS "方向",
    reason_zh AS "不可比的原因"
FROM marts.indicator_yoy
WHERE scope = '' AND previous_value IS NOT NULL AND list_contains($codes, indicator)
QUALIFY row_number() OVER (PARTITION BY indicator ORDER BY issuer_id, report_year DESC) <= 3
ORDER BY list_position($codes, indicator), issuer_id, report_year
"""
