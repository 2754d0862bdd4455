"""Docs that cannot go stale: what the README and CONTRIBUTING say is what the code says."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from traitlets import Container, Undefined

import onecloud_magic
from onecloud_magic import OneCloud, errors
from onecloud_magic.magics.command import COMMANDS, FLAGS
from onecloud_magic.magics.line import COMMAND_ROOMS
from onecloud_magic.magics.manual import usage

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
VARIABLES = {  # those that are no setting
    name
    for file in (ROOT / "onecloud_magic").rglob("*.py")
    for name in re.findall(r"\"(ONECLOUD_[A-Z_]+[A-Z])\"", file.read_text(encoding="utf-8"))
}
SETTINGS = OneCloud.class_traits(config=True)
LISTS = {name for name, each in SETTINGS.items() if isinstance(each, Container)}
ERRORS = [name for name in errors.__all__ if name != "OneCloudWarning"]


def sentence(thing: object) -> str:
    return (inspect.getdoc(thing) or "").partition("\n\n")[0].replace("\n", " ")


def command_row(name: str) -> str:
    words = usage(COMMANDS[name]).partition(" [-")[0]
    return f"| `{words}` | {COMMANDS[name].sentence} |"


def flag_row(name: str) -> str:
    flag = FLAGS[name]
    value = f" {flag.value}" if flag.value else ""
    return f"| `{', '.join(flag.names)}{value}` | {flag.help} |"


def setting_row(name: str) -> str:
    default = getattr(OneCloud(), name) if name in LISTS else SETTINGS[name].default_value
    shown = f"`{default}`" if default not in ("", Undefined) else ""
    return f"| `{name}` | `ONECLOUD_{name.upper()}` | {shown} | {SETTINGS[name].help} |"


def error_row(name: str) -> str:
    return f"| `{name}` | {sentence(getattr(errors, name))} |"


def wanted_rows() -> Iterator[str]:
    yield from map(command_row, COMMANDS)
    yield from map(flag_row, FLAGS)
    yield from map(setting_row, SETTINGS)
    yield from map(error_row, ERRORS)


@pytest.mark.parametrize("row", list(wanted_rows()))
def test_what_the_code_says_is_a_row_of_the_readme(row: str) -> None:
    assert row in README.splitlines()


@pytest.mark.parametrize("variable", sorted(VARIABLES))
def test_a_variable_that_is_no_setting_is_in_the_readme(variable: str) -> None:
    assert f"| `{variable}` |" in README


def test_the_readme_names_no_command_flag_setting_variable_or_error_that_there_is_not() -> None:
    flags = {name for flag in FLAGS.values() for name in flag.names} | {"--help"}
    variables = {f"ONECLOUD_{name.upper()}" for name in SETTINGS} | VARIABLES

    typed = re.findall(r"%onecloud ([a-z]+)", README)
    said = re.findall(r"\bONECLOUD_[A-Z_]+[A-Z]\b", README)
    lines = re.findall(r"%onecloud [^`\n]*", README)
    given = [flag for line in lines for flag in re.findall(r"(?<!\S)--?[a-z][\w-]*", line)]

    assert set(typed) <= set(COMMANDS)
    assert set(said) <= variables
    assert set(given) <= flags


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_a_sentence_and_an_example(name: str) -> None:
    asked = COMMANDS[name]
    _, _, examples = asked.doc.partition("Example:\n")

    assert asked.sentence.endswith(".")
    assert examples.strip()
    assert all(
        line.strip().startswith(f"%onecloud {name}") for line in examples.strip().splitlines()
    )


def test_every_room_of_commands_has_some() -> None:
    rooms = {inspect.getmodule(each.run) for each in COMMANDS.values()}

    assert rooms == set(COMMAND_ROOMS)


def test_all_is_exactly_what_is_public() -> None:
    public = {name for name in dir(onecloud_magic) if not name.startswith("_")}

    assert public == set(onecloud_magic.__all__)
    assert all(getattr(onecloud_magic, name) for name in onecloud_magic.__all__)


def test_every_error_is_exported_and_stands_in_the_tree_at_the_top() -> None:
    classes = {
        name
        for name, each in vars(errors).items()
        if inspect.isclass(each) and each.__module__ == errors.__name__
    }

    assert classes == set(errors.__all__)
    assert all(name in (errors.__doc__ or "") for name in ERRORS)


def test_where_things_go_names_places_that_there_are() -> None:
    _, _, rest = CONTRIBUTING.partition("## Where do I put")
    section = rest.partition("\n## ")[0]
    named = re.findall(r"`([\w/]+(?:\.\w+|/))`", section)

    places = [path for path in named if not ((ROOT / path).exists() or (PACKAGE / path).exists())]

    assert named
    assert not places


@pytest.mark.parametrize(
    "command", ["make demo", "make test", "make lint", "make narrow", "make bench", "make binder"]
)
def test_a_command_of_the_readme_is_a_target(command: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert command in README
    assert re.search(rf"^{command.split()[1]}:", makefile, re.MULTILINE)


PACKAGE = ROOT / "onecloud_magic"


def test_every_folder_of_the_house_is_in_contributing() -> None:
    rooms = [each.name for each in PACKAGE.iterdir() if (each / "__init__.py").exists()]

    assert all(f"`{room}/`" in CONTRIBUTING for room in rooms)
