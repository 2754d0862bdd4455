"""The 29 operations of the service, as data: where each lives, what it takes, what it gives.

What can be told from a row is not written in it: everything but a GET acts, paging is told by the
query's names, and the first part of the path tells how long an answer may be kept.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ..errors import NotFound

__all__ = ["OPERATIONS", "Answer", "Body", "Kind", "Operation", "Paging", "named"]

Body = Literal["none", "json", "multipart"]
Answer = Literal["rows", "row", "runs", "binary", "plain"]
Kind = Literal["metadata", "security", "runs"]
Paging = Literal["none", "cursor", "number"]

_KINDS: Mapping[str, Kind] = {"metadata": "metadata", "security": "security", "execute": "runs"}
_PAGE_SIZES: Mapping[Paging, int | None] = {"none": None, "cursor": 50, "number": 100}


@dataclass(frozen=True)
class Operation:
    """One operation. *needs* names what must be given besides the parts of the path.

    *answer* is what stands in a reply: `rows` a list of records, `row` one record, `runs` a page
    of runs with its cursor, `binary` the bytes of a file, `plain` an object without `data` around.
    """

    id: str
    method: str
    path: str
    answer: Answer
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    body: Body = "none"
    fields: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The names in the path, in their order."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def acts(self) -> bool:
        """Whether it changes something: then it is never repeated blindly, nor cached."""
        return self.method != "GET"

    @property
    def kind(self) -> Kind | None:
        """The kind under which its answers are cached, None where they are not."""
        return None if self.acts else _KINDS[self.path.split("/")[2]]

    @property
    def paging(self) -> Paging:
        """How its next page is asked for."""
        if "cursor" in self.query:
            return "cursor"
        return "number" if "page" in self.query else "none"

    @property
    def page_size(self) -> int | None:
        """The most records that one page brings, None where there are no pages."""
        return _PAGE_SIZES[self.paging]

    @property
    def size_name(self) -> str | None:
        """The parameter that asks for a page size; the run search has none."""
        return next((name for name in ("limit", "pageSize") if name in self.query), None)


def named(name: str) -> Operation:
    """Give the operation of that operationId; `NotFound` with the near ones otherwise."""
    if name not in OPERATIONS:
        raise NotFound("operation", name, difflib.get_close_matches(name[:80], OPERATIONS))
    return OPERATIONS[name]


_WORKSPACE = "/v1/metadata/workspace"
_CHAIN = "/v1/metadata/environment/{environment_id}/chain"
_RUN = "/v1/execute/chain_run/{chain_run_id}"
_RUNS = "/v1/execute/environment/{environment_id}/chain"
_GROUPS = "/v1/security/user_groups"
_USERS = "/v1/security/users"
_MAPPING = "/v1/dataprep/mapping_groups/{mappingGroupGuid}"
_TARGET = ("wk-target-workspace",)
_PAGED = ("pageSize", "page")
_PERIOD = ("start_date", "end_date")
_SEARCHED = ("environment_id", "chain_id", *_PERIOD, "state", "sort", "cursor")
_CHAINS_BY = ("workspace_id", "external_workspace_id", "environment_id", "name")
_SERIAL = ("parallel_execution_enabled",)

_TABLE = (
    # chains and their portability
    Operation("exportChain", "POST", "/v1/chains/{chain_id}/export", "binary", headers=_TARGET),
    Operation(
        "publishChain",
        "POST",
        "/v1/chains/{chain_id}/publish",
        "row",
        body="json",
        fields=("publish_comment",),
    ),
    Operation(
        "importChain",
        "POST",
        "/v1/environments/{environment_id}/import_chain",
        "row",
        headers=_TARGET,
        body="multipart",
        fields=("file",),
        needs=("file",),
    ),
    # data preparation
    Operation("publish", "POST", f"{_MAPPING}/publish", "plain"),
    Operation(
        "updateRules",
        "POST",
        f"{_MAPPING}/update_rules",
        "plain",
        body="multipart",
        fields=("file", "mode"),
        needs=("file",),
    ),
    # runs
    Operation("chainFilterSearch", "GET", "/v1/execute/chain_run/search", "runs", _SEARCHED),
    Operation("getChainRun", "GET", _RUN, "row"),
    Operation("getChainRunNodes", "GET", f"{_RUN}/nodes", "row"),
    Operation("stopChain", "POST", f"{_RUN}/stop", "row"),
    Operation(
        "chainInputsSearch",
        "GET",
        f"{_RUNS}/inputs_search",
        "runs",
        ("search_text", "limit", "cursor"),
        needs=("search_text",),
    ),
    Operation(
        "chainRunHistory",
        "GET",
        f"{_RUNS}/{{chain_id}}/history",
        "runs",
        ("limit", "cursor", *_PERIOD),
    ),
    Operation(
        "startChain",
        "POST",
        f"{_RUNS}/{{chain_id}}/start",
        "row",
        body="json",
        fields=("runtimeVariables",),
    ),
    # metadata
    Operation("searchChains", "GET", "/v1/metadata/chains/search", "rows", _CHAINS_BY + _SERIAL),
    Operation("getChains", "GET", _CHAIN, "rows"),
    Operation("getChain", "GET", f"{_CHAIN}/{{chain_id}}", "row"),
    Operation("getCommands", "GET", f"{_CHAIN}/{{chain_id}}/command", "rows"),
    Operation("getWorkspaces", "GET", _WORKSPACE, "rows"),
    Operation("getWorkspace", "GET", f"{_WORKSPACE}/{{workspace_id}}", "row"),
    Operation("getEnvironments", "GET", f"{_WORKSPACE}/{{workspace_id}}/environment", "rows"),
    Operation(
        "getEnvironment",
        "GET",
        f"{_WORKSPACE}/{{workspace_id}}/environment/{{environment_id}}",
        "row",
    ),
    # security and audit
    Operation(
        "getAuthorizationsActivity",
        "GET",
        "/v1/security/authorizations_activity",
        "rows",
        _PAGED,
    ),
    Operation("getLoginActivity", "GET", "/v1/security/login_activity", "rows", _PAGED),
    Operation("getPermissions", "GET", "/v1/security/permissions", "rows", _PAGED),
    Operation("getUserGroups", "GET", _GROUPS, "rows", _PAGED),
    Operation("getUserGroup", "GET", f"{_GROUPS}/{{userGroupId}}", "row"),
    Operation(
        "getUserGroupPermissions",
        "GET",
        f"{_GROUPS}/{{userGroupId}}/permissions",
        "rows",
        _PAGED,
    ),
    Operation("getUsers", "GET", _USERS, "rows", _PAGED),
    Operation("getUser", "GET", f"{_USERS}/{{userId}}", "row"),
    Operation("getUserUserGroups", "GET", f"{_USERS}/{{userId}}/groups", "rows", _PAGED),
)

OPERATIONS: Mapping[str, Operation] = MappingProxyType({one.id: one for one in _TABLE})
