"""The sign-in form, as whoever sits before it uses it, and the service that it signs in to."""

from __future__ import annotations

import json
from dataclasses import dataclass

from playwright.sync_api import Locator, expect

from onecloud_magic.sandbox import Sandbox

from .desk import Opens
from .front_end import FrontEnd

LOAD = "%load_ext onecloud_magic"
LABELS = {
    "access_token": "Access token",
    "refresh_token": "Refresh token",
    "client_id": "Client ID",
    "client_secret": "Client secret",
}


def at(url: str) -> str:
    """A cell that loads the extension and says where the service is."""
    return f'{LOAD}\n%config OneCloud.base_url = "{url}"'


@dataclass(frozen=True)
class Form:
    """A form that is shown in the output of a cell.

    Attributes:
        notebook: the notebook that it is in.
        cell: the cell that shows it.
    """

    notebook: FrontEnd
    cell: int = 0

    @classmethod
    def shown(cls, opens: Opens, url: str, *cells: str) -> Form:
        """Open and run a notebook whose first cell shows a form for the service at *url*."""
        form = cls(opens(f"{at(url)}\n%onecloud login", *cells))
        form.notebook.run()
        form.says("Sign in, profile")
        return form

    @property
    def root(self) -> Locator:
        return self.notebook.output(self.cell).locator(".oc-login")

    @property
    def alert(self) -> Locator:
        """What went wrong, in words."""
        return self.root.get_by_role("alert")

    def field(self, name: str) -> Locator:
        return self.notebook.field(LABELS[name], cell=self.cell)

    def enter(self, **credential: str) -> None:
        """Type each into its field, key by key."""
        for name, text in credential.items():
            self.notebook.type_into(LABELS[name], text, cell=self.cell)

    def press(self, name: str) -> None:
        self.notebook.press(name, cell=self.cell)

    def hurry(self, **credential: str) -> None:
        """Type, and click on Sign in before the front end can take a breath."""
        button = self.notebook.button("Sign in", cell=self.cell)
        button.scroll_into_view_if_needed()
        self.enter(**credential)
        box = button.bounding_box()
        assert box is not None
        # Playwright's own click would look at the page first.
        self.notebook.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def sign_in(self, **credential: str) -> None:
        self.hurry(**credential)
        self.says("Signed in at")

    def sign_out(self) -> None:
        self.press("Sign out")
        self.says("Signed out.")

    def says(self, text: str) -> None:
        self.notebook.shows(text, cell=self.cell)

    def complains(self, text: str) -> None:
        """Wait until the form says what went wrong."""
        expect(self.alert).to_contain_text(text)

    def card_says(self, label: str, text: str) -> None:
        """Wait until the card has this fact."""
        row = self.root.get_by_role("row").filter(has_text=label)
        expect(row.first).to_contain_text(text)


def used(service: Sandbox) -> list[str]:
    """The secrets that came to the service, oldest first; from now on only new ones count."""
    asked = list(service.requests)
    service.requests.clear()
    return [
        json.loads(each.body)["refresh_token"]
        if each.method == "POST"
        else each.headers["authorization"].removeprefix("Bearer ")
        for each in asked
    ]
