"""Where we may go: https, on a host of the catalogue, never into a private network."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from flows.errors import AddressRefused


def check_address(address: str, hosts: Collection[str]) -> str:
    """The address's host. Raises `AddressRefused` where it is not https to one of `hosts` on the usual port."""
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = -1
    host = (parts.hostname or "").lower()
    problem = (
        ("it is not https" if parts.scheme != "https" else "")
        or ("it carries a user name" if "@" in parts.netloc else "")
        or ("it names a port" if port not in {None, 443} else "")
        or ("its host is not on the series' list" if host not in hosts else "")
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
    """Raise `AddressRefused` where the machine that a host's name led to is not on the public internet."""
    if not ipaddress.ip_address(peer.split("%")[0]).is_global:
        raise AddressRefused(
            "a publisher's name leads to a private or local machine",
            file=host,
            expected="an address on the public internet",
            found=peer,
            do="look at the name server of this machine; nothing was sent",
        )


def file_name(address: str) -> str:
    """The last part of an address's path, decoded: the name the publisher gave the file."""
    return unquote(PurePosixPath(urlsplit(address).path).name)
