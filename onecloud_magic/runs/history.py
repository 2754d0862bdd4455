"""What the service tells of runs that were: of one chain, or with one value among their inputs."""

from __future__ import annotations

from .account import Account
from .facts import RunFacts, id_in

__all__ = ["latest", "with_input"]

_PAGE = 50


def latest(
    account: Account, environment_id: str, chain_id: str, since: float | None = None
) -> list[RunFacts]:
    """The latest runs of a chain, newest first (`chainRunHistory`, 1 call)."""
    place = {"environment_id": environment_id, "chain_id": chain_id}
    start = None if since is None else int(since // 1)
    told = account.call("chainRunHistory", **place, start_date=start, limit=_PAGE)
    return _facts(told["chainExecutors"])


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
