"""A few lines in a live part of a page, such as why something failed."""

from __future__ import annotations

from .cards import shown

__all__ = ["note"]

_STYLE = "overflow-wrap:anywhere;max-width:44em;line-height:1.4;padding:.2em 0"
# Told by the words; the bar only helps to find them.
_ALERT = ";border-left:4px solid var(--jp-error-color1, #c62828);padding-left:.6em"


def note(*lines: str, title: str = "", role: str = "status") -> str:
    """Lines as html; a screen reader reads them out when they appear, an `alert` at once.

    Without a *role* they are only there.
    """
    import htpy

    return str(
        htpy.div(role=role or None, style=_STYLE + (_ALERT if role == "alert" else ""))[
            htpy.b[shown(title)] if title else None,
            (htpy.div[shown(each)] for each in lines if each),
        ]
    )
