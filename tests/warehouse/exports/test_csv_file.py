"""The CSV form: what Excel, LibreOffice, pandas, Polars and R make of it."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from tests.warehouse.exports.conftest import Exported

SAID = ["'=1+1", "'-33 % against the month before", "'+50 %", "'@SUM(A1)"]


def test_it_is_utf_8_with_a_byte_order_mark(odd: Exported) -> None:
    raw = odd.file("csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbforg_code,edition,")
    assert raw.count(b"\xef\xbb\xbf") == 1
    assert "Guy’s and St Thomas’".encode() in raw


def test_no_text_begins_as_a_formula_and_numbers_stay(odd: Exported) -> None:
    with odd.file("csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["said"] for row in rows] == SAID
    assert [row["change_fte"] for row in rows] == ["-5.25", "0.1", "", "1234567.125"]
    assert [row["headcount"] for row in rows] == ["12", "0", "", "3000000000"]
    assert rows[0]["months_of_year"] == "1, 2"
    assert rows[1]["org_name"] == 'A, "B" & <C>'


def test_pandas_and_polars_keep_the_types(odd: Exported) -> None:
    path = odd.file("csv")
    text = ["org_code", "edition"]
    frame = pd.read_csv(path, dtype=dict.fromkeys(text, str), parse_dates=["period_end"])
    assert frame.columns[0] == "org_code"
    assert list(frame["org_code"]) == ["5E1", "RJ1", "0010", "RRV"]
    assert list(frame["edition"]) == ["2023-05", "2023-06", "1E5", "2023-07"]
    assert frame["period_end"][0] == pd.Timestamp("2023-05-31")
    assert frame["change_fte"].dtype == float
    read = pl.read_csv(path, schema_overrides=dict.fromkeys(text, pl.String), try_parse_dates=True)
    assert read["org_code"].to_list() == list(frame["org_code"])
    assert read.select("period_end", "change_fte", "is_open").dtypes == [pl.Date, pl.Float64, pl.Boolean]


@pytest.mark.slow
def test_r_keeps_the_types(odd: Exported) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("no R here (Debian: apt-get install r-base-core)")
    script = f"""
        frame <- read.csv("{odd.file("csv")}", fileEncoding = "UTF-8-BOM", na.strings = "",
            colClasses = c(org_code = "character", edition = "character", period_end = "Date"))
        cat(sapply(frame, class), sep = " "); cat("\\n")
        cat(frame$org_code[1], frame$edition[1], format(frame$period_end[1]), frame$change_fte[1], frame$org_name[1])
    """
    said = subprocess.run(["Rscript", "-e", script], capture_output=True, check=True, timeout=120).stdout.decode()
    types, first = said.splitlines()[:2]
    assert types.split()[:7] == ["character", "character", "character", "character", "Date", "numeric", "numeric"]
    assert first == "5E1 2023-05 2023-05-31 -5.25 Guy’s and St Thomas’"


def converted(path: Path, folder: Path) -> Path:
    """A file as LibreOffice Calc opens it, saved as a workbook; skips the test where it is not installed."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice here (Debian: apt-get install libreoffice-calc)")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    opened = ["--infilter=CSV:44,34,76,1"] if path.suffix == ".csv" else []
    to = ["--convert-to", "xlsx", "--outdir", str(folder), str(path)]
    subprocess.run([office, profile, "--headless", *opened, *to], capture_output=True, check=True, timeout=240)
    return folder / f"{path.stem}.xlsx"


@pytest.mark.slow
def test_libreoffice_runs_no_cell_as_a_formula(odd: Exported, tmp_path: Path) -> None:
    import openpyxl

    sheet = openpyxl.load_workbook(converted(odd.file("csv"), tmp_path)).active
    assert sheet is not None
    head, *rows = sheet.iter_rows(values_only=True)
    assert head[0] == "org_code"
    assert [row[3] for row in rows] == SAID
    assert [row[5] for row in rows] == [-5.25, 0.1, None, 1234567.125]
    assert rows[0][2] == "Guy’s and St Thomas’"
    assert f"{rows[0][4]}" == "2023-05-31 00:00:00"
