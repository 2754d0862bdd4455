"""The help: what can be typed, as the commands themselves tell it."""

from __future__ import annotations

import pytest

from onecloud_magic.errors import UsageError
from onecloud_magic.magics.line import COMMANDS, FLAGS
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.show import Text

from .shell import Shell


@pytest.mark.parametrize("line", ["help", "-h", "--help"])
def test_the_overview_has_every_command_and_its_sentence(shell: Shell, line: str) -> None:
    text = shell.run(f"%onecloud {line}")

    lines = [each.split(maxsplit=1) for each in text.splitlines() if each.startswith("  ")]
    assert sorted(lines) == sorted([name, each.sentence] for name, each in COMMANDS.items())
    assert all(each.group in text.splitlines() for each in COMMANDS.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_of_a_command_has_its_words_flags_and_example(shell: Shell, name: str) -> None:
    command = COMMANDS[name]

    page = shell.run(f"%onecloud help {name}")

    assert page.startswith(f"%onecloud {name}")
    assert command.sentence in page
    for flag in command.flags:
        assert all(each in page for each in FLAGS[flag].names)
        assert FLAGS[flag].help in page
    assert all(word.upper() in page for word in command.words)
    _, _, example = page.partition("Example:\n")
    assert f"%onecloud {name}" in example


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_a_command_with_the_help_flag_gives_its_page_and_does_nothing(
    signed_in: Shell, sandbox: Sandbox, name: str, flag: str
) -> None:
    page = signed_in.run(f"%onecloud {name} {flag}")

    assert page == signed_in.run(f"%onecloud help {name}")
    assert isinstance(page, Text)
    assert not sandbox.requests
    assert signed_in.run("%onecloud").session.state == "active"


def test_the_help_flag_wins_over_what_else_is_wrong(shell: Shell) -> None:
    assert shell.run("%onecloud chains --no-such-flag --help").startswith("%onecloud chains")


def test_a_page_of_a_command_that_there_is_not_is_an_error(shell: Shell) -> None:
    with pytest.raises(UsageError, match="There is no command 'nope'"):
        shell.run("%onecloud help nope")


def test_a_question_mark_shows_the_overview(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[str] = []
    monkeypatch.setattr(
        "IPython.core.page.page", lambda data, *_, **__: pages.append(data["text/plain"])
    )

    shell.run("%onecloud?")

    assert all(name in pages[0] for name in COMMANDS)
    assert str(shell.run("%onecloud help")) in pages[0]


def test_help_shows_itself_unquoted(shell: Shell) -> None:
    text = shell.run("%onecloud help chains")

    assert text in shell.out
    assert shell.shown(text) == {"text/plain": str(text)}


def test_the_help_needs_neither_a_session_nor_a_readable_one(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECLOUD_PROFILE", "../no profile")

    assert shell.run("%onecloud help")
