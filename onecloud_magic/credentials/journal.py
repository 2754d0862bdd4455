"""The journal of a refresh: what was asked, and what was answered, before anything is made of it.

A file of a fixed size, made before the token is spent, so that a full disk cannot lose an answer.
An entry is a checksum, a length and JSON; what was cut while it was written counts as not there.
"""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from ..home import Home

__all__ = ["Entry", "Journal"]

Kind = Literal["intent", "unsent", "received"]
_HEAD = struct.Struct("<II")  # checksum and length
_ROOM = 32 * 1024


@dataclass(frozen=True)
class Entry:
    """One line of the journal.

    Attributes:
        kind: a question is about to be sent; it certainly was not; an answer came.
        token: the fingerprint of the refresh token that the question holds.
        attempt: the first question with this token is 1, its only repeat 2.
        at: seconds since the epoch.
        status: of the answer.
        body: of the answer, as it came.
        client: the client id in whose name it was asked; empty stands for any.
    """

    kind: Kind
    token: str
    attempt: int = 1
    at: float = 0.0
    status: int = 0
    body: bytes = b""
    client: str = ""

    def __repr__(self) -> str:
        return f"Entry({self.kind}, {self.token}, attempt {self.attempt}, status {self.status})"


class Journal:
    """The journal at *path*; there is a file only while a refresh is not yet settled."""

    def __init__(self, home: Home, path: Path) -> None:
        self._home, self._path = home, path

    def read(self) -> list[Entry]:
        """The entries that are whole, in their order; none where there is no journal."""
        data = self._home.read(self._path)
        return [] if data is None else list(_entries(data))

    def write(self, entries: Sequence[Entry]) -> None:
        """Add the last of *entries* to those before it, and see that it is on the disk.

        The first one makes the file, with room for the answers to come. An `OneCloudError` says
        that it could not be written.
        """
        *before, more = entries
        start = sum(len(_packed(each)) for each in before)
        room = 0 if before else _ROOM
        self._home.write_at(self._path, _packed(more) + bytes(_HEAD.size), start, room=room)

    def drop(self) -> None:
        """Settled: take the file away."""
        self._home.remove(self._path)


def _packed(entry: Entry) -> bytes:
    fields = asdict(entry) | {"body": base64.b64encode(entry.body).decode()}
    data = json.dumps(fields, separators=(",", ":")).encode()
    return _HEAD.pack(zlib.crc32(data), len(data)) + data


def _entries(data: memoryview) -> Iterator[Entry]:
    start = 0
    while start + _HEAD.size <= len(data):
        checksum, length = _HEAD.unpack_from(data, start)
        text = bytes(data[start + _HEAD.size : start + _HEAD.size + length])
        if not length or len(text) < length or zlib.crc32(text) != checksum:
            return
        entry = _entry(text)
        if entry is None:
            return
        yield entry
        start += _HEAD.size + length


def _entry(text: bytes) -> Entry | None:
    with suppress(ValueError, TypeError):
        fields: dict[str, Any] = json.loads(text)
        return Entry(**{**fields, "body": base64.b64decode(fields["body"])})
    return None
