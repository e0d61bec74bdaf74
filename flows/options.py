"""What the commands share: where the home is, how data goes out, how an error is told.

Data goes to stdout, everything else to stderr. Exit codes: 0 done (rules that only warn change nothing about that),
1 failed, 2 wrong usage, 3 done with rejected or quarantined items.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from warehouse.home import Home

DONE, FAILED, USAGE, WITH_REJECTS = 0, 1, 2, 3


def home_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--home``, handed to the command as a Path."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("data"),
        envvar="FAZHI_HOME",
        show_default=True,
        show_envvar=True,
        help="数据所在的文件夹（收件箱、原件、仓库、发布、质量页都在其中）。",
    )(command)


def existing(home: Path, *, rebuilding: bool = False) -> Home:
    """The home at ``home``, which must hold a warehouse (for ``rebuilding``: originals). A mistyped ``--home`` would
    otherwise become an empty warehouse, and be published. Raises ValueError (Chinese)."""
    from warehouse.home import Home

    here = Home.at(home)
    originals = here.snapshots.is_dir() and any(here.snapshots.iterdir())
    if (here.warehouse.is_file() and not rebuilding) or (originals and rebuilding):
        return here
    if not here.root.is_dir():
        raise ValueError(
            f"没有 {here.root} 这个文件夹；请检查 --home（或 FAZHI_HOME），新建的家目录先运行 fazhi ingest"
        )
    if rebuilding:
        raise ValueError(f"{here.root} 里没有原件（snapshots/），无从重建；请检查 --home（或 FAZHI_HOME）")
    first = "fazhi rebuild（原件在）" if originals else "fazhi ingest"
    raise ValueError(f"{here.root} 里还没有仓库；请检查 --home（或 FAZHI_HOME），或先运行 {first}")


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--json``, handed to the command as ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，供程序读取。")(command)


def say(message: str = "") -> None:
    """A line for people, on stderr."""
    click.echo(message, err=True)


def put_json(value: Any) -> None:
    """A value as JSON on stdout, Chinese as it is; dates and decimals as text."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def fail(message: str, code: int = FAILED) -> None:
    """End the command with a message on stderr and an exit code."""
    say(f"错误：{message}")
    sys.exit(code)


def told(command: Callable[..., Any]) -> Callable[..., Any]:
    """Tell the errors that a user can mend as one line, without a traceback; the others keep theirs.

    The errors that are meant for users say so themselves: they are ValueError, OSError or RuntimeError with a Chinese
    message (CatalogueError, warehouse errors …). A message without a Chinese character is not meant for users.
    """

    @functools.wraps(command)
    def run(*args: Any, **kw: Any) -> Any:
        try:
            return command(*args, **kw)
        except (ValueError, OSError, RuntimeError) as error:
            if not any("一" <= c <= "鿿" for c in str(error)):
                raise
            fail(str(error))

    return run
