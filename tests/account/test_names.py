"""From what people give to what they mean, without a service."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.account.names import Named, Wanted, find, find_one, wanted
from onecloud_magic.errors import Ambiguous, NotFound, UsageError

from .nonsense import NONSENSE, lines

KINDS = ("workspace", "environment", "chain", "run", "user", "group")


def named(number: str, name: str, home: Named | None = None, *also: str) -> Named:
    return Named(number, name, {"id": number, "name": name}, home, also)


FINANCE, TAX = named("1", "Finance"), named("2", "Tax")
LIVE, TEST, TAX_LIVE = (
    named("3", "Live", FINANCE),
    named("4", "Test", FINANCE),
    named("5", "Live", TAX),
)
ENVIRONMENTS = [LIVE, TEST, TAX_LIVE]


def text(words: str) -> Wanted:
    return wanted("environment", words)


# A few letters, so that names are alike, contain slashes and differ in their case alone.
spellings = st.text("aA/ßS", min_size=1, max_size=4)


@st.composite
def companies(draw: st.DrawFn) -> list[Named]:
    """Environments in workspaces, called anything; ids that nothing is called."""
    workspaces = [
        named(f"w{n}", name) for n, name in enumerate(draw(st.lists(spellings, min_size=1)))
    ]
    names = draw(st.lists(st.tuples(st.sampled_from(workspaces), spellings), min_size=1))
    return [named(f"e{n}", name, home) for n, (home, name) in enumerate(names)]


@given(companies())
def test_everything_is_found_by_its_id_and_nothing_else_is(company: list[Named]) -> None:
    for each in company:
        assert find("environment", text(each.id), company) == [each]


@given(companies())
def test_everything_is_found_by_its_whole_path_whatever_slashes_its_names_have(
    company: list[Named],
) -> None:
    for each in company:
        found = find("environment", text(each.path), company)

        assert each in found
        assert {one.path for one in found} == {each.path}


@given(companies())
def test_a_name_means_all_that_are_called_so_unless_it_is_a_path(company: list[Named]) -> None:
    for each in company:
        found = find("environment", text(each.name), company)

        paths = {one.path.casefold() for one in company}
        if each.name.casefold() not in paths:
            assert found == [one for one in company if one.name == each.name]


@given(companies(), spellings)
def test_what_is_found_is_called_so_in_one_spelling_or_is_not_found(
    company: list[Named], words: str
) -> None:
    try:
        found = find("environment", text(words), company)
    except NotFound:
        spelt = {one.name for one in company if one.name.casefold() == words.casefold()}
        assert len(spelt) != 1
        return

    for names in ({one.path for one in found}, {one.name for one in found}):
        if {name.casefold() for name in names} == {words.casefold()}:
            assert len(names) == 1
            return
    pytest.fail(f"{found} were found for {words!r}")


def test_ids_come_first_then_paths_then_names() -> None:
    by_id = named("Tax/Live", "Odd", FINANCE)
    by_name = named("7", "Tax/Live", FINANCE)

    assert find("environment", text("Tax/Live"), [by_name, TAX_LIVE, by_id]) == [by_id]
    assert find("environment", text("Tax/Live"), [by_name, TAX_LIVE]) == [TAX_LIVE]
    assert find("environment", text("Tax/Live"), [by_name]) == [by_name]


def test_a_name_that_fits_several_means_all_of_them_in_a_read() -> None:
    assert find("environment", text("Live"), ENVIRONMENTS) == [LIVE, TAX_LIVE]


def test_a_name_that_fits_several_is_ambiguous_where_one_is_needed() -> None:
    with pytest.raises(Ambiguous) as told:
        find_one("environment", text("Live"), ENVIRONMENTS)

    assert told.value.paths == ("Finance/Live", "Tax/Live")
    assert "2 environments are called 'Live': Finance/Live, Tax/Live" in str(told.value)


def test_a_path_or_an_id_is_one_where_one_is_needed() -> None:
    assert find_one("environment", text("Tax/Live"), ENVIRONMENTS) is TAX_LIVE
    assert find_one("environment", text("3"), ENVIRONMENTS) is LIVE


def test_letter_case_is_ignored_where_that_leaves_one_spelling() -> None:
    shout = named("6", "LIVE", TAX)

    assert find("environment", text("live"), ENVIRONMENTS) == [LIVE, TAX_LIVE]
    assert find("environment", text("tax/LIVE"), ENVIRONMENTS) == [TAX_LIVE]
    assert find("environment", text("LIVE"), [*ENVIRONMENTS, shout]) == [shout]
    with pytest.raises(NotFound) as told:
        find("environment", text("live"), [LIVE, shout])
    assert told.value.near


def test_what_nothing_is_called_is_an_error_with_the_near_names() -> None:
    with pytest.raises(NotFound) as told:
        find("environment", text("tset"), ENVIRONMENTS)

    assert told.value.near == ("Test",)
    assert str(told.value) == "No environment is called 'tset'."
    assert told.value.hint == "Did you mean 'Test'?"


def test_a_user_is_also_called_by_what_else_they_answer_to() -> None:
    user = named("5", "", None, "ines@example.com", "Ines Beck")

    assert find("user", wanted("user", "INES@example.com"), [user]) == [user]
    assert find("user", wanted("user", "Ines Beck"), [user]) == [user]


# ---- what can be given


class Row(NamedTuple):
    id: str
    chain_id: object
    attrs: str = "a column of that name"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("Monthly Close", Wanted("Monthly Close")),
        (54001, Wanted("54001")),
        (np.int64(54001), Wanted("54001")),
        (np.str_("54001"), Wanted("54001")),
        ({"chain_id": 54001}, Wanted("54001", is_id=True)),
        (Row("1", "54001"), Wanted("54001", is_id=True)),
        (Row("1", np.int64(54001)), Wanted("54001", is_id=True)),
        (pd.Series({"id": "1", "chain_id": "54001"}), Wanted("54001", is_id=True)),
    ],
)
def test_a_name_a_number_and_a_row_are_understood(given: object, meant: Wanted) -> None:
    assert wanted("chain", given) == meant


def test_a_row_means_the_id_of_its_own_table() -> None:
    row = pd.Series({"id": "1", "chain_id": "2"})
    row.attrs["onecloud"] = {"table": "runs"}

    assert wanted("run", row).text == "1"
    assert wanted("chain", row).text == "2"


def test_an_id_out_of_a_row_is_never_taken_for_a_name() -> None:
    called_like_an_id = [named("8", "3"), named("9", "3", TAX)]

    row = {"environment_id": "3"}
    assert find("environment", wanted("environment", row), [*called_like_an_id, LIVE]) == [LIVE]
    with pytest.raises(NotFound):
        find("environment", wanted("environment", row), called_like_an_id)


@pytest.mark.parametrize("what", NONSENSE)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_name_is_told_in_two_lines(kind: str, what: str) -> None:
    with pytest.raises(UsageError) as told:
        wanted(kind, NONSENSE[what])

    assert len(lines(told.value)) == 2
    assert max(map(len, lines(told.value))) < 160


@pytest.mark.parametrize("value", [None, 1.5, "", pd.NA, ["5"], True])
def test_a_row_whose_id_is_missing_leads_nowhere(value: object) -> None:
    with pytest.raises(UsageError, match="does not tell the id of an environment"):
        wanted("environment", {"environment_id": value})


@pytest.mark.parametrize(
    "given", ["../../oauth/token", "a?x=1", "%2e%2e", "a/b", "a#b", "a b", "a&b"]
)
def test_a_run_is_asked_for_by_what_can_be_an_id_alone(given: str) -> None:
    with pytest.raises(UsageError, match="that is no id"):
        wanted("run", given)


@pytest.mark.parametrize("given", ["1000000", "e7b0a4c2-31f5-4c6e-8a55-0f1f6d0f8c11", "A_b.c~1:2"])
def test_numbers_and_guids_are_ids_of_runs(given: str) -> None:
    assert wanted("run", given) == Wanted(given)
