"""Fields that no table knows, and those that are tables of their own."""

from typing import Any

import pandas as pd
import pytest

from onecloud_magic.frames import Rows


def frame(table: str, *records: dict[str, Any]) -> pd.DataFrame:
    rows = Rows(table)
    rows.add(list(records))
    return rows.frame()


def test_unknown_fields_follow_as_text_in_order_of_appearance() -> None:
    made = frame(
        "users",
        {"id": "1", "rootCause": "disk", "HTTPCode": 500},
        {"id": "2", "is-new": True, "tags": ["a", {"b": 1}]},
        {"id": "3", "rootCause": None, "ratio": 0.5, "": "empty"},
    )
    names = ["root_cause", "http_code", "is_new", "tags", "ratio", "field"]

    assert list(made.columns[7:]) == names
    assert (made.dtypes[names] == "string").all()
    assert made["root_cause"].tolist() == ["disk", pd.NA, pd.NA]
    assert made["http_code"].tolist() == ["500", pd.NA, pd.NA]
    assert made["is_new"].tolist() == [pd.NA, "true", pd.NA]
    assert made["tags"].tolist() == [pd.NA, '["a",{"b":1}]', pd.NA]
    assert made["ratio"].tolist() == [pd.NA, pd.NA, "0.5"]


def test_an_unknown_field_is_found_where_a_known_one_is_missing(
    examples: dict[str, dict[str, Any]],
) -> None:
    run = examples["runs"]
    other = {name: value for name, value in run.items() if name != "userName"} | {"new": "1"}

    assert frame("runs", run, other)["new"].tolist() == [pd.NA, "1"]


def test_names_that_clash_get_a_suffix_in_order_of_appearance() -> None:
    made = frame(
        "runs",
        {"id": "1", "chain": "a", "launch_type": "b", "launchType": "api"},
        {"fooBar": "c", "foo_bar": "d", "foo-bar": "e", "chain_wire": "f"},
    )

    assert list(made.columns[17:]) == [
        "chain_wire",
        "launch_type_wire",
        "foo_bar",
        "foo_bar_wire",
        "foo_bar_wire_wire",
        "chain_wire_wire",
    ]
    assert made.iloc[0][["chain_wire", "launch_type", "launch_type_wire"]].tolist() == [
        "a",
        "api",
        "b",
    ]
    assert made.iloc[1, -4:].tolist() == ["c", "d", "e", "f"]


@pytest.mark.parametrize(
    ("table", "field"),
    [
        ("workspaces", "variables"),
        ("environments", "variables"),
        ("environments", "settings"),
        ("chains", "runtime_inputs"),
        ("chains", "schedules"),
        ("runs", "nodes"),
    ],
)
def test_fields_that_are_tables_of_their_own_are_dropped(table: str, field: str) -> None:
    made = frame(table, {"id": "1", field: [{"a": 1}]})

    assert list(made.columns) == list(frame(table).columns)
