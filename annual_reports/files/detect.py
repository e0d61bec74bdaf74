"""Which format a file is in, by its first bytes, and the way out for the formats that are not read.

Knows signatures and the layout of containers (zip, OLE); leaves the reading to the format modules. A name is believed
only where the bytes leave it open: `.doc` files are often pages or .docx under the wrong name.
"""

from __future__ import annotations

import re

from annual_reports.files.document import DOCX, HTML, PDF, TEXT, Unreadable

_SAVE_AS = "请用 LibreOffice 或 WPS 打开后另存为 .docx 再放入"
_OCR = "请先做文字识别（OCR），校对后存为 .docx 或 .txt 再放入"
_UNPACK = "请解压后放入其中的文件"

_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"{\\rtf", "RTF 文档", _SAVE_AS),
    (b"\x89PNG", "图片（PNG）", _OCR),
    (b"\xff\xd8\xff", "图片（JPEG）", _OCR),
    (b"GIF8", "图片（GIF）", _OCR),
    (b"II*\x00", "图片（TIFF）", _OCR),
    (b"MM\x00*", "图片（TIFF）", _OCR),
    (b"BM", "图片（BMP）", _OCR),
    (b"Rar!\x1a\x07", "RAR 压缩包", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包", _UNPACK),
    (b"\x1f\x8b", "gzip 压缩包", _UNPACK),
    (b"\xfd7zXZ\x00", "xz 压缩包", _UNPACK),
    (b"%!PS", "PostScript 文件", "请转换为 PDF 再放入"),
    (b"CAJ", "CAJ 文件", "请用 CAJ 阅读器另存为 PDF 或 .txt 再放入"),
    (b"KDH", "CAJ 文件", "请用 CAJ 阅读器另存为 PDF 或 .txt 再放入"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAM = re.compile(  # names in an OLE directory
    b"|".join(
        stream.encode("utf-16-le")
        for stream in ("EncryptedPackage", "WordDocument", "Workbook", "Book", "PowerPoint Document")
    )
)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|title)[\s>/]", re.I)
# Data about reports may hold whole sentences of them (labels in JSON did): it is no report for all that.
_DATA = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:[\[{]\s*(?:\"[^\"]{0,200}\"\s*[:,\]]|[\[{])|<\?xml\s)")
_FRAGMENT = re.compile(rb"<(?:div|p|table|span|br|h[1-6])[\s>/]", re.I)


def detect(data: bytes, name: str) -> str:
    """The media type, one of TEXT, HTML, DOCX, PDF. Raises Unreadable for what is not read, naming the way out."""
    if b"%PDF-" in data[:1024]:
        return PDF
    if data[:2] == b"PK" and data[2:4] in (b"\x03\x04", b"\x05\x06", b"\x07\x08"):
        return _in_zip(data)
    if data.startswith(_OLE):
        raise _in_ole(data, name)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        raise _unsupported("图片（WebP）", _OCR)
    for signature, what, way_out in _SIGNATURES:
        if data.startswith(signature) and not (signature == b"BM" and b"\x00" not in data[:32]):
            raise _unsupported(what, way_out)
    return _text(data, name)


def _text(data: bytes, name: str) -> str:
    head = data[:4096]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.replace(b"\x00", b"")
    if b"<?mso-application" in head or b"<pkg:package" in head or b"w:wordDocument" in head:
        raise _unsupported("Word 的 XML 单文件", _SAVE_AS)
    if re.match(rb"\s*MIME-Version:", head, re.I) and b"multipart/" in head:
        raise _unsupported("单个文件网页（.mht）", _SAVE_AS)
    if _PAGE.search(head):
        return HTML
    extension = name.lower().rpartition(".")[2]
    if extension in ("htm", "html", "xhtml", "shtml") and _FRAGMENT.search(data[:65536]):
        return HTML
    if _DATA.match(head):
        raise _unsupported("数据文件（JSON、XML 等）", "请放入报告正文（.docx、.pdf、.html 或 .txt）")
    if extension in ("docx", "pdf") and b"\x00" in head:
        raise Unreadable("damaged", f"扩展名是 .{extension}，内容却不是这种格式，文件已损坏；请重新下载或导出")
    if extension not in ("", "txt", "text", "md", name.lower()) and b"\x00" in head and head[:2] not in _UTF16:
        raise _unsupported(f".{extension} 文件", "请另存为 .docx、.pdf 或 .txt 再放入")
    return TEXT


_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def _in_zip(data: bytes) -> str:
    names = _part_names(data)
    if any(name.startswith("word/") for name in names):
        return DOCX
    opening = data[30:120]  # OpenDocument and EPUB put their media type here, uncompressed
    for found, what, way_out in (
        ("OFD.xml" in names, "OFD 版式文件", "请用 OFD 阅读器或 WPS 转换为 PDF 或 .docx 再放入"),
        (b"opendocument" in opening, "OpenDocument 文档（.odt 等）", _SAVE_AS),
        (b"epub+zip" in opening, "电子书（.epub）", _SAVE_AS),
        ("xl/workbook.xml" in names, "Excel 表格（.xlsx）", "请把报告正文另存为 .docx 再放入"),
        ("ppt/presentation.xml" in names, "幻灯片（.pptx）", "请把报告正文另存为 .docx 再放入"),
        ("[Content_Types].xml" in names, "这种 Office 文件", _SAVE_AS),
    ):
        if found:
            raise _unsupported(what, way_out)
    raise _unsupported("ZIP 压缩包", _UNPACK)


def _part_names(data: bytes, most: int = 5_000) -> set[str]:
    """Names from the local headers, which survive a file cut off before its directory; a bomb's are not all read."""
    names: set[str] = set()
    start = data.find(b"PK\x03\x04")
    while start >= 0 and len(names) < most:
        length = int.from_bytes(data[start + 26 : start + 28], "little")
        names.add(data[start + 30 : start + 30 + length].decode("utf-8", "replace"))
        start = data.find(b"PK\x03\x04", start + 30)
    return names


def _in_ole(data: bytes, name: str) -> Unreadable:
    streams = {match[0].decode("utf-16-le") for match in _STREAM.finditer(data)}
    if "EncryptedPackage" in streams:
        return Unreadable("unsupported", "文档有打开密码；请解除密码后另存为 .docx 再放入")
    if name.lower().endswith(".wps"):
        return _unsupported("WPS 文字（.wps）", _SAVE_AS)
    if "WordDocument" not in streams and streams & {"Workbook", "Book"}:
        return _unsupported("Excel 表格（.xls）", "请把报告正文另存为 .docx 再放入")
    if "WordDocument" not in streams and "PowerPoint Document" in streams:
        return _unsupported("幻灯片（.ppt）", "请把报告正文另存为 .docx 再放入")
    return _unsupported("旧版 Word 文档（.doc）", _SAVE_AS)


def _unsupported(what: str, way_out: str) -> Unreadable:
    space = " " if what[0].isascii() else ""  # between Chinese and Latin letters
    return Unreadable("unsupported", f"暂不支持{space}{what}；{way_out}")
