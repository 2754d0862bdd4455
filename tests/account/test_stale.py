"""The service is down, the day is spent, or no call is wanted: what was answered before."""

from __future__ import annotations

import warnings
from contextlib import suppress
from typing import Any

import pytest

from onecloud_magic import OneCloud, OneCloudError, OneCloudWarning
from onecloud_magic.account import settings
from onecloud_magic.errors import Forbidden, QuotaExceeded, Unreachable
from onecloud_magic.sandbox import Sandbox, faults
from tests.conftest import Clock

from .conftest import NewSandbox, SignIn
from .reads import READS, Read

HOUR, DAY = 3_600.0, 86_400.0
every_read = pytest.mark.parametrize("read", READS, ids=repr)
kept_reads = pytest.mark.parametrize(
    "read",
    [read for read in READS if read.name not in ("find_inputs", "nodes", "outputs")],
    ids=repr,
)


def told(read: Read, account: OneCloud, **more: Any) -> tuple[dict[str, Any], list[str]]:
    """What a frame says of itself, and the lines that people are told."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", OneCloudWarning)
        frame = read(account, **more)
    return frame.attrs["onecloud"], [str(each.message) for each in seen]


@pytest.fixture
def known(account: OneCloud, clock: Clock, sandbox: Sandbox, read: Read) -> OneCloud:
    """An account that has asked for everything, two hours ago."""
    account.serve_stale = "warn"
    told(read, account)
    clock.advance(2 * HOUR)
    sandbox.requests.clear()
    return account


@kept_reads
def test_while_the_service_is_down_the_last_known_answer_is_given_and_says_so(
    known: OneCloud, sandbox: Sandbox, read: Read
) -> None:
    sandbox.faults.add(faults.status(503))

    facts, said = told(read, known)

    assert facts["source"] == "stale"
    assert facts["age_seconds"] == pytest.approx(2 * HOUR, abs=60)  # some went for the tries
    (line,) = [each for each in said if "Shown is" in each]
    assert line.startswith(f"{read.name}: ")
    assert line.endswith("Shown is what was answered 2 h 00 min ago.")
    assert len(sandbox.requests) <= 3


@every_read
def test_never_is_never(known: OneCloud, sandbox: Sandbox, read: Read) -> None:
    known.serve_stale = "never"
    known.cache.clear("runs")
    sandbox.faults.add(faults.status(503))

    with pytest.raises(Unreachable):
        told(read, known)


@every_read
def test_a_refresh_is_never_answered_from_the_cache(
    known: OneCloud, sandbox: Sandbox, read: Read
) -> None:
    sandbox.faults.add(faults.status(503))

    with pytest.raises(Unreachable):
        told(read, known, refresh=True)


@pytest.mark.parametrize("read", READS[:1], ids=repr)
def test_a_refusal_is_no_outage(known: OneCloud, sandbox: Sandbox, read: Read) -> None:
    sandbox.faults.add(faults.status(403))

    with pytest.raises(Forbidden):
        told(read, known)


@pytest.mark.parametrize("read", READS[:1], ids=repr)
def test_once_the_service_is_back_it_is_asked(
    known: OneCloud, sandbox: Sandbox, read: Read
) -> None:
    sandbox.faults.add(faults.status(503))
    told(read, known)
    sandbox.faults.clear()

    facts, said = told(read, known)

    assert (facts["source"], said) == ("network", [])


def test_when_the_day_is_spent_the_last_known_answer_is_given(
    new_sandbox: NewSandbox, sign_in: SignIn, clock: Clock
) -> None:
    account = sign_in(new_sandbox(daily_limit=20), serve_stale="warn")
    account.workspaces()
    clock.advance(HOUR)
    spend(account)

    clock.advance(HOUR)
    with pytest.warns(OneCloudWarning, match=r"workspaces: The calls of the day are spent\."):
        frame = account.workspaces()

    assert frame.attrs["onecloud"]["source"] == "stale"


def spend(account: OneCloud) -> None:
    with suppress(QuotaExceeded):
        while True:
            account.workspaces(refresh=True)


def test_runs_are_those_of_the_last_look_live_ones_as_they_were(
    account: OneCloud, sandbox: Sandbox, clock: Clock
) -> None:
    account.serve_stale = "warn"
    before = account.runs(since="5 days", limit=None)
    clock.advance(HOUR)
    account.chains()
    sandbox.faults.add(faults.status(502), path="/v1/execute/*")

    with pytest.warns(OneCloudWarning, match="1 h|60 min"):
        after = account.runs(since="5 days", limit=None)

    assert after.attrs["onecloud"]["source"] == "stale"
    assert set(after["id"]) <= set(before["id"])
    assert len(after) > len(before) / 2


# ---- offline


@kept_reads
def test_offline_makes_no_call_and_answers_whatever_the_age(
    known: OneCloud, sandbox: Sandbox, clock: Clock, read: Read
) -> None:
    known.offline, known.serve_stale = True, "never"
    clock.advance(30 * DAY)

    facts, said = told(read, known)

    assert not sandbox.requests
    assert facts["source"] == "stale"
    assert [each for each in said if each.startswith(f"{read.name}: Offline: no call is made.")]


def test_offline_what_is_not_known_cannot_be_had(account: OneCloud, sandbox: Sandbox) -> None:
    account.workspaces()
    sandbox.requests.clear()
    account.offline = True

    assert len(account.workspaces()) == 3
    with pytest.raises(Unreachable, match="Offline") as error:
        account.users()
    with pytest.raises(Unreachable, match="Offline"):
        account.workspaces(refresh=True)
    with pytest.raises(Unreachable, match="Offline"):
        account.call("publishChain", chain_id="1")
    with pytest.raises(Unreachable, match="Offline"):
        account.login(**sandbox.credentials)
    assert "offline = False" in error.value.hint
    assert not sandbox.requests


def test_offline_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECLOUD_OFFLINE", "1")

    assert OneCloud().offline


@pytest.mark.parametrize(("there", "default"), [(True, "warn"), (False, "never")])
def test_where_nobody_sees_it_nothing_stale_is_given(
    monkeypatch: pytest.MonkeyPatch, there: bool, default: str
) -> None:
    monkeypatch.setattr(settings, "somebody_is_there", lambda: there)

    assert OneCloud().serve_stale == default


def test_settings_of_one_object_are_not_those_of_another(
    account: OneCloud, sandbox: Sandbox
) -> None:
    account.workspaces()
    offline = OneCloud(base_url=account.base_url, offline=True, serve_stale="never")
    sandbox.requests.clear()

    def look(_: object = None) -> None:
        assert account.quota is not None  # the line follows who used it last

    look()
    with pytest.raises(OneCloudError, match="Offline"):
        offline.users()
    assert len(account.users()) > 0
    assert len(sandbox.requests) == 1
