"""Where records are kept."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.credentials.stores import FileStore, MemoryStore, Store
from onecloud_magic.errors import OneCloudError, StoreDamaged, UsageError
from onecloud_magic.home import Home

Shown = Callable[[BaseException], str]


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, home: Home) -> Store:
    return FileStore("default", home) if request.param == "file" else MemoryStore()


def test_it_begins_empty(store: Store) -> None:
    assert store.load() is None


def test_it_keeps_the_last_record(store: Store, record: Record) -> None:
    later = replace(record, access_token=Secret("another"), generation=1)

    store.save(record)
    assert store.load() == record

    store.save(later)
    assert store.load() == later


def test_it_forgets(store: Store, record: Record) -> None:
    store.save(record)

    store.forget()
    store.forget()

    assert store.load() is None


def test_a_file_serves_every_store_of_its_profile_and_no_other(home: Home, record: Record) -> None:
    FileStore("default", home).save(record)

    assert FileStore("default", home).load() == record
    assert FileStore("other", home).load() is None


def test_a_forgotten_token_is_on_no_disk(home: Home, record: Record, token: str) -> None:
    store = FileStore("default", home)
    store.save(record)
    assert token.encode() in home.record("default").read_bytes()

    store.forget()

    left = [path for path in home.root.rglob("*") if path.is_file()]
    assert [(path.name, path.read_bytes()) for path in left] == [("writing", b"")]


def test_what_is_forgotten_leaves_which_tokens_were_spent_and_no_secret(
    home: Home, record: Record, token: str
) -> None:
    store = FileStore("default", home)
    spent = replace(record, generation=1, spent=("0123abcd",))
    store.save(spent)

    store.forget()

    left = store.load()
    assert left == spent.emptied()
    assert left is not None
    assert left.signed_out
    assert token.encode() not in home.record("default").read_bytes()
    store.forget()
    assert store.load() == left


def test_of_a_record_that_spent_nothing_nothing_is_left(home: Home, record: Record) -> None:
    store = FileStore("default", home, "abc")
    store.save(record)

    store.forget()

    assert store.load() is None
    assert not home.record("default", "abc").exists()


def test_of_a_token_that_may_be_spent_the_fingerprint_is_left(home: Home, record: Record) -> None:
    store = FileStore("default", home)
    store.save(record)

    store.forget(["0123abcd"])

    left = store.load()
    assert left is not None
    assert left.signed_out
    assert left.spent == ("0123abcd",)


def test_a_sign_in_that_is_pending_is_not_the_session(home: Home, record: Record) -> None:
    FileStore("default", home, "abc").save(record)

    assert FileStore("default", home).load() is None
    assert FileStore("default", home, "abc").load() == record


def test_what_a_crash_left_of_a_write_is_forgotten_too(home: Home, record: Record) -> None:
    store = FileStore("default", home)
    store.save(record)
    left = home.record("default").with_name(".record.json.abc123")
    left.write_text(record.to_json())

    store.forget()

    assert not left.exists()


def test_a_record_is_replaced_only_where_it_is_still_the_one_that_was_read(
    home: Home, record: Record
) -> None:
    store = FileStore("default", home)
    other, newer = replace(record, account="other"), replace(record, generation=1)
    store.save(record)

    store.replace(record, newer)
    assert store.load() == newer

    store.save(other)
    store.replace(newer, replace(record, generation=2))
    assert store.load() == other

    store.forget()
    store.replace(other, newer)
    assert store.load() is None


# ---- what cannot be read

DAMAGED = {
    "empty": b"",
    "other JSON": b"{}",
    "a list": b"[]",
    "binary": bytes(range(256)),
    "zeros": b"\0" * 600,
    "a page": b"<!DOCTYPE html>",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("act", ["load", "save", "forget"])
def test_what_is_damaged_is_set_aside_and_said_once(
    home: Home, record: Record, content: bytes, act: str
) -> None:
    path, store = damaged(home, content)
    acts: dict[str, Callable[[], object]] = {
        "load": store.load,
        "save": lambda: store.save(record),
        "forget": store.forget,
    }

    with pytest.raises(StoreDamaged, match=r"record\.json was damaged") as caught:
        acts[act]()

    kept = Path(caught.value.kept_at)
    assert str(kept) in str(caught.value)
    assert "%onecloud login" in caught.value.hint
    assert kept.read_bytes() == content
    assert kept.stat().st_mode & 0o077 == 0
    assert not path.exists()
    assert store.load() is None
    store.save(record)
    assert store.load() == record
    assert kept.read_bytes() == content


def test_a_record_that_was_cut_is_set_aside_and_shows_no_token(
    home: Home, record: Record, token: str, shown: Shown
) -> None:
    whole = record.to_json().encode()
    _, store = damaged(home, whole[:-1])

    with pytest.raises(StoreDamaged) as caught:
        store.load()

    assert Path(caught.value.kept_at).read_bytes() == whole[:-1]
    assert token not in shown(caught.value)


@pytest.mark.parametrize("act", ["load", "save", "forget", "replace"])
def test_a_record_of_a_newer_version_is_refused_and_left_as_it_is(
    home: Home, record: Record, token: str, shown: Shown, act: str
) -> None:
    newer = json.dumps({**json.loads(record.to_json()), "schema": 2, "more": token}).encode()
    path, store = damaged(home, newer)
    acts: dict[str, Callable[[], object]] = {
        "load": store.load,
        "save": lambda: store.save(record),
        "forget": store.forget,
        "replace": lambda: store.replace(record, record),
    }

    for _ in range(2):
        with pytest.raises(StoreDamaged, match="newer version") as caught:
            acts[act]()

    assert path.read_bytes() == newer
    assert caught.value.kept_at == str(path)
    assert "Upgrade" in caught.value.hint
    assert token not in shown(caught.value)
    assert {each.name for each in path.parent.iterdir()} - {"writing"} == {"record.json"}


def test_what_another_process_has_set_aside_first_is_what_it_has_put_there(
    home: Home, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, store = damaged(home, b"{}")

    def quicker(_: Home, __: Path) -> None:
        path.write_text(record.to_json())

    monkeypatch.setattr(Home, "set_aside", quicker)

    assert store.load() == record


def damaged(home: Home, content: bytes) -> tuple[Path, FileStore]:
    """A store whose file holds *content*."""
    path = home.record("default")
    home.replace(path, memoryview(content))
    return path, FileStore("default", home)


# ---- disks


@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
def test_a_full_disk_keeps_the_record_before_and_shows_no_token(
    home: Home,
    record: Record,
    token: str,
    shown: Shown,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = replace(record, access_token=Secret("before"))
    store = FileStore("default", home)
    store.save(before)

    with monkeypatch.context() as patched:
        if step == "open":
            patched.setattr("onecloud_magic.home.files.mkstemp", full)
        else:
            patched.setattr(os, step, full)
        with pytest.raises(OneCloudError, match="No space left") as caught:
            store.save(record)

    assert store.load() == before
    left = {path.name for path in home.record("default").parent.iterdir()}
    assert left == {"record.json", "writing"}
    assert token not in shown(caught.value)


def test_a_name_that_is_no_profile_makes_no_store(home: Home) -> None:
    with pytest.raises(UsageError):
        FileStore("../other", home)
