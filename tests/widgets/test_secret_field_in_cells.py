"""The fields of a form while a cell runs: nobody can type into them, and nobody can paste."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from onecloud_magic.widgets import SecretField
from onecloud_magic.widgets.secret_field import OpenField

from .page import Page

CANARY = "CANARY-0f3b8a-4711"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Any]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    shell: Any = InteractiveShell.instance()
    shell.history_manager.enabled = False
    yield shell
    shell.restore_sys_module_state()
    InteractiveShell.clear_instance()


@pytest.fixture(params=[SecretField, OpenField])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_it_is_disabled_while_a_cell_runs(page: Page, shell: Any, kind: Any) -> None:
    field = kind()
    before, shell.user_ns["field"] = field.disabled, field

    shell.run_cell("while_it_ran = field.disabled", store_history=False)

    assert [before, shell.user_ns["while_it_ran"], field.disabled] == [False, True, False]


def test_one_that_a_cell_makes_is_enabled_at_its_end(page: Page, shell: Any, kind: Any) -> None:
    shell.user_ns["kind"] = kind

    shell.run_cell("field = kind(); while_it_ran = field.disabled")

    assert [shell.user_ns["while_it_ran"], shell.user_ns["field"].disabled] == [True, False]


def test_a_locked_one_stays_disabled_after_a_cell(page: Page, shell: Any, kind: Any) -> None:
    field = kind()
    field.lock(True)

    shell.run_cell("None")
    after = field.disabled
    field.lock(False)

    assert (after, field.disabled) == (True, False)


def test_a_closed_one_has_left_the_shell(page: Page, shell: Any, kind: Any) -> None:
    before = {name: list(each) for name, each in shell.events.callbacks.items()}
    field = kind()

    field.close()
    field.close()

    assert {name: list(each) for name, each in shell.events.callbacks.items()} == before


def test_a_closed_one_holds_nothing(page: Page, shell: Any) -> None:
    field = SecretField()
    page.type(field, CANARY)

    field.close()

    assert field.take(0) is None
