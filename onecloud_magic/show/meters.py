"""A meter: how much is left of something, in words and as a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import htpy

__all__ = ["Meter", "trend"]

State = Literal["ok", "low", "spent", "not told"]

_WIDE = 20  # characters of the bar in a terminal
_LOW = 0.1
_STEPS = "▁▂▃▄▅▆▇█"
# Outlined, and told by the words: no colour has to be seen. They suit a light page and a dark one.
_COLOURS = {"ok": "#2e7d32", "low": "#b26a00", "spent": "#c62828", "not told": "transparent"}
_TRACK = (
    "display:inline-block;vertical-align:middle;width:10em;max-width:40%;height:.7em;"
    "margin-right:.6em;border:1px solid #8888;border-radius:3px;overflow:hidden"
)


@dataclass(frozen=True)
class Meter:
    """What is *left* of a *limit*; None where that was not told."""

    label: str
    left: int | None
    limit: int

    @property
    def state(self) -> State:
        """Where it stands: low is less than a tenth."""
        if self.left is None:
            return "not told"
        if self.left <= 0:
            return "spent"
        return "low" if self.left < self.limit * _LOW else "ok"

    @property
    def words(self) -> str:
        """What it says."""
        if self.left is None:
            return "not told"
        return f"{self.left:,} of {self.limit:,}, {self.state}"

    @property
    def text(self) -> str:
        """The meter for a terminal."""
        full = round(_WIDE * self._share)
        return f"[{'#' * full}{'.' * (_WIDE - full)}] {self.words}"

    @property
    def html(self) -> htpy.Element:
        """The meter for a notebook. Its words come after the bar, which says nothing more."""
        import htpy

        filled = f"width:{100 * self._share:.0f}%;height:100%;background:{_COLOURS[self.state]}"
        return htpy.span[
            htpy.span(
                style=_TRACK,
                role="meter",
                aria_label=self.label,
                aria_valuemin="0",
                aria_valuemax=str(self.limit),
                aria_valuenow=str(self.left or 0),
                aria_valuetext=self.words,
            )[htpy.span(style=f"display:block;{filled}")],
            self.words,
        ]

    @property
    def _share(self) -> float:
        return min(max((self.left or 0) / self.limit, 0.0), 1.0)


def trend(values: Sequence[float]) -> str:
    """A small line of *values*, the latest last: the highest is as high as a letter."""
    most = max(values, default=0.0)
    if most <= 0:
        return _STEPS[0] * len(values)
    return "".join(_STEPS[round(each / most * (len(_STEPS) - 1))] for each in values)
