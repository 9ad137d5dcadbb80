"""A published workbook with a few cells changed, everything else as the publisher made it: edits inside the zip."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

STRINGS = "xl/sharedStrings.xml"


def altered(source: Path, target: Path, changes: Mapping[str, list[tuple[str, str]]]) -> Path:
    """A copy of a workbook with texts replaced in some members; each text must stand there exactly once."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for item in old.infolist():
            content = old.read(item).decode() if item.filename in changes else None
            for before, after in changes.get(item.filename, []):
                assert content is not None
                assert content.count(before) == 1, (item.filename, before, content.count(before))
                content = content.replace(before, after)
            new.writestr(item, old.read(item) if content is None else content)
    return target


def cell(source: Path, member: str, name: str) -> str:
    """The XML of one cell that holds a number, e.g. '<c r="G12" s="123"><v>21360.68</v>'."""
    with zipfile.ZipFile(source) as book:
        found = re.search(rf'<c r="{name}"[^>]*><v>[^<]*</v>', book.read(member).decode())
    assert found, (member, name)
    return found.group()


def with_value(cell_xml: str, value: str) -> str:
    """The cell's XML with another stored number."""
    return re.sub(r"<v>[^<]*</v>", f"<v>{value}</v>", cell_xml)
