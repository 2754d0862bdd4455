"""The help, made of the docstrings of the commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from inspect import Parameter

from ..show.plain import Text
from .command import COMMANDS, FLAGS, GROUPS, WORDS, Command
from .parse import parse

__all__ = ["overview", "page", "usage"]

_PROMPT = "%onecloud"
_TAIL = "Reads give DataFrames: df = %onecloud chains. A ; at the end gives nothing."
_TAIL_IN_A_SHELL = "Tables are printed as text, or with --csv as CSV."


def page(name: str | None = None, common: Sequence[str] = ()) -> Text:
    """The page of one command, or the overview; an unknown command is a `UsageError`.

    *common* names the flags that every command has where the help is read.
    """
    if name is None:
        return Text(overview(common))
    return Text(_page(parse([name, "-h"]).arguments["command"], common))


def overview(common: Sequence[str] = ()) -> str:
    """All commands, a line each."""
    in_a_shell = "csv" in common
    wide = max(map(len, COMMANDS))
    lines = [
        "OneCloud in IPython and Jupyter.",
        "",
        f"{_PROMPT} COMMAND [words] [flags]    alone, it shows who is signed in",
    ]
    for group in GROUPS:
        lines += ["", group]
        lines += [
            f"  {each.name:<{wide}}  {each.sentence}"
            for each in COMMANDS.values()
            if each.group == group and not (in_a_shell and each.instead)
        ]
    tail = _TAIL_IN_A_SHELL if in_a_shell else _TAIL
    return "\n".join(
        [*lines, "", tail, f"{_PROMPT} help COMMAND tells the words and flags of a command."]
    )


def usage(asked: Command) -> str:
    """What may be typed after the name of the command."""
    words = (
        name.upper() if each.default is Parameter.empty else f"[{name.upper()}]"
        for name, each in asked.words.items()
    )
    flags = (f"[{FLAGS[name].names[0]}{_value(name)}]" for name in asked.flags)
    return " ".join((asked.name, *words, *flags))


def _page(name: str, common: Sequence[str]) -> str:
    asked = COMMANDS[name]
    text, _, examples = asked.doc.partition("Example:\n")
    rows = [(word.upper(), WORDS[word]) for word in asked.words]
    flags = [*asked.flags, *(common or ("output",))]
    rows += [(", ".join(FLAGS[flag].names) + _value(flag), FLAGS[flag].help) for flag in flags]
    return "\n".join(
        [
            f"{_PROMPT} {usage(asked)}",
            "",
            text.strip(),
            *(["", *_table(rows)] if rows else []),
            "",
            "Example:",
            *(f"  {line.strip()}" for line in examples.strip().splitlines()),
        ]
    )


def _value(flag: str) -> str:
    return f" {FLAGS[flag].value}" if FLAGS[flag].value else ""


def _table(rows: Iterable[tuple[str, str]]) -> list[str]:
    rows = list(rows)
    wide = max(len(left) for left, _ in rows)
    return [f"  {left:<{wide}}  {right}" for left, right in rows]
