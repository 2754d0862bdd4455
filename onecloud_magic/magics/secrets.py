"""A secret on the line is refused, and forgotten as far as that can be done from here.

What is typed stays in the notebook, in the history of the kernel and in its database. So no flag
takes a secret; whoever types one all the same is told, and the traces that can be reached go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from itertools import pairwise

from ..errors import UsageError
from ..runs.secrecy import says_secret
from .command import FLAGS

__all__ = ["Forget", "refuse", "secrets_in"]

# Takes the line out of the cell it was typed in, and texts out of the whole session; says what
# is left.
Forget = Callable[[Sequence[str]], str]

_NAMES = (
    *("--token", "--access-token", "--refresh-token"),
    *("--secret", "--client-secret", "--password"),
)
_TELLING = re.compile(r"--?[\w-]*?(token|secret|pass|pwd|key)(?![-_](url|store))", re.IGNORECASE)
_INPUT = FLAGS["input"].names
_IN_A_BODY = re.compile(r"""[\s"'{}\[\],:]+""")
_SHORTEST = 8  # characters; a shorter word is too common to be taken out of a whole session
_REVOKE = "If others can see it, press Revoke API Access on the API page."


def refuse(words: Sequence[str], forget: Forget, body: str = "") -> None:
    """Raise a `UsageError` where a secret is among the words, after *forget* has been called.

    `login` takes no words at all: what stands behind it may be a token, and counts as one. The
    *body* of a cell must not hold a token that is known; its other words are inputs.
    """
    found = secrets_in(words) + [each for each in _IN_A_BODY.split(body) if _is_known(each)]
    inputs = _secret_inputs(words)
    if inputs and not found:
        _refuse_inputs(inputs, forget)
    if not found and not _signs_in_with(words):
        return
    left = forget([each for each in found if len(each) >= _SHORTEST])
    says = (
        f"A secret does not belong on the line: it was not used. {left}"
        if found
        else f"login takes nothing on the line, a secret least of all: it was not used. {left}"
    )
    error = UsageError(says, f"{_REVOKE} %onecloud login alone asks for the token.")
    error.private = True  # variables of ours hold the line
    raise error


def _refuse_inputs(inputs: dict[str, str], forget: Forget) -> None:
    left = forget([each for each in inputs.values() if len(each) >= _SHORTEST])
    key = next(iter(inputs))
    error = UsageError(
        f"A secret does not belong on the line: {key:.60} was not used. {left}",
        f"In the body of a cell, {key:.60}: $name takes the value of that variable: "
        "%%onecloud run CHAIN",
    )
    error.private = True  # as above
    raise error


def _secret_inputs(words: Sequence[str]) -> dict[str, str]:
    """The inputs on the line whose names leave no doubt that they are secrets."""
    found: dict[str, str] = {}
    for before, word in pairwise(["", *words]):
        pair = word if before in _INPUT else word.removeprefix(f"{_INPUT[-1]}=")
        key, mark, value = pair.partition("=")
        if mark and (before in _INPUT or pair != word) and says_secret(key):
            found[key.rstrip(":")] = value
    return found


def secrets_in(words: Sequence[str]) -> list[str]:
    """What is certainly a secret: what stands behind a flag for one, and a token that is known."""
    found: list[str] = []
    for place, word in enumerate(words):
        name, mark, value = _parted(word)
        if _is_telling(name):
            found += [value] if mark else words[place + 1 : place + 2] or [""]
        elif _is_known(word):
            found.append(word)
    return found


def _parted(word: str) -> tuple[str, str, str]:
    parts = re.split("([=:])", word, maxsplit=1)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else (word, "", "")


def _is_telling(flag: str) -> bool:
    if not flag.startswith("-") or flag in _flags():
        return False
    return bool(_TELLING.match(flag) or get_close_matches(flag, _NAMES, n=1, cutoff=0.85))


def _signs_in_with(words: Sequence[str]) -> bool:
    """Whether something stands behind `login` that it does not take, or in its brackets."""
    command = re.split(r"\W", words[0], maxsplit=1)[0] if words else ""
    if not get_close_matches(command.lower(), ["login"], n=1, cutoff=0.75):
        return False
    valued = {name for name, flag in _flags().items() if flag}
    free = [
        word
        for before, word in pairwise(words)
        if before not in valued and _parted(word)[0] not in _flags()
    ]
    return bool(free) or command != words[0]


def _flags() -> dict[str, str]:
    """All flags there are, and what stands behind each."""
    return {name: flag.value for flag in FLAGS.values() for name in flag.names}


def _is_known(word: str) -> bool:
    if len(word) < _SHORTEST:
        return False
    from ..account import is_secret

    return is_secret(word)
