"""A hostile publisher's other means: what its name resolves to, certificates, names of files, and links on pages."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest import mock

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from flows.fetching.fetch import fetch_series
from flows.fetching.http import Client, HostLimits, HttpCache, Robots, live
from flows.retries import RetryPolicy
from tests.drills.publisher import LIMITS, PATIENT, Tried
from tests.drills.publisher_attacks import HOST, NAMES, PRIVATE_PEERS, Attack, raw
from tests.flows.stand_in import FaultyPublisher, client, workforce, workforce_edition, xlsx
from tests.publisher_site import SiteFile
from transforms.plain_text import plain
from transforms.series import SeriesId
from warehouse.archive import Archive
from warehouse.folder import DataFolder

PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
NOW = datetime(2023, 9, 1, tzinfo=UTC)


def _attack(aim: str, name: str, ends: str) -> Attack:
    return Attack(aim, name, ends, raw(PAGE))


@contextmanager
def _listening(context: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[bytes]]]:
    """A server on loopback, with TLS if there is a context: its port, and what each connection has sent."""
    received: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                received.append(b"")
                with suppress(OSError), connection:
                    connection.settimeout(2)
                    secured = context.wrap_socket(connection, server_side=True) if context else connection
                    with secured:
                        received[-1] += secured.recv(65_536)
                        secured.sendall(PAGE)

    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1], received


def _asked(folder: DataFolder) -> str:
    """How a request of a page, with the transport to the publishers themselves, ends."""
    asking = Client(
        HttpCache(folder.state),
        user_agent="nhs-workforce (someone@example.org)",
        transport=live,
        host_limits=HostLimits(delay=0),
        retries=RetryPolicy(attempts=1),
        timeouts=PATIENT,
        limits=LIMITS,
        robots=Robots(folder.state, overridden={HOST}),
    )
    try:
        asking.page(f"https://{HOST}/", hosts=(HOST,))
    except Exception as error:
        return type(error).__name__
    finally:
        asking.close()
    return "taken"


def _answer_of_dns(peer: str, port: int) -> list[tuple[object, ...]]:
    version = ipaddress.ip_address(peer.split("%")[0]).version
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    return [(family, socket.SOCK_STREAM, 6, "", (peer, port))]


def resolved(root: Path) -> Iterator[Tried]:
    """An allowed name resolves to each private address, to a public and a private one, and to another each time."""
    folder = DataFolder(root)
    for peer in PRIVATE_PEERS:
        attack = _attack("resolve to a private address", peer, "AddressRefused")
        with _listening() as (port, received), ExitStack() as patched:
            answers = _answer_of_dns(peer, port)
            patched.enter_context(mock.patch("socket.getaddrinfo", return_value=answers))
            connected = patched.enter_context(mock.patch("urllib3.util.connection.create_connection"))
            yield _judged(attack, _asked(folder), "connected" if connected.called or received else "")
    both = _answer_of_dns("8.8.8.8", 443) + _answer_of_dns("127.0.0.1", 443)
    with mock.patch("socket.getaddrinfo", return_value=both):
        yield _judged(_attack("resolve to a private address", "beside a public one", "AddressRefused"), _asked(folder))
    with _listening() as (port, received):
        turns = [_answer_of_dns("8.8.8.8", 443), _answer_of_dns("127.0.0.1", port)]
        with mock.patch("socket.getaddrinfo", side_effect=turns):
            ended = _asked(folder)
        attack = _attack("resolve to a private address", "at the second lookup only", "AddressRefused")
        yield _judged(attack, ended, "bytes were sent" if any(received) else "")


def certificates(root: Path) -> Iterator[Tried]:
    """TLS with a certificate that is right, of another host, out of its time, self-signed, or of an unknown CA."""
    folder = DataFolder(root / "data")
    root.mkdir(parents=True, exist_ok=True)
    trusted, unknown = _Authority("trusted"), _Authority("unknown")
    trusted.certificate_file(root / "ca.pem")
    cases = [
        ("the right one", "taken", trusted.issue(HOST)),
        ("of another host", "Unreachable", trusted.issue("example.org")),
        ("of a host above", "Unreachable", trusted.issue("nhs.uk")),
        ("of a wildcard that does not cover it", "Unreachable", trusted.issue("*.digital.nhs.uk")),
        ("expired", "Unreachable", trusted.issue(HOST, until_days=-1)),
        ("not yet valid", "Unreachable", trusted.issue(HOST, from_days=5)),
        ("of an unknown authority", "Unreachable", unknown.issue(HOST)),
        ("self-signed", "Unreachable", _Authority(HOST).own()),
    ]
    for number, (name, ends, pem) in enumerate(cases):
        (root / f"{number}.pem").write_bytes(pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(root / f"{number}.pem")
        with _listening(context) as (port, received), ExitStack() as patched:
            answers = _answer_of_dns("127.0.0.1", port)
            patched.enter_context(mock.patch("socket.getaddrinfo", return_value=answers))
            # This one server on loopback stands for a public one.
            patched.enter_context(mock.patch("flows.fetching.http.transport.check_peer"))
            patched.enter_context(mock.patch.dict("os.environ", {"REQUESTS_CA_BUNDLE": str(root / "ca.pem")}))
            ended = _asked(folder)
        yield _judged(
            _attack("certificate", name, ends), ended, "bytes were sent" if ends != "taken" and any(received) else ""
        )
    with _listening() as (port, _), ExitStack() as patched:
        answers = _answer_of_dns("127.0.0.1", port)
        patched.enter_context(mock.patch("socket.getaddrinfo", return_value=answers))
        patched.enter_context(mock.patch("flows.fetching.http.transport.check_peer"))
        yield _judged(_attack("certificate", "none: plain HTTP on the port of https", "Unreachable"), _asked(folder))


class _Authority:
    """Issues certificates."""

    def __init__(self, name: str) -> None:
        self.name, self.key = name, ec.generate_private_key(ec.SECP256R1())

    def _signed(self, name: str, key: ec.EllipticCurvePrivateKey, *, is_ca: bool, days: tuple[int, int]) -> bytes:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.name)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=days[0]))
            .not_valid_after(now + timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        )
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def certificate_file(self, path: Path) -> None:
        path.write_bytes(self._signed(self.name, self.key, is_ca=True, days=(-10, 10)))

    def issue(self, host: str, *, from_days: int = -9, until_days: int = 9) -> bytes:
        key = ec.generate_private_key(ec.SECP256R1())
        return _private(key) + self._signed(host, key, is_ca=False, days=(from_days, until_days))

    def own(self) -> bytes:
        return _private(self.key) + self._signed(self.name, self.key, is_ca=False, days=(-9, 9))


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


LINKS = [
    "https://[::1",
    "https://[zz]/x.xlsx",
    "//[",
    "javascript:alert(1)//x.xlsx",
    "data:application/zip;base64,UEsDBA==",
    "file:///etc/passwd.xlsx",
    "https://example.org/x.xlsx",
    "https://127.0.0.1/x.xlsx",
    "https://digital.nhs.uk:x/x.xlsx",
    "https://digital.nhs.uk/\ud800x.xlsx",
    "#",
    "",
    "x" * 100_000 + ".xlsx",
]
"""Links that stand on an edition's page beside its own file."""

MARKUP = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\x1b[31m", "\u202e", "\x00", "a\u2028b")
"""Parts of titles on pages."""


def names_and_links(root: Path, *, number_of_links: int = 10_000) -> Iterator[Tried]:
    """A series whose file has each of the names, or whose pages have each of the links, very many links, or markup."""
    good = "NHS Workforce Statistics, May 2023 England and Organisation.xlsx"
    for number, pattern in enumerate(NAMES):
        name = pattern.format(name=good.replace(" ", "%20"), name_upper=good.upper(), long="a" * 300)
        file = SiteFile(good, xlsx(), address=f"https://files.digital.nhs.uk/AB/{name}")
        yield _fetched(root / f"name-{number}", _attack("name of a file", pattern, ""), file)
    for number, link in enumerate(LINKS):
        shown = link[:60].encode("ascii", "replace").decode()
        linked = (("x", link.encode("utf-8", "replace").decode()),)
        yield _fetched(root / f"link-{number}", _attack("link", shown, "taken"), SiteFile(good, xlsx()), links=linked)
    many = tuple((f"Link {n}", f"https://digital.nhs.uk/data/{n}") for n in range(number_of_links))
    yield _fetched(
        root / "many", _attack("link", f"{number_of_links:,} of them", "taken"), SiteFile(good, xlsx()), links=many
    )
    for number, part in enumerate(MARKUP):
        file = SiteFile(good, xlsx(), title=f"{part} workbook {part}")
        yield _fetched(root / f"title-{number}", _attack("title", repr(part), "taken"), file, title=part)


def _fetched(
    root: Path, attack: Attack, file: SiteFile, *, links: tuple[tuple[str, str], ...] = (), title: str = ""
) -> Tried:
    """Fetch the series; the file is archived or a failure, with plain names, and nothing is written elsewhere."""
    folder = DataFolder(root / "data")
    edition = workforce_edition("May 2023", date(2023, 8, 24), file, links=links)
    edition = replace(edition, title=f"{title} {edition.title}")
    with FaultyPublisher([workforce(edition)]) as publisher:
        fetched = fetch_series(SeriesId.WORKFORCE, client(publisher, folder), folder, now=NOW)
        hosts = {asked.split("/")[2] for asked, _ in publisher.visits}
    records = Archive(folder.archive).records()
    texts = [text for each in records for text in (each.file_name, each.title, each.edition)]
    texts += [f"{each.where} {each.reason}" for each in fetched.failures] + list(fetched.notes)
    ended = "taken" if records else ", ".join(sorted({each.kind for each in fetched.failures})) or "nothing"
    wrong = [f"{host} was asked" for host in hosts if host not in {HOST, f"files.{HOST}"}]
    wrong += [f"not plain: {text!r}" for text in texts if text != plain(text)]
    wrong += [f"a path: {each.file_name!r}" for each in records if set("/\\") & set(each.file_name)]
    wrong += ["a name is too long"] if any(len(each.file_name) > 255 for each in records) else []
    wrong += [f"{path} was written" for path in root.iterdir() if path != folder.root]
    wrong += ["neither archived nor a failure"] if ended == "nothing" else []
    wrong += ["an unexpected error"] if any("unexpected error" in text for text in texts) else []
    return _judged(attack._replace(ends=attack.ends or ended), ended, *wrong)


def _judged(attack: Attack, ended: str, *wrong: str) -> Tried:
    other = [] if ended == attack.ends else [f"ended as {ended}, not as {attack.ends}"]
    return Tried(attack, ended, (*other, *(each for each in wrong if each)))
