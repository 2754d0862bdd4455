"""`%onecloud last`: the last call, without a secret, as something that runs elsewhere."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic import OneCloud
from onecloud_magic.errors import UsageError
from onecloud_magic.magics.recipe import recipe
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.show import Text
from tests.account.reads import A_RUN
from tests.conftest import need

from .shell import Shell

FORMS = ["", "--curl", "--curl bash", "--curl cmd", "--curl powershell", "--python"]
CALLS = ["workspaces", "runs --state failed --limit 5", f"nodes {A_RUN}", "logins --limit 3"]

pytestmark = pytest.mark.filterwarnings("ignore::onecloud_magic.OneCloudWarning")


def repeated(words: list[str], token: str, **more: str) -> str:
    """What a command prints, run with the token in its environment."""
    environment = {"PATH": os.environ["PATH"], "ONECLOUD_ACCESS_TOKEN": token, **more}
    done = subprocess.run(  # noqa: S603  # what is under test
        words, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


@pytest.mark.parametrize("form", FORMS)
def test_before_any_call_there_is_none(shell: Shell, form: str) -> None:
    with pytest.raises(UsageError, match="No call was made yet") as told:
        shell.run(f"%onecloud last {form}")

    assert "%onecloud workspaces" in told.value.hint


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("call", CALLS)
def test_no_form_has_a_secret_and_every_form_has_the_address(
    signed_in: Shell, sandbox: Sandbox, call: str, form: str
) -> None:
    signed_in.run(f"%onecloud {call} --refresh;")

    text = signed_in.run(f"%onecloud last {form}")

    assert isinstance(text, Text)
    assert sandbox.url + sandbox.requests[-1].path in text
    assert not any(secret in text for secret in sandbox.credentials.values())
    assert ("ONECLOUD_ACCESS_TOKEN" in text) is bool(form)


@pytest.mark.parametrize(
    ("form", "program", "variable"),
    [
        ("bash", "curl ", "$ONECLOUD_ACCESS_TOKEN"),
        ("cmd", "curl ", "%ONECLOUD_ACCESS_TOKEN%"),
        ("powershell", "curl.exe ", "$env:ONECLOUD_ACCESS_TOKEN"),
    ],
)
def test_each_shell_takes_the_token_from_its_environment(
    signed_in: Shell, form: str, program: str, variable: str
) -> None:
    signed_in.run("%onecloud workspaces;")

    text = signed_in.run(f"%onecloud last --curl {form}")

    assert text.startswith(program)
    assert f'"Authorization: Bearer {variable}"' in text


def test_plainly_it_says_what_was_answered_and_when(signed_in: Shell) -> None:
    signed_in.run("%onecloud workspaces;")

    text = signed_in.run("%onecloud last")

    assert "getWorkspaces: answered 200 at 2026-09-21 14:13:20 UTC" in text


def test_it_costs_no_call_and_changes_nothing(signed_in: Shell, sandbox: Sandbox) -> None:
    signed_in.run("%onecloud workspaces;")
    asked = len(sandbox.requests)

    first, second = (signed_in.run("%onecloud last --curl") for _ in range(2))

    assert first == second
    assert len(sandbox.requests) == asked


def test_a_call_that_was_refused_is_the_last_one_too(signed_in: Shell) -> None:
    with pytest.raises(UsageError):
        signed_in.run("%onecloud nodes 1")

    assert "answered 404" in signed_in.run("%onecloud last")


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("bash", "'bash' goes with --curl only."),
        ("--python bash", "'bash' goes with --curl only."),
        ("--curl --python", "--curl and --python cannot both be."),
        ("--curl zsh", "No shell is called 'zsh'."),
        pytest.param("--curl python", "No shell is called 'python'."),
    ],
)
def test_a_form_that_there_is_not_is_an_error(signed_in: Shell, form: str, says: str) -> None:
    signed_in.run("%onecloud workspaces;")

    with pytest.raises(UsageError) as told:
        signed_in.run(f"%onecloud last {form}")

    assert str(told.value) == says
    assert told.value.hint


@pytest.mark.process
@pytest.mark.parametrize("call", CALLS)
def test_the_form_for_bash_asks_the_same_again(
    signed_in: Shell, sandbox: Sandbox, call: str
) -> None:
    need("curl")
    signed_in.run(f"%onecloud {call} --refresh;")
    asked = sandbox.requests[-1]
    text = signed_in.run("%onecloud last --curl bash")

    answer = repeated([need("bash"), "-c", str(text)], sandbox.credentials["access_token"])

    again = sandbox.requests[-1]
    assert again is not asked
    assert (again.method, again.path, again.query) == (asked.method, asked.path, asked.query)
    assert again.status == 200
    assert "data" in json.loads(answer)


@pytest.mark.process
@pytest.mark.parametrize("call", CALLS)
def test_the_form_for_python_asks_the_same_again(
    signed_in: Shell, sandbox: Sandbox, call: str
) -> None:
    signed_in.run(f"%onecloud {call} --refresh;")
    asked = sandbox.requests[-1]
    text = signed_in.run("%onecloud last --python")

    answer = repeated([sys.executable, "-c", str(text)], sandbox.credentials["access_token"])

    again = sandbox.requests[-1]
    assert (again.method, again.path, again.query) == (asked.method, asked.path, asked.query)
    assert answer.startswith("200 ")


# What a name may have in it that a shell takes for an order.
SINGLE = "'\u2018\u2019\u201a\u201b"  # all of them are quotes to PowerShell
values = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from('"$`%&|;^<>!\\ ' + SINGLE))
)


def asked_with(query: str, body: str) -> OneCloud:
    """An account whose last call had this in its address and its body."""
    request = SimpleNamespace(
        operation=SimpleNamespace(id="anOperation", method="POST"),
        path="/v1/x",
        query={"name": query},
        headers={"Accept": "application/json"},
        body=body.encode(),
        files=None,
    )
    account: Any = SimpleNamespace(
        last=SimpleNamespace(request=request, status=200, at=0.0),
        session=SimpleNamespace(host="http://127.0.0.1:1"),
        timezone="UTC",
    )
    return cast(OneCloud, account)


def sent(value: str) -> str:
    """A body as the transport makes it."""
    return json.dumps({"inputs": {"name": value}})


@given(values, values)
def test_for_bash_every_text_is_one_word_that_nothing_is_read_in(query: str, value: str) -> None:
    words = shlex.split(recipe(asked_with(query, sent(value)), curl="bash"))

    assert words[words.index("--data-raw") + 1] == sent(value)
    assert words[-1].startswith("http://127.0.0.1:1/v1/x?name=")
    assert [word for word in words if "ONECLOUD" in word] == [
        "Authorization: Bearer $ONECLOUD_ACCESS_TOKEN"
    ]


@given(values, values)
def test_for_powershell_every_text_stands_in_quotes_that_it_cannot_close(
    query: str, value: str
) -> None:
    text = recipe(asked_with(query, sent(value)), curl="powershell")

    body, _, behind = text.partition(" | curl.exe ")
    assert as_powershell_reads(body) == (sent(value), "")
    read, outside = as_powershell_reads(behind.partition("--data-binary ")[2])
    assert read.startswith("@- http://127.0.0.1:1/v1/x?name=")
    assert outside == " "


def as_powershell_reads(text: str) -> tuple[str, str]:
    """Words in '…' without their quotes, and what stands outside of them."""
    read, outside, inside, place = "", "", False, 0
    while place < len(text):
        each, behind = text[place], text[place + 1 : place + 2]
        place += 1
        if each in SINGLE and inside and behind and behind in SINGLE:
            place += 1
        elif each in SINGLE:
            inside = not inside
            continue
        elif not inside:
            outside += each
        read += each
    return read, outside


@given(values, values)
def test_for_cmd_nothing_special_stands_outside_of_quotes(query: str, value: str) -> None:
    text = recipe(asked_with(query, sent(value)), curl="cmd")

    assert not specials_in_cmd(text)


@given(values)
def test_for_cmd_an_address_is_safe_whatever_is_asked_for(query: str) -> None:
    text = recipe(asked_with(query, "{}"), curl="cmd")

    assert not specials_in_cmd(text)


def specials_in_cmd(line: str) -> str:
    """What cmd takes for an order: what stands outside of its quotes, which know no backslash."""
    inside, found = False, ""
    for each in line:
        inside ^= each == '"'
        found += each if each in "&|<>^" and not inside else ""
    return found
