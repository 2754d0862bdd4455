"""What is known of a session, and what is written down of it."""

from __future__ import annotations

import json
import pickle
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.credentials.hosts import HOSTS, resolve
from onecloud_magic.credentials.records import Record, Unreadable
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.errors import UsageError
from onecloud_magic.home import Home

DAMAGED = Unreadable(newer=False)


def stored(record: Record) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(record.to_json())
    return fields


def parsed(fields: object) -> Record | Unreadable:
    return Record.from_json(memoryview(json.dumps(fields).encode()))


def read(fields: object) -> Record:
    record = parsed(fields)
    assert isinstance(record, Record)
    return record


def test_it_is_read_as_it_was_written(record: Record) -> None:
    full = replace(
        record,
        client_secret=Secret(secrets.token_hex(20)),
        obtained_at=1_790_000_000.25,
        expires_at=1_800_000_000.5,
        generation=3,
        spent=("0123abcd", "4567cdef"),
    )

    for each in (record, full):
        assert read(stored(each)) == each


def test_what_is_read_comes_from_the_store(record: Record) -> None:
    assert record.source == "argument"
    assert read(stored(record)).source == "store"


def test_it_shows_no_secret_and_is_not_pickled(record: Record, token: str) -> None:
    assert token not in repr(record)
    with pytest.raises(TypeError):
        pickle.dumps(record)


def test_a_schema_of_the_future_is_told_from_damage(record: Record) -> None:
    newer = parsed({**stored(record), "schema": 2, "more": 1})

    assert newer == Unreadable(newer=True)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 0},
        {"schema": "2"},
        {"base_url": None},
        {"base_url": 5},
        {"access_token": 5},
        {"access_token": "a b"},
        {"expires_at": "soon"},
        {"obtained_at": True},
        {"generation": 1.5},
        {"generation": True},
        {"spent": "0123abcd"},
        {"spent": [1]},
        {"more": 1},
    ],
)
def test_a_field_of_another_kind_is_damage(record: Record, change: dict[str, Any]) -> None:
    assert parsed({**stored(record), **change}) == DAMAGED


def test_a_missing_field_is_damage(record: Record) -> None:
    for name in stored(record):
        assert parsed({key: at for key, at in stored(record).items() if key != name}) == DAMAGED


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"\xff\xfe", b"\0" * 99, b"[" * 100_000])
def test_what_is_no_record_is_damage(data: bytes) -> None:
    assert Record.from_json(memoryview(data)) == DAMAGED


def test_every_cut_of_a_record_is_damage(record: Record) -> None:
    data = record.to_json().encode()

    assert {Record.from_json(memoryview(data[:end])) for end in range(len(data))} == {DAMAGED}


@given(st.binary(max_size=60))
def test_no_bytes_give_an_error_or_a_record(data: bytes) -> None:
    assert Record.from_json(memoryview(data)) == DAMAGED


def test_the_account_is_the_host_and_the_client_id_whatever_the_tokens() -> None:
    def account(host: str, client_id: str = "an-app") -> str:
        token = Secret(secrets.token_hex(20))
        return Record.given(
            resolve(host), "argument", client_id=client_id, access_token=token
        ).account

    assert account("us") == account("us") == account("https://h.app.wdesk.com/s/wdata/oc/api")
    assert len({account("us"), account("eu"), account("us", "other"), account("classic")}) == 4


def test_without_a_client_id_the_first_token_names_the_account_for_good(token: str) -> None:
    first = Record.given(HOSTS["classic"], "argument", access_token=Secret(token))
    again = Record.given(HOSTS["classic"], "environment", access_token=Secret(token))
    other = Record.given(HOSTS["classic"], "argument", access_token=Secret(token + "x"))
    later = read(stored(replace(first, access_token=other.access_token, generation=1)))

    assert first.account == again.account == later.account != other.account


@given(st.text(min_size=1))
def test_an_account_can_be_a_file_name(client_id: str) -> None:
    for host in ("us", "http://[::1]:8080/a/b"):
        token = Secret(secrets.token_hex(20))
        record = Record.given(resolve(host), "argument", client_id=client_id, access_token=token)

        assert Home(Path()).record(record.account).parent.name == record.account


@pytest.mark.parametrize("names", [[], ["refresh_token"], ["client_secret"]])
def test_a_credential_that_lacks_a_part_is_refused(names: list[str], token: str) -> None:
    with pytest.raises(UsageError):
        Record.given(HOSTS["us"], "argument", client_id="", **dict.fromkeys(names, Secret(token)))


def test_it_belongs_to_both_of_its_addresses(record: Record) -> None:
    assert record.belongs_to(HOSTS["classic"])
    assert not record.belongs_to(HOSTS["us"])
    assert not record.belongs_to(resolve("classic", "https://example.com/oauth/token"))
