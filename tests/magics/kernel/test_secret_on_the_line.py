"""A secret on the line is refused, and gone from everything that the kernel keeps."""

from __future__ import annotations

import json
import secrets

import pytest

from onecloud_magic.sandbox import Sandbox

from .conftest import NewKernel
from .running import Kernel

pytestmark = pytest.mark.process


def typed(token: str) -> list[str]:
    return [
        f"%onecloud login --token {token}",
        f"%onecloud login --access-token={token}",
        f"%onecloud login {token}",
        f"df = %onecloud chains --refresh-token '{token}'",
    ]


def kept(kernel: Kernel, token: str) -> list[str]:
    """Where in the kernel the text still stands; itself it comes in halves, not to be a trace."""
    half = len(token) // 2
    kernel.run(f"text = '{token[:half]}' '{token[half:]}'".replace("' '", "' + '")).succeeded()
    found = kernel.value(
        "[name for name, value in {**globals(), 'history': list(get_ipython().history_manager"
        ".get_range(raw=False)), 'raw': list(get_ipython().history_manager.get_range())}.items()"
        " if name != 'text' and text in repr(value)]"
    )
    return [each for each in found.strip("[]").split(", ") if each]


@pytest.mark.parametrize("form", range(4))
def test_it_is_refused_and_taken_out_of_the_history(kernel: Kernel, form: int) -> None:
    token = secrets.token_hex(20)

    error = kernel.run(typed(token)[form]).error

    assert error["ename"] == "UsageError"
    assert "was not used" in error["evalue"]
    assert token not in json.dumps(error)
    assert kept(kernel, token) == []
    assert token not in kernel.run("%history -g login").succeeded().printed


def test_it_is_not_in_the_database_of_the_history_either(new_kernel: NewKernel) -> None:
    kernel = new_kernel()
    tokens = [secrets.token_hex(20) for _ in range(4)]
    kernel.run("%load_ext onecloud_magic").succeeded()

    for form, token in enumerate(tokens):
        kernel.run(f"before_{form} = 1").succeeded()
        assert kernel.run(typed(token)[form]).error["ename"] == "UsageError"
    while_running = kernel.place.history
    kernel.shut_down()

    assert b"before_3" in kernel.place.history
    for token in tokens:
        assert token.encode() not in while_running
        assert token.encode() not in kernel.place.history


def test_no_part_of_it_stays_in_the_database_where_sqlite_does_not_overwrite_by_itself(
    new_kernel: NewKernel,
) -> None:
    token = secrets.token_hex(2000)  # longer than a page of the database
    kernel = new_kernel()
    kernel.run("%load_ext onecloud_magic").succeeded()
    # Debian's SQLite overwrites what it frees, most others do not.
    kernel.run("get_ipython().history_manager.db.execute('PRAGMA secure_delete = 0')").succeeded()

    for line in typed(token) * 2:
        assert kernel.run(line).error["ename"] == "UsageError"
    kernel.shut_down()

    parts = [token[start : start + 20] for start in range(0, len(token), 20)]
    assert [each for each in parts if each.encode() in kernel.place.history] == []


def test_a_token_that_is_in_use_is_refused_wherever_it_stands(
    new_kernel: NewKernel, service: Sandbox
) -> None:
    token = service.enable_access()["access_token"]
    kernel = new_kernel(ONECLOUD_BASE_URL=service.url, ONECLOUD_ACCESS_TOKEN=token)
    kernel.run("%load_ext onecloud_magic").succeeded()

    error = kernel.run(f"%onecloud chains {token}").error

    assert error["ename"] == "UsageError"
    assert token not in json.dumps(error)
    assert kept(kernel, token) == []
    kernel.shut_down()
    assert token.encode() not in kernel.place.history
