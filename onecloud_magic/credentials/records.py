"""What is known of one session, and how it is written down."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from types import NoneType
from typing import Any, Literal

from ..errors import UsageError
from .answers import Tokens, expiry_in
from .hosts import Host, origin
from .secret import Secret

__all__ = ["Record", "Source", "Unreadable"]

Source = Literal["argument", "environment", "store"]

SCHEMA = 1
_KEPT = 1000  # fingerprints of spent tokens: years of daily renewals
_DAY, _EARLY = 86_400.0, 4 * 3600.0  # seconds
_SECRETS = ("access_token", "refresh_token", "client_secret")
_KINDS: dict[str, tuple[type, ...]] = {
    "base_url": (str,),
    "token_url": (str,),
    "account": (str,),
    "client_id": (str,),
    "access_token": (str, NoneType),
    "refresh_token": (str, NoneType),
    "client_secret": (str, NoneType),
    "obtained_at": (int, float, NoneType),
    "expires_at": (int, float, NoneType),
    "generation": (int,),
    "spent": (list,),
}


@dataclass(frozen=True, kw_only=True)
class Record:
    """One session: the credential, where it belongs, and what became of it.

    Attributes:
        base_url: the only host that sees the access token.
        token_url: the only address that sees the refresh token or the client secret.
        account: names the account in file names; outlasts every renewal of the tokens.
        obtained_at: when the access token was got, seconds since the epoch; None if unknown.
        expires_at: when it ends; None while that is not known.
        generation: how many times the tokens were renewed.
        spent: fingerprints of the refresh tokens that were used up.
        source: where the credential came from, as seen from this process.
    """

    base_url: str
    token_url: str
    account: str
    client_id: str = ""
    access_token: Secret | None = None
    refresh_token: Secret | None = None
    client_secret: Secret | None = None
    obtained_at: float | None = None
    expires_at: float | None = None
    generation: int = 0
    spent: tuple[str, ...] = ()
    source: Source = field(default="store", compare=False)  # the same session all the same

    @classmethod
    def given(
        cls,
        host: Host,
        source: Source,
        *,
        client_id: str = "",
        access_token: Secret | None = None,
        refresh_token: Secret | None = None,
        client_secret: Secret | None = None,
    ) -> Record:
        """The first record of a credential; a `UsageError` where a part of it is missing."""
        first = access_token or refresh_token or client_secret
        if not first:
            raise UsageError(
                "No token and no secret was given.",
                "Give an access token, a refresh token with its client id, "
                "or a client id with its secret.",
            )
        if not (client_id or access_token):
            raise UsageError(
                "A refresh token or a client secret is of no use without its client id.",
                "Give the client id (ONECLOUD_CLIENT_ID) too.",
            )
        return cls(
            base_url=host.base_url,
            token_url=host.token_url,
            account=_account(host, client_id or first.fingerprint),
            client_id=client_id,
            access_token=access_token,
            refresh_token=refresh_token,
            client_secret=client_secret,
            expires_at=expiry_in(access_token) if access_token else None,
            source=source,
        )

    @property
    def mark(self) -> str:
        """The fingerprint of the access token; empty where there is none."""
        return self.access_token.fingerprint if self.access_token else ""

    @property
    def renewable(self) -> bool:
        """Whether a new access token can be got for what it holds."""
        # A token without the client id that it was made for is not even looked at.
        return bool((self.refresh_token and self.client_id) or self.client_secret)

    @property
    def signed_out(self) -> bool:
        """Whether it holds no secret: what is left is which tokens were spent."""
        return not any(getattr(self, name) for name in _SECRETS)

    def renewed(self, tokens: Tokens) -> Record:
        """The record with new tokens; the old refresh token is spent."""
        old = self.refresh_token
        spent = [old.fingerprint] if old and tokens.refresh not in (None, old) else []
        return replace(
            self,
            access_token=tokens.access,
            # RFC 6749, 6: without a new refresh token the old one goes on.
            refresh_token=tokens.refresh or old,
            obtained_at=tokens.obtained_at,
            expires_at=tokens.expires_at,
            generation=self.generation + 1,
            spent=(*self.spent, *spent)[-_KEPT:],
        )

    def replaces(self, other: Record) -> bool:
        """Whether it is another access token of the same account."""
        return self.account == other.account and self.mark != other.mark

    def has_token_of(self, other: Record) -> bool:
        """Whether both would ask with the same refresh token in the same name."""
        return (self.account, self.refresh_token) == (other.account, other.refresh_token)

    def has_grant_of(self, other: Record) -> bool:
        """Whether both would buy with the same grant."""
        return (self.account, self.client_secret) == (other.account, other.client_secret)

    def has_spent(self, other: Record) -> bool:
        """Whether the refresh token of *other* is known here to be spent, by whichever account."""
        token = other.refresh_token
        return token is not None and token != self.refresh_token and token.fingerprint in self.spent

    def came_of(self, other: Record) -> bool:
        """Whether the refresh token of *other* was spent for the tokens that this one has."""
        mine = self.refresh_token is not None and self.account == other.account
        return mine and self.has_spent(other)

    def with_access_of(self, other: Record) -> Record:
        """The record with the access token of *other*, and what it has to renew it."""
        return replace(
            self,
            access_token=other.access_token,
            obtained_at=other.obtained_at,
            expires_at=other.expires_at,
        )

    def emptied(self, asked: Sequence[str] = ()) -> Record:
        """The record after a sign-out: no secret, but the fingerprints of what was spent."""
        return replace(
            self,
            access_token=None,
            refresh_token=None,
            client_secret=None,
            obtained_at=None,
            expires_at=None,
        ).knowing(asked)

    def knowing(self, spent: Sequence[str]) -> Record:
        """The record that knows these tokens, too, as spent."""
        known = tuple(dict.fromkeys((*self.spent, *spent)))
        return self if known == self.spent else replace(self, spent=known[-_KEPT:])

    def has_ended(self, now: float) -> bool:
        """Whether the access token has ended, as far as is known."""
        return self.access_token is None or (self.expires_at is not None and self.expires_at <= now)

    def is_due(self, now: float) -> bool:
        """Whether it is time for a new access token: the last sixth of its life, at most 4 h.

        Without a known end it never is: then a 401 decides.
        """
        if self.access_token is None:
            return True
        if self.expires_at is None:
            return False
        life = self.expires_at - self.obtained_at if self.obtained_at is not None else _DAY
        return now >= self.expires_at - min(life / 6, _EARLY)

    def belongs_to(self, host: Host) -> bool:
        """Whether the credential was given for *host*: both of its addresses."""
        return (self.base_url, self.token_url) == host

    def is_in(self, text: str) -> bool:
        """Whether one of its secrets is in *text*."""
        held = (getattr(self, name) for name in _SECRETS)
        return any(each.is_in(text) for each in held if each)

    def to_json(self) -> str:
        """The record as it is stored, secrets in clear."""
        # The only place where a secret leaves its holder for anything but the wire.
        fields = {name: getattr(self, name) for name in _KINDS}
        return json.dumps({"schema": SCHEMA, **fields}, default=Secret.reveal, indent=1)

    @classmethod
    def from_json(cls, data: memoryview) -> Record | Unreadable:
        """The record that *data* holds, or what is wrong with it."""
        with suppress(ValueError, RecursionError, UsageError):  # no JSON, too deep, no secret
            fields = json.loads(bytes(data))
            schema = fields.pop("schema", None) if isinstance(fields, dict) else None
            if isinstance(schema, int) and schema > SCHEMA:
                return Unreadable(newer=True)
            if schema == SCHEMA and _is_sound(fields):
                held = {name: Secret(fields[name]) for name in _SECRETS if fields[name] is not None}
                return cls(**{**fields, **held, "spent": tuple(fields["spent"])})
        return Unreadable(newer=False)


@dataclass(frozen=True)
class Unreadable:
    """Data that is no record: damaged, or written by a newer version."""

    newer: bool


def _account(host: Host, owner: str) -> str:
    """A name for *owner*'s account at *host*: readable, safe as a file name, and unique."""
    place = re.sub(r"[^a-z0-9.-]+", "-", origin(host.base_url)[1])
    return f"{place}-{sha256(f'{host.base_url} {owner}'.encode()).hexdigest()[:16]}"


def _is_sound(fields: dict[str, Any]) -> bool:
    """Whether these are the fields of a record, each of its type (a boolean is no integer)."""
    return (
        fields.keys() == _KINDS.keys()
        and all(type(fields[name]) in kinds for name, kinds in _KINDS.items())
        and all(type(mark) is str for mark in fields["spent"])
    )
