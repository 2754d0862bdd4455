"""The rows of a frame as inputs: what is sent for each value, and what is refused by its place."""

from __future__ import annotations

import datetime as dt
import json
import warnings
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import UsageError
from onecloud_magic.runs.rows import ADDED, inputs_of_rows
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.company import Chain

from .conftest import started

SENT = [
    ("text", "text"),
    (np.str_("text"), "text"),
    (True, True),
    (np.bool_(False), False),
    (np.int64(5), 5),
    (np.uint8(5), 5),
    (1.5, 1.5),
    (np.float32(0.1), 0.1),
    (float("nan"), None),
    (np.float64("nan"), None),
    (None, None),
    (pd.NA, None),
    (pd.NaT, None),
    (np.datetime64("NaT"), None),
    (pd.Timestamp("2026-10-31 12:30"), "2026-10-31T12:30:00"),
    (pd.Timestamp("2026-10-31", tz="UTC"), "2026-10-31T00:00:00+00:00"),
    (np.datetime64("2026-10-31"), "2026-10-31T00:00:00"),
    (dt.date(2026, 10, 31), "2026-10-31"),
    (dt.time(12, 30), "12:30:00"),
    (pd.Period("2026-10", "M"), "2026-10"),
    (["a", np.int64(1), pd.NA], ["a", 1, None]),
    (np.array([1, 2]), [1, 2]),
    ({"a": np.int64(1)}, {"a": 1}),
]
DTYPES = ["int8", "Int64", "float32", "bool", "boolean", "string", "category", "datetime64[ns]"]


def frame(value: Any) -> pd.DataFrame:
    column = np.empty(2, object)
    column[1] = value
    return pd.DataFrame({"period": column}, index=pd.Index(["first", "second"]))


@pytest.mark.parametrize(
    ("value", "sent"), SENT, ids=lambda each: f"{type(each).__name__} {each!r:.40}"
)
def test_a_value_is_sent_as_json_has_it(value: Any, sent: Any) -> None:
    told = inputs_of_rows(frame(value))

    assert told == [{"period": None}, {"period": sent}]
    assert json.dumps(told[1]["period"]) == json.dumps(sent)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_column_of_any_dtype_is_plain_json(dtype: Any) -> None:
    column = pd.Series([0, 1], dtype="int64").astype(dtype)

    told = [each["a"] for each in inputs_of_rows(pd.DataFrame({"a": column}))]

    assert json.loads(json.dumps(told)) == told
    assert {type(each) for each in told} <= {int, float, bool, str}


@pytest.mark.parametrize(
    "value",
    [
        float("inf"),
        pd.Timedelta(1),
        Decimal(1),
        b"bytes",
        object(),
        1j,
        {1, 2},
        {1: 2},
        [[object()]],
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_cannot_be_sent_is_named_by_row_and_column_before_anything_is_started(
    value: Any, account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    with pytest.raises(UsageError, match=r"^Row second, column period: ") as refused:
        account.start_many(chain.id, frame(value))

    assert "Nothing was started." in refused.value.hint
    assert refused.value.private
    assert not sandbox.requests


def test_the_value_that_cannot_be_sent_is_not_in_the_message() -> None:
    with pytest.raises(UsageError) as refused:
        inputs_of_rows(frame({"password": b"swordfish"}))

    assert "swordfish" not in f"{refused.value} {refused.value.hint}"


@pytest.mark.parametrize("name", [*ADDED, "output.path"])
def test_a_column_that_the_result_has_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=f"The column '{name}'") as refused:
        inputs_of_rows(pd.DataFrame({"period": ["2026-10"], name: ["x"]}))

    assert "frame.drop(columns=" in refused.value.hint


@pytest.mark.parametrize("name", [0, None, ("a", "b"), "", " "])
def test_a_column_that_is_no_name_is_refused(name: Any) -> None:
    wide = pd.DataFrame([["x"]])
    wide.columns = pd.Index([name], tupleize_cols=False)

    with pytest.raises(UsageError, match="A column cannot be an input"):
        inputs_of_rows(wide)


def test_a_column_that_is_there_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="there twice"):
        inputs_of_rows(pd.DataFrame([["x", "y"]], columns=["a", "a"]))


@pytest.mark.parametrize("given", [None, {"period": ["x"]}, [], pd.Series(["x"]), "frame"])
def test_what_is_no_frame_is_refused(given: Any) -> None:
    with pytest.raises(UsageError, match="frame cannot be"):
        inputs_of_rows(given)


def test_rows_without_columns_are_starts_without_inputs() -> None:
    assert inputs_of_rows(pd.DataFrame(index=range(3))) == [{}, {}, {}]


def test_any_index_is_kept(account: OneCloud, sandbox: Sandbox, chain: Chain) -> None:
    index = pd.MultiIndex.from_tuples([("a", 1), ("a", 1)], names=["x", None])
    frame = pd.DataFrame({"period": pd.Categorical(["2026-10", "2026-11"])}, index=index)
    frame.attrs["onecloud"] = {"table": "chains"}
    frame.attrs["mine"] = 1

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = account.start_many(chain.id, frame)

    pd.testing.assert_index_equal(result.index, index)
    assert result["period"].dtype == frame["period"].dtype
    assert result.attrs == {"mine": 1}
    assert account.get_run(result.iloc[0]).id == started(sandbox)[0]


def test_no_repr_on_the_way_shows_a_secret() -> None:
    told = inputs_of_rows(pd.DataFrame({"db_password": ["swordfish"]}))

    assert "swordfish" not in repr(told)
