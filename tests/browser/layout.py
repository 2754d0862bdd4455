"""What can be seen to be wrong with how a part of a page is laid out, without looking at it."""

from __future__ import annotations

from playwright.sync_api import Locator

# Each text and each control is a box. A pixel is let pass; a field may be shorter than its text.
_TROUBLE = """element => {
    const found = [], boxes = [], room = element.getBoundingClientRect();
    const fields = 'input, select, button';
    const named = each => (each.textContent || each.tagName).trim().slice(0, 40);
    const seen = each => each.checkVisibility({visibilityProperty: true});
    for (const each of [element, ...element.querySelectorAll('*')].filter(seen)) {
        const hides = getComputedStyle(each).overflowX !== 'visible' && !each.matches(fields);
        if ((hides || each === element) && each.scrollWidth > each.clientWidth + 1)
            found.push(`too wide: ${each.className} ${named(each)}`);
        if (hides && each.scrollHeight > each.clientHeight + 1)
            found.push(`too high: ${each.className} ${named(each)}`);
        if (each.matches(fields)) boxes.push([each, each.getBoundingClientRect()]);
        else for (const text of each.childNodes)
            if (text.nodeType === 3 && text.data.trim() && !each.closest(fields)) {
                const range = document.createRange();
                range.selectNodeContents(text);
                for (const box of range.getClientRects()) boxes.push([text, box]);
            }
    }
    boxes.forEach(([one, box], at) => {
        if (box.right > room.right + 1 || box.left < room.left - 1)
            found.push(`sticks out: ${named(one)}`);
        for (const [other, its] of boxes.slice(at + 1))
            if (one !== other
                && Math.min(box.right, its.right) - Math.max(box.left, its.left) > 1
                && Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top) > 1)
                found.push(`overlapping: ${named(one)} and ${named(other)}`);
    });
    return found;
}"""


def trouble(part: Locator) -> list[str]:
    """What is cut off, sticks out or lies over something else."""
    found: list[str] = part.evaluate(_TROUBLE)
    return found
