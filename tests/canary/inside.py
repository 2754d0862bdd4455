"""Somebody who looks around in a kernel: `%run` there, it writes all that is to be seen.

It uses nothing of ours, and knows no secret: what is written is for the eye.
"""

from __future__ import annotations

import copy
import json
import pickle
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

_ROOMS = ("onecloud_magic", "requests", "urllib3", "http", "ipywidgets")
_DEPTH = 4


def write(name: str, *lines: object) -> int:
    """Write lines into a file of that name; gives how many there were."""
    text = "\n".join(map(str, lines))
    Path(name).write_text(text, encoding="utf-8", errors="surrogatepass")
    return len(lines)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and all that stands behind it."""
    left, seen = [error], set[int]()
    while left:
        each = left.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            left += [each.__context__, each.__cause__]


def frames(error: BaseException | None) -> Iterator[FrameType]:
    """Every frame of the error, of what stands behind it, and of who called."""
    for each in chain(error):
        for frame, _ in traceback.walk_tb(each.__traceback__):
            yield frame
        at = each.__traceback__.tb_frame if each.__traceback__ else None
        while at is not None:
            yield at
            at = at.f_back


def seen(value: object, depth: int = _DEPTH) -> Iterator[str]:
    """What a value shows, and what the values in it show."""
    yield _told(lambda: repr(value))
    if depth and type(value).__module__.split(".")[0] in _ROOMS:
        for name, inner in list(getattr(value, "__dict__", {}).items()):
            yield f"{name}:"
            yield from seen(inner, depth - 1)


def walk(name: str, error: BaseException | None = None) -> int:
    """Write every variable of every frame of the last error; gives how many frames are ours."""
    error = error or getattr(sys, "last_value", None)
    lines: list[object] = [f"{each!r} {vars(each)}" for each in chain(error)]
    ours = 0
    for frame in frames(error):
        ours += "onecloud_magic" in frame.f_code.co_filename
        lines.append(f"--- {frame.f_code.co_filename}:{frame.f_code.co_name}")
        for variable, value in list(frame.f_locals.items()):
            lines += [f"{variable} =", *seen(value)]
    write(name, *lines)
    return ours


WAYS: dict[str, Callable[[Any], object]] = {
    "pickled": pickle.dumps,
    "pickled as text": lambda thing: pickle.dumps(thing, protocol=0),
    "copied": copy.copy,
    "copied deep": copy.deepcopy,
    "as JSON": lambda thing: json.dumps(thing, default=lambda each: vars(each)),
    "shown": repr,
    "told": str,
    "formatted": lambda thing: f"{thing}",
    "reduced": lambda thing: thing.__reduce_ex__(4),
    "as state": lambda thing: thing.__getstate__(),
    "as bundle": lambda thing: thing._repr_mimebundle_(),
}


def take_along(name: str, **things: object) -> int:
    """Write what comes of pickling, copying and showing *things*."""
    lines: list[object] = []
    for called, thing in things.items():
        for way, take in WAYS.items():
            lines += [f"--- {called}, {way}", *seen(_made(partial(take, thing)))]
        lines += [f"--- {called}, in it", *seen(thing)]
    return write(name, *lines)


def _made(make: Callable[[], object]) -> object:
    try:
        return make()
    except Exception as refused:  # most of these are refused, in one way or another
        return f"{type(refused).__name__}: {refused}"


def _told(tell: Callable[[], str]) -> str:
    return str(_made(tell))
