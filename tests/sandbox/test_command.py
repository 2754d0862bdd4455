"""`python -m onecloud_magic.sandbox` as a newcomer runs it."""

import inspect
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

import pytest
import requests

from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.__main__ import main, parser

from .asking import QUOTA, WORKSPACES
from .serving import COMMAND, Serving

posix = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows sends no signals to one process"
)


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
