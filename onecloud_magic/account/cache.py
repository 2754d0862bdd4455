"""What was answered before, as people see it: `oc.cache`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, get_args

from ..api import Kind
from ..errors import UsageError
from .given import shown

if TYPE_CHECKING:
    import pandas as pd

    from .line import Line


class Cache:
    """The answers that are kept for the account that is signed in."""

    def __init__(self, line: Callable[[], Line]) -> None:
        self._line = line

    def info(self) -> pd.DataFrame:
        """What is kept, a row a kind.

        Columns: `kind` string, `entries` and `size_bytes` Int64, `oldest_at` and `newest_at`
        datetime64[us, UTC]. Kinds are metadata, security and runs. Costs no call.
        """
        import pandas as pd

        kept = self._line().answers.info()
        times = {
            name: pd.to_datetime([getattr(each, name) for each in kept], unit="s", utc=True)
            for name in ("oldest_at", "newest_at")
        }
        return pd.DataFrame(
            {
                "kind": pd.array([each.kind for each in kept], dtype="string"),
                "entries": pd.array([each.entries for each in kept], dtype="Int64"),
                "size_bytes": pd.array([each.size_bytes for each in kept], dtype="Int64"),
                **{name: values.as_unit("us") for name, values in times.items()},
            }
        )

    def clear(self, kind: str | None = None) -> int:
        """Forget the answers of a kind, or all; gives their number. Loses nothing but time.

        Raises:
            UsageError: there is no such kind.
            OneCloudError: they cannot be forgotten now, as another process holds the file.
        """
        if kind is None:
            return self._line().forget()
        for known in get_args(Kind):
            if isinstance(kind, str) and kind == known:
                return self._line().forget(known)
        raise UsageError(
            f"The cache has no kind {shown(kind)}.", f"Kinds: {', '.join(get_args(Kind))}."
        )
