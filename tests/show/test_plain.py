"""What a terminal may be given."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.lib.pretty import pretty

from onecloud_magic.show import Text, printable

TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Monthly Close", "Monthly Close"),
        ("Gehälter 月次決算 🙂", "Gehälter 月次決算 🙂"),
        ("two\nlines\r\nand\ttabs", "two lines and tabs"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("\x9b31mred", "31mred"),
        ("bell\x07 and\x00 null", "bell and null"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("a\u2066b\u2069c", "abc"),
        ("half \ud800 of a pair", "half of a pair"),
        ("", ""),
    ],
)
def test_a_name_is_one_line_without_orders(name: str, shown: str) -> None:
    assert printable(name) == shown


@given(st.text(st.characters()))
def test_whatever_a_name_has_it_orders_nothing(name: str) -> None:
    shown = printable(name)

    assert len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(each) in ("Cc", "Cs") for each in shown)
    assert not set(TURNS) & set(shown)
    assert printable(shown) == shown


def test_a_text_shows_itself_unquoted() -> None:
    text = Text("one\n'two'")

    assert pretty(text) == "one\n'two'"  # type: ignore[no-untyped-call]  # IPython's
    assert text == "one\n'two'"
