"""What the service tells of runs that were: of one chain, or with one value among their inputs."""

from __future__ import annotations

import math

from .account import Account
from .facts import RunFacts, id_in

__all__ = ["began_since", "latest", "with_input"]

_PAGE = 50
_MOST = 40  # pages; what lies behind 2,000 later runs is not looked for


def latest(account: Account, environment_id: str, chain_id: str) -> list[RunFacts]:
    """The latest runs of a chain, newest first (`chainRunHistory`, 1 call)."""
    place = {"environment_id": environment_id, "chain_id": chain_id}
    told = account.call("chainRunHistory", **place, limit=_PAGE)
    return _facts(told["chainExecutors"])


def began_since(
    account: Account, environment_id: str, chain_id: str, since: float
) -> list[RunFacts]:
    """All runs of a chain that began since then, newest first (`chainRunHistory`).

    Costs a call for each 50 of them. No end is asked for: the contract does not tell whether
    `end_date` would leave out a run that lives yet.
    """
    place = {"environment_id": environment_id, "chain_id": chain_id}
    start = math.floor(since)
    runs: list[RunFacts] = []
    cursor: str | None = None
    for _ in range(_MOST):
        told = account.call(
            "chainRunHistory", **place, start_date=start, limit=_PAGE, cursor=cursor
        )
        runs += _facts(told["chainExecutors"])
        if not (cursor := told.get("cursor") or None):
            break
    return list({each.id: each for each in runs}.values())


def with_input(account: Account, environment_id: str, text: str) -> list[RunFacts]:
    """The latest runs in an environment that were given *text* (`chainInputsSearch`, 1 call)."""
    told = account.call(
        "chainInputsSearch", environment_id=environment_id, search_text=text, limit=_PAGE
    )
    return _facts(told["chainExecutors"])


def _facts(listed: list[dict[str, object]]) -> list[RunFacts]:
    """The runs, each once; one without an id cannot be asked for, and is none."""
    every = [RunFacts.from_wire(each) for each in listed if id_in(each, "id")]
    return list({each.id: each for each in every}.values())
