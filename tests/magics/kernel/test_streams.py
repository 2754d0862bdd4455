"""What a command in a shell does with pipes, narrow terminals, full disks and Ctrl-C."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from onecloud_magic.sandbox import Sandbox

from .commands import COMMAND, Shell, token_of
from .running import PATIENCE

pytestmark = pytest.mark.process

posix = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows sends no signals to one process"
)


@pytest.fixture
def signed_out(tmp_path: Path) -> Shell:
    return Shell.at(tmp_path)


@pytest.fixture
def signed_in(signed_out: Shell, service: Sandbox) -> Shell:
    return signed_out.with_(ONECLOUD_BASE_URL=service.url, ONECLOUD_ACCESS_TOKEN=token_of(service))


@posix
@pytest.mark.parametrize("where", ["/dev/full", "&-"])
def test_an_output_that_takes_nothing_is_told_in_a_line(signed_out: Shell, where: str) -> None:
    if where == "/dev/full" and not Path(where).exists():
        pytest.skip(f"there is no {where} here")

    ended = subprocess.run(  # noqa: S603 - every word of the command is ours
        ["/bin/sh", "-c", f'"$@" >{where}', "sh", *COMMAND, "status"],
        env=signed_out.env,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert 1 <= len(ended.stderr.splitlines()) <= 3


@pytest.mark.parametrize("words", [("help",), ("chains", "--csv")])
def test_a_reader_that_leaves_early_is_no_error(signed_in: Shell, words: tuple[str, ...]) -> None:
    with signed_in.start(*words) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        err = process.stderr.read()

    assert (process.returncode, err) == (0, "")


@pytest.mark.parametrize("words", [("users",), ("users", "--csv"), ("status",)])
def test_an_encoding_that_lacks_a_letter_is_no_error(
    signed_in: Shell, words: tuple[str, ...]
) -> None:
    narrow = signed_in.with_(PYTHONIOENCODING="ascii", PYTHONUTF8="0")

    out = narrow.well(*words)

    assert out.isascii()
    assert "?" in out
    assert not signed_in.well(*words).isascii()


@posix
def test_a_sandbox_serves_until_it_is_interrupted(signed_out: Shell, tmp_path: Path) -> None:
    record = tmp_path / "onecloud" / "profiles" / "sandbox" / "record.json"
    with signed_out.start("sandbox") as process:
        try:
            assert process.stdout
            assert process.stderr
            card = [process.stdout.readline() for _ in range(12)]
            told = process.stderr.readline()
            elsewhere = signed_out.well("workspaces", "-p", "sandbox")
            assert record.exists()

            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()

    assert card[0] == "OneCloud [SANDBOX]\n"
    assert card[-1].startswith("  next")
    assert "%onecloud" not in "".join(card)
    assert told == "Serving until Ctrl-C.\n"
    assert "Finance Close" in elsewhere
    assert process.returncode == 130
    assert (out, err) == ("", "Interrupted.\n")
    assert not record.exists()


@posix
def test_a_read_that_is_interrupted_says_so_in_a_line(signed_out: Shell) -> None:
    with Sandbox(burst_limit=1) as slow:
        told = signed_out.with_(
            ONECLOUD_BASE_URL=slow.url,
            ONECLOUD_ACCESS_TOKEN=token_of(slow),
            ONECLOUD_PROGRESS="True",
        )
        with told.start("chains") as process:
            try:
                assert process.stderr is not None
                told_first = process.stderr.readline()
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=PATIENCE)
            finally:
                process.kill()

    assert "; waiting " in told_first
    assert (process.returncode, out) == (130, "")
    assert re.search(r"chains: interrupted after \d+ calls? in ", err)
    assert err.endswith("Interrupted.\n")
