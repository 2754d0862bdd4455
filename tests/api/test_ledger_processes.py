"""The ledger among processes: those that share it, a fork, and the dead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from onecloud_magic.api import FileLedger, Share, Tally
from onecloud_magic.api.ledger import has_ended, owner
from onecloud_magic.home import Home
from tests.conftest import need

from .clock import Clock
from .counting import a_pace, made, make


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def a_dead_process() -> str:
    run = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        check=True,
        text=True,
    )
    return f"{run.stdout.strip()}-abc"


def test_a_process_is_known_to_have_ended_or_not() -> None:
    assert not has_ended(owner())
    assert has_ended(f"{os.getpid()}-another")
    assert has_ended("nonsense")
    assert not has_ended(f"{os.getppid()}-abc")


@pytest.mark.process
@pytest.mark.skipif(sys.platform == "win32", reason="there they end by their age")
def test_what_a_dead_process_had_under_way_is_over(home: Home) -> None:
    ledger, clock, dead = FileLedger(home, "me"), Clock(), a_dead_process()

    def leave(tally: Tally) -> None:
        share = Share(tally, 5)
        share.expect(clock.now, "read", dead, 50)
        for number in range(5):
            tally.heard_at = clock.now
            assert share.may_go(clock.now, f"call {number}", dead) is None

    ledger.change(leave)

    make(a_pace(ledger, clock), 1)

    assert 19 < sum(clock.slept) < 21  # they may have been counted
    assert ledger.change(lambda tally: (len(tally.flying), len(tally.coming))) == (0, 0)


def forked() -> int:
    if sys.platform == "win32":
        raise NotImplementedError
    return os.fork()


@pytest.mark.process
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_fork_has_a_connection_of_its_own(home: Home) -> None:
    ledger = FileLedger(home, "me")
    make(a_pace(ledger, Clock(), 100), 2)

    child = forked()
    if child == 0:
        make(a_pace(ledger, Clock(), 100), 3)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    make(a_pace(ledger, Clock(), 100), 1)

    assert made(ledger) == 6


TOGETHER = """
import warnings

from onecloud_magic import OneCloudWarning

warnings.simplefilter("error", OneCloudWarning)
import sys, threading, time
from pathlib import Path
from onecloud_magic.api import FileLedger, Pace, Quota
from onecloud_magic.home import Home

def work():
    try:
        ledger = FileLedger(Home(Path(sys.argv[1])), "me")
        pace = Pace(100_000, ledger=ledger)
        for _ in range(15):
            with pace.turn() as turn:
                turn.answered(Quota())
        troubles.extend(ledger.troubles())
    except BaseException as error:
        troubles.append(repr(error))

troubles = []
threads = [threading.Thread(target=work) for _ in range(8)]
while time.time() < float(sys.argv[2]):
    time.sleep(0.001)
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(troubles or "well")
"""


@pytest.mark.process
def test_processes_that_open_a_new_file_together_count_every_call(home: Home) -> None:
    import time

    need("python3")
    at = str(time.time() + 1.5)
    command = [sys.executable, "-c", TOGETHER]
    every = [
        subprocess.Popen(  # noqa: S603  # our own script
            [*command, str(home.root), at],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(4)
    ]

    said = [each.communicate(timeout=90)[0].strip() for each in every]

    assert said == ["well"] * 4
    assert made(FileLedger(home, "me")) == 4 * 8 * 15
