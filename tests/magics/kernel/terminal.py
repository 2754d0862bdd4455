"""A program in a terminal of its own: what is typed into it, and what it prints."""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import pytest

from .commands import COMMAND
from .running import PATIENCE, Place

if sys.platform == "win32":
    pytest.skip("Windows has no terminals of this kind", allow_module_level=True)

import fcntl
import pty
import termios

PROMPT = r"In \[\d+\]: "
IPYTHON = (
    *(sys.executable, "-m", "IPython", "--simple-prompt", "--colors=NoColor", "--no-banner"),
    "--TerminalInteractiveShell.confirm_exit=False",
)
_ORDERS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[=>]")


class Terminal:
    """A program on a pseudo terminal.

    Attributes:
        seen: all that it ever printed.
    """

    def __init__(self, argv: Sequence[str], env: dict[str, str]) -> None:
        self.seen = ""
        self._end, its_end = pty.openpty()
        # 40 lines of 200 letters
        termios.tcsetwinsize(self._end, (40, 200))
        self.process = subprocess.Popen(  # noqa: S603 - every word of the command is ours
            argv,
            env=env,
            stdin=its_end,
            stdout=its_end,
            stderr=its_end,
            start_new_session=True,
            # getpass asks the terminal itself, which must be the program's own.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(its_end)

    def until(self, pattern: str) -> str:
        """Wait until *pattern* is the end of what is printed; gives what came before it."""
        raw, end = b"", time.monotonic() + PATIENCE
        while not (found := re.search(f"(?:{pattern})$", _text(raw))):
            assert time.monotonic() < end, f"waited for {pattern!r}, saw {_text(raw)!r}"
            if self._has_more(0.1):
                more = self._read()
                assert more, f"it has ended: {_text(raw)!r}"
                raw += more
        return self._seen(raw)[: found.start()]

    def _has_more(self, seconds: float) -> bool:
        with selectors.DefaultSelector() as ready:  # `select` takes no number above 1,023
            ready.register(self._end, selectors.EVENT_READ)
            return bool(ready.select(seconds))

    def type(self, line: str, until: str = PROMPT) -> str:
        """Type a line; gives what is printed until *until* stands there, without the echo."""
        os.write(self._end, f"{line}\n".encode())
        told = self.until(until)
        return told.removeprefix(line).strip("\n")

    def press(self, key: str) -> None:
        os.write(self._end, key.encode())

    def rest(self) -> str:
        """What it prints until it ends."""
        raw = b""
        while more := self._read():
            raw += more
        return self._seen(raw)

    def close(self) -> None:
        """Press Ctrl-D, and see to it that the program ends."""
        with suppress(OSError):
            os.write(self._end, b"\x04")
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            raise
        finally:
            os.close(self._end)

    def _read(self) -> bytes:
        with suppress(OSError):  # what Linux says where the program has ended
            return os.read(self._end, 65_536)
        return b""

    def _seen(self, raw: bytes) -> str:
        self.seen += _text(raw)
        return _text(raw)


def _text(raw: bytes) -> str:
    """What was printed, without orders to the terminal."""
    return _ORDERS.sub("", raw.decode("utf-8", "replace")).replace("\r\n", "\n")


@contextmanager
def ipython(place: Place) -> Iterator[Terminal]:
    """A plain `ipython` in which nobody asks whether to leave it."""
    with _opened(IPYTHON, place) as terminal:
        terminal.until(PROMPT)
        yield terminal


@contextmanager
def command(place: Place, *words: str) -> Iterator[Terminal]:
    """A command of ours in a shell."""
    with _opened((*COMMAND, *words), place) as terminal:
        yield terminal


@contextmanager
def _opened(argv: Sequence[str], place: Place) -> Iterator[Terminal]:
    env = {**place.env, "TERM": "xterm", "PAGER": "cat", "PYTHONUTF8": "1"}
    terminal = Terminal(argv, env)
    try:
        yield terminal
    finally:
        terminal.close()
