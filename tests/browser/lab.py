"""JupyterLab and Notebook 7: one application in two dresses."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

from .colours import THEME_IS, Theme
from .front_end import STATES, FrontEnd

RESTORED = "window.jupyterapp?.restored.then(() => true)"
# The dot that tells the kernel's state says idle before there is a kernel.
READY = """path => {
    const panel = window.jupyterapp.shell.currentWidget;
    const session = panel?.sessionContext;
    const kernel = session?.session?.kernel;
    return panel?.context?.path === path && panel.context.isReady && session.isReady
        && kernel?.connectionStatus === 'connected' && kernel.status === 'idle';
}"""


def asked(what: str) -> str:
    """A script that begins *what* and does not wait: in a script, no time limit holds."""
    return f"""given => {{
        const asked = window.asked = {{ended: false, why: null}};
        ({what})(given)
            .catch(why => {{ asked.why = `${{why}}`; }})
            .finally(() => {{ asked.ended = true; }});
    }}"""


START = asked("([name, options]) => window.jupyterapp.commands.execute(name, options)")
ENDED = "() => window.asked.ended"
FAILED = "() => window.asked.why"
CLOSE = asked("""async () => {
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.sessionContext.shutdown();
    panel.context.model.dirty = false;
    panel.close();
}""")
KERNEL = "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.id ?? ''"
MODELS = f"""async () => {{
    const {{rendermime}} = window.jupyterapp.shell.currentWidget.content;
    const view = 'application/vnd.jupyter.widget-view+json';
    return ({STATES})(await rendermime.createRenderer(view)._manager.promise);
}}"""


class Lab(FrontEnd):
    """A notebook in JupyterLab; the next one may be opened in the same page."""

    def open(self) -> None:
        if self.page.url == "about:blank":
            self.visit(f"lab/tree/{self.notebook.path}", reset="")
            self.page.wait_for_function(RESTORED)
        else:
            self.ask("docmanager:open", path=self.notebook.path, factory="Notebook")
        self.page.wait_for_function(READY, arg=self.notebook.path)
        self.theme("light")

    def ask(self, command: str, **options: Any) -> None:
        """Have a command of the application carried out."""
        self.page.evaluate(START, [command, options])
        self.answered()

    def answered(self) -> None:
        self.page.wait_for_function(ENDED)
        assert self.page.evaluate(FAILED) is None

    def start(self) -> None:
        self.page.evaluate(START, ["notebook:run-all-cells", {}])

    def finished(self) -> None:
        self.answered()

    def theme(self, theme: Theme) -> None:
        if not self.page.evaluate(THEME_IS, theme):
            self.ask("apputils:change-theme", theme=f"JupyterLab {theme.title()}")
            self.page.wait_for_function(THEME_IS, arg=theme)
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0)

    def save(self) -> dict[str, Any]:
        self.ask("docmanager:save")
        return self.notebook.content

    def close(self) -> None:
        self.page.evaluate(CLOSE)
        self.answered()

    @property
    def shown(self) -> Locator:
        return self.page.locator(".jp-NotebookPanel:visible .jp-Cell-outputArea")

    def output(self, cell: int) -> Locator:
        cells = self.page.locator(".jp-NotebookPanel:visible .jp-Cell")
        return cells.nth(cell).locator(".jp-Cell-outputArea")

    def kernel(self) -> str:
        return str(self.page.evaluate(KERNEL))

    def widget_models(self) -> str:
        return str(self.page.evaluate(MODELS))


class Notebook7(Lab):
    """A notebook in Notebook 7, in a page of its own."""

    def open(self) -> None:
        self.visit(f"notebooks/{self.notebook.path}")
        self.page.wait_for_function(RESTORED)
        self.page.wait_for_function(READY, arg=self.notebook.path)
        self.theme("light")
