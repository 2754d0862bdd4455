"""Settings: where their values come from, what beats what, and what cannot be one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from onecloud_magic import OneCloud
from onecloud_magic.errors import UsageError
from onecloud_magic.sandbox import Sandbox

from .conftest import SignIn
from .nonsense import NONSENSE, lines

SETTINGS = OneCloud.class_traits(config=True)
# In Python a boolean is a number.
MAY_BE = {("timeout", "a boolean"), ("timeout", "a fraction"), ("burst_limit", "a boolean")}
NewShell = Callable[[dict[str, Any]], InteractiveShell]


@pytest.fixture
def new_shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[NewShell]:
    """Start a shell with a configuration for OneCloud, as an `ipython_config.py` would."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))

    def started(values: dict[str, Any]) -> InteractiveShell:
        config = Config({"OneCloud": values, "HistoryManager": {"enabled": False}})
        return InteractiveShell.instance(config=config)

    yield started
    InteractiveShell.clear_instance()


def test_without_a_word_every_setting_has_its_default() -> None:
    account = OneCloud()

    assert (account.base_url, account.timeout, account.burst_limit) == ("classic", 30.0, 100)
    assert (account.burst_window, account.daily_limit, account.cache_ttl) == (20.0, 50_000, 600.0)
    assert account.session.host == "https://api.onecloud.io"


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_says_what_it_is_for(name: str) -> None:
    assert str(SETTINGS[name].help).endswith(".")


def test_a_keyword_beats_the_environment_which_beats_the_configuration(
    monkeypatch: pytest.MonkeyPatch, new_shell: NewShell
) -> None:
    new_shell({"timeout": 7.0, "burst_limit": 7, "cache_ttl": 7.0})
    monkeypatch.setenv("ONECLOUD_TIMEOUT", "8")
    monkeypatch.setenv("ONECLOUD_BURST_LIMIT", "8")

    account = OneCloud(timeout=9.0)

    assert (account.timeout, account.burst_limit, account.cache_ttl) == (9.0, 8, 7.0)
    assert account.daily_limit == 50_000


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("base_url", "eu", "eu"),
        ("timeout", "12.5", 12.5),
        ("burst_limit", "40", 40),
        ("token_store", "memory", "memory"),
        ("timezone", "Europe/Berlin", "Europe/Berlin"),
        ("workspace", "*", "*"),
        ("environment", "2026", "2026"),
    ],
)
def test_an_environment_variable_sets_what_it_is_named_after(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object
) -> None:
    monkeypatch.setenv(f"ONECLOUD_{name.upper()}", text)

    assert getattr(OneCloud(), name) == value


def test_an_empty_environment_variable_sets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECLOUD_TIMEOUT", "")

    assert OneCloud().timeout == 30.0


def test_hosts_go_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECLOUD_BASE_URL", "eu")

    assert OneCloud().session.host == "https://h.eu.wdesk.com/s/wdata/oc/api"
    assert OneCloud(base_url="classic").session.host == "https://api.onecloud.io"


def test_config_reaches_the_accounts_that_there_are_and_those_to_come(new_shell: NewShell) -> None:
    shell = new_shell({})
    before = OneCloud()

    shell.run_line_magic("config", "OneCloud.timeout = 11.0")

    assert before.timeout == 11.0
    assert OneCloud().timeout == 11.0
    assert before.parent is shell


def test_a_configuration_that_cannot_be_is_an_error_of_ours(new_shell: NewShell) -> None:
    new_shell({"timeout": "soon"})

    with pytest.raises(UsageError, match="configuration") as told:
        OneCloud()

    assert "timeout" in told.value.hint
    assert len(lines(told.value)) == 2


def test_an_unknown_keyword_is_a_type_error_that_names_the_settings() -> None:
    with pytest.raises(TypeError, match=r"no setting colour; it has base_url, .*workspace"):
        OneCloud(colour="red")


@pytest.mark.parametrize("name", ["timeout", "burst_limit", "token_store", "base_url"])
@pytest.mark.parametrize("what", NONSENSE)
def test_a_value_that_cannot_be_is_told_in_two_lines(name: str, what: str) -> None:
    if (name, what) in MAY_BE:
        return

    with pytest.raises(UsageError) as told:
        OneCloud(**cast("Any", {name: NONSENSE[what]}))

    assert 1 <= len(lines(told.value)) <= 2
    assert max(map(len, lines(told.value))) < 320


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("timeout", 0.0), ("timeout", -1.0), ("timeout", 1e9), ("burst_window", float("nan"))),
        *(
            ("burst_limit", 0),
            ("daily_limit", -5),
            ("cache_ttl", -1.0),
            ("cache_ttl", float("nan")),
        ),
    ],
)
def test_a_number_out_of_its_range_is_refused(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=f"The setting {name} cannot be"):
        OneCloud(**cast("Any", {name: value}))


def test_a_variable_that_cannot_be_is_called_by_its_own_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ONECLOUD_BURST_LIMIT", "many")

    with pytest.raises(UsageError, match="ONECLOUD_BURST_LIMIT cannot be 'many'"):
        OneCloud()


@pytest.mark.parametrize(
    "url", ["http://example.com", "ftp://example.com", "example.com", "https://", "https://u:p@h"]
)
def test_a_host_that_no_token_may_go_to_is_refused_at_once(url: str) -> None:
    with pytest.raises(UsageError, match="base_url cannot be used"):
        OneCloud(base_url=url)


def test_certificates_that_there_are_not_are_told_before_any_call(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    account = OneCloud(base_url=sandbox.url, ca_bundle=str(tmp_path / "none.pem"))

    with pytest.raises(UsageError, match="There are no certificates"):
        account.login(**sandbox.credentials)
    assert not sandbox.requests


def test_a_setting_that_is_changed_holds_from_the_next_call_on(
    sandbox: Sandbox, sign_in: SignIn
) -> None:
    account = sign_in(sandbox)
    account.workspaces()

    account.cache_ttl = 0.0
    account.burst_limit = 77

    account.environments()
    assert account.environments().attrs["onecloud"]["source"] == "network"
    assert account.quota.burst_limit == 77
