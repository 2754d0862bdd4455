"""`python -m onecloud_magic …` in processes of its own, with an environment of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from onecloud_magic.sandbox import Sandbox

from .running import PATIENCE

COMMAND = [sys.executable, "-m", "onecloud_magic"]
PLENTY = 1_000_000


class Ended(NamedTuple):
    """A command that has ended."""

    code: int
    out: str
    err: str


class Shell(NamedTuple):
    """A shell with these environment variables."""

    env: dict[str, str]

    @classmethod
    def at(cls, home: Path, **variables: str) -> Shell:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("CI", "PYTHONIOENCODING") and not name.startswith("ONECLOUD_")
        }
        own = {
            "ONECLOUD_HOME": str(home / "onecloud"),
            "ONECLOUD_BURST_LIMIT": str(PLENTY),
            "ONECLOUD_PROGRESS": "False",  # on a slow machine it would show where none is expected
            "HOME": str(home),
            "PYTHONUTF8": "1",
        }
        return cls({**kept, **own, **variables})

    def with_(self, **variables: str) -> Shell:
        return Shell({**self.env, **variables})

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - every word of the command is ours
            [*COMMAND, *words],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, *words: str) -> Ended:
        with self.start(*words) as process:
            out, err = process.communicate(timeout=PATIENCE)
        return Ended(process.returncode, out, err)

    def well(self, *words: str) -> str:
        """Run what must succeed without a word on stderr; gives what it prints."""
        ended = self.run(*words)
        assert (ended.code, ended.err) == (0, "")
        return ended.out


def token_of(sandbox: Sandbox) -> str:
    return sandbox.credentials["access_token"]


def variables(box: Sandbox) -> dict[str, str]:
    """The environment of a kernel that is signed in there, and shows what takes its time."""
    return {
        "ONECLOUD_BASE_URL": box.url,
        "ONECLOUD_ACCESS_TOKEN": token_of(box),
        "ONECLOUD_TIMEZONE": "UTC",
        "ONECLOUD_PROGRESS": "True",
    }
