"""Answers of a hostile publisher, and how a request that gets them must end.

`{port}` in an address is the port of a server on loopback that must not be contacted. The word in `ends` is the class
of the error, or "taken" where the answer is harmless and is used.
"""

from __future__ import annotations

import gzip
import itertools
import socket
import time
import zlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from tests.flows.stand_in import xlsx, zipped

HOST = "digital.nhs.uk"
Send = Callable[[socket.socket], None]


class Attack(NamedTuple):
    """One answer: what it tries, its name, how a request of a page or a file ends, and what sends it."""

    aim: str
    name: str
    ends: str
    send: Send
    kind: str = "page"


def raw(*parts: bytes) -> Send:
    """Send these bytes."""

    def send(to: socket.socket) -> None:
        for part in parts:
            to.sendall(part)

    return send


def answer(body: bytes, *headers: str, status: str = "200 OK", length: bool = True) -> Send:
    """Send a response; with its true length unless the headers say another."""
    lines = [f"HTTP/1.1 {status}", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([*lines, "", ""])
    # Single bytes above 127 where possible, which are no UTF-8.
    return raw(head.encode("utf-8" if max(head) > "\xff" else "latin-1") + body)


def endless(start: bytes, parts: Iterable[bytes], *, pause: float = 0) -> Send:
    """Send `start`, then part after part, until the reader closes the connection."""

    def send(to: socket.socket) -> None:
        to.sendall(start)
        for part in parts:
            to.sendall(part)
            time.sleep(pause)

    return send


def redirect(location: str, status: str = "302 Found") -> Send:
    """Send the reader elsewhere."""
    return answer(b"", f"Location: {location}", status=status)


OK = b"HTTP/1.1 200 OK\r\n"
PAGE = b"<html><title>Statistics</title><p>text</p></html>"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BOOK = xlsx()
ZEROS = bytes(20_000_000)


def _gzipped(times: int) -> bytes:
    content = ZEROS
    for _ in range(times):
        content = gzip.compress(content, mtime=0)
    return content


ELSEWHERE = [
    "http://digital.nhs.uk/x",
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://[::1]:{port}/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:ffff:7f00:1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fd00:ec2::254]/latest/meta-data/",
    "https://[64:ff9b::7f00:1]/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://127.1/",
    "https://0/",
    "https://0.0.0.0:{port}/",
    "https://169.254.169.254/latest/meta-data/",
    "http://169.254.169.254/latest/meta-data/",
    "https://metadata.google.internal/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://localhost/",
    "https://localhost:{port}/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://localhost.localdomain/",
    "https://127.0.0.1.nip.io/",
    "https://①②⑦.⓪.⓪.①/",
    "https://digital.nhs.uk./x",
    "https://someone@digital.nhs.uk/x",
    "https://someone:secret@digital.nhs.uk/x",
    "https://digital.nhs.uk@127.0.0.1/",
    "https://digital.nhs.uk:443@127.0.0.1:{port}/",
    "https://digital.nhs.uk%40127.0.0.1/",
    "https://digital.nhs.uk\\@127.0.0.1/",
    "https://digital.nhs.uk\\.example.org/",
    "https://digital.nhs.uk:{port}/",
    "https://digital.nhs.uk:22/",
    "https://digital.nhs.uk:99999/",
    "https://digital.nhs.uk:-1/",
    "https://digital.nhs.uk:x/",
    "https://digital.nhs.uk.example.org/",
    "https://example.org/digital.nhs.uk",
    "https://example.org#@digital.nhs.uk/",
    "https://example.org?digital.nhs.uk",
    "https://example.org;digital.nhs.uk/",
    "https://digital.nhs.uk%2eexample.org/",
    "https://digital.nhs.uk%00.example.org/",
    "https://digital.nhs.uk\t.example.org/",
    "https://xn--digitl-3ve.nhs.uk/",
    "https://digit\u00e0l.nhs.uk/",
    "//127.0.0.1:{port}/x",
    "https:///127.0.0.1/x",
    "https://",
    "https://[::1",
    "https://[zz]/",
    "https://[v1.x]/",
    "//[",
    "file:///etc/passwd",
    "file://digital.nhs.uk/etc/passwd",
    "ftp://digital.nhs.uk/x",
    "gopher://127.0.0.1:{port}/_x",
    "dict://127.0.0.1:{port}/x",
    "ldap://127.0.0.1:{port}/x",
    "jar:https://digital.nhs.uk/x!/y",
    "unix:///var/run/docker.sock",
    "data:text/html,<p>x</p>",
    "javascript:alert(1)",
    "view-source:https://digital.nhs.uk/",
    "wss://digital.nhs.uk/x",
]
"""Where a publisher may not send a reader: refused before anything is sent there."""

REDIRECTS = [Attack("lead elsewhere", f"to {each}", "AddressRefused", redirect(each)) for each in ELSEWHERE] + [
    *(
        Attack(
            "lead elsewhere", f"a file, with {status}", "AddressRefused", redirect("https://10.0.0.1/", status), "file"
        )
        for status in ("301 Moved", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect")
    ),
    Attack("lead in circles", "to itself", "AddressRefused", redirect("")),
    Attack("lead in circles", "to its own query", "AddressRefused", redirect("?again")),
    Attack("lead in circles", "to a path below, always", "AddressRefused", redirect("./a/b/c/")),
    Attack("lead elsewhere", "a path of 20,000 characters", "AddressRefused", redirect("/" + "a" * 20_000)),
    Attack("lead elsewhere", "a backslash in a path", "AddressRefused", redirect("/\\127.0.0.1/x")),
    Attack("lead elsewhere", "bytes that are no text", "AddressRefused", redirect("https://\xff\xfe/")),
    Attack(
        "lead elsewhere",
        "two locations",
        "AddressRefused",
        answer(b"", "Location: /a", "Location: https://10.0.0.1/", status="302 Found"),
    ),
    Attack("lead elsewhere", "no location", "Unreachable", answer(b"", status="302 Found")),
    Attack("lead elsewhere", "a refresh header", "taken", answer(PAGE, "Refresh: 0; url=https://127.0.0.1:{port}/")),
    Attack(
        "lead elsewhere",
        "a refresh in the page",
        "taken",
        answer(b'<meta http-equiv="refresh" content="0;url=http://127.0.0.1/">'),
    ),
]

LENGTHS = [
    *(
        Attack(
            "wrong length",
            f"a file of length {length!r}",
            ends,
            answer(BOOK, f"Content-Length: {length}", length=False),
            "file",
        )
        for length, ends in (
            (str(len(BOOK) + 5_000), "Unreachable"),
            ("2000", "NotWhatItClaims"),
            ("0", "NotWhatItClaims"),
            ("-1", "Unreachable"),
            ("-99999999999999999999", "Unreachable"),
            ("1e3", "Unreachable"),
            ("0x10", "Unreachable"),
            ("1_000", "Unreachable"),
            ("٣", "Unreachable"),
            ("", "Unreachable"),
            ("99999999999", "TooLarge"),
            ("9" * 5_000, "Unreachable"),
            ("5, 6", "Unreachable"),
        )
        if length.isascii()
    ),
    Attack(
        "wrong length", "the same length twice", "Unreachable", answer(BOOK, f"Content-Length: {len(BOOK)}"), "file"
    ),
    Attack("wrong length", "two lengths", "Unreachable", answer(BOOK, "Content-Length: 7"), "file"),
    Attack(
        "wrong length",
        "a length and chunks",
        "Unreachable",
        raw(OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + BOOK),
        "file",
    ),
    Attack("wrong length", "no length and no chunks", "Unreachable", answer(BOOK, length=False), "file"),
    Attack("wrong length", "a page cut off", "Unreachable", raw(OK + b"Content-Length: 500\r\n\r\n<html>")),
    Attack("wrong length", "an empty page", "Unreachable", answer(b"")),
    Attack(
        "wrong length",
        "a part that was not asked for",
        "Unreachable",
        answer(BOOK, "Content-Range: bytes 7-9/10", status="206 Partial Content"),
        "file",
    ),
    Attack(
        "wrong length", "416 without a question", "Unreachable", answer(b"", status="416 Range Not Satisfiable"), "file"
    ),
    Attack("wrong length", "304 without a question", "Unreachable", answer(b"", status="304 Not Modified"), "file"),
    Attack("wrong length", "304 for a page never seen", "Unreachable", answer(b"", status="304 Not Modified")),
]

CHUNKS = [
    Attack("wrong chunks", name, "Unreachable", raw(CHUNKED + body), kind)
    for kind in ("page", "file")
    for name, body in (
        ("a size that is no number", b"zz\r\n<html>\r\n0\r\n\r\n"),
        ("a negative size", b"-5\r\n<html>\r\n0\r\n\r\n"),
        ("a size beyond 64 bits", b"f" * 40 + b"\r\n<html>"),
        ("a size of 100,000 digits", b"0" * 100_000 + b"5\r\n<html>"),
        ("no last chunk", b"5\r\n<html\r\n"),
        ("a chunk cut off", b"500\r\n<html>"),
        ("no size at all", b""),
    )
] + [
    Attack(
        "wrong chunks",
        "a size of endless digits",
        "Unreachable",
        endless(CHUNKED, itertools.repeat(b"0" * 65_536)),
        "file",
    ),
    Attack(
        "wrong chunks",
        "an endless extension",
        "Unreachable",
        endless(CHUNKED + b"5;", itertools.repeat(b"a" * 65_536)),
        "file",
    ),
    Attack(
        "wrong chunks",
        "endless trailers",
        "Unreachable",
        endless(CHUNKED + b"6\r\n<html>\r\n0\r\n", itertools.repeat(b"X: y\r\n" * 1_000)),
    ),
    Attack(
        "slow",
        "trailers, a byte at a time",
        "Unreachable",
        endless(CHUNKED + b"6\r\n<html>\r\n0\r\n", itertools.cycle([b"X", b":", b"y", b"\r\n"]), pause=0.05),
    ),
]

SLOW = [
    Attack("slow", f"{name}, a byte at a time", "Unreachable", endless(start, itertools.repeat(b"a"), pause=0.05), kind)
    for kind in ("page", "file")
    for name, start in (
        ("the status line", b"HTTP/1.1 200 "),
        ("a header", OK + b"X: "),
        ("a body of a declared length", OK + b"Content-Length: 900000\r\n\r\n"),
        ("a body without a length", OK + b"\r\n"),
        ("a chunk", CHUNKED + b"9000\r\n"),
        ("the size of a chunk", CHUNKED + b"1;"),
    )
] + [
    Attack("slow", "nothing at all", "Unreachable", lambda _: time.sleep(1)),
    Attack(
        "slow", "nothing after the headers", "Unreachable", endless(OK + b"Content-Length: 9\r\n\r\n", [b""], pause=1)
    ),
    Attack(
        "slow",
        "endless interim responses",
        "Unreachable",
        endless(b"", itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"), pause=0.01),
    ),
    Attack(
        "slow",
        "an error page, a byte at a time",
        "Unreachable",
        endless(b"HTTP/1.1 500 No\r\nContent-Length: 90000\r\n\r\n", itertools.repeat(b"a"), pause=0.05),
    ),
]

LARGE = [
    Attack("too much", "an endless page", "TooLarge", endless(OK + b"\r\n", itertools.repeat(b"<p>" * 20_000))),
    Attack(
        "too much",
        "an endless page in chunks",
        "TooLarge",
        endless(CHUNKED, itertools.repeat(b"1000\r\n" + b"a" * 4_096 + b"\r\n")),
    ),
    Attack(
        "too much",
        "an endless file in chunks",
        "TooLarge",
        endless(CHUNKED, itertools.repeat(b"1000\r\n" + b"a" * 4_096 + b"\r\n")),
        "file",
    ),
    Attack(
        "too much",
        "a declared terabyte",
        "TooLarge",
        endless(OK + b"Content-Length: 1000000000000\r\n\r\n", itertools.repeat(b"a" * 65_536)),
        "file",
    ),
    *(
        Attack(
            "too much",
            f"{name} that unpacks to 20 MB, as a {kind}",
            ends,
            answer(body, f"Content-Encoding: {encoding}"),
            kind,
        )
        for kind in ("page", "file")
        for name, encoding, body, ends in (
            ("gzip", "gzip", _gzipped(1), "TooLarge"),
            ("gzip within gzip", "gzip, gzip", _gzipped(2), "TooLarge"),
            ("deflate", "deflate", zlib.compress(ZEROS), "TooLarge"),
        )
    ),
    Attack(
        "too much",
        "gzip a hundred times",
        "Unreachable",
        answer(b"x", "Content-Encoding: " + ", ".join(["gzip"] * 100)),
    ),
    Attack("too much", "gzip that is none", "Unreachable", answer(PAGE, "Content-Encoding: gzip")),
    Attack(
        "too much",
        "br, which was not asked for",
        "NotWhatItClaims",
        answer(b"\x8b\x00\x80", "Content-Encoding: br"),
        "file",
    ),
    Attack("too much", "a zip that unpacks to 20 MB", "UnsafeZip", answer(zipped({"xl/workbook.xml": ZEROS})), "file"),
    Attack("too much", "1,000 headers", "Unreachable", answer(PAGE, *(f"X-{n}: y" for n in range(1_000)))),
    Attack("too much", "endless headers", "Unreachable", endless(OK, (b"X-%d: y\r\n" % n for n in itertools.count()))),
    Attack("too much", "a header of a megabyte", "Unreachable", answer(PAGE, "X: " + "y" * 1_000_000)),
    Attack("too much", "an endless header", "Unreachable", endless(OK + b"X: ", itertools.repeat(b"y" * 65_536))),
    Attack(
        "too much", "an endless status line", "Unreachable", endless(b"HTTP/1.1 200 ", itertools.repeat(b"y" * 65_536))
    ),
    Attack(
        "too much",
        "90 cookies of 4,000 characters",
        "taken",
        answer(PAGE, *(f"Set-Cookie: c{n}={'v' * 4_000}; Domain=nhs.uk" for n in range(90))),
    ),
    Attack("too much", "an ETag of 60,000 characters", "taken", answer(PAGE, f'ETag: "{"e" * 60_000}"')),
]

PROTOCOL = (
    [
        Attack("other than HTTP", name, "Unreachable", raw(body))
        for name, body in (
            ("nothing", b""),
            ("a greeting of another protocol", b"220 mail.example.org ESMTP\r\n"),
            ("HTTP/0.9", PAGE),
            ("a status that is no number", b"HTTP/1.1 abc OK\r\n\r\n"),
            ("status 0", b"HTTP/1.1 000 X\r\nContent-Length: 0\r\n\r\n"),
            ("status 999", b"HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n"),
            ("status -200", b"HTTP/1.1 -200 X\r\nContent-Length: 0\r\n\r\n"),
            ("101 Switching Protocols", b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"),
            ("204 without a body", b"HTTP/1.1 204 No Content\r\n\r\n"),
            ("version 9.9", b"HTTP/9.9 500 X\r\nContent-Length: 0\r\n\r\n"),
        )
    ]
    + [
        Attack(
            "other than HTTP",
            f"Retry-After {value!r} with {status}",
            "Unreachable",
            answer(b"", f"Retry-After: {value}", status=status),
            "file",
        )
        for status in ("429 Too Many", "503 Unavailable")
        for value in (
            "999999999",
            "9" * 400,
            "-5",
            "1e400",
            "\xb2",
            "soon",
            "",
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "Mon, 01 Jan 0001 00:00:00 +9999",
            "Fri, 31 Dec 99999 23:59:59 GMT",
        )
    ]
    + [
        Attack(
            "other than text", f"charset {name!r}", "taken", answer(PAGE, f"Content-Type: text/html; charset={name}")
        )
        for name in (
            "nonsense",
            "zlib",
            "rot13",
            "base64",
            "idna",
            "punycode",
            "undefined",
            "utf-7",
            "utf-16",
            "unicode_escape",
            "../../x",
            "a" * 5_000,
            "\xff",
            "",
            "mbcs",
        )
    ]
    + [
        Attack("other than text", "bytes that are no text", "taken", answer(bytes(range(1, 256)) * 10)),
        Attack("other than text", "100,000 nested elements", "taken", answer(b"<div>" * 36_000)),
    ]
)

FILES = [
    Attack("another file", name, ends, answer(body, *headers), "file")
    for name, ends, body, headers in (
        ("a page", "NotWhatItClaims", PAGE, ["Content-Type: application/vnd.ms-excel"]),
        (
            "a login form",
            "NotWhatItClaims",
            b"<html><form action=/login><input type=password></form>",
            ["Content-Type: text/html"],
        ),
        ("a script", "NotWhatItClaims", b"#!/bin/sh\nid\n", []),
        ("a program", "NotWhatItClaims", b"\x7fELF" + bytes(500), []),
        ("a Windows program", "NotWhatItClaims", b"MZ" + bytes(500), []),
        ("a PDF", "NotWhatItClaims", b"%PDF-1.7\n", []),
        ("nothing but spaces", "NotWhatItClaims", b" " * 100, []),
        ("a member that leads outside", "UnsafeZip", zipped({"../../x": b"x", "xl/workbook.xml": b"x"}), []),
        ("a member with an absolute path", "UnsafeZip", zipped({"/etc/cron.d/x": b"x", "xl/workbook.xml": b"x"}), []),
        ("a member on a drive", "UnsafeZip", zipped({"C:\\x": b"x", "xl/workbook.xml": b"x"}), []),
        ("a workbook half sent as a whole", "NotWhatItClaims", BOOK[: len(BOOK) // 2], []),
    )
] + [
    Attack(
        "another name", f"Content-Disposition {value!r}", "taken", answer(BOOK, f"Content-Disposition: {value}"), "file"
    )
    for value in (
        "attachment; filename=../../../../etc/passwd",
        'attachment; filename="/etc/cron.d/x"',
        "attachment; filename*=UTF-8''..%2F..%2Fx",
        "attachment; filename=con.xlsx",
        "attachment; filename=" + "a" * 5_000,
        "attachment; filename=x.xlsx; filename=y.sh",
        "filename",
        "\xff",
    )
]

ATTACKS = [*REDIRECTS, *LENGTHS, *CHUNKS, *SLOW, *LARGE, *PROTOCOL, *FILES]

PRIVATE_PEERS = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "192.88.99.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::1", "2001::1", "2001:db8::1", "fc00::1",
    "fd00:ec2::254", "fe80::1", "fe80::1%2", "fec0::1", "ff02::1",
]  # fmt: skip
"""What an allowed host's name may resolve to: refused before a connection is made."""

NAMES = [
    "..%2F..%2F..%2Fetc%2Fcron.d%2F{name}", "%2e%2e%2f%2e%2e%2f{name}", "..%5C..%5C{name}", "%2Fetc%2F{name}",
    "C:%5CWindows%5C{name}", "C%3A{name}", "%5C%5Cserver%5Cshare%5C{name}", "%00{name}", "{name}%00.sh", "%0A{name}",
    "%0D%0ASet-Cookie%3A x%0D%0A{name}", "%1B%5B31m{name}", "%E2%80%AE{name}", "%C2%85{name}", "%E2%80%A8{name}",
    "CON {name}", "NUL.{name}", "%20%20{name}", "...{name}", "~%2F{name}", "$(id) {name}", "`id` {name}", "-rf {name}",
    "=cmd%7C' %2FC calc'!A0 {name}", "%3Cscript%3Ealert(1)%3C%2Fscript%3E{name}", "'; DROP TABLE x;-- {name}",
    "{name_upper}", "{name}%E3%80%82", "%EF%BC%8E%EF%BC%8E%EF%BC%8F{name}", "a%25%32%65%25%32%66{name}", "{long}{name}",
    "%F0%9F%92%A3{name}", "%FF%FE{name}",
]  # fmt: skip
"""Last parts of addresses of files, which give a file its name."""
