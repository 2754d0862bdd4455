"""Logs of messages: of a field for a secret nothing is written, however talkative they are.

What is typed comes as a message, and at DEBUG comms and kernels log every message whole.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["keep_silent", "let_talk"]

_LOGS = ("Comm",)  # where the package comm logs, whatever the kernel
_silent: set[str] = set()


class _Discretion(logging.Filter):
    """Lets nothing through that is about the comms that are to be silent about."""

    def filter(self, record: logging.LogRecord) -> bool:
        return _silent.isdisjoint(_comms_in(record.args))


_discretion = _Discretion()


def keep_silent(widget: Any, shell: Any) -> None:
    """Let no log of *shell* tell what is sent to *widget*."""
    if widget.comm is not None:
        _silent.add(widget.comm.comm_id)
    kernel = getattr(getattr(shell, "kernel", None), "log", None)
    for log in (*map(logging.getLogger, _LOGS), getattr(kernel, "logger", kernel)):
        if log is not None:
            log.addFilter(_discretion)  # a second time is once


def let_talk(widget: Any) -> None:
    """*widget* is about to be closed: nothing will be sent to it."""
    if widget.comm is not None:
        _silent.discard(widget.comm.comm_id)


def _comms_in(logged: object) -> Iterator[str]:
    """The ids of comms in what is logged: alone, or in a message."""
    if isinstance(logged, str):
        yield logged
    elif isinstance(logged, tuple):
        for each in logged:
            yield from _comms_in(each)
    elif isinstance(logged, Mapping):
        yield from _comms_in(logged.get("comm_id"))
        yield from _comms_in(logged.get("content"))
