"""Every path of the running data, and nothing else: what lies where under one home folder.

The home is ``./data`` unless ``FAZHI_HOME`` or ``--home`` says otherwise. Two kinds of things live there: what can be
made again (the warehouse, what is published, quality pages) and what cannot (the originals in ``snapshots`` and the
decisions of people in ``catalogue``, ``corrections``, ``decisions`` and ``divisions.csv``). ``fazhi rebuild`` makes the
first kind from the second.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The home folder. Creates nothing by itself except through ``make``."""

    root: Path

    @classmethod
    def at(cls, path: str | Path | None = None) -> Home:
        """The home at ``path``, else at ``FAZHI_HOME``, else ``./data``; absolute."""
        return cls(Path(path or os.environ.get("FAZHI_HOME") or "data").expanduser().resolve())

    def make(self) -> Home:
        """Create the folders that every command may rely on; returns the home itself."""
        for folder in (self.inbox, self.snapshots, self.published, self.quality, self.temporary):
            folder.mkdir(parents=True, exist_ok=True)
        return self

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def snapshots(self) -> Path:
        """Originals by content hash with a JSON sidecar each; never changed."""
        return self.root / "snapshots"

    @property
    def warehouse(self) -> Path:
        """The working file. It has one writer; readers use ``published_database``."""
        return self.root / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def published_database(self) -> Path:
        return self.published / "warehouse.duckdb"

    @property
    def quality_pages(self) -> Path:
        """The quality report for people: static pages that open offline."""
        return self.published / "quality"

    @property
    def quality(self) -> Path:
        """Results of the gate and Great Expectations' own documents."""
        return self.root / "quality"

    @property
    def catalogue(self) -> Path:
        """The user's catalogue tables, which overlay the shipped ones."""
        return self.root / "catalogue"

    @property
    def corrections(self) -> Path:
        """The user's corrections, beside the shipped ones of ``warehouse/corrections``."""
        return self.root / "corrections"

    @property
    def baseline(self) -> Path:
        """The least row counts per table and year that people have set; the audit compares with them."""
        return self.root / "baseline.yml"

    @property
    def decisions(self) -> Path:
        """What people decided about quarantined rows, as files, so that a rebuild keeps their decisions."""
        return self.root / "decisions"

    @property
    def divisions(self) -> Path:
        return self.root / "divisions.csv"

    @property
    def prefect(self) -> Path:
        return self.root / "prefect"

    @property
    def temporary(self) -> Path:
        """Spill files and jieba's cache: the system's temporary folder is shared and can be poisoned."""
        return self.root / "tmp"
