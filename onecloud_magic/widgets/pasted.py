"""What was pasted in one piece: the text of the API page, or the service's JSON answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

__all__ = ["NAMES", "pasted"]

NAMES = ("access_token", "refresh_token", "client_id", "client_secret")

_LABEL = r"(?:access|refresh)[\s_-]*token|client[\s_-]*(?:id(?!entif)|secret)"
_VALUE = rf"""
    ({_LABEL})
    (?:\s*\(?(?:copy|copied|show|hide)\b\)?)*       # buttons of the page
    [\s:=|>"']*
    ([^\s|<>"',;]{{4,}}?)
    (?={_LABEL}|[\s<>"',;]|$)                      # a one-line field may have eaten the line's end
"""
_PATTERN = re.compile(_VALUE, re.IGNORECASE | re.VERBOSE)


def pasted(text: str) -> dict[str, str]:
    """Find tokens, client id and client secret where their names stand before them.

    Empty for anything else, such as a bare token. Where a name comes twice, the first value counts.
    """
    found: dict[str, str] = {}
    for label, value in _pairs(text):
        found.setdefault(_NAMES.get(_letters(label), ""), value)
    found.pop("", None)
    return found


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    with suppress(ValueError, RecursionError):
        yield from _of_json(json.loads(text))
        return
    for match in _PATTERN.finditer(text):
        # Prose has the names too ("access token generated"): no word in it has a digit.
        if any(each.isdigit() for each in match[2]):
            yield match[1], match[2]


def _of_json(data: Any) -> Iterator[tuple[str, str]]:
    """The texts of an object, then those of objects in it."""
    fields = data if isinstance(data, dict) else {}
    yield from ((name, each) for name, each in fields.items() if isinstance(each, str) and each)
    for each in fields.values() if fields else data if isinstance(data, list) else ():
        yield from _of_json(each)


def _letters(label: str) -> str:
    return re.sub("[^a-z]", "", label.lower())


_NAMES = {_letters(name): name for name in NAMES}
