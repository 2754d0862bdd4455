"""Getting a new access token, for whoever needs one: start, wait, look at the store again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from ..errors import (
    BadAnswer,
    OneCloudError,
    RefreshBusy,
    RefreshUncertain,
    SessionRejected,
    Unreachable,
)
from ..home import Home
from .answers import tokens_in
from .environment import SECRETS
from .exchange import Answer, NotSent, exchange
from .records import Record
from .refresh import Outcome, refresh
from .spending import thrown_away
from .stores import FileStore, Store

__all__ = ["FileRenewal", "MemoryRenewal", "Renewal", "Start"]

_PAGE = "the page Admin > API (Revoke API Access, then Enable API Access)"
_LOGIN = "then %onecloud login"
_AGAIN = f"Get new tokens on {_PAGE}, {_LOGIN}."
# Windows has no sessions of processes; its flags do what start_new_session does elsewhere.
_DETACHED = 0x0208 if sys.platform == "win32" else 0
_threads: dict[tuple[Home, str], threading.Lock] = {}


class Renewal(Protocol):
    """Gives a newer record than the one that was seen."""

    def renew(self, seen: Record, *, pending: bool = False) -> Record:
        """A record with a newer access token than *seen*, or an `OneCloudError`."""


Start = Callable[..., Outcome]


class MemoryRenewal:
    """Renews what is kept in memory only: a grant is bought again, a refresh token never spent."""

    def __init__(
        self, store: Store, clock: Callable[[], float], ca_bundle: Callable[[], str]
    ) -> None:
        self._store, self._clock, self._ca_bundle = store, clock, ca_bundle
        self._lock = threading.Lock()

    def renew(self, seen: Record, *, pending: bool = False) -> Record:
        """Buy a new token with the grant of *seen*; a `SessionRejected` where it has none."""
        with self._lock:
            latest = None if pending else self._store.load()
            if latest is not None and latest.account == seen.account and latest.mark != seen.mark:
                return latest
            if seen.client_secret is None:
                raise SessionRejected(
                    "The access token has ended, and token_store='memory' spends no refresh token.",
                    "Sign in with a new access token, or set token_store to file.",
                )
            bought = self._bought(seen)
            if isinstance(bought, OneCloudError):
                raise bought
            # Whoever has signed out or in since must not find the grant in the store again.
            if not pending and latest is not None and latest.account == seen.account:
                self._store.save(bought)
            return bought

    def _bought(self, seen: Record) -> Record | OneCloudError:
        answer = exchange(seen, ca_bundle=self._ca_bundle())
        if isinstance(answer, NotSent):
            return Unreachable(answer.says, answer.hint, host=seen.token_url, sent=False)
        if not isinstance(answer, Answer):
            return Unreachable(f"No token could be bought: {answer.says}.", host=seen.token_url)
        if tokens := tokens_in(answer.status, answer.body, self._clock()):
            return seen.renewed(tokens)
        if answer.status == 200:
            return BadAnswer("The token URL gave no token.", operation="token", status=200)
        return SessionRejected(
            f"The token URL answered {answer.status}: the grant's client id or secret was refused.",
            "See whether the grant still exists, then %onecloud login.",
        )


class FileRenewal(MemoryRenewal):
    """Renews what is kept in a file: a refresh token is spent by one process, for all."""

    def __init__(
        self,
        home: Home,
        profile: str,
        clock: Callable[[], float],
        ca_bundle: Callable[[], str] = lambda: "",
        start: Start | None = None,
    ) -> None:
        super().__init__(FileStore(profile, home), clock, ca_bundle)
        self._home, self._profile = home, profile
        self._start = start or self._in_a_process
        self._lock = _threads.setdefault((home, profile), threading.Lock())

    def renew(self, seen: Record, *, pending: bool = False) -> Record:
        """Have the refresh token spent, unless another has been quicker.

        Raises:
            SessionRejected: the service no longer takes the refresh token.
            RefreshUncertain: an answer was lost; the token may be spent.
            RefreshBusy: another process has been at it for too long.
            Unreachable: the token URL cannot be reached; nothing is spent.
        """
        if seen.refresh_token is None:
            return super().renew(seen, pending=pending)
        with self._lock:
            if newer := self._newer(seen, pending=pending):
                return newer
            if place := thrown_away(seen.base_url):
                raise SessionRejected(
                    f"The access token has ended, and this is {place}: a new refresh token would "
                    "be thrown away with the machine, so it was not spent.",
                    "Mount a folder that outlasts it and name it in ONECLOUD_HOME, "
                    "or give a new access token.",
                )
            outcome = self._start(seen=seen.mark, pending=pending)
            if newer := self._newer(seen, pending=pending):
                return newer
        raise _error(outcome, seen, self._clock())

    def _newer(self, seen: Record, *, pending: bool) -> Record | None:
        """What there is by now, where that is another access token of the same account."""
        if pending:
            kept = self._store.load()
            if kept is not None and kept.came_of(seen):
                return kept
        latest = FileStore(self._profile, self._home, pending=pending).load()
        return latest if latest and latest.mark and latest.replaces(seen) else None

    def _in_a_process(self, *, seen: str, pending: bool) -> Outcome:
        command = [sys.executable, "-P", "-m", "onecloud_magic.credentials.refresh"]
        command += [f"--seen={seen}", *(["--pending"] if pending else [])]
        command += [f"--ca-bundle={self._ca_bundle()}"] if self._ca_bundle() else []
        command += ["--", self._profile]  # whatever it begins with
        variables = {name: os.environ[name] for name in os.environ if name not in SECRETS}
        variables["ONECLOUD_HOME"] = str(self._home.root)
        try:
            if getattr(sys, "frozen", False) or not sys.executable:
                raise OSError  # there is no Python to start
            # Interrupt and Restart signal the whole group of a kernel: it must not be in it.
            helper = subprocess.Popen(  # noqa: S603  # our own module
                command,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                creationflags=_DETACHED,
            )
        except OSError:
            return self._in_a_thread(seen=seen, pending=pending)
        told, _ = helper.communicate()
        with suppress(ValueError, TypeError):
            return Outcome(**json.loads(told))
        return Outcome("failed", "The process that renews the token ended without a word.")

    def _in_a_thread(self, *, seen: str, pending: bool) -> Outcome:
        """Where no process can be started: an interrupt does not reach it, a restart does."""
        told: list[Outcome] = []
        thread = threading.Thread(
            target=lambda: told.append(
                refresh(
                    self._home,
                    self._profile,
                    seen=seen,
                    pending=pending,
                    ask=lambda record: exchange(record, ca_bundle=self._ca_bundle()),
                    clock=self._clock,
                )
            ),
            name="onecloud-refresh",
        )
        thread.start()
        thread.join()
        return told[0] if told else Outcome("failed", "The renewal stopped.")


def _error(outcome: Outcome, seen: Record, now: float) -> OneCloudError:
    """What an outcome says to the user: what happened, what works on, where to go."""
    left = _left(seen, now)
    if outcome.kind == "busy":
        return RefreshBusy(
            f"{outcome.says}{left}", "Try again in a minute; %onecloud doctor looks."
        )
    if outcome.kind == "not_sent":
        says = f"The access token could not be renewed, and nothing was spent: {outcome.says}"
        return Unreachable(
            says, outcome.hint, host=seen.token_url, status=outcome.status, sent=False
        )
    if outcome.kind == "rejected":
        return SessionRejected(
            f"The service no longer takes the refresh token: it was used elsewhere or revoked, "
            f"or the account is disabled, which cannot be told apart.{left}",
            _AGAIN,
        )
    if outcome.kind == "uncertain":
        lost = "came without tokens" if outcome.status == 200 else "was lost"
        return RefreshUncertain(
            f"The answer to the renewal {lost}: the refresh token may be spent.{left}", _AGAIN
        )
    if outcome.kind in ("gone", "renewed"):  # renewed is then the session of another account
        says = outcome.says or "The session is gone: somebody has signed in as another."
        return SessionRejected(says, "Sign in with %onecloud login.")
    says = outcome.says or "It is not known why."
    return OneCloudError(f"The access token could not be renewed. {says}{left}", outcome.hint)


def _left(seen: Record, now: float) -> str:
    if seen.expires_at is None or seen.expires_at <= now:
        return ""
    minutes = int((seen.expires_at - now) // 60)
    hours = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
    return f" The access token still works for {hours}."
