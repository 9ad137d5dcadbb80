"""Detection of formulas without a saved result in a workbook: their cells would otherwise be read as blank."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection
from html import unescape

from transforms.errors import UnreadableValue
from transforms.reading.text import plain_name

FORMULA = re.compile(rb"><f(?:\s[^>]*)?(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>")
"""A formula and no value, in the forms that spreadsheet programs and libraries write; `CELL` is the text before it.

Two patterns, because looking for the rare formulas is far quicker than looking at each cell.
"""
CELL = re.compile(rb"<c ([^>]{0,1000})$")

SHEET = re.compile(r"<sheet\s[^<>]{0,2000}>")
PARTS = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}
RELATION = re.compile(r"<Relationship\s[^<>]{0,2000}>")
"""Tags have a longest length: the time to look for attributes in one grows with its square."""


def refuse_unsaved_results(content: bytes, sheets: Collection[str], *, file: str) -> None:
    """Check that each formula in `sheets` of an .xlsx has a saved result; an empty text counts as a result.

    Raises `UnreadableValue` with sheet and cell.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for sheet, member in _members(archive).items():
            text = archive.read(member) if sheet in sheets and member in archive.namelist() else b""
            for found in FORMULA.finditer(text) if b"<f" in text else ():
                cell = CELL.match(text[text.rfind(b"<", 0, found.start()) : found.start()])
                attributes = dict(re.findall(rb'(\w+)="([^"]*)"', cell[1])) if cell else {}
                if cell and attributes.get(b"t") != b"str":
                    raise UnreadableValue(
                        "a cell has a formula without a saved result",
                        file=file,
                        sheet=sheet,
                        cell=attributes.get(b"r", b"").decode("utf-8", "replace"),
                        expected="the result of the formula, saved in the cell",
                        found=re.sub(rb"<[^>]*>", b"", found[0][1:]).decode("utf-8", "replace") or "a formula",
                        do="open and save the workbook in a spreadsheet program and place the saved file in the inbox;"
                        " or fetch it again",
                    )


def _members(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> the zip's member that holds the sheet; {} for a workbook without `PARTS` (.xlsb)."""
    if not set(archive.namelist()) >= PARTS:
        return {}
    book, links = (archive.read(name).decode("utf-8", "replace") for name in sorted(PARTS, reverse=True))
    targets = {link.get("Id", ""): link.get("Target", "") for link in map(_attributes, RELATION.findall(links))}
    sheets = [_attributes(sheet) for sheet in SHEET.findall(book)]
    return {
        plain_name(unescape(sheet.get("name", ""))): "xl/" + targets.get(sheet.get("r:id", ""), "").removeprefix("/xl/")
        for sheet in sheets
    }


def _attributes(tag: str) -> dict[str, str]:
    return dict(re.findall(r'([\w:]+)="([^"]*)"', tag))
