"""How pages of records become one frame."""

from typing import Any

import pandas as pd
import pytest

from onecloud_magic.errors import BadAnswer
from onecloud_magic.frames import Rows


def test_pages_become_one_frame_in_the_order_they_came() -> None:
    rows = Rows("groups")

    for page in range(30):
        rows.add([{"id": page * 50 + number, "name": "g"} for number in range(50)])

    assert len(rows) == 1500
    assert list(rows.frame()["id"]) == [str(number) for number in range(1500)]
    assert list(rows.frame().index) == list(range(1500))


def test_rows_may_be_added_after_a_frame_was_made() -> None:
    rows = Rows("groups")
    rows.add([{"id": "1", "plan": "a"}])

    first = rows.frame()
    rows.add([{"id": "2", "size": 3}])

    assert list(first["id"]) == ["1"]
    assert list(rows.frame()["id"]) == ["1", "2"]
    assert rows.frame()["plan"].isna().tolist() == [False, True]
    assert rows.frame()["size"].isna().tolist() == [True, False]


def test_changing_a_frame_changes_no_other() -> None:
    rows = Rows("groups")
    rows.add([{"id": "1", "name": "a", "default": True}])

    changed = rows.frame()
    changed.loc[0, ["id", "name"]] = "changed"
    changed.loc[0, "default"] = False

    assert rows.frame().iloc[0].tolist()[:3] == ["1", "a", True]


def test_parents_are_stamped_on_each_page() -> None:
    rows = Rows("environments")
    rows.add([{"id": "1"}, {"id": "2"}], workspace_id=66, workspace="Finance")
    rows.add([{"id": "3"}], workspace_id="67", workspace=pd.NA)
    rows.add([{"id": "4"}])

    made = rows.frame()

    assert made["workspace_id"].tolist() == ["66", "66", "67", pd.NA]
    assert made["workspace"].tolist() == ["Finance", "Finance", pd.NA, pd.NA]


def test_a_parent_that_the_table_does_not_have_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="users are not told their chain_id"):
        Rows("users").add([], chain_id="1")


def test_runs_get_names_by_their_ids_and_unknown_ones_stay_missing() -> None:
    rows = Rows("runs")
    rows.add([{"chainId": 37, "envId": "5"}, {"chainId": "38", "envId": None}, {"chainId": "37"}])

    made = rows.frame(
        chain={"37": "Load"},
        environment={"5": "Production"},
        workspace_id={"5": "2"},
        workspace={"6": "Other"},
    )

    assert made["chain"].tolist() == ["Load", pd.NA, "Load"]
    assert made["environment"].tolist() == ["Production", pd.NA, pd.NA]
    assert made["workspace_id"].tolist() == ["2", pd.NA, pd.NA]
    assert made["workspace"].isna().all()
    assert (made.dtypes[["chain", "environment", "workspace_id", "workspace"]] == "string").all()


def test_a_name_that_the_table_does_not_have_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="chains are not told their chain"):
        Rows("chains").frame(chain={"1": "Load"})


@pytest.mark.parametrize("value", ["text", None, ["id"], 7])
def test_a_record_that_is_no_object_is_a_bad_answer(value: Any) -> None:
    with pytest.raises(BadAnswer, match="A record of users came as"):
        Rows("users").add([{"id": "1"}, value])


def test_records_that_are_no_list_are_a_bad_answer_and_null_is_no_records() -> None:
    rows = Rows("users")

    with pytest.raises(BadAnswer, match="The records of users came as an object, not as a list"):
        rows.add({"id": "1"})  # type: ignore[arg-type]
    rows.add(None)

    assert len(rows.frame()) == 0
