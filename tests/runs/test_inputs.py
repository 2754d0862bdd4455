"""The inputs of a start: what may be given, and under which names."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from onecloud_magic.errors import UsageError
from onecloud_magic.runs import Declared, Inputs

NAMED = Declared.from_wire(
    {"runtime_inputs": [{"name": "period", "data_type": "string"}, {"name": "Entity"}]}
)
NAMELESS = Declared.from_wire({"runtime_inputs": [{"vuid": "1", "data_type": "string"}]})


@pytest.mark.parametrize(
    "given",
    [
        *("period=1", 3, ["period"], pd.Series({"a": 1})),
        *({1: "a"}, {"": "a"}, {"a": int}, {"a": float("nan")}, {"a": {1: "b"}}),
        *({"a": b"x"}, {"a": pd.Timestamp(0)}, {"a": {2}}),
        *({"a": np.float32("inf")}, {"a": np.complex64(1)}, {"a": np.array([1])}),
    ],
    ids=repr,
)
def test_what_json_cannot_carry_as_it_is_is_refused(given: object) -> None:
    with pytest.raises(UsageError):
        Inputs.read(given)


def test_a_refused_value_stands_in_no_message() -> None:
    with pytest.raises(UsageError) as refused:
        Inputs.read({"password": b"hunter2"})

    assert "hunter2" not in str(refused.value)


def test_nothing_is_no_inputs_and_values_keep_their_types() -> None:
    values: dict[str, Any] = {"a": 1, "b": 1.5, "c": True, "d": None, "e": ["x", {"y": 2}], "f": ""}

    assert Inputs.read(None) == {}
    assert json.loads(json.dumps(Inputs.read(values))) == values


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (np.int64(5), "5"),
        (np.uint8(5), "5"),
        (np.float64(0.5), "0.5"),
        (np.float32(0.1), "0.1"),
        (np.bool_(True), "true"),
        (np.str_("x"), '"x"'),
        ([np.int64(1), {"a": np.int16(2)}], '[1, {"a": 2}]'),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_a_cell_of_a_frame_gives_is_sent_as_the_number_or_text_that_it_is(
    given: object, sent: str
) -> None:
    assert json.dumps(Inputs.read({"a": given})["a"]) == sent


def test_a_list_that_is_changed_later_changes_no_start() -> None:
    given = {"a": [1]}
    read = Inputs.read(given)

    given["a"].append(2)

    assert read == {"a": [1]}


def test_keys_are_completed_by_letter_case_where_inputs_have_names() -> None:
    ready = Inputs.read({"PERIOD": "2026-10", "entity": "US01"}).declared("Close", NAMED, [])

    assert ready == {"period": "2026-10", "Entity": "US01"}
    assert not ready.unchecked(NAMED, [])


def test_an_unknown_key_is_refused_with_the_near_names() -> None:
    with pytest.raises(UsageError, match="Close has no input 'perod'") as refused:
        Inputs.read({"perod": 1}).declared("Close", NAMED, [])

    assert "'period'" in refused.value.hint


def test_a_key_that_is_given_in_two_spellings_is_refused() -> None:
    with pytest.raises(UsageError, match="twice"):
        Inputs.read({"period": 1, "Period": 2}).declared("Close", NAMED, [])


def test_without_names_keys_go_as_written_and_one_line_says_so() -> None:
    ready = Inputs.read({"Anything": 1}).declared("Close", NAMELESS, [])

    assert ready == {"Anything": 1}
    assert "Anything could not be checked" in ready.unchecked(NAMELESS, [])


def test_keys_that_the_chain_took_before_complete_and_are_offered() -> None:
    ready = Inputs.read({"PERIOD": 1, "other": 2}).declared("Close", NAMELESS, ["period"])

    assert ready == {"period": 1, "other": 2}
    assert ready.unchecked(NAMELESS, ["period"]).endswith(
        "other could not be checked. Taken before: period."
    )
    assert not Inputs.read({"period": 1}).unchecked(NAMELESS, ["period"])


def test_a_declared_type_makes_a_secret() -> None:
    takes = Declared.from_wire({"runtime_inputs": [{"name": "x", "data_type": "password"}]})

    ready = Inputs.read({"x": "hunter2"}).declared("Close", takes, [])

    assert ready.secret == {"x"}
    assert "hunter2" not in repr(ready)


def test_where_a_secret_is_declared_without_a_name_every_value_is_one() -> None:
    takes = Declared.from_wire({"runtime_inputs": [{"vuid": "1", "data_type": "secret"}]})

    ready = Inputs.read({"x": "hunter2"}).declared("Close", takes, [])

    assert "hunter2" not in repr(ready)


@pytest.mark.parametrize("listed", [None, {}, "x", [1, None], [{"name": 3}]], ids=repr)
def test_what_is_no_list_of_inputs_declares_nothing(listed: object) -> None:
    assert Declared.from_wire({"runtime_inputs": listed}).names == ()
