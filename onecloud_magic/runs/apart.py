"""Runs of one chain are told apart by their inputs: the service can search for a value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .account import Account
from .entries import Entry
from .facts import RunFacts
from .history import with_input
from .secrecy import HIDDEN

__all__ = ["told_apart"]

_ASKED = 3  # values, one call each
_LONGEST = 200  # characters


def told_apart(
    account: Account, entry: Entry, runs: Sequence[RunFacts], rivals: Sequence[Entry]
) -> tuple[list[RunFacts], list[Entry]]:
    """The *runs* that have the inputs of *entry*, and the *rivals* that may have them, too.

    Where the service finds none of the runs by a value, that value tells nothing.
    """
    left, others = list(runs), list(rivals)
    for text in _telling(entry, rivals)[:_ASKED]:
        found = {each.id for each in with_input(account, entry.environment_id, text)}
        if fitting := [run for run in left if run.id in found]:
            left, others = fitting, [each for each in others if _may_have(each, text)]
    return left, others


def _telling(entry: Entry, rivals: Sequence[Entry]) -> list[str]:
    """The values of *entry*, those first that most of the rivals do not have."""
    texts = dict.fromkeys(each for each in _texts(entry.shown_inputs) if _searchable(each))
    return sorted(texts, key=lambda text: sum(_may_have(each, text) for each in rivals))


def _may_have(rival: Entry, text: str) -> bool:
    """Whether a search for *text* may find the rival's run; what is secret may be anything."""
    texts = list(_texts(rival.shown_inputs))
    return HIDDEN in texts or any(text.casefold() in each.casefold() for each in texts)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    else:
        yield str(value)


def _searchable(text: str) -> bool:
    return text != HIDDEN and text.isprintable() and 0 < len(text.strip()) <= _LONGEST
