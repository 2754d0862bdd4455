"""Inputs as they are typed: in pairs and in the body of a cell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.errors import UsageError
from onecloud_magic.magics.inputs import inputs_of


@pytest.mark.parametrize(
    ("pair", "key", "value"),
    [
        ("period=2026-11", "period", "2026-11"),
        ("a=b=c", "a", "b=c"),
        ("a=", "a", ""),
        ("a==b", "a", "=b"),
        ("n:=5", "n", 5),
        ('list:=["a", null]', "list", ["a", None]),
        ("flag:=false", "flag", False),
        (" spaced =x", "spaced", "x"),
        ("url=http://x/?a:=1", "url", "http://x/?a:=1"),
        ("account=012345", "account", "012345"),
    ],
)
def test_a_pair_is_text_or_json(pair: str, key: str, value: Any) -> None:
    assert inputs_of([pair], None, {}) == {key: value}


@pytest.mark.parametrize("pair", ["period", "=x", ":=5", "", "n:=five", "n:=NaN", "n:="])
def test_a_pair_that_makes_no_sense_is_refused(pair: str) -> None:
    with pytest.raises(UsageError):
        inputs_of([pair], None, {})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("012345", "012345"),
        ("2026-01-31", "2026-01-31"),
        ("12:30:45", "12:30:45"),
        ("12:30", "12:30"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        (".nan", ".nan"),
        ("5", 5),
        ("-3", -3),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'5'", "5"),
        ("[1, a]", [1, "a"]),
        ("{a: 1, b: [x]}", {"a": 1, "b": ["x"]}),
        ("|\n    two\n    lines\n", "two\nlines\n"),
    ],
)
def test_a_value_of_the_body_has_the_type_of_yaml_1_2(text: str, value: Any) -> None:
    told = inputs_of([], f"key: {text}\n", {})["key"]

    assert (told, type(told)) == (value, type(value))


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20).filter(lambda text: not text.startswith("$")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(told=st.dictionaries(st.text(max_size=8), values, max_size=4), tabs=st.booleans())
def test_any_json_is_read_as_it_is(told: dict[str, Any], tabs: bool) -> None:
    body = json.dumps(told, indent="\t" if tabs else None)

    assert inputs_of([], body, {}) == told


def test_keys_are_text() -> None:
    assert inputs_of([], "2026: a\nyes: b\n", {}) == {"2026": "a", "yes": "b"}


def test_a_value_that_is_a_variable_takes_its_value() -> None:
    body = "a: $rows\nb: cost $rows\nc: [$rows, {d: $rows}]\n"

    assert inputs_of([], body, {"rows": 5}) == {
        "a": 5,
        "b": "cost $rows",
        "c": [5, {"d": 5}],
    }
    assert inputs_of(["a=$rows"], None, {"rows": 5}) == {"a": "$rows"}
    with pytest.raises(UsageError, match="no variable 'other'"):
        inputs_of([], "a: $other", {})


def test_a_pair_beats_the_body_and_nothing_is_said_twice() -> None:
    assert inputs_of(["a=1"], "a: 2\nb: 3", {}) == {"a": "1", "b": 3}
    for pairs, body in ((["a=1", "a=2"], ""), ([], "a: 1\na: 2"), ([], '{"a": 1, "a": 2}')):
        with pytest.raises(UsageError, match="given twice"):
            inputs_of(pairs, body, {})


@pytest.mark.parametrize("body", ["- a\n- b\n", "just text", "5", '"text"'])
def test_a_body_that_names_nothing_is_refused(body: str) -> None:
    with pytest.raises(UsageError, match="no mapping"):
        inputs_of([], body, {})


@pytest.mark.parametrize(
    "body",
    [
        *("a: [1", "a: b: c", "? [x]\n: 1", "a: !!python/object:os.x {}", "a: &x [*x]"),
        *('a: !!int ""', 'a: !!float ""', "a: !!bool x", "a: !!timestamp x"),
    ],
)
def test_a_body_that_cannot_be_read_says_where(body: str) -> None:
    with pytest.raises(UsageError):
        inputs_of([], body, {})


def test_an_empty_body_is_no_input() -> None:
    assert (
        inputs_of([], " \n", {}) == inputs_of([], None, {}) == inputs_of([], "# note\n", {}) == {}
    )
