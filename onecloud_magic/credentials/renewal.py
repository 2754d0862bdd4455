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
from .profile import Profile
from .records import Record
from .refresh import refresh
from .settling import Outcome
from .spending import thrown_away
from .stores import Store

__all__ = ["FileRenewal", "MemoryRenewal", "Renewal", "Start", "spent"]

_PAGE = "the page Admin > API (Revoke API Access, then Enable API Access)"
_LOGIN = "then %onecloud login"
_PATIENCE = 120.0  # seconds to wait for the process that renews; it has 90 for its answer
_LOOK = "Try again; %onecloud doctor looks."
_AGAIN = f"Get new tokens on {_PAGE}, {_LOGIN}."
# Windows has no sessions of processes; its flags do what start_new_session does elsewhere.
_DETACHED = 0x0208 if sys.platform == "win32" else 0
_threads: dict[tuple[Home, str], threading.Lock] = {}


class Renewal(Protocol):
    """Gives a newer record than the one that was seen."""

    def renew(self, seen: Record, *, pending: str = "") -> Record:
        """A record with a newer access token than *seen*, or an `OneCloudError`.

        It is stored in the place of *seen*: the session, or the sign-in *pending*.
        """


Start = Callable[..., Outcome]


class MemoryRenewal:
    """Renews what is kept in memory only: a grant is bought again, a refresh token never spent."""

    def __init__(
        self, store: Store, clock: Callable[[], float], ca_bundle: Callable[[], str]
    ) -> None:
        self._store, self._clock, self._ca_bundle = store, clock, ca_bundle
        self._lock = threading.Lock()

    def renew(self, seen: Record, *, pending: str = "") -> Record:
        """Buy a new token with the grant of *seen*; a `SessionRejected` where it has none."""
        with self._lock:
            latest = None if pending else self._store.load()
            if latest is not None and latest.mark and latest.replaces(seen):
                return latest
            if seen.client_secret is None:
                raise SessionRejected(
                    "The access token cannot be renewed: token_store='memory' spends no refresh "
                    f"token.{_left(seen, self._clock())}",
                    "Sign in with a new access token, or set token_store to file.",
                )
            bought = self._bought(seen)
            if isinstance(bought, OneCloudError):
                raise bought
            if not pending:
                # Whoever has signed out or in since must not find the grant in the store again.
                self._store.update(
                    lambda kept: bought if kept and kept.has_grant_of(seen) else kept
                )
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
        self._profile = Profile(home, profile)
        super().__init__(self._profile.store(), clock, ca_bundle)
        self._start = start or self._in_a_process
        self._lock = _threads.setdefault((home, profile), threading.Lock())

    def renew(self, seen: Record, *, pending: str = "") -> Record:
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
                    f"The access token was not renewed: this is {place}, and a new refresh token "
                    f"would be thrown away with the machine.{_left(seen, self._clock())}",
                    "Mount a folder that outlasts it and name it in ONECLOUD_HOME, "
                    "or give a new access token.",
                )
            outcome = self._started(seen, pending)
            if newer := self._newer(seen, pending=pending):
                return newer
        raise _error(outcome, seen, self._clock())

    def _started(self, seen: Record, pending: str) -> Outcome:
        """What the one refresh says; where it was killed, or found nothing, what a second says."""
        outcome = self._start(seen=seen.mark, pending=pending)
        if outcome.kind == "killed":
            # Its journal says how far it was; the repeat that it may need is due at once.
            return self._start(seen=seen.mark, pending=pending)
        if outcome.kind == "gone" and pending:
            # The same sign-in failed in another kernel, which took it away.
            self._profile.store(pending).update(lambda kept: kept or seen)
            return self._start(seen=seen.mark, pending=pending)
        return outcome

    def _newer(self, seen: Record, *, pending: str) -> Record | None:
        """What there is by now, where that is another access token of the same account."""
        if pending:
            kept = self._store.load()
            if kept is not None and kept.came_of(seen):
                return kept
        latest = self._profile.store(pending).load()
        return latest if latest and latest.mark and latest.replaces(seen) else None

    def _in_a_process(self, *, seen: str, pending: str) -> Outcome:
        command = [sys.executable, "-P", "-m", "onecloud_magic.credentials.refresh"]
        command += [f"--seen={seen}", f"--pending={pending}"]
        command += [f"--ca-bundle={self._ca_bundle()}"] if self._ca_bundle() else []
        command += ["--", self._profile.name]  # whatever it begins with
        try:
            if getattr(sys, "frozen", False) or not sys.executable:
                raise OSError  # there is no Python to start
            # Interrupt and Restart signal the whole group of a kernel: it must not be in it.
            helper = subprocess.Popen(  # noqa: S603  # our own module
                command,
                env=_variables(self._profile.home),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                creationflags=_DETACHED,
            )
        except OSError:
            return self._in_a_thread(seen=seen, pending=pending)
        try:
            told, _ = helper.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:  # it is not ended: it may hold what cannot be had again
            return Outcome("busy", f"The renewal has been under way for {_PATIENCE:.0f} s.")
        with suppress(ValueError, TypeError):
            return Outcome(**json.loads(told))
        return Outcome("killed", "The process that renews the token ended without a word.", _LOOK)

    def _in_a_thread(self, *, seen: str, pending: str) -> Outcome:
        """Where no process can be started: an interrupt does not reach it, a restart does."""
        told: list[Outcome] = []
        thread = threading.Thread(
            target=lambda: told.append(
                refresh(
                    self._profile.home,
                    self._profile.name,
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


def _variables(home: Home) -> dict[str, str]:
    """What the process inherits: all but the secrets, which are in the store."""
    # Not a local of who waits for it: a verbose traceback would show it.
    inherited = {name: os.environ[name] for name in os.environ if name not in SECRETS}
    return {**inherited, "ONECLOUD_HOME": str(home.root)}


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
    if outcome.kind == "elsewhere":
        return spent(outcome.profile, left, unfinished=outcome.unfinished)
    if outcome.kind in ("gone", "renewed"):  # renewed is then the session of another account
        says = outcome.says or "The session is gone: somebody has signed in as another."
        return SessionRejected(says, "Sign in with %onecloud login.")
    says = outcome.says or "It is not known why."
    return OneCloudError(f"The access token could not be renewed. {says}{left}", outcome.hint)


def spent(profile: str, left: str = "", *, unfinished: bool = False) -> SessionRejected:
    """The error for a refresh token that was spent in *profile*; empty: and then given up."""
    if profile:
        then = ", then %onecloud login with the same tokens" if unfinished else ""
        says = f"The refresh token was spent in the profile {profile}, which has its successor."
        return SessionRejected(says + left, f"Go on there: %onecloud use {profile}{then}.")
    return SessionRejected(
        "The refresh token was spent, or may have been, and what came of it is not kept here."
        f"{left}",
        _AGAIN,
    )


def _left(seen: Record, now: float) -> str:
    if seen.expires_at is None or seen.expires_at <= now:
        return ""
    minutes = int((seen.expires_at - now) // 60)
    hours = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
    return f" The access token still works for {hours}."
