"""The quota gauge: what is left of the service's calls, as it drains."""

from __future__ import annotations

from ..account import OneCloud, quota_card
from ..show import Card
from .live import LiveCard

__all__ = ["QuotaGauge"]


class QuotaGauge:
    """The calls that are left of *oc*'s quota, as the last answers told; costs no call.

    It is static, html or text as of now. With *watch* it is drawn anew in its place with every
    answer, also while a cell runs, until `close`.

    Attributes:
        oc: the account.
    """

    def __init__(self, oc: OneCloud, *, watch: bool = False) -> None:
        self.oc = oc
        self._live: LiveCard | None = None
        if watch:
            self._live = LiveCard(lambda: self.card)
            for each in (oc.quota, oc.activity, oc.session):
                each.observe(self.refresh)

    @property
    def card(self) -> Card:
        """The gauge as it is now."""
        return quota_card(self.oc)

    def refresh(self, _: object = None) -> None:
        """Draw it as it is now, where it is shown live."""
        if self._live is not None:
            self._live.changed()

    def close(self) -> None:
        """Let it stand as it is."""
        live, self._live = self._live, None
        if live is not None:
            for each in (self.oc.quota, self.oc.activity, self.oc.session):
                each.unobserve(self.refresh)
            live.end()

    def _ipython_display_(self) -> None:
        if self._live is None:
            raise NotImplementedError  # then its mimebundle is shown
        self._live.show()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return self.card._repr_mimebundle_()

    def __repr__(self) -> str:
        return self.card.text
