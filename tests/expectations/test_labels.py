"""Every column and code that a person may see in a message has its Chinese word."""

from __future__ import annotations

from annual_reports.report import BOUNDS, REJECT_CODES, RESOLUTIONS, ROLES, SECTION_KINDS
from expectations import audit, checks, gate
from expectations.labels import WORDS, say
from expectations.quarantine import EVIDENCE
from expectations.rules import SEVERITIES
from warehouse.frames import frames


def test_every_column_that_explains_a_failure_has_a_word():
    columns = {column for rule in (gate.rules() | audit.rules()).values() for column in rule.columns}
    assert columns - set(WORDS) == set()


def test_every_column_of_a_held_row_has_a_word():
    """``fazhi quarantine show`` tells the whole content, the evidence within a fact included."""
    columns = {column for frame in frames([]).values() for column in frame.columns} | {EVIDENCE}
    assert columns - set(WORDS) == set()


def test_every_code_has_a_word():
    codes = {*BOUNDS, *ROLES, *SECTION_KINDS, *RESOLUTIONS, *REJECT_CODES, *SEVERITIES, *checks.KINDS, *checks.VERDICTS}
    assert codes - set(WORDS) == set()


def test_a_code_that_two_columns_share_is_told_apart():
    assert (say("at_most"), say("at_most", "kind")) == ("至多", "部分不大于全体")
    assert (say("exact", "bound"), say("exact", "verdict")) == ("确数", "相等")


def test_an_unknown_code_is_shown_and_not_dropped():
    assert say("brand_new") == "brand_new"


def test_every_rule_says_what_and_why_in_chinese():
    for rule in (gate.rules() | audit.rules()).values():
        assert any("\u4e00" <= c <= "\u9fff" for c in rule.sentence), rule.id
        assert len(rule.because) >= 6, rule.id
        assert not rule.sentence.endswith("。"), rule.id
