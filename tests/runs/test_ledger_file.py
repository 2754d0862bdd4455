"""The file of the ledger: what must be in it before a call leaves, and what never is."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from onecloud_magic import OneCloud, OneCloudError, OneCloudWarning
from onecloud_magic.home import Home
from onecloud_magic.runs import Declared, Entry, Inputs, Starts, Target
from onecloud_magic.runs.claims import Claim
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.company import Chain
from onecloud_magic.sandbox.messages import Reply, Request
from tests.conftest import Clock
from tests.showing import all_of

from .conftest import asked, ledger_bytes, started, steps

TARGET = Target("7", "Close", "5", "Production", takes=Declared(), usual=60.0)
INPUTS = Inputs({"period": "2026-10"})
SECRET = "correct-horse-battery"  # noqa: S105  # what must not be found
pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")


@pytest.fixture
def starts(home: Path, clock: Clock) -> Starts:
    return Starts(Home(home), "account", clock)


def asks(starts: Starts, inputs: Inputs = INPUTS, **more: Any) -> Entry:
    entry, new = starts.ask(TARGET, inputs, **more)
    assert new
    return entry


def test_a_start_is_on_the_disk_before_it_is_sent(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    seen: list[str] = []

    def look(request: Request, work: Callable[[], Reply]) -> Reply:
        seen.extend(f"{each.step} {each.inputs}" for each in account.starts.mine())
        return work()

    sandbox.faults.add(look, path="*/start")
    account.start(chain.id, inputs={"period": "2026-10"})

    assert seen == ['sending {"period":"2026-10"}']


def test_the_file_is_for_the_owner_alone_and_written_through(home: Path, starts: Starts) -> None:
    asks(starts)

    with starts._book.writing("") as page:
        assert page.file.execute("pragma synchronous").fetchone() == (2,)
    if sys.platform != "win32":
        assert stat.S_IMODE((home / "starts.sqlite").stat().st_mode) == 0o600


def test_clearing_the_cache_and_signing_out_leave_it_alone(account: OneCloud, chain: Chain) -> None:
    run = account.start(chain.id)
    starts = account.starts

    account.cache.clear()
    account.logout()

    assert [each.run_id for each in starts.mine()] == [run.id]


@pytest.mark.parametrize("key", ["password", "api_token", "pwd", "secretKey"])
def test_a_secret_is_neither_in_the_file_nor_on_anything_that_is_shown(
    key: str, account: OneCloud, sandbox: Sandbox, chain: Chain, home: Path
) -> None:
    inputs = {key: SECRET, "deep": {"list": [{"credential": SECRET}]}}
    accept = [*chain.inputs, *(type(chain.inputs[0])("v", "string", name, ()) for name in inputs)]
    chain.inputs = tuple(accept)

    run = account.start(chain.id, inputs=inputs)

    assert sandbox._world.started[0].given == inputs
    assert SECRET.encode() not in ledger_bytes(Home(home))
    shown = [repr(run), str(run), str(run.inputs), *run._repr_mimebundle_().values()]
    shown += [account.starts.frame().to_csv(), repr(account.get_run(run.id).inputs)]
    assert not [each for each in shown if SECRET in each]
    assert "(secret)" in str(run)


def test_the_same_secret_is_the_same_start_and_another_is_another(starts: Starts) -> None:
    asks(starts, Inputs({"password": "one"}), claim=Claim())

    assert starts.ask(TARGET, Inputs({"password": "one"}), again=False)[1] is False
    assert starts.ask(TARGET, Inputs({"password": "two"}), again=False)[1] is True


def test_a_start_that_cannot_be_written_down_is_not_sent(
    account: OneCloud, sandbox: Sandbox, chain: Chain, home: Path
) -> None:
    ready = account.prepare(chain.id)
    (home / "starts.sqlite").mkdir()  # whoever is root may write to what is read-only

    with pytest.raises(
        OneCloudError, match="Nothing was started: the start cannot be written"
    ) as no:
        ready.send()

    assert "ONECLOUD_HOME" in no.value.hint
    assert "POST start" not in asked(sandbox)


def test_a_full_disk_starts_nothing(
    account: OneCloud, sandbox: Sandbox, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.start(chain.id)
    ready = account.prepare(chain.id)
    database = Home.database

    def full(*given: Any, **named: Any) -> sqlite3.Connection:
        opened = database(*given, **named)
        (pages,) = opened.execute("pragma page_count").fetchone()
        opened.execute(f"pragma max_page_count = {pages}")
        return opened

    monkeypatch.setattr(Home, "database", full)
    before = len(started(sandbox))

    def until_it_is_full() -> None:
        for _ in range(100):
            ready.send()

    with pytest.raises(OneCloudError, match="Nothing was started") as no:
        until_it_is_full()

    assert "full" in str(no.value)
    assert len(started(sandbox)) == len(account.starts.mine())
    assert len(started(sandbox)) > before


def test_a_mark_that_fails_keeps_it_from_being_sent(
    account: OneCloud, sandbox: Sandbox, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = account.prepare(chain.id)

    def fails(*_: object) -> None:
        raise OneCloudError("The disk is full.")

    monkeypatch.setattr(Starts, "sending", fails)

    with pytest.raises(OneCloudError, match="full") as failed:
        ready.send()

    assert failed.value.hint == "Nothing was started."
    assert "POST start" not in asked(sandbox)
    assert steps(account) == ["unsent"]


def test_a_run_that_cannot_be_written_down_is_given_all_the_same_and_said(
    account: OneCloud, sandbox: Sandbox, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OneCloudError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(Starts, "became", fails)
        with pytest.warns(OneCloudWarning, match="was started, and the disk is full"):
            run = account.start(chain.id)

    assert started(sandbox) == [run.id]


@pytest.mark.parametrize("where", [0, 4096])
def test_a_damaged_file_is_moved_aside_and_said(where: int, home: Path, starts: Starts) -> None:
    for _ in range(60):
        asks(starts)
    path = home / "starts.sqlite"
    with closing(sqlite3.connect(path)) as file:
        file.execute("pragma wal_checkpoint(truncate)")
    with path.open("r+b") as damaged:
        damaged.seek(where)
        damaged.write(b"\xff" * 2_000)

    with pytest.warns(OneCloudWarning, match="was damaged.*Earlier starts are not known"):
        asks(starts)

    assert len(starts.mine()) == 1
    assert list(home.glob("starts.sqlite.damaged-*"))


def test_looking_writes_no_file(home: Path, starts: Starts) -> None:
    assert starts.mine() == starts.live() == starts.open() == []
    assert starts.user is None
    assert not (home / "starts.sqlite").exists()


def test_a_fork_writes_into_the_same_ledger(starts: Starts) -> None:
    if sys.platform == "win32":
        pytest.skip("there are no forks")
    asks(starts)
    if (child := os.fork()) == 0:
        os._exit(0 if len(starts.mine()) == 1 and asks(starts) else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(starts.mine()) == 2


@pytest.mark.parametrize("trouble", ["refused", "lost", "unsent", "nonsense"])
def test_a_secret_is_on_no_traceback_either(
    trouble: str, account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    given: dict[str, Any] = {"password": SECRET}
    if trouble == "nonsense":
        given["period"] = {SECRET}
    elif trouble != "refused":
        fault = faults.drop_before_work() if trouble == "lost" else faults.status(401)
        sandbox.faults.add(fault, path="*/start")

    with pytest.raises(OneCloudError) as failed:
        account.start(chain.id, inputs=given)

    if failed.value.private:
        assert SECRET not in "".join(failed.value._render_traceback_())
    else:
        assert SECRET not in all_of(failed.value)
