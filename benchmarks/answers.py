"""Answers of the service, made up by seeded chance: as many as are wanted, as its texts."""

from __future__ import annotations

import json
import random
from typing import Any

Texts = list[bytes]


def runs(many: int) -> Texts:
    """A history of *many* runs, in the service's pages."""
    pick = random.Random(1)
    records = [run(pick, number) for number in range(many, 0, -1)]
    pages = [records[start : start + 50] for start in range(0, many, 50)]
    return [
        json.dumps({"data": {"cursor": "c", "chainExecutors": page}}).encode() for page in pages
    ]


def run(pick: random.Random, number: int) -> dict[str, Any]:
    """One run: one in twenty still lives, one in thirty was paused."""
    lives, paused, user = pick.random() < 0.05, pick.random() < 0.03, pick.randrange(40)
    return {
        "id": str(9_000_000 + number),
        "chainId": str(1_000 + pick.randrange(600)),
        "envId": str(100 + pick.randrange(6)),
        "userId": str(user),
        "userName": f"user{user}",
        "startAt": moment(pick, 9),
        "endAt": None if lives else moment(pick, 11),
        "pausedAt": moment(pick, 10) if paused else None,
        "resumedAt": moment(pick, 10) if paused else None,
        "state": "sleeping" if lives else pick.choice(["all_succeeded", "errored", "warned"]),
        "launchType": pick.choice(["manual", "api", "schedule"]),
        "resultText": "" if lives else "success",
    }


def chains(many: int) -> Texts:
    """The answer of one search: *many* chains in one text."""
    pick = random.Random(2)
    return [json.dumps({"data": [chain(pick, number) for number in range(many)]}).encode()]


def chain(pick: random.Random, number: int) -> dict[str, Any]:
    """One chain, with one input on average; one in three has a schedule."""
    vuid = {"vuid": "data.chain.45072337-72ee-4c52-9428-0b2ae21ac73c", "data_type": "string"}
    daily = {"recurring_type": "daily", "run_at_hours": 6, "days_of_week": [], "zone": "UTC"}
    schedule = {"enabled": True, "start_at": moment(pick, 1), "properties": daily}
    return {
        "id": str(1_000 + number),
        "internal_id": number,
        "name": f"Chain {number}",
        "description": "Loads what came in overnight." if number % 3 else None,
        "created_at": moment(pick, 1),
        "updated_at": moment(pick, 9),
        "disabled": number % 7 == 0,
        "concurrency_enabled": False,
        "runtime_inputs": [vuid] * pick.randrange(3),
        "schedules": [schedule] * (number % 3 == 0),
    }


def moment(pick: random.Random, month: int) -> str:
    """A time as the service writes it; one in five has no fraction."""
    clock = f"{pick.randrange(24):02}:{pick.randrange(60):02}:{pick.randrange(60):02}"
    fraction = f".{pick.randrange(1_000_000):06}" if pick.random() < 0.8 else ""
    return f"2026-{month:02}-{pick.randint(1, 28):02} {clock}{fraction}"


def records_of(text: bytes) -> list[dict[str, Any]]:
    """The records in an answer."""
    data = json.loads(text)["data"]
    records: list[dict[str, Any]] = data if isinstance(data, list) else data["chainExecutors"]
    return records
