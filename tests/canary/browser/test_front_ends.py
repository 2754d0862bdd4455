"""A person signs in by the form; of all that is kept, only the store has a secret in it."""

from __future__ import annotations

import pytest

from onecloud_magic.sandbox import Sandbox
from tests.browser.desk import Desk, Opens
from tests.browser.front_end import FrontEnd
from tests.browser.lab import Lab, Notebook7
from tests.browser.voila import Voila

from ..canaries import Canaries, made_up
from ..eye import Eye, Sight
from .memory import heap, stored

pytestmark = pytest.mark.browser

LABELS = {
    "access_token": "Access token",
    "refresh_token": "Refresh token",
    "client_id": "Client ID",
    "client_secret": "Client secret",
}
PLAIN = "from ipywidgets import Password; Password(description='Plain')"  # it leaks everywhere
LOGS = """
import logging
logging.basicConfig(filename="debug.log", level=logging.DEBUG, force=True)
"""


def cells(service: Sandbox) -> tuple[str, ...]:
    address = f"%config OneCloud.base_url = '{service.url}'"
    return (f"%load_ext onecloud_magic\n{address}{LOGS}", "%onecloud login", PLAIN)


def enter(notebook: FrontEnd, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        # What is no secret may stand there from before.
        notebook.type_into(LABELS[name], text, key_by_key=name != "client_id")


def a_day(notebook: FrontEnd, service: Sandbox, canaries: Canaries) -> None:
    """Sign in with what is wrong, with what is right, renew, sign out, sign in as another."""
    roles = [name for name in LABELS if name != "client_id"]
    enter(notebook, {role: canaries.new(role) for role in roles} | {"client_id": "an app"})
    notebook.press("Sign in")
    notebook.shows("no longer takes")
    enter(notebook, service.credentials)
    notebook.press("Sign in")
    notebook.shows("Signed in at")
    notebook.press("Refresh now")
    notebook.shows("A new access token is there")
    notebook.press("Sign out")
    notebook.shows("live until")
    enter(notebook, service.enable_access())
    notebook.press("Sign in")
    notebook.shows("Signed in at")
    notebook.press("Sign in again")
    enter(notebook, {"access_token": canaries.new("left in the field")})
    notebook.type_into("Client ID", "an app")  # leaves the field before


def in_page(notebook: FrontEnd, eye: Eye) -> list[Sight]:
    """What can be seen in the page, and in what it keeps."""
    return [
        *eye.at(notebook.widget_models(), "the models of the page"),
        *eye.at(notebook.page.content(), "the page"),
        *eye.at(stored(notebook.page), "what the page stores"),
    ]


def on_disk(desk: Desk, notebook: FrontEnd, eye: Eye) -> tuple[list[Sight], set[str]]:
    """What can be seen below the server's folder, and where it may be."""
    top = desk.server.root.parent
    mine = notebook.notebook.file.parent.relative_to(top).as_posix()
    return eye.below(top), {f"{mine}/onecloud/profiles/default/record.json"}


@pytest.mark.parametrize("kind", [Lab, Notebook7, Voila])
def test_only_the_store_has_a_secret_after_a_day_with_the_form(
    desk: Desk, open_in: Opens, kind: type[FrontEnd], service: Sandbox, canaries: Canaries
) -> None:
    notebook = open_in(kind, *cells(service))
    notebook.run()
    notebook.shows("Sign in, profile")
    listener = notebook.second_client()

    a_day(notebook, service, canaries)
    notebook.type_into("Plain", (plain := made_up("plain")))
    listener.hears("CANARY-plain")
    if kind is not Voila:
        notebook.save()
    eye, plainly = canaries.eye(), Eye({"plain": plain})

    assert "Sign in, profile" in notebook.page.content()
    assert not in_page(notebook, eye)
    assert in_page(notebook, plainly)
    assert "Signed in at" in listener.heard
    assert not eye.at(listener.heard, "heard by the second client")
    sights, allowed = on_disk(desk, notebook, eye)
    assert {each.where for each in sights} == allowed
    assert not {each.secret for each in sights} & set(canaries.typed)
    if kind is not Voila:
        kept = {each.where for each in plainly.below(notebook.notebook.file.parent)}
        assert "notebook.ipynb" in kept
        assert [each for each in kept if ".ipynb_checkpoints" in each]
    if kind is Lab:
        swept = heap(notebook.page)
        assert plainly.at(swept)
        assert not eye.at(swept, "the heap of the page")
