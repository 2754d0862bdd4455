"""Carrying out what was typed: from a line to what it returns."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from ..errors import OneCloudWarning, UsageError
from . import about, accounts, reads, session
from .command import COMMANDS, FLAGS, GROUPS, OFFERS, Command
from .history import forget
from .manual import overview
from .parse import Asked, parse
from .secrets import Forget, refuse
from .words import silenced, words_of

if TYPE_CHECKING:
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

COMMAND_ROOMS = (session, reads, about)  # importing them is what makes their commands known


def answer(shell: InteractiveShell, line: str) -> object:
    """Carry out a line that was typed in *shell*, and give what it returns there."""
    bare, silent = silenced(line)
    asked = read(bare, ("output",), lambda texts: forget(shell, line, texts))
    name = asked.common.get("output")
    if name is not None and (not name.isidentifier() or iskeyword(name)):
        raise UsageError("-o needs the name of a variable.", "As in: %onecloud chains -o chains.")
    result = carry_out(asked, lambda text: sys.stdout.write(f"{text}\n"))
    if name is not None:
        shell.user_ns[name] = result
    return None if silent else result


def read(typed: str | Sequence[str], common: Sequence[str], forget: Forget) -> Asked:
    """Read a line or its words; a secret among them is refused, once it was forgotten."""
    try:
        words = words_of(typed) if isinstance(typed, str) else list(typed)
    except UsageError:
        refuse(str(typed).replace("'", " ").replace('"', " ").split(), forget)
        raise
    refuse(words, forget)
    return parse(words, common)


def carry_out(asked: Asked, notice: Callable[[str], object]) -> Any:
    """Do what was asked, and give what it returns; what is worth a line goes to *notice*."""
    arguments, words = dict(asked.arguments), []
    for name, each in asked.command.words.items():
        if each.kind is each.POSITIONAL_ONLY and name in arguments:
            words.append(arguments.pop(name))
    if asked.command.uses_account:
        words.insert(0, accounts.account(asked.common.get("profile")))
    return _run(asked.command, words, arguments, notice)


def _run(
    command: Command,
    words: list[Any],
    arguments: dict[str, Any],
    notice: Callable[[str], object],
) -> Any:
    seen: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always", OneCloudWarning)
            return command.run(*words, **arguments)
    finally:
        for told in seen:
            if isinstance(told.message, OneCloudWarning):
                notice(str(told.message))
            else:
                warnings.warn_explicit(told.message, told.category, told.filename, told.lineno)
