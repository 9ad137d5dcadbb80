"""Adapters that send requests: to the publishers themselves, or to a server on loopback that stands in for all of them.

The client always uses the publishers' https URLs; only the adapter knows where they are answered.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import HTTPResponse

from flows.errors import AddressRefused
from flows.fetching.http.addresses import check_peer
from flows.fetching.http.deadline import current

Transport = Callable[[int], HTTPAdapter]
"""Creates the adapter of one host's session, for at most that many connections."""


class _Watched(HTTPConnection):
    """Registers its socket with the deadline of the request."""

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself
        if self.sock is not None and (deadline := current()):
            deadline.watch(self.sock)
        return super().getresponse()


class _PublicConnection(_Watched, HTTPSConnection):
    """Checks every IP address of the host before connecting, and the peer's after connecting and before sending.

    The second check prevents SSRF by DNS rebinding, where the name has another address each time it is resolved. A
    proxy that the operator has configured is not checked.
    """

    def _new_conn(self) -> socket.socket:
        if self.proxy is None:
            # A name that does not resolve is an error of the connection.
            with suppress(socket.gaierror, UnicodeError):
                for *_, peer in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
                    check_peer(self.host, str(peer[0]))
        reached = super()._new_conn()
        if self.proxy is None:
            try:
                check_peer(self.host, str(reached.getpeername()[0]))
            except AddressRefused:
                reached.close()
                raise
        return reached


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


class _WatchedPool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _LiveAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _PublicPool}


class _LoopbackAdapter(HTTPAdapter):
    def __init__(self, base: str, connections: int) -> None:
        self.base = base
        super().__init__(pool_connections=1, pool_maxsize=connections, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _WatchedPool}

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        asked = urlsplit(request.url or "")
        moved = request.copy()
        moved.url = f"{self.base}/{asked.netloc}{asked.path}" + (f"?{asked.query}" if asked.query else "")
        # The operator's proxy is not used for loopback.
        response = super().send(moved, *args, **kwargs | {"proxies": {}})
        response.url, response.request = request.url or "", request
        return response


def live(connections: int) -> HTTPAdapter:
    """The adapter to the publishers, over https, never to an address in a private network."""
    return _LiveAdapter(pool_connections=1, pool_maxsize=connections, max_retries=0)


def loopback(base: str) -> Transport:
    """The transport to a server at `base` ('http://127.0.0.1:8800') that answers https://host/path at base/host/path.

    Raises `AddressRefused` where `base` is not a loopback address.
    """
    parts = urlsplit(base)
    try:
        near = ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        near = parts.hostname == "localhost"
    if parts.scheme != "http" or not near:
        raise AddressRefused(
            "the server that stands in for the publishers is not on this machine",
            file=base,
            expected="a loopback address: http://127.0.0.1:<port>",
            found=base,
            do="start that server on 127.0.0.1 and pass its address",
        )
    return lambda connections: _LoopbackAdapter(base.rstrip("/"), connections)
