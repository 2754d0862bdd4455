"""How long to wait until a run is looked at again. Pure: the time is an argument.

It begins at one second and stretches to fifteen. Where the usual duration is known, one look falls
just behind it and the next ones come closer together, as the end is near. A run of a minute costs
at most twelve looks, whatever is usual.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FIRST", "LONGEST", "Polling"]

FIRST, LONGEST = 1.0, 15.0  # seconds
_STRETCH = 1.6
_AGAIN = 3.0  # the first step after the usual end
_BEHIND = 0.5


@dataclass
class Polling:
    """The looks at one run that began at *began*, by the same clock as *now* below.

    *usual* is how many seconds it takes as a rule, where that is known.
    """

    began: float
    usual: float | None = None
    _step: float = FIRST

    def next(self, now: float) -> float:
        """The seconds from *now* until the next look."""
        step, self._step = self._step, min(self._step * _STRETCH, LONGEST)
        left = self._left(now)
        if left is None or not left < step:
            return step
        self.usual, self._step = None, _AGAIN
        return max(FIRST, left)

    def _left(self, now: float) -> float | None:
        """The seconds until the usual end; None where it is not known or is behind us."""
        if self.usual is None:
            return None
        left = self.began + self.usual + _BEHIND - now
        return left if left > 0 else None
