"""Whatever happens in whatever order: no token is sent too often, and none is lost for nothing."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import warnings
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from onecloud_magic.credentials.hosts import Host
from onecloud_magic.credentials.journal import Journal
from onecloud_magic.credentials.profile import Profile
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.refresh import Outcome as Told
from onecloud_magic.credentials.refresh import refresh
from onecloud_magic.credentials.renewal import FileRenewal
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.credentials.session import Session
from onecloud_magic.credentials.settling import Settling
from onecloud_magic.errors import OneCloudError, SessionRejected, Unreachable
from onecloud_magic.home import Home
from onecloud_magic.sandbox.tokens import Reuse
from tests.conftest import Clock

from .model import FAULTS, LIFE, STEPS, Killed, Service

HOST = Host("http://127.0.0.1:1", "http://127.0.0.1:1/oauth/token")
KERNELS = st.integers(0, 1)


class Sessions(RuleBasedStateMachine):
    """Two kernels of one user, each of them killed now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.home, self.clock = Home(self.folder / "home"), Clock()
        self.profile = Profile(self.home, "default")
        self.service = Service(self.clock, "refuse", tells=True)
        self.given: list[dict[str, str]] = []
        self.before: Record | None = None
        self.patches = ExitStack()
        for owner, name in ((Journal, "write"), (Journal, "drop"), (Settling, "_store")):
            hooked = self.service.hook(name, getattr(owner, name))
            self.patches.enter_context(patch.object(owner, name, hooked))
        self.patches.enter_context(patch("os.fsync", lambda descriptor: None))
        self.patches.enter_context(warnings.catch_warnings(action="ignore"))
        self.kernels = [self.kernel(), self.kernel()]

    def teardown(self) -> None:
        self.patches.close()
        shutil.rmtree(self.folder)

    def kernel(self) -> Session:
        def start(*, seen: str, pending: str) -> Told:
            asked = {"seen": seen, "pending": pending, "ask": self.service.ask}
            try:
                return refresh(self.home, "default", clock=self.clock, **asked)  # type: ignore[arg-type]
            except Killed:
                return Told("killed", "the helper was killed")

        return Session(
            self.profile.store(),
            HOST,
            profile=self.profile,
            renewal=FileRenewal(self.home, "default", self.clock, start=start),
            clock=self.clock,
        )

    def stored(self, place: str = "") -> Record | None:
        record = self.profile.store(place).load()
        return None if record is None or record.signed_out else record

    # ---- what happens

    @rule(reuse=st.sampled_from(["refuse", "revoke"]), tells=st.booleans())
    def the_service_has_these_habits(self, reuse: Reuse, tells: bool) -> None:
        self.service.tokens.reuse, self.service.tokens.tell_expiry = reuse, tells

    @rule(fault=st.sampled_from(FAULTS), times=st.integers(1, 2))
    def the_next_questions_fail(self, fault: str, times: int) -> None:
        self.service.faults = [fault] * times

    @rule(step=st.sampled_from(STEPS), after=st.booleans())
    def the_next_helper_is_killed(self, step: str, after: bool) -> None:
        self.service.step = step, after

    @rule(seconds=st.sampled_from([60.0, 0.9 * LIFE, 3 * LIFE]))
    def time_goes_by(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(kernel=KERNELS)
    def a_kernel_restarts(self, kernel: int) -> None:
        self.kernels[kernel] = self.kernel()

    @rule()
    def another_machine_renews(self) -> None:
        record = self.stored()
        if record is not None and record.refresh_token is not None:
            token = record.refresh_token.reveal()
            if self.service.spend(record.client_id, token).status == 200:
                self.service.lost.add(token)

    @rule(kernel=KERNELS)
    def somebody_signs_out(self, kernel: int) -> None:
        try:
            self.kernels[kernel].sign_out()
        except Killed:
            self.kernels[kernel] = self.kernel()
        self.before = None

    @rule(
        kernel=KERNELS,
        again=st.integers(0, 9),
        wrong=st.booleans(),
        end=st.sampled_from(["checked", "checked", "killed", "service down"]),
    )
    def somebody_signs_in(self, kernel: int, again: int, wrong: bool, end: str) -> None:
        """With new tokens, or with those of before; the access token may be mistyped."""
        if again >= len(self.given):
            self.given.append(self.service.enable())
            again = -1
        given = dict(self.given[again])
        if wrong:
            given["access_token"] = secrets.token_urlsafe(32)
        client_id = given.pop("client_id")
        tokens = {name: Secret(text) for name, text in given.items() if name.endswith("token")}
        tokens.pop("token", None)
        record = Record.given(
            HOST,
            "argument",
            client_id=client_id,
            access_token=tokens["access_token"],
            refresh_token=tokens["refresh_token"],
        )

        def check(record: Record) -> None:
            self.service.check(record)
            if end == "killed":
                raise Killed
            if end == "service down":
                raise Unreachable("503")

        try:
            self.kernels[kernel].sign_in(record, check)
        except Killed:
            self.kernels[kernel] = self.kernel()
        except OneCloudError:
            return
        self.before = None

    @rule(kernel=KERNELS)
    def somebody_asks(self, kernel: int) -> None:
        asking, stored = self.kernels[kernel], self.stored()
        current = asking.current
        calm = not self.service.faults and not self.service.step[0]

        try:
            self.call(asking)
        except OneCloudError:
            if calm:
                assert self.may_fail(stored, current)

    def call(self, session: Session) -> None:
        asked = session.ready()
        try:
            self.service.check(asked)
        except SessionRejected:
            if not session.reject(asked):
                raise
            self.service.check(session.ready())

    def may_fail(self, stored: Record | None, asking: Record | None) -> bool:
        if stored is None or asking is None or stored.account != asking.account:
            return True  # signed out, or in as another
        token = stored.refresh_token
        return token is None or self.service.is_excused(token.reveal())

    # ---- what holds

    @invariant()
    def what_is_stored_is_never_older_than_before(self) -> None:
        record, before = self.stored(), self.before
        if record is not None and before is not None and record.account == before.account:
            assert self.service.issued[record.mark] >= self.service.issued[before.mark]
        self.before = record

    @invariant()
    def the_live_token_is_stored_or_in_a_journal(self) -> None:
        record = self.stored()
        if record is None or record.refresh_token is None:
            return
        token = record.refresh_token.reveal()
        if self.service.is_alive(token) or self.service.is_excused(token):
            return
        pending = [self.stored(place) for place in self.home.pending("default")]
        written = [*self.profile.journal().read(), *self.profile.beside("")]
        assert any(entry.status == 200 for entry in written) or any(
            each is not None and each.came_of(record) for each in pending
        )


TestSessions = Sessions.TestCase
TestSessions.settings = settings(
    max_examples=100,
    phases=[Phase.generate],
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
