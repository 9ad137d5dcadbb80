"""How fast every published file becomes tidy, against pandas doing the same and against merely loading the bytes.

    python -m tests.benchmarks -k reading

Each side runs in turn, several times; the best run counts. pandas must come to the same values, cell by cell.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import fastexcel
import pandas as pd
import polars as pl
import pytest

from tests.benchmarks.results import Line
from transforms.errors import WorkforceError
from transforms.published_file import PublishedFile, Reader, read_tables
from transforms.series import reader_for

AGAINST_PANDAS = 8
AGAINST_LOADING = 3
MEGABYTES = 1024
RUNS = 5
Record = Callable[..., Line]
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.PerformanceWarning")
PEAK = """
import resource, sys
from pathlib import Path
from transforms.series import reader_for
from transforms.published_file import PublishedFile, read_tables
for path, hint in (line.split("\\t") for line in sys.stdin.read().splitlines()):
    file = PublishedFile(Path(path), Path(path).name, hint)
    read_tables(reader_for(file)[0], file)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@dataclass
class Timing:
    """Best seconds of each side for one file; `pandas` is None where nobody wrote the other side."""

    file: str
    rows: int
    ours: float
    loading: float
    pandas: float | None = None


def vocabulary(name: str) -> dict[str, str]:
    words = pd.read_csv(str(files("transforms") / "vocabularies" / f"{name}.csv"), dtype=str)
    return dict(zip(words["printed"].str.lower(), words["label"], strict=True))


def pandas_workbook(path: Path) -> pd.DataFrame:
    book = pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")
    groups = vocabulary("staff_group")
    england = book["1. England"]
    frames = [pandas_england(england, 9, 44, "headcount", groups), pandas_england(england, 44, 79, "fte", groups)]
    for sheet, measure in (("2. NHSE, Org & SG - HC", "headcount"), ("3. NHSE, Org & SG - FTE", "fte")):
        rows = pandas_areas(book[sheet], sheet, header=5, measure=measure)
        rows["staff_group"] = rows.pop("heading").str.lower().map(groups)
        frames.append(rows.assign(period_end=pd.Timestamp("2023-05-31")))
    for sheet, measure in (("4. All Staff, NHSE & Org - HC", "headcount"), ("5. All Staff, NHSE & Org - FTE", "fte")):
        rows = pandas_areas(book[sheet], sheet, header=4, measure=measure)
        rows["period_end"] = pd.to_datetime(rows.pop("heading"))
        frames.append(rows.assign(staff_group="All staff groups"))
    return pd.concat(frames, ignore_index=True).assign(value_status=None)


def pandas_england(page: pd.DataFrame, first: int, last: int, measure: str, groups: dict[str, str]) -> pd.DataFrame:
    block = page.iloc[first:last, 1:167].dropna(subset=[1]).reset_index(names="source_row")
    rows = block.melt(["source_row", 1], var_name="source_column", value_name="value")
    return pd.DataFrame(
        {
            "period_end": pd.to_datetime(rows["source_column"].map(page.iloc[8])),
            "geography_level": "England",
            "region_code": None,
            "icb_code": None,
            "org_code": None,
            "area_code": "England",
            "area_name": "England",
            "staff_group": rows[1].str.strip().str.lower().map(groups),
            "measure": measure,
            "value": rows["value"].astype(float),
            "source_sheet": "1. England",
            "source_row": rows["source_row"] + 1,
            "source_column": rows["source_column"].astype(int) + 1,
        }
    )


def pandas_areas(page: pd.DataFrame, sheet: str, *, header: int, measure: str) -> pd.DataFrame:
    parts = ["region_code", "region_name", "icb_code", "icb_name", "org_name", "org_code"]
    rows = page.iloc[header + 1 :].dropna(subset=[6]).rename(columns=dict(enumerate(parts)))
    rows = rows.dropna(axis="columns", how="all").reset_index(names="source_row")
    level = pd.Series("Organisation", index=rows.index)
    level[rows["icb_code"].notna()] = "Integrated care system"
    level[rows["region_code"].notna()] = "Region"
    level[rows["region_name"].eq("England")] = "England"
    area_code = rows["org_code"].fillna(rows["icb_code"]).fillna(rows["region_code"]).fillna("England")
    area_name = rows["org_name"].fillna(rows["icb_name"]).fillna(rows["region_name"])
    region = rows["region_code"].ffill()
    system = rows["icb_code"].mask(level.isin(["England", "Region"]), "").ffill().replace("", None)
    tidy = rows.drop(columns=["region_name", "icb_name", "org_name"]).assign(
        geography_level=level, region_code=region, icb_code=system, area_code=area_code, area_name=area_name
    )
    index = ["source_row", "geography_level", "region_code", "icb_code", "org_code", "area_code", "area_name"]
    long = tidy.melt(index, var_name="source_column", value_name="value")
    return long.assign(
        heading=long["source_column"].map(page.iloc[header]),
        measure=measure,
        value=long["value"].astype(float),
        source_sheet=sheet,
        source_row=long["source_row"] + 1,
        source_column=long["source_column"].astype(int) + 1,
    )


def pandas_turnover(path: Path) -> pd.DataFrame:
    records = pd.read_csv(path, dtype={"HC": float, "FTE": float})
    flows, groups = vocabulary("turnover_flow"), vocabulary("staff_group")
    period = records["PERIOD"].str.split(" to ", expand=True)
    ends = pd.to_datetime(period.stack(), format="%Y%m").unstack() + pd.offsets.MonthEnd(0)
    tidy = records.assign(
        source_row=records.index + 2,
        period_start=ends[0],
        period_end=ends[1],
        flow=records["TYPE"].str.lower().map(flows),
        staff_group=records["STAFF_GROUP_1_NAME"].str.lower().map(groups),
    ).rename(columns={"REPORTING_ORG_CODE": "org_code", "NHSE_REGION_CODE": "region_code", "ICS_CODE": "icb_code"})
    index = ["source_row", "period_start", "period_end", "flow", "staff_group", "org_code", "region_code", "icb_code"]
    long = tidy.melt(index, ["HC", "FTE"], "measure", "value")
    return long.assign(
        source_sheet="",
        source_column=long["measure"].map({"HC": 12, "FTE": 13}),
        measure=long["measure"].map({"HC": "headcount", "FTE": "fte"}),
    )


def plain(names: pd.Series) -> pd.Series:
    for odd, usual in (("[‘’ʼ]", "'"), ("[–—]", "-"), (r"\s+", " ")):
        names = names.str.replace(odd, usual, regex=True)
    return names.str.strip().str.lower()


def pandas_pay_gap(path: Path) -> pd.DataFrame:
    from transforms.series.pay_gap import reader as pay_gap

    records = pd.read_csv(path, dtype=str)
    records["source_row"] = records.index + 2
    reviewed = pd.read_csv(str(files("transforms") / "vocabularies" / "pay_gap_employer.csv"), dtype=str)
    name = plain(records["EmployerName"])
    by_name = reviewed.set_index(plain(reviewed["printed"]))
    body, org_code = name.map(by_name["body"]), name.map(by_name["org_code"])
    sic = records["SicCodes"].fillna("").str.findall(r"\d+").map(set)
    public = sic.map(lambda codes: "1" in codes and bool(codes & {"86101", "86210"}))
    like = records["EmployerName"].str.lower().str.contains(f"(?:{pay_gap.NHS})|(?:{pay_gap.BODY})")
    company = records["CompanyNumber"].fillna("").str.contains(pay_gap.COMPANY)
    kept = body.ne(pay_gap.NOT_NHS).where(body.notna(), (like | public) & ~company)
    places = {column: place for place, column in enumerate(records.columns, start=1)}
    chosen = records.assign(org_code=org_code)[kept.astype(bool)]
    long = chosen.melt(["source_row", "EmployerName", "org_code"], list(pay_gap.MEASURES), "printed", "value")
    return long.rename(columns={"EmployerName": "employer_name"}).assign(
        value=long["value"].astype(float),
        source_sheet="",
        source_column=long["printed"].map(places),
        measure=long["printed"].map(pay_gap.MEASURES),
    )


def pandas_ethnicity(path: Path) -> pd.DataFrame:
    records = pd.read_excel(path, engine="calamine")
    labels = {"Staff_Group": "main_staff_group", "Role_Group": "role_group", "Grade": "grade", "Ethnicity": "ethnicity"}
    for column, name in labels.items():
        records[column] = records[column].str.strip().str.lower().map(vocabulary(name))
    return pd.DataFrame(
        {
            "period_end": pd.to_datetime(records["Time"]) + pd.offsets.MonthEnd(0),
            "staff_group": records["Staff_Group"],
            "role_group": records["Role_Group"],
            "grade": records["Grade"],
            "category": records["Ethnicity"],
            "value": records["Value"].astype(float),
            "source_sheet": pd.ExcelFile(path, engine="calamine").sheet_names[0],
            "source_row": records.index + 2,
            "source_column": records.columns.get_loc("Value") + 1,
        }
    )


def pandas_ods_list(path: Path) -> pd.DataFrame:
    records = pd.read_csv(path, header=None, dtype=str, encoding="utf-8", keep_default_na=False, na_values=[""])
    return pd.DataFrame(
        {
            "org_code": records[0],
            "name": records[1].str.strip(),
            "region_code": records[2],
            "high_level_geography_code": records[3],
            "postcode": records[9],
            "opened_on": pd.to_datetime(records[10], format="%Y%m%d"),
            "closed_on": pd.to_datetime(records[11], format="%Y%m%d"),
            "source_sheet": "",
            "source_row": records.index + 1,
            "source_column": 0,
        }
    )


PANDAS: dict[str, Callable[[Path], pd.DataFrame]] = {
    "workforce-workbook": pandas_workbook,
    "turnover-benchmarking": pandas_turnover,
    "pay_gap": pandas_pay_gap,
    "ethnicity": pandas_ethnicity,
    "ods_list": pandas_ods_list,
}


def load(path: Path) -> None:
    """What reading cannot do without: the bytes as a frame, nothing found and nothing named."""
    if path.suffix in {".xlsx", ".xls"}:
        book = fastexcel.read_excel(path)
        for sheet in book.sheet_names:
            book.load_sheet(sheet, header_row=None).to_polars()
    else:
        pl.read_csv(path, infer_schema=False)


def assert_same(ours: pl.DataFrame, other: pd.DataFrame) -> None:
    """Every column that the other side has holds the same in every cell read."""
    cell = ["source_sheet", "source_row", "source_column"]
    theirs = pl.from_pandas(other.dropna(axis="columns", how="all"))
    shared = [column for column in ours.columns if column in theirs.columns]
    assert ours.height == theirs.height
    left = ours.select(shared).sort(cell)
    right = theirs.select(pl.col(column).cast(ours.schema[column]) for column in shared).sort(cell)
    for column in shared:
        differ = left[column].ne_missing(right[column])
        assert not differ.any(), (column, left.filter(differ).head(3).rows(), right.filter(differ).head(3).rows())


def best_of(times: int, *sides: Callable[[], Any]) -> list[float]:
    """Best seconds of each side, the sides taking turns, so that a busy moment of the machine meets all of them."""
    best = [float("inf")] * len(sides)
    for _ in range(times):
        for place, side in enumerate(sides):
            start = time.perf_counter()
            side()
            best[place] = min(best[place], time.perf_counter() - start)
    return best


@pytest.fixture(scope="module")
def known(published: Path, asked_for: None) -> list[tuple[PublishedFile, Reader]]:
    found = []
    for path in sorted(path for path in published.rglob("*") if path.is_file()):
        file = PublishedFile(path, path.name, hint=str(path.parent.relative_to(published)))
        try:
            reader = reader_for(file)[0]
            read_tables(reader, file)
        except WorkforceError:  # of another kind, or refused: cut-outs whose names tell of more than they hold
            continue
        found.append((file, reader))
    return found


@pytest.fixture(scope="module")
def timings(known: list[tuple[PublishedFile, Reader]], request: pytest.FixtureRequest) -> Iterator[list[Timing]]:
    measured = [measure(file, reader) for file, reader in known]
    yield measured
    reporter = request.config.pluginmanager.getplugin("terminalreporter")
    for line in table(measured):
        reporter.write_line(line)


def measure(file: PublishedFile, reader: Reader) -> Timing:
    frames = read_tables(reader, file)
    rows = sum(frame.height for frame in frames.values())
    ours, loading = best_of(RUNS, lambda: read_tables(reader, fresh(file)), lambda: load(file.path))
    timing = Timing(file.name, rows, ours, loading)
    if other := PANDAS.get(reader.name):
        if not (reader.name == "ods_list" and file.path.name != "etr.csv"):
            frame = frames[reader.tables[0].name]
            assert_same(frame, other(file.path))
        again, timing.pandas = best_of(2, lambda: read_tables(reader, fresh(file)), lambda: other(file.path))
        timing.ours = min(ours, again)
    return timing


def fresh(file: PublishedFile) -> PublishedFile:
    """The same file with nothing remembered of it."""
    return PublishedFile(file.path, file.name, file.hint)


def table(measured: list[Timing]) -> list[str]:
    lines = ["", f"{'file':<62}{'rows':>9}{'tidy s':>9}{'load s':>9}{'/load':>7}{'pandas s':>10}{'faster':>8}"]
    for timing in (*measured, in_all(measured)):
        pandas = (
            f"{timing.pandas:>10.3f}{timing.pandas / timing.ours:>7.1f}x" if timing.pandas else f"{'-':>10}{'-':>8}"
        )
        lines.append(
            f"{timing.file[:60]:<62}{timing.rows:>9,}{timing.ours:>9.3f}{timing.loading:>9.3f}"
            f"{timing.ours / timing.loading:>6.1f}x{pandas}"
        )
    return lines


def in_all(measured: list[Timing]) -> Timing:
    return Timing(
        "all files",
        sum(timing.rows for timing in measured),
        sum(timing.ours for timing in measured),
        sum(timing.loading for timing in measured),
    )


def test_the_workbook_is_read_much_faster_than_by_pandas(timings: list[Timing], record: Record) -> None:
    (workbook,) = (timing for timing in timings if timing.rows > 200_000)
    assert workbook.pandas is not None
    record("workbook of 2023 by pandas", workbook.pandas, "s", workbook.ours, "ours", 10, "ratio", at_least=True)
    assert workbook.pandas / workbook.ours >= AGAINST_PANDAS


def test_all_files_become_tidy_in_little_more_than_loading_takes(timings: list[Timing], record: Record) -> None:
    everything = in_all(timings)
    what = f"reading {len(timings)} published files, {everything.rows:,} rows"
    record(what, everything.ours, "s", everything.loading, "merely loading", 1.8, "ratio")
    assert everything.ours / everything.loading <= AGAINST_LOADING


def test_every_file_that_has_another_side_was_compared(timings: list[Timing]) -> None:
    assert sum(timing.pandas is not None for timing in timings) >= 10


def test_reading_everything_stays_small_in_memory(known: list[tuple[PublishedFile, Reader]], record: Record) -> None:
    names = "\n".join(f"{file.path}\t{file.hint}" for file, _ in known)
    done = subprocess.run([sys.executable, "-c", PEAK], input=names, capture_output=True, text=True, check=True)
    peak = int(done.stdout) / 1024
    record("memory to read all published files", peak, "MB", target=MEGABYTES)
    assert peak < MEGABYTES


def test_the_workbook(benchmark: Any, known: list[tuple[PublishedFile, Reader]]) -> None:
    ((file, reader),) = ((file, reader) for file, reader in known if reader.name == "workforce-workbook")
    frames = benchmark.pedantic(lambda: read_tables(reader, fresh(file)), rounds=RUNS, warmup_rounds=1)
    assert frames["workforce"].height > 200_000
