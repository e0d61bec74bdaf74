"""Commands that run the pipeline: demo, ingest, publish, audit, reread, rebuild, serve."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from flows.options import WITH_REJECTS, existing, fail, home_option, json_option, put_json, say, told

PATHS = click.Path(exists=True, path_type=Path)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, only where a person sees it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def prefect_api() -> str | None:
    """The address of the Prefect API that the environment or Prefect's profile names, if any."""
    if address := os.environ.get("PREFECT_API_URL"):
        return address
    profiles = Path(os.environ.get("PREFECT_PROFILES_PATH") or _prefect_home() / "profiles.toml").expanduser()
    if not profiles.is_file():
        return None
    import tomllib

    known = tomllib.loads(profiles.read_text("utf-8"))
    name = os.environ.get("PREFECT_PROFILE") or known.get("active", "ephemeral")
    address = known.get("profiles", {}).get(name, {}).get("PREFECT_API_URL")
    return address if isinstance(address, str) else None


def _prefect_home() -> Path:
    return Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()


def recorded(name: str, **parameters: Any) -> Any:
    """Run the flow ``name`` as a recorded run on the configured API; its result, which the state carries."""
    from importlib import import_module

    flow = getattr(import_module(f"flows.{name}"), name)
    state = flow(**parameters, return_state=True)
    if state.is_crashed() or (not state.data and state.is_failed()):
        raise RuntimeError(f"Prefect 记录的运行失败：{state.message}")
    return state.result(raise_on_failure=False)


@click.command()
@click.argument("paths", nargs=-1, type=PATHS, metavar="[PATH]...")
@home_option
@click.option("--no-publish", is_flag=True, help="只入库，不发布。")
@click.option("--chunk", type=click.IntRange(1), default=None, help="一次检查并入库的文件数。")
@click.option("--processes", type=click.IntRange(1), default=None, help="读取进程数，默认等于处理器核数。")
@click.option("--dask", metavar="SCHEDULER", help="在 Dask 集群上读取，如 tcp://10.0.0.5:8786；家目录须各机共享。")
@json_option
@told
def ingest(
    *,
    paths: tuple[Path, ...],
    home: Path,
    no_publish: bool,
    chunk: int | None,
    processes: int | None,
    dask: str | None,
    as_json: bool,
) -> None:
    """把文件或文件夹里的年报读进仓库，最后发布；不给 PATH 时读收件箱（HOME/inbox）。

    不移动、不改动原来的文件。读不成的文件记下原因，不影响其他文件，退出码为 3；再运行一次只读新的。
    """
    from flows import pipeline
    from flows.summary import lines

    given = [str(p) for p in paths] or None
    if not pipeline.Home.at(home).warehouse.is_file():
        say(f"家目录 {pipeline.Home.at(home).root} 里还没有仓库，这就新建")
    if address := prefect_api():
        say(f"作为 Prefect 运行记录在 {address}")
        summary = recorded(
            "ingest",
            home=str(pipeline.Home.at(home).root),
            paths=given,
            publish=not no_publish,
            chunk=chunk or pipeline.CHUNK,
            processes=processes,
            dask=dask,
        )
    else:
        with progress_bar("读取") as progress:
            how = pipeline.How(progress=progress, processes=processes, dask=dask, chunk=chunk or pipeline.CHUNK)
            summary = pipeline.ingest(pipeline.Home.at(home), given, publish=not no_publish, how=how)
    for line in lines(summary):
        say(line)
    if as_json:
        put_json(summary.as_json())
    sys.exit(summary.exit_code)


@click.command()
@home_option
@click.option("--accept-shrink", "shrinks", is_flag=True, help="上一版里的报告这一版没有了，也照样发布。")
@json_option
@told
def publish(home: Path, shrinks: bool, as_json: bool) -> None:
    """检查仓库并发布：只读数据库、Parquet、CSV、数据字典和质量页。检查不过则保留上一版。"""
    from flows import pipeline

    here = existing(home)
    if prefect_api():
        result = recorded("publish", home=str(here.root), shrinks=shrinks)
    else:
        result = pipeline.publish(here, shrinks=shrinks)
    say(result.message)
    if as_json:
        put_json(result.as_json())
    sys.exit(result.exit_code)


@click.command()
@home_option
@click.option(
    "--write-baseline", is_flag=True, help="把现有的行数写进 HOME/baseline.yml，以后低于它就不发布；请核对后保存。"
)
@json_option
@told
def audit(home: Path, write_baseline: bool, as_json: bool) -> None:
    """检查整个仓库，更新质量页；有关键规则没通过时退出码为 1，提示只列出来。"""
    from expectations.labels import say as word
    from flows import pipeline

    here = existing(home)
    if write_baseline:
        from expectations.audit import make_baseline

        with pipeline.opened(here, patience=10) as con:
            here.baseline.write_text(make_baseline(con), "utf-8")
        say(f"已写入 {here.baseline}")
    result = recorded("audit", home=str(here.root)) if prefect_api() else pipeline.audit(here)
    for rule in result.broken:
        say(f"{word(rule.severity)} {rule.rule} {rule.sentence}：{rule.failed} 行")
    say(result.message)
    if as_json:
        put_json(result.as_json())
    sys.exit(result.exit_code)


@click.command()
@home_option
@click.option("--since", metavar="VERSION", help="只重读由早于这个版本的读取程序读成的。")
@json_option
@told
def reread(home: Path, since: str | None, as_json: bool) -> None:
    """读取程序或目录改动后，重读原件并报告哪些数变了；最后发布。"""
    from flows import again, pipeline
    from flows.output import put_table
    from flows.summary import lines

    here = existing(home)
    with progress_bar("重读") as progress:
        summary, changes = again.reread(here, since, how=pipeline.How(progress=progress))
    for line in lines(summary):
        say(line)
    put_table(changes, "json" if as_json else "table")
    sys.exit(summary.exit_code)


@click.command()
@home_option
@json_option
@told
def rebuild(home: Path, as_json: bool) -> None:
    """用家目录里的原件和人工决定重建整个仓库；旧仓库留在旁边，直到新的建成。"""
    from flows import again, pipeline
    from flows.summary import lines

    here = existing(home, rebuilding=True)
    with progress_bar("重建") as progress:
        summary = again.rebuild(here, how=pipeline.How(progress=progress))
    for line in lines(summary):
        say(line)
    if as_json:
        put_json(summary.as_json())
    sys.exit(summary.exit_code)


@click.command()
@home_option
@click.option("--port", type=click.IntRange(1, 65535), default=4200, show_default=True, help="Prefect 服务的本机端口。")
@click.option("--every", type=click.IntRange(1), default=600, show_default=True, help="每隔多少秒查看一次收件箱。")
@click.option("--cron", help='按 cron 查看收件箱，如 "0 8 * * 1-5"（北京时间）；给了它就不看 --every。')
@click.option("--audit-cron", default="30 2 * * *", show_default=True, help="全库检查的时间（北京时间）。")
@click.option("--publish-cron", default="30 3 * * *", show_default=True, help="例行发布的时间（北京时间）。")
@told
def serve(*, home: Path, port: int, every: int, cron: str | None, audit_cron: str, publish_cron: str) -> None:
    """在一台机器上按时运行：启动 Prefect 服务，定时读收件箱、检查、发布，直到 Ctrl-C。"""
    from flows import serving
    from warehouse.home import Home

    here = Home.at(home).make()
    schedules = serving.Schedules(timedelta(seconds=every), cron, audit_cron, publish_cron)
    say(f"收件箱 {here.inbox}；运行记录 http://127.0.0.1:{port}；Ctrl-C 停止")
    serving.serve(here, port, schedules)
    say("已停止")


@click.command()
@home_option
@told
def demo(home: Path) -> None:
    """用自带的样例走一遍全程：启动 Prefect 服务，读取、检查、入库、发布，打印结果，停掉服务。

    样例都是虚构的地方。其中有意放了读不成的文件，所以有拒收也算成功。再运行一次不会重复入库。
    """
    from flows import demonstration
    from warehouse.home import Home

    summary = demonstration.run(Home.at(home))
    if summary.exit_code not in (0, WITH_REJECTS):
        fail(summary.message)
