"""Publication: a checked candidate becomes a release, and the newest release becomes the published warehouse.

    releases/<YYYY-MM-DD.N>/workforce.duckdb   the warehouse of that release
                            manifest.json      code version, editions, rows per table, checks by outcome, exports
                            checks.json        the result of each check
                            marts/*.parquet, *.csv, *.xlsx, *.csv-metadata.json, datapackage.json
                                               each mart in these forms (warehouse.exports)
                            public/workforce.duckdb, where the warehouse holds series that may not be passed on:
                                               a copy without them, from which marts/ is written
                            site/ the web site of that release, written from what may be passed on
                            charts.json, the charts of its pages as SVG, which the next release may take over
                            SHA256SUMS, LICENCE.txt
    releases/latest                            a link to the newest release
    published/workforce.duckdb                 the newest release, with every series, for use on this machine
    published/site                             a link to its web site
    public/workforce.duckdb, LICENCE.txt       the newest release as it may be served publicly

Each step is a rename on one file system, so that readers see either the old release or the new one, complete.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from warehouse.archive import Archive, FigureKind, sha256_of
from warehouse.asking.figure_changes import figure_changes
from warehouse.building.build import Build
from warehouse.errors import KindsMixed, NoSuchRelease
from warehouse.exports.facts import LICENCES
from warehouse.exports.write import earlier_exports, export_marts, write_datapackage
from warehouse.folder import DataFolder, make_folder, remove_tree, sync, sync_tree, write_whole
from warehouse.paths import catalogue_loaded
from warehouse.public_copy import write_public_copy
from warehouse.site.charts.drawings import CHARTS, Drawings, kept_charts
from warehouse.site.link import link_folder, link_site
from warehouse.site.releases import FIGURES
from warehouse.site.releases import WITHHELD as WITHHELD
from warehouse.site.write import site_facts, write_site

SEQUENCE = "sequence"
"""Entry of a manifest: the number of the release in the order of publication."""
ILLUSTRATIVE = "These figures are ILLUSTRATIVE: made up for a trial or a test. They are not statistics.\n"


@dataclass(frozen=True)
class Release:
    """A published release: its id (date and number) and folder."""

    release_id: str
    folder: Path

    @property
    def warehouse(self) -> Path:
        """The DuckDB file of this release."""
        return self.folder / "workforce.duckdb"

    @property
    def public(self) -> Path:
        """The warehouse that may be served publicly: the copy without restricted series, else the warehouse itself."""
        copy = self.folder / "public" / "workforce.duckdb"
        return copy if copy.exists() else self.warehouse


def current(folder: DataFolder) -> Build | None:
    """The build of the published warehouse, or None where nothing is published."""
    if not folder.published.exists():
        return None
    with duckdb.connect(folder.published, read_only=True) as con:
        row = con.execute(
            "SELECT build_id, built_at, figure_kind, fingerprint, code_version FROM meta.build"
        ).fetchall()[0]
    return Build(*row)


def files_of(release: Path) -> set[tuple[str, str]]:
    """SHA-256 and name of each file in meta.source_file, meta.refused_file or meta.unread_part of a release.

    Empty for a release built by an older version of this code, without these tables.
    """
    with duckdb.connect(release, read_only=True) as con:
        try:
            return set(
                con.execute("""
                    SELECT file_sha256, file_name FROM meta.source_file
                    UNION SELECT file_sha256, file_name FROM meta.refused_file
                    UNION SELECT file_sha256, file_name FROM meta.unread_part
                """).fetchall()
            )
        except duckdb.CatalogException:
            return set()


def kind_held(folder: DataFolder) -> FigureKind | None:
    """The kind of figures in a data folder: of its published warehouse, else of its archive; None if it is empty."""
    if now := current(folder):
        return now.figure_kind
    return next((record.figure_kind for record in Archive(folder.archive).records()), None)


def refuse_other_kind(folder: DataFolder, figure_kind: FigureKind) -> None:
    """Raise `KindsMixed` where illustrative figures would share a folder with published ones."""
    folder_kind = kind_held(folder)
    if folder_kind and folder_kind != figure_kind:
        raise KindsMixed(
            f"illustrative and published figures never share a folder, and this folder holds {folder_kind} ones",
            file=str(folder.root),
            expected=f"a folder of {figure_kind} figures, or an empty one",
            do=f"choose another data folder for the {figure_kind} figures with --data",
        )


def publish(
    folder: DataFolder,
    candidate: Path,
    build: Build,
    *,
    checks: str,
    today: date,
    keep: int,
    passed_on: frozenset[str] = frozenset(),
    address: str = "",
    unchanged: frozenset[str] = frozenset(),
) -> Release:
    """Create a release from the candidate, publish it, and delete releases older than the newest `keep`.

    `checks` is the report as JSON. `passed_on`: series that the operator has permission to redistribute although their
    licence does not allow it. `address`: where the site is served, '' if not known. `unchanged`: names of core tables
    and marts, with schema, that have the same rows as in the published warehouse, which the same code built.

    The candidate file is moved. Raises `KindsMixed`; after any error before the last rename
    the published warehouse is unchanged.
    """
    refuse_other_kind(folder, build.figure_kind)
    make_folder(folder.releases)
    release = _next_release(folder, today)
    partial = folder.releases / f".{release.release_id}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        before = releases(folder)
        same = unchanged if before and before[-1] == published_release(folder) else frozenset()
        _fill(partial, candidate, build, release.release_id, checks, passed_on, before, address, same)
        install(folder, partial, release.release_id)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    drop_old_releases(folder, keep=keep)
    return release


def install(folder: DataFolder, partial: Path, release_id: str) -> Release:
    """Make a complete folder of files, on the same file system, the release of that id and the published one.

    A release of the same id, which another machine has overtaken, is replaced. All of it is on disk before any of it
    can be seen.
    """
    sync_tree(partial)
    release = Release(release_id, folder.releases / release_id)
    if release.folder.exists():
        release.folder.rename(overtaken := folder.releases / f".{release_id}.overtaken")
        partial.rename(release.folder)
        shutil.rmtree(overtaken)
    else:
        partial.rename(release.folder)
    sync(folder.releases)
    make_current(folder, release)
    return release


def make_current(folder: DataFolder, release: Release) -> None:
    """Let a release be the published one: its warehouse, its public copy with the licence, and its site."""
    # Releases of older versions do not say what may be passed on: they have no public file.
    if release.public != release.warehouse or holds_only_public(release):
        _swap(release.public, folder.public)
        write_whole(folder.public.with_name("LICENCE.txt"), (release.folder / "LICENCE.txt").read_bytes())
    _swap(release.warehouse, folder.published)
    link_folder(folder.releases / "latest", release.folder)
    if (release.folder / "site").exists():
        link_site(folder.site, release.folder / "site")


def releases(folder: DataFolder) -> list[Release]:
    """Every release in the data folder, in the order of publication: a clock that was set back does not change it.

    A folder without a manifest or a warehouse is none: an older version of this code was killed while it deleted it.
    """
    found = [Release(path.name, path) for path in folder.releases.glob("[0-9]*")]
    whole = [each for each in found if each.warehouse.is_file() and (each.folder / "manifest.json").is_file()]
    return sorted(whole, key=lambda release: (_sequence(release), _order(release.release_id)))


def _sequence(release: Release) -> int:
    """The number of a release in the order of publication; 0 for those of older versions, which have none."""
    return int(manifest(release).get(SEQUENCE, 0))


def published_release(folder: DataFolder) -> Release | None:
    """The release whose warehouse is the published file, whatever its date; None where nothing is published.

    Where the published file is a copy (no hard links), that to which `releases/latest` leads.
    """
    if folder.published.exists():
        for release in releases(folder):
            if release.warehouse.samefile(folder.published):
                return release
    shown = (folder.releases / "latest").resolve()
    return Release(shown.name, folder.releases / shown.name) if shown.is_dir() else None


def warehouse_named(folder: DataFolder, name: str) -> Path:
    """Path of the warehouse of a release (by its id), or of a .duckdb file. Raises `NoSuchRelease`."""
    known = {each.release_id: each.warehouse for each in releases(folder)}
    path = known.get(name, Path(name))
    if path.is_file():
        return path
    raise NoSuchRelease(
        f"there is no release {name!r}, and no such file",
        expected=", ".join(known) or "a path to a .duckdb file (this data folder has no release)",
        found=name,
        do="give the id of a release in the folder releases/, or a path",
    )


def drop_old_releases(folder: DataFolder, *, keep: int) -> list[str]:
    """Delete releases older than the newest `keep`, but never the published one. Returns the deleted ids."""
    shown = folder.published.stat().st_ino if folder.published.exists() else -1
    old = [each for each in releases(folder)[:-keep] if each.warehouse.stat().st_ino != shown]
    for each in old:
        remove_tree(each.folder)
    return [each.release_id for each in old]


def manifest(release: Release) -> dict[str, Any]:
    """The content of a release's manifest.json."""
    content: dict[str, Any] = json.loads((release.folder / "manifest.json").read_text())
    return content


def holds_only_public(release: Release) -> bool:
    """Whether the warehouse of a release may be served publicly; it may not where its manifest does not say so."""
    return manifest(release).get(WITHHELD) == {}


def _fill(
    partial: Path,
    candidate: Path,
    build: Build,
    release_id: str,
    checks: str,
    passed_on: frozenset[str],
    before: list[Release],
    address: str,
    unchanged: frozenset[str],
) -> None:
    earlier = [manifest(each) for each in before]
    warehouse = partial / "workforce.duckdb"
    candidate.rename(warehouse)
    illustrative = build.figure_kind == "illustrative"
    with duckdb.connect(warehouse, read_only=True) as con:
        # Illustrative figures are not subject to a publisher's licence.
        restricted = {} if illustrative else _restricted(con)
        withheld = {series: tables for series, tables in restricted.items() if series not in passed_on}
        licence = _licence(con, restricted, withheld)
        number = 1 + max((each.get(SEQUENCE, 0) for each in earlier), default=0)
        facts = (
            {"release": release_id, SEQUENCE: number} | asdict(build) | {"duckdb": duckdb.__version__} | _contents(con)
        )
    if before and set(manifest(before[-1]).get(WITHHELD) or ()) != set(withheld):
        unchanged = frozenset()
    public = warehouse
    if withheld:
        public = partial / "public" / "workforce.duckdb"
        public.parent.mkdir()
        held = before[-1].public if unchanged else None
        unchanged = write_public_copy(
            warehouse, public, list(withheld), build.figure_kind, before=held, unchanged=unchanged
        )
    same = frozenset(name.removeprefix("marts.") for name in unchanged if name.startswith("marts."))
    with catalogue_loaded(public):
        exported = export_marts(public, partial / "marts", earlier_exports(before[-1].folder, same) if before else None)
        content = facts | {WITHHELD: withheld, "address": with_slash(address), "marts": exported}
        if before:
            content[FIGURES] = {"before": before[-1].release_id} | figure_changes(before[-1].public, public, unchanged)
        write_datapackage(public, partial, content)
    (partial / "LICENCE.txt").write_text((ILLUSTRATIVE if illustrative else "") + licence)
    (partial / "checks.json").write_text(_without_examples(checks) if withheld else checks)
    (partial / "manifest.json").write_text(json.dumps(content, indent=2, default=str))
    drawings = Drawings(kept_charts(before[-1].folder) if before else {})
    write_site(public, partial / "site", site_facts(content), [*earlier, content], drawings)
    (partial / CHARTS).write_text(json.dumps(drawings.drawn))
    written = sorted(path for path in partial.rglob("*") if path.is_file())
    sums = "".join(f"{sha256_of(path)}  {path.relative_to(partial)}\n" for path in written)
    (partial / "SHA256SUMS").write_text(sums)
    for path in (*written, partial / "SHA256SUMS"):
        path.chmod(0o444)


def with_slash(address: str) -> str:
    """An address of a folder with a / at its end; '' where it is ''."""
    return address and f"{address.rstrip('/')}/"


def _without_examples(checks: str) -> str:
    """The report without example rows, which may be of a series that may not be redistributed."""
    return json.dumps([result | {"examples": None} for result in json.loads(checks)])


def _contents(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Content of a warehouse for the manifest: rows by table, editions by series, number of checks by outcome."""
    rows = {
        name: con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]
        for (name,) in con.execute(
            "SELECT schema_name || '.' || table_name AS name FROM duckdb_tables() WHERE NOT internal UNION ALL"
            " SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE schema_name = 'marts' ORDER BY name"
        ).fetchall()
    }
    editions = con.execute(
        "SELECT series, list(DISTINCT edition ORDER BY edition) FROM meta.edition GROUP BY series ORDER BY series"
    ).fetchall()
    outcomes = con.execute("SELECT outcome, count(*) FROM meta.check_result GROUP BY ALL ORDER BY ALL").fetchall()
    return {"rows": rows, "editions": dict(editions), "checks": dict(outcomes)}


def _restricted(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Loaded series whose licence does not allow redistribution without permission, with their core tables."""
    return dict(
        con.execute("""
            SELECT series, coalesce(list(table_name ORDER BY table_name) FILTER (is_loaded), [])
            FROM meta.series LEFT JOIN meta.series_table USING (series)
            WHERE NOT may_redistribute AND series IN (SELECT series FROM meta.source_file)
            GROUP BY series ORDER BY series
        """).fetchall()
    )


def _licence(con: duckdb.DuckDBPyConnection, restricted: dict[str, list[str]], withheld: dict[str, list[str]]) -> str:
    """Licence and attribution of each series whose files are in the warehouse, as recorded with the files.

    It marks `restricted` series (given with their core tables), and among them those `withheld` from the public copy.
    """
    rights = con.execute("""
        SELECT series, string_agg(DISTINCT licence, '; ' ORDER BY licence),
            string_agg(DISTINCT attribution, ' ' ORDER BY attribution)
        FROM meta.source_file GROUP BY series ORDER BY series
    """).fetchall()
    lines = ["Rights in the figures, by series:", ""]
    for series, licence, attribution in rights:
        lines += [series, f"  Licence: {licence}", f"  Attribution: {attribution}"]
        if series in withheld:
            tables = ", ".join(f"core.{table}" for table in withheld[series])
            lines.append(
                "  This series may not be passed on without the publisher's permission. It is left out of marts/ and of"
                f" public/workforce.duckdb. The other workforce.duckdb contains it ({tables} and the marts calculated"
                " from them): do not pass that file on without permission."
            )
        elif series in restricted:
            lines.append(
                "  This series may not be passed on without the publisher's permission. The operator who published this"
                " release has declared such permission: ask them before you pass it on yourself."
            )
        lines.append("")
    lines += [f"{licence}: {address}" for licence, (_, address) in LICENCES.items()]
    return "\n".join(lines) + "\n"


def _swap(release: Path, published: Path) -> None:
    """Replace the published file by the release's file. Processes that have the old file open keep reading it."""
    make_folder(published.parent)
    coming = published.with_name(".workforce.duckdb.coming")
    coming.unlink(missing_ok=True)
    try:
        os.link(release, coming)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.EXDEV, errno.ENOTSUP, errno.EMLINK}:
            raise
        shutil.copyfile(release, coming)
        sync(coming)
    coming.replace(published)
    # A rename to another name of the same file leaves both.
    coming.unlink(missing_ok=True)
    sync(published.parent)


def _next_release(folder: DataFolder, today: date) -> Release:
    taken = [each.release_id for each in releases(folder) if each.release_id.startswith(f"{today}.")]
    release_id = f"{today}.{1 + max((_order(name)[1] for name in taken), default=0)}"
    return Release(release_id, folder.releases / release_id)


def _order(release_id: str) -> tuple[str, int]:
    day, _, number = release_id.partition(".")
    return day, int(number or 0)
