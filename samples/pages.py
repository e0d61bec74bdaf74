"""A report as an article of an (invented) government site: what surrounds it there is the point.

``site.html`` has navigation, breadcrumb, share bar, font-size switch, other headlines (with figures) and footer.
Runs of tab-separated lines become a table; headings stay paragraphs in bold, as such sites have them.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from string import Template

MARK = re.compile(r"[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]")

SITE = Template((Path(__file__).parent / "site.html").read_text("utf-8"))


def page(source: str, *, published: str) -> str:
    """The whole page for a text whose first line is its title and whose last paragraphs are signature and date."""
    title, *lines = [line for line in source.split("\n") if line.strip()]
    body = "\n".join(_blocks(lines))
    signature = next((line for line in reversed(lines) if not re.search(r"\d|[〇○]", line)), "本站")
    return SITE.substitute(title=escape(title), published=published, source=escape(signature.strip()), body=body)


def _blocks(lines: list[str]) -> list[str]:
    blocks: list[str] = []
    for line in lines:
        if "\t" in line:
            row = "".join(f"<td>{escape(cell)}</td>" for cell in line.split("\t"))
            if blocks and blocks[-1].endswith("</table>"):
                blocks[-1] = blocks[-1].removesuffix("</table>") + f"<tr>{row}</tr>\n</table>"
            else:
                blocks.append(f'<table border="1">\n<tr>{row}</tr>\n</table>')
        elif MARK.match(line) and "。" not in line:
            blocks.append(f"<p><strong>{escape(line)}</strong></p>")
        else:
            blocks.append(f"<p>&emsp;&emsp;{escape(line)}</p>")
    return blocks
