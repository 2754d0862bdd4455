"""Runs as a page's tests start and end them."""

from __future__ import annotations

from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.plans import Plan

RUN = '%onecloud run "Finance Close/Test/Monthly Close"'
LASTS = 3600.0  # seconds


def signed_in(sandbox: Sandbox) -> str:
    """A cell after which `oc` is signed in, and shows what it does."""
    given = sandbox.credentials
    return (
        "%load_ext onecloud_magic\n"
        "from onecloud_magic import OneCloud\n"
        f"OneCloud(base_url={sandbox.url!r}).login(access_token={given['access_token']!r})\n"
        "oc = %onecloud\n"
        "oc.progress, oc.timezone = True, 'UTC'"
    )


def let_end(sandbox: Sandbox, *outcomes: str) -> None:
    """End the runs that were started last: a page shows them live for as long as a test wants."""
    for run, outcome in zip(sandbox._world.started[-len(outcomes) :], outcomes, strict=True):
        run._nodes.clear()
        run.plan = Plan(sandbox.clock() - run.start_at, outcome)
