"""The command line ``fazhi``: which commands there are, and nothing that is slow to import.

Each command lives in a module of ``flows.commands``; it is imported when it is asked for, and imports what it needs
inside its function, so that ``fazhi --help`` answers in under 0.3 s.
"""

from __future__ import annotations

from importlib import import_module

import click

from flows.chinese import speak_chinese

# command → (module of flows.commands, one line of help), in the order a newcomer needs them
COMMANDS = {
    "demo": ("run", "用自带的样例走一遍全程：读取、检查、入库、发布、出质量页。"),
    "ingest": ("run", "把文件或文件夹里的年报读进仓库，最后发布。"),
    "publish": ("run", "把仓库发布成只读副本、Parquet、CSV 和质量页。"),
    "audit": ("run", "检查整个仓库，更新质量页。"),
    "reread": ("run", "读取程序或目录改动后，重读原件并报告哪些数变了。"),
    "rebuild": ("run", "用家目录里的原件和人工决定重建整个仓库。"),
    "serve": ("run", "在一台机器上按时运行：启动 Prefect 服务并排好定时任务。"),
    "extract": ("reading", "读一个文件，给出读到的全部内容。"),
    "show": ("reading", "在终端显示原文，标出读到的每个数和它的含义。"),
    "evaluate": ("reading", "拿人工标注的答案衡量读取的准确程度。"),
    "catalogue": ("reading", "查看、检查指标目录，列出还没有指标认领的说法。"),
    "sql": ("asking", "用 SQL 查询已发布的仓库。"),
    "yoy": ("asking", "某个指标逐年的变化。"),
    "evidence": ("asking", "一个数的出处：原句、章节、文件。"),
    "analyses": ("asking", "列出自带的分析。"),
    "analyse": ("asking", "运行一个自带的分析。"),
    "quality": ("checking", "质量概况：检查了什么，哪些没通过。"),
    "quarantine": ("checking", "查看、放行或丢弃被隔离的行。"),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _ = COMMANDS[name]
        command: click.Command = getattr(import_module(f"flows.commands.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


speak_chinese()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="fazhi-warehouse", prog_name="fazhi")
def main() -> None:
    """法治年报数仓：把《法治政府建设情况报告》读成可以按年比较、每个数字都能回到原句的 DuckDB 数据仓库。

    退出码：0 完成；1 失败；2 用法不对；3 完成，但有拒收的文件或隔离的行。
    """


if __name__ == "__main__":
    main()
