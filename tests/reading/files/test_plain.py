"""Encodings of text files: each is named and read exactly; garble is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annual_reports.files import Unreadable, read

REPORT = (
    "青禾镇2024年法治政府建设情况报告\n一、主要举措和成效\n　　全年开展法治宣传36场次，发放资料8000余份，"
    "排查矛盾纠纷152件，化解148件。\n\n二、存在的不足\n执法力量薄弱，“三项制度”落实还不到位。\n"
)
TRADITIONAL = "青禾鎮法治政府建設情況報告，開展法治宣傳活動三十六場次，對轄區企業進行了檢查，發放資料八千餘份。\n"


@pytest.mark.parametrize(
    ("encoded", "name"),
    [
        (REPORT.encode(), "utf-8"),
        (REPORT.encode("utf-8-sig"), "utf-8"),
        (REPORT.encode("gb18030"), "gb18030"),
        (REPORT.encode("gbk"), "gb18030"),
        (b"\x84\x31\x95\x33" + REPORT.encode("gb18030"), "gb18030"),
        (b"\xff\xfe" + REPORT.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + REPORT.encode("utf-16-be"), "utf-16-be"),
        (REPORT.encode("utf-16-le"), "utf-16-le"),
        (REPORT.encode("utf-16-be"), "utf-16-be"),
        (REPORT.encode("utf-32"), "utf-32"),
        (b"plain ASCII, 152 cases", "utf-8"),
    ],
)
def test_encoding_is_found_and_named(encoded, name):
    document = read(encoded, "报告.txt")
    assert document.encoding == name
    expected = REPORT if len(encoded) > 100 else "plain ASCII, 152 cases"
    assert [block.text for block in document.blocks] == expected.splitlines()


def test_big5():
    document = read(TRADITIONAL.encode("big5") * 3, "報告.txt")
    assert document.encoding == "big5"
    assert document.blocks[0].text == TRADITIONAL.rstrip()


def test_rare_characters_of_names_need_gb18030():
    assert (
        read("㙟镇、䶮村、𬭎路：法治政府建设工作报告，全年开展检查。".encode("gb18030"), "a.txt")
        .blocks[0]
        .text.startswith("㙟镇、䶮村、𬭎路")
    )


def test_places_count_the_lines_of_the_file():
    document = read("题\r\n\r\n一、甲\r二、乙\n".encode(), "a.txt")
    assert [(block.text, block.place) for block in document.blocks] == [
        ("题", "第1行"), ("", "第2行"), ("一、甲", "第3行"), ("二、乙", "第4行"),
    ]  # fmt: skip


def test_a_character_cut_off_at_the_end_costs_only_itself():
    assert read(REPORT.encode()[:-2], "a.txt").blocks[-1].text == "执法力量薄弱，“三项制度”落实还不到位"
    assert read((REPORT * 5).encode("gb18030")[:-2], "a.txt").encoding == "gb18030"


def test_one_damaged_byte_in_a_long_text_is_shown_not_hidden():
    data = bytearray((REPORT * 10).encode())
    data[3] = 0xFF
    assert "\ufffd" in read(bytes(data), "a.txt").blocks[0].text


@pytest.mark.parametrize(
    "garbled",
    [
        (REPORT * 3).encode().decode("latin-1").encode(),  # encoded twice
        (REPORT * 3).encode("gb18030").decode("latin-1").encode(),
        (REPORT * 5).encode().decode("gb18030", "ignore").encode(),  # UTF-8 that an editor took for GBK
        (REPORT * 3).encode("gb18030").decode("utf-8", "replace").encode(),
        "锟斤拷锟斤拷法治锟斤拷".encode(),
        bytes(range(256)) * 40,
        (REPORT.encode("gb18030")[:60] + b"\x01\x02\x03\x04") * 20,
    ],
)
def test_garble_is_refused_with_the_way_out(garbled):
    with pytest.raises(Unreadable) as refused:
        read(garbled, "报告.txt")
    assert refused.value.code == "undecodable"
    assert "请" in refused.value.reason


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(REPORT.splitlines()), min_size=3, max_size=12),
    st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
def test_every_encoding_gives_the_same_lines(lines, encoding):
    text = "\n".join(["青禾镇2024年法治政府建设工作情况", *lines])
    assert [block.text for block in read(text.encode(encoding), "a.txt").blocks] == text.splitlines()


@settings(max_examples=200, deadline=2000)
@given(st.binary(max_size=2000), st.sampled_from(["a.txt", "a.html", "a.docx", "a.pdf", "a", ".doc"]))
def test_no_bytes_raise_anything_but_unreadable(data, name):
    try:
        read(data, name)
    except Unreadable as refused:
        assert refused.reason  # noqa: PT017 (either outcome is right)
