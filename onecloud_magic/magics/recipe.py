"""The last call as something to run elsewhere: without its token, which the environment holds."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ..account import clock_time
from ..errors import NotFound, UsageError
from ..show import Text, printable

if TYPE_CHECKING:
    from ..account import Last, OneCloud

__all__ = ["recipe"]

_TOKEN = "ONECLOUD_ACCESS_TOKEN"  # noqa: S105  # the name of the variable


def recipe(oc: OneCloud, form: str = "") -> Text:
    """Write the last call of the account in *form*: bash, cmd, powershell, python, or plainly.

    Raises:
        UsageError: no call was made yet, there is no such form, or it sent a file.
    """
    last = oc.last
    if last is None:
        raise UsageError("No call was made yet.", "Try %onecloud workspaces.")
    if not form:
        return Text(_plain(last, oc))
    if form not in _FORMS:
        raise NotFound("shell", form, tuple(_QUOTES))
    if last.request.files:
        raise UsageError(
            "The last call sent a file, which is not kept.", f"It was {_line(last, oc)}."
        )
    return Text(_FORMS[form](last, oc))


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


def _curl(shell: str) -> Callable[[Last, OneCloud], str]:
    quoted, token, program = _QUOTES[shell]

    def written(last: Last, oc: OneCloud) -> str:
        request = last.request
        parts = [f"{program} --request {request.operation.method}", token]
        parts += [
            f"--header {quoted(f'{name}: {value}')}" for name, value in request.headers.items()
        ]
        if request.body is not None:
            parts.append(f"--data-raw {quoted(request.body.decode())}")
        return " ".join([*parts, quoted(_url(last, oc))])

    return written


def _in_cmd(text: str) -> str:
    # cmd expands %…% in quotes too; a program sees \" as a quote.
    return '"' + text.replace('"', '\\"').replace("%", "%%") + '"'


def _in_powershell(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_QUOTES: dict[str, tuple[Callable[[str], str], str, str]] = {
    "bash": (shlex.quote, f'--header "Authorization: Bearer ${_TOKEN}"', "curl"),
    "cmd": (_in_cmd, f'--header "Authorization: Bearer %{_TOKEN}%"', "curl"),
    "powershell": (_in_powershell, f'--header "Authorization: Bearer $env:{_TOKEN}"', "curl.exe"),
}


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


_FORMS: dict[str, Callable[[Last, OneCloud], str]] = {
    **{shell: _curl(shell) for shell in _QUOTES},
    "python": _python,
}
