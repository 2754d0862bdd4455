"""A card: a few facts and what to type next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from .plain import printable

if TYPE_CHECKING:
    import htpy

__all__ = ["BADGE", "Card", "Drawn", "Fact", "shown"]

# The colours are half transparent: they suit a light page and a dark one.
_FRAME = (
    "display:inline-block;padding:.6em 1em;border:1px solid #8888;border-radius:6px;line-height:1.4"
)
_ROW = "background:none"  # front ends stripe tables
BADGE = "border:1px solid #8888;border-radius:3px;padding:0 .4em;margin-left:.6em;font-size:85%"
_CELL = "text-align:left;vertical-align:top;line-height:1.4;"
_LABEL = _CELL + "font-weight:normal;opacity:.75;padding:.1em 1.2em .1em 0"
_VALUE = _CELL + "padding:.1em 0;overflow-wrap:anywhere;max-width:44em"
_NEXT = "margin-top:.4em"
_PALE = "opacity:.75"


class Drawn(Protocol):
    """Something drawn that says words, such as a `Meter`."""

    @property
    def text(self) -> str: ...
    @property
    def html(self) -> htpy.Element: ...


Fact: TypeAlias = str | Drawn
"""What stands beside a label: words, or something drawn that says them."""


@dataclass(frozen=True)
class Card:
    """Facts under a title, shown alike in a notebook and in a terminal.

    Attributes:
        title: what the card is about.
        facts: what there is to say, as label and words.
        next: what may be typed next.
        badge: a word that must not be overlooked, such as SANDBOX.
    """

    title: str
    facts: tuple[tuple[str, Fact], ...]
    next: tuple[str, ...] = ()
    badge: str = ""

    @property
    def text(self) -> str:
        """The card for a terminal."""
        labels = [printable(label) for label, _ in self.facts]
        wide = max(map(len, labels), default=0)
        lines = [" ".join(filter(None, (self.title, self.badge and f"[{self.badge}]")))]
        lines += [
            f"  {label:<{wide}}  {_plain(fact)}"
            for label, (_, fact) in zip(labels, self.facts, strict=True)
        ]
        if self.next:
            lines.append(f"  {'next':<{wide}}  {' · '.join(self.next)}")
        return "\n".join(lines)

    @property
    def html(self) -> str:
        """The card for a notebook; names from the service are escaped in it."""
        import htpy

        badge = htpy.span(style=BADGE)[self.badge] if self.badge else None
        rows = (
            # In a span of its own, "$" is no mathematics to the notebook.
            htpy.tr(style=_ROW)[
                htpy.th(style=_LABEL, scope="row")[shown(label)],
                htpy.td(style=_VALUE)[_drawn(fact)],
            ]
            for label, fact in self.facts
        )
        return str(
            htpy.div(style=_FRAME)[
                htpy.div[htpy.b[self.title], badge],
                htpy.table(style="border-collapse:collapse;margin:.3em 0 0")[rows],
                htpy.div(style=_NEXT)[htpy.span(style=_PALE)["next"], " ", _joined(self.next)]
                if self.next
                else None,
            ]
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": self.text, "text/html": self.html}

    def __str__(self) -> str:
        return self.text


def shown(words: str) -> htpy.Element:
    """Words from anywhere: a direction of their own, no mathematics, escaped."""
    import htpy

    return htpy.bdi(class_="mathjax_ignore")[printable(words)]


def _plain(fact: Fact) -> str:
    return printable(fact) if isinstance(fact, str) else fact.text


def _drawn(fact: Fact) -> htpy.Element:
    return shown(fact) if isinstance(fact, str) else fact.html


def _joined(commands: Iterable[str]) -> htpy.Node:
    import htpy

    parts: list[htpy.Node] = []
    for command in commands:
        parts += [" · ", htpy.code[command]] if parts else [htpy.code[command]]
    return parts
