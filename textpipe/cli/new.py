"""``textpipe new``: a definition and sample data to begin with."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from textpipe.cli.terminal import tell


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A new folder, such as spam.")],
) -> None:
    """Make a folder with a commented definition and sample data: something that works, to change.

    \b
    textpipe new spam
    """
    from importlib.resources import files

    from textpipe.errors import InputError, SourceError

    folder = Path(name)
    if not re.fullmatch(r"\w[\w-]{0,63}", folder.name):
        raise InputError(
            f"{name!r}: a name is made of letters, digits, - and _, and begins with no dash"
        )
    if folder.exists():
        raise SourceError(f"{folder}: is there already, and is left as it is: choose another name")
    folder.mkdir(parents=True)
    starter = files("textpipe.starter")
    for source, target in (
        ("starter.toml", f"{folder.name}.toml"),
        ("messages.csv", "messages.csv"),
        ("README.md", "README.md"),
    ):
        text = starter.joinpath(source).read_text(encoding="utf-8")
        text = text if source == "messages.csv" else text.replace("NAME", folder.name)
        (folder / target).write_text(text, encoding="utf-8", newline="\n")
    definition = folder / f"{folder.name}.toml"
    for path in (definition, folder / "messages.csv", folder / "README.md"):
        tell(str(path))
    tell(f"\nNext: textpipe run {definition}")
