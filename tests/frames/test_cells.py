"""How the values of the wire become cells."""

from typing import Any

import pandas as pd
import pytest

from onecloud_magic.errors import BadAnswer
from onecloud_magic.frames import Rows


def frame(table: str, *records: dict[str, Any]) -> pd.DataFrame:
    rows = Rows(table)
    rows.add(list(records))
    return rows.frame()


def cell(table: str, column: str, **record: Any) -> Any:
    return frame(table, record)[column].iloc[0]


@pytest.mark.parametrize("table", ["chains", "runs", "users", "authorizations"])
def test_integer_ids_give_the_same_frame_as_text_ids(
    table: str, examples: dict[str, dict[str, Any]]
) -> None:
    example = examples[table]
    integers = {
        name: int(value) if name.lower().endswith("id") else value
        for name, value in example.items()
    }

    pd.testing.assert_frame_equal(frame(table, integers), frame(table, example))
    assert frame(table, integers)["id"].tolist() == ["1"]


def test_integer_ids_beside_missing_ones_stay_whole() -> None:
    made = frame("chains", {"internal_id": 74}, {"internal_id": None}, {}, {"internal_id": "75"})

    assert made["internal_id"].tolist() == ["74", pd.NA, pd.NA, "75"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2018-03-14 20:10:39.520585", "2018-03-14T20:10:39.520585Z"),
        ("2019-02-08 06:25:00", "2019-02-08T06:25:00Z"),
        ("2019-02-08 06:25:00.5", "2019-02-08T06:25:00.5Z"),
        ("2019-02-08T06:25:00Z", "2019-02-08T06:25:00Z"),
        ("2019-02-08T06:25:00+02:00", "2019-02-08T04:25:00Z"),
        ("2019-02-08 06:25:00.123456-0530", "2019-02-08T11:55:00.123456Z"),
        ("9999-12-31 23:59:59.999999", "9999-12-31T23:59:59.999999Z"),
        ("0001-01-01 00:00:00", "0001-01-01T00:00:00Z"),
    ],
)
def test_times_without_a_zone_are_utc_and_others_are_turned_into_it(text: str, moment: str) -> None:
    made = frame("users", {"created_at": text}, {"created_at": None}, {"created_at": "2020-01-01"})

    assert made["created_at"].dt.tz is not None
    assert made["created_at"].iloc[0] == pd.Timestamp(moment).as_unit("us")
    assert made["created_at"].iloc[1] is pd.NaT


def test_an_empty_text_is_no_time() -> None:
    made = frame("users", {"created_at": ""}, {"created_at": "2019-02-08 06:25:00"})

    assert made["created_at"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    "text",
    [
        "now",
        "today",
        "NaT",
        "2018",
        "20180",
        "0000-01-01 00:00:00",
        "0000-00-00 00:00:00",
        "20180-03-14 20:10:39",
        "9999999999-03-14 20:10:39.",
        "2018-02-30 00:00:00",
        "2018-03-14 25:00:00",
        "2018-03-14 20:10:39\n2018-03-14 20:10:39",
        "0001-01-01T00:00:00+23:00",
        "٢٠١٨-03-14 20:10:39",
        "\ud800",
        "soon",
    ],
)
def test_a_text_that_is_no_time_is_a_bad_answer(text: str) -> None:
    message = "Column start_at of runs: a text came where a time belongs"

    with pytest.raises(BadAnswer, match=message):
        frame("runs", {"startAt": "2018-03-14 20:10:39"}, {"startAt": text})


@pytest.mark.parametrize(
    ("table", "field", "value", "words"),
    [
        ("runs", "id", True, "Column id of runs: a boolean came where an id belongs"),
        ("runs", "envId", 74.0, "Column environment_id of runs: a number came where an id belongs"),
        ("runs", "endAt", 1616143293, "Column end_at of runs: a number came where a time belongs"),
        ("runs", "state", ["x"], "Column state of runs: a list came where a word belongs"),
        ("runs", "userName", {"a": 1}, "user_name of runs: an object came where a text belongs"),
        ("users", "sso_enabled", "yes", "sso_enabled of users: a text came where a boolean"),
        ("users", "sso_enabled", 2, "sso_enabled of users: a number came where a boolean"),
        ("users", "sso_enabled", [], "sso_enabled of users: a list came where a boolean"),
        ("environments", "position", 1.5, "position of environments: a number came where a count"),
        ("environments", "position", "1.5", "position of environments: a text came where a count"),
        (
            "environments",
            "position",
            True,
            "position of environments: a boolean came where a count",
        ),
        ("environments", "position", 2**63, "position of environments: a number came where"),
        ("environments", "position", -(2**63), "position of environments: a number came where"),
        ("environments", "position", "9" * 19, "position of environments: a text came where"),
        ("chains", "schedules", {}, "schedules_count of chains: an object came where a list"),
        ("chains", "runtime_inputs", 3, "inputs_count of chains: a number came where a list"),
        pytest.param("chains", "id", 10**5000, "id of chains: a number came", id="5,000 digits"),
    ],
)
def test_what_a_column_cannot_hold_is_a_bad_answer_that_names_it(
    table: str, field: str, value: Any, words: str
) -> None:
    with pytest.raises(BadAnswer, match=words):
        frame(table, {}, {field: None}, {field: value}, {})


def test_a_bad_answer_does_not_show_the_value() -> None:
    with pytest.raises(BadAnswer) as caught:
        frame("users", {"created_at": "hunter2"})

    assert "hunter2" not in str(caught.value)


def test_counts_and_booleans_may_come_as_text() -> None:
    assert cell("environments", "position", position="12") == 12
    assert cell("environments", "position", position=-3) == -3
    assert cell("users", "sso_enabled", sso_enabled="true")
    assert not cell("users", "sso_enabled", sso_enabled=0)


@pytest.mark.parametrize(("value", "text"), [(5, "5"), (1.5, "1.5"), (True, "true"), ("", "")])
def test_text_that_comes_as_a_number_or_boolean_is_its_text(value: Any, text: str) -> None:
    assert cell("users", "email", email=value) == text
    assert cell("runs", "state", state=value) == text


def test_half_a_surrogate_pair_is_replaced() -> None:
    made = frame("runs", {"userName": "a\ud800b", "state": "\udc00", "ne\ud800w": ["\ud83d"]})

    made.to_csv().encode()
    assert made["user_name"].iloc[0] == "a\ufffdb"
    assert made["state"].iloc[0] == "\ufffd"
    assert made["ne_w"].iloc[0] == '["\ufffd"]'


def test_unknown_words_are_appended_to_the_known_ones_in_order_of_appearance() -> None:
    known = list(frame("runs")["state"].cat.categories)
    states = ["melted", "paused", None, "frozen", "melted"]
    rows = Rows("runs")
    for _ in range(200):
        rows.add([{"state": "warned"}] * 5)
    rows.add([{"state": state} for state in states])

    made = rows.frame()["state"]

    assert list(made.cat.categories) == [*known, "melted", "frozen"]
    assert made.iloc[:1000].eq("warned").all()
    assert made.iloc[1000:].astype(object).where(made.iloc[1000:].notna(), None).tolist() == states


def test_a_run_that_lives_has_no_duration() -> None:
    start, end = "2019-02-08 06:25:00", "2019-02-08 06:26:00.5"
    made = frame("runs", {"startAt": start, "endAt": end}, {"startAt": start}, {"endAt": end})

    assert made["duration"].iloc[0] == pd.Timedelta(seconds=60.5)
    assert made["duration"].isna().tolist() == [False, True, True]


def test_inputs_and_schedules_of_a_chain_are_counted_where_they_are_told() -> None:
    made = frame("chains", {"runtime_inputs": [{}, {}], "schedules": []}, {"schedules": None}, {})

    assert made["inputs_count"].tolist() == [2, pd.NA, pd.NA]
    assert made["schedules_count"].tolist() == [0, pd.NA, pd.NA]


def test_parameters_of_an_authorization_are_compact_json() -> None:
    assert cell("authorizations", "parameters", parameters={"id": "1", "ü": [1]}) == (
        '{"id":"1","ü":[1]}'
    )
    assert cell("authorizations", "parameters", parameters="as it is") == "as it is"
