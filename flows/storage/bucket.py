"""One prefix of a bucket: reading, adding and conditional replacement of objects through `obstore`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.errors import StorageChanged, StorageFailed, WrongRequest
from warehouse.folder import make_folder, sync

if TYPE_CHECKING:
    from obstore.store import ObjectStore

CHUNK_BYTES = 8 * 1024 * 1024
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".xml": "application/xml",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
}
"""Media types that a browser needs from the bucket; other files are sent as bytes."""


@dataclass(frozen=True)
class Stored:
    """An object's size in bytes and the ETag of its content."""

    size: int
    etag: str


class Bucket:
    """The objects below one prefix. Names are relative to it, with '/' between their parts."""

    def __init__(self, store: ObjectStore, address: str) -> None:
        self._store = store
        self.address = address

    def stored(self, prefix: str) -> dict[str, Stored]:
        """Size and ETag of every object whose name begins with the folder `prefix`."""
        with self._failing("list", prefix):
            return {
                meta["path"]: Stored(meta["size"], meta["e_tag"] or "")
                for batch in self._store.list(prefix)
                for meta in batch
            }

    def read(self, name: str) -> tuple[bytes, str] | None:
        """Content and ETag of an object, or None where there is none."""
        from obstore.exceptions import NotFoundError

        with self._failing("read", name):
            try:
                found = self._store.get(name)
            except (NotFoundError, FileNotFoundError):
                return None
            return bytes(found.bytes()), found.meta["e_tag"] or ""

    def download(self, name: str, path: Path) -> None:
        """Write an object to a new file beside `path`, flush it to disk and rename it."""
        make_folder(path.parent)
        partial = path.with_name(f".{path.name}.partial")
        with self._failing("download", name):
            try:
                with partial.open("wb") as stream:
                    for chunk in self._store.get(name).stream(min_chunk_size=CHUNK_BYTES):
                        stream.write(chunk)
                sync(partial)
                partial.replace(path)
                sync(path.parent)
            finally:
                partial.unlink(missing_ok=True)

    def upload(self, name: str, path: Path) -> None:
        """Store a file under a name whose content never changes; a file that is there is written again, the same."""
        with self._failing("upload", name):
            self._store.put(name, path, attributes=_attributes(name))

    def replace(self, name: str, content: bytes, *, etag: str | None) -> str:
        """Store `content` if the object still has the ETag `etag` (None: if there is none). Returns the new ETag.

        Raises `StorageChanged` where another process has written the object in the meantime.
        """
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        with self._failing("write", name):
            try:
                mode: Any = "create" if etag is None else {"e_tag": etag}
                return str(self._store.put(name, content, mode=mode, attributes=_attributes(name))["e_tag"])
            except (AlreadyExistsError, PreconditionError) as error:
                raise StorageChanged(
                    "another process has changed an object in the meantime",
                    file=f"{self.address}/{name}",
                    do="run the refresh again: it begins with what the other process has stored",
                ) from error

    def write(self, name: str, content: bytes) -> None:
        """Store `content`, whatever was there."""
        with self._failing("write", name):
            self._store.put(name, content, attributes=_attributes(name))

    def copy(self, name: str, to: str) -> None:
        """Copy an object within the bucket."""
        with self._failing("copy", name):
            self._store.copy(name, to)

    def delete(self, names: list[str]) -> None:
        """Delete objects; it is no error where one is gone."""
        with self._failing("delete", names[0] if names else ""):
            if names:
                self._store.delete(names)

    @contextmanager
    def _failing(self, what: str, name: str) -> Iterator[None]:
        """Raise `StorageFailed` for every error of the storage."""
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, OSError) as error:
            raise StorageFailed(
                f"object storage did not {what} an object",
                file=f"{self.address}/{name}",
                found=" ".join(str(error).split())[:300],
                do="check the address, the credentials (AWS_*) and the network, and run the refresh again; "
                "what is published stays as it is",
            ) from error


def open_bucket(address: str) -> Bucket:
    """The bucket of WORKFORCE_STORAGE, such as s3://bucket/prefix; credentials come from the environment.

    Raises `WrongRequest` where the address is none, or the libraries for it are not installed.
    """
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError as error:
        raise WrongRequest(
            "WORKFORCE_STORAGE is set, and the libraries for object storage are not installed",
            do="install them: pip install 'nhs-workforce[cloud]'",
        ) from error
    try:
        return Bucket(from_url(address), address.rstrip("/"))
    except (BaseError, ValueError) as error:
        raise WrongRequest(
            "WORKFORCE_STORAGE is not an address of object storage",
            expected="s3://bucket/prefix, gs://bucket/prefix or az://account/container/prefix",
            found=repr(address),
            do="correct the setting in the environment or in .env",
        ) from error


def _attributes(name: str) -> Any:
    return {"Content-Type": MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")}
