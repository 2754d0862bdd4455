"""What the tests of a session look at: what was posted, what is stored, whether it lives."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from onecloud_magic import OneCloud
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.stores import FileStore
from onecloud_magic.home import Home
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.faults import Dropped
from onecloud_magic.sandbox.messages import Reply, Request

TOKEN = "/oauth/token"  # noqa: S105  # a path
HELPER = ["-P", "-m", "onecloud_magic.credentials.refresh"]
DEADLINE = 20.0  # seconds until a condition must hold


def until(condition: Callable[[], object]) -> None:
    """Wait for a condition; one that never comes fails the test."""
    ends = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < ends, "it did not come to that"
        time.sleep(0.01)


def kill(process: int) -> None:
    if sys.platform != "win32":
        os.kill(process, signal.SIGKILL)


def posts(sandbox: Sandbox) -> Counter[str]:
    """How often each refresh token was posted, whatever became of the answer."""
    bodies = (each.body for each in sandbox.requests if each.path == TOKEN)
    return Counter(json.loads(body)["refresh_token"] for body in bodies)


def calls(sandbox: Sandbox) -> list[int]:
    """The answers to all that was no refresh, by their status."""
    return [each.status for each in sandbox.requests if each.path != TOKEN]


def ask(account: OneCloud) -> int:
    """Make one call; the number of workspaces is the same in every sandbox."""
    return len(account.call("getWorkspaces"))


def stored(home: Path, profile: str = "default", *, pending: bool = False) -> Record:
    [place] = Home(home).pending(profile) if pending else [""]
    record = FileStore(profile, Home(home), place).load()
    assert record is not None
    return record


def journal(home: Path, profile: str = "default") -> Path:
    return home / "profiles" / profile / "journal"


def is_live(sandbox: Sandbox, record: Record) -> bool:
    """Whether the refresh token of *record* can be used once more: tried out, so it is spent."""
    assert record.refresh_token is not None
    fields = {"grant_type": "refresh_token", "client_id": record.client_id}
    fields["refresh_token"] = record.refresh_token.reveal()
    with requests.Session() as direct:
        direct.trust_env = False  # no proxies
        return direct.post(sandbox.token_url, json=fields, timeout=10).status_code == 200


def pasted(record: Record, **changed: str) -> dict[str, str]:
    """The tokens of *record*, as a user has them on the clipboard."""
    assert record.access_token is not None
    assert record.refresh_token is not None
    tokens = {"access_token": record.access_token, "refresh_token": record.refresh_token}
    given = {name: token.reveal() for name, token in tokens.items()}
    return {**given, "client_id": record.client_id, **changed}


class Gate:
    """A fault of the sandbox: holds every answer until it is opened.

    With *work_first* the service has spent the token by then, else it has not seen it; with
    *drop* it never does, and the answer is lost.
    """

    def __init__(self, *, work_first: bool = True, drop: bool = False) -> None:
        self._work_first, self._drop = work_first, drop
        self._reached, self._open = threading.Event(), threading.Event()

    def __call__(self, request: Request, work: Callable[[], Reply]) -> Reply:
        reply = work() if self._work_first else None
        self._reached.set()
        self._open.wait(DEADLINE)
        if self._drop:
            raise Dropped
        return reply or work()

    def wait(self) -> None:
        """Until a request stands before the gate."""
        assert self._reached.wait(DEADLINE), "nobody asked"

    def open(self) -> None:
        self._open.set()


class Crew:
    """Processes of our own that call when they are told to (`worker.py`)."""

    def __init__(self) -> None:
        self._first = subprocess.Popen(  # noqa: S603  # our own script
            [sys.executable, str(Path(__file__).with_name("worker.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.busy = False

    def ready(
        self,
        sandbox: Sandbox,
        profile: str = "default",
        *,
        processes: int = 1,
        threads: int = 1,
        login: bool = False,
    ) -> list[int]:
        """The ids of new processes, each with the session as it is now stored.

        With *login* they sign in with the environment before they call.
        """
        self.busy = True
        variables = {name: os.environ[name] for name in os.environ if name.startswith("ONECLOUD_")}
        order = {"url": sandbox.url, "profile": profile, "threads": threads, "login": login}
        self._tell(json.dumps({"processes": processes, "variables": variables, **order}))
        heard = [self._hear() for _ in range(processes)]
        assert all(words == "ready" for _, words in heard), heard
        return [number for number, _ in heard]

    def go(self, processes: int = 1) -> None:
        """Let the next ones call, all at once."""
        self._tell("\n" * (processes - 1))

    def result(self) -> list[str]:
        """What came of the calls of the next process that is served."""
        words: list[str] = self._hear()[1]
        return words

    def done(self) -> list[str]:
        """What came of all calls that are still to be answered; then all processes have ended."""
        results: list[str] = []
        while (words := self._hear()[1]) != "done":
            results += words
        self.busy = False
        return results

    def end(self) -> None:
        """End the processes that are left, which are those of one group."""
        if sys.platform != "win32":
            os.killpg(self._first.pid, signal.SIGKILL)
        self._first.communicate()

    def _tell(self, line: str) -> None:
        assert self._first.stdin is not None
        self._first.stdin.write(line + "\n")
        self._first.stdin.flush()

    def _hear(self) -> tuple[int, Any]:
        assert self._first.stdout is not None
        number, words = json.loads(self._first.stdout.readline())
        return number, words


def helpers(home: Path) -> list[int]:
    """The process ids of the detached helpers that work for this home."""
    mark = f"ONECLOUD_HOME={home}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            variables = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if HELPER[-1].encode() in words and mark in variables:
            found.append(int(folder.name))
    return found
