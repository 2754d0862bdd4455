"""The sandbox against the contract, over a real socket.

schemathesis reads the owners' document, with our choices written into it (`patches.py`), and calls
all 29 operations: the document's examples, the limits of each parameter, and random cases, good and
bad. It runs in a process of its own, so that two cores share the work.
"""

import dataclasses
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onecloud_magic.sandbox import Recorded, Sandbox

from . import document as owners
from .facts import (
    OPERATIONS,
    SHAPES,
    Answer,
    Operation,
    answer_of,
    contradicted,
    misfits,
    operation_of,
)
from .known import Known, learn, session
from .patches import patched

REPORT = Path(__file__).parents[2] / "build" / "conformance.txt"
CHOSEN = {("null", place) for place in contradicted("null")}
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance,negative_data_rejection,"
    "unsupported_method,allow_header_conformance"
)
OPTIONS = (
    *("--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--checks", CHECKS),
    *("--continue-on-failure", "--warnings", "off", "--no-color"),
    # The same cases in the same order at every run, on one worker.
    *("--generation-deterministic", "--workers", "1", "--suppress-health-check", "all"),
)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    # The clock stands still: a run that was started stays live until it is stopped.
    with Sandbox(clock=lambda: 1_790_000_000.0, burst_limit=10**9, daily_limit=10**9) as sandbox:
        yield sandbox


def call_everything(
    sandbox: Sandbox, known: Known, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Let schemathesis call every operation, with ids that exist in the sandbox's world."""
    document, told = folder / "openapi.json", folder / "known.json"
    document.write_text(json.dumps(patched(owners.load())), encoding="utf-8")
    told.write_text(json.dumps(dataclasses.asdict(known)), encoding="utf-8")
    hooks = {
        "SCHEMATHESIS_HOOKS": "conformance_hooks",
        "CONFORMANCE_KNOWN": str(told),
        "PYTHONPATH": str(Path(__file__).parent),
        "PYTHONHASHSEED": "0",
        "NO_PROXY": "127.0.0.1",
    }
    bearer = f"Authorization: Bearer {sandbox.credentials['access_token']}"
    command = [sys.executable, "-m", "schemathesis.cli", "run", str(document)]
    return subprocess.run(  # noqa: S603  # every word of the command is ours
        [*command, "--url", sandbox.url, "--header", bearer, *OPTIONS],
        cwd=folder,
        env=os.environ | hooks,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def by_operation(asked: list[Recorded]) -> dict[str, list[Recorded]]:
    """The calls of each operation; other methods on known paths are schemathesis's to judge."""
    calls: dict[str, list[Recorded]] = {id: [] for id in OPERATIONS}
    for one in asked:
        if operation := operation_of(one.method, one.path):
            calls[operation.id].append(one)
    return calls


def successes(calls: list[Recorded]) -> int:
    return sum(200 <= one.status < 300 for one in calls)


def report_of(calls: dict[str, list[Recorded]]) -> str:
    lines = [f"{'operation':<27}{'calls':>6}{'2xx':>6}  by status"]
    for id, asked in calls.items():
        tally = sorted(Counter(one.status for one in asked).items())
        statuses = "  ".join(f"{status}: {count}" for status, count in tally)
        lines.append(f"{id:<27}{len(asked):>6}{successes(asked):>6}  {statuses}")
    total = sum(map(len, calls.values()))
    return "\n".join([*lines, f"{'all':<27}{total:>6}{sum(map(successes, calls.values())):>6}"])


def faults_in(operation: Operation, one: Recorded) -> Iterator[str]:
    """Everything in an answer that our own facts do not allow."""
    expected = None if one.status == 405 else answer_of(operation, one.status)
    if expected is None or one.reply is None:
        yield f"{operation.id}: {one.status} is not allowed"
        return
    headers = {name.lower(): value for name, value in one.reply.headers.items()}
    yield from faults_in_reply(f"{operation.id} {one.status}", expected, headers, one.reply.body)


def faults_in_reply(
    place: str, expected: Answer, headers: dict[str, str], body: bytes
) -> Iterator[str]:
    shape = SHAPES[expected.shape]
    if headers.get("content-type", "").partition(";")[0] != shape["media"]:
        yield f"{place}: the media type is {headers.get('content-type')}, not {shape['media']}"
        return
    value: Any = json.loads(body) if shape["media"] == "application/json" else None
    for one in misfits(value["data"] if shape["wrapped"] else value, expected.type or "any?"):
        if (one.kind, one.where) not in CHOSEN:
            yield f"{place}: {one.where} is {one.kind}"


def all_faults(calls: dict[str, list[Recorded]]) -> set[str]:
    asked = [(OPERATIONS[id], one) for id, each in calls.items() for one in each]
    return {fault for operation, one in asked for fault in faults_in(operation, one)}


@owners.present
def test_no_answer_breaks_the_contract_and_every_operation_succeeds(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    known = learn(sandbox)
    before = len(sandbox.requests)

    ran = call_everything(sandbox, known, tmp_path)
    calls = by_operation(sandbox.requests[before:])
    report = report_of(calls)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(report + "\n", encoding="utf-8")
    print(report)  # noqa: T201  # shown when the test fails, and by -rP

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert not [id for id, asked in calls.items() if not successes(asked)]
    assert not all_faults(calls)


def test_without_a_token_every_operation_answers_401_in_the_documented_form(
    sandbox: Sandbox,
) -> None:
    known, stranger = learn(sandbox), session()
    before = len(sandbox.requests)

    for operation in OPERATIONS.values():
        path = operation.path.format(**known.path_of(operation))
        stranger.request(operation.method, sandbox.url + path, timeout=10)
    calls = by_operation(sandbox.requests[before:])

    assert [[one.status for one in asked] for asked in calls.values()] == [[401]] * 29
    assert not all_faults(calls)
