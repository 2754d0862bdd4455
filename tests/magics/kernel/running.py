"""Kernels of this very Python, whatever kernels the machine has, in a home of the test's own."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager, KernelManager

NAME = "onecloud-test"  # no machine has a kernel of that name
PATIENCE = 60.0  # seconds; whoever waits longer has found an error

Message = dict[str, Any]


class Place(NamedTuple):
    """Folders of the test's own, and the environment that leads to them.

    Attributes:
        root: below it is everything that a kernel and its front end write.
        env: what processes of the test are started with.
    """

    root: Path
    env: dict[str, str]

    @classmethod
    def made(cls, root: Path, **variables: str) -> Place:
        """Make the folders and a kernelspec; *variables* are set on top."""
        folders = {
            "HOME": "home",
            "USERPROFILE": "home",
            "IPYTHONDIR": "ipython",
            "JUPYTER_CONFIG_DIR": "jupyter/config",
            "JUPYTER_DATA_DIR": "jupyter",
            "JUPYTER_PATH": "jupyter",
            "JUPYTER_RUNTIME_DIR": "jupyter/runtime",
            "ONECLOUD_HOME": "onecloud",
        }
        foreign = ("ONECLOUD_", "JUPYTER_", "IPYTHON", "XDG_")
        env = {
            name: value
            for name, value in os.environ.items()
            if name not in ("CI", "FORCE_COLOR", "PYTHONIOENCODING")
            and not name.startswith(foreign)
        }
        for name, folder in folders.items():
            (root / folder).mkdir(parents=True, exist_ok=True)
            env[name] = str(root / folder)
        env["ONECLOUD_PROGRESS"] = "False"  # on a slow machine it would show where none is expected
        spec = root / "jupyter" / "kernels" / NAME / "kernel.json"
        spec.parent.mkdir(parents=True)
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec.write_text(json.dumps({"argv": argv, "display_name": NAME, "language": "python"}))
        return cls(root, {**env, **variables})

    @property
    def manager(self) -> dict[str, Any]:
        """The keywords of a kernel manager that knows our kernelspec alone."""
        specs = KernelSpecManager(kernel_dirs=[str(self.root / "jupyter" / "kernels")])
        file = self.root / "jupyter" / "runtime" / f"{time.monotonic_ns()}.json"
        return {
            "kernel_name": NAME,
            "kernel_spec_manager": specs,
            "connection_file": str(file),
        }

    def async_manager(self) -> AsyncKernelManager:
        """What nbclient starts a kernel with."""
        return AsyncKernelManager(**self.manager)

    @property
    def records(self) -> list[str]:
        """The profiles whose session is kept."""
        profiles = self.root / "onecloud" / "profiles"
        return sorted(each.parent.name for each in profiles.glob("*/record.json"))

    @property
    def history(self) -> bytes:
        """The database of the history, byte by byte, and what is still to be moved into it."""
        files = sorted((self.root / "ipython").rglob("history.sqlite*"))
        assert files
        return b"".join(each.read_bytes() for each in files)


class Ran(NamedTuple):
    """What became of a cell: the kernel's reply, and what it sent on the way."""

    reply: Message
    sent: list[Message]

    def of(self, kind: str) -> list[Message]:
        return [each["content"] for each in self.sent if each["msg_type"] == kind]

    @property
    def error(self) -> Message:
        """The output of a cell that failed; it is the reply, too."""
        [error] = self.of("error")
        assert self.reply["content"]["status"] == "error"
        assert self.reply["content"]["ename"] == error["ename"]
        return error

    @property
    def data(self) -> dict[str, str]:
        """The result of the cell, as front ends get it."""
        self.succeeded()
        [result] = self.of("execute_result")
        data: dict[str, str] = result["data"]
        return data

    @property
    def printed(self) -> str:
        return "".join(each["text"] for each in self.of("stream"))

    def succeeded(self) -> Ran:
        assert self.reply["content"]["status"] == "ok", self.reply["content"]
        return self


class Kernel:
    """A kernel, and all that it ever said.

    Attributes:
        place: its folders.
        heard: every message that came from it.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.heard: list[Message] = []
        self.manager = KernelManager(**place.manager)
        self.manager.start_kernel(env=place.env)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)

    def run(self, code: str, answers: Sequence[str] | None = None) -> Ran:
        """Run a cell; with *answers* the front end takes input, and gives them one by one."""
        sent: list[Message] = []
        left = list(answers or ())

        def on_input(message: Message) -> None:
            sent.append(message)
            self.client.input(left.pop(0))

        reply = self.client.execute_interactive(
            code,
            allow_stdin=answers is not None,
            stdin_hook=on_input,
            output_hook=sent.append,
            timeout=PATIENCE,
        )
        assert not left
        self.heard += [*sent, reply]
        return Ran(reply, sent)

    def value(self, expression: str) -> str:
        """What an expression is, as text."""
        return self.run(f"print({expression}, end='')").succeeded().printed

    def offered(self, line: str, cursor: int | None = None) -> dict[str, Any]:
        """What Tab brings up behind the first *cursor* characters of *line*."""
        reply: Message = self.client.complete(line, cursor, reply=True, timeout=PATIENCE)
        content: dict[str, Any] = reply["content"]
        return content

    def inspected(self, line: str) -> str:
        """What Shift-Tab shows at the end of *line*."""
        reply: Message = self.client.inspect(line, len(line), reply=True, timeout=PATIENCE)
        assert reply["content"]["found"]
        return str(reply["content"]["data"]["text/plain"])

    def shut_down(self) -> None:
        """End it as a front end does; twice is once."""
        self._end(now=False)

    def kill(self) -> None:
        """End it as the operating system does."""
        self._end(now=True)

    def _end(self, *, now: bool) -> None:
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=now)
        self.client.stop_channels()


@contextmanager
def running(place: Place) -> Iterator[Kernel]:
    kernel = Kernel(place)
    try:
        yield kernel
    finally:
        kernel.shut_down()


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for a condition; fail where it does not come."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)
