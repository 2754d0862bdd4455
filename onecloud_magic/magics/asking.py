"""Whether somebody can be asked for a secret here, and asking."""

from __future__ import annotations

import getpass
import sys

from ..errors import UsageError

__all__ = ["can_ask", "environment_signs_in", "secret"]


def can_ask() -> bool:
    """Whether an answer can come: from a front end that takes input, or from a terminal."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:  # nbclient and papermill say that nobody is there
        return bool(getattr(kernel, "_allow_stdin", False))
    return sys.stdin is not None and sys.stdin.isatty()


def environment_signs_in() -> bool:
    """Whether the environment variables hold something to sign in with."""
    from ..credentials import environment

    return environment.record() is not None


def secret(prompt: str, where: str) -> str:
    """Ask for a secret; what is typed is not shown, and kept in no history.

    Raises:
        UsageError: nothing was typed; the hint says *where* it is found.
    """
    answer = _typed(prompt)
    if isinstance(answer, BaseException):
        raise answer
    if answer.strip():
        return answer
    raise UsageError("Nothing was typed; the session is as it was.", where)


class SignInInterrupted(KeyboardInterrupt):
    """Ctrl-C while a secret was asked for: one line instead of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def _typed(prompt: str) -> str | BaseException:
    try:
        return getpass.getpass(prompt)  # the kernel's own, from its first cell on
    except EOFError:
        return ""
    except KeyboardInterrupt:
        return SignInInterrupted("nothing was sent, the session is as it was.")
