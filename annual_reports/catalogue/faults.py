"""What JSON Schema finds wrong with an entry of a YAML file, in Chinese, for the person who wrote the entry.

Knows the keywords that the project's schemas use. A schema's ``description`` says what is wanted where a keyword (a
pattern, a choice of shapes) does not say it in words that help.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ValidationError = Any  # jsonschema's; its stub says of every part that it may be unset
TYPES = {
    "object": "「键: 值」的映射",
    "array": "列表",
    "string": "文字",
    "integer": "整数",
    "number": "数",
    "boolean": "true 或 false",
    "null": "空",
}


def explain(error: ValidationError) -> str:
    """One sentence without a full stop: what stands there and what should. Never English."""
    wanted = error.schema.get("description") if isinstance(error.schema, dict) else None
    if error.validator == "required":
        return f"缺少 {_listed(k for k in error.validator_value if k not in error.instance)}"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        return f"不认识 {_listed(k for k in error.instance if k not in known)}，可用的有 {_listed(known)}"
    if wanted:
        return f"{shown(error.instance)} 不对，应为{wanted}"
    say = SAID.get(str(error.validator))
    return say(error) if say else f"{shown(error.instance)} 不合要求，写法见同类条目"


def shown(value: Any) -> str:
    """A value as its writer knows it: YAML's words, not Python's."""
    if isinstance(value, dict):
        return f"映射（{_listed(value)}）" if value else "空的映射"
    if isinstance(value, list):
        return f"{len(value)} 项的列表"
    if value is None:
        return "空值"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"「{text if len(text) <= 60 else text[:59] + '…'}」"


def _type(error: ValidationError) -> str:
    kinds = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    quoted = "；像数或日期的文字请加引号" if "string" in kinds and not isinstance(error.instance, dict | list) else ""
    return f"{shown(error.instance)} 应为{'或'.join(TYPES.get(str(kind), '') for kind in kinds)}{quoted}"


def _choice(error: ValidationError) -> str:
    """Of several shapes, the keys or the kind of value that each wants."""
    ways: list[str] = []
    for shape in error.validator_value:
        ways.append(_listed(shape.get("required", ())) or TYPES.get(str(shape.get("type")), ""))
    how = "至少其一" if error.validator == "anyOf" else "其一，且只写其一"
    return f"{shown(error.instance)} 应写 {' / '.join(w for w in ways if w)} {how}"


def _too_much(error: ValidationError) -> str:
    """Of the keys that must not stand here, those that do."""
    unwanted = [error.validator_value, *error.validator_value.get("anyOf", ())]
    keys = [key for one in unwanted for key in one.get("required", ()) if key in error.instance]
    return f"这里不写 {_listed(keys)}"


SAID: dict[str, Callable[[ValidationError], str]] = {
    "type": _type,
    "enum": lambda e: f"{shown(e.instance)} 不在可选值之内，可选 {_listed(e.validator_value)}",
    "const": lambda e: f"{shown(e.instance)} 应为 {shown(e.validator_value)}",
    "pattern": lambda e: f"{shown(e.instance)} 的写法不对（应合 {e.validator_value}）",
    "format": lambda e: f"{shown(e.instance)} 的写法不对（应为 {e.validator_value}）",
    "minLength": lambda e: f"{shown(e.instance)} 太短，至少 {e.validator_value} 个字",
    "maxLength": lambda e: f"{shown(e.instance)} 太长，至多 {e.validator_value} 个字",
    "minimum": lambda e: f"{shown(e.instance)} 太小，至少 {e.validator_value}",
    "maximum": lambda e: f"{shown(e.instance)} 太大，至多 {e.validator_value}",
    "exclusiveMinimum": lambda e: f"{shown(e.instance)} 应大于 {e.validator_value}",
    "minItems": lambda e: f"{shown(e.instance)} 至少要有 {e.validator_value} 项",
    "maxItems": lambda e: f"{shown(e.instance)} 至多 {e.validator_value} 项",
    "minProperties": lambda e: f"{shown(e.instance)} 里至少要写一个键",
    "uniqueItems": lambda e: f"{shown(e.instance)} 里有重复的项",
    "dependentRequired": lambda e: f"{shown(e.instance)} 缺少与所写的键一起要写的键",
    "anyOf": _choice,
    "oneOf": _choice,
    "not": _too_much,
}


def _listed(values: Any) -> str:
    return "、".join(map(str, values))
