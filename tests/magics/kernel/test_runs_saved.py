"""Runs in notebooks that nbclient and papermill execute: what is saved of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import papermill  # type: ignore[import-untyped]  # papermill's
import pytest
from nbclient.exceptions import CellExecutionError

from onecloud_magic.sandbox import Sandbox

from .cards import CHAIN, LOAD, RUN, UNTIL_DONE, UNTIL_SEEN, fact
from .commands import variables
from .conftest import NewPlace
from .running import NAME, Place
from .test_failing_notebooks import errors_in, executor, notebook

pytestmark = pytest.mark.process

ENDS, LASTS = 2.0, 3600.0  # seconds of a run


@pytest.fixture
def place(new_place: NewPlace, box: Sandbox) -> Place:
    return new_place(**variables(box))


def saved(cell: Any) -> str:
    """The one card that a cell has shown, as the file has it."""
    [output] = [each for each in cell.outputs if each.output_type == "display_data"]
    assert set(output.data) == {"text/plain", "text/html"}
    assert fact(output.data["text/plain"], "state") in output.data["text/html"]
    return str(output.data["text/plain"])


def test_nbclient_saves_the_last_card(place: Place, box: Sandbox) -> None:
    box.plan_next("all_succeeded", ENDS)
    client = executor(place, LOAD, f"run = {RUN}")

    client.execute(env=place.env)

    card = saved(client.nb.cells[1])
    assert fact(card, "state") == "succeeded"
    assert "so far" not in card


def test_nbclient_saves_the_end_of_a_run_that_was_not_waited_for(
    place: Place, box: Sandbox
) -> None:
    box.plan_next("all_succeeded", ENDS)
    later = f"import time\n{UNTIL_DONE}"
    client = executor(place, LOAD, f"run = {RUN} --no-wait", later, "1")

    client.execute(env=place.env)

    assert fact(saved(client.nb.cells[1]), "state") == "succeeded"
    assert [cell.outputs for cell in client.nb.cells[2:3]] == [[]]


def test_a_notebook_that_ends_before_its_run_says_when_that_was_seen(
    place: Place, box: Sandbox
) -> None:
    box.plan_next("all_succeeded", LASTS)
    client = executor(place, LOAD, f"run = {RUN} --no-wait", f"import time\n{UNTIL_SEEN}")

    client.execute(env=place.env)

    card = saved(client.nb.cells[1])
    assert fact(card, "state") == "running"
    assert fact(card, "seen at")


def test_papermill_fails_with_the_words_of_the_run_and_keeps_its_card(
    place: Place, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.plan_next("errored", ENDS)
    for name in set(os.environ) - set(place.env):
        monkeypatch.delenv(name)
    for name, value in place.env.items():
        monkeypatch.setenv(name, value)
    before, after = Path(place.root, "before.ipynb"), Path(place.root, "after.ipynb")
    nbformat.write(notebook(LOAD, RUN, "1 + 1"), before)

    with pytest.raises(papermill.PapermillExecutionError) as told:
        papermill.execute_notebook(before, after, kernel_name=NAME, progress_bar=False)

    [failed] = [cell for cell in nbformat.read(after, 4).cells if RUN in cell.source]
    card = saved(failed)
    assert told.value.ename == "ChainRunFailed"
    assert told.value.evalue.endswith(fact(card, "result"))
    assert fact(card, "state") == "failed"
    [error] = errors_in(failed)
    assert len(error.traceback) == 2


def test_no_secret_is_saved(place: Place, box: Sandbox) -> None:
    secret = "hunter2-and-more"  # noqa: S105  # made up
    cells = (
        LOAD,
        "from pathlib import Path; secret = Path('secret').read_text()",
        f"%%onecloud run {CHAIN}\npassword: $secret\nnested: {{token: $secret}}",
        "%onecloud last --curl",
        "%onecloud last --python",
        f"%%onecloud run {CHAIN} --dry-run\npassword: $secret",
        "%onecloud runs --mine",
        "%xmode Verbose",
        f"%%onecloud run {CHAIN}\npassword: $secret",
        f"%%onecloud run {CHAIN}\npassword: $secret\nnot: $there",
    )
    Path(place.root, "secret").write_text(secret, encoding="utf-8")
    client = executor(place, *cells)
    client.allow_errors = True

    client.execute(env=place.env, cwd=str(place.root))

    text = json.dumps(client.nb)
    assert secret in str(box.requests[-1].body) or any(
        secret in str(each.body) for each in box.requests
    )
    assert secret not in text
    assert text.count("(secret)") >= 4
    kept = b"".join(each.read_bytes() for each in Path(place.root, "onecloud").rglob("starts*"))
    assert secret.encode() not in kept


def test_a_failing_run_fails_nbclient(place: Place, box: Sandbox) -> None:
    box.plan_next("errored", 0.5)

    with pytest.raises(CellExecutionError, match=r"ChainRunFailed: Monthly Close \(run 9000001\)"):
        executor(place, LOAD, RUN).execute(env=place.env)
