"""Reports per second on one core: the whole reading, beside jieba's plain cut of the same texts and a plain script.

    python benchmarks/reading.py [--reports 300] [--rounds 5] [--json]

The reports are made here out of clauses and figures, of about 3,000 characters with some 25 figures each (as the real
ones have: 18 to 26), every one of another place, no two alike. Every contender gets the same texts in the same
process, by turns; of several rounds the best counts, in CPU time, so that a busy machine does not decide. ``read``
starts from the file's bytes and gives the full result; the other two get the text and give far less: they are there
for scale. The plain script is what one would write in an afternoon: jieba's words, regular expressions and cn2an for
the numbers, the nearest keyword for the indicator.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path[0] = str(Path(__file__).parent.parent)  # the project as it stands here, installed or not
# ruff: noqa: E402

import cn2an
import jieba

from annual_reports import catalogue, places
from annual_reports.divisions import Divisions
from annual_reports.reading import read

LENGTH = 3000
CLAUSES = (
    "坚持以习近平法治思想为指导",
    "全面落实上级关于法治政府建设的决策部署",
    "把法治要求贯穿规划、建设、管理、服务全过程",
    "主要负责人认真履行推进法治建设第一责任人职责",
    "做到重要工作亲自部署、重大问题亲自过问",
    "严格执行重大行政决策程序",
    "凡涉及群众切身利益的事项都要经过公众参与和专家论证",
    "未经合法性审查的一律不上会讨论",
    "持续优化营商环境",
    "推行一窗受理、集成服务",
    "群众和企业办事少跑路、不跑腿",
    "服务质量和效率明显提升",
    "全面推行行政执法公示制度",
    "做到执法行为全程留痕和可回溯管理",
    "坚持和发展新时代枫桥经验",
    "构建人民调解、行政调解、司法调解衔接联动的工作格局",
    "努力把矛盾化解在基层、消除在萌芽状态",
    "利用国家宪法日、民法典宣传月等重要节点",
    "通过宣传栏、微信公众号、村村响广播等多种方式",
    "营造尊法学法守法用法的浓厚氛围",
    "把法治建设成效纳入年度绩效考核",
    "与经济社会发展同部署、同推进、同考核",
    "层层传导压力，逐级压实责任",
    "自觉接受人大监督、民主监督和社会监督",
    "及时公开群众关心的事项",
    "充分发挥法律顾问的参谋助手作用",
    "在村（社区）建立公共法律服务工作室",
    "为群众提供便捷高效的法律服务",
    "加强行政执法队伍建设",
    "建立健全执法人员管理和培训考核机制",
    "配合上级部门做好综合行政执法改革",
    "厘清权责边界，规范执法程序",
    "对排查出的风险隐患建立台账、逐项销号",
    "完善突发事件应急预案",
    "定期组织演练，提高应急处置能力",
    "推动党务、政务、村务公开制度化",
    "畅通信访渠道，引导群众依法表达诉求",
)
WEAKNESSES = (
    "部分干部运用法治思维解决问题的能力还不够强",
    "执法力量与承担的任务不相适应",
    "普法宣传的形式较为单一，针对性有待提高",
    "个别村的法律明白人作用发挥不明显",
    "专业法律人才相对缺乏",
    "调解员队伍年龄偏大，业务水平参差不齐",
)
AUDIENCES = ("校园", "乡村", "社区", "企业", "机关")
CAMPAIGNS = ("食品安全", "安全生产", "农村道路交通安全", "生态环境保护", "消防安全")
FIGURES = (
    "全年组织理论学习中心组学法{a}次，会前学法{b}次。",
    "召开法治政府建设专题会议{a}次，研究解决重点问题{b}项。",
    "举办执法业务培训{a}期，参训{c}人次，执法人员持证上岗率达到100%。",
    "法律顾问审查合同{c}份，出具法律意见书{b}份，提供法律咨询{c}余次。",
    "开展法治宣传活动{c}余场次，发放宣传资料{d}余份，受教育群众{d}余人次。",
    "“法律进{who}”宣讲{han}场次，覆盖{d}余人次。",
    "共排查矛盾纠纷{d}件，化解{c}件，其中人民调解{b}件，行政调解{a}件。",
    "办理行政处罚案件{c}件，罚款{e}万元，结案率达98.5%。",
    "围绕{campaign}开展行政检查{d}余次，联合执法{b}次。",
    "受理12345热线工单{d}件，按时办结率、群众满意率均为100%。",
    "行政复议案件{a}件，行政诉讼案件{b}件，行政机关负责人出庭应诉率100%。",
    "全年未发生因执法不当引发的行政复议或行政诉讼案件。",
    "清理规范性文件{c}件，其中废止{a}件、宣布失效{b}件。",
    "办件量同比增长{e}%，较上年增加{d}件。",
    "培养法律明白人{c}名，配备人民调解员{b}名，建成法治文化阵地{han}处。",
)
PLANS = ("力争调解成功率达到9{a}%以上。", "开展法治宣传不少于{c}场次。", "每季度组织执法培训1次。")
HEADS = (
    "强化组织领导，压实法治责任",
    "规范行政行为，提升依法行政水平",
    "深化法治宣传，营造良好氛围",
    "依法化解矛盾，维护社会稳定",
    "健全制度体系，坚持科学民主决策",
    "严格规范执法，维护群众权益",
)
PARTS = (
    ("二、存在的不足和原因", WEAKNESSES, 6),
    ("三、党政主要负责人履行推进法治建设第一责任人职责情况", CLAUSES, 6),
    ("四、{next}年法治政府建设主要安排", CLAUSES, 7),
)


def report(seed: int, divisions: Divisions) -> str:
    """A made-up report of a real township, of about ``LENGTH`` characters; another for every ``seed``."""
    dice = random.Random(seed)
    unit = dice.choice([unit for unit in dice.choices(divisions.units, k=40) if unit.township])
    place = dice.choice((unit.county + unit.township, unit.township))
    year = dice.randint(2020, 2024)

    def figures(template: str) -> str:
        return template.format(
            a=dice.randint(2, 9), b=dice.randint(3, 30), c=dice.randint(20, 99), d=dice.randint(100, 9800),
            e=f"{dice.uniform(1, 60):.2f}", han=dice.choice(("两", "三", "五", "十二", "二十四")),
            who=dice.choice(AUDIENCES), campaign=dice.choice(CAMPAIGNS),
        )  # fmt: skip

    def prose(clauses: Sequence[str], sentences: int) -> list[str]:
        return ["，".join(dice.sample(clauses, dice.randint(2, 4))) + "。" for _ in range(sentences)]

    opening = f"{year}年，{place}{prose(CLAUSES, 1)[0]}现将有关情况报告如下："
    head = [f"{place}关于{year}年法治政府建设情况的报告", opening]
    tail: list[str] = []
    for title, clauses, sentences in PARTS:
        words = prose(clauses, sentences)
        if clauses is CLAUSES and "{next}" in title:
            words += [figures(plan) for plan in PLANS]
        tail += [title.format(next=year + 1), "".join(words)]
    sentences = [figures(one) for one in dice.sample(FIGURES, 8)]
    missing = LENGTH - sum(map(len, (*head, *tail, *sentences)))
    while missing > 40:
        sentences += prose(CLAUSES, 1)
        missing -= len(sentences[-1])
    dice.shuffle(sentences)
    chosen = dice.sample(HEADS, 4)
    body = [f"（{'一二三四'[n]}）{title}\n{''.join(sentences[n::4])}" for n, title in enumerate(chosen)]
    return "\n".join([*head, f"一、{year}年推进法治政府建设的主要举措和成效", *body, *tail])


KEYWORDS = {"培训": "trainings", "宣传": "publicity", "合同": "contracts", "纠纷": "disputes", "处罚": "penalties"}
NUMBER = re.compile(r"(\d+(?:\.\d+)?|[一二两三四五六七八九十百千]+)(万|亿)?(余)?(人次|场次|件|次|份|项|期|名|处|%|元)")


def plain_script(text: str) -> list[tuple[str, float, str]]:
    """jieba's words, numbers by a regular expression and cn2an, an indicator by the nearest keyword before."""
    found = []
    for sentence in re.split(r"[。；\n]", text):
        words = jieba.lcut(sentence)
        near = [KEYWORDS[word] for word in words if word in KEYWORDS]
        for match in NUMBER.finditer(sentence):
            value = float(cn2an.cn2an(match[1], "smart")) * {"万": 1e4, "亿": 1e8}.get(match[2], 1)
            found.append((near[-1] if near else "", value, match[4]))
    return found


def best(contenders: dict[str, Callable[[str], object]], texts: Sequence[str], rounds: int) -> dict[str, float]:
    """Reports per second of CPU time of each, by turns, the best of ``rounds``."""
    seconds = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, work in contenders.items():
            start = time.process_time()
            for text in texts:
                work(text)
            seconds[name] = min(seconds[name], time.process_time() - start)
    return {name: len(texts) / least for name, least in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="每秒读多少份报告（单核，按 CPU 时间）")
    parser.add_argument("--reports", type=int, default=300, help="报告份数，份份不同")
    parser.add_argument("--rounds", type=int, default=5, help="几轮里取最好的一轮")
    parser.add_argument("--json", action="store_true", help="按 JSON 输出")
    options = parser.parse_args()

    tables, divisions = catalogue.load(), places.load()
    texts = [report(seed, divisions) for seed in range(options.reports)]

    def whole_reading(text: str) -> object:
        return read(text.encode(), "报告.txt", catalogue=tables, divisions=divisions)

    contenders: dict[str, Callable[[str], object]] = {
        "read": whole_reading, "jieba_cut": jieba.lcut, "plain_script": plain_script,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:  # jieba's cache is shared by everyone on a machine unless told
        jieba.dt.tmp_dir = folder
        jieba.setLogLevel(60)
        jieba.initialize()
    results = [read(text.encode(), "报告.txt", catalogue=tables, divisions=divisions) for text in texts[:50]]
    counting = ("achieved", "target", "quota", "change", "comparative")
    figures = [sum(quantity.role in counting for quantity in result.quantities) for result in results]
    for work in contenders.values():
        work(texts[0])
    speeds = best(contenders, texts, options.rounds)
    row = {
        "reports": len(texts),
        "characters": round(sum(map(len, texts)) / len(texts)),
        "figures": round(sum(figures) / len(figures), 1),
        "accepted": sum(result.accepted for result in results) / len(results),
        "reports_per_second": {name: round(speed, 1) for name, speed in speeds.items()},
        "times_jieba_cut": round(speeds["read"] / speeds["jieba_cut"], 2),
        "times_plain_script": round(speeds["read"] / speeds["plain_script"], 2),
    }
    if options.json:
        print(json.dumps(row, ensure_ascii=False))
        return
    print(f"{row['reports']} 份，平均 {row['characters']} 字、{row['figures']} 个数")
    names = {"read": "fazhi 全部读数", "jieba_cut": "jieba 切词", "plain_script": "简单脚本"}
    for name, speed in speeds.items():
        print(f"{names[name]}\t{speed:.0f} 份/秒\t为 jieba 切词的 {speed / speeds['jieba_cut']:.2f} 倍")


if __name__ == "__main__":
    main()
