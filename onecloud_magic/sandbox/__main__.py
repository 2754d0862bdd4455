"""`python -m onecloud_magic.sandbox`: start a sandbox and serve until Ctrl-C."""

from __future__ import annotations

import argparse
import inspect
import signal
import sys
import threading
from collections.abc import Sequence
from typing import get_args

from .box import Sandbox
from .limits import Kind


def main(arguments: Sequence[str] | None = None) -> int:
    """Start a sandbox, say how to reach it, and wait for Ctrl-C."""
    options = vars(parser().parse_args(arguments))
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: done.set())
    try:
        sandbox = Sandbox(**options)
    except (OSError, OverflowError, ValueError) as error:
        print(f"The sandbox cannot start: {error}", file=sys.stderr)  # noqa: T201 - a command prints
        return 1
    with sandbox:
        print(_told(sandbox), flush=True)  # noqa: T201 - a command prints
        while not done.wait(0.5):  # a wait without end would keep Ctrl-C waiting on Windows
            pass
    return 0


def parser() -> argparse.ArgumentParser:
    """Make the parser: an option for each argument of `Sandbox`, with its own words."""
    made = argparse.ArgumentParser(
        prog="python -m onecloud_magic.sandbox",
        description="Serve a OneCloud sandbox on loopback until Ctrl-C.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    words = _words()
    add = made.add_argument
    add("--port", type=int, default=0, help=words["port"])
    add("--seed", type=int, default=1, help=words["seed"])
    add("--token-ttl", type=float, default=86400.0, help=words["token_ttl"])
    add(
        "--expires-in",
        action=argparse.BooleanOptionalAction,
        default=True,
        help=words["expires_in"],
    )
    add("--reuse", choices=("refuse", "revoke"), default="refuse", help=words["reuse"])
    add("--window", choices=get_args(Kind), default="sliding", help=words["window"])
    add("--count-refused", action="store_true", help=words["count_refused"])
    add("--burst-limit", type=int, default=100, help=words["burst_limit"])
    add("--daily-limit", type=int, default=50_000, help=words["daily_limit"])
    add("--ids", choices=("text", "integer"), default="text", help=words["ids"])
    add("--input-names", action="store_true", help=words["input_names"])
    add("--prefix", default="", help=words["prefix"])
    add("--certificate", help=words["certificate"])
    add("--host", default="127.0.0.1", help=words["host"])
    return made


def _words() -> dict[str, str]:
    """Read what each argument means off the docstring of `Sandbox`: said once, shown twice."""
    text = inspect.getdoc(Sandbox) or ""
    listed = text.partition("Args:\n")[2].partition("\n\n")[0]
    words: dict[str, str] = {}
    name = ""
    for line in listed.splitlines():
        if not line.startswith(" " * 8):
            name, _, line = line.strip().partition(":")
        words[name] = f"{words.get(name, '')} {line.strip().replace('`', '')}".strip()
    return words


def _told(sandbox: Sandbox) -> str:
    tokens, grant = sandbox.credentials, sandbox.grant
    return "\n".join(
        [
            f"OneCloud sandbox: {sandbox.url}",
            f"access token:     {tokens['access_token']}",
            f"refresh token:    {tokens['refresh_token']}",
            f"client id:        {tokens['client_id']}",
            f"grant's id:       {grant['client_id']}",
            f"grant's secret:   {grant['client_secret']}",
            "It has a made-up company, keeps nothing, and ends with Ctrl-C.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
