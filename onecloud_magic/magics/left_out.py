"""The last call without the inputs that are secrets."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..runs import hidden

if TYPE_CHECKING:
    from ..account import Last, OneCloud

__all__ = ["without_secrets"]

_INPUTS = "runtimeVariables"


def without_secrets(oc: OneCloud, last: Last) -> Last:
    """The same call; where it started a chain, no secret is among its inputs."""
    body = last.request.body
    if last.request.operation.id != "startChain" or body is None:
        return last
    sent: dict[str, Any] = json.loads(body)
    inputs = sent.get(_INPUTS)
    if not isinstance(inputs, dict):
        return last
    shown = {**sent, _INPUTS: hidden(inputs, _declared(oc, last, inputs))}
    written = json.dumps(shown, ensure_ascii=False).encode()
    return replace(last, request=replace(last.request, body=written))


def _declared(oc: OneCloud, last: Last, inputs: dict[str, Any]) -> frozenset[str]:
    """The inputs that the chain declares to be secret, as the ledger has written them down."""
    chain = last.request.ids.get("chain_id")
    return next(
        (
            each.secret_keys
            for each in oc.starts.mine()
            if each.chain_id == chain and each.shown_inputs.keys() == inputs.keys()
        ),
        frozenset(),
    )
