"""The last call as something to run elsewhere: without its token, which the environment holds."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ..account import clock_time
from ..errors import NotFound, UsageError
from ..show import Text, printable
from .left_out import without_secrets

if TYPE_CHECKING:
    from ..account import Last, OneCloud

__all__ = ["recipe"]

_TOKEN = "ONECLOUD_ACCESS_TOKEN"  # noqa: S105  # the name of the variable


def recipe(oc: OneCloud, *, curl: str = "", python: bool = False) -> Text:
    """Write the last call of the account for curl in the shell *curl*, in Python, or plainly.

    Raises:
        UsageError: no call was made yet, there is no such shell, or it sent a file.
    """
    last = oc.last
    if last is None:
        raise UsageError("No call was made yet.", "Try %onecloud workspaces.")
    if not (curl or python):
        return Text(_plain(last, oc))
    if curl and curl not in _CURLS:
        raise NotFound("shell", curl, tuple(_CURLS))
    last = without_secrets(oc, last)
    if last.request.files:
        raise UsageError(
            "The last call sent a file, which is not kept.", f"It was {_line(last, oc)}."
        )
    return Text(_python(last, oc) if python else _CURLS[curl](last, oc))


def _url(last: Last, oc: OneCloud) -> str:
    query = urlencode(last.request.query)
    return f"{oc.session.host}{last.request.path}" + (f"?{query}" if query else "")


def _line(last: Last, oc: OneCloud) -> str:
    return printable(f"{last.request.operation.method} {_url(last, oc)}")


def _plain(last: Last, oc: OneCloud) -> str:
    lines = [
        _line(last, oc),
        f"{last.request.operation.id}: answered {last.status} at {clock_time(oc, last.at)}",
    ]
    return "\n".join(lines)


def _bash(last: Last, oc: OneCloud) -> str:
    body = last.request.body
    data = [f"--data-raw {shlex.quote(body.decode())}"] if body is not None else []
    return _curl("curl", last, oc, f"${_TOKEN}", shlex.quote, data)


def _cmd(last: Last, oc: OneCloud) -> str:
    def quoted(text: str) -> str:
        # "" is a quote to the program, and leaves cmd inside of the quotes, where & is harmless.
        return '"' + text.replace('"', '""') + '"'

    body = last.request.body
    data = [f"--data-raw {quoted(body.decode())}"] if body is not None else []
    return _curl("curl", last, oc, f"%{_TOKEN}%", quoted, data)


def _powershell(last: Last, oc: OneCloud) -> str:
    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    body = last.request.body
    if body is None:
        return _curl("curl.exe", last, oc, f"$env:{_TOKEN}", quoted, [])
    # As an argument it would lose its quotes, in Windows PowerShell.
    piped = ["--data-binary '@-'"]
    return (
        f"{quoted(body.decode())} | {_curl('curl.exe', last, oc, f'$env:{_TOKEN}', quoted, piped)}"
    )


def _curl(
    program: str,
    last: Last,
    oc: OneCloud,
    token: str,
    quoted: Callable[[str], str],
    data: list[str],
) -> str:
    request = last.request
    headers = [quoted(f"{name}: {value}") for name, value in request.headers.items()]
    parts = [
        f"{program} --request {request.operation.method}",
        f'--header "Authorization: Bearer {token}"',
        *(f"--header {header}" for header in headers),
        *data,
        quoted(_url(last, oc)),
    ]
    return " ".join(parts)


_CURLS = {"bash": _bash, "cmd": _cmd, "powershell": _powershell}


def _python(last: Last, oc: OneCloud) -> str:
    request = last.request
    headers = [f"    {name!r}: {value!r}," for name, value in request.headers.items()]
    lines = [
        "import os",
        "",
        "import requests",
        "",
        "headers = {",
        f'    "Authorization": "Bearer " + os.environ[{_TOKEN!r}],',
        *headers,
        "}",
    ]
    body = f"\n    data={request.body!r}," if request.body is not None else ""
    return "\n".join(
        [
            *lines,
            "answer = requests.request(",
            f"    {request.operation.method!r},",
            f"    {_url(last, oc)!r},",
            f"    headers=headers,{body}",
            "    timeout=30,",
            "    allow_redirects=False,",
            ")",
            "print(answer.status_code, answer.json())",
        ]
    )
