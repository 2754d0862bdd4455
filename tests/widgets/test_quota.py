"""The quota gauge: figures of the headers, live where it is watched."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.widgets import QuotaGauge, live
from tests.account.conftest import SignIn

from .page import until


class Outputs:
    """Stands in for the output of a notebook: what was shown, by its display id."""

    def __init__(self) -> None:
        self.shown: dict[str, list[str]] = {}

    def display(self, card: Any, *, display_id: Any = None) -> SimpleNamespace:
        name = display_id if isinstance(display_id, str) else f"id {len(self.shown)}"
        self.shown.setdefault(name, []).append(card.html)
        return SimpleNamespace(display_id=name)

    def update(self, card: Any, *, display_id: str) -> None:
        self.shown[display_id].append(card.html)


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> Outputs:
    outputs = Outputs()
    monkeypatch.setattr(live, "display", outputs.display)
    monkeypatch.setattr(live, "update_display", outputs.update)
    monkeypatch.setattr(live, "kernel", lambda: object())
    return outputs


@pytest.fixture
def account(sandbox: Sandbox, sign_in: SignIn) -> OneCloud:
    return sign_in(sandbox, timezone="UTC", burst_limit=100)


@pytest.fixture
def watched(account: OneCloud, outputs: Outputs) -> Iterator[QuotaGauge]:
    gauge = QuotaGauge(account, watch=True)
    gauge._ipython_display_()
    yield gauge
    gauge.close()


def test_its_figures_are_those_of_the_headers_and_of_nothing_else(
    account: OneCloud, sandbox: Sandbox
) -> None:
    sandbox.faults.add(faults.quota_nearly_spent(burst=7, daily=123))
    account.call("getWorkspaces")

    text = QuotaGauge(account).card.text

    assert "7 of 100, low" in text
    assert "123 of 50,000, low" in text


@pytest.mark.parametrize(
    ("header", "label"),
    [("oc-api-burst-remaining", "calls left in 20 s"), ("oc-api-daily-remaining", "in 24 h")],
)
def test_a_header_that_was_not_sent_is_not_told(
    account: OneCloud, sandbox: Sandbox, header: str, label: str
) -> None:
    sandbox.faults.add(faults.header_missing(header))
    account.call("getWorkspaces")

    [line] = [each for each in QuotaGauge(account).card.text.splitlines() if label in each]

    assert line.endswith("not told")


def test_it_is_the_same_in_html_and_in_text_and_costs_no_call(
    account: OneCloud, sandbox: Sandbox
) -> None:
    before = len(sandbox.requests)
    gauge = QuotaGauge(account)

    shown = gauge._repr_mimebundle_()

    assert set(shown) == {"text/html", "text/plain"}
    for words in ("default", sandbox.url, "99 of 100, ok", "no call waits"):
        assert words in shown["text/html"]
        assert words in shown["text/plain"]
    assert repr(gauge) == shown["text/plain"]
    assert len(sandbox.requests) == before


def test_a_wait_is_told_with_its_reason_and_its_end(account: OneCloud) -> None:
    account.activity.wait(12.0, "100 calls in 20 s were made")
    account.activity.calls_expected = 260

    text = QuotaGauge(account).card.text

    assert "waiting until 20" in text
    assert "100 calls in 20 s were made" in text
    assert "of 260 calls made" in text


def test_at_a_rate_it_says_when_the_day_will_be_spent(account: OneCloud, sandbox: Sandbox) -> None:
    usage = account.quota.usage
    usage.forget()
    assert "not known yet" in QuotaGauge(account).card.text
    ends = time.time()
    usage.told(ends - 300, 1000)
    usage.told(ends - 1, 500)

    text = QuotaGauge(account).card.text

    assert "100.0 calls a minute" in text
    assert "the day's calls are spent at" in text


# ---- watched


def test_one_that_is_not_watched_is_shown_as_it_is(account: OneCloud) -> None:
    with pytest.raises(NotImplementedError):  # what makes IPython show its mimebundle
        QuotaGauge(account)._ipython_display_()


def test_one_that_is_watched_moves_with_every_answer(
    watched: QuotaGauge, outputs: Outputs, account: OneCloud, sandbox: Sandbox
) -> None:
    [(_, cards)] = outputs.shown.items()
    assert "99 of 100" in cards[0]
    sandbox.faults.add(faults.quota_nearly_spent(burst=41, daily=4100))

    account.call("getWorkspaces")

    until(lambda: "41 of 100" in cards[-1])
    assert "4,100 of 50,000" in cards[-1]


def test_two_of_one_account_agree(watched: QuotaGauge, outputs: Outputs, account: OneCloud) -> None:
    other = QuotaGauge(account, watch=True)
    other._ipython_display_()

    account.call("getWorkspaces")

    until(lambda: all("98 of 100" in cards[-1] for cards in outputs.shown.values()))
    assert len(outputs.shown) == 2
    other.close()


def test_one_that_is_closed_stands_still(
    watched: QuotaGauge, outputs: Outputs, account: OneCloud
) -> None:
    [(_, cards)] = outputs.shown.items()

    watched.close()
    account.call("getWorkspaces")

    assert not any("98 of 100" in each for each in cards)
    watched.close()  # twice is well


def test_in_voila_it_is_a_widget(
    account: OneCloud, monkeypatch: pytest.MonkeyPatch, outputs: Outputs
) -> None:
    shown: list[Any] = []
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    monkeypatch.setattr(live, "display", shown.append)
    gauge = QuotaGauge(account, watch=True)
    gauge._ipython_display_()

    account.call("getWorkspaces")

    until(lambda: "98 of 100" in shown[0].value)
    gauge.close()
