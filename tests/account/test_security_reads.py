"""The reads of users, groups, permissions and activities: every page, as the service has it."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pandas as pd
import pytest

from onecloud_magic import OneCloud, OneCloudWarning
from onecloud_magic.sandbox import Sandbox

from .conftest import SignIn
from .reads import as_promised, rows

Wire = dict[str, Any]


@pytest.fixture
def account(host: Sandbox, sign_in: SignIn) -> OneCloud:
    """On text ids and on integer ids, below a prefix."""
    return sign_in(host)


def own(record: Wire, names: str) -> Wire:
    """Fields that are called like their columns; ids as text, times as times."""
    told: Wire = {}
    for name in names.split():
        value = record.get(name)
        if name.endswith("_at"):
            value = None if value is None else pd.Timestamp(value, tz="UTC")
        elif name.endswith("id") and value is not None:
            value = str(value)
        told[name] = value
    return told


def by_sevens(account: OneCloud, operation: str, **asked: Any) -> list[Wire]:
    """A list of the service, read by hand in pages of another size."""
    found: list[Wire] = []
    for number in range(1000):
        page: list[Wire] = account.call(operation, pageSize=7, page=number, **asked)
        found += page
        if len(page) < 7:
            break
    return found


USER = "id email first_name last_name sso_enabled last_sign_in_at created_at"
GROUP = "id name default created_at"
LOGIN = "id identity user_id success failure_reason context ip city region country created_at"


def test_users_are_all_users(account: OneCloud) -> None:
    frame = account.users()

    assert as_promised(frame, "users")
    assert rows(frame) == [own(each, USER) for each in by_sevens(account, "getUsers")]
    assert len(frame) == 60
    assert frame["first_name"].isna().any()


def test_groups_are_all_groups(account: OneCloud) -> None:
    frame = account.groups()

    assert as_promised(frame, "groups")
    assert rows(frame) == [own(each, GROUP) for each in by_sevens(account, "getUserGroups")]


def test_groups_of_a_user_are_asked_for_by_e_mail(account: OneCloud) -> None:
    user = account.users().iloc[7]

    frame = account.groups(user["email"])

    expected = account.call("getUserUserGroups", userId=user["id"])
    assert as_promised(frame, "groups")
    assert rows(frame) == [own(each, GROUP) for each in expected]
    assert len(frame) == 2


def permission(record: Wire, groups: list[Wire]) -> list[Wire]:
    one = own(record, "id name object_type object_id object_name")
    return [
        one | {"group_id": group and str(group["id"]), "group": group and group["name"]}
        for group in groups or [{}]
    ]


def test_permissions_have_a_row_for_each_group_and_one_where_there_is_none(
    account: OneCloud,
) -> None:
    frame = account.permissions()

    expected = [
        {**row, "group_id": row["group_id"] or None, "group": row["group"] or None}
        for each in by_sevens(account, "getPermissions")
        for row in permission(each, each["user_groups"])
    ]
    assert as_promised(frame, "permissions")
    assert rows(frame) == expected
    assert frame["group"].isna().any()
    assert frame["id"].duplicated().any()


def test_permissions_of_a_group_are_its_own_alone(account: OneCloud) -> None:
    frame = account.permissions("Treasury")

    group = next(each for each in account.call("getUserGroups") if each["name"] == "Treasury")
    held = by_sevens(account, "getUserGroupPermissions", userGroupId=group["id"])
    assert as_promised(frame, "permissions")
    assert rows(frame) == [row for each in held for row in permission(each, [group])]
    assert set(frame["group"]) == {"Treasury"}


def test_logins_are_read_over_several_pages_newest_first(account: OneCloud) -> None:
    with pytest.warns(OneCloudWarning, match=r"^logins: 250 read, and there may be more\."):
        frame = account.logins(limit=250)

    expected = [own(each, LOGIN) for each in by_sevens(account, "getLoginActivity")[:250]]
    assert as_promised(frame, "logins")
    assert rows(frame) == expected
    assert frame["created_at"].is_monotonic_decreasing
    assert frame["user_id"].isna().any()


def test_all_logins_are_read_where_there_is_no_limit(account: OneCloud, host: Sandbox) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frame = account.logins(limit=None)

    assert len(frame) == 2000
    assert frame["id"].is_unique
    assert len(host.requests) == 21  # the last page is full: only an empty one tells that it was


def test_authorizations_keep_their_parameters_as_json(account: OneCloud) -> None:
    frame = account.authorizations()

    names = "id key trackable_type trackable_id owner_type owner_id recipient_type recipient_id"
    expected = [
        own(each, f"{names} created_at updated_at")
        | {"parameters": json.dumps(each["parameters"], separators=(",", ":"))}
        for each in by_sevens(account, "getAuthorizationsActivity")
    ]
    assert as_promised(frame, "authorizations")
    assert rows(frame) == expected
    assert len(frame) == 320
