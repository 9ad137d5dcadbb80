"""Errors of the warehouse: what stops a build or a publication, and what the operator can do."""

from __future__ import annotations

from transforms.errors import WorkforceError


class ArchiveDamaged(WorkforceError):
    """Archived bytes no longer match the hash they are filed under."""


class KindsMixed(WorkforceError):
    """Illustrative and published figures were about to share a data folder."""


class CorrectionDoesNotApply(WorkforceError):
    """A correction's printed value is no longer what the publisher prints."""


class CorrectionMalformed(WorkforceError):
    """An entry of the file of corrections is not written as the file says."""


class MartFailed(WorkforceError):
    """A mart's SQL does not run."""


class NothingPublished(WorkforceError):
    """There is no published warehouse to read."""


class Busy(WorkforceError):
    """Another refresh holds the data folder."""


class NotOneStatement(WorkforceError):
    """A question holds no SQL statement, or several, of which only one would be answered."""


class NotShowable(WorkforceError):
    """An answer has a column that the format asked for cannot hold."""


class NoSuchTable(WorkforceError):
    """A table was asked for that the warehouse does not have."""


class NoSuchColumn(WorkforceError):
    """A column was asked for that the table does not have, or with a value it cannot hold."""


class NoSuchRow(WorkforceError):
    """No row has the values asked for."""


class SeveralRows(WorkforceError):
    """More than one row has the values asked for, where one is wanted."""


class NoSuchRelease(WorkforceError):
    """A release or file was named that is not there."""
