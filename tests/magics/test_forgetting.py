"""Where a secret was typed it is taken out of the history, as far as the shell reaches."""

from __future__ import annotations

import linecache
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from onecloud_magic.errors import UsageError
from onecloud_magic.sandbox import Sandbox

from .conftest import NewShell
from .shell import Shell

TYPED = "zkJ8mY-3vQ7tR1nW5xB9cF2hL6pS0dG4uA_eT8iK"
CELL = f"%onecloud login --token {TYPED}"


def stored(shell: Shell) -> str:
    """All that the database of the history holds, as another process reads it."""
    history = shell.ipython.history_manager
    history.writeout_cache()
    with sqlite3.connect(history.hist_file) as database:
        return "\n".join(f"{row}" for row in database.execute("SELECT * FROM history"))


PLACES: dict[str, Callable[[Shell], object]] = {
    "In": lambda shell: shell.names["In"],
    "_ih": lambda shell: shell.names["_ih"],
    "_i": lambda shell: [shell.names[name] for name in ("_i", "_ii", "_iii")],
    "_iN": lambda shell: {
        name: value for name, value in shell.names.items() if name.startswith("_i")
    },
    "parsed": lambda shell: shell.ipython.history_manager.input_hist_parsed,
    "raw": lambda shell: shell.ipython.history_manager.input_hist_raw,
    "the manager": lambda shell: {
        name: getattr(shell.ipython.history_manager, name) for name in ("_i00", "_i", "_ii", "_iii")
    },
    "to be written": lambda shell: shell.ipython.history_manager.db_input_cache,
    "database": stored,
    "linecache": lambda shell: linecache.cache,
    "%history": lambda shell: (shell.run("%history -n"), shell.out),
    "out": lambda shell: shell.names["Out"],
}


def refused(shell: Shell, cell: str = CELL) -> UsageError:
    with pytest.raises(UsageError, match="secret") as told:
        shell.run(cell)
    return told.value


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("cells", [0, 1, 2, 3])
def test_it_is_gone_from_everywhere(
    shell: Shell, place: Callable[[Shell], object], cells: int
) -> None:
    error = refused(shell)
    for number in range(cells):
        shell.run(f"x = {number}")

    assert TYPED not in str(place(shell))
    assert "but stands where it was typed: delete it there." in str(error)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_it_is_gone_where_it_was_typed_before_without_us(
    shell: Shell, place: Callable[[Shell], object]
) -> None:
    shell.run(f"# a note of mine: {TYPED}")
    shell.run("x = 1")

    refused(shell)

    assert TYPED not in str(place(shell))


def test_the_rest_of_the_history_stays(shell: Shell) -> None:
    shell.run("first = 1")
    refused(shell, f"{CELL} -p work")
    shell.run("last = 1")

    raw = shell.ipython.history_manager.input_hist_raw
    assert raw[-3:] == ["first = 1", "%onecloud [secret]", "last = 1"]
    assert shell.names["In"][-2].startswith("get_ipython().run_line_magic('onecloud'")
    assert "[secret]" in stored(shell)
    assert "first = 1" in stored(shell)


def test_it_is_gone_where_the_saving_thread_has_already_written_it(shell: Shell) -> None:
    history = shell.ipython.history_manager
    written: list[str] = []

    def save() -> None:
        history.writeout_cache()
        written.append(stored(shell))

    shell.ipython.events.register("pre_run_cell", lambda info: save() if written else None)
    shell.run(f"# {TYPED}")
    save()

    refused(shell)

    assert TYPED in written[0]
    assert TYPED not in stored(shell)


def test_it_is_gone_where_it_was_written_in_the_middle_of_the_cell(shell: Shell) -> None:
    shell.ipython.user_ns["save"] = shell.ipython.history_manager.writeout_cache

    refused(shell, f"save()\n{CELL}")

    assert TYPED not in stored(shell)
    assert TYPED not in str(shell.names["In"])


def test_a_known_token_is_gone_too(signed_in: Shell, sandbox: Sandbox) -> None:
    token = sandbox.credentials["access_token"]

    refused(signed_in, f"%onecloud runs -i key={token}")

    for place in PLACES.values():
        assert token not in str(place(signed_in))


def test_a_database_that_cannot_be_written_is_said(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = shell.ipython.history_manager
    history.writeout_cache()
    other = sqlite3.connect(history.hist_file, isolation_level=None)
    history.db.execute("PRAGMA busy_timeout = 0")
    other.execute("BEGIN EXCLUSIVE")  # another process writes, and goes on for long
    try:
        error = refused(shell)
    finally:
        other.close()

    assert "It could not be taken out of the history as a whole" in str(error)
    assert TYPED not in str(shell.names["In"])


def test_a_history_that_is_not_kept_is_no_trouble(new_shell: NewShell) -> None:
    shell = new_shell(HistoryManager={"enabled": False})
    shell.run("%load_ext onecloud_magic")

    error = refused(shell)

    assert "could not be changed" not in str(error)
    assert TYPED not in str(shell.names["In"])


def test_the_history_of_other_sessions_is_left_alone(new_shell: NewShell, tmp_path: Path) -> None:
    shell = new_shell()
    history = shell.ipython.history_manager
    with history.db as database:
        database.execute("INSERT INTO history VALUES (?, 1, ?, ?)", (10_000, TYPED, TYPED))
    shell.run("%load_ext onecloud_magic")

    refused(shell)

    assert stored(shell).count(TYPED) == 2


@pytest.mark.parametrize("word", ["1", "x", "abc", "seven77"])
def test_a_word_too_short_for_a_token_does_not_tear_the_history(shell: Shell, word: str) -> None:
    shell.run(f"{'a' + word} = 1")

    refused(shell, f"%onecloud login {word}")

    assert f"a{word} = 1" in shell.names["In"]


def test_variables_of_the_user_that_begin_alike_are_left_alone(shell: Shell) -> None:
    shell.run(f"_important = {TYPED!r}\nmine = {TYPED!r}")

    refused(shell)

    assert shell.names["mine"] == TYPED
