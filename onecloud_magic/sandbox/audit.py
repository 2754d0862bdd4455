"""What the security operations show: permissions, logins, changes of authorization."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .clocks import DAY
from .company import Company
from .vocabulary import PLACES


@dataclass(frozen=True, slots=True)
class Permission:
    """What groups may do with one object."""

    id: int
    name: str
    object_type: str
    object_id: int
    object_name: str
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Login:
    """One attempt to sign in to the platform."""

    id: int
    identity: str
    user_id: int | None
    failure: str
    ip: str
    place: tuple[str, str, str]
    at: float


@dataclass(frozen=True, slots=True)
class Change:
    """One change of authorization."""

    id: int
    key: str
    trackable: tuple[str, int]
    owner_id: int
    recipient: tuple[str, int]
    at: float


def permissions(company: Company) -> list[Permission]:
    """Every permission of the company: on workspaces, environments and production chains."""
    listed: list[Permission] = []
    for kind, number, name, level in _objects(company):
        for word in ("read", "execute", "write", "create", "admin")[:level]:
            listed.append(
                Permission(len(listed) + 1, word, kind, number, name, _holders(word, number))
            )
    return listed


def _objects(company: Company) -> Iterator[tuple[str, int, str, int]]:
    for workspace in company.workspaces.values():
        yield "Workspace", workspace.id, workspace.name, 5
    for environment in company.environments.values():
        yield "Environment", environment.id, environment.name, 5
    for chain in company.chains.values():
        if company.environments[chain.environment_id].name == "Production":
            yield "Chain", chain.id, chain.name, 2


def _holders(word: str, number: int) -> tuple[int, ...]:
    match word:
        case "admin":
            return (21,)
        case "create":
            return () if number % 3 == 0 else (21,)
        case "read":
            return (21, 22)
        case _:
            return (21, 23 + number % 6)


def logins(company: Company, seed: int, born: float) -> list[Login]:
    """The last 2,000 logins, newest first; about one in sixteen failed."""
    random, users = Random(f"{seed}/logins"), list(company.users.values())
    moments = sorted((born - random.uniform(0, 60) * DAY for _ in range(2000)), reverse=True)
    listed = []
    for index, at in enumerate(moments):
        user, dice = random.choice(users), random.random()
        stranger = dice < 0.01
        failure = "Invalid login credentials. Please try again." if dice < 0.06 else ""
        listed.append(
            Login(
                id=90_000 - index,
                identity="unknown@example.com" if stranger else user.email,
                user_id=None if stranger else user.id,
                failure=failure,
                ip=f"198.51.100.{random.randrange(1, 255)}",
                place=random.choice(PLACES),
                at=round(at),
            )
        )
    return listed


def changes(company: Company, seed: int, born: float) -> list[Change]:
    """The last 320 changes of authorization, newest first."""
    random, users = Random(f"{seed}/changes"), list(company.users)
    moments = sorted((born - random.uniform(0, 120) * DAY for _ in range(320)), reverse=True)
    return [_change(40_000 - index, at, users, random) for index, at in enumerate(moments)]


def _change(number: int, at: float, users: list[int], random: Random) -> Change:
    member = random.random() < 0.7
    thing = "UserGroupUser" if member else "Permission"
    key = ("user_group_user." if member else "permission.") + random.choice(("create", "destroy"))
    group = random.randrange(21, 32)
    return Change(
        number, key, (thing, 700 + number % 300), random.choice(users[:4]), ("UserGroup", group), at
    )
