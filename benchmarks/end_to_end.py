"""Files → published warehouse: reports per second, where the time goes, peak memory, and whether the facts are right.

    python benchmarks/end_to_end.py [--reports 10000] [--processes 2] [--chunk N] [--folder FOLDER] [--json]

Makes so many reports of about 3,000 characters with known figures (text, GB18030, pages, Word), each of another issuer
or year, takes them through ``flows.pipeline.ingest`` with everything on (gate, audit, release, quality pages), and
compares every fact in the warehouse with those that were written. Then the nothing-new run over the same files, beside
a plain directory walk. Time is wall time, with CPU time beside it for a machine that others use too (publishing and
rendering run at the same time, so each stage's CPU time holds the other's);
memory is the sum over this process and its children, sampled.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).parent.parent)  # the project as it stands here, installed or not
os.environ["PYTHONPATH"] = sys.path[0]  # also for the processes that read and render
# ruff: noqa: E402

from annual_reports import divisions
from flows import pipeline
from warehouse import database
from warehouse.home import Home

LENGTH = 3000
# a sentence with its figures: (indicator, the slot that is its value)
FIGURES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("全年党委理论学习中心组集体学法{a}次。", (("theory_group_law_sessions", "a"),)),
    ("召开法治政府建设专题会议{a}次。", (("rule_of_law_meetings", "a"),)),
    ("主要负责人讲授法治课{a}次。", (("leader_law_lectures", "a"),)),
    ("全年审查合同{b}份。", (("contracts_reviewed", "b"),)),
    ("开展法治宣传活动{b}场次。", (("legal_publicity_events", "b"),)),
    ("发放宣传资料{d}份。", (("publicity_materials_distributed", "d"),)),
    ("共排查矛盾纠纷{d}件，化解{c}件。", (("disputes_screened", "d"), ("disputes_mediated", "c"))),
    ("接待群众法律咨询{c}人次。", (("legal_consultations", "c"),)),
    ("举办行政执法培训{a}期。", (("enforcement_trainings", "a"),)),
    ("培养法律明白人{b}名。", (("law_knowledgeable_persons", "b"),)),
    ("办理人大代表建议{a}件。", (("people_congress_suggestions_handled", "a"),)),
)  # fmt: skip
CLAUSES = (
    "坚持把法治建设摆在突出位置来抓", "层层传导压力、逐级压实责任", "把依法办事的要求落到每一个环节",
    "群众办事更加方便",
    "严格执行重大行政决策程序", "未经合法性审查的一律不上会", "推行一窗受理、集成服务", "执法行为做到全程留痕",
    "努力把矛盾化解在基层", "利用集市和村广播开展宣传", "自觉接受各方面监督", "及时公开群众关心的事项",
    "发挥法律顾问的参谋作用", "加强执法队伍的教育管理", "完善应急预案并组织演练", "畅通反映诉求的渠道",
    "对发现的问题建立台账逐项销号", "镇村两级上下联动", "形成齐抓共管的工作格局", "营造遵法守法的良好氛围",
)  # fmt: skip
WEAKNESSES = ("少数干部运用法治思维的能力还不够强", "执法力量与承担的任务还不相适应", "宣传的形式比较单一")


def report(n: int, units: list[divisions.Unit]) -> tuple[str, set[tuple[str, float]]]:
    """Report number ``n`` and its facts (indicator, value): every number has an issuer and year of its own."""
    dice = random.Random(n)
    unit, year = units[n % len(units)], 2015 + n // len(units)
    place = unit.county + unit.township
    facts, sentences = set(), []
    for template, figures in FIGURES:
        found = dice.randint(100, 980)
        slots = {"a": dice.randint(2, 12), "b": dice.randint(13, 90), "c": found - dice.randint(0, 9), "d": found}
        sentences.append(template.format(**slots))
        facts |= {(indicator, float(slots[slot])) for indicator, slot in figures}

    def prose() -> str:
        return "，".join(dice.sample(CLAUSES, dice.randint(2, 4))) + "。"

    missing = LENGTH - sum(map(len, sentences)) - 400
    while missing > 0:
        sentences.append(prose())
        missing -= len(sentences[-1])
    dice.shuffle(sentences)
    parts = [f"（{'一二三四'[k]}）扎实做好第{'一二三四'[k]}方面工作\n{''.join(sentences[k::4])}" for k in range(4)]
    return (
        "\n".join(
            [
                f"{place}人民政府{year}年法治政府建设情况报告",
                f"{year}年，{place}认真落实上级部署，现将有关情况报告如下。",
                "一、主要举措和成效",
                *parts,
                "二、存在的不足和原因",
                "；".join(WEAKNESSES) + "。",
                f"三、{year + 1}年工作安排",
                f"力争开展法治宣传活动{dice.randint(91, 99)}场次。" + prose(),
                f"{place}人民政府",
                f"{year + 1}年2月20日",
            ]
        ),
        facts,
    )


def as_word(text: str) -> bytes:
    """A plain .docx of the paragraphs of ``text``."""
    body = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in text.split("\n"))
    space, word = "http://schemas.openxmlformats.org", "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1"'
        f' Type="{space}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        "</Relationships>",
        "word/document.xml": f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def as_page(text: str) -> bytes:
    """A page with a site's navigation round the text."""
    title, *lines = text.split("\n")
    links = "".join(f'<li><a href="/{k}">栏目{k}</a></li>' for k in range(20))
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return (
        f'<html><head><meta charset="utf-8"><title>{title}</title></head><body><ul>{links}</ul><h1>{title}</h1>'
        f'<div class="article">{body}</div><div>版权所有 联系我们 网站地图</div></body></html>'
    ).encode()


FORMS: tuple[tuple[str, Callable[[str], bytes]], ...] = (
    (".txt", str.encode),
    (".txt", str.encode),
    (".txt", str.encode),
    (".txt", lambda text: text.encode("gb18030")),
    (".html", as_page),
    (".docx", as_word),
)


def issuers() -> list[divisions.Unit]:
    """The townships that share their name with no other, in an order of their own."""
    by_name: dict[tuple[str, str], int] = defaultdict(int)
    known = divisions.load(None).units
    for unit in known:
        by_name[unit.county, unit.township] += 1
    units = [u for u in known if u.township and by_name[u.county, u.township] == 1 and len(u.county) > 2]
    random.Random(0).shuffle(units)
    return units


def place(folder: Path, n: int) -> Path:
    """Where report number ``n`` lies: in folders of a thousand."""
    return folder / f"{n // 1000:03}" / f"{n:06}{FORMS[n % len(FORMS)][0]}"


def generate(folder: Path, count: int) -> None:
    """``count`` files. What stands in them is not kept, but made again to compare: it would count as memory."""
    units, then = issuers(), time.time() - 3600
    for n in range(count):
        path = place(folder, n)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(FORMS[n % len(FORMS)][1](report(n, units)[0]))
        os.utime(path, (then, then))


class Memory(threading.Thread):
    """The peak, in bytes, of what this process and its children hold together, looked at five times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak, self.done = 0, threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.2):
            self.peak = max(self.peak, sum(map(resident, family(os.getpid()))))


def family(pid: int) -> list[int]:
    """``pid`` and its descendants."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        threads = [Path(f"/proc/{pid}/task/{t}/children").read_text().split() for t in os.listdir(f"/proc/{pid}/task")]
    except OSError:
        return []
    all_children = {int(c) for group in (children, *threads) for c in group}
    return [pid, *(p for child in all_children for p in family(child))]


def resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def cpu() -> tuple[float, float]:
    """CPU seconds that this process has used, and its children that have ended: what other programs on the machine
    cannot take away from a measurement."""
    times = os.times()
    return times.user + times.system, times.children_user + times.children_system


def walk(folder: Path) -> int:
    """What any program must do at least to see that nothing is new: look at every file."""
    seen = 0
    for root, _, names in os.walk(folder):
        for name in names:
            os.stat(os.path.join(root, name))
            seen += 1
    return seen


def compare(home: Home, inbox: Path, count: int) -> dict[str, int]:
    """Facts that went in and came out, that are missing, and that nobody wrote."""
    found: dict[str, set[tuple[str, float]]] = defaultdict(set)
    con = database.open(home, read_only=True)
    for path, indicator, value in con.execute(
        "SELECT path, indicator, value FROM core.facts"
        " JOIN raw.files USING (report_id) JOIN raw.file_locations USING (sha256)"
    ).fetchall():
        found[path].add((indicator, value))
    con.close()
    units, counts = issuers(), dict.fromkeys(("written", "right", "missing", "invented"), 0)
    for n in range(count):
        written, read = report(n, units)[1], found[str(place(inbox, n))]
        counts["written"] += len(written)
        counts["right"] += len(written & read)
        counts["missing"] += len(written - read)
        counts["invented"] += len(read - written)
    return counts


def falling(amounts: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(amounts.items(), key=lambda item: -item[1])


def measure(folder: Path, count: int, how: dict[str, Any]) -> dict[str, Any]:
    """One whole measurement in ``folder``."""
    inbox, home = folder / "inbox", Home.at(folder / "home")
    generate(inbox, count)
    stages: dict[str, float] = defaultdict(float)
    spent: dict[str, float] = defaultdict(float)

    def timed(fn: Callable[..., Any], *args: Any, **kw: Any) -> Any:
        began, before = time.perf_counter(), time.process_time()
        try:
            return fn(*args, **kw)
        finally:
            name = f"{fn.__module__.rpartition('.')[2]}.{fn.__name__}"
            stages[name] += time.perf_counter() - began
            spent[name] += time.process_time() - before

    memory = Memory()
    memory.start()
    began, before = time.perf_counter(), cpu()
    summary = pipeline.ingest(home, [inbox], how=pipeline.How(call=timed, **how))
    seconds, used = time.perf_counter() - began, [now - then for now, then in zip(cpu(), before, strict=True)]
    memory.done.set()
    began, before = time.perf_counter(), cpu()
    walk(inbox)
    walking, walking_cpu = time.perf_counter() - began, sum(cpu()) - sum(before)
    began, before = time.perf_counter(), cpu()
    again = pipeline.ingest(home, [inbox], how=pipeline.How(**how))
    nothing_new, nothing_new_cpu = time.perf_counter() - began, sum(cpu()) - sum(before)
    return {
        "reports": count,
        "outcome": [summary.outcome, again.outcome],
        "loaded": summary.loaded,
        "seconds": round(seconds, 1),
        "reports_per_second": round(count / seconds, 1),
        "cpu_seconds": {"main": round(used[0], 1), "children": round(used[1], 1)},
        "reports_per_2_cpu_seconds": round(2 * count / sum(used), 1),
        "stages_cpu": {name: round(s, 2) for name, s in falling(spent) if s > 0.05},
        "stages": {name: round(s / seconds, 3) for name, s in falling(stages) if s > 0.005 * seconds},
        "peak_mb": round(memory.peak / 1e6),
        "walk_seconds": round(walking, 3),
        "nothing_new_seconds": round(nothing_new, 3),
        "nothing_new_over_walk": round(nothing_new / walking, 2),
        "nothing_new_over_walk_cpu": round(nothing_new_cpu / max(walking_cpu, 0.01), 2),
        "facts": compare(home, inbox, count),
        "warehouse_mb": round(home.warehouse.stat().st_size / 1e6),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--chunk", type=int, default=pipeline.CHUNK)
    parser.add_argument("--folder", type=Path, help="keep everything there instead of in a temporary folder")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="fazhi-bench-"))
    try:
        result = measure(folder, given.reports, {"processes": given.processes, "chunk": given.chunk})
    finally:
        if not given.folder:
            shutil.rmtree(folder, ignore_errors=True)
    if given.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return
    for name, value in result.items():
        print(f"{name:22} {value}")


if __name__ == "__main__":
    main()
