"""The guide's own curl lines, tried as a newcomer would."""

import json
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme

from ..conftest import need
from .asking import QUOTA
from .serving import Serving

# Their line breaks restored; the host is replaced when they are run.
METADATA = (
    'curl --header "Content-Type: application/json"'
    ' --header "Authorization: Bearer YOUR_ACCESS_TOKEN"'
    " --request GET https://api.onecloud.io/v1/metadata/workspace"
)
LINUX = (
    'curl -d \'{"grant_type":"refresh_token", "client_id": "YOUR_CLIENT_ID",'
    ' "refresh_token":"YOUR_REFRESH_TOKEN"}\''
    ' -H "Content-Type: application/json" -X POST https://api.onecloud.io/oauth/token'
)
WINDOWS = (
    r'curl -d "{\"grant_type\":\"refresh_token\", \"client_id\": \"YOUR_CLIENT_ID\",'
    r' \"refresh_token\":\"YOUR_REFRESH_TOKEN\"}"'
    r' -H "Content-Type: application/json" -X POST https://api.onecloud.io/oauth/token'
)


class Curled(NamedTuple):
    """What curl printed with `--include`."""

    status: int
    headers: dict[str, str]
    body: dict[str, object]


@pytest.fixture
def curl() -> Callable[[str, Serving], Curled]:
    program = need("curl")

    def run(line: str, serving: Serving) -> Curled:
        for name in ("access token", "client id", "refresh token"):
            line = line.replace(f"YOUR_{name.upper().replace(' ', '_')}", serving.value(name))
        words = shlex.split(line.replace("https://api.onecloud.io", serving.url))[1:]
        printed = subprocess.run(  # noqa: S603 - every word of the command is ours
            [program, "--silent", "--show-error", "--noproxy", "*", "--include", *words],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        ).stdout
        head, _, body = printed.replace("\r\n", "\n").partition("\n\n")
        first, *lines = head.splitlines()
        headers = dict(each.lower().split(": ", 1) for each in lines)
        return Curled(int(first.split()[1]), headers, json.loads(body))

    return run


def test_the_guides_line_for_metadata_shows_the_workspaces_and_the_limits(
    serve: Callable[..., Serving], curl: Callable[[str, Serving], Curled]
) -> None:
    answer = curl(METADATA, serve())

    assert answer.status == 200
    workspaces = answer.body["data"]
    assert isinstance(workspaces, list)
    assert {"id", "name", "description", "variables"} <= set(workspaces[0])
    assert [answer.headers[name] for name in QUOTA] == ["99", "49999"]


@pytest.mark.parametrize("line", [LINUX, WINDOWS], ids=["linux", "windows"])
def test_the_guides_line_for_a_refresh_brings_a_new_pair_once(
    serve: Callable[..., Serving], curl: Callable[[str, Serving], Curled], line: str
) -> None:
    serving = serve()

    first, second = curl(line, serving), curl(line, serving)

    assert first.status == 200
    assert {"access_token", "refresh_token"} <= set(first.body)
    assert first.body["refresh_token"] != serving.value("refresh token")
    assert (second.status, second.body["error"]) == (400, "invalid_grant")
    assert "access_token" not in second.body
    for answer in (first, second):
        assert [answer.headers[name] for name in QUOTA] == ["100", "50000"]


def test_the_guides_line_with_a_token_that_has_expired_is_unauthorized(
    serve: Callable[..., Serving], curl: Callable[[str, Serving], Curled]
) -> None:
    answer = curl(METADATA, serve("--token-ttl", "0"))

    assert answer.status == 401
    assert answer.body["error_description"] == "The access token expired"
    assert set(QUOTA) <= set(answer.headers)


def test_curl_trusts_the_certificate_that_the_command_is_given(
    serve: Callable[..., Serving], curl: Callable[[str, Serving], Curled], tmp_path: Path
) -> None:
    authority, served = trustme.CA(), tmp_path / "server.pem"
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(str(served))

    serving = serve("--certificate", str(served))

    assert serving.url.startswith("https://")
    trusting = METADATA.replace("curl ", f"curl --cacert {tmp_path / 'ca.pem'} ")
    assert curl(trusting, serving).status == 200
