"""Without a front end nothing hangs, and the words are the same everywhere."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from onecloud_magic.sandbox import Sandbox
from tests.magics.kernel.running import Place

from .canaries import Canaries
from .headless import WAYS

pytestmark = pytest.mark.process

LOGIN = ("%load_ext onecloud_magic", "%onecloud login")
AT_ONCE = 30.0  # seconds; it takes two, and a machine may be busy
NOBODY = [
    "UsageError: Nobody can be asked for a token here, and the environment has none.",
    "Set ONECLOUD_ACCESS_TOKEN (with ONECLOUD_REFRESH_TOKEN and ONECLOUD_CLIENT_ID to stay "
    "signed in), and ONECLOUD_BASE_URL unless the host is classic.",
]
REFUSED = [
    "SessionRejected: The service no longer takes this session: Unauthorized: The access token is "
    "invalid",
    "Sign in again: %onecloud login",
]


@pytest.mark.parametrize(
    ("way", "ask"), [*((way, "") for way in WAYS), ("nbclient", " --ask"), ("ipython", " --ask")]
)
def test_where_nobody_sits_a_login_says_at_once_what_it_wants(
    place: Place, way: str, ask: str
) -> None:
    began = time.monotonic()

    seen = WAYS[way](place, LOGIN[0], LOGIN[1] + ask)

    assert time.monotonic() - began < AT_ONCE
    assert seen.lines("UsageError") == NOBODY
    assert "Traceback" not in seen.shown
    assert seen.failed


@pytest.mark.parametrize("way", WAYS)
def test_the_environment_signs_in_and_its_secret_stays_in_the_store(
    place: Place, service: Sandbox, canaries: Canaries, way: str
) -> None:
    place.env["ONECLOUD_ACCESS_TOKEN"] = service.credentials["access_token"]

    seen = WAYS[way](place, *LOGIN, "%onecloud workspaces")

    eye = canaries.eye()
    assert not seen.failed
    assert "Finance Close" in seen.shown
    assert not eye.at(seen.shown, "shown")
    left = {each.where for each in eye.below(place.root)}
    assert left == {"onecloud/profiles/environment/record.json"}


@pytest.mark.parametrize("way", WAYS)
def test_a_wrong_token_is_told_in_the_same_words(
    place: Place, canaries: Canaries, way: str
) -> None:
    place.env["ONECLOUD_ACCESS_TOKEN"] = canaries.new("access")

    seen = WAYS[way](place, *LOGIN)

    eye = canaries.eye()
    assert seen.lines("SessionRejected") == REFUSED
    assert not eye.at(seen.shown, "shown")
    assert not eye.below(place.root)


def test_in_python_alone_a_login_without_anything_says_what_it_wants(place: Place) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "from onecloud_magic import OneCloud; OneCloud().login()"],
        env=place.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=AT_ONCE,
    )

    assert ended.returncode == 1
    assert ended.stderr.endswith("UsageError: There is nothing to sign in with.\n")
