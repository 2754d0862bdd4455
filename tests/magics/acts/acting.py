"""A service that a test may change, and what it was asked to start."""

from __future__ import annotations

import json
from typing import Any

from onecloud_magic.sandbox import Sandbox

CHAIN = '"Finance Close/Test/Monthly Close"'
RUN = f"%onecloud run {CHAIN}"


def sent(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The inputs of all starts that reached the service."""
    starts = [each for each in sandbox.requests if each.path.endswith("/start")]
    return [json.loads(each.body)["runtimeVariables"] for each in starts]


def takes(sandbox: Sandbox, *names: str) -> str:
    """Have a chain take inputs of these names; gives its path."""
    company = sandbox._world.company
    [chain] = [
        each
        for each in company.chains.values()
        if each.name == "Monthly Close" and company.environments[each.environment_id].name == "Test"
    ]
    donor = next(each for other in company.chains.values() for each in other.inputs)
    chain.inputs = tuple(type(donor)(f"v-{name}", "string", name, ("a value",)) for name in names)
    return CHAIN
