"""The sign-in form: hands over a secret once, then says who is signed in."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from ipywidgets import HTML, Button, HBox, VBox

from ..account import LIVE_ON, STATES, OneCloud, is_usable, session_card
from ..errors import OneCloudError
from ..show import note
from .alarm import Alarm
from .entries import Entries, show
from .errand import Errands
from .needs import choice_of

__all__ = ["LoginForm"]


class LoginForm(VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A form that signs *oc* in, and that shows who is signed in, wherever that was done.

    Its parts are attributes, so that they can be filled in and clicked:

        form = LoginForm(oc)
        form.access_token.value = token
        form.submit.click()

    The sign-in runs on a thread; *signed_in* is called with the account once it has succeeded.

    Attributes:
        oc: the account.
        error: what went wrong last; None if nothing did.
    """

    def __init__(
        self,
        oc: OneCloud,
        *,
        signed_in: Callable[[OneCloud], object] = lambda oc: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.oc, self._signed_in = oc, signed_in
        self.error: Exception | None = None
        self._watched: Any = None
        self._state, self._anew = "", False
        self._closed, self._stale = threading.Event(), threading.Event()
        self._drawing = threading.Lock()
        self._errands = Errands(self._begin, self._settle, self._end)
        self._alarm = Alarm(self.refresh, clock)
        self._make_parts()
        super().__init__([self._card, self._form, self.status])
        self.add_class("oc-login")
        oc.observe(self._look, ["base_url", "token_url", "token_store"])
        self.refresh()

    def _make_parts(self) -> None:
        self._form = Entries(self.oc.profile, self._say)
        self.host, self.submit, self.about = self._form.host, self._form.submit, self._form.about
        for name, field in self._form.fields.items():
            setattr(self, name, field)
        self.submit.on_click(self._submit)
        self.account, self.status = HTML(), HTML()
        self.refresh_now = _button("Refresh now", self._renew)
        self.again = _button("Sign in again", self._open)
        self.sign_out = _button("Sign out", self._leave)
        self._card = VBox([self.account, HBox([self.refresh_now, self.again, self.sign_out])])

    # ---- what the session is

    def refresh(self) -> None:
        """Draw the session as it is now, from whatever thread."""
        self._stale.set()
        # Nobody waits for a thread that draws: it will see that there is more to draw.
        while self._stale.is_set() and self._drawing.acquire(blocking=False):
            try:
                self._stale.clear()
                if not self.closed:
                    self._draw()
            # As a home that cannot be read; a cell that signs in must not fail for it.
            except Exception as error:
                self._complain(error)
            finally:
                self._drawing.release()

    def _draw(self) -> None:
        session = self._follow()
        before, self._state = self._state, session.state
        signed_out, usable = session.state == "signed_out", is_usable(session)
        self.account.value = "" if signed_out else session_card(self.oc).html
        show(self._card, not signed_out)
        show(self.again, usable)
        show(self._form, self._anew or not usable)
        self._alarm.set(session.expires_at.timestamp() if session.expires_at else None)
        if before not in ("", session.state) and not self._errands.under_way:
            self._say(f"{STATES[session.state].capitalize()}.")

    def _follow(self) -> Any:
        """The session of the account, watched: another host or store is another one."""
        session = self.oc.session
        if session is not self._watched:
            self._unwatch()
            self._watched = session
            session.observe(self._look)
            if session.state != "signed_out" or not self._state:
                self.host.value = choice_of(session.host)
                self.url.value = "" if self.host.value else session.host
        return session

    def _look(self, _: object) -> None:
        self.refresh()

    def _unwatch(self) -> None:
        watched, self._watched = self._watched, None
        if watched is not None:
            watched.unobserve(self._look)

    # ---- what is done

    def _submit(self, _: object) -> None:
        self._errands.start("Signing in …", self._sign_in)

    def _renew(self, _: object) -> None:
        self._errands.start("Getting a new access token …", self._refresh_now)

    def _leave(self, _: object) -> None:
        self._errands.start("Signing out …", self._sign_out)

    def _open(self, _: object) -> None:
        self._anew, self.status.value = True, ""
        self.refresh()
        self._form.go_on()

    def _sign_in(self) -> str:
        credential = self._form.taken()
        self.oc.login_at(self._form.where, **credential)
        self._form.empty()
        self._anew = False
        self._signed_in(self.oc)
        return f"Signed in at {self.oc.session.host}."

    def _refresh_now(self) -> str:
        self.oc.renew()
        return "A new access token is there."

    def _sign_out(self) -> str:
        self.oc.logout()
        self._anew = False
        return f"Signed out. {LIVE_ON}"

    def _begin(self, says: str) -> None:
        self._lock(True)
        self._say(says)

    def _settle(self) -> None:
        if not self.closed:
            self._lock(False)
            self.refresh()

    def _end(self, outcome: str | Exception) -> None:
        if self.closed:
            return
        if isinstance(outcome, Exception):
            self._complain(outcome)
            self._form.go_on(getattr(outcome, "field", ""))
        else:
            self.error = None
            self._say(outcome)
            self._form.go_on() if self._state == "signed_out" else self.refresh_now.focus()

    def _lock(self, locked: bool) -> None:
        self._form.lock(locked)
        for button in (self.refresh_now, self.again, self.sign_out):
            button.disabled = locked

    # ---- words

    def _say(self, *lines: str) -> None:
        self.status.value = note(*lines)

    def _complain(self, error: Exception) -> None:
        """Say what went wrong; of what was not expected only its kind, as it may quote a secret."""
        self.error = error
        traceback.clear_frames(error.__traceback__)  # they hold what was entered
        if isinstance(error, OneCloudError):
            self.status.value = note(str(error), error.hint, role="alert")
        else:
            kind = f"Something unexpected went wrong ({type(error).__name__})."
            self.status.value = note(kind, "It is kept as error on this form.", role="alert")

    # ---- what others see of it

    @property
    def closed(self) -> bool:
        return self._closed.is_set()

    @property
    def busy(self) -> bool:
        """Whether what was clicked is still under way."""
        return self._errands.under_way

    def close(self) -> None:
        """Leave the page, the session and the shell; what was entered is forgotten."""
        self._closed.set()
        self._alarm.end()
        self._unwatch()
        if self.comm is not None:
            self.oc.unobserve(self._look, ["base_url", "token_url", "token_store"])
            for part in (self._form, self.refresh_now, self.again, self.sign_out, self._card):
                part.close()
        super().close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a sign-in form is neither copied nor pickled")

    def __repr__(self) -> str:
        # What is left of it in a saved notebook, and where no forms are shown.
        profile = self.oc.profile
        return f"Sign-in form of {profile!r}: %onecloud login shows it, with --ask it asks instead."


def _button(says: str, click: Callable[[Any], None]) -> Any:
    button = Button(description=says)
    button.on_click(click)
    return button
