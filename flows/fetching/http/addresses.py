"""Checks of addresses: https only, on a host of the catalogue, never inside a private network."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from flows.errors import AddressRefused
from transforms.plain_text import name_alone

_HOLDING_IPV4 = [ipaddress.ip_network(each) for each in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48")]
"""Addresses whose last 32 bits are an IPv4 address: the former IPv4-compatible ones, and those of NAT64."""
_NOT_PUBLIC = [ipaddress.ip_network(each) for each in ("192.0.0.0/24", "192.88.99.0/24")]


def check_address(address: str, hosts: Collection[str]) -> str:
    """Return an address's host.

    Raises `AddressRefused` unless it is https, on one of `hosts` and on the default port.
    """
    try:
        parts = urlsplit(address)
        port, host = parts.port, (parts.hostname or "").lower()
    except ValueError as error:
        # A bracket that is not closed, a port that is no number.
        raise AddressRefused(
            "an address was refused: it is not a URL",
            file=address,
            expected="an https address on one of: " + ", ".join(sorted(hosts)),
            found=str(error),
            do="open the page that names it; if the publisher has a wrong link there, tell the publisher",
        ) from None
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
    if not _is_public(peer):
        raise AddressRefused(
            "a publisher's host name resolves to a private or local IP address",
            file=host,
            expected="a public IP address",
            found=peer,
            do="check the DNS settings of this machine; no request was sent",
        )


def _is_public(peer: str) -> bool:
    """Whether an IP address is one of the public internet; of an IPv6 address that stands for an IPv4 one, that one."""
    address = ipaddress.ip_address(peer.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if within is None and any(address in network for network in _HOLDING_IPV4):
            within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if within is not None:
            address = within
        elif address.is_site_local:
            return False
    # Python 3.11 takes multicast addresses and some reserved ones for global.
    return address.is_global and not (address.is_multicast or any(address in network for network in _NOT_PUBLIC))


def joined(base: str, link: str) -> str:
    """The absolute address of a link on the page `base`; the link itself where it is not a URL.

    `check_address` refuses that then.
    """
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def file_name(address: str) -> str:
    """The last part of an address's path, decoded: the publisher's name of the file; '' where it is not a URL."""
    try:
        return name_alone(unquote(PurePosixPath(urlsplit(address).path).name))
    except ValueError:
        return ""
