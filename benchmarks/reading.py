"""Reports per second on one core: the whole reading, beside jieba's plain cut of the same texts and a plain script.

    python -m benchmarks.reading [--reports 300] [--rounds 3]

The reports are made here, of about 3,000 characters with some 25 figures each, no two alike. Every contender gets the
same texts in the same process; of several rounds the best counts, in CPU time, so that a busy machine does not decide.
The plain script is what one would write in an afternoon: jieba's words, a regular expression for numbers, a keyword
for each indicator; it gives far less and is there for scale.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence

PROSE = (
    "坚持以习近平法治思想为指导，全面落实上级关于法治政府建设的决策部署，把法治要求贯穿规划、建设、管理、服务全过程。",
    "健全党政主要负责人履行推进法治建设第一责任人职责的工作机制，做到重要工作亲自部署、重大问题亲自过问、重点环节亲自协调。",
    "严格执行重大行政决策程序，凡涉及群众切身利益的事项，都要经过公众参与、专家论证、风险评估、合法性审查和集体讨论决定。",
    "持续优化营商环境，推行一窗受理、集成服务，群众和企业办事少跑路、不跑腿，服务质量和效率明显提升。",
    "全面推行行政执法公示、执法全过程记录、重大执法决定法制审核三项制度，做到执法行为全程留痕和可回溯管理。",
    "坚持和发展新时代枫桥经验，构建人民调解、行政调解、司法调解衔接联动的工作格局，努力把矛盾化解在基层、消除在萌芽状态。",
    "利用国家宪法日、民法典宣传月等重要节点，通过宣传栏、微信公众号、村村响广播等多种方式，营造尊法学法守法用法的浓厚氛围。",
    "虽然取得了一定成绩，但对照上级要求和群众期盼仍有差距，部分干部运用法治思维解决问题的能力还不够强，执法力量与任务不相适应。",
    "把法治建设成效纳入年度绩效考核，与经济社会发展同部署、同推进、同督促、同考核，层层传导压力，逐级压实责任。",
    "加强对行政权力运行的制约和监督，自觉接受人大监督、民主监督、司法监督和社会监督，及时公开群众关心的事项。",
)
FIGURES = (
    "全年组织理论学习中心组学法{a}次，会前学法{b}次。",
    "召开法治政府建设专题会议{a}次，研究解决重点问题{b}项。",
    "举办执法业务培训{a}期，参训{c}人次，执法人员持证上岗率达到100%。",
    "法律顾问审查合同{c}份，出具法律意见书{b}份，提供法律咨询{c}余次。",
    "开展法治宣传活动{c}余场次，发放宣传资料{d}余份，受教育群众{d}余人次。",
    "“法律进校园”宣讲{a}场次，覆盖师生{d}余人次。",
    "共排查矛盾纠纷{d}件，化解{c}件，其中人民调解{b}件，行政调解{a}件。",
    "办理行政处罚案件{c}件，罚款{e}万元，结案率达98.5%。",
    "开展行政检查{d}余次，联合执法{b}次。",
    "受理12345热线工单{d}件，按时办结率、群众满意率均为100%。",
    "行政复议案件{a}件，行政诉讼案件{b}件，行政机关负责人出庭应诉率100%。",
    "全年未发生因执法不当引发的行政复议或行政诉讼案件。",
    "清理规范性文件{c}件，其中废止{a}件、宣布失效{b}件。",
    "办件量同比增长{e}%，较上年增加{d}件。",
)
PLAN = "【{n}】力争调解成功率达到98%以上，开展法治宣传不少于{c}场次，每季度组织执法培训1次。"
HEADS = (
    "强化组织领导，压实法治责任",
    "规范行政行为，提升依法行政水平",
    "深化法治宣传，营造良好氛围",
    "依法化解矛盾，维护社会稳定",
)


def report(seed: int) -> str:
    """One made-up report of about 3,000 characters; another for every ``seed``."""
    dice = random.Random(seed)

    def figures(template: str) -> str:
        return template.format(
            a=dice.randint(2, 12), b=dice.randint(3, 30), c=dice.randint(20, 99), d=dice.randint(100, 9800),
            e=f"{dice.uniform(1, 60):.2f}", n=seed,
        )  # fmt: skip

    place = "".join(dice.choices("青云石溪望江临安东西南北新平长山河", k=2))
    lines = [f"{place}镇关于2024年法治政府建设情况的报告", f"2024年，{place}镇{PROSE[0]}现将有关情况报告如下："]
    lines.append("一、2024年推进法治政府建设的主要举措和成效")
    sentences = dice.sample(FIGURES, 12)
    for number, head in enumerate(HEADS):
        lines.append(f"（{'一二三四'[number]}）{head}")
        body = [figures(one) for one in sentences[number * 3 : number * 3 + 3]] + dice.sample(PROSE, 5)
        lines.append("".join(dice.sample(body, len(body))))
    lines += ["二、存在的不足和原因", "".join(dice.sample(PROSE, 5))]
    lines += ["三、党政主要负责人履行推进法治建设第一责任人职责情况", "".join(dice.sample(PROSE, 6))]
    lines += ["四、2025年法治政府建设主要安排", figures(PLAN) + "".join(dice.sample(PROSE, 6))]
    return "\n".join(lines)


def plain_script(cut: Callable[[str], Sequence[str]]) -> Callable[[str], list[tuple[str, float, str]]]:
    """jieba's words, numbers by a regular expression, an indicator by the nearest keyword before the number."""
    keywords = {"培训": "trainings", "宣传": "publicity", "合同": "contracts", "纠纷": "disputes", "处罚": "penalties"}
    number = re.compile(r"(\d+(?:\.\d+)?)(万|亿)?(余)?(人次|场次|件|次|份|项|期|%|元)")

    def read(text: str) -> list[tuple[str, float, str]]:
        found = []
        for sentence in re.split(r"[。；\n]", text):
            words = list(cut(sentence))
            for match in number.finditer(sentence):
                near = [keywords[word] for word in words if word in keywords]
                value = float(match[1]) * {"万": 1e4, "亿": 1e8}.get(match[2], 1)
                found.append((near[-1] if near else "", value, match[4]))
        return found

    return read


def best(work: Callable[[str], object], texts: Sequence[str], rounds: int) -> float:
    """Reports per second of CPU time, the best of ``rounds``."""
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        for text in texts:
            work(text)
        seconds.append(time.process_time() - start)
    return len(texts) / min(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description="每秒读多少份报告（单核，按 CPU 时间）")
    parser.add_argument("--reports", type=int, default=300, help="报告份数，份份不同")
    parser.add_argument("--rounds", type=int, default=3, help="几轮里取最好的一轮")
    options = parser.parse_args()

    import jieba

    from annual_reports import catalogue, places
    from annual_reports.reading import read

    tables, divisions = catalogue.load(), places.load()
    texts = [report(seed) for seed in range(options.reports)]
    with tempfile.TemporaryDirectory() as folder:  # jieba's cache is shared by everyone on a machine unless told
        jieba.dt.tmp_dir = folder
        jieba.setLogLevel(60)
        jieba.initialize()
        script = plain_script(jieba.lcut)
        contenders: dict[str, Callable[[str], object]] = {
            "fazhi 全部读数": lambda text: read(text.encode(), "报告.txt", catalogue=tables, divisions=divisions),
            "jieba 切词": jieba.lcut,
            "简单脚本": script,
        }
        first = read(texts[0].encode(), "报告.txt", catalogue=tables, divisions=divisions)
        achieved = sum(quantity.role == "achieved" for quantity in first.quantities)
        print(
            f"{len(texts)} 份，平均 {sum(map(len, texts)) // len(texts)} 字；第一份读出 {achieved} 个数",
            file=sys.stderr,
        )
        for work in contenders.values():
            work(texts[0])
        speeds = {name: best(work, texts, options.rounds) for name, work in contenders.items()}
    for name, speed in speeds.items():
        print(f"{name:<12}{speed:8.0f} 份/秒　为 jieba 切词的 {speed / speeds['jieba 切词']:.2f} 倍")


if __name__ == "__main__":
    main()
