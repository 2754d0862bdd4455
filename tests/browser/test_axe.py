"""What is wrong with a page is found: guards that never fire are none."""

from __future__ import annotations

import pytest

from .axe import Axe
from .desk import Opens
from .layout import trouble

pytestmark = pytest.mark.browser

WRONG = """<input><p style="color:#aaa;background:#fff">faint</p>
<p style="margin:0">one</p><p style="margin:-1em 0;width:300em">over the other</p>"""


def test_axe_finds_what_is_wrong(voila: Opens, axe: Axe) -> None:
    notebook = voila(f"from IPython.display import HTML; HTML({WRONG!r})")
    notebook.run()

    with axe.copies(notebook) as copies:
        [faint] = copies.faint(notebook.output(0))

    assert any(each.startswith("label:") for each in axe.violations(notebook.output(0)))
    assert "4.5:1" in faint
    kinds = {each.split(":")[0] for each in trouble(notebook.output(0))}
    assert {"too wide", "overlapping"} <= kinds
