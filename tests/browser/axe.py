"""What axe-core, which npm brings, finds wrong with a part of a page."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from ..conftest import need
from .front_end import FrontEnd

VERSION = "4.14.1"
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
PATIENCE = 120  # seconds
LOADED = "() => 'axe' in window"
SERIOUS = """async element => (await axe.run(element)).violations
    .filter(({impact}) => ['serious', 'critical'].includes(impact))
    .map(({id, nodes}) => `${id}: ${nodes.map(each => each.html).join(' ')}`)"""
CONTRAST = """async ([html, behind]) => {
    document.body.innerHTML = html;
    document.body.style.background = behind;
    const found = await axe.run(document.body, {runOnly: 'color-contrast'});
    const [good, bad] = [found.passes, found.violations].map(each => each[0]?.nodes ?? []);
    return [good.length + bad.length, bad.map(({html, any}) => `${html}: ${any[0].message}`)];
}"""
# A page of another origin does not show its rules.
RULES = """() => [...document.styleSheets].flatMap(sheet => {
    try { return [...sheet.cssRules].map(rule => rule.cssText); } catch { return []; }
}).join('\\n')"""
TAKEN = """element => {
    const colour = each => getComputedStyle(each).backgroundColor;
    let behind = element;
    while (colour(behind).endsWith(', 0)')) behind = behind.parentElement;
    return [element.outerHTML, colour(behind)];
}"""
BODY = "() => document.body.cloneNode(false).outerHTML.replace('</body>', '')"
# What the front end has around its notebook is not there: the body is a plain one.
UNFRAMED = "body {display: block; overflow: auto; position: static}"


def fetched(folder: Path) -> Path:
    """The script of axe-core, in *folder* or from npm; without npm the test is skipped, aloud."""
    kept = folder / f"axe-{VERSION}.tgz"
    if not (kept.exists() and is_it(kept)):
        with tempfile.TemporaryDirectory(dir=folder) as name:
            pack(need("npm"), Path(name))
            [archive] = Path(name).glob("*.tgz")
            assert is_it(archive), f"axe-core {VERSION} is not what it was"
            archive.replace(kept)  # another process may be at it as well
    return kept


def pack(npm: str, folder: Path) -> None:
    """Have npm lay the archive into *folder*; it runs nothing of it."""
    command = [npm, "pack", f"axe-core@{VERSION}", "--silent", "--pack-destination", str(folder)]
    ran = subprocess.run(  # noqa: S603  # a program of the machine
        command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    if ran.returncode:
        missing = pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip
        missing(f"npm has not brought axe-core: {ran.stderr.strip() or ran.returncode}")


def is_it(archive: Path) -> bool:
    digest = hashlib.sha512(archive.read_bytes()).digest()
    return base64.b64encode(digest).decode() == SHA512


class Axe:
    """Looks at parts of pages; *archive* is what npm brought."""

    def __init__(self, archive: Path) -> None:
        with tarfile.open(archive) as packed:
            script = packed.extractfile("package/axe.min.js")
            assert script is not None
            self.script = script.read().decode()

    def violations(self, part: Locator) -> list[str]:
        """What is seriously wrong or worse; for contrast see `faint`."""
        self._load(part.page)
        found: list[str] = part.evaluate(SERIOUS)
        return found

    @contextmanager
    def copies(self, notebook: FrontEnd) -> Iterator[Copies]:
        """A page that looks like the notebook's does now."""
        browser = notebook.page.context.browser
        assert browser is not None
        rules, body = (notebook.page.evaluate(each) for each in (RULES, BODY))
        page = browser.new_page(viewport=notebook.page.viewport_size)
        page.set_content(f"<style>{rules}\n{UNFRAMED}</style>{body}</body>")
        self._load(page)
        yield Copies(page)
        page.close()

    def _load(self, page: Page) -> None:
        if not page.evaluate(LOADED):
            page.evaluate(self.script)


@dataclass(frozen=True)
class Copies:
    """A page of its own for copies of parts: in JupyterLab's axe sees no contrast."""

    page: Page

    def faint(self, part: Locator) -> list[str]:
        """Words that cannot be told well enough from what is behind them."""
        seen, found = self.page.evaluate(CONTRAST, part.evaluate(TAKEN))
        assert seen, "axe has seen no words"
        return [str(each) for each in found]
