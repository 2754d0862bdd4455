"""Somebody else who listens to a kernel, as another tab or another program may."""

from __future__ import annotations

from playwright.sync_api import Page

from .serving import Server

LISTEN = """url => new Promise((ready, failed) => {
    const socket = new WebSocket(url);
    window.heard = [];
    socket.onopen = () => ready();
    socket.onerror = () => failed(Error('there is nothing to listen to'));
    socket.onmessage = async message => heard.push(await new Response(message.data).text());
})"""
HEARD = "() => window.heard.join('\\n')"
HAS_HEARD = "text => window.heard.join('\\n').includes(text)"


class SecondClient:
    """Hears what a kernel sends to everybody, and says nothing itself."""

    def __init__(self, beside: Page, server: Server, kernel: str) -> None:
        browser = beside.context.browser
        assert browser is not None
        self.page = browser.new_page()
        # A page of the server's origin that is no front end: one would join the notebook.
        self.page.goto(server.address("static/logo/logo.png"))
        channels = server.address(f"api/kernels/{kernel}/channels")
        self.page.evaluate(LISTEN, channels.replace("http:", "ws:", 1))

    @property
    def heard(self) -> str:
        """All messages so far, as JSON, one after the other."""
        return str(self.page.evaluate(HEARD))

    def hears(self, text: str) -> None:
        """Wait until a message has this text in it."""
        self.page.wait_for_function(HAS_HEARD, arg=text)
