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
