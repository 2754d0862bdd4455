"""The dresses of a secret: every form in which it may stand in a file, a message or a page."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

__all__ = ["DRESSES", "SHORTEST", "dresses"]

SHORTEST = 16  # characters; what is shorter may stand anywhere by chance
DRESSES = (
    *("raw", "latin-1", "utf-16-le", "utf-16-be", "base64", "base64-url", "base64-utf-16"),
    *("url", "url-plus", "json", "json-twice", "html", "python", "hex", "half"),
)


def dresses(secret: str) -> dict[bytes, str]:
    """All forms of *secret*, each with the name of its dress; what is the same is there once."""
    assert len(secret) >= SHORTEST, "a secret that short would be seen everywhere"
    found: dict[bytes, str] = {}
    for name, form in _forms(secret):
        found.setdefault(form, name)
    return found


def _forms(secret: str) -> Iterator[tuple[str, bytes]]:
    raw = secret.encode()
    yield "raw", raw
    yield "latin-1", secret.encode("latin-1", "ignore")
    for order in ("le", "be"):
        yield f"utf-16-{order}", secret.encode(f"utf-16-{order}")
    for text in _as_text(secret):
        yield text[0], text[1].encode()
    for digits in (raw.hex(), raw.hex().upper()):
        yield "hex", digits.encode()
    for part in _base64(raw):
        yield "base64", part
        yield "base64-url", part.translate(bytes.maketrans(b"+/", b"-_"))
    for part in _base64(secret.encode("utf-16-le")):
        yield "base64-utf-16", part
    # What was cut off or quoted in an unknown way still has a half of it.
    middle = len(secret) // 2
    yield "half", secret[:middle].encode()
    yield "half", secret[middle:].encode()


def _as_text(secret: str) -> Iterator[tuple[str, str]]:
    yield "url", quote(secret, safe="")
    yield "url", quote(secret)
    yield "url-plus", quote_plus(secret)
    for is_ascii in (True, False):
        once = json.dumps(secret, ensure_ascii=is_ascii)[1:-1]
        yield "json", once
        yield "json-twice", json.dumps(once)[1:-1]
    for quotes in (True, False):
        yield "html", html.escape(secret, quote=quotes)
    yield "python", repr(secret)[1:-1]
    yield "python", repr(secret.encode())[2:-1]


def _base64(raw: bytes) -> Iterator[bytes]:
    """What is the same in base64, whatever stands before and behind: one form a start."""
    for before, first in ((0, 0), (1, 2), (2, 3)):
        whole = base64.b64encode(bytes(before) + raw)
        last = {0: 0, 1: 3, 2: 2}[(before + len(raw)) % 3]  # its last bits depend on what follows
        yield whole[first : len(whole) - last]
