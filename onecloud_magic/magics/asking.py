"""Whether somebody can be asked for a secret here, by a form or by questions, and asking."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import TypedDict

from ..credentials.secret import Secret
from ..errors import UsageError
from ..show import can_ask, kernel, somebody_is_there

__all__ = ["can_ask", "credential", "environment_signs_in", "shows_forms"]


def shows_forms() -> bool:
    """Whether a form can be filled in: in the front end of a kernel, if somebody sits before it.

    No kernel knows what its front end shows: a terminal on one (`jupyter console`) counts, too.
    """
    return kernel() is not None and somebody_is_there()


def environment_signs_in() -> bool:
    """Whether the environment variables hold something to sign in with."""
    from ..credentials import environment

    return environment.record() is not None


class Credential(TypedDict, total=False):
    """The keywords of `OneCloud.login`; what was not typed is None."""

    access_token: Secret | None
    refresh_token: Secret | None
    client_id: str
    client_secret: Secret | None


def credential(*, grant: bool) -> Credential:
    """Ask for what signs in, as keywords of `OneCloud.login`.

    With *grant* that is a client id and its secret, else the tokens of the API page. What is
    typed is not shown, and kept in no history.

    Raises:
        UsageError: nothing was typed.
    """
    told = Credential()
    if grant:
        told["client_id"] = _text("Client id of the grant: ")
        told["client_secret"] = _secret("Client secret: ")
    else:
        told["access_token"] = _secret("Access token (Admin > API; Enter if it has ended): ")
        told["refresh_token"] = _secret("Refresh token (Enter to go on without): ")
        if told["refresh_token"] == told["access_token"]:  # the same was pasted twice
            told["refresh_token"] = None
        if told["refresh_token"] is not None:
            told["client_id"] = _text("Client id: ")
    if any(isinstance(each, Secret) for each in told.values()):
        return told
    raise _nothing()


class SignInInterrupted(KeyboardInterrupt):
    """Ctrl-C while a secret was asked for: one line instead of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def _secret(prompt: str) -> Secret | None:
    """What is typed, in a type that does not show itself; None where nothing was."""
    held = _asked(lambda: _held(getpass.getpass(prompt)))
    return held if isinstance(held, Secret) else None


def _held(answer: str) -> Secret | None:
    return Secret(answer) if answer.strip() else None


def _text(prompt: str) -> str:
    return str(_asked(lambda: input(prompt).strip()) or "")


def _asked(ask: Callable[[], object]) -> object:
    """What is answered; its end, an interrupt, or what is no token leave the session as it was."""
    # What is raised has nothing behind it: a traceback would show the frames of the asking.
    try:
        return ask()
    except EOFError:
        left: BaseException = _nothing()
    except KeyboardInterrupt:
        left = SignInInterrupted("nothing was sent, the session is as it was.")
    except UsageError as error:
        left = error.with_traceback(None)
    raise left


def _nothing() -> UsageError:
    return UsageError(
        "Nothing was typed; the session is as it was.",
        "The tokens stand on the page Admin > API, where an administrator enables API access.",
    )
