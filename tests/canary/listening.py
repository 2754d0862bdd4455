"""A second client of a kernel: it hears all that is sent to everybody, and says nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import zmq

from tests.magics.kernel.running import Kernel, wait_until

__all__ = ["Passive", "listening"]


class Passive:
    """What a kernel has sent to everybody, byte by byte."""

    def __init__(self, kernel: Kernel) -> None:
        told = kernel.manager.get_connection_info()
        self._messages: list[bytes] = []
        self._ends = threading.Event()
        self._socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.SUB)
        self._socket.setsockopt(zmq.SUBSCRIBE, b"")
        self._socket.setsockopt(zmq.RCVHWM, 0)
        self._socket.connect(f"tcp://{told['ip']}:{told['iopub_port']}")
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def heard(self) -> bytes:
        return b"\n".join(list(self._messages))

    @property
    def heard_but_code(self) -> bytes:
        """The same without the code of cells: every client is shown what was typed."""
        return b"\n".join(each for each in self._messages if b'"execute_input"' not in each)

    def hears(self, text: str) -> None:
        """Wait until a message has that text in it."""
        wait_until(lambda: text.encode() in self.heard)

    def stop(self) -> None:
        self._ends.set()
        self._thread.join()
        self._socket.close(0)

    def _listen(self) -> None:
        while not self._ends.is_set():
            if self._socket.poll(50):
                self._messages.append(b"\n".join(self._socket.recv_multipart()))


@contextmanager
def listening(kernel: Kernel) -> Iterator[Passive]:
    """Listen to *kernel*, from the first message on."""
    passive = Passive(kernel)
    try:
        while b"are you there" not in passive.heard:  # a subscription takes its time
            kernel.run("print('are you there')").succeeded()
        yield passive
    finally:
        passive.stop()
