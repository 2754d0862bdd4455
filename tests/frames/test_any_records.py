"""Whatever the wire sends: the right frame, or an error of ours; never a wrong frame."""

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onecloud_magic.errors import BadAnswer
from onecloud_magic.frames import TABLES, Rows

Examples = dict[str, dict[str, Any]]

OF = {"variables": "environment"}

# All that `json.loads` can give, and what readers of text and numbers stumble over.
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**63, -(2**63), 10**30, float("nan"), float("inf"), "now", "\ud800", ""])
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
each_table = pytest.mark.parametrize("table", TABLES)
rounds = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def frame(table: str, records: list[dict[str, Any]]) -> pd.DataFrame:
    rows = Rows(table)
    for record in records:
        rows.add([record], of=OF.get(table, ""))
    return rows.frame()


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where there is something in a record: keys and indices, from the outside in."""
    inner = value.items() if isinstance(value, dict) else ()
    for key, item in enumerate(value) if isinstance(value, list) else inner:
        yield (*place, key)
        yield from places(item, (*place, key))


def copy(record: dict[str, Any]) -> dict[str, Any]:
    again: dict[str, Any] = json.loads(json.dumps(record))
    return again


def put(record: dict[str, Any], place: tuple[Any, ...], value: Any) -> None:
    inside: Any = record
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value


def check_form(table: str, made: pd.DataFrame) -> None:
    ours = TABLES[table].dtypes
    dtypes = {str(name): str(dtype) for name, dtype in made.dtypes.items()}
    assert list(dtypes.items())[: len(ours)] == list(ours.items())
    assert all(dtype == "string" for name, dtype in dtypes.items() if name not in ours)
    assert len(dtypes) == made.shape[1]
    assert all(pd.api.types.is_scalar(cell) for _, column in made.items() for cell in column)
    made.to_csv().encode()


@each_table
@rounds
@given(data=st.data())
def test_any_value_anywhere_gives_a_frame_of_the_right_form_or_a_bad_answer(
    table: str, examples: Examples, data: st.DataObject
) -> None:
    record = copy(examples[table])
    place = data.draw(st.sampled_from(list(places(record))))
    put(record, place, data.draw(anything))

    try:
        made = frame(table, [examples[table], record])
    except BadAnswer:
        return

    check_form(table, made)


@each_table
@rounds
@given(data=st.data())
def test_missing_null_and_unknown_fields_in_any_order_give_frames(
    table: str, examples: Examples, data: st.DataObject
) -> None:
    example = examples[table]
    order = data.draw(st.permutations(list(example)))
    gone = data.draw(st.sets(st.sampled_from(order)))
    null = data.draw(st.sets(st.sampled_from(order)))
    unknown = data.draw(st.dictionaries(st.text(), anything, max_size=3))
    record = {name: None if name in null else example[name] for name in order if name not in gone}
    strange = {name: value for name, value in unknown.items() if name not in example}

    made = frame(table, [example, record | strange, strange | record])

    check_form(table, made)


@rounds
@given(st.lists(st.dictionaries(st.sampled_from(["id", "name", "default", "x"]), anything)))
def test_cells_hold_what_the_wire_said(records: list[dict[str, Any]]) -> None:
    try:
        made = frame("groups", records)
    except BadAnswer:
        return

    for place, record in enumerate(records):
        for name in ("id", "name"):
            value = record.get(name)
            text = value if value is None or isinstance(value, str) else json.dumps(value)
            cell = made[name].iloc[place]
            assert (None if cell is pd.NA else cell) == (text and whole(text))


def whole(text: str) -> str:
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text)


@given(
    st.lists(st.none() | st.datetimes() | st.integers(0, 3).map(lambda n: ["", "T", "Z", "x"][n]))
)
def test_times_are_those_that_python_reads(moments: list[Any]) -> None:
    texts = [None if moment is None else str(moment) for moment in moments]
    if {"T", "Z", "x"}.intersection(moments):
        with pytest.raises(BadAnswer):
            frame("users", [{"created_at": text} for text in texts])
        return

    made = frame("users", [{"created_at": text} for text in texts])["created_at"]

    for cell, moment in zip(made, moments, strict=True):
        assert cell is pd.NaT if moment in (None, "") else cell.tz_localize(None) == moment
