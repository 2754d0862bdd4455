"""What is pasted in one piece: which values are found in it, and in what none is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.widgets.pasted import NAMES, pasted

ACCESS, REFRESH = "Qu2IQMNOqJMNK22STJa45AL0ddZo77uXRKrZkhwKb94", "yB-ieNgkX_BuAN9NwmzBfI1oI"
CLIENT, HIDDEN = "1c205da824a0a896a1e0fb1641ae4a60", "s3cret+/with==signs"
TOKENS = {"access_token": ACCESS, "refresh_token": REFRESH, "client_id": CLIENT}
GRANT = {"client_id": CLIENT, "client_secret": HIDDEN}
LINES = f"Access Token\n{ACCESS}\nRefresh Token\n{REFRESH}\nClient ID\n{CLIENT}\n"

PAGES = {
    "the value below its label": LINES,
    "the value behind its label": LINES.replace("\n", ": ", 1).replace("Token\n", "Token: "),
    "as a table": LINES.replace("Token\n", "Token\t").replace("ID\n", "ID\t"),
    "lines joined with blanks, as browsers do": LINES.replace("\n", " "),
    "lines joined with nothing": LINES.replace("\n", ""),
    "the line ends of Windows": LINES.replace("\n", "\r\n"),
    "with buttons between": LINES.replace("Token\n", "Token\nCopy\n"),
    "quoted": "\n".join(f'{name} = "{value}"' for name, value in TOKENS.items()),
    "as environment variables": "\n".join(
        f"ONECLOUD_{name.upper()}={value}" for name, value in TOKENS.items()
    ),
    "with words around": f"API access\nYour access token will expire.\n{LINES}Revoke API Access\n"
    "use the access token generated earlier; a refresh token is valid for one use only.",
    "JSON": json.dumps({**TOKENS, "expires_in": 86400, "token_type": "Bearer"}),
    "JSON in lines": json.dumps(TOKENS, indent=2),
    "JSON in camelCase": json.dumps(
        {"accessToken": ACCESS, "refreshToken": REFRESH, "clientId": CLIENT}
    ),
    "JSON in an object": json.dumps({"data": {"api": TOKENS}}),
    "JSON in a list": json.dumps([TOKENS]),
    "JSON that was cut": json.dumps(TOKENS)[:-1],
}
NOTHING = {
    "nothing": "",
    "a token": ACCESS,
    "a JSON token": f"eyJhbGciOi.{ACCESS}.{REFRESH}",
    "a number": "12345",
    "null": "null",
    "an empty object": "{}",
    "JSON of other things": '{"error": "invalid_grant", "expires_in": 3}',
    "values that are no text": '{"access_token": null, "client_id": 5, "refresh_token": ""}',
    "labels alone": "Access Token\nRefresh Token\nClient ID",
    "prose": "You have to replace it with the access token generated before; a client identifier.",
    "the guide": "Access Token: Your access token will expire after 24 hours (1 day) by default. "
    "Refresh Token: Your refresh token is valid for one use only. (replace YOUR_ACCESS_TOKEN with "
    "the access token you generated earlier) your refresh token, client ID, and the grant type.",
    "JSON that is too deep": "[" * 100_000,
}


@pytest.mark.parametrize("text", PAGES.values(), ids=PAGES)
def test_a_page_gives_what_is_on_it(text: str) -> None:
    assert pasted(text) == TOKENS


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"clientId": CLIENT, "clientSecret": HIDDEN}),
        f"Client ID: {CLIENT}\nClient Secret: {HIDDEN}",
        f"Client id {CLIENT} Client secret {HIDDEN}",
    ],
)
def test_a_grant_gives_its_id_and_secret(text: str) -> None:
    assert pasted(text) == GRANT


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_anything_else_gives_nothing(text: str) -> None:
    assert pasted(text) == {}


def test_one_label_is_enough() -> None:
    assert pasted(f"Access Token: {ACCESS}") == {"access_token": ACCESS}


def test_the_first_of_two_values_counts() -> None:
    assert pasted(f"access_token={ACCESS} access_token={REFRESH}") == {"access_token": ACCESS}


@given(st.text() | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_no_text_makes_it_fail(text: str) -> None:
    assert set(pasted(text)) <= set(NAMES)
