"""What nobody means: values that are no name, no number and no state, by what they are."""

from __future__ import annotations

import numpy as np
import pandas as pd

NO_TEXT: dict[str, object] = {
    "a boolean": True,
    "a boolean of numpy": np.True_,
    "a fraction": 1.5,
    "nan": float("nan"),
    "infinity": float("inf"),
    "NA": pd.NA,
    "NaT": pd.NaT,
    "bytes": b"5",
    "an object": object(),
    "a monstrous number": 10**5000,
    "a large negative number": -(10**40),
    "an empty list": [],
    "a list": ["5"],
    "a set": {"5"},
    "an empty dictionary": {},
    "a row of something else": {"id": 5},
    "an array": np.array([1, 2]),
    "a column": pd.Series(["5"]),
    "a frame": pd.DataFrame({"colour": ["5"] * 30}),
}
TEXT: dict[str, object] = {
    "an empty text": "",
    "a blank": " ",
    "NUL": "\x00",
    "a text with NUL": "a\x00b",
    "two lines": "a\nb",
    "half a pair": "\ud800",
    "ten megabytes": "x" * 10_000_000,
}
NONSENSE = NO_TEXT | TEXT


def lines(error: BaseException) -> list[str]:
    """What a user sees of an error of ours: its message and its hint."""
    return f"{error}\n{getattr(error, 'hint', '')}".splitlines()
