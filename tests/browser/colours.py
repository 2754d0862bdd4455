"""How well words can be told from what is behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from playwright.sync_api import Locator

Theme = Literal["light", "dark"]
Colour = Sequence[float]  # red, green, blue as 0 to 255; where there is a fourth, opacity as well

ENOUGH = 4.5  # what WCAG 2.2 wants of text (1.4.3)

# Whatever way a colour is written in, a canvas makes numbers of it.
_PIXEL = """colour => {
    const pen = document.createElement('canvas').getContext('2d');
    pen.fillStyle = colour.trim();
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
}"""
THEME_IS = f"""theme => {{
    const page = getComputedStyle(document.body).getPropertyValue('--jp-layout-color0');
    return page && (({_PIXEL})(page)[0] > 127 ? 'light' : 'dark') === theme;
}}"""
_LAYERS = f"""element => {{
    const layers = [];
    for (let each = element; each; each = each.parentElement) {{
        const style = getComputedStyle(each);
        const [ink, paper] = [style.color, style.backgroundColor].map({_PIXEL});
        layers.unshift([ink, paper, Number(style.opacity)]);
    }}
    return layers;
}}"""


def contrast(words: Locator) -> float:
    """The contrast of an element's text, from 1 (cannot be seen) to 21 (black on white)."""
    behind: Colour = (255, 255, 255)
    opacity = 1.0
    ink: Colour = (0, 0, 0, 255)
    for ink, paper, own in words.evaluate(_LAYERS):  # noqa: B007  # the last is the text's own
        opacity *= own
        behind = _over(behind, paper, opacity)
    return ratio(_over(behind, ink, opacity), behind)


def ratio(one: Colour, other: Colour) -> float:
    """The contrast between two colours, as WCAG 2.2 reckons it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _over(behind: Colour, paint: Colour, opacity: float) -> Colour:
    covers = paint[3] / 255 * opacity
    return [
        covers * front + (1 - covers) * back for front, back in zip(paint, behind, strict=False)
    ]


def _luminance(colour: Colour) -> float:
    weights = (0.2126, 0.7152, 0.0722)
    return sum(weight * _linear(part / 255) for weight, part in zip(weights, colour, strict=True))


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
