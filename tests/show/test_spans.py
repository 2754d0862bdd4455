"""Lengths of time in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onecloud_magic.show import in_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3_599, "59 min 59 s"),
        (7_800, "2 h 10 min"),
        (90_000, "25 h 00 min"),
        (259_200, "3 days"),
    ],
)
def test_a_length_of_time_is_said_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words
