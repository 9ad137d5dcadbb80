"""Errors that stop a build, a publication or a query. Each says what was found and what the operator can do."""

from __future__ import annotations

from typing import Literal

from transforms.errors import WorkforceError

Origin = Literal["packaged", "operator"]
"""Where a hand-kept line or correction comes from: this package, or the folder `config` of the data folder."""


class ConfigurationMalformed(WorkforceError):
    """A hand-kept file (known failures, limits, corrections, addresses) does not have the documented format."""


class ArchiveDamaged(WorkforceError):
    """An archived file is missing, does not match its SHA-256, or has an unreadable record."""


class ClockBehind(WorkforceError):
    """A file was retrieved at an earlier time, by this machine's clock, than another issue of it before."""


class NoSuchFile(WorkforceError):
    """No archived file, or more than one, is meant by a SHA-256."""


class NotSetAside(WorkforceError):
    """An archived file that is to be read again was not set aside."""


class KindsMixed(WorkforceError):
    """Illustrative and published figures would be mixed in one data folder."""


class CorrectionDoesNotApply(WorkforceError):
    """The publisher no longer prints the value that a correction expects."""


class CorrectionMalformed(ConfigurationMalformed):
    """An entry of corrections.toml does not have the documented format."""


class MartFailed(WorkforceError):
    """A mart's SQL cannot be run, or its header is malformed."""


class BackupRefused(WorkforceError):
    """A backup that cannot be made, or restored, as requested."""


class BackupUnusable(WorkforceError):
    """A backup that is damaged, or a file that is not one."""


class TooLittleSpace(WorkforceError):
    """The disk has too little free space for what is to be written, or became full."""


class NothingPublished(WorkforceError):
    """There is no published warehouse to read."""


class Busy(WorkforceError):
    """Another refresh has locked the data folder."""


class NotOneStatement(WorkforceError):
    """A query has no SQL statement, or more than one."""


class NotAQuery(WorkforceError):
    """A statement would change data, a setting or the session instead of reading the warehouse."""


class QueryLimitReached(WorkforceError):
    """A query took more time or memory than it is allowed."""


class NotShowable(WorkforceError):
    """A query result has a column type that cannot be displayed or exported."""


class NoSuchTable(WorkforceError):
    """The warehouse has no table of the requested name."""


class NoSuchColumn(WorkforceError):
    """The table has no column of the requested name, or the value is not of the column's type."""


class NoSuchRow(WorkforceError):
    """No row has the requested values."""


class SeveralRows(WorkforceError):
    """More than one row has the requested values, where exactly one is needed."""


class NoSuchRelease(WorkforceError):
    """The requested release or file does not exist."""


class NoSuchQuestion(WorkforceError):
    """There is no ready question of the requested name."""


class QuestionMalformed(WorkforceError):
    """The file of a ready question does not have the documented format."""


class NoSuchOrganisation(WorkforceError):
    """No open trust or integrated care board has a name or code like the requested one."""


class SeveralOrganisations(WorkforceError):
    """Several organisations fit the requested name; `candidates` are their codes and names."""

    candidates: tuple[tuple[str, str], ...] = ()


class NoAnswer(WorkforceError):
    """A ready question cannot be answered from this warehouse; the message says what is not loaded."""


class WrongParameters(WorkforceError):
    """A ready question lacks a parameter, or has one that it does not take."""
