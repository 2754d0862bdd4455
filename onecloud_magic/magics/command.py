"""What a command is: a function. Its name is the word to type, its docstring the help.

    @command("Metadata")
    def commands(oc: OneCloud, chain: str, *, environment: str | None = None) -> pd.DataFrame:
        ...

The parameters say what may be typed: `oc` is the account, `typed` what stands around the line, one
before `/` is a word, one after `*` a flag, any other both a word and a flag. What words and flags
mean is said once, here, so that it is the same in every command.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

__all__ = ["COMMANDS", "FLAGS", "GROUPS", "OFFERS", "WORDS", "Command", "Flag", "Typed", "command"]

GROUPS = ("Session", "Metadata", "Run history", "Chain runs", "Security and audit", "About")


@dataclass(frozen=True)
class Typed:
    """What stands around a line; it may hold secrets, so none of it is in a repr.

    Attributes:
        body: the cell below the line; None where there is none.
        variables: those of the user, by their names.
        silent: whether nothing is to be shown.
        in_a_shell: whether the process ends with the command.
    """

    body: str | None = field(default=None, repr=False)
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False)
    silent: bool = False
    in_a_shell: bool = False


class Flag(NamedTuple):
    """A flag of the line.

    Attributes:
        names: how it is typed, `--long` last.
        help: what it does, a sentence.
        value: what stands behind it, as the help calls it; empty if nothing does.
        several: whether it may be given more than once.
        choices: values that Tab offers; others are not refused here.
    """

    names: tuple[str, ...]
    help: str
    value: str = ""
    several: bool = False
    choices: tuple[str, ...] = ()

    @property
    def long(self) -> str:
        return self.names[-1]


_STATES = ("running", "paused", "succeeded", "failed", "warned", "completed")

FLAGS = {
    "workspace": Flag(
        ("-w", "--workspace"), "Look into this workspace: its name, id, or * for all.", "WORKSPACE"
    ),
    "environment": Flag(
        ("-e", "--environment"),
        "Look into this environment: its name, path, id, or * for all.",
        "ENVIRONMENT",
    ),
    "chain": Flag(("-c", "--chain"), "Look at this chain: its name, path or id.", "CHAIN"),
    "state": Flag(
        ("--state",),
        "Only runs in this state; may be given several times.",
        "STATE",
        several=True,
        choices=_STATES,
    ),
    "since": Flag(
        ("--since",), 'Only what started from then on: "7 days", yesterday, 2026-11.', "TIME"
    ),
    "until": Flag(("--until",), "Only what started before; a date includes its whole day.", "TIME"),
    "limit": Flag(("--limit",), "Stop after this number of rows; all reads everything.", "NUMBER"),
    "mine": Flag(("--mine",), "What was started from here, as the ledger knows it; costs no call."),
    "input": Flag(
        ("-i", "--input"),
        "An input of the start: key=text or key:=JSON; may be given several times.",
        "PAIR",
        several=True,
    ),
    "no_wait": Flag(("--no-wait",), "Return at once; what is shown goes on by itself."),
    "timeout": Flag(("--timeout",), "Wait no longer than so many seconds; the run goes on.", "S"),
    "yes": Flag(("--yes",), "Start it although its environment is protected."),
    "dry_run": Flag(("--dry-run",), "Show what would be sent, and send nothing."),
    "again": Flag(("--again",), "Start it although a run of the same inputs is live."),
    "over": Flag(
        ("--over",), "Start it for each row of this frame; its columns are the inputs.", "FRAME"
    ),
    "max_parallel": Flag(
        ("--max-parallel",), "So many runs live at once, at most; 3 if not given.", "NUMBER"
    ),
    "stop_on_failure": Flag(("--stop-on-failure",), "Begin no more rows once one has failed."),
    "stop_on_interrupt": Flag(("--stop-on-interrupt",), "Have Ctrl-C stop the run, too."),
    "refresh": Flag(("--refresh",), "Ask the service anew, whatever the cache knows."),
    "profile": Flag(("-p", "--profile"), "Whose session to use, this once.", "PROFILE"),
    "output": Flag(("-o", "--output"), "Store what is returned in this variable, too.", "NAME"),
    "watch": Flag(("--watch",), "Keep what is shown up to date."),
    "ask": Flag(("--ask",), "Ask with questions, where there would be a form."),
    "csv": Flag(("--csv",), "Print a table as CSV."),
    "curl": Flag(("--curl",), "Write it for curl; SHELL is bash, cmd or powershell."),
    "python": Flag(("--python",), "Write it as Python with requests."),
    "help": Flag(("-h", "--help"), "Show the help of the command."),
}

WORDS = {
    "act": "clear forgets what is kept",
    "chain": "a chain: its name, path (Workspace/Environment/Chain) or id",
    "command": "a command",
    "group": "a group: its name or id",
    "kind": "metadata, security or runs",
    "name": "a part of the name",
    "profile": "a profile: its session is used from now on",
    "run": "the id of a run",
    "shell": "bash, cmd or powershell",
    "user": "a user: name, e-mail or id",
}

# What Tab offers for a word; the words of other commands are free.
OFFERS = {
    "act": ("clear",),
    "kind": ("metadata", "security", "runs"),
    "shell": ("bash", "cmd", "powershell"),
}


class Command(NamedTuple):
    """A command, as its function tells it.

    *instead* says what to do in a shell, where the command would have no effect.
    """

    name: str
    group: str
    run: Callable[..., Any]
    parameters: dict[str, inspect.Parameter]
    instead: str = ""

    @property
    def uses_account(self) -> bool:
        return "oc" in inspect.signature(self.run).parameters

    @property
    def uses_typed(self) -> bool:
        return "typed" in inspect.signature(self.run).parameters

    @property
    def takes_body(self) -> bool:
        return "input" in self.parameters

    @property
    def words(self) -> dict[str, inspect.Parameter]:
        """What may be typed without a flag, in this order."""
        return {
            name: each
            for name, each in self.parameters.items()
            if each.kind is not inspect.Parameter.KEYWORD_ONLY
        }

    @property
    def flags(self) -> list[str]:
        """The flags that are its own, by their parameters."""
        return [
            name
            for name, each in self.parameters.items()
            if each.kind is not inspect.Parameter.POSITIONAL_ONLY and name in FLAGS
        ] + (["profile"] if self.uses_account else [])

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.run) or ""

    @property
    def sentence(self) -> str:
        """The first sentence of its help."""
        return self.doc.partition("\n")[0]


COMMANDS: dict[str, Command] = {}
_Function = TypeVar("_Function", bound=Callable[..., Any])


def command(group: str, *, instead: str = "") -> Callable[[_Function], _Function]:
    """Make a function a command; *group* is the heading it stands under in the help.

    *instead* is for one that has no effect beyond its kernel: what to do in a shell.
    """

    def registered(function: _Function) -> _Function:
        parameters = {
            name: each
            for name, each in inspect.signature(function).parameters.items()
            if name not in ("oc", "common", "typed")
        }
        name = function.__name__
        COMMANDS[name] = Command(name, group, function, parameters, instead)
        return function

    return registered
