"""Makers of test documents. Word files are written as raw XML, so that each test says exactly what stands in them."""

import io
import shutil
import subprocess
import zipfile

import pytest

_WORD = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_OPTIONAL = ("styles", "numbering", "footnotes", "endnotes")


def _word_file(body, *, compress=zipfile.ZIP_DEFLATED, parts=None, **optional):
    """A .docx from the XML inside w:body; ``styles``, ``numbering``, ``footnotes``, ``endnotes`` are inner XML too."""
    given = {name: optional.pop(name) for name in _OPTIONAL if name in optional}
    assert not optional
    overrides = "".join(f'<Override PartName="/word/{name}.xml" ContentType="{_TYPE}{name}+xml"/>' for name in given)
    files = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_TYPE}document.main+xml"/>{overrides}</Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_KINDS}officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(f'<Relationship Id="r{name}" Type="{_KINDS}{name}" Target="{name}.xml"/>' for name in given)
        + "</Relationships>",
        "word/document.xml": f"<w:document {_WORD}><w:body>{body}</w:body></w:document>",
        **{f"word/{name}.xml": f"<w:{name} {_WORD}>{inner}</w:{name}>" for name, inner in given.items()},
        **(parts or {}),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compress) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def word_file():
    return _word_file


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    """Converts with LibreOffice, the judge of what Word shows: ``office(data, "docx", "pdf")`` → bytes."""
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice (soffice) is not installed")
    folder = tmp_path_factory.mktemp("office")

    def convert(data, source, target):
        (folder / f"file.{source}").write_bytes(data)
        kind = {"txt": "txt:Text (encoded):UTF8", "docx": "docx:MS Word 2007 XML"}.get(target, target)
        reader = ["--infilter=HTML (StarWriter)"] if source == "html" else []
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", *reader, "--convert-to", kind, "--outdir", str(folder / "out"), str(folder / f"file.{source}")],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return (folder / "out" / f"file.{target}").read_bytes()

    return convert


def _pdf_file(*pages, rotate=0):
    """A PDF from pages of ``(x, y, size, text)`` lines. The font is a standard Chinese one, not embedded: a Chinese sign is
    as wide as ``size``, a Latin one half of it."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "", "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H"
               "/DescendantFonts[4 0 R]>>", "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/W[1 95 500]/CIDSystemInfo"
               "<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/FontDescriptor 5 0 R>>",
               "<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 880"
               "/Descent -120/CapHeight 880/StemV 93>>"]  # fmt: skip
    kids = []
    for lines in pages:
        content = "".join(
            f"BT /F1 {size} Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET\n" for x, y, size, text in lines
        )
        objects.append(f"<</Length {len(content)}>>stream\n{content}endstream")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/Rotate {rotate}/MediaBox[0 0 595 842]/Contents {len(objects)} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    out, offsets = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj{text} endobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    return (
        f"{out}xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    ).encode()


@pytest.fixture(scope="session")
def pdf_file():
    return _pdf_file
