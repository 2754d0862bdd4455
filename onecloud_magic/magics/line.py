"""Carrying out what was typed: from a line to what it returns."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from ..errors import OneCloudError, OneCloudWarning, RunInterrupted, UsageError
from . import about, accounts, acts, reads, session
from .command import COMMANDS, FLAGS, GROUPS, OFFERS, Typed
from .history import forget
from .manual import overview
from .parse import Asked, parse
from .secrets import Forget, refuse
from .words import silenced, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from IPython.core.interactiveshell import InteractiveShell

__all__ = [
    "COMMANDS",
    "COMMAND_ROOMS",
    "FLAGS",
    "GROUPS",
    "OFFERS",
    "answer",
    "carry_out",
    "overview",
    "read",
]

COMMAND_ROOMS = (session, reads, acts, about)  # importing them is what makes their commands known


def answer(shell: InteractiveShell, line: str, body: str | None = None) -> object:
    """Carry out a line that was typed in *shell*, and give what it returns there.

    *body* is the cell below it.
    """
    bare, silent = silenced(line)
    asked = read(bare, ("output",), lambda texts: forget(shell, line, texts), body)
    name = asked.common.get("output")
    if name is not None and (not name.isidentifier() or iskeyword(name)):
        raise UsageError("-o needs the name of a variable.", "As in: %onecloud chains -o chains.")
    typed = Typed(body, shell.user_ns, silent)
    try:
        result = carry_out(asked, lambda text: sys.stdout.write(f"{text}\n"), typed)
    except (OneCloudError, RunInterrupted) as error:
        result = getattr(error, "run", None)
        if result is None:
            raise
        _store(shell, name, result)
        raise
    _store(shell, name, result)
    return None if silent else result


def _store(shell: InteractiveShell, name: str | None, result: object) -> None:
    if name is not None:
        shell.user_ns[name] = result


def read(
    typed: str | Sequence[str], common: Sequence[str], forget: Forget, body: str | None = None
) -> Asked:
    """Read a line or its words; a secret among them is refused, once it was forgotten."""
    try:
        words = words_of(typed) if isinstance(typed, str) else list(typed)
    except UsageError:
        refuse(str(typed).replace("'", " ").replace('"', " ").split(), forget)
        raise
    refuse(words, forget, body or "")
    asked = parse(words, common)
    if body is not None and not asked.command.takes_body:
        raise UsageError(
            f"{asked.command.name} takes no body.", f"Type %onecloud {asked.command.name} alone."
        )
    return asked


def carry_out(asked: Asked, notice: Callable[[str], object], typed: Typed | None = None) -> Any:
    """Do what was asked, and give what it returns; what is worth a line goes to *notice*."""
    arguments, words = dict(asked.arguments), []
    for name, each in asked.command.words.items():
        if each.kind is each.POSITIONAL_ONLY and name in arguments:
            words.append(arguments.pop(name))
    if asked.command.uses_account:
        words.insert(0, accounts.account(asked.common.get("profile")))
    if asked.command.uses_typed:
        arguments["typed"] = typed or Typed()
    with _noticed(notice):
        return asked.command.run(*words, **arguments)


@contextmanager
def _noticed(notice: Callable[[str], object]) -> Iterator[None]:
    """Inside, warnings of ours are lines, at once: a wait may be long."""
    others = warnings.showwarning

    def show(message: Any, category: type[Warning], *where: Any, **more: Any) -> None:
        if isinstance(message, OneCloudWarning):
            notice(str(message))
        else:
            others(message, category, *where, **more)

    with warnings.catch_warnings():
        warnings.simplefilter("always", OneCloudWarning)
        warnings.showwarning = show
        yield
