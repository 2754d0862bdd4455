"""The helpers that all tests rest on."""

import pytest

from .conftest import Clock, need


def test_the_clock_moves_only_when_told_to(clock: Clock) -> None:
    before = clock()

    clock.advance(2.5)

    assert clock() == clock() == before + 2.5


def test_a_program_that_is_there_is_found() -> None:
    assert need("python3") or need("python")


def test_a_missing_program_skips_the_test_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUIRE_ALL", raising=False)

    with pytest.raises(pytest.skip.Exception, match="no-such-program is not installed"):
        need("no-such-program")


def test_a_missing_program_is_a_failure_where_all_are_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUIRE_ALL", "1")

    with pytest.raises(pytest.fail.Exception, match="no-such-program is not installed"):
        need("no-such-program")
