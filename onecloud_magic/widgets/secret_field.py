"""Fields for what signs in: a secret is sent once, and nothing of it stays in kernel or browser."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NoReturn

from ipywidgets import Password, Text
from traitlets import Unicode, validate

from ..account.settings import running_shell
from ..credentials.secret import Secret
from ..errors import UsageError
from .cells import Cells
from .discretion import keep_silent, let_talk

__all__ = ["OpenField", "SecretField"]

Spread = Callable[[str], bool]
_ENTERED = "entered"


class SecretField(Password):  # type: ignore[misc]  # ipywidgets has no types
    """A field whose text can be taken once, and is to be read nowhere else.

    What is typed goes at once into a type that does not show itself, and the box is emptied; the
    placeholder says that something was entered. No trait, state, echo or repr ever has it.

    While a cell runs the field is disabled: what is typed then would wait in the browser.

    Args:
        spread: sees what was entered first; True if it was for several fields and is dealt with.
        settings: traits of a text field.
    """

    # The front end is told "" whatever happens, and other clients are told nothing.
    value = Unicode("", help="Always empty; what is put here is held for `take`.").tag(
        sync=True, echo_update=False, to_json=lambda value, widget: ""
    )

    def __init__(self, *, spread: Spread = lambda text: False, **settings: Any) -> None:
        self._held: Secret | UsageError | None = None
        self._arrived, self._holding = threading.Event(), threading.Lock()
        self._spread, self._locked, self._cells = spread, False, Cells(self._settle)
        super().__init__(continuous_update=False, **settings)
        keep_silent(self, running_shell())
        self._settle()

    def take(self, wait: float = 0.5) -> Secret | None:
        """Give what was entered, once; None where nothing was.

        A click may be here before the field it belongs to: an empty one is waited for.

        Raises:
            UsageError: what was entered is no token.
        """
        self.arrives(wait)
        held = self.drop()
        if isinstance(held, UsageError):
            raise held.with_traceback(None)
        return held

    def arrives(self, wait: float) -> bool:
        """Wait until something is entered, at most *wait* seconds; whether something is."""
        return self._arrived.wait(wait)

    def hold(self, text: str) -> None:
        """Keep *text* as if it had been typed."""
        try:
            held: Secret | UsageError = Secret(text, self.description.lower() or "secret")
        except UsageError as error:
            held = error.with_traceback(None)  # its frames have the text
        self._keep(held)

    def drop(self) -> Secret | UsageError | None:
        """Forget what was entered, and give it."""
        with self._holding:
            held, self._held = self._held, None
            self._arrived.clear()
        self.placeholder = ""
        return held

    def lock(self, locked: bool) -> None:
        """Let nobody type, or let them again once no cell runs."""
        self._locked = locked
        self._settle()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the front end sends; the text goes its own way."""
        state = dict(sync_data)
        typed = state.pop("value", None)
        # Whoever calls shows a traceback with all variables: nothing may be raised.
        try:
            if typed is not None:
                self._take_in(typed)
            if state:
                super().set_state(state)
        except Exception as error:
            self._keep(UsageError(f"What was entered could not be read ({type(error).__name__})."))

    def close(self) -> None:
        """Forget what was entered, and leave the shell."""
        self._held = None
        self._cells.leave()
        let_talk(self)
        super().close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a field for a secret is neither copied nor pickled")

    @validate("value")
    def _keep_out_of_the_trait(self, proposal: Any) -> str:
        if proposal["value"]:
            self._take_in(proposal["value"])
        return ""

    def _take_in(self, typed: object) -> None:
        if isinstance(typed, str) and typed.strip() and not self._spread(typed):
            self.hold(typed)
        # Always answered, as the same text may come twice; the second answer is what makes the
        # browser forget the attributes before the first.
        self.send_state("value")
        self.send_state("placeholder")

    def _keep(self, held: Secret | UsageError) -> None:
        with self._holding:
            self._held = held
            self._arrived.set()
        self.placeholder = _ENTERED

    def _settle(self) -> None:
        self.disabled = self._locked or self._cells.running


class OpenField(Text):  # type: ignore[misc]  # ipywidgets has no types
    """A field for what is no secret, in which nothing of one stays that was pasted along with it.

    As it may be pasted into, it is disabled while a cell runs, too.

    Args:
        spread: sees what was entered first; True if it was for several fields and is dealt with.
        settings: traits of a text field.
    """

    value = Unicode("", help="What was entered.").tag(sync=True, echo_update=False)

    def __init__(self, *, spread: Spread = lambda text: False, **settings: Any) -> None:
        self._arrived, self._spread = threading.Event(), spread
        self._locked, self._cells = False, Cells(self._settle)
        super().__init__(continuous_update=False, **settings)
        keep_silent(self, running_shell())  # a whole page may be pasted here
        self.observe(self._note, "value")
        self._settle()

    def arrives(self, wait: float) -> bool:
        """Wait until something is entered, at most *wait* seconds; whether something is."""
        return self._arrived.wait(wait)

    def lock(self, locked: bool) -> None:
        """Let nobody type, or let them again once no cell runs."""
        self._locked = locked
        self._settle()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the front end sends; what was for several fields stays out of this one."""
        state = dict(sync_data)
        typed = state.get("value")
        if isinstance(typed, str) and self._spread(typed):
            del state["value"]
            self.send_state("value")
            self.send_state("placeholder")
        if state:
            super().set_state(state)

    def close(self) -> None:
        """Leave the page and the shell."""
        self._cells.leave()
        let_talk(self)
        super().close()

    def _settle(self) -> None:
        self.disabled = self._locked or self._cells.running

    def _note(self, change: Any) -> None:
        (self._arrived.set if change.new.strip() else self._arrived.clear)()
