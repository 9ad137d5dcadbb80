"""A published file as tables of cells that a change may alter, and back to bytes of the same kind."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.sax.saxutils import escape

from tests.transforms.series.vacancies.vacancy_workbook import Cell, Cells
from transforms.reading.grid import ROW, Grid, cell_name, read_grids

SHEET = "xl/worksheets/sheet{}.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@dataclass
class Book:
    """One file: `tables` by sheet or member ('' for a plain CSV), `others` the members that are not tables.

    `kind` is 'csv', 'gz', 'zip' or 'xlsx'. `bytes_changed` replaces the written bytes where a change works on them.
    Tables are shared with the unchanged book until `own` copies one; `cache` holds what shared tables are written as,
    by the identity of their cells.
    """

    name: str
    hint: str
    kind: str
    tables: dict[str, Cells]
    others: dict[str, bytes] = field(default_factory=dict)
    bytes_changed: bytes | None = None
    cache: dict[int, bytes] = field(default_factory=dict)

    def copy(self) -> Book:
        """The same book with its own list of tables; the tables themselves are shared."""
        return replace(self, tables=dict(self.tables), others=dict(self.others))

    def own(self, table: str) -> Cells:
        """The table's cells, copied, to be altered."""
        self.tables[table] = [list(row) for row in self.tables[table]]
        return self.tables[table]

    def fill_cache(self) -> None:
        """Write every table into the cache, which holds as long as this book does."""
        write = _sheet if self.kind == "xlsx" else _csv
        self.cache |= {id(cells): write(cells) for cells in self.tables.values()}

    def content(self) -> bytes:
        """The file's bytes."""
        if self.bytes_changed is not None:
            return self.bytes_changed
        if self.kind == "xlsx":
            return _workbook(self.tables, self.cache)
        parts = {name: _cached(cells, self.cache, _csv) for name, cells in self.tables.items()}
        if self.kind == "zip":
            return zipped(parts | self.others)
        (only,) = parts.values()
        return gzip.compress(only, 1) if self.kind == "gz" else only


def load(path: Path, *, name: str = "", hint: str = "") -> Book:
    """A published file as a book. An .xls becomes the CSV its publisher prints the same table in."""
    name, head = name or path.name, path.read_bytes()[:4]
    if path.suffix == ".xlsx":
        return Book(name, hint, "xlsx", {sheet: _cells(grid) for sheet, grid in read_grids(path).items()})
    if head.startswith(b"\xd0\xcf"):
        (grid,) = [grid for grid in read_grids(path).values() if grid.text.height]
        return Book(name, hint, "csv", {"": grid.text.drop(ROW).rows()})  # type: ignore[dict-item]
    if head.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            members = {item: archive.read(item) for item in archive.namelist()}
        tables = {item: _records(content) for item, content in members.items() if item.lower().endswith(".csv")}
        return Book(name, hint, "zip", tables, {item: members[item] for item in members if item not in tables})
    packed = head.startswith(b"\x1f\x8b")
    content = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
    return Book(name, hint, "gz" if packed else "csv", {"": _records(content)})


def _cells(grid: Grid) -> Cells:
    """A sheet's cells; a code such as 5E1 stays the text that it is."""
    names = [name for name in grid.text.columns if name != ROW]
    before: list[Cell] = [None] * (int(names[0][1:]) - 1 if names else 0)
    words, numbers = grid.text.select(names).rows(), grid.numbers.select(names).rows()
    return [
        before + [word if number is None or "E" in word else number for word, number in zip(*row, strict=True)]
        for row in zip(words, numbers, strict=True)
    ]


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip of the members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _records(content: bytes) -> Cells:
    text = content.decode("utf-8-sig", "surrogateescape")
    return [list(row) for row in csv.reader(io.StringIO(text, newline=""))]


def _cached(cells: Cells, cache: dict[int, bytes], write: object) -> bytes:
    assert callable(write)
    return cache[id(cells)] if id(cells) in cache else write(cells)


def _csv(cells: Cells) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(cells)
    return stream.getvalue().encode("utf-8", "surrogateescape")


def _sheet(cells: Cells) -> bytes:
    rows = []
    for number, row in enumerate(cells, start=1):
        written = "".join(_cell(cell_name(number, place), cell) for place, cell in enumerate(row, start=1))
        rows.append(f'<row r="{number}">{written}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'.encode()


def _cell(name: str, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f'<c r="{name}"><v>{cell!r}</v></c>'
    return f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve">{escape(str(cell))}</t></is></c>'


def _workbook(tables: dict[str, Cells], cache: dict[int, bytes]) -> bytes:
    numbers = range(1, len(tables) + 1)
    named = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, tables, strict=True)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    types = "".join(
        f'<Override PartName="/{SHEET.format(n)}" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for n in numbers
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        f"{types}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>',
    }
    sheets = {SHEET.format(n): _cached(cells, cache, _sheet) for n, cells in zip(numbers, tables.values(), strict=True)}
    return zipped({name: text.encode() for name, text in parts.items()} | sheets)


def number_of(cell: Cell) -> float | None:
    """The number a cell holds, None for a text and for a blank."""
    if isinstance(cell, float) or not cell:
        return cell if isinstance(cell, float) else None
    try:
        return float(cell)
    except ValueError:
        return None
