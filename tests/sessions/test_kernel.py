"""Interrupt, Restart and Shutdown of a real kernel while the answer to a refresh is in flight."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from onecloud_magic import OneCloud
from onecloud_magic.sandbox import Sandbox

from .common import DEADLINE, TOKEN, Gate, helpers, is_live, posts, stored, until

pytestmark = pytest.mark.process

LOADED = "%load_ext onecloud_magic\n%config OneCloud.base_url = {url!r}\n"
CALL = "oc = %onecloud status\nlen(oc.call('getWorkspaces'))"


class Kernel:
    """A kernel of this Python, and what comes of its cells."""

    def __init__(self) -> None:
        self.manager = KernelManager(kernel_name="")
        self.manager._kernel_spec = KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        )
        self.manager.start_kernel()
        self._client: Any = self.manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def send(self, code: str) -> str:
        return str(self._client.execute(code))

    def result(self, asked: str) -> str:
        """What the cell gave: its value, or the name of its error."""
        ends = time.monotonic() + DEADLINE
        given = ""
        while True:
            message = self._client.get_iopub_msg(timeout=max(0.1, ends - time.monotonic()))
            if message["parent_header"].get("msg_id") != asked:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "execute_result":
                given = content["data"]["text/plain"]
            elif kind == "error":
                given = content["ename"]
            elif kind == "status" and content["execution_state"] == "idle":
                return given

    def run(self, code: str) -> str:
        return self.result(self.send(code))

    def restart(self) -> None:
        self.manager.restart_kernel(now=True)
        self._client.wait_for_ready(timeout=60)

    def end(self) -> None:
        self._client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Kernel]:
    """A kernel with folders of its own."""
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        monkeypatch.setenv(name, str(folder))
    started = Kernel()
    yield started
    started.end()


@pytest.fixture
def gate(sandbox: Sandbox) -> Gate:
    """The service has spent the token, and its answer is on its way until the gate is opened."""
    held = Gate()
    sandbox.faults.add(held, path=TOKEN, times=1)
    return held


def in_flight(kernel: Kernel, sandbox: Sandbox, gate: Gate) -> str:
    kernel.run(LOADED.format(url=sandbox.url))
    asked = kernel.send(CALL)
    gate.wait()
    return asked


def answered(home: Path, gate: Gate) -> None:
    gate.open()
    until(lambda: not helpers(home))


def test_an_interrupt_loses_nothing(
    expired: OneCloud, kernel: Kernel, sandbox: Sandbox, gate: Gate, home: Path
) -> None:
    asked = in_flight(kernel, sandbox, gate)

    kernel.manager.interrupt_kernel()

    assert kernel.result(asked) == "KeyboardInterrupt"
    answered(home, gate)
    assert kernel.run(CALL) == "3"
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))


def test_a_restart_loses_nothing(
    expired: OneCloud, kernel: Kernel, sandbox: Sandbox, gate: Gate, home: Path
) -> None:
    in_flight(kernel, sandbox, gate)

    kernel.restart()

    answered(home, gate)
    kernel.run(LOADED.format(url=sandbox.url))
    assert kernel.run(CALL) == "3"
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))


def test_a_cell_that_runs_before_the_answer_is_there_waits_for_it(
    expired: OneCloud, kernel: Kernel, sandbox: Sandbox, gate: Gate, home: Path
) -> None:
    asked = in_flight(kernel, sandbox, gate)
    kernel.manager.interrupt_kernel()
    assert kernel.result(asked) == "KeyboardInterrupt"

    asked = kernel.send(CALL)
    until(lambda: len(helpers(home)) == 2)
    gate.open()

    assert kernel.result(asked) == "3"
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))


@pytest.mark.parametrize("now", [True, False], ids=["killed", "asked to end"])
def test_a_shutdown_loses_nothing(
    expired: OneCloud, kernel: Kernel, sandbox: Sandbox, gate: Gate, home: Path, now: bool
) -> None:
    in_flight(kernel, sandbox, gate)

    kernel.manager.shutdown_wait_time = 0.5  # seconds until it is killed all the same
    kernel.manager.shutdown_kernel(now=now)

    answered(home, gate)
    assert stored(home).generation == 1
    assert is_live(sandbox, stored(home))
