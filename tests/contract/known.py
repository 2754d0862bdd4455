"""What a conformance run has to know of the sandbox's world: read from its own answers."""

import base64
from dataclasses import dataclass
from typing import Any

import requests

from onecloud_magic.sandbox import Sandbox

from .facts import Operation

Ids = dict[str, str]
Pools = dict[str, list[Ids]]
RULES = b"type,source,target\nEXACT,4000,Revenue\nLIKE,61%,Travel\n"


@dataclass(frozen=True)
class Known:
    """Path parameters that fit together, by their sorted names, and calls that must succeed."""

    pools: Pools
    calls: dict[str, dict[str, Any]]

    def path_of(self, operation: Operation) -> Ids:
        """Path parameters of a call that must succeed."""
        names = " ".join(sorted(operation.named("path")))
        path: Ids = self.calls.get(operation.id, {}).get("path") or self.pools.get(names, [{}])[0]
        return path


def session() -> requests.Session:
    """A session that takes neither proxies nor credentials from the environment."""
    made = requests.Session()
    made.trust_env = False
    return made


class Asker:
    """Asks the sandbox as a client would."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.url = sandbox.url
        self.session = session()
        self.session.headers["Authorization"] = f"Bearer {sandbox.credentials['access_token']}"

    def get(self, path: str, **query: str) -> Any:
        reply = self.session.get(self.url + path, params=query, timeout=10)
        reply.raise_for_status()
        return reply.json()["data"]

    def post(self, path: str, **body: Any) -> requests.Response:
        reply = self.session.post(self.url + path, timeout=10, **body)
        reply.raise_for_status()
        return reply


def learn(sandbox: Sandbox) -> Known:
    """Ask for ids from the workspaces down, start some runs, and export a chain."""
    ask = Asker(sandbox)
    homes = [
        {"workspace_id": workspace["id"], "environment_id": environment["id"]}
        for workspace in ask.get("/v1/metadata/workspace")
        for environment in ask.get(f"/v1/metadata/workspace/{workspace['id']}/environment")[:2]
    ]
    # Only a chain that may run several times at once is certain to take a start.
    chains = [
        {"environment_id": home["environment_id"], "chain_id": chain["id"]}
        for home in homes
        for chain in ask.get("/v1/metadata/chains/search", environment_id=home["environment_id"])
        if chain["concurrency_enabled"] and not chain["disabled"]
    ]
    live = [{"chain_run_id": _started(ask, chain)} for chain in chains[:5]]
    pools = _pools(ask, homes, chains, live)
    for guid in sandbox.mapping_groups:
        # Without a draft there is nothing to publish.
        ask.post(
            f"/v1/dataprep/mapping_groups/{guid}/update_rules",
            files={"file": RULES},
            data={"mode": "draft"},
        )
        pools["mappingGroupGuid"].append({"mappingGroupGuid": guid})
    file = ask.post(f"/v1/chains/{chains[0]['chain_id']}/export").content
    return Known(pools, _calls(homes[0], chains[0], live, file))


def _started(ask: Asker, chain: Ids) -> str:
    """The id of a run that is live now."""
    home = f"/v1/execute/environment/{chain['environment_id']}/chain/{chain['chain_id']}"
    run: str = ask.post(f"{home}/start", json={"runtimeVariables": {}}).json()["data"]["id"]
    return run


def _pools(ask: Asker, homes: list[Ids], chains: list[Ids], live: list[Ids]) -> Pools:
    ended = ask.get("/v1/execute/chain_run/search", state="completed")["chainExecutors"][:5]
    users, groups = ask.get("/v1/security/users"), ask.get("/v1/security/user_groups")
    return {
        "environment_id workspace_id": homes,
        "workspace_id": [{"workspace_id": home["workspace_id"]} for home in homes],
        "environment_id": [{"environment_id": home["environment_id"]} for home in homes],
        "chain_id environment_id": chains[:20],
        "chain_id": [{"chain_id": chain["chain_id"]} for chain in chains[:20]],
        "chain_run_id": live + [{"chain_run_id": run["id"]} for run in ended],
        "userId": [{"userId": user["id"]} for user in users[:10]],
        "userGroupId": [{"userGroupId": group["id"]} for group in groups],
        "mappingGroupGuid": [],
    }


def _calls(home: Ids, chain: Ids, live: list[Ids], file: bytes) -> dict[str, dict[str, Any]]:
    """Calls that need more than ids in their path; a file is in base64."""
    return {
        "importChain": {"file": base64.b64encode(file).decode()},
        "updateRules": {"file": base64.b64encode(RULES).decode(), "form": {"mode": "draft"}},
        "startChain": {"path": chain, "json": {"runtimeVariables": {}}},
        "stopChain": {"path": live[0]},
        "publishChain": {"json": {"publish_comment": "Ready for the close"}},
        "chainInputsSearch": {"query": {"search_text": "a", "limit": "5"}},
        "chainFilterSearch": {
            "query": {
                "environment_id": [home["environment_id"], chain["environment_id"]],
                "chain_id": [chain["chain_id"]],
                "state": "completed",
            }
        },
        "searchChains": {"query": home},
    }
