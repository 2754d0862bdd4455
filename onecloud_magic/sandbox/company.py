"""The seeded company: the same workspaces, chains, users and groups at every start."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random

from . import vocabulary as words
from .clocks import DAY
from .schedules import WEEKDAYS, Schedule


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a workspace or an environment; an encrypted one never shows its value."""

    key: str
    label: str
    value: str
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Input:
    """A runtime input of a chain."""

    vuid: str
    data_type: str
    name: str
    values: tuple[str, ...]

    def value(self, number: int, start_at: float) -> str:
        """What run *number* was given; a period is the month before the run."""
        if self.values:
            return self.values[number % len(self.values)]
        first = datetime.fromtimestamp(start_at, UTC).replace(day=1)
        return (first - timedelta(days=1)).strftime("%Y-%m")


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a chain."""

    id: int
    node_id: str
    name: str
    description: str
    event: bool
    iterable: bool


@dataclass(frozen=True, slots=True)
class Habits:
    """How the runs of a chain usually go."""

    seconds: float
    failing: float = 0.02
    warning: float = 0.04
    failing_since: float | None = None
    quiet_since: float | None = None  # its schedule no longer fires
    pauses: bool = False
    by_hand: float = 0.0  # runs a day that people and other systems start


@dataclass(slots=True)
class Chain:
    """A chain of an environment."""

    id: int
    internal_id: int
    environment_id: int
    workspace_id: int
    name: str
    description: str
    created_at: float
    updated_at: float
    disabled: bool
    concurrency_enabled: bool
    habits: Habits
    owner: int
    inputs: tuple[Input, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    commands: tuple[Command, ...] = ()


@dataclass(slots=True)
class Environment:
    """An environment of a workspace."""

    id: int
    workspace_id: int
    name: str
    description: str
    position: int
    color: str
    created_at: float
    variables: tuple[Variable, ...] = ()


@dataclass(slots=True)
class Workspace:
    """A workspace of the company."""

    id: int
    external_id: int
    name: str
    description: str
    variables: tuple[Variable, ...] = ()


@dataclass(slots=True)
class User:
    """A user; only administrators may use the API."""

    id: int
    email: str
    first_name: str | None
    last_name: str | None
    admin: bool
    sso_enabled: bool
    last_sign_in_at: float | None
    created_at: float
    groups: tuple[int, ...]

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.first_name, self.last_name))) or self.email


@dataclass(slots=True)
class Company:
    """All that stands when the sandbox starts."""

    workspaces: dict[int, Workspace] = field(default_factory=dict)
    environments: dict[int, Environment] = field(default_factory=dict)
    chains: dict[int, Chain] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    groups: dict[int, str] = field(default_factory=dict)


def build(seed: int, born: float) -> Company:
    """Make the company; every time in it is told from *born*, the moment of the start."""
    company, random = Company(), Random(seed)
    company.groups = {21 + index: name for index, name in enumerate(words.GROUPS)}
    company.users = {user.id: user for user in _users(random, born)}
    for index, (name, description) in enumerate(words.WORKSPACES.items()):
        workspace = Workspace(66 + index, 201 + index, name, description, _variables(index, 3))
        company.workspaces[workspace.id] = workspace
        _fill(company, workspace, random, born)
    return company


def guid(random: Random) -> str:
    """Make a GUID by chance."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def _fill(company: Company, workspace: Workspace, random: Random, born: float) -> None:
    designs = [(name, Random(random.random())) for name in words.CHAINS[workspace.name]]
    for position, (name, description, color) in enumerate(words.ENVIRONMENTS):
        number = 139 + len(company.environments)
        made = born - 900 * DAY + position * DAY
        company.environments[number] = Environment(
            number, workspace.id, name, description, position, color, made, _variables(number, 5)
        )
        for title, design in designs:
            chain = _chain(len(company.chains), title, company.environments[number], design, born)
            company.chains[chain.id] = chain


def _chain(index: int, name: str, home: Environment, random: Random, born: float) -> Chain:
    live = home.name == "Production"
    created = born - random.uniform(200, 800) * DAY
    kinds = random.sample(words.INPUTS, index % 4 if index % 3 else 0)
    disabled = name == words.DISABLED_YET_SCHEDULED if live else index % 17 == 5
    return Chain(
        id=54001 + index,
        internal_id=7401 + index,
        environment_id=home.id,
        workspace_id=home.workspace_id,
        name=name,
        description=f"{name}, run by the {home.name.lower()} team",
        created_at=created,
        updated_at=created + random.uniform(0, 180) * DAY,
        disabled=disabled,
        concurrency_enabled=index % 5 < 2,
        habits=_habits(name, live, index, born - 20 * DAY if disabled else None, born),
        owner=5 + index % 12,
        inputs=tuple(_input(kind, random) for kind in kinds),
        schedules=tuple(_schedules(name, home.name, index, created)),
        commands=tuple(_commands(index, name in words.NEEDS_APPROVAL, random)),
    )


def _habits(name: str, live: bool, index: int, quiet: float | None, born: float) -> Habits:
    usual = (8.0, 14.0, 21.0, 33.0, 45.0, 58.0, 95.0, 150.0, 260.0)[index % 9]
    if not live:
        by_hand = 0.05 if index % 2 else 0.1
        return Habits(usual, failing=0.05, warning=0.05, quiet_since=quiet, by_hand=by_hand)
    return Habits(
        seconds=words.SLOW.get(name, usual),
        failing=words.FLAKY.get(name, 0.015),
        failing_since=born - 7 * DAY if name == words.BEGAN_FAILING else None,
        quiet_since=born - 9 * DAY if name == words.STOPPED_FIRING else quiet,
        pauses=name in words.NEEDS_APPROVAL,
        by_hand=0.6 if index % 2 else 0.25,
    )


def _schedules(name: str, home: str, index: int, start: float) -> Iterator[Schedule]:
    zone = words.ZONES[index // 10 % len(words.ZONES)]
    at = time(index * 7 % 24, index * 13 % 60)
    workdays = WEEKDAYS[:5]
    if home == "Production":
        yield from _production(name, index, zone, at, start)
    elif home == "Staging" and index % 2 == 0:
        yield Schedule("daily", zone, start, at)
    elif home == "Test" and index % 4 == 1:
        yield Schedule("weekly", zone, start, at, 1 + index % 2, days_of_week=workdays[index % 4 :])
    elif home == "Development" and index % 10 == 3:
        yield Schedule("daily", zone, start, at, enabled=False)


def _production(name: str, index: int, zone: str, at: time, start: float) -> Iterator[Schedule]:
    match index % 10:
        case 0:
            yield Schedule("hourly", zone, start, time(6, at.minute), 1, stop_at=time(20, 0))
        case 1:
            yield Schedule(
                "minutely", zone, start, time(7), 30, time(19, 0), days_of_week=WEEKDAYS[:5]
            )
        case 2 | 3 | 4:
            yield Schedule("daily", zone, start, at)
        case 5:
            yield Schedule("weekly", zone, start, at, days_of_week=("monday", "thursday"))
        case 6:
            yield Schedule("monthly", zone, start, at, days_of_month=(1, 2, 3, 15))
        case 7:
            yield Schedule("daily", zone, start, at, 2)
            yield Schedule("monthly", zone, start, time(23, 30), days_of_month=(28,))
        case _:
            known = (words.BEGAN_FAILING, words.STOPPED_FIRING, words.DISABLED_YET_SCHEDULED)
            if name in known:
                yield Schedule("daily", zone, start, at)


def _input(kind: tuple[str, str, tuple[str, ...]], random: Random) -> Input:
    name, data_type, values = kind
    # The contract shows both forms.
    prefix = "data.chain." if random.random() < 0.5 else ""
    return Input(prefix + guid(random), data_type, name, values)


def _commands(index: int, approval: bool, random: Random) -> Iterator[Command]:
    chosen = random.sample(words.COMMANDS[:7], 3 + index % 4)
    if approval:
        chosen.insert(len(chosen) // 2, words.COMMANDS[7])
    for place, (name, description) in enumerate(chosen):
        iterable = place == 1 and index % 3 == 0
        yield Command(index * 10 + place + 1, guid(random), name, description, place == 0, iterable)


def _variables(number: int, count: int) -> tuple[Variable, ...]:
    return tuple(
        Variable(key, label, value, encrypted)
        for key, label, value, encrypted in words.VARIABLES[number % 2 : number % 2 + count]
    )


def _users(random: Random, born: float) -> Iterator[User]:
    for index in range(60):
        first = words.FIRST_NAMES[index % 20]
        last = words.LAST_NAMES[(index + index // 20 * 4) % 15]
        ascii_name = f"{first}.{last}".replace("'", "").lower()
        ascii_name = ascii_name.encode("ascii", "ignore").decode()
        service = index % 20 == 19
        yield User(
            id=5 + index,
            email=f"svc{index}@example.com" if service else f"{ascii_name}@example.com",
            first_name=None if service else first,
            last_name=None if service else last,
            admin=index < 4,
            sso_enabled=index % 3 != 0,
            last_sign_in_at=None if service else born - random.uniform(0, 40) * DAY,
            created_at=born - random.uniform(100, 900) * DAY,
            groups=_memberships(index),
        )


def _memberships(index: int) -> tuple[int, ...]:
    first = (21,) if index < 4 else ()
    return (*first, 22, 23 + index % 8, *((31,) if index % 20 == 19 else ()))
