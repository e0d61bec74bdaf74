"""Small reading of WordprocessingML: the package's parts within limits, attributes, on/off values, styles.

Knows how a .docx is put together; leaves the text to docx.py. No part is ever written out, so names in the archive such
as ``../../x`` mean nothing here.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from posixpath import dirname, join, normpath

from lxml import etree

from annual_reports.files.document import Limits, Unreadable, size

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
)  # fmt: skip
_PARSER = etree.XMLParser(  # expands no entity, fetches nothing, refuses more than 256 levels
    resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
)
_PART = 60_000_000  # bytes of one XML part: 5 million characters with their markup


def attribute(node: etree._Element | None, name: str) -> str | None:
    """A ``w:`` attribute, None where node or attribute are absent."""
    return None if node is None else node.get(W + name)


def number(value: str | None, default: int) -> int:
    """A decimal attribute; ``default`` where it is absent or no number (nine digits at most)."""
    text = (value or "").strip()
    return int(text) if text.lstrip("-").isdecimal() and len(text) <= 9 and "-" not in text[1:] else default


def on(node: etree._Element | None) -> bool:
    """A toggle such as w:vanish: present and not switched off (§17.17.4)."""
    return node is not None and node.get(W + "val") not in ("0", "false", "off")


class Package:
    """The XML parts of a .docx in memory. Raises Unreadable: damaged, bomb, unsupported (a password)."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        entries = data.count(b"PK\x01\x02")
        if entries > limits.entries:
            raise Unreadable(
                "bomb", f"压缩包里有 {entries} 个部件，超过上限 {limits.entries}，不像正常文档；请重新另存为 .docx"
            )
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Unreadable("damaged", "docx 文件不完整（压缩目录缺失或损坏）；请重新下载或导出") from error
        unpacked = sum(info.file_size for info in infos)
        if unpacked > limits.unpacked or (unpacked > 20_000_000 and unpacked > len(data) * limits.ratio):
            raise Unreadable(
                "bomb",
                f"文件只有 {size(len(data))}，解压后却有 {size(unpacked)}（上限 {size(limits.unpacked)}，"
                f"且不超过 {limits.ratio} 倍）；请重新另存为 .docx",
            )
        if any(info.flag_bits & 1 for info in infos):
            raise Unreadable("unsupported", "文档有密码；请解除密码后另存为 .docx 再放入")
        self._names = {info.filename: info for info in reversed(infos)}

    def bytes(self, name: str) -> bytes | None:
        """A part's content, None where there is no such part."""
        info = self._names.get(name)
        if info is None:
            return None
        try:
            with self._zip.open(info) as part:
                data = part.read(_PART + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise Unreadable("damaged", f"docx 的部件 {name} 已损坏；请重新下载或导出") from error
        if len(data) > _PART:
            raise Unreadable("bomb", f"docx 的部件 {name} 解压后超过 {size(_PART)}；请拆分后再放入")
        return data

    def xml(self, name: str) -> etree._Element | None:
        """A part's root element, None where there is no such part."""
        data = self.bytes(name)
        if data is None:
            return None
        if b"<!ENTITY" in data or b"<!DOCTYPE" in data:
            raise Unreadable("bomb", f"docx 的部件 {name} 含有实体定义，正常文档没有；请重新另存为 .docx")
        if b"purl.oclc.org/ooxml" in data[:4000]:  # the Strict variant: same names in other namespaces
            for strict, transitional in _STRICT:
                data = data.replace(strict, transitional)
        try:
            return etree.fromstring(data, _PARSER)
        except (etree.XMLSyntaxError, ValueError) as error:
            fault = "嵌套过深" if "depth" in str(error) else "不是完整的 XML"
            raise Unreadable("damaged", f"docx 的部件 {name} {fault}；请重新下载或导出") from error

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Id → (kind, target part) of what ``part`` ("" for the package) refers to inside the package."""
        folder, _, base = part.rpartition("/")
        root = self.xml(join(folder, "_rels", f"{base}.rels"))
        found: dict[str, tuple[str, str]] = {}
        for node in root.iter(_RELATION) if root is not None else ():
            if node.get("TargetMode") != "External":
                target = node.get("Target", "")
                path = target.lstrip("/") if target.startswith("/") else normpath(join(dirname(part), target))
                found[node.get("Id", "")] = (node.get("Type", "").rpartition("/")[2], path)
        return found


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says itself, None where it leaves a thing to the style it is based on."""

    name: str
    based_on: str | None
    number_id: str | None
    level: int | None
    outline: int | None
    hidden: bool | None


class Styles:
    """styles.xml: values looked up along w:basedOn; a chain that runs in a circle ends. A style is read when it is
    used, for a document carries hundreds and uses a few."""

    def __init__(self, root: etree._Element | None) -> None:
        self._nodes = {attribute(n, "styleId") or "": n for n in root.findall(W + "style")} if root is not None else {}
        self._chains: dict[str, list[tuple[str, Style]]] = {}
        self.default = next(
            (
                identifier
                for identifier, node in self._nodes.items()
                if attribute(node, "type") == "paragraph" and attribute(node, "default") in ("1", "true", "on")
            ),
            "",
        )

    def chain(self, identifier: str) -> list[tuple[str, Style]]:
        """The style and those it rests on, nearest first."""
        known = self._chains.get(identifier)
        if known is not None:
            return known
        chain: list[tuple[str, Style]] = []
        seen: set[str] = set()
        following: str | None = identifier
        while following in self._nodes and following not in seen:
            seen.add(following)
            style = _style(self._nodes[following])
            chain.append((following, style))
            following = style.based_on
        self._chains[identifier] = chain
        return chain

    def numbers(self) -> dict[str, str]:
        """Style id → w:numId of the numbering styles, for abstract definitions that link to one."""
        styles = {key: _style(node) for key, node in self._nodes.items() if attribute(node, "type") == "numbering"}
        return {key: style.number_id for key, style in styles.items() if style.number_id}


def _style(node: etree._Element) -> Style:
    properties = node.find(W + "pPr")
    numbered = properties.find(W + "numPr") if properties is not None else None
    level = numbered.find(W + "ilvl") if numbered is not None else None
    outline = properties.find(W + "outlineLvl") if properties is not None else None
    vanish = node.find(f"{W}rPr/{W}vanish")
    return Style(
        name=attribute(node.find(W + "name"), "val") or "",
        based_on=attribute(node.find(W + "basedOn"), "val"),
        number_id=attribute(numbered.find(W + "numId"), "val") if numbered is not None else None,
        level=number(attribute(level, "val"), 0) if level is not None else None,
        outline=number(attribute(outline, "val"), 9) if outline is not None else None,
        hidden=None if vanish is None else on(vanish),
    )
