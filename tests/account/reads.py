"""The reads of the public face: how to ask each of them, and what DESIGN promises of its frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from onecloud_magic import OneCloud

A_RUN = "1000000"  # the oldest run of every sandbox

# The tables of DESIGN, section 1, word for word.
COLUMNS = {
    "workspaces": "id name description company_id external_id",
    "environments": (
        "id name workspace_id workspace description position color chains_count created_at "
        "updated_at"
    ),
    "chains": (
        "id name environment_id environment workspace_id workspace description disabled "
        "concurrency_enabled inputs_count schedules_count internal_id created_at updated_at"
    ),
    "commands": (
        "id name chain_id chain environment_id environment workspace_id workspace link_id "
        "description"
    ),
    "variables": (
        "key label value default_value encrypted environment_id environment workspace_id workspace"
    ),
    "schedules": (
        "chain_id chain environment_id environment workspace_id workspace enabled start_at end_at "
        "recurring_type recurring_interval days_of_month days_of_week run_at stop_at zone"
    ),
    "inputs": (
        "vuid data_type name chain_id chain environment_id environment workspace_id workspace"
    ),
    "runs": (
        "id state chain_id chain environment_id environment workspace_id workspace start_at end_at "
        "paused_at resumed_at duration launch_type user_id user_name result_text"
    ),
    "nodes": (
        "id name state run_id node_id node_type iterable results_count start_at end_at duration"
    ),
    "outputs": "run_id node_id node state iterator_value name value output_log_url",
    "users": "id email first_name last_name sso_enabled last_sign_in_at created_at",
    "groups": "id name default created_at",
    "permissions": "id name object_type object_id object_name group_id group",
    "logins": (
        "id identity user_id success failure_reason context ip city region country created_at"
    ),
    "authorizations": (
        "id key trackable_type trackable_id owner_type owner_id recipient_type recipient_id "
        "parameters created_at updated_at"
    ),
}

_DTYPES = {
    "boolean": (
        "disabled concurrency_enabled encrypted enabled iterable sso_enabled default success"
    ),
    "Int64": "position chains_count inputs_count schedules_count results_count recurring_interval",
    "category": "state launch_type",
    "timedelta64[us]": "duration",
    "string": "run_at stop_at",  # times of day
}
_DTYPE = {name: dtype for dtype, names in _DTYPES.items() for name in names.split()}


def dtypes(table: str) -> dict[str, str]:
    """The dtype of each column of a table, in its order."""

    def dtype(name: str) -> str:
        return _DTYPE.get(name, "datetime64[us, UTC]" if name.endswith("_at") else "string")

    return {name: dtype(name) for name in COLUMNS[table].split()}


@dataclass(frozen=True)
class Read:
    """One read: its name, the path and the name of the operation behind it, what it is asked."""

    name: str
    operation: str
    path: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def table(self) -> str:
        return "runs" if self.name == "find_inputs" else self.name

    def __call__(self, account: OneCloud, **more: Any) -> pd.DataFrame:
        frame: pd.DataFrame = getattr(account, self.name)(**self.arguments, **more)
        return frame

    def __repr__(self) -> str:
        return self.name


_METADATA, _SECURITY, _EXECUTE = "/v1/metadata", "/v1/security", "/v1/execute"
_ENVIRONMENTS = f"{_METADATA}/workspace/*/environment"
_CHAINS = f"{_METADATA}/chains/search"
_NODES = f"{_EXECUTE}/chain_run/*/nodes"

READS = (
    Read("workspaces", "getWorkspaces", f"{_METADATA}/workspace"),
    Read("environments", "getEnvironments", _ENVIRONMENTS),
    Read("chains", "searchChains", _CHAINS),
    Read("commands", "getCommands", "*/command", {"chain": "Monthly Close"}),
    Read("variables", "getWorkspaces", f"{_METADATA}/workspace"),
    Read("schedules", "searchChains", _CHAINS),
    Read("inputs", "searchChains", _CHAINS),
    Read("runs", "chainFilterSearch", f"{_EXECUTE}/chain_run/search", {"limit": 50}),
    Read("nodes", "getChainRunNodes", _NODES, {"run": A_RUN}),
    Read("outputs", "getChainRunNodes", _NODES, {"run": A_RUN}),
    Read(
        "find_inputs",
        "chainInputsSearch",
        f"{_EXECUTE}/environment/*/chain/inputs_search",
        {"text": "US01", "environment": "Finance Close/Production", "limit": 50},
    ),
    Read("users", "getUsers", f"{_SECURITY}/users"),
    Read("groups", "getUserGroups", f"{_SECURITY}/user_groups"),
    Read("permissions", "getPermissions", f"{_SECURITY}/permissions"),
    Read("logins", "getLoginActivity", f"{_SECURITY}/login_activity", {"limit": 100}),
    Read(
        "authorizations",
        "getAuthorizationsActivity",
        f"{_SECURITY}/authorizations_activity",
        {"limit": 100},
    ),
)


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain dictionaries; what is missing is None."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def as_promised(frame: pd.DataFrame, table: str) -> bool:
    """Whether a frame starts with the columns of its table, each of its dtype, and a RangeIndex."""
    promised = dtypes(table)
    given = {str(name): str(dtype) for name, dtype in frame.dtypes.items()}
    more = set(list(given.values())[len(promised) :])
    return (
        list(given.items())[: len(promised)] == list(promised.items())
        and more <= {"string"}
        and isinstance(frame.index, pd.RangeIndex)
        and list(frame.index) == list(range(len(frame)))
    )
