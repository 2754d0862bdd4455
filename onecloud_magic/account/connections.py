"""Asking several things at once, over as many connections as the transport keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from threading import Event
from typing import TypeVar

from ..api import CONNECTIONS
from .line import Line

T = TypeVar("T")
_LOOK = 1.0  # seconds until whoever waits for a turn has surely seen that nobody waits for it


def at_once(line: Line, asks: Sequence[Callable[[], T]]) -> list[T]:
    """Give what each of *asks* gives, in their order; the first that fails fails all.

    What was not begun then is not begun any more, and who waits for a turn gives up.
    """
    if len(asks) <= 1:
        return [ask() for ask in asks]
    given_up = Event()

    def asked(ask: Callable[[], T]) -> T:
        with line.mine.until(given_up):
            return ask()

    pool = ThreadPoolExecutor(min(CONNECTIONS, len(asks)), "onecloud-read")
    futures = [pool.submit(asked, ask) for ask in asks]
    patience = None
    try:
        _wait(futures)
        return [each.result() for each in futures]
    except Exception:
        raise
    except BaseException:  # Ctrl-C: a call that is under way comes to its end without us
        patience = _LOOK
        raise
    finally:
        given_up.set()
        pool.shutdown(wait=False, cancel_futures=True)
        wait(futures, timeout=patience)


def _wait(futures: Sequence[Future[T]]) -> None:
    left = set(futures)
    # With an end to each wait: without one Windows would not hear Ctrl-C.
    while left:
        done, left = wait(left, timeout=0.5, return_when=FIRST_EXCEPTION)
        for each in done:
            each.result()
