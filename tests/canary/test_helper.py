"""The process that renews, and a kernel that is interrupted or killed while it does."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from onecloud_magic.sandbox import Sandbox
from tests.conftest import Clock
from tests.magics.kernel.running import Place, wait_until
from tests.sessions.common import Gate, helpers

from .canaries import Canaries
from .conftest import LIFE, places, stores
from .lookout import Lookout, search, watched

if sys.platform != "linux":
    pytest.skip("only Linux shows what a process was started with", allow_module_level=True)

pytestmark = pytest.mark.process

TOKEN = "/oauth/token"  # noqa: S105  # a path
ASK = "%onecloud login --ask"
SECRETS = ("ACCESS_TOKEN", "REFRESH_TOKEN", "CLIENT_SECRET")


@pytest.fixture
def gate(service: Sandbox) -> Gate:
    """Holds the first answer that brings tokens."""
    gate = Gate()
    service.faults.add(gate, path=TOKEN, times=1)
    return gate


@pytest.fixture
def surrounded(place: Place, canaries: Canaries) -> Place:
    """Folders, with other secrets in the environment of whoever works there."""
    other = {f"ONECLOUD_{name}": canaries.new(name.lower()) for name in SECRETS}
    return place._replace(env={**place.env, **other, "ONECLOUD_PROFILE": "default"})


def waits(lookout: Lookout, service: Sandbox, clock: Clock, gate: Gate) -> list[int]:
    """Begin a call that needs a renewal; the processes that then wait for its answer."""
    tokens = list(service.credentials.values())
    lookout.run(ASK, answers=[tokens[0], tokens[1], tokens[2]])
    lookout.run("oc = %onecloud")
    clock.advance(LIFE + 1)
    lookout.kernel.client.execute("oc.call('getWorkspaces')", stop_on_error=False)
    gate.wait()
    return helpers(lookout.kernel.place.root / "onecloud")


def test_nothing_shows_a_secret_while_the_helper_waits_but_the_store(
    surrounded: Place,
    service: Sandbox,
    canaries: Canaries,
    clock: Clock,
    gate: Gate,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with watched(surrounded) as lookout:
        [helper] = waits(lookout, service, clock, gate)
        told = [Path(f"/proc/{helper}/{each}").read_bytes() for each in ("cmdline", "environ")]
        eye = canaries.eye()
        meanwhile = eye.below(surrounded.root)
        lookout.kernel.manager.interrupt_kernel()
        gate.open()
        wait_until(lambda: not helpers(surrounded.root / "onecloud"))
        lookout.run("walk('frames.txt')", "%tb Verbose", "oc.call('getWorkspaces')")

    sights = search(lookout, canaries, str(capfd.readouterr()))

    assert b"onecloud_magic.credentials.refresh" in told[0]
    assert b"ONECLOUD_PROFILE=default" in told[1]
    assert not eye.at(b"".join(told), "the helper")
    assert places(meanwhile) == stores()
    assert places(sights) == stores()
    assert "KeyboardInterrupt" in (surrounded.root / "frames.txt").read_text()


def test_a_kernel_that_is_killed_leaves_secrets_in_the_store_alone(
    place: Place,
    service: Sandbox,
    canaries: Canaries,
    clock: Clock,
    gate: Gate,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with watched(place) as lookout:
        [_] = waits(lookout, service, clock, gate)
        lookout.kernel.kill()
        gate.open()
        wait_until(lambda: not helpers(place.root / "onecloud"))

    sights = search(lookout, canaries, str(capfd.readouterr()))

    record = json.loads((place.root / "onecloud/profiles/default/record.json").read_text())
    assert record["generation"] == 1
    assert places(sights) == stores()
