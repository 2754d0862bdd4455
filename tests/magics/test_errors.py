"""An error of ours: two or three lines under its own name, and the cell has failed."""

from __future__ import annotations

import warnings

import pytest

from onecloud_magic import OneCloud, OneCloudError, errors
from onecloud_magic.sandbox import Sandbox, faults

from .shell import Shell

FAULTS: dict[str, tuple[type[OneCloudError], faults.Fault]] = {
    "403": (errors.Forbidden, faults.status(403)),
    "401": (errors.SessionRejected, faults.status(401)),
    "redirect": (errors.Unreachable, faults.redirect("https://elsewhere.example/")),
    "empty": (errors.BadAnswer, faults.empty_body()),
    "html": (errors.BadAnswer, faults.html_instead()),
}
LINES: list[tuple[type[OneCloudError], str]] = [
    (errors.UsageError, "%onecloud chans"),
    (errors.UsageError, "%onecloud runs --limit x"),
    (errors.UsageError, "%onecloud runs --since nonsense"),
    (errors.NotFound, "%onecloud chains -e Prodction"),
    (errors.NotFound, "%onecloud chains -e zzz"),
    (errors.NotFound, "%onecloud nodes 1"),
    (errors.NotSignedIn, "%onecloud chains -p nobody"),
    (errors.NotFound, "df = %onecloud chains -e zzz"),
    (errors.NotFound, "%onecloud chains -e zzz -o df;"),
]


@pytest.mark.parametrize(("kind", "cell"), LINES)
def test_an_error_is_two_or_three_lines_under_its_own_name(
    signed_in: Shell, kind: type[OneCloudError], cell: str
) -> None:
    with pytest.raises(kind) as told:
        signed_in.run(cell)

    assert type(told.value) is kind
    shown = signed_in.out.rstrip("\n").splitlines()
    assert shown == "\n".join(told.value.lines).splitlines()
    assert shown[0] == f"{kind.__name__}: {told.value}"
    assert len(shown) <= 3
    assert signed_in.err == ""


@pytest.mark.parametrize(("kind", "fault"), FAULTS.values(), ids=FAULTS)
def test_what_the_service_does_wrong_is_told_alike(
    signed_in: Shell, sandbox: Sandbox, kind: type[OneCloudError], fault: faults.Fault
) -> None:
    sandbox.faults.add(fault)

    with pytest.raises(kind):
        signed_in.run("%onecloud workspaces")

    shown = signed_in.out.rstrip("\n").splitlines()
    assert shown[0].startswith(f"{kind.__name__}: ")
    assert 2 <= len(shown) <= 3


@pytest.mark.parametrize("mode", ["Context", "Plain", "Minimal"])
def test_no_other_mode_shows_a_traceback(signed_in: Shell, mode: str) -> None:
    signed_in.run(f"%xmode {mode}")

    with pytest.raises(errors.NotFound) as told:
        signed_in.run("%onecloud chains -e zzz")

    assert signed_in.out.splitlines()[0] == f"NotFound: {told.value}"
    assert "Traceback" not in signed_in.out


def test_verbose_shows_the_whole_traceback_and_the_hint(signed_in: Shell) -> None:
    signed_in.run("%xmode Verbose")

    with pytest.raises(errors.NotFound) as told:
        signed_in.run("%onecloud chains -e Prodction")

    assert "Traceback" in signed_in.out
    assert "reads.py" in signed_in.out
    assert str(told.value) in signed_in.out
    assert told.value.hint in signed_in.out


def test_an_error_ends_the_cell_and_stores_nothing(signed_in: Shell) -> None:
    with pytest.raises(errors.NotFound):
        signed_in.run("before = 1\n%onecloud chains -e zzz -o df\nafter = 1")

    assert "before" in signed_in.names
    assert not {"df", "after"} & signed_in.names.keys()


def test_an_error_can_be_caught_in_the_cell(signed_in: Shell) -> None:
    signed_in.run(
        "from onecloud_magic.errors import NotFound\n"
        "try:\n"
        "    %onecloud chains -e zzz\n"
        "except NotFound as error:\n"
        "    wanted = error.wanted"
    )

    assert signed_in.names["wanted"] == "zzz"


def test_a_notice_is_one_line_on_stdout_and_no_warning(signed_in: Shell) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        signed_in.run("df = %onecloud logins --limit 3")

    assert signed_in.out.count("\n") == 1
    assert signed_in.out.startswith("logins: 3 read, and there may be more.")
    assert signed_in.err == ""


def test_a_notice_comes_each_time(signed_in: Shell) -> None:
    for _ in range(2):
        signed_in.run("%onecloud logins --limit 3;")

        assert "3 read" in signed_in.out


def test_other_warnings_pass_through(signed_in: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    read = OneCloud.workspaces

    def talkative(oc: OneCloud, refresh: bool = False) -> object:
        warnings.warn("of somebody else", FutureWarning, stacklevel=1)
        return read(oc, refresh)

    monkeypatch.setattr(OneCloud, "workspaces", talkative)

    with pytest.warns(FutureWarning, match="of somebody else"):
        signed_in.run("df = %onecloud workspaces")

    assert signed_in.out == ""
    assert len(signed_in.names["df"]) == 3


def test_warnings_before_an_error_pass_through_too(
    signed_in: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(oc: OneCloud, refresh: bool = False) -> object:
        warnings.warn("of somebody else", FutureWarning, stacklevel=1)
        raise OneCloudError("It did not work.")

    monkeypatch.setattr(OneCloud, "workspaces", failing)

    with pytest.warns(FutureWarning), pytest.raises(OneCloudError):
        signed_in.run("%onecloud workspaces")
