"""Where a person sits: a server, a browser, and the notebooks that are open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError

from playwright.sync_api import Browser, Error

from ..magics.kernel.running import PATIENCE
from .browsing import Watch, new_page
from .front_end import FrontEnd
from .notebooks import Notebook
from .serving import Server

Kind = type[FrontEnd]
Opens = Callable[..., FrontEnd]  # cells to an open notebook


class Desk:
    """Opens notebooks in front ends, and clears away what they leave.

    Attributes:
        in_use: the notebooks that are open.
    """

    def __init__(self, server: Server, browser: Browser) -> None:
        self.server = server
        self.browser = browser
        self.in_use: list[FrontEnd] = []
        self._worn: list[FrontEnd] = []  # those a test failed with; who knows what is in the way
        self._spare: dict[Kind, Watch] = {}  # a page that has loaded a front end does so faster

    @contextmanager
    def opened(
        self, kind: Kind, *cells: str, pictures: Path, patience: float = PATIENCE / 3
    ) -> Iterator[FrontEnd]:
        """Open a notebook with these code cells; fail in the end where its page had trouble."""
        notebook = Notebook.written(self.server.root, *cells)
        front_end = kind(self.server, self._page(kind), notebook, pictures)
        self.in_use.append(front_end)
        try:
            front_end.open()
            yield front_end
            front_end.was_well(patience)
            self._close(front_end)
        finally:
            self._clear(front_end)

    def photograph(self) -> list[Path]:
        """Take a picture of every notebook that is open: a test with them has failed."""
        pictures: list[Path] = []
        for front_end in self.in_use:
            with suppress(Error):  # a page that has crashed has no face
                pictures.append(front_end.screenshot(f"failed-{len(pictures)}", patience=0))
        self._worn += self.in_use
        return pictures

    def _page(self, kind: Kind) -> Watch:
        return self._spare.pop(kind, None) or new_page(self.browser)

    def _close(self, front_end: FrontEnd) -> None:
        front_end.close()
        front_end.watch.seen.clear()  # what comes of closing is not the next notebook's
        if front_end not in self._worn:
            self._spare.setdefault(type(front_end), front_end.watch)

    def _clear(self, front_end: FrontEnd) -> None:
        self.in_use.remove(front_end)
        for listener in front_end.listeners:
            listener.page.close()
        if front_end.watch not in self._spare.values():
            front_end.page.close()
        needed = {each.kernel() for each in self.in_use}
        for kernel in {each["id"] for each in self.server.ask("kernels")} - needed:
            with suppress(HTTPError):  # it has ended by itself
                self.server.ask(f"kernels/{kernel}", "DELETE")
