"""OneCloud in IPython and Jupyter: sign in once, see everything as DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .account import OneCloud
    from .errors import OneCloudError, OneCloudWarning

__all__ = ["OneCloud", "OneCloudError", "OneCloudWarning"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import the public names when they are asked for: the import itself stays cheap."""
    if name == "OneCloud":
        from .account import OneCloud

        return OneCloud
    if name in __all__:
        from . import errors

        return getattr(errors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted((*__all__, "__version__"))


def load_ipython_extension(shell: InteractiveShell) -> None:
    """`%load_ext onecloud_magic`: the magic `%onecloud`."""
    from .magics.extension import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """`%unload_ext onecloud_magic`: nothing is left behind."""
    from .magics.extension import unload

    unload(shell)
