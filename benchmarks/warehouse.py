"""The warehouse at size: each of its operations beside the bare DuckDB statement on the same data.

    python benchmarks/warehouse.py [--facts 10000000] [--home FOLDER] [--keep]

Generates readings as frames (issuers × 5 years × 50 figures, each with its sentence of 67 characters; a report's text
has 400), loads them through ``warehouse.load`` chunk by chunk and into bare tables of the same columns, then asks,
reloads and publishes. A ratio above 1 means that the warehouse takes longer than the bare statement. Times are wall
clock; the load and the publishing run in processes of their own, whose peak memory is reported.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

sys.path[0] = str(Path(__file__).parent.parent)  # or this file would be found as the package ``warehouse``
# ruff: noqa: E402

import duckdb
import polars as pl

from warehouse import database, load, publish, reference
from warehouse.frames import TABLES
from warehouse.home import Home
from warehouse.schema import literal

YEARS, FIGURES = 5, 50
REPORTS_PER_CHUNK = 10_000
SEEN = datetime(2026, 1, 1)

# One row per report and figure; everything else is made from it. Every third figure is rounded (余), one year in
# eleven is missing, one report in twenty covers part of the year.
FIGURE_ROWS = """
CREATE OR REPLACE TEMP TABLE figure_rows AS
WITH reports AS (
    SELECT issuer, 2020 + year_number AS report_year, md5(issuer || '-' || year_number) AS hash,
        format('第{}省/第{}市/第{}县/第{}镇', issuer // 5000, issuer // 500, issuer // 20, issuer) AS issuer_id
    FROM range($first, $last) AS issuers (issuer), range($years) AS years (year_number)
    WHERE (issuer + year_number) % 11 <> 0
)
SELECT reports.*, left(hash, 16) AS report_id, hash || hash AS sha256, n,
    codes[1 + n] AS indicator, units[1 + n] AS unit,
    (10 + (issuer * 7919 + n * 104729 + report_year * 31) % 900)::DOUBLE
        * (CASE WHEN n % 3 = 0 THEN 10 ELSE 1 END) AS value,
    n % 3 = 0 AS rounded, issuer % 20 = 3 AND report_year = 2022 AS part_year
FROM reports, range($figures) AS numbers (n),
    (SELECT list(indicator ORDER BY indicator) AS codes, list(unit ORDER BY indicator) AS units FROM indicators)
"""

FRAMES = {
    "reports": """
        SELECT DISTINCT report_id, sha256, issuer_id, split_part(issuer_id, '/', 4) || '人民政府' AS issuer_name,
            '乡镇' AS issuer_level, split_part(issuer_id, '/', 1) AS province, split_part(issuer_id, '/', 2) AS city,
            split_part(issuer_id, '/', 3) AS county, split_part(issuer_id, '/', 4) AS township,
            NULL::VARCHAR AS division_code, NULL::VARCHAR AS code_system, 'resolved' AS resolution,
            report_year::INTEGER AS report_year, issuer_id || report_year || '年法治政府建设情况报告' AS title,
            'annual_report' AS document_kind, make_date(report_year::INTEGER + 1, 3, 1) AS published,
            make_date(report_year::INTEGER, 1, 1) AS period_start,
            make_date(report_year::INTEGER, 12, 31) AS period_end,
            part_year, repeat(hash, 12) || repeat('本年扎实推进', 3) AS text, 402 AS char_count, NULL::VARCHAR AS notes,
            hash AS figures_hash, hash AS text_hash
        FROM figure_rows""",
    "sections": """
        SELECT report_id || '-s' || s AS section_id, report_id, NULL::VARCHAR AS parent_id, 1 AS level,
            (s + 1)::INTEGER AS ordinal, '一、' AS printed_marker, '一、' AS marker, false AS repaired,
            '主要举措和成效第' || (s % 40) || '类' AS title, 'measures' AS canonical, 0 AS span_start, 400 AS span_end
        FROM (SELECT DISTINCT report_id FROM figure_rows), range(12) AS sections (s)""",
    "quantities": """
        SELECT report_id || '-q' || n AS quantity_id, report_id, report_id || '-s' || (n % 12) AS section_id,
            n::INTEGER * 7 AS span_start, n::INTEGER * 7 + 4 AS span_end, format('{:.0f}', value) AS printed,
            value, CASE WHEN rounded THEN value + 1 ELSE value END AS low,
            CASE WHEN rounded THEN value + 9 ELSE value END AS high,
            CASE WHEN rounded THEN 'at_least' ELSE 'exact' END AS bound, unit AS unit_printed, unit, 'achieved' AS role,
            report_year::INTEGER AS year, indicator, '' AS scope,
            format('围绕群众反映的第{}类问题，{}各站所全年扎实推进依法行政各项工作，共计办理{:.0f}{}，群众满意度稳步提高，工作机制更加健全完善。',
                n, split_part(issuer_id, '/', 4), value, unit) AS sentence,
            n::INTEGER * 7 AS sentence_start, 'benchmark' AS rule
        FROM figure_rows""",
    "facts": """
        SELECT report_id || '-f' || n AS fact_id, report_id, issuer_id, report_year::INTEGER AS report_year, indicator,
            '' AS scope, value, CASE WHEN rounded THEN value + 1 ELSE value END AS low,
            CASE WHEN rounded THEN value + 9 ELSE value END AS high,
            CASE WHEN rounded THEN 'at_least' ELSE 'exact' END AS bound, unit, '' AS flags,
            report_id || '-q' || n AS quantity_id, 1::INTEGER AS statements
        FROM figure_rows""",
    "fact_evidence": "SELECT report_id || '-f' || n AS fact_id, report_id || '-q' || n AS quantity_id FROM figure_rows",
    "checks": """
        SELECT report_id || '-c0' AS check_id, report_id, 'parts_total' AS kind, '53+38+57=148' AS statement,
            true AS holds, 'exact' AS verdict, report_id || '-q0,' || report_id || '-q1' AS figures
        FROM figure_rows WHERE n = 0""",
    "files": """
        SELECT DISTINCT sha256, 'text/plain' AS media_type, 'utf-8' AS encoding, 1200::BIGINT AS size,
            'loaded' AS status, NULL::VARCHAR AS reason_code, NULL::VARCHAR AS reason, report_id,
            make_date(report_year::INTEGER + 1, 3, 1) AS published, NULL::DATE AS sidecar_date
        FROM figure_rows""",
}
WINDOW = """
SELECT count(*), sum(change), count(previous) FROM (
    SELECT *, any_value(value) OVER w AS previous, value - previous AS change
    FROM core.facts {where}
    WINDOW w AS (
        PARTITION BY issuer_id, indicator, scope ORDER BY report_year RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING
    )
)
"""


def chunks(home: Home, facts: int) -> Iterator[dict[str, pl.DataFrame]]:
    """Frames of about ``facts`` facts in all, a chunk of reports at a time."""
    con = duckdb.connect(config={"autoinstall_known_extensions": False, "memory_limit": "1GB"})
    con.register("indicators", catalogue_units(home).to_arrow())
    issuers = round(facts / (YEARS * FIGURES) * 11 / 10)
    step = REPORTS_PER_CHUNK // YEARS
    for first in range(0, issuers, step):
        bounds = {"first": first, "last": min(first + step, issuers), "years": YEARS, "figures": FIGURES}
        con.execute(FIGURE_ROWS, bounds)
        yield {name: con.sql(sql).pl() for name, sql in FRAMES.items()}


def catalogue_units(home: Home) -> pl.DataFrame:
    """The first indicators of the catalogue with their units."""
    with database.connect(home.warehouse, read_only=True) as con:
        return con.sql("SELECT indicator, unit FROM core.indicators ORDER BY indicator LIMIT 50").pl()


def measure_load(home: Home, facts: int) -> dict[str, float]:
    """Load everything twice, through the warehouse and into bare tables, chunk by chunk in turns."""
    con = database.open(home)
    reference.refresh(con, home)
    con.close()
    total = {"load_s": 0.0, "bare_s": 0.0, "facts": 0, "reports": 0}
    bare_path = home.root / "bare.duckdb"
    for frames in chunks(home, facts):
        files = frames.pop("files")
        seen = load.locations([(s, f"inbox/{s[:12]}.txt", None, 1200) for s in files["sha256"]], SEEN)
        con = database.open(home)
        load_id = load.begin(con, "1", "1")
        began = time.perf_counter()
        load.load_chunk(
            con, frames, files, seen, load_id=load_id, reader_version="1", catalogue_version="1", cache=home.temporary
        )
        total["load_s"] += time.perf_counter() - began
        con.close()
        total["bare_s"] += bare_load(bare_path, frames, files)
        total["facts"] += frames["facts"].height
        total["reports"] += files.height
    return total


def bare_load(path: Path, frames: dict[str, pl.DataFrame], files: pl.DataFrame) -> float:
    """Seconds for INSERT … SELECT of the same rows into tables without anything else, in one transaction."""
    con = database.connect(path)
    con.execute("SET preserve_insertion_order = false")
    given = {**{name: frames[name] for name in TABLES}, "files": files}
    for name, frame in given.items():
        con.register(f"in_{name}", frame.to_arrow())
        con.execute(f"CREATE TABLE IF NOT EXISTS {name} AS FROM in_{name} LIMIT 0")
    began = time.perf_counter()
    con.execute("BEGIN")
    for name in given:
        con.execute(f"INSERT INTO {name} SELECT * FROM in_{name}")
    con.execute("COMMIT")
    seconds = time.perf_counter() - began
    con.close()
    return seconds


def measure_reload(home: Home) -> dict[str, float]:
    """Load one document again; beside it, delete and insert of the same rows in one transaction."""
    frames = next(chunks(home, FIGURES * YEARS * 11))
    files = frames.pop("files").head(1)
    one = files["report_id"][0]
    frames = {
        n: f.filter(pl.col("fact_id").str.starts_with(one) if n == "fact_evidence" else pl.col("report_id") == one)
        for n, f in frames.items()
    }
    seen = load.locations([(files["sha256"][0], "inbox/again.txt", None, 1200)], SEEN)
    con = database.open(home)
    load_id = load.begin(con, "2", "1")
    began = time.perf_counter()
    load.load_chunk(con, frames, files, seen, load_id=load_id, reader_version="2", catalogue_version="1")
    seconds = time.perf_counter() - began
    con.close()
    con = database.connect(home.root / "bare.duckdb")
    for name in TABLES:
        con.register(f"in_{name}", frames[name].to_arrow())
    began = time.perf_counter()
    con.execute("BEGIN")
    for name in TABLES:
        key = f"starts_with(fact_id, '{one}')" if name == "fact_evidence" else f"report_id = '{one}'"
        con.execute(f"DELETE FROM {name} WHERE {key}")
        con.execute(f"INSERT INTO {name} SELECT * FROM in_{name}")
    con.execute("COMMIT")
    bare = time.perf_counter() - began
    con.close()
    return {"reload_s": seconds, "bare_s": bare}


def measure_publish(home: Home) -> dict[str, float]:
    """Publish; beside it, COPY FROM DATABASE of the working file and nothing else."""
    con = database.open(home)
    began = time.perf_counter()
    publish.publish(con, home)
    seconds = time.perf_counter() - began
    copy = home.root / "copy.duckdb"
    began = time.perf_counter()
    con.execute(f"ATTACH {literal(str(copy))} AS copied (STORAGE_VERSION 'v1.5.0')")
    con.execute("COPY FROM DATABASE warehouse TO copied")
    con.execute("DETACH copied")
    bare = time.perf_counter() - began
    con.close()
    sizes = {"working_gb": home.warehouse, "published_gb": home.published_database, "copy_gb": copy}
    parquet = sum(p.stat().st_size for p in (home.published / "parquet").iterdir()) / 1e9
    return {"publish_s": seconds, "bare_s": bare, "parquet_gb": parquet} | {
        name: path.stat().st_size / 1e9 for name, path in sizes.items()
    }


def measure_questions(home: Home) -> dict[str, float]:
    """The fastest of three runs each, on the published copy and on the working file."""
    code = catalogue_units(home)["indicator"][7]
    mart = "SELECT count(*), sum(change), count(previous_value) FROM marts.indicator_yoy {where}"
    one = f"WHERE indicator = '{code}'"
    found = {}
    for label, path in (("published", home.published_database), ("live", home.warehouse)):
        con = database.connect(path, read_only=True)
        found[f"{label}_window_s"] = best(con, WINDOW.format(where=""))
        found[f"{label}_yoy_s"] = best(con, mart.format(where=""))
        found[f"{label}_window_one_s"] = best(con, WINDOW.format(where=one))
        found[f"{label}_yoy_one_s"] = best(con, mart.format(where=one))
        found[f"{label}_macro_one_s"] = best(con, f"SELECT count(*), sum(change) FROM yoy('{code}')")
        con.close()
    return found


def best(con: duckdb.DuckDBPyConnection, sql: str) -> float:
    times = []
    for _ in range(3):
        began = time.perf_counter()
        con.execute(sql).fetchall()
        times.append(time.perf_counter() - began)
    return min(times)


STEPS = {"reload": measure_reload, "publish": measure_publish, "questions": measure_questions}


def apart(step: str, home: Home, facts: int) -> dict[str, float]:
    """Run one step in a process of its own; its peak memory is added."""
    command = [sys.executable, __file__, "--step", step, "--home", str(home.root), "--facts", str(facts)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--facts", type=int, default=10_000_000)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--keep", action="store_true", help="leave the generated warehouse where it is")
    parser.add_argument("--step", choices=["load", *STEPS], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        home = Home.at(given.home)
        found = measure_load(home, given.facts) if given.step == "load" else STEPS[given.step](home)
        found["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(json.dumps(found))
        return
    root = given.home or Path(tempfile.mkdtemp(prefix="fazhi-benchmark-"))
    home = Home.at(root)
    try:
        report({step: apart(step, home, given.facts) for step in ("load", *STEPS)})
    finally:
        if not given.keep:
            shutil.rmtree(root)


def report(found: dict[str, dict[str, float]]) -> None:
    """The table, in the order of the issue."""
    loaded, asked = found["load"], found["questions"]
    rows = [
        ("load", loaded["load_s"], loaded["bare_s"]),
        ("reload one document", found["reload"]["reload_s"], found["reload"]["bare_s"]),
        ("publish (bare: copy of the database only)", found["publish"]["publish_s"], found["publish"]["bare_s"]),
    ]
    for label in ("published", "live"):
        rows += [
            (f"year-over-year, all, {label}", asked[f"{label}_yoy_s"], asked[f"{label}_window_s"]),
            (f"year-over-year, one indicator, {label}", asked[f"{label}_yoy_one_s"], asked[f"{label}_window_one_s"]),
            (f"FROM yoy('…'), {label}", asked[f"{label}_macro_one_s"], asked[f"{label}_window_one_s"]),
        ]
    print(f"{loaded['facts']:,.0f} facts of {loaded['reports']:,.0f} reports, DuckDB {duckdb.__version__}")
    print(f"{'':45}{'seconds':>9}{'bare':>9}{'ratio':>8}")
    for name, seconds, bare in rows:
        print(f"{name:45}{seconds:9.2f}{bare:9.2f}{seconds / bare:8.2f}")
    rate = loaded["facts"] / loaded["load_s"]
    print(f"load rate {rate:,.0f} facts/s, {loaded['bare_s'] / loaded['load_s']:.0%} of the bare INSERT … SELECT")
    sizes = found["publish"]
    print(
        f"files: working {sizes['working_gb']:.2f} GB, published {sizes['published_gb']:.2f} GB, "
        f"parquet {sizes['parquet_gb']:.2f} GB"
    )
    peaks = ", ".join(f"{step} {values['peak_gb']:.2f} GB" for step, values in found.items())
    print(f"peak memory: {peaks}")
    print("(the load's includes generating the rows and loading them a second time, bare)")


if __name__ == "__main__":
    main()
