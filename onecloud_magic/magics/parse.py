"""From words to a command and its arguments, or to an error that says what was meant."""

from __future__ import annotations

import re
from argparse import SUPPRESS, ArgumentParser
from difflib import get_close_matches
from inspect import Parameter
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from ..errors import UsageError
from .command import COMMANDS, FLAGS, Command

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Asked", "parse"]

_ECHOED = 30  # characters; a longer word may be a token that was pasted, and is not repeated
_GLUED = re.compile(r"-[A-Za-z][^=].*", re.DOTALL)


class Asked(NamedTuple):
    """What a line asks for.

    Attributes:
        command: the command to carry out.
        arguments: the keywords and words that its function takes.
        common: the flags that every command has, such as output.
    """

    command: Command
    arguments: dict[str, Any]
    common: dict[str, Any]


def parse(words: Sequence[str], common: Sequence[str] = ()) -> Asked:
    """Read the words of a line; *common* names the flags that every command has here.

    Raises:
        UsageError: there is no such command, word or flag; the hint has what comes near.
    """
    name, *rest = words or ["status"]
    if name in ("-h", "--help"):
        return Asked(COMMANDS["help"], {"common": common}, {})
    if name.startswith("-"):
        raise UsageError("A command comes first.", "As in: %onecloud chains -e Production.")
    if name not in COMMANDS:
        raise _unknown("command", name, COMMANDS, "%onecloud help lists the commands.")
    asked = COMMANDS[name]
    if "-h" in rest or "--help" in rest:
        return Asked(COMMANDS["help"], {"command": name, "common": common}, {})
    if asked.instead and "csv" in common:
        raise UsageError(f"{name} has no effect beyond a kernel.", asked.instead)
    given = _given(asked, rest, common)
    if name == "help":
        given["common"] = common
    every = {each: given.pop(each) for each in (*common, "profile") if each in given}
    if "profile" in asked.parameters and "profile" in every:
        given["profile"] = every.pop("profile")
    return Asked(asked, given, every)


def _given(asked: Command, rest: list[str], common: Sequence[str]) -> dict[str, Any]:
    flags = [*asked.flags, *common]
    known = {name for flag in flags for name in FLAGS[flag].names}
    for word in rest:
        if _GLUED.fullmatch(word):  # argparse would take "-env" for "-e nv"
            name = word.partition("=")[0]
            raise _unknown("flag", f"-{name}", known, _help(asked), shown=name)
    told, words = _parser(asked, flags).parse_known_args(rest)
    for word in words:
        if word.startswith("-") and " " not in word:
            raise _unknown("flag", word.partition("=")[0], known, _help(asked))
    given = _single(asked, vars(told))
    if "limit" in given:
        given["limit"] = _limit(given["limit"])
    return _with_words(asked, given, words)


def _single(asked: Command, told: dict[str, Any]) -> dict[str, Any]:
    """The values of flags, each given once unless it may be given several times."""
    for name, values in told.items():
        if FLAGS[name].value and not FLAGS[name].several:
            if len(values) > 1:
                raise UsageError(f"{FLAGS[name].long} is given twice.", _help(asked))
            told[name] = values[0]
    return told


def _with_words(asked: Command, given: dict[str, Any], words: list[str]) -> dict[str, Any]:
    """The arguments by the names of the function, whether they came as a word or as a flag."""
    if len(words) > len(asked.words):
        extra = _echo(words[len(asked.words)])
        raise UsageError(f"{asked.name} does not know what to do with {extra}.", _help(asked))
    for name, word in zip(asked.words, words, strict=False):
        if name in given:
            raise UsageError(f"The {name} is given twice.", _help(asked))
        given[name] = word
    for name, each in asked.words.items():
        if each.default is Parameter.empty and name not in given:
            raise UsageError(f"{asked.name} needs a {name}.", _help(asked))
    return given


class _Parser(ArgumentParser):
    """A parser that raises; `argparse` itself would end the kernel."""

    def error(self, message: str) -> NoReturn:
        found = re.match(r"argument (?:\S+/)?(-\S+): (expected|ignored)", message)
        wants = {"expected": "needs a value", "ignored": "takes no value"}
        says = f"{found[1]} {wants[found[2]]}" if found else "The line cannot be read"
        raise UsageError(f"{says}.", _help(COMMANDS[self.prog]))


def _parser(asked: Command, flags: Iterable[str]) -> _Parser:
    """A parser of the flags alone: words may stand between them, and are left over."""
    parser = _Parser(prog=asked.name, add_help=False, allow_abbrev=False)
    for name in flags:
        flag = FLAGS[name]
        action = "append" if flag.value else "store_true"
        parser.add_argument(*flag.names, dest=name, default=SUPPRESS, action=action)
    return parser


def _limit(text: str) -> int | None:
    if text == "all":
        return None
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise UsageError(f"--limit cannot be {_echo(text)}.", "Give a number of rows, or all.")
    return int(text)


def _unknown(kind: str, word: str, known: Iterable[str], hint: str, shown: str = "") -> UsageError:
    known = list(known)
    word = word.lower()
    near = [each for each in known if word and each.startswith(word)][:2]
    near = near or get_close_matches(word, known, n=2)
    if near:
        said = [f"%onecloud {each}" for each in near] if kind == "command" else near
        hint = f"Did you mean {' or '.join(said)}?"
    return UsageError(f"There is no {kind} {_echo(shown or word)}.", hint)


def _echo(word: str) -> str:
    return repr(word) if len(word) <= _ECHOED else "of that name"


def _help(asked: Command) -> str:
    return f"See %onecloud help {asked.name}."
