"""What the helper is given, shows and imports, and by which way it goes out."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

import pytest
import trustme

from onecloud_magic import OneCloud
from onecloud_magic.credentials.exchange import exchange
from onecloud_magic.credentials.refresh import refresh
from onecloud_magic.credentials.settling import Outcome
from onecloud_magic.errors import NotSignedIn, Unreachable
from onecloud_magic.home import Home
from onecloud_magic.sandbox import Sandbox
from tests.conftest import Clock

from .common import HELPER, TOKEN, Crew, Gate, ask, helpers, is_live, journal, pasted, posts, stored
from .conftest import LIFE, NewAccount, NewSandbox
from .wires import Road

pytestmark = pytest.mark.process

NAME = "onecloud.example"  # made up: no resolver knows it


def run_helper(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # our own module
        [sys.executable, *HELPER, "default", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
    )


def test_the_helper_finds_no_secret_in_its_arguments_or_its_environment(
    expired: OneCloud, crew: Crew, sandbox: Sandbox, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = {"ACCESS_TOKEN", "REFRESH_TOKEN", "CLIENT_SECRET"}
    variables = {f"ONECLOUD_{name}": f"CANARY-{secrets.token_hex(16)}" for name in held}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ONECLOUD_CLIENT_ID", "an-app")
    gate = Gate()
    sandbox.faults.add(gate, path=TOKEN, times=1)
    known = [*pasted(stored(home)).values(), *variables.values()]
    known.remove(stored(home).client_id)
    crew.ready(sandbox)  # the profile is default, so the environment signs nobody in
    crew.go()
    gate.wait()

    [helper] = helpers(home)
    given = Path(f"/proc/{helper}/environ").read_bytes()
    words = Path(f"/proc/{helper}/cmdline").read_bytes()
    gate.open()

    assert crew.done() == ["3"]
    assert b"ONECLOUD_CLIENT_ID=an-app" in given
    assert not [one for one in known if one.encode() in given + words]
    assert not [name for name in variables if name.encode() in given]


def test_the_helper_leads_a_session_of_its_own(
    expired: OneCloud, crew: Crew, sandbox: Sandbox, home: Path
) -> None:
    gate = Gate()
    sandbox.faults.add(gate, path=TOKEN, times=1)
    [waiting] = crew.ready(sandbox)
    crew.go()
    gate.wait()

    [helper] = helpers(home)
    # man 5 proc: after the name in brackets come state, parent, process group and session.
    stat = Path(f"/proc/{helper}/stat").read_text().rpartition(") ")[2].split()
    gate.open()

    assert stat[2:4] == [str(helper), str(helper)]
    assert crew.done() == ["3"]
    assert waiting != helper


def test_the_helper_says_nothing_but_its_outcome(
    expired: OneCloud, home: Path, tmp_path: Path
) -> None:
    before = stored(home)

    told = run_helper("--seen", before.mark, folder=tmp_path)

    assert (told.returncode, told.stderr) == (0, "")
    assert json.loads(told.stdout) == asdict(Outcome("renewed"))
    for record in (before, stored(home)):
        assert not [one for one in pasted(record).values() if one in told.stdout]


def test_a_module_in_the_working_folder_is_not_imported(
    expired: OneCloud, sandbox: Sandbox, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("requests", "filelock", "json"):
        (folder / f"{name}.py").write_text("raise SystemExit('this was imported')\n")
    monkeypatch.chdir(folder)

    assert ask(expired) == 3

    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))


@pytest.mark.parametrize("setting", ["base_url", "token_url"])
def test_a_session_is_of_no_use_at_another_address(
    setting: str,
    expired: OneCloud,
    sandbox: Sandbox,
    new_sandbox: NewSandbox,
    new_account: NewAccount,
    home: Path,
) -> None:
    other = new_sandbox(seed=2)
    elsewhere = new_account(sandbox, **{setting: getattr(other, setting.replace("base_", ""))})

    with pytest.raises(NotSignedIn, match="Not signed in at"):
        ask(elsewhere)

    assert not other.requests
    assert not sandbox.requests
    assert ask(new_account(sandbox)) == 3
    assert is_live(sandbox, stored(home))


# ---- TLS, and a proxy on the way


@pytest.fixture
def far(new_sandbox: NewSandbox, tmp_path: Path) -> Sandbox:
    """A sandbox that has a certificate for a name that only a proxy knows."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    server = tmp_path / "server.pem"
    authority.issue_cert(NAME, "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(server)
    return new_sandbox(certificate=server)


@pytest.fixture
def proxy(far: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Road]:
    with Road(far.port, proxy=True) as road:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{road.port}")
        yield road


def at_the_name(account: NewAccount, far: Sandbox, tmp_path: Path) -> OneCloud:
    return account(far, base_url=f"https://{NAME}", ca_bundle=str(tmp_path / "ca.pem"))


def test_sign_in_calls_and_renewals_go_through_the_proxy(
    far: Sandbox, proxy: Road, new_account: NewAccount, clock: Clock, home: Path, tmp_path: Path
) -> None:
    account = at_the_name(new_account, far, tmp_path)

    account.login(**far.credentials)
    clock.advance(LIFE + 1)
    far.requests.clear()
    asked = len(proxy.asked)

    assert ask(account) == 3
    assert list(posts(far).values()) == [1]
    assert {each.rpartition(" ")[0] for each in proxy.asked} == {f"CONNECT {NAME}:443"}
    assert len(proxy.asked) > asked
    assert stored(home).generation == 1


def test_a_sign_in_with_a_dead_access_token_goes_through_the_proxy(
    far: Sandbox, proxy: Road, new_account: NewAccount, clock: Clock, tmp_path: Path
) -> None:
    clock.advance(LIFE + 1)
    account = at_the_name(new_account, far, tmp_path)

    account.login(**far.credentials)

    assert ask(account) == 3
    assert list(posts(far).values()) == [1]


def test_a_proxy_that_refuses_spends_nothing(
    far: Sandbox, proxy: Road, new_account: NewAccount, clock: Clock, home: Path, tmp_path: Path
) -> None:
    at_the_name(new_account, far, tmp_path).login(**far.credentials)
    ended, record = time.time() - 2 * LIFE, stored(home)
    trusting = partial(exchange, ca_bundle=str(tmp_path / "ca.pem"))
    told = refresh(Home(home), "default", clock=lambda: ended, ask=trusting)
    assert told.kind == "renewed", told
    far.requests.clear()
    proxy.closed = True

    with pytest.raises(
        Unreachable, match=r"nothing was spent: .*the proxy on the way failed"
    ) as no:
        ask(at_the_name(new_account, far, tmp_path))

    assert not no.value.sent
    assert "HTTPS_PROXY" in no.value.hint
    assert not far.requests
    assert not journal(home).exists()
    assert stored(home).generation == record.generation + 1
    proxy.closed = False
    assert ask(at_the_name(new_account, far, tmp_path)) == 3
    assert list(posts(far).values()) == [1]


def test_no_proxy_is_used_for_this_machine(
    expired: OneCloud, sandbox: Sandbox, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Road(sandbox.port, proxy=True) as road:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{road.port}")

        assert ask(expired) == 3

        assert road.asked == []
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))
