"""HTTP client for publishers: identified, rate-limited, conditional and resumable requests to allowed hosts."""

from __future__ import annotations

from flows.fetching.http.cache import HttpCache
from flows.fetching.http.client import Client, DownloadedFile, Page
from flows.fetching.http.limits import HostLimits, SizeLimits, Timeouts
from flows.fetching.http.request_log import RequestLog, RequestRecord
from flows.fetching.http.robots import Robots
from flows.fetching.http.transport import Transport, live, loopback

__all__ = [
    "Client",
    "DownloadedFile",
    "HostLimits",
    "HttpCache",
    "Page",
    "RequestLog",
    "RequestRecord",
    "Robots",
    "SizeLimits",
    "Timeouts",
    "Transport",
    "live",
    "loopback",
]
