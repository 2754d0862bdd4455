"""What the objects of one profile share in a process: session, quota, pace and cache."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from ..api import Answers, Kind, Ledger, Pace, Reply, Request, Transport
from ..api import Quota as Told
from ..credentials import environment
from ..credentials.bearer import Bearer
from ..credentials.hosts import Host
from ..credentials.records import Record
from ..credentials.secret import Secret
from ..credentials.stores import FileStore
from ..errors import NotSignedIn, OneCloudError
from ..home import Home
from ..home.sharing import Unusable
from .files import ledger, shelf
from .finished import Finished
from .mine import Mine
from .observed import Activity, Quota, Session
from .place import Place, given_in, holder

if TYPE_CHECKING:
    from .settings import Settings

_JUST = 60.0  # seconds; a token that is refused so soon after it came is not renewed once more


@dataclass(frozen=True)
class Last:
    """The last call that was answered: what was asked, with which status, and when.

    *at* is the time here, *served_at* what the service's clock said, None where it did not.
    """

    request: Request
    status: int
    at: float
    served_at: float | None = None


class Line:
    """The line from one profile to one host, and all that is shared by those who are on it."""

    def __init__(
        self,
        place: Place,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.place, self.clock, self.sleep = place, clock, sleep
        self._reached_by: tuple[float, str] | None = None
        self.session = Session(profile=place.profile, host=place.host.base_url)
        self.quota = Quota()
        self.activity = Activity(place.profile, place.host.base_url, clock)
        self.held = holder(place, clock, lambda: self._ca_bundle)
        self.pace = Pace(clock=ticks, sleep=self._pause, waiting=self.activity.wait)
        self._answers: dict[str, Answers] = {}
        self._finished: dict[Answers, Finished] = {}
        self._account, self.mine = "", Mine()
        self._bearer = Bearer(place.host.base_url, self._token)
        self.last: Last | None = None
        self.follow(settings)
        self.held.observe(self.look)
        self.look()

    @property
    def _ca_bundle(self) -> str:
        return self._reached_by[1] if self._reached_by else ""

    def follow(self, settings: Settings) -> Self:
        """Go by these settings from now on: those of the object that was used last."""
        self.pace.burst_limit, self.pace.burst_window = settings.burst_limit, settings.burst_window
        self.quota.burst_limit, self.quota.daily_limit = settings.burst_limit, settings.daily_limit
        self.activity.shown, self.activity.timezone = settings.progress, settings.timezone
        if self._reached_by != (settings.timeout, settings.ca_bundle):
            self._reached_by = (settings.timeout, settings.ca_bundle)
            self.transport = self._connected(
                self._bearer, self._told, self._renew, self._renew_again
            )
        return self

    def look(self) -> None:
        """Show the session as it is now: another process may have signed in, time may be up."""
        record = self.held.current
        account = record.account if record else ""
        if account != self._account:
            self._account = account
            self.quota.forget()
            self.session.user = None
            self.pace.ledger = self._ledger_of(account)
        self.session.show(self.held)

    @property
    def answers(self) -> Answers:
        """The cache of the account that is signed in: two accounts never share one."""
        return self._answers_of(self._account)

    @property
    def answered(self) -> Answers:
        """The cache of the account that this thread asked with, whoever has signed in since."""
        asked = self.mine.record
        return self._answers_of(asked.account if asked else self._account)

    def finished(self, answers: Answers) -> Finished:
        """The frames that were made of those answers."""
        known = self._finished.get(answers)
        return known or self._finished.setdefault(answers, Finished())

    @property
    def sent(self) -> int:
        """The calls that this thread has ever sent, repeats included."""
        return self.mine.sent

    @contextmanager
    def expects(self, calls: int) -> Iterator[None]:
        """Announce calls that are to come; a `QuotaExceeded` where so many are not left today."""
        with self.pace.expects(calls), self.activity.expecting(calls):
            yield

    def sign_in(self, record: Record) -> None:
        """Make *record* the session, once the service has answered one call made with it."""
        told: list[Told] = []
        self.held.sign_in(record, lambda record: self._check(record, told.append))
        self.quota.show(told[-1])
        _hosts[self.place.home, self.place.profile] = self.place.host
        _tell_where(self.place)

    def renew(self) -> None:
        """Get a new access token now; the session says what became of it."""
        self.held.renew()

    def sign_out(self) -> None:
        """Forget the session, and what was answered to it."""
        try:
            self.forget()
        finally:
            self.held.sign_out()
        _hosts.pop((self.place.home, self.place.profile), None)
        _tell_where(self.place)

    def forget(self, kind: Kind | None = None) -> int:
        """Forget what was answered; gives the number of answers.

        Raises:
            OneCloudError: they cannot be forgotten now.
        """
        self.finished(self.answers).forget()
        try:
            return self.answers.drop(kind)
        except Unusable as why:
            raise OneCloudError(
                f"Not all answers could be forgotten: {str(why).rstrip('.')}.",
                f"Try again, or delete {self.place.home.root / 'answers'}: it costs time alone.",
            ) from None

    def _answers_of(self, account: str) -> Answers:
        if account not in self._answers:
            kept = Answers(clock=self.clock)
            kept.keep_in(shelf(self.place.home, self.place.token_store, account, kept.heard))
            self._answers.setdefault(account, kept)  # threads may come at once
        return self._answers[account]

    def _pause(self, seconds: float) -> None:
        self.mine.pause(self.sleep, seconds)

    def _ledger_of(self, account: str) -> Ledger:
        return ledger(self.place.home, self.place.token_store, account)

    def _check(self, record: Record, told: Callable[[Told], None]) -> int:
        token = record.access_token
        if token is None:
            raise NotSignedIn("An access token is needed to sign in.", "Get one on the API page.")
        # Until it is the session, what the service tells of its quota is not the session's.
        pace = self.pace.on(self._ledger_of(record.account))
        transport = self._connected(Bearer(record.base_url, lambda: token), told, pace=pace)
        found = transport.call("getWorkspaces")
        transport.close()
        return len(found)

    def reach(self) -> int:
        """Make one call with the token at hand, and renew nothing; gives the workspaces' number."""
        record = self.held.current
        if record is None:
            raise NotSignedIn("Nobody is signed in.", "Sign in with %onecloud login.")
        return self._check(record, self._told)

    def _connected(
        self,
        bearer: Bearer,
        told: Callable[[Told], None],
        renew: Callable[[], bool] = lambda: False,
        renew_again: Callable[[], bool] = lambda: False,
        pace: Pace | None = None,
    ) -> Transport:
        timeout, ca_bundle = self._reached_by or (30.0, "")

        def on_reply(request: Request, reply: Reply) -> None:
            served = reply.date.timestamp() if reply.date else None
            self.last = Last(request, reply.status, self.clock(), served)
            told(reply.quota)

        return Transport(
            self.place.host.base_url,
            bearer,
            pace or self.pace,
            renew=renew,
            renew_again=renew_again,
            on_reply=on_reply,
            timeout=timeout,
            ca_bundle=ca_bundle or None,
            may_call=self.mine.check,
            sleep=self._pause,
        )

    def _told(self, told: Told) -> None:
        """An answer to the last call of this thread told what is left."""
        self.quota.show(told, self.mine.asked_at)

    def _renew(self) -> bool:
        """After a 401: whether there is another token than the one that this thread has sent."""
        return self.mine.record is not None and self.held.reject(self.mine.record)

    def _renew_again(self) -> bool:
        """After a second 401: what another process had left may have ended as well by now."""
        asked = self.mine.record
        since = asked.obtained_at if asked else None
        just_got = since is not None and self.clock() - since < _JUST
        return not just_got and self._renew()

    def _token(self) -> Secret:
        """The bearer of one call that is about to be sent."""
        record = self.mine.record = self.held.ready()
        if record.access_token is None:
            raise NotSignedIn("No access token is at hand.", "Sign in with %onecloud login.")
        self.mine.sent += 1
        self.mine.asked_at, self.mine.sent_at = datetime.now(UTC), self.clock()
        self.activity.called()
        return record.access_token


_lines: dict[Place, Line] = {}
_hosts: dict[tuple[Home, str], Host] = {}  # where each profile is signed in, as far as it was seen
_lock = threading.Lock()


def line(place: Place, settings: Settings) -> Line:
    """The line at *place*, the same one for everybody in this process."""
    with _lock:
        if new := place not in _lines:
            _lines[place] = Line(place, settings)
    if new and place.token_store == "file":  # noqa: S105  # a place, no password
        _move(_lines.get(replace(place, token_store="memory")), _lines[place])  # noqa: S106
    # Outside of the lock: who watches the quota may ask for the line again.
    return _lines[place].follow(settings)


def _move(old: Line | None, new: Line) -> None:
    """Let a session that was kept in memory go on in the file.

    Never the other way: memory ends with the process, and the only refresh token would, too.
    """
    if old is not None:
        new.held.take_over(old.held)


def _tell_where(place: Place) -> None:
    """Let all sessions of the profile know where it is signed in: it may have moved away."""
    host = _hosts.get((place.home, place.profile))
    for each in list(_lines.values()):
        if (each.place.home, each.place.profile) == (place.home, place.profile):
            each.session.signed_in_at = host.base_url if host else ""


def host_of(home: Home, profile: str) -> Host | None:
    """Where *profile* is signed in, by this process or by another; None where it is not."""
    given = given_in(profile)
    if given is None and (home, profile) not in _hosts:
        given = FileStore(profile, home).peek()
    if given is not None and not given.signed_out:
        _hosts[home, profile] = Host(given.base_url, given.token_url)
    return _hosts.get((home, profile))


def is_secret(text: str) -> bool:
    """Whether a secret is in *text*: of the environment, of this process, of a kept session."""
    home = Home.find()
    records = [each.held.current for each in _lines.values()]
    records += [FileStore(profile, home).peek() for profile in home.profiles()]
    return environment.is_in(text) or any(each.is_in(text) for each in records if each)
