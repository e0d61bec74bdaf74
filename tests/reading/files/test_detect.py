"""What a file is, told by its content; and the way out for every format that is not read."""

import io
import pickle
import zipfile

import pytest

from annual_reports import files
from annual_reports.files import DOCX, HTML, PDF, TEXT, Limits, Unreadable, detect, read

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def ole(*streams):
    return OLE + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)


def archive(**parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        ("柳河镇报告".encode(), "a.txt", TEXT),
        ("柳河镇报告".encode(), "没有扩展名", TEXT),
        (b"<html><body>x</body></html>", "a.html", HTML),
        (b"\n <!DOCTYPE html>\n<html>", "a.doc", HTML),  # 'another save of the page' that names itself .doc
        (b"<p>x</p>", "a.htm", HTML),
        (b"<p>x</p>", "a.txt", TEXT),
        ("<html><body>柳河</body></html>".encode("utf-16"), "a.html", HTML),
        (b"%PDF-1.7\n", "a.txt", PDF),
        (b"\xef\xbb\xbf  %PDF-1.4\n", "a.pdf", PDF),
        (archive(**{"[Content_Types].xml": "", "word/document.xml": ""}), "a.doc", DOCX),
        ("BMW 品牌".encode(), "a.txt", TEXT),  # BM opens a bitmap too
    ],
)
def test_content_decides_before_the_name(data, name, media_type):
    assert detect(data, name) == media_type


@pytest.mark.parametrize(
    ("data", "name", "what", "way_out"),
    [
        (ole("WordDocument", "1Table"), "a.doc", "旧版 Word 文档（.doc）", "另存为 .docx"),
        (ole("WordDocument", "Book"), "a.doc", "旧版 Word 文档（.doc）", "另存为 .docx"),
        (ole("WordDocument"), "a.docx", "旧版 Word 文档（.doc）", "另存为 .docx"),  # renamed
        (ole("WordDocument"), "a.wps", "WPS 文字（.wps）", "另存为 .docx"),
        (ole("Workbook"), "a.xls", "Excel 表格（.xls）", "另存为 .docx"),
        (ole("PowerPoint Document"), "a.ppt", "幻灯片（.ppt）", "另存为 .docx"),
        (ole("EncryptedPackage", "EncryptionInfo"), "a.docx", "打开密码", "解除密码"),
        (archive(**{"OFD.xml": "x"}), "a.ofd", "OFD 版式文件", "转换为 PDF"),
        (archive(mimetype="application/vnd.oasis.opendocument.text"), "a.odt", "OpenDocument", "另存为 .docx"),
        (archive(**{"xl/workbook.xml": "x", "[Content_Types].xml": ""}), "a.xlsx", "Excel", "另存为 .docx"),
        (archive(**{"报告.docx": "x"}), "a.zip", "暂不支持 ZIP 压缩包", "解压"),
        (b"{\\rtf1\\ansi", "a.doc", "RTF", "另存为 .docx"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "图片", "OCR"),
        (b"\xff\xd8\xff\xe0", "a.jpg", "图片", "OCR"),
        (b"Rar!\x1a\x07\x00", "a.rar", "RAR", "解压"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "a.doc", ".mht", "另存为 .docx"),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?>', "a.doc", "XML", "另存为 .docx"),
        (bytes(100) + b"x", "a.bin", ".bin", "另存为"),
        (b'{"a.txt": {"title": "x"}}', "gold.json", "数据文件", "报告正文"),
        (b'\xef\xbb\xbf[\n {"sentence": "x"}]', "labels.txt", "数据文件", "报告正文"),
        (b'<?xml version="1.0"?><report/>', "report.xml", "数据文件", "报告正文"),
    ],
)
def test_formats_not_read_name_the_way_out(data, name, what, way_out):
    with pytest.raises(Unreadable) as refused:
        read(data, name)
    assert refused.value.code == "unsupported"
    assert what in refused.value.reason
    assert way_out in refused.value.reason


@pytest.mark.parametrize(
    ("data", "name", "code", "word"),
    [
        (b"", "a.txt", "empty", "0 字节"),
        (b" \r\n\t", "a.txt", "empty", "没有文字"),
        (b"\x00\x01\x02" * 50, "a.pdf", "damaged", "不是这种格式"),
        (b"PK\x03\x04" + bytes(20), "a.docx", "unsupported", "ZIP"),
        (archive(**{"word/document.xml": "<x/>"})[:-30], "a.docx", "damaged", "docx 文件不完整"),
    ],
)
def test_broken_files(data, name, code, word):
    with pytest.raises(Unreadable) as refused:
        read(data, name)
    assert (refused.value.code, word in refused.value.reason) == (code, True)


def test_limits_are_stated_in_the_reason():
    with pytest.raises(Unreadable, match=r"文件有 300 字节，超过上限 200 字节") as refused:
        read("法".encode() * 100, "a.txt", limits=Limits(size=200))
    assert refused.value.code == "too_large"
    with pytest.raises(Unreadable, match="文本有 100 个字符，超过上限 99"):
        read("法".encode() * 100, "a.txt", limits=Limits(characters=99))
    with pytest.raises(Unreadable, match="文本有 11 行，超过上限 10 行"):
        read("法\n".encode() * 11, "a.txt", limits=Limits(blocks=10))
    assert Limits() == Limits(size=50_000_000, characters=5_000_000)


def test_a_refusal_survives_the_way_between_processes():
    copy = pickle.loads(pickle.dumps(files.Unreadable("bomb", "解压后过大")))
    assert (copy.code, copy.reason, str(copy)) == ("bomb", "解压后过大", "解压后过大")
