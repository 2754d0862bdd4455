"""The commands in a shell: `python -m onecloud_magic COMMAND …`."""

from __future__ import annotations

import errno
import sys
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import OneCloudError, RunInterrupted, UsageError
from ..onlookers import look_away, look_on
from ..show.plain import Text
from .command import Typed
from .line import carry_out, read

if TYPE_CHECKING:
    from ..account import Activity
    from ..runs import Many

__all__ = ["main"]

_COMMON = ("csv",)
_TYPED = "python -m onecloud_magic"


def main(words: Sequence[str] | None = None) -> int:
    """Carry out one command and print what it gives.

    Gives the exit code: 0, 1 for an error, 2 for a command that makes no sense, 130 for an
    interrupt.
    """
    look_on(_look)
    try:
        asked = read(sys.argv[1:] if words is None else words, _COMMON, _forget)
        result = carry_out(asked, _notice, Typed(in_a_shell=True))
        _print(_text(result, csv=asked.common.get("csv", False)))
        if asked.command.name == "sandbox":
            _serve()
    except KeyboardInterrupt as stopped:
        if isinstance(stopped, RunInterrupted):
            _say([f"{type(stopped).__name__}: {stopped}", stopped.hint])
        else:
            _notice("Interrupted.")
        return 130
    except BrokenPipeError:
        sys.stdout = None  # whoever read has seen enough; Python would complain at its end
        return 0
    except OneCloudError as error:  # before OSError: a WaitTimeout is both
        _say(error.lines)
        return 2 if isinstance(error, UsageError) else 1
    except OSError as error:
        sys.stdout = None
        _notice(f"Could not print: {error.strerror or error}.")
        return 1
    finally:
        look_away(_look)
    return 0


def _look(seen: Activity | Many) -> None:
    """Show what takes its time."""
    from ..widgets.watching import show

    show(seen)


def _text(result: Any, *, csv: bool) -> str:
    if result is None:
        return ""
    if hasattr(result, "to_string"):
        table = str(result.to_csv(index=False) if csv else result.to_string(index=False))
        # The rows of the service stay as they are; the doctor's are ours.
        return table if "onecloud" in result.attrs else table.replace("%onecloud", _TYPED)
    text = result if isinstance(result, Text) else result._repr_mimebundle_()["text/plain"]
    return str(text).replace("%onecloud", _TYPED)


def _print(text: str) -> None:
    if sys.stdout is None:
        raise OSError(errno.EBADF, "the output was closed")
    if not text:
        return
    # A name may have letters that the encoding of the terminal has not.
    encoding = sys.stdout.encoding or "utf-8"
    fitting = text.encode(encoding, "replace").decode(encoding)
    sys.stdout.write(fitting.rstrip("\n") + "\n")
    sys.stdout.flush()


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        _notice(line.replace("%onecloud", _TYPED))


def _notice(text: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"{text}\n")


def _forget(texts: Sequence[str]) -> str:
    return "It is in the history of the shell and in the list of processes, out of reach from here."


def _serve() -> None:
    """Keep the embedded service alive until it is interrupted."""
    _notice("Serving until Ctrl-C.")
    while True:
        time.sleep(3600)
