"""Records that ask a sandbox's token endpoints, and an eye for what an outcome shows."""

from __future__ import annotations

import json
from dataclasses import replace

from onecloud_magic.credentials.exchange import Answer
from onecloud_magic.credentials.hosts import Host, resolve
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.sandbox import Sandbox


def user_of(sandbox: Sandbox) -> Record:
    given = sandbox.credentials
    client_id = given.pop("client_id")
    tokens = {name: Secret(text) for name, text in given.items()}
    return Record.given(resolve(sandbox.url), "argument", client_id=client_id, **tokens)


def grant_of(sandbox: Sandbox) -> Record:
    given = sandbox.grant
    return Record.given(
        Host(sandbox.url, sandbox.grant_url),
        "argument",
        client_id=given["client_id"],
        client_secret=Secret(given["client_secret"]),
    )


def at(url: str, record: Record) -> Record:
    """The record with another token URL."""
    return replace(record, token_url=url)


def shows(outcome: object, record: Record) -> bool:
    """Whether an outcome shows what the question or the answer holds."""
    held = [record.access_token, record.refresh_token, record.client_secret]
    found = [each.reveal() for each in held if each]
    if isinstance(outcome, Answer) and outcome.status == 200:
        found += [at for name, at in json.loads(outcome.body).items() if name.endswith("_token")]
    return any(text in repr(outcome) or text in str(outcome) for text in found)
