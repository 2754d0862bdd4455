"""A secret on the line is refused, and forgotten as far as that can be done from here.

What is typed stays in the notebook, in the history of the kernel and in its database. So no flag
takes a secret; whoever types one all the same is told, and the traces that can be reached go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches

from ..errors import UsageError
from .command import FLAGS

__all__ = ["refuse", "secrets_in"]

_NAMES = (
    *("--token", "--access-token", "--refresh-token"),
    *("--secret", "--client-secret", "--password"),
)
_TELLING = re.compile(r"--?[\w-]*(token|secret|passw)", re.IGNORECASE)
_SHORTEST = 8  # characters; shorter words are no tokens, and are too common to be replaced


def refuse(words: Sequence[str], forget: Callable[[Sequence[str]], str]) -> None:
    """Raise a `UsageError` where a secret is among the words, after *forget* has got them.

    *forget* removes the texts from where they are kept, and says what it could not reach.
    """
    found = list(secrets_in(words))
    if not found:
        return
    left = forget([each for each in found if len(each) >= _SHORTEST])
    error = UsageError(
        "A secret does not belong on the line: it was not used. " + left,
        "If others can see it, press Revoke API Access on the API page. "
        "%onecloud login asks for the token without showing it.",
    )
    error.private = True
    raise error


def secrets_in(words: Sequence[str]) -> Iterator[str]:
    """What is a secret: what stands behind a flag for one, what login is given, a known token."""
    flags = {name for flag in FLAGS.values() for name in flag.names}
    for place, word in enumerate(words):
        name, mark, value = word.partition("=")
        if name not in flags and _is_telling(name):
            behind = words[place + 1 : place + 2]
            yield from [value] if mark else (behind or [""])
        elif (place > 0 and words[0] == "login" and _is_free(words, place)) or _is_known(word):
            yield word


def _is_telling(flag: str) -> bool:
    if not flag.startswith("-"):
        return False
    return bool(_TELLING.match(flag) or get_close_matches(flag, _NAMES, n=1, cutoff=0.85))


def _is_free(words: Sequence[str], place: int) -> bool:
    """Whether the word is neither a flag nor the value of one: `login` takes no such word."""
    valued = {name for flag in FLAGS.values() if flag.value for name in flag.names}
    return not words[place].startswith("-") and words[place - 1] not in valued


def _is_known(word: str) -> bool:
    if len(word) < _SHORTEST:
        return False
    from ..account import is_secret

    return is_secret(word)
