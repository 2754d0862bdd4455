"""`oc.cache`: what is kept, and how it is forgotten."""

from __future__ import annotations

import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import UsageError
from onecloud_magic.sandbox import Sandbox
from tests.conftest import NOW, Clock

DTYPES = {
    "kind": "string",
    "entries": "Int64",
    "size_bytes": "Int64",
    "oldest_at": "datetime64[us, UTC]",
    "newest_at": "datetime64[us, UTC]",
}


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(dtype) for name, dtype in frame.dtypes.items()}


def test_nothing_is_kept_at_first_in_the_same_columns(account: OneCloud) -> None:
    info = account.cache.info()

    assert info.empty
    assert dtypes(info) == DTYPES


def test_what_is_kept_is_told_by_its_kind(
    account: OneCloud, sandbox: Sandbox, clock: Clock
) -> None:
    account.environments()
    clock.advance(10)
    account.chains(workspace="Finance Close")
    account.users()
    sandbox.requests.clear()

    info = account.cache.info()

    assert dtypes(info) == DTYPES
    assert list(info["kind"]) == ["metadata", "security"]
    assert list(info["entries"]) == [1 + 3 + 4, 1]
    assert (info["size_bytes"] > 100).all()
    assert list(info["oldest_at"]) == [at(NOW), at(NOW + 10)]
    assert list(info["newest_at"]) == [at(NOW + 10), at(NOW + 10)]
    assert not sandbox.requests


def at(seconds: float) -> pd.Timestamp:
    return pd.Timestamp(seconds, unit="s", tz="UTC")


@pytest.mark.parametrize(
    ("kind", "gone", "left"),
    [
        (None, 5, []),
        ("metadata", 4, ["security"]),
        ("security", 1, ["metadata"]),
        ("runs", 0, ["metadata", "security"]),
    ],
)
def test_a_kind_or_all_is_forgotten(
    account: OneCloud, kind: str | None, gone: int, left: list[str]
) -> None:
    account.environments()
    account.users()

    assert account.cache.clear(kind) == gone

    assert list(account.cache.info()["kind"]) == left


def test_what_was_forgotten_is_asked_for_again(account: OneCloud) -> None:
    account.workspaces()

    account.cache.clear()

    assert account.workspaces().attrs["onecloud"]["source"] == "network"


def test_a_kind_that_there_is_not_names_those_that_there_are(account: OneCloud) -> None:
    with pytest.raises(UsageError) as told:
        account.cache.clear("everything")

    assert told.value.hint == "Kinds: metadata, security, runs."


def test_runs_are_kept_one_by_one(account: OneCloud) -> None:
    runs = account.runs(chain="Monthly Close", since="60 days", limit=None)

    info = account.cache.info().set_index("kind")

    assert info.loc["runs", "entries"] == len(runs) > 1
