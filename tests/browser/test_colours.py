"""How contrast is reckoned."""

from __future__ import annotations

import pytest

from .browsing import new_page
from .colours import contrast, ratio
from .desk import Desk

pytestmark = pytest.mark.browser


def test_black_on_white_is_21_and_a_colour_on_itself_is_1() -> None:
    assert ratio((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert ratio((12, 34, 56), (12, 34, 56)) == 1


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        ("color: #767676", 4.54),
        ("color: #767676; opacity: 0", 1),
        ("color: #000; background: #000", 1),
        ("color: #0000", 1),
        ("color: #000; opacity: .5", 3.98),
        ("color: color-mix(in srgb, white, black 100%)", 21),
    ],
)
def test_opacity_and_what_is_behind_are_reckoned_with(
    desk: Desk, style: str, wanted: float
) -> None:
    page = new_page(desk.browser).page
    page.set_content(f"<body style='background: white'><p style='{style}'>words</p>")

    seen = contrast(page.get_by_text("words"))

    assert seen == pytest.approx(wanted, abs=0.05)
    page.close()
