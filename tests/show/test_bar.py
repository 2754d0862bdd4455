"""A bar: the same facts as html and as text."""

from __future__ import annotations

import re

from onecloud_magic.show import Bar, Card, Done

GOES_ON = Bar("runs: 34 of 200 calls", "runs", "default at x", "SANDBOX", 34, 200, moves=True)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def test_html_and_text_say_the_same() -> None:
    shown = GOES_ON._repr_mimebundle_()

    assert shown["text/plain"] == "runs: 34 of 200 calls (default at x [SANDBOX])"
    assert text_of(shown["text/html"]) == "runs: 34 of 200 calls default at x SANDBOX"


def test_it_is_drawn_as_far_as_it_is_known() -> None:
    assert '<progress value="34" max="200"' in GOES_ON.html
    assert "value=" not in Bar("runs: 3 calls", "runs", moves=True).html
    assert "<progress" in Bar("runs: 3 calls", "runs", moves=True).html
    assert "<progress" not in Bar("runs: 3 calls", "runs").html


def test_it_survives_where_a_notebook_is_not_trusted_and_does_not_speak_all_the_time() -> None:
    for absent in ("<style", 'class="oc', "var(", "role=", "aria-live"):
        assert absent not in GOES_ON.html


def test_names_are_only_text() -> None:
    bar = Bar("runs", where="<b>$x$</b>\x1b[2J at x")

    assert "<b>" not in bar.html
    assert "\x1b" not in bar.text + bar.html


def test_as_a_fact_of_a_card_it_says_its_words_beside_the_bar() -> None:
    card = Card("Runs", (("rows", Done("1 of 3 <b>ended", "rows", 1, 3)),))

    assert "rows  1 of 3 <b>ended" in card.text
    assert '<progress value="1" max="3"' in card.html
    assert "1 of 3 &lt;b&gt;ended" in card.html
