"""`OneCloud`: one account of the service, as people hold it in a notebook."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from ..credentials import environment as variables
from ..credentials.hosts import HOSTS, resolve
from ..credentials.records import Record
from ..credentials.secret import Secret
from ..errors import UsageError
from .acts import Acts
from .face import account_card
from .given import shown
from .history import RunReads
from .line import line
from .metadata import MetadataReads
from .rules import Rules
from .security import SecurityReads

READS = (
    *("workspaces", "environments", "chains", "commands", "variables", "schedules", "inputs"),
    *("runs", "nodes", "outputs", "find_inputs"),
    *("users", "groups", "permissions", "logins", "authorizations"),
)

_CHANGE_CHAINS = ("importChain", "publishChain")


class OneCloud(MetadataReads, RunReads, SecurityReads, Acts):
    """An account of OneCloud.

        oc = OneCloud()
        oc.login(access_token=...)
        oc.chains(environment="Production")

    Objects of one *profile* share session, quota, pace and cache; without one it is the current
    profile. Other keywords are settings, see `Settings`; an unknown one is a `TypeError`.

    Wherever a workspace, environment, chain or run is asked for, its id, its name, its path
    (`Workspace/Environment/Chain`) or a row of a frame of ours will do.

    Attributes:
        session: who is signed in; observable.
        quota: the calls that are left; observable.
        activity: what is under way; observable.
        cache: what was answered before: `info()`, `clear(kind=None)`.
    """

    def login(
        self,
        access_token: str | Secret | None = None,
        refresh_token: str | Secret | None = None,
        client_id: str | None = None,
        client_secret: str | Secret | None = None,
    ) -> None:
        """Sign in: checks with one call (`getWorkspaces`), then becomes the current session.

        An access token works until it ends; with refresh token and client id it is renewed. Where
        the access token is missing or has ended, the refresh token is spent at once. The newer
        hosts take a grant's client id and secret. Without arguments the environment variables
        sign in. Until the check has succeeded, the session before stands.

        Raises:
            UsageError: nothing to sign in with, or something that is no token.
            SessionRejected: the service does not take the token (401).
            RefreshUncertain: an answer was lost; the refresh token may be spent.
            Forbidden: the user is no administrator (403).
            Unreachable: no answer.
        """
        secrets = _secrets(
            access_token=access_token, refresh_token=refresh_token, client_secret=client_secret
        )
        # From here on no variable holds a secret in clear: tracebacks show what frames hold.
        del access_token, refresh_token, client_secret
        if isinstance(secrets, UsageError):
            raise secrets.with_traceback(None)
        Rules.of(self).check()
        self._line.sign_in(self._record(secrets, client_id))

    def login_at(self, host: str, *, client_id: str = "", **secrets: Secret | None) -> None:
        """Sign in like `login` at *host*, a name or a URL, and go there once that has succeeded.

        Until then the account stays where it was. At another host than the present one a setting
        `token_url` does not count: tokens are renewed where those of that host are.

        Raises:
            UsageError: a URL to which no credential may go; for the rest see `login`.
        """
        place = self._place()
        asked = resolve(host)
        if asked.base_url != place.host.base_url:
            place = replace(place, host=asked)
        given = {name: each for name, each in secrets.items() if each is not None}
        record = Record.given(place.host, "argument", client_id=client_id.strip(), **given)
        Rules.of(self).check()
        line(place, self).sign_in(record)
        if self._place() != place:
            self.token_url, self.base_url = "", place.host.base_url

    def logout(self) -> None:
        """Forget the session and what was answered to it.

        The tokens themselves live on until "Revoke API Access" is pressed on the API page.
        """
        self._line.sign_out()

    def renew(self) -> None:
        """Get a new access token now instead of when the old one ends.

        A refresh token is spent for it, or a grant's token bought.

        Raises:
            NotSignedIn: nobody is signed in, or there is nothing to renew the session with.
            SessionRejected: the service no longer takes the refresh token.
            RefreshUncertain: an answer was lost; the refresh token may be spent.
            Unreachable: the token URL cannot be reached; nothing is spent.
        """
        Rules.of(self).check()
        self._line.renew()

    @property
    def takes_grants(self) -> bool:
        """Whether the host sells short tokens to a grant instead of renewing a user's tokens."""
        host = self._place().host
        return host in (HOSTS["us"], HOSTS["eu"], HOSTS["apac"])

    def estimate(self, read: str, **arguments: Any) -> int:
        """Tell the most calls that a read would cost now, as far as is known; costs none.

        *read* is the read's name, *arguments* are its own. Lists are counted by their limit,
        metadata from what was last known; where nothing is known, the next step is one call.

        Raises:
            UsageError: there is no such read, or the read itself would raise it.
            TypeError: the read has no such argument.
        """
        if not isinstance(read, str) or read not in READS:
            near = get_close_matches(shown(read), READS, n=3)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"Reads: {', '.join(READS)}."
            raise UsageError(f"There is no read {shown(read)}.", hint)
        return self._count(getattr(self, read), arguments)

    def call(self, operation: str, /, **parameters: Any) -> Any:
        """Make one call of any of the 29 operations, and give its data as plain Python.

        *operation* is an operationId of the contract, *parameters* have the contract's names. Same
        session and pace as the reads; not cached. What it changed is dropped from the cache.

        Raises:
            NotFound: there is no such operation, or nothing with such an id (404).
            TypeError: a parameter is unknown or missing.
            ChainStartRefused: the chain was not started (422).
        """
        if not isinstance(operation, str):
            raise UsageError(
                f"operation cannot be {shown(operation)}.", "Give an operationId, as getChainRun."
            )
        Rules.of(self).check()
        try:
            return self._line.transport.call(operation, **parameters)
        finally:
            # Where the answer was lost, too: the act may have been carried out.
            if operation in _CHANGE_CHAINS:
                self.cache.clear("metadata")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The account card: who is signed in, what is left of the quota, what to type next."""
        return account_card(self)._repr_mimebundle_()

    def __repr__(self) -> str:
        session = self.session
        return f"<OneCloud {session.state}: profile {session.profile!r} at {session.host}>"

    def _record(self, secrets: dict[str, Secret], client_id: str | None) -> Record:
        if not isinstance(client_id, str | None):
            raise UsageError(f"client_id cannot be {shown(client_id)}.", "Give it as text.")
        if secrets or client_id is not None:
            host = self._place().host
            return Record.given(host, "argument", client_id=(client_id or "").strip(), **secrets)
        record = variables.record()
        if record is None:
            raise UsageError(
                "There is nothing to sign in with.",
                "Give an access token, or set ONECLOUD_ACCESS_TOKEN.",
            )
        return record


def _secrets(**given: str | Secret | None) -> dict[str, Secret] | UsageError:
    try:
        return {
            name: text if isinstance(text, Secret) else Secret(text, name)
            for name, text in given.items()
            if text is not None
        }
    except UsageError as error:
        return error
