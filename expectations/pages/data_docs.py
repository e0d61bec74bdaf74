"""Great Expectations' own Data Docs beside our pages, made to open offline.

Knows which parts of their HTML reach for the web and what stands in for each (``vendor/ORIGIN.md``). They are the
engineers' detail page: every expectation with its arguments and counts, in English, without severities.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

VENDOR = Path(__file__).parent / "vendor"
STYLES = ("bootstrap-table.min.css", "bootstrap.min.css", "bootstrap-table-filter-control.min.css", "gx.css")
SCRIPTS = (
    "jquery.min.js",
    "popper.min.js",
    "bootstrap.min.js",
    "bootstrap-table.min.js",
    "bootstrap-table-filter-control.min.js",
)
_REMOVED = (
    re.compile(r"<script[^>]*\ssrc=\"https?://[^>]*></script>"),
    re.compile(r"<link[^>]*\shref=\"https?://[^>]*>"),
    re.compile(r"<link[^>]*rel=\"shortcut icon\"[^>]*>"),
    re.compile(r"<img[^>]*\ssrc=\"https?://[^>]*>", re.S),
    re.compile(r"<footer.*?</footer>", re.S),  # the newsletter
    re.compile(r"[a-z-]+:\s*url\(['\"]?https?://[^;}]*;?"),
)


def publish(docs: Path, target: Path) -> int:
    """Copy the Data Docs of ``docs`` into ``target`` so that nothing in them leaves the machine; how many pages.

    ``target`` is made anew. Without an index in ``docs`` nothing is done and 0 returned.
    """
    if not (docs / "index.html").is_file():
        return 0
    shutil.rmtree(target, ignore_errors=True)
    vendor = target / "static" / "vendor"
    vendor.mkdir(parents=True)
    for name in (*STYLES, *SCRIPTS, *(path.name for path in VENDOR.glob("LICENSE.*"))):
        shutil.copyfile(VENDOR / name, vendor / name)
    (target / "static" / "styles").mkdir()
    for style in (docs / "static" / "styles").glob("*.css"):
        (target / "static" / "styles" / style.name).write_text(_strip(style.read_text("utf-8")), "utf-8")
    pages = sorted(docs.rglob("*.html"))
    for page in pages:
        copy = target / page.relative_to(docs)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(offline(page.read_text("utf-8"), os.path.relpath(target, copy.parent)), "utf-8")
    return len(pages)


def offline(html: str, root: str) -> str:
    """One page without its links to the web; ``root`` leads from it to the folder of the docs."""
    links = [f'<link rel="stylesheet" href="{root}/static/vendor/{name}">' for name in STYLES]
    links += [f'<script src="{root}/static/vendor/{name}"></script>' for name in SCRIPTS]
    back = f'<a class="back-to-report" href="{root}/../index.html">返回质量报告</a>'
    html = _strip(html).replace("'filterControl': 'datepicker'", "'filterControl': 'input'")
    # styles and scripts go first: the inline ones of the page build on them
    html = html.replace("<head>", '<head>\n<link rel="icon" href="data:,">\n' + "\n".join(links), 1)
    return html.replace("<html>", '<html lang="en">', 1).replace("<body>", f"<body>\n{back}", 1)


def _strip(text: str) -> str:
    for pattern in _REMOVED:
        text = pattern.sub("", text)
    return text
