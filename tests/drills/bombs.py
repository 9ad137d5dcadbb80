"""Files and pages that are small or well formed and cost a careless program all its memory or time."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

from flows.sample import __file__ as sample

MILLION = 1_000_000
WORKFORCE = "NHS Workforce Statistics, May 2023 England and Organisation.xlsx"
ANNEX = "NHS Workforce Statistics, October 2025 Data Quality Annex.xlsx"
CORE = "NHS HCHS Workforce Statistics, Trusts and core organisations - CSV data files, October 2025.zip"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

Bomb = Callable[[Path], str]
"""Writes a file at the path it is given; returns the name to read it under, or a function `read_*` for a page."""

BOMBS: dict[str, Bomb] = {}


def bomb(make: Bomb) -> Bomb:
    """Enters a bomb under its name in words."""
    BOMBS[make.__name__.replace("_", " ")] = make
    return make


def _zip(path: Path, parts: Iterable[tuple[str, bytes | Iterable[bytes]]], level: int = 1) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in parts:
            with archive.open(name, "w", force_zip64=True) as stream:
                for piece in [content] if isinstance(content, bytes) else content:
                    stream.write(piece)


def _book(
    path: Path,
    sheet: bytes | Iterable[bytes],
    *,
    strings: bytes | Iterable[bytes] = b"",
    names: Iterable[str] = ("DQ Annex - Core NHS",),
    more: Iterable[tuple[str, bytes | Iterable[bytes]]] = (),
    prolog: str = "",
) -> None:
    """A workbook with this sheet under the first of `names`; further names have no sheet."""
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, start=1))
    shared = f'<Relationship Id="rIdS" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    parts = {
        "[Content_Types].xml": f'{prolog}<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{prolog}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>{shared if strings else ""}</Relationships>',
    }
    members = [(name, text.encode()) for name, text in parts.items()]
    text = [("xl/sharedStrings.xml", strings)] if strings else []
    _zip(path, [*members, ("xl/worksheets/sheet1.xml", sheet), *text, *more])


def _sheet(rows: Iterable[bytes], before: bytes = b"") -> Iterable[bytes]:
    yield f'<worksheet xmlns="{MAIN}">'.encode() + before + b"<sheetData>"
    yield from rows
    yield b"</sheetData></worksheet>"


def _row(number: int, cells: bytes) -> bytes:
    return b'<row r="%d">%s</row>' % (number, cells)


ONE_CELL = b'<row r="1"><c r="A1"><v>1</v></c></row>'
HEADINGS = b"".join(
    b'<c r="%s1" t="inlineStr"><is><t>%s</t></is></c>' % (letter.encode(), text.encode())
    for letter, text in zip(
        "ABCDEFG",
        ("Reference Number", "Level", "Organisation Code", "Organisation Name", "Data Month Impacted", "Issue Type",
         "Issue Details"),
        strict=True,
    )
)  # fmt: skip


@bomb
def a_zip_of_a_gigabyte_of_zeros(path: Path) -> str:
    _zip(path, [("Core 1.csv", (bytes(MILLION) for _ in range(1_000)))])
    return CORE


@bomb
def a_zip_of_many_members_of_twenty_megabytes(path: Path) -> str:
    _zip(path, ((f"Core {n}.csv", (bytes(MILLION) for _ in range(19))) for n in range(200)))
    return CORE


@bomb
def zips_in_zips(path: Path) -> str:
    content = bytes(10 * MILLION)
    for depth in range(8):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for n in range(10):
                archive.writestr(f"{depth}-{n}.zip" if depth else f"{n}.csv", content)
        content = stream.getvalue()
    path.write_bytes(content)
    return CORE


def _overlapping(path: Path, members: int, megabytes: int) -> None:
    """Directory entries that all lead to the same packed bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed, checksum = b"", 0
    for _ in range(megabytes):
        packed += packer.compress(bytes(MILLION))
        checksum = zlib.crc32(bytes(MILLION), checksum)
    packed += packer.flush()
    size, sums = megabytes * MILLION, (checksum, len(packed), megabytes * MILLION)
    assert sums[2] == size
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, *sums, 5, 0) + b"a.csv"
    entries = []
    for n in range(members):
        name = f"{n:07}.csv".encode()
        entries.append(
            struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, *sums, len(name), 0, 0, 0, 0, 0, 0) + name
        )
    directory = b"".join(entries)
    count, place = min(members, 0xFFFF), len(local) + len(packed)
    far = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, members, members, len(directory), place)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, place + len(directory), 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path.write_bytes(local + packed + directory + far + locator + end)


@bomb
def a_zip_whose_members_overlap(path: Path) -> str:
    _overlapping(path, 190, 19)
    return CORE


@bomb
def a_zip_of_three_million_members(path: Path) -> str:
    _overlapping(path, 3 * MILLION, 1)
    return CORE


@bomb
def a_workbook_of_three_million_members(path: Path) -> str:
    _overlapping(path, 3 * MILLION, 1)
    return WORKFORCE


def _gzip(path: Path, megabytes: int) -> str:
    """An organisation list: texts that pack to a fiftieth, as no published list does."""
    lines = b"".join(_sample(TRUSTS)) * 20
    with path.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1) as stream:
        for _ in range(megabytes * MILLION // len(lines)):
            stream.write(lines)
    return "etrust.csv.gz"


@bomb
def a_gzip_of_four_gigabytes(path: Path) -> str:
    return _gzip(path, 4_000)


@bomb
def a_gzip_of_seven_hundred_megabytes(path: Path) -> str:
    return _gzip(path, 700)


@bomb
def a_million_cells(path: Path) -> str:
    rows = (
        _row(n, b"".join(b'<c r="%s%d"><v>%d</v></c>' % (_letters(k), n, n * k) for k in range(1, 101)))
        for n in range(2, 10_002)
    )
    _book(path, _sheet([_row(1, HEADINGS), *rows]))
    return ANNEX


def _letters(column: int) -> bytes:
    letters = b""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = bytes([65 + rest]) + letters
    return letters


@bomb
def a_cell_at_the_end_of_the_sheet(path: Path) -> str:
    _book(path, _sheet([_row(1, HEADINGS), _row(1_048_576, b'<c r="XFD1048576"><v>1</v></c>')]))
    return ANNEX


@bomb
def a_cell_just_within_the_limit(path: Path) -> str:
    """As many cells from the first to the last one as the reader of sizes lets pass."""
    from transforms.opening.sheet_size import MOST_CELLS

    row = MOST_CELLS // 100 - 1
    _book(path, _sheet([_row(1, HEADINGS), _row(row, b'<c r="CV%d"><v>1</v></c>' % row)]))
    return ANNEX


@bomb
def a_far_cell_without_a_far_name(path: Path) -> str:
    """Rows and cells without names count up by themselves."""
    rows = (b"<row>" + b"<c/>" * 16_000 + b"<c><v>1</v></c></row>" for _ in range(20_000))
    _book(path, _sheet([_row(1, HEADINGS), *rows]))
    return ANNEX


@bomb
def a_row_without_cells_far_down(path: Path) -> str:
    _book(path, _sheet([_row(1, HEADINGS), b'<row r="1048576"/>', b'<row r="4294967295"><c><v>1</v></c></row>']))
    return ANNEX


@bomb
def a_cell_in_lower_case_far_away(path: Path) -> str:
    _book(path, _sheet([_row(1, HEADINGS), b"<row r='1048576'><c r='xfd1048576'><v>1</v></c></row>"]))
    return ANNEX


@bomb
def a_dimension_that_lies(path: Path) -> str:
    _book(path, _sheet([_row(1, HEADINGS)], b'<dimension ref="A1:XFD1048576"/>'))
    return ANNEX


@bomb
def merged_cells_over_the_whole_sheet(path: Path) -> str:
    merged = b"<mergeCells>" + b'<mergeCell ref="A1:XFD1048576"/>' * 10_000 + b"</mergeCells>"
    _book(path, [*[*_sheet([_row(1, HEADINGS)])][:-1], b"</sheetData>" + merged + b"</worksheet>"])
    return ANNEX


@bomb
def a_hundred_thousand_sheets(path: Path) -> str:
    _book(path, _sheet([ONE_CELL]), names=["DQ Annex - Core NHS", *(f"DQ Annex - {n}" for n in range(100_000))])
    return ANNEX


@bomb
def many_sheets_just_within_the_limit(path: Path) -> str:
    from transforms.opening.sheet_size import MOST_CELLS

    row, number = MOST_CELLS // 100 - 1, 24
    sheet = b"".join(_sheet([_row(1, HEADINGS), _row(row, b'<c r="CV%d"><v>1</v></c>' % row)]))
    names = [f"DQ Annex - {n}" for n in range(number)]
    _book(path, sheet, names=names, more=[(f"xl/worksheets/sheet{n}.xml", sheet) for n in range(2, number + 1)])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, number + 1)
    )
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'.encode()
    )
    _zip(path, parts.items())
    return ANNEX


@bomb
def five_million_shared_texts(path: Path) -> str:
    strings = (b"".join(b"<si><t>text %d</t></si>" % (n * 1000 + k) for k in range(1000)) for n in range(5_000))
    _book(path, _sheet([_row(1, HEADINGS)]), strings=[b'<sst xmlns="%s">' % MAIN.encode(), *strings, b"</sst>"])
    return ANNEX


@bomb
def a_shared_text_of_a_hundred_megabytes(path: Path) -> str:
    text = (bytes(97 + (n * k) % 26 for k in range(1000)) * 100 for n in range(1_000))
    _book(path, _sheet([_row(1, HEADINGS)]), strings=[b"<sst><si><t>", *text, b"</t></si></sst>"])
    return ANNEX


@bomb
def ten_megabytes_of_open_brackets_in_shared_texts(path: Path) -> str:
    _book(path, _sheet([_row(1, HEADINGS)]), strings=b"<sst><si><t>" + b"<" * 10 * MILLION)
    return ANNEX


@bomb
def ten_megabytes_of_open_cells(path: Path) -> str:
    _book(path, _sheet([b'<row r="10000"><c r="AAA10000"><v>1</v></c></row>', b"<c " * 3 * MILLION]))
    return ANNEX


@bomb
def ten_megabytes_of_open_sheets_in_the_list(path: Path) -> str:
    _book(path, _sheet([ONE_CELL]), names=["DQ Annex - Core NHS", "<sheet " * MILLION])
    return ANNEX


@bomb
def an_attribute_name_of_ten_megabytes(path: Path) -> str:
    _book(path, _sheet([ONE_CELL]), names=['DQ Annex - Core NHS" ' + "a" * 10 * MILLION + '="'])
    return ANNEX


@bomb
def a_formula_after_ten_megabytes_of_words(path: Path) -> str:
    _book(path, _sheet([b'<row r="1"><c ' + b"a" * 10 * MILLION + b' r="A1"><f>1</f></c></row>']))
    return ANNEX


@bomb
def five_million_formulas(path: Path) -> str:
    _book(path, _sheet([b'<row r="1">', *[b'<c r="A1"><f>1</f><v>1</v></c>' * 1000] * 5_000, b"</row>"]))
    return ANNEX


ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 30))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">{ENTITIES}]>'


@bomb
def a_billion_laughs(path: Path) -> str:
    sheet = LAUGHS.encode() + b"".join(_sheet([_row(1, HEADINGS), _row(2, b'<c r="A2" t="str"><v>&a29;</v></c>')]))
    _book(path, sheet, strings=f"{LAUGHS}<sst><si><t>&a29;</t></si></sst>".encode(), prolog=LAUGHS)
    return ANNEX


@bomb
def an_entity_of_a_file(path: Path) -> str:
    prolog = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    sheet = prolog.encode() + b"".join(_sheet([_row(1, HEADINGS), _row(2, b'<c r="A2" t="str"><v>&f;</v></c>')]))
    _book(path, sheet, strings=f"{prolog}<sst><si><t>&f;</t></si></sst>".encode(), prolog=prolog)
    return ANNEX


@bomb
def xml_nested_two_million_deep(path: Path) -> str:
    _book(path, _sheet([b"<a>" * 2 * MILLION]), strings=b"<sst>" + b"<si>" * MILLION)
    return ANNEX


@bomb
def ods_cells_repeated_over_the_whole_sheet(path: Path) -> str:
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    content = f"<office:document-content><office:body>{rows}</office:body></office:document-content>"
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    _zip(path, [("mimetype", kind), ("content.xml", content.encode()), ("xl/a", b"")])
    return ANNEX


def _sample(name: str) -> list[bytes]:
    """The lines of a CSV of the bundled sample."""
    (path,) = Path(sample).with_name("publishers").rglob(name)
    return path.read_bytes().splitlines(keepends=True)


PAY_GAP, TRUSTS = "UK Gender Pay Gap Data - 2023 to 2024.csv", "etr.csv"


@bomb
def a_line_of_ten_megabytes(path: Path) -> str:
    first, *others = _sample(TRUSTS)
    path.write_bytes(first.replace(b"NORTH", b"x" * 10 * MILLION) + b"".join(others))
    return TRUSTS


@bomb
def a_field_of_two_hundred_megabytes(path: Path) -> str:
    heading, *others = _sample(PAY_GAP)
    path.write_bytes(heading + b"".join(others).replace(b"1 Example Street", b"x\n" * 100 * MILLION, 1))
    return PAY_GAP


@bomb
def a_quote_that_is_not_closed_before_two_hundred_megabytes(path: Path) -> str:
    path.write_bytes(b"".join(_sample(PAY_GAP)) + b'"' + b"a,b\n" * 50 * MILLION)
    return PAY_GAP


@bomb
def ten_million_fields_in_a_record(path: Path) -> str:
    path.write_bytes(b"".join(_sample(TRUSTS)) + b"," * 10 * MILLION + b"\n")
    return TRUSTS


@bomb
def ten_million_columns(path: Path) -> str:
    """The headings that are looked at are known; millions without a name follow."""
    heading, *others = _sample(PAY_GAP)
    path.write_bytes(heading.rstrip() + b"," * 10 * MILLION + b"\n" + b"".join(others))
    return PAY_GAP


@bomb
def a_hundred_thousand_headings(path: Path) -> str:
    heading, *others = _sample(PAY_GAP)
    more = b"".join(b",c%d" % n for n in range(100_000))
    path.write_bytes(heading.rstrip() + more + b"\n" + b"".join(others))
    return PAY_GAP


@bomb
def ten_million_short_lines(path: Path) -> str:
    path.write_bytes(b"".join(_sample(PAY_GAP)) + b"a\n" * 10 * MILLION)
    return PAY_GAP


@bomb
def two_million_records_of_an_organisation_list(path: Path) -> str:
    lines = b"".join(_sample(TRUSTS))
    path.write_bytes(lines * (300 * MILLION // len(lines)))
    return TRUSTS


@bomb
def ten_megabytes_of_quotes(path: Path) -> str:
    path.write_bytes(b"".join(_sample(TRUSTS)) + b'"' * 10 * MILLION + b"\n")
    return TRUSTS


def _core_member() -> tuple[str, list[bytes]]:
    """Name and lines of the first member of the sample's CSV files."""
    (path,) = Path(sample).with_name("publishers").rglob(CORE)
    with zipfile.ZipFile(path) as archive:
        name = next(each for each in archive.namelist() if each.startswith("Core 1."))
        return name, archive.read(name).splitlines(keepends=True)


@bomb
def three_hundred_megabytes_of_a_core_table(path: Path) -> str:
    name, (heading, *others) = _core_member()
    content = b"".join(others)
    _zip(path, [(name, [heading, *[content] * (300 * MILLION // len(content))])])
    return CORE


@bomb
def ten_million_short_lines_in_a_core_table(path: Path) -> str:
    name, lines = _core_member()
    _zip(path, [(name, [*lines, b"a\n" * 10 * MILLION])])
    return CORE


@bomb
def an_old_workbook_of_noise(path: Path) -> str:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 50 * MILLION)
    return "nhsworkforcedata.xls"


@bomb
def a_page_nested_a_million_deep(path: Path) -> str:
    path.write_text("<div>" * MILLION)
    return "read_edition"


@bomb
def a_page_nested_out_of_order(path: Path) -> str:
    """Each end tag is ignored by a parser, because an element of another kind is still open."""
    path.write_text("<span><div></span></div>" * 49_000)
    return "read_edition"


@bomb
def a_page_nested_in_a_drawing(path: Path) -> str:
    path.write_text("<svg>" + "<li>" * 190_000)
    return "read_edition"


@bomb
def ten_thousand_links(path: Path) -> str:
    links = "".join(
        f'<li><a href="/publication/workforce-race-equality-standard-report-2024-{n}">Report 2024</a></li>'
        for n in range(10_000)
    )
    path.write_text(f"<main><h1 itemprop=name>May 2023</h1><ul>{links}</ul></main>")
    return "read_hub"


@bomb
def ten_thousand_files_of_an_edition(path: Path) -> str:
    files = "".join(
        f'<p><a itemprop="contentUrl" href="https://files.digital.nhs.uk/{n}.csv">file {n}</a></p>'
        for n in range(10_000)
    )
    path.write_text(f"<h1 itemprop=name>May 2023</h1><div id=resources itemprop=distribution>{files}</div>")
    return "read_edition"


@bomb
def a_hundred_megabytes_of_one_tag(path: Path) -> str:
    path.write_text("<a>" * 33 * MILLION)
    return "read_series"


@bomb
def a_tag_of_a_hundred_megabytes(path: Path) -> str:
    path.write_text('<a href="' + "x" * 100 * MILLION + '">file</a>')
    return "read_results"


@bomb
def a_title_of_ten_megabytes_of_brackets(path: Path) -> str:
    path.write_text("<h1 itemprop=name>" + "(" * 9 * MILLION + "</h1>")
    return "read_edition"


@bomb
def a_title_of_ten_megabytes_of_months(path: Path) -> str:
    path.write_text("<h1 itemprop=name>" + "May 2023 (" * 900_000 + "</h1>")
    return "read_edition"


@bomb
def a_json_answer_of_ten_megabytes(path: Path) -> str:
    path.write_text("[" + '{"a":[' * 300 + "1," * 4 * MILLION + "1" + "]}" * 300 + "]")
    return "read_documents"
