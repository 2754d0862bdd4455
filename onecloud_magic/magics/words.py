"""From a line to its words: quotes group, and every other character is itself.

That goes for a backslash, `{`, `$` and `#`, too: names and paths may have them.
"""

from __future__ import annotations

import shlex

from ..errors import UsageError

__all__ = ["silenced", "words_of"]


def words_of(line: str) -> list[str]:
    """The words of a line; "…" and '…' hold together what has blanks in it.

    Raises:
        UsageError: a quote is not closed.
    """
    reader = shlex.shlex(line, posix=True)
    reader.whitespace_split, reader.commenters, reader.escape = True, "", ""
    try:
        return list(reader)
    except ValueError:
        pass  # the error that is raised below has no other behind it
    raise UsageError(
        "A quote is not closed.",
        "A name with ' in it stands in \"…\", one with \" in it in '…'.",
    )


def silenced(line: str) -> tuple[str, bool]:
    """The line without the `;` at its end, and whether there was one."""
    bare = line.strip()
    # Inside of quotes it would not be the last character.
    return (bare[:-1], True) if bare.endswith(";") else (bare, False)
