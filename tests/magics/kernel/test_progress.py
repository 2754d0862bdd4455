"""The progress of long reads as a front end gets it from a kernel, and as it is saved."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import nbformat
import papermill  # type: ignore[import-untyped]  # papermill's
import pytest

from onecloud_magic.sandbox import Sandbox, faults

from .commands import variables
from .conftest import NewKernel, NewPlace
from .gates import Gates
from .running import NAME, PATIENCE, Kernel, Message, Place, Ran
from .test_failing_notebooks import executor, notebook

pytestmark = pytest.mark.process

SIGN_IN = "%load_ext onecloud_magic\nfrom onecloud_magic import OneCloud\noc = OneCloud()"
LONG = 1.0  # seconds of a call: three one after another are a read that lasts


@pytest.fixture
def asking(new_kernel: NewKernel, box: Sandbox) -> Kernel:
    """A kernel with an account that has asked once."""
    kernel = new_kernel(**variables(box))
    kernel.run(SIGN_IN).succeeded()
    kernel.run("oc.environments()").succeeded()
    return kernel


def shown(ran: Ran) -> dict[str, list[Message]]:
    """What was shown in a cell, by its display id."""
    every: dict[str, list[Message]] = {}
    for kind in ("display_data", "update_display_data"):
        for each in ran.of(kind):
            every.setdefault(each["transient"]["display_id"], []).append(each["data"])
    return every


@pytest.mark.parametrize("cell", ["df = oc.environments(refresh=True)", "%onecloud environments;"])
def test_a_long_read_is_one_display_that_ends_as_facts(
    asking: Kernel, box: Sandbox, cell: str
) -> None:
    asking.run("oc.cache.clear()").succeeded()
    box.faults.add(faults.latency(LONG))

    ran = asking.run(cell).succeeded()

    [drawn] = shown(ran).values()
    assert len(ran.of("display_data")) == 1
    assert "<progress" in drawn[0]["text/html"]
    assert drawn[-1]["text/plain"].startswith("environments: 4 calls in 3 s, ended at 20")
    assert "<progress" not in drawn[-1]["text/html"]
    assert ran.printed == ""


def test_reads_in_two_threads_are_one_display(asking: Kernel, box: Sandbox) -> None:
    box.faults.add(faults.latency(LONG))

    ran = asking.run(
        "import threading\n"
        "reads = [lambda: oc.environments(refresh=True), lambda: oc.users()]\n"
        "threads = [threading.Thread(target=each) for each in reads]\n"
        "[each.start() for each in threads]; [each.join() for each in threads]\n"
        "None"
    ).succeeded()

    [drawn] = shown(ran).values()
    said = {words for each in drawn for words in [each["text/plain"].split(":")[0]]}
    assert said & {"environments, users", "users, environments"}
    assert "ended at" in drawn[-1]["text/plain"]
    assert ran.printed == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows interrupts kernels otherwise")
def test_an_interrupt_ends_the_wait_and_the_line_says_so(new_kernel: NewKernel) -> None:
    sent: list[Message] = []

    def interrupt(message: Message) -> None:
        sent.append(message)
        if message["msg_type"] == "display_data":
            kernel.manager.interrupt_kernel()

    with Sandbox(burst_limit=2) as narrow:
        kernel = new_kernel(**variables(narrow), ONECLOUD_BURST_LIMIT="2")
        kernel.run(SIGN_IN).succeeded()
        reply = kernel.client.execute_interactive(
            "oc.environments(refresh=True)", output_hook=interrupt, timeout=PATIENCE
        )
        after = kernel.run("oc.activity.reads, oc.activity.waiting_until")

    [drawn] = shown(Ran(reply, sent)).values()
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert "; waiting " in drawn[0]["text/plain"]
    assert drawn[-1]["text/plain"].startswith("environments: interrupted after 2 calls in ")
    assert after.data["text/plain"] == "((), None)"


def test_an_output_that_is_closed_is_no_obstacle(asking: Kernel, box: Sandbox) -> None:
    box.faults.add(faults.latency(LONG))

    ran = asking.run(
        "import sys\n"
        "kept, sys.stdout, sys.stderr = (sys.stdout, sys.stderr), None, None\n"
        "frame = oc.environments(refresh=True)\n"
        "sys.stdout, sys.stderr = kept\n"
        "len(frame)"
    )

    assert ran.data["text/plain"] == "12"


# ---- what is saved


@pytest.fixture
def slow(new_place: NewPlace, box: Sandbox) -> Place:
    """Where a notebook runs for which every call takes long."""
    box.faults.add(faults.latency(LONG))
    return new_place(**variables(box))


CELLS = (SIGN_IN, "%onecloud environments;", "_ = oc.users(); _ = oc.environments(refresh=True)")


def saved(cell: Any) -> str:
    """The one thing that a cell has shown, as the file has it."""
    [output] = cell.outputs
    assert output.output_type == "display_data"
    assert set(output.data) == {"text/plain", "text/html"}
    assert "<progress" not in json.dumps(output)
    return str(output.data["text/plain"])


def test_nbclient_saves_the_facts_alone(slow: Place) -> None:
    client = executor(slow, *CELLS)

    client.execute(env=slow.env)

    assert client.nb.cells[0].outputs == []
    for cell in client.nb.cells[1:]:
        assert "environments: 4 calls in" in saved(cell)


def test_papermill_saves_the_facts_alone(slow: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(os.environ) - set(slow.env):
        monkeypatch.delenv(name)
    for name, value in slow.env.items():
        monkeypatch.setenv(name, value)
    before, after = Path(slow.root, "before.ipynb"), Path(slow.root, "after.ipynb")
    nbformat.write(notebook(*CELLS), before)

    papermill.execute_notebook(before, after, kernel_name=NAME, progress_bar=False)

    cells = nbformat.read(after, 4).cells
    assert "environments: 4 calls in" in saved(cells[-2])
    nbformat.validate(nbformat.read(after, 4))


def test_progress_that_is_not_wanted_is_not_saved(slow: Place) -> None:
    env = {**slow.env, "ONECLOUD_PROGRESS": "False"}
    client = executor(slow, *CELLS)

    client.execute(env=env)

    assert [cell.outputs for cell in client.nb.cells] == [[], [], []]


def test_a_read_that_is_held_is_told_of(asking: Kernel, box: Sandbox) -> None:
    gates = Gates(box)
    threading.Timer(2.5, gates.allow, (99,)).start()

    ran = asking.run("_ = oc.environments(refresh=True)").succeeded()

    [drawn] = shown(ran).values()
    assert drawn[0]["text/plain"].startswith("environments: 1 of 4 calls, 2 s")
