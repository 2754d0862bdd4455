"""A token or a secret that does not show itself."""

from __future__ import annotations

import hmac
import re
from hashlib import sha256
from typing import NoReturn

from ..errors import UsageError

__all__ = ["Secret"]

_AROUND = " \t\r\n\v\f\"'“”‘’"  # noqa: RUF001  # the quotes that a text editor puts there
_LONG = 8  # characters; a shorter text may stand in any other by chance
_SOUND = re.compile(r"[!-~\xa1-\xff]{1,16384}")


class Secret:
    """A text that shows only its fingerprint, and goes into no pickle, copy or JSON.

    Blanks and quotes around it are dropped. What cannot stand in an HTTP header is a `UsageError`,
    which names *name* and never the text.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str, name: str = "token or secret") -> None:
        self._text = text.strip(_AROUND) if isinstance(text, str) else ""
        text = ""  # a traceback that shows variables comes by here
        if not _SOUND.fullmatch(self._text):
            raise UsageError(
                f"The {name} is empty, too long, no text, or has blanks or characters in it "
                "that no token has.",
                "Copy it once more from where it was made, whole and without line breaks.",
            )

    def reveal(self) -> str:
        """The text itself: for the wire and for the store, nowhere else."""
        return self._text

    @property
    def fingerprint(self) -> str:
        """Eight digits by which a secret is recognised, and from which it cannot be made."""
        return sha256(self._text.encode()).hexdigest()[:8]

    def is_in(self, text: str) -> bool:
        """Whether *text* is this secret in clear, or has it in it; a short one has to be alone."""
        return self._text == text or (len(self._text) >= _LONG and self._text in text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return f"Secret({self.fingerprint})"

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is neither copied nor pickled")
