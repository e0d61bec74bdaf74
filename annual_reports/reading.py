"""``read``: a file's bytes → Report. The one way in; everything else is a step of it.

Knows the order of the steps and that a bad file is a rejected Report with a reason, never an error. Leaves out how each
step decides.
"""

from __future__ import annotations

import hashlib

from annual_reports import catalogue as catalogues
from annual_reports import checks, facts, figures, files, headings, periods, places, text, titles
from annual_reports.catalogue import Catalogue
from annual_reports.phrasings import compile_phrasings
from annual_reports.places import Divisions
from annual_reports.report import RejectCode, Report

READER_VERSION = "1"  # raised whenever the same bytes may give other facts with the same catalogue


def read(
    data: bytes,
    name: str,
    *,
    catalogue: Catalogue | None = None,
    divisions: Divisions | None = None,
    limits: files.Limits | None = None,
) -> Report:
    """What the report in ``data`` says; ``name`` is the file's name or path, for the record and as evidence.

    Never raises for bad input: what is no readable report comes back with ``accepted`` False, a ``reason_code`` and a
    Chinese ``reason``. ``catalogue`` and ``divisions`` are the shipped ones unless given. Pure: no file, no clock.
    """
    sha256, size = hashlib.sha256(data).hexdigest(), len(data)
    try:
        document = files.read(data, name, limits=limits or files.Limits())
    except files.Unreadable as error:
        return Report(name, sha256, size, False, reason_code=error.code, reason=error.reason)
    catalogue = catalogue or catalogues.load()
    cleaned = text.clean(document)

    def rejected(code: RejectCode, reason: str, kind: str | None = None, title: str | None = None) -> Report:
        return Report(
            name, sha256, size, False, document.media_type, document.encoding, code, reason,
            document_kind=kind, title=title, published=document.published, text=cleaned.text,
        )  # fmt: skip

    if not cleaned.text.strip():
        return rejected("empty", "文件里没有文字；如果是扫描件或图片，请先做文字识别（OCR）")
    title = titles.find(cleaned, document.title_hint, name, catalogue)
    if not title.accepted:
        reason = title.reason or "不是法治政府建设年度报告"
        return rejected(title.reason_code or "not_report", reason, title.document_kind, title.title)
    sections = headings.find(cleaned, catalogue)
    year = periods.report_year(title.title, cleaned, name, sections, document.published)
    if year.year is None:
        return rejected("no_year", f"看不出是哪一年的报告：{'；'.join(year.notes)}", title.document_kind, title.title)
    issuer = places.resolve(
        cleaned, title.title, divisions or places.load(), catalogue,
        file_name=name, hint=document.title_hint or "", year=year.year,
    )  # fmt: skip
    found = figures.find(cleaned.text, sections, year.year, catalogue, cleaned.lines)
    quantities, stated = facts.build(cleaned.text, found, year.year, compile_phrasings(catalogue))
    return Report(
        file=name,
        sha256=sha256,
        size=size,
        accepted=True,
        media_type=document.media_type,
        encoding=document.encoding,
        document_kind=title.document_kind,
        title=title.title,
        issuer=issuer,
        report_year=year.year,
        period=periods.period(year.year, cleaned, title.title, document.published),
        published=document.published,
        text=cleaned.text,
        sections=sections,
        quantities=tuple(quantities),
        facts=tuple(stated),
        checks=tuple(checks.run(cleaned.text, quantities, stated, catalogue)),
        notes=(*title.notes, *year.notes),
    )
