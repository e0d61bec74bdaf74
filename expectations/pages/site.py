"""Writing pages: templates with everything escaped, lists cut into pages, old pages removed.

Knows files, links and sizes; nothing of what stands on a page.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import jinja2
import polars as pl
from markupsafe import Markup

from expectations.clock import when
from expectations.labels import say
from expectations.pages.marking import number

HERE = Path(__file__).parent
PER_PAGE = 200  # rows of a list; at some 2 KB each a page stays well under 1 MB


class Templates(jinja2.Environment):
    """Jinja2, told that the rows which pages show are mappings: ``row.title`` is looked up there first."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@lru_cache(maxsize=1)
def templates() -> jinja2.Environment:
    """The templates, with autoescape on and the words that pages use."""
    environment = Templates(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,  # else every page looks whether its templates have changed
    )
    environment.filters |= {"say": say, "number": number, "when": when, "short": short, "quote": quote, "size": size}
    environment.globals["navigation"] = navigation
    return environment


@lru_cache
def navigation(root: str, here: str, docs: bool) -> Markup:
    """The links to all lists, the one that the page stands ``here`` in marked: the same on thousands of pages."""
    return Markup(templates().get_template("navigation.html").render(root=root, here=here, docs=docs))


def short(text: str | None, most: int = 80) -> str:
    """At most ``most`` characters of a text."""
    text = text or ""
    return text if len(text) <= most else text[: most - 1] + "…"


def size(number_of_bytes: int | None) -> str:
    """A file size for people."""
    if number_of_bytes is None:
        return ""
    amount = float(number_of_bytes)
    for unit in ("字节", "KB", "MB", "GB"):
        if amount < 1024 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "字节" else f"{amount:.1f} {unit}"
        amount /= 1024
    raise AssertionError


def quote(sentence: str | None, printed: str | None, around: int = 140, at: int | None = None) -> Markup:
    """A source sentence, its figure set off; of a long one the part around the figure.

    ``at`` is where the figure begins in the sentence, when known: 化解2件 stands in 排查72件，化解2件 only once.
    """
    sentence, printed = sentence or "", printed or ""
    if at is None or not sentence.startswith(printed, at):
        at = sentence.find(printed)
    if at < 0 or not printed:
        return Markup(escape(short(sentence, 2 * around)))
    end = at + len(printed)
    left, right = max(0, at - around), min(len(sentence), end + around)
    return Markup(
        f"{'…' if left else ''}{escape(sentence[left:at])}<b>{escape(printed)}</b>{escape(sentence[end:right])}"
        f"{'…' if right < len(sentence) else ''}"
    )


class Site:
    """A folder of pages. ``common`` goes to every template; ``written`` counts the pages."""

    def __init__(self, target: Path, **common: Any):
        self.target = target
        self.common = common
        self.written = 0
        self.names: set[str] = set()
        self.frames: dict[str, list[str]] = {}
        for folder in ("reports", "rules"):
            (target / folder).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HERE / "style.css", target / "style.css")

    def write(self, name: str, template: str, **context: Any) -> None:
        """Write one page; ``root`` leads from it back to the folder."""
        page = templates().get_template(template)
        self._put(name, page.render(root="../" * name.count("/"), **self.common, **context))

    def fill(self, name: str, template: str, **parts: str) -> None:
        """Write one of thousands of pages that differ in ``parts`` only, all of them finished HTML in which whatever
        comes from a report is escaped: the template is rendered once, with gaps for them."""
        frame = self.frames.get(template)
        if frame is None:
            gaps = {part: f"\0{part}\0" for part in parts}
            page = templates().get_template(template).render(root="../" * name.count("/"), **self.common, **gaps)
            frame = self.frames[template] = page.split("\0")  # what is between gaps, and the parts' names
        self._put(name, "".join([parts[piece] if n % 2 else piece for n, piece in enumerate(frame)]))

    def _put(self, name: str, page: str) -> None:
        """Whole or not at all."""
        path = f"{self.target}/{name}"
        aside = path.removesuffix(".html") + ".part"
        with open(aside, "wb") as file:
            file.write(page.encode())
        os.replace(aside, path)
        self.names.add(name)
        self.written += 1

    def write_list(
        self, stem: str, template: str, rows: Sequence[Any] | pl.DataFrame, *, per: int = PER_PAGE, **context: Any
    ) -> None:
        """Write a list as stem.html, stem-2.html …, ``per`` rows each; an empty list is a page that says so."""
        pages = max(1, -(-len(rows) // per))
        for n in range(pages):
            part = rows[n * per : (n + 1) * per]
            self.write(
                page_name(stem, n),
                template,
                rows=part.to_dicts() if isinstance(part, pl.DataFrame) else part,
                stem=stem.rpartition("/")[2],
                page=n,
                pages=pages,
                listed=len(rows),
                **context,
            )

    def sweep(self, folder: str = "") -> None:
        """Remove the pages of ``folder`` that were not written this time."""
        for path in (self.target / folder).glob("*.html"):
            if path.relative_to(self.target).as_posix() not in self.names:
                path.unlink()


def pager(stem: str, page: int, pages: int) -> str:
    """The links to the other pages of one that goes on over several; of one that does not, nothing."""
    return str(templates().get_template("macros.html").module.pager(stem, page, pages)) if pages > 1 else ""


def page_name(stem: str, n: int) -> str:
    """The name of the n-th page (from 0) of a list."""
    return f"{stem}.html" if n == 0 else f"{stem}-{n + 1}.html"
