"""The same seed and clock answer the same bytes; and the routes are those of the contract."""

import os
import subprocess
import sys
from pathlib import Path

from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.routing import ROUTES

from ..conftest import NOW, Clock
from .asking import ask, chains, get
from .everything import GETS, OPERATIONS, every_get
from .running import begin, stop

ROOT = Path(__file__).parents[2]


def answers(sandbox: Sandbox) -> dict[str, bytes]:
    """The bytes of every operation that reads, by its path, after some runs were started."""
    chain = next(it for it in chains(sandbox) if it.wire["concurrency_enabled"])
    runs = [begin(sandbox, chain) for _ in range(3)]
    stop(sandbox, runs[0])
    for path, query in every_get(sandbox):
        ask(sandbox, "GET", path, query=query)
    ask(sandbox, "GET", f"/v1/execute/chain_run/{runs[1]}/nodes")
    return {kept.path: kept.reply.body for kept in sandbox.requests if kept.reply}


def test_the_routes_are_the_29_operations_of_the_contract() -> None:
    ours = {(route.operation, route.method, "/".join(route.template)) for route in ROUTES}

    assert ours == {(each["id"], each["method"], each["path"]) for each in OPERATIONS}
    assert len(ROUTES) == len(ours) == 29


def test_the_same_seed_and_clock_answer_the_same_bytes() -> None:
    with Sandbox(seed=7, clock=Clock()) as first, Sandbox(seed=7, clock=Clock()) as second:
        ours, theirs = answers(first), answers(second)

    assert len(ours) > len(GETS) == 22
    assert ours == theirs


def test_another_seed_makes_another_company() -> None:
    with Sandbox(seed=1, clock=Clock()) as first, Sandbox(seed=2, clock=Clock()) as second:
        ours, theirs = answers(first), answers(second)

    differing = {path for path in ours.keys() & theirs.keys() if ours[path] != theirs[path]}
    assert {"/v1/metadata/chains/search", "/v1/security/login_activity"} <= differing
    assert {"/v1/security/users", "/v1/execute/chain_run/search"} <= differing


def test_no_token_can_be_guessed_from_the_seed() -> None:
    with Sandbox(seed=7, clock=Clock()) as first, Sandbox(seed=7, clock=Clock()) as second:
        assert not set(first.credentials.values()) & set(second.credentials.values())


def test_the_same_bytes_are_answered_in_another_process() -> None:
    code = (
        "import hashlib\n"
        "from onecloud_magic.sandbox import Sandbox\n"
        "from tests.sandbox.test_sameness import answers\n"
        f"with Sandbox(clock=lambda: {NOW!r}) as sandbox:\n"
        "    told = repr(sorted(answers(sandbox).items())).encode()\n"
        "print(hashlib.sha256(told).hexdigest())\n"
    )

    told = {
        subprocess.run(  # noqa: S603 - every word of the command is ours
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(told) == 1


def test_the_company_stands_as_it_was_when_the_sandbox_started(clock: Clock) -> None:
    with Sandbox(clock=clock) as sandbox:
        before = get(sandbox, "/v1/metadata/chains/search")
        clock.advance(3600)

        assert get(sandbox, "/v1/metadata/chains/search") == before
