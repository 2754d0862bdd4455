"""A shell of IPython as tests hold it: what a cell raised is raised here, too."""

from __future__ import annotations

import atexit
import io
from contextlib import redirect_stderr, redirect_stdout, suppress
from typing import Any

from IPython.core.interactiveshell import InteractiveShell


class Shell:
    """Types cells into *ipython*.

    Attributes:
        out: what the last cell wrote to stdout.
        err: what the last cell wrote to stderr.
    """

    def __init__(self, ipython: InteractiveShell) -> None:
        self.ipython: Any = ipython
        self.out = self.err = ""

    def run(self, cell: str) -> Any:
        """Run a cell as if it was typed; gives its value, or raises its error."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            result = self.ipython.run_cell(cell, store_history=True)
        self.out, self.err = out.getvalue(), err.getvalue()
        result.raise_error()
        return result.result

    def shown(self, value: object) -> dict[str, str]:
        """What a front end is given of a value."""
        data, _ = self.ipython.display_formatter.format(value)
        return dict(data)

    @property
    def names(self) -> dict[str, Any]:
        """The variables of the user."""
        return dict(self.ipython.user_ns)

    def close(self) -> None:
        """End it as the end of its process would."""
        history = self.ipython.history_manager
        history.end_session()
        if history.save_thread is not None:
            history.save_thread.stop()
        if history.enabled:
            history.db.close()
        with suppress(ValueError):
            atexit.unregister(self.ipython.atexit_operations)
        self.ipython.restore_sys_module_state()
        InteractiveShell.clear_instance()
