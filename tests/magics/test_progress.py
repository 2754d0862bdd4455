"""What takes its time is told while it does: in magics, in Python, and in a shell."""

from __future__ import annotations

import sys

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.magics.shell import main
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import Refused, Reply, Request

from .shell import Shell

WAITS = "workspaces: 1 of 1 call, 0 s; waiting "
ENDED = "workspaces: 2 calls in "


def rate_limited(_request: Request, _work: faults.Work) -> Reply:
    raise Refused(422, "Rate limit exceeded", "Too many requests for this user.")


@pytest.fixture
def slow(signed_in: Shell, sandbox: Sandbox) -> Shell:
    """A shell whose next call is refused for want of quota, and waits."""
    sandbox.faults.add(rate_limited, times=1)
    return signed_in


@pytest.mark.parametrize(
    "cell",
    [
        "%onecloud workspaces --refresh;",
        "from onecloud_magic import OneCloud\n_ = OneCloud().workspaces(refresh=True)",
    ],
    ids=["magic", "Python"],
)
def test_a_wait_and_what_came_of_it_are_lines_of_stderr(slow: Shell, cell: str) -> None:
    slow.run(cell)

    first, *between, last = slow.err.splitlines()
    assert first.startswith(WAITS)
    assert last.startswith(ENDED)
    assert between  # it went on; the pace may let it wait once more before it does
    assert all(each.startswith("workspaces: ") for each in between)
    assert slow.out == ""


def test_a_wait_of_a_single_call_is_told_too(slow: Shell) -> None:
    slow.run("oc = %onecloud\n_ = oc.call('getWorkspaces')")

    assert slow.err.startswith("waiting ")


@pytest.mark.parametrize(
    "cell",
    [
        "%config OneCloud.progress = False\n%onecloud workspaces --refresh;",
        "oc = %onecloud\noc.progress = False\n%onecloud workspaces --refresh;",
        "import onecloud_magic as om\n_ = om.OneCloud(progress=False).workspaces(refresh=True)",
        "oc = %onecloud\noc.progress = False\n_ = oc.call('getWorkspaces')",
        "import onecloud_magic as om\n%unload_ext onecloud_magic\n_ = om.OneCloud().workspaces()",
    ],
    ids=["%config", "trait", "keyword", "single call", "unloaded"],
)
def test_who_wants_none_gets_none(slow: Shell, sandbox: Sandbox, cell: str) -> None:
    slow.run(cell)

    assert slow.err == ""
    assert [each.status for each in sandbox.requests] == [422, 200]


def test_the_environment_silences_it(slow: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECLOUD_PROGRESS", "false")

    slow.run("%onecloud workspaces --refresh;")

    assert slow.err == ""


def test_without_a_shell_nothing_is_told(
    account: OneCloud, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.faults.add(rate_limited, times=1)

    account.workspaces(refresh=True)

    assert capsys.readouterr() == ("", "")


def test_a_command_in_a_shell_tells_it(
    account: OneCloud, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.faults.add(rate_limited, times=1)

    code = main(["workspaces", "--refresh", "--csv"])
    told = capsys.readouterr()
    account.workspaces(refresh=True)  # no command any more
    sandbox.faults.add(rate_limited, times=1)
    account.workspaces(refresh=True)

    assert code == 0
    assert told.err.startswith(WAITS)
    assert told.out.startswith("id,name")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("closed", [True, False])
def test_a_stderr_that_takes_nothing_is_no_obstacle(
    slow: Shell, closed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow.run("import sys, io")
    taken = "sys.stderr = io.StringIO(); sys.stderr.close()" if closed else "sys.stderr = None"
    was = sys.stderr

    try:
        slow.run(f"{taken}\nframe = %onecloud workspaces --refresh\nsize = len(frame)")
    finally:
        sys.stderr = was

    assert slow.names["size"] == 3
