"""The field for a secret: what is typed can be taken once, and is to be seen nowhere."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import threading
from collections.abc import Callable, Iterator

import pytest
from ipywidgets import Password, Widget, embed

from onecloud_magic.credentials.secret import Secret
from onecloud_magic.errors import UsageError
from onecloud_magic.widgets import SecretField

from .page import Page, until

CANARY = "CANARY-0f3b8a-4711"


@pytest.fixture
def field(page: Page) -> Iterator[SecretField]:
    field = SecretField(description="Access token")
    yield field
    field.close()


def taken(field: SecretField) -> str | None:
    held = field.take(0)
    return None if held is None else held.reveal()


# ---- taking it


def test_what_was_typed_can_be_taken_once(field: SecretField, page: Page) -> None:
    page.type(field, CANARY)

    assert field.take() == Secret(CANARY)
    assert field.take(0) is None


def test_blanks_and_quotes_around_it_are_dropped(field: SecretField, page: Page) -> None:
    page.type(field, f' "{CANARY}"  ')

    assert taken(field) == CANARY


def test_what_was_typed_last_counts(field: SecretField, page: Page) -> None:
    page.type(field, "something else")
    page.type(field, CANARY)

    assert taken(field) == CANARY


def test_the_same_text_may_come_twice(field: SecretField, page: Page) -> None:
    page.type(field, CANARY)
    taken(field)
    page.sent.clear()

    page.type(field, CANARY)

    assert page.values(field) == [""]
    assert taken(field) == CANARY


def test_it_is_waited_for_when_a_click_overtakes_it(field: SecretField, page: Page) -> None:
    late = threading.Timer(0.1, page.send, [field, CANARY])
    late.start()

    held = field.take(20.0)

    late.join()
    assert held == Secret(CANARY)


def test_an_empty_field_is_not_waited_for_longer_than_told(field: SecretField) -> None:
    assert field.take(0.01) is None


@pytest.mark.parametrize("typed", ["", " ", "\n"])
def test_an_empty_text_is_none(field: SecretField, page: Page, typed: str) -> None:
    page.type(field, typed)

    assert taken(field) is None
    assert field.placeholder == ""


@pytest.mark.parametrize("typed", ["two words-4711", "snow☃4711", "x" * 20_000])
def test_what_is_no_token_is_said_when_it_is_taken(
    field: SecretField, page: Page, typed: str
) -> None:
    page.type(field, typed)

    with pytest.raises(UsageError, match="The access token is") as told:
        field.take(0)

    assert "4711" not in str(told.value) + told.value.hint
    assert field.take(0) is None


def test_python_may_type_into_it_as_well(field: SecretField) -> None:
    field.value = CANARY

    assert field.value == ""
    assert taken(field) == CANARY


def test_it_can_be_forgotten(field: SecretField, page: Page) -> None:
    page.type(field, CANARY)

    field.drop()

    assert taken(field) is None
    assert field.placeholder == ""


# ---- what is left of it


def test_every_text_is_answered_by_an_empty_one_and_a_second_message(
    field: SecretField, page: Page
) -> None:
    page.sent.clear()

    page.type(field, CANARY)

    told = [each["state"] for each in page.to(field)]
    place = told.index({"value": ""})
    assert {"placeholder": "entered"} in told[place + 1 :]
    assert all(each["method"] == "update" for each in page.to(field))


def test_its_placeholder_says_that_something_was_entered(field: SecretField, page: Page) -> None:
    page.type(field, CANARY)
    entered = field.placeholder

    field.take()

    assert (entered, field.placeholder) == ("entered", "")


SHOWN: dict[str, Callable[[SecretField], object]] = {
    "state": lambda field: field.get_state(),
    "repr": repr,
    "str": str,
    "vars": vars,
    "traits": lambda field: field._trait_values,
    "trait_values": lambda field: field.trait_values(),
    "manager": lambda field: Widget.get_manager_state(),
    "embed": lambda field: embed.embed_snippet([field]),
    "mimebundle": lambda field: field._repr_mimebundle_(),
}


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
@pytest.mark.parametrize("typed", [CANARY, f"{CANARY} and more"])
def test_nothing_shows_it(
    field: SecretField, page: Page, typed: str, show: Callable[[SecretField], object]
) -> None:
    page.type(field, typed)

    shown = show(field)

    assert CANARY not in json.dumps(shown, default=repr) + repr(shown)


def test_no_message_has_it(field: SecretField, page: Page) -> None:
    page.type(field, CANARY)
    field.value = CANARY
    field.take()

    assert page.sent
    assert CANARY not in page.text


def test_a_text_that_got_into_the_trait_is_not_told_to_anybody(
    field: SecretField, page: Page
) -> None:
    field._trait_values["value"] = CANARY
    field.send_state()

    assert CANARY not in json.dumps(field.get_state(), default=repr) + page.text


def test_no_other_client_hears_an_echo(field: SecretField, page: Page) -> None:
    Password.set_state(field, {"value": CANARY})

    assert CANARY not in page.text
    assert "echo_update" not in page.text
    assert taken(field) == CANARY


@pytest.mark.parametrize("keep", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_neither_pickled_nor_copied(
    field: SecretField, keep: Callable[[object], object]
) -> None:
    with pytest.raises((TypeError, NotImplementedError), match="copied"):
        keep(field)


def test_nothing_holds_it_once_it_was_taken(field: SecretField, page: Page) -> None:
    page.type(field, CANARY)
    field.take()
    page.sent.clear()
    gc.collect()

    held = [each for each in gc.get_objects() if isinstance(each, Secret)]

    assert not [each for each in held if each.reveal() == CANARY]


def test_a_failure_on_the_way_shows_nothing_and_is_said(
    page: Page, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(text: str) -> bool:
        raise ValueError(text)

    field = SecretField(spread=fails)

    page.type(field, CANARY)

    with pytest.raises(UsageError, match=r"could not be read \(ValueError\)"):
        field.take(0)
    printed = capsys.readouterr()
    assert CANARY not in caplog.text + printed.out + printed.err


def test_many_may_type_and_take_at_once(field: SecretField, page: Page) -> None:
    texts = [f"{CANARY}-{number}" for number in range(200)]
    found: list[Secret] = []
    ends = threading.Event()

    def take_them() -> None:
        while not ends.is_set():
            held = field.take(0.001)
            found.extend([] if held is None else [held])

    taking = threading.Thread(target=take_them)
    taking.start()
    for text in texts:
        page.send(field, text)
    until(lambda: not field.arrives(0))
    ends.set()
    taking.join()

    assert Secret(texts[-1]) in found
    assert len(found) == len(set(found))
