"""Errors of requests, discovery, fetching and the service, each with what to do about it."""

from __future__ import annotations

from transforms.errors import WorkforceError


class AddressRefused(WorkforceError):
    """A URL that is not requested: not https, not on an allowed host, or in a private network."""


class Unreachable(WorkforceError):
    """The publisher did not respond, or not completely, after every retry.

    `retry_after` is the wait in seconds that the publisher asked for; `is_temporary` whether another attempt may help.
    """

    retry_after: float | None = None
    is_temporary: bool = True


class Blocked(WorkforceError):
    """The publisher responded with a challenge page or a refusal."""


class DisallowedByRobots(WorkforceError):
    """The robots.txt of `host` forbids a URL to programs, and the operator has not overridden it."""

    host: str = ""


class NotFound(WorkforceError):
    """The publisher has nothing at a URL."""


class TooLarge(WorkforceError):
    """A page or file that is larger than the limit."""


class UnsafeZip(WorkforceError):
    """A zip with paths outside its folder, or that unpacks to more than the limits allow."""


class IllustrativeFigures(WorkforceError):
    """A file that states that its figures are illustrative, where published figures are expected."""


class PageChanged(WorkforceError):
    """A page of a publisher without a part that it must have."""


class AmbiguousFile(WorkforceError):
    """Two different files of an edition that match one wanted file."""


class MissingFile(WorkforceError):
    """An edition's page without a file that is required of every edition."""


class WrongRequest(WorkforceError):
    """Parameters or settings that contradict each other or are missing."""


class DataFolderUnusable(WorkforceError):
    """The data folder cannot be written, or a file that a refresh needs is not there."""


class ClockWrong(WorkforceError):
    """The clock of this machine shows a day before this code was written."""


class PrefectFailed(WorkforceError):
    """Prefect did not start or stopped. Errors of the refresh itself are in its state."""


class CannotServe(WorkforceError):
    """The service cannot be started as requested."""


class NotDeployed(WorkforceError):
    """The Prefect server rejected the work pool or the deployments."""


class StorageFailed(WorkforceError):
    """Object storage could not be read or written, or an object does not match its checksum."""


class StorageChanged(WorkforceError):
    """Another process has written an object that this one was about to replace."""


class StorageConflict(WorkforceError):
    """A file that operators may change was changed in the data folder and in object storage."""


class OtherDataFolder(WorkforceError):
    """A worker's data folder has never had the last release of the service that the worker belongs to."""


class ReadingFailed(WorkforceError):
    """The workers of a Dask cluster could not read a file, for a reason other than the file itself."""
