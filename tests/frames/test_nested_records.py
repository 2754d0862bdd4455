"""The tables whose rows lie inside other records."""

from typing import Any

import pandas as pd
import pytest

from onecloud_magic.errors import BadAnswer
from onecloud_magic.frames import Rows

Examples = dict[str, dict[str, Any]]


def test_variables_belong_to_their_workspace_or_environment(examples: Examples) -> None:
    rows = Rows("variables")

    rows.add([examples["workspaces"]], of="workspace")
    rows.add([examples["environments"]], of="environment", workspace_id=66, workspace="Finance")
    made = rows.frame()

    assert made["workspace_id"].tolist() == ["1", "66", "66"]
    assert made["workspace"].tolist() == ["Finance", "Finance", "Finance"]
    assert made["environment_id"].tolist() == [pd.NA, "1", "1"]
    assert made["environment"].tolist() == [pd.NA, "Production", "Production"]
    assert made["default_value"].tolist() == ["", "", ""]
    assert made["encrypted"].tolist() == [pd.NA, pd.NA, True]


@pytest.mark.parametrize("of", ["", "chain"])
def test_variables_need_to_be_told_what_they_lie_in(of: str) -> None:
    with pytest.raises(TypeError, match="variables take of=workspace or environment, not"):
        Rows("variables").add([], of=of)


def test_an_encrypted_variable_has_no_value() -> None:
    rows = Rows("variables")

    rows.add([{"variables": [{"key": "password", "encrypted": True}]}], of="workspace")

    assert rows.frame()["value"].isna().all()


def test_inputs_belong_to_their_chain_and_its_parents() -> None:
    rows = Rows("inputs")
    inputs = [{"vuid": "a", "data_type": "file"}, {"vuid": "b", "name": "period"}]

    rows.add([{"id": 1, "name": "Load", "runtime_inputs": inputs}, {"id": 2}], environment_id="5")
    made = rows.frame()

    assert made["vuid"].tolist() == ["a", "b"]
    assert made["name"].tolist() == [pd.NA, "period"]
    assert made["chain_id"].tolist() == ["1", "1"]
    assert made["chain"].tolist() == ["Load", "Load"]
    assert made["environment_id"].tolist() == ["5", "5"]


def schedules(*properties: Any) -> pd.DataFrame:
    rows = Rows("schedules")
    rows.add([{"id": "1", "name": "Load", "schedules": [{"properties": p} for p in properties]}])
    return rows.frame()


def test_days_are_joined_and_clocks_are_written_out(examples: Examples) -> None:
    rows = Rows("schedules")

    rows.add([examples["schedules"]])
    row = rows.frame().iloc[0]

    assert row["chain"] == "File Utils Chain"
    assert row["days_of_month"] == "15, 30"
    assert row["days_of_week"] == ""
    assert row["run_at"] == "10:01:00"
    assert row["stop_at"] is pd.NA
    assert row["recurring_interval"] == 1
    assert row["zone"] == "America/New_York"


def test_clocks_without_hours_are_missing_and_without_minutes_full_hours() -> None:
    made = schedules({"run_at_minutes": 5}, {"run_at_hours": "7", "stop_at_hours": 8}, None, {})

    assert made["run_at"].tolist() == [pd.NA, "07:00:00", pd.NA, pd.NA]
    assert made["stop_at"].tolist() == [pd.NA, "08:00:00", pd.NA, pd.NA]


def test_days_may_be_numbers_missing_or_text_already() -> None:
    made = schedules(
        {"days_of_month": [15, 30]}, {"days_of_month": None}, {"days_of_month": "1, 2"}
    )

    assert made["days_of_month"].tolist() == ["15, 30", pd.NA, "1, 2"]


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"run_at_hours": 24}, "run_at of schedules: hours, minutes and seconds came where"),
        ({"run_at_hours": [1]}, "run_at of schedules: hours, minutes and seconds came where"),
        ({"run_at_hours": False}, "run_at of schedules: hours, minutes and seconds came where"),
        ({"days_of_week": [["Monday"]]}, "days_of_week of schedules: a list came where"),
        ({"days_of_week": 3}, "days_of_week of schedules: a number came where a list of days"),
        ([], "properties of schedules came as a list, not as an object"),
    ],
)
def test_a_schedule_that_cannot_be_read_is_a_bad_answer(properties: Any, words: str) -> None:
    with pytest.raises(BadAnswer, match=words):
        schedules({}, properties)


def test_unknown_properties_of_a_schedule_become_columns_beside_its_own_fields() -> None:
    rows = Rows("schedules")
    schedule = {"zone": "outer", "start_at": None, "properties": {"start_at": "x", "newOne": 1}}

    rows.add([{"schedules": [schedule]}])
    row = rows.frame().iloc[0]

    assert row["zone"] is pd.NA
    assert row["zone_wire"] == "outer"
    assert row["start_at"] is pd.NaT
    assert row["start_at_wire"] == "x"
    assert row["new_one"] == "1"


def test_nodes_belong_to_their_run(examples: Examples) -> None:
    rows = Rows("nodes")

    rows.add([examples["nodes"] | {"id": 94532}])
    row = rows.frame().iloc[0]

    assert row["run_id"] == "94532"
    assert row["node_id"] == "dcaa856a-d1cc-4eca-8d79-4773ab1b58b9"
    assert row["results_count"] == 1
    assert row["duration"] == pd.Timedelta(days=4)


def test_outputs_have_a_row_for_each_variable_and_one_where_there_is_none() -> None:
    results = [
        {
            "state": "succeeded",
            "outputVariables": {"path": "/a", "rows": 3, "all": [1], "no": None},
        },
        {"state": "errored", "outputVariables": {}, "outputLogUrl": "log"},
        {"state": "skipped", "iteratorValue": "Account"},
    ]
    node = {"id": "1", "nodeId": "n", "name": "List", "results": results}
    rows = Rows("outputs")

    rows.add([{"id": "9", "nodes": [node, {"name": "without results"}]}])
    made = rows.frame()

    assert made["name"].tolist() == ["path", "rows", "all", "no", pd.NA, pd.NA]
    assert made["value"].tolist() == ["/a", "3", "[1]", pd.NA, pd.NA, pd.NA]
    assert made["state"].tolist() == ["succeeded"] * 4 + ["errored", "skipped"]
    assert made["iterator_value"].tolist() == [pd.NA] * 5 + ["Account"]
    assert set(made["run_id"]) == {"9"}
    assert set(made["node_id"]) == {"n"}
    assert set(made["node"]) == {"List"}


def test_a_permission_has_a_row_for_each_group_and_one_without_groups() -> None:
    rows = Rows("permissions")

    rows.add([{"id": 1, "user_groups": [{"id": 3, "name": "Admins"}, {"id": 4}]}])
    rows.add([{"id": 2, "user_groups": []}, {"id": 5, "user_groups": None}, {"id": 6}])
    made = rows.frame()

    assert made["id"].tolist() == ["1", "1", "2", "5", "6"]
    assert made["group_id"].tolist() == ["3", "4", pd.NA, pd.NA, pd.NA]
    assert made["group"].tolist() == ["Admins", pd.NA, pd.NA, pd.NA, pd.NA]


@pytest.mark.parametrize(
    ("table", "record"),
    [
        ("inputs", {"runtime_inputs": {}}),
        ("inputs", {"runtime_inputs": ["text"]}),
        ("schedules", {"schedules": "daily"}),
        ("nodes", {"nodes": [None]}),
        ("outputs", {"nodes": [{"results": 5}]}),
        ("outputs", {"nodes": [{"results": [{"outputVariables": ["a"]}]}]}),
        ("permissions", {"user_groups": {"id": 1}}),
    ],
)
def test_parts_of_the_wrong_form_are_a_bad_answer(table: str, record: dict[str, Any]) -> None:
    with pytest.raises(BadAnswer):
        Rows(table).add([record])
