"""Many processes of a user, forked from one that has imported everything.

An order is a line of JSON: how many processes of how many threads, and what they find in their
environment. Each makes its accounts, says "ready" and waits for its turn; a line gives the turn to
the next one. Then all of its threads call at once, and it says what came of that.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from onecloud_magic import OneCloud, OneCloudError


def say(words: object) -> None:
    os.write(1, json.dumps([os.getpid(), words]).encode() + b"\n")


def work(turn: int, url: str, profile: str, threads: int, login: bool) -> None:
    accounts = [OneCloud(profile, base_url=url, burst_limit=10**6) for _ in range(threads)]
    for account in accounts:
        # From here on it holds what is stored now.
        assert login or account.session.state != "signed_out"
    barrier = Barrier(threads)

    def call(account: OneCloud) -> str:
        barrier.wait()
        try:
            if login:
                account.login()
            return str(len(account.call("getWorkspaces")))
        except OneCloudError as error:
            return type(error).__name__

    say("ready")
    os.read(turn, 1)
    with ThreadPoolExecutor(threads) as pool:
        say(list(pool.map(call, accounts)))


def follow(processes: int, variables: dict[str, str], **order: Any) -> None:
    if sys.platform == "win32":
        return
    turns: list[int] = []
    for _ in range(processes):
        turn, give = os.pipe()
        turns.append(give)
        if os.fork() == 0:
            for each in turns:
                os.close(each)
            os.environ.update(variables)
            try:
                work(turn, **order)
            finally:
                os._exit(0)
        os.close(turn)
    for give in turns:
        sys.stdin.readline()
        os.close(give)
    for _ in turns:
        os.wait()
    say("done")


if __name__ == "__main__":
    for line in sys.stdin:
        follow(**json.loads(line))
