"""Makes ``samples/reports/`` from ``samples/texts/`` as ``samples/files.csv`` says, byte for byte the same every time.

    python samples/build.py [NAME…]

Knows how such reports leave an office: plain text in three encodings, a page of a government site with all that a site
puts around an article, Word files whose heading marks are automatic numbers, PDF with running heads, and broken ones.
Leaves out what the files mean (``tests/reading/golden``). PDF and .doc need LibreOffice and the font Noto Serif CJK SC,
so the outputs are committed and only who changes a text builds again.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pages
import word

HERE = Path(__file__).parent
REPORTS = HERE / "reports"


def build(row: dict[str, str]) -> bytes:
    """The bytes of one file of ``files.csv``. Raises KeyError for a format that is not known."""
    source = (HERE / "texts" / f"{row['text']}.txt").read_text("utf-8") if row["text"] else ""
    return FORMATS[row["format"]](source, row)


def plain(source: str, row: dict[str, str]) -> bytes:
    newline = "\r\n" if row["variant"] != "utf-8" else "\n"
    return source.replace("\n", newline).encode(row["variant"])


def html(source: str, row: dict[str, str]) -> bytes:
    return pages.page(source, published=row["published"]).encode("utf-8")


def docx(source: str, row: dict[str, str]) -> bytes:
    return word.document(source, row["variant"])


def pdf(source: str, row: dict[str, str]) -> bytes:
    made = converted(word.document(source, "print"), "pdf:writer_pdf_Export")
    day = row["published"].replace("-", "").encode()
    made = re.sub(rb"/CreationDate\(D:\d{14}", b"/CreationDate(D:" + day + b"090000", made)
    return re.sub(rb"(?<=[</])[0-9A-F]{32}\b", b"0" * 32, made)  # /ID and /DocChecksum hold the time of the run


def doc(source: str, row: dict[str, str]) -> bytes:
    return converted(word.document(source, "print"), "doc:MS Word 97")


def cut(source: str, row: dict[str, str]) -> bytes:
    """A .docx whose download broke off."""
    whole = word.document(source, "numbered")
    return whole[: len(whole) * 3 // 5]


def converted(document: bytes, target: str) -> bytes:
    """``document`` (.docx) as LibreOffice writes it in format ``target`` (extension:filter)."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.docx").write_bytes(document)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", target, "--outdir", folder, f"{folder}/a.docx"]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return (Path(folder) / f"a.{target.partition(':')[0]}").read_bytes()


FORMATS = {"txt": plain, "html": html, "docx": docx, "pdf": pdf, "doc": doc, "cut": cut, "empty": lambda *_: b""}


def main(names: list[str]) -> None:
    with (HERE / "files.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    for row in rows:
        if not names or any(name in row["file"] for name in names):
            (REPORTS / row["file"]).write_bytes(build(row))
            print(row["file"])
    stray = {path.name for path in REPORTS.iterdir()} - {row["file"] for row in rows}
    if stray:
        sys.exit(f"samples/reports 里有 files.csv 没有列出的文件：{'、'.join(sorted(stray))}")


if __name__ == "__main__":
    main(sys.argv[1:])
