"""Damaged files for fault tests: the same ones for the same seed, made here, nothing fetched.

``damaged(originals, count, seed)`` yields ``(name, bytes)``: for each original ``count`` mutations (cut off, bits flipped,
runs zeroed, doubled, swapped, shortened at the front, its zip parts damaged one by one). ``hostile()`` yields files made
to hurt: bombs, entity expansion, deep nesting, path traversal, wrong encodings, too much text. As a program:

    python tests/faults/damaged.py FOLDER [COUNT] [ORIGINAL...]

writes them all into FOLDER, COUNT per original (default 50).
"""

from __future__ import annotations

import io
import random
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TEXT = (
    "柳河镇2024年法治政府建设情况报告\n2024年，柳河镇扎实推进法治政府建设，现将有关情况报告如下：\n一、主要举措和成效\n"
    "（一）强化法治宣传\n开展宣传活动36场次，发放资料8000余份，受教育群众1.2万人次。\n（二）化解矛盾纠纷\n"
    "排查矛盾纠纷152件，化解148件，化解率达97.4%，全年未发生行政复议案件。\n二、存在的不足\n执法力量较为薄弱。\n"
)


def word_file(body: str, parts: dict[str, str | bytes] | None = None) -> bytes:
    """A minimal .docx with ``body`` inside w:body and further ``parts``."""
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r" Type="{_RELS}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {_WORD}><w:body>{body}</w:body></w:document>",
        **(parts or {}),
    }
    return _zip(files)


def _zip(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def originals() -> dict[str, bytes]:
    """One sound file per format that is read, by name."""
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in _TEXT.splitlines())
    page = "".join(f"<p>{line}</p>" for line in _TEXT.splitlines())
    return {
        "报告.txt": _TEXT.encode(),
        "报告_gb18030.txt": _TEXT.encode("gb18030"),
        "报告_utf16.txt": _TEXT.encode("utf-16"),
        "报告.html": f"<html><head><meta charset=utf-8><title>报告</title></head><body>{page}</body></html>".encode(),
        "报告.docx": word_file(paragraphs),
        "报告.pdf": _pdf(),
    }


def _pdf() -> bytes:
    """A one-page PDF written by hand: no font is embedded, the text is Latin, the structure is what gets damaged."""
    content = b"BT /F1 12 Tf 72 720 Td (Report 2024: 152 cases, 148 settled.) Tj 0 -16 Td (Second line.) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, text in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, text)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)


def damaged(originals: dict[str, bytes], count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """``count`` damaged versions of each original; the name tells number and kind of damage."""
    for name, data in originals.items():
        chance = random.Random(f"{seed}/{name}")
        stem, _, extension = name.rpartition(".")
        kinds = [*_DAMAGE, _in_part] if zipfile.is_zipfile(io.BytesIO(data)) else _DAMAGE
        for number in range(count):
            kind = kinds[number % len(kinds)]
            yield f"{stem}_{number:04d}{kind.__name__}.{extension}", kind(data, chance)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _beheaded(data: bytes, chance: random.Random) -> bytes:
    return data[chance.randrange(1, min(len(data), 200)) :]


def _flipped(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 3, 20, 200))):
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def _zeroed(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    length = min(chance.randrange(1, 512), len(data) - start)
    return data[:start] + bytes(length) + data[start + length :]


def _noisy(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + chance.randbytes(chance.randrange(1, 300)) + data[start:]


def _doubled(data: bytes, chance: random.Random) -> bytes:
    return data + data[chance.randrange(len(data)) :]


def _swapped(data: bytes, chance: random.Random) -> bytes:
    a, b = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[:a] + data[b:] + data[a:b]


def _in_part(data: bytes, chance: random.Random) -> bytes:
    """One part of a zip damaged under a right checksum: the XML reader has to find it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([name for name, content in parts.items() if content])
    content = parts[name]
    parts[name] = chance.choice(_DAMAGE)(content if isinstance(content, bytes) else content.encode(), chance)
    if chance.random() < 0.1:
        del parts[name]
    return _zip(parts)


_DAMAGE = [_cut, _beheaded, _flipped, _zeroed, _noisy, _doubled, _swapped]


def hostile(large: bool = True) -> Iterator[tuple[str, bytes]]:
    """Files made to hurt. ``large`` adds those of tens of megabytes (100 MB of text)."""
    run = "<w:p><w:r><w:t>字</w:t></w:r></w:p>"
    yield "炸弹.docx", word_file("<w:p><w:r><w:t>" + "字" * 25_000_000 + "</w:t></w:r></w:p>")
    yield "炸弹_图片.docx", word_file(run, {f"word/media/{n}.bin": bytes(40_000_000) for n in range(6)})
    yield "炸弹_套娃.docx", word_file(run, {"word/embeddings/a.docx": _zip({"b.bin": bytes(30_000_000)})})
    yield "部件过多.docx", word_file(run, {f"word/media/{n}": b"" for n in range(20_000)})
    expansion = '<!DOCTYPE d [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
    )
    inner = f"<w:document {_WORD}><w:body><w:p><w:r><w:t>&m;</w:t></w:r></w:p></w:body></w:document>"
    yield "实体展开.docx", word_file("", {"word/document.xml": f"{expansion}]>{inner}"})
    outside = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    yield "外部实体.docx", word_file("", {"word/document.xml": outside + inner.replace("&m;", "&x;")})
    yield "嵌套过深.docx", word_file("<w:sdt><w:sdtContent>" * 20_000 + run + "</w:sdtContent></w:sdt>" * 20_000)
    yield "表格嵌套.docx", word_file("<w:tbl><w:tr><w:tc>" * 80 + run + "</w:tc></w:tr></w:tbl>" * 80)
    yield "路径穿越.docx", word_file(run, {"../../../../tmp/fazhi_traversal": "x", "/tmp/fazhi_traversal": "x"})
    yield "嵌套过深.html", ("<html><body>" + "<div>" * 100_000 + "字。" + "</div>" * 100_000).encode()
    yield "未闭合.html", ("<html><body>" + "<font><b><a href=x>字，字。" * 20_000).encode()
    yield "表格嵌套.html", ("<html><body>" + "<table><tr><td>字。" * 2_000).encode()
    yield "实体.html", ("<html><body>" + "&lt;&#x4e00;&unknown;&#99999999;" * 20_000).encode()
    yield "错误编码.html", b"<html><head><meta charset=utf-8></head><body>" + _TEXT.encode("gb18030")
    yield "错误编码_big5.txt", "報告：鄉鎮法治政府建設情況，開展宣傳活動三十場次。".encode("big5") * 20
    yield "二次编码.txt", _TEXT.encode().decode("latin-1").encode()
    yield "二进制.txt", random.Random(1).randbytes(100_000)
    yield "全空白.txt", b" \n\t\r\n" * 10_000
    yield "全零.txt", bytes(10_000)
    yield "单行.txt", ("法治，" * 300_000).encode()
    yield "单字行.txt", ("法\n" * 300_000).encode()
    yield "括号.txt", ("（[{<&" * 60_000 + "\n" + "[bookmark:" * 20_000 + "{PAGE" * 20_000).encode()
    yield "拼音.txt", ("法(fǎ)治zhì" * 60_000 + "法 治 政 府 " * 20_000 + "法(" + "ǎ " * 50_000).encode()
    yield "空.pdf", b"%PDF-1.4\n%%EOF"
    yield "自引用.pdf", _pdf().replace(b"Kids[3 0 R]", b"Kids[2 0 R]")
    yield "页数虚报.pdf", _pdf().replace(b"Count 1>>", b"Count 99999999>>")
    if large:
        yield "过大.txt", "法治政府建设。\n".encode() * 4_600_000
        yield "字数过多.txt", "法治政府建设。\n".encode() * 2_000_000


def _write(folder: Path, files: Iterable[tuple[str, bytes]]) -> int:
    count = 0
    for name, data in files:
        (folder / name).write_bytes(data)
        count += 1
    return count


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    each = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    sound = {Path(path).name: Path(path).read_bytes() for path in sys.argv[3:]} or originals()
    made = _write(target, damaged(sound, each)) + _write(target, hostile())
    print(f"{made} files in {target}")
