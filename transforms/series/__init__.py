"""One module per kind of published file. `READERS` is the list of all of them; a new one is added here."""

from __future__ import annotations

from transforms.errors import NotWhatItClaims, UnknownFile
from transforms.published_file import Edition, PublishedFile, Reader, reading
from transforms.series import ods, staff_survey, vacancies, wres
from transforms.series.ethnicity import reader as ethnicity
from transforms.series.pay_gap import reader as pay_gap
from transforms.series.workforce import core_csv, data_quality, data_tables, turnover, workbook

READERS: tuple[Reader, ...] = (
    ethnicity.READER,
    pay_gap.READER,
    *ods.READERS,
    vacancies.READER,
    workbook.READER,
    *turnover.READERS,
    data_quality.READER,
    core_csv.READER,
    data_tables.READER,
    *staff_survey.READERS,
    *wres.READERS,
)


PACKED = (".zip", ".gz", ".xlsx", ".xls", ".xlsb")


def reader_for(file: PublishedFile) -> tuple[Reader, Edition]:
    """The one reader that recognises the file, and the edition it is.

    Raises `UnknownFile` where none or more than one does, `NotWhatItClaims` where the bytes are not what they claim or
    are damaged, and a reader's own `WorkforceError`; nothing else, whatever is in the file.
    """
    with reading(file, "recognising"):
        return _reader_for(file)


def _reader_for(file: PublishedFile) -> tuple[Reader, Edition]:
    if file.kind == "html" and not file.name.lower().endswith((".html", ".htm")):
        raise NotWhatItClaims(
            "a web page was saved under this name",
            file=file.name,
            expected="a published data file",
            found=repr(file.head[:60].decode("utf-8", "replace")),
            do="fetch it again; the publisher's site probably answered with a page asking to wait",
        )
    if file.is_whole:
        _refuse_zip_in_zip(file)
    found = [(reader, edition) for reader in READERS if (edition := reader.recognise(file)) is not None]
    if len(found) == 1:
        return found[0]
    raise UnknownFile(
        "more than one reader takes this file" if found else "no reader recognises this file",
        file=file.name,
        expected="a published file of one of: " + "; ".join(reader.title for reader in READERS),
        found=", ".join(reader.name for reader, _ in found)
        or f"{file.kind}: {(file.sheets or file.columns or file.members[:5] if file.kind != 'unknown' else [])}"[:300],
        do="leave it out, or write a reader for it (see README, 'Adding a series')",
    )


def _refuse_zip_in_zip(file: PublishedFile) -> None:
    packed = [name for name in file.members if name.lower().endswith(PACKED)] if file.kind == "zip" else []
    if packed and len(packed) == len(file.members):
        raise NotWhatItClaims(
            "the zip holds other packed files and no data of its own",
            file=file.name,
            sheet=packed[0],
            expected="CSV files in the zip",
            found=", ".join(packed),
            do="unpack it and place what is in it, each file with the name the publisher gave it",
        )
