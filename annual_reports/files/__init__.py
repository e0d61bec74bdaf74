"""A file's bytes → blocks of text, one module per format. ``read`` is the one way in.

What a file is, its first bytes say; its name is asked only where they leave it open (plain text against a page without
``<html>``). Nothing is written to disk and nothing is fetched. Everything bad raises Unreadable, nothing else.
"""

from __future__ import annotations

from importlib import import_module

from annual_reports.files.detect import detect
from annual_reports.files.document import DOCX, HTML, PDF, TEXT, Block, Document, Limits, Unreadable, size

__all__ = ["DOCX", "HTML", "PDF", "TEXT", "Block", "Document", "Limits", "Unreadable", "detect", "read"]

_READERS = {
    TEXT: "annual_reports.files.plain",
    HTML: "annual_reports.files.html",
    DOCX: "annual_reports.files.docx",
    PDF: "annual_reports.files.pdf",
}


def read(data: bytes, name: str, *, limits: Limits = Limits()) -> Document:  # noqa: B008 (frozen)
    """The document in ``data``; ``name`` is the file's name (with its extension), not opened.

    Raises Unreadable with one of the codes empty, too_large, damaged, bomb, unsupported, undecodable.
    """
    if not data:
        raise Unreadable("empty", "文件是空的（0 字节）；请重新下载或导出")
    if len(data) > limits.size:
        raise Unreadable(
            "too_large", f"文件有 {size(len(data))}，超过上限 {size(limits.size)}；请去掉图片或拆分后再放入"
        )
    module = import_module(_READERS[detect(data, name)])  # imported when its first file comes
    try:
        document: Document = module.read(data, limits)
    except Unreadable:
        raise
    except Exception as error:  # a format's library met damage of a kind we did not foresee: the file is at fault
        raise Unreadable("damaged", f"文件已损坏，无法读完（{type(error).__name__}）；请重新下载或导出") from error
    return document
