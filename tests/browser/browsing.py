"""One chromium that finds nothing but loopback, and what goes wrong in its pages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from ..magics.kernel.running import PATIENCE

FLAGS = [
    "--no-sandbox",  # root has to, and the pages are our own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
HARMLESS = (
    "net::ERR_NAME_NOT_RESOLVED",  # Voilà wants icons and mathematics from a network
    "/voila/api/shutdown/",  # leaving a page of Voilà; we end its kernel
    "labextensions/@jupyter-notebook/lab-extension",  # Notebook 7's, which Voilà cannot load
    ".woff)",  # fonts of mathematics, which Notebook 7 asks for without its cookie
    "(reading 'schema')",  # Notebook 7, as it starts
    "Command 'filebrowser:open-path' not registered",  # the same
)
NOT_DRAWN = re.compile(
    r"Loading widget\.\.\.|Error displaying widget|Click to show javascript error"
)


@contextmanager
def browsing(chromium: str, home: Path) -> Iterator[Browser]:
    """Start *chromium* with *home* as its user's home."""
    env: dict[str, str | float | bool] = {**os.environ, "HOME": str(home)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, env=env)
        yield browser
        browser.close()


class Watch:
    """What goes wrong in a page.

    Attributes:
        seen: what the page threw or logged as an error.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seen: list[str] = []
        page.on("pageerror", lambda error: self._see(f"thrown: {error}"))
        page.on("console", self._logged)

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._see(f"logged: {message.text} ({message.location['url']})")

    def _see(self, what: str) -> None:
        if not any(each in what for each in HARMLESS):
            self.seen.append(what)

    def undrawn(self, patience: float) -> list[str]:
        """What stands in the place of widgets that are not drawn after *patience* seconds."""
        missing = self.page.get_by_text(NOT_DRAWN).filter(visible=True)
        if patience:  # to Playwright, no time is for ever
            with suppress(AssertionError):
                expect(missing).to_have_count(0, timeout=patience * 1000)
        return missing.all_inner_texts()

    def trouble(self, patience: float) -> list[str]:
        """What was seen, and what was not drawn."""
        undrawn = [f"shown: {words}" for words in self.undrawn(patience)]
        return [*self.seen, *undrawn]


def new_page(browser: Browser) -> Watch:
    """Open an empty page, watched."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(PATIENCE * 1000)
    return Watch(page)
