"""What notices are sent to, on loopback: a webhook and an SMTP server without TLS, each with answers as told."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


@contextmanager
def webhook(*statuses: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A chat service: its address, and what was posted to it. It answers with the statuses in turn, the last stays."""
    posted: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(statuses[min(len(posted), len(statuses)) - 1])
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/hooks/very-secret", posted
        server.shutdown()


@contextmanager
def mail_server(*, refusals: int = 0) -> Iterator[tuple[str, list[str]]]:
    """An SMTP server: its address, and every line it was told. The first `refusals` mails it does not accept (451)."""
    told: list[str] = []
    left = [refusals]

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            in_data = False
            while line := self.rfile.readline().decode():
                told.append(line.rstrip("\r\n"))
                if in_data and told[-1] != ".":
                    continue
                in_data = told[-1].upper() == "DATA"
                if told[-1].upper() == "QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                if told[-1] == "." and left[0]:
                    left[0] -= 1
                    told[-1] = "refused"
                    self.wfile.write(b"451 later\r\n")
                    continue
                self.wfile.write(b"354 go on\r\n" if in_data else b"250 fine\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", told
        server.shutdown()


def mails(told: list[str]) -> list[Message]:
    """The mails that the server was told and accepted."""
    found: list[Message] = []
    start: int | None = None
    for number, line in enumerate(told):
        if line.upper() == "DATA":
            start = number + 1
        elif line in {".", "refused"} and start is not None:
            if line == ".":
                found.append(message_from_string("\n".join(told[start:number])))
            start = None
    return found
