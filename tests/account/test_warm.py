"""A read that was made before: a copy of a frame, which nobody can change for the next."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from onecloud_magic import OneCloud, OneCloudWarning
from onecloud_magic.account import reader
from onecloud_magic.sandbox import Sandbox
from tests.conftest import Clock

from .conftest import NewSandbox, SignIn
from .reads import READS, Read

KEPT = [read for read in READS if read.table != "runs"]
pytestmark = pytest.mark.filterwarnings("ignore::onecloud_magic.OneCloudWarning")
every_read = pytest.mark.parametrize("read", KEPT, ids=repr)


class NoPlan:
    """What stands in for a reading where none may be begun."""

    def __init__(self, *_: object) -> None:
        raise AssertionError("The frame was made anew.")


@every_read
def test_a_second_read_is_a_copy_of_the_frame(
    account: OneCloud, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = read(account)
    monkeypatch.setattr(reader, "Reading", NoPlan)

    again = read(account)

    assert again is not first
    assert_frame_equal(again, first, check_exact=True)


@every_read
def test_whatever_a_reader_does_to_a_frame_the_next_one_gets_it_whole(
    account: OneCloud, read: Read
) -> None:
    right = read(account, refresh=True)
    right = right.copy()
    facts = dict(right.attrs["onecloud"])

    for _ in range(2):  # also to the one that was made, not copied
        mine = read(account)
        spoil(mine)

    again = read(account)
    assert_frame_equal(again, right, check_exact=True)
    assert again.attrs["onecloud"] | {"source": "", "calls": 0, "age_seconds": 0} == (
        facts | {"source": "", "calls": 0, "age_seconds": 0}
    )


def spoil(frame: pd.DataFrame) -> None:
    """Everything that changes a frame in its place."""
    frame.attrs["onecloud"]["table"] = "mine"
    frame.attrs["more"] = [1]
    for name in frame.columns:
        column: Any = frame[name].array
        if len(column) > 1:
            column[0] = column[1]
            frame.loc[0, name] = frame[name].iloc[1]
    frame.iloc[:, 0] = pd.NA
    frame["new"] = 1
    frame.drop(columns=frame.columns[1], inplace=True)  # that is the point
    frame.sort_index(ascending=False, inplace=True)  # that is the point


def test_the_first_frame_is_not_the_kept_one_either(account: OneCloud) -> None:
    first = account.workspaces()
    right = first.copy()

    spoil(first)

    assert_frame_equal(account.workspaces(), right, check_exact=True)


def test_its_age_grows_with_the_clock_and_it_ends_with_its_answers(
    account: OneCloud, sandbox: Sandbox, clock: Clock
) -> None:
    account.workspaces()
    clock.advance(599)
    old = account.workspaces().attrs["onecloud"]
    clock.advance(2)
    new = account.workspaces().attrs["onecloud"]

    assert (old["source"], old["age_seconds"], old["calls"]) == ("cache", 599, 0)
    assert (new["source"], new["age_seconds"], new["calls"]) == ("network", 0, 1)


def test_a_shorter_life_counts_for_what_was_read_before(
    account: OneCloud, sandbox: Sandbox, clock: Clock
) -> None:
    account.workspaces()
    clock.advance(100)
    account.cache_ttl = 60.0
    sandbox.requests.clear()

    account.workspaces()

    assert len(sandbox.requests) == 1


def test_what_one_read_refreshes_no_other_gives_old(
    new_sandbox: NewSandbox, sign_in: SignIn
) -> None:
    account = sign_in(new_sandbox())
    before = account.schedules()
    chain = account.chains(environment="Finance Close/Production").iloc[0]
    exported = account.call("exportChain", chain_id=chain["id"])

    account.call(
        "importChain", environment_id=chain["environment_id"], file=("copy.chain", exported)
    )
    account.chains(refresh=True)
    after = account.schedules()

    assert after.attrs["onecloud"]["calls"] == 0
    assert len(after) >= len(before)
    assert len(account.chains()) > 0


def test_what_another_kernel_forgets_is_forgotten(
    account: OneCloud, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onecloud_magic.account import files, line

    account.workspaces()
    sandbox.requests.clear()
    with monkeypatch.context() as patched:
        patched.setattr(line, "_lines", {})
        patched.setattr(files, "_shelves", {})
        assert OneCloud(base_url=sandbox.url).cache.clear() > 0

    account.workspaces()

    assert len(sandbox.requests) == 1


def test_a_frame_that_stopped_at_its_limit_says_so_each_time(account: OneCloud) -> None:
    for _ in range(2):
        with pytest.warns(OneCloudWarning, match=r"logins: 10 read, and there may be more\."):
            assert not account.logins(limit=10).attrs["onecloud"]["complete"]


def test_two_accounts_never_share_a_frame(new_sandbox: NewSandbox, sign_in: SignIn) -> None:
    one, other = new_sandbox(seed=1), new_sandbox(seed=2)
    mine = sign_in(one)
    mine.users()

    theirs = sign_in(other, "other")

    assert theirs.users().attrs["onecloud"]["source"] == "network"
    assert mine.users().attrs["onecloud"]["source"] == "cache"
