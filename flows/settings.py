"""Settings from the environment (WORKFORCE_*), where `flows.env_file` puts those of a file `.env`, too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from flows.errors import WrongRequest
from transforms.series import SeriesId

CORRECT_IT = "correct the setting in the environment or in .env"


class Settings(BaseSettings):
    """What an operator may set. Each field is also an environment variable: `WORKFORCE_` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="WORKFORCE_", extra="ignore")

    def __init__(self, **values: Any) -> None:
        """Raises `WrongRequest` where a variable has a value that its setting cannot have."""
        try:
            super().__init__(**values)
        except ValidationError as error:
            wrong = [(f"WORKFORCE_{each['loc'][0]}".upper(), each) for each in error.errors()]
            raise WrongRequest(
                f"{', '.join(name for name, _ in wrong)} cannot have this value",
                expected="; ".join(f"{each['msg']}" for _, each in wrong),
                found=", ".join(repr(each["input"]) for _, each in wrong),
                do=CORRECT_IT,
            ) from error

    data: Path = Field(default=Path("data"), description="The data folder.")
    contact: str = Field(
        default="",
        description="E-mail address or web page in the User-Agent, so that a publisher can reach the operator.",
    )
    keep_releases: int = Field(default=10, ge=1, description="Number of releases that are kept.")
    keep_rejected: int = Field(default=3, ge=1, description="Number of candidates refused by checks that are kept.")
    keep_history: int = Field(default=10, ge=1, description="Number of rebuilds of a past day that are kept.")
    placed: str = Field(
        default="",
        description=(
            "Folders, separated by commas, below which a run of the service may take files placed by hand. Unset: the "
            "inbox of the data folder."
        ),
    )
    robots_override: str = Field(
        default="",
        description=(
            "Hosts, separated by commas, whose robots.txt is not followed because their publisher has agreed to "
            "automated requests."
        ),
    )
    export_restricted: str = Field(
        default="",
        description=(
            "Series, separated by commas, that are exported although their licence requires permission, because the "
            "publisher has given it."
        ),
    )
    max_file_megabytes: int = Field(
        default=500, ge=1, description="Largest file that is downloaded, and .gz once unpacked."
    )
    max_zip_megabytes: int = Field(default=4000, ge=1, description="Largest size of a zip once unpacked.")
    max_zip_members: int = Field(default=2000, ge=1, description="Most members of a zip.")
    max_zip_ratio: int = Field(default=400, ge=1, description="Most bytes that one byte of a zip's member unpacks to.")
    delay_seconds: float = Field(default=1.0, ge=0, description="Delay between two requests to one host.")
    wait_for_lock_seconds: float | None = Field(
        default=None,
        ge=0,
        description="How long a second refresh waits for the first to end. Unset: a deployment an hour, others not.",
    )
    storage: str = Field(
        default="",
        description=(
            "Object storage shared by several machines, such as s3://bucket/prefix. Unset: the data folder alone. "
            "Credentials are taken from the environment (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL and so on)."
        ),
    )
    task_runner: str = Field(
        default="threads",
        description=(
            "Where files are read: threads of the machine that refreshes, or dask:tcp://host:8786, the scheduler of "
            "a Dask cluster whose workers share the object storage."
        ),
    )
    retry_after_hours: str = Field(
        default="1,3,6",
        description=(
            "When a scheduled refresh that crashed or could not reach a publisher is tried again: hours after its "
            "scheduled start, separated by commas. Empty: never."
        ),
    )
    lake: str = Field(
        default="",
        repr=False,
        description=(
            "Catalogue of a DuckLake lakehouse that each release is written to, such as ducklake:postgres:dbname=lake "
            "host=db. Unset: none."
        ),
    )
    lake_data: str = Field(
        default="", description="Folder or bucket of the lakehouse's Parquet files: s3://bucket/lake."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="How the service logs: lines of text, or one JSON object a line."
    )
    webhook: str = Field(default="", repr=False, description="URL that notices are posted to as JSON.")
    mail_to: str = Field(default="", description="E-mail address that notices are sent to.")
    mail_from: str = Field(default="", description="Sender of notices.")
    mail_server: str = Field(default="", description="SMTP server, host:port.")
    mail_user: str = Field(default="", description="User at the SMTP server; its password is only sent over TLS.")
    mail_password: SecretStr = Field(default=SecretStr(""), description="Password at the SMTP server.")
    public_address: str = Field(
        default="",
        description=(
            "URL under which the site, published/, releases/ and docs/ are served: for links in the Prefect UI, the "
            "site's map, citations and lines for other tools."
        ),
    )

    def check_for_service(self) -> None:
        """Raise `WrongRequest` for a setting with which every scheduled run would fail."""
        self.check_contact()
        _ = self.overridden_hosts, self.passed_on, self.mail_host_and_port, self.later_tries
        _ = self.dask_scheduler

    def check_contact(self) -> None:
        """Raise `WrongRequest` where publishers could not reach the operator."""
        if not self.contact:
            raise WrongRequest(
                "WORKFORCE_CONTACT is not set: publishers must be able to reach the operator",
                expected="an e-mail address or web page; it becomes part of the User-Agent",
                do="set it in the environment or in .env; or try `workforce run --sample`, which needs no network",
            )

    def check_placed(self, folder: Path) -> None:
        """Raise `WrongRequest` where a run of the service may not take files from a folder; links are followed first.

        Whoever may start a run must not read, by the names and texts in its summary, what the worker's user can read.
        """
        allowed = [Path(each.strip()).absolute() for each in self.placed.split(",") if each.strip()]
        allowed = allowed or [self.data.absolute() / "inbox"]
        try:
            is_below = any(folder.resolve().is_relative_to(each.resolve()) for each in allowed)
        except (OSError, ValueError, RuntimeError):
            # A NUL, a name that is too long, links in a circle.
            is_below = False
        if not is_below:
            raise WrongRequest(
                "a run of the service may not take files from this folder",
                expected="a folder below " + " or ".join(map(str, allowed)),
                found=repr(str(folder)),
                do="put the files there, or name their folder in WORKFORCE_PLACED where the worker runs",
            )

    @property
    def mail_host_and_port(self) -> tuple[str, int]:
        """Host and port of `mail_server`; port 25 where it has none. Raises `WrongRequest`."""
        host, _, port = self.mail_server.partition(":")
        if port and not port.isdecimal():
            raise WrongRequest(
                "WORKFORCE_MAIL_SERVER names a port that is not a number",
                expected="host:port, such as mail.example.org:587",
                found=repr(self.mail_server),
                do=CORRECT_IT,
            )
        return host, int(port or 25)

    @property
    def dask_scheduler(self) -> str:
        """The address of the scheduler of `task_runner`; '' where files are read in threads. Raises `WrongRequest`."""
        if self.task_runner == "threads":
            return ""
        if not re.fullmatch(r"dask:(tcp|tls)://[^/\s]+:\d+", self.task_runner):
            raise WrongRequest(
                "WORKFORCE_TASK_RUNNER is neither threads nor the scheduler of a Dask cluster",
                expected="threads, dask:tcp://host:8786 or dask:tls://host:8786",
                found=repr(self.task_runner),
                do=CORRECT_IT,
            )
        return self.task_runner.removeprefix("dask:")

    @property
    def later_tries(self) -> tuple[float, ...]:
        """The hours of `retry_after_hours`. Raises `WrongRequest` where they are not numbers that increase."""
        try:
            hours = tuple(float(each) for each in self.retry_after_hours.split(",") if each.strip())
        except ValueError:
            hours = (0.0,)
        if list(hours) != sorted({each for each in hours if each > 0}):
            raise WrongRequest(
                "WORKFORCE_RETRY_AFTER_HOURS is not a list of hours",
                expected="hours above 0 that increase, separated by commas: 1,3,6",
                found=repr(self.retry_after_hours),
                do="correct the setting in the environment or in .env",
            )
        return hours

    @property
    def overridden_hosts(self) -> frozenset[str]:
        """The hosts of `robots_override`, in lower case. Raises `WrongRequest` where one is not a host name."""
        hosts = [host.strip().lower() for host in self.robots_override.split(",") if host.strip()]
        for host in hosts:
            if not re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", host):
                raise WrongRequest(
                    "WORKFORCE_ROBOTS_OVERRIDE names something that is not a host",
                    expected="host names separated by commas, without https:// and path: files.digital.nhs.uk",
                    found=repr(host),
                    do=CORRECT_IT,
                )
        return frozenset(hosts)

    @property
    def passed_on(self) -> frozenset[str]:
        """The series of `export_restricted`. Raises `WrongRequest` where one is not a series of the catalogue."""
        named = frozenset(name.strip() for name in self.export_restricted.split(",") if name.strip())
        if unknown := sorted(named - {series.value for series in SeriesId}):
            raise WrongRequest(
                "WORKFORCE_EXPORT_RESTRICTED names something that is not a series",
                expected=f"series separated by commas: {', '.join(series.value for series in SeriesId)}",
                found=", ".join(unknown),
                do=CORRECT_IT,
            )
        return named
