"""Where records are kept."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace

import pytest

from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.credentials.stores import FileStore, MemoryStore, Store
from onecloud_magic.errors import NotSignedIn, OneCloudError, UsageError
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

    assert not [path for path in home.root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("content", ["{}", "", '{"schema": 99}'])
def test_what_it_cannot_read_it_does_not_overwrite(
    home: Home, record: Record, content: str
) -> None:
    path = home.record("default")
    path.parent.mkdir(parents=True)
    path.write_text(content)
    store = FileStore("default", home)

    for act in (store.load, lambda: store.save(record), store.forget):
        with pytest.raises(NotSignedIn, match=r"record\.json"):
            act()

    assert path.read_text() == content


def test_a_full_disk_keeps_the_record_before_and_shows_no_token(
    home: Home, record: Record, token: str, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = replace(record, access_token=Secret("before"))
    store = FileStore("default", home)
    store.save(before)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OneCloudError, match="No space left") as caught:
        store.save(record)

    assert store.load() == before
    assert token not in shown(caught.value)


def test_a_damaged_file_shows_no_token(
    home: Home, record: Record, token: str, shown: Shown
) -> None:
    home.replace(home.record("default"), memoryview(record.to_json()[:-1].encode()))

    with pytest.raises(NotSignedIn) as caught:
        FileStore("default", home).load()

    assert token not in shown(caught.value)


def test_a_name_that_is_no_profile_makes_no_store(home: Home) -> None:
    with pytest.raises(UsageError):
        FileStore("../other", home)
