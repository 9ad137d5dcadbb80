"""Checks of addresses: https only, on a host of the catalogue, never inside a private network."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from flows.errors import AddressRefused


def check_address(address: str, hosts: Collection[str]) -> str:
    """Return an address's host.

    Raises `AddressRefused` unless it is https, on one of `hosts` and on the default port.
    """
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = -1
    host = (parts.hostname or "").lower()
    problem = (
        ("it is not https" if parts.scheme != "https" else "")
        or ("it contains a user name" if "@" in parts.netloc else "")
        or ("it names a port" if port not in {None, 443} else "")
        or ("its host is not in the allow-list of the series" if host not in hosts else "")
    )
    if problem:
        raise AddressRefused(
            f"an address was refused: {problem}",
            file=address,
            expected="an https address on one of: " + ", ".join(sorted(hosts)),
            found=f"{parts.scheme}://{parts.netloc}",
            do="if the publisher has moved, check the address by hand and add the host to the catalogue",
        )
    return host


def check_peer(host: str, peer: str) -> None:
    """Raise `AddressRefused` where the IP address that a host's name resolved to is not public."""
    if not ipaddress.ip_address(peer.split("%")[0]).is_global:
        raise AddressRefused(
            "a publisher's host name resolves to a private or local IP address",
            file=host,
            expected="a public IP address",
            found=peer,
            do="check the DNS settings of this machine; no request was sent",
        )


def file_name(address: str) -> str:
    """The last part of an address's path, decoded: the publisher's name of the file."""
    return unquote(PurePosixPath(urlsplit(address).path).name)
