"""The staging cache in a bucket: the tables of a read file are one object, so that nobody ever sees half of them.

private/staged/<reader>-v<version>/<sha256>.zip   its Parquet files, not compressed again; a zip has checksums
private/staged/recognised/<readers>/….json        reader and edition of a file, one object each (`exchange`)
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path

from flows.errors import StorageFailed
from flows.storage.bucket import Bucket
from warehouse.folder import DataFolder, remove_tree, sync

STAGED, RECOGNISED = "private/staged", "recognised"


def read_files_here(folder: DataFolder) -> set[str]:
    """The object of each file whose tables the data folder has."""
    return {
        f"{STAGED}/{path.relative_to(folder.staged)}.zip"
        for path in folder.staged.glob("*/*")
        if path.is_dir() and not path.name.startswith(".") and path.parent.name != RECOGNISED
    }


def read_files_there(bucket: Bucket) -> set[str]:
    """The object of each file whose tables the bucket has."""
    return {name for name in bucket.stored(STAGED) if name.endswith(".zip")}


def upload_tables(bucket: Bucket, folder: DataFolder, name: str) -> None:
    """Store the tables of a read file, from the data folder, as the object `name`."""
    place = _place(folder, name)
    with tempfile.NamedTemporaryFile(dir=folder.staged, prefix=".") as packed:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as content:
            for path in sorted(place.iterdir()):
                # Without a date: the same tables are the same bytes.
                with path.open("rb") as source, content.open(zipfile.ZipInfo(path.name), "w") as target:
                    shutil.copyfileobj(source, target)
        packed.flush()
        bucket.upload(name, Path(packed.name))


def download_tables(bucket: Bucket, folder: DataFolder, name: str) -> None:
    """Put the tables of the object `name` into the data folder, all at once; they replace those that are there.

    Raises `StorageFailed` where the object is damaged; the data folder is then as before.
    """
    place = _place(folder, name)
    with tempfile.TemporaryDirectory(dir=_existing(folder.staged), prefix=".") as temporary:
        packed, partial = Path(temporary) / "packed", Path(temporary) / "partial"
        bucket.download(name, packed)
        try:
            with zipfile.ZipFile(packed) as content:
                content.extractall(partial)
        except zipfile.BadZipFile as error:
            raise StorageFailed(
                "the tables of a file in object storage do not match their checksums",
                file=f"{bucket.address}/{name}",
                found=str(error),
                do="delete the object, and run the refresh again: the file is then read again",
            ) from error
        for path in partial.iterdir():
            sync(path)
        remove_tree(place)
        _existing(place.parent)
        partial.rename(place)


def _place(folder: DataFolder, name: str) -> Path:
    return folder.staged / name.removeprefix(f"{STAGED}/").removesuffix(".zip")


def _existing(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
