"""Broken answers: behind every read they end in an error of ours, or in the right frame."""

from __future__ import annotations

import json
from dataclasses import replace
from fnmatch import fnmatchcase

import pytest

from onecloud_magic import OneCloud, OneCloudWarning
from onecloud_magic.errors import BadAnswer, OneCloudError, Unreachable
from onecloud_magic.sandbox import Recorded, Sandbox, faults
from onecloud_magic.sandbox.messages import Reply, Request
from tests.conftest import Clock

from .conftest import NewSandbox, SignIn
from .nonsense import lines
from .reads import READS, Read, as_promised, rows

pytestmark = pytest.mark.filterwarnings("ignore::onecloud_magic.OneCloudWarning")

every_read = pytest.mark.parametrize("read", READS, ids=repr)
BROKEN: dict[str, tuple[faults.Fault, type[OneCloudError]]] = {
    "cut off": (faults.truncated_body(), BadAnswer),
    "cut off at once": (faults.truncated_body(0.0), BadAnswer),
    "a web page": (faults.html_instead(), BadAnswer),
    "empty": (faults.empty_body(), BadAnswer),
    "500": (faults.status(500), Unreachable),
    "502": (faults.status(502), Unreachable),
    "503": (faults.html_instead(503), Unreachable),
    "dropped": (faults.drop_before_work(), Unreachable),
    "dropped after work": (faults.drop_after_work(), Unreachable),
}


def calls_of(sandbox: Sandbox, read: Read) -> list[Recorded]:
    return [each for each in sandbox.requests if fnmatchcase(each.path, read.path)]


@every_read
@pytest.mark.parametrize("how", BROKEN)
def test_an_answer_that_stays_broken_is_an_error_after_three_tries(
    account: OneCloud, sandbox: Sandbox, clock: Clock, read: Read, how: str
) -> None:
    fault, error = BROKEN[how]
    sandbox.faults.add(fault, path=read.path)

    with pytest.raises(error) as told:
        read(account)

    assert len(calls_of(sandbox, read)) == 3
    assert len(lines(told.value)) <= 3
    assert told.value.hint


@every_read
def test_an_answer_that_is_broken_twice_is_no_matter(
    account: OneCloud, sandbox: Sandbox, read: Read
) -> None:
    right = read(account)
    sandbox.faults.add(faults.truncated_body(), path=read.path, times=1)
    sandbox.faults.add(faults.status(503), path=read.path, times=1, after=1)

    frame = read(account, refresh=True)

    assert frame.equals(right)
    assert (
        frame.attrs["onecloud"]["calls"]
        == account.estimate(read.name, **read.arguments, refresh=True) + 2
    )


@every_read
def test_a_redirect_is_an_error_at_once(account: OneCloud, sandbox: Sandbox, read: Read) -> None:
    sandbox.faults.add(faults.redirect("https://sso.example/login"), path=read.path)

    with pytest.raises(Unreachable, match=r"redirect to sso\.example") as told:
        read(account)

    assert told.value.status == 302
    assert len(calls_of(sandbox, read)) == 1


@every_read
def test_data_that_is_not_wrapped_is_read_where_it_is_a_list(
    account: OneCloud, sandbox: Sandbox, read: Read
) -> None:
    right = read(account)
    sandbox.faults.add(faults.bare_list(), path=read.path)

    if read.table in ("runs", "nodes", "outputs"):  # a page and a run are no lists
        with pytest.raises(BadAnswer, match="it has no data"):
            read(account, refresh=True)
    else:
        assert read(account, refresh=True).equals(right)


@every_read
def test_what_is_broken_is_not_kept(account: OneCloud, sandbox: Sandbox, read: Read) -> None:
    sandbox.faults.add(faults.html_instead(), path=read.path, times=3)
    with pytest.raises(BadAnswer):
        read(account)

    frame = read(account)

    assert as_promised(frame, read.table)
    assert len(frame) > 0


@pytest.mark.parametrize(("name", "shown"), [(None, None), (5, "5"), (True, "true"), ("", "")])
def test_what_a_parent_is_called_is_read_as_in_its_own_table(
    account: OneCloud, sandbox: Sandbox, name: object, shown: object
) -> None:
    sandbox.faults.add(renamed(name), path="/v1/metadata/workspace/*/environment")

    for read, column in ((account.environments, "name"), (account.chains, "environment")):
        assert {row[column] for row in rows(read())} == {shown}
    assert {row["environment"] for row in rows(account.runs(limit=50))} == {shown}


def test_a_parent_whose_name_is_no_text_is_an_error_there_too(
    account: OneCloud, sandbox: Sandbox
) -> None:
    sandbox.faults.add(renamed(["a list"]), path="/v1/metadata/workspace/*/environment")

    for read in (account.environments, account.chains, account.runs, account.inputs):
        with pytest.raises(BadAnswer, match="a list came where a text belongs"):
            read()


def test_what_came_without_an_id_cannot_be_asked_about_and_the_frame_says_so(
    account: OneCloud, sandbox: Sandbox
) -> None:
    def without(_request: Request, work: faults.Work) -> Reply:
        reply = work()
        data = json.loads(reply.body)["data"]
        del data[0]["id"]
        return replace(reply, body=json.dumps({"data": data}).encode())

    sandbox.faults.add(without, path="/v1/metadata/workspace")

    with pytest.warns(OneCloudWarning, match=r"may be more\. Something came without an id\."):
        frame = account.environments()

    assert len(frame) == 8
    assert frame.attrs["onecloud"]["complete"] is False
    assert account.workspaces()["id"].isna().sum() == 1


def renamed(name: object) -> faults.Fault:
    """A service whose records are all called so."""

    def answer(_request: Request, work: faults.Work) -> Reply:
        reply = work()
        data = [{**record, "name": name} for record in json.loads(reply.body)["data"]]
        return replace(reply, body=json.dumps({"data": data}).encode())

    return answer


def test_a_sandbox_that_has_ended_is_told_with_what_to_do(
    new_sandbox: NewSandbox, sign_in: SignIn
) -> None:
    sandbox = new_sandbox()
    account = sign_in(sandbox)
    sandbox.stop()

    with pytest.raises(Unreachable) as told:
        account.workspaces()

    assert "%onecloud sandbox starts another" in told.value.hint


def test_some_other_server_is_no_service(account: OneCloud, sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.html_instead(404))

    with pytest.raises(Unreachable, match="has no OneCloud API there") as told:
        account.users()

    assert told.value.hint == "Is base_url right?"
