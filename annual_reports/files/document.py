"""What every format gives: a Document of Blocks, or Unreadable with a code and a Chinese reason.

Knows the shape and the limits; leaves out how any format is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from annual_reports.report import RejectCode

Kind = Literal["paragraph", "cell", "heading"]

TEXT = "text/plain"
HTML = "text/html"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


class Block(NamedTuple):
    """A paragraph, a table cell or a heading, in reading order.

    ``text`` may hold ``\\n`` where the source breaks a line inside the block. ``level`` is the outline level of a
    heading, from 1. ``numbered``: the marker that opens ``text`` was printed by automatic numbering, so it is no typing
    error. ``continues``: the layout shows that it goes on with the block before (a page ended inside the paragraph).
    ``place`` says in Chinese where it stands in the source: 第8行, 第12段, 第3页, 表2第3行第1列, 脚注1.
    """

    text: str
    kind: Kind = "paragraph"
    level: int | None = None
    numbered: bool = False
    place: str = ""
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content in reading order. ``encoding`` is None where the format fixes it. ``title_hint`` is what the
    file says of itself (an HTML title), never taken as the title unseen; ``published`` the day of publication it names.
    """

    media_type: str
    encoding: str | None
    blocks: tuple[Block, ...]
    title_hint: str | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost. A report has 3,000 characters; the longest seen, a province's, has 40,000."""

    size: int = 50_000_000  # bytes of the file
    characters: int = 5_000_000  # of text
    blocks: int = 100_000  # paragraphs, cells or lines, empty ones included
    unpacked: int = 200_000_000  # bytes of all parts of an archive together
    entries: int = 5_000  # parts of an archive
    ratio: int = 300  # unpacked : packed; plain WordprocessingML reaches 30
    pages: int = 1_000  # of a PDF


class Unreadable(Exception):
    """The file gives no text. ``code`` is one of report.REJECT_CODES, ``reason`` Chinese, with the way out."""

    def __init__(self, code: RejectCode, reason: str) -> None:
        super().__init__(reason)
        self.code: RejectCode = code
        self.reason = reason

    def __reduce__(self) -> tuple[type[Unreadable], tuple[RejectCode, str]]:
        return Unreadable, (self.code, self.reason)  # raised in worker processes, so it must survive pickling


def size(count: int) -> str:
    """A number of bytes for people: ``size(52_428_800)`` → ``52.4 MB``."""
    if count < 1000:
        return f"{count} 字节"
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} KB"


_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def raised(text: str) -> str:
    """Superscript digits as such: a note's mark behind ``1200`` must not make it 12001, and m2 is m²."""
    return text.translate(_RAISED)
