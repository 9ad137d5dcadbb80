"""Runs the attacks of `publisher_attacks` against the client that fetches, with a server on loopback that sends them.

Each request must end as declared, within seconds and megabytes; no other host is asked, nothing is written elsewhere.
"""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from flows.fetching.http import Client, HostLimits, HttpCache, Robots, SizeLimits, Timeouts, loopback
from flows.retries import RetryPolicy
from tests.drills.publisher_attacks import HOST, Attack
from warehouse.archive import sha256_of
from warehouse.folder import DataFolder

HOSTS = (HOST, f"files.{HOST}")
IMPATIENT = Timeouts(connect=1, read=0.4, slow_after=0.3, slowest=2_000, longest=2, whole=0.6)
"""For answers that are to end as not reachable, the slow ones among them: waiting longer changes nothing."""
PATIENT = Timeouts(connect=10, read=10, slow_after=10, slowest=1, longest=15, whole=15)
"""For all others, which a machine with other work may be slow to read."""
LIMITS = SizeLimits(page_bytes=200_000, file_bytes=1_000_000, zip_bytes=10_000_000)
SECONDS, MEGABYTES = 20, 100
"""What one attack may take: many times what it does, and far less than what it tries."""


class HostileServer:
    """Sends an attack as the answer to any address below the attack's number; notes every request."""

    def __init__(self, attacks: Iterable[Attack]) -> None:
        self.attacks = list(attacks)
        self.asked: list[tuple[str, str]] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)

    @property
    def base(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def address(self, attack: Attack) -> str:
        """The address that answers with this attack."""
        return f"https://{HOST}/{self.attacks.index(attack)}/{'page' if attack.kind == 'page' else 'x.xlsx'}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            # What nobody reads any more ends with an error, not with a thread that waits.
            connection.settimeout(5)
            request = b""
            while b"\r\n\r\n" not in request and (received := connection.recv(65_536)):
                request += received
            host, number, *_ = [*request.split(b" ")[1].decode().split("/")[1:], ""]
            self.asked.append((host, number))
            if number.isdigit():
                self.attacks[int(number)].send(connection)
            elif host == HOST:
                # Where a redirect led to within the host: on and on.
                connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: ./a/\r\nContent-Length: 0\r\n\r\n")
            connection.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Tried:
    """One attack, how it ended, and what was wrong with that: nothing, if all held."""

    attack: Attack
    ended: str
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.attack.kind}, {self.attack.aim}, {self.attack.name[:80]}: {'; '.join(self.wrong) or self.ended}"


def tries(attacks: Iterable[Attack], root: Path) -> Iterator[Tried]:
    """Make each attack once, with a data folder below `root` of its own."""
    with HostileServer(attacks) as server, socket.create_server(("127.0.0.1", 0)) as unasked:
        unasked.setblocking(False)
        for number, attack in enumerate(server.attacks):
            yield _tried(attack, server, unasked, root / str(number))


def _tried(attack: Attack, server: HostileServer, unasked: socket.socket, root: Path) -> Tried:
    folder = DataFolder(root / "data")
    port, ended = unasked.getsockname()[1], ["no end"]
    server.asked.clear()
    place = server.attacks.index(attack)
    server.attacks[place] = attack._replace(send=with_port(attack, port))
    address = server.address(server.attacks[place])
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    thread = threading.Thread(target=lambda: ended.append(_end(attack, address, server.base, folder)), daemon=True)
    thread.start()
    thread.join(SECONDS)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1_000
    wrong = [] if ended[-1] == attack.ends else [f"ended as {ended[-1]}, not as {attack.ends}"]
    wrong += [f"{time.monotonic() - began:.0f} seconds"] if thread.is_alive() else []
    wrong += [f"{grown:.0f} megabytes"] if grown > MEGABYTES else []
    wrong += [f"{host} was asked" for host, _ in server.asked if host not in HOSTS]
    wrong += [f"{path} was written" for path in root.iterdir() if path != folder.root] if root.exists() else []
    with suppress(BlockingIOError):
        unasked.accept()[0].close()
        wrong.append("another server was contacted")
    return Tried(attack, ended[-1], tuple(wrong))


def with_port(attack: Attack, port: int):
    class WithPort:
        def __init__(self, to: socket.socket) -> None:
            self.to = to

        def sendall(self, part: bytes) -> None:
            self.to.sendall(part.replace(b"{port}", str(port).encode()))

    return lambda to: attack.send(WithPort(to))


def _end(attack: Attack, address: str, base: str, folder: DataFolder) -> str:
    client = Client(
        HttpCache(folder.state),
        user_agent="nhs-workforce (someone@example.org)",
        transport=loopback(base),
        host_limits=HostLimits(delay=0),
        retries=RetryPolicy(attempts=2, sleep=lambda _: None),
        timeouts=IMPATIENT if attack.ends == "Unreachable" else PATIENT,
        limits=LIMITS,
        robots=Robots(folder.state, overridden=HOSTS),
    )
    try:
        if attack.kind == "page":
            client.page(address, hosts=HOSTS)
        else:
            found = client.download(address, name="x.xlsx", hosts=HOSTS, have=lambda _: False)
            assert found is not None
            assert found.path.is_relative_to(folder.root)
            assert sha256_of(found.path) == found.sha256
    except Exception as error:
        return type(error).__name__
    finally:
        client.close()
    return "taken"
