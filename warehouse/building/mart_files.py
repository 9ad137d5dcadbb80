"""Mart files: one SQL file per mart, with a header that states its description, grain, kind and lineage.

A file of warehouse/marts/<subject>/<mart>.sql is a header, one SELECT, and the COMMENT ON statements of its columns:

    /*
    Staff in post of each organisation.

    Grain: period_end x org_code.
    Rows by: period_end.
    Source: NHS Workforce Statistics (core.workforce).
    Caveats: headcounts of months without staff are missing.
    Kind: table
    Lineage:
        core.workforce_latest, all
            WHERE figure.org_code = made.org_code
                AND figure.period_end = made.period_end
            REMARK A month without staff has no row.
    * /

`Source` and `Caveats` are carried into the warehouse and every export. The default of `Kind` is table;
`macro (parameter)` creates a table macro from the SELECT. `Rows by` says of a mart that is a table, and sorted by this
column first, that its rows with one value of the column are made from rows with the same value alone, of every table
read that has such a column, so that later ones can be added to it. `Lineage` names each table or view that provides
figures. In its condition, `figure` is a row of that table and `made` a row of the mart: `all` means the mart's row is
calculated from all rows that match, `among` from some of them. `core.*` stands for each core table that has figures of
organisations (meta.published_organisation): in its condition, {org_code} and {day} are the columns with the code of the
organisation and with the day, or last day, of the figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from importlib.resources.abc import Traversable

import duckdb

from transforms.series import TABLES
from warehouse.errors import MartFailed

HEADER = re.compile(r"\A/\*\n(?P<text>.*?)\n\*/\n", re.DOTALL)
GRAIN = re.compile(r"^Grain: (?P<grain>.+?)\n(?=[A-Z]|$)", re.MULTILINE | re.DOTALL)
KIND = re.compile(r"^Kind: (?P<kind>table|view|macro)(?: \((?P<parameter>[a-z_]+)\))?$", re.MULTILINE)
ROWS_BY = re.compile(r"^Rows by: (?P<column>[a-z_]+)\.$", re.MULTILINE)
SAID = r"^{}: (?P<text>.+?)\n(?=(?:[A-Z][a-z]+|Rows by):|\Z)"
LINEAGE = re.compile(r"^Lineage:$\n(?P<blocks>(?:^ .*\n?)+)", re.MULTILINE)
SOURCE = re.compile(r"(?P<table>(?:core|marts|reference)\.[a-z0-9_]+|core\.\*), (?P<extent>all|among)")
BLOCK = re.compile(r"WHERE (?P<condition>.+?)(?: REMARK (?P<remark>.+))?", re.DOTALL)


@dataclass(frozen=True)
class Lineage:
    """A table or view that provides a mart's figures; the fields are columns of reference.lineage."""

    made_from: str
    extent: str
    joined_where: str
    remark: str | None


@dataclass(frozen=True)
class Mart:
    """A mart file: `select` defines the mart, `comments` are its COMMENT ON statements.

    `source`, `caveats` and `rows_by` are what its header says of them, '' where it says nothing.
    """

    name: str
    kind: str
    about: str
    select: str
    comments: tuple[str, ...]
    lineage: tuple[Lineage, ...] = ()
    parameter: str = ""
    source: str = ""
    caveats: str = ""
    rows_by: str = ""


def marts() -> list[Mart]:
    """Every table and view of warehouse/marts/<subject>/<mart>.sql, by name. Raises `MartFailed`."""
    return [mart for mart in _mart_files() if mart.kind != "macro"]


def macros() -> list[Mart]:
    """Every table macro of warehouse/marts: SQL that several marts share. Raises `MartFailed`."""
    return [mart for mart in _mart_files() if mart.kind == "macro"]


def _mart_files() -> Iterator[Mart]:
    subjects = [folder for folder in (files("warehouse") / "marts").iterdir() if folder.is_dir()]
    paths: list[Traversable] = [path for folder in subjects for path in folder.iterdir() if path.name.endswith(".sql")]
    for path in sorted(paths, key=lambda path: path.name):
        yield parsed(path.name.removesuffix(".sql"), path.read_text(encoding="utf-8"))


def parsed(name: str, sql: str) -> Mart:
    """Parse a mart file. Raises `MartFailed` where its header does not have the format described in this module."""
    header = HEADER.match(sql)
    if not header:
        raise _malformed(name, "the file does not begin with a header /* … */", "begin the file with its header")
    text = f"{header['text']}\n"
    title, grain = text.partition("\n\n")[0], GRAIN.search(text)
    if not grain:
        raise _malformed(name, "the header does not state the grain", "add a line 'Grain: column x column.'")
    kind = KIND.search(text)
    if not kind and re.search(r"^Kind:", text, re.MULTILINE):
        raise _malformed(name, "the header has an unknown kind", "write 'Kind: view' or 'Kind: macro (parameter)'")
    rows_by = ROWS_BY.search(text)
    if re.search(r"^Rows by", text, re.MULTILINE) and not (rows_by and (kind is None or kind["kind"] == "table")):
        raise _malformed(name, "'Rows by' names no column, or the mart is no table", "write 'Rows by: column.'")
    select, *comments = [statement.query.strip().rstrip(";") for statement in duckdb.extract_statements(sql)]
    return Mart(
        name=name,
        kind=kind["kind"] if kind else "table",
        about=" ".join(f"{title} Grain: {grain['grain']}".split()),
        select=select,
        comments=tuple(comments),
        lineage=tuple(_lineage(name, text)),
        parameter=(kind["parameter"] or "") if kind else "",
        source=_said("Source", text),
        caveats=_said("Caveats", text),
        rows_by=rows_by["column"] if rows_by else "",
    )


def _said(what: str, header: str) -> str:
    """A part of the header, such as 'Caveats', in one line; '' where it is not there."""
    found = re.search(SAID.format(what), header, re.MULTILINE | re.DOTALL)
    return " ".join(found["text"].split()) if found else ""


def _lineage(name: str, header: str) -> Iterator[Lineage]:
    """Parse the blocks under 'Lineage:': a table indented by four spaces, its condition indented further."""
    found = LINEAGE.search(header)
    if not found:
        if re.search(r"^ *Lineage", header, re.MULTILINE):
            raise _malformed(name, "'Lineage' is not followed by indented blocks", "write 'Lineage:', then each table")
        return
    before, *blocks = re.split(r"^ {4}(?! )", found["blocks"], flags=re.MULTILINE)
    if before:
        raise _malformed(name, f"{before.strip()!r} is before the first table", "indent each table by four spaces")
    seen: set[str] = set()
    for block in blocks:
        first, _, rest = block.partition("\n")
        source, condition = SOURCE.fullmatch(first.strip()), BLOCK.fullmatch(" ".join(rest.split()))
        if not source or not condition or source["table"] in seen:
            raise _malformed(
                name,
                f"the lineage from {first.strip()!r} cannot be read",
                "write 'schema.table, all' or 'schema.table, among', once, and below it 'WHERE condition'",
            )
        seen.add(source["table"])
        lineage = Lineage(source["table"], source["extent"], condition["condition"], condition["remark"])
        yield from _of_organisations(lineage) if source["table"] == "core.*" else (lineage,)


def _of_organisations(lineage: Lineage) -> Iterator[Lineage]:
    """The lineage of `core.*`: one for each core table that has figures of organisations."""
    for table in TABLES.values():
        if code := table.figures_of_organisations:
            places = {"org_code": f"figure.{code}", "day": f"figure.{table.day}" if table.day else "NULL::DATE"}
            joined = lineage.joined_where.format(**places)
            yield replace(lineage, made_from=f"core.{table.name}_latest", joined_where=joined)


def _malformed(name: str, found: str, do: str) -> MartFailed:
    return MartFailed(f"the header of mart {name} is malformed", file=f"{name}.sql", found=found, do=do)
