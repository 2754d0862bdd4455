"""The eye: finds secrets in whatever a run has left, packed and dressed as they may be."""

from __future__ import annotations

import gzip
import io
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from .dresses import dresses

__all__ = ["SKIPPED", "Eye", "Sight"]

# Why a kind of file is not looked into.
SKIPPED = {".png": "its words are points of light", ".woff2": "a typeface of the front end"}
_GZIP, _ZIP, _SQLITE, _PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"SQLite format 3\0", b"PAR1"


class Sight(NamedTuple):
    """A secret that was seen, by its name: where, and in which dress."""

    secret: str
    dress: str
    where: str


class Eye:
    """Looks for *secrets*, given by their names.

    Attributes:
        looked: where it has looked, in the order of its looks.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        assert secrets, "an eye that looks for nothing finds nothing"
        self._dresses = {name: dresses(secret) for name, secret in secrets.items()}
        self.looked: list[str] = []

    def at(self, data: bytes | str, where: str = "") -> list[Sight]:
        """What can be seen in bytes, or in a text."""
        self.looked.append(where)
        raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        flat = raw.translate(None, b"\r\n").replace(b"\\n", b"")  # base64 comes in lines
        return [
            Sight(name, dress, where)
            for name, forms in self._dresses.items()
            for form, dress in forms.items()
            if form in raw or (dress.startswith("base64") and form in flat)
        ]

    def below(self, folder: Path) -> list[Sight]:
        """What can be seen in the files below *folder*, in their names, and behind their links."""
        seen: list[Sight] = []
        files = 0
        for path in sorted(folder.rglob("*")):
            where = path.relative_to(folder).as_posix()
            seen += self.at(where, f"name of {where}")
            if path.is_symlink():
                seen += self.at(str(path.readlink()), where)
            elif path.is_file() and path.suffix not in SKIPPED:
                files += 1
                seen += self.in_file(path, where)
        assert files, f"there is nothing to look at in {folder}"
        return seen

    def in_file(self, path: Path, where: str) -> list[Sight]:
        """What can be seen in a file, as it is and unpacked."""
        parts = _unpacked(path.read_bytes())
        return list(dict.fromkeys(each for part in parts for each in self.at(part, where)))


def _unpacked(data: bytes) -> Iterator[bytes]:
    """The bytes themselves, then what is packed in them."""
    yield data
    if data.startswith(_GZIP):
        yield from _unpacked(gzip.decompress(data))
    elif data.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from _unpacked(archive.read(name))
    elif data.startswith(_SQLITE):
        yield from _rows(data)
    elif data.startswith(_PARQUET):
        yield from _columns(data)
    elif data[:1] == b"x":
        yield from _inflated(data)


def _rows(database: bytes) -> Iterator[bytes]:
    """Every cell of every table: on a page, a long text is in pieces."""
    with closing(sqlite3.connect(":memory:")) as opened:
        # A copy that was taken while somebody wrote says that its log is elsewhere.
        opened.deserialize(database[:18] + b"\1\1" + database[20:])
        opened.text_factory = bytes
        tables = opened.execute("SELECT name, sql FROM sqlite_master").fetchall()
        for name, made_by in tables:
            yield made_by or b""
            if (made_by or b"").upper().startswith(b"CREATE TABLE"):
                quoted = name.decode().replace('"', '""')
                for row in opened.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608  # quoted
                    for cell in row:
                        packed = cell if isinstance(cell, bytes) else str(cell).encode()
                        yield from _unpacked(packed)


def _columns(data: bytes) -> Iterator[bytes]:
    import pyarrow.parquet  # type: ignore[import-untyped]  # it has no types

    table = pyarrow.parquet.read_table(io.BytesIO(data))
    yield repr(table.schema.metadata).encode()
    yield repr(table.to_pylist()).encode()


def _inflated(data: bytes) -> Iterator[bytes]:
    try:
        yield zlib.decompress(data)
    except zlib.error:  # it only began like it
        return
