"""What people give, whatever it is: in one line of a message, and as a whole number."""

from __future__ import annotations

import unicodedata
from typing import SupportsIndex

_MOST = 80  # characters of a value in a message
_BITS = 64  # Python refuses to write out an integer of thousands of digits


def shown(given: object) -> str:
    """The value as it stands in a message: on one line, and no longer than a line."""
    if isinstance(given, str):
        return f"{given[:_MOST]!r:.{_MOST}}"
    if given is None or isinstance(given, bool | float) or whole(given) is not None:
        return repr(given)
    return f"this {type(given).__name__:.{_MOST}}"


def has_controls(text: str) -> bool:
    """Whether there is something in it that neither a name nor an address can have."""
    return any(unicodedata.category(each) in ("Cc", "Cs") for each in text)


def whole(given: object) -> int | None:
    """The whole number that was given, numpy's too; None where it is none, or a monstrous one."""
    # numpy's own boolean is none either, though older ones can be told from a number by name only.
    if type(given).__name__ in ("bool", "bool_") or not isinstance(given, SupportsIndex):
        return None
    try:
        number = given.__index__()
    except TypeError:  # an array has an index, which works for some
        return None
    return number if number.bit_length() < _BITS else None
