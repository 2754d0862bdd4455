"""Everything that can go wrong, as one tree.

    OneCloudError
    ├── UsageError                 what was asked for makes no sense
    │   ├── NotFound               nothing has that name or id
    │   └── Ambiguous              several things have that name
    ├── NotSignedIn                there is no session to ask with
    │   ├── SessionRejected        the service no longer takes the session
    │   ├── RefreshUncertain       an answer was lost: the refresh token may be spent
    │   ├── RefreshBusy            another process has been renewing for too long
    │   └── StoreDamaged           the file of the session cannot be read
    ├── Forbidden                  the user may not use the API
    ├── Unreachable                no answer, or none that was meant for us
    ├── BadAnswer                  an answer that cannot be read
    ├── QuotaExceeded              no calls left, and waiting is too long
    ├── ChainStartRefused          the service will not start the chain
    ├── StartOutcomeUnknown        the answer to a start was lost: nobody knows whether it started
    ├── ChainRunFailed             a run that was waited for ended badly
    └── WaitTimeout                a run that was waited for is still live (also a TimeoutError)

    RunInterrupted                 a KeyboardInterrupt: the wait has ended, the run goes on

`str(error)` says what happened, `error.hint` what to do next; the facts are attributes.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import Any

__all__ = [
    "Ambiguous",
    "BadAnswer",
    "ChainRunFailed",
    "ChainStartRefused",
    "Forbidden",
    "NotFound",
    "NotSignedIn",
    "OneCloudError",
    "OneCloudWarning",
    "QuotaExceeded",
    "RefreshBusy",
    "RefreshUncertain",
    "RunInterrupted",
    "SessionRejected",
    "StartOutcomeUnknown",
    "StoreDamaged",
    "Unreachable",
    "UsageError",
    "WaitTimeout",
]


_LISTED = ("workspace", "environment", "chain", "run", "user", "group")


class OneCloudWarning(UserWarning):
    """Something worth one line that is no error, as a read that stopped at its limit."""


class OneCloudError(Exception):
    """The root of all errors of this package.

    Attributes:
        hint: what to do next, a sentence or two; may be empty.
        private: whether its traceback is never shown, because variables in it hold a secret.
    """

    private = False

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)

    @property
    def lines(self) -> list[str]:
        """The message, under the error's own name, and the hint: what people are shown."""
        return _lines(self, self.hint)

    def _render_traceback_(self) -> list[str]:
        """Give IPython these lines instead of a traceback; `%xmode Verbose` shows it whole."""
        return _rendered(self, self.lines, self.private)


class UsageError(OneCloudError):
    """What was asked for makes no sense; nothing was sent, or the service said so (`words`).

    *words* are the service's own, where it was the service that refused.
    """

    def __init__(self, message: str, hint: str = "", *, words: str = "") -> None:
        self.words = words
        super().__init__(message, hint)


class NotFound(UsageError):
    """Nothing has that name or id.

    Attributes:
        kind: what was looked for: workspace, environment, chain, run, user, group …
        wanted: what was given.
        near: names that come close, best first.
    """

    def __init__(
        self, kind: str, wanted: str, near: Sequence[str] = (), *, words: str = ""
    ) -> None:
        self.kind, self.wanted, self.near = kind, wanted, tuple(near)
        listed = f"%onecloud {kind}s lists what there is." if kind in _LISTED else ""
        hint = f"Did you mean {' or '.join(map(repr, near))}?" if near else listed
        super().__init__(f"No {kind} is called {_short(wanted)}.", hint, words=words)


class Ambiguous(UsageError):
    """Several things have that name, and one is needed.

    Attributes:
        kind: what was looked for.
        wanted: what was given.
        paths: the full paths that fit.
    """

    def __init__(self, kind: str, wanted: str, paths: Sequence[str]) -> None:
        self.kind, self.wanted, self.paths = kind, wanted, tuple(paths)
        listed = ", ".join(self.paths[:6]) + (" …" if len(self.paths) > 6 else "")
        super().__init__(
            f"{len(self.paths)} {kind}s are called {_short(wanted)}: {listed}",
            "Give the path of the one you mean, or its id.",
        )


class NotSignedIn(OneCloudError):
    """There is no session to ask with."""


class SessionRejected(NotSignedIn):
    """The service answered 401: the token has ended, was revoked, or the account is disabled."""


class RefreshUncertain(NotSignedIn):
    """The answer to a renewal was lost: the refresh token may be spent, and is not sent again."""


class RefreshBusy(NotSignedIn):
    """Another process has been renewing the token for so long that it was not waited for."""


class StoreDamaged(NotSignedIn):
    """The file of a session cannot be read; it is kept, and nothing was overwritten.

    *kept_at* is where it is now.
    """

    def __init__(self, message: str, hint: str = "", *, kept_at: str = "") -> None:
        self.kept_at = kept_at
        super().__init__(message, hint)


class Forbidden(OneCloudError):
    """The service answered 403: the API is for administrators (guide, "Enable API Access").

    *words* are the service's own.
    """

    def __init__(self, words: str = "") -> None:
        self.words = words
        told = f": {words}" if words else ""
        super().__init__(
            f"The service does not let this user in{told}",
            "The API is for administrators: ask one to make the user an administrator.",
        )


class Unreachable(OneCloudError):
    """No answer came, or one that no OneCloud service gave.

    Attributes:
        host: where the call went.
        status: the HTTP status, where there was one (5xx, a redirect).
        sent: whether the call may have reached the service; False only where it certainly did not.
    """

    def __init__(
        self, message: str, hint: str = "", *, host: str = "", status: int = 0, sent: bool = True
    ) -> None:
        self.host, self.status, self.sent = host, status, sent
        super().__init__(message, hint)


class BadAnswer(OneCloudError):
    """An answer came that cannot be read: cut off, no JSON, or not in the contract's form.

    *operation* is what was called, *status* the HTTP status.
    """

    def __init__(self, message: str, *, operation: str = "", status: int = 0) -> None:
        self.operation, self.status = operation, status
        super().__init__(
            message, "Try again; if it stays, send this message to whoever runs the host."
        )


class QuotaExceeded(OneCloudError):
    """The calls left do not suffice.

    Attributes, each None where it is not known:
        needed, remaining: calls that are needed, and that are left.
        resets_in: seconds until there are more.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        needed: int | None = None,
        remaining: int | None = None,
        resets_in: float | None = None,
    ) -> None:
        self.needed, self.remaining, self.resets_in = needed, remaining, resets_in
        super().__init__(message, hint)


class ChainStartRefused(OneCloudError):
    """The service answered 422: it did not start the chain.

    *words* are the service's own.
    """

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(f"The service did not start the chain: {words}", "Nothing was started.")


class StartOutcomeUnknown(OneCloudError):
    """The answer to a start was lost, and the run history does not tell which run it became.

    *candidates* are the `ChainRun`s that it may have become.
    """

    def __init__(self, message: str, hint: str = "", *, candidates: Sequence[Any] = ()) -> None:
        self.candidates = tuple(candidates)
        super().__init__(message, hint)


class ChainRunFailed(OneCloudError):
    """A run that was waited for ended neither in `all_succeeded` nor in `warned`.

    *run* is the `ChainRun`, of many their frame; *nodes* are what failed, as name and message.
    """

    def __init__(self, message: str, hint: str, run: Any, nodes: Sequence[tuple[str, str]]) -> None:
        self.run, self.nodes = run, tuple(nodes)
        super().__init__(message, hint)


class WaitTimeout(OneCloudError, TimeoutError):
    """A run that was waited for (`run`) is still live; it goes on."""

    def __init__(self, message: str, hint: str, run: Any) -> None:
        self.run = run
        super().__init__(message, hint)


class RunInterrupted(KeyboardInterrupt):
    """A start or a wait was interrupted; the run (`run`), where one is known, goes on."""

    def __init__(self, message: str, hint: str = "", run: Any = None) -> None:
        self.hint, self.run = hint, run
        super().__init__(message)

    def _render_traceback_(self) -> list[str]:
        return _rendered(self, _lines(self, self.hint))


def _lines(error: BaseException, hint: str) -> list[str]:
    return [f"{type(error).__name__}: {error}", *filter(None, [hint])]


def _rendered(error: BaseException, lines: list[str], private: bool = False) -> list[str]:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return lines
    if private:  # `%debug` would find the variables, and so does `sys.last_value`
        traceback.clear_frames(error.__traceback__)
    if private or shell.InteractiveTB.mode != "Verbose":
        # The modes Plain and Minimal put one line behind the other.
        plain = getattr(shell.InteractiveTB, "tb_join_char", "\n") == ""
        return ["\n".join(lines)] if plain else lines
    told = (type(error), error, error.__traceback__)
    return [*shell.InteractiveTB.structured_traceback(*told), *lines[1:]]


def _short(text: str, most: int = 80) -> str:
    """A name as it stands in a message: quoted, and cut where it is too long for one line."""
    return repr(text if len(text) <= most else text[: most - 1] + "…")
