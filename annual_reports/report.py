"""The result types of a reading, and nothing else about how they come about.

Everything a reading says is one of these records, never changed once made; those that a report has many of are not
frozen all the same, because Python takes three times as long to make a frozen one. Offsets count characters of
``Report.text``, the cleaned text that is also kept in the warehouse; ``text[start:end]`` is what ``printed`` says,
white space aside.
``annual_reports.reading.read`` is the one way to get a Report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

Bound = Literal["exact", "at_least", "at_most", "approx", "range"]
Role = Literal["achieved", "target", "quota", "comparative", "change", "date", "ordinal", "name", "other"]
SectionKind = Literal["measures", "first_responsible", "problems", "plan", "suggestions", "other"]
Level = Literal["省", "市", "县", "乡镇", "部门", "园区"]
Resolution = Literal["resolved", "ambiguous", "unresolved"]
RejectCode = Literal[
    "empty",  # no bytes, or no text in them
    "too_large",  # over the stated limit
    "damaged",  # the format is one we read, this file is broken
    "bomb",  # unpacks to more than the stated limit
    "unsupported",  # a format not yet read (.doc, .wps, .ofd, a scan): the reason names the way out
    "undecodable",  # text in no encoding we know
    "not_report",  # read well, but no such report (a look-alike, a template, news)
    "no_year",  # such a report, but for no year that the text or its name tells
    "timeout",  # the reading took longer than the stated limit
    "unreadable",  # the file could not be opened (permissions, vanished, growing)
    "reader_fault",  # our own reader failed on it: the file may be perfect
]

BOUNDS: tuple[str, ...] = get_args(Bound)
ROLES: tuple[str, ...] = get_args(Role)
SECTION_KINDS: tuple[str, ...] = get_args(SectionKind)
LEVELS: tuple[str, ...] = get_args(Level)
RESOLUTIONS: tuple[str, ...] = get_args(Resolution)
REJECT_CODES: tuple[str, ...] = get_args(RejectCode)


@dataclass(frozen=True, slots=True)
class Division:
    """A place by its name path. ``city`` is None for 直辖市 and for county-level units directly under a province."""

    province: str | None = None
    city: str | None = None
    county: str | None = None
    township: str | None = None
    code: str | None = None
    code_system: str | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Issuer:
    """The body that reports. ``name`` is how the body is called in full (襄垣县王村镇人民政府).

    ``key`` is the warehouse's issuer_id: the name path joined by ``/`` (山西省/长治市/襄垣县/王村镇), for a department
    with the body's own name behind it (…/襄垣县/司法局); None unless ``resolution`` is ``resolved``.
    ``evidence`` says in Chinese, strongest first, which words of the report led there.
    """

    name: str | None
    level: Level | None
    division: Division
    resolution: Resolution
    evidence: tuple[str, ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """The days the figures cover, both inclusive. ``part_year`` where the report itself ends before 31 December."""

    start: date
    end: date
    part_year: bool


@dataclass(slots=True, unsafe_hash=True)
class Section:
    """A heading with its body, its subsections included: ``text[start:end]``; the heading itself ends at ``title_end``.

    ``printed_marker`` is the mark as printed (``（2）``), ``marker`` the right one for level and ordinal (``（二）``),
    ``repaired`` where the two say different things. ``parent`` is the index of the enclosing section, or None.
    """

    level: int
    ordinal: int
    printed_marker: str
    marker: str
    repaired: bool
    title: str
    canonical: SectionKind
    start: int
    end: int
    title_end: int
    parent: int | None = None


@dataclass(slots=True, unsafe_hash=True)
class Quantity:
    """A number of the text with what it says. One number for two nouns stands once per indicator, with the same span.

    ``value`` is the number named, in ``unit`` (万元 multiplied out to 元); ``low``/``high`` what its words allow, None
    where open. ``year`` is the year it speaks of. ``section`` indexes Report.sections (the deepest one). ``sentence``
    is the sentence's words, ``sentence_start`` where they begin. ``rule`` names what decided role and indicator.
    """

    start: int
    end: int
    printed: str
    value: float
    low: float | None
    high: float | None
    bound: Bound
    unit_printed: str
    unit: str
    role: Role
    year: int | None
    indicator: str | None
    scope: str
    section: int | None
    sentence: str
    sentence_start: int
    rule: str


@dataclass(slots=True, unsafe_hash=True)
class Fact:
    """What the report states of one indicator and scope in its year; ``quantities`` index its places of evidence.

    ``flags`` ⊆ {"contradicted"}: contradicted where the report itself gives another figure for the same thing; then
    each figure is a fact of its own.
    """

    indicator: str
    scope: str
    year: int
    value: float
    low: float | None
    high: float | None
    bound: Bound
    unit: str
    quantities: tuple[int, ...]
    flags: tuple[str, ...] = ()


@dataclass(slots=True, unsafe_hash=True)
class Check:
    """Arithmetic that the text implies, tested and never repaired.

    ``kind`` ∈ parts_total, at_most, rate, stated_change, repeated. ``verdict`` ∈ exact, rounded, cut, within (only the
    bounds allow it), fails. ``holds`` is False for cut and fails. ``figures`` index Report.quantities.
    """

    kind: Literal["parts_total", "at_most", "rate", "stated_change", "repeated"]
    statement: str
    holds: bool
    verdict: Literal["exact", "rounded", "cut", "within", "fails"]
    figures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One document version, read; or a file that is none, with ``accepted`` False, a code and a Chinese reason."""

    file: str
    sha256: str
    size: int
    accepted: bool
    media_type: str | None = None
    encoding: str | None = None
    reason_code: RejectCode | None = None
    reason: str | None = None
    document_kind: str | None = None
    title: str | None = None
    issuer: Issuer | None = None
    report_year: int | None = None
    period: Period | None = None
    published: date | None = None
    text: str = ""
    sections: tuple[Section, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    facts: tuple[Fact, ...] = ()
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = field(default=())  # doubts in Chinese: 「正文标题写 2023 年，报告年度为 2024 年」
