"""Symbols that say why there is no number, or what to know of one. Importing this loads no other library."""

from __future__ import annotations

STATUSES = {
    "c": "suppressed by the publisher to protect confidentiality",
    "x": "not available: the publisher printed no figure",
    "z": "not applicable",
    "low": "more than zero but below what the publisher prints",
    "p": "provisional",
    "r": "revised by the publisher",
    "b": "break in the series",
    "u": "low reliability: small numbers",
}
"""Symbols of the Government Statistical Service, as stored in `value_status`. NULL: a plain published number."""

STATUS_WORDS = {
    "c": "suppressed",
    "x": "not available",
    "z": "not applicable",
    "low": "below what is printed",
    "p": "provisional",
    "r": "revised",
    "b": "break in series",
    "u": "low reliability",
}
"""The same in a few words, for a cell of a table. What 'u' rests on differs: the mart says it of its column."""
