"""A long history cut into slices of time."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.account.slices import slices


@given(first=st.floats(1e9, 2e9), length=st.floats(0.0, 1e6), older=st.floats(0.0, 1e8))
def test_slices_leave_no_moment_out(first: float, length: float, older: float) -> None:
    last = first - length
    parts = slices(first, last, last - older)

    assert len(parts) in (0, *range(2, 9))
    if parts:
        assert parts[0].until >= last
        assert parts[-1].since == last - older
        assert all(a.since < b.until for a, b in pairwise(parts))
        assert all(a.since > b.since for a, b in pairwise(parts))
