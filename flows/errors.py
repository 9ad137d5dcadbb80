"""What can go wrong between a publisher and the archive, each with what to do about it."""

from __future__ import annotations

from transforms.errors import WorkforceError


class AddressRefused(WorkforceError):
    """An address we do not go to: not https, not on the series' list of hosts, or inside a private network."""


class Unreachable(WorkforceError):
    """The publisher did not answer, or not to the end, after every retry.

    `retry_after` is the wait in seconds the publisher asked for; `is_temporary` whether another attempt may help.
    """

    retry_after: float | None = None
    is_temporary: bool = True


class Blocked(WorkforceError):
    """The publisher answered with a challenge page or a refusal instead of what was asked for."""


class DisallowedByRobots(WorkforceError):
    """The robots.txt of a host forbids an address to programs, and the operator has not named the host `host`."""

    host: str = ""


class NotFound(WorkforceError):
    """The publisher says there is nothing at an address."""


class TooLarge(WorkforceError):
    """More bytes than a page or file of this kind can have."""


class UnsafeZip(WorkforceError):
    """A zip that would write outside its folder, or unpacks to far more than it should."""


class IllustrativeFigures(WorkforceError):
    """A file that says of itself that its figures are illustrative, where published ones are expected."""


class PageChanged(WorkforceError):
    """A publisher's page no longer has the parts we look for."""


class AmbiguousFile(WorkforceError):
    """Two different files of one edition answer to one wanted name."""


class MissingFile(WorkforceError):
    """An edition's page does not offer a file that every edition must have."""


class WrongRequest(WorkforceError):
    """Parameters of a refresh that make no sense together."""


class DataFolderUnusable(WorkforceError):
    """The data folder cannot be written, or its disk has too little room for a refresh."""


class PrefectFailed(WorkforceError):
    """Prefect, in which a refresh runs, did not start or broke; what the refresh itself found is told otherwise."""


class CannotServe(WorkforceError):
    """The service cannot be started as asked."""


class NotDeployed(WorkforceError):
    """The Prefect server did not take the work pool or the deployments."""
