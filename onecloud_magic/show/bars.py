"""How far something is, in words and as `<progress>`: a line, or a fact of a card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .cards import BADGE, shown
from .plain import printable

if TYPE_CHECKING:
    import htpy

__all__ = ["Bar", "Done"]

_LINE = "line-height:1.4;padding:.2em 0;overflow-wrap:anywhere;max-width:60em"
_TRACK = "width:10em;max-width:40%;height:.8em;vertical-align:middle;margin-right:.6em"
_PALE = "opacity:.75;margin-left:.6em"


@dataclass(frozen=True)
class Bar:
    """What there is to say of something that takes its time, alike as html and as text.

    Attributes:
        words: all that there is to say.
        label: what goes on, for who hears the bar instead of seeing it.
        where: whose it is.
        badge: a word that must not be overlooked, such as SANDBOX.
        done: how much of it is done.
        of: how much there is; None where that is not known.
        moves: whether it is still going on; what has ended has no bar.
    """

    words: str
    label: str = ""
    where: str = ""
    badge: str = ""
    done: int = 0
    of: int | None = None
    moves: bool = False

    @property
    def text(self) -> str:
        """The line for a terminal."""
        where = " ".join(filter(None, (self.where, self.badge and f"[{self.badge}]")))
        return printable(f"{self.words} ({where})" if where else self.words)

    @property
    def html(self) -> str:
        """The line for a notebook. It is no live region: it would speak all the time."""
        import htpy

        return str(
            htpy.div(style=_LINE)[
                _progress(self.label, self.done, self.of) if self.moves else None,
                shown(self.words),
                htpy.span(style=_PALE)[shown(self.where)] if self.where else None,
                htpy.span(style=BADGE)[self.badge] if self.badge else None,
            ]
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": self.text, "text/html": self.html}


@dataclass(frozen=True)
class Done:
    """How much of something is done, as a fact of a card that moves: *words* say it."""

    words: str
    label: str
    done: int
    of: int

    @property
    def text(self) -> str:
        """The fact for a terminal."""
        return printable(self.words)

    @property
    def html(self) -> htpy.Element:
        """The fact for a notebook."""
        import htpy

        return htpy.span[_progress(self.label, self.done, self.of), shown(self.words)]


def _progress(label: str, done: int, of: int | None) -> htpy.Element:
    import htpy

    known = {"value": str(done), "max": str(of)} if of else {}
    return htpy.progress(known, style=_TRACK, aria_label=label)
