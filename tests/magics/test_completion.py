"""Tab: commands, flags and the values that are known here; nothing is asked for it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest
from IPython.core.completer import CompletionContext, provisionalcompleter

from onecloud_magic.magics.complete import matcher
from onecloud_magic.magics.line import COMMANDS, FLAGS

from .shell import Shell

ALL = list(COMMANDS)
STATES = list(FLAGS["state"].choices)
CHAINS = ["--environment", "--help", "--output", "--profile", "--refresh", "--workspace"]
TABLE: list[tuple[str, list[str]]] = [
    ("%onecloud ", ALL),
    ("%onecloud ch", ["chains"]),
    ("%onecloud co", ["commands"]),
    ("%onecloud xyz", []),
    ("%onecloud chains", ["chains"]),
    ("%onecloud chains --", CHAINS),
    ("%onecloud chains --e", ["--environment"]),
    ("%onecloud chains -", sorted(["-e", "-h", "-o", "-p", "-w", *CHAINS])),
    ("%onecloud chains -e Production --re", ["--refresh"]),
    ("%onecloud chains ", CHAINS),
    ("%onecloud chains -e ", []),
    ("%onecloud chains -e Pro", []),
    ("%onecloud runs --state ", STATES),
    ("%onecloud runs --state f", ["failed"]),
    ("%onecloud runs --state failed --state p", ["paused"]),
    ("%onecloud runs --since ", []),
    ("%onecloud help ", ALL),
    ("%onecloud help co", ["commands"]),
    ("%onecloud cache ", ["clear"]),
    ("%onecloud cache cl", ["clear"]),
    ("%onecloud cache clear m", ["metadata"]),
    ("%onecloud cache clear metadata ", ["--help", "--output", "--profile"]),
    ("%onecloud last --curl p", ["powershell"]),
    ("%onecloud last --c", ["--curl"]),
    ("%onecloud ru", ["run", "runs"]),
    ("%onecloud run --st", ["--stop-on-failure", "--stop-on-interrupt"]),
    ("%onecloud run X --no", ["--no-wait"]),
    ("%onecloud run X -i ", []),
    ("%onecloud stop --", ["--help", "--output", "--profile"]),
    ("%onecloud watch 5 --t", ["--timeout"]),
    ("%%onecloud ", ["run"]),
    ("%%onecloud ch", []),
    ("%%onecloud run X --d", ["--dry-run"]),
    ("%onecloud nope ", []),
    ("%onecloud nope --", []),
    ("df = %onecloud ch", ["chains"]),
    ("df=%onecloud ch", ["chains"]),
    ("  df  =  %onecloud   ch", ["chains"]),
    ("a.b = %onecloud ch", ["chains"]),
    ("a, b = %onecloud ch", ["chains"]),
    ("a[0] = %onecloud ch", ["chains"]),
    ("    %onecloud ch", ["chains"]),
    ("x = 1\n%onecloud ch", ["chains"]),
    ("if x:\n    df = %onecloud runs --st", ["--state"]),
    ('%onecloud chains "', []),
    ('%onecloud chains "--', []),
    ('%onecloud chains "a --', []),
    ("%onecloud cache clear 'a m", []),
    ("%onecloud chains 'a b", []),
    ("%onecloud chains 'a b' --wo", ["--workspace"]),
]
OTHER = [
    "%onecloud",
    "%oneclouds ch",
    "x = '%onecloud ch",
    'print("%onecloud ch',
    "# %onecloud ch",
    "%time ch",
    "imp",
    "",
    "%onecloud chains\nch",
    "x = 5 %onecloud ch",
]


@contextmanager
def no_network() -> Iterator[None]:
    def blocked(*_: object, **__: object) -> NoReturn:
        pytest.fail("Tab went to the network")

    with pytest.MonkeyPatch.context() as patched:
        for name in ("connect", "connect_ex", "sendto"):
            patched.setattr(socket.socket, name, blocked)
        yield


def context(text: str) -> CompletionContext:
    line = text.rpartition("\n")[2]
    return CompletionContext(
        token=text.split(" ")[-1],
        full_text=text,
        cursor_position=len(line),
        cursor_line=text.count("\n"),
        limit=500,
    )


def offered(text: str) -> list[str]:
    with no_network():
        return [each.text for each in matcher(context(text))["completions"]]


def completed(shell: Shell, text: str, cursor: int | None = None) -> list[str]:
    """What a front end offers: the whole text, as it will stand there."""
    offset = len(text) if cursor is None else cursor
    with no_network(), provisionalcompleter():
        found = list(shell.ipython.Completer.completions(text, offset))
    return [text[: each.start] + each.text + text[each.end :] for each in found]


@pytest.mark.parametrize(("text", "wanted"), TABLE)
def test_what_fits_is_offered(text: str, wanted: list[str]) -> None:
    assert sorted(offered(text)) == sorted(wanted)


@pytest.mark.parametrize(("text", "wanted"), [each for each in TABLE if each[1]])
def test_a_front_end_gets_whole_lines_and_nothing_else(
    signed_in: Shell, text: str, wanted: list[str]
) -> None:
    fragment = text.split()[-1] if not text.endswith(" ") else ""

    lines = set(completed(signed_in, text))

    assert lines == {text.removesuffix(fragment) + each for each in wanted}


@pytest.mark.parametrize("text", OTHER)
def test_other_text_is_left_to_the_others(text: str) -> None:
    result: Any = matcher(context(text))

    assert not result["completions"]
    assert not result.get("suppress", False)


def test_names_of_python_are_completed_as_ever(signed_in: Shell) -> None:
    signed_in.run("chains_of_mine = 1")

    lines = completed(signed_in, "chains_of")
    behind = completed(signed_in, "%onecloud chains\nchains_of")

    assert lines == ["chains_of_mine"]
    assert behind == ["%onecloud chains\nchains_of_mine"]


def test_names_of_python_have_no_place_on_the_line(signed_in: Shell) -> None:
    signed_in.run("chains_of_mine = 1")

    assert completed(signed_in, "%onecloud chains") == ["%onecloud chains"]


def test_only_what_stands_before_the_cursor_counts(signed_in: Shell) -> None:
    text = "%onecloud ch -e Production"

    lines = completed(signed_in, text, len("%onecloud ch"))

    assert lines == ["%onecloud chains -e Production"]


def test_the_name_of_the_magic_is_completed(signed_in: Shell) -> None:
    assert "%onecloud" in completed(signed_in, "%onecl")


def test_it_works_before_any_line_was_typed(shell: Shell) -> None:
    assert completed(shell, "%onecloud ch") == ["%onecloud chains"]


def test_it_can_be_switched_off(signed_in: Shell) -> None:
    signed_in.ipython.Completer.disable_matchers = ["onecloud_magic"]

    assert "%onecloud chains" not in completed(signed_in, "%onecloud chai")


def test_after_unloading_nothing_is_offered(signed_in: Shell) -> None:
    signed_in.run("%unload_ext onecloud_magic")

    assert "%onecloud chains" not in completed(signed_in, "%onecloud chai")
