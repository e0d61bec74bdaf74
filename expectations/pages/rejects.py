"""What to do about each kind of rejected file, in one sentence for people."""

from __future__ import annotations

WAYS_OUT = {
    "empty": "向来源重新取一份；若只是图片，请用文字识别（OCR）转成 .docx 或 .txt 再放入",
    "too_large": "拆分或另存为文字版；确需放宽请调整大小上限",
    "damaged": "重新下载；能在 Word 或阅读器中打开的，另存为新文件再放入",
    "bomb": "压缩内容异常膨胀，不要打开；向来源核实后重新取一份",
    "unsupported": "按原因所说转换格式（.doc、.wps 另存为 .docx）后再放入；扫描件先做文字识别（OCR）",
    "undecodable": "用记事本打开确认文字正常后，另存为 UTF-8",
    "not_report": "不用处理；若确是年度报告，请核对标题，并把标题写法补进 HOME/catalogue/document_kinds.yml",
    "no_year": "把年份写进文件名（如 2024年…），再放入",
    "timeout": "多半是版式极复杂的文件：另存为 .txt 再放入",
    "unreadable": "检查文件权限，等复制完成后再放入；下次运行会自动重试",
    "reader_fault": "文件多半没有问题，是读取程序的错：把文件和原因一起反馈；升级后再运行会自动重试",
}


def way_out(code: str | None) -> str:
    """The advice for a reject code; for one that is not known here, a general one."""
    return WAYS_OUT.get(code or "", "按原因处理后，把文件重新放入收件箱")
