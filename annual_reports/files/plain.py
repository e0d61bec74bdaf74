"""Plain text: which encoding the bytes are in, and the lines as blocks.

Knows how Chinese text betrays its encoding. Leaves the joining of broken lines to annual_reports.text. Strict decoding
comes first, because it is exact and quick; of the encodings that fit, the one whose text looks like Chinese prose wins:
the commonest signs make up a third of any Chinese text and hardly any of a mis-decoded one.
"""

from __future__ import annotations

import codecs
import re
from itertools import accumulate

from annual_reports.files.document import TEXT, Block, Document, Limits, Unreadable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32"),  # before UTF-16: FF FE 00 00 begins with its mark
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030", "gb18030"),
)
_COMMON = "，。、的法治政府工作行建设一是在不了有和人这中大为上个国我以要他；：（）年度全开展经对及部门理实"
_ASCII = re.compile("[\x00-\x7f]+")
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f-\x84\x86-\x9f]")
_LATIN_SOUP = re.compile("[\u0080-\u009f\u00a1-\u024f\u02c6\u02dc\u2020-\u2022\u20ac]")
_BAD_SHARE = 0.005  # of undecodable characters; one slip in a long report is no reason to lose the report


def read(data: bytes, limits: Limits) -> Document:
    """The lines of a text file, blank ones as empty blocks (they tell paragraphs apart). Raises Unreadable."""
    text, encoding = decode(data)
    if len(text) > limits.characters:
        raise Unreadable("too_large", f"文本有 {len(text)} 个字符，超过上限 {limits.characters}；请拆分后再放入")
    if not text.strip():
        raise Unreadable("empty", "文件里没有文字；请确认原文件是否保存完整")
    lines = text.splitlines()
    if len(lines) > limits.blocks:
        raise Unreadable("too_large", f"文本有 {len(lines)} 行，超过上限 {limits.blocks} 行；请拆分后再放入")
    return Document(TEXT, encoding, tuple(Block(line, place=f"第{number}行") for number, line in enumerate(lines, 1)))


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """Text and name of its encoding; ``declared`` (an HTML page's own word) is believed where it fits.

    Raises Unreadable("undecodable") for binary data and for text that was garbled before it came here.
    """
    text, encoding = _decode(data, declared)
    _refuse_garbled(text, encoding)
    return text, encoding


def _decode(data: bytes, declared: str | None) -> tuple[str, str]:
    for mark, codec, name in _BOMS:
        if data.startswith(mark):
            return data.decode(codec, "replace").lstrip("\ufeff"), name
    if b"\x00" in data[:4096]:
        return _best(data, ("utf-16-le", "utf-16-be"))
    text = _strict(data, "utf-8")
    if text is not None:
        return text, "utf-8"
    candidates = tuple(dict.fromkeys(filter(None, (_known(declared), "gb18030", "big5hkscs", "utf-8"))))
    return _best(data, candidates)


def _best(data: bytes, encodings: tuple[str, ...]) -> tuple[str, str]:
    """The most Chinese-looking of several readings; each is cheap, as all codecs are in C."""
    scored: list[tuple[float, str, str]] = []
    for encoding in encodings:
        text = data.decode(encoding, "replace")
        score = likeness(text) - 20 * text.count("\ufffd") / max(1, len(text))
        if score > 0.15:  # far above any mis-reading: no need to look at rarer encodings
            return text, _name(encoding)
        scored.append((score, text, encoding))
    score, text, encoding = max(scored, key=lambda item: item[0])
    if score < 0.03 and len(data) > 32 and encoding[:6] != "utf-16":
        guess = _last_resort(data)
        if guess is not None and likeness(guess[0]) > score:
            return guess
    return text, _name(encoding)


def _last_resort(data: bytes) -> tuple[str, str] | None:
    from charset_normalizer import from_bytes  # 40 ms to import and slow: one file in thousands comes here

    rare = ["hz", "euc_jp", "euc_kr", "shift_jis", "cp949", "utf_16_le", "utf_16_be"]
    found = from_bytes(data[:20_000], cp_isolation=rare, steps=3, chunk_size=512).best()
    return (data.decode(found.encoding, "replace"), found.encoding.replace("_", "-")) if found else None


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 4 and error.start > 0:  # cut off inside its last character
            return data[: error.start].decode(encoding)
        return None


def _known(encoding: str | None) -> str | None:
    """``gb2312`` pages use characters beyond GB 2312, so the superset reads them; unknown names are passed over."""
    if not encoding:
        return None
    try:
        name = codecs.lookup(encoding.strip()).name
    except (LookupError, ValueError):
        return None
    return {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "utf-8": None}.get(name, name)


def _name(encoding: str) -> str:
    return "big5" if encoding == "big5hkscs" else encoding


def likeness(text: str, enough: float = 1.0) -> float:
    """Share of the commonest Chinese signs among the first 1,000 or so that are not ASCII, in 0…1; they are counted
    until there are ``enough``.

    Prose and reports reach 0.25–0.55, traditional characters 0.2, a mis-decoded text stays below 0.04.
    """
    sample = text[:1_000]
    if _foreign(sample) < 200:  # a page opens with markup
        sample = _ASCII.sub("", text[:500_000])[:1_000]
    foreign = _foreign(sample)
    share = 0.0
    for count in accumulate(map(sample.count, _COMMON)) if foreign else ():
        share = count / foreign
        if share >= enough:
            break
    return share


def _foreign(text: str) -> int:
    return 0 if text.isascii() else len(text) - len(text.encode("ascii", "ignore"))


def _refuse_garbled(text: str, encoding: str) -> None:
    count = max(1, len(text))
    lost = text.count("\ufffd")
    if lost > max(2, count * _BAD_SHARE):
        raise Unreadable("undecodable", f"按 {encoding} 解码后有 {lost} 个字符认不出；请用 UTF-8 重新保存后再放入")
    garbled = text.count("锟斤拷") * 3 + text.count("烫烫烫") * 3 > count * 0.01
    if not garbled and likeness(text, enough=0.1) < 0.1:
        foreign = _foreign(text)
        soup = len(_LATIN_SOUP.findall(text))
        garbled = (soup > 40 and soup * 2 > foreign) or (foreign >= 300 and likeness(text) < 0.05)
    if garbled:
        raise Unreadable("undecodable", "文字在来源处已成乱码（编码转换出错）；请从原网页或原文件重新取得")
    controls = len(_CONTROL.findall(text))
    if controls > max(8, count * 0.01):
        raise Unreadable(
            "undecodable", f"有 {controls} 个控制字符，像是二进制文件；请另存为 .txt、.docx 或 .pdf 后再放入"
        )
