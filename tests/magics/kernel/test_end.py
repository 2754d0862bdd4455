"""The embedded service ends with its kernel, and with it the session at it."""

from __future__ import annotations

import socket

import pytest

from onecloud_magic.sandbox import Sandbox

from .conftest import NewKernel, NewPlace
from .running import Kernel, running, wait_until

pytestmark = pytest.mark.process


def start_sandbox(kernel: Kernel) -> int:
    """Start the embedded service; gives its port."""
    kernel.run("%load_ext onecloud_magic").succeeded()
    kernel.run("oc = %onecloud sandbox").succeeded()
    return int(kernel.value("oc.session.host").rpartition(":")[2])


def listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def test_it_ends_with_its_kernel(new_kernel: NewKernel) -> None:
    kernel = new_kernel()
    port = start_sandbox(kernel)
    assert kernel.place.records == ["sandbox"]
    assert listens(port)

    kernel.shut_down()

    assert not listens(port)
    assert kernel.place.records == []


def test_it_ends_when_the_extension_goes(new_kernel: NewKernel) -> None:
    kernel = new_kernel()
    port = start_sandbox(kernel)

    kernel.run("%unload_ext onecloud_magic").succeeded()

    assert not listens(port)
    assert kernel.place.records == []
    assert "UsageError" in kernel.run("%onecloud").printed
    again = start_sandbox(kernel)
    assert listens(again)


def test_two_kernels_have_one_each(new_place: NewPlace) -> None:
    place = new_place()
    with running(place) as first, running(place) as second:
        ports = {start_sandbox(first), start_sandbox(second)}
        assert len(ports) == 2

        second.shut_down()

        frame = first.run("%onecloud environments --refresh")
        assert frame.succeeded().data["text/plain"]
        assert first.run("%onecloud sandbox").succeeded()

    assert not any(listens(each) for each in ports)
    assert place.records == []


def test_after_a_kernel_that_was_killed_the_next_one_says_so_and_starts_another(
    new_place: NewPlace,
) -> None:
    place = new_place(ONECLOUD_PROFILE="sandbox")
    with running(place) as killed:
        port = start_sandbox(killed)
        killed.kill()
    wait_until(lambda: not listens(port))
    assert place.records == ["sandbox"]

    with running(place) as kernel:
        kernel.run("%load_ext onecloud_magic").succeeded()
        card = kernel.run("%onecloud").data["text/plain"]
        error = kernel.run("%onecloud chains").error
        another = kernel.run("%onecloud sandbox").data["text/plain"]
        frame = kernel.run("%onecloud workspaces").data["text/plain"]

    assert "SANDBOX" in card
    assert error["ename"] == "Unreachable"
    assert f"127.0.0.1:{port}" in error["evalue"]
    assert "%onecloud sandbox starts another" in error["traceback"][-1]
    assert "active" in another
    assert "Finance Close" in frame
    assert place.records == []


def test_a_kernel_without_its_sandbox_can_go_back_to_another_profile(new_place: NewPlace) -> None:
    place = new_place()
    with running(place) as killed:
        start_sandbox(killed)
        killed.kill()

    with running(place) as kernel:
        kernel.run("%load_ext onecloud_magic").succeeded()
        current = kernel.run("%onecloud").data["text/plain"]
        chosen = kernel.run("%onecloud use sandbox").data["text/plain"]
        out = kernel.run("%onecloud logout").data["text/plain"]

    assert "default" in current
    assert "SANDBOX" in chosen
    assert "signed out" in out
    assert place.records == []


# ---- from trying it out to the real thing, in one kernel


def test_another_host_by_config_does_not_lose_the_sandbox(new_kernel: NewKernel) -> None:
    kernel = new_kernel()
    port = start_sandbox(kernel)
    kernel.run("%config OneCloud.base_url = 'us'").succeeded()

    again = kernel.run("%onecloud sandbox").reply["content"]["status"]
    kernel.shut_down()

    assert again == "ok"
    assert not listens(port)
    assert kernel.place.records == []


def test_a_real_session_after_the_sandbox_outlives_the_kernel(
    new_kernel: NewKernel, service: Sandbox
) -> None:
    token = service.enable_access()["access_token"]
    kernel = new_kernel()
    start_sandbox(kernel)
    kernel.run(f"%config OneCloud.base_url = '{service.url}'").succeeded()

    card = kernel.run("%onecloud login --ask", answers=[token, ""]).data["text/plain"]
    kernel.shut_down()

    assert "SANDBOX" not in card
    assert kernel.place.records == ["default"]
