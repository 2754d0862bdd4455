"""Users, groups, permissions and activities: the contract's security operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from .audit import Change, Login, Permission
from .clocks import text
from .company import User
from .messages import Reply, data
from .routing import Call, route
from .world import World, as_number, unknown

Wire = dict[str, object]
T = TypeVar("T")


@route("getUsers", "GET /v1/security/users")
def users(call: Call) -> Reply:
    """List all users of the company."""
    return _page(call, list(call.world.company.users.values()), _user)


@route("getUser", "GET /v1/security/users/{userId}")
def user(call: Call) -> Reply:
    """Show one user."""
    return data(_user(_one_user(call), call.world))


@route("getUserUserGroups", "GET /v1/security/users/{userId}/groups")
def user_groups_of(call: Call) -> Reply:
    """List the groups that a user is in."""
    return _page(call, _one_user(call).groups, _group)


@route("getUserGroups", "GET /v1/security/user_groups")
def user_groups(call: Call) -> Reply:
    """List all groups of the company."""
    return _page(call, list(call.world.company.groups), _group)


@route("getUserGroup", "GET /v1/security/user_groups/{userGroupId}")
def user_group(call: Call) -> Reply:
    """Show one group."""
    return data(_group(_one_group(call), call.world))


@route("getUserGroupPermissions", "GET /v1/security/user_groups/{userGroupId}/permissions")
def permissions_of(call: Call) -> Reply:
    """List what one group may do."""
    group = _one_group(call)
    return _page(
        call, [each for each in call.world.permissions if group in each.groups], _permission
    )


@route("getPermissions", "GET /v1/security/permissions")
def permissions(call: Call) -> Reply:
    """List all permissions of the company."""
    return _page(call, call.world.permissions, _permission)


@route("getLoginActivity", "GET /v1/security/login_activity")
def logins(call: Call) -> Reply:
    """List the last logins, newest first."""
    return _page(call, call.world.logins, _login)


@route("getAuthorizationsActivity", "GET /v1/security/authorizations_activity")
def authorizations(call: Call) -> Reply:
    """List the last changes of authorization, newest first."""
    return _page(call, call.world.changes, _change)


def _page(call: Call, rows: Sequence[T], write: Callable[[T, World], Wire]) -> Reply:
    """Answer one page, counted from 0; there is no total, the list ends with a short page."""
    size = call.integer("pageSize", 100, 100)
    first = call.integer("page", 0) * size
    return data([write(row, call.world) for row in rows[first : first + size]])


def _one_user(call: Call) -> User:
    found = call.world.company.users.get(as_number(call.parts["userId"]))
    if found is None:
        raise unknown("user")
    return found


def _one_group(call: Call) -> int:
    number = as_number(call.parts["userGroupId"])
    if number not in call.world.company.groups:
        raise unknown("user group")
    return number


def _user(each: User, world: World) -> Wire:
    last = each.last_sign_in_at
    return {
        "id": world.spelling.id(each.id),
        "email": each.email,
        "first_name": each.first_name,
        "last_name": each.last_name,
        "sso_enabled": each.sso_enabled,
        "last_sign_in_at": None if last is None else text(last),
        "created_at": text(each.created_at),
    }


def _group(number: int, world: World) -> Wire:
    return {
        "id": world.spelling.id(number),
        "name": world.company.groups[number],
        "default": number in (21, 22),
        "created_at": text(world.born // 86400 * 86400 - 900 * 86400),
    }


def _permission(each: Permission, world: World) -> Wire:
    return {
        "id": world.spelling.id(each.id),
        "object_id": world.spelling.id(each.object_id),
        "object_type": each.object_type,
        "object_name": each.object_name,
        "name": each.name,
        "user_groups": [_group(number, world) for number in each.groups],
    }


def _login(each: Login, world: World) -> Wire:
    city, region, country = each.place
    return {
        "id": world.spelling.id(each.id),
        "identity": each.identity,
        "context": "sessions#create",
        "success": not each.failure,
        **({"failure_reason": each.failure} if each.failure else {}),
        **({} if each.user_id is None else {"user_id": world.spelling.id(each.user_id)}),
        "ip": each.ip,
        "city": city,
        "region": region,
        "country": country,
        "created_at": text(each.at),
    }


def _change(each: Change, world: World) -> Wire:
    kind, number = each.trackable
    whom, group = each.recipient
    return {
        "id": world.spelling.id(each.id),
        "trackable_type": kind,
        "trackable_id": world.spelling.id(number),
        "owner_type": "User",
        "owner_id": world.spelling.id(each.owner_id),
        "key": each.key,
        "parameters": {"id": world.spelling.id(number)},
        "recipient_type": whom,
        "recipient_id": world.spelling.id(group),
        "created_at": text(each.at),
        "updated_at": text(each.at),
    }
