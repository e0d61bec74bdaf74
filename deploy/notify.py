"""通知：运行失败、崩溃，或有拒收、隔离时，由 Prefect 向一个网址发一条文字消息（企业微信、钉钉的群机器人即可用）。

在服务运行着的机器上，用装有 fazhi 的 Python 运行一次；再运行一次即改用新的网址：

    PREFECT_API_URL=http://127.0.0.1:4200/api python deploy/notify.py 'https://…/webhook/send?key=…'

飞书的消息格式不同，见 ``MESSAGE``。用法与停用见 docs/operations.md 的「通知」。
"""

import os
import sys

os.environ.setdefault("DO_NOT_TRACK", "1")

from prefect.automations import Automation
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import get_client
from prefect.events.actions import CallWebhook
from prefect.events.schemas.automations import EventTrigger, Posture

NAME = "fazhi-notify"
STATES = ("Failed", "Crashed", "Quarantined")  # of docs/operations.md; Completed and NothingNew are no news
# What is sent, as a Jinja template over the run. For 飞书: {"msg_type": "text", "content": {"text": …}}
MESSAGE = """
{"msgtype": "text", "text": {"content": {{
    ("法治年报数仓 " ~ flow.name ~ "：" ~ flow_run.state.name ~ "。" ~ (flow_run.state.message or "")) | tojson
}}}}
"""


def install(url: str) -> None:
    """Save the address as a block and the automation over it, replacing an older one of the same name."""
    block = Webhook(method="POST", url=url)
    block_id = block.save(NAME, overwrite=True)
    with get_client(sync_client=True) as client:
        for known in client.read_automations_by_name(NAME):
            client.delete_automation(known.id)
    Automation(
        name=NAME,
        description="失败、崩溃、有拒收或隔离时通知",
        trigger=EventTrigger(
            posture=Posture.Reactive,
            expect={f"prefect.flow-run.{state}" for state in STATES},
            match={"prefect.resource.id": "prefect.flow-run.*"},
            match_related=[{"prefect.resource.role": "flow", "prefect.resource.name": ["ingest", "audit", "publish"]}],
            for_each={"prefect.resource.id"},
            threshold=1,
        ),
        actions=[CallWebhook(block_document_id=block_id, payload=MESSAGE.strip())],
    ).create()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not os.environ.get("PREFECT_API_URL"):
        sys.exit("用法：PREFECT_API_URL=http://127.0.0.1:4200/api python deploy/notify.py 网址")
    install(sys.argv[1])
    print(f"已设好通知（自动化 {NAME}）：{'、'.join(STATES)}")
