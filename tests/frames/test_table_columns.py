"""The columns and dtypes of DESIGN section 1, written out."""

from typing import Any

import pandas as pd
import pytest

from onecloud_magic.frames import TABLES, Rows

COLUMNS = {
    "workspaces": "id name description company_id external_id",
    "environments": "id name workspace_id workspace description position color chains_count "
    "created_at updated_at",
    "chains": "id name environment_id environment workspace_id workspace description disabled "
    "concurrency_enabled inputs_count schedules_count internal_id created_at updated_at",
    "commands": "id name chain_id chain environment_id environment workspace_id workspace "
    "link_id description",
    "variables": "key label value default_value encrypted environment_id environment "
    "workspace_id workspace",
    "schedules": "chain_id chain environment_id environment workspace_id workspace enabled "
    "start_at end_at recurring_type recurring_interval days_of_month days_of_week run_at stop_at "
    "zone",
    "inputs": "vuid data_type name chain_id chain environment_id environment workspace_id "
    "workspace",
    "runs": "id state chain_id chain environment_id environment workspace_id workspace start_at "
    "end_at paused_at resumed_at duration launch_type user_id user_name result_text",
    "nodes": "id name state run_id node_id node_type iterable results_count start_at end_at "
    "duration",
    "outputs": "run_id node_id node state iterator_value name value output_log_url",
    "users": "id email first_name last_name sso_enabled last_sign_in_at created_at",
    "groups": "id name default created_at",
    "permissions": "id name object_type object_id object_name group_id group",
    "logins": "id identity user_id success failure_reason context ip city region country "
    "created_at",
    "authorizations": "id key trackable_type trackable_id owner_type owner_id recipient_type "
    "recipient_id parameters created_at updated_at",
}
DTYPES = {
    "boolean": "disabled concurrency_enabled encrypted enabled iterable sso_enabled default "
    "success",
    "Int64": "position chains_count inputs_count schedules_count recurring_interval results_count",
    "datetime64[us, UTC]": "created_at updated_at start_at end_at paused_at resumed_at "
    "last_sign_in_at",
    "category": "state launch_type",
    "timedelta64[us]": "duration",
}
CATEGORIES = {
    ("runs", "state"): "sleeping enqueueing paused errored warned all_succeeded stopped",
    ("runs", "launch_type"): "manual api schedule trigger slack trigger_event",
    ("nodes", "state"): "sleeping paused skipped errored warned succeeded",
    ("outputs", "state"): "active errored skipped warned succeeded stopped",
}
OF = {"variables": "environment"}

each_table = pytest.mark.parametrize("table", COLUMNS)


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(dtype) for name, dtype in frame.dtypes.items()}


def expected(table: str) -> dict[str, str]:
    others = {name: dtype for dtype, names in DTYPES.items() for name in names.split()}
    return {name: others.get(name, "string") for name in COLUMNS[table].split()}


def test_there_are_these_tables_in_this_order() -> None:
    assert list(TABLES) == list(COLUMNS)


@each_table
def test_no_rows_give_the_columns_and_dtypes_of_the_design(table: str) -> None:
    frame = Rows(table).frame()

    assert list(frame.columns) == COLUMNS[table].split()
    assert dtypes(frame) == expected(table)
    assert TABLES[table].dtypes == expected(table)
    assert len(frame) == 0
    assert isinstance(frame.index, pd.RangeIndex)


@each_table
def test_the_example_of_the_contract_gives_the_same_columns_and_dtypes(
    table: str, examples: dict[str, dict[str, Any]]
) -> None:
    rows = Rows(table)

    rows.add([examples[table], examples[table]], of=OF.get(table, ""))
    frame = rows.frame()

    assert dtypes(frame) == expected(table)
    assert len(frame) == len(rows) >= 2
    assert isinstance(frame.index, pd.RangeIndex)


@each_table
def test_records_that_tell_nothing_give_the_same_columns_and_dtypes(table: str) -> None:
    rows = Rows(table)

    rows.add([{}], of=OF.get(table, ""))

    assert dtypes(rows.frame()) == expected(table)


@pytest.mark.parametrize(("table", "column"), CATEGORIES)
def test_words_of_the_contract_are_categories_even_without_rows(table: str, column: str) -> None:
    frame = Rows(table).frame()

    assert list(frame[column].cat.categories) == CATEGORIES[table, column].split()
