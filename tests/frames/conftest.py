from typing import Any

import pytest

TIME = "2018-03-14 20:10:39.520585"
VARIABLE = {"key": "environment", "label": "Environment", "defaultValue": "", "value": "Testing"}
VARIABLE_2 = VARIABLE | {"encrypted": True}
SCHEDULE = {
    "enabled": True,
    "start_at": "2019-02-08 06:25:00",
    "end_at": "2019-02-08 06:25:00",
    "properties": {
        "days_of_month": ["15", "30"],
        "days_of_week": [],
        "recurring_interval": 1,
        "recurring_type": "monthly",
        "run_at_hours": 10,
        "run_at_minutes": 1,
        "run_at_seconds": 0,
        "stop_at_hours": None,
        "stop_at_minutes": None,
        "zone": "America/New_York",
    },
}
CHAIN = {
    "id": "1",
    "internal_id": 0,
    "name": "File Utils Chain",
    "description": "Test a directory",
    "created_at": TIME,
    "updated_at": TIME,
    "disabled": True,
    "concurrency_enabled": False,
    "runtime_inputs": [{"vuid": "45072337-72ee-4c52-9428-0b2ae21ac73c", "data_type": "file"}],
    "schedules": [SCHEDULE],
}
RUN = {
    "id": "1",
    "chainId": "37",
    "envId": "1154",
    "userId": "5",
    "userName": "dev23",
    "startAt": "2019-02-08 06:25:00",
    "endAt": "2019-02-12 06:25:00",
    "pausedAt": "2019-02-12 06:25:00",
    "resumedAt": "2019-02-12 06:25:00",
    "state": "warned",
    "launchType": "manual",
    "resultText": "success",
}
RESULT = {
    "id": "1",
    "iteratorValue": "Account",
    "outputVariables": {"data": None, "path": ""},
    "state": "active",
    "outputLogUrl": "dev.onecloud.io",
}
NODE = {
    "id": "1",
    "name": "List File Content",
    "nodeType": "command",
    "state": "sleeping",
    "iterable": True,
    "nodeId": "dcaa856a-d1cc-4eca-8d79-4773ab1b58b9",
    "startAt": "2019-02-08 06:25:00",
    "endAt": "2019-02-12 06:25:00",
    "results": [RESULT],
}
GROUP = {"id": "1", "name": "Admins", "default": True, "created_at": TIME}
EXAMPLES: dict[str, dict[str, Any]] = {
    "workspaces": {
        "id": "1",
        "external_id": "2",
        "company_id": "3",
        "name": "Finance",
        "description": "",
        "variables": [VARIABLE],
    },
    "environments": {
        "id": "1",
        "name": "Production",
        "description": "string",
        "position": 0,
        "color": "#3CB702",
        "chains_count": 0,
        "variables": [VARIABLE, VARIABLE_2],
        "settings": {"color": "#3CB702"},
        "created_at": TIME,
        "updated_at": TIME,
    },
    "chains": CHAIN,
    "commands": {"id": "1", "name": "List Files", "link_id": "2", "description": ""},
    "variables": {"id": "7", "name": "Production", "variables": [VARIABLE, VARIABLE_2]},
    "schedules": CHAIN,
    "inputs": CHAIN,
    "runs": RUN,
    "nodes": RUN | {"nodes": [NODE]},
    "outputs": RUN | {"nodes": [NODE]},
    "users": {
        "id": "1",
        "email": "dev@onecloud.io",
        "first_name": "Dev",
        "last_name": "Gomez",
        "sso_enabled": True,
        "last_sign_in_at": TIME,
        "created_at": TIME,
    },
    "groups": GROUP,
    "permissions": {
        "id": "1",
        "object_id": "12",
        "object_type": "Chain",
        "object_name": "Regression Test",
        "name": "read",
        "user_groups": [GROUP],
    },
    "logins": {
        "id": "1",
        "identity": "dev@onecloud.io",
        "context": "sessions#create",
        "success": True,
        "failure_reason": "Invalid login credentials. Please try again.",
        "user_id": "1",
        "ip": "1.1.1.1",
        "city": "New York",
        "region": "Midwest",
        "country": "United States",
        "created_at": TIME,
    },
    "authorizations": {
        "id": "1",
        "trackable_type": "UserGroupUser",
        "trackable_id": "1",
        "owner_type": "User",
        "owner_id": "2",
        "key": "user_group_user.destroy",
        "parameters": {"id": "1"},
        "recipient_type": "UserGroup",
        "recipient_id": "1",
        "created_at": TIME,
        "updated_at": TIME,
    },
}


@pytest.fixture(scope="session")
def examples() -> dict[str, dict[str, Any]]:
    """The contract's example of each table, as it comes on the wire."""
    return EXAMPLES
