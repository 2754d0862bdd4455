"""`%load_ext onecloud_magic`: one magic, one matcher for Tab, one name for `%config`.

Loading is cheap: what a line needs is imported when the first line is typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.magic import no_var_expand

from ..onlookers import look_away, look_on
from .complete import matcher

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..account import Activity
    from ..runs import Many

__all__ = ["load", "unload"]

_NAME = "onecloud"


def load(shell: InteractiveShell) -> None:
    """Make `%onecloud` known to *shell*; once is enough, twice does no harm."""
    _take_out(shell)

    def onecloud(line: str, cell: str | None = None) -> object:
        """OneCloud in IPython and Jupyter; `%onecloud help` lists the commands."""
        from .line import answer

        return answer(shell, line, cell)

    no_var_expand(onecloud)
    onecloud.getdoc = _overview  # type: ignore[attr-defined]  # what `%onecloud?` shows
    shell.magics_manager.register_function(onecloud, "line_cell", _NAME)
    shell.Completer.custom_matchers.append(matcher)
    configurables: list[Any] = shell.configurables
    configurables.append(_Settings())
    look_on(_look)


def unload(shell: InteractiveShell) -> None:
    """Leave nothing behind: the magic, the matcher, accounts, the sandbox and its session."""
    from ..widgets.progress import progress
    from .accounts import forget

    _take_out(shell)
    forget()
    progress.close()


def _take_out(shell: InteractiveShell) -> None:
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop(_NAME, None)
    matchers = shell.Completer.custom_matchers
    matchers[:] = [each for each in matchers if each is not matcher]
    configurables: list[Any] = shell.configurables
    configurables[:] = [each for each in configurables if type(each) is not _Settings]
    look_away(_look)


def _look(seen: Activity | Many) -> None:
    """Show what takes its time, of every account: of a magic, and of plain Python in a cell."""
    from ..widgets.watching import show

    show(seen)


def _overview() -> str:
    from .line import overview

    return overview()


class _Settings:
    """Stands in `%config` for the accounts that will be: what is set is set for them.

    Nothing of the account is imported before somebody looks.
    """

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        from ..account import OneCloud

        return OneCloud

    def update_config(self, config: Any) -> None:
        """Nothing to do: the shell takes it into its own configuration, where accounts look."""

    def __getattr__(self, name: str) -> Any:
        from ..account import OneCloud
        from .accounts import account

        if name not in OneCloud.class_trait_names(config=True):
            raise AttributeError(name)
        return getattr(account(), name)
