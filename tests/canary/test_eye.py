"""The eye sees a secret in every dress and every package, and nothing where there is none."""

from __future__ import annotations

import base64
import gzip
import html
import json
import pickle
import secrets
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from .canaries import made_up
from .dresses import DRESSES
from .eye import Eye

Written = Callable[[str], bytes]


@pytest.fixture
def canary() -> str:
    return made_up("access")


@pytest.fixture
def eye(canary: str) -> Eye:
    return Eye({"other": made_up("other"), "canary": canary})


def found(eye: Eye, data: bytes | str) -> set[str]:
    sights = eye.at(data)
    assert {each.secret for each in sights} <= {"canary"}
    return {each.dress for each in sights}


# Each is written without the help of `dresses`.
WRITTEN: dict[str, Written] = {
    "raw": lambda text: text.encode(),
    "latin-1": lambda text: text.encode("latin-1"),
    "utf-16-le": lambda text: f"in a {text} log".encode("utf-16-le"),
    "utf-16-be": lambda text: f"in a {text} log".encode("utf-16-be"),
    "url": lambda text: f"a={quote(text, safe='')}&b".encode(),
    "url-plus": lambda text: f"a={quote_plus(f'a {text}')}&b".encode(),
    "json": lambda text: json.dumps({"a": text}).encode(),
    "json-twice": lambda text: json.dumps(json.dumps({"a": text})).encode(),
    "html": lambda text: html.escape(f"<{text}>").encode(),
    "python": lambda text: repr([text, text.encode()]).encode(),
    "hex": lambda text: f"0x{text.encode().hex()}".encode(),
    "base64-utf-16": lambda text: base64.b64encode(text.encode("utf-16-le")),
}


@pytest.mark.parametrize("dress", WRITTEN)
def test_it_sees_a_secret_in_every_dress(eye: Eye, canary: str, dress: str) -> None:
    written = WRITTEN[dress](canary)

    # A plus sign and a percent sign are written alike by both.
    assert dress in found(eye, written) or (dress == "url-plus" and "url" in found(eye, written))
    assert dress in DRESSES


@pytest.mark.parametrize("write", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", range(6))
@pytest.mark.parametrize("behind", range(3))
@pytest.mark.parametrize("padding", ["kept", "cut"])
@pytest.mark.parametrize("longer", range(3))
def test_it_sees_base64_wherever_the_secret_begins_and_ends(
    write: Callable[[bytes], bytes], before: int, behind: int, padding: str, longer: int
) -> None:
    canary = made_up("access") + "x" * longer
    written = write(secrets.token_bytes(before) + canary.encode() + secrets.token_bytes(behind))

    seen = found(Eye({"canary": canary}), written.rstrip(b"=") if padding == "cut" else written)

    assert seen & {"base64", "base64-url"}


def test_it_sees_base64_that_is_broken_into_lines(eye: Eye, canary: str) -> None:
    lines = base64.encodebytes(b"." * 40 + canary.encode())

    assert b"\n" in lines.strip()
    assert "base64" in found(eye, lines)
    assert "base64" in found(eye, json.dumps(lines.decode()))


def test_it_sees_hex_in_large_letters(eye: Eye, canary: str) -> None:
    assert "hex" in found(eye, canary.encode().hex().upper())


@pytest.mark.parametrize("part", [slice(0, -3), slice(3, None)])
def test_it_sees_a_secret_that_was_cut_off(eye: Eye, canary: str, part: slice) -> None:
    assert found(eye, canary[part]) == {"half"}


def test_it_sees_a_secret_in_a_pickle(eye: Eye, canary: str) -> None:
    assert "raw" in found(eye, pickle.dumps({"a": [canary]}))


@pytest.mark.parametrize("dress", WRITTEN)
def test_it_sees_nothing_where_there_is_nothing(eye: Eye, dress: str) -> None:
    assert not found(eye, WRITTEN[dress](made_up("access")))


def test_it_has_nothing_to_do_with_what_is_too_short() -> None:
    with pytest.raises(AssertionError):
        Eye({"short": "CANARY"})
    with pytest.raises(AssertionError):
        Eye({})


# ---- files


def test_it_looks_at_every_file_of_a_tree_and_says_where(
    eye: Eye, canary: str, tmp_path: Path
) -> None:
    for name in ("a/b/.hidden/log", "a/b/c.txt", f"d/{canary.encode().hex()}"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("nothing")
    (tmp_path / "a/b/.hidden/log").write_text(canary)
    (tmp_path / "a/link").symlink_to(f"/nowhere/{canary.replace('/', '')}/{canary}")

    seen = eye.below(tmp_path)

    places = {each.where.removesuffix(canary.encode().hex()) for each in seen}
    assert places == {"a/b/.hidden/log", "name of d/", "a/link"}
    assert "a/b/c.txt" in eye.looked


def test_it_does_not_trust_a_folder_without_files(eye: Eye, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"")

    with pytest.raises(AssertionError, match="nothing to look at"):
        eye.below(tmp_path)


def packed(kind: str, text: str, file: Path) -> None:
    if kind == "gzip":
        file.write_bytes(gzip.compress(text.encode()))
    elif kind == "zlib":
        file.write_bytes(zlib.compress(text.encode()))
    elif kind == "zip":
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inside", text)
    elif kind == "parquet":
        frame = pytest.importorskip("pandas").DataFrame({"a": [text] * 20})
        pytest.importorskip("pyarrow")
        frame.to_parquet(file)
    else:
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("PRAGMA page_size = 512")
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("CREATE TABLE kept (at INTEGER, what TEXT)")
            database.execute("INSERT INTO kept VALUES (1, ?)", [text])


@pytest.mark.parametrize("kind", ["gzip", "zlib", "zip", "parquet", "sqlite"])
def test_it_opens_what_is_packed(eye: Eye, canary: str, tmp_path: Path, kind: str) -> None:
    packed(kind, f"before {canary} behind", tmp_path / "kept")

    assert "raw" in {each.dress for each in eye.below(tmp_path)}


def test_it_sees_a_text_that_lies_on_several_pages_of_a_database(tmp_path: Path) -> None:
    canary = secrets.token_hex(600)
    eye = Eye({"canary": canary})
    packed("sqlite", canary, tmp_path / "kept")

    seen = eye.below(tmp_path)

    assert not found(eye, (tmp_path / "kept").read_bytes())
    assert "raw" in {each.dress for each in seen}
