"""What a run will do, decided when it starts; its state is read off the plan and the clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from .clocks import text
from .vocabulary import FAILURES, WARNINGS

if TYPE_CHECKING:
    from .company import Chain, User

LIVE = ("enqueueing", "sleeping", "paused")


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a run takes, how it ends, and when it is paused (seconds from its start)."""

    seconds: float
    outcome: str  # all_succeeded, warned, errored
    pause: tuple[float, float] | None = None

    @property
    def queue(self) -> float:
        """Seconds until the first node starts."""
        return min(1.0, self.seconds / 10)

    @property
    def idle(self) -> float:
        """Seconds that the pause takes; one that would outlast the run ends with it."""
        since, until = self.pause or (0.0, 0.0)
        return max(0.0, min(until, self.seconds) - since)

    def reached(self, worked: float) -> float:
        """When so many seconds of work are done, from the start: in a pause nothing is."""
        return worked + self.idle if self.pause and worked > self.pause[0] else worked


def draw(chain: Chain, start_at: float, random: Random) -> Plan:
    """Decide on a plan, as this chain's habits have it."""
    habits = chain.habits
    seconds = habits.seconds * random.lognormvariate(0.0, 0.25)
    failing = habits.failing_since is not None and start_at >= habits.failing_since
    dice = random.random()
    if failing or dice < habits.failing:
        return Plan(seconds * random.uniform(0.2, 0.9), "errored")
    pause = (seconds * 0.5, seconds * 0.9) if habits.pauses else None
    outcome = "warned" if dice < habits.failing + habits.warning else "all_succeeded"
    return Plan(seconds, outcome, pause)


@dataclass(slots=True)
class Run:
    """One run of a chain."""

    id: int
    chain: Chain
    user: User
    launch_type: str
    start_at: float
    plan: Plan
    given: Mapping[str, object] | None = None
    stopped_at: float | None = None
    _nodes: list[Node] = field(default_factory=list)

    def state(self, now: float) -> str:
        if self.stopped_at is not None and now >= self.stopped_at:
            return "stopped"
        if now >= self.start_at + self.plan.seconds:
            return self.plan.outcome
        age, plan = now - self.start_at, self.plan
        if plan.pause and plan.pause[0] <= age < plan.pause[1]:
            return "paused"
        return "enqueueing" if age < plan.queue else "sleeping"

    def live(self, now: float) -> bool:
        return self.state(now) in LIVE

    def end(self) -> float:
        """When it ends, as far as is known now."""
        return self.start_at + self.plan.seconds if self.stopped_at is None else self.stopped_at

    def inputs(self) -> Mapping[str, object]:
        """What it was started with; runs of the history were given what their chain takes."""
        if self.given is not None:
            return self.given
        return {each.name: each.value(self.id, self.start_at) for each in self.chain.inputs}

    def result(self, now: float) -> str:
        """Say in words how it ended."""
        match self.state(now):
            case "stopped":
                return "Stopped by a user"
            case "errored" | "warned":
                marked = next(node for node in self.nodes() if node.message)
                return f"{marked.name}: {marked.message}"
            case "all_succeeded":
                return "success"
            case _:
                return ""

    def nodes(self) -> list[Node]:
        if not self._nodes:
            self._nodes.extend(_lay_out(self))
        return self._nodes


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a run; *begin* and *end* are seconds from the start of the run."""

    name: str
    node_id: str
    event: bool
    begin: float
    end: float
    outcome: str  # succeeded, warned, errored, skipped
    items: tuple[str, ...]
    message: str = ""

    def state(self, run: Run, now: float) -> str:
        ended = not run.live(now)
        if not self._begun(run, now):
            return "skipped" if ended else "sleeping"
        if self._done(run, now):
            return self.outcome
        if ended:  # the run was stopped in the middle of this node
            return "skipped"
        return "paused" if run.state(now) == "paused" else "sleeping"

    def times(self, run: Run, now: float) -> Iterator[tuple[str, str]]:
        """The wire fields of its times, as far as they have come."""
        if self._begun(run, now):
            yield "startAt", text(run.start_at + self.begin)
            if self._done(run, now) or not run.live(now):
                yield "endAt", text(min(run.start_at + self.end, run.end()))

    def _begun(self, run: Run, now: float) -> bool:
        if self.outcome == "skipped":
            return False
        # A run without length has nodes without length: done is begun, too.
        return run.start_at + self.begin < min(now, run.end()) or self._done(run, now)

    def _done(self, run: Run, now: float) -> bool:
        return run.start_at + self.end <= min(now, run.end())


def _lay_out(run: Run) -> Sequence[Node]:
    """Share the run's time among the commands of its chain, one after another."""
    random = Random(run.id)
    commands, plan = run.chain.commands, run.plan
    marked = random.randrange(len(commands)) if plan.outcome in ("errored", "warned") else -1
    working = commands[: marked + 1] if plan.outcome == "errored" else commands
    shares = [random.uniform(0.5, 2.0) for _ in working]
    scale = (plan.seconds - plan.queue - plan.idle) / sum(shares)
    begin, nodes = plan.queue, []
    for index, command in enumerate(commands):
        took = shares[index] * scale if index < len(working) else 0.0
        words = FAILURES if plan.outcome == "errored" else WARNINGS
        nodes.append(
            Node(
                name=command.name,
                node_id=command.node_id,
                event=command.event,
                begin=plan.reached(begin),
                end=plan.seconds if index == len(working) - 1 else plan.reached(begin + took),
                outcome=_outcome(index, marked, plan.outcome),
                items=("US01", "DE02", "UK03") if command.iterable else ("",),
                message=random.choice(words) if index == marked else "",
            )
        )
        begin += took
    return nodes


def _outcome(index: int, marked: int, ends: str) -> str:
    if index == marked:
        return ends
    return "skipped" if ends == "errored" and index > marked else "succeeded"
