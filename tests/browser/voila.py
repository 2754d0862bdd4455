"""Voilà: a notebook as a page without code, run whenever it is opened."""

from __future__ import annotations

from typing import NoReturn

from playwright.sync_api import Locator

from .colours import THEME_IS, Theme
from .front_end import STATES, FrontEnd

KERNEL = """() => {
    const config = document.getElementById('jupyter-config-data');
    return config ? JSON.parse(config.textContent).kernelId : '';
}"""
MODELS = f"async () => ({STATES})(await window.jupyterapp._widgetManagerPromise.promise)"
# The page brings the outputs as data, and draws them when it has been loaded.
DRAWN = """() => document.readyState === 'complete'
    && !document.querySelector('script[type="application/vnd.voila.cell-output+json"]')"""


class Voila(FrontEnd):
    """A notebook in Voilà; to run it is to open its page."""

    wanted: Theme = "light"

    def open(self) -> None:
        """Nothing to do: the page is its run."""

    def start(self) -> None:
        # The page comes at once, its load ends when the last cell has.
        self.visit(f"voila/render/{self.notebook.path}", theme=self.wanted)

    def finished(self) -> None:
        self.page.wait_for_function(DRAWN)
        self.page.wait_for_function(THEME_IS, arg=self.wanted)

    def theme(self, theme: Theme) -> None:
        """Switch the theme; where the page has been opened, the notebook runs anew."""
        self.wanted = theme
        if self.page.url != "about:blank":
            self.run()

    def save(self) -> NoReturn:
        raise AssertionError("Voilà saves nothing")

    def close(self) -> None:
        pass

    @property
    def shown(self) -> Locator:
        return self.page.locator("body")

    def output(self, cell: int) -> Locator:
        return self.page.locator(f'[cell-index="{cell + 1}"]')

    def kernel(self) -> str:
        return str(self.page.evaluate(KERNEL))

    def widget_models(self) -> str:
        return str(self.page.evaluate(MODELS))
