"""Whole skeletons of reports, each with faults as they occur: kind, title, year, issuer, place and outline together."""

from pathlib import Path

import pytest
import yaml

from annual_reports.reading import read

SKELETONS = yaml.safe_load(Path(__file__).with_name("skeletons.yml").read_text("utf-8"))
REPORTS = {name: entry for name, entry in SKELETONS.items() if "refused" not in entry}
REFUSED = {name: entry for name, entry in SKELETONS.items() if "refused" in entry}


BODY = "各项任务按时完成，群众反映良好，干部作风有了新的变化，基层基础更加扎实。" * 5  # a title alone is no report


def reading(entry: dict):
    return read(f"{entry['text']}{BODY}".encode(), "1.txt")


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_as_a_careful_reader_reads_it(name):
    entry = REPORTS[name]
    report = reading(entry)
    assert report.accepted, report.reason
    assert (report.document_kind, report.title) == (entry.get("kind", "annual_report"), entry["title"])
    assert report.report_year == entry["year"]
    issuer = report.issuer
    place = issuer.division
    assert (issuer.name, issuer.level, issuer.resolution) == (entry["name"], entry["level"], entry["resolution"])
    assert "/".join(part or "" for part in (place.province, place.city, place.county, place.township)) == entry["place"]
    assert (issuer.key is None) is (entry["resolution"] != "resolved")
    assert entry.get("evidence", "") in "".join(issuer.evidence)
    assert [
        " ".join([str(s.level), str(s.ordinal), *([s.canonical] if s.level == 1 else []), s.title])
        for s in report.sections
    ] == entry["headings"]


@pytest.mark.parametrize("name", REFUSED)
def test_a_look_alike_is_refused(name):
    report = reading(REFUSED[name])
    assert (report.accepted, report.document_kind, report.reason_code) == (
        False,
        REFUSED[name]["refused"],
        "not_report",
    )
    assert report.reason
