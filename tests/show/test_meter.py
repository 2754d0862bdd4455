"""The meter: a share in words and as a bar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.show import Card, Meter, trend


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (97, "97 of 100, ok"),
        (10, "10 of 100, ok"),
        (9, "9 of 100, low"),
        (0, "0 of 100, spent"),
        (-3, "-3 of 100, spent"),
        (None, "not told"),
        (130, "130 of 100, ok"),
    ],
)
def test_it_says_in_words_where_it_stands(left: int | None, words: str) -> None:
    meter = Meter("calls left", left, 100)

    assert meter.words == words
    assert meter.text.endswith(words)
    assert words in str(meter.html)


@given(left=st.none() | st.integers(-5, 200), limit=st.integers(1, 60_000))
def test_its_bar_never_leaves_its_frame(left: int | None, limit: int) -> None:
    meter = Meter("calls left", left, limit)

    bar = meter.text[1 : meter.text.index("]")]
    assert len(bar) == 20
    assert set(bar) <= {"#", "."}


def test_a_screen_reader_hears_the_same() -> None:
    html = str(Meter('calls "left"', 97, 100).html)

    assert 'role="meter"' in html
    assert 'aria-valuenow="97"' in html
    assert 'aria-valuetext="97 of 100, ok"' in html
    assert 'aria-label="calls &#34;left&#34;"' in html


def test_a_card_shows_it_among_its_facts() -> None:
    card = Card("Quota", (("profile", "default"), ("calls left", Meter("calls left", 5, 100))))

    assert "[#...................] 5 of 100, low" in card.text
    assert "5 of 100, low" in card.html


@pytest.mark.parametrize(
    ("values", "line"), [([0, 1, 2, 4], "▁▃▅█"), ([0, 0], "▁▁"), ([], ""), ([7], "█")]
)
def test_a_trend_is_as_high_as_its_highest_value(values: list[float], line: str) -> None:
    assert trend(values) == line
