"""From a line to its words, whatever is in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.errors import UsageError
from onecloud_magic.magics.words import silenced, words_of

# Blanks, quotes and what means something to shells and to IPython come often enough.
texts = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(" '\"\\{}$#;=-%*")))


def quoted(text: str) -> str:
    """The text in quotes; a quote in it stands in quotes of the other kind."""
    return "'" + text.replace("'", "'\"'\"'") + "'"


@given(st.lists(texts, max_size=6))
def test_any_texts_in_quotes_come_back(given: list[str]) -> None:
    assert words_of(" ".join(map(quoted, given))) == given


@given(st.lists(texts, max_size=6), st.sampled_from([" ", "  ", "\t", " \t "]))
def test_any_blanks_may_stand_between_them(given: list[str], blank: str) -> None:
    assert words_of(blank + blank.join(map(quoted, given)) + blank) == given


plain = st.text(st.characters(codec="utf-8", exclude_characters=" \t\r\n'\""), min_size=1)


@given(st.lists(plain, max_size=6))
def test_what_has_neither_blanks_nor_quotes_needs_none(given: list[str]) -> None:
    assert words_of(" ".join(given)) == given


@given(texts)
def test_any_line_is_words_or_a_quote_that_is_not_closed(line: str) -> None:
    try:
        words = words_of(line)
    except UsageError as error:
        assert "quote" in str(error)  # noqa: PT017  # any other error would fail the test
    else:
        assert all(isinstance(word, str) for word in words)


@pytest.mark.parametrize(
    ("line", "bare", "silent"),
    [
        ("chains", "chains", False),
        ("chains;", "chains", True),
        (" chains ; ", "chains ", True),
        ("chains ';'", "chains ';'", False),
        (";", "", True),
        ("", "", False),
    ],
)
def test_a_semicolon_at_the_end_is_taken_off(line: str, bare: str, silent: bool) -> None:
    assert silenced(line) == (bare, silent)
