"""Of all that programs print and leave, only the store has a secret in it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from onecloud_magic.sandbox import Sandbox, faults
from tests.conftest import Clock
from tests.magics.kernel.commands import Shell
from tests.magics.kernel.running import PATIENCE, Place

from .canaries import Canaries
from .conftest import LIFE, places
from .lookout import INSIDE, TALK

pytestmark = pytest.mark.process

TOKEN = "/oauth/token"  # noqa: S105  # a path
COMMANDS = (
    *(["login"], ["status"], ["doctor"], ["workspaces"], ["chains", "--csv"], ["cache"]),
    *(["chains", "-e", "Nowhere"], ["quota"], ["login", "--token"], ["help"]),
)
# Whoever has no IPython has this: every variable of every frame of an error that nobody caught.
HOOK = f"""
import os, runpy, sys, traceback
os.chdir(os.environ["HERE"])
{TALK}
inside = runpy.run_path({str(INSIDE)!r})
def told(kind, error, trace):
    traceback.print_exception(error)
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    print(*shown.format(), file=sys.stderr)
    inside["walk"]("frames.txt", error)
    inside["take_along"]("taken.txt", error=error)
sys.excepthook = told
from onecloud_magic import OneCloud
oc = OneCloud()
"""
PROGRAM = """
oc.login()
print(oc, vars(oc), oc.chains(), oc.last)
inside["take_along"]("taken.txt", oc=oc, line=oc._line, held=oc._line.held)
oc.renew()
"""


def variables(tokens: dict[str, str]) -> dict[str, str]:
    return {f"ONECLOUD_{name.upper()}": text for name, text in tokens.items()}


def run(place: Place, program: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # our own Python, our own program
        [sys.executable, "-X", "dev", "-c", HOOK + program],
        env={**place.env, **more, "HERE": str(place.root)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=PATIENCE,
    )


def test_commands_in_a_shell_print_no_secret(
    place: Place, service: Sandbox, canaries: Canaries
) -> None:
    right = Shell({**place.env, **variables(service.credentials)})
    wrong = right.with_(
        **variables({"access_token": canaries.new("access"), "refresh_token": canaries.new("re")}),
        ONECLOUD_CLIENT_SECRET=canaries.new("client secret"),
        ONECLOUD_PROFILE="wrong",
    )
    ended = [right.run(*words) for words in COMMANDS]
    refused = [wrong.run(word) for word in ("login", "doctor", "workspaces")]

    eye = canaries.eye()

    assert [each.code for each in ended[:4]] == [0, 0, 0, 0]
    assert "SessionRejected" in refused[0].err
    assert not eye.at("".join(each.out + each.err for each in ended + refused), "printed")
    allowed = {f"onecloud/profiles/{name}/record.json" for name in ("environment", "wrong")}
    sights = eye.below(place.root)
    assert places(sights) <= allowed
    assert not {each.secret for each in sights} & set(canaries.typed)


def test_a_program_that_works_prints_no_secret(
    place: Place, service: Sandbox, canaries: Canaries
) -> None:
    ended = run(place, PROGRAM, **variables(service.credentials))

    eye = canaries.eye()

    assert ended.returncode == 0, ended.stderr
    assert not eye.at(ended.stdout + ended.stderr, "printed")
    assert places(eye.below(place.root)) == {"onecloud/profiles/environment/record.json"}


def test_a_grant_is_seen_in_the_store_alone(
    place: Place, service: Sandbox, canaries: Canaries
) -> None:
    grant = {**service.grant, "token_url": service.grant_url}

    ended = run(place, PROGRAM, **variables(grant))

    eye = canaries.eye()
    assert ended.returncode == 0, ended.stderr
    assert not eye.at(ended.stdout + ended.stderr, "printed")
    assert places(eye.below(place.root)) <= {"onecloud/profiles/environment/record.json"}


@pytest.mark.parametrize("store", ["file", "memory"])
@pytest.mark.parametrize(
    "end", ["a wrong token", "a wrong grant", "a lock-out", "a lost answer", "no service"]
)
def test_a_program_that_nobody_catches_the_error_of_shows_no_secret(
    place: Place, service: Sandbox, canaries: Canaries, clock: Clock, end: str, store: str
) -> None:
    given = service.credentials
    if end == "a wrong token":
        given = {**given, "access_token": canaries.new("access"), "refresh_token": canaries.new("")}
    elif end == "a wrong grant":
        given = {"client_id": "an app", "client_secret": canaries.new("client secret")}
    elif end == "a lock-out":
        service.revoke_access()
    elif end == "a lost answer":
        clock.advance(LIFE + 1)
        service.faults.add(faults.drop_after_work(), path=TOKEN, times=2)
    else:
        service.faults.add(faults.drop_before_work())

    ended = run(place, PROGRAM, **variables({**given, "token_store": store}))

    eye = canaries.eye()
    assert ended.returncode == 1, ended.stderr
    assert "onecloud_magic/" in (place.root / "frames.txt").read_text()
    assert not eye.at(ended.stdout + ended.stderr, "printed")
    left = [each for each in places(eye.below(place.root)) if "/profiles/environment/" not in each]
    assert left == []
