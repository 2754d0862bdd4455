"""Of all that a terminal shows and leaves, only the store has a secret in it."""

from __future__ import annotations

import sys

import pytest

from onecloud_magic.sandbox import Sandbox, faults
from tests.conftest import Clock
from tests.magics.kernel.running import Place

from .canaries import Canaries
from .conftest import LIFE, places, stores
from .lookout import INSIDE, TALK

if sys.platform == "win32":
    pytest.skip("Windows has no terminals of this kind", allow_module_level=True)

from tests.magics.kernel.terminal import Terminal, command, ipython

pytestmark = pytest.mark.process

ASKED = ("Access token.*: ", "Refresh token.*: ", "Client id: ")
CRASH = (  # what IPython writes where it fails itself, with our error as its own
    "import sys; from IPython.terminal.ipapp import IPAppCrashHandler",
    "error = sys.last_value",
    "IPAppCrashHandler(get_ipython().parent)(type(error), error, error.__traceback__)",
)
TOKEN = "/oauth/token"  # noqa: S105  # a path


def log_in(terminal: Terminal, *answers: str) -> str:
    """Answer the questions of a login; gives what it says in the end."""
    terminal.type("%onecloud login", until=ASKED[0])
    for answer, question in zip(answers[:-1], ASKED[1:], strict=False):
        terminal.type(answer, until=question)
    return terminal.type(answers[-1])


def test_a_session_in_ipython_leaves_secrets_in_the_store_alone(
    place: Place, service: Sandbox, canaries: Canaries, clock: Clock
) -> None:
    told = list(service.credentials.values())
    with ipython(place) as terminal:
        terminal.type(f"import os; os.chdir({str(place.root)!r})")
        for line in TALK.strip().splitlines():
            terminal.type(line, until=r"In \[\d+\]: |\.\.\.: ")
        terminal.type("")
        terminal.type(f"%run {INSIDE}")
        terminal.type("%logstart -o -r -t everything.log")
        terminal.type("%load_ext onecloud_magic")
        terminal.type("%xmode Verbose")
        assert "SessionRejected" in log_in(terminal, canaries.new("access"), "")
        post_mortem(terminal)
        assert "active" in log_in(terminal, *told)
        terminal.type("oc = %onecloud")
        look_around(terminal)
        clock.advance(LIFE + 1)
        service.faults.add(faults.drop_after_work(), path=TOKEN, times=2)
        assert "RefreshUncertain" in terminal.type("oc.call('getWorkspaces')")
        post_mortem(terminal)
        seen = terminal.type("walk('frames.txt')")
        for line in CRASH[:-1]:
            terminal.type(line)
        terminal.type(CRASH[-1], until="terminal may close.*:")
        terminal.type("")

    eye = canaries.eye()

    assert "Out" in seen
    assert list(place.root.rglob("Crash_report*"))
    assert not eye.at(terminal.seen, "terminal")
    assert places(eye.below(place.root)) == stores()


def look_around(terminal: Terminal) -> None:
    for line in (
        *("oc, oc.session, vars(oc), vars(oc.session)", "In, Out, _", "%whos", "%history -g"),
        *("%onecloud doctor", "%onecloud workspaces", "%onecloud last --curl", "globals()"),
        *(
            "take_along('taken.txt', oc=oc, line=oc._line)",
            "%onecloud last --python",
            "%notebook n.ipynb",
        ),
        *("%save -r saved 1-99", "%onecloud chains;"),
    ):
        terminal.type(line)


def post_mortem(terminal: Terminal) -> None:
    """Walk up the frames in the debugger, and look at each."""
    terminal.type("%debug", until="ipdb> ")
    for _ in range(12):
        terminal.type("p locals()", until="ipdb> ")
        terminal.type("up", until="ipdb> ")
    terminal.type("q")


def test_a_login_in_a_shell_leaves_secrets_in_the_store_alone(
    place: Place, service: Sandbox, canaries: Canaries
) -> None:
    wrong = [canaries.new("access"), canaries.new("refresh"), "an app"]
    seen = []
    for answers in (wrong, list(service.credentials.values())):
        with command(place, "login") as terminal:
            terminal.until(ASKED[0])
            for answer, question in zip(answers[:-1], ASKED[1:], strict=False):
                terminal.type(answer, until=question)
            terminal.type(answers[-1], until="\n")
            terminal.rest()
            seen.append(terminal.seen)

    eye = canaries.eye()

    assert "SessionRejected" in seen[0]
    assert "active" in seen[1]
    assert not eye.at("".join(seen), "terminal")
    assert places(eye.below(place.root)) == stores()
