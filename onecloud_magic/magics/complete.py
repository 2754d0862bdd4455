"""What Tab offers: commands, flags and the values that are known here. Nothing is asked for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, context_matcher

__all__ = ["matcher", "offered"]

# At the start of a line, or behind "name = "; below a line with %% stand inputs.
_LINE = re.compile(
    r"\s*(?:[^=%'\"#]+=\s*)?%onecloud\s+(?P<typed>.*)|\s*%%onecloud[ \t]+(?P<cell>[^\n]*)",
    re.DOTALL,
)


@context_matcher(identifier="onecloud_magic")  # type: ignore[untyped-decorator]  # IPython's
def matcher(context: CompletionContext) -> Any:
    """Complete a line of ours, and leave every other one to the others."""
    found = _LINE.fullmatch(context.text_until_cursor)
    if not found:
        return {"completions": []}
    in_cell = found["cell"] is not None
    typed = found["cell"] if in_cell else found["typed"]
    fragment = re.split(r"\s", typed)[-1]
    fitting = [
        each for each in offered(typed, with_body=in_cell) if each.startswith(fragment.lower())
    ]
    return {
        "completions": [SimpleCompletion(text=each, type="magic") for each in fitting],
        "matched_fragment": fragment,
        "suppress": True,  # where there is something, names of Python have no place
        "ordered": True,
    }


def offered(typed: str, *, with_body: bool = False) -> Iterable[str]:
    """What may stand where *typed*, the line behind `%onecloud`, ends.

    *with_body* is for the line above the body of a cell.
    """
    from .line import COMMANDS, FLAGS, GROUPS, OFFERS

    if typed.count('"') % 2 or typed.count("'") % 2:
        return []
    *before, fragment = re.split(r"\s+", typed)
    if not before:
        if with_body:
            return [each.name for each in COMMANDS.values() if each.takes_body]
        ordered = [one.name for group in GROUPS for one in COMMANDS.values() if one.group == group]
        return [*ordered, *FLAGS["help"].names] if fragment else ordered
    asked = COMMANDS.get(before[0])
    if asked is None:
        return []
    own = (*asked.flags, "output", "help")
    flags = {name: FLAGS[flag] for flag in own for name in FLAGS[flag].names}
    if (flag := flags.get(before[-1])) and flag.value:
        return flag.choices
    long = [name for name in flags if name.startswith("--")]
    if fragment.startswith("-"):
        return flags if fragment == "-" else long
    if asked.name == "help":
        return COMMANDS
    words = [each for each in before[1:] if not each.startswith("-")]
    offers = [o for name in list(asked.words)[len(words) :][:1] for o in OFFERS.get(name, ())]
    # With nothing at all to offer, Tab would bring the names of Python.
    return offers or ([] if fragment else long)
