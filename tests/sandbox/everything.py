"""Every GET of the contract, with ids that exist."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from onecloud_magic.sandbox import Sandbox

from .asking import WORKSPACES, get
from .running import SEARCH

CONTRACT = Path(__file__).parents[1] / "contract" / "operations.json"
OPERATIONS: list[dict[str, Any]] = json.loads(CONTRACT.read_text(encoding="utf-8"))["operations"]
GETS = [each for each in OPERATIONS if each["method"] == "GET"]
QUERIES: Mapping[str, Mapping[str, object]] = {"chainInputsSearch": {"search_text": "2026"}}


def known_ids(sandbox: Sandbox) -> dict[str, object]:
    """A value for each parameter that stands in a path; the ids fit together."""
    run = get(sandbox, SEARCH, state="completed")["chainExecutors"][0]
    workspaces = [workspace["id"] for workspace in get(sandbox, WORKSPACES)]
    of_environment = {
        environment["id"]: workspace
        for workspace in workspaces
        for environment in get(sandbox, f"{WORKSPACES}/{workspace}/environment")
    }
    return {
        "workspace_id": of_environment[run["envId"]],
        "environment_id": run["envId"],
        "chain_id": run["chainId"],
        "chain_run_id": run["id"],
        "userId": run["userId"],
        "userGroupId": get(sandbox, "/v1/security/user_groups")[0]["id"],
    }


def every_get(sandbox: Sandbox) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Path and query of a call of each operation that only reads."""
    known = known_ids(sandbox)
    for operation in GETS:
        yield operation["path"].format(**known), QUERIES.get(operation["id"], {})
