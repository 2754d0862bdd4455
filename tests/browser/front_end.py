"""What a person does in a notebook and sees there, whichever front end it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from ..magics.kernel.running import PATIENCE
from .browsing import Watch
from .colours import Theme, contrast
from .listening import SecondClient
from .notebooks import Notebook
from .serving import Server

# Widgets as ipywidgets keeps them in a page; there is no public name for it.
STATES = """known => {
    const states = {};
    for (const [id, model] of known._modelsSync) states[id] = model.attributes;
    return JSON.stringify(states, (name, value) => value?.model_id ?? value);
}"""


class FrontEnd(ABC):
    """A notebook, open in a front end.

    Attributes:
        page: the page it is open in.
        notebook: its file.
        pictures: where screenshots go.
    """

    def __init__(self, server: Server, watch: Watch, notebook: Notebook, pictures: Path) -> None:
        self.server = server
        self.watch = watch
        self.page = watch.page
        self.notebook = notebook
        self.pictures = pictures
        self.listeners: list[SecondClient] = []

    def visit(self, path: str, **query: str) -> None:
        """Go to an address of the server; its page is there when it has begun to come."""
        answer = self.page.goto(self.server.address(path, **query), wait_until="commit")
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status} {answer.status_text}"

    # What a person does.

    @abstractmethod
    def open(self) -> None:
        """Open the notebook, without running a cell."""

    @abstractmethod
    def start(self) -> None:
        """Run all cells, without waiting for them."""

    @abstractmethod
    def finished(self) -> None:
        """Wait until the cells that were started have ended."""

    def run(self) -> None:
        """Run all cells and wait for their end."""
        self.start()
        self.finished()

    @abstractmethod
    def theme(self, theme: Theme) -> None:
        """Switch to the light or the dark theme."""

    @abstractmethod
    def save(self) -> dict[str, Any]:
        """Save the notebook; gives what is in the file."""

    def type_into(
        self, label: str, text: str, *, cell: int | None = None, key_by_key: bool = True
    ) -> None:
        """Type into the field with this label, key by key or as if it was pasted."""
        field = self.field(label, cell=cell)
        field.click()
        if key_by_key:
            field.press_sequentially(text)
        else:
            field.fill(text)

    def press(self, name: str, *, cell: int | None = None) -> None:
        """Click the button with this name."""
        self.button(name, cell=cell).click()

    @abstractmethod
    def close(self) -> None:
        """Leave the notebook and end its kernel."""

    # What a person sees.

    @property
    @abstractmethod
    def shown(self) -> Locator:
        """All outputs; the code above them and the buttons of the front end are not in it."""

    @abstractmethod
    def output(self, cell: int) -> Locator:
        """What the cell shows below its code; the first is 0."""

    def place(self, cell: int | None) -> Locator:
        """The output of *cell*, or all of them."""
        return self.shown if cell is None else self.output(cell)

    def field(self, label: str, *, cell: int | None = None) -> Locator:
        """What has this label, in the output of *cell* or in any."""
        return self.place(cell).get_by_label(label, exact=True)

    def button(self, name: str, *, cell: int | None = None) -> Locator:
        """The button with this name, in the output of *cell* or in any."""
        return self.place(cell).get_by_role("button", name=name, exact=True)

    def text(self, cell: int) -> str:
        """The words of an output, as they stand in the page."""
        return self.output(cell).inner_text()

    def shows(self, text: str, *, cell: int | None = None, patience: float = PATIENCE) -> None:
        """Wait until *text* can be read, in the output of *cell* or in any."""
        expect(self.place(cell).get_by_text(text).first).to_be_visible(timeout=patience * 1000)

    def contrast(self, text: str) -> float:
        """How well these words can be told from what is behind them; see `colours`."""
        return contrast(self.shown.get_by_text(text, exact=True).first)

    def screenshot(self, name: str, *, patience: float = PATIENCE / 12) -> Path:
        """Take a picture of the page, once its widgets are drawn."""
        self.watch.undrawn(patience)
        picture = self.pictures / f"{name}.png"
        self.page.screenshot(path=picture)
        return picture

    # What a person does not see, but may find.

    @abstractmethod
    def kernel(self) -> str:
        """The id of the notebook's kernel."""

    @abstractmethod
    def widget_models(self) -> str:
        """All that the page knows of widgets, as JSON."""

    def second_client(self) -> SecondClient:
        """Somebody who listens to the notebook's kernel from now on."""
        listener = SecondClient(self.page, self.server, self.kernel())
        self.listeners.append(listener)
        return listener

    def was_well(self, patience: float) -> None:
        """Fail where the page threw or logged an error, or could not draw a widget."""
        trouble = self.watch.trouble(patience)
        if trouble:
            picture = self.screenshot("trouble", patience=0)
            raise AssertionError("\n".join([*trouble, f"screenshot: {picture}"]))
