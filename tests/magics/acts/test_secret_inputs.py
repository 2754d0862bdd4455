"""Secrets among inputs: on a line they are refused, in a body they come from a variable."""

from __future__ import annotations

import json

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import UsageError
from onecloud_magic.sandbox import Sandbox

from ..shell import Shell
from .acting import CHAIN, RUN, sent, takes

pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")
SECRET = "hunter2-and-more"  # noqa: S105  # made up


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    takes(sandbox, "db_password", "period", "account_key", "more")
    sandbox.plan_next("all_succeeded", 1.0)
    return sandbox


@pytest.mark.parametrize(
    "words",
    [
        "-i db_password={}",
        "--input db_password={}",
        "--input=db_password={}",
        '-i "db_password:=\\"{}\\""',
        "-i period=2026-10 -i accessToken={}",
    ],
)
def test_on_a_line_it_is_refused_and_forgotten(
    signed_in: Shell, sandbox: Sandbox, words: str
) -> None:
    with pytest.raises(UsageError) as refused:
        signed_in.run(f"{RUN} {words.format(SECRET)}")

    assert "A secret does not belong on the line" in str(refused.value)
    assert "$name" in refused.value.hint
    assert SECRET not in f"{refused.value}{refused.value.hint}{signed_in.out}{signed_in.err}"
    assert SECRET not in str(signed_in.ipython.history_manager.input_hist_raw)
    assert sent(sandbox) == []


def test_from_a_variable_it_is_sent_and_shown_nowhere(
    signed_in: Shell, sandbox: Sandbox, account: OneCloud
) -> None:
    signed_in.ipython.user_ns["secret"] = SECRET

    run = signed_in.run(f"%%onecloud run {CHAIN}\ndb_password: $secret\nperiod: 2026-10")

    assert sent(sandbox) == [{"db_password": SECRET, "period": "2026-10"}]
    assert run.inputs == {"db_password": "(secret)", "period": "2026-10"}
    shown = signed_in.out + signed_in.err + str(signed_in.shown(run)) + repr(run)
    assert SECRET not in shown
    assert "(secret)" in shown
    assert SECRET not in str(signed_in.run("%onecloud runs --mine").to_dict())


@pytest.mark.parametrize("flags", ["--curl bash", "--curl cmd", "--curl powershell", "--python"])
def test_the_last_call_is_written_without_it(
    signed_in: Shell, sandbox: Sandbox, account: OneCloud, flags: str
) -> None:
    account.start(CHAIN.strip('"'), inputs={"db_password": SECRET, "period": "2026-10"})

    text = signed_in.run(f"%onecloud last {flags}")

    assert SECRET not in text
    assert "(secret)" in text
    assert "2026-10" in text


def test_one_that_is_declared_is_left_out_as_well(
    signed_in: Shell, sandbox: Sandbox, account: OneCloud
) -> None:
    company = sandbox._world.company
    for chain in company.chains.values():
        chain.inputs = tuple(
            type(each)(each.vuid, "password", each.name, each.values) for each in chain.inputs
        )
    account.start(CHAIN.strip('"'), inputs={"more": SECRET})

    text = signed_in.run("%onecloud last --curl")

    assert SECRET not in text
    assert "(secret)" in text


def test_the_last_call_that_is_no_start_is_whole(signed_in: Shell, account: OneCloud) -> None:
    account.call("getChainRun", chain_run_id="1000002")

    assert "/chain_run/1000002" in signed_in.run("%onecloud last --curl")


@pytest.mark.parametrize(
    "cell",
    [
        f"{RUN} -i account_key=4711",
        f"%%onecloud run {CHAIN}\naccount_key: 4711",
        f"%%onecloud run {CHAIN}\ndb_password: 4711",
    ],
)
def test_one_that_is_spelt_out_is_sent_and_said_to_stay(
    signed_in: Shell, sandbox: Sandbox, cell: str
) -> None:
    signed_in.run(cell)

    assert len(sent(sandbox)) == 1
    assert "may be secret, and stays in the notebook and in the history" in signed_in.out


def test_what_comes_from_a_variable_is_not_said_to_stay(signed_in: Shell, sandbox: Sandbox) -> None:
    signed_in.ipython.user_ns["secret"] = SECRET

    signed_in.run(f"%%onecloud run {CHAIN}\ndb_password: $secret")

    assert "may be secret" not in signed_in.out


def test_a_token_in_a_body_is_refused(signed_in: Shell, sandbox: Sandbox) -> None:
    token = sandbox.credentials["access_token"]

    with pytest.raises(UsageError, match="A secret does not belong") as refused:
        signed_in.run(f"%%onecloud run {CHAIN}\nmore: {token}")

    assert token not in f"{refused.value}{refused.value.hint}"
    assert token not in str(signed_in.ipython.history_manager.input_hist_raw)
    assert sent(sandbox) == []


def test_a_verbose_traceback_shows_no_variable_of_the_user(
    signed_in: Shell, sandbox: Sandbox
) -> None:
    signed_in.ipython.user_ns["secret"] = SECRET
    signed_in.run("%xmode Verbose")

    for body in ("db_password: $secret\nmore: $nothing", "db_password: $secret\nnot_there: 1"):
        with pytest.raises(Exception, match=r".") as failed:
            signed_in.run(f"%%onecloud run {CHAIN}\n{body}")

        shown = "\n".join(failed.value._render_traceback_())  # type: ignore[attr-defined]
        assert SECRET not in shown + signed_in.out + signed_in.err


def test_values_have_their_json_types(signed_in: Shell, sandbox: Sandbox) -> None:
    signed_in.ipython.user_ns["rows"] = [1, 2.5, None]

    signed_in.run(f"%%onecloud run {CHAIN}\nperiod: 2026-10\nmore: $rows")

    assert json.dumps(sent(sandbox)) == '[{"period": "2026-10", "more": [1, 2.5, null]}]'


def test_a_body_is_for_what_takes_inputs(signed_in: Shell) -> None:
    with pytest.raises(UsageError, match="chains takes no body"):
        signed_in.run("%%onecloud chains\nperiod: 2026-10")
