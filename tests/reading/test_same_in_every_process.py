"""The same bytes give the same reading in every process: Python's string hashes, and with them the order of every
set, differ from one process to the next, so nothing may rest on that order."""

import os
import subprocess
import sys

SCRIPT = """
import json
from annual_reports import read
from annual_reports.json_form import to_json
lines = [
    '柳塘镇关于2024年法治政府建设情况的报告',
    '一、主要举措和成效',
    '（一）强化学习。镇党委理论学习中心组以习近平法治思想为主课，全年组织专题研讨交流11次。'
    '机关带动各村学法，先后办起大小学法活动30余次，网上答题的有6000余人次，举办法治讲座5场次，受众320人次。',
    '（二）化解矛盾。排查调处各类矛盾纠纷86件，成功化解85件，群众满意率99%，执法人员持证上岗12人，新取得执法证3人。',
    '二、存在的问题',
    '普法宣传的形式还不够多样。',
]
print(json.dumps(to_json(read('\\n'.join(lines).encode(), '报告.txt')), ensure_ascii=False, sort_keys=True))
"""


def reading(seed: int) -> str:
    environment = os.environ | {"PYTHONHASHSEED": str(seed)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_reading_does_not_rest_on_the_order_of_sets() -> None:
    first = reading(0)
    assert '"accepted": true' in first
    assert {reading(seed) for seed in (1, 2, 5)} == {first}
