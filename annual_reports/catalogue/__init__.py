"""The catalogue: what people edit about the reading, as YAML files with a JSON Schema beside each.

Knows how the files are found, overlaid by the user's own (``HOME/catalogue/*.yml``), checked and versioned. Leaves out
what the entries mean: each reading module compiles its own table from ``catalogue["units"]`` and the like.

A file is a mapping from key to entry. The user's file of the same name overlays it entry by entry: a key of its own is
added, a known key replaces the shipped entry whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

SHIPPED = Path(str(resources.files(__package__)))


class CatalogueError(ValueError):
    """A catalogue file that cannot be used. The message names file, line, value and the way out, in Chinese."""


@dataclass(frozen=True)
class Catalogue(Mapping[str, Any]):
    """All catalogue tables by file stem. ``version`` is a hash over every file that took part, so it says when facts
    may change; two catalogues with the same version are equal, which lets modules cache what they compile from one."""

    version: str
    tables: Mapping[str, Any] = field(compare=False, hash=False, repr=False)

    def __getitem__(self, name: str) -> Any:
        return self.tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)


def load(overlay: Path | None = None) -> Catalogue:
    """The shipped tables, overlaid by the ``*.yml`` of ``overlay`` (a folder that need not exist).

    Raises CatalogueError for YAML that cannot be parsed, a duplicate key, an entry that its schema refuses, or an
    overlay for a table that does not exist.
    """
    return _load(overlay.resolve() if overlay and overlay.is_dir() else None, _stamp(overlay))


def _stamp(overlay: Path | None) -> tuple[tuple[str, int, int], ...]:
    if not overlay or not overlay.is_dir():
        return ()
    return tuple((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(overlay.glob("*.yml")))


@lru_cache(maxsize=8)
def _load(overlay: Path | None, stamp: tuple[tuple[str, int, int], ...]) -> Catalogue:
    shipped, own = sorted(SHIPPED.glob("*.yml")), sorted(overlay.glob("*.yml")) if overlay else []
    digest = hashlib.sha256()
    contents = {path: path.read_bytes() for path in (*shipped, *own)}  # read once: what is hashed is what is parsed
    for path, content in contents.items():
        digest.update(path.name.encode() + content)
    version = digest.hexdigest()[:16]
    tables: dict[str, Any] = {}
    for path, content in contents.items():
        if path.parent != SHIPPED and path.stem not in tables:
            raise CatalogueError(f"{path}：没有名为「{path.stem}」的目录表，可用的有：{'、'.join(tables)}")
        schema = SHIPPED / f"{path.stem}.schema.json"
        tables[path.stem] = {**tables.get(path.stem, {}), **_parse(path, schema, content.decode(), version in _CHECKED)}
    return Catalogue(version, tables)


_CHECKED: set[str] = set()


def take_as_checked(version: str) -> None:
    """Do not check the tables of this version again: the process that started this one has loaded them."""
    _CHECKED.add(version)


class _Loader(yaml.CSafeLoader):
    """YAML in which 2026-03-02 is the text that was written, quoted or not: no table holds anything else for a day."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (as its base has it)
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


def read_table(path: Path, schema: Path) -> dict[str, Any]:
    """One YAML file as a mapping, checked against its schema; errors name ``path`` and the line."""
    return _parse(path, schema, path.read_text("utf-8"))


def _parse(path: Path, schema: Path, source: str, checked: bool = False) -> dict[str, Any]:
    try:
        loader = _Loader(source)
        node = loader.get_single_node()
        if isinstance(node, yaml.MappingNode) and not checked:
            _refuse_duplicates(path, node)
        data = loader.construct_document(node) if node is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" 第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark else ""
        raise CatalogueError(
            f"{path}{place}：不是合法的 YAML；多半是缩进不齐、冒号后少了空格，或者引号、括号没有成对"
        ) from error
    if data is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise CatalogueError(f"{path} 第 1 行：最外层应为「键: 条目」的映射")
    if not checked:
        _validate(path, schema, data, node)
    return dict(data)


def _refuse_duplicates(path: Path, node: yaml.Node) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            if key.value in seen:
                raise CatalogueError(
                    f"{path} 第 {key.start_mark.line + 1} 行：键「{key.value}」与第 {seen[key.value]} 行重复"
                )
            seen[key.value] = key.start_mark.line + 1
            _refuse_duplicates(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_duplicates(path, item)


def _validate(path: Path, schema: Path, data: Any, node: yaml.Node) -> None:
    import jsonschema  # 0.1 s to import, and only a load that is not cached needs it

    from annual_reports.catalogue.faults import explain

    rules = json.loads(schema.read_text("utf-8"))
    errors = list(jsonschema.Draft202012Validator(rules).iter_errors(data))
    if errors:
        where = list(errors[0].absolute_path)
        # of one place all that is wrong: a mistyped key is one that is missing and one that is not known
        wrong = dict.fromkeys(explain(error) for error in errors if list(error.absolute_path) == where)
        place = "/".join(map(str, where)) or "（最外层）"
        raise CatalogueError(f"{path} 第 {line_of(node, where)} 行：{place} 不合规则：{'；'.join(wrong)}")


def line_of(node: yaml.Node | None, path: list[str | int]) -> int:
    """The 1-based line where the value at ``path`` stands (or the deepest part of the path that exists)."""
    line = node.start_mark.line + 1 if node is not None else 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            return line
    return line
