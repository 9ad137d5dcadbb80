"""The polite HTTP client: few connections, identified, conditional, resumable, and only to known hosts."""

from __future__ import annotations

from flows.fetching.http.cache import HttpCache
from flows.fetching.http.client import Client, Downloaded, Page
from flows.fetching.http.limits import Limits, Pace, Timeouts
from flows.fetching.http.request_log import Request, RequestLog
from flows.fetching.http.robots import Robots
from flows.fetching.http.transport import Transport, live, loopback

__all__ = [
    "Client",
    "Downloaded",
    "HttpCache",
    "Limits",
    "Pace",
    "Page",
    "Request",
    "RequestLog",
    "Robots",
    "Timeouts",
    "Transport",
    "live",
    "loopback",
]
