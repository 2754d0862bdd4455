"""What is known of one session, and how it is written down."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import NoneType
from typing import Any, Literal

from ..errors import NotSignedIn, UsageError
from .hosts import Host, origin
from .secret import Secret

__all__ = ["Record", "Source"]

Source = Literal["argument", "environment", "store"]

SCHEMA = 1
_SECRETS = ("access_token", "refresh_token", "client_secret")
_KINDS: dict[str, tuple[type, ...]] = {
    "base_url": (str,),
    "token_url": (str,),
    "account": (str,),
    "client_id": (str,),
    "access_token": (str, NoneType),
    "refresh_token": (str, NoneType),
    "client_secret": (str, NoneType),
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
        expires_at: seconds since the epoch; None while it is not known.
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
            source=source,
        )

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
    def from_json(cls, data: memoryview, path: Path) -> Record:
        """The record that *data*, the content of *path*, holds; `NotSignedIn` if none."""
        record = _read(data)
        # Raised here, where no variable holds a secret in clear.
        if isinstance(record, str):
            raise NotSignedIn(
                f"The session in {path} {record}; it was left as it is.",
                "Move the file away and sign in again, or upgrade onecloud-magic.",
            )
        return record


def _account(host: Host, owner: str) -> str:
    """A name for *owner*'s account at *host*: readable, safe as a file name, and unique."""
    place = re.sub(r"[^a-z0-9.-]+", "-", origin(host.base_url)[1])
    return f"{place}-{sha256(f'{host.base_url} {owner}'.encode()).hexdigest()[:16]}"


def _read(data: memoryview) -> Record | str:
    """The record that *data* holds, or what is wrong with it."""
    with suppress(ValueError, RecursionError, UsageError):  # no JSON, too deep, no secret
        fields = json.loads(bytes(data))
        schema = fields.pop("schema", None) if isinstance(fields, dict) else None
        if isinstance(schema, int) and schema > SCHEMA:
            return "was written by a newer version of onecloud-magic"
        if schema == SCHEMA and _is_sound(fields):
            secrets = {name: Secret(fields[name]) for name in _SECRETS if fields[name] is not None}
            return Record(**{**fields, **secrets, "spent": tuple(fields["spent"])})
    return "is damaged"


def _is_sound(fields: dict[str, Any]) -> bool:
    """Whether these are the fields of a record, each of its type (a boolean is no integer)."""
    return (
        fields.keys() == _KINDS.keys()
        and all(type(fields[name]) in kinds for name, kinds in _KINDS.items())
        and all(type(mark) is str for mark in fields["spent"])
    )
