"""The help, made of the docstrings of the commands."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import Parameter

from ..show.plain import Text
from .command import COMMANDS, FLAGS, GROUPS, WORDS, Command
from .parse import parse

__all__ = ["overview", "page", "usage"]

_PROMPT = "%onecloud"


def page(name: str | None = None) -> Text:
    """The page of one command, or the overview; an unknown command is a `UsageError`."""
    return Text(overview() if name is None else _page(parse([name, "-h"]).arguments["command"]))


def overview() -> str:
    """All commands, a line each."""
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
            if each.group == group
        ]
    return "\n".join(
        [
            *lines,
            "",
            "Reads give DataFrames: df = %onecloud chains. A ; at the end shows nothing.",
            f"{_PROMPT} help COMMAND tells the words and flags of a command.",
        ]
    )


def usage(asked: Command) -> str:
    """What may be typed after the name of the command."""
    words = (
        name.upper() if each.default is Parameter.empty else f"[{name.upper()}]"
        for name, each in asked.words.items()
    )
    flags = (f"[{FLAGS[name].names[0]}{_value(name)}]" for name in asked.flags)
    return " ".join((asked.name, *words, *flags))


def _page(name: str) -> str:
    asked = COMMANDS[name]
    text, _, examples = asked.doc.partition("Example:\n")
    rows = [(word.upper(), WORDS[word]) for word in asked.words]
    rows += [
        (", ".join(FLAGS[flag].names) + _value(flag), FLAGS[flag].help) for flag in asked.flags
    ]
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
