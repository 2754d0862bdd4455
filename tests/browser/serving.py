"""One server for the three front ends, on loopback, in folders of the tests' own."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

from ..magics.kernel.running import PATIENCE, Place, wait_until

SETTINGS: dict[str, dict[str, Any]] = {
    "@jupyterlab/apputils-extension/notification": {  # news would lie over the page
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension/plugin": {
        "autosave": False,
        "renameUntitledFileOnSave": False,
    },
    # A cell that is not in the window is drawn all the same.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none", "kernelShutdown": True},
    "@jupyterlab/extensionmanager-extension/plugin": {"enabled": False},
    "@jupyter-widgets/jupyterlab-manager/plugin": {"saveState": True},  # the worst for secrets
}
OPTIONS = {
    "ServerApp.ip": "127.0.0.1",
    "ServerApp.port_retries": 0,
    "ServerApp.allow_root": True,
    "LabApp.expose_app_in_browser": True,
    "JupyterNotebookApp.expose_app_in_browser": True,
}
# The session of one notebook is not that of the next, though all have one server.
STARTUP = 'import os\nos.environ["ONECLOUD_HOME"] = os.path.abspath("onecloud")\n'


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes:
        url: where it is, without a slash at the end.
        token: who has it may do everything.
        root: notebooks lie below it.
    """

    url: str
    token: str
    root: Path

    def address(self, path: str, **query: str) -> str:
        """What to open for *path*, with the token."""
        words = "&".join(
            f"{name}={value}" for name, value in {**query, "token": self.token}.items()
        )
        return f"{self.url}/{path}?{words}"

    def ask(self, path: str, method: str = "GET") -> Any:
        """What the server's API answers; None for an empty answer."""
        told = {"Authorization": f"token {self.token}"}
        asked = Request(f"{self.url}/api/{path}", method=method, headers=told)  # noqa: S310  # http
        with build_opener(ProxyHandler({})).open(asked, timeout=PATIENCE) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def answers(self) -> bool:
        try:
            return bool(self.ask("status"))
        except (URLError, ConnectionError):
            return False


def environment(root: Path, token: str) -> dict[str, str]:
    """What the server and its kernels are started with; what surrounds the tests stays outside."""
    place = Place.made(root, JUPYTER_TOKEN=token)
    startup = root / "ipython" / "profile_default" / "startup" / "home.py"
    startup.parent.mkdir(parents=True)
    startup.write_text(STARTUP)
    for plugin, values in SETTINGS.items():
        file = root / "jupyter/config/lab/user-settings" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    return {name: value for name, value in place.env.items() if not _leads_out(name)}


def _leads_out(name: str) -> bool:
    return name.lower().endswith("_proxy") or name == "SERVER_SOFTWARE"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def serving(root: Path) -> Iterator[Server]:
    """Start the server below *root*, wait until it answers, and end it afterwards."""
    port, token, notebooks = free_port(), secrets.token_hex(16), root / "notebooks"
    env = environment(root, token)
    notebooks.mkdir()
    options = {**OPTIONS, "ServerApp.port": port, "ServerApp.root_dir": notebooks}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser"]
    command += [f"--{name}={value}" for name, value in options.items()]
    server, log = Server(f"http://127.0.0.1:{port}", token, notebooks), root / "server.log"
    with log.open("wb") as out, _process(command, env, root, out.fileno()) as process:
        wait_until(lambda: process.poll() is not None or server.answers())
        assert process.poll() is None, log.read_text(errors="replace")
        yield server


@contextmanager
def _process(
    command: list[str], env: dict[str, str], folder: Path, out: int
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603  # our own Python
        command,
        env=env,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.STDOUT,
        start_new_session=os.name == "posix",  # Ctrl-C ends it by us, with its kernels
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
