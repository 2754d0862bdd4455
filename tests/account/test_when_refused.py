"""What the door for `since` and `until` refuses."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.account import when
from onecloud_magic.account.when import moment
from onecloud_magic.errors import UsageError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 15, 27, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "since",
        "\0",
        "2026-11\0",
        "01/11/2026",
        "01.11.2026",
        "01-11-2026",
        "11/2026",
        "1",
        "12",
        "202611",
        "20261103",
        "1700000000",
        "-7",
        "1.5",
        "7",
        "days",
        "-7 days",
        "+7 days",
        "in 7 days",
        "7 dayz",
        "Q3 2026",
        "2026Q5",
        "2026-13",
        "2026-00",
        "2026-11-31",
        "2026-W45",
        "2026-11-03+01:00",
        "2026-11-03 25:00",
        "2026-11-03 06:00+25:00",
        "2026-11-03 06:00 noon",
        "0 nov",
        "nov 0",
        "32 nov",
        "31 feb",
        "29 feb 2023",
        "3 nov 26",
        "yesterday 25:00",
        "yesterday 13pm",
        "yesterday 5",
        "monday november",
        "foo",
        "foo yesterday",
        "yesterday foo",
        "christmas",
        "gestern",
        "this morning",
        "٢٠٢٦",
        "\uff17 days",
        "\ud800",
    ],
)
def test_what_can_be_read_in_two_ways_or_in_none_is_refused(text: str) -> None:
    for until in (False, True):
        with pytest.raises(UsageError, match="until" if until else "since"):
            moment(text, zone=BERLIN, now=NOW, until=until)


@pytest.mark.parametrize(
    "value",
    [
        pd.NaT,
        pd.NA,
        float("nan"),
        True,
        5,
        5.5,
        b"2026",
        [],
        ["2026"],
        (2026, 11),
        NOW.time(),
        np.datetime64("2026-11-03"),
        np.datetime64("NaT"),
        np.timedelta64(7, "D"),
        pd.DataFrame({"start_at": [NOW]}),
        object(),
        timedelta(days=-7),
    ],
    ids=lambda value: type(value).__name__ + str(value)[:12].strip(),
)
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(UsageError):
        moment(value, zone=BERLIN, now=NOW)


@pytest.mark.parametrize(
    "value",
    [
        "0000",
        "0001",
        "9999",
        "9999-12-31",
        "1 jan 0001",
        "999999 years",
        "999999 days",
        datetime.min,
        datetime.max,
        datetime.max.replace(tzinfo=UTC),
        date.min,
        date.max,
        timedelta.max,
        pd.Period("9999-12", "M"),
    ],
)
def test_what_lies_beyond_the_calendar_is_refused(value: object) -> None:
    for until in (False, True):
        with pytest.raises(UsageError):
            moment(value, zone=BERLIN, now=NOW, until=until)


@pytest.mark.parametrize("letter", ["x", "9", " ", "\0", "1 day "])
def test_ten_megabytes_are_refused_at_once_in_three_lines(letter: str) -> None:
    text = letter * (10_000_000 // len(letter))
    moment("yesterday", zone=BERLIN, now=NOW)  # the first reading of words takes longer

    began = time.perf_counter()
    with pytest.raises(UsageError) as caught:
        moment(text, zone=BERLIN, now=NOW)

    assert time.perf_counter() - began < 0.05
    shown = "\n".join(caught.value._render_traceback_()).splitlines()
    assert len(shown) == 3
    assert max(map(len, shown)) < 200


@given(
    st.one_of(
        st.text(max_size=70),
        st.from_regex(when._NAMED, fullmatch=True),
        st.from_regex(when._AGO, fullmatch=True),
        st.from_regex(when._STAMP, fullmatch=True),
        st.from_regex(when._PERIOD, fullmatch=True),
    ),
    st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)).map(
        lambda now: now.replace(tzinfo=UTC)
    ),
    st.sampled_from(["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "UTC"]),
)
def test_no_text_gives_any_other_error_or_an_end_before_its_beginning(
    text: str, now: datetime, name: str
) -> None:
    try:
        start = moment(text, zone=ZoneInfo(name), now=now)
        end = moment(text, zone=ZoneInfo(name), now=now, until=True)
    except UsageError:
        return

    assert start is not None
    assert end is not None
    assert start <= end
