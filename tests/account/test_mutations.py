"""Any answer, changed in any way: an error of ours or a right frame, never a wrong one."""

from __future__ import annotations

import warnings
from collections import defaultdict
from dataclasses import replace
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onecloud_magic import OneCloud, OneCloudError
from onecloud_magic.account import line, reading
from onecloud_magic.sandbox import Sandbox

from .reads import READS, Read, as_promised, dtypes, rows
from .wire import MARK, Wire, marks, records

pytestmark = pytest.mark.long

Body = Any
Path = tuple[str | int, ...]
Told = dict[str, list[dict[str, Any]]]

_EVERY_RUN = {"since": "2020", "until": "2030", "state": ["completed", "running", "paused"]}
ALL = (
    # Where a workspace is lost, the variables of its environments are, too.
    *(replace(read, operation="") if read.name == "variables" else read for read in READS),
    Read("runs", "chainFilterSearch", "", {**_EVERY_RUN, "chain": "Monthly Close"}),
    Read("runs", "chainFilterSearch", "", {**_EVERY_RUN, "environment": "Production"}),
    Read("variables", "getEnvironments", "", {"environment": "Production"}),
    Read("groups", "getUserUserGroups", "", {"user": "5"}),
    Read("permissions", "getUserGroupPermissions", "", {"group": "Admins"}),
)
# Without a name or an id that could be among what is missing.
UNNAMED = tuple(
    {
        "commands": Read("commands", "getCommands", "", {"chain": "*"}),
        "find_inputs": Read("find_inputs", "", "", {"text": "US01", "environment": "*"}),
    }.get(read.name, read)
    for read in READS
)
UNKNOWN = ("colour", "rootCause", "ID", "duration", "list", "äöü", "", "_x", "state_wire")
# What a row tells of what it is in, which other answers say.
PARENTS = {f"{kind}{end}" for kind in ("chain", "environment", "workspace") for end in ("", "_id")}

values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from([10**18, 10**30, 1.5, float("nan"), "2026-11-03 06:00:00", "", "a,b"]),
    st.text(max_size=8),
    st.just([]),
    st.just({}),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)
patient = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example starts anew
)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> Wire:
    wire = Wire(sandbox)
    monkeypatch.setattr(line, "Transport", wire)
    # What is changed is drawn in the test's own thread.
    monkeypatch.setattr(reading, "at_once", lambda line, asks: [ask() for ask in asks])
    return wire


@pytest.fixture
def account(wire: Wire) -> OneCloud:
    account = OneCloud(token_store="memory", timezone="UTC")  # noqa: S106  # the name of a store
    account._line.held.sign_in(_record(), lambda record: None)
    return account


def _record() -> Any:
    from onecloud_magic.credentials.hosts import HOSTS
    from onecloud_magic.credentials.records import Record
    from onecloud_magic.credentials.secret import Secret

    return Record.given(HOSTS["classic"], "argument", access_token=Secret("made-up"))


def ask(account: OneCloud, read: Read) -> pd.DataFrame:
    account.cache.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read(account)


def by_mark(frame: pd.DataFrame, table: str) -> Told:
    """The rows of each record, in the columns of their table."""
    told: Told = defaultdict(list)
    for row in sorted(rows(frame), key=repr):  # a list may come in another order
        told[str(row.get(MARK))].append({name: row[name] for name in dtypes(table)})
    return told


class Mutation:
    """One change at one place of one answer of an operation."""

    def __init__(self, data: st.DataObject, operation: str, turn: int) -> None:
        self.data, self.operation, self.turn = data, operation, turn
        self.touched: set[str] = set()

    def __call__(self, operation: str, body: Body) -> Body:
        if operation != self.operation:
            return body
        self.turn -= 1
        return self._mutated(body) if self.turn == -1 else body

    def _mutated(self, body: Body) -> Body:
        *way, last = self._place(body)
        holder = body
        for step in way:
            holder = holder[step]
        how = self.data.draw(st.sampled_from(["drop", "null", "rename", "shuffle", "replace"]))
        if how != "shuffle" or not list(records({"": holder[last]})):
            self.touched |= _touched(body, (*way, last))
        if how == "drop":
            del holder[last]
        elif how == "null":
            holder[last] = None
        elif how == "replace":
            holder[last] = self.data.draw(values)
        elif how == "rename" and isinstance(holder, dict):
            holder[self.data.draw(st.text(max_size=8))] = holder.pop(last)
        elif isinstance(holder[last], list):
            holder[last] = self.data.draw(st.permutations(holder[last]))
        return body

    def _place(self, body: Body) -> Path:
        """Where it happens: a step down at least, and more by chance."""
        path: Path = ()
        while body and isinstance(body, dict | list) and not self._stays(path):
            steps = list(body) if isinstance(body, dict) else list(range(len(body)))
            step = self.data.draw(st.sampled_from(steps))
            path, body = (*path, step), body[step]
        return path

    def _stays(self, path: Path) -> bool:
        return bool(path) and self.data.draw(st.integers(0, 3)) == 0


def _touched(body: Body, path: Path) -> set[str]:
    """The marks of all that may rightly change: of the first record on the path, else of all."""
    whole = body
    for step in path:
        body = body[step]
        if isinstance(step, int):
            return marks(body)
    return marks(whole)


class Asked:
    """Changes nothing, and remembers which operations a read needs."""

    def __init__(self) -> None:
        self.operations: set[str] = set()

    def __call__(self, operation: str, body: Body) -> Body:
        self.operations.add(operation)
        return body


@pytest.fixture
def right(account: OneCloud, wire: Wire) -> list[tuple[Read, Told, list[str]]]:
    """Each read, what it gives where nothing is changed, and the operations that it needs."""

    def one(read: Read) -> tuple[Read, Told, list[str]]:
        wire.change = asked = Asked()
        return read, by_mark(ask(account, read), read.table), sorted(asked.operations)

    return [one(read) for read in ALL]


@given(data=st.data(), which=st.integers(0, len(ALL) - 1), turn=st.integers(0, 2))
@patient
def test_a_changed_answer_is_an_error_of_ours_or_a_right_frame(
    account: OneCloud,
    wire: Wire,
    right: list[tuple[Read, Told, list[str]]],
    data: st.DataObject,
    which: int,
    turn: int,
) -> None:
    read, expected, operations = right[which]
    operation = data.draw(st.sampled_from(operations))
    wire.change = mutation = Mutation(data, operation, turn)

    try:
        frame = ask(account, read)
    except OneCloudError:
        return

    assert as_promised(frame, read.table)
    told = by_mark(frame, read.table)
    for mark in expected.keys() - mutation.touched:
        if operation == read.operation:
            assert told[mark] == expected[mark]
        elif mark in told:  # what it is in may be lost, or called otherwise
            assert without_parents(told[mark]) == without_parents(expected[mark])


def without_parents(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: row[name] for name in row.keys() - PARENTS} for row in told]


@given(seed=st.integers(0, 2**32), read=st.sampled_from(UNNAMED))
@patient
def test_missing_null_and_unknown_fields_and_another_order_give_a_frame(
    account: OneCloud, wire: Wire, seed: int, read: Read
) -> None:
    chance = Random(seed)  # noqa: S311  # thousands of draws, too many for hypothesis

    def change(_operation: str, body: Body) -> Body:
        for record in list(records(body["data"])):
            fields = list(record.items())
            chance.shuffle(fields)
            record.clear()
            record.update((name, chance.choice((value, value, None))) for name, value in fields[1:])
            record[chance.choice(UNKNOWN)] = chance.choice((None, True, 5, "text", [1], {"a": [2]}))
        return body

    wire.change = change

    frame = ask(account, read)

    assert as_promised(frame, read.table)
