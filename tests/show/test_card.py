"""Cards: html and text with equal facts, whatever the names in them are."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter

from onecloud_magic.show import Card, printable

CARD = Card(
    "OneCloud",
    (("profile", "default"), ("host", "https://api.onecloud.io"), ("calls left in 20 s", "97")),
    ("%onecloud login", "%onecloud sandbox"),
    "SANDBOX",
)
HOSTILE = {
    "a tag": "<img src=x onerror=alert(1)>",
    "a script": "</td><script>alert(1)</script>",
    "quotes": "\"><b onclick='x'>&amp;",
    "an entity": "&lt;b&gt; &#60;",
    "turned": "gpj.\u202eexe\u2066",
    "orders": "\x1b[31mred\x1b[0m\x07\x00",
    "lines": "two\nlines\r\n\u2028three",
    "mathematics": "$x$ and $$y$$ \\(z\\)",
    "long": "long " * 60,
    "letters": "Gehälter 月次決算 🙂",
    "none": "",
}
VOID = {"br", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    """Html as a browser reads it: its tags with their attributes, and the texts of each tag."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1], data))

    def of(self, tag: str) -> list[str]:
        return [text for each, text in self.texts if each == tag]


def facts_of_text(card: Card) -> list[tuple[str, str]]:
    """The facts as they stand in the text; labels are as wide as the widest."""
    wide = max(len(label) for label, _ in card.facts)
    lines = card.text.splitlines()[1 : 1 + len(card.facts)]
    return [(line[2 : 2 + wide].rstrip(), line[4 + wide :]) for line in lines]


def facts_of_html(card: Card) -> list[tuple[str, str]]:
    rows = re.findall(r"<tr [^>]*><th (.*?)</th><td (.*?)</td></tr>", card.html, re.DOTALL)
    told = [[Page(f"<p {cell}</p>").of("bdi") for cell in row] for row in rows]
    return [("".join(label), "".join(fact)) for label, fact in told]


def test_html_and_text_have_the_same_facts() -> None:
    assert facts_of_text(CARD) == facts_of_html(CARD) == list(CARD.facts)


def test_html_and_text_have_the_same_title_badge_and_next_steps() -> None:
    page = Page(CARD.html)

    first, *_, last = CARD.text.splitlines()
    assert first == "OneCloud [SANDBOX]"
    assert (page.of("b"), page.of("span")) == (["OneCloud"], ["SANDBOX", "next"])
    assert last.split(maxsplit=1) == ["next", "%onecloud login · %onecloud sandbox"]
    assert page.of("code") == ["%onecloud login", "%onecloud sandbox"]


def test_without_badge_and_next_steps_there_is_no_place_for_them() -> None:
    card = Card("Quota", (("left", "97"),))

    assert card.text == "Quota\n  left  97"
    assert "next" not in card.html
    assert "<span" not in card.html


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_inert(name: str) -> None:
    card = Card("OneCloud", (("user", name), ("host", "here")))

    assert (
        facts_of_text(card) == facts_of_html(card) == [("user", printable(name)), ("host", "here")]
    )
    assert len(card.text.splitlines()) == 3
    assert harmless(card.html)


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_label_is_inert_as_well(name: str) -> None:
    card = Card("Chain run", ((f"node {name}", "running"),))

    told = [(printable(f"node {name}"), "running")]
    assert facts_of_html(card) == told
    assert card.text.split("\n")[1].split("  running")[0].strip() == told[0][0]
    assert harmless(card.html)


@given(st.lists(st.text(st.characters()), min_size=1, max_size=4))
def test_any_names_are_the_same_facts_in_both(names: list[str]) -> None:
    card = Card("OneCloud", tuple(("name", name) for name in names))

    assert facts_of_text(card) == facts_of_html(card) == [("name", printable(n)) for n in names]
    assert harmless(card.html)


def harmless(html: str) -> bool:
    """Whether it is what a notebook that is not trusted shows whole: plain tags, inline style."""
    page = Page(html)
    tags = {tag for tag, _ in page.tags}
    attributes = {name for _, attrs in page.tags for name in attrs}
    classes = {attrs["class"] for _, attrs in page.tags if "class" in attrs}
    styles = " ".join(attrs.get("style") or "" for _, attrs in page.tags)
    return (
        not page.open
        and tags <= {"div", "b", "span", "table", "tr", "th", "td", "bdi", "code", "tbody"}
        and attributes <= {"style", "class", "scope"}
        and classes <= {"mathjax_ignore"}
        and not re.search(r"var\(|url\(|expression|@import", styles)
    )


def test_the_look_is_inline_style_only() -> None:
    assert harmless(CARD.html)


def test_it_has_no_colour_of_its_own_for_light_or_dark_pages() -> None:
    assert not re.search(r"(?<![\w-])(color|background)\s*:(?!none)", CARD.html)


def test_what_could_be_mathematics_is_kept_from_it() -> None:
    card = Card("OneCloud", (("user", "$x$"),))

    assert '<bdi class="mathjax_ignore">$x$</bdi>' in card.html


def test_a_front_end_gets_both_forms() -> None:
    data, _ = DisplayFormatter().format(CARD)  # type: ignore[no-untyped-call]  # IPython's

    assert data == {"text/plain": CARD.text, "text/html": CARD.html}
    assert str(CARD) == CARD.text
