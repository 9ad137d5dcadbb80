"""The polite HTTP client: few connections, identified, conditional, resumable, and only to known hosts."""

from __future__ import annotations

from flows.web.client import Client, Downloaded, Page
from flows.web.manners import Limits, Pace, Patience
from flows.web.memory import Memory
from flows.web.request_log import Request, RequestLog
from flows.web.robots import Robots
from flows.web.transport import Transport, live, loopback

__all__ = [
    "Client",
    "Downloaded",
    "Limits",
    "Memory",
    "Pace",
    "Page",
    "Patience",
    "Request",
    "RequestLog",
    "Robots",
    "Transport",
    "live",
    "loopback",
]
