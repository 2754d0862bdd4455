"""What a line gives to the notebook: a value, a variable, or nothing; and what is left alone."""

from __future__ import annotations

import pandas as pd
import pytest

from onecloud_magic.errors import NotFound, UsageError
from onecloud_magic.sandbox import Sandbox

from .shell import Shell

QUOTED = [
    ('"Monthly Close"', "Monthly Close"),
    ("'Monthly Close'", "Monthly Close"),
    ('"it\'s"', "it's"),
    ("'say \"x\"'", 'say "x"'),
    ("Gehälter", "Gehälter"),
    ("'月次決算 € 🙂'", "月次決算 € 🙂"),
    ("{close}", "{close}"),
    ("{{close}}", "{{close}}"),
    ("$close", "$close"),
    ("${close}", "${close}"),
    ("#1", "#1"),
    ("'no #1 # two'", "no #1 # two"),
    ("a#b", "a#b"),
    (r"C:\new\table", r"C:\new\table"),
    (r"'back\\slash'", r"back\\slash"),
    ("%s", "%s"),
    ("a;b", "a;b"),
    ("'a;'", "a;"),
    ("a=b", "a=b"),
    ("Finance' 'Close", "Finance Close"),
]


def test_the_frame_can_be_assigned(signed_in: Shell) -> None:
    signed_in.run("df = %onecloud workspaces")

    assert isinstance(signed_in.names["df"], pd.DataFrame)
    assert signed_in.out == ""


def test_it_works_in_a_loop_and_behind_other_lines(signed_in: Shell) -> None:
    signed_in.run(
        "found = []\n"
        "for _ in range(2):\n"
        "    frame = %onecloud workspaces\n"
        "    found.append(len(frame))"
    )

    assert signed_in.names["found"] == [3, 3]


def test_minus_o_stores_what_is_returned_as_well(signed_in: Shell) -> None:
    result = signed_in.run("%onecloud workspaces -o kept")

    assert signed_in.names["kept"] is result


@pytest.mark.parametrize("line", ["workspaces;", "workspaces ;", "workspaces ;  "])
def test_a_semicolon_shows_nothing_and_gives_none(signed_in: Shell, line: str) -> None:
    signed_in.run(f"df = %onecloud {line}")

    assert signed_in.names["df"] is None
    assert signed_in.run(f"%onecloud {line}") is None
    assert signed_in.out == ""


def test_a_semicolon_leaves_what_minus_o_stores(signed_in: Shell) -> None:
    result = signed_in.run("%onecloud workspaces -o kept;")

    assert result is None
    assert len(signed_in.names["kept"]) == 3


def test_a_semicolon_alone_shows_no_card(signed_in: Shell) -> None:
    assert signed_in.run("%onecloud ;") is None
    assert signed_in.out == ""


@pytest.mark.parametrize("name", ["1x", "a b", "a.b", "class", "None", "", "-", "a[0]"])
def test_what_is_no_variable_is_refused_before_any_call(
    signed_in: Shell, sandbox: Sandbox, name: str
) -> None:
    with pytest.raises(UsageError):
        signed_in.run(f"%onecloud workspaces -o '{name}'")

    assert not sandbox.requests


def test_a_variable_may_have_a_name_in_any_alphabet(signed_in: Shell) -> None:
    signed_in.run("%onecloud workspaces -o größe;")

    assert "größe" in signed_in.names


@pytest.mark.parametrize(("typed", "meant"), QUOTED)
def test_a_name_is_what_was_meant(signed_in: Shell, typed: str, meant: str) -> None:
    with pytest.raises(NotFound) as told:
        signed_in.run(f"%onecloud chains -e {typed}")

    assert told.value.wanted == meant


@pytest.mark.parametrize("typed", ["{name}", "$name", "{1 + 1}", "{name!r}"])
def test_variables_on_the_line_are_not_expanded(signed_in: Shell, typed: str) -> None:
    signed_in.run("name = 'Finance Close'")

    with pytest.raises(NotFound) as told:
        signed_in.run(f"%onecloud environments -w '{typed}'")

    assert told.value.wanted == typed


@pytest.mark.parametrize("typed", ["chains 'open", 'chains "open', "chains it's", "'"])
def test_a_quote_that_is_not_closed_is_said(signed_in: Shell, typed: str) -> None:
    with pytest.raises(UsageError, match="A quote is not closed") as told:
        signed_in.run(f"%onecloud {typed}")

    assert told.value.__context__ is None
    assert told.value.hint
