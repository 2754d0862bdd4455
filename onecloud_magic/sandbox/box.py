"""`Sandbox`: the service, its server, and the handles that tests and newcomers hold it by."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, get_args

from .faults import Faults
from .limits import Kind, Limits
from .messages import Refused, Reply, Request
from .plans import Plan
from .server import Server
from .service import GRANT, TOKEN, account, answer
from .tokens import Reuse, Tokens
from .world import Ids, Spelling, World

REMEMBERED = 10_000  # requests


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request as the sandbox saw it, and what it answered; a dropped one has no reply."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    account: str
    at: float
    reply: Reply | None = field(repr=False)

    @property
    def status(self) -> int:
        """The status that was answered; 0 where the connection was dropped."""
        return self.reply.status if self.reply else 0


class Sandbox:
    """A OneCloud service of your own on a loopback port, from now until `stop()`.

    Args:
        port: where to listen; 0 takes a free one.
        seed: another seed makes another company.
        clock: what time it is, in seconds since 1970; tests give one that they can move.
        token_ttl: seconds that an access token lives.
        expires_in: whether the answer to a refresh tells them.
        reuse: what a second use of a refresh token does: `refuse` it, or `revoke` all tokens
            that descend from the same sign-in.
        window: how the limits count: `sliding`, from the `first` call, or by the `clock`.
        count_refused: whether refused calls count too.
        burst_limit: calls in 20 s.
        daily_limit: calls in 24 h.
        ids: ids on the wire: `text` (newer host) or `integer` (older host).
        input_names: whether runtime inputs carry their names; the contract has none.
        prefix: a path before all others, as `/s/wdata/oc/api`.
        certificate: PEM file with certificate and key; given, it speaks TLS.
        host: the address to listen on. Anything but loopback is open to others.

    Attributes:
        url: the base URL, with the prefix.
        credentials: an administrator's tokens, as keywords of `OneCloud.login`.
        requests: what it was asked, oldest first, the last 10,000.
        faults: faults that are switched on, see `onecloud_magic.sandbox.faults`.
    """

    def __init__(
        self,
        port: int = 0,
        seed: int = 1,
        clock: Callable[[], float] | None = None,
        token_ttl: float = 86400.0,
        expires_in: bool = True,
        reuse: Reuse = "refuse",
        window: Kind = "sliding",
        count_refused: bool = False,
        burst_limit: int = 100,
        daily_limit: int = 50_000,
        ids: Ids = "text",
        input_names: bool = False,
        prefix: str = "",
        certificate: str | Path | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        _check(token_ttl >= 0, f"token_ttl cannot be {token_ttl}")
        for word, words in ((reuse, Reuse), (window, Kind), (ids, Ids)):
            _check(word in get_args(words), f"{word!r} is none of {', '.join(get_args(words))}")
        self.clock = clock or time.time
        self.prefix = f"/{prefix.strip('/')}".rstrip("/")
        self.requests: list[Recorded] = []
        self.faults = Faults()
        self._lock = threading.Lock()
        self._world = World(
            seed,
            self.clock(),
            Tokens(token_ttl, expires_in, reuse),
            Limits(burst_limit, daily_limit, window, count_refused),
            Spelling(ids, input_names),
        )
        self._server = Server((host, port), self._serve, _tls(certificate))
        self.url = f"{'https' if certificate else 'http'}://{_named(host)}:{self.port}{self.prefix}"
        self.credentials = self.enable_access()
        self._thread = threading.Thread(
            target=partial(self._server.serve_forever, poll_interval=0.02),
            name="onecloud-sandbox",
            daemon=True,
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def token_url(self) -> str:
        """Where refresh tokens are spent; the newer host's grants have theirs beside it."""
        return self.url + TOKEN

    @property
    def grant(self) -> dict[str, str]:
        """A client id and secret of an administrator, as keywords of `OneCloud.login`."""
        with self._lock:
            made = self._world.tokens.enable(self._user_id(None))
        return {"client_id": made.client_id, "client_secret": made.client_secret}

    @property
    def grant_url(self) -> str:
        """Where a grant buys short tokens."""
        return self.url + GRANT

    @property
    def mapping_groups(self) -> list[str]:
        """The GUIDs of the mapping groups; no operation lists them."""
        return list(self._world.mapping_groups)

    @property
    def users(self) -> dict[str, bool]:
        """All users by e-mail, and whether they are administrators."""
        return {user.email: user.admin for user in self._world.company.users.values()}

    def enable_access(self, email: str | None = None) -> dict[str, str]:
        """Press "Enable API Access" for a user (else the first administrator): new tokens."""
        with self._lock:
            made = self._world.tokens.enable(self._user_id(email))
            pair = self._world.tokens.pair(made, self.clock())
        tokens = {name: str(pair[name]) for name in ("access_token", "refresh_token")}
        return {**tokens, "client_id": made.client_id}

    def revoke_access(self, email: str | None = None) -> None:
        """Press "Revoke API Access" for a user: every token of theirs is dead."""
        with self._lock:
            self._world.tokens.revoke(self._user_id(email))

    def disable_account(self, email: str | None = None) -> None:
        """Disable a user's account, and with it their API access."""
        with self._lock:
            self._world.tokens.disabled.add(self._user_id(email))

    def plan_next(
        self,
        outcome: Literal["all_succeeded", "warned", "errored"] = "all_succeeded",
        seconds: float = 30.0,
        pause: tuple[float, float] | None = None,
    ) -> None:
        """Decide how the next run that is started goes: its end, its length, a pause in it."""
        with self._lock:
            self._world.plans.append(Plan(seconds, outcome, pause))

    def stop(self) -> None:
        """Stop listening and close every connection; twice is once."""
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<OneCloud sandbox at {self.url}>"

    def _user_id(self, email: str | None) -> int:
        for user in self._world.company.users.values():
            if email in (None, user.email):
                return user.id
        raise KeyError(email)

    def _serve(self, request: Request) -> Reply:
        """Answer a request and remember it; the world is one caller's at a time."""
        request = replace(request, path=self._below_prefix(request.path))
        reply: Reply | None = None
        try:
            reply = self.faults.around(request, partial(self._work, request))()
        except Refused as refused:
            reply = refused.reply()
        finally:
            self._remember(request, reply)
        return reply

    def _work(self, request: Request) -> Reply:
        with self._lock:
            return answer(request, self._world, self.clock())

    def _below_prefix(self, path: str) -> str:
        """Take the prefix away; the token endpoints are also found without it."""
        if path.startswith(self.prefix + "/"):
            return path.removeprefix(self.prefix)
        return path if path in (TOKEN, GRANT) else f"/not-below-the-prefix{path}"

    def _remember(self, request: Request, reply: Reply | None) -> None:
        self.requests.append(
            Recorded(
                request.method,
                request.path,
                request.query,
                request.headers,
                request.body,
                account(request, self._world),
                self.clock(),
                reply,
            )
        )
        del self.requests[:-REMEMBERED]


def _check(holds: bool, words: str) -> None:
    if not holds:
        raise ValueError(words)


def _tls(certificate: str | Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host
