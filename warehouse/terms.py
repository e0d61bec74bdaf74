"""The words of section titles, for keyword trends: cut by jieba once per title, never the whole text.

Knows which words count (two characters or more, Chinese, no numbers). Leaves out what is asked of them
(``sql/analyses``).
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import polars as pl

WORD = re.compile(r"[\u3400-\u9fff]{2,}")
NUMBER = re.compile(r"[〇零一二三四五六七八九十百千万亿两]+")


def cut(title: str) -> list[str]:
    """The distinct words of a title, in order: 「加强组织领导，完善机制」 → 加强, 组织, 领导, 完善, 机制."""
    import jieba

    words = (w for w in jieba.cut(title) if WORD.fullmatch(w) and not NUMBER.fullmatch(w))
    return list(dict.fromkeys(words))


def cut_new_titles(con: duckdb.DuckDBPyConnection, sections: pl.DataFrame, cache: Path | None) -> None:
    """Add the words of titles in ``sections`` that ``core.title_terms`` lacks; in the caller's transaction."""
    titles = sections.select(pl.col("title").unique())
    if titles.is_empty():
        return
    con.register("in_titles", titles.to_arrow())
    new = con.execute("SELECT title FROM in_titles ANTI JOIN core.title_terms USING (title)").fetchall()
    con.unregister("in_titles")
    if not new:
        return
    _prepare(cache)
    rows = [(title, word) for (title,) in new for word in cut(title)]
    frame = pl.DataFrame(rows, schema={"title": pl.String, "term": pl.String}, orient="row")
    con.register("in_terms", frame.to_arrow())
    con.execute("INSERT INTO core.title_terms SELECT title, term FROM in_terms")
    con.unregister("in_terms")


def _prepare(cache: Path | None) -> None:
    """Quiet, and with a cache of our own: the system's temporary folder is shared, raced and can be poisoned."""
    import logging

    import jieba

    if jieba.dt.initialized:
        return
    jieba.setLogLevel(logging.WARNING)
    if cache is not None:
        cache.mkdir(parents=True, exist_ok=True)
        jieba.dt.tmp_dir = str(cache)
