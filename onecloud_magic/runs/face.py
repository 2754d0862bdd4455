"""A run as people see it: one card, the same facts in a notebook and in a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..show import Card, Fact, in_words
from .account import Account
from .facts import LIVE, NodeFacts

if TYPE_CHECKING:
    from .chain_run import ChainRun

__all__ = ["run_card", "shown_inputs"]

_MOST = 200  # characters of a value on a card
_NODES = 12  # on a card; the frame of `nodes()` has all


def run_card(run: ChainRun, account: Account) -> Card:
    """The run as it was seen last. Costs no call."""
    facts = [(label, words) for label, words in _facts(run, account) if words]
    return Card("Chain run", tuple(facts), badge=account.badge)


def shown_inputs(run: ChainRun) -> Iterator[tuple[str, str]]:
    """The inputs as labels and words; secrets were left out long before."""
    for name, value in (run.inputs or {}).items():
        words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield f"input {name}", words if len(words) <= _MOST else f"{words[: _MOST - 1]}…"


def _facts(run: ChainRun, account: Account) -> Iterator[tuple[str, Fact]]:
    yield from account.facts
    yield "run", run.id
    yield "chain", _named(run.chain, run.chain_id)
    yield "environment", _named(run.environment, run.environment_id)
    yield from shown_inputs(run)
    yield "state", run.facts.words
    yield "result", run.facts.result_text if run.done else ""
    yield from _nodes(run.node_facts)
    yield "started", _moment(account, run.start_at)
    yield "by", _started_by(run)
    yield "ended", _moment(account, run.end_at) if run.done else ""
    yield "took", in_words(run.duration) if run.duration is not None else ""
    if not run.done and run.start_at:
        yield "so far", in_words(timedelta(seconds=run.looked_at) - _since_1970(run.start_at))
    yield "usually takes", in_words(run.usual) if run.usual else ""
    if not run.done:
        yield "seen at", account.clock_time(run.looked_at)


def _nodes(nodes: Sequence[NodeFacts]) -> Iterator[tuple[str, str]]:
    """The nodes and their states; of many those that tell most."""
    shown = [each for each in nodes if each.state in ("errored", "warned") or _moves(each)]
    rest = [each for each in nodes if each not in shown]
    chosen = [*shown, *rest][:_NODES]
    for node in nodes:
        if node in chosen:
            yield f"node {node.name}", node.words
    if len(nodes) > len(chosen):
        yield "other nodes", f"{len(nodes) - len(chosen)} more"


def _moves(node: NodeFacts) -> bool:
    return node.state in LIVE and node.begun


def _since_1970(moment: datetime) -> timedelta:
    return timedelta(seconds=moment.timestamp())


def _started_by(run: ChainRun) -> str:
    name = run.facts.user_name
    if run.adopted:
        return f"{name or 'somebody'} (taken for ours: the answer to our start was lost)"
    return name


def _named(name: str, number: str) -> str:
    return f"{name} ({number})" if name else number


def _moment(account: Account, moment: datetime | None) -> Any:
    return account.clock_time(moment.timestamp()) if moment else ""
