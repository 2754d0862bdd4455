"""`python -m onecloud_magic.sandbox` as a newcomer runs it, and the guide's own curl lines."""

import inspect
import json
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.__main__ import main, parser

from ..conftest import need
from .asking import QUOTA, WORKSPACES

COMMAND = [sys.executable, "-m", "onecloud_magic.sandbox"]
posix = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows sends no signals to one process"
)


class Serving(NamedTuple):
    """A sandbox in a process of its own, and what it printed."""

    process: subprocess.Popen[str]
    told: str

    def value(self, name: str) -> str:
        found = re.search(rf"^{name}: +(\S+)$", self.told, re.MULTILINE)
        assert found, self.told
        return found[1]

    @property
    def url(self) -> str:
        return self.value("OneCloud sandbox")

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.value('access token')}"}

    def refresh(self) -> requests.Response:
        return requests.post(
            f"{self.url}/oauth/token",
            json={
                "grant_type": "refresh_token",
                "client_id": self.value("client id"),
                "refresh_token": self.value("refresh token"),
            },
            timeout=10,
        )


@pytest.fixture
def serve() -> Iterator[Callable[..., Serving]]:
    """Start the command with these options, and wait until it has told how to reach it."""
    with ExitStack() as stack:

        def started(*options: str) -> Serving:
            process = stack.enter_context(
                subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, text=True)  # noqa: S603 - every word is ours
            )
            stack.callback(process.kill)
            assert process.stdout
            return Serving(process, "".join(islice(process.stdout, 5)))

        yield started


def ended(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - every word of the command is ours
        [*COMMAND, *options], capture_output=True, text=True, timeout=20, check=False
    )


# ---- serving


def test_it_prints_how_to_reach_it_and_serves(serve: Callable[..., Serving]) -> None:
    serving = serve()

    answer = requests.get(serving.url + WORKSPACES, headers=serving.bearer, timeout=10)

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", serving.url)
    assert len(answer.json()["data"]) == 3
    assert serving.refresh().status_code == 200


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly_when_it_is_told_to(
    serve: Callable[..., Serving], number: signal.Signals
) -> None:
    serving = serve()

    serving.process.send_signal(number)

    rest, _ = serving.process.communicate(timeout=10)
    assert (serving.process.returncode, rest) == (0, "")


def test_every_option_has_its_effect(serve: Callable[..., Serving]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    serving = serve(
        *("--port", str(port), "--prefix", "/s/wdata/oc/api", "--ids", "integer", "--seed", "3"),
        *("--token-ttl", "30", "--reuse", "revoke", "--window", "clock", "--count-refused"),
        *("--burst-limit", "7", "--daily-limit", "9", "--input-names", "--host", "localhost"),
    )

    answer = requests.get(
        f"{serving.url}/v1/metadata/chains/search", headers=serving.bearer, timeout=10
    )
    refreshed = serving.refresh().json()
    serving.refresh()
    revoked = requests.get(serving.url + WORKSPACES, headers=serving.bearer, timeout=10)

    assert serving.url == f"http://localhost:{port}/s/wdata/oc/api"
    assert [answer.headers[name] for name in QUOTA] == ["6", "8"]
    chains = answer.json()["data"]
    assert {type(chain["id"]) for chain in chains} == {int}
    assert any("name" in each for chain in chains for each in chain["runtime_inputs"])
    assert refreshed["expires_in"] == 30
    assert revoked.status_code == 401


def test_the_life_of_tokens_can_be_left_untold(serve: Callable[..., Serving]) -> None:
    assert "expires_in" not in serve("--no-expires-in").refresh().json()


# ---- saying what it cannot do


def test_a_port_in_use_is_one_line_and_exit_1(company: Sandbox) -> None:
    tried = ended("--port", str(company.port))

    assert (tried.returncode, tried.stdout) == (1, "")
    assert re.fullmatch(r"The sandbox cannot start: .*in use.*\n", tried.stderr)


@pytest.mark.parametrize(
    "options",
    [("--port", "70000"), ("--certificate", "no-such-file.pem"), ("--host", "no.such.invalid")],
)
def test_what_cannot_be_is_one_line_and_exit_1(
    options: Sequence[str], capsys: pytest.CaptureFixture[str], restored: None
) -> None:
    assert main(options) == 1

    told = capsys.readouterr()
    assert told.out == ""
    assert re.fullmatch(r"The sandbox cannot start: .+\n", told.err)


@pytest.fixture
def restored() -> Iterator[None]:
    """What answers to Ctrl-C afterwards is what did before."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("options", [("--window", "round"), ("--ids", "guid"), ("--colour", "red")])
def test_an_option_that_does_not_exist_is_a_mistake_of_usage(
    options: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(options)

    assert "usage: python -m onecloud_magic.sandbox" in capsys.readouterr().err


# ---- --help


def test_help_explains_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])

    told = "".join(capsys.readouterr().out.split())  # lines may break at hyphens, too
    for action in parser()._actions:
        words = (action.help or "").partition(" (default")[0]
        assert len(words) > 10
        assert "".join(words.split()) in told
        assert action.option_strings[-1] in told


def test_every_argument_of_the_sandbox_is_an_option_with_the_same_default() -> None:
    arguments = dict(inspect.signature(Sandbox).parameters)
    del arguments["clock"]  # a function cannot be typed

    options = vars(parser().parse_args([]))

    assert options == {name: each.default for name, each in arguments.items()}


# ---- the guide's own lines, their breaks restored and their host replaced

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
    import trustme

    authority, served = trustme.CA(), tmp_path / "server.pem"
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(str(served))

    serving = serve("--certificate", str(served))

    assert serving.url.startswith("https://")
    trusting = METADATA.replace("curl ", f"curl --cacert {tmp_path / 'ca.pem'} ")
    assert curl(trusting, serving).status == 200
