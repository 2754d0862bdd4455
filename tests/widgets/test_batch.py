"""Many runs as a live table: one output that moves, and facts once it is over."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from onecloud_magic import OneCloud, onlookers
from onecloud_magic.errors import RunInterrupted
from onecloud_magic.runs import many_card
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.company import Chain
from onecloud_magic.widgets import batch
from onecloud_magic.widgets.batch import Tables
from tests.account.conftest import SignIn
from tests.runs.conftest import chain_of, started

from .stand_ins import Outputs

pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")
FRAME = pd.DataFrame({"period": ["2026-10", "2026-11", "2026-12"]})


@pytest.fixture
def account(sandbox: Sandbox, sign_in: SignIn) -> OneCloud:
    return sign_in(sandbox)


@pytest.fixture
def chain(sandbox: Sandbox) -> Chain:
    for outcome in ("all_succeeded", "errored", "all_succeeded"):
        sandbox.plan_next(outcome, 30.0)
    return chain_of(sandbox)


@pytest.fixture(autouse=True)
def tables() -> Iterator[Tables]:
    tables = Tables()
    onlookers.look_on(tables)
    yield tables
    onlookers.look_away(tables)


@pytest.fixture
def notebook(outputs: Outputs, monkeypatch: pytest.MonkeyPatch) -> Outputs:
    monkeypatch.setattr(batch, "kernel", lambda: object())
    monkeypatch.setattr("onecloud_magic.widgets.redraw._LEAST", 0.0)
    return outputs


def test_a_batch_is_one_output_that_ends_as_facts(
    notebook: Outputs, account: OneCloud, chain: Chain, sandbox: Sandbox
) -> None:
    account.start_many(chain.id, FRAME, max_parallel=2)

    [shown] = notebook.shown.values()
    first, second, _ = started(sandbox)
    assert "rows     0 of 3 have ended: 3 waiting for a turn" in shown[0]
    assert any("0 of 3 have ended: 2 running, 1 waiting for a turn" in each for each in shown)
    assert any(f"period 2026-10: running; so far 2 s; run {first}" in each for each in shown)
    last = shown[-1]
    assert "3 of 3 have ended: 2 succeeded, 1 failed" in last
    assert f"row 0    period 2026-10: succeeded; took 30 s; run {first}" in last
    assert re.search(rf"row 1    period 2026-11: failed; .+; took 30 s; run {second}", last)
    assert re.search(r"ended    2026-\d\d-\d\d \d\d:\d\d:\d\d UTC", last)
    assert "so far" not in last


def test_in_a_terminal_each_change_of_a_row_is_a_line(
    account: OneCloud, chain: Chain, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    account.start_many(chain.id, FRAME, max_parallel=2)

    lines = capsys.readouterr().err.splitlines()
    begun = [line for line in lines if "waiting to begin" in line]
    assert [line.partition(":")[0] for line in begun] == ["row 0", "row 1", "row 2"]
    assert sum("succeeded" in line for line in lines[:-1]) == 2
    assert lines[-1].startswith("rows: 3 of 3 have ended: 2 succeeded, 1 failed; took ")
    assert len(lines) == 3 * 3 + 1


def test_html_has_what_the_text_has_and_escapes_it(
    account: OneCloud, chain: Chain, tables: Tables
) -> None:
    seen: list[Any] = []
    onlookers.look_on(seen.append)
    frame = FRAME.set_index(pd.Index(["<b>", "b", "c"]))
    try:
        account.start_many(chain.id, frame)
    finally:
        onlookers.look_away(seen.append)

    many = next(each for each in reversed(seen) if hasattr(each, "rows"))
    card = many_card(many)
    html = re.sub(r"<[^>]+>", "", card.html)
    assert "<b>" not in card.html.replace("<b>Chain runs</b>", "")
    assert "row &lt;b&gt;" in html
    for row in many.rows:
        assert f"run {row.run.id}" in html
        assert f"run {row.run.id}" in card.text


def test_a_bar_grows_while_it_goes_on_and_is_no_more_when_it_has_ended(
    account: OneCloud, chain: Chain
) -> None:
    drawn: list[str] = []

    def look(seen: Any) -> None:
        if hasattr(seen, "rows"):
            drawn.append(many_card(seen).html)

    onlookers.look_on(look)
    try:
        account.start_many(chain.id, FRAME)
    finally:
        onlookers.look_away(look)

    bars = [
        re.findall(r'<progress value="(\d)" max="3"[^>]*aria-label="rows"', each) for each in drawn
    ]
    done = [int(bar[0]) for bar in bars[:-1]]
    assert done == sorted(done)
    assert {0, 3} <= set(done)
    assert "<progress" not in drawn[-1]


def test_progress_false_shows_nothing(
    account: OneCloud, chain: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    account.progress = False

    account.start_many(chain.id, FRAME)

    assert capsys.readouterr().err == ""


def test_an_interrupt_ends_it_with_what_runs_on(
    notebook: Outputs, account: OneCloud, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(account._line, "sleep", pressed)

    with pytest.raises(RunInterrupted):
        account.start_many(chain.id, FRAME, max_parallel=2)

    [shown] = notebook.shown.values()
    assert "0 of 3 have ended: 2 waiting to begin, 1 waiting for a turn" in shown[-1]
    assert "the same call goes on" in shown[-1]
    assert "ended    " in shown[-1]


def test_of_many_rows_those_are_shown_that_failed_or_live(
    notebook: Outputs, account: OneCloud, sandbox: Sandbox
) -> None:
    outcomes: Any = [*["all_succeeded"] * 30, "errored", *["all_succeeded"] * 9]
    for outcome in outcomes:
        sandbox.plan_next(outcome, 5.0)
    frame = pd.DataFrame({"period": [f"{2000 + number}-01" for number in range(40)]})

    account.start_many(chain_of(sandbox).id, frame, max_parallel=40)

    [shown] = notebook.shown.values()
    assert re.search(r"row 30 +period 2030-01: failed", shown[-1])
    assert "and 10 more rows" in shown[-1]


def test_no_secret_is_shown(
    account: OneCloud, chain: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        account.start_many(chain.id, FRAME.assign(db_password="swordfish"))  # noqa: S106

    told = capsys.readouterr().err
    assert "db_password (secret)" in told
    assert "swordfish" not in told
